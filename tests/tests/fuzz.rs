//! Honest input with lies in it, thousands of times: chunks at the gate with the judge behind it, messages at the
//! decoder and the door of sync, files at the import, requests for tokens. Nothing falls, what is published can be
//! read by all, neighbours are not harmed, and nobody gets a token for a lie.
//!
//! `DOORSTEP_SEED` gives other lies, `DOORSTEP_LONG=1` sixty times as many; a failure prints the decisions that led
//! to it, and `DOORSTEP_DECISIONS` tells them again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use automerge::{Automerge, Change, ChangeHash, ReadDoc as _};
use doorstep_tests::Village;
use doorstep_tests::assault::assertions::{self, Signature};
use doorstep_tests::assault::chunks::{self, Sample};
use doorstep_tests::assault::cost::candidate;
use doorstep_tests::assault::storm::{Choices, storm};
use doorstep_tests::assault::{files, messages};
use doorstep_tests::hostile::{Outlaw, change, honest_note, push, text};
use notes::gate::{self, Limits};
use notes::ids::{Actor, DeviceId};
use notes::note::{self, Template};
use notes::wire::{self, Coding, Fill, Reading, Request, Subject};
use server::import::{FileRefusal, Parsed, people, workers};
use server::sync::judge::{Candidate, Finding, Judged};
use server::sync::judge_guarded;

/// A colleague whose phone sends an honest addendum beside whatever comes.
const NEIGHBOUR: Actor = Actor([0x77; 16]);

/// An honest chunk of the neighbour for a note, with its hash.
fn addendum(base: &Automerge, n: u8) -> (Candidate, ChangeHash) {
    let mut doc = base.clone();
    let path = format!("addenda.0199a0b0-0000-7000-8000-0000000000{n:02x}.text");
    let chunk = change(
        &mut doc,
        NEIGHBOUR,
        &[text(&path, "She rang to say that it went well.")],
    );
    let hash = Change::from_bytes(chunk.clone()).unwrap().hash();
    let sent = Candidate {
        person: None,
        sender: Some(DeviceId([0x77; 16])),
        ..candidate(chunk)
    };
    (sent, hash)
}

fn judged(base: Option<&Automerge>, candidates: &[Candidate]) -> Judged {
    judge_guarded(base, Template::Note, candidates).expect("the judge stands")
}

/// What is published can be saved and loaded, and a phone that has only the chunks comes to the same.
fn can_be_read_by_all(doc: &Automerge, chunks: &[&[u8]]) {
    let again = note::load(&doc.save()).expect("what was saved can be loaded");
    assert_eq!(again.get_heads(), doc.get_heads());
    let mut changes = Vec::new();
    for chunk in chunks {
        match Change::from_bytes(chunk.to_vec()) {
            Ok(change) => changes.push(change),
            Err(_) => changes.extend(
                note::load(chunk)
                    .expect("a chunk that was published")
                    .get_changes(&[]),
            ),
        }
    }
    let mut phone = note::empty();
    phone
        .apply_changes(changes)
        .expect("a phone takes what was published");
    assert_eq!(phone.get_heads(), doc.get_heads(), "a phone has the same");
}

fn beside_a_neighbour(base: &Automerge, lie: &[u8]) {
    let (hers, hash) = addendum(base, 1);
    let both = [candidate(lie.to_vec()), hers.clone()];
    let outcome = judged(Some(base), &both);
    assert_eq!(outcome.findings[1], Finding::Publish, "the neighbour's goes on");
    let doc = outcome
        .outcome
        .and_then(|sound| sound.doc)
        .expect("hers is published");
    assert!(doc.get_change_by_hash(&hash).is_some());
    let whole = base.save_nocompress();
    let mut chunks = vec![whole.as_slice(), &hers.chunk];
    if outcome.findings[0] == Finding::Publish {
        chunks.push(lie);
    }
    can_be_read_by_all(&doc, &chunks);
    let (later, _) = addendum(&doc, 2);
    let after = judged(Some(&doc), &[later]);
    assert_eq!(after.findings, [Finding::Publish], "the note goes on");
}

fn alone(lie: &[u8]) {
    let outcome = judged(None, &[candidate(lie.to_vec())]);
    if outcome.findings == [Finding::Publish] {
        let doc = note::load(lie).expect("it was published");
        can_be_read_by_all(&doc, &[lie]);
        let (later, _) = addendum(&doc, 2);
        assert_eq!(
            judged(Some(&doc), &[later]).findings,
            [Finding::Publish],
            "the note goes on"
        );
    }
}

#[test]
fn chunks_with_lies_in_them() {
    storm("chunks", 41_001, 3_000, || {
        let samples: Vec<Sample> = chunks::samples();
        for sample in &samples {
            gate::count(&sample.chunk, &Limits::default()).expect("a sample is honest");
        }
        move |bytes: &[u8]| {
            let mut choices = Choices::over(bytes);
            let (sample, other) = (choices.pick(&samples), choices.pick(&samples));
            let lie = chunks::lie(&sample, &other, &mut choices);
            if gate::count(&lie, &Limits::default()).is_err() {
                return;
            }
            match &sample.base {
                Some(base) => beside_a_neighbour(base, &lie),
                None => alone(&lie),
            }
        }
    });
}

