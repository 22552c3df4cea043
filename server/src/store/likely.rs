//! Finding people by what tells them apart, each by an index: so that nobody is looked for through all who are known.

use rusqlite::params;

use super::people::{PERSON, person};
use super::{PersonRecord, StoreError, Tx};

impl Tx<'_> {
    /// People with this NHS number, as it is kept: ten digits, with or without spaces.
    ///
    /// # Errors
    /// The database's.
    pub fn people_by_nhs(&self, number: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let mut spaced = digits.clone();
        if digits.len() == 10 {
            spaced.insert(6, ' ');
            spaced.insert(3, ' ');
        }
        self.people_where("nhs_number IN (?1, ?2)", [&digits, &spaced], limit)
    }

    /// People born on a day (`yyyy-mm-dd`).
    ///
    /// # Errors
    /// The database's.
    pub fn people_born(&self, day: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        self.people_where("date_of_birth IN (?1, ?2)", [day, day], limit)
    }

    /// People at a postcode, written with or without its space.
    ///
    /// # Errors
    /// The database's.
    pub fn people_at(&self, postcode: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        let tight: String = postcode.chars().filter(|c| *c != ' ').collect();
        let mut spaced = tight.clone();
        if let Some(at) = tight
            .len()
            .checked_sub(3)
            .filter(|at| tight.is_char_boundary(*at))
        {
            spaced.insert(at, ' ');
        }
        self.people_where("postcode COLLATE NOCASE IN (?1, ?2)", [&tight, &spaced], limit)
    }

    /// People whose name begins so, whatever the case of its letters.
    ///
    /// # Errors
    /// The database's.
    pub fn people_called(&self, name: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        let end = format!("{name}\u{10ffff}");
        self.people_where(
            "name COLLATE NOCASE >= ?1 AND name COLLATE NOCASE < ?2",
            [name, &end],
            limit,
        )
    }

    /// People of this surname.
    ///
    /// # Errors
    /// The database's.
    pub fn people_surnamed(&self, surname: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        self.people_where("surname COLLATE NOCASE IN (?1, ?2)", [surname, surname], limit)
    }

    fn people_where(
        &self,
        condition: &str,
        given: [&str; 2],
        limit: u32,
    ) -> Result<Vec<PersonRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {PERSON} FROM person WHERE {condition} AND merged_into IS NULL LIMIT ?3"
        ))?;
        let [first, second] = given;
        let rows = find.query_map(params![first, second, limit], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
