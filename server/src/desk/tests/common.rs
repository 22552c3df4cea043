//! What the stories of the desk share: teams, notes with a concern, and large towns filled by hand.

use notes::ids::{DocumentId, PersonId};
use notes::note::Template;
use serde_json::{Value, json};

use crate::desk::Scope;
use crate::export::receipts;
use crate::export::tests::town::{Copy, Phone, Town, client};
use crate::store::{DocumentRecord, Figures, PersonRecord, StoreError, WorkerRecord};

pub(super) const HOUR_MS: i64 = 3_600_000;
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

/// The town's teams: Margaret's and Tom's, then Zoë's, to which Zara belongs.
pub(super) fn teams(town: &Town) -> (Scope, Scope) {
    let made = town.core.store.write(|tx| {
        let (north, south) = (tx.team_named("North")?, tx.team_named("South")?);
        tx.worker_put(&WorkerRecord {
            id: "W9".into(),
            name: "Zara Khan".into(),
            email: None,
            role: "practitioner".into(),
            team: Some(south),
            profession: None,
        })?;
        Ok::<_, StoreError>((Scope::Team(north), Scope::Team(south)))
    });
    made.unwrap()
}

/// A finished note about somebody, with a concern in it.
pub(super) fn worrying(town: &Town, phone: Phone, number: u8, person: PersonId) -> Copy {
    let mut note = phone.begin(number, person);
    let day = format!("\"2026-09-{number:02}T09:15:00Z\"");
    phone.set(&mut note, "started_at", &day);
    let concern = r#"{"kind":"safeguarding","text":"Bruises on both arms."}"#;
    phone.set(&mut note, "concerns.c", concern);
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(person));
    note
}

/// A case system says the same of all events of a note.
pub(super) fn says(town: &Town, note: DocumentId, outcome: &str) {
    let id = note.to_string();
    let events = town.events();
    let each = events.iter().filter(|event| event["note_id"] == id.as_str());
    let each = each.map(|e| {
        json!({"event_id": e["event_id"], "sha256": e["sha256"], "outcome": outcome, "reason": "No such record."})
    });
    let body = Value::Array(each.collect()).to_string();
    receipts(&town.core, &client("mosaic"), body.as_bytes()).unwrap();
}

/// Somebody of a team, by number, for towns that are large.
pub(super) fn somebody(n: u32, team: i64) -> PersonRecord {
    let mut id = [0xee; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    PersonRecord {
        id: PersonId(id),
        case_id: format!("L{n}"),
        name: format!("Person {n}"),
        title: None,
        forename: None,
        surname: None,
        preferred_name: None,
        date_of_birth: None,
        nhs_number: None,
        address_line_1: None,
        address_line_2: None,
        postcode: None,
        phone: None,
        communication_needs: None,
        alerts: None,
        allocated_worker: None,
        team: Some(team),
    }
}

/// A counted note of somebody, by number.
pub(super) fn noted(n: u32, person: PersonId, started_at: i64, figures: Figures) -> DocumentRecord {
    let mut id = [0xdd; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    DocumentRecord {
        id: DocumentId(id),
        template: Template::Note,
        person: Some(person),
        heads: Vec::new(),
        kind: Some("home_visit".into()),
        started_at: Some(started_at),
        ended_at: Some(started_at + HOUR_MS),
        finished_at: Some(started_at + 2 * HOUR_MS),
        figures: Some(figures),
        snapshot_pub: 0,
        snapshot: None,
    }
}
