//! What goes when its time is over, and each thing that keeps it.

use notes::ids::{DocumentId, PersonId};
use notes::problem::Code;
use serde_json::{Value, json};

use super::merges::page_begins;
use crate::copy::Wanted;
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town, client};
use crate::export::{days, receipts};
use crate::ops::copy::prepare;
use crate::ops::import::people;
use crate::ops::retention::{Item, Stays, plan, remove, sweep};
use crate::ops::verify::verify;
use crate::ops::{OpError, hold};
use crate::store::StoreError;

const DAY_MS: i64 = 86_400_000;
const SIX_YEARS_MS: i64 = 6 * 366 * DAY_MS;

/// A council that keeps notes for six years.
fn council() -> (Town, Phone) {
    let mut town = Town::new();
    town.core.retention_months = 72;
    let phone = town.phone("W1", 1);
    (town, phone)
}

fn finished(town: &Town, phone: Phone, number: u8, person: PersonId) -> Copy {
    let mut note = phone.begin(number, person);
    // A time of its own, so that nobody asks whether two are one visit.
    let day = format!("\"2026-09-{number:02}T09:15:00Z\"");
    phone.set(&mut note, "started_at", &day);
    phone.type_in(&mut note, "body", 0, "We talked.");
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(person));
    note
}

/// A case system says the same of all events of a note.
fn says(town: &Town, who: &str, note: &Copy, outcome: &str) {
    let id = note.id.to_string();
    let events = town.events();
    let each = events.iter().filter(|event| event["note_id"] == id.as_str());
    let each = each.map(|e| json!({"event_id": e["event_id"], "sha256": e["sha256"], "outcome": outcome}));
    let body = Value::Array(each.collect()).to_string();
    receipts(&town.core, &client(who), body.as_bytes()).unwrap();
}

/// Off every caseload.
fn let_go(town: &Town, person: PersonId) {
    let done = town.core.store.write(|tx| {
        let mut record = tx.person(person)?.unwrap();
        record.allocated_worker = None;
        tx.person_put(&record)
    });
    done.unwrap();
}

fn years_pass(town: &Town) {
    town.clock.forward(SIX_YEARS_MS);
}

/// What the rule says of a document; none where its time is not over.
fn rule(town: &Town, document: DocumentId) -> Option<Vec<Stays>> {
    let items: Vec<Item> = plan(&town.core).unwrap();
    let item = items.into_iter().find(|item| item.document == document)?;
    Some(item.stays)
}

fn removed(town: &Town) -> Vec<DocumentId> {
    let went = remove(&town.core, 100, "operator").unwrap();
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
    went.into_iter().map(|item| item.document).collect()
}

/// A note whose time is over and that nothing keeps.
fn forgotten() -> (Town, Phone, Copy) {
    let (town, phone) = council();
    let note = finished(&town, phone, 1, MARGARET);
    says(&town, "mosaic", &note, "imported");
    let_go(&town, MARGARET);
    years_pass(&town);
    (town, phone, note)
}

#[test]
fn a_note_whose_time_is_over_goes_and_one_of_yesterday_stays() {
    let (town, phone, note) = forgotten();
    let other = finished(&town, phone, 2, TOM);
    says(&town, "mosaic", &other, "imported");
    let_go(&town, TOM);
    let counted = days(&town.core, None, None).unwrap();
    assert_eq!(rule(&town, note.id), Some(vec![]));
    assert_eq!(rule(&town, other.id), None);
    assert_eq!(removed(&town), [note.id]);
    assert_eq!(removed(&town), []);
    assert_eq!(town.events()[0]["type"], "note.removed");
    assert_eq!(town.events()[1]["type"], "note.finished");
    assert_eq!(days(&town.core, None, None).unwrap(), counted);
}

