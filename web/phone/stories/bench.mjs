// The figures of the phone app, measured in the app as it is, in Chromium the size of a small phone, beside a real
// server. Prints one JSON value a line: `{"what", "value", "most", "unit"}`, `most` null where a figure is only told.
// `cargo xtask bench` builds everything as releases, runs this, and puts the lines in its table.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { goTo, openPerson, PIN, saved, unlock, writeNote } from './steps.mjs';
import { BINARIES, DIST, story } from './town.mjs';

const NOTES = Number(process.env.DOORSTEP_BENCH_NOTES ?? 5_000);
const KEYS = 600;
const FIRST_KEYS = 200;
const OPENINGS = 10;

const told = (what, value, unit) => console.log(JSON.stringify({ what, value, most: null, unit }));
const atMost = (what, value, most, unit) => console.log(JSON.stringify({ what, value, most, unit }));
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
const inOrder = (values) => [...values].sort((a, b) => a - b);

/** In the Worker: when each call was answered, by the clock that all of the browser shares. A key is durable by then. */
function listenInWorker() {
  const heard = self.answered;
  self.answered = [];
  if (heard) return;
  const post = self.postMessage;
  self.postMessage = function (message, ...more) {
    if (message?.n !== undefined && !message.trouble) self.answered.push([message.n, performance.timeOrigin + performance.now()]);
    return post.call(self, message, ...more);
  };
}

/** Listens on the line between page and core, in every page, and to what is typed. The app knows nothing of it. */
function listen() {
  const marks = window.marks = { typed: [], keys: [], searches: [], unlocked: 0, asked: 0, writing: 0 };
  let typed = 0;
  addEventListener('input', (event) => { typed = event.timeStamp; }, true);
  addEventListener('submit', () => { marks.unlocked = performance.now(); }, true);
  addEventListener('focusin', ({ target }) => {
    if (target.matches('input[type=password]')) marks.asked ||= performance.now();
    if (target.matches('textarea')) marks.writing ||= performance.now();
  });
  const post = Worker.prototype.postMessage;
  const open = new Map();
  const heard = new WeakSet();
  Worker.prototype.postMessage = function (message, ...more) {
    if (!heard.has(this)) {
      heard.add(this);
      this.addEventListener('message', ({ data }) => {
        const asked = open.get(data?.n);
        if (!asked) return;
        open.delete(data.n);
        const took_ms = performance.now() - asked.from;
        if (asked.call === 'type_text' && !data.trouble) marks.keys.push(took_ms);
        // What is found is on the screen at the frame after.
        if (asked.call === 'search') requestAnimationFrame(() => setTimeout(() => marks.searches.push({ words: asked.words, took_ms: performance.now() - asked.from }), 0));
      });
    }
    if (message?.call === 'type_text' || message?.call === 'search') open.set(message.n, { call: message.call, from: typed, words: message.args.words });
    if (message?.call === 'type_text') marks.typed.push([message.n, performance.timeOrigin + typed]);
    return post.call(this, message, ...more);
  };
}

await story('bench', async (server, phone) => {
  sizes();
  const link = server.link('W102');
  await many(server, NOTES);
  const one = phone('bench');
  one.prepare = listen;
  let page = await one.setUpBy(link, PIN);
  await writingMeanwhile(page);
  await goTo(page, '#/today');
  await found(page);
  await page.getByLabel('Find a person or a note').fill('');
  await openPerson(page, 'Jean-Luc Abernethy');
  await typing(page);
  const note = page.url();
  page = await searching(one, page);
  // All of it is on the phone; no server from here on.
  await server.stop();
  await opening(one, page, note);
});

function sizes() {
  const files = fs.readdirSync(path.join(DIST, 'assets')).map((name) => path.join(DIST, 'assets', name));
  const sum = (kind, packed) => files.filter((name) => name.endsWith(kind)).reduce((all, name) => all + packed(fs.readFileSync(name)).length, 0);
  const brotli = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
  atMost('phone app: JavaScript of the shell and its Worker, gzip', sum('.js', gzipSync) / 1_000, 80, 'kB');
  atMost('phone app: the core, WebAssembly, brotli', sum('.wasm', brotli) / 1_000, 1_000, 'kB');
}

