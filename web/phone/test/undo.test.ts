// Undo takes back what this writer typed, a burst of keys at a time, and nothing that a colleague wrote.
import { expect, test } from 'vitest';
import { applied, unitSplice } from '../src/write/letters';
import { Undo } from '../src/write/undo';

function typist(starts: string) {
  const undo = new Undo();
  let text = starts;
  let now = 0;
  return {
    undo,
    text: () => text,
    rest: () => { now += 5_000; },
    type(next: string, caret?: number) {
      const edit = unitSplice(text, next, caret);
      if (edit) undo.typed(text, edit, (now += 100));
      text = next;
    },
    others(next: string) {
      const edit = unitSplice(text, next);
      if (edit) undo.others(edit);
      text = next;
    },
    back() {
      const step = undo.back(text);
      if (step) text = step.text;
      return step;
    },
  };
}

test('a burst goes at once, an earlier one with the next tap', () => {
  const ruth = typist('');
  for (const next of ['T', 'Te', 'Tea']) ruth.type(next);
  ruth.rest();
  for (const next of ['Tea ', 'Tea 😀']) ruth.type(next);
  expect(ruth.back()).toEqual({ text: 'Tea', caret: 3 });
  expect(ruth.back()).toEqual({ text: '', caret: 0 });
  expect(ruth.undo.possible).toBe(false);
  expect(ruth.back()).toBeNull();
});

test('deleted words come back', () => {
  const ruth = typist('Her son rings.');
  for (const next of ['Her son rings', 'Her son ring', 'Her son rin']) ruth.type(next);
  ruth.back();
  expect(ruth.text()).toBe('Her son rings.');
});

test('a colleague writes in front, between and behind: own words still go, theirs stay', () => {
  const ruth = typist('one three');
  ruth.type('one two three', 8);
  ruth.rest();
  ruth.type('one two three four');
  ruth.others('ZERO one two three four');
  ruth.others('ZERO one two and three four');
  ruth.others('ZERO one two and three four FIVE');
  ruth.back();
  expect(ruth.text()).toBe('ZERO one two and three FIVE');
  ruth.back();
  expect(ruth.text()).toBe('ZERO one and three FIVE');
});

test('an older step finds its place below a newer one', () => {
  const ruth = typist('12345678');
  ruth.type('12345678Z');
  ruth.rest();
  ruth.type('AAAA12345678Z');
  ruth.others('AAAA123456 78Z');
  ruth.back();
  ruth.back();
  expect(ruth.text()).toBe('123456 78');
});

test('a colleague writes inside own words: those are not taken back any more', () => {
  const ruth = typist('');
  ruth.type('Tea and cake');
  ruth.others('Tea, milk and cake');
  expect(ruth.back()).toBeNull();
  expect(ruth.text()).toBe('Tea, milk and cake');
});

test('undo is an edit like another', () => {
  const ruth = typist('a');
  ruth.type('abc');
  const step = ruth.back();
  const edit = unitSplice('abc', step?.text ?? '');
  expect(edit && applied('abc', edit)).toBe('a');
});
