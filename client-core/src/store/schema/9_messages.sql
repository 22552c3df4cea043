-- What the team's desk says, kept until it was read here or elsewhere; of what was read only that.
CREATE TABLE message (
    id TEXT PRIMARY KEY,
    doc BLOB,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    by_name TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    read_at INTEGER,
    -- The server knows that it was read.
    told INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX message_to_tell ON message (id) WHERE read_at IS NOT NULL AND told = 0;
