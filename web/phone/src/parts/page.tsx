// The frame of a page: the way back, what is still to be sent, a heading that takes the focus so that a screen
// reader says where one is, and room at the bottom for a bar of buttons.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { now, useShared } from '../core/app';
import { hashOf, type Route } from '../route';
import { t } from '../words/words';
import { waitingShort } from '../words/waiting';
import { useWaiting } from './waiting';
import { Bar } from './bar';
import { Icon } from './icons';

/** The page before this one, and what it is called. */
export interface WayBack { to: Route; words: string }

interface PageProps {
  title: string;
  /** The heading on the page, where it says more than the title. */
  heading?: ComponentChildren;
  back?: WayBack;
  /** Buttons that stay at the bottom of the screen. */
  bar?: ComponentChildren;
  /** Nothing leads away from it. */
  alone?: boolean;
  /** The page puts the focus elsewhere. */
  ownFocus?: boolean;
  children: ComponentChildren;
}

export function Page({ title, heading, back, bar, alone, ownFocus, children }: PageProps) {
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t('app')}`;
    scrollTo(0, 0);
    if (!ownFocus) h1.current?.focus({ preventScroll: true });
  }, [title]);
  const open = useShared().status?.stage === 'open';
  return (
    <div class={bar ? 'page page--bar' : 'page'}>
      <a class="govuk-skip-link" href="#main" onClick={toMain}>{t('skip-to-main')}</a>
      <header class="top">
        {back
          ? <a class="top__back" href={hashOf(back.to)}>{back.words}</a>
          : <span class="top__name">{t('app')}</span>}
        {open && !alone && <TopState />}
      </header>
      <main id="main" class="main" tabIndex={-1}>
        <h1 ref={h1} tabIndex={-1} class="govuk-heading-l heading">{heading ?? title}</h1>
        {children}
      </main>
      {bar && <Bar>{bar}</Bar>}
    </div>
  );
}

/** Back to a person, or to Today where nobody is known yet. */
export function wayBack(caseId: string | null): WayBack {
  if (caseId === null) return { to: { at: 'today' }, words: t('today') };
  return { to: { at: 'person', id: caseId }, words: t('back-to-person') };
}

/** A hash is a place in this app, so the skip link moves the focus by itself. */
function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function TopState() {
  const waiting = useWaiting();
  const sign = waiting.waiting !== 0 ? 'phone' : waiting.online && waiting.ended !== 'offline' ? 'server' : 'away';
  return (
    <a class="top__state" href={hashOf({ at: 'phone' })}>
      <Icon sign={sign} />
      <span>{waitingShort(waiting)}</span>
      <span class="govuk-visually-hidden">{t('top-state-opens', { worker: now().status?.identity?.worker_name ?? '' })}</span>
    </a>
  );
}
