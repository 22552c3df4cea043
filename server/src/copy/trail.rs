//! What happened to a record, from the audit: who looked somebody up and why, who read, who came to work with
//! them, what was decided, which copies were made before. Ids become names; nothing of the machinery is told.

use notes::ids::DocumentId;
use serde_json::{Map, Value};

use super::compose::title;
use super::shape::{Step, What, Who};
use super::sieve::Sieve;
use super::{Held, words};
use crate::store::AuditEntry;

/// All of it, in its order.
pub(super) fn steps(held: &Held, sieve: &mut Sieve) -> Vec<Step> {
    sieve.at("What happened to your record".to_owned());
    held.audit.iter().map(|entry| step(held, entry, sieve)).collect()
}

fn step(held: &Held, entry: &AuditEntry, sieve: &mut Sieve) -> Step {
    let detail: Map<String, Value> = serde_json::from_str(&entry.detail).unwrap_or_default();
    let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default();
    let named = |name: &str| match text(name) {
        "" => "nobody".to_owned(),
        id => worker(held, id).name,
    };
    let what = what(&entry.what);
    let said = match what {
        What::Allocated => format!("From {} to {}.", named("from"), named("to")),
        What::CopyReleased => format!("Checked by {}. {}", named("checked_by"), text("reason")),
        What::LookedUp | What::Decided => text("reason").to_owned(),
        What::Other => match entry.what.as_str() {
            "person.merged" => format!(
                "The case number {} is {} from then on.",
                text("case_id"),
                text("into")
            ),
            "person.left" => "The case system does not name you any more.".to_owned(),
            "person.returned" => "The case system names you again.".to_owned(),
            // Why, may concern others.
            "hold.put" => "For a legal reason nothing of your record is removed.".to_owned(),
            "hold.lifted" => "That legal reason is over.".to_owned(),
            "note.removed" | "page.removed" if text("reason") == "retention" => {
                "Part of your record was removed, because its time to be kept was over.".to_owned()
            }
            "note.removed" | "page.removed" => "Part of your record was removed, by an order.".to_owned(),
            // Without its words, and without the other's name.
            "note.moved_away" => format!(
                "A note was moved from your record to another by {}, because it was not about you.",
                who(held, &entry.who).name
            ),
            "note.moved_here" => format!(
                "A note about you was moved to your record from another by {}.",
                who(held, &entry.who).name
            ),
            "note.joined" => "Two notes about one visit were made one.".to_owned(),
            _ => String::new(),
        },
        What::Read | What::FileRead | What::CopyPrepared => String::new(),
    };
    sieve.field(words::step(what));
    // A reading is told by the phone, perhaps much later.
    let opened_at = detail.get("opened_at").and_then(Value::as_i64);
    Step {
        at: opened_at.unwrap_or(entry.at),
        who: who(held, &entry.who),
        what,
        note: entry.document.and_then(|id| note_title(held, id)),
        words: sieve.plain(&said),
    }
}

fn what(verb: &str) -> What {
    match verb {
        "person.looked_up" => What::LookedUp,
        "note.read" => What::Read,
        "attachment.read" => What::FileRead,
        "person.allocated" => What::Allocated,
        "issue.settled" => What::Decided,
        "copy.prepared" => What::CopyPrepared,
        "copy.released" => What::CopyReleased,
        _ => What::Other,
    }
}

fn who(held: &Held, who: &str) -> Who {
    match who.split_once(':') {
        Some(("worker", id)) => worker(held, id),
        Some(("client", id)) => client(held, id),
        _ if who == "operator" => Who::named("Somebody who runs this server"),
        _ => Who::named("The server itself"),
    }
}

/// A worker by id; the id where nobody knows the name.
pub(super) fn worker(held: &Held, id: &str) -> Who {
    let Some(worker) = held.workers.get(id) else {
        return Who::named(id);
    };
    Who {
        name: worker.name.clone(),
        role: Some(match &worker.profession {
            Some(profession) => profession.clone(),
            None => worker.role.replace('_', " "),
        }),
        team: worker.team.and_then(|id| held.teams.get(&id).cloned()),
    }
}

/// A case system by id.
pub(super) fn client(held: &Held, id: &str) -> Who {
    let name = held.clients.get(id).map_or(id, String::as_str);
    Who {
        name: name.to_owned(),
        role: Some("case system".to_owned()),
        team: None,
    }
}

/// The name of a note of theirs.
pub(super) fn note_title(held: &Held, id: DocumentId) -> Option<String> {
    if id == DocumentId::about(held.person.id) {
        return Some("Your own page".to_owned());
    }
    held.notes.iter().find(|note| note.id == id).map(title)
}
