// What stands between phones and the server, as a council's proxy does: it can lose the files on their way. A process of
// its own, because a phone without a screen is waited for.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ITSELF = fileURLToPath(import.meta.url);

export class Door {
  static async before({ address, folder }) {
    const door = new Door();
    door.mark = path.join(folder, 'files-are-lost');
    door.child = spawn(process.execPath, [ITSELF, address, door.mark], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.once('exit', () => door.close());
    const port = await new Promise((ready) => door.child.stdout.once('data', (said) => ready(String(said).trim())));
    door.url = `http://127.0.0.1:${port}`;
    return door;
  }

  loseFiles() { fs.writeFileSync(this.mark, ''); }
  letThrough() { fs.rmSync(this.mark); }
  close() { this.child.kill(); }
}

if (process.argv[1] === ITSELF) {
  const [address, mark] = process.argv.slice(2);
  const [host, port] = address.split(':');
  const server = http.createServer((asked, answer) => {
    if (asked.url.startsWith('/v1/attachments') && fs.existsSync(mark)) {
      asked.socket.destroy();
      return;
    }
    const { url, method, headers } = asked;
    const on = http.request({ host, port, path: url, method, headers }, (said) => {
      answer.writeHead(said.statusCode, said.headers);
      said.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}
