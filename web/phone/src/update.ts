// New versions of the app: fetched in the background, started only when the writer says so. And the browser's offer
// to put Doorstep on the home screen, kept until somebody wants it.
import { registerSW } from 'virtual:pwa-register';

/** What browsers that can install send (no standard type yet). */
interface InstallOffer extends Event { prompt(): Promise<unknown> }

let startNew: (() => Promise<void>) | null = null;
let offer: InstallOffer | null = null;
const watchers = new Set<() => void>();

function changed(): void {
  for (const watcher of [...watchers]) watcher();
}

export function keepUpToDate(): void {
  const start = registerSW({ onNeedRefresh: () => { startNew = () => start(true); changed(); } });
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallOffer;
    changed();
  });
  addEventListener('appinstalled', () => { offer = null; changed(); });
}

/** Starts the new version; null where there is none. */
export function newVersion(): (() => Promise<void>) | null {
  return startNew;
}

/** Puts the app on the home screen; null where the browser has not offered it. */
export function installer(): (() => Promise<void>) | null {
  if (!offer) return null;
  const kept = offer;
  return async () => {
    await kept.prompt();
    offer = null;
    changed();
  };
}

export function onUpdateNews(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
