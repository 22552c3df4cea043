// What a page shows, kept fresh: looked at again every few seconds while somebody looks, and at once after a deed. What
// has not changed costs an empty answer.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Refused, type Problem } from './client';

const EVERY_MS = 5_000;

export interface Live<T> {
  value: T | null;
  /** Why it could not be read, where it could not; what was read before stays. */
  problem: Problem | null;
  /** Looks again at once. */
  again: () => Promise<void>;
}

/** `key` says what is looked at: with another key, it is another thing. */
export function useLive<T>(key: string, look: () => Promise<T>): Live<T> {
  const [state, setState] = useState<{ key: string; value: T | null; problem: Problem | null }>({ key, value: null, problem: null });
  const newest = useRef(key);
  newest.current = key;
  const again = useCallback(async () => {
    try {
      const value = await look();
      if (newest.current === key) setState((old) => (old.key === key && old.value === value && !old.problem ? old : { key, value, problem: null }));
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : { code: 'internal', status: 0, title: String(error) };
      if (newest.current === key) setState((old) => ({ key, value: old.key === key ? old.value : null, problem }));
    }
  }, [key]);
  useEffect(() => {
    void again();
    const timer = setInterval(() => { if (!document.hidden) void again(); }, EVERY_MS);
    const shown = () => { if (!document.hidden) void again(); };
    document.addEventListener('visibilitychange', shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [again]);
  return { value: state.key === key ? state.value : null, problem: state.problem, again };
}
