//! Who met whom, when and where: Patient, Practitioners, the others who were there, and the Encounter that leads to
//! them all.

use super::codes::{ENTRY, KIND, class, concept, meta};
use super::json::{List, Object};
use super::note::{Note, period, urn, worker};
use super::{entry, identifiers};
use crate::export::format::event::Present;
use crate::export::words;

pub(super) fn people(entries: &mut List<'_>, note: &Note<'_>) {
    let systems = note.mapping.systems();
    entry(entries, &note.encounter(), |to| encounter(to, note));
    if let Some(person) = &note.event.person {
        entry(entries, &urn(&person.id), |patient| {
            patient.text("resourceType", "Patient");
            identifiers(patient, &systems.case_id_system, &person.case_id);
            name(patient, Some(&person.name));
        });
    }
    for one in note.workers() {
        entry(entries, &worker(one), |practitioner| {
            practitioner.text("resourceType", "Practitioner");
            let id = note.mapping.worker(&one.worker_id);
            identifiers(practitioner, &systems.worker_id_system, id);
            name(practitioner, one.name.as_deref());
        });
    }
    for other in &note.event.present {
        entry(entries, &note.entry("present", &other.id), |to| {
            present(to, note, other);
        });
    }
}

fn name(person: &mut Object<'_>, name: Option<&str>) {
    person.list("name", |names| names.object(|to| to.text("text", name)));
}

fn present(to: &mut Object<'_>, note: &Note<'_>, other: &Present) {
    to.text("resourceType", "RelatedPerson");
    meta(to, other.private.as_deref());
    identifiers(to, ENTRY, &other.id);
    note.somebody(to, "patient");
    to.list("relationship", |list| {
        list.object(|concept| concept.text("text", other.relationship.as_deref()));
    });
    name(to, other.name.as_deref());
}

fn encounter(to: &mut Object<'_>, note: &Note<'_>) {
    let event = note.event;
    let kind = event.kind.as_deref();
    to.text("resourceType", "Encounter");
    to.text("status", status(note));
    to.object("class", |to| class(to, kind));
    to.list("type", |types| {
        types.object(|concept| kind_of_note(concept, note));
    });
    note.person(to, "subject");
    to.list("participant", |list| {
        for author in &event.authors {
            individual(list, &worker(author));
        }
        for other in &event.present {
            individual(list, &note.entry("present", &other.id));
        }
    });
    period(to, event.started_at.as_deref(), event.ended_at.as_deref());
}

fn individual(participants: &mut List<'_>, address: &str) {
    participants.object(|participant| {
        participant.object("individual", |to| to.text("reference", address));
    });
}

/// Nobody at home is an encounter that ended before it began.
fn status(note: &Note<'_>) -> &'static str {
    match note.event.kind.as_deref() {
        _ if note.is_taken_back() => "entered-in-error",
        Some("no_reply") => "cancelled",
        _ => "finished",
    }
}

/// The kind of contact as the council's case system calls it.
pub(super) fn kind_of_note(to: &mut Object<'_>, note: &Note<'_>) {
    let kind = note.event.kind.as_deref().unwrap_or_default();
    let words = words::kind(kind);
    if !kind.is_empty() {
        let system = note.mapping.systems().kind_system.as_str();
        to.list("coding", |codings| {
            codings.object(|to| super::coding(to, system, note.mapping.kind(kind), words));
        });
    }
    to.text("text", words);
}

/// The kind of contact in our own words.
pub(super) fn own_kind(to: &mut Object<'_>, note: &Note<'_>) {
    if let Some(kind) = note.event.kind.as_deref() {
        to.list("category", |list| {
            list.object(|to| concept(to, KIND, kind, words::kind(kind)));
        });
    }
}
