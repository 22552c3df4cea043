// Who may answer where the server should: each speaks HTTP on a port of its own, and none of them is the server.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const HTML = '<!doctype html><title>Free WiFi</title><h1>Welcome to The Station Café</h1><form>Accept the terms</form>';
const say = (answer, status, type, body, more = {}) => {
  answer.writeHead(status, { 'content-type': type, ...more });
  answer.end(body);
};

/** By name, how it answers. */
export const STRANGERS = {
  'answers 500': (_, answer) => say(answer, 500, 'text/plain', 'oh no'),
  'is another server': (_, answer) => say(answer, 404, 'application/json', '{"error":"no such route"}'),
  'sends rubbish': (_, answer) => say(answer, 200, 'application/vnd.doorstep.sync+cbor', Buffer.from([0xff, 0x00, 0x9f, 0x42, 0x13])),
  'ends in the middle': (_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/vnd.doorstep.sync+cbor', 'content-length': 1_000 });
    answer.write('ab');
    setTimeout(() => answer.destroy(), 50);
  },
  'is a café’s page': (_, answer) => say(answer, 200, 'text/html', HTML),
  'leads to a café’s page': (_, answer) => say(answer, 302, 'text/html', '', { location: 'http://wifi.example/login' }),
  'says nothing': () => undefined,
};

/** Gives its port, and the way to end it. */
export async function stranger(how) {
  const listener = http.createServer(STRANGERS[how]);
  listener.on('upgrade', (_, socket) => socket.destroy());
  return listening(listener);
}

async function listening(listener) {
  await new Promise((ready) => listener.listen(0, '127.0.0.1', ready));
  return {
    port: listener.address().port,
    end: () => {
      listener.closeAllConnections();
      listener.close();
    },
  };
}

const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', png: 'image/png', wasm: 'application/wasm', webmanifest: 'application/manifest+json' };

/** Gives out the app's files, and knows nothing of notes: a server in the middle of its own update. */
export async function onlyFiles(folder) {
  const listener = http.createServer((request, answer) => {
    const file = path.join(folder, request.url === '/' ? 'index.html' : request.url);
    if (!fs.existsSync(file)) return void answer.writeHead(503).end();
    answer.writeHead(200, { 'content-type': TYPES[file.split('.').at(-1)] ?? 'text/plain' }).end(fs.readFileSync(file));
  });
  return listening(listener);
}
