//! Search over the texts of notes. Accents do not matter, words match from their beginning.

use rusqlite::Connection;

use notes::ids::DocumentId;

use crate::trouble::Trouble;

/// Puts a document's words in place of those it had.
pub(crate) fn index(conn: &Connection, doc: i64, text: &str) -> Result<(), Trouble> {
    conn.prepare_cached("INSERT OR REPLACE INTO words (rowid, text) VALUES (?1, ?2)")?
        .execute((doc, text))?;
    Ok(())
}

/// A word that stands in more notes than this tells nothing by standing there: to rank them would take longer than to
/// find them.
const RANKED: usize = 1_000;

/// Documents that have all the words, at most so many: the best first, or the newest here where there are very many.
pub(crate) fn find(conn: &Connection, query: &str, most: u32) -> Result<Vec<DocumentId>, Trouble> {
    // Each word becomes a quoted string, so that nothing a person types is read as FTS5's syntax.
    let words: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric() && !is_mark(c))
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let words = words.join(" ");
    let mut found = numbers(conn, "rowid DESC", &words, RANKED + 1)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if found.len() <= RANKED {
        found = numbers(conn, "rank, rowid DESC", &words, most)?;
    }
    found.truncate(most);
    let mut named = conn.prepare_cached("SELECT id FROM doc WHERE nr = ?1")?;
    let mut id_of = |nr: &i64| Ok(DocumentId(named.query_row([nr], |row| row.get(0))?));
    found.iter().map(&mut id_of).collect()
}

/// Numbers of documents in view that have the words.
fn numbers(conn: &Connection, order: &str, words: &str, most: usize) -> Result<Vec<i64>, Trouble> {
    let sql = format!(
        "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid NOT IN (SELECT nr FROM doc WHERE hidden = 1)
        ORDER BY {order} LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map((words, most), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Combining marks belong to the letter before them (Fọlákẹ́ has one that no single letter holds).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
