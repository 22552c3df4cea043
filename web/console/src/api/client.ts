// The line to the server: the desk's operations as the OpenAPI document names them, with their types, and refusals as
// they come. Nothing else in this app knows an address.
import type { operations, paths, components } from './types';

export type Schemas = components['schemas'];

/** A refusal (RFC 9457): `title` is a whole sentence for people. */
export interface Problem {
  code: string;
  title: string;
  status: number;
  detail?: string;
  line?: number;
  column?: string;
  retry_after_s?: number;
  /** Of an issue that somebody else was faster with. */
  settled?: { at: string; by: string; action: string };
}

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ? `${problem.title} (${problem.detail})` : problem.title);
  }
}

type Verb = 'get' | 'post';
type Path<V extends Verb> = { [P in keyof paths]: paths[P] extends Record<V, unknown> ? P : never }[keyof paths];
type Operation<P extends keyof paths, V extends Verb> = paths[P] extends Record<V, infer O> ? O : never;
type Json<T> = T extends { content: { 'application/json': infer B } } ? B : undefined;
export type Answer<P extends keyof paths, V extends Verb> =
  Operation<P, V> extends { responses: { 200: infer R } } ? Json<R> : undefined;
type Body<P extends keyof paths, V extends Verb> =
  Operation<P, V> extends { requestBody: infer R } ? Json<R> : undefined;
type Query<P extends keyof paths, V extends Verb> =
  Operation<P, V> extends { parameters: { query?: infer Q } } ? Q : undefined;

export type Operations = operations;

/** What a request says beside its address. */
export interface Said<P extends keyof paths, V extends Verb> {
  /** For the `{…}` of the path, in order. */
  ids?: string[];
  query?: Query<P, V>;
  body?: Body<P, V>;
  signal?: AbortSignal;
}

const OFFLINE: Problem = {
  code: 'offline', status: 0,
  title: 'The server cannot be reached. Nothing was changed, and what you typed is still here. Try again in a moment.',
};

/** Told when a session is over, so that the sign-in page comes up over what was there. */
let signedOut: () => void = () => undefined;
export function onSignedOut(tell: () => void): void {
  signedOut = tell;
}

export function address(path: string, ids: string[] = [], query: object = {}): string {
  let at = 0;
  const filled = path.replace(/\{[^}]+\}/g, () => encodeURIComponent(ids[at++] ?? ''));
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${filled}?${search}` : filled;
}

/** What the server gave last for an address, with its tag: what has not changed is not sent again. */
const kept = new Map<string, { tag: string; value: unknown }>();
const MOST_KEPT = 50;

async function send(verb: Verb, url: string, body: BodyInit | undefined, media: string, signal?: AbortSignal): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = media;
  const before = verb === 'get' ? kept.get(url) : undefined;
  if (before) headers['if-none-match'] = before.tag;
  let response: Response;
  try {
    response = await fetch(url, { method: verb.toUpperCase(), headers, body: body ?? null, cache: 'no-store', signal: signal ?? null });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(OFFLINE);
  }
  if (response.status === 304 && before) return before.value;
  if (response.status === 204) return undefined;
  if (!response.ok) {
    const problem = await response.json().catch(() => OFFLINE) as Problem;
    if (problem.code === 'signed_out') {
      kept.clear();
      signedOut();
    }
    throw new Refused(problem);
  }
  const value: unknown = await response.json();
  const tag = response.headers.get('etag');
  if (verb === 'get' && tag) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(url, { tag, value });
  }
  return value;
}

export async function get<P extends Path<'get'>>(path: P, said: Said<P, 'get'> = {}): Promise<Answer<P, 'get'>> {
  const url = address(path, said.ids, said.query as object);
  return await send('get', url, undefined, '', said.signal) as Answer<P, 'get'>;
}

export async function post<P extends Path<'post'>>(path: P, said: Said<P, 'post'> = {}): Promise<Answer<P, 'post'>> {
  const url = address(path, said.ids, said.query as object);
  const body = said.body === undefined ? undefined : JSON.stringify(said.body);
  return await send('post', url, body, 'application/json', said.signal) as Answer<P, 'post'>;
}

/** A file as it is, in its own media type. */
export async function upload<P extends Path<'post'>>(path: P, file: Blob, media: string, said: Said<P, 'post'> = {}): Promise<Answer<P, 'post'>> {
  return await send('post', address(path, said.ids, said.query as object), file, media, said.signal) as Answer<P, 'post'>;
}
