//! What the sweeps for issues look for, and the finding of people and issues in steps.

use super::*;

fn a_device(n: u8) -> DeviceRecord {
    DeviceRecord {
        id: device(n),
        worker: "W1".into(),
        public_key: vec![4; 65],
        app: "test".into(),
        enrolled_at: 0,
        last_seen_at: None,
        revoked_at: None,
        waiting: 0,
        clock_offset_ms: 0,
        pulled_pub: 0,
    }
}

fn a_worker() -> WorkerRecord {
    WorkerRecord {
        id: "W1".into(),
        name: "Kofi".into(),
        email: None,
        role: "practitioner".into(),
        team: None,
        profession: None,
    }
}

#[test]
fn phones_are_found_by_what_waits_on_them_and_by_their_clocks() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            tx.worker_put(&a_worker())?;
            for (n, at, waiting, offset) in
                [(1, 10, 1, 0), (2, 20, 0, -900), (3, 30, 2, 901), (4, 40, 1, 900)]
            {
                tx.device_add(&a_device(n))?;
                tx.device_seen(device(n), at, (waiting, offset, 0), "test")?;
            }
            tx.device_add(&a_device(5))?;
            let ids = |found: Vec<DeviceRecord>| found.iter().map(|one| one.id.0[0]).collect::<Vec<_>>();
            assert_eq!(ids(tx.devices_waiting_since(40, 9)?), [1, 3]);
            assert_eq!(ids(tx.devices_waiting_since(41, 9)?), [1, 3, 4]);
            assert_eq!(ids(tx.devices_waiting_since(41, 1)?), [1]);
            assert_eq!(ids(tx.devices_off_by(900, 9)?), [3]);
            assert_eq!(ids(tx.devices_off_by(899, 9)?), [3, 4, 2]);
            assert_eq!(ids(tx.devices_off_by(899, 1)?), [3, 2]);
            // The farthest that a clock can be off is no trouble.
            tx.device_seen(device(2), 50, (0, i64::MIN, 0), "test")?;
            assert_eq!(ids(tx.devices_off_by(1_000, 9)?), [2]);
            assert_eq!(
                tx.device_of_subject(&device(3).to_string())?.unwrap().id,
                device(3)
            );
            assert_eq!(tx.device_of_subject("nothing")?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn drafts_are_found_by_when_they_were_begun_and_asked_about_once() {
    let (store, _folder) = store();
    let draft = |n: u8, at: i64, finished_at: Option<i64>, template: Template| DocumentRecord {
        id: DocumentId::at(at, [n; 10]),
        template,
        person: None,
        heads: vec![[n; 32]],
        kind: None,
        started_at: None,
        ended_at: None,
        finished_at,
        snapshot_pub: 0,
        snapshot: None,
        figures: None,
    };
    store
        .write(|tx| -> Check {
            let all = [
                draft(1, 1_000, None, Template::Note),
                draft(2, 2_000, Some(5), Template::Note),
                draft(3, 3_000, None, Template::About),
                draft(4, 4_000, None, Template::Note),
                draft(5, 5_000, None, Template::Note),
            ];
            for one in &all {
                tx.document_put(one)?;
            }
            assert_eq!(tx.drafts_before(5_000, 9)?, [all[0].id, all[3].id]);
            assert_eq!(tx.drafts_before(5_000, 1)?, [all[0].id]);
            let new = NewIssue {
                id: "i1".into(),
                kind: "overdue_draft".into(),
                opened_at: 1,
                document: Some(all[0].id),
                person: None,
                device: None,
                worker: None,
                seq: None,
                subject: "s".into(),
                detail: "{}".into(),
            };
            tx.issue_open(&new)?;
            assert_eq!(tx.drafts_before(5_000, 9)?, [all[3].id]);
            assert!(tx.issue_is_open("overdue_draft", "s")?);
            tx.issue_settle("i1", 2, "operator", "close", "why")?;
            assert!(!tx.issue_is_open("overdue_draft", "s")?);
            assert_eq!(tx.drafts_before(5_000, 9)?, [all[3].id]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_nobody_answered_is_found_in_steps_through_the_feed() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let client = ClientRecord {
                id: "mosaic".into(),
                name: "mosaic".into(),
                scope: "export.read".into(),
                public_keys: String::new(),
                created_at: 0,
                revoked_at: None,
            };
            tx.client_put(&client)?;
            for (n, note, version) in [(1, 1, 1), (2, 2, 1), (3, 1, 2), (4, 3, 1)] {
                tx.outbox_put(&EventRecord {
                    n,
                    event_id: format!("e{n}"),
                    kind: "note.finished".into(),
                    document: document(note),
                    version,
                    sha256: [1; 32],
                    created_at: i64::try_from(n).unwrap() * 10,
                    day: 0,
                    line: b"{}".to_vec(),
                })?;
            }
            tx.receipt_put(&Receipt {
                event_id: "e2".into(),
                client: "mosaic".into(),
                state: ReceiptState {
                    outcome: "deferred".into(),
                    case_system_ref: None,
                    reason_code: None,
                    reason: None,
                },
                received_at: 1,
            })?;
            let found = |after, before, most| -> Result<(Vec<String>, Option<u64>), StoreError> {
                let (found, end) = tx.unanswered("mosaic", after, before, most)?;
                Ok((found.into_iter().map(|one| one.event_id).collect(), end))
            };
            assert_eq!(found(0, 100, 9)?, (vec!["e3".to_owned(), "e4".to_owned()], None));
            assert_eq!(found(0, 40, 9)?, (vec!["e3".to_owned()], None));
            assert_eq!(found(0, 100, 2)?, (vec![], Some(2)));
            assert_eq!(
                found(2, 100, 2)?,
                (vec!["e3".to_owned(), "e4".to_owned()], Some(4))
            );
            assert_eq!(found(4, 100, 2)?, (vec![], None));
            Ok(())
        })
        .unwrap();
}

#[test]
fn people_are_found_by_what_tells_them_apart() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let mut one = a_person(1);
            (one.team, one.allocated_worker) = (None, None);
            one.name = "Zoë Marsh".into();
            one.surname = Some("Marsh".into());
            tx.person_put(&one)?;
            let mut other = a_person(2);
            (other.team, other.allocated_worker) = (None, None);
            other.nhs_number = Some("943 476 5870".into());
            other.date_of_birth = Some("1950-05-05".into());
            other.postcode = Some("zz11zz".into());
            tx.person_put(&other)?;
            let ids = |found: Vec<PersonRecord>| found.iter().map(|one| one.id.0[0]).collect::<Vec<_>>();
            assert_eq!(ids(tx.people_by_nhs("943 476 5919", 9)?), [1]);
            assert_eq!(ids(tx.people_by_nhs("9434765870", 9)?), [2]);
            assert_eq!(ids(tx.people_born("1950-05-05", 9)?), [2]);
            assert_eq!(ids(tx.people_at("ab12cd", 9)?), [1]);
            assert_eq!(ids(tx.people_at("ZZ1 1ZZ", 9)?), [2]);
            assert_eq!(ids(tx.people_called("zoë", 9)?), [1]);
            assert_eq!(ids(tx.people_called("oë", 9)?), Vec::<u8>::new());
            assert_eq!(ids(tx.people_surnamed("MARSH", 9)?), [1]);
            tx.person_merge(PersonId([1; 16]), PersonId([2; 16]))?;
            assert_eq!(
                ids(tx.people_surnamed("Marsh", 9)?),
                Vec::<u8>::new(),
                "merged into somebody"
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn an_issues_team_is_its_persons_and_else_its_workers() {
    let (store, _folder) = store();
    store
        .write(|tx| -> Check {
            let (north, south) = (tx.team_named("North")?, tx.team_named("South")?);
            tx.worker_put(&WorkerRecord {
                team: Some(north),
                ..a_worker()
            })?;
            for (n, team) in [(1, Some(south)), (2, None)] {
                let mut person = a_person(n);
                (person.team, person.allocated_worker) = (team, None);
                tx.person_put(&person)?;
            }
            let lines = [
                ("a", Some(1), Some(south)),
                ("b", Some(2), None),
                ("c", Some(9), Some(north)),
                ("d", None, Some(north)),
            ];
            for (at, (id, person, _)) in (10_i64..).zip(lines) {
                tx.issue_open(&NewIssue {
                    id: id.into(),
                    kind: "held".into(),
                    opened_at: at,
                    document: None,
                    person: person.map(|n| PersonId([n; 16])),
                    device: None,
                    worker: Some("W1".into()),
                    seq: None,
                    subject: id.into(),
                    detail: "{}".into(),
                })?;
            }
            for (id, _, team) in lines {
                assert_eq!(tx.issue_team(id)?, Some(team), "{id}");
            }
            assert_eq!(tx.issue_team("none")?, None);
            let rows = tx.issue_rows_open((10, "a"), 2)?;
            let seen: Vec<_> = rows
                .iter()
                .map(|row| (row.id.as_str(), row.at, row.team))
                .collect();
            assert_eq!(seen, [("b", 11, None), ("c", 12, Some(north))]);
            tx.issue_settle("c", 50, "operator", "close", "why")?;
            tx.issue_settle("a", 60, "operator", "close", "why")?;
            let rows = tx.issue_rows_ended((i64::MAX, ""), 9)?;
            let seen: Vec<_> = rows
                .iter()
                .map(|row| (row.id.as_str(), row.at, row.opened_at))
                .collect();
            assert_eq!(seen, [("a", 60, 10), ("c", 50, 12)]);
            assert_eq!(tx.issue_rows_ended((60, "a"), 9)?.len(), 1);
            Ok(())
        })
        .unwrap();
}
