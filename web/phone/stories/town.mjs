// A real server with the demo team, and phones in a real browser, for stories: nothing here stands in for anything.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Clock } from './clock.mjs';
import { Looks } from './look.mjs';
import { Signal } from './signal.mjs';
import { fetched } from './steps.mjs';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const BINARIES = process.env.DOORSTEP_BIN_DIR ?? path.join(ROOT, 'target/debug');
export const DIST = path.join(ROOT, 'web/phone/dist');

/** What a story waits for at most; on a slow machine a page takes its time. */
export const PATIENCE_MS = Number(process.env.DOORSTEP_PATIENCE_MS ?? 30_000);

function freePort() {
  return new Promise((give) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => give(port));
    });
  });
}

/** The server: its commands, and a process that can be stopped and started again at the same address. */
export class Server {
  /** The folder of the app's files that it serves, from the next start on. */
  app = DIST;

  /** More words for `serve`. */
  more = [];

  /** More of the environment of its programs, as a clock's `env`. */
  env = {};

  static async withDemoTeam(more = []) {
    const server = new Server();
    server.more = more;
    server.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'doorstep-story-'));
    server.address = `127.0.0.1:${await freePort()}`;
    server.url = `http://${server.address}`;
    server.run('import', 'workers', path.join(ROOT, 'demo/workers.csv'));
    server.run('import', 'people', path.join(ROOT, 'demo/people.csv'));
    await server.start();
    return server;
  }

  /** A command of the server's program; gives what it printed. */
  run(...args) {
    return this.runAt({}, ...args);
  }

  /** The same on a machine with this clock's `env`. */
  runAt(env, ...args) {
    const data = path.join(this.folder, 'server');
    const program = path.join(BINARIES, 'doorstep');
    return execFileSync(program, ['--data-dir', data, ...args], { encoding: 'utf8', env: { ...process.env, ...this.env, ...env } });
  }

  async start() {
    const args = ['--data-dir', path.join(this.folder, 'server'), '--web-dir', this.app, ...this.more];
    const serve = ['serve', '--listen', this.address, '--public-url', this.url];
    const log = fs.openSync(path.join(this.folder, 'server.log'), 'a');
    this.child = spawn(path.join(BINARIES, 'doorstep'), [...args, ...serve], { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...this.env } });
    await new Promise((ready, lost) => {
      this.child.stdout.once('data', ready);
      this.child.once('exit', () => lost(new Error(`the server ended; see ${this.folder}/server.log`)));
    });
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.removeAllListeners('exit');
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }

  /** A link that enrols one phone of a worker. */
  link(worker, env = {}) {
    return JSON.parse(this.runAt(env, 'enrol', worker, '--server', this.url, '--json')).link;
  }
}

/** A phone: a browser with a profile, a clock and a signal of its own, the size of a small phone. */
export class Phone {
  constructor(server, name) {
    this.server = server;
    this.name = name;
    this.profile = path.join(server.folder, `phone-${name}`);
    this.clock = new Clock(ROOT, server.folder, name);
    this.faults = [];
    /** What its pages and their Workers said in the console; told where a story fails. */
    this.said = [];
    /** Runs in each of its pages before the app does. */
    this.prepare = null;
  }

  async open(address = this.server.url, more = []) {
    this.signal ??= await Signal.found();
    this.browser = await chromium.launchPersistentContext(this.profile, {
      executablePath: '/usr/bin/chromium',
      viewport: { width: 360, height: 640 },
      env: { ...process.env, ...this.clock.env },
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', `--proxy-server=socks5://127.0.0.1:${this.signal.port}`,
        // Every name is this machine; only the true address is a secure one.
        '--proxy-bypass-list=<-loopback>', ...more,
      ],
    });
    this.page = await this.tab(address);
    return this.page;
  }

  /** Enrols it for a worker; gives the page, at Today, with all that is there for them. */
  async setUp(worker, pin) {
    const page = await this.setUpBy(this.server.link(worker), pin);
    await fetched(page);
    return page;
  }

  /** The same by a link that one has, and with nothing there yet. */
  async setUpBy(link, pin) {
    const page = await this.open(link);
    const pins = page.locator('input[type=password]');
    await pins.nth(0).fill(pin);
    await pins.nth(1).fill(pin);
    await page.getByRole('button', { name: 'Set up this phone' }).click();
    await page.getByRole('button', { name: 'Yes, that is me' }).click();
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    return page;
  }

  /** Another tab; what goes wrong in it is kept for the end of the story. */
  async tab(address) {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    if (this.prepare) await page.addInitScript(this.prepare);
    page.on('console', (said) => { if (said.type() === 'error') this.said.push(said.text().slice(0, 500)); });
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
    await page.goto(address);
    return page;
  }

  /** SIGKILL to every process of this browser: nothing is flushed, nobody is asked. */
  async kill() {
    const pids = execFileSync('pgrep', ['-f', '--', `--user-data-dir=${this.profile}( |$)`], { encoding: 'utf8' });
    const closed = new Promise((done) => this.browser.once('close', done));
    for (const pid of pids.trim().split('\n')) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It went with its parent.
      }
    }
    await closed;
    // The next one would take the profile for one in use.
    for (const lock of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) {
      fs.rmSync(path.join(this.profile, lock), { force: true });
    }
  }

  async close() {
    await this.browser?.close();
  }
}

/** Runs a story; says what it was doing when it failed, and keeps what was on the screen. */
export async function story(name, tell) {
  const server = await Server.withDemoTeam();
  const looks = new Looks(ROOT, name);
  const phones = [];
  const phone = (of) => {
    const made = new Phone(server, of);
    phones.push(made);
    return made;
  };
  try {
    await tell(server, phone, looks.at, looks.folder);
    const faults = phones.flatMap((made) => made.faults);
    if (faults.length > 0) throw new Error(`the page fell: ${faults.join('\n')}`);
    if (looks.amiss.length > 0) throw new Error(`amiss on the screens:\n${looks.amiss.join('\n')}`);
    for (const made of phones) await made.close().catch(() => undefined);
    for (const made of phones) made.signal?.close();
    await server.stop();
    fs.rmSync(server.folder, { recursive: true, force: true });
    console.log(`${name}: held`);
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    for (const made of phones) {
      const screen = path.join(server.folder, `${path.basename(made.profile)}.png`);
      await made.page?.screenshot({ path: screen }).catch(() => undefined);
      if (made.said.length > 0) console.error(`its console: ${made.said.slice(-20).join('\n')}`);
      console.error(`its screen: ${screen}`, await made.page?.evaluate(() => document.body.innerText).catch(() => ''));
    }
    server.child.kill();
    process.exit(1);
  }
}
