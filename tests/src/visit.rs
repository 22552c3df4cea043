//! Notes to measure with: 600 to 900 words each, made from a seed, typed in sixty bursts of which
//! some go back into the text, with a dozen other fields between them.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// One step of writing a note.
pub enum Step {
    /// Types at a position (in characters).
    Type(u64, String),
    /// Sets a field: path and JSON.
    Set(&'static str, serde_json::Value),
}

/// When the writer pauses, so that a change is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pauses {
    /// After every burst: about 70 changes a note.
    EveryBurst,
    /// As people write: after a sentence or three.
    AsWritten,
}

const WHO: &[&str] = &[
    "Margaret",
    "her son",
    "the neighbour",
    "Dr Patel",
    "the carer",
    "his daughter",
    "the warden",
    "a friend",
    "the district nurse",
    "her sister",
    "the landlord",
    "their grandson",
    "the pharmacist",
    "the chaplain",
];
const DID: &[&str] = &[
    "said that",
    "was clear that",
    "wondered whether",
    "told me",
    "does not think that",
    "hopes that",
    "is worried that",
    "showed me how",
    "remembered when",
    "asked if",
    "laughed and said",
    "agreed that",
];
const WHAT: &[&str] = &[
    "the stairs are harder since the fall",
    "the tablets come in the wrong box",
    "Thursday is the best day to call",
    "the kitchen light needs a new bulb",
    "the garden keeps her going",
    "the frame stays in the hall",
    "the bath lift has not been fitted",
    "nobody rang about the wheelchair",
    "the bus no longer stops outside",
    "cooking for one is not worth it",
    "the cat needs feeding before anything else",
    "church is on Saturday now",
    "sleeping in the chair suits him",
    "the key safe code was changed",
    "the letters pile up unopened",
    "the hearing aid whistles in company",
    "the money runs short by the third week",
    "the heating is on a meter",
    "the day centre serves a proper lunch",
    "the old ward sister was the kind one",
];
const THEN: &[&str] = &[
    "We went through it twice.",
    "I wrote the number on the fridge.",
    "Tea was offered and taken.",
    "I will ring the surgery.",
    "No bruising seen.",
    "The room was warm and tidy.",
    "He walked me to the gate.",
    "She has my card.",
    "We looked at the photographs first.",
    "The dog did not approve of me.",
];

fn pick<'a>(dice: &mut ChaCha8Rng, from: &[&'a str]) -> &'a str {
    from[dice.next_u32() as usize % from.len()]
}

fn sentence(dice: &mut ChaCha8Rng) -> String {
    let number = dice.next_u32() % 90 + 2;
    match dice.next_u32() % 4 {
        0 => format!("{} {} {}. ", pick(dice, WHO), pick(dice, DID), pick(dice, WHAT)),
        1 => format!(
            "{} {} {}, and {}. ",
            pick(dice, WHO),
            pick(dice, DID),
            pick(dice, WHAT),
            pick(dice, WHAT)
        ),
        2 => format!(
            "{} ({number}) {} {}. ",
            pick(dice, WHO),
            pick(dice, DID),
            pick(dice, WHAT)
        ),
        _ => format!("{} ", pick(dice, THEN)),
    }
}

/// The steps of note number `n`, without its finish.
pub fn note(n: u64) -> Vec<Step> {
    let mut dice = ChaCha8Rng::seed_from_u64(42_000_000 + n);
    let target = 600 + dice.next_u32() as usize % 301;
    let mut text = String::new();
    while text.split_whitespace().count() < target {
        text += &sentence(&mut dice);
    }
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let mut written: Vec<char> = Vec::new();
    let mut steps = Vec::new();
    for burst in words.chunks(words.len().div_ceil(60)) {
        let burst: String = burst.concat();
        let back = !written.is_empty() && dice.next_u32().is_multiple_of(5);
        let at = if back {
            let near = dice.next_u32() as usize % written.len();
            written[..near]
                .iter()
                .rposition(|c| *c == ' ')
                .map_or(0, |space| space + 1)
        } else {
            written.len()
        };
        written.splice(at..at, burst.chars());
        steps.push(Step::Type(at as u64, burst));
    }
    for (place, (path, value)) in sets(&mut dice).into_iter().enumerate() {
        steps.insert((place + 1) * 6, Step::Set(path, value));
    }
    steps
}

fn sets(dice: &mut ChaCha8Rng) -> Vec<(&'static str, serde_json::Value)> {
    use serde_json::json;
    vec![
        (
            "present.+",
            json!({"name": pick(dice, WHO), "relationship": "daughter"}),
        ),
        (
            "present.+",
            json!({"name": pick(dice, WHO), "relationship": "self"}),
        ),
        (
            "outcomes.+",
            json!({"text": pick(dice, WHAT), "progress": "some"}),
        ),
        (
            "actions.+",
            json!({"what": pick(dice, WHAT), "who": pick(dice, WHO), "by": "2026-10-09"}),
        ),
        (
            "actions.+",
            json!({"what": pick(dice, WHAT), "who": "me", "by": "2026-10-12"}),
        ),
        (
            "unmet_needs.+",
            json!({"need": pick(dice, WHAT), "reason_code": "budget"}),
        ),
        (
            "feedback",
            json!({"was_it_useful": "yes", "words": pick(dice, WHAT)}),
        ),
        ("review", json!({"kind": "annual", "due": "2027-09-01"})),
    ]
}
