// The desk in a real browser, for stories: an admin with a machine and a passkey of their own (Chromium's virtual
// authenticator), beside the phones of the phone app's stories. Nothing here stands in for anything.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Looks } from './look.mjs';
import { Phone, ROOT, Server } from '../../phone/stories/town.mjs';

export { ROOT, Phone, Server };
export const CONSOLE = path.join(ROOT, 'web/console/dist');
export const PATIENCE_MS = Number(process.env.DOORSTEP_PATIENCE_MS ?? 30_000);

/** Looks until it is there: the judge and the feed take a moment. */
export async function until(what, see) {
  for (let n = 0; n < 60; n += 1) {
    const found = await see();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 200));
  }
  throw new Error(`never seen: ${what}`);
}

/** The folder of a case system that takes files. */
export class Feed {
  constructor(server) {
    this.server = server;
    this.folder = path.join(server.folder, 'case-system');
  }

  /** All events, what is new with them; receipts that lie there are read. */
  take() {
    this.server.run('export', '--to', this.folder);
    const files = fs.readdirSync(this.folder).filter((name) => name.endsWith('.ndjson')).sort();
    const lines = files.flatMap((name) => fs.readFileSync(path.join(this.folder, name), 'utf8').trim().split('\n').filter(Boolean));
    return lines.map((line) => JSON.parse(line));
  }

  of = (note) => this.take().filter((event) => event.note_id === note);

  /** Refuses the first event of a note. */
  async refuse(note) {
    const [event] = await until('the note in the feed', () => { const found = this.of(note); return found.length > 0 && found; });
    fs.mkdirSync(path.join(this.folder, 'receipts'), { recursive: true });
    const receipt = { event_id: event.event_id, sha256: event.sha256, outcome: 'refused', reason_code: 'case_closed', reason: 'This case is closed here.' };
    fs.writeFileSync(path.join(this.folder, 'receipts/demo.json'), JSON.stringify([receipt]));
  }
}

/** Somebody at the desk: a browser of their own. */
export class Admin {
  faults = [];
  constructor(server, name) {
    this.server = server;
    this.name = name;
  }

  /** Where the console is; passkeys need a name. */
  get console() {
    return `http://localhost:${this.server.address.split(':')[1]}/console`;
  }

  async open(address = this.console) {
    this.browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    this.context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    this.page = await this.tab();
    await this.page.goto(address);
    return this.page;
  }

  /** Another tab, which holds the same passkeys. */
  async tab() {
    const page = await this.context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.faults.push(error.stack ?? error.message));
    page.on('request', (request) => {
      const { hostname } = new URL(request.url());
      if (hostname !== 'localhost') this.faults.push(`asked a stranger: ${request.url()}`);
    });
    page.on('console', (said) => {
      if (said.type() === 'error' && /Content Security Policy/.test(said.text())) this.faults.push(said.text());
    });
    this.devtools = await this.context.newCDPSession(page);
    await this.devtools.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await this.devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    this.authenticator = authenticatorId;
    return page;
  }

  /** Comes with a one-time link for a worker; gives the page, at Today. */
  async signUp(worker, ...more) {
    const page = await this.open(this.server.invite(worker, ...more));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.getByRole('heading', { name: 'Today', level: 1 }).waitFor();
    return page;
  }

  /** The audit's rows of a verb, the newest first. */
  async audit(what) {
    const ask = async (of) => (await (await fetch(`/v1/desk/audit?what=${of}`)).json()).rows;
    return this.page.evaluate(ask, what);
  }

  /** Waits until the audit says what was decided, why, and by whom; about the issue that is open, where one is. */
  async wrote(action, reason, who, what = 'issue.settled') {
    const issue = this.page.url().split('#/issues/')[1];
    const said = ({ detail, reason: why }) => (!issue || detail.issue === issue) && (detail.action ?? null) === action && (why || null) === reason;
    await until(`${who} in the audit: ${action ?? what}: ${reason}`, async () => (await this.audit(what)).find(said)?.who_name === who);
  }

  /** Chooses, says what it needs, sees what it does, does it; and the audit has it. Without a reason it only asks. */
  async decide(action, words, reason, who, say = async () => {}) {
    const { page } = this;
    await page.getByLabel(words).check();
    await say();
    if (reason) await page.getByLabel('Reason', { exact: true }).fill(reason);
    await page.getByRole('button', { name: 'See what this does' }).click();
    await page.getByText('This will happen:').waitFor();
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByRole('status').getByText('Done:').waitFor();
    await this.wrote(action, reason, who, reason === null ? 'issue.asked' : 'issue.settled');
  }

  /** Her session ends just before she presses a button. The page may find out by itself first, and then hides the button. */
  async loseSession(button) {
    const again = this.page.getByRole('heading', { name: 'Sign in again' });
    await this.context.clearCookies();
    await button.click({ timeout: 5_000 }).catch(async (error) => {
      if (!await again.isVisible()) throw error;
    });
    await again.waitFor();
  }

  async go(place) {
    await this.page.evaluate((to) => { location.hash = to; }, `#/${place}`);
  }

  async close() {
    await this.browser?.close();
  }
}

Server.prototype.invite = function invite(worker, ...more) {
  return JSON.parse(this.run('admin', 'invite', worker, '--server', this.url, '--json', ...more)).link;
};

/** Somebody of the southern team. */
Server.prototype.southerner = function southerner() {
  const lines = fs.readFileSync(path.join(ROOT, 'demo/people.csv'), 'utf8').trim().split(/\r?\n/);
  const line = lines.find((one) => one.includes('South Community Team'));
  return { case_id: line.split(',')[0] };
};

/** Runs a story with a server, admins and phones; says what was on the screens when it failed. */
export async function story(name, tell) {
  const server = await Server.withDemoTeam(['--console-dir', CONSOLE]);
  const looks = new Looks(ROOT, name);
  const admins = [];
  const phones = [];
  const admin = (of) => { const made = new Admin(server, of); admins.push(made); return made; };
  const phone = (of) => { const made = new Phone(server, of); phones.push(made); return made; };
  try {
    await tell({ server, admin, phone, look: looks.at });
    const faults = [...admins, ...phones].flatMap((made) => made.faults);
    if (faults.length > 0) throw new Error(`a page fell: ${faults.join('\n')}`);
    if (looks.amiss.length > 0) throw new Error(`amiss on the screens:\n${looks.amiss.join('\n')}`);
    for (const made of [...admins, ...phones]) await made.close().catch(() => undefined);
    for (const made of phones) made.signal?.close();
    await server.stop();
    fs.rmSync(server.folder, { recursive: true, force: true });
    console.log(`${name}: held`);
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    for (const made of [...admins, ...phones]) {
      const screen = path.join(server.folder, `${made.name}.png`);
      await made.page?.screenshot({ path: screen }).catch(() => undefined);
      console.error(`${made.name}'s screen: ${screen}`, await made.page?.evaluate(() => document.body.innerText).catch(() => ''));
    }
    server.child.kill();
    process.exit(1);
  }
}
