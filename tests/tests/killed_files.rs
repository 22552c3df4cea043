//! Files past `kill -9`: the real phone killed while it attaches, the real server killed while files come in. A file
//! that was attached is there or the note does not name it; a file that was sent is the same, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use doorstep_tests::process::{Process, program};
use doorstep_tests::{Chance, Folder, seed};
use notes::attachment::AttachmentId;
use serde_json::Value;
use server::core::Core;
use server::host::Host;

/// `doorstep-phone`, a process for each command.
struct Phone {
    dir: PathBuf,
}

impl Phone {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program("doorstep-phone"));
        command.arg("--dir").arg(&self.dir).arg("--json").args(args);
        command
            .env("DOORSTEP_PIN", "4711")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn runs(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn says(&self, args: &[&str]) -> Value {
        let output = self.runs(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn begins(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }
}

fn photo(folder: &Path, chance: &Chance, length: usize) -> (PathBuf, Vec<u8>) {
    let mut bytes = b"\xff\xd8\xff\xe0".to_vec();
    while bytes.len() < length {
        bytes.extend(chance.bytes::<32>());
    }
    let path = folder.join(format!("{}.jpg", AttachmentId::of(&bytes)));
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes)
}

/// A server and an enrolled phone with a note.
fn scene(folder: &Path) -> (Process, Phone, String) {
    let server = Process::with_sample_team(folder);
    let phone = Phone {
        dir: folder.join("phone"),
    };
    phone.says(&["enrol", &server.code("W105"), "--server", server.url()]);
    let note = phone.says(&["new", "P104201", "home_visit"])["id"]
        .as_str()
        .unwrap()
        .to_owned();
    (server, phone, note)
}

fn kill(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
fn a_phone_that_is_killed_while_it_attaches_has_the_file_or_does_not_name_it() {
    let seed = seed(2051);
    let chance = Chance::new(seed, "killer");
    let folder = Folder::new();
    let (_server, phone, note) = scene(folder.path());
    let (mut there, mut not) = (0, 0);
    for n in 0..12 {
        let (path, bytes) = photo(folder.path(), &chance, 4_000_000);
        let id = AttachmentId::of(&bytes).to_string();
        let attach = phone.begins(&["attach", &note, path.to_str().unwrap(), "--caption", "The step"]);
        match n {
            0 => kill(attach, Duration::ZERO),
            11 => drop(attach.wait_with_output().unwrap()),
            _ => kill(attach, Duration::from_millis(chance.below(60) * 10)),
        }
        let shown = phone.says(&["show", &note]);
        let named = shown["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["id"] == id.as_str());
        let to = folder.path().join("copy");
        let fetched = phone.runs(&["show", &note, "--attachment", &id, "--to", to.to_str().unwrap()]);
        assert_eq!(fetched.status.success(), named, "seed {seed}, kill {n}");
        if named {
            assert!(
                std::fs::read(&to).unwrap() == bytes,
                "seed {seed}, kill {n}: other bytes"
            );
            there += 1;
        } else {
            not += 1;
        }
    }
    println!("{there} attached, {not} not");
    assert!(there > 0 && not > 0, "seed {seed}: the kills fall on both sides");
}

#[test]
fn a_server_that_is_killed_while_files_come_in_has_them_whole_in_the_end() {
    let seed = seed(2052);
    let chance = Chance::new(seed, "killer");
    let folder = Folder::new();
    let (mut server, phone, note) = scene(folder.path());
    let files: Vec<_> = (0..3).map(|_| photo(folder.path(), &chance, 5_000_000)).collect();
    for (path, _) in &files {
        phone.says(&["attach", &note, path.to_str().unwrap()]);
    }
    phone.says(&["finish", &note]);
    let mut kills = 0;
    loop {
        let sync = phone.begins(&["sync"]);
        if kills < 12 {
            std::thread::sleep(Duration::from_millis(200 + chance.below(600)));
            server.kill();
            kills += 1;
            let _ = sync.wait_with_output().unwrap();
            let item = phone.says(&["list"])[0].clone();
            let state = item["state"].as_str().unwrap().to_owned();
            if state == "on_server" {
                let core = Core::open(&folder.path().join("server"), None, Host::system()).unwrap();
                for (_, bytes) in &files {
                    let file = core
                        .store
                        .read(|tx| tx.attachment(AttachmentId::of(bytes)))
                        .unwrap();
                    assert!(file.is_some(), "seed {seed}: shown as sent, and not there");
                }
            }
            server.start();
        } else {
            let _ = sync.wait_with_output().unwrap();
            let report = phone.says(&["sync"]);
            if report["waiting"] == 0 {
                break;
            }
        }
    }
    println!("{kills} kills");
    assert_eq!(phone.says(&["list"])[0]["state"], "on_server");
    server.wait_until_published();
    server.kill();
    server.verify();
    let core = Core::open(&folder.path().join("server"), None, Host::system()).unwrap();
    for (_, bytes) in &files {
        let id = AttachmentId::of(bytes);
        let file = core.store.read(|tx| tx.attachment(id)).unwrap().unwrap();
        let mut stored = Vec::new();
        while (stored.len() as u64) < file.bytes {
            stored.extend(
                server::attachments::piece(&core, &file, stored.len() as u64)
                    .unwrap()
                    .1,
            );
        }
        assert!(stored == *bytes, "seed {seed}: {id} is another file");
    }
    let page = server::export::feed(
        &core,
        server::export::Asked {
            after: None,
            limit: 1_000,
            format: server::export::Format::Ndjson,
        },
    )
    .unwrap();
    let last = page
        .lines
        .split(|b| *b == b'\n')
        .rfind(|line| !line.is_empty())
        .unwrap();
    let event: Value = serde_json::from_slice(last).unwrap();
    let all = event["attachments"].as_array().unwrap();
    assert!(
        all.len() == 3 && all.iter().all(|one| one["available"] == true),
        "{event}"
    );
}
