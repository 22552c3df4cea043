CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE actor_of_mine (
    actor BLOB PRIMARY KEY,
    since_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One Automerge document. The columns after heads are what lists need, kept in the same
-- transaction as the snapshot.
CREATE TABLE doc (
    nr INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    template INTEGER NOT NULL,
    person BLOB,
    snapshot BLOB NOT NULL,
    heads BLOB NOT NULL,
    offered_heads BLOB NOT NULL,
    unoffered INTEGER NOT NULL,
    alone INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    resetting INTEGER NOT NULL,
    person_name TEXT,
    kind TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    conflicts TEXT NOT NULL
) STRICT;
CREATE INDEX doc_person ON doc (person);
CREATE INDEX doc_unoffered ON doc (nr) WHERE unoffered = 1;

-- Keys that were acknowledged and are not yet in a snapshot.
CREATE TABLE journal (
    doc INTEGER NOT NULL REFERENCES doc (nr) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL,
    spent_ms INTEGER NOT NULL,
    edit BLOB NOT NULL,
    PRIMARY KEY (doc, n)
) STRICT, WITHOUT ROWID;

-- Chunks as they were offered, byte for byte, until the server has them in a backup.
CREATE TABLE outgoing (
    nr INTEGER PRIMARY KEY,
    doc BLOB NOT NULL,
    hash BLOB NOT NULL,
    chunk BLOB NOT NULL,
    offered_at INTEGER NOT NULL,
    verdict INTEGER,
    code TEXT,
    seq INTEGER,
    UNIQUE (doc, hash)
) STRICT;
CREATE INDEX outgoing_unanswered ON outgoing (nr) WHERE verdict IS NULL;

-- Pulled chunks that cannot be applied yet.
CREATE TABLE waiting_chunk (
    nr INTEGER PRIMARY KEY,
    doc BLOB NOT NULL,
    hash BLOB NOT NULL,
    chunk BLOB NOT NULL,
    UNIQUE (doc, hash)
) STRICT;

-- Copies set aside, kept whole: nothing a person wrote is thrown away by software.
CREATE TABLE aside (
    nr INTEGER PRIMARY KEY,
    doc BLOB NOT NULL,
    at INTEGER NOT NULL,
    why TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE reading (
    doc BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (doc, opened_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE fill (
    subject_kind INTEGER NOT NULL,
    subject BLOB NOT NULL,
    after INTEGER NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (subject_kind, subject)
) STRICT, WITHOUT ROWID;
