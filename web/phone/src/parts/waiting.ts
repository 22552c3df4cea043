// How many notes wait, counted where the notes are, not in the report of some earlier pass. As long as nobody has
// counted, nothing is said to be sent.
import { useEffect, useState } from 'preact/hooks';
import { useAsked, useShared } from '../core/app';
import type { Waiting } from '../words/waiting';

export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => { removeEventListener('online', look); removeEventListener('offline', look); };
  }, []);
  return online;
}

export function useWaiting(): Waiting {
  const shared = useShared();
  const online = useOnline();
  return {
    waiting: useAsked('waiting', {}).value,
    last_sent_at_ms: shared.last_sent_at_ms,
    ended: shared.last?.ended ?? null,
    online,
    passing: shared.passing,
    slow: shared.slow,
  };
}
