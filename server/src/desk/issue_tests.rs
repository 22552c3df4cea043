//! Issues as the console reads them: a page of them, one with all that is needed, and nothing of another team's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::{Map, Value, json};

use super::issues::Filter;
use super::{Scope, issue, issues, preview, reopen, settle};
use crate::export::tests::town::{Copy, MARGARET, Phone, Town, ZOE};
use crate::store::{NewIssue, PersonRecord};

fn scope(town: &Town, team: &str) -> Scope {
    Scope::Team(town.core.store.write(|tx| tx.team_named(team)).unwrap())
}

/// Margaret's note of the North, held once it was finished; Zoë's of the South, with a conflict of two phones.
fn two_teams() -> (Town, [String; 2]) {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.type_in(&mut note, "body", 0, "We had tea.");
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(1_000);
    kofi.type_in(&mut note, "body", 11, " She fell.");
    kofi.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(1_000);
    let south = town.core.store.write(|tx| tx.team_named("South")).unwrap();
    for worker in ["W1", "W2"] {
        let mut moved = town.read(|tx| tx.worker(worker)).unwrap();
        moved.team = Some(south);
        town.core.store.write(|tx| tx.worker_put(&moved)).unwrap();
    }
    apart(&town, [kofi, sian], 2);
    let id = |kind: &str| town.issue(kind)["id"].as_str().unwrap().to_owned();
    let ids = [id("held"), id("conflict")];
    (town, ids)
}

fn apart(town: &Town, [kofi, sian]: [Phone; 2], number: u8) -> Copy {
    let mut note = kofi.begin(number, ZOE);
    kofi.publish(town, &mut note, Some(ZOE));
    let mut copy = sian.join(&note);
    kofi.set(&mut note, "review.due", "\"2027-01-01\"");
    sian.set(&mut copy, "review.due", "\"2027-02-02\"");
    kofi.publish(town, &mut note, Some(ZOE));
    sian.publish(town, &mut copy, Some(ZOE));
    note
}

#[test]
fn each_team_sees_its_own_issues_and_no_trace_of_the_others() {
    let (town, [held, conflict]) = two_teams();
    let seen = |scope| {
        let page = issues(&town.core, scope, &Filter::default(), None).unwrap();
        let ids: Vec<String> = page.issues.iter().map(|brief| brief.id.clone()).collect();
        (ids, json!(page.counts))
    };
    let (north, south) = (scope(&town, "North"), scope(&town, "South"));
    assert_eq!(seen(north), (vec![held.clone()], json!({"held": 1})));
    assert_eq!(seen(south), (vec![conflict.clone()], json!({"conflict": 1})));
    assert_eq!(
        seen(Scope::All).0,
        [held.clone(), conflict.clone()],
        "the oldest first"
    );
    let other_team = Filter {
        team: south.team(),
        ..Filter::default()
    };
    assert_eq!(issues(&town.core, north, &other_team, None).unwrap().issues, []);
    assert!(issue(&town.core, north, None, &held).is_ok());
    let lines = [(north, &conflict), (south, &held)];
    for (scope, id) in lines {
        assert_eq!(
            issue(&town.core, scope, None, id).map(|_| ()),
            Err(Code::NotFound)
        );
        let none = Map::new();
        let refused = [
            settle(&town.core, scope, "worker:W9", id, ("close", &none), "why"),
            preview(&town.core, scope, "worker:W9", id, ("close", &none)),
            reopen(&town.core, scope, "worker:W9", id, "why"),
        ];
        for answer in refused {
            assert_eq!(answer.map_err(|r| r.code()), Err(Code::NotFound));
        }
    }
}

#[test]
fn an_issue_follows_its_person_into_another_team() {
    let (town, [held, _]) = two_teams();
    let south = scope(&town, "South");
    let person = town.read(|tx| tx.person(MARGARET)).unwrap();
    let moved = PersonRecord {
        team: south.team(),
        ..person
    };
    town.core.store.write(|tx| tx.person_put(&moved)).unwrap();
    assert!(issue(&town.core, south, None, &held).is_ok());
    assert_eq!(
        issue(&town.core, scope(&town, "North"), None, &held).map(|_| ()),
        Err(Code::NotFound)
    );
}

