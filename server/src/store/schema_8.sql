-- Removal. In the log, state 5: the bytes are gone; state 6: a tombstone, which says so of all entries of its
-- document before it.
CREATE INDEX log_tombstone ON log (document) WHERE state = 6;
CREATE INDEX holding_by_document ON holding (document);
CREATE INDEX reading_by_document ON reading (document);

-- Legal holds: while one stands, nothing about its person is removed. Truth.
CREATE TABLE hold (
  n INTEGER PRIMARY KEY AUTOINCREMENT, person BLOB NOT NULL REFERENCES person, reason TEXT NOT NULL,
  put_by TEXT NOT NULL, put_at INTEGER NOT NULL, lifted_by TEXT, lifted_at INTEGER, lifted_reason TEXT
) STRICT;
CREATE INDEX hold_standing ON hold (person) WHERE lifted_at IS NULL;
