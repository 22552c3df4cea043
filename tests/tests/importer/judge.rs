//! The judge: compares the test's own ledger of what the phone was told with what the case system has. Neither the
//! server's tables nor the importer's own are asked what should be there.

use std::collections::{BTreeMap, BTreeSet};

use notes::ids::DocumentId;
use serde_json::Value;

use super::council::{Council, Told};

/// What became of the versions that the phone was told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) imported: usize,
    pub(crate) refused: usize,
    pub(crate) outstanding: usize,
    /// Versions that take their note back, or were not taken before one did.
    pub(crate) taken_back: usize,
}

type Key = (String, u64);

fn key(row: &Value) -> Key {
    let note = row["note_id"].as_str().unwrap().to_owned();
    let version = row.get("version").unwrap_or(&row["detail"]["version"]);
    (note, version.as_u64().unwrap())
}

/// Each version that the phone was told is in the case system once and says what Kofi wrote, or was refused and somebody
/// is asked, or is outstanding; what the desk took back is marked there, if it is there; and nothing else is there.
pub(crate) fn judge(council: &Council) -> Verdict {
    assert!(council.untold.is_empty(), "the ledger is complete");
    let mut rows: BTreeMap<Key, Vec<Value>> = BTreeMap::new();
    for row in council.rows() {
        rows.entry(key(&row)).or_default().push(row);
    }
    let asked: BTreeSet<Key> = council.issues("export_refused").iter().map(key).collect();
    let open: BTreeSet<Key> = council.outstanding().iter().map(key).collect();
    let marked: BTreeSet<String> = council
        .postgres
        .asks("SELECT note_id FROM case_note WHERE withdrawn_at IS NOT NULL")
        .iter()
        .map(|row| row["note_id"].as_str().unwrap().to_owned())
        .collect();
    let mut verdict = Verdict::default();
    for (note, told) in &council.ledger {
        let last = told.versions.len() as u64;
        let is_here = rows.keys().any(|(id, _)| *id == note.to_string());
        let is_marked = told.taken_back && is_here && !open.contains(&(note.to_string(), last));
        assert_eq!(
            marked.contains(&note.to_string()),
            is_marked,
            "{note}: taken back"
        );
        for (version, addenda) in &told.versions {
            let key = (note.to_string(), *version);
            match rows.remove(&key).as_deref() {
                Some([row]) => {
                    assert!(!told.taken_back || *version < last, "{key:?} has no text");
                    says(row, told, *addenda, *note);
                    verdict.imported += 1;
                }
                Some(several) => panic!("{key:?} is there {} times", several.len()),
                None if told.taken_back && !open.contains(&key) => verdict.taken_back += 1,
                None if asked.contains(&key) => verdict.refused += 1,
                None if open.contains(&key) => verdict.outstanding += 1,
                None => panic!("{key:?} is nowhere\n{}", council.importer.log()),
            }
        }
        let newest = told.versions.len() as u64;
        assert_eq!(
            told.versions.keys().next_back(),
            Some(&newest),
            "{note}: no version is left out"
        );
        assert_eq!(
            told.versions[&newest],
            told.addenda.len(),
            "{note}: the newest has every addendum"
        );
    }
    assert!(rows.is_empty(), "nobody was told of {:?}", rows.keys());
    verdict
}

/// A row says what Kofi wrote, and what he had added by then.
fn says(row: &Value, told: &Told, addenda: usize, note: DocumentId) {
    assert_eq!(row["record"]["body"], told.body.as_str(), "{note}: the text");
    let there: BTreeSet<&str> = row["record"]["addenda"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    let wrote: BTreeSet<&str> = told.addenda[..addenda].iter().map(String::as_str).collect();
    assert_eq!(there, wrote, "{note}: the addenda");
    let text = row["text"].as_str().unwrap();
    assert!(text.starts_with(&told.body), "{note}: what a reader sees");
    assert!(
        wrote.iter().all(|one| text.contains(one)),
        "{note}: what a reader sees"
    );
}
