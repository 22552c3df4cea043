// The core's Worker: it alone has the store, and answers the page's calls in the order in which they come. Keys never
// wait for the network, because nothing here waits for it but the call that asked.
import init, { let_in, Phone, seal_key, take_files, unseal_key } from '../../wasm/core';
import wasm from '../../wasm/core_bg.wasm?url';
import type { AppStage, Calls, CoreEvent, Ended, Ordered, Status } from '../core/calls';
import { Hands } from './hands';
import { forget, keep, kept, publicPoint, seal, signingKey, unseal } from './keep';
import { OpenNotebook } from './notebook';
import { afterWrong, isLockedOut, NONE, waitsUntil } from './pin';

const APP = `Doorstep ${__APP_VERSION__}`;

/** A refusal with a code, as the page shows it. */
class Refused extends Error {
  constructor(readonly code: string, words: string) {
    super(words);
  }
}

let stage: AppStage = 'unsupported';
let why: string | undefined = 'core_missing';
let book: OpenNotebook | undefined;
/** The key of a store that is open and not enrolled: another PIN may still be chosen for it. */
let freshKey: Uint8Array | undefined;

const tell = (event: CoreEvent) => self.postMessage(event);

let started: () => void;
/** Calls are answered in their order, from the moment on at which it is known how the app stands. */
let last: Promise<unknown> = new Promise<void>((done) => { started = done; });

function become(now: AppStage, because?: string): void {
  stage = now;
  why = because;
  started();
  tell({ event: 'stage', stage });
}

/** An error of the core's is its code, a colon and a sentence. */
function split(error: unknown): { code: string; words: string } {
  if (error instanceof Refused) return { code: error.code, words: error.message };
  const text = error instanceof Error ? error.message : String(error);
  const parts = /^([A-Za-z]+): (.*)$/s.exec(text);
  return parts ? { code: parts[1] ?? '', words: parts[2] ?? '' } : { code: 'Broken', words: text };
}

async function status(): Promise<Status> {
  if (stage === 'unsupported') return nowhere();
  const [tries, identity, last, offset, wiped_at_ms] = await Promise.all(
    [kept('tries'), kept('identity'), kept('last_sent_at_ms'), kept('clock_offset_ms'), kept('wiped_at_ms')]);
  const estimate = await navigator.storage.estimate().catch(() => ({ usage: 0, quota: 0 }));
  const now = tries ?? NONE;
  return {
    stage,
    ...(why === undefined ? {} : { why }),
    ...(identity ? { identity } : {}),
    ...(stage === 'new' && wiped_at_ms ? { wiped_at_ms } : {}),
    wrong_pins: now.wrong,
    ...(now.wait_until_ms > Date.now() ? { wait_until_ms: waitsUntil(now, Date.now()) } : {}),
    locked_out: isLockedOut(now),
    storage: {
      persisted: await navigator.storage.persisted().catch(() => false),
      used_bytes: estimate.usage ?? 0,
      quota_bytes: estimate.quota ?? 0,
    },
    ...(last ? { last_sent_at_ms: last } : {}),
    ...(offset === undefined ? {} : { clock_offset_ms: offset }),
    app: APP,
  };
}

/** Where nothing is kept, nothing is asked of what is kept. */
function nowhere(): Status {
  return {
    stage, ...(why === undefined ? {} : { why }), wrong_pins: 0, app: APP,
    storage: { persisted: false, used_bytes: 0, quota_bytes: 0 },
  };
}

/** Opens the store of an enrolled phone. One that knows of no enrolment is not it: the browser has deleted the files. */
async function openOwn(key: Uint8Array): Promise<OpenNotebook> {
  const own = await open(key);
  if (own.call('identity', {}) !== null) return own;
  await own.close();
  become('unsupported', 'evicted');
  throw new Refused('Evicted', 'The browser has deleted what was kept on this phone.');
}

