// Words of others are shown as they are, and characters that nobody sees by name.
import { describe, expect, it } from 'vitest';
import { cut } from '../src/parts/note-said';
import { valueWords } from '../src/parts/differ';
import { parts } from '../src/parts/said';

const shown = (text: string) => parts(text).map(({ words, unseen }) => words ?? `[${unseen}]`).join('');

describe('unseen characters', () => {
  it.each([
    ['plain words', 'plain words'],
    ['pass\u200bword', 'pass[zero-width space]word'],
    ['\u202egnorw\u202c', '[right-to-left override]gnorw[end of direction]'],
    ['a\u0000b\u0007', 'a[U+0000]b[U+0007]'],
    ['\ufeffx', '[byte order mark]x'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['שלום مرحبا', 'שלום مرحبا'],
  ])('%j', (text, expected) => expect(shown(text)).toBe(expected));

  it('leaves the joiners of emoji and of scripts that need them', () => {
    for (const whole of ['👩\u200d⚕️', 'क\u200dष', 'می\u200cخواهم']) expect(shown(whole)).toBe(whole);
    expect(shown('pay\u200dpal')).toBe('pay[zero-width joiner]pal');
  });

  it('loses no letter', () => {
    const text = 'a\u200bb\u202ec\u2066d';
    expect(parts(text).map(({ words }) => words ?? '').join('')).toBe('abcd');
  });
});

describe('a value as people read it', () => {
  it.each<[unknown, string | RegExp]>([
    [null, ''], [true, 'yes'], [7, '7'], ['phone_call', 'phone call'], ['He said: phone_call', 'He said: phone_call'],
    ['1999-11-27T12:22:12.561Z', /^27 Nov 1999 \d\d:22$/], ['1999-11-27', '1999-11-27'], [['yes', 'no'], 'yes\nno'],
    [{ id: 'x', what: 'a rail', by_whom: 'Kofi' }, 'what: a rail\nby whom: Kofi'],
  ])('%j', (value, expected) => expect(valueWords(value)).toMatch(expected instanceof RegExp ? expected : new RegExp(`^${expected}$`)));
});

describe('a text cut at its marks', () => {
  it('counts in Unicode scalar values, and joins what overlaps', () => {
    expect(cut('😀abc', [{ start: 1, end: 2 }])).toEqual([
      { words: '😀', kept: false }, { words: 'a', kept: true }, { words: 'bc', kept: false },
    ]);
    expect(cut('abcd', [{ start: 0, end: 2 }, { start: 1, end: 3 }])).toEqual([{ words: 'abc', kept: true }, { words: 'd', kept: false }]);
    expect(cut('abc', [])).toEqual([{ words: 'abc', kept: false }]);
    expect(cut('', [{ start: 0, end: 9 }])).toEqual([]);
  });
});
