// What the page may ask of the core, and what it is told: plain JSON both ways, each call named as the notebook's
// own. Times are RFC 3339 in UTC where a name ends in `_at`, and UTC milliseconds where it ends in `_at_ms` or
// `_until_ms`. Positions and lengths in texts count Unicode scalar values, never UTF-16 units.

/** A note's or a page's id. */
export type NoteId = string;

/** How a talk with the server ended. `quiet`: everything was said. */
export type Ended = 'quiet' | 'offline' | { refused: { status: number; code: string; title: string } };

export type Kind =
  | 'home_visit' | 'phone_call' | 'video_call' | 'hub_appointment'
  | 'office_visit' | 'hospital_visit' | 'no_reply' | 'conversation';

/** Where a note's newest content stands. */
export type NoteState = 'on_phone' | 'on_server' | 'in_case_system' | 'refused' | 'held' | 'conflict';

/** Why a passage or an entry stays out of the person's copy. */
export type Private = 'third_party' | 'do_not_share';

export type AppStage = 'new' | 'locked' | 'open' | 'elsewhere' | 'unsupported';

export interface Identity {
  device: string;
  worker: string;
  worker_name: string;
  team: string | null;
}

export interface Status {
  stage: AppStage;
  /** With `unsupported`: `not_secure`, `no_opfs`, `private_mode`, `no_room`, `newer_store`, `core_missing`, `damaged`. */
  why?: string;
  /** Known as soon as the store is open. */
  identity?: Identity;
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
  /** Locks by itself after this time without a touch; five minutes where it is not given. */
  lock_after_ms?: number;
  /** Name and version of the core. */
  app: string;
}

export interface PersonItem {
  id: string;
  case_id: string;
  name: string;
  date_of_birth: string | null;
  mine: boolean;
  preferred_name?: string;
  address?: string;
  phone?: string;
  nhs_number?: string;
  communication_needs?: string;
  alerts?: string;
}

export interface NoteItem {
  id: NoteId;
  case_id: string | null;
  name: string | null;
  kind: Kind | null;
  started_at: string | null;
  stage: 'open' | 'finished';
  state: NoteState;
  version: number | null;
  case_system_ref: string | null;
  reason: string | null;
}

/** A value of an entry or a record; absent or null where nothing was set. */
export type Value = string | number | boolean | null;
export interface Entry { id: string; private?: Private | null; [slot: string]: Value | undefined }
export type Slots = Record<string, Value>;

/** A note with every field by its name (docs/data-model.md). */
export interface Note extends NoteItem {
  schema: number;
  person: string | null;
  person_name: string | null;
  ended_at: string | null;
  workers: Entry[];
  present: Entry[];
  body: string;
  what_matters: string;
  strengths: string;
  persons_words: string;
  analysis: string;
  person_view: string;
  outcomes: Entry[];
  actions: Entry[];
  unmet_needs: Entry[];
  concerns: Entry[];
  attachments: Entry[];
  addenda: Entry[];
  feedback: Slots | null;
  review: Slots | null;
  finished: { at: string; author: string } | null;
  /** Milliseconds by device. */
  recording_ms: Record<string, number>;
  private: { field: string; start: number; end: number; kind: Private }[];
  conflicts: { path: string; shown: Value; others: Value[] }[];
}

/** A person's own page: a text for each heading, and two maps. */
export interface AboutPage {
  id: NoteId;
  case_id: string | null;
  name: string | null;
  contacts: Entry[];
  alerts: Entry[];
  [heading: string]: unknown;
}

/** A note in a person's thread, with who wrote it and how it begins. */
export interface ThreadItem extends NoteItem {
  /** Names of all who wrote in it or joined it, the first first. */
  authors: string[];
  /** Whether this phone's worker is among them. */
  mine: boolean;
  /** The first 160 letters of what happened. */
  begins: string;
}

/** An outcome or an action, with the note that it stands in. */
export interface Gathered { note: NoteId; entry: Entry }

/** What a new worker needs in one minute. Counts as one reading of the person's thread. */
export interface PersonView {
  person: PersonItem;
  /** The texts of the person's page that are not empty, by heading; null where nobody has begun one. */
  about: Record<string, string> | null;
  /** Newest first. */
  thread: ThreadItem[];
  /** Outcomes wanted: of each note's, the newest of equal text. */
  outcomes: Gathered[];
  /** Actions that are not done, those with the earliest date first. */
  actions: Gathered[];
}