/** Where the notes are gone: the phone is set up again. Nothing is forgotten that could still be read. */
async function startOver(): Promise<void> {
  if (stage !== 'unsupported' || why !== 'evicted') throw new Refused('NotAllowed', 'There is something on this phone.');
  await forget();
}

async function open(key: Uint8Array): Promise<OpenNotebook> {
  const [point, store] = [await publicPoint(await signingKey()), await kept('store')];
  if (!store) throw new Refused('VaultBroken', 'It is not known any more where the notes on this phone are.');
  return new OpenNotebook(Phone.open(store, key, point, APP), tell, obey);
}

/** Opens the store of a phone that is not enrolled yet: the one begun before, where the PIN is the same. */
async function begun(pin: string): Promise<OpenNotebook> {
  const vault = await kept('vault');
  if (!freshKey && vault) {
    try {
      freshKey = unseal_key(await unseal(vault), pin);
    } catch {
      // Another PIN, and nobody has written anything: a new store.
    }
  }
  if (!freshKey) {
    freshKey = crypto.getRandomValues(new Uint8Array(32));
    await keep({ store: `notes-${crypto.randomUUID()}.db` });
  }
  await keep({ vault: await seal(new Uint8Array(seal_key(freshKey, pin))), tries: NONE });
  return open(freshKey);
}