#[test]
fn the_time_is_counted_to_the_day_from_the_last_contact() {
    let (town, phone) = council();
    let first = finished(&town, phone, 1, MARGARET);
    town.clock.forward(30 * DAY_MS);
    let second = finished(&town, phone, 2, MARGARET);
    for note in [&first, &second] {
        says(&town, "mosaic", note, "imported");
    }
    let_go(&town, MARGARET);
    // 2026-10-21 and six years: with two leap days.
    town.clock.forward((6 * 365 + 2) * DAY_MS - 1);
    assert_eq!(
        rule(&town, first.id),
        None,
        "the last contact counts for all of them"
    );
    town.clock.forward(1);
    assert_eq!(rule(&town, first.id), Some(vec![]));
    assert_eq!(rule(&town, second.id), Some(vec![]));
    // The case system named them no longer only a year ago.
    let left = town.core.host.now_ms() - 365 * DAY_MS;
    let put = town
        .core
        .store
        .write(|tx| tx.person_left_put(MARGARET, Some(left)));
    put.map_err(|error: StoreError| error).unwrap();
    assert_eq!(rule(&town, first.id), None);
}

#[test]
fn without_the_setting_nothing_ever_goes() {
    let (mut town, _, note) = forgotten();
    town.core.retention_months = 0;
    assert_eq!(rule(&town, note.id), None);
    assert_eq!(removed(&town), []);
    town.clock.forward(100 * SIX_YEARS_MS);
    sweep(&town.core, &mut 0).unwrap();
    assert_eq!(town.events()[0]["type"], "note.finished");
}

#[test]
fn whoever_is_on_a_caseload_keeps_their_notes() {
    let (town, phone) = council();
    let note = finished(&town, phone, 1, MARGARET);
    says(&town, "mosaic", &note, "imported");
    years_pass(&town);
    assert_eq!(rule(&town, note.id), Some(vec![Stays::Caseload]));
    assert_eq!(removed(&town), []);
}

#[test]
fn a_legal_hold_keeps_everything_until_it_is_lifted() {
    let (town, _, note) = forgotten();
    hold::add(&town.core, "C1", "Inquest", "operator").unwrap();
    assert_eq!(rule(&town, note.id), Some(vec![Stays::Hold]));
    assert_eq!(removed(&town), []);
    let standing = hold::list(&town.core).unwrap();
    assert_eq!(
        (standing[0].0.reason.as_str(), standing[0].1.as_str()),
        ("Inquest", "C1")
    );
    assert_eq!(hold::lift(&town.core, "C1", "It is over", "operator").unwrap(), 1);
    assert_eq!(hold::list(&town.core).unwrap(), []);
    assert_eq!(removed(&town), [note.id]);
    let deeds = super::deeds(&town.core);
    let holds = deeds.iter().filter(|deed| deed.starts_with("hold"));
    assert_eq!(holds.collect::<Vec<_>>(), ["hold.put", "hold.lifted"]);
}

#[test]
fn a_hold_follows_whoever_turns_out_to_be_somebody_else() {
    let (town, _, note) = forgotten();
    hold::add(&town.core, "C1", "Inquest", "operator").unwrap();
    people(&town.core, b"case_id,merged_into\nC1,C2\n", "client:mosaic").unwrap();
    town.run();
    let_go(&town, TOM);
    says(&town, "mosaic", &note, "imported");
    years_pass(&town);
    assert_eq!(rule(&town, note.id), Some(vec![Stays::Hold]));
    assert_eq!(hold::list(&town.core).unwrap()[0].1, "C2");
    // The old case id leads to the survivor.
    assert_eq!(hold::lift(&town.core, "C1", "It is over", "operator").unwrap(), 1);
    assert_eq!(rule(&town, note.id), Some(vec![]));
}

#[test]
fn a_hold_needs_somebody_and_a_reason() {
    let (town, _) = council();
    let long = "x".repeat(2_001);
    for (case_id, reason, code) in [
        ("C9", "Inquest", Code::CaseUnknown),
        ("C1", "  ", Code::ReasonMissing),
        ("C1", long.as_str(), Code::ParameterInvalid),
    ] {
        for refused in [
            hold::add(&town.core, case_id, reason, "operator").map(|_| ()),
            hold::lift(&town.core, case_id, reason, "operator").map(|_| ()),
        ] {
            assert!(
                matches!(refused, Err(OpError::Refused(said)) if said == code),
                "{refused:?}"
            );
        }
    }
    let none = hold::lift(&town.core, "C1", "It is over", "operator");
    assert!(
        matches!(none, Err(OpError::Because(Code::NotFound, _))),
        "{none:?}"
    );
    assert_eq!(super::deeds(&town.core), Vec::<String>::new());
}

