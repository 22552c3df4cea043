//! What the council settled at the desk, each value by its name, as text. What it means, and what counts where
//! nothing was settled, is for whoever asks.

use rusqlite::{OptionalExtension as _, params};

use super::{StoreError, Tx};

/// A setting as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRecord {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Who changed it last.
    pub changed_by: String,
    /// UTC milliseconds.
    pub changed_at: i64,
}

impl Tx<'_> {
    /// A setting's value; none where nothing was settled.
    ///
    /// # Errors
    /// The database's.
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT value FROM setting WHERE name = ?")?;
        Ok(find.query_row([name], |row| row.get(0)).optional()?)
    }

    /// All settings, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn settings(&self) -> Result<Vec<SettingRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT name, value, changed_by, changed_at FROM setting ORDER BY name")?;
        let rows = find.query_map([], |row| {
            Ok(SettingRecord {
                name: row.get(0)?,
                value: row.get(1)?,
                changed_by: row.get(2)?,
                changed_at: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Settles a value.
    ///
    /// # Errors
    /// The database's.
    pub fn setting_put(&self, name: &str, value: &str, by: &str, at: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO setting (name, value, changed_by, changed_at) VALUES (?,?,?,?)",
            )?
            .execute(params![name, value, by, at])?;
        Ok(())
    }

    /// Takes a value back: what counts where nothing was settled counts again.
    ///
    /// # Errors
    /// The database's.
    pub fn setting_clear(&self, name: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM setting WHERE name = ?")?
            .execute([name])?;
        Ok(())
    }
}
