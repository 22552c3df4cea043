// What the page may ask of the core, and what it is told: plain JSON both ways. The notebook's own calls are in
// core-calls.ts, written from the Rust; here are those that the Worker answers. Times are UTC milliseconds where a name
// ends in `_at_ms` or `_until_ms`.
import type { CoreCalls, DocumentId, Identity, Reflection, Refusal, SyncReport as CoreReport } from './core-calls';

export type * from './core-calls';
export type { DocumentId as NoteId, State as NoteState, Passage as PrivatePassage } from './core-calls';

/** How a talk with the server ended. `quiet`: everything was said. */
export type Ended = 'quiet' | 'offline' | { refused: Refusal };

export type AppStage = 'new' | 'locked' | 'open' | 'elsewhere' | 'unsupported';

export interface Status {
  stage: AppStage;
  /**
   * With `unsupported`: `not_secure`, `no_opfs`, `blocked`, `no_room`, `newer_store`, `evicted`, `core_missing`, `damaged`. With
   * `locked`: `ordered` by the team's desk.
   */
  why?: string;
  /** Known once a code was spent. */
  identity?: Identity;
  /** With `new`: when the team's desk had this phone wiped. */
  wiped_at_ms?: number;
  wrong_pins: number;
  /** No PIN is taken before this. */
  wait_until_ms?: number;
  /** Ten wrong PINs: the phone must go online and be let in. */
  locked_out?: boolean;
  storage: { persisted: boolean; used_bytes: number; quota_bytes: number };
  /** The last pass after which nothing waited here any more or everything offered was answered; kept through restarts. */
  last_sent_at_ms?: number;
  /** How far the server's clock is ahead of this phone's. */
  clock_offset_ms?: number;
  /** Name and version of the core. */
  app: string;
}

/** What a pass did, how it ended, and how far the server's clock was ahead of this phone's where it answered. */
export type SyncReport = CoreReport & { ended: Ended; clock_offset_ms: number | null };

interface Shape { [call: string]: { args: object; gives: unknown } }
type Nothing = Record<string, never>;

/** All calls: the core's own (core-calls.ts, written from the Rust), and those that the Worker answers. */
export interface Calls extends Shape, CoreCalls {
  status: { args: Nothing; gives: Status };
  enrol: { args: { link: string; pin: string }; gives: { ended: Ended; identity?: Status['identity'] } };
  unlock: { args: { pin: string }; gives: { right: boolean; wait_until_ms?: number; locked_out?: boolean } };
  /** A fresh code, and a new PIN in place of one that is forgotten. Nothing is lost by it. */
  let_in: { args: { link: string; pin: string }; gives: { ended: Ended } };
  lock: { args: Nothing; gives: unknown };
  /** Asks the server for somebody who is not on the caseload; then `lookup` has them. */
  look_up: { args: { case_id: string; reason: string }; gives: { ended: Ended } };
  /** The worker's own quarter (1 to 4); from then on the desk may see it too. */
  reflection: { args: { year: number; quarter: number }; gives: { page: Reflection } | { ended: Ended } };
  attach: { args: { note: DocumentId; bytes: ArrayBuffer; caption?: string }; gives: { sha256: string } };
  attachment: {
    args: { note: DocumentId; sha256: string };
    gives: { bytes: ArrayBuffer } | { offline: true } | { refused: Refusal };
  };
  sync: { args: Nothing; gives: SyncReport };
  /** Where the browser has deleted the notes (`evicted`): the phone may be set up anew at the next start. */
  start_over: { args: Nothing; gives: unknown };
  sign_out: { args: Nothing; gives: unknown };
}

export type CallName = Extract<keyof Calls, string>;

/** Calls that write in a note or begin one, or of which the server is to hear. */
export const WRITES: readonly CallName[] = ['new_note', 'about', 'join', 'type_text', 'set', 'mark', 'finish', 'add', 'attach', 'read_message'];

/** What the core says unasked. */
export type CoreEvent =
  /** Something came into these notes; an empty list says that it may be any. */
  | { event: 'changed'; notes: DocumentId[] }
  /** The server has something of what was written here; nothing came from elsewhere. */
  | { event: 'sent' }
  | { event: 'synced'; report: SyncReport; at_ms: number }
  /** Said by the page's own end of the line: this page wrote something that the core has taken. */
  | { event: 'written' }
  | { event: 'locked' }
  /** The team's desk had this phone wiped: the page begins anew, so that the files go. */
  | { event: 'wiped' }
  | { event: 'stage'; stage: AppStage };
