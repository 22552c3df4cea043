//! Letting go of everything: what remains is by what the phone knows itself and its server, and nobody else.

use notes::ids::DocumentId;
use rusqlite::Connection;

use super::meta::key;
use crate::trouble::Trouble;

/// What stays of what the install knows of itself.
const STAYS: [&str; 11] = [
    key::ACTOR,
    key::DEVICE_SECRET,
    key::DEVICE,
    key::WORKER,
    key::WORKER_NAME,
    key::TEAM,
    key::TOKEN_URL,
    key::TOKEN,
    key::CLOCK_OFFSET,
    key::SERVER,
    key::WIPE,
];

/// Lets go of all notes, people, files and words, in the caller's transaction.
pub(crate) fn empty(conn: &Connection) -> Result<(), Trouble> {
    conn.execute_batch(
        "DELETE FROM journal; DELETE FROM gist; DELETE FROM words; DELETE FROM doc; DELETE FROM outgoing;
         DELETE FROM waiting_chunk; DELETE FROM aside; DELETE FROM reading; DELETE FROM fill; DELETE FROM person;
         DELETE FROM detail; DELETE FROM worker; DELETE FROM actor; DELETE FROM version; DELETE FROM standing;
         DELETE FROM attachment; DELETE FROM attachment_piece; DELETE FROM lookup; DELETE FROM message;",
    )?;
    let mut names = conn.prepare("SELECT key FROM meta")?;
    let names = names
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    for name in names.iter().filter(|name| !STAYS.contains(&name.as_str())) {
        conn.execute("DELETE FROM meta WHERE key = ?1", [name])?;
    }
    Ok(())
}

/// Whether there is nothing here that the server has not answered for. What was begun to be added to a note counts,
/// too; what was removed by decision does not, for it cannot be sent.
pub(crate) fn nothing_waits(conn: &Connection) -> Result<bool, Trouble> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM doc WHERE unoffered = 1 AND gone = 0)
        AND NOT EXISTS (SELECT 1 FROM journal)
        AND NOT EXISTS (SELECT 1 FROM outgoing WHERE verdict IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reading)
        AND NOT EXISTS (SELECT 1 FROM attachment a LEFT JOIN doc d ON d.id = a.doc
            WHERE a.whole_at IS NULL AND a.aside = 0 AND coalesce(d.gone, 0) = 0)
        AND NOT EXISTS (SELECT 1 FROM meta WHERE substr(key, 1, length(?1)) = ?1)";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row([begun()], |row| row.get(0))?)
}

/// Notes to which something was begun to be added.
pub(crate) fn additions(conn: &Connection) -> Result<Vec<DocumentId>, Trouble> {
    let sql =
        "SELECT substr(key, length(?1) + 1) FROM meta WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    let mut statement = conn.prepare_cached(sql)?;
    let names = statement.query_map([begun()], |row| row.get::<_, String>(0))?;
    let mut found = Vec::new();
    for name in names {
        found.push(name?.parse().map_err(|_| Trouble::Damaged("an addition"))?);
    }
    Ok(found)
}

fn begun() -> String {
    format!("{} ", key::ADDITION)
}

/// The tables in which something stands.
#[cfg(test)]
pub(crate) fn filled(conn: &Connection) -> Result<Vec<String>, Trouble> {
    let sql = r"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'words\_%' ESCAPE '\'
        AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name";
    let mut names = conn.prepare(sql)?;
    let names = names
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut filled = Vec::new();
    for name in names {
        let some = format!("SELECT EXISTS (SELECT 1 FROM {name})");
        if conn.query_row(&some, [], |row| row.get(0))? {
            filled.push(name);
        }
    }
    Ok(filled)
}
