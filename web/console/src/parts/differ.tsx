// Two texts side by side, with the words marked in which they differ: by colour, by a line, and in words for those who
// listen.
import { Said } from './said';
import { inWords } from './times';

interface Piece { words: string; only: boolean }

/** Beyond so many comparisons the texts are shown without marks. */
const MOST = 4_000_000;

/** The pieces of each text, with what the other one has not. */
export function differing(left: string, right: string): [Piece[], Piece[]] {
  const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}\p{M}'’]+|[^\s]/gu) ?? [];
  const [a, b] = [words(left), words(right)];
  if (a.length * b.length > MOST) return [[{ words: left, only: false }], [{ words: right, only: false }]];
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      length[at] = a[i] === b[j] ? (length[at + width + 1] ?? 0) + 1 : Math.max(length[at + width] ?? 0, length[at + 1] ?? 0);
    }
  }
  const sides: [Piece[], Piece[]] = [[], []];
  const put = (side: Piece[], words: string, only: boolean) => {
    const last = side[side.length - 1];
    if (last && last.only === only) last.words += words;
    else side.push({ words, only });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const here = i * width + j;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      put(sides[0], a[i++] ?? '', false);
      put(sides[1], b[j++] ?? '', false);
    } else if (j >= b.length || (i < a.length && (length[here + width] ?? 0) >= (length[here + 1] ?? 0))) put(sides[0], a[i++] ?? '', true);
    else put(sides[1], b[j++] ?? '', true);
  }
  return sides;
}

/** One of the two, with its own words marked: taken out, or put in; or, of two that stand beside each other, only here. */
export function Marked({ text, other, how }: { text: string; other: string; how: 'out' | 'in' | 'only' }) {
  const [pieces] = differing(text, other);
  const said = { out: 'taken out', in: 'added', only: 'only here' }[how];
  return (
    <div class="words" dir="auto">
      {text === '' && <i>nothing</i>}
      {pieces.map((piece, at) => {
        if (!piece.only || piece.words.trim() === '') return <Said key={at} text={piece.words} />;
        const words = <><span class="govuk-visually-hidden">[{said}: </span><Said text={piece.words} /><span class="govuk-visually-hidden">]</span></>;
        return how === 'out' ? <del key={at}>{words}</del> : <ins key={at}>{words}</ins>;
      })}
    </div>
  );
}

/** A value as people read it. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return inWords(new Date(value), new Date());
  if (typeof value === 'string') return /^[a-z]+(_[a-z]+)*$/.test(value) ? value.replaceAll('_', ' ') : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(valueWords).join('\n');
  return Object.entries(value).filter(([name]) => name !== 'id').map(([name, one]) => `${name.replaceAll('_', ' ')}: ${valueWords(one)}`).join('\n');
}
