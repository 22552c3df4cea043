//! What a note says for which FHIR has no better word: an Observation for each, its parts named as in the feed.

use super::codes::{ENTRY, FIELD, VALUE, concept, meta};
use super::identifiers;
use super::json::{List, Object, is_blank};
use super::note::{Note, day, refer, time, worker};
use crate::export::format::event::{Addendum, Concern, Feedback, Review, UnmetNeed};
use crate::export::words;

/// What an Observation is about, when it was so, and who says it.
struct Seen<'a> {
    field: &'static str,
    words: &'static str,
    id: Option<&'a str>,
    mark: Option<&'a str>,
    at: Option<&'a str>,
}

impl<'a> Seen<'a> {
    fn of(
        note: &Note<'a>,
        field: &'static str,
        words: &'static str,
        id: Option<&'a str>,
        mark: Option<&'a str>,
    ) -> Self {
        Self {
            field,
            words,
            id,
            mark,
            at: note.event.started_at.as_deref(),
        }
    }
}

fn observation(
    to: &mut Object<'_>,
    note: &Note<'_>,
    seen: &Seen<'_>,
    value: impl FnOnce(&mut Object<'_>),
    parts: impl FnOnce(&mut List<'_>),
) {
    to.text("resourceType", "Observation");
    meta(to, seen.mark);
    if let Some(id) = seen.id {
        identifiers(to, ENTRY, id);
    }
    to.text("status", "final");
    to.object("code", |to| concept(to, FIELD, seen.field, seen.words));
    note.person(to, "subject");
    note.encounter_reference(to, "encounter");
    to.text("effectiveDateTime", time(seen.at));
    value(to);
    to.list("component", parts);
}

/// A part of an Observation, named as in the feed.
fn part(parts: &mut List<'_>, name: &str, value: impl FnOnce(&mut Object<'_>)) {
    parts.object(|part| {
        part.object("code", |to| concept(to, FIELD, name, ""));
        value(part);
    });
}

/// A part that is one word of a list.
fn word(parts: &mut List<'_>, name: &str, code: Option<&str>) {
    if let Some(code) = code {
        part(parts, name, |to| {
            to.object("valueCodeableConcept", |to| {
                concept(to, VALUE, code, words::value(code));
            });
        });
    }
}

fn said(parts: &mut List<'_>, name: &str, text: Option<&str>) {
    if text.is_some_and(|text| !is_blank(text)) {
        part(parts, name, |to| to.text("valueString", text));
    }
}

fn flag(parts: &mut List<'_>, name: &str, flag: Option<bool>) {
    if let Some(flag) = flag {
        part(parts, name, |to| to.flag("valueBoolean", flag));
    }
}

pub(super) fn unmet_need(to: &mut Object<'_>, note: &Note<'_>, unmet: &UnmetNeed) {
    let seen = Seen::of(
        note,
        "unmet_needs",
        "Unmet need",
        Some(&unmet.id),
        unmet.private.as_deref(),
    );
    observation(
        to,
        note,
        &seen,
        |to| to.text("valueString", unmet.need.as_deref()),
        |parts| {
            word(parts, "reason_code", unmet.reason_code.as_deref());
            said(parts, "reason", unmet.reason.as_deref());
        },
    );
}

pub(super) fn concern(to: &mut Object<'_>, note: &Note<'_>, concern: &Concern) {
    let seen = Seen::of(
        note,
        "concerns",
        "Concern",
        Some(&concern.id),
        concern.private.as_deref(),
    );
    observation(
        to,
        note,
        &seen,
        |to| to.text("valueString", concern.text.as_deref()),
        |parts| {
            word(parts, "kind", concern.kind.as_deref());
        },
    );
}

pub(super) fn feedback(to: &mut Object<'_>, note: &Note<'_>, feedback: &Feedback) {
    let seen = Seen::of(note, "feedback", "Feedback", None, None);
    observation(
        to,
        note,
        &seen,
        |_| (),
        |parts| {
            word(parts, "was_it_useful", feedback.was_it_useful.as_deref());
            said(parts, "words", feedback.words.as_deref());
            flag(parts, "copy_offered", feedback.copy_offered);
            flag(parts, "how_to_reach_us", feedback.how_to_reach_us);
        },
    );
}

pub(super) fn review(to: &mut Object<'_>, note: &Note<'_>, review: &Review) {
    let seen = Seen::of(note, "review", "Review", None, None);
    observation(
        to,
        note,
        &seen,
        |_| (),
        |parts| {
            word(parts, "was", review.was.as_deref());
            word(parts, "kind", review.kind.as_deref());
            if let Some(due) = day(review.due.as_deref()) {
                part(parts, "due", |to| to.text("valueDateTime", due));
            }
        },
    );
}

pub(super) fn addendum(to: &mut Object<'_>, note: &Note<'_>, addendum: &Addendum) {
    let mut seen = Seen::of(
        note,
        "addenda",
        "Added later",
        Some(&addendum.id),
        addendum.private.as_deref(),
    );
    seen.at = addendum.at.as_deref();
    observation(
        to,
        note,
        &seen,
        |to| {
            if let Some(author) = &addendum.author {
                to.list("performer", |list| refer(list, &worker(author)));
            }
            to.text("valueString", addendum.text.as_deref());
        },
        |_| (),
    );
}
