-- What a pass or a page asks for is mostly a few among thousands. Without these each document would be read, past its
-- snapshot, to see that it is not one of them.
CREATE INDEX doc_hidden ON doc (nr) WHERE hidden = 1;
CREATE INDEX doc_open ON doc (nr) WHERE finished_at IS NULL;
CREATE INDEX doc_disputed ON doc (nr) WHERE conflicts <> '';
CREATE INDEX gist_waits ON gist (doc) WHERE waits = 1;
CREATE INDEX outgoing_kept ON outgoing (offered_at, seq) WHERE verdict = 0;
CREATE INDEX outgoing_held ON outgoing (doc) WHERE verdict = 1;
CREATE INDEX version_refused ON version (doc) WHERE outcome = 'refused';
