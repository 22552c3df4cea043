// A button that does one thing once: while it is under way a second press does nothing, and a refusal is told.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Refused, type Problem } from '../api/client';

interface DeedProps {
  does: () => Promise<void>;
  told: (problem: Problem | null) => void;
  kind?: 'secondary' | 'warning';
  plain?: boolean;
  children: ComponentChildren;
}

export function Deed({ does, told, kind, plain, children }: DeedProps) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    told(null);
    try {
      await does();
    } catch (error) {
      told(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const look = plain ? 'plain' : `govuk-button${kind ? ` govuk-button--${kind}` : ''}`;
  return <button type="button" class={look} aria-disabled={busy} onClick={() => void press()}>{children}</button>;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  const words = error instanceof Error ? error.message : String(error);
  return { code: 'browser', status: 0, title: `The browser said: ${words}` };
}
