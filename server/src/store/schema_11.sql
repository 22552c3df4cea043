-- Issues. What was done about one beside opening and settling it, as a JSON list: asked, nudged, opened again.
ALTER TABLE issue ADD COLUMN trail TEXT NOT NULL DEFAULT '[]';
-- Older ones about a note did not say who began it.
UPDATE issue SET worker =
  (SELECT d.worker FROM log l JOIN device d ON d.id = l.device WHERE l.document = issue.document ORDER BY l.seq LIMIT 1)
  WHERE worker IS NULL AND document IS NOT NULL;
CREATE INDEX issue_standing ON issue (opened_at, id) WHERE settled_at IS NULL;
CREATE INDEX issue_ended ON issue (settled_at, id) WHERE settled_at IS NOT NULL;

-- For the sweeps: phones on which something waits, clocks, drafts (their ids are in the order of their making).
CREATE INDEX device_waiting ON device (last_seen_at) WHERE waiting > 0;
CREATE INDEX device_clock ON device (abs(clock_offset_ms));
CREATE INDEX document_draft ON document (id) WHERE finished_at IS NULL AND template = 0;

-- For finding whom a note may be about.
CREATE INDEX person_by_name ON person (name COLLATE NOCASE);
CREATE INDEX person_by_surname ON person (surname COLLATE NOCASE) WHERE surname IS NOT NULL;
CREATE INDEX person_by_birth ON person (date_of_birth) WHERE date_of_birth IS NOT NULL;
CREATE INDEX person_by_nhs ON person (nhs_number) WHERE nhs_number IS NOT NULL;
CREATE INDEX person_by_postcode ON person (postcode COLLATE NOCASE) WHERE postcode IS NOT NULL;