#[test]
fn what_is_held_is_shown_as_far_as_it_can_be_read() {
    let (town, [held, _]) = two_teams();
    let view = issue(&town.core, scope(&town, "North"), None, &held).unwrap();
    assert_eq!(
        view.person.as_ref().map(|person| person.case_id.as_str()),
        Some("C1")
    );
    assert_eq!(
        view.worker.as_ref().map(|worker| worker.name.as_str()),
        Some("Kofi Mensah")
    );
    assert!(view.device.is_some());
    let note = view.note.unwrap();
    assert_eq!(note.started_at.as_deref(), Some("2026-09-03T09:15:00Z"));
    assert_eq!(note.received_at.as_deref(), Some("2026-09-21T14:13:20Z"));
    assert_eq!(note.last_received_at.as_deref(), Some("2026-09-21T14:13:21Z"));
    let held = view.held.unwrap();
    assert_eq!(
        (held.code.as_deref(), held.readable),
        (Some("changed_after_finish"), true)
    );
    let entry = town.read(|tx| tx.log_entry(held.parts[0].seq)).unwrap().entry;
    assert_eq!((held.parts[0].bytes, held.parts.len()), (entry.chunk.len(), 1));
    assert_eq!(held.parts[0].sha256, crate::hex::hex(&entry.hash));
    assert_eq!(held.changes.len(), 1);
    let change = &held.changes[0];
    assert_eq!(
        (change.path.as_str(), change.label.as_str()),
        ("body", "What happened")
    );
    assert_eq!(
        (&change.before, &change.after),
        (&json!("We had tea."), &json!("We had tea. She fell."))
    );
    let actions: Vec<&str> = view.actions.iter().map(|offer| offer.action).collect();
    assert_eq!(actions, ["accept", "addendum", "return", "set_aside"]);
}

#[test]
fn bytes_that_nobody_can_read_are_shown_by_their_size_and_hash() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let id = DocumentId::at(1, [7; 10]);
    phone.send(&town, id, Some(MARGARET), vec![vec![1, 2, 3].into()]);
    let id = town.issue("held")["id"].as_str().unwrap().to_owned();
    let held = issue(&town.core, scope(&town, "North"), None, &id)
        .unwrap()
        .held
        .unwrap();
    assert_eq!(
        (held.readable, held.parts[0].bytes, held.changes.len()),
        (false, 3, 0)
    );
    assert_eq!(held.parts[0].sha256.get(..8), Some("039058c6"));
}

#[test]
fn each_value_says_who_wrote_it() {
    let (town, [_, conflict]) = two_teams();
    let view = issue(&town.core, scope(&town, "South"), None, &conflict).unwrap();
    assert_eq!(
        view.worker.map(|worker| worker.id).as_deref(),
        Some("W1"),
        "who began the note"
    );
    let mut written: Vec<_> = view
        .values
        .iter()
        .map(|one| {
            (
                one.value.clone(),
                one.worker_name.clone().unwrap(),
                one.written_at.clone().unwrap(),
            )
        })
        .collect();
    written.sort_by_key(|(value, ..)| value.to_string());
    let at = "2026-09-03T09:15:00Z".to_owned();
    let expected = [
        (json!("2027-01-01"), "Kofi Mensah".to_owned(), at.clone()),
        (json!("2027-02-02"), "Siân Powell".to_owned(), at),
    ];
    assert_eq!(written, expected);
    assert_eq!(view.values.iter().filter(|one| one.shown).count(), 1);
    let take = view.actions.iter().find(|offer| offer.action == "take").unwrap();
    assert_eq!(take.args[0].candidates.len(), 2);
}

#[test]
fn two_notes_of_one_visit_stand_side_by_side() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    for (phone, number, text) in [(kofi, 1, "Tea."), (sian, 2, "Tea with Kofi.")] {
        let mut note = phone.begin(number, MARGARET);
        phone.type_in(&mut note, "body", 0, text);
        phone.publish(&town, &mut note, Some(MARGARET));
    }
    let id = town.issue("possible_duplicate")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let view = issue(&town.core, scope(&town, "North"), None, &id).unwrap();
    let says: Vec<&Value> = view.notes.iter().map(|note| &note.says["body"]).collect();
    assert_eq!(says, [&json!("Tea."), &json!("Tea with Kofi.")]);
    let names: Vec<_> = view
        .notes
        .iter()
        .map(|note| note.worker.clone().unwrap().name)
        .collect();
    assert_eq!(names, ["Kofi Mensah", "Siân Powell"]);
}

/// Opens issues of two kinds about two workers, one a second.
fn many(town: &Town, count: usize) {
    for n in 0..count {
        let new = NewIssue {
            id: format!("i{n:05}"),
            kind: if n % 2 == 0 { "stale_device" } else { "wrong_clock" }.into(),
            opened_at: i64::try_from(n).unwrap() * 1_000,
            document: None,
            person: None,
            device: None,
            worker: Some(if n % 10 == 0 { "W1" } else { "W2" }.into()),
            seq: None,
            subject: format!("s{n}"),
            detail: "{}".into(),
        };
        town.core.store.write(|tx| tx.issue_open(&new)).unwrap();
    }
}

