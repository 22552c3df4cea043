-- People who are not on the caseload and were looked up, each with what the server gave to read, as JSON, from when
-- until when by this phone's clock.
CREATE TABLE lookup (
    case_id TEXT PRIMARY KEY,
    found_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    says TEXT NOT NULL
) STRICT, WITHOUT ROWID;
