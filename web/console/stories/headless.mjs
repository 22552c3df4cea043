// A phone without a screen (doorstep-phone), where what is on its screen does not matter: the same core, quicker.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BINARIES } from '../../phone/stories/town.mjs';

export class Headless {
  constructor(server, name, env = {}) {
    this.dir = path.join(server.folder, `headless-${name}`);
    this.env = { ...process.env, ...server.env, DOORSTEP_PIN: '246813', ...env };
    this.server = server;
  }

  /** A command; gives its answer. */
  run(...args) {
    const words = ['--dir', this.dir, '--json', ...args];
    const said = execFileSync(path.join(BINARIES, 'doorstep-phone'), words, { encoding: 'utf8', env: this.env });
    return said.trim() ? JSON.parse(said) : null;
  }

  enrol(worker) {
    this.run('enrol', this.server.link(worker));
    return this;
  }

  /** The same phone once more, restored from a backup of this moment. */
  restored(name) {
    const other = new Headless(this.server, name);
    fs.cpSync(this.dir, other.dir, { recursive: true });
    return other;
  }

  /** What the desk said, and nobody has read yet. */
  asked() {
    this.run('sync');
    return JSON.stringify(this.run('messages'));
  }

  /** A note from its beginning to its end, on the server; gives its id. */
  visit(caseId, words, { kind = 'home_visit', finish = true, more = [] } = {}) {
    const { id } = this.run('new', caseId, kind, ...more);
    this.run('type', id, words);
    if (finish) this.run('finish', id);
    this.run('sync');
    return id;
  }
}
