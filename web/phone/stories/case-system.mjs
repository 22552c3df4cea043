// A case system at the other end: it reads the feed and answers with receipts, over HTTP with a token of its own.
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export class CaseSystem {
  constructor(server) {
    this.server = server;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const [open, secret] = ['case-system.pub.pem', 'case-system.pem'].map((name) => path.join(server.folder, name));
    fs.writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }));
    fs.writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const { client_id } = JSON.parse(server.run('client', 'add', 'Mosaic', '--public-key', open, '--json'));
    const said = server.run('client', 'token', client_id, '--key', secret, '--server', server.url, '--json');
    this.token = JSON.parse(said).access_token;
  }

  async #ask(what, options = {}) {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    const answer = await fetch(`${this.server.url}${what}`, { ...options, headers });
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** The newest event of a person's note whose text has these words; waits until there is one. */
  async event(words, tries = 100) {
    for (let n = 0; n < tries; n++) {
      const lines = (await (await this.#ask('/v1/export/notes')).text()).split('\n').filter(Boolean);
      const found = lines.map((line) => JSON.parse(line)).filter((event) => JSON.stringify(event).includes(words)).at(-1);
      if (found) return found;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`the feed has nothing with "${words}"`);
  }

  /** Answers an event: `{outcome: 'imported', case_system_ref: '12345'}`. */
  async answer({ event_id, sha256 }, receipt) {
    const body = JSON.stringify([{ event_id, sha256, ...receipt }]);
    const said = await this.#ask('/v1/export/receipts', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    return said.json();
  }
}
