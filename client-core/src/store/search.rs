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

/// Documents that have all the words, best first, at most so many.
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
    let sql = "SELECT d.id FROM words w JOIN doc d ON d.nr = w.rowid
        WHERE words MATCH ?1 AND d.hidden = 0 ORDER BY w.rank, d.nr DESC LIMIT ?2";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map((words.join(" "), most), |row| Ok(DocumentId(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Combining marks belong to the letter before them (Fọlákẹ́ has one that no single letter holds).
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}
