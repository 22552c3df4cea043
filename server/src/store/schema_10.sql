-- What the team's desk says to workers, shown on their phones until it was read on one. Truth.
CREATE TABLE message (
  id TEXT PRIMARY KEY, worker TEXT NOT NULL REFERENCES worker, document BLOB, issue TEXT, kind TEXT NOT NULL,
  text TEXT NOT NULL, by_name TEXT NOT NULL, sent_at INTEGER NOT NULL, read_at INTEGER
) STRICT;
CREATE INDEX message_by_worker ON message (worker, id);
CREATE INDEX message_by_document ON message (document) WHERE document IS NOT NULL;
CREATE INDEX message_by_issue ON message (issue) WHERE issue IS NOT NULL;

-- What the team's desk orders a device to do. An order stands until the device said that it obeyed, or a graver one
-- came. Truth.
CREATE TABLE device_order (
  n INTEGER PRIMARY KEY AUTOINCREMENT, device BLOB NOT NULL REFERENCES device, what TEXT NOT NULL,
  reason TEXT NOT NULL, given_by TEXT NOT NULL, given_at INTEGER NOT NULL, obeyed_at INTEGER,
  -- A graver one took its place.
  replaced_at INTEGER
) STRICT;
CREATE INDEX order_by_device ON device_order (device, n);
CREATE UNIQUE INDEX order_standing ON device_order (device) WHERE obeyed_at IS NULL AND replaced_at IS NULL;

-- What a device last said of itself, and what the desk calls it.
ALTER TABLE device ADD COLUMN name TEXT;
ALTER TABLE device ADD COLUMN held INTEGER;
ALTER TABLE device ADD COLUMN persisted INTEGER;
ALTER TABLE device ADD COLUMN used_bytes INTEGER;
ALTER TABLE device ADD COLUMN free_bytes INTEGER;
-- When it last had nothing more to send and asked for what is new.
ALTER TABLE device ADD COLUMN passed_at INTEGER;

-- What the council settled at the desk; each change is in the audit. Truth.
CREATE TABLE setting (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Workers of a team, page by page.
CREATE INDEX worker_by_team ON worker (team, id);
