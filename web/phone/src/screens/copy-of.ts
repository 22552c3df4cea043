// The note as the person may have it: without passages that are marked, without entries that are private, without
// the worker's own measures. Pure, because nothing here may be got wrong.
import type { Entry, Note } from '../core/calls';
import { unitsOf } from '../write/letters';

const TEXTS = ['body', 'what_matters', 'strengths', 'persons_words', 'analysis', 'person_view'] as const;
const LISTS = ['present', 'outcomes', 'actions', 'unmet_needs', 'concerns', 'attachments', 'addenda'] as const;

/** What stands where a passage was left out. */
export const LEFT_OUT = '[…]';

/** The person's copy of a note, and how much was left out of it. */
export function copyOf(note: Note): { note: Note; left_out: number } {
  const copy: Note = { ...note, private: [], conflicts: [], recording_ms: {} };
  let left_out = 0;
  for (const field of TEXTS) {
    const marks = note.private.filter((mark) => mark.field === field);
    const cut = withoutRanges(note[field], marks);
    copy[field] = cut.text;
    left_out += cut.cuts;
  }
  for (const field of LISTS) {
    const open: Entry[] = note[field].filter((entry) => !entry.private);
    left_out += note[field].length - open.length;
    copy[field] = open;
  }
  return { note: copy, left_out };
}

/** A text without some ranges (in Unicode scalar values, `start` included and `end` not), which may overlap. */
export function withoutRanges(text: string, ranges: { start: number; end: number }[]): { text: string; cuts: number } {
  let kept = '';
  let done = 0;
  let cuts = 0;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const [start, end] = [unitsOf(text, range.start), unitsOf(text, range.end)];
    if (end <= done || end <= start) continue;
    if (start >= done && !(start === done && cuts > 0)) {
      kept = spaced(kept === '' ? text.slice(done, start) : spaced(kept, text.slice(done, start)), LEFT_OUT);
      cuts++;
    }
    done = end;
  }
  const rest = text.slice(done);
  return { text: cuts > 0 ? spaced(kept, rest) : rest, cuts };
}

/** Two parts with a gap between them, unless a gap or a stop is there. */
function spaced(before: string, after: string): string {
  if (before === '' || after === '' || /\s$/u.test(before) || /^[\s.,;:!?)]/u.test(after)) return before + after;
  return `${before} ${after}`;
}
