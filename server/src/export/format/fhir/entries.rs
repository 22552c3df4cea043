//! What a program can take from a note without reading it: a Task for each action, a Goal for each outcome, a
//! `DocumentReference` for each file, and an Observation for each thing that FHIR has no better word for.

use super::codes::{ENTRY, SHA256, absent, achievement, lifecycle, meta};
use super::json::{List, Object, is_blank};
use super::note::{Note, day, refer, time, worker};
use super::observations::{addendum, concern, feedback, review, unmet_need};
use super::{entry, identifiers, named};
use crate::export::format::event::{Action, Attachment, Outcome};

/// Largest number that FHIR's `unsignedInt` can say.
const LARGEST: u64 = (1 << 31) - 1;

/// Where the entries of a field are in the Bundle.
pub(super) fn addresses(note: &Note<'_>, field: &str) -> Vec<String> {
    let event = note.event;
    let ids: Vec<&str> = match field {
        "present" => event.present.iter().map(|entry| entry.id.as_str()).collect(),
        "outcomes" => event.outcomes.iter().map(|entry| entry.id.as_str()).collect(),
        "actions" => event.actions.iter().map(|entry| entry.id.as_str()).collect(),
        "unmet_needs" => event.unmet_needs.iter().map(|entry| entry.id.as_str()).collect(),
        "concerns" => event.concerns.iter().map(|entry| entry.id.as_str()).collect(),
        "attachments" => event
            .attachments
            .iter()
            .map(|entry| entry.sha256.as_str())
            .collect(),
        "addenda" => event.addenda.iter().map(|entry| entry.id.as_str()).collect(),
        "feedback" => event.feedback.iter().map(|_| "").collect(),
        "review" => event.review.iter().map(|_| "").collect(),
        _ => Vec::new(),
    };
    ids.into_iter().map(|id| note.entry(field, id)).collect()
}

pub(super) fn entries(entries: &mut List<'_>, note: &Note<'_>) {
    let event = note.event;
    for one in &event.outcomes {
        entry(entries, &note.entry("outcomes", &one.id), |to| {
            outcome(to, note, one);
        });
    }
    for one in &event.actions {
        entry(entries, &note.entry("actions", &one.id), |to| {
            action(to, note, one);
        });
    }
    for one in &event.unmet_needs {
        entry(entries, &note.entry("unmet_needs", &one.id), |to| {
            unmet_need(to, note, one);
        });
    }
    for one in &event.concerns {
        entry(entries, &note.entry("concerns", &one.id), |to| {
            concern(to, note, one);
        });
    }
    if let Some(one) = &event.feedback {
        entry(entries, &note.entry("feedback", ""), |to| feedback(to, note, one));
    }
    if let Some(one) = &event.review {
        entry(entries, &note.entry("review", ""), |to| review(to, note, one));
    }
    for one in &event.attachments {
        entry(entries, &note.entry("attachments", &one.sha256), |to| {
            attachment(to, note, one);
        });
    }
    for one in &event.addenda {
        entry(entries, &note.entry("addenda", &one.id), |to| {
            addendum(to, note, one);
        });
    }
}

fn outcome(to: &mut Object<'_>, note: &Note<'_>, outcome: &Outcome) {
    let progress = outcome.progress.as_deref();
    to.text("resourceType", "Goal");
    meta(to, outcome.private.as_deref());
    identifiers(to, ENTRY, &outcome.id);
    to.text("lifecycleStatus", lifecycle(progress));
    if let Some(progress) = progress {
        achievement(to, progress);
    }
    to.object("description", |concept| match outcome.text.as_deref() {
        Some(text) if !is_blank(text) => concept.text("text", text),
        _ => absent(concept, "unknown"),
    });
    note.somebody(to, "subject");
    note.person(to, "expressedBy");
}

fn action(to: &mut Object<'_>, note: &Note<'_>, action: &Action) {
    to.text("resourceType", "Task");
    meta(to, action.private.as_deref());
    identifiers(to, ENTRY, &action.id);
    let done = action.done == Some(true);
    to.text("status", if done { "completed" } else { "requested" });
    to.text("intent", "plan");
    to.text("description", action.what.as_deref());
    note.person(to, "for");
    note.encounter_reference(to, "encounter");
    to.text("authoredOn", time(note.event.finished_at.as_deref()));
    if let Some(author) = note.event.authors.first() {
        to.object("requester", |to| to.text("reference", worker(author).as_str()));
    }
    to.object("owner", |owner| owner.text("display", action.who.as_deref()));
    to.object("restriction", |restriction| {
        restriction.object("period", |period| period.text("end", day(action.by.as_deref())));
    });
}

/// The bytes travel apart. Where they have not come yet, the address is still to be expected.
fn attachment(to: &mut Object<'_>, note: &Note<'_>, file: &Attachment) {
    to.text("resourceType", "DocumentReference");
    meta(to, file.private.as_deref());
    to.object("masterIdentifier", |to| named(to, SHA256, &file.sha256));
    to.text("status", "current");
    note.person(to, "subject");
    to.text("description", file.caption.as_deref());
    to.list("content", |contents| {
        contents.object(|content| {
            content.object("attachment", |to| {
                to.code("contentType", file.media_type.as_deref());
                if file.available {
                    to.text("url", format!("/v1/attachments/{}", file.sha256).as_str());
                } else {
                    to.object("_url", |url| absent(url, "temp-unknown"));
                }
                if let Some(bytes) = file.bytes.filter(|bytes| *bytes <= LARGEST) {
                    to.number("size", bytes);
                }
            });
        });
    });
    to.object("context", |context| {
        context.list("encounter", |list| refer(list, &note.encounter()));
    });
}