#[test]
fn only_what_every_case_system_has_goes() {
    type Say = (&'static str, &'static str);
    let lines: [(&[Say], &[Stays]); 8] = [
        (&[], &[Stays::NoReceipt]),
        (&[("mosaic", "deferred")], &[Stays::NoReceipt]),
        (&[("mosaic", "refused")], &[Stays::OpenIssue, Stays::Refused]),
        (&[("mosaic", "imported")], &[]),
        (&[("mosaic", "duplicate")], &[]),
        (
            &[("mosaic", "imported"), ("eclipse", "deferred")],
            &[Stays::NoReceipt],
        ),
        (&[("mosaic", "imported"), ("eclipse", "imported")], &[]),
        (
            &[
                ("mosaic", "imported"),
                ("eclipse", "refused"),
                ("eclipse", "imported"),
            ],
            &[],
        ),
    ];
    for (said, stays) in lines {
        let (town, phone) = council();
        let note = finished(&town, phone, 1, MARGARET);
        for (who, outcome) in said {
            says(&town, who, &note, outcome);
        }
        let_go(&town, MARGARET);
        years_pass(&town);
        assert_eq!(rule(&town, note.id).as_deref(), Some(stays), "{said:?}");
        assert_eq!(removed(&town).len(), usize::from(stays.is_empty()), "{said:?}");
    }
}

#[test]
fn a_newer_version_that_nobody_has_keeps_it_and_a_case_system_without_keys_does_not_count() {
    let (town, phone) = council();
    let mut note = finished(&town, phone, 1, MARGARET);
    says(&town, "mosaic", &note, "imported");
    says(&town, "eclipse", &note, "imported");
    phone.add(&mut note, "a", "W1", "She rang.");
    phone.publish(&town, &mut note, Some(MARGARET));
    let_go(&town, MARGARET);
    years_pass(&town);
    assert_eq!(rule(&town, note.id), Some(vec![Stays::NoReceipt]));
    let newest = town.events()[1].clone();
    let body = json!([{"event_id": newest["event_id"], "sha256": newest["sha256"], "outcome": "imported"}]);
    receipts(&town.core, &client("mosaic"), body.to_string().as_bytes()).unwrap();
    assert_eq!(
        rule(&town, note.id),
        Some(vec![Stays::NoReceipt]),
        "the other has the first only"
    );
    let mut gone = client("eclipse");
    gone.revoked_at = Some(1);
    town.core.store.write(|tx| tx.client_put(&gone)).unwrap();
    assert_eq!(removed(&town), [note.id]);
}

#[test]
fn what_is_not_finished_or_not_settled_stays() {
    let (town, phone) = council();
    let mut open = phone.begin(1, MARGARET);
    phone.publish(&town, &mut open, Some(MARGARET));
    let mut note = finished(&town, phone, 2, MARGARET);
    says(&town, "mosaic", &note, "imported");
    let_go(&town, MARGARET);
    years_pass(&town);
    let open_stays = Some(vec![Stays::Unfinished, Stays::NotSent]);
    assert_eq!(rule(&town, open.id), open_stays);
    assert_eq!(rule(&town, note.id), Some(vec![]));
    // Something comes for it at the last moment.
    phone.add(&mut note, "a", "W1", "She rang.");
    phone.push(&town, &mut note, Some(MARGARET));
    assert_eq!(rule(&town, note.id), None, "that is a contact too");
    years_pass(&town);
    assert_eq!(rule(&town, note.id), Some(vec![Stays::Unsettled]));
    town.run();
    assert_eq!(rule(&town, note.id), Some(vec![Stays::NoReceipt]));
    says(&town, "mosaic", &note, "imported");
    assert_eq!(removed(&town), [note.id]);
    assert_eq!(rule(&town, open.id), open_stays);
}

#[test]
fn a_question_about_one_note_keeps_all_of_its_person() {
    let (town, phone) = council();
    let pair = [1, 2].map(|number| {
        let mut note = phone.begin(number, MARGARET);
        phone.finish(&mut note, "W1");
        phone.publish(&town, &mut note, Some(MARGARET));
        says(&town, "mosaic", &note, "imported");
        note
    });
    let_go(&town, MARGARET);
    years_pass(&town);
    for note in &pair {
        assert_eq!(rule(&town, note.id), Some(vec![Stays::OpenIssue]));
    }
    let issue = town.issue("possible_duplicate");
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(
        &town.core,
        id,
        "keep_both",
        &serde_json::Map::new(),
        "operator",
        "Two visits",
    )
    .unwrap();
    assert_eq!(removed(&town), [pair[0].id, pair[1].id]);
}

