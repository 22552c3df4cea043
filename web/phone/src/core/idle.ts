// Locks the phone when nobody has touched it for a while. What was typed is saved already, so nothing is asked.
import { anythingUnsaved } from '../write/saving';
import { core } from './app';

const MOST_MS = 5 * 60 * 1000;
const LOOK_MS = 5_000;

/** Watches for idleness from now on; gives the way to stop. */
export function lockWhenIdle(): () => void {
  let touched_at = performance.now();
  const touched = () => { touched_at = performance.now(); };
  const look = () => {
    // Words that could not be saved are on the page only: locking would lose them.
    if (performance.now() - touched_at >= MOST_MS && !anythingUnsaved()) void core.call('lock', {}).catch(() => undefined);
  };
  const timer = setInterval(look, LOOK_MS);
  const signs = ['pointerdown', 'keydown', 'input'] as const;
  for (const sign of signs) addEventListener(sign, touched, { capture: true, passive: true });
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    for (const sign of signs) removeEventListener(sign, touched, { capture: true });
    document.removeEventListener('visibilitychange', look);
  };
}
