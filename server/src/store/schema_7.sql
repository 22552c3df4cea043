-- When the case system named somebody no longer. Their notes and their trail stay.
ALTER TABLE person ADD COLUMN left_at INTEGER;
ALTER TABLE worker ADD COLUMN left_at INTEGER;
-- Who turned out to be somebody else: the survivor, never one who was merged in turn.
ALTER TABLE person ADD COLUMN merged_into BLOB REFERENCES person;
CREATE INDEX person_by_survivor ON person (merged_into) WHERE merged_into IS NOT NULL;
-- Case ids that were given up, and whose they are now.
CREATE TABLE alias (
  case_id TEXT PRIMARY KEY, person BLOB NOT NULL REFERENCES person, since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_by_person ON alias (person);
