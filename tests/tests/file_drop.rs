//! The file drop as a real process that is killed at any moment, beside a server that serves: whoever takes finished
//! files from the folder has each event once, in order, and no file changes after its manifest is there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use client_core::Ended;
use doorstep_tests::hex::hex;
use doorstep_tests::live::{LivePhone, watch};
use doorstep_tests::process::program;
use doorstep_tests::{Chance, Folder, Process, seed};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

const KILLS: usize = 40;

/// The finished files of a folder, by name, with what their manifests say.
fn finished(folder: &Path) -> BTreeMap<PathBuf, (Value, Vec<u8>)> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".manifest.json")
            || path.file_name().unwrap().to_string_lossy().starts_with('.')
        {
            continue;
        }
        let manifest: Value =
            serde_json::from_slice(&std::fs::read(&path).unwrap()).expect("a manifest is whole");
        let file = folder.join(manifest["file"].as_str().unwrap());
        let bytes = std::fs::read(&file).expect("a manifest comes after its file");
        let sha256 = hex(&Sha256::digest(&bytes));
        assert_eq!(manifest["sha256"], sha256, "{}", file.display());
        all.insert(path, (manifest, bytes));
    }
    all
}

fn writes_notes(phone: &mut LivePhone, server: &mut Process, count: usize) {
    for _ in 0..count {
        let note = phone.begins();
        phone
            .book
            .type_text(note, "body", None, 0, "She was in the garden.", 0)
            .unwrap();
        phone.book.finish(note).unwrap();
    }
    assert_eq!(phone.syncs(), Ended::Quiet);
    server.wait_until_published();
}

fn events(files: &BTreeMap<PathBuf, (Value, Vec<u8>)>) -> Vec<u8> {
    files.values().flat_map(|(_, bytes)| bytes.clone()).collect()
}

#[test]
fn a_run_may_be_killed_at_any_moment() {
    let chance = Chance::new(seed(61), "file drop");
    let folder = Folder::new();
    let mut server = Process::with_sample_team(folder.path());
    let out = folder.path().join("out");
    let mut phone = LivePhone::enrolled(
        "W101",
        &server.code("W101"),
        server.url(),
        folder.path(),
        chance.clone(),
    );
    let mut seen: BTreeMap<PathBuf, (Value, Vec<u8>)> = BTreeMap::new();
    let data = server.data().to_owned();
    let order = |into: &Path| {
        let mut order = Command::new(program("doorstep"));
        order.args(["export", "--per-file", "1", "--to"]).arg(into);
        order.env("DOORSTEP_DATA_DIR", &data).stdout(Stdio::null());
        order
    };
    // How long a whole run takes here and now, into a folder that nobody looks at.
    writes_notes(&mut phone, &mut server, 6);
    let begun = watch();
    assert!(
        order(&folder.path().join("elsewhere"))
            .status()
            .unwrap()
            .success()
    );
    let whole = watch().duration_since(begun);
    let mut killed = 0;
    for round in 0..KILLS {
        if round % 4 == 3 {
            writes_notes(&mut phone, &mut server, 6);
        }
        let mut run = order(&out).spawn().unwrap();
        std::thread::sleep(whole.mul_f64(f64::from(chance.bytes::<1>()[0]) / 255.0));
        killed += usize::from(run.try_wait().unwrap().is_none());
        let _ = run.kill();
        run.wait().unwrap();
        let now = finished(&out);
        for (path, before) in &seen {
            assert_eq!(
                now.get(path),
                Some(before),
                "{}: what is finished stays as it is",
                path.display()
            );
        }
        seen = now;
    }
    println!(
        "{killed} of {KILLS} runs were killed before they ended; {} files were finished by then",
        seen.len()
    );
    assert!(killed > KILLS / 8, "{killed} runs were killed");
    server.run(&["export", "--per-file", "1", "--to", out.to_str().unwrap()]);
    let core = server::core::Core::open(server.data(), None, server::host::Host::system()).unwrap();
    let asked = server::export::Asked {
        after: None,
        limit: 1_000,
        format: server::export::Format::Ndjson,
    };
    let feed = server::export::feed(&core, asked).unwrap();
    assert_eq!(feed.events, 6 * (1 + KILLS / 4));
    assert_eq!(events(&finished(&out)), feed.lines, "each event once, in order");
    // The case system takes the files away, answers, and the next run goes on.
    let answers: Vec<Value> = feed
        .told
        .iter()
        .map(|told| {
            let sha256 = hex(&told.sha256);
            serde_json::json!({"event_id": told.event_id, "sha256": sha256, "outcome": "imported"})
        })
        .collect();
    for path in finished(&out).into_keys() {
        std::fs::remove_file(path).unwrap();
    }
    std::fs::write(
        out.join("receipts/answers.json"),
        Value::Array(answers).to_string(),
    )
    .unwrap();
    let said: Value =
        serde_json::from_str(&server.run(&["export", "--json", "--to", out.to_str().unwrap()])).unwrap();
    assert_eq!(
        (said["receipts"].as_u64(), said["events"].as_u64()),
        (Some(feed.events as u64), Some(0)),
        "{said}"
    );
}
