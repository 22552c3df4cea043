-- What lets a phone in again whose PIN is forgotten, and for what a one-time code was spent: 0 to enrol, 1 to let in.
ALTER TABLE device ADD COLUMN spare BLOB;
ALTER TABLE enrol_code ADD COLUMN let_in INTEGER NOT NULL DEFAULT 0;
