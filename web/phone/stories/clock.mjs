// A clock that can be set: a program that is started with `env` shows the time that stands here, in every process of
// it and at once (tests/shim/clock.c). Linux only, as that is.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export class Clock {
  #file;
  #preloaded;

  constructor(root, folder, name) {
    this.#file = path.join(folder, `clock-${name}`);
    this.#preloaded = path.join(folder, 'clock.so');
    if (!fs.existsSync(this.#preloaded)) {
      execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', this.#preloaded, path.join(root, 'tests/shim/clock.c'), '-ldl']);
    }
    this.set(0);
  }

  get env() {
    return { LD_PRELOAD: this.#preloaded, DOORSTEP_CLOCK_FILE: this.#file };
  }

  /** So far ahead of the true time, or behind it. */
  set(ahead_ms) {
    this.ahead_ms = ahead_ms;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(ahead_ms));
    // In place, for it is mapped.
    const file = fs.openSync(this.#file, fs.existsSync(this.#file) ? 'r+' : 'w');
    fs.writeSync(file, bytes, 0, bytes.length, 0);
    fs.closeSync(file);
  }

  /** So much later. */
  pass(ms) {
    this.set(this.ahead_ms + ms);
  }
}