fn read_all(town: &Town, scope: Scope, filter: &Filter) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut cursor) = (Vec::new(), 0, None);
    loop {
        let page = issues(&town.core, scope, filter, cursor.as_deref()).unwrap();
        assert!(page.issues.len() <= 50);
        ids.extend(page.issues.into_iter().map(|brief| brief.id));
        pages += 1;
        match page.next {
            Some(next) => cursor = Some(next),
            None => return (ids, pages),
        }
        assert!(pages < 100, "pages without end");
    }
}

#[test]
fn pages_follow_one_another_without_gap_or_double() {
    let town = Town::new();
    many(&town, 130);
    let north = scope(&town, "North");
    let expected: Vec<String> = (0..130).map(|n| format!("i{n:05}")).collect();
    assert_eq!(read_all(&town, north, &Filter::default()), (expected, 3));
    let lines = [
        (
            Filter {
                kind: Some("wrong_clock".into()),
                ..Filter::default()
            },
            65,
        ),
        (
            Filter {
                worker: Some("W1".into()),
                ..Filter::default()
            },
            13,
        ),
        (
            Filter {
                opened_before: Some(10_000),
                ..Filter::default()
            },
            10,
        ),
        (
            Filter {
                kind: Some("wrong_clock".into()),
                worker: Some("W1".into()),
                ..Filter::default()
            },
            0,
        ),
        (
            Filter {
                settled: true,
                ..Filter::default()
            },
            0,
        ),
    ];
    for (filter, count) in lines {
        assert_eq!(read_all(&town, north, &filter).0.len(), count, "{filter:?}");
    }
    let one = Filter {
        worker: Some("W1".into()),
        kind: Some("held".into()),
        ..Filter::default()
    };
    let page = issues(&town.core, north, &one, None).unwrap();
    assert_eq!(
        (json!(page.counts), page.counts_more),
        (json!({"stale_device": 13}), false)
    );
    for wrong in ["", "x", "x.y"] {
        assert_eq!(
            issues(&town.core, north, &Filter::default(), Some(wrong)).map(|_| ()),
            Err(Code::CursorUnknown)
        );
    }
}

#[test]
fn those_settled_last_come_first() {
    let town = Town::new();
    many(&town, 60);
    let none = Map::new();
    for n in 0..60 {
        town.clock.forward(1_000);
        let id = format!("i{n:05}");
        settle(
            &town.core,
            Scope::All,
            "worker:W2",
            &id,
            ("close", &none),
            "Seen.",
        )
        .unwrap();
    }
    let filter = Filter {
        settled: true,
        ..Filter::default()
    };
    let expected: Vec<String> = (0..60).rev().map(|n| format!("i{n:05}")).collect();
    assert_eq!(read_all(&town, Scope::All, &filter), (expected, 2));
    let page = issues(&town.core, Scope::All, &filter, None).unwrap();
    let settled = page.issues[0].settled.clone().unwrap();
    assert_eq!(
        (
            settled.by_name.as_str(),
            settled.action.as_str(),
            settled.can_undo
        ),
        ("Siân Powell", "close", true)
    );
}

#[test]
fn a_page_looks_at_so_many_rows_and_says_where_to_go_on() {
    let town = Town::new();
    many(&town, 2_105);
    let filter = Filter {
        worker: Some("W1".into()),
        opened_before: Some(5),
        ..Filter::default()
    };
    let page = issues(&town.core, Scope::All, &filter, None).unwrap();
    assert_eq!((page.issues.len(), page.counts_more), (1, true));
    assert!(page.next.is_some(), "the rest was not looked at");
    assert_eq!(read_all(&town, Scope::All, &filter).0, ["i00000"]);
}

#[test]
fn a_person_of_another_team_cannot_be_named() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.empty(1);
    phone.set(&mut note, "person_name", "\"Zoë Marsh\"");
    phone.publish(&town, &mut note, None);
    let id = town.issue("unmatched_person")["id"].as_str().unwrap().to_owned();
    let offered = |scope: Scope| {
        let view = issue(&town.core, scope, None, &id).unwrap();
        view.actions[0].args[0].candidates.len()
    };
    let north = scope(&town, "North");
    assert_eq!((offered(north), offered(Scope::All)), (0, 1));
    let args = json!({"person": "C3"}).as_object().unwrap().clone();
    let decide = |scope| {
        settle(&town.core, scope, "worker:W2", &id, ("match", &args), "Her name.").map_err(|r| r.code())
    };
    assert_eq!(decide(north), Err(Code::PersonUnknown));
    assert!(decide(Scope::All).is_ok());
}
