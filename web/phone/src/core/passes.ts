// When the phone talks with the server: by itself when it is unlocked, when the network comes back, soon after
// something was written, and every so often. One pass at a time, and nothing waits for it.
import { isStranger } from '../words/waiting';
import { core, now, refreshStatus, tell } from './app';
import type { Ended } from './calls';

const EVERY_MS = 120_000;
const AFTER_WRITING_MS = 8_000;
/** A pass that takes longer than this is said to. */
const SLOW_MS = 10_000;
/** After a try that reached no server the next comes so soon, and each further one later. */
const FIRST_RETRY_MS = 5_000;

let wantedAgain = false;
let soon: ReturnType<typeof setTimeout> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let retryIn_ms = FIRST_RETRY_MS;

/** One pass, or one more after that which is under way. */
export async function pass(): Promise<void> {
  if (now().status?.stage !== 'open') return;
  if (now().passing) {
    wantedAgain = true;
    return;
  }
  tell({ passing: true, slow: false });
  const slow = setTimeout(() => tell({ slow: true }), SLOW_MS);
  try {
    const report = await core.call('sync', {});
    tell({ last: report });
    tryAgain(isPassing(report.ended));
  } catch {
    // The phone was locked meanwhile, or the core has stopped; the status says so.
  }
  clearTimeout(slow);
  tell({ passing: false });
  await refreshStatus();
  if (wantedAgain) {
    wantedAgain = false;
    void pass();
  }
}

/** No server, a stranger in its place, or one with a fault: later may be enough. */
function isPassing(ended: Ended): boolean {
  if (typeof ended !== 'object') return ended === 'offline';
  return isStranger(ended.refused) || ended.refused.status >= 500;
}

/** A network that has just come back often is not quite there yet. Without one, its coming back is what counts. */
function tryAgain(unreached: boolean): void {
  clearTimeout(retry);
  if (!unreached) {
    retryIn_ms = FIRST_RETRY_MS;
  } else if (navigator.onLine) {
    retry = setTimeout(() => void pass(), retryIn_ms);
    retryIn_ms = Math.min(EVERY_MS, retryIn_ms * 2);
  }
}

/** Something was written: it is sent when the writer pauses. */
export function passSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void pass(), AFTER_WRITING_MS);
}

/** Sends by itself from now on; gives the way to stop. */
export function passByItself(): () => void {
  const back = () => {
    retryIn_ms = FIRST_RETRY_MS;
    void pass();
  };
  const shown = () => { if (document.visibilityState === 'visible') back(); };
  const timer = setInterval(() => void pass(), EVERY_MS);
  const stop = core.on((event) => { if (event.event === 'written') passSoon(); });
  addEventListener('online', back);
  document.addEventListener('visibilitychange', shown);
  back();
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    clearTimeout(retry);
    stop();
    removeEventListener('online', back);
    document.removeEventListener('visibilitychange', shown);
  };
}
