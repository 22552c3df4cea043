// Words that somebody else wrote, shown as they are and as nothing but words: characters that one would not see, or that
// turn the direction of what follows, are shown by their names.
import type { JSX } from 'preact';

/** Unicode's invisible and direction-changing characters (UAX 9, UTS 39), and control characters but tab and line ends. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;

const NAMES: Record<string, string> = {
  '\u00ad': 'soft hyphen', '\u061c': 'Arabic letter mark', '\u200b': 'zero-width space', '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner', '\u200e': 'left-to-right mark', '\u200f': 'right-to-left mark', '\u202a': 'left-to-right embedding',
  '\u202b': 'right-to-left embedding', '\u202c': 'end of direction', '\u202d': 'left-to-right override',
  '\u202e': 'right-to-left override', '\u2060': 'word joiner', '\u2066': 'left-to-right isolate', '\u2067': 'right-to-left isolate',
  '\u2068': 'first strong isolate', '\u2069': 'end of isolate', '\ufeff': 'byte order mark',
};

/** Parts of a text: words as they are, and unseen characters by name. */
export function parts(text: string): { words?: string; unseen?: string }[] {
  const found: { words?: string; unseen?: string }[] = [];
  let words = '';
  const letters = [...text];
  letters.forEach((letter, at) => {
    // Within one emoji, and in scripts that need them, joiners are part of the letter.
    const joins = (letter === '\u200d' || letter === '\u200c') && /\p{L}|\p{M}|\p{Extended_Pictographic}|\ufe0f/u.test(letters[at - 1] ?? '') && !/[a-z]/iu.test(letters[at - 1] ?? '');
    if (!UNSEEN.test(letter) || joins) {
      words += letter;
      return;
    }
    if (words) found.push({ words });
    words = '';
    found.push({ unseen: NAMES[letter] ?? `U+${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}` });
  });
  if (words) found.push({ words });
  return found;
}

/** In a line of other words. */
export function Said({ text }: { text: string }): JSX.Element {
  return (
    <bdi>
      {parts(text).map(({ words, unseen }) => words ?? <span class="unseen" title="A character that cannot be seen">{unseen}</span>)}
    </bdi>
  );
}

/** As a paragraph of its own, with its line ends. */
export function Words({ text }: { text: string }): JSX.Element {
  return <div class="words" dir="auto"><Said text={text} /></div>;
}
