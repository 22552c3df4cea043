//! Whom a note may be about that has only a name: likely people, by the name, and by a date of birth, an NHS number or a
//! postcode where the note says one. Each is found by an index, and scored by how much agrees.

use notes::ids::PersonId;
use notes::note::Plain;

use super::Candidate;
use crate::store::{Issue, PersonRecord, StoreError, Tx};
use crate::sync::read;

/// Most people who are offered.
const MOST: usize = 10;
/// Most people looked at for one clue.
const MOST_A_CLUE: u32 = 50;

/// What a note says about whom it is about.
#[derive(Debug, Default, PartialEq, Eq)]
struct Clues {
    name: String,
    births: Vec<String>,
    nhs: Vec<String>,
    postcodes: Vec<String>,
}

/// People who come into question, the likeliest first.
pub(super) fn candidates(
    tx: &Tx<'_>,
    issue: &Issue,
    team: Option<i64>,
) -> Result<Vec<Candidate>, StoreError> {
    let Some((_, plain)) = issue
        .opened
        .document
        .map(|id| read(tx, id))
        .transpose()?
        .flatten()
    else {
        return Ok(Vec::new());
    };
    let clues = Clues::of(&plain);
    let mut found: Vec<PersonRecord> = Vec::new();
    for person in found_by(tx, &clues)? {
        let known = found.iter().any(|one| one.id == person.id);
        if !known && team.is_none_or(|team| person.team == Some(team)) && survives(tx, person.id)? {
            found.push(person);
        }
    }
    let mut scored: Vec<(u32, Vec<&str>, PersonRecord)> =
        found.into_iter().map(|person| scored(&clues, person)).collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.case_id.cmp(&b.2.case_id)));
    scored.truncate(MOST);
    Ok(scored.into_iter().map(candidate).collect())
}

fn survives(tx: &Tx<'_>, id: PersonId) -> Result<bool, StoreError> {
    Ok(tx.survivor(id)? == id)
}

fn candidate((_, agrees, person): (u32, Vec<&str>, PersonRecord)) -> Candidate {
    let born = person
        .date_of_birth
        .map(|born| format!(", born {born}"))
        .unwrap_or_default();
    let postcode = person
        .postcode
        .map(|code| format!(", {code}"))
        .unwrap_or_default();
    Candidate {
        value: person.case_id.clone().into(),
        label: format!("{}, {}{born}{postcode}", person.name, person.case_id),
        hint: Some(format!("The same: {}.", agrees.join(", "))),
    }
}

fn found_by(tx: &Tx<'_>, clues: &Clues) -> Result<Vec<PersonRecord>, StoreError> {
    let mut found = Vec::new();
    for nhs in &clues.nhs {
        found.extend(tx.people_by_nhs(nhs, MOST_A_CLUE)?);
    }
    for born in &clues.births {
        found.extend(tx.people_born(born, MOST_A_CLUE)?);
    }
    for postcode in &clues.postcodes {
        found.extend(tx.people_at(postcode, MOST_A_CLUE)?);
    }
    if !clues.name.is_empty() {
        found.extend(tx.people_called(&clues.name, MOST_A_CLUE)?);
        if let Some(last) = clues.name.split_whitespace().last() {
            found.extend(tx.people_surnamed(last, MOST_A_CLUE)?);
        }
    }
    Ok(found)
}

/// How much agrees, and what.
fn scored(clues: &Clues, person: PersonRecord) -> (u32, Vec<&'static str>, PersonRecord) {
    let mut agrees = Vec::new();
    let mut score = 0;
    let mut add = |points, what| {
        score += points;
        agrees.push(what);
    };
    let is = |known: &Option<String>, all: &[String]| {
        known
            .as_deref()
            .is_some_and(|known| all.iter().any(|one| same(one, known)))
    };
    if is(&person.nhs_number, &clues.nhs) {
        add(100, "NHS number");
    }
    if is(&person.date_of_birth, &clues.births) {
        add(40, "date of birth");
    }
    let names = [Some(&person.name), person.preferred_name.as_ref()];
    let shared = names
        .into_iter()
        .flatten()
        .map(|name| shared_words(name, &clues.name))
        .max();
    match shared.unwrap_or(0) {
        0 => {}
        1 => add(10, "part of the name"),
        _ => add(30, "name"),
    }
    if is(&person.postcode, &clues.postcodes) {
        add(20, "postcode");
    }
    (score, agrees, person)
}

/// Without spaces, whatever the case.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn same(one: &str, other: &str) -> bool {
    squeezed(one) == squeezed(other)
}

