// What a page has to say about itself: a refusal with its next step, or that something was done.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../api/client';

export function Notice({ kind = 'info', children }: { kind?: 'info' | 'good' | 'care' | 'bad'; children: ComponentChildren }) {
  return <div class={`notice notice--${kind}`} role={kind === 'good' ? 'status' : undefined}>{children}</div>;
}

/** A refusal, at the top of what was tried; it takes the focus, so that nobody misses it. */
export function Trouble({ problem }: { problem: Problem | null }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (problem) box.current?.focus(); }, [problem]);
  if (!problem) return null;
  return (
    <div ref={box} class="govuk-error-summary" role="alert" tabIndex={-1} data-code={problem.code}>
      <h2 class="govuk-error-summary__title govuk-heading-s">{problem.title}</h2>
      {problem.detail && <p class="govuk-body">{problem.detail}{problem.line !== undefined ? ` (line ${problem.line}${problem.column ? `, ${problem.column}` : ''})` : ''}</p>}
    </div>
  );
}
