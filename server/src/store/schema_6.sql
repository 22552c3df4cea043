-- Reconciling with case systems. The day (days since 1970, UTC) of an event is that of its `received_at`, so that
-- whoever reads the feed counts the same events to it.
ALTER TABLE outbox ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET day =
  coalesce(unixepoch(json_extract(CAST(line AS TEXT), '$.received_at')), created_at / 1000) / 86400;
CREATE INDEX outbox_by_day ON outbox (day, document, version, sha256);

-- What a case system took that this server does not know, because it was restored: the next version is above it.
CREATE TABLE taken (
  document BLOB PRIMARY KEY, version INTEGER NOT NULL, event_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Up to here a case system has ended every event, so that what is outstanding is not looked for from the beginning.
ALTER TABLE client ADD COLUMN ended_n INTEGER NOT NULL DEFAULT 0;
