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
 * where they are equal.
 */
export function unitSplice(before: string, after: string): Splice | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
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
  if (!units) return null;
  return {
    at: scalars(before, 0, units.at),
    delete: scalars(before, units.at, units.at + units.delete),
    insert: units.insert,
  };
}

/** Where a caret stands after somebody else's edit: behind the same letter as before. */
export function moved(position: number, edit: Splice): number {
  if (position <= edit.at) return position;
  if (position >= edit.at + edit.delete) return position + edit.insert.length - edit.delete;
  return edit.at;
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
