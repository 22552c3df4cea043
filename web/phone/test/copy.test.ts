// The copy for Peggy: nothing in it that she must not have, not even in the page's source.
import { expect, test } from 'vitest';
import type { Note } from '../src/core/calls';
import { copyOf, withoutRanges } from '../src/screens/copy-of';

const note: Note = {
  id: 'n', case_id: 'P104201', name: 'Margaret O’Dowd', kind: 'home_visit', started_at: '2026-11-22T14:02:00Z', stage: 'finished',
  state: 'on_server', version: 1, case_system_ref: null, reason: null, schema: 1, person: 'p', person_name: null, ended_at: null,
  workers: [{ id: 'W101' }],
  body: '👵🏽 Peggy was well. SECRET neighbour. She walked.',
  what_matters: '', strengths: '', persons_words: '', analysis: 'SECRET', person_view: '',
  outcomes: [{ id: '1', text: 'Garden' }, { id: '2', text: 'SECRET', private: 'third_party' }],
  actions: [{ id: '3', what: 'SECRET', private: 'do_not_share' }], present: [], unmet_needs: [], concerns: [],
  attachments: [{ id: '4', caption: 'SECRET', private: 'third_party' }],
  addenda: [{ id: '5', text: 'SECRET', private: 'do_not_share' }, { id: '6', text: 'Stool came.' }],
  feedback: null, review: null, finished: null, recording_ms: { d: 5 },
  private: [
    { field: 'body', start: 19, end: 36, kind: 'third_party' },
    { field: 'analysis', start: 0, end: 6, kind: 'do_not_share' },
  ],
  conflicts: [{ path: 'kind', shown: 'home_visit', others: ['SECRET'] }],
};

test('what is private is not in the copy at all', () => {
  const { note: copy, left_out } = copyOf(note);
  expect(JSON.stringify(copy)).not.toContain('SECRET');
  expect(copy.body).toBe('👵🏽 Peggy was well. […] She walked.');
  expect(copy.analysis).toBe('[…]');
  expect(copy.outcomes).toEqual([{ id: '1', text: 'Garden' }]);
  expect(copy.addenda).toEqual([{ id: '6', text: 'Stool came.' }]);
  expect(left_out).toBe(6);
  expect(note.body).toContain('SECRET');
});

test('passages that touch, overlap or lie in each other leave one gap', () => {
  for (const [ranges, text, cuts] of [
    [[], 'abcdef', 0],
    [[{ start: 1, end: 3 }], 'a […] def', 1],
    [[{ start: 1, end: 3 }, { start: 2, end: 5 }], 'a […] f', 1],
    [[{ start: 1, end: 5 }, { start: 2, end: 3 }], 'a […] f', 1],
    [[{ start: 1, end: 3 }, { start: 3, end: 5 }], 'a […] f', 1],
    [[{ start: 4, end: 5 }, { start: 0, end: 1 }], '[…] bcd […] f', 2],
    [[{ start: 0, end: 99 }], '[…]', 1],
    [[{ start: 3, end: 3 }], 'abcdef', 0],
  ] as const) {
    expect(withoutRanges('abcdef', [...ranges])).toEqual({ text, cuts });
  }
});
