-- What the council settled at the desk; each change is in the audit. Truth.
CREATE TABLE setting (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
