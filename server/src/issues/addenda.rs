//! Writing an addendum from the desk, under the name of whoever wrote its words.

use notes::ids::{DocumentId, uuid_v7};
use notes::note::Edit;
use notes::note::edit::Scalar;
use notes::note::fields::MAX_LINE_CHARS;

use crate::host::Host;

/// Whose words they are, when they were written, and whether they stay out of the person's copy.
pub(super) struct Words<'a> {
    pub(super) author: &'a str,
    pub(super) at: i64,
    pub(super) text: &'a str,
    pub(super) private: Option<String>,
}

/// The edits that add them; in several addenda where they are too long for one.
pub(super) fn edits(host: &Host, words: &Words<'_>) -> Vec<Edit> {
    let letters: Vec<char> = words.text.chars().collect();
    let mut edits = Vec::new();
    for part in letters.chunks(MAX_LINE_CHARS) {
        let id = DocumentId(uuid_v7(host.now_ms(), host.random()));
        let put = |slot: &str, value| Edit::Put {
            path: format!("addenda.{id}.{slot}"),
            value: Some(value),
        };
        edits.push(put("at", Scalar::Time(words.at)));
        edits.push(put("author", Scalar::Text(words.author.to_owned())));
        edits.push(put("text", Scalar::Text(part.iter().collect())));
        edits.extend(
            words
                .private
                .clone()
                .map(|kind| put("private", Scalar::Text(kind))),
        );
    }
    edits
}
