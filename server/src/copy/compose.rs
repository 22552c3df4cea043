//! From what is held to what the copy says: the person's details, their page, their notes with what became of each
//! version, and what is open.

use notes::note::Template;
use serde_json::Value as Json;

use super::reading::Reader;
use super::shape::{Columns, Copy, InSystem, Note, Open, Version};
use super::sieve::{LeftOut, Sieve, Sifted, Why};
use super::{Held, HeldNote, Wanted, trail, words};
use crate::store::{EventRecord, PersonRecord};

/// The copy, with what was left out of it and what is shown.
pub(super) fn compose(held: &Held, wanted: &Wanted, made_at: i64) -> (Copy, Sifted) {
    let mut sieve = Sieve::default();
    sieve.at("Your details".to_owned());
    let person = details(&held.person, &mut sieve);
    let earlier = held
        .earlier
        .iter()
        .map(|(one, _)| details(one, &mut sieve))
        .collect();
    sieve.at("Your own page".to_owned());
    let about_me = held.about.as_ref().map(|plain| {
        let page = Reader::new(held, wanted, plain, Template::About, &[]);
        page.parts(&mut sieve)
    });
    let notes = held.notes.iter().map(|one| note(held, wanted, one, &mut sieve));
    let notes: Vec<Note> = notes.collect();
    let trail = trail::steps(held, &mut sieve);
    let worker = held.person.allocated_worker.as_deref();
    let visible = |left: &&LeftOut| left.why != Why::Safeguarding;
    let gaps = sieve.sifted.left.iter().filter(visible).count();
    earlier_pages(held, wanted, &mut sieve);
    let copy = Copy {
        made_at,
        contact: wanted.contact.clone(),
        name: held.person.name.clone(),
        person,
        earlier,
        earlier_case_ids: held.earlier_case_ids.clone(),
        left_at: held.left_at,
        worker: worker.map(|id| trail::worker(held, id)),
        team: held.team.clone(),
        about_me,
        notes,
        open: held.open.iter().map(|one| open(held, one)).collect(),
        trail,
        gaps,
    };
    (copy, sieve.sifted)
}

/// What stood on the page of somebody who was merged is on the person's own page, and is not told twice. What was
/// marked there is looked for all the same: it may have been marked after it was carried over.
fn earlier_pages(held: &Held, wanted: &Wanted, sieve: &mut Sieve) {
    let shown = sieve.sifted.shown.len();
    for (one, page) in &held.earlier {
        if let Some(plain) = page {
            sieve.at(format!("The page of {}", one.case_id));
            Reader::new(held, wanted, plain, Template::About, &[]).parts(sieve);
        }
    }
    sieve.sifted.shown.truncate(shown);
}

fn details(person: &PersonRecord, sieve: &mut Sieve) -> Columns {
    let address = person.address();
    let columns = [
        ("case_id", Some(&person.case_id)),
        ("name", Some(&person.name)),
        ("title", person.title.as_ref()),
        ("forename", person.forename.as_ref()),
        ("surname", person.surname.as_ref()),
        ("preferred_name", person.preferred_name.as_ref()),
        ("date_of_birth", person.date_of_birth.as_ref()),
        ("nhs_number", person.nhs_number.as_ref()),
        ("address", address.as_ref()),
        ("phone", person.phone.as_ref()),
        ("communication_needs", person.communication_needs.as_ref()),
        ("alerts", person.alerts.as_ref()),
    ];
    let there = columns.into_iter().filter_map(|(name, text)| Some((name, text?)));
    let each = there.map(|(name, text)| {
        sieve.field(words::column(name));
        (name, sieve.plain(text))
    });
    each.collect()
}

fn open(held: &Held, (kind, since, document): &(String, i64, Option<notes::ids::DocumentId>)) -> Open {
    Open {
        kind: kind.clone(),
        words: words::open(kind),
        since: *since,
        note: document.and_then(|id| trail::note_title(held, id)),
    }
}

/// A note's name in the copy.
pub(super) fn title(note: &HeldNote) -> String {
    words::title(note.plain.text("kind"), note.plain.time("started_at"))
}

fn note(held: &Held, wanted: &Wanted, note: &HeldNote, sieve: &mut Sieve) -> Note {
    let plain = &note.plain;
    let title = title(note);
    sieve.at(title.clone());
    let reader = Reader::new(held, wanted, plain, Template::Note, &note.here);
    let parts = reader.parts(sieve);
    let finished = plain.finished().map(|(at, by)| (at, trail::worker(held, by)));
    let versions = note.versions.iter();
    Note {
        id: note.id.to_string(),
        title,
        kind: plain.text("kind").map(str::to_owned),
        started_at: plain.time("started_at"),
        ended_at: plain.time("ended_at"),
        finished,
        received_at: note.came.map(|came| came.first_at),
        authors: note.authors.iter().map(|id| trail::worker(held, id)).collect(),
        parts,
        versions: versions.map(|(event, _)| version(event, wanted, sieve)).collect(),
        systems: systems(held, note, sieve),
    }
}

fn version(event: &EventRecord, wanted: &Wanted, sieve: &mut Sieve) -> Version {
    let line: Json = serde_json::from_slice(&event.line).unwrap_or_default();
    let text = |name: &str| line.get(name).and_then(Json::as_str);
    let at = text("received_at").and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let said = text("reason").or(text("change_summary")).unwrap_or_default();
    // That there is, or was, a concern is no more to be told than what it says.
    let tells = !wanted.include_safeguarding && said.to_lowercase().contains("concern");
    sieve.field("What changed");
    Version {
        number: event.version,
        at: at.map_or(event.created_at, |at| at.as_millisecond()),
        what: match event.kind.as_str() {
            "note.finished" => "The note was finished.",
            "note.withdrawn" => "The note was taken back from the case system.",
            "note.removed" => "The note was removed.",
            _ => "The note was added to or changed.",
        },
        words: sieve.plain(if tells { "" } else { said }),
    }
}

fn systems(held: &Held, note: &HeldNote, sieve: &mut Sieve) -> Vec<InSystem> {
    sieve.field("In the case system");
    let mut systems = Vec::new();
    for (event, receipts) in &note.versions {
        for receipt in receipts {
            let state = &receipt.state;
            systems.push(InSystem {
                system: trail::client(held, &receipt.client).name,
                version: event.version,
                outcome: state.outcome.clone(),
                at: receipt.received_at,
                reference: sieve.plain(state.case_system_ref.as_deref().unwrap_or_default()),
                reason: sieve.plain(state.reason.as_deref().unwrap_or_default()),
            });
        }
    }
    systems
}
