-- What reports count stands in the row of its note, so that it comes and goes, moves and is compared with it. The
-- snapshot stays last: who counts does not read over it.
CREATE TABLE document_12 (
  id BLOB PRIMARY KEY, template INTEGER NOT NULL, person BLOB, heads BLOB NOT NULL,
  kind TEXT, started_at INTEGER, ended_at INTEGER, finished_at INTEGER,
  -- One bit for each field of the table that was used; none where the note was not counted yet.
  fields INTEGER,
  -- When what finished it came, who finished it, how long writing took, how many of us were there.
  received_at INTEGER, author TEXT, recording_ms INTEGER, workers INTEGER,
  -- Was it useful, and whether there are words with it. Which review it was; the next one, and when it is due.
  useful TEXT, words INTEGER, was TEXT, next TEXT, due TEXT,
  snapshot_pub INTEGER NOT NULL, snapshot BLOB
) STRICT, WITHOUT ROWID;
INSERT INTO document_12 (id, template, person, heads, kind, started_at, ended_at, finished_at, snapshot_pub, snapshot)
  SELECT id, template, person, heads, kind, started_at, ended_at, finished_at, snapshot_pub, snapshot FROM document;
DROP TABLE document;
ALTER TABLE document_12 RENAME TO document;
CREATE INDEX document_by_person ON document (person, started_at);
CREATE INDEX document_by_time ON document (started_at) WHERE template = 0;
CREATE INDEX document_review ON document (person, started_at) WHERE was IS NOT NULL OR next IS NOT NULL;
CREATE INDEX document_words ON document (started_at) WHERE words = 1;
CREATE INDEX document_uncounted ON document (id) WHERE fields IS NULL;

-- A projection that `rebuild` does not drop but compares: when a concern was first seen cannot be made again.
CREATE TABLE concern (
  document BLOB NOT NULL, entry TEXT NOT NULL, kind TEXT, seen_at INTEGER NOT NULL, PRIMARY KEY (document, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX concern_by_time ON concern (seen_at, document, entry);
-- A projection.
CREATE TABLE unmet (
  document BLOB NOT NULL, entry TEXT NOT NULL, reason_code TEXT, PRIMARY KEY (document, entry)
) STRICT, WITHOUT ROWID;

-- Who has taken note of a concern, and when. Truth.
CREATE TABLE acknowledged (
  document BLOB NOT NULL, entry TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY (document, entry)
) STRICT, WITHOUT ROWID;
-- When a worker opened a page about their own work. Truth: before that nobody else sees it.
CREATE TABLE reflection (
  worker TEXT NOT NULL REFERENCES worker, quarter TEXT NOT NULL, opened_at INTEGER NOT NULL,
  PRIMARY KEY (worker, quarter)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_who ON audit (who, n);
CREATE INDEX audit_by_what ON audit (what, n);
CREATE INDEX audit_by_device ON audit (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.device') END, n)
  WHERE CASE WHEN json_valid(detail) THEN json_extract(detail, '$.device') END IS NOT NULL;
