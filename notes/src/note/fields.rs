//! The table of fields: one place that says what a note and a person's page may hold. Reading,
//! editing, the check for unknown keys and the documentation of the data model all follow it.

use std::ops::RangeInclusive;

/// What a single value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text that is not edited letter by letter, at most [`MAX_LINE_CHARS`].
    Line,
    /// One word from a list.
    Code(&'static [&'static str]),
    /// A calendar date, `yyyy-mm-dd`.
    Date,
    /// UTC milliseconds; RFC 3339 in JSON.
    Time,
    /// Yes or no.
    Flag,
    /// A whole number, zero or more.
    Count,
}

/// A named value inside a record or an entry.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// Its key.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
}

/// How a field is kept in the document.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Automerge text, edited letter by letter, with marks.
    Text,
    /// A single value; two phones may disagree on it.
    Value(Kind),
    /// A fixed map of single values.
    Record(&'static [Slot]),
    /// A map from a random id to a record, so that two phones adding at once never collide.
    Entries(&'static [Slot]),
    /// A map from an id to a number; each id has one writer.
    Counters,
}

/// One field of a document.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its key at the root.
    pub name: &'static str,
    /// How it is kept.
    pub shape: Shape,
}

/// Longest single value, in Unicode scalar values.
pub const MAX_LINE_CHARS: usize = 10_000;
/// Longest text field, in Unicode scalar values.
pub const MAX_TEXT_CHARS: usize = 1_000_000;
/// Most entries in one map.
pub const MAX_ENTRIES: usize = 1_000;
/// Longest id of an entry, in bytes.
pub const MAX_ID_BYTES: usize = 64;
/// The times that RFC 3339 can write and every reader can read back: years 0000 to 9999.
pub const TIMES: RangeInclusive<i64> = -62_167_219_200_000..=253_402_207_200_000;

/// Names of the marks that keep a passage from the person's copy.
pub const MARKS: [&str; 2] = ["third_party", "do_not_share"];

/// Kinds of visit or conversation.
pub const KINDS: [&str; 8] = [
    "home_visit",
    "phone_call",
    "video_call",
    "hub_appointment",
    "office_visit",
    "hospital_visit",
    "no_reply",
    "conversation",
];

const fn slot(name: &'static str, kind: Kind) -> Slot {
    Slot { name, kind }
}
const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape }
}
/// Every entry may be kept from the person's copy as a whole.
const PRIVATE: Slot = slot("private", Kind::Code(&MARKS));

/// The fields of a note, in the order in which a reader wants them.
pub const NOTE: &[Field] = &[
    field("schema", Shape::Value(Kind::Count)),
    field("person", Shape::Value(Kind::Line)),
    field("person_name", Shape::Value(Kind::Line)),
    field("kind", Shape::Value(Kind::Code(&KINDS))),
    field("started_at", Shape::Value(Kind::Time)),
    field("ended_at", Shape::Value(Kind::Time)),
    field("workers", Shape::Entries(&[slot("joined_at", Kind::Time)])),
    field(
        "present",
        Shape::Entries(&[
            slot("name", Kind::Line),
            slot("relationship", Kind::Line),
            PRIVATE,
        ]),
    ),
    field("body", Shape::Text),
    field("what_matters", Shape::Text),
    field("strengths", Shape::Text),
    field("persons_words", Shape::Text),
    field("analysis", Shape::Text),
    field(
        "outcomes",
        Shape::Entries(&[
            slot("text", Kind::Line),
            slot("progress", Kind::Code(&["new", "some", "met", "not_met"])),
            PRIVATE,
        ]),
    ),
    field(
        "actions",
        Shape::Entries(&[
            slot("what", Kind::Line),
            slot("who", Kind::Line),
            slot("by", Kind::Date),
            slot("done", Kind::Flag),
            PRIVATE,
        ]),
    ),
    field(
        "unmet_needs",
        Shape::Entries(&[
            slot("need", Kind::Line),
            slot(
                "reason_code",
                Kind::Code(&["budget", "language", "none_available", "declined", "other"]),
            ),
            slot("reason", Kind::Line),
            PRIVATE,
        ]),
    ),
    field(
        "feedback",
        Shape::Record(&[
            slot("was_it_useful", Kind::Code(&["yes", "partly", "no", "not_asked"])),
            slot("words", Kind::Line),
            slot("copy_offered", Kind::Flag),
            slot("how_to_reach_us", Kind::Flag),
        ]),
    ),
    field("person_view", Shape::Text),
    field(
        "concerns",
        Shape::Entries(&[
            slot("kind", Kind::Code(&["safeguarding", "professional_disagreement"])),
            slot("text", Kind::Line),
            PRIVATE,
        ]),
    ),
    field(
        "review",
        Shape::Record(&[
            slot("was", Kind::Code(&["initial", "annual", "direct_payment"])),
            slot("kind", Kind::Code(&["initial", "annual", "direct_payment"])),
            slot("due", Kind::Date),
        ]),
    ),
    field(
        "attachments",
        Shape::Entries(&[
            slot("media_type", Kind::Line),
            slot("bytes", Kind::Count),
            slot("caption", Kind::Line),
            PRIVATE,
        ]),
    ),
    field("recording_ms", Shape::Counters),
    field(
        "finished",
        Shape::Record(&[slot("at", Kind::Time), slot("author", Kind::Line)]),
    ),
    field(
        "addenda",
        Shape::Entries(&[
            slot("at", Kind::Time),
            slot("author", Kind::Line),
            slot("text", Kind::Line),
            PRIVATE,
        ]),
    ),
];

/// The fields of the person's own page: the headings of PRSB's About Me (information standard),
/// and what the team keeps beside them.
pub const ABOUT: &[Field] = &[
    field("schema", Shape::Value(Kind::Count)),
    field("what_matters_most", Shape::Text),
    field("people_who_matter", Shape::Text),
    field("how_i_communicate", Shape::Text),
    field("my_wellness", Shape::Text),
    field("please_do", Shape::Text),
    field("please_dont", Shape::Text),
    field("how_and_when_to_support", Shape::Text),
    field("also_worth_knowing", Shape::Text),
    field("written_with", Shape::Text),
    field(
        "contacts",
        Shape::Entries(&[
            slot("name", Kind::Line),
            slot("relationship", Kind::Line),
            slot("phone", Kind::Line),
            PRIVATE,
        ]),
    ),
    field("alerts", Shape::Entries(&[slot("text", Kind::Line), PRIVATE])),
];

/// Which table a document follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Template {
    /// One visit or conversation.
    #[n(0)]
    Note,
    /// The person's own page.
    #[n(1)]
    About,
}

impl Template {
    /// Its fields.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Note => NOTE,
            Self::About => ABOUT,
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }

    /// The text fields.
    pub fn texts(self) -> impl Iterator<Item = &'static str> {
        self.fields()
            .iter()
            .filter(|f| matches!(f.shape, Shape::Text))
            .map(|f| f.name)
    }
}

impl Kind {
    /// Whether a piece of text may stand for this kind (lengths, word lists, calendar).
    #[must_use]
    pub fn admits(self, text: &str) -> bool {
        match self {
            Self::Line => text.chars().count() <= MAX_LINE_CHARS,
            Self::Code(words) => words.contains(&text),
            // The parser takes other spellings too, and years before Christ.
            Self::Date => {
                text.len() == 10
                    && text
                        .parse::<jiff::civil::Date>()
                        .is_ok_and(|date| date.to_string() == text)
            }
            Self::Time | Self::Flag | Self::Count => false,
        }
    }
}
