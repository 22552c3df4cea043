// What the Worker keeps beside the encrypted store, in IndexedDB: two keys that nobody can read (WebCrypto keeps
// them, and gives their use only), the vault that the PIN opens, and how often a wrong PIN was tried.

import type { Identity } from '../core/calls';

const NAME = 'doorstep';
const TABLE = 'kept';

/** The store's key, sealed by the PIN and then by a key of this browser's. */
export interface Vault {
  sealed: Uint8Array<ArrayBuffer>;
  iv: Uint8Array<ArrayBuffer>;
}

export interface Tries {
  wrong: number;
  wait_until_ms: number;
}

export interface Kept {
  /** Signs for this device; its private half cannot be taken out. */
  signing: CryptoKeyPair;
  /** Seals the vault a second time, so that a copy of it cannot be tried elsewhere. */
  sealing: CryptoKey;
  vault: Vault;
  /** The same key, sealed by the spare that the server keeps, and then by this browser's. */
  spare_vault: Vault;
  /** The store's name: another one for each enrolment. */
  store: string;
  tries: Tries;
  /** Whose phone it is; absent until a code was spent. */
  identity: Identity;
  last_sent_at_ms: number;
  /** When the team's desk had this phone wiped; gone once it is set up again. */
  wiped_at_ms: number;
  /** How far the server's clock was ahead of this phone's, the last time it answered. */
  clock_offset_ms: number;
}

let opened: Promise<IDBDatabase> | undefined;

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((give, refuse) => {
    request.onsuccess = () => give(request.result);
    request.onerror = () => refuse(request.error ?? new Error('the browser keeps nothing'));
  });
}

function database(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    return answer(request);
  })();
  return opened;
}

export async function kept<K extends keyof Kept>(key: K): Promise<Kept[K] | undefined> {
  const table = (await database()).transaction(TABLE).objectStore(TABLE);
  return await answer(table.get(key)) as Kept[K] | undefined;
}

/** Keeps all of these, or none; it is on the disk when this returns. */
export async function keep(values: Partial<Kept>): Promise<void> {
  const transaction = (await database()).transaction(TABLE, 'readwrite', { durability: 'strict' });
  const table = transaction.objectStore(TABLE);
  for (const [key, value] of Object.entries(values)) table.put(value, key);
  await ended(transaction);
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((done, refuse) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => refuse(transaction.error ?? new Error('not kept'));
  });
}

/** Forgets everything, the keys too: what they closed cannot be read by anybody any more. */
export async function forget(): Promise<void> {
  const transaction = (await database()).transaction(TABLE, 'readwrite', { durability: 'strict' });
  transaction.objectStore(TABLE).clear();
  await ended(transaction);
}

/** The key that signs for this device, made where there is none. */
export async function signingKey(): Promise<CryptoKeyPair> {
  const there = await kept('signing');
  if (there) return there;
  const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  await keep({ signing: made });
  return made;
}

/** Its public point: x and y, 64 bytes. */
export async function publicPoint(key: CryptoKeyPair): Promise<Uint8Array> {
  // Uncompressed: 0x04, x, y (SEC 1, section 2.3.3).
  return new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey)).slice(1);
}

/** An ES256 signature: r and s, 64 bytes (RFC 7518, section 3.4). */
export async function sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { privateKey } = await signingKey();
  return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, message));
}

async function sealingKey(): Promise<CryptoKey> {
  const there = await kept('sealing');
  if (there) return there;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await keep({ sealing: made });
  return made;
}

/** Seals what the PIN has sealed once more, with this browser's own key. */
export async function seal(file: Uint8Array<ArrayBuffer>): Promise<Vault> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await sealingKey(), file);
  return { sealed: new Uint8Array(sealed), iv };
}

export async function unseal(vault: Vault): Promise<Uint8Array<ArrayBuffer>> {
  const { sealed, iv } = vault;
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await sealingKey(), sealed));
}
