//! What the checker is asked to look at: words that were marked in one place and stand unmarked in another, names
//! that were left out and are told all the same, and what no mark can reach. Software cannot decide these.

use std::collections::BTreeSet;

use super::Held;
use super::sieve::{LeftOut, Sifted};
use super::text::{Text, Word, words};
use crate::store::PersonRecord;

/// So many words that follow each other in a marked passage are looked for by themselves: the same thing is often
/// told twice in almost the same words.
const WINDOW: usize = 5;
/// A longer passage is looked for by its windows only.
const SHORT: usize = 8;
/// A part of a single word counts from here.
const PART_OF_WORD: usize = 4;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Warning {
    pub(super) place: String,
    pub(super) field: String,
    /// The words as they stand in the copy.
    pub(super) words: String,
    /// Why to look.
    pub(super) because: String,
}

impl Warning {
    fn of(text: &Text<'_>, (start, end): (usize, usize), because: &str) -> Self {
        Self {
            words: text.around(start, end),
            ..Self::about(&text.shown.place, &text.shown.field, because)
        }
    }

    fn about(place: &str, field: &str, because: &str) -> Self {
        Self {
            place: place.to_owned(),
            field: field.to_owned(),
            words: String::new(),
            because: because.to_owned(),
        }
    }
}

/// All of it: first what was found twice, then what no mark can reach.
pub(super) fn warnings(held: &Held, sifted: &Sifted) -> Vec<Warning> {
    let texts: Vec<Text<'_>> = sifted.shown.iter().map(Text::of).collect();
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for left in &sifted.left {
        for words in &left.words {
            // The same words may be marked more than once.
            if told.insert(words.to_lowercase()) {
                again(left, words, &texts, &mut found);
            }
        }
    }
    names(held, sifted, &texts, &mut found);
    found.extend(out_of_reach(held, sifted));
    found
}

/// Where the words of a marked passage, or five of them in a row, are shown.
fn again(left: &LeftOut, passage: &str, texts: &[Text<'_>], found: &mut Vec<Warning>) {
    let needle: Vec<Word> = words(passage)
        .into_iter()
        .filter(|word| !word.small.is_empty())
        .collect();
    let because = format!("Left out in “{}”, under “{}”.", left.place, left.field);
    for text in texts {
        let place = if needle.len() < SHORT {
            whole(&needle, text)
        } else {
            None
        };
        if let Some(place) = place.or_else(|| longest(&needle, text)) {
            found.push(Warning::of(text, place, &because));
        }
    }
}

/// The whole passage. Its ends may be parts of words, as marks are drawn with a thumb.
fn whole(needle: &[Word], text: &Text<'_>) -> Option<(usize, usize)> {
    let (first, rest) = needle.split_first()?;
    let Some((last, middle)) = rest.split_last() else {
        let long = first.small.chars().count() >= PART_OF_WORD;
        let is_it = |word: &Word| word.small == first.small || (long && word.small.contains(&first.small));
        let at = text.words.iter().position(is_it)?;
        return Some((at, at + 1));
    };
    let fits = |at: usize| {
        let Some(here) = text.words.get(at..at + needle.len()) else {
            return false;
        };
        here.first()
            .is_some_and(|word| word.small.ends_with(&first.small))
            && here
                .last()
                .is_some_and(|word| word.small.starts_with(&last.small))
            && text.has(at + 1, middle)
    };
    let at = (0..text.words.len()).find(|at| fits(*at))?;
    Some((at, at + needle.len()))
}

/// The longest run of the passage's words that stands in the text, from five words.
fn longest(needle: &[Word], text: &Text<'_>) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for begin in 0..needle.len().saturating_sub(WINDOW - 1) {
        let window = needle.get(begin..begin + WINDOW)?;
        let Some(at) = text.find(&window.first()?.small, |at| text.has(at, window)) else {
            continue;
        };
        let pairs = text.words.iter().skip(at).zip(needle.iter().skip(begin));
        let length = pairs.take_while(|(a, b)| a.small == b.small).count();
        if best.is_none_or(|(start, end)| length > end - start) {
            best = Some((at, at + length));
        }
    }
    best
}

/// Capital letters that make no name.
const NO_NAMES: [&str; 20] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "i'm",
];

/// Names that were left out, or parts of those that are no part of the person's own: of people who were there, and
/// those that stand in marked passages.
fn names(held: &Held, sifted: &Sifted, texts: &[Text<'_>], found: &mut Vec<Warning>) {
    let person = &held.person;
    let own = [Some(&person.name), person.preferred_name.as_ref()]
        .into_iter()
        .flatten();
    let own: BTreeSet<String> = own.flat_map(|name| words(name)).map(|word| word.small).collect();
    let mut told = BTreeSet::new();
    let mut look = |name: &Word, certain: bool, because: &str| {
        let known = own.contains(&name.small) || (!certain && NO_NAMES.contains(&name.small.as_str()));
        if !name.is_long() || !name.has_capital() || known {
            return;
        }
        // Where it may only be the beginning of a sentence, it has to be a name in the other place.
        let is_name = |text: &Text<'_>, at: usize| {
            let word = text.words.get(at);
            word.is_some_and(|word| word.has_capital() && (certain || !name.begins || !word.begins))
        };
        for text in texts {
            if let Some(at) = text.find(&name.small, |at| is_name(text, at))
                && told.insert((name.small.clone(), &text.shown.place, &text.shown.field, at))
            {
                found.push(Warning::of(text, (at, at + 1), because));
            }
        }
    };
    for name in sifted.names.iter().flat_map(|name| words(name)) {
        look(
            &name,
            true,
            "A name, or a part of one, that was left out where it says who was there.",
        );
    }
    for name in sifted
        .left
        .iter()
        .flat_map(|left| &left.words)
        .flat_map(|passage| words(passage))
    {
        look(
            &name,
            false,
            "A name, as it seems, that stands in a passage that was left out.",
        );
    }
}

