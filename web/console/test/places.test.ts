// Places behind the `#`, addresses of the server, and times as people say them.
import { describe, expect, it } from 'vitest';
import { address } from '../src/api/client';
import { browserOf } from '../src/parts/passkey';
import { age, inWords, many } from '../src/parts/times';
import { hashOf, placeOf } from '../src/route';

describe('places', () => {
  it('are found again as they were named', () => {
    for (const id of ['P104201', 'a/b', 'ü ?#%', '100%']) {
      const place = placeOf(hashOf('person', [id], { q: 'x & y' }));
      expect([place.page, place.ids, place.query.get('q')]).toEqual(['person', [id], 'x & y']);
    }
    expect(placeOf('').page).toBe('today');
    expect(placeOf('#/%E0%A4').page).toBe('%E0%A4');
  });

  it('fill the addresses of the server', () => {
    expect(address('/v1/desk/people/{case_id}/notes', ['a/b ü'], { after: 'x', none: undefined, blank: '' })).toBe('/v1/desk/people/a%2Fb%20%C3%BC/notes?after=x');
    expect(address('/v1/desk/me')).toBe('/v1/desk/me');
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 23, 13, 0);
  it.each([
    [new Date(2026, 10, 23, 0, 5), /^today 00:05$/],
    [new Date(2026, 10, 22, 23, 59), /^yesterday 23:59$/],
    [new Date(2026, 10, 24, 9, 0), /^Tue,? 24 Nov 09:00$/],
    [new Date(2025, 0, 2, 9, 0), /^2 Jan 2025 09:00$/],
  ])('%s', (at, expected) => expect(inWords(at, now)).toMatch(expected));

  it('say an age in one unit', () => {
    const at = (ms: number) => age(new Date(now.getTime() - ms).toISOString(), now.getTime());
    expect([at(-5), at(60_000), at(59 * 60_000), at(3 * 3_600_000), at(47 * 3_600_000), at(49 * 3_600_000)])
      .toEqual(['0 minutes', '1 minute', '59 minutes', '3 hours', '47 hours', '2 days']);
    expect(many(1, 'note')).toBe('1 note');
  });
});

describe('a browser as a person calls it', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'Edge on Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1', 'Chrome on iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'Safari on Mac'],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox on Android'],
    ['curl/8.5.0', 'curl/8.5.0'], ['', ''],
  ])('%s', (agent, expected) => expect(browserOf(agent)).toBe(expected));
});