/** So many finished notes of a colleague's phone, about the person that this worker is for. */
async function many(server, count) {
  const dir = path.join(server.folder, 'writer');
  const env = { ...process.env, DOORSTEP_PIN: PIN };
  const run = (...args) => spawn(path.join(BINARIES, 'doorstep-phone'), ['--dir', dir, '--json', ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((done) => run('enrol', server.link('W102')).once('exit', done));
  const batch = run('batch');
  const lines = readline.createInterface({ input: batch.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    batch.stdin.write(`${line}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const words = fs.readFileSync(path.join(DIST, '../../../tests/data/notes.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line).body);
  for (let n = 0; n < count; n++) {
    const { id } = await ask('new P104288 home_visit');
    await ask(`type ${id} ${JSON.stringify(`${words[n % words.length]} Visit number${n}.`)}`);
    await ask(`finish ${id}`);
  }
  await ask('sync');
  batch.stdin.end();
}

/** Types so many keys as a fast typist does; gives how long each took until it was durable, in their order. */
async function typed(page, words, count) {
  await page.evaluate(() => { window.marks.keys = []; window.marks.typed = []; });
  const [worker] = page.workers();
  await worker.evaluate(listenInWorker);
  await page.keyboard.type(words.repeat(count / words.length + 1).slice(0, count), { delay: 40 });
  await saved(page);
  const at_ms = new Map(await page.evaluate(() => window.marks.typed));
  const answered = (await worker.evaluate(() => self.answered)).filter(([n]) => at_ms.has(n));
  const took = answered.map(([n, durable_ms]) => durable_ms - at_ms.get(n));
  if (process.env.DOORSTEP_BENCH_KEYS) console.error(took.map(Math.round).join(' '));
  if (took.length < count * 0.9) throw new Error(`only ${took.length} keys were measured`);
  return inOrder(took);
}

/** Each key of a fast typist in a note of 900 words. */
async function typing(page) {
  const box = await writeNote(page);
  await box.focus();
  await page.keyboard.insertText('Margaret said that the stairs are harder since the fall. '.repeat(90));
  await saved(page);
  const keys = await typed(page, 'the rail is higher now ', KEYS);
  const heard = inOrder(await page.evaluate(() => window.marks.keys));
  told('phone app: keystroke until the page has heard that it is durable, p99', at(heard, 0.99), 'ms');
  told('phone app: keystroke to durable, 900 words, p50', at(keys, 0.5), 'ms');
  atMost('phone app: keystroke to durable, 900 words, p99', at(keys, 0.99), 16, 'ms');
  told('phone app: keystroke to durable, 900 words, the slowest', at(keys, 1), 'ms');
}

/** On a new phone, into which thousands of notes are coming: nobody waits for them. */
async function writingMeanwhile(page) {
  await goTo(page, '#/person/P104201');
  await (await writeNote(page)).focus();
  const keys = await typed(page, 'she is well and the kettle is on ', FIRST_KEYS);
  told('phone app: keystroke to durable while 5,000 notes come in, p50', at(keys, 0.5), 'ms');
  atMost('phone app: keystroke to durable while 5,000 notes come in, p75', at(keys, 0.75), 100, 'ms');
  // Server, browser and its compilers share the machine's two cores here: now and then the Worker is not let run at all.
  told('phone app: keystroke to durable while 5,000 notes come in, the slowest', at(keys, 1), 'ms');
}

/** From the last letter to what is found on the screen, among all notes. */
async function searching(one, page) {
  await page.goto(one.server.url);
  await unlock(page);
  const find = page.getByLabel('Find a person or a note');
  await find.waitFor();
  const words = ['kettle', 'stairs', 'daughter', 'falls', 'rail', 'tablets', 'Thursday', 'hospital', 'carer', `number${NOTES - 1}`, 'the', 'visit', 'and her', 'zzz'];
  await found(page);
  for (const word of words) {
    await find.fill(word);
    await page.waitForFunction((asked) => window.marks.searches.some((one) => one.words === asked), word);
  }
  const all = await page.evaluate(() => window.marks.searches);
  if (process.env.DOORSTEP_BENCH_KEYS) console.error(all.map(({ words: asked, took_ms }) => `${asked} ${Math.round(took_ms)}`).join(', '));
  const took = inOrder(all.filter((one) => words.includes(one.words)).map(({ took_ms }) => took_ms));
  told(`phone app: search in ${NOTES} notes, until it is on the screen, p50`, at(took, 0.5), 'ms');
  atMost(`phone app: search in ${NOTES} notes, until it is on the screen, the slowest`, at(took, 1), 50, 'ms');
  return page;
}

/** The last note that was written is here. */
async function found(page) {
  const find = page.getByLabel('Find a person or a note');
  await find.fill(`number${NOTES - 1}`);
  await page.getByRole('heading', { name: 'Notes' }).waitFor();
  await page.getByText('All sent').waitFor();
}

/** From the tap on its sign to the caret in the box, but for the time that a person takes to type a PIN. */
async function opening(one, page, note) {
  const took = [];
  for (let n = 0; n < OPENINGS; n++) {
    await page.close();
    page = await one.tab(note);
    await page.getByLabel('PIN').first().waitFor();
    await page.getByLabel('PIN').first().fill(PIN);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.waitForFunction(() => window.marks.writing > 0);
    const { asked, unlocked, writing } = await page.evaluate(() => window.marks);
    took.push(asked + (writing - unlocked));
  }
  const sorted = inOrder(took);
  told('phone app: open to typing, offline, warm, the PIN’s typing apart, p50', at(sorted, 0.5), 'ms');
  atMost('phone app: open to typing, offline, warm, the PIN’s typing apart, the slowest', at(sorted, 1), 1_000, 'ms');
}
