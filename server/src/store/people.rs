//! Teams, workers, people and caseloads.

use notes::ids::PersonId;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{StoreError, Tx};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRecord {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRecord {
    /// Id in the case system.
    pub id: String,
    /// Name as shown.
    pub name: String,
    /// Work e-mail.
    pub email: Option<String>,
    /// `practitioner`, `team_admin`, `organisation_admin` or `auditor`.
    pub role: String,
    /// Their team.
    pub team: Option<i64>,
    /// Profession.
    pub profession: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the case system's own export")]
pub struct PersonRecord {
    pub id: PersonId,
    pub case_id: String,
    pub name: String,
    pub title: Option<String>,
    pub forename: Option<String>,
    pub surname: Option<String>,
    pub preferred_name: Option<String>,
    pub date_of_birth: Option<String>,
    pub nhs_number: Option<String>,
    pub address_line_1: Option<String>,
    pub address_line_2: Option<String>,
    pub postcode: Option<String>,
    pub phone: Option<String>,
    pub communication_needs: Option<String>,
    pub alerts: Option<String>,
    pub allocated_worker: Option<String>,
    pub team: Option<i64>,
}

impl PersonRecord {
    /// The address in one line.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let lines = [&self.address_line_1, &self.address_line_2, &self.postcode];
        let lines: Vec<&str> = lines.into_iter().flatten().map(String::as_str).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }
}

pub(super) const PERSON: &str = "id, case_id, name, title, forename, surname, preferred_name, date_of_birth, nhs_number, \
                      address_line_1, address_line_2, postcode, phone, communication_needs, alerts, allocated_worker, \
                      team";
const WORKER: &str = "id, name, email, role, team, profession";

impl Tx<'_> {
    /// The team of this name, made where it is new.
    ///
    /// # Errors
    /// The database's.
    pub fn team_named(&self, name: &str) -> Result<i64, StoreError> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO team (name) VALUES (?)")?
            .execute([name])?;
        Ok(self
            .db
            .prepare_cached("SELECT id FROM team WHERE name = ?")?
            .query_row([name], |r| r.get(0))?)
    }

    /// All teams, by name; more than these nobody chooses from.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn teams(&self) -> Result<Vec<TeamRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT id, name FROM team ORDER BY name LIMIT 500")?;
        let rows = find.query_map([], |row| {
            Ok(TeamRecord {
                id: row.get(0)?,
                name: row.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A team.
    ///
    /// # Errors
    /// The database's.
    pub fn team(&self, id: i64) -> Result<Option<TeamRecord>, StoreError> {
        let mut find = self.db.prepare_cached("SELECT id, name FROM team WHERE id = ?")?;
        let read = |row: &Row<'_>| {
            Ok(TeamRecord {
                id: row.get(0)?,
                name: row.get(1)?,
            })
        };
        Ok(find.query_row([id], read).optional()?)
    }

    /// A worker.
    ///
    /// # Errors
    /// The database's.
    pub fn worker(&self, id: &str) -> Result<Option<WorkerRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {WORKER} FROM worker WHERE id = ?"))?;
        Ok(find.query_row([id], worker).optional()?)
    }

    /// Writes a worker.
    ///
    /// # Errors
    /// The database's.
    pub fn worker_put(&self, w: &WorkerRecord) -> Result<(), StoreError> {
        let mut put = self.db.prepare_cached(
            "INSERT INTO worker (id, name, email, role, team, profession) VALUES (?,?,?,?,?,?) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email, role = excluded.role, \
             team = excluded.team, profession = excluded.profession",
        )?;
        put.execute(params![w.id, w.name, w.email, w.role, w.team, w.profession])?;
        Ok(())
    }

    /// A person by id.
    ///
    /// # Errors
    /// The database's.
    pub fn person(&self, id: PersonId) -> Result<Option<PersonRecord>, StoreError> {
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {PERSON} FROM person WHERE id = ?"))?;
        Ok(find.query_row([id.0], person).optional()?)
    }

    /// A person by the case system's id, be it one that was merged into theirs.
    ///
    /// # Errors
    /// The database's.
    pub fn person_by_case(&self, case_id: &str) -> Result<Option<PersonRecord>, StoreError> {
        if let Some(survivor) = self.alias(case_id)? {
            return self.person(survivor);
        }
        let mut find = self
            .db
            .prepare_cached(&format!("SELECT {PERSON} FROM person WHERE case_id = ?"))?;
        Ok(find.query_row([case_id], person).optional()?)
    }

    /// A person by id; where they were merged into another, that one.
    ///
    /// # Errors
    /// The database's.
    pub fn person_surviving(&self, id: PersonId) -> Result<Option<PersonRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {PERSON} FROM person WHERE id = coalesce((SELECT merged_into FROM person WHERE id = ?1), ?1)"
        ))?;
        Ok(find.query_row([id.0], person).optional()?)
    }

    /// Writes a person.
    ///
    /// # Errors
    /// The database's.
    pub fn person_put(&self, p: &PersonRecord) -> Result<(), StoreError> {
        // An upsert, not a replacement: rows that point at the person must not notice.
        let mut put = self.db.prepare_cached(&format!(
            "INSERT INTO person ({PERSON}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET \
             case_id = excluded.case_id, name = excluded.name, title = excluded.title, forename = excluded.forename, \
             surname = excluded.surname, preferred_name = excluded.preferred_name, \
             date_of_birth = excluded.date_of_birth, nhs_number = excluded.nhs_number, \
             address_line_1 = excluded.address_line_1, address_line_2 = excluded.address_line_2, \
             postcode = excluded.postcode, phone = excluded.phone, \
             communication_needs = excluded.communication_needs, alerts = excluded.alerts, \
             allocated_worker = excluded.allocated_worker, team = excluded.team"
        ))?;
        put.execute(params![
            p.id.0,
            p.case_id,
            p.name,
            p.title,
            p.forename,
            p.surname,
            p.preferred_name,
            p.date_of_birth,
            p.nhs_number,
            p.address_line_1,
            p.address_line_2,
            p.postcode,
            p.phone,
            p.communication_needs,
            p.alerts,
            p.allocated_worker,
            p.team,
        ])?;
        Ok(())
    }

    /// Whether the case system named a person's team. Where it did not, the team is that of the
    /// allocated worker.
    ///
    /// # Errors
    /// The database's.
    pub fn person_team_given(&self, id: PersonId) -> Result<bool, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT team_given FROM person WHERE id = ?")?;
        Ok(find
            .query_row([id.0], |row| row.get(0))
            .optional()?
            .unwrap_or(false))
    }

    /// Says whether the case system named a person's team.
    ///
    /// # Errors
    /// The database's.
    pub fn person_team_given_put(&self, id: PersonId, given: bool) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE person SET team_given = ? WHERE id = ?")?
            .execute(params![given, id.0])?;
        Ok(())
    }

    /// Ids of the people on a worker's caseload.
    ///
    /// # Errors
    /// The database's.
    pub fn caseload(&self, worker: &str) -> Result<Vec<PersonId>, StoreError> {
        let mut find = self
            .db
            .prepare_cached("SELECT id FROM person WHERE allocated_worker = ? ORDER BY id")?;
        let rows = find.query_map([worker], |row| row.get(0).map(PersonId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// People whose name, date of birth or NHS number is like the given name, for matching.
    ///
    /// # Errors
    /// The database's.
    pub fn people_named_like(&self, name: &str, limit: u32) -> Result<Vec<PersonRecord>, StoreError> {
        let mut find = self.db.prepare_cached(&format!(
            "SELECT {PERSON} FROM person WHERE (name LIKE ?1 ESCAPE '\\' OR preferred_name LIKE ?1 ESCAPE '\\') \
             AND merged_into IS NULL LIMIT ?2"
        ))?;
        let escaped = name.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let rows = find.query_map(params![format!("%{escaped}%"), limit], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn worker(row: &Row<'_>) -> rusqlite::Result<WorkerRecord> {
    Ok(WorkerRecord {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        role: row.get(3)?,
        team: row.get(4)?,
        profession: row.get(5)?,
    })
}

pub(super) fn person(row: &Row<'_>) -> rusqlite::Result<PersonRecord> {
    Ok(PersonRecord {
        id: PersonId(row.get(0)?),
        case_id: row.get(1)?,
        name: row.get(2)?,
        title: row.get(3)?,
        forename: row.get(4)?,
        surname: row.get(5)?,
        preferred_name: row.get(6)?,
        date_of_birth: row.get(7)?,
        nhs_number: row.get(8)?,
        address_line_1: row.get(9)?,
        address_line_2: row.get(10)?,
        postcode: row.get(11)?,
        phone: row.get(12)?,
        communication_needs: row.get(13)?,
        alerts: row.get(14)?,
        allocated_worker: row.get(15)?,
        team: row.get(16)?,
    })
}
