-- Truth: what cannot be made again from anything else.

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE worker (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT, role TEXT NOT NULL, team INTEGER REFERENCES team,
  profession TEXT
) STRICT;

CREATE TABLE person (
  id BLOB PRIMARY KEY, case_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, title TEXT, forename TEXT, surname TEXT,
  preferred_name TEXT, date_of_birth TEXT, nhs_number TEXT, address_line_1 TEXT, address_line_2 TEXT, postcode TEXT,
  phone TEXT, communication_needs TEXT, alerts TEXT,
  -- Not a reference: an allocation to a worker who is not known yet waits.
  allocated_worker TEXT, team INTEGER REFERENCES team,
  -- The case system named the team; else it is the allocated worker's, and goes with them.
  team_given INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX person_by_worker ON person (allocated_worker);
CREATE INDEX person_by_team ON person (team);

CREATE TABLE enrol_code (
  hash BLOB PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, expires_at INTEGER NOT NULL, device BLOB
) STRICT;

CREATE TABLE device (
  id BLOB PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, public_key BLOB NOT NULL, app TEXT NOT NULL,
  enrolled_at INTEGER NOT NULL, last_seen_at INTEGER, revoked_at INTEGER, waiting INTEGER NOT NULL DEFAULT 0,
  clock_offset_ms INTEGER NOT NULL DEFAULT 0,
  -- Up to where it has pulled: what it wrote after that, it wrote knowing what was published before.
  pulled_pub INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX device_by_worker ON device (worker);

CREATE TABLE actor (actor BLOB PRIMARY KEY, device BLOB NOT NULL REFERENCES device, since INTEGER NOT NULL) STRICT;
CREATE INDEX actor_by_device ON actor (device);
-- Under which the server itself wrote a decision into a note, each once: no device may take one.
CREATE TABLE desk_actor (actor BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The log. Number, chain, document, device, time and hash never change; the state does.
-- state: 0 waits for judgement, 1 published, 2 held, 3 waits for a dependency, 4 set aside.
CREATE TABLE log (
  seq INTEGER PRIMARY KEY, chain BLOB NOT NULL, document BLOB NOT NULL, device BLOB, received_at INTEGER NOT NULL,
  hash BLOB NOT NULL, chunk BLOB NOT NULL, template INTEGER NOT NULL, person BLOB, reason TEXT,
  -- Where the device had pulled to when it sent this.
  pulled_pub INTEGER NOT NULL,
  state INTEGER NOT NULL, code TEXT,
  -- Decided at the desk: the rules that a person may overrule do not hold this again.
  overruled INTEGER NOT NULL DEFAULT 0,
  UNIQUE (document, hash)
) STRICT;
CREATE INDEX log_unjudged ON log (document) WHERE state = 0;
CREATE INDEX log_waiting ON log (document) WHERE state = 3;

-- What was published, in the order in which phones see it. An entry stands here again when its note comes to
-- another person.
CREATE TABLE published (
  pub INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL REFERENCES log, document BLOB NOT NULL, person BLOB,
  -- With this one its note was finished.
  finishes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX published_by_person ON published (person, pub);
CREATE INDEX published_by_document ON published (document, pub);

-- Who has written in a note, beside those on whose caseload the person is.
CREATE TABLE follow (
  document BLOB NOT NULL, device BLOB NOT NULL, reason TEXT, PRIMARY KEY (document, device)
) STRICT, WITHOUT ROWID;
CREATE TABLE mail (device BLOB NOT NULL, pub INTEGER NOT NULL, PRIMARY KEY (device, pub)) STRICT, WITHOUT ROWID;

-- That something changed, and for whom; the row that a phone gets is made from the truth when it asks.
CREATE TABLE news (
  n INTEGER PRIMARY KEY AUTOINCREMENT, audience TEXT NOT NULL, kind INTEGER NOT NULL, key BLOB NOT NULL,
  UNIQUE (audience, kind, key)
) STRICT;
CREATE INDEX news_by_audience ON news (audience, n);

CREATE TABLE issue (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, opened_at INTEGER NOT NULL, document BLOB, person BLOB, device BLOB,
  worker TEXT, seq INTEGER, subject TEXT NOT NULL, detail TEXT NOT NULL,
  settled_at INTEGER, settled_by TEXT, action TEXT, reason TEXT
) STRICT;
-- One open issue for one matter.
CREATE UNIQUE INDEX issue_open ON issue (kind, subject) WHERE settled_at IS NULL;
CREATE INDEX issue_by_document ON issue (document);
CREATE INDEX issue_by_subject ON issue (kind, subject);

CREATE TABLE version (
  document BLOB NOT NULL, version INTEGER NOT NULL, event_id TEXT NOT NULL, heads BLOB NOT NULL,
  -- What the reader saw, for the next change summary, and to tell whether anything changed.
  plain TEXT NOT NULL, PRIMARY KEY (document, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, document BLOB NOT NULL,
  version INTEGER NOT NULL, sha256 BLOB NOT NULL, created_at INTEGER NOT NULL, line BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_by_document ON outbox (document, version);

CREATE TABLE client (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, public_keys TEXT NOT NULL, created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE receipt (
  event_id TEXT NOT NULL, client TEXT NOT NULL REFERENCES client, outcome TEXT NOT NULL, case_system_ref TEXT,
  reason_code TEXT, reason TEXT, received_at INTEGER NOT NULL, PRIMARY KEY (event_id, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_key (kid TEXT PRIMARY KEY, pem TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;

CREATE TABLE audit (
  n INTEGER PRIMARY KEY, chain BLOB NOT NULL, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, person BLOB,
  document BLOB, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_person ON audit (person, n);

CREATE TABLE reading (
  device BLOB NOT NULL, document BLOB NOT NULL, opened_at INTEGER NOT NULL, PRIMARY KEY (device, document, opened_at)
) STRICT, WITHOUT ROWID;

-- How often the process died over a document, and how often it could not be published.
CREATE TABLE judging (
  document BLOB PRIMARY KEY, deaths INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Projections: `doorstep rebuild` drops these rows and makes them again from the log.

CREATE TABLE document (
  id BLOB PRIMARY KEY, template INTEGER NOT NULL, person BLOB, heads BLOB NOT NULL, plain TEXT NOT NULL,
  kind TEXT, started_at INTEGER, ended_at INTEGER, finished_at INTEGER,
  -- Automerge's own save, now and then, and the published number up to which it goes (0: there is none).
  snapshot_pub INTEGER NOT NULL, snapshot BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX document_by_person ON document (person, started_at);
