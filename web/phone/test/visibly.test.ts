// What somebody else says is shown as it is written, and nothing in it is hidden.
import { expect, test } from 'vitest';
import { visibly } from '../src/words/letters';

test.each([
  ['plain words, ŵ and 🏠', 'plain words, ŵ and 🏠'],
  ['yes\u202Eno', 'yes[U+202E]no'],
  ['a\u200Bb\uFEFFc\u2066d\u00ADe', 'a[U+200B]b[U+FEFF]c[U+2066]d[U+00AD]e'],
  ['👩\u200D⚕️ می\u200Cخواهم', '👩\u200D⚕️ می\u200Cخواهم'],
  ['<script>', '<script>'],
])('%j', (said, shown) => expect(visibly(said)).toBe(shown));
