-- Attachments. Truth, all but the table `named`.

-- What a device is sending for a note. Its number is also that of its pieces.
CREATE TABLE upload (
  n INTEGER PRIMARY KEY AUTOINCREMENT, device BLOB NOT NULL, sha256 BLOB NOT NULL, document BLOB NOT NULL,
  media_type TEXT NOT NULL, bytes INTEGER NOT NULL, arrived INTEGER NOT NULL, touched_at INTEGER NOT NULL,
  UNIQUE (device, sha256, document)
) STRICT;
CREATE INDEX upload_by_time ON upload (touched_at);

-- A file whose bytes were compared with its hash, stored once. `body` is the number of its pieces.
CREATE TABLE attachment (
  sha256 BLOB PRIMARY KEY, body INTEGER NOT NULL UNIQUE, media_type TEXT NOT NULL, bytes INTEGER NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT;

-- The bytes, each piece with where it begins.
CREATE TABLE piece (body INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (body, at)) STRICT;

-- For which notes a file was sent whole, and by whom. Without it, to name a hash opens nothing.
CREATE TABLE holding (
  n INTEGER PRIMARY KEY AUTOINCREMENT, sha256 BLOB NOT NULL REFERENCES attachment, document BLOB NOT NULL,
  device BLOB NOT NULL, held_at INTEGER NOT NULL, UNIQUE (sha256, document)
) STRICT;

-- How much a device sent on a day (days since 1970, UTC).
CREATE TABLE upload_day (
  device BLOB NOT NULL, day INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (device, day)
) STRICT, WITHOUT ROWID;

-- A projection: which files each published note names. It is not dropped by `rebuild` but compared, for since when
-- a file is missing cannot be made again.
CREATE TABLE named (
  document BLOB NOT NULL, sha256 BLOB NOT NULL, missing_since INTEGER, PRIMARY KEY (document, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX named_by_hash ON named (sha256);
CREATE INDEX named_missing ON named (missing_since) WHERE missing_since IS NOT NULL;
