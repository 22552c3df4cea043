// Chance that can be repeated: a small generator (mulberry32) with a seed, and texts that people could write.
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const LETTERS = ['a', 'a', 'b', ' ', '\n', 'é', 'o\u0323', '😀', '😃', '🨀', '👵🏽', 'م', 'ŷ'];

export function randomText(roll: () => number, most: number): string {
  let text = '';
  for (let n = Math.floor(roll() * (most + 1)); n > 0; n--) text += LETTERS[Math.floor(roll() * LETTERS.length)];
  return text;
}
