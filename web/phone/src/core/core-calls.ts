// Written from the Rust core by `DOORSTEP_WRITE_TYPES=1 cargo test -p doorstep-ffi --features cli types`; a test compares
// them. What the page may ask of the notebook, and what it is told. Times are RFC 3339 in UTC where a name ends in `_at`
// (UTC milliseconds as an argument). Positions and lengths in texts count Unicode scalar values, never UTF-16 units.

/** A value of an entry or a record; absent or null where nothing was set. */
export type Value = string | number | boolean | null;
/** An entry of a map, with its id. */
export interface Entry { id: string; private?: Private | null; [slot: string]: Value | undefined }
/** The single values of a record. */
export type Slots = Record<string, Value>;
/** Kinds of visit or conversation. */
export type Kind = 'home_visit' | 'phone_call' | 'video_call' | 'hub_appointment' | 'office_visit' | 'hospital_visit' | 'no_reply' | 'conversation';
/** Why a passage or an entry stays out of the person's copy. */
export type Private = 'third_party' | 'do_not_share';

/** One Automerge document: a note, or a person's page. */
export type DocumentId = string;

/** A person whom notes are about, as the server knows them. */
export type PersonId = string;

/** One enrolled phone. */
export type DeviceId = string;

/** Open or finished. */
export type Stage = "open" | "finished";

/** Where the newest content stands. */
export type State = "on_phone" | "on_server" | "in_case_system" | "refused" | "held" | "conflict";

/** Where the bytes of an attachment are. */
export type Bytes = "on_phone" | "on_both" | "on_server";

/** Whose phone this is. */
export type Identity = {
  /** The device's id on the server. */
  device: DeviceId,
  /** The worker's id in the case system. */
  worker: string,
  /** The worker's name. */
  worker_name: string,
  /** The team's name. */
  team: string | null,
  /** The audience of assertions. */
  token_url: string, };

/** A note as a list shows it. */
export type NoteItem = {
  /** Its id. */
  id: DocumentId,
  /** The person's case id, where the person is known. */
  case_id: string | null,
  /** The person's name, or the name that the note began with. */
  name: string | null,
  /** Kind of visit or conversation. */
  kind: Kind | null,
  /** Contact time, RFC 3339. */
  started_at: string | null,
  /** Open or finished. */
  stage: Stage,
  /** Where its newest content stands. */
  state: State,
  /** Version for the case system, once finished. */
  version: number | null,
  /** The case system's own id. */
  case_system_ref: string | null,
  /** Why it is held, refused or in conflict, or which files it still waits for. */
  reason: string | null, };

/** A person as a list shows them. */
export type PersonItem = {
  /** Their id. */
  id: PersonId,
  /** The case system's id. */
  case_id: string,
  /** Name as shown. */
  name: string,
  /** `yyyy-mm-dd`. */
  date_of_birth: string | null,
  /** On this worker's caseload. */
  mine: boolean,
  /** What they like to be called; caseload only, as all below. */
  preferred_name?: string,
  /** Address. */
  address?: string,
  /** Telephone. */
  phone?: string,
  /** NHS number. */
  nhs_number?: string,
  /** How to communicate. */
  communication_needs?: string,
  /** Alerts. */
  alerts?: string, };

/** A note in a person's thread. */
export type ThreadItem = {
  /** Names of those who wrote it, the first first; an id where this phone knows no name. */
  authors: Array<string>,
  /** This phone's worker is among them. */
  mine: boolean,
  /** The first 160 letters of what happened. */
  begins: string,
  /** Its id. */
  id: DocumentId,
  /** The person's case id, where the person is known. */
  case_id: string | null,
  /** The person's name, or the name that the note began with. */
  name: string | null,
  /** Kind of visit or conversation. */
  kind: Kind | null,
  /** Contact time, RFC 3339. */
  started_at: string | null,
  /** Open or finished. */
  stage: Stage,
  /** Where its newest content stands. */
  state: State,
  /** Version for the case system, once finished. */
  version: number | null,
  /** The case system's own id. */
  case_system_ref: string | null,
  /** Why it is held, refused or in conflict, or which files it still waits for. */
  reason: string | null, };

/** An outcome or an action, with the note that it stands in. */
export type Gathered = {
  /** The note. */
  note: DocumentId,
  /** The entry with its id and slots. */
  entry: Entry, };