#[test]
fn messages_with_lies_in_them() {
    storm("messages", 42_001, 1_000, || {
        let village = Village::new(42_001);
        let outlaw = Outlaw::of(&village, "W101");
        let token = outlaw.token();
        let person = village.admin().person("P104201");
        let mut honest = outlaw.request();
        let chunk = honest_note(outlaw.actor, person, "Honest.").save_nocompress();
        let note = outlaw.note_id();
        honest.pushes = vec![push(note, Some(person), vec![chunk; 2]); 3];
        let opened = |opened_at| Reading {
            document: note,
            opened_at,
        };
        honest.readings = vec![opened(village.time.now()), opened(-1)];
        let history = |subject| Fill { subject, after: 0 };
        honest.fills = vec![history(Subject::Person(person)), history(Subject::Document(note))];
        let honest = minicbor::to_vec(&honest).unwrap();
        move |bytes: &[u8]| {
            let mut choices = Choices::over(bytes);
            let body = messages::lie(&honest, &mut choices);
            if let Ok(read) = wire::decode::<Request>(&body.bytes, Coding::Identity) {
                let again: Request = minicbor::decode(&minicbor::to_vec(&read).unwrap()).unwrap();
                assert_eq!(again, read, "what was read is what would be written");
            }
            let before = village.server.heads();
            let answer = outlaw.posts(body.bytes, body.encoding, &token);
            assert!(
                matches!(answer.status, 200 | 400 | 409 | 413 | 415),
                "{} {}",
                answer.status,
                answer.code()
            );
            if answer.status != 200 {
                assert_eq!(village.server.heads(), before, "what is refused changes nothing");
            }
        }
    });
}

fn looked_over<T>(parsed: Result<Parsed<T>, FileRefusal>, lines: usize) -> Option<Parsed<T>> {
    match parsed {
        Ok(parsed) => {
            assert!(
                parsed.rows.len() + parsed.rejected.len() <= lines,
                "a row is counted once"
            );
            for fault in parsed.rejected.iter().chain(&parsed.warnings) {
                let said = format!("{} {}", fault.column, fault.reason);
                assert!(!said.contains("Zebedee") && said.len() < 300, "{said}");
            }
            Some(parsed)
        }
        Err(refusal) => {
            assert!(!refusal.to_string().contains("Zebedee"), "{refusal}");
            None
        }
    }
}

#[test]
fn files_with_lies_in_them() {
    storm("files", 43_001, 400, || {
        let honest = include_str!("../../demo/people.csv");
        let colleagues = include_str!("../../demo/workers.csv");
        move |bytes: &[u8]| {
            let mut choices = Choices::over(bytes);
            let (of_people, honest) = if choices.one_in(4) {
                (false, colleagues)
            } else {
                (true, honest)
            };
            let file = files::lie(honest, &mut choices);
            let lines = file
                .bytes
                .iter()
                .filter(|byte| matches!(byte, b'\n' | b'\r'))
                .count()
                + 1;
            if !of_people {
                looked_over(workers(&file.bytes), lines);
            } else if let Some(parsed) = looked_over(people(&file.bytes), lines)
                && file.beginning_is_honest
            {
                let first = parsed.rows.first().expect("the first row is honest");
                assert_eq!(first.case_id, "P104201", "who comes first is not harmed");
            }
        }
    });
}

#[test]
fn requests_for_tokens_with_lies_in_them() {
    storm("tokens", 44_001, 1_500, || {
        let village = Village::new(44_001);
        let outlaw = Outlaw::of(&village, "W101");
        move |bytes: &[u8]| {
            let mut choices = Choices::over(bytes);
            let asked = assertions::asked(&outlaw.claims(), &mut choices);
            let mut jwt = outlaw.signs(&asked.header, &asked.claims);
            let at = jwt.rfind('.').unwrap() + 1;
            match asked.signature {
                Signature::True => {}
                Signature::Flipped => {
                    let other = if jwt[at + 7..].starts_with('A') { "B" } else { "A" };
                    jwt.replace_range(at + 7..at + 8, other);
                }
                Signature::Zeros => jwt.replace_range(at.., &"A".repeat(86)),
                Signature::None => jwt.truncate(at),
                Signature::Short => jwt.truncate(at + 40),
            }
            let answer = outlaw.asks_with(&asked.form.replace("{}", &jwt));
            let good = answer.status == 200;
            assert!(
                good || matches!(answer.status, 400 | 401 | 413),
                "{} {}",
                answer.status,
                answer.code()
            );
            assert!(
                !good || asked.may_open,
                "a token for {} {}",
                asked.header,
                asked.claims
            );
            // Who fails too often has to wait; an hour later an honest one is let in.
            village.time.pass(3_600_000);
            assert!(!outlaw.token().is_empty());
        }
    });
}
