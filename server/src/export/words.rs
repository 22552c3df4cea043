//! The words that the feed puts in front of readers: kinds, dates, field names. English, as the
//! case systems that read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use notes::attachment::{self, Sort};

/// A kind of visit in words.
pub(crate) fn kind(code: &str) -> &'static str {
    match code {
        "home_visit" => "Home visit",
        "phone_call" => "Phone call",
        "video_call" => "Video call",
        "hub_appointment" => "Hub appointment",
        "office_visit" => "Office visit",
        "hospital_visit" => "Hospital visit",
        "no_reply" => "No reply",
        "conversation" => "Conversation",
        _ => "Note",
    }
}

/// `3 September 2026`, the date in UTC; none where the clock said something that is no date.
pub(super) fn day(at: i64) -> Option<String> {
    let zoned = Timestamp::from_millisecond(at).ok()?.to_zoned(TimeZone::UTC);
    Some(zoned.strftime("%-d %B %Y").to_string())
}

/// The note's title: the kind in words and the contact date.
pub(super) fn title(code: Option<&str>, started_at: Option<i64>) -> String {
    let kind = kind(code.unwrap_or_default());
    match started_at.and_then(day) {
        Some(day) => format!("{kind}, {day}"),
        None => kind.to_owned(),
    }
}

/// A field that is one thing.
pub(crate) fn field(name: &str) -> &str {
    match name {
        "person" => "Person",
        "kind" => "Kind of contact",
        "started_at" => "Start",
        "ended_at" => "End",
        "finished_at" => "Time of finishing",
        "body" => "What happened",
        "what_matters" => "What matters",
        "strengths" => "Strengths",
        "persons_words" => "The person's own words",
        "analysis" => "Analysis",
        "feedback" => "Feedback",
        "person_view" => "The person's view",
        "review" => "Review",
        other => other,
    }
}

/// The place of a single value, as `actions.<id>.what`.
pub(crate) fn path(path: &str) -> String {
    match path {
        "finished.at" => return "Finished".to_owned(),
        "finished.author" => return "Finished by".to_owned(),
        _ => {}
    }
    let (name, rest) = path
        .split_once('.')
        .map_or((path, ""), |(name, rest)| (name, rest));
    let slot = rest.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let field = entries(name).map_or_else(|| field(name), |(one, _)| one);
    if slot.is_empty() {
        field.to_owned()
    } else {
        format!("{field}: {slot}")
    }
}

/// One and several of the files of a media type.
pub(crate) fn sort(media_type: &str) -> (&'static str, &'static str) {
    match attachment::known(media_type).map(|media| media.sort) {
        Some(Sort::Photograph) => ("photograph", "photographs"),
        Some(Sort::Recording) => ("recording", "recordings"),
        Some(Sort::Document) => ("document", "documents"),
        None => ("file", "files"),
    }
}

/// One and several of the entries of a field.
pub(crate) fn entries(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "present" => ("Person present", "people present"),
        "outcomes" => ("Outcome", "outcomes"),
        "actions" => ("Action", "actions"),
        "unmet_needs" => ("Unmet need", "unmet needs"),
        "concerns" => ("Concern", "concerns"),
        "attachments" => ("Attachment", "attachments"),
        "addenda" => ("Addendum", "addenda"),
        _ => return None,
    })
}

/// A mark in words.
pub(super) fn mark(kind: &str) -> &str {
    match kind {
        "third_party" => "third party",
        "do_not_share" => "do not share",
        other => other,
    }
}

/// A word of one of the lists that entries and records choose from.
pub(crate) fn value(code: &str) -> &str {
    match code {
        "some" => "some progress",
        "not_met" => "not met",
        "budget" => "no budget for it",
        "language" => "nobody who speaks the language",
        "none_available" => "none available",
        "not_asked" => "not asked",
        "professional_disagreement" => "professional disagreement",
        "direct_payment" => "direct payment",
        other => other,
    }
}