/** What a new worker needs in one minute. */
export type PersonView = {
  /** Whom it is about. */
  person: PersonItem,
  /** The texts of the person's own page that are not empty, by heading; none where nobody has begun one. */
  about: { [key in string]: string } | null,
  /** Newest first. */
  thread: Array<ThreadItem>,
  /** Outcomes wanted; of equal texts the newest. */
  outcomes: Array<Gathered>,
  /** Actions that are not done, those with the earliest date first. */
  actions: Array<Gathered>, };

/** A review that is due. */
export type Review = {
  /** The note that says so. */
  note: DocumentId,
  /** The person's case id. */
  case_id: string,
  /** Their name. */
  name: string,
  /** Its kind. */
  kind: string | null,
  /** `yyyy-mm-dd`. */
  due: string, };

/** An action that is not done, and whom it is for. */
export type ToDo = {
  /** The note that it stands in. */
  note: DocumentId,
  /** The person's case id, where the person is known. */
  case_id: string | null,
  /** The person's name. */
  name: string | null,
  /** The entry with its id and slots. */
  entry: Entry, };

/** What waits for this worker. */
export type TodayView = {
  /** Open notes that this worker began or joined, the newest first. */
  drafts: Array<NoteItem>,
  /** The newest review of each person on the caseload that is due within six weeks, or was, the earliest first. */
  reviews: Array<Review>,
  /** Actions that are not done, of notes that this worker wrote in. */
  actions: Array<ToDo>, };

/** A passage that stays out of the person's copy. Offsets count Unicode scalar values. */
export type Passage = {
  /** The text field. */
  field: string,
  /** First character. */
  start: number,
  /** One past the last character. */
  end: number,
  /** `third_party` or `do_not_share`. */
  kind: Private, };

/** One field on which phones disagree. */
export type Conflict = {
  /** Where, as `actions.<id>.done`. */
  path: string,
  /** The value that is shown. */
  shown: Value,
  /** The others, each once. */
  others: Array<Value>, };

/** A note that the server holds. */
export type Held = {
  /** The note. */
  id: DocumentId,
  /** Code of the refusal. */
  code: string,
  /** In words. */
  reason: string, };

/** Why the server refused. */
export type Refusal = {
  /** HTTP status. */
  status: number,
  /** Code of the problem. */
  code: string,
  /** In words, with the next step. */
  title: string, };

/** What a pass did. */
export type SyncReport = {
  /** Notes whose news the server now has. */
  sent: number,
  /** Notes in which something new came. */
  received: number,
  /** Notes that the server holds, from this pass or an earlier one; and with `gone` those that it removed for good
 * in this pass, while something of them was only here. That is kept aside. */
  held: Array<Held>,
  /** Notes of which something still waits here. */
  waiting: number, };

/** A new note's, or a new page's, id. */
export type Begun = { id: DocumentId, };

/** The id of the entry that was made, where one was. */
export type Made = { id: string | null, };

/** A text with every key that was typed, and what the page has then seen. */
export type OnScreen = { text: string, seen: number, };

/** A person who was looked up. */
export type Found = { id: PersonId, case_id: string, name: string, preferred_name: string | null, date_of_birth: string | null, nhs_number: string | null, address: string | null, phone: string | null, communication_needs: string | null, alerts: string | null,
  /** The name of the worker whose caseload they are on. */
  worker: string | null,
  /** The name of the team. */
  team: string | null, };

/** One of their notes, with every field by its name. */
export type FoundNote = Omit<Note, 'case_id' | 'name' | 'stage' | 'state' | 'version' | 'case_system_ref' | 'reason'> & { authors: string[] };

/** A person, and what was written about them. */
export type Lookup = {
  /** Who it is. */
  person: Found,
  /** The texts of the person's own page that are not empty, by heading; none where nobody has begun one. */
  about: { [key in string]: string } | null,
  /** Notes, the newest first. */
  notes: Array<FoundNote>,
  /** How many older notes did not come. */
  left_out: number,
  /** How long it may be read from now on, milliseconds. */
  readable_ms: number, };

/** Somebody who was looked up, as a list shows them. */
export type LookedUp = {
  /** The case system's id. */
  case_id: string,
  /** Their name. */
  name: string,
  /** Until when they can be read here, UTC milliseconds. */
  until_ms: number, };

