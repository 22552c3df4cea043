// What is still to be sent, in words: the sentence that decides whether people trust the app. It never says `sent`
// of what is not, and tells the last time that sending worked, not the last time that it was tried.
import type { Ended } from '../core/calls';
import { dayAndHour } from './times';
import { t } from './words';

export interface Waiting {
  /** Notes of which something is only on this phone; not known yet where null. */
  waiting: number | null;
  last_sent_at_ms: number | null;
  /** How the last try ended; none was made yet where null. */
  ended: Ended | null;
  /** What the phone itself says of the network. */
  online: boolean;
  passing: boolean;
  slow: boolean;
}

/** The sentences, in order. */
export function waitingWords(w: Waiting, now_ms: number): string[] {
  if (w.waiting === null) return [t('waiting-unknown')];
  const said = [w.waiting === 0 ? t('waiting-none') : t('waiting-some', { n: w.waiting })];
  said.push(w.last_sent_at_ms === null
    ? t('last-sent-never')
    : t('last-sent', { when: dayAndHour(w.last_sent_at_ms, now_ms) }));
  if (w.passing) return [...said, t(w.slow ? 'sending-slow' : 'sending-now')];
  if (!w.online) return [...said, t('no-signal')];
  if (w.ended === 'offline') return [...said, t('no-server')];
  if (w.ended !== null && typeof w.ended === 'object') return [...said, refusalWords(w.ended.refused)];
  return said;
}

/** The shortest form, for the top of each page. */
export function waitingShort(w: Waiting): string {
  if (w.waiting === null) return t('waiting-unknown');
  if (w.waiting > 0) return t('waiting-short', { n: w.waiting });
  if (!w.online || w.ended === 'offline') return t('no-signal-short');
  if (w.ended !== null && typeof w.ended === 'object') return t('trouble-short');
  return w.last_sent_at_ms === null && w.ended === null ? t('not-sent-short') : t('all-sent-short');
}

type Refusal = { status: number; code: string; title: string };

/** Nobody who speaks as our server does: the page of a public network, another server, a broken gateway. */
export function isStranger({ status, code }: Refusal): boolean {
  return code === 'answer_malformed' || (code === '' && status < 500);
}

/** Why the server refused, in its words, and where it gave none, in ours. */
export function refusalWords(refused: Refusal): string {
  if (isStranger(refused)) return t('not-our-server');
  return refused.title || t('refused-without-words', { status: refused.status });
}