/** The code in a link of this server's, or as it was typed. */
function codeIn(link: string): string {
  const address = URL.canParse(link) ? new URL(link) : undefined;
  if (address && address.origin !== self.location.origin) {
    throw new Refused('OtherServer', `This link belongs to ${address.host}. Open it there.`);
  }
  return (address ? address.hash.replace(/^#enrol=/, '') : link).trim();
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function enrol({ link, pin }: Calls['enrol']['args']): Promise<Calls['enrol']['gives']> {
  if (stage !== 'new') throw new Refused('NotAllowed', 'This phone is enrolled already.');
  const code = codeIn(link);
  book ??= await begun(pin);
  // Kept before the server has the other half of it: a spare without its vault would open nothing.
  const spare = crypto.getRandomValues(new Uint8Array(32));
  if (freshKey) await keep({ spare_vault: await seal(new Uint8Array(seal_key(freshKey, hex(spare)))) });
  const ended = await book.enrol(code, spare);
  if (ended !== 'quiet') return { ended };
  if (freshKey) await keep({ vault: await seal(new Uint8Array(seal_key(freshKey, pin))) });
  freshKey = undefined;
  const identity = book.call('identity', {}) as Calls['enrol']['gives']['identity'];
  if (identity) await keep({ identity, tries: NONE, wiped_at_ms: 0 });
  // Nothing is fetched before the person has said that it is they.
  become('open');
  return { ended, ...(identity ? { identity } : {}) };
}

async function unlock({ pin }: Calls['unlock']['args']): Promise<Calls['unlock']['gives']> {
  if (stage === 'open') return { right: true };
  if (stage !== 'locked') throw new Refused('NotAllowed', 'There is nothing to unlock.');
  const before = await kept('tries') ?? NONE;
  const now = Date.now();
  if (isLockedOut(before)) return { right: false, locked_out: true };
  if (waitsUntil(before, now) > now) return { right: false, wait_until_ms: waitsUntil(before, now) };
  // Counted before it is tried: who ends the app in between gains nothing.
  const wrong = afterWrong(before, now);
  await keep({ tries: wrong });
  const vault = await kept('vault');
  if (!vault) throw new Refused('VaultBroken', 'The key of the notes on this phone is not there.');
  let key: Uint8Array;
  try {
    key = unseal_key(await unseal(vault), pin);
  } catch (error) {
    if (split(error).code !== 'WrongPin') throw error;
    return {
      right: false,
      ...(wrong.wait_until_ms > 0 ? { wait_until_ms: wrong.wait_until_ms } : {}),
      locked_out: isLockedOut(wrong),
    };
  }
  book = await openOwn(key);
  key.fill(0);
  await keep({ tries: NONE });
  become('open');
  return { right: true };
}

/** A PIN that is forgotten, or was wrong too often: a fresh code brings the spare back, and a new PIN is chosen. */
async function letIn({ link, pin }: Calls['let_in']['args']): Promise<Calls['let_in']['gives']> {
  if (stage !== 'locked') throw new Refused('NotAllowed', 'This phone is not locked.');
  const [identity, vault] = await Promise.all([kept('identity'), kept('spare_vault')]);
  if (!identity || !vault) throw new Refused('VaultBroken', 'This phone left no spare key with the server.');
  const said = JSON.parse(await let_in(new Hands() as never, identity.device, identity.token_url, codeIn(link))) as
    { spare: string } | { ended: Ended };
  if ('ended' in said) return said;
  const key = unseal_key(await unseal(vault), said.spare);
  await keep({ vault: await seal(new Uint8Array(seal_key(key, pin))), tries: NONE });
  book = await openOwn(key);
  key.fill(0);
  become('open');
  return { ended: 'quiet' };
}

/** What the team's desk ordered, after what the page asked for before it. */
function obey(ordered: Ordered): void {
  last = last.then(() => ordered.wipe === 'done' ? wiped() : lock('ordered')).catch((error: unknown) => console.error(error));
}

/** Nothing of anybody's is in the store any more, and the server knows it: the keys go, and with the next start the files. */
async function wiped(): Promise<void> {
  if (stage !== 'open') return;
  become('new');
  const closing = book;
  book = undefined;
  await closing?.close();
  await forget();
  await keep({ wiped_at_ms: Date.now() });
  tell({ event: 'wiped' });
}

async function lock(because?: string): Promise<void> {
  if (stage !== 'open') return;
  become('locked', because);
  const closing = book;
  book = undefined;
  await closing?.close();
  tell({ event: 'locked' });
}

async function sync(only_send = false): Promise<Calls['sync']['gives']> {
  const report = await there().sync(only_send);
  // Where no answer came there is nothing to keep.
  if (report.clock_offset_ms !== null) {
    await keep({
      clock_offset_ms: report.clock_offset_ms,
      ...(report.ended === 'quiet' ? { last_sent_at_ms: Date.now() } : {}),
    });
  }
  return report;
}

function there(): OpenNotebook {
  if (!book || stage !== 'open') throw new Refused('Locked', 'Unlock the app first.');
  return book;
}

async function attachment({ note, sha256 }: Calls['attachment']['args']): Promise<Calls['attachment']['gives']> {
  try {
    const bytes = await there().attachment(note, sha256);
    return { bytes: new Uint8Array(bytes).buffer };
  } catch (error) {
    const { code, words } = split(error);
    if (code === 'Offline') return { offline: true };
    if (code === 'Refused') return { refused: { status: 0, code, title: words } };
    throw error;
  }
}

async function signOut(): Promise<void> {
  const report = await sync(true);
  if (report.ended !== 'quiet' || report.waiting > 0) {
    throw new Refused('Unsent', 'Something is still to be sent. Nothing was deleted; send it first.');
  }
  const closing = there();
  book = undefined;
  await closing.close();
  // The server has everything. Without its key the store can be read by nobody; its files go at the next start.
  await forget();
  become('new');
}

/** What the page asks for: a call of the app's, or one that the store answers. */
async function answer(call: string, args: never): Promise<unknown> {
  switch (call) {
    case 'status': return status();
    case 'enrol': return enrol(args);
    case 'unlock': return unlock(args);
    case 'let_in': return letIn(args);
    case 'start_over': return startOver();
    case 'lock': return lock();
    case 'look_up': {
      const { case_id, reason } = args as Calls['look_up']['args'];
      return { ended: await there().lookUp(case_id, reason) };
    }
    case 'reflection': {
      const { year, quarter } = args as Calls['reflection']['args'];
      return there().reflection(year, quarter);
    }
    case 'sync':
      try {
        return await sync();
      } finally {
        // Not before: a line that is open beside the first pass would fetch the same a second time.
        book?.goLive();
      }
    case 'attachment': return attachment(args);
    case 'sign_out': return signOut();
    case 'attach': {
      const { note, bytes, caption } = args as Calls['attach']['args'];
      return { sha256: there().phone.attach(note, new Uint8Array(bytes), caption ?? null) };
    }
    default: return there().call(call, args);
  }
}

/** Calls that wait for the network, or for the browser. */
const ASIDE = ['sync', 'attachment', 'look_up', 'reflection', 'status'];

interface Asked { n: number; call: string; args: never }

self.onmessage = ({ data }: MessageEvent<Asked | { network: boolean }>) => {
  if ('network' in data) return book?.network(data.network);
  const { n, call, args } = data;
  const said = (gives: unknown) => self.postMessage({ n, gives: gives ?? null });
  const refused = (error: unknown) => self.postMessage({ n, trouble: split(error) });
  const made = () => answer(call, args).then(said, refused);
  // In the order in which they were asked; but nobody waits for the network, nor for a file from it, nor until the
  // browser has worked out how much is stored.
  if (ASIDE.includes(call)) void last.then(() => void made());
  else last = last.then(made);
};

async function start(): Promise<void> {
  try {
    await navigator.storage.getDirectory();
  } catch (error) {
    return become('unsupported', isForbidden(error) ? 'blocked' : 'no_opfs');
  }
  try {
    await init({ module_or_path: wasm });
    // Where nobody is enrolled, or has begun to be, no file belongs to anybody.
    await take_files('doorstep', !(await kept('vault')));
  } catch (error) {
    console.error(error);
    if (split(error).code !== 'Unsupported') return become('unsupported', 'core_missing');
    return become('unsupported', await hasRoom() ? 'no_opfs' : 'no_room');
  }
  const identity = await kept('identity').catch(() => undefined);
  become(identity ? 'locked' : 'new');
}

/** The person, or a private window, forbids this address to keep anything. */
function isForbidden(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'SecurityError';
}

/** What a file is in a Worker only (File System Standard, section 2.6). */
interface Handle { createSyncAccessHandle(): Promise<{ write(bytes: Uint8Array): number; close(): void }> }

/** More than a store takes that nothing was written into yet. */
const SOME_ROOM_BYTES = 1_000_000;

/** Tries it: what a browser says of its room is an estimate. */
async function hasRoom(): Promise<boolean> {
  const name = 'is-there-room';
  const folder = await navigator.storage.getDirectory();
  try {
    const handle = await folder.getFileHandle(name, { create: true }) as unknown as Handle;
    const file = await handle.createSyncAccessHandle();
    const written = file.write(new Uint8Array(SOME_ROOM_BYTES));
    file.close();
    return written === SOME_ROOM_BYTES;
  } catch (error) {
    return !(error instanceof DOMException && error.name === 'QuotaExceededError');
  } finally {
    await folder.removeEntry(name).catch(() => undefined);
  }
}

/** One tab has the store; another says so, and takes over the moment the first is closed. */
async function startAlone(): Promise<void> {
  const whole = { mode: 'exclusive' } as const;
  const forever = new Promise<never>(() => undefined);
  const first = await navigator.locks.request('doorstep', { ...whole, ifAvailable: true }, (lock) => {
    if (!lock) return false;
    void start();
    return forever;
  });
  if (first === false) {
    become('elsewhere');
    await navigator.locks.request('doorstep', whole, () => {
      void start();
      return forever;
    });
  }
}

if (self.isSecureContext) {
  startAlone().catch((error: unknown) => become('unsupported', isForbidden(error) ? 'blocked' : 'core_missing'));
} else {
  // There is no lock to ask for either.
  become('unsupported', 'not_secure');
}
