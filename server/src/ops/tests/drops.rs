//! The file drop: what lies in the folder, what a killed run leaves, and receipts back from it.

use std::path::{Path, PathBuf};

use notes::problem::Code;
use serde_json::{Value, json};

use crate::export::tests::town::{MARGARET, Town};
use crate::export::{Asked, Format, feed};
use crate::ops::OpError;
use crate::ops::file_drop::{Dropped, Wanted, run};
use crate::testing::Folder;

const NDJSON: Wanted = Wanted {
    format: Format::Ndjson,
    per_file: 2,
};

fn finish(town: &Town, numbers: impl IntoIterator<Item = u8>) {
    let known = town.read(|tx| tx.device(notes::ids::DeviceId([1; 16])));
    let phone = match known {
        Some(_) => Town::known_phone(1),
        None => town.phone("W1", 1),
    };
    for number in numbers {
        let mut note = phone.begin(number, MARGARET);
        phone.type_in(&mut note, "body", 0, &format!("Visit {number}."));
        phone.finish(&mut note, "W1");
        phone.publish(town, &mut note, Some(MARGARET));
    }
}

fn drop_into(town: &Town, folder: &Folder, wanted: Wanted) -> Dropped {
    run(&town.core, &folder.path().join("out"), wanted, "operator").unwrap()
}

