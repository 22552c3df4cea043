//! The words of the feed in the codes of FHIR. docs/fhir.md says why each was chosen.

use super::json::{List, Object};
use crate::export::words;

/// Of identifiers that are URIs themselves.
pub(super) const URI: &str = "urn:ietf:rfc:3986";
/// Of entry ids.
pub(super) const ENTRY: &str = "urn:doorstep:entry";
/// Of the SHA-256 of files and events, in hexadecimal.
pub(super) const SHA256: &str = "urn:doorstep:sha256";
/// Of cursors.
pub(super) const CURSOR: &str = "urn:doorstep:cursor";
/// Of the types of events.
pub(super) const EVENT: &str = "urn:doorstep:event";
/// Of our own codes for kinds of contact.
pub(super) const KIND: &str = "urn:doorstep:kind";
/// Of the names of fields.
pub(super) const FIELD: &str = "urn:doorstep:field";
/// Of the words that a field chooses from.
pub(super) const VALUE: &str = "urn:doorstep:value";
/// Of marks.
const PRIVATE: &str = "urn:doorstep:private";

const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const NULL: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACHIEVEMENT: &str = "http://terminology.hl7.org/CodeSystem/goal-achievement";
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// HL7's extension for a security label of a part of a resource (DS4P 1.0).
const INLINE_LABEL: &str =
    "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label";

/// What every part that is kept from the person's copy is labelled with, beside its own mark.
const LABELS: [(&str, &str, &str); 2] = [
    (CONFIDENTIALITY, "R", "restricted"),
    (
        ACT,
        "NOPAT",
        "no disclosure to patient, family or caregivers without attending provider's authorization",
    ),
];

/// A code, and where it has one, its system and its words.
pub(super) fn coding(to: &mut Object<'_>, system: &str, code: &str, display: &str) {
    to.text("system", system);
    to.code("code", code);
    to.text("display", display);
}

/// A concept of one of our own systems: its code, and its words as text.
pub(super) fn concept(to: &mut Object<'_>, system: &str, code: &str, words: &str) {
    to.list("coding", |codings| {
        codings.object(|to| coding(to, system, code, words));
    });
    to.text("text", words);
}

/// Says that a value that FHIR demands is not there, and why.
pub(super) fn absent(to: &mut Object<'_>, why: &str) {
    to.list("extension", |extensions| {
        extensions.object(|extension| {
            extension.text("url", ABSENT);
            extension.code("valueCode", why);
        });
    });
}

fn labels<'mark>(marks: &[&'mark str], mut each: impl FnMut(&str, &'mark str, &'mark str)) {
    if marks.is_empty() {
        return;
    }
    for (system, code, display) in LABELS {
        each(system, code, display);
    }
    for mark in marks {
        each(PRIVATE, mark, words::mark(mark));
    }
}

/// The security labels of a whole resource, in its `meta`.
pub(super) fn security(meta: &mut Object<'_>, marks: &[&str]) {
    meta.list("security", |list| {
        labels(marks, |system, code, words| {
            list.object(|label| coding(label, system, code, words));
        });
    });
}

/// `meta` of a resource that has nothing to say there but its labels.
pub(super) fn meta(resource: &mut Object<'_>, mark: Option<&str>) {
    resource.object("meta", |meta| security(meta, mark.as_slice()));
}

/// The security labels of a section.
pub(super) fn inline_labels(section: &mut Object<'_>, marks: &[&str]) {
    section.list("extension", |extensions: &mut List<'_>| {
        labels(marks, |system, code, words| {
            extensions.object(|extension| {
                extension.text("url", INLINE_LABEL);
                extension.object("valueCoding", |label| coding(label, system, code, words));
            });
        });
    });
}

/// Where an encounter of a kind takes place, seen from the person.
pub(super) fn class(to: &mut Object<'_>, kind: Option<&str>) {
    let (system, code, display) = match kind {
        Some("home_visit" | "no_reply") => (ACT, "HH", "home health"),
        Some("phone_call" | "video_call") => (ACT, "VR", "virtual"),
        Some("hub_appointment" | "office_visit") => (ACT, "AMB", "ambulatory"),
        Some("hospital_visit") => (ACT, "FLD", "field"),
        _ => (NULL, "UNK", "unknown"),
    };
    coding(to, system, code, display);
}

/// How an outcome stands: whether it is still sought, and how far it has come.
pub(super) fn lifecycle(progress: Option<&str>) -> &'static str {
    match progress {
        Some("met") => "completed",
        _ => "active",
    }
}

/// FHIR's code for progress, and beside it our own.
pub(super) fn achievement(goal: &mut Object<'_>, progress: &str) {
    let known = match progress {
        "new" => Some(("in-progress", "In Progress")),
        "some" => Some(("improving", "Improving")),
        "met" => Some(("achieved", "Achieved")),
        "not_met" => Some(("not-achieved", "Not Achieved")),
        _ => None,
    };
    goal.object("achievementStatus", |concept| {
        concept.list("coding", |codings| {
            if let Some((code, display)) = known {
                codings.object(|to| coding(to, ACHIEVEMENT, code, display));
            }
            codings.object(|to| coding(to, VALUE, progress, words::value(progress)));
        });
        concept.text("text", words::value(progress));
    });
}
