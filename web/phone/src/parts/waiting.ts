// How many notes wait, counted where the notes are: in the list, not in the report of some earlier pass.
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
  const list = useAsked('list', {}).value ?? [];
  return {
    waiting: list.filter((note) => note.state === 'on_phone').length,
    last_sent_at_ms: shared.last_sent_at_ms,
    ended: shared.last?.ended ?? null,
    online,
    passing: shared.passing,
  };
}
