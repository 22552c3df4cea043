//! The feed as FHIR R4 (4.0.1): one document Bundle a version, the Composition first and whatever it leads to behind
//! it. docs/fhir.md says member by member what becomes of an event, and why.
//!
//! What never happens: a Bundle says more than the event, a text becomes markup, a reference leads out of the Bundle,
//! anything is taken from a clock or from chance.

mod codes;
mod composition;
mod entries;
mod json;
mod narrative;
mod note;
mod observations;
mod people;

use super::{Event, Mapping};
use codes::{CURSOR, EVENT, SHA256, URI, coding, security};
use json::{List, Object};
use note::{Note, time, urn};

/// Appends the Bundle of an event, as one line of JSON without a line feed.
pub(super) fn bundle(event: &Event, mapping: &Mapping, out: &mut Vec<u8>) {
    let note = Note { event, mapping };
    json::object(out, |bundle| {
        bundle.text("resourceType", "Bundle");
        bundle.object("meta", |meta| envelope(meta, &note));
        identifier(bundle, URI, &urn(&event.event_id));
        bundle.text("type", "document");
        bundle.text("timestamp", received(event));
        bundle.list("entry", |entries| {
            entry(entries, &note.address(), |to| composition::composition(to, &note));
            people::people(entries, &note);
            entries::entries(entries, &note);
        });
    });
}

/// What belongs to the event and not to the note.
fn envelope(meta: &mut Object<'_>, note: &Note<'_>) {
    let event = note.event;
    meta.list("extension", |list| {
        for (url, value) in [(SHA256, &event.sha256), (CURSOR, &event.cursor)] {
            list.object(|extension| {
                extension.text("url", url);
                extension.text("valueString", value.as_str());
            });
        }
    });
    security(meta, &note.marks());
    meta.list("tag", |tags| {
        tags.object(|tag| coding(tag, EVENT, &event.event_type, ""));
    });
}

/// When the server received it. A document must have a time; the last resort is never reached while the server's clock
/// says something that is a date.
fn received(event: &Event) -> &str {
    let times = [&event.received_at, &event.finished_at, &event.started_at];
    let known = times.into_iter().find_map(|at| time(at.as_deref()));
    known.unwrap_or("1970-01-01T00:00:00Z")
}

/// Appends a resource under its address.
fn entry(entries: &mut List<'_>, address: &str, fill: impl FnOnce(&mut Object<'_>)) {
    entries.object(|entry| {
        entry.text("fullUrl", address);
        entry.object("resource", fill);
    });
}

/// An identifier, where FHIR has one of them.
fn identifier(to: &mut Object<'_>, system: &str, value: &str) {
    to.object("identifier", |identifier| named(identifier, system, value));
}

/// An identifier, where FHIR has a list of them.
fn identifiers(to: &mut Object<'_>, system: &str, value: &str) {
    to.list("identifier", |list| {
        list.object(|identifier| named(identifier, system, value));
    });
}

fn named(identifier: &mut Object<'_>, system: &str, value: &str) {
    identifier.text("system", system);
    identifier.text("value", value);
}
