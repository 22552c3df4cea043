//! Texts as words, so that the same words are found whatever their case and the signs between them.

use std::collections::BTreeMap;

use super::sieve::{Piece, Shown};

/// A part of a name counts from here.
const PART_OF_NAME: usize = 3;
/// Words before and after what was found.
const AROUND: usize = 8;

/// A text that is shown, as words.
pub(super) struct Text<'a> {
    pub(super) shown: &'a Shown,
    pub(super) words: Vec<Word>,
    /// Where each word begins that stands here.
    at: BTreeMap<String, Vec<usize>>,
}

/// A word of a text.
pub(super) struct Word {
    /// As it stands.
    pub(super) plain: String,
    /// In small letters.
    pub(super) small: String,
    /// A sentence may begin here, so a capital letter tells nothing.
    pub(super) begins: bool,
}

impl Word {
    /// Whether it may be looked for as a name.
    pub(super) fn is_long(&self) -> bool {
        self.small.chars().count() >= PART_OF_NAME
    }

    /// Scripts that have no capitals have none that are missing.
    pub(super) fn has_capital(&self) -> bool {
        self.plain
            .chars()
            .next()
            .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
    }
}

impl<'a> Text<'a> {
    /// Takes a text to pieces.
    pub(super) fn of(shown: &'a Shown) -> Self {
        let mut all = Vec::new();
        for piece in shown.words.pieces() {
            if let Piece::Words(text) = piece {
                all.extend(words(text));
            }
            // Nothing is found across a gap.
            all.push(Word {
                plain: "[…]".to_owned(),
                small: String::new(),
                begins: true,
            });
        }
        let mut at: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, word) in all.iter().enumerate() {
            at.entry(word.small.clone()).or_default().push(index);
        }
        Self {
            shown,
            words: all,
            at,
        }
    }

    /// What stands around a place, for somebody who has to find it.
    pub(super) fn around(&self, start: usize, end: usize) -> String {
        let (from, until) = (start.saturating_sub(AROUND), (end + AROUND).min(self.words.len()));
        let around = self.words.get(from..until).unwrap_or_default().iter();
        let around: Vec<&str> = around.map(|word| word.plain.as_str()).collect();
        around.join(" ").trim_end_matches(" […]").to_owned()
    }

    /// Where words stand that begin at one of the places of the first of them.
    pub(super) fn find(&self, first: &str, matches: impl Fn(usize) -> bool) -> Option<usize> {
        self.at.get(first)?.iter().copied().find(|at| matches(*at))
    }

    /// Whether these words stand at a place.
    pub(super) fn has(&self, at: usize, needle: &[Word]) -> bool {
        let here = self.words.get(at..at + needle.len());
        here.is_some_and(|here| here.iter().zip(needle).all(|(a, b)| a.small == b.small))
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    let (mut all, mut rest, mut begins) = (Vec::new(), text, true);
    while let Some(start) = rest.find(is_part) {
        let (between, from) = rest.split_at(start);
        begins |= between.contains(['.', '!', '?', ':', '\n', '"', '“']);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (plain, after) = from.split_at(end);
        let small = plain.to_lowercase().replace('’', "'");
        all.push(Word {
            plain: plain.to_owned(),
            small: small.trim_matches('\'').to_owned(),
            begins,
        });
        (rest, begins) = (after, false);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capital_letter_within_a_sentence_makes_a_name() {
        let told = words("Her son Gary lives. Then \"He\" left on Monday");
        let names = told.iter().filter(|word| word.has_capital() && !word.begins);
        assert_eq!(
            names.map(|word| word.plain.as_str()).collect::<Vec<_>>(),
            ["Gary", "Monday"]
        );
        assert!(words("ابنتها")[0].has_capital(), "a script without capitals");
    }
}
