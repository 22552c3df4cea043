-- What a note says stands in its chunks, and what a version of it says in the event: two more copies of each were
-- written, and read by nobody who could not read those.
ALTER TABLE document DROP COLUMN plain;
ALTER TABLE version DROP COLUMN plain;