fn out(folder: &Folder, name: &str) -> PathBuf {
    folder.path().join("out").join(name)
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(folder: &Folder, number: u64) -> Value {
    let path = out(folder, &format!("notes-{number:06}.manifest.json"));
    serde_json::from_slice(&read(&path)).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    crate::hex::hex(&sha2::Sha256::digest(bytes))
}

/// All events of finished files, in the order of their numbers.
fn taken(folder: &Folder) -> Vec<u8> {
    let mut all = Vec::new();
    for number in 1.. {
        let path = out(folder, &format!("notes-{number:06}.manifest.json"));
        if !path.exists() {
            break;
        }
        let manifest = manifest(folder, number);
        let events = read(&out(folder, manifest["file"].as_str().unwrap()));
        assert_eq!(manifest["sha256"], sha256(&events));
        assert_eq!(manifest["bytes"], events.len());
        all.extend(events);
    }
    all
}

fn whole(town: &Town) -> Vec<u8> {
    let asked = Asked {
        after: None,
        limit: 1_000,
        format: Format::Ndjson,
    };
    feed(&town.core, asked).unwrap().lines
}

#[test]
fn the_feed_lies_in_numbered_files_each_with_a_manifest() {
    let (town, folder) = (Town::new(), Folder::new());
    finish(&town, 1..=5);
    let dropped = drop_into(&town, &folder, NDJSON);
    assert_eq!((dropped.files, dropped.events), (3, 5));
    assert_eq!(taken(&folder), whole(&town));
    let (first, second) = (manifest(&folder, 1), manifest(&folder, 2));
    assert_eq!(
        (&first["number"], &first["after"], &first["previous"]),
        (&json!(1), &json!(null), &json!(null))
    );
    assert_eq!(second["after"], first["next"]);
    assert_eq!(
        second["previous"],
        sha256(&read(&out(&folder, "notes-000001.manifest.json")))
    );
    assert_eq!(first["events"].as_array().unwrap().len(), 2);
    let head = town.read(|tx| tx.log_head());
    assert_eq!(
        first["log"],
        json!({"seq": head.seq, "chain": crate::hex::hex(&head.chain)})
    );
    // Told again, there is nothing to do; then the next number.
    let dropped = drop_into(&town, &folder, NDJSON);
    assert_eq!((dropped.files, dropped.events), (0, 0));
    finish(&town, [6]);
    let csv = Wanted {
        format: Format::Csv,
        per_file: 1_000,
    };
    assert_eq!(drop_into(&town, &folder, csv).events, 1);
    let last = manifest(&folder, 4);
    assert_eq!(last["media_type"], "text/csv");
    assert_eq!(last["adapter"], "csv/1; mapping=none");
    assert!(read(&out(&folder, "notes-000004.csv")).starts_with(b"event_id,"));
}

#[test]
fn a_run_that_was_killed_is_told_again_and_nothing_is_missing_or_twice() {
    // What lies in the folder when a run dies between two steps, and what must come of it.
    let leave: [(&str, &[&str]); 4] = [
        (
            "before anything of the third",
            &[
                "notes-000003.ndjson",
                "notes-000003.manifest.json",
                "sent/000003.json",
            ],
        ),
        (
            "behind its events",
            &["notes-000003.manifest.json", "sent/000003.json"],
        ),
        ("behind its manifest", &["sent/000003.json"]),
        ("behind all of it", &[]),
    ];
    for (when, missing) in leave {
        let (town, folder) = (Town::new(), Folder::new());
        finish(&town, 1..=5);
        drop_into(&town, &folder, NDJSON);
        for name in missing {
            std::fs::remove_file(out(&folder, name)).unwrap();
        }
        std::fs::write(out(&folder, ".part-notes-000003.ndjson"), "half").unwrap();
        finish(&town, [6, 7]);
        drop_into(&town, &folder, NDJSON);
        assert_eq!(taken(&folder), whole(&town), "killed {when}");
    }
}

#[test]
fn files_that_were_taken_away_are_not_written_again() {
    let (town, folder) = (Town::new(), Folder::new());
    finish(&town, 1..=4);
    drop_into(&town, &folder, NDJSON);
    for name in [
        "notes-000001.ndjson",
        "notes-000001.manifest.json",
        "notes-000002.ndjson",
        "notes-000002.manifest.json",
    ] {
        std::fs::remove_file(out(&folder, name)).unwrap();
    }
    assert_eq!(drop_into(&town, &folder, NDJSON).files, 0);
    finish(&town, [5]);
    assert_eq!(drop_into(&town, &folder, NDJSON).files, 1);
    assert_eq!(manifest(&folder, 3)["events"].as_array().unwrap().len(), 1);
}

#[test]
fn one_run_at_a_time() {
    let (town, folder) = (Town::new(), Folder::new());
    drop_into(&town, &folder, NDJSON);
    let held = std::fs::File::create(out(&folder, ".lock")).unwrap();
    held.lock().unwrap();
    let refused = run(&town.core, &folder.path().join("out"), NDJSON, "operator");
    assert!(
        matches!(refused, Err(OpError::Because(Code::Busy, _))),
        "{refused:?}"
    );
    for (format, per_file) in [(Format::Fhir, 1), (Format::Csv, 0), (Format::Csv, 1_001)] {
        let refused = run(&town.core, folder.path(), Wanted { format, per_file }, "operator");
        assert!(
            matches!(refused, Err(OpError::Because(Code::ParameterInvalid, _))),
            "{refused:?}"
        );
    }
}

#[test]
fn receipts_are_taken_from_the_folder_in_each_of_its_forms() {
    let (town, folder) = (Town::new(), Folder::new());
    finish(&town, 1..=4);
    drop_into(&town, &folder, NDJSON);
    let of = |n: usize, outcome: &str| {
        let event = &town.events()[n];
        json!({"event_id": event["event_id"], "sha256": event["sha256"], "outcome": outcome, "reason": "Closed, \"case\""})
    };
    let put = |name: &str, text: String| std::fs::write(out(&folder, "receipts").join(name), text).unwrap();
    put(
        "a.json",
        json!([of(0, "imported"), {"event_id": "x", "sha256": "y", "outcome": "imported"}]).to_string(),
    );
    put(
        "b.ndjson",
        format!("{}\n\n{}\n", of(1, "deferred"), of(1, "imported")),
    );
    let refused = of(2, "refused");
    put(
        "c.csv",
        format!(
            "\u{feff}event_id,sha256,outcome,case_system_ref,reason_code,reason\r\n{},{},refused,,closed,\"Closed, \"\"case\"\"\"\r\n",
            refused["event_id"].as_str().unwrap(),
            refused["sha256"].as_str().unwrap(),
        ),
    );
    put(".d.json", "[{".to_owned());
    put("e.json", "[{".to_owned());
    put("f.csv", "event_id,outcome\nx,imported\n".to_owned());
    put("g.xml", "<receipts/>".to_owned());
    let dropped = drop_into(&town, &folder, NDJSON);
    assert_eq!((dropped.receipts, dropped.receipts_refused), (4, 1));
    let unreadable: Vec<&str> = dropped.unreadable.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(unreadable, ["e.json", "f.csv", "g.xml"]);
    assert!(
        dropped.unreadable[1].reason.contains("sha256"),
        "{:?}",
        dropped.unreadable
    );
    let answers: Value =
        serde_json::from_slice(&read(&out(&folder, "receipts/done/a.json.answers.json"))).unwrap();
    assert_eq!(
        (&answers[0]["status"], &answers[1]["code"]),
        (&json!("accepted"), &json!("receipt_unknown"))
    );
    assert!(out(&folder, "receipts/done/c.csv").exists() && !out(&folder, "receipts/c.csv").exists());
    assert!(out(&folder, "receipts/.d.json").exists() && out(&folder, "receipts/e.json").exists());
    let issue = town.issue("export_refused");
    assert_eq!(issue["detail"]["reason"], "Closed, \"case\"");
    // Killed before it was put away, and so taken a second time: nothing changes.
    std::fs::rename(
        out(&folder, "receipts/done/a.json"),
        out(&folder, "receipts/a.json"),
    )
    .unwrap();
    let dropped = drop_into(&town, &folder, NDJSON);
    assert_eq!((dropped.receipts, dropped.receipts_refused), (1, 1));
    town.issue("export_refused");
}

#[test]
fn after_a_restore_the_folder_says_what_it_was_given() {
    let (town, folder) = (Town::new(), Folder::new());
    finish(&town, 1..=2);
    drop_into(&town, &folder, NDJSON);
    let backup = town.backup();
    finish(&town, 3..=4);
    drop_into(&town, &folder, NDJSON);
    let before = town.events();
    let restored = town.restored(&backup);
    finish(&restored, 3..=4);
    let dropped = drop_into(&restored, &folder, NDJSON);
    // Nobody answered, so all of it comes again; what the server had lost, under versions above.
    assert_eq!(dropped.events, 6);
    let all = taken(&folder);
    let events: Vec<Value> = all
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    for lost in &before[2..] {
        let versions: Vec<(&Value, &Value)> = events
            .iter()
            .filter(|e| e["note_id"] == lost["note_id"])
            .map(|e| (&e["version"], &e["sha256"]))
            .collect();
        assert_eq!(versions.first().map(|v| v.0), Some(&json!(1)));
        assert_eq!(versions.last().map(|v| v.0), Some(&json!(2)), "{versions:?}");
    }
    assert_eq!(drop_into(&restored, &folder, NDJSON).events, 0);
}
