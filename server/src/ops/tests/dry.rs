//! Dry runs, and what an answer lists: the same words as for the deed, and nothing done.

use super::{deeds, news_head};
use crate::core::Core;
use crate::import::Format;
use crate::ops::import::{Change, How, Imported, Mode, What, people, people_as, workers, workers_as};
use crate::testing::core;

const PEOPLE: &str = "case_id,forename,surname,phone,allocated_worker\nP1,Cat,Cedar,1,W1\nP2,Dan,Damson,2,W1\nP3,Eve,Elder,3,W1\n";
const CHANGED: &str = "case_id,forename,surname,phone,allocated_worker,merged_into\n\
                       P1,Cat,Cedar,9,W2,\nP4,New,Name,,,\nP2,,,,,P1\n,No,Id,,,\n";

/// Everything that an import could have written.
fn all(core: &Core) -> String {
    let read = core.store.read(|tx| {
        let people = ["P1", "P2", "P3", "P4"].map(|id| tx.person_by_case(id));
        let left = tx.people_here()?;
        let (log, audit) = (tx.log_head()?, tx.audit_after(0, 1_000)?);
        let workers = (tx.worker("W1")?, tx.worker("W2")?, tx.workers_here()?);
        Ok::<_, crate::store::StoreError>(format!("{people:?} {left:?} {log:?} {audit:?} {workers:?}"))
    });
    format!("{} {}", read.unwrap(), news_head(core))
}

fn how(dry_run: bool) -> How {
    How {
        format: Format::Csv,
        mode: Mode::Whole,
        dry_run,
        confirm: None,
    }
}

#[test]
fn a_dry_run_answers_as_the_deed_would_and_does_nothing() {
    let (core, _folder, _) = core();
    workers(
        &core,
        b"worker_id,name,team\nW1,Ann,North\nW2,Bob,South\n",
        "test",
    )
    .unwrap();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    let before = all(&core);
    let file = CHANGED.replace(",No,Id,,,\n", "P3,,,,,\n");
    let seen = people_as(&core, file.as_bytes(), how(true), "test").unwrap();
    let workers_seen = workers_as(&core, b"worker_id,name\nW1,Anna\n", how(true), "test").unwrap();
    assert_eq!(all(&core), before);
    assert!(seen.dry_run && workers_seen.dry_run);
    let done = people_as(&core, file.as_bytes(), how(false), "test").unwrap();
    let workers_done = workers_as(&core, b"worker_id,name\nW1,Anna\n", how(false), "test").unwrap();
    assert_ne!(all(&core), before);
    for (seen, done) in [(seen, done), (workers_seen, workers_done)] {
        assert!(!done.dry_run);
        let done = Imported {
            dry_run: true,
            ..done
        };
        assert_eq!(seen, done);
    }
}

#[test]
fn what_changed_is_listed_by_line_without_what_stands_in_it() {
    let (core, _folder, _) = core();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    let answer = people_as(&core, CHANGED.as_bytes(), How::default(), "test").unwrap();
    let change = |line, case_id: &str, what, columns: &[&'static str]| Change {
        line: Some(line),
        case_id: Some(case_id.into()),
        worker_id: None,
        what,
        columns: columns.to_vec(),
    };
    assert_eq!(
        answer.changes,
        [
            change(2, "P1", What::Changed, &["phone", "allocated_worker"]),
            change(3, "P4", What::Added, &[]),
            change(4, "P2", What::Merged, &["merged_into"]),
        ]
    );
    assert_eq!((answer.added, answer.changed, answer.unchanged), (1, 2, 0));
    assert_eq!((answer.merged, answer.rejected.len()), (1, 1));
    let said = serde_json::to_value(&answer).unwrap();
    assert_eq!(said["changes"][2]["what"], "merged");
    assert!(!said.to_string().contains("Cedar"));
    let again = people_as(&core, CHANGED.as_bytes(), How::default(), "test").unwrap();
    assert_eq!((again.changes.len(), again.unchanged), (0, 3));
}

#[test]
fn of_many_changes_a_thousand_are_listed_and_the_others_counted() {
    let (core, _folder, _) = core();
    let file = (0..1_200)
        .map(|n| format!("{{\"case_id\":\"P{n}\",\"surname\":\"Ash\"}}\n"))
        .collect::<Vec<_>>()
        .concat();
    let lines = How {
        format: Format::Ndjson,
        ..How::default()
    };
    let answer = people_as(&core, file.as_bytes(), lines, "test").unwrap();
    assert_eq!(
        (answer.added, answer.changes.len(), answer.changes_unlisted),
        (1_200, 1_000, 200)
    );
}

#[test]
fn json_lines_say_what_csv_says_and_leave_what_they_do_not_name() {
    let (core, _folder, _) = core();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    let lines = How {
        format: Format::Ndjson,
        ..How::default()
    };
    let import = |text: &str| people_as(&core, text.as_bytes(), lines, "test").unwrap();
    let person = |id: &str| core.store.read(|tx| tx.person_by_case(id)).unwrap().unwrap();
    let same = "{\"case_id\":\"P1\",\"forename\":\"Cat\",\"surname\":\"Cedar\",\"phone\":\"1\",\"allocated_worker\":\"W1\"}\n\
                {\"case_id\":\"P2\"}\n";
    assert_eq!(import(same).unchanged, 2);
    let audit = deeds(&core);
    let answer = import(
        "{\"case_id\":\"P1\",\"surname\":\"Cypress\"}\n{\"case_id\":\"P2\",\"phone\":null}\n{\"case_id\":\"P8\"}\n",
    );
    assert_eq!(
        (answer.changed, answer.rejected.len()),
        (2, 1),
        "nobody knows how P8 is called"
    );
    assert_eq!(answer.rejected[0].line, 3);
    assert_eq!(answer.changes[0].columns, ["surname"]);
    assert_eq!(
        (person("P1").name.as_str(), person("P1").phone.as_deref()),
        ("Cat Cypress", Some("1"))
    );
    assert_eq!(
        (person("P2").phone, person("P2").name.as_str()),
        (None, "Dan Damson")
    );
    assert_eq!(deeds(&core).len(), audit.len() + 1);
}