/** The worker's own middle note beside the team's. */
export type OwnBesideTeam = {
  /** Their own; none of no notes. */
  own: number | null,
  /** The team's, theirs among it; none where the others have fewer than five notes, who could be reckoned back. */
  team: number | null, };

/** What somebody said. */
export type ReflectionWords = {
  /** The note. */
  note_id: string,
  /** The answer with it. */
  answer: string | null,
  /** Their words. */
  words: string, };

/** A concern. */
export type ReflectionConcern = {
  /** The note. */
  note_id: string,
  /** `safeguarding` or `professional_disagreement`. */
  kind: string | null,
  /** When somebody at the desk took note of it. */
  acknowledged_at: string | null, };

/** The page. */
export type Reflection = {
  /** The quarter, `yyyy-Qn`. */
  quarter: string,
  /** Whose page it is. */
  worker_id: string,
  /** Their name. */
  worker_name: string,
  /** When they first opened it. */
  opened_at: string,
  /** Notes that they finished about their team's people. */
  notes: number,
  /** Minutes of writing. */
  recording: OwnBesideTeam,
  /** Minutes of contact. */
  contact: OwnBesideTeam,
  /** Minutes from the beginning of the contact to the finish. */
  to_finish: OwnBesideTeam,
  /** What people said of the visits, the newest first. */
  words: Array<ReflectionWords>,
  /** Concerns that they raised, the newest first. */
  concerns: Array<ReflectionConcern>, };

/** A message of the team's desk that was not read yet. */
export type Message = {
  /** Its id. */
  id: string,
  /** The note that it is about, where that is on this phone. */
  note: DocumentId | null,
  /** The person whom that note is about, where known. */
  name: string | null,
  /** `nudge`, `ask`, `returned` or `note`. */
  kind: string,
  /** The words. */
  text: string,
  /** Who says it. */
  from: string,
  /** When. */
  sent_at: string, };

/** What the council has settled for its phones. What is none is the app's own to say. */
export type Settings = {
  /** After so many seconds in which nobody touched it the app locks itself. */
  idle_lock_s: number | null,
  /** What a worker says to a person about the notes. */
  consent_text: string | null,
  /** What stands on the page on which a note is finished. */
  finish_text: string | null,
  /** A note that is open so many hours after the contact is overdue. */
  overdue_draft_h: number | null, };

/** How far a wipe has come. */
export type Wipe = "sends" | "emptied" | "done";

/** What this phone was ordered to do. */
export type Ordered = {
  /** To ask for the PIN. */
  lock: boolean,
  /** To let go of everything. */
  wipe: Wipe | null,
  /** Notes of which something is still to be sent. */
  waiting: number,
  /** Notes to which something was begun to be added: a wipe waits until it is added or taken out. */
  additions: Array<DocumentId>, };

/** A value that a field takes. */
export type Given = Slots | Value;

/** A note with every field by its name. */
export type Shown = Note;

/** A person's page with every field by its name. */
export type ShownPage = AboutPage;

/** A note with every field by its name. */
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
  outcomes: Entry[];
  actions: Entry[];
  unmet_needs: Entry[];
  feedback: Slots | null;
  person_view: string;
  concerns: Entry[];
  review: Slots | null;
  attachments: Entry[];
  recording_ms: Record<string, number>;
  finished: { at: string; author: string } | null;
  addenda: Entry[];
  private: Passage[];
  conflicts: Conflict[];
}

/** A person's own page. */
export interface AboutPage extends NoteItem {
  schema: number;
  what_matters_most: string;
  people_who_matter: string;
  how_i_communicate: string;
  my_wellness: string;
  please_do: string;
  please_dont: string;
  how_and_when_to_support: string;
  also_worth_knowing: string;
  written_with: string;
  contacts: Entry[];
  alerts: Entry[];
  private: Passage[];
  conflicts: Conflict[];
}

