// Letters that change how others are shown, or that nobody sees: in what somebody else says they are named instead.

/** Turns of direction, marks of direction, and letters of no width; joiners stay, for scripts and pictures need them. */
const HIDDEN = /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

/** The text with each such letter by its number. */
export function visibly(text: string): string {
  return text.replace(HIDDEN, (letter) => `[U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