fn columns(person: &PersonRecord) -> impl Iterator<Item = (&'static str, &String)> {
    let columns = [
        ("alerts", &person.alerts),
        ("communication_needs", &person.communication_needs),
    ];
    columns
        .into_iter()
        .filter_map(|(name, text)| Some((name, text.as_ref()?)))
}

/// What is in the copy and cannot be marked, and what is not in it and should be.
fn out_of_reach(held: &Held, sifted: &Sifted) -> Vec<Warning> {
    let mut found = Vec::new();
    let everybody = held.earlier.iter().map(|(one, _)| one).chain([&held.person]);
    for (column, text) in everybody.flat_map(columns) {
        let because =
            "This comes from the case system and cannot be marked here. Correct it there, if need be.";
        let mut warning = Warning::about("Your details", super::words::column(column), because);
        warning.words.clone_from(text);
        found.push(warning);
    }
    if held.unjudged > 0 {
        let because =
            "Parts of notes have come and wait to be taken in. They are not in this copy. Prepare it again.";
        found.push(Warning::about("The whole copy", "", because));
    }
    if held.open.iter().any(|(kind, ..)| kind == "held") {
        let because = "A part of a note is held for a decision and is not in this copy. Settle that first.";
        found.push(Warning::about("The whole copy", "", because));
    }
    for note in &held.notes {
        let place = super::compose::title(note);
        if note.plain.finished().is_none() {
            let because = "The note is not finished. It may say something else tomorrow.";
            found.push(Warning::about(&place, "", because));
        }
        let left = |one: &&LeftOut| one.place == place && one.field == super::words::heading("attachments");
        let files = note.plain.entries.get("attachments").map_or(0, |all| all.len());
        if files > sifted.left.iter().filter(left).count() {
            let because = "Files are named, and are not in the copy itself. Look at each before you give it.";
            found.push(Warning::about(
                &place,
                super::words::heading("attachments"),
                because,
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::sieve::{Sieve, Why};

    /// What is found of words that were left out, in texts that are shown.
    fn found(left: &str, shown: &[&str]) -> Vec<String> {
        let mut sieve = Sieve::default();
        sieve.leave(vec![left.to_owned()], Why::ThirdParty);
        for text in shown {
            sieve.plain(text);
        }
        let texts: Vec<Text<'_>> = sieve.sifted.shown.iter().map(Text::of).collect();
        let mut found = Vec::new();
        again(&sieve.sifted.left[0], left, &texts, &mut found);
        found.into_iter().map(|warning| warning.words).collect()
    }

    #[test]
    fn the_same_words_are_found_in_other_letters_and_with_other_signs() {
        assert_eq!(
            found("He's in debt", &["Well: HE’S, in debt!"]),
            ["Well HE’S in debt"]
        );
        assert_eq!(
            found("loan sharks", &["a loan", "sharks a loan", "no"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_mark_may_begin_and_end_within_a_word() {
        assert_eq!(found("ary owes mon", &["Gary owes money"]), ["Gary owes money"]);
        assert_eq!(found("arkinson", &["Parkinson's"]), ["Parkinson's"]);
        assert_eq!(
            found("he", &["she, there, the", "so he"]),
            ["so he"],
            "a short word only by itself"
        );
    }

    #[test]
    fn five_words_in_a_row_are_enough_and_four_are_not() {
        let long = "Bev has agreed to a support worker ringing her at ten each weekday";
        assert_eq!(
            found(long, &["She says that a support worker ringing her is fine"]),
            ["She says that a support worker ringing her is fine"]
        );
        assert_eq!(
            found(long, &["has agreed to a", "ringing her at noon"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn nothing_is_found_across_a_gap_and_what_has_no_words_is_not_looked_for() {
        let mut sieve = Sieve::default();
        let passage = notes::note::plain::Passage {
            field: "body",
            start: 2,
            end: 4,
            kind: "third_party".into(),
        };
        sieve.text("a x b", &[&passage]);
        let texts: Vec<Text<'_>> = sieve.sifted.shown.iter().map(Text::of).collect();
        let mut hits = Vec::new();
        for words in ["a b", "x", "🙂", ""] {
            again(&sieve.sifted.left[0], words, &texts, &mut hits);
        }
        assert_eq!(hits, []);
    }
}
