//! One event, seen from its Bundle: the addresses of what is in it, and the references between them. Addresses are
//! made of the event's own ids, so that the same thing has the same one in every version and every time.

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::json::{List, Object, is_blank};
use crate::export::format::event::{Event, Worker};
use crate::export::format::mapping::Mapping;

/// An event and the words of the council that reads it.
pub(super) struct Note<'a> {
    pub(super) event: &'a Event,
    pub(super) mapping: &'a Mapping,
}

impl Note<'_> {
    /// The note itself: its Composition.
    pub(super) fn address(&self) -> String {
        urn(&self.event.note_id)
    }

    pub(super) fn encounter(&self) -> String {
        self.entry("encounter", "")
    }

    /// An entry of one of the note's fields.
    pub(super) fn entry(&self, field: &str, id: &str) -> String {
        derived(&["entry", &self.event.note_id, field, id])
    }

    /// Whether this event takes the note back.
    pub(super) fn is_taken_back(&self) -> bool {
        self.event.event_type == "note.withdrawn"
    }

    /// A reference to the person, if the event names one.
    pub(super) fn person(&self, to: &mut Object<'_>, name: &str) {
        if let Some(person) = &self.event.person {
            to.object(name, |to| to.text("reference", urn(&person.id).as_str()));
        }
    }

    /// The same where FHIR demands somebody.
    pub(super) fn somebody(&self, to: &mut Object<'_>, name: &str) {
        self.person(to, name);
        if self.event.person.is_none() {
            to.object(name, |to| to.text("display", "Not named"));
        }
    }

    pub(super) fn encounter_reference(&self, to: &mut Object<'_>, name: &str) {
        to.object(name, |to| to.text("reference", self.encounter().as_str()));
    }

    /// Who wrote, and who was there for us. A Bundle must have an author: where none is named, it is this server.
    pub(super) fn authors(&self, to: &mut Object<'_>, name: &str) {
        to.list(name, |authors| {
            for author in &self.event.authors {
                refer(authors, &worker(author));
            }
            if self.event.authors.is_empty() {
                authors.object(|reference| {
                    reference.text("type", "Device");
                    reference.text("display", "Doorstep");
                });
            }
        });
    }

    /// Everybody whom the event names as a worker, once.
    pub(super) fn workers(&self) -> Vec<&Worker> {
        let added = self
            .event
            .addenda
            .iter()
            .filter_map(|added| added.author.as_ref());
        let mut workers: Vec<&Worker> = Vec::new();
        for worker in self.event.authors.iter().chain(added) {
            if !workers.iter().any(|known| known.worker_id == worker.worker_id) {
                workers.push(worker);
            }
        }
        workers
    }

    /// Every mark that is set anywhere in the note, in order.
    pub(super) fn marks(&self) -> Vec<&str> {
        let event = self.event;
        let entries = [
            event
                .present
                .iter()
                .map(|entry| &entry.private)
                .collect::<Vec<_>>(),
            event.outcomes.iter().map(|entry| &entry.private).collect(),
            event.actions.iter().map(|entry| &entry.private).collect(),
            event.unmet_needs.iter().map(|entry| &entry.private).collect(),
            event.concerns.iter().map(|entry| &entry.private).collect(),
            event.attachments.iter().map(|entry| &entry.private).collect(),
            event.addenda.iter().map(|entry| &entry.private).collect(),
        ];
        let entries = entries.into_iter().flatten().filter_map(Option::as_deref);
        let passages = event.private.iter().map(|passage| passage.kind.as_str());
        let mut marks: Vec<&str> = entries.chain(passages).filter(|mark| !is_blank(mark)).collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

/// Appends a reference to something in the Bundle.
pub(super) fn refer(list: &mut List<'_>, address: &str) {
    list.object(|reference| reference.text("reference", address));
}

/// A worker, by the id that workers were imported with.
pub(super) fn worker(worker: &Worker) -> String {
    derived(&["worker", &worker.worker_id])
}

/// The address of what has a UUID of its own.
pub(super) fn urn(id: &str) -> String {
    format!("urn:uuid:{}", id.to_ascii_lowercase())
}

/// An address for what has none: a UUID of version 8 (RFC 9562) from a hash of its names.
fn derived(names: &[&str]) -> String {
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name);
        hash.update([0]);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = crate::hex::hex(&bytes);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

/// A time as FHIR takes it: it knows no year 0, which a phone's clock may well say.
pub(super) fn time(at: Option<&str>) -> Option<&str> {
    at.filter(|at| !at.starts_with("0000") && moment(at).is_some_and(|moment| moment.to_string() == *at))
}

/// A day that exists.
pub(super) fn day(day: Option<&str>) -> Option<&str> {
    let exists = |day: &&str| day.parse::<Date>().is_ok_and(|date| date.to_string() == *day);
    day.filter(exists).filter(|day| !day.starts_with("0000"))
}

/// Beginning and end, as far as FHIR takes them: an end before the beginning is left to the narrative.
pub(super) fn period(to: &mut Object<'_>, start: Option<&str>, end: Option<&str>) {
    let (start, end) = (time(start), time(end));
    let is_before = |end: &&str| start.is_some_and(|start| moment(end) < moment(start));
    to.object("period", |period| {
        period.text("start", start);
        period.text("end", end.filter(|end| !is_before(end)));
    });
}

fn moment(at: &str) -> Option<Timestamp> {
    at.parse().ok()
}
