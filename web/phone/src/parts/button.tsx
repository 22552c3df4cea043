// Buttons, and links that look like them. A button that is at work takes no second tap.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { hashOf, type Route } from '../route';

type Look = 'first' | 'second' | 'grave';
const CLASS: Record<Look, string> = {
  first: 'govuk-button', second: 'govuk-button govuk-button--secondary', grave: 'govuk-button govuk-button--warning',
};

interface ButtonProps {
  look?: Look;
  onTap: () => unknown;
  off?: boolean;
  /** The focus stays in the text that the button works on. */
  keepFocus?: boolean;
  children: ComponentChildren;
}

export function Button({ look = 'first', onTap, off, keepFocus, children }: ButtonProps) {
  const [working, setWorking] = useState(false);
  const tap = () => {
    if (working) return;
    const done = onTap();
    if (done instanceof Promise) {
      setWorking(true);
      void done.finally(() => setWorking(false)).catch(() => undefined);
    }
  };
  return (
    <button
      type="button" class={CLASS[look]} disabled={off || undefined} aria-busy={working || undefined}
      onPointerDown={keepFocus ? (event) => event.preventDefault() : undefined} onClick={tap}
    >
      {children}
    </button>
  );
}

export function ButtonLink({ to, look = 'first', children }: { to: Route; look?: Look; children: ComponentChildren }) {
  return <a href={hashOf(to)} draggable={false} class={CLASS[look]}>{children}</a>;
}
