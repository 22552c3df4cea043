// Positions in the words that people write: emoji of several code points, combining marks, right-to-left letters.
import { describe, expect, test } from 'vitest';
import { after, applied, differences, inScalars, moved, scalars, splice, unitSplice, unitsOf } from '../src/write/letters';
import { dice, randomText } from './chance';

/** What the core does with a splice: positions are Unicode scalar values. */
function coreSplice(text: string, edit: { at: number; delete: number; insert: string }): string {
  const letters = [...text];
  letters.splice(edit.at, edit.delete, ...edit.insert);
  return letters.join('');
}

describe('what an input becomes', () => {
  for (const [why, before, now, expected] of [
    ['a letter at the end', 'Peggy', 'Peggy!', { at: 5, delete: 0, insert: '!' }],
    ['behind an emoji', '👵🏽 in', '👵🏽 is in', { at: 4, delete: 0, insert: 's i' }],
    ['an emoji goes', 'tea ☕👵🏽 ok', 'tea ☕ ok', { at: 5, delete: 2, insert: '' }],
    ['emoji that share their first half', 'a😀b', 'a😃b', { at: 1, delete: 1, insert: '😃' }],
    ['emoji that share their second half', 'a😀b', 'a🨀b', { at: 1, delete: 1, insert: '🨀' }],
    ['a combining mark comes alone', 'Fola', 'Fọla', { at: 2, delete: 0, insert: '\u0323' }],
    ['right to left', 'فاطمة', 'فا طمة', { at: 2, delete: 0, insert: ' ' }],
    ['all replaced by nothing', 'gone', '', { at: 0, delete: 4, insert: '' }],
    ['nothing', 'same', 'same', null],
  ] as const) {
    test(why, () => {
      // The combining case is written apart, so that no editor joins it.
      const to = why.startsWith('a combining') ? 'Fo\u0323la' : now;
      const edit = splice(before, to);
      expect(edit).toEqual(expected);
      if (edit) expect(coreSplice(before, edit)).toBe(to);
    });
  }

  test('of two equal letters the caret tells which is new', () => {
    expect(unitSplice('tea. She', 'tea.  She', 5)).toEqual({ at: 4, delete: 0, insert: ' ' });
    expect(unitSplice('aab', 'ab', 0)).toEqual({ at: 0, delete: 1, insert: '' });
    // A caret that cannot be right is not believed.
    expect(unitSplice('abc', 'xbc!', 1)).toEqual({ at: 0, delete: 3, insert: 'xbc!' });
  });
});

test('scalar values and UTF-16 units go over into each other', () => {
  const text = 'a👵🏽é\u0301م';
  expect(scalars(text)).toBe(6);
  for (let n = 0; n <= 6; n++) expect(scalars(text, 0, unitsOf(text, n))).toBe(n);
  expect(unitsOf(text, 99)).toBe(text.length);
});

test('a caret stays behind its letter', () => {
  const edit = { at: 4, delete: 3, insert: 'xy' };
  expect([0, 4, 5, 7, 9].map((at) => moved(at, edit))).toEqual([0, 4, 4, 6, 8]);
  expect(moved(4, { at: 4, delete: 0, insert: 'xy' })).toBe(4);
  expect(moved(4, { at: 4, delete: 0, insert: 'xy' }, true)).toBe(6);
});

test('any two texts: the splice makes one into the other, in both counts', () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const roll = dice(seed);
    const [before, now] = [randomText(roll, 12), randomText(roll, 12)];
    const units = unitSplice(before, now, Math.floor(roll() * (now.length + 1)));
    expect(units === null, `seed ${seed}`).toBe(before === now);
    if (!units) continue;
    expect(applied(before, units), `seed ${seed}`).toBe(now);
    expect(coreSplice(before, inScalars(before, units)), `seed ${seed}`).toBe(now);
  }
});

test('where a colleague changed several places, what lies between stays untouched', () => {
  expect(differences('one two three', 'One two, three')).toEqual([{ at: 0, delete: 1, insert: 'O' }, { at: 7, delete: 0, insert: ',' }]);
  expect(differences('aaaa bbbb cccc', 'xaaaay bbbb xcccczz')).toEqual([
    { at: 0, delete: 0, insert: 'x' }, { at: 5, delete: 0, insert: 'y' }, { at: 12, delete: 0, insert: 'x' }, { at: 17, delete: 0, insert: 'zz' },
  ]);
  expect(differences('same', 'same')).toEqual([]);
  const [long, other] = ['a'.repeat(2_000), 'b'.repeat(2_000)];
  expect(differences(long, other)).toEqual([{ at: 0, delete: 2_000, insert: other }]);
  for (let seed = 1; seed <= 2000; seed++) {
    const roll = dice(seed);
    const [before, now] = [randomText(roll, 14), randomText(roll, 14)];
    expect(differences(before, now).reduce(applied, before), `seed ${seed}`).toBe(now);
  }
});

test('of edits made apart each keeps its own letters', () => {
  const text = 'Peggy was well.';
  const mine = { at: 10, delete: 0, insert: 'very ' };
  const theirs = { at: 0, delete: 5, insert: 'Margaret' };
  expect(applied(applied(text, theirs), after(mine, theirs))).toBe('Margaret was very well.');
  expect(applied(applied(text, mine), after(theirs, mine, true))).toBe('Margaret was very well.');
});
