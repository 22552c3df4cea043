// Locks the phone when nobody has touched it for a while, as long as the council says. What was typed is saved already,
// so nothing is asked.
import { anythingUnsaved } from '../write/saving';
import { core } from './app';

/** Where the council has settled nothing. */
const MOST_MS = 5 * 60 * 1000;
/** No setting locks sooner: nobody could write. */
const LEAST_MS = 30_000;
const LOOK_MS = 5_000;

/** Watches for idleness from now on; gives the way to stop. */
export function lockWhenIdle(): () => void {
  let touched_at = performance.now();
  let most_ms = MOST_MS;
  const ask = () => core.call('settings', {}).then(
    ({ idle_lock_s }) => { most_ms = idle_lock_s ? Math.max(LEAST_MS, idle_lock_s * 1000) : MOST_MS; },
    () => undefined,
  );
  void ask();
  const stop = core.on((event) => { if (event.event === 'synced') void ask(); });
  const touched = () => { touched_at = performance.now(); };
  const look = () => {
    // Words that could not be saved are on the page only: locking would lose them.
    if (performance.now() - touched_at >= most_ms && !anythingUnsaved()) void core.call('lock', {}).catch(() => undefined);
  };
  const timer = setInterval(look, LOOK_MS);
  const signs = ['pointerdown', 'keydown', 'input'] as const;
  for (const sign of signs) addEventListener(sign, touched, { capture: true, passive: true });
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    stop();
    for (const sign of signs) removeEventListener(sign, touched, { capture: true });
    document.removeEventListener('visibilitychange', look);
  };
}
