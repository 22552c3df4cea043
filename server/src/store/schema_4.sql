-- What a note says is read from its chunks where somebody asks for it, and stands in its versions: a third copy was
-- written for each key that somebody typed, and read by nobody.
ALTER TABLE document DROP COLUMN plain;
