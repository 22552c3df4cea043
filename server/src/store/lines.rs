//! Lines: which of a device's installs sent something. Two phones may be one device, one restored from
//! a copy of the other, and nothing in the storage tells them apart. What does is the turn: each push
//! moves it on and the answer brings it back in the cursor, so whoever comes with an old turn is not
//! the one who pushed last, or has lost an answer. It begins a line of its own; the worst that happens
//! is that it is sent something that it has.

use notes::ids::DeviceId;
use rusqlite::{OptionalExtension as _, params};

use super::{StoreError, Tx};

/// An install's line and where it stands in it; none is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// The line; 0 for an install that has pushed nothing yet.
    pub id: u64,
    /// How many pushes it has made.
    pub turn: u64,
}

impl Tx<'_> {
    /// Whether the line stands where the install believes.
    ///
    /// # Errors
    /// The database's.
    pub fn line_stands(&self, device: DeviceId, line: Line) -> Result<bool, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT 1 FROM line WHERE id = ? AND device = ? AND turn = ?")?;
        Ok(find.exists(params![line.id, device.0, line.turn])?)
    }

    /// The install pushes: its line goes on by one turn, or a new one begins where somebody else has
    /// pushed under it.
    ///
    /// # Errors
    /// The database's.
    pub fn line_goes_on(&self, device: DeviceId, line: Line) -> Result<Line, StoreError> {
        let mut update = self.db.prepare_cached(
            "UPDATE line SET turn = turn + 1 WHERE id = ? AND device = ? AND turn = ? RETURNING turn",
        )?;
        let turn = update
            .query_row(params![line.id, device.0, line.turn], |row| row.get(0))
            .optional()?;
        if let Some(turn) = turn {
            return Ok(Line { id: line.id, turn });
        }
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO line (device, turn) VALUES (?, 1) RETURNING id")?;
        let id = insert.query_row([device.0], |row| row.get(0))?;
        Ok(Line { id, turn: 1 })
    }

    /// Whether a device has had more than one line.
    ///
    /// # Errors
    /// The database's.
    pub fn has_lines(&self, device: DeviceId) -> Result<bool, StoreError> {
        let mut find = self.db.prepare_cached(LINES)?;
        let lines: u64 = find.query_row([device.0], |row| row.get(0))?;
        Ok(lines > 1)
    }
}

pub(super) const LINES: &str = "SELECT count(*) FROM line WHERE device = ?";