/** The calls that need no server. */
export interface CoreCalls {
  /** Whose phone this is; null before enrolment. */
  identity: { args: Record<string, never>; gives: Identity | null };
  /** Caseload first, then the team; with a query, those whose name or case id has it. */
  people: { args: { query?: string }; gives: Array<PersonItem> };
  /** One note as a list shows it; null where it is not here. Leaves no reading. */
  listed: { args: { note: string }; gives: NoteItem | null };
  /** Notes of which something is only on this phone, the newest first. */
  unsent: { args: Record<string, never>; gives: Array<NoteItem> };
  /** Notes that are held, refused or in conflict, the newest first. */
  amiss: { args: Record<string, never>; gives: Array<NoteItem> };
  /** How many notes hold something that the server has not answered for; after every key, too. */
  waiting: { args: Record<string, never>; gives: number };
  /** Notes that have all the words, best first, at most so many. */
  search: { args: { words: string; most: number }; gives: Array<NoteItem> };
  /** Counts as a reading; not where a screen that shows it already asks `again`. */
  show: { args: { note: string; again?: boolean }; gives: Shown };
  /** The same for a person's page. */
  show_about: { args: { note: string; again?: boolean }; gives: ShownPage };
  /** What a new worker needs in one minute. Counts as a reading of the person's thread; `again` as above. */
  person: { args: { case_id: string; again?: boolean }; gives: PersonView };
  /** What waits for this worker. Leaves no reading: it shows no more than a list does. */
  today: { args: Record<string, never>; gives: TodayView };
  /** Names of the workers that this phone knows, by id. */
  workers: { args: Record<string, never>; gives: { [key in string]: string } };
  /** Grows when something came from elsewhere. */
  arrivals: { args: Record<string, never>; gives: number };
  /** Who was looked up and can still be read, the newest first. */
  looked_up: { args: Record<string, never>; gives: Array<LookedUp> };
  /** Somebody who was looked up. Counts as a reading of all that is shown. */
  lookup: { args: { case_id: string }; gives: Lookup };
  /** With a case id, or with a name only. Times are UTC milliseconds, none ahead. */
  new_note: { args: { case_id?: string; name?: string; kind: Kind; started_at?: number; ended_at?: number }; gives: Begun };
  /** The person's own page, begun where there is none. */
  about: { args: { case_id: string }; gives: Begun };
  /** A colleague's open note, for a joint visit. */
  join: { args: { note: string }; gives: null };
  /**
   * `seen` is that of the newest `on_screen` that the page took in. Where others' changes came into the note since,
   * the place may be another: nothing is changed, and the trouble has code `Stale`. A refusal for any reason makes
   * `seen` another too, so that no key is taken that was typed on top of a refused one.
   */
  type_text: { args: { note: string; field: string; at: number; delete: number; insert: string; spent_ms: number; seen: number }; gives: null };
  /** Any other field; an entry is made with `.+` at the end of the path. */
  set: { args: { note: string; path: string; value: Given }; gives: Made };
  /** Marks a passage, so that it stays out of the person's copy. */
  mark: { args: { note: string; field: string; start: number; end: number; kind: Private }; gives: null };
  /** Closes the note. */
  finish: { args: { note: string }; gives: null };
  /** Adds to a finished note. */
  add: { args: { note: string; text: string }; gives: Made };
  /** Keeps what was begun to be added; an empty text forgets it. */
  keep_addition: { args: { note: string; text: string }; gives: null };
  /** What was begun to be added to a note, and was not added. */
  addition: { args: { note: string }; gives: string | null };
  /** These notes are on the screen, no others. */
  watch: { args: { notes: Array<string> }; gives: null };
  /** A text of a watched note with every key that was typed; null for a field that is no text. */
  on_screen: { args: { note: string; field: string }; gives: OnScreen | null };
  /** Whether a colleague is writing in it at this moment. */
  in_company: { args: { note: string }; gives: boolean };
  /** Whether the live line is wanted: while the app is in front. */
  go_live: { args: { wanted: boolean }; gives: null };
  /** What the team's desk says, oldest first, until it was read. */
  messages: { args: Record<string, never>; gives: Array<Message> };
  /** The worker has read a message; the desk is told with the next pass. */
  read_message: { args: { id: string }; gives: null };
  /** What the council has settled for its phones. */
  settings: { args: Record<string, never>; gives: Settings };
  /** What this phone was ordered to do; to be asked after each talk with the server. */
  ordered: { args: Record<string, never>; gives: Ordered };
  /** How the phone stands, for the desk. */
  stands: { args: { persisted?: boolean; used_bytes?: number; free_bytes?: number }; gives: null };
  /** Makes changes of what was typed before a pause. */
  tick: { args: Record<string, never>; gives: null };
}
