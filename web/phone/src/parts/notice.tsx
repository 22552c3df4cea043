// A box that says something before or beside the page's own words: for knowing, with care, or something is wrong.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type Sign } from './icons';
import { t } from '../words/words';

interface NoticeProps {
  kind: 'info' | 'care' | 'bad' | 'good';
  title?: string;
  /** Read out at once by a screen reader, and brought into sight: the button that led to it may be far below. */
  now?: boolean;
  children?: ComponentChildren;
}

const SIGN: Record<NoticeProps['kind'], Sign> = { info: 'server', care: 'warn', bad: 'warn', good: 'tick' };

export function Notice({ kind, title, now, children }: NoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (now) box.current?.scrollIntoView({ block: 'nearest' }); }, []);
  return (
    <div ref={box} class={`notice notice--${kind}`} role={now ? 'alert' : undefined}>
      {kind !== 'info' && <Icon sign={SIGN[kind]} />}
      <div class="notice__words">
        {kind !== 'info' && <span class="govuk-visually-hidden">{t(`notice-${kind}`)} </span>}
        {title && <p class="notice__title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** What went wrong in a call, or nothing. */
export function TroubleNotice({ trouble }: { trouble: Error | null }) {
  return trouble && <Notice kind="bad" now title={t('trouble')}><p>{sentence(trouble.message)}</p></Notice>;
}

/** The core's words begin small and end without a stop. */
export function sentence(words: string): string {
  const trimmed = words.trim();
  if (trimmed === '') return '';
  const first = trimmed.charAt(0).toLocaleUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