#[test]
fn a_page_goes_when_no_note_is_left() {
    let (town, phone) = council();
    let page = DocumentId::about(MARGARET);
    page_begins(&town, MARGARET, "Knock twice.");
    let (note, other) = (
        finished(&town, phone, 1, MARGARET),
        finished(&town, phone, 2, MARGARET),
    );
    says(&town, "mosaic", &note, "imported");
    let_go(&town, MARGARET);
    years_pass(&town);
    assert_eq!(rule(&town, page), Some(vec![Stays::Notes]));
    assert_eq!(removed(&town), [note.id]);
    assert_eq!(rule(&town, page), Some(vec![Stays::Notes]));
    says(&town, "mosaic", &other, "imported");
    assert_eq!(rule(&town, page), Some(vec![]));
    assert_eq!(removed(&town), [other.id, page]);
    assert_eq!(super::deeds(&town.core).last().unwrap(), "page.removed");
}

#[test]
fn the_server_does_it_once_a_day_and_a_few_at_a_time() {
    let (town, phone) = council();
    let notes: Vec<Copy> = (1..=3)
        .map(|number| finished(&town, phone, number, MARGARET))
        .collect();
    notes
        .iter()
        .for_each(|note| says(&town, "mosaic", note, "imported"));
    let_go(&town, MARGARET);
    years_pass(&town);
    assert_eq!(remove(&town.core, 2, "server").unwrap().len(), 2);
    let mut next_at = 0;
    sweep(&town.core, &mut next_at).unwrap();
    assert_eq!(next_at, town.core.host.now_ms() + DAY_MS);
    assert!(town.events().iter().all(|event| event["type"] == "note.removed"));
    // Whoever has nothing to do does not look again before the next day.
    let before = next_at;
    sweep(&town.core, &mut next_at).unwrap();
    assert_eq!(next_at, before);
    town.clock.forward(DAY_MS);
    sweep(&town.core, &mut next_at).unwrap();
    assert_eq!(next_at, before + DAY_MS);
}

#[test]
fn a_kill_behind_the_removal_does_not_leave_its_bytes_in_the_log_of_changes() {
    let (town, _, note) = forgotten();
    let host = &town.core.host;
    let changes = town.core.folder.join("doorstep.db-wal");
    let length = || std::fs::metadata(&changes).map_or(0, |found| found.len());
    let why = crate::sync::Why::Order("By order of the court.");
    let gone = town
        .core
        .store
        .write(|tx| crate::sync::erase(tx, host, note.id, why, "operator"));
    assert!(gone.unwrap().is_some() && length() > 0);
    // Whoever was to cut it is dead; the server does.
    let words = b"We talked.";
    let mut never = i64::MAX;
    sweep(&town.core, &mut never).unwrap();
    let left = std::fs::read(&changes).unwrap();
    assert!(!left.windows(words.len()).any(|window| window == words));
    assert_eq!(town.read(crate::sync::uncleared), None);
    // Nothing is to be cut again.
    let before = length();
    sweep(&town.core, &mut never).unwrap();
    assert_eq!(length(), before);
}

#[test]
fn the_persons_copy_says_that_something_was_removed_and_why_it_was_kept_but_no_word_of_either() {
    let (town, _, _) = forgotten();
    hold::add(&town.core, "C1", "Inquest", "operator").unwrap();
    hold::lift(&town.core, "C1", "Inquest closed", "operator").unwrap();
    assert_eq!(removed(&town).len(), 1);
    let copy = prepare(&town.core, "C1", &Wanted::default(), "operator").unwrap();
    for (words, told) in [
        ("because its time to be kept was over", true),
        ("For a legal reason nothing of your record is removed", true),
        ("Inquest", false),
        ("We talked", false),
    ] {
        assert_eq!(copy.html.contains(words), told, "{words}");
        assert_eq!(copy.json.contains(words), told, "{words}");
    }
}
