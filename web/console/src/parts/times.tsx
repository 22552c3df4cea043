// Times as people say them, in the time of the place where the browser is; the exact one is a touch away.
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const HOUR = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function inWords(at: Date, now: Date): string {
  const hour = HOUR.format(at);
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return `today ${hour}`;
  if (days === 1) return `yesterday ${hour}`;
  return at.getFullYear() === now.getFullYear() ? `${DAY.format(at)} ${hour}` : `${YEAR.format(at)} ${hour}`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

export function Time({ at }: { at: string }) {
  return <time dateTime={at} title={at}>{inWords(new Date(at), new Date())}</time>;
}

/** How long ago, in one unit: `3 hours`. */
export function age(at: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000));
  if (minutes < 60) return many(minutes, 'minute');
  if (minutes < 48 * 60) return many(Math.floor(minutes / 60), 'hour');
  return many(Math.floor(minutes / 1440), 'day');
}

export function many(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
