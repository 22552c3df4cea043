-- What is gathered from a note for its person's page and for the day, as JSON: made from the snapshot, and made again
-- whenever that changes. `waits`: it has an action that is not done, or says
-- something of a review.
CREATE TABLE gist (
    doc INTEGER PRIMARY KEY REFERENCES doc (nr) ON DELETE CASCADE,
    waits INTEGER NOT NULL,
    says TEXT NOT NULL
) STRICT;
