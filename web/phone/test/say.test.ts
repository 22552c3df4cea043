// What the app says of waiting, times, PINs and places: never `sent` of what is not, never a time of a failed try.
import { describe, expect, test } from 'vitest';
import { pinTrouble } from '../src/screens/pin';
import { enrolmentIn, hashOf, readRoute, type Route } from '../src/route';
import { day, date, isoDate, minutes } from '../src/words/times';
import { waitingShort, waitingWords, type Waiting } from '../src/words/waiting';
import { passesAsEntry, slotsChanged } from '../src/write/entry';
import { momentTrouble } from '../src/write/moment';
import { scaled } from '../src/write/photo-size';

const NOW = new Date(2026, 10, 22, 14, 30).getTime();
const AT_1402 = new Date(2026, 10, 22, 14, 2).getTime();
const quiet: Waiting = { waiting: 0, last_sent_at_ms: AT_1402, ended: 'quiet', online: true, passing: false, slow: false };

describe('waiting', () => {
  for (const [why, change, words, short] of [
    ['all sent', {}, 'Nothing waits to be sent. Last sent today at 14:02.', 'All sent'],
    ['three wait, no signal', { waiting: 3, online: false }, '3 notes are waiting to be sent. Last sent today at 14:02. No signal. Nothing is lost.', '3 waiting'],
    ['one waits, sending', { waiting: 1, passing: true }, '1 note is waiting to be sent. Last sent today at 14:02. Sending now…', '1 waiting'],
    ['one waits, sending for long', { waiting: 1, passing: true, slow: true }, '1 note is waiting to be sent. Last sent today at 14:02. It is taking a while. You can go on writing; nothing is lost.', '1 waiting'],
    ['the server is away', { ended: 'offline' }, 'Nothing waits to be sent. Last sent today at 14:02. The server cannot be reached. Nothing is lost, and it is tried again by itself.', 'No signal'],
    ['never sent', { last_sent_at_ms: null, ended: null, waiting: 1 }, '1 note is waiting to be sent. This phone has not sent anything yet.', '1 waiting'],
    ['not counted yet', { waiting: null }, 'One moment…', 'One moment…'],
    ['not tried yet', { last_sent_at_ms: null, ended: null }, 'Nothing waits to be sent. This phone has not sent anything yet.', 'Not sent yet'],
    ['refused in words', { waiting: 1, ended: { refused: { status: 403, code: 'device_revoked', title: 'Ask your team admin.' } } }, '1 note is waiting to be sent. Last sent today at 14:02. Ask your team admin.', '1 waiting'],
    ['refused without words', { ended: { refused: { status: 500, code: '', title: '' } } }, 'Nothing waits to be sent. Last sent today at 14:02. The server has a fault (status 500). Nothing is lost, and it is tried again by itself. Tell your team admin if it goes on.', 'Look here'],
    ['answered by a café', { ended: { refused: { status: 0, code: 'answer_malformed', title: 'Update the app.' } } }, 'Nothing waits to be sent. Last sent today at 14:02. What answers is not your team’s server. On a public WiFi, sign in to it or switch WiFi off, then try again. Nothing is lost.', 'Look here'],
  ] as [string, Partial<Waiting>, string, string][]) {
    test(why, () => {
      const waiting = { ...quiet, ...change };
      expect(waitingWords(waiting, NOW).join(' ')).toBe(words);
      expect(waitingShort(waiting)).toBe(short);
    });
  }
});

test('days as people say them', () => {
  expect(day(AT_1402, NOW)).toBe('today');
  expect(day(new Date(2026, 10, 21, 23, 59).getTime(), NOW)).toBe('yesterday');
  expect(day(new Date(2026, 10, 19).getTime(), NOW)).toMatch(/^Thu,? 19 Nov$/);
  expect(day(new Date(2025, 10, 19).getTime(), NOW)).toBe('19 November 2025');
  expect(date('1939-03-14')).toBe('14 March 1939');
  expect(date('not known')).toBe('not known');
  expect(isoDate(NOW)).toBe('2026-11-22');
  expect([minutes(1), minutes(61_000), minutes(200_000)]).toEqual(['1 minute', '1 minute', '3 minutes']);
});

test('a contact lies in the past, and ends after it began', () => {
  const minute = 60_000;
  expect(momentTrouble(NOW, NOW, null)).toBeNull();
  expect(momentTrouble(NOW + minute, NOW, null)).toMatch(/not come yet/);
  expect(momentTrouble(NOW - 2 * minute, NOW, NOW - minute)).toMatch(/before the start/);
  // Fields tell minutes only: the same minute is no time before.
  expect(momentTrouble(NOW - minute, NOW, NOW - minute + 59_999)).toBeNull();
});

test('PINs that are easy to guess are not taken', () => {
  for (const bad of ['', '12345', '111111', '123456', '987654', '0123456789']) expect(pinTrouble(bad), bad).not.toBeNull();
  for (const good of ['120394', '7395104', 'correct horse']) expect(pinTrouble(good), good).toBeNull();
});

test('places survive their way through the address', () => {
  const places: Route[] = [{ at: 'today' }, { at: 'phone' }, { at: 'door' }, { at: 'person', id: 'P 104/201#ü' }, { at: 'write', id: '01a2-b' }];
  for (const place of places) expect(readRoute(hashOf(place))).toEqual(place);
  for (const other of ['', '#', '#/', '#/nowhere', '#/person', '#/person/', '#/phone/x', '#/person/a/b', '#enrol=AAAAA-BBBBB']) {
    expect(readRoute(other), other).toEqual({ at: 'today' });
  }
  expect(readRoute('#/person/%E0%A4%A')).toEqual({ at: 'person', id: '%E0%A4%A' });
});

test('a link that enrols a phone is known from others', () => {
  expect(enrolmentIn(' https://notes.example.org/#enrol=81Z7G-0RM7M\n')).toBe('https://notes.example.org/#enrol=81Z7G-0RM7M');
  for (const other of ['', 'https://notes.example.org/', 'https://notes.example.org/#enrol=', 'https://notes.example.org/#/phone']) {
    expect(enrolmentIn(other), other).toBeNull();
  }
});

test('a row is an entry when it has words, and only what changed is saved', () => {
  expect(passesAsEntry({ what: '  ', who: null, done: false })).toBe(false);
  expect(passesAsEntry({ what: 'Ring', who: null })).toBe(true);
  expect(passesAsEntry({ what: null, done: true })).toBe(true);
  expect(slotsChanged({ what: 'Ring', who: null }, { what: 'Ring', who: null })).toBeNull();
  expect(slotsChanged({ what: 'Ring' }, { what: 'Ring', who: 'Ruth' })).toEqual({ who: 'Ruth' });
  expect(slotsChanged({ who: 'Ruth' }, { who: null })).toEqual({ who: null });
});

test('a photograph keeps its shape', () => {
  expect(scaled(4032, 3024)).toEqual({ width: 2048, height: 1536 });
  expect(scaled(800, 600)).toEqual({ width: 800, height: 600 });
  expect(scaled(100_000, 3)).toEqual({ width: 2048, height: 1 });
});
