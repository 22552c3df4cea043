// The PIN: how long one waits after wrong ones, and when no more are taken. Notes are never destroyed by it.
import type { Tries } from './keep';

/** So many are forgiven at once. */
const FREE = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** From here on a person has to let the phone in. */
export const MOST = 10;

export const NONE: Tries = { wrong: 0, wait_until_ms: 0 };

/** What counts once another PIN has been wrong. */
export function afterWrong(tries: Tries, now_ms: number): Tries {
  const wrong = tries.wrong + 1;
  const wait_ms = wrong < FREE ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE), LONGEST_WAIT_MS);
  return { wrong, wait_until_ms: wait_ms === 0 ? 0 : now_ms + wait_ms };
}

export function isLockedOut(tries: Tries): boolean {
  return tries.wrong >= MOST;
}

/** Until when no PIN is taken; a clock that was set far back does not make the wait longer. */
export function waitsUntil(tries: Tries, now_ms: number): number {
  return Math.min(tries.wait_until_ms, now_ms + LONGEST_WAIT_MS);
}
