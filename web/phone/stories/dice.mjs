// Chance that can be told again: its seed is printed, and DOORSTEP_SEED takes it.

export class Dice {
  /** With a seed it is that one's; without, the story's own, which is printed. */
  constructor(story, seed) {
    this.seed = seed ?? Number(process.env.DOORSTEP_SEED ?? Math.floor(Math.random() * 1e9));
    this.#state = this.seed >>> 0;
    if (seed === undefined) console.log(`    ${story}: DOORSTEP_SEED=${this.seed}`);
  }

  #state;

  /** From 0 up to 1 (mulberry32). */
  roll() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let n = this.#state;
    n = Math.imul(n ^ (n >>> 15), n | 1);
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61);
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least, most) {
    return Math.floor(least + this.roll() * (most - least + 1));
  }

  one(of) {
    return of[this.between(0, of.length - 1)];
  }
}
