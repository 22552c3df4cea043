//! The case system's door: 100,000 notes leaving a real process in each format, what that costs it in memory, and what
//! readers cost the phones.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use client_core::Ended;
use doorstep_tests::live::{LivePhone, watch};
use doorstep_tests::{Chance, Process};
use notes::ids::DocumentId;
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use server::core::Core;
use server::host::Host;
use server::store::{EventRecord, StoreError};

use super::meter::{Folder, Peak, resident};
use super::table::Table;
use doorstep_tests::visit::{Step, note};

/// Notes that are written on a phone; the others are these under new ids.
const TEMPLATES: u64 = 250;
const NOTES: u64 = 100_000;
/// Turns of the phone with readers, and without.
const TURNS: u32 = 12;
const A_TURN: Duration = Duration::from_millis(1_500);
const KEY: [u8; 32] = [7; 32];

/// Measures all of it.
pub(crate) fn run(table: &mut Table) {
    let folder = Folder::on_disk("export");
    let mut server = Process::at(&folder.0.join("server"));
    let key = "07".repeat(32);
    server.set_environment(vec![("DOORSTEP_DATABASE_KEY".to_owned(), key)]);
    server.imports_sample_team();
    server.start();
    let chance = Chance::new(4, "export");
    let mut phone = LivePhone::enrolled("W101", &server.code("W101"), server.url(), &folder.0, chance);
    (0..TEMPLATES).for_each(|n| write(&mut phone, n));
    assert_eq!(phone.syncs(), Ended::Quiet);
    server.wait_until_published();
    assert!(server.end().success());
    multiply(server.data());
    server.start();
    let token = token(&server, &folder.0);
    leave(table, &server, &token);
    beside_phones(table, &server, &token, &mut phone);
}

fn write(phone: &mut LivePhone, n: u64) {
    let id = phone.begins();
    for step in note(n) {
        match step {
            Step::Type(at, text) => phone.book.type_text(id, "body", Some(at), 0, &text, 0).unwrap(),
            Step::Set(path, value) => {
                phone.book.set(id, path, &value).unwrap();
            }
        }
    }
    phone.book.finish(id).unwrap();
}

/// Fills the feed with copies, each with ids and a place of its own.
fn multiply(data: &Path) {
    let core = Core::open(data, Some(KEY), Host::system()).unwrap();
    let templates = core.store.read(|tx| tx.outbox_after(0, 1_000)).unwrap();
    assert_eq!(templates.len() as u64, TEMPLATES);
    let mut n = TEMPLATES;
    while n < NOTES {
        core.store
            .write(|tx| -> Result<(), StoreError> {
                for template in &templates {
                    n += 1;
                    tx.outbox_put(&copy(template, n))?;
                }
                Ok(())
            })
            .unwrap();
    }
}

fn copy(template: &EventRecord, n: u64) -> EventRecord {
    let id = |first: u8| {
        let mut bytes = template.document.0;
        bytes[0] = first;
        bytes[8..].copy_from_slice(&n.to_be_bytes());
        DocumentId(bytes)
    };
    let (note_id, event_id) = (id(1), id(2).to_string());
    let text = String::from_utf8(template.line.clone()).unwrap();
    let (_, rest) = text.split_once("\"cursor\":\"").unwrap();
    let old = rest.split_once('"').unwrap().0;
    let mut place = B64.decode(old).unwrap();
    place[8..].copy_from_slice(&n.to_be_bytes());
    let text = text.replacen(old, &B64.encode(place), 1);
    let text = text.replacen(&template.event_id, &event_id, 1);
    let line = text.replacen(&template.document.to_string(), &note_id.to_string(), 1);
    EventRecord {
        n,
        event_id,
        document: note_id,
        line: line.into_bytes(),
        ..template.clone()
    }
}

/// A case system's access token.
fn token(server: &Process, folder: &Path) -> String {
    let secret = p256::SecretKey::from_slice(&[9; 32]).unwrap();
    let (private, public) = (folder.join("private.pem"), folder.join("public.pem"));
    std::fs::write(&private, secret.to_pkcs8_pem(LineEnding::LF).unwrap().as_bytes()).unwrap();
    std::fs::write(
        &public,
        secret.public_key().to_public_key_pem(LineEnding::LF).unwrap(),
    )
    .unwrap();
    let id = server.run(&["client", "add", "Bench", "--public-key", public.to_str().unwrap()]);
    let key = private.to_str().unwrap();
    let token = server.run(&[
        "client",
        "token",
        id.trim(),
        "--key",
        key,
        "--server",
        server.url(),
    ]);
    token.trim().to_owned()
}

