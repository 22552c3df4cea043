-- A small case system: cases, case notes that are locked once completed, and appendments. Yours has its own tables;
-- keep the three at the end, which are the importer's memory.

CREATE TABLE person_case (
    case_id   text PRIMARY KEY,
    closed_on date,
    in_use_by text  -- who has the record open at the moment; nobody else writes then
);

CREATE TABLE case_note (
    ref           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note_id       text NOT NULL UNIQUE,
    version       bigint NOT NULL,
    case_id       text NOT NULL REFERENCES person_case,
    title         text NOT NULL,
    happened_at   timestamptz,
    written_by    text NOT NULL,
    text          text NOT NULL,
    record        jsonb NOT NULL,  -- the event as it came, for what the text does not say
    completed_at  timestamptz NOT NULL DEFAULT now(),
    withdrawn_at  timestamptz,
    withdrawn_for text
);

CREATE TABLE appendment (
    ref         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note_id     text NOT NULL REFERENCES case_note (note_id),
    version     bigint NOT NULL,
    summary     text NOT NULL,
    written_by  text NOT NULL,
    text        text NOT NULL,
    record      jsonb NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (note_id, version)
);

-- What is completed is locked: it may be withdrawn, and nothing else.
CREATE FUNCTION stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{withdrawn_at,withdrawn_for}'::text[]
            IS DISTINCT FROM to_jsonb(OLD) - '{withdrawn_at,withdrawn_for}'::text[] THEN
        RAISE EXCEPTION 'a completed note is locked; append to it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER locked BEFORE UPDATE OR DELETE ON case_note FOR EACH ROW EXECUTE FUNCTION stays_as_it_is();
CREATE TRIGGER locked BEFORE UPDATE OR DELETE ON appendment FOR EACH ROW EXECUTE FUNCTION stays_as_it_is();

-- Where each client of Doorstep stands in the feed.
CREATE TABLE place (
    client text PRIMARY KEY,
    cursor text  -- none: the beginning
);

-- Every event that was seen, and what became of it. Note and version are the key against taking it twice.
CREATE TABLE event_seen (
    note_id     text NOT NULL,
    version     bigint NOT NULL,
    sha256      text NOT NULL,
    event_id    text NOT NULL,
    type        text NOT NULL,
    day         text NOT NULL,  -- of received_at, in UTC, as the server counts
    client      text NOT NULL,  -- who took it
    outcome     text NOT NULL CHECK (outcome IN ('imported', 'refused', 'deferred', 'removed')),
    ref         text,           -- what the case system calls it
    reason_code text,
    reason      text,
    line        text,           -- as it came; kept while it may be tried again
    PRIMARY KEY (note_id, version, sha256)
);
CREATE UNIQUE INDEX once ON event_seen (note_id, version) WHERE outcome = 'imported';

-- Receipts: the newest of each event. Written with the rows that it speaks of, sent afterwards.
CREATE TABLE receipt (
    client      text NOT NULL,
    event_id    text NOT NULL,
    sha256      text NOT NULL,
    outcome     text NOT NULL,
    ref         text,
    reason_code text,
    reason      text,
    answer      text,  -- the server's; none: to be sent
    edition     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (client, event_id)
);
CREATE INDEX to_send ON receipt (client) WHERE answer IS NULL;
