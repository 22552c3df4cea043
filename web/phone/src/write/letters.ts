// Between a textarea, which counts UTF-16 units, and the core, which counts Unicode scalar values. An emoji is two
// of the first and one of the second; taking one for the other would put every later word in the wrong place.

/** One edit of a text: at a position some letters go and others come. */
export interface Splice { at: number; delete: number; insert: string }

/** How many Unicode scalar values a text has, from one UTF-16 position to another. */
export function scalars(text: string, from = 0, to = text.length): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    if (isHigh(text.charCodeAt(i)) && i + 1 < to && isLow(text.charCodeAt(i + 1))) i++;
    count++;
  }
  return count;
}

/** The UTF-16 position before which `count` scalar values stand. */
export function unitsOf(text: string, count: number): number {
  let i = 0;
  for (let left = count; left > 0 && i < text.length; left--) {
    i += isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1)) ? 2 : 1;
  }
  return i;
}

/**
 * The smallest splice that makes one text into the other, in UTF-16 units, never through the middle of a letter; none
 * where they are equal. `caret` is where the writer stands afterwards: of several equal letters it tells which is new.
 */
export function unitSplice(before: string, after: string, caret = after.length): Splice | null {
  if (before === after) return null;
  const behind = after.length - caret;
  const kept = behind > 0 && behind <= before.length && before.endsWith(after.slice(caret)) ? behind : 0;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most - kept && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splits(before, start) || splits(after, start)) start--;
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) end++;
  if (end > 0 && (splits(before, before.length - end) || splits(after, after.length - end))) end--;
  return { at: start, delete: before.length - end - start, insert: after.slice(start, after.length - end) };
}

/** The same in scalar values, as the core takes it. */
export function splice(before: string, after: string): Splice | null {
  const units = unitSplice(before, after);
  return units && inScalars(before, units);
}

/** An edit of a text, from UTF-16 units into scalar values. */
export function inScalars(before: string, edit: Splice): Splice {
  return {
    at: scalars(before, 0, edit.at),
    delete: scalars(before, edit.at, edit.at + edit.delete),
    insert: edit.insert,
  };
}

/**
 * Where a caret stands after somebody else's edit: behind the same letter as before. At the very place of an insertion
 * it stays in front of what came, or goes behind it.
 */
export function moved(position: number, edit: Splice, behind = false): number {
  if (position < edit.at || (position === edit.at && !behind)) return position;
  if (position >= edit.at + edit.delete) return position + edit.insert.length - edit.delete;
  return edit.at;
}

/** An edit as it is to be made after another one. Of two insertions at one place `behind` says which comes second. */
export function after(edit: Splice, other: Splice, behind = false): Splice {
  const at = moved(edit.at, other, behind);
  const end = edit.delete === 0 ? at : Math.max(at, moved(edit.at + edit.delete, other));
  return { at, delete: end - at, insert: edit.insert };
}

/** A difference with more letters than this is taken as one edit. */
const MOST_LETTERS_APART = 300;

/**
 * The edits, one after the other, that make one text into the other where several places changed (Myers, 'An O(ND)
 * difference algorithm', 1986). Whatever lies between two of them stays untouched.
 */
export function differences(before: string, now: string): Splice[] {
  const whole = unitSplice(before, now);
  if (!whole) return [];
  const from = [...before.slice(whole.at, whole.at + whole.delete)];
  const to = [...whole.insert];
  const path = shortest(from, to);
  if (!path) return [whole];
  const edits: Splice[] = [];
  let at = whole.at;
  let open: Splice | null = null;
  for (const [kind, letter] of path) {
    if (kind === 'same') {
      open = null;
      at += letter.length;
      continue;
    }
    if (!open) edits.push(open = { at, delete: 0, insert: '' });
    if (kind === 'gone') {
      open.delete += letter.length;
    } else {
      open.insert += letter;
      at += letter.length;
    }
  }
  return edits;
}

type Step = ['same' | 'gone' | 'new', string];

/** The shortest way from one list of letters to another; null where it is long. */
function shortest(from: string[], to: string[]): Step[] | null {
  const tried: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= MOST_LETTERS_APART; d++) {
    tried.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
      let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < from.length && x - k < to.length && from[x] === to[x - k]) x++;
      furthest.set(k, x);
      if (x >= from.length && x - k >= to.length) return walkedBack(tried, from, to);
    }
  }
  return null;
}

function walkedBack(tried: Map<number, number>[], from: string[], to: string[]): Step[] {
  const steps: Step[] = [];
  let [x, y] = [from.length, to.length];
  for (let d = tried.length - 1; d >= 0; d--) {
    const furthest = tried[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
    const before = down ? k + 1 : k - 1;
    const [px, py] = [furthest.get(before)!, furthest.get(before)! - before];
    while (x > px && y > py) steps.push(['same', from[x = x - 1, y = y - 1, x]!]);
    if (d === 0) break;
    if (down) steps.push(['new', to[y = y - 1]!]);
    else steps.push(['gone', from[x = x - 1]!]);
  }
  return steps.reverse();
}

/** A text with an edit in UTF-16 units made. */
export function applied(text: string, edit: Splice): string {
  return text.slice(0, edit.at) + edit.insert + text.slice(edit.at + edit.delete);
}

/** A position inside a pair of surrogates. */
function splits(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
