// Dates and times as people say them, by the phone's own clock and zone.
import { LANGUAGE, t } from './words';

const clock = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit', hour12: false });
const dayOnly = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'short', day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'long', year: 'numeric' });

/** `14:02`. */
export function hour(at_ms: number): string {
  return clock.format(at_ms);
}

/** Midnight before, by the phone's zone. */
function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** `today`, `yesterday`, `Thu 19 Nov`, or with the year where it is another. */
export function day(at_ms: number, now_ms: number): string {
  const at = new Date(at_ms);
  const now = new Date(now_ms);
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return t('day-today');
  if (days === 1) return t('day-yesterday');
  return at.getFullYear() === now.getFullYear() ? dayOnly.format(at) : dayAndYear.format(at);
}

/** `today at 14:02`. */
export function dayAndHour(at_ms: number, now_ms: number): string {
  return t('day-at', { day: day(at_ms, now_ms), hour: hour(at_ms) });
}

/** A calendar date `yyyy-mm-dd` as `14 March 1939`; the text itself where it is none. */
export function date(text: string): string {
  const [year, month, dayOfMonth] = text.split('-').map(Number);
  const at = new Date(year ?? NaN, (month ?? NaN) - 1, dayOfMonth);
  return Number.isNaN(at.getTime()) ? text : dayAndYear.format(at);
}

/** Today as `yyyy-mm-dd`, or another day of the phone's zone. */
export function isoDate(at_ms: number): string {
  const at = new Date(at_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The value of a `datetime-local` field, to the minute. */
export function fieldTime(at_ms: number): string {
  const at = new Date(at_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${isoDate(at_ms)}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `4 minutes`, and at least one. */
export function minutes(ms: number): string {
  return t('minutes', { n: Math.max(1, Math.round(ms / 60_000)) });
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/** A stretch of time in the unit that fits it: `12 minutes`, `3 hours`, `5 days`, `2 years`. */
export function span(ms: number): string {
  if (ms < 2 * HOUR_MS) return minutes(ms);
  if (ms < 2 * DAY_MS) return t('hours', { n: Math.round(ms / HOUR_MS) });
  return ms < YEAR_MS ? t('days', { n: Math.round(ms / DAY_MS) }) : t('years', { n: Math.round(ms / YEAR_MS) });
}
