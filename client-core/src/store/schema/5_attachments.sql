-- Files that were attached on this phone, each for its note.
CREATE TABLE attachment (
    nr INTEGER PRIMARY KEY,
    doc BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    -- The server knows of the upload.
    begun INTEGER NOT NULL,
    -- When the server said that it has the file whole.
    whole_at INTEGER,
    -- When it is asked again whether a backup has it.
    ask_at INTEGER,
    -- Why the server did not take it.
    code TEXT,
    -- The note does not name it any more: kept, and not sent.
    aside INTEGER NOT NULL,
    UNIQUE (doc, sha256)
) STRICT;
CREATE INDEX attachment_waiting ON attachment (nr) WHERE whole_at IS NULL;

-- Their bytes, each piece with where it begins; a file in two notes is here once.
CREATE TABLE attachment_piece (
    sha256 BLOB NOT NULL,
    at INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (sha256, at)
) STRICT;