/// The whole feed in each format.
fn leave(table: &mut Table, server: &Process, token: &str) {
    for (name, accept, most_s) in [
        ("NDJSON", "application/x-ndjson", 10.0),
        ("CSV", "text/csv", 20.0),
        ("FHIR", "application/fhir+ndjson", 100.0),
    ] {
        let before = resident(server.id());
        let peak = Peak::of(server.id());
        let begun = watch();
        let (pages, bytes) = read_all(server, token, accept);
        let seconds = watch().duration_since(begun).as_secs_f64();
        let most = peak.ends();
        let head = format!("{NOTES} notes as {name}");
        table.at_most(format!("{head}: until all have left"), seconds, most_s, "s");
        table.told(format!("{head}: notes a second"), NOTES as f64 / seconds, "");
        table.told(format!("{head}: bytes a note"), bytes as f64 / NOTES as f64, "B");
        table.told(format!("{head}: pages"), pages as f64, "");
        let grown = most.saturating_sub(before) as f64 / 1e6;
        table.at_most(format!("{head}: the server's memory grew by"), grown, 50.0, "MB");
    }
}

/// Reads from the beginning to the end; pages and bytes.
fn read_all(server: &Process, token: &str, accept: &str) -> (usize, usize) {
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let (mut after, mut pages, mut bytes) = (String::new(), 0, 0);
    loop {
        let url = format!("{}/v1/export/notes?limit=1000{after}", server.url());
        let asked = agent.get(url).header("authorization", format!("Bearer {token}"));
        let mut answer = asked
            .header("accept", accept)
            .header("accept-encoding", "identity")
            .call()
            .unwrap();
        after = format!("&after={}", answer.headers()["doorstep-cursor"].to_str().unwrap());
        let mut reader = answer.body_mut().as_reader();
        let (mut here, mut piece) = (0, vec![0; 64 * 1024]);
        loop {
            let read = reader.read(&mut piece).unwrap();
            if read == 0 {
                break;
            }
            here += read;
        }
        if here == 0 {
            return (pages, bytes);
        }
        pages += 1;
        bytes += here;
    }
}

/// Readers that go on for ever, on another machine as it were: they have only what is idle of this one's processors.
struct Readers(Vec<Child>);

impl Readers {
    fn begin(server: &Process, token: &str) -> Self {
        let feed = format!("{}/v1/export/notes?limit=1000", server.url());
        let curl = format!("curl --silent --header 'Authorization: Bearer {token}' --output /dev/null");
        let forever = |order: &str| {
            let script = format!("echo begun; while :; do {order}; done");
            let mut child = Command::new("chrt")
                .args(["--idle", "0", "sh", "-c", &script])
                .stdout(Stdio::piped())
                .process_group(0)
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(child.stdout.as_mut().unwrap())
                .read_line(&mut line)
                .unwrap();
            child
        };
        Self(vec![
            forever(&format!("{curl} '{feed}'")),
            forever(&format!("{curl} --limit-rate 100K '{feed}'")),
            forever(&format!("{curl} --max-time 0.05 '{feed}'")),
        ])
    }

    fn signal(&self, signal: &str) {
        for child in &self.0 {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill")
                .args([signal, "--", &group])
                .stderr(Stdio::null())
                .status();
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.signal("-CONT");
        self.signal("-KILL");
        for child in &mut self.0 {
            let _ = child.wait();
        }
    }
}

/// Passes of a phone that writes, by turns with readers and without.
fn beside_phones(table: &mut Table, server: &Process, token: &str, phone: &mut LivePhone) {
    let note = phone.begins();
    let readers = Readers::begin(server, token);
    readers.signal("-STOP");
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        passes(phone, note, &mut alone);
        readers.signal("-CONT");
        passes(phone, note, &mut beside);
        readers.signal("-STOP");
    }
    let p99 = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() * 99 / 100]
    };
    let head = "a pass of a phone beside three readers of the feed";
    let (alone, beside) = (p99(&mut alone), p99(&mut beside));
    table.told(format!("{head}: p99 without them"), alone, "ms");
    table.told(format!("{head}: p99"), beside, "ms");
    table.at_most(format!("{head}: p99, with and without"), beside / alone, 1.3, "×");
}

fn passes(phone: &mut LivePhone, note: DocumentId, times: &mut Vec<f64>) {
    let begun = watch();
    while watch().duration_since(begun) < A_TURN {
        phone.book.type_text(note, "body", None, 0, "a", 0).unwrap();
        let before = watch();
        assert_eq!(phone.syncs(), Ended::Quiet);
        times.push(watch().duration_since(before).as_secs_f64() * 1e3);
    }
}
