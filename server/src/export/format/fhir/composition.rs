//! The Composition: what kind of note it is, whose, by whom, in place of which, and all that was written, in the order
//! in which a reader wants it.

use super::codes::{FIELD, URI, coding, inline_labels, security};
use super::identifier;
use super::json::{List, Object, is_blank};
use super::narrative::Narrative;
use super::note::{Note, refer, time, urn};
use super::people::{kind_of_note, own_kind};
use crate::export::format::event::Passage;
use crate::export::format::prose::{self, Listed};
use crate::export::words;

pub(super) fn composition(to: &mut Object<'_>, note: &Note<'_>) {
    let event = note.event;
    let marks = note.marks();
    to.text("resourceType", "Composition");
    to.object("meta", |meta| {
        meta.text("versionId", event.version.to_string().as_str());
        security(meta, &marks);
    });
    summary(to, note);
    identifier(to, URI, &note.address());
    to.text("status", status(&event.event_type));
    to.object("type", |to| kind_of_note(to, note));
    own_kind(to, note);
    note.person(to, "subject");
    note.encounter_reference(to, "encounter");
    to.text("date", date(note));
    note.authors(to, "author");
    to.text("title", title(note).as_str());
    to.text("confidentiality", (!marks.is_empty()).then_some("R"));
    if let Some(before) = &event.supersedes {
        to.list("relatesTo", |list| {
            list.object(|to| {
                to.text("code", "replaces");
                to.object("targetIdentifier", |to| super::named(to, URI, &urn(before)));
            });
        });
    }
    to.list("section", |sections| self::sections(sections, note));
}

/// A note that was removed was right: it is only kept no longer.
fn status(event_type: &str) -> &'static str {
    match event_type {
        "note.amended" => "amended",
        "note.withdrawn" => "entered-in-error",
        _ => "final",
    }
}

/// When it was finished. FHIR demands a date: without one, when it was received.
fn date<'a>(note: &Note<'a>) -> &'a str {
    time(note.event.finished_at.as_deref()).unwrap_or_else(|| super::received(note.event))
}

fn title(note: &Note<'_>) -> String {
    let title = note.event.title_in(note.mapping);
    if is_blank(&title) {
        words::kind("").to_owned()
    } else {
        title
    }
}

/// What a reader wants to know first: whose note, by whom, and its times as they were written down.
fn summary(to: &mut Object<'_>, note: &Note<'_>) {
    let event = note.event;
    let mut lines: Vec<String> = Vec::new();
    if let Some(person) = &event.person {
        lines.push(format!("Person: {} ({})", person.name, person.case_id));
    }
    for author in &event.authors {
        let id = note.mapping.worker(&author.worker_id);
        let name = author.name.as_deref().map(|name| format!("{name} ({id})"));
        lines.push(format!("By: {}", name.as_deref().unwrap_or(id)));
    }
    for (what, at) in [
        ("Start", &event.started_at),
        ("End", &event.ended_at),
        ("Finished", &event.finished_at),
        ("Received", &event.received_at),
    ] {
        if let Some(at) = at {
            lines.push(format!("{what}: {at}"));
        }
    }
    let mut narrative = Narrative::new();
    narrative.paragraph(&title(note), &[]);
    if !lines.is_empty() {
        narrative.lines(lines.iter().map(|line| (line.as_str(), None)));
    }
    narrative.put(to, "generated");
}

fn sections(sections: &mut List<'_>, note: &Note<'_>) {
    let event = note.event;
    for (field, heading, said) in [
        ("reason", "Reason", &event.reason),
        ("change_summary", "What changed", &event.change_summary),
    ] {
        text(
            sections,
            (field, heading),
            said.as_deref().unwrap_or_default(),
            &[],
        );
    }
    for (field, said) in event.texts() {
        let marked: Vec<&Passage> = event
            .private
            .iter()
            .filter(|passage| passage.field == field)
            .collect();
        text(sections, (field, words::field(field)), said, &marked);
    }
    for listed in prose::lists(event) {
        list(sections, note, &listed);
    }
}

fn begin(section: &mut Object<'_>, (field, heading): (&str, &str), marks: &mut Vec<&str>) {
    marks.sort_unstable();
    marks.dedup();
    inline_labels(section, marks);
    section.text("title", heading);
    section.object("code", |concept| {
        concept.list("coding", |codings| {
            codings.object(|to| coding(to, FIELD, field, heading));
        });
    });
}

/// One of the note's texts, word for word.
fn text(sections: &mut List<'_>, head: (&str, &str), said: &str, marked: &[&Passage]) {
    if is_blank(said) {
        return;
    }
    sections.object(|section| {
        let mut marks = marked.iter().map(|passage| passage.kind.as_str()).collect();
        begin(section, head, &mut marks);
        let mut narrative = Narrative::new();
        narrative.paragraph(said, marked);
        narrative.put(section, "additional");
    });
}

/// A list in words, and its entries as resources.
fn list(sections: &mut List<'_>, note: &Note<'_>, listed: &Listed<'_>) {
    let entries = super::entries::addresses(note, listed.field);
    if entries.is_empty() {
        return;
    }
    sections.object(|section| {
        let mut marks = listed.said.iter().filter_map(|(_, mark)| *mark).collect();
        begin(section, (listed.field, listed.heading), &mut marks);
        if !listed.said.is_empty() {
            let mut narrative = Narrative::new();
            narrative.lines(listed.said.iter().map(|(text, mark)| (text.as_str(), *mark)));
            narrative.put(section, "generated");
        }
        section.list("entry", |list| {
            for address in &entries {
                refer(list, address);
            }
        });
    });
}
