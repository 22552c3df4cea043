// The frame of a page: who is signed in, the ways to the other pages, and a heading that takes the focus, so that a
// screen reader says where one is.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { get } from '../api/client';
import { useLive } from '../api/live';
import { hashOf } from '../route';
import { useMe, ROLES } from '../me';

const WAYS: { page: string; words: string; only?: string[] }[] = [
  { page: 'today', words: 'Today' },
  { page: 'issues', words: 'Issues' },
  { page: 'people', words: 'People' },
  { page: 'workers', words: 'Workers and devices' },
  { page: 'reports', words: 'Reports' },
  { page: 'audit', words: 'Audit' },
  { page: 'settings', words: 'Settings' },
  { page: 'admins', words: 'Admins' },
];

interface PageProps {
  title: string;
  /** Which way leads here. */
  at: string;
  /** The page before this one. */
  back?: { hash: string; words: string };
  children: ComponentChildren;
}

export function Page({ title, at, back, children }: PageProps) {
  const me = useMe();
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    h1.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => { document.title = `${title} – Doorstep desk`; }, [title]);
  return (
    <div class="page">
      <a class="govuk-skip-link" href="#main" onClick={toMain}>Skip to main content</a>
      <header class="top">
        <div class="top__in">
          <span class="top__name">Doorstep desk{me.team ? ` · ${me.team}` : ''}</span>
          <a href={hashOf('account')}>{me.name} <span class="govuk-visually-hidden">, {ROLES[me.role]}: your account</span></a>
        </div>
      </header>
      <nav class="ways" aria-label="Pages">
        <ul>
          {WAYS.filter((way) => !way.only || way.only.includes(me.role)).map((way) => (
            <li key={way.page}>
              <a href={hashOf(way.page)} aria-current={way.page === at ? 'page' : undefined}>{way.words}{way.page === 'issues' && <Open />}</a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" class="main" tabIndex={-1}>
        {back && <a class="govuk-back-link" href={back.hash}>{back.words}</a>}
        <h1 ref={h1} tabIndex={-1} class="govuk-heading-l heading">{title}</h1>
        {children}
      </main>
    </div>
  );
}

/** How many issues are open. */
function Open() {
  const live = useLive('issues open', () => get('/v1/desk/open-issues'));
  if (!live.value) return null;
  return <span class="count">{live.value.open}{live.value.more && '+'}<span class="govuk-visually-hidden"> open</span></span>;
}

/** A hash is a place in this app, so the skip link moves the focus by itself. */
export function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