/** What waits for this worker. Leaves no reading: it shows no more than a list does. */
export interface TodayView {
  /** Open notes that this worker began or joined, the newest first. */
  drafts: NoteItem[];
  /** The newest `review` of each person of the caseload that is due within six weeks or past, the earliest first. */
  reviews: { note: NoteId; case_id: string; name: string; kind: string | null; due: string }[];
  /** Actions that are not done, of notes that this worker wrote in; the earliest date first, those without one last. */
  actions: { note: NoteId; case_id: string | null; name: string | null; entry: Entry }[];
}

export interface SyncReport {
  /** Notes whose news the server now has. */
  sent: number;
  received: number;
  held: { id: NoteId; code: string; reason: string }[];
  /** Notes of which something still waits here. */
  waiting: number;
  ended: Ended;
}

interface Shape { [call: string]: { args: object; gives: unknown } }
type Nothing = Record<string, never>;

export interface Calls extends Shape {
  status: { args: Nothing; gives: Status };
  enrol: { args: { link: string; pin: string }; gives: { ended: Ended; identity?: Identity } };
  unlock: { args: { pin: string }; gives: { right: boolean; wait_until_ms?: number; locked_out?: boolean } };
  lock: { args: Nothing; gives: unknown };
  /** Those whose name or case id has the words; all for none. */
  people: { args: { query: string }; gives: PersonItem[] };
  list: { args: Nothing; gives: NoteItem[] };
  /** How many notes hold something that the server has not answered for; after every key, too. */
  waiting: { args: Nothing; gives: number };
  search: { args: { words: string }; gives: NoteItem[] };
  /** Counts as a reading, once while the note is watched. */
  show: { args: { note: NoteId }; gives: Note };
  /** The same for a person's page. */
  show_about: { args: { note: NoteId }; gives: AboutPage };
  person: { args: { case_id: string }; gives: PersonView };
  today: { args: Nothing; gives: TodayView };
  /** Names of the workers that this phone knows, by id. */
  workers: { args: Nothing; gives: Record<string, string> };
  new_note: {
    args: { case_id?: string; name?: string; kind: Kind; started_at?: string; ended_at?: string };
    gives: { id: NoteId };
  };
  about: { args: { case_id: string }; gives: { id: NoteId } };
  join: { args: { note: NoteId }; gives: unknown };
  /**
   * `seen` is that of the newest `on_screen` that the page took in. Where others' changes came into the note since, the
   * place may be another: nothing is changed, and the trouble has code `Stale`. A refusal for any reason makes `seen`
   * another too, so that no key is taken that was typed on top of a refused one.
   */
  type_text: {
    args: { note: NoteId; field: string; at: number; delete: number; insert: string; spent_ms: number; seen: number };
    gives: unknown;
  };
  set: { args: { note: NoteId; path: string; value: Slots | Value }; gives: { id?: string | null } };
  mark: { args: { note: NoteId; field: string; start: number; end: number; kind: Private }; gives: unknown };
  finish: { args: { note: NoteId }; gives: unknown };
  add: { args: { note: NoteId; text: string }; gives: { id: string } };
  attach: { args: { note: NoteId; bytes: ArrayBuffer; caption?: string }; gives: { sha256: string } };
  attachment: {
    args: { note: NoteId; sha256: string };
    gives: { bytes: ArrayBuffer } | { offline: true } | { refused: { status: number; code: string; title: string } };
  };
  sync: { args: Nothing; gives: SyncReport };
  watch: { args: { notes: NoteId[] }; gives: unknown };
  /** A text with every key that was typed; `seen` tells whether its places still hold (see `type_text`). */
  on_screen: { args: { note: NoteId; field: string }; gives: { text: string; seen: number } | null };
  sign_out: { args: Nothing; gives: unknown };
}

export type CallName = Extract<keyof Calls, string>;

/** Calls that write in a note or begin one. */
export const WRITES: readonly CallName[] = ['new_note', 'about', 'join', 'type_text', 'set', 'mark', 'finish', 'add', 'attach'];

/** What the core says unasked. */
export type CoreEvent =
  /** Something came into these notes; an empty list says that it may be any. */
  | { event: 'changed'; notes: NoteId[] }
  | { event: 'synced'; report: SyncReport; at_ms: number }
  /** Said by the page's own end of the line: this page wrote something that the core has taken. */
  | { event: 'written' }
  | { event: 'locked' }
  | { event: 'stage'; stage: AppStage };
