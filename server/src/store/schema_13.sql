-- Finding people at the desk, by the beginnings of words. Kept by triggers, so that no writer can forget it.
CREATE TABLE person_n (n INTEGER PRIMARY KEY AUTOINCREMENT, person BLOB NOT NULL UNIQUE REFERENCES person) STRICT;
CREATE VIRTUAL TABLE person_words USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', detail = none
);
CREATE VIEW person_said AS SELECT p.id AS id, concat_ws(' ',
  'team' || coalesce(p.team, 0), 'anybody', p.case_id, p.name, p.preferred_name, p.date_of_birth, p.postcode,
  replace(p.postcode, ' ', ''), replace(p.nhs_number, ' ', '')) AS words FROM person p;

INSERT INTO person_n (person) SELECT id FROM person;
INSERT INTO person_words (rowid, words) SELECT n.n, s.words FROM person_n n JOIN person_said s ON s.id = n.person;

CREATE TRIGGER person_found AFTER INSERT ON person BEGIN
  INSERT INTO person_n (person) VALUES (new.id);
  INSERT INTO person_words (rowid, words)
    SELECT n.n, s.words FROM person_n n JOIN person_said s ON s.id = n.person WHERE n.person = new.id;
END;
CREATE TRIGGER person_found_again AFTER UPDATE OF case_id, name, preferred_name, date_of_birth, postcode, nhs_number, team
ON person BEGIN
  DELETE FROM person_words WHERE rowid = (SELECT n FROM person_n WHERE person = new.id);
  INSERT INTO person_words (rowid, words)
    SELECT n.n, s.words FROM person_n n JOIN person_said s ON s.id = n.person WHERE n.person = new.id;
END;

-- Lists of people in the order of their names.
CREATE INDEX person_in_order ON person (name, id);
CREATE INDEX person_in_order_by_team ON person (team, name, id);

-- Drafts, for the sweep: their ids are in the order of their making.
CREATE INDEX document_draft ON document (id) WHERE finished_at IS NULL AND template = 0;
