CREATE TABLE person (
    id BLOB PRIMARY KEY,
    case_id TEXT NOT NULL,
    name TEXT NOT NULL,
    date_of_birth TEXT,
    mine INTEGER NOT NULL,
    stale INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX person_case_id ON person (case_id);

CREATE TABLE detail (
    id BLOB PRIMARY KEY,
    preferred_name TEXT,
    address TEXT,
    phone TEXT,
    nhs_number TEXT,
    communication_needs TEXT,
    alerts TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE worker (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE actor (
    actor BLOB PRIMARY KEY,
    worker TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
    doc BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    heads BLOB NOT NULL,
    outcome TEXT NOT NULL,
    case_system_ref TEXT,
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE standing (
    doc BLOB PRIMARY KEY,
    state TEXT NOT NULL,
    code TEXT,
    message TEXT
) STRICT, WITHOUT ROWID;
