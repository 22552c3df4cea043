// Which times of contact are taken: none that has not come yet, no end before its start.
import { t } from '../words/words';

/** What is wrong with a time of contact, or null. Fields tell minutes only, so the same minute is not before. */
export function momentTrouble(at_ms: number, now_ms: number, after_ms: number | null): string | null {
  if (at_ms > now_ms) return t('time-in-future');
  if (after_ms !== null && at_ms < Math.floor(after_ms / 60_000) * 60_000) return t('time-before-start');
  return null;
}
