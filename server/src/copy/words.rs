//! The words of the copy: plain English for whoever reads it who never saw a case system. What the feed has a
//! word for is taken from there.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use notes::note::fields::Template;

use super::shape::What;

use crate::export::words::{field as feed_field, value as feed_value};
pub(super) use crate::export::words::{kind, sort};

/// The clock on the person's wall. The rule is written out, so that no file of time zones is needed.
fn wall() -> TimeZone {
    TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC)
}

fn written(at: i64, how: &str) -> String {
    let Ok(at) = Timestamp::from_millisecond(at) else {
        return "at a time that cannot be read".to_owned();
    };
    at.to_zoned(wall()).strftime(how).to_string()
}

/// `3 September 2026, 09:15`, as the clocks were in the United Kingdom.
pub(super) fn moment(at: i64) -> String {
    written(at, "%-d %B %Y, %H:%M")
}

/// `3 September 2026`.
pub(super) fn day(at: i64) -> String {
    written(at, "%-d %B %Y")
}

/// A calendar date in words; as it stands where it is none.
pub(super) fn date(text: &str) -> String {
    text.parse::<jiff::civil::Date>()
        .map_or_else(|_| text.to_owned(), |date| date.strftime("%-d %B %Y").to_string())
}

/// A note's name: its kind and when it began.
pub(super) fn title(code: Option<&str>, started_at: Option<i64>) -> String {
    let kind = kind(code.unwrap_or_default());
    started_at.map_or_else(|| kind.to_owned(), |at| format!("{kind}, {}", moment(at)))
}

/// The heading over a field.
pub(super) fn heading(name: &str) -> &str {
    match name {
        "person_name" => "Name when the note was begun",
        "present" => "Who was there",
        "persons_words" => "Your own words",
        "person_view" => "Your view of this note",
        "analysis" => "What the worker made of it",
        "outcomes" => "What you want to achieve",
        "actions" => "What was to be done",
        "unmet_needs" => "Needs that were not met",
        "feedback" => "What you said about this contact",
        "concerns" => "Concerns",
        "attachments" => "Photographs, recordings and files",
        "addenda" => "Added later",
        "also_said" => "Other answers that phones gave",
        "what_matters_most" => "What matters most to me",
        "people_who_matter" => "People who matter to me",
        "how_i_communicate" => "How I communicate",
        "my_wellness" => "My wellness",
        "please_do" => "Please do",
        "please_dont" => "Please don't",
        "how_and_when_to_support" => "How and when to support me",
        "also_worth_knowing" => "Also worth knowing",
        "written_with" => "Written with",
        "contacts" => "Contacts",
        "alerts" => "Alerts",
        other => feed_field(other),
    }
}

/// What stands before a value of a record or an entry.
pub(super) fn label(name: &str) -> &str {
    match name {
        "relationship" => "Who they are",
        "progress" => "Progress",
        "who" => "Who",
        "by" => "By",
        "done" => "Done",
        "reason_code" | "reason" => "Why",
        "was_it_useful" => "Was it useful",
        "words" => "In your words",
        "copy_offered" => "A copy was offered",
        "how_to_reach_us" => "You were told how to reach us",
        "kind" => "Kind",
        "was" => "This contact was the review",
        "due" => "Next review due",
        "bytes" => "Size",
        "media_type" => "What it is",
        "available" => "Here",
        "at" => "When",
        "author" => "Who wrote it",
        "joined_at" => "Joined",
        "phone" => "Telephone",
        "field" => "About",
        "said" => "Answer",
        other => other,
    }
}

/// A word of one of the lists, with a capital letter.
pub(super) fn value(code: &str) -> String {
    let words = match code {
        "initial" => "the first one",
        "annual" => "the yearly one",
        "new" => "just begun",
        "declined" => "you did not want it",
        other => feed_value(other),
    };
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A column of what the case system says of the person.
pub(super) fn column(name: &str) -> &str {
    match name {
        "case_id" => "Case number",
        "name" => "Name",
        "title" => "Title",
        "forename" => "First name",
        "surname" => "Last name",
        "preferred_name" => "Name you like to be called",
        "date_of_birth" => "Date of birth",
        "nhs_number" => "NHS number",
        "address" => "Address",
        "phone" => "Telephone",
        "communication_needs" => "How to communicate with you",
        "alerts" => "What visitors are told before they come",
        other => other,
    }
}

/// What waits for a decision, by the kind of the issue.
pub(super) fn open(kind: &str) -> &'static str {
    match kind {
        "conflict" => "Two phones gave different answers for one thing. Somebody has to say which is right.",
        "held" => {
            "A part of a note came that was not taken in by itself. It is kept, it is not in this copy, and \
             somebody has to decide about it."
        }
        "possible_duplicate" => "There are two notes for the same time. They may be about one visit.",
        "missing_attachment" => "A file that belongs to this note has not come.",
        "overdue_draft" => "This note was not finished in time.",
        "wrong_clock" => "The phone's clock may have been wrong when this was written.",
        "export_refused" => "The case system did not take this note.",
        "export_silent" => "The case system has not answered about this note.",
        _ => "Somebody has to look at something here.",
    }
}

/// The name of a field that is one, wherever it stands in a document.
pub(super) fn field_of(template: Template, path: &str) -> String {
    let mut steps = path.split('.');
    let field = steps.next().unwrap_or_default();
    let slot = steps.next_back();
    let heading = template.field(field).map_or(field, |field| heading(field.name));
    slot.map_or_else(
        || heading.to_owned(),
        |slot| format!("{heading}: {}", label(slot)),
    )
}

/// What somebody did with the record.
pub(super) fn step(what: What) -> &'static str {
    match what {
        What::LookedUp => "Looked up your record from outside your team",
        What::Read => "Read",
        What::FileRead => "Opened a file of",
        What::Allocated => "Your worker changed",
        What::Decided => "Decided a question about",
        What::CopyPrepared => "A copy like this one was prepared",
        What::CopyReleased => "A copy like this one was given out",
        What::Other => "Your record was changed",
    }
}
