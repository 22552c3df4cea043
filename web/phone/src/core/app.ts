// What every screen shares: the one core, the phone's status, what the last pass did. Kept in one place so that no
// screen holds an older truth than another.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Core, Trouble } from './core';
import type { CallName, Calls, CoreEvent, Status, SyncReport } from './calls';
import { openPort } from './port';

// Told a moment later: whoever has words that were not taken has heard it by then.
export const core = new Core(openPort(), () => setTimeout(() => tell({ status: stopped() })));

/** What is known now. */
export interface Shared {
  status: Status | null;
  /** A pass is under way. */
  passing: boolean;
  /** The pass takes its time: a weak signal, a server that says nothing, or very much to fetch. */
  slow: boolean;
  /** The last pass, since the app was opened. */
  last: SyncReport | null;
  /** When something was sent and answered last. */
  last_sent_at_ms: number | null;
}

let shared: Shared = { status: null, passing: false, slow: false, last: null, last_sent_at_ms: null };
const watchers = new Set<() => void>();

/** Changes what is shared, and tells every screen. */
export function tell(news: Partial<Shared>): void {
  shared = { ...shared, ...news };
  for (const watcher of [...watchers]) watcher();
}

export function now(): Shared {
  return shared;
}

export function useShared(): Shared {
  const [, again] = useState(0);
  useEffect(() => {
    const watcher = () => again((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return shared;
}

/** Asks the core where it stands, and shows that. */
export async function refreshStatus(): Promise<void> {
  try {
    const status = await core.call('status', {});
    const sent = status.last_sent_at_ms ?? shared.last_sent_at_ms;
    tell({ status, last_sent_at_ms: sent });
  } catch (error) {
    if (error instanceof Trouble) tell({ status: stopped() });
  }
}

function stopped(): Status {
  return {
    stage: 'unsupported', why: 'core_missing', wrong_pins: 0, app: '',
    storage: { persisted: false, used_bytes: 0, quota_bytes: 0 },
  };
}

function heard(event: CoreEvent): void {
  if (event.event === 'synced') {
    const good = event.report.ended === 'quiet';
    tell({ last: event.report, ...(good ? { last_sent_at_ms: event.at_ms } : {}) });
  }
  if (event.event === 'wiped') location.reload();
  if (event.event === 'stage' || event.event === 'locked') void refreshStatus();
}

/** Starts listening; called once, by the page. */
export function begin(): void {
  core.on(heard);
  void refreshStatus();
}

/** An answer of the core's, asked for again whenever notes change; `again` asks now. */
export interface Asked<T> { value: T | null; trouble: Trouble | null; again: () => void }

const SETTLE_MS = 120;

/** Calls that count as a reading. */
const READS: readonly CallName[] = ['show', 'show_about', 'person'];

/** Asks a call and keeps its answer fresh. `concerns` says which changed notes matter; all where it is not given. */
export function useAsked<K extends CallName>(
  call: K,
  args: Calls[K]['args'],
  concerns?: (notes: string[]) => boolean,
): Asked<Calls[K]['gives']> {
  const [value, setValue] = useState<Calls[K]['gives'] | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const key = call + JSON.stringify(args);
  const matters = useRef(concerns);
  matters.current = concerns;
  const ask = useCallback((shown: boolean) => {
    // What is on the screen already is not read a second time.
    core.call(call, shown && READS.includes(call) ? { ...args, again: true } : args).then(
      (answer) => { setValue(() => answer); setTrouble(null); },
      (error: unknown) => { if (error instanceof Trouble) setTrouble(error); },
    );
  }, [key]);
  const again = useCallback(() => ask(true), [ask]);
  // At once: an effect that waits for the next picture would cost each search one.
  useLayoutEffect(() => {
    setValue(null);
    ask(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = core.on((event) => {
      const fits = event.event === 'synced'
        || ((event.event === 'written' || event.event === 'sent') && call === 'waiting')
        || (event.event === 'changed' && (event.notes.length === 0 || (matters.current?.(event.notes) ?? true)));
      if (!fits) return;
      clearTimeout(timer);
      timer = setTimeout(again, SETTLE_MS);
    });
    return () => { clearTimeout(timer); stop(); };
  }, [ask, again]);
  return { value, trouble, again };
}
