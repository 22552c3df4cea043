-- Issues. What was done about one beside opening and settling it, as a JSON list: asked, nudged, opened again.
ALTER TABLE issue ADD COLUMN trail TEXT NOT NULL DEFAULT '[]';
-- Older ones about a note did not say who began it.
UPDATE issue SET worker =
  (SELECT d.worker FROM log l JOIN device d ON d.id = l.device WHERE l.document = issue.document ORDER BY l.seq LIMIT 1)
  WHERE worker IS NULL AND document IS NOT NULL;
CREATE INDEX issue_standing ON issue (opened_at, id) WHERE settled_at IS NULL;
CREATE INDEX issue_ended ON issue (settled_at, id) WHERE settled_at IS NOT NULL;

-- For the sweeps: phones on which something waits, and clocks.
CREATE INDEX device_waiting ON device (last_seen_at) WHERE waiting > 0;
CREATE INDEX device_clock ON device (clock_offset_ms);

-- For finding whom a note may be about.
CREATE INDEX person_by_name ON person (name COLLATE NOCASE);
CREATE INDEX person_by_surname ON person (surname COLLATE NOCASE) WHERE surname IS NOT NULL;
CREATE INDEX person_by_birth ON person (date_of_birth) WHERE date_of_birth IS NOT NULL;
CREATE INDEX person_by_nhs ON person (nhs_number) WHERE nhs_number IS NOT NULL;
CREATE INDEX person_by_postcode ON person (postcode COLLATE NOCASE) WHERE postcode IS NOT NULL;

-- Notes that were moved: to another person's record, or into another note about the same visit. What came of them stays
-- in the log and nowhere else. Truth.
CREATE TABLE moved (
  document BLOB PRIMARY KEY, to_document BLOB NOT NULL, person_from BLOB, person_to BLOB NOT NULL, at INTEGER NOT NULL,
  moved_by TEXT NOT NULL, reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_into ON moved (to_document);
CREATE INDEX moved_from_person ON moved (person_from) WHERE person_from IS NOT NULL;
CREATE INDEX moved_to_person ON moved (person_to);
