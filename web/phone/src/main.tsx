// Starts the app: styles, the core, the page, and the service worker that lets it start without a network.
import { render } from 'preact';
import './style/app.scss';
import { begin } from './core/app';
import { keepUpToDate } from './update';
import { App } from './app';

begin();
keepUpToDate();
const root = document.getElementById('app');
if (root) render(<App />, root);
