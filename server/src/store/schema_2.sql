-- A line: what one install has sent, told from other installs under the same device key by a turn that goes on with
-- each push and comes back in the cursor. An install is not sent what its own line sent.
CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, device BLOB NOT NULL REFERENCES device, turn INTEGER NOT NULL)
  STRICT;
CREATE INDEX line_by_device ON line (device);
ALTER TABLE log ADD COLUMN line INTEGER;
CREATE INDEX follow_by_device ON follow (device);
