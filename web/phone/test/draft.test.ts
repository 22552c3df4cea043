// Ruth types while Imran's words arrive. Ruth's phone hands each key over at once; the core refuses those that were
// built on a text that has changed meanwhile, and Ruth's page puts them where she meant them.
import { expect, test } from 'vitest';
import { Draft } from '../src/write/draft';
import { applied, type Splice } from '../src/write/letters';
import { dice, randomText } from './chance';

test('Imran writes in front while Ruth is at the end', () => {
  const draft = new Draft('She is well.');
  expect(draft.typed('She is well. And')).toEqual({ at: 12, delete: 0, insert: ' And' });
  const { foreign } = draft.meet('Imran was there. She is well.');
  expect(draft.text).toBe('Imran was there. She is well. And');
  expect(foreign).toEqual([{ at: 0, delete: 0, insert: 'Imran was there. ' }]);
  expect(draft.quiet).toBe(false);
  expect(draft.unsent).toBe(' And');
});

test('what the core has acknowledged is not handed over again', () => {
  const draft = new Draft('');
  draft.typed('Tea');
  draft.typed('Tea.');
  draft.acknowledged();
  draft.meet('Kettle. Tea');
  expect(draft.text).toBe('Kettle. Tea.');
  draft.acknowledged();
  expect(draft.quiet).toBe(true);
  expect(draft.meet('Kettle. Tea.')).toEqual({ foreign: [], left: [] });
});

test('where an edit was refused for what it was, the next try is one edit of what is there now', () => {
  const draft = new Draft('Tea.');
  draft.typed('Tea. far too long');
  draft.typed('Tea. short');
  expect(draft.meet('Tea.', true).left).toEqual([{ at: 4, delete: 0, insert: ' short' }]);
  draft.typed('Tea.');
  expect(draft.meet('Tea.', true).left).toEqual([]);
  expect(draft.quiet).toBe(true);
});

test('both type at one place: no letter is lost and Ruth goes on behind her own', () => {
  const draft = new Draft('Seen: ');
  draft.typed('Seen: a');
  draft.typed('Seen: ab');
  draft.meet('Seen: xy');
  expect(draft.text).toBe('Seen: abxy');
});

test('Imran deletes a passage in which Ruth writes: her words stay', () => {
  const draft = new Draft('The day centre closed last week.');
  draft.typed('The day centre (Mill Street) closed last week.');
  draft.meet('The week.');
  expect(draft.text).toBe('The (Mill Street) week.');
});

test('any order of keys, answers and colleagues: page and core end alike, and no insertion is lost', () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const roll = dice(seed);
    let core = randomText(roll, 8);
    const draft = new Draft(core);
    let seen = 0;
    let draftSeen = 0;
    let inFlight: { edit: Splice; seen: number }[] = [];
    const typedHere: string[] = [];
    const typedThere: string[] = [];
    const answer = (): void => {
      const call = inFlight.shift();
      if (!call) return;
      if (call.seen === seen) {
        core = applied(core, call.edit);
        draft.acknowledged();
        return;
      }
      // Refused as stale, and with it all that were built on the same text.
      draftSeen = seen;
      inFlight = draft.meet(core).left.map((edit) => ({ edit, seen: draftSeen }));
    };
    for (let n = 0; n < 30; n++) {
      const what = roll();
      if (what < 0.5) {
        const at = Math.floor(roll() * (draft.text.length + 1));
        const letter = String.fromCharCode(0x4e00 + typedHere.length);
        const low = draft.text.charCodeAt(at);
        if (low >= 0xdc00 && low <= 0xdfff) continue;
        typedHere.push(letter);
        const edit = draft.typed(draft.text.slice(0, at) + letter + draft.text.slice(at), at + 1);
        if (edit) inFlight.push({ edit, seen: draftSeen });
      } else if (what < 0.8) {
        answer();
      } else {
        const place = Math.floor(roll() * (core.length + 1));
        const low = core.charCodeAt(place);
        if (low >= 0xdc00 && low <= 0xdfff) continue;
        const letter = String.fromCharCode(0x5e00 + typedThere.length);
        typedThere.push(letter);
        core = core.slice(0, place) + letter + core.slice(place);
        seen++;
      }
    }
    while (inFlight.length > 0) answer();
    if (draftSeen !== seen) draft.meet(core);
    expect(draft.text, `seed ${seed}`).toBe(core);
    for (const letter of [...typedHere, ...typedThere]) expect(core.split(letter).length, `seed ${seed}, ${letter}`).toBe(2);
  }
});
