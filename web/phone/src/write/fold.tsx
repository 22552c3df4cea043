// A part of a page that is folded away until it is wanted. Its summary says how much is in it.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface FoldProps {
  summary: string;
  /** For screen readers, after the summary. */
  quiet?: string;
  /** How much is in it: `2`, or a word. */
  holds?: string;
  children: ComponentChildren;
}

export function Fold({ summary, quiet, holds, children }: FoldProps) {
  const [opened, setOpened] = useState(false);
  return (
    <details class="fold" onToggle={(event) => { if (event.currentTarget.open) setOpened(true); }}>
      <summary class="fold__summary">
        <span class="fold__words">{summary}</span>
        {quiet && <span class="govuk-visually-hidden"> {quiet}</span>}
        {holds && <span class="fold__holds">{holds}</span>}
      </summary>
      {opened && <div class="fold__inside">{children}</div>}
    </details>
  );
}