/// How many words two names share; a name of one word that is the same counts as whole.
fn shared_words(one: &str, other: &str) -> usize {
    if same(one, other) {
        return 2;
    }
    let words: Vec<String> = other.split_whitespace().map(squeezed).collect();
    one.split_whitespace()
        .filter(|word| words.contains(&squeezed(word)))
        .count()
}

impl Clues {
    fn of(plain: &Plain) -> Self {
        let mut clues = Self {
            name: plain.text("person_name").unwrap_or_default().trim().to_owned(),
            ..Self::default()
        };
        for text in plain.texts.values().chain([&clues.name.clone()]) {
            clues.read(text);
        }
        clues
    }

    /// Looks for what tells people apart in a text, a few of each at most.
    fn read(&mut self, text: &str) {
        const FEW: usize = 5;
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || ",;()".contains(c))
            .map(|word| word.trim_matches(|c: char| ".:!?".contains(c)))
            .filter(|word| !word.is_empty())
            .collect();
        for (at, word) in words.iter().enumerate() {
            let next = |n: usize| words.get(at + n).copied().unwrap_or_default();
            if let Some(born) = date(word).or_else(|| written_date(word, next(1), next(2))) {
                push(&mut self.births, born, FEW);
            }
            let joined = [*word, next(1), next(2)].concat();
            for number in [(*word).to_owned(), joined] {
                if is_nhs(&number) {
                    push(&mut self.nhs, number, FEW);
                }
            }
            for code in [(*word).to_owned(), format!("{word} {}", next(1))] {
                if is_postcode(&code) {
                    push(&mut self.postcodes, code, FEW);
                }
            }
        }
    }
}

fn push(all: &mut Vec<String>, one: String, most: usize) {
    if all.len() < most && !all.contains(&one) {
        all.push(one);
    }
}

fn iso(year: i16, month: i8, day: i8) -> Option<String> {
    jiff::civil::Date::new(year, month, day)
        .ok()
        .map(|date| date.to_string())
}

/// `1941-03-02`, `2/3/1941`, `02.03.1941`: day first, as dates are written here.
fn date(word: &str) -> Option<String> {
    let mut parts = word.split(['/', '.', '-']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if a.len() == 4 {
        return iso(a.parse().ok()?, b.parse().ok()?, c.parse().ok()?);
    }
    if c.len() != 4 {
        return None;
    }
    iso(c.parse().ok()?, b.parse().ok()?, a.parse().ok()?)
}

/// `2 March 1941`, `2nd Mar 1941`.
fn written_date(day: &str, month: &str, year: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
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
    ];
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let month = month.to_lowercase();
    let begins = |name: &str| month.len() >= 3 && name.starts_with(&month);
    let month = MONTHS.iter().position(|name| begins(name))?;
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    iso(year, i8::try_from(month).ok()? + 1, day.parse().ok()?)
}

/// Ten digits of which the last checks the others (modulo 11).
fn is_nhs(text: &str) -> bool {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| *c != '-')
        .map_while(|c| c.to_digit(10))
        .collect();
    if digits.len() != 10 || text.chars().any(|c| !(c.is_ascii_digit() || c == '-')) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .take(9)
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = (11 - sum % 11) % 11;
    digits.last() == Some(&check)
}

/// `AB1 2CD`, with or without the space.
fn is_postcode(text: &str) -> bool {
    let code: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    if !(5..=7).contains(&code.len()) {
        return false;
    }
    let (outward, inward) = code.split_at(code.len() - 3);
    let inward = matches!(inward, [digit, a, b] if digit.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic());
    let letters = outward.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let rest = outward.get(letters..).unwrap_or_default();
    let begins =
        rest.first().is_some_and(char::is_ascii_digit) && rest.iter().all(char::is_ascii_alphanumeric);
    inward && (1..=2).contains(&letters) && begins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_people_apart_is_found_in_plain_writing() {
        let mut clues = Clues::default();
        clues.read("Born 2nd March 1941 (NHS 943 476 5919), lives at 12 High Road, sw1a 2aa. Seen 3/9/2026.");
        assert_eq!(clues.births, ["1941-03-02", "2026-09-03"]);
        assert_eq!(clues.nhs, ["9434765919"]);
        assert_eq!(clues.postcodes, ["sw1a 2aa"]);
    }

    #[test]
    fn what_only_looks_like_it_is_no_clue() {
        let mut clues = Clues::default();
        clues.read("Ring 07700 900 123, ref 943 476 5918, on 31/2/2026, 12 Marchmont 1941, AB CDE, 99 9AA");
        assert_eq!(clues, Clues::default());
    }
}
