-- Who may sit at the desk. Truth.

-- A role that was given here; it stands above what the case system says of a worker.
CREATE TABLE desk_role (
  worker TEXT PRIMARY KEY REFERENCES worker, role TEXT NOT NULL, given_by TEXT NOT NULL, given_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time sign-in links, by the hash of their code.
CREATE TABLE desk_invite (
  hash BLOB PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, expires_at INTEGER NOT NULL, used_at INTEGER
) STRICT, WITHOUT ROWID;

-- By which name a worker's passkeys know them: it says nothing of who they are.
CREATE TABLE desk_handle (worker TEXT PRIMARY KEY REFERENCES worker, handle BLOB NOT NULL UNIQUE) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
  id BLOB PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, credential TEXT NOT NULL, label TEXT NOT NULL,
  made_at INTEGER NOT NULL, used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_by_worker ON passkey (worker);

CREATE TABLE desk_session (
  hash BLOB PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, made_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
  ended_at INTEGER, agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_session_by_worker ON desk_session (worker, made_at);
