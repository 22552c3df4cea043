//! Publishing: once each, by one projector or two, through deaths; what waits too long; what is made
//! again; what the desk writes.

use std::sync::{Arc, Mutex};
use std::thread;

use notes::ids::DocumentId;
use notes::note::Template;

use super::world::*;
use crate::core::Core;
use crate::host::{Apart, Ended};
use crate::store::EntryState::{Held, Pending, Published, Waiting};
use crate::store::{Audience, DocumentRecord, NewsKind, Troubles};
use crate::sync::apart::{MOST_DEATHS, judge_apart};
use crate::sync::{desk_change, project, reproject, sweep};

fn publications(town: &Town, document: DocumentId) -> Vec<u64> {
    let all = town.read(|tx| tx.published_of(document, 0, u32::MAX));
    all.into_iter().map(|p| p.seq).collect()
}

/// Alice's notes with these numbers, accepted and not judged.
fn accepted(alice: &mut Phone<'_>, numbers: std::ops::Range<u8>) {
    for n in numbers {
        let mut doc = note_by(actor(1), ANN);
        let chunks = [whole(&doc), write(&mut doc, &[typed(0, "more ")])];
        assert_eq!(alice.push(push(note(n), Some(ANN), &chunks)), ACCEPTED);
    }
}

fn state(town: &Town, document: DocumentId) -> Vec<crate::store::EntryState> {
    town.states(document)
        .into_iter()
        .map(|(state, _)| state)
        .collect()
}

#[test]
fn two_projectors_at_once_publish_each_entry_once() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    accepted(&mut alice, 0..40);
    // A second core on the same folder is what a second process is.
    let second = Core::open(town.folder.path(), None, town.core.host.clone()).unwrap();
    thread::scope(|scope| {
        for core in [&town.core, &second] {
            scope.spawn(move || while project(core, 3).unwrap() > 0 {});
        }
    });
    town.project();
    for n in 0..40 {
        assert_eq!(state(&town, note(n)), [Published; 2], "note {n}");
        assert_eq!(publications(&town, note(n)).len(), 2, "note {n}");
        assert_eq!(town.body(note(n)), "more We talked. ");
    }
    assert_eq!(town.read(|tx| tx.published_head()), 80);
}

#[test]
fn a_document_over_which_the_process_died_too_often_is_held_and_its_neighbours_are_not() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    accepted(&mut alice, 0..5);
    // The process before this one died over the third, and so did others before it.
    town.write(|tx| (1..MOST_DEATHS).try_for_each(|_| tx.judging_died(note(2))));
    town.core.store.mark(note(2)).unwrap();
    town.project();
    for n in 0..5 {
        let expected = if n == 2 { Held } else { Published };
        assert_eq!(state(&town, note(n)), [expected; 2], "note {n}");
    }
    assert_eq!(town.states(note(2))[0].1.as_deref(), Some("unprocessable"));
    assert_eq!(
        town.read(|tx| tx.judging_troubles(&[note(2)])),
        [Troubles::default()]
    );
    assert_eq!(town.core.store.marked_before().unwrap(), None);
    assert!(
        town.read(|tx| tx.issues_open(9))
            .iter()
            .any(|i| i.opened.document == Some(note(2)))
    );
}

/// Another process, as it ends time after time.
struct Elsewhere(Mutex<Vec<Ended>>);

impl Apart for Elsewhere {
    fn judge(&self, case: &[u8]) -> Ended {
        judge_apart(case).unwrap();
        self.0.lock().unwrap().pop().unwrap()
    }
}

#[test]
fn who_kills_whoever_judges_is_told_from_who_was_there_when_the_server_was_killed() {
    use Ended::{Badly, Unknown, Well};
    for (deaths, ends, expected) in [
        // However often it was killed from outside.
        (1, vec![Well], Published),
        (90, vec![Well], Published),
        (1, vec![Badly, Well], Published),
        (1, vec![Badly, Badly], Held),
        // Where it could not be tried, the old rule stands.
        (MOST_DEATHS - 1, vec![Unknown], Published),
        (MOST_DEATHS, vec![Unknown], Held),
        (MOST_DEATHS, vec![Badly, Unknown], Held),
        (0, vec![], Published),
    ] {
        let mut town = Town::new();
        let ended = Elsewhere(Mutex::new(ends.iter().rev().copied().collect()));
        town.core.host.apart = Some(Arc::new(ended));
        accepted(&mut town.phone(1, "W1"), 0..2);
        town.write(|tx| (0..deaths).try_for_each(|_| tx.judging_died(note(1))));
        town.project();
        assert_eq!(state(&town, note(0)), [Published; 2]);
        assert_eq!(
            state(&town, note(1)),
            [expected; 2],
            "{deaths} deaths, then {ends:?}"
        );
        assert_eq!(
            town.read(|tx| tx.judging_troubles(&[note(1)])),
            [Troubles::default()]
        );
    }
}

#[test]
fn what_could_not_be_published_so_often_is_held_and_not_tried_elsewhere() {
    let mut town = Town::new();
    town.core.host.apart = Some(Arc::new(Elsewhere(Mutex::default())));
    accepted(&mut town.phone(1, "W1"), 0..2);
    town.write(|tx| (0..5).try_for_each(|_| tx.judging_failed(note(1))));
    town.project();
    assert_eq!(state(&town, note(0)), [Published; 2]);
    assert_eq!(state(&town, note(1)), [Held; 2]);
}

#[test]
fn what_is_no_case_says_nothing_of_a_document() {
    assert!(judge_apart(b"nothing").is_err());
    assert!(judge_apart(&[]).is_err());
}

#[test]
fn a_document_that_cannot_be_read_any_more_keeps_no_other_from_being_published() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    accepted(&mut alice, 0..2);
    town.project();
    // A published chunk of the first is damaged on the disk; a second core remembers nothing.
    town.write(|tx| tx.damage(1));
    let cold = Core::open(town.folder.path(), None, town.core.host.clone()).unwrap();
    let mut doc = note_by(actor(1), ANN);
    write(&mut doc, &[typed(0, "more ")]);
    let later = write(&mut doc, &[typed(0, "later ")]);
    for n in 0..2 {
        alice.push(push(note(n), Some(ANN), std::slice::from_ref(&later)));
    }
    while project(&cold, 64).unwrap() > 0 {}
    assert_eq!(state(&town, note(0))[2], Held);
    assert_eq!(state(&town, note(1)), [Published; 3]);
}

#[test]
fn memory_gives_what_the_disk_gives() {
    let town = Town::new();
    let (mut alice, mut bob) = (town.phone(1, "W1"), town.phone(2, "W2"));
    let cold = Core::open(town.folder.path(), None, town.core.host.clone()).unwrap();
    let mut doc = note_by(actor(1), ANN);
    alice.push(push(note(1), Some(ANN), &[whole(&doc)]));
    town.project();
    let mut theirs = doc.clone();
    take(&mut theirs, actor(2));
    for round in 0..80u64 {
        let (phone, doc, core) = match round % 5 {
            0 | 3 => (&mut bob, &mut theirs, &town.core),
            // Now and then somebody else publishes in between.
            4 => (&mut alice, &mut doc, &cold),
            _ => (&mut alice, &mut doc, &town.core),
        };
        let chunk = write(doc, &[typed(round % 7, &format!("{round} "))]);
        phone.push(push(note(1), Some(ANN), &[chunk]));
        while project(core, 64).unwrap() > 0 {}
    }
    doc.merge(&mut theirs).unwrap();
    let stored = town.document(note(1)).unwrap();
    assert_eq!(
        (stored.get_heads(), plain(&stored)),
        (doc.get_heads(), plain(&doc))
    );
    assert_eq!(state(&town, note(1)), vec![Published; 81]);
    let record = town.read(|tx| tx.document(note(1))).unwrap();
    assert!(
        record.snapshot.is_some() && record.snapshot_pub > 32,
        "a long note has a snapshot"
    );
    assert_eq!(town.read(|tx| tx.published_newest(note(1))), 81);
}

fn rows(town: &Town) -> Vec<DocumentRecord> {
    let ids = town.read(|tx| tx.documents_after(DocumentId([0; 16]), 999));
    ids.iter()
        .map(|id| town.read(|tx| tx.document(*id)).unwrap())
        .collect()
}

#[test]
fn projections_made_again_are_the_same() {
    let town = Town::new();
    let (mut alice, mut bob) = (town.phone(1, "W1"), town.phone(2, "W2"));
    accepted(&mut alice, 0..4);
    let mut doc = note_by(actor(2), ANN);
    let mut chunks = vec![whole(&doc)];
    chunks.extend((0..70).map(|n| write(&mut doc, &[typed(0, &format!("{n} "))])));
    chunks.push(write(&mut doc, &[put("actions.a.what", "call"), finish(5)]));
    bob.push(push(note(9), Some(ANN), &chunks));
    let mut named = bare(Template::Note, actor(1));
    write(&mut named, &[put("person_name", "Somebody")]);
    alice.push(push(note(10), None, &[whole(&named)]));
    town.project();
    town.write(|tx| {
        Ok(desk_change(tx, &town.core.host, note(10), &[put("person", &ANN.to_string())]).unwrap())
    });
    town.project();
    let before = rows(&town);
    assert_eq!(before.len(), 6);
    let (events, version) = (
        town.read(|tx| tx.outbox_after(0, 99)),
        town.read(|tx| tx.version_newest(note(9))),
    );
    assert_eq!(reproject(&town.core).unwrap(), 6);
    for (before, mut after) in before.into_iter().zip(rows(&town)) {
        // A snapshot is a matter of when it was made; what it holds is tried below.
        (after.snapshot_pub, after.snapshot) = (before.snapshot_pub, before.snapshot.clone());
        assert_eq!(format!("{after:?}"), format!("{before:?}"));
    }
    assert_eq!(town.read(|tx| tx.outbox_after(0, 99)), events);
    assert_eq!(town.read(|tx| tx.version_newest(note(9))), version);
    assert_eq!(town.document(note(9)).unwrap().get_heads(), doc.get_heads());
    // And the note can be written in as before.
    let more = write(&mut doc, &[addendum("x")]);
    bob.push(push(note(9), Some(ANN), &[more]));
    town.project();
    assert_eq!(town.document(note(9)).unwrap().get_heads(), doc.get_heads());
}

#[test]
fn what_waits_a_day_becomes_an_issue_and_goes_in_when_the_rest_arrives() {
    const DAY_MS: i64 = 24 * 3_600_000;
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let mut doc = note_by(actor(1), ANN);
    let first = whole(&doc);
    let missing = write(&mut doc, &[typed(0, "b")]);
    let late = write(&mut doc, &[typed(0, "c")]);
    alice.push(push(note(1), Some(ANN), &[first, late.clone()]));
    town.project();
    let after = |ms: i64| {
        town.clock.forward(ms);
        sweep(&town.core).unwrap();
        town.states(note(1)).remove(1)
    };
    assert_eq!(after(DAY_MS), (Waiting, None));
    assert_eq!(after(1), (Held, Some("dependency_missing".into())));
    let open = || town.read(|tx| tx.issues_open(9)).len();
    assert_eq!((after(DAY_MS).0, open()), (Held, 1));
    assert_eq!(alice.push(push(note(1), Some(ANN), &[missing])), ACCEPTED);
    town.project();
    assert_eq!((state(&town, note(1)), open()), (vec![Published; 3], 0));
    assert_eq!(town.body(note(1)), "cbWe talked. ");
    assert_eq!(alice.push(push(note(1), Some(ANN), &[late])), ACCEPTED);
}

#[test]
fn a_note_that_is_matched_reaches_the_phones_of_its_person() {
    let town = Town::new();
    let (mut alice, mut bob) = (town.phone(1, "W1"), town.phone(2, "W2"));
    let mut doc = bare(Template::Note, actor(2));
    write(&mut doc, &[put("person_name", "Ann"), typed(0, "At the door. ")]);
    let first = whole(&doc);
    let second = write(&mut doc, &[typed(0, "x")]);
    for chunk in [&first, &second] {
        assert_eq!(
            bob.push(push(note(1), None, std::slice::from_ref(chunk))),
            ACCEPTED
        );
        town.project();
    }
    assert_eq!(alice.pull(), []);
    town.write(|tx| {
        Ok(desk_change(tx, &town.core.host, note(1), &[put("person", &ANN.to_string())]).unwrap())
    });
    town.project();
    let pulled = alice.pull();
    // The old parts first, then the decision that builds on them.
    assert_eq!(pulled[..2], [(note(1), first), (note(1), second)]);
    assert_eq!(pulled.len(), 3);
    assert_eq!(bob.pull(), pulled[2..], "who wrote it gets the decision alone");
    assert_eq!(town.read(|tx| tx.document_person(note(1))), Some(ANN));
}

#[test]
fn a_decision_at_the_desk_is_a_change_that_phones_pull() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let mut doc = note_by(actor(1), ANN);
    write(&mut doc, &[finish(5)]);
    alice.push(push(note(1), Some(ANN), &[whole(&doc)]));
    let desk = |n: u8, kind: &str| {
        town.core
            .store
            .write(|tx| {
                Ok::<_, crate::store::StoreError>(desk_change(
                    tx,
                    &town.core.host,
                    note(n),
                    &[put("kind", kind)],
                ))
            })
            .unwrap()
    };
    assert_eq!(
        desk(1, "phone_call"),
        Err(notes::problem::Code::NotFound),
        "not while nothing is published"
    );
    town.project();
    let mut second = town.phone(4, "W1");
    second.pull();
    alice.pull();
    for kind in ["phone_call", "video_call"] {
        assert!(desk(1, kind).is_ok());
        town.project();
    }
    assert_eq!(desk(1, "no such kind"), Err(notes::problem::Code::Unprocessable));
    assert_eq!(desk(2, "phone_call"), Err(notes::problem::Code::NotFound));
    assert_eq!(
        plain(&town.document(note(1)).unwrap()).text("kind"),
        Some("video_call")
    );
    let (mine, theirs) = (alice.pull(), second.pull());
    assert_eq!(mine.len(), 2);
    assert_eq!(mine, theirs);
    for (_, chunk) in mine {
        doc.apply_changes([automerge::Change::from_bytes(chunk).unwrap()])
            .unwrap();
    }
    assert_eq!(plain(&doc).text("kind"), Some("video_call"));
    // Under an actor that is no device's, each its own.
    let actors: std::collections::HashSet<_> = doc
        .get_changes(&[])
        .iter()
        .map(|c| c.actor_id().clone())
        .collect();
    assert_eq!(actors.len(), 4);
}

#[test]
fn more_than_one_judgement_holds_is_judged_all_the_same() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let mut doc = note_by(actor(1), ANN);
    let first = whole(&doc);
    let chunks: Vec<_> = (0..2_100).map(|_| write(&mut doc, &[typed(0, "x")])).collect();
    alice.push(push(note(1), Some(ANN), &chunks));
    town.project();
    assert_eq!(town.read(|tx| tx.log_unjudged_count()), 0);
    alice.push(push(note(1), Some(ANN), &[first]));
    town.project();
    assert!(state(&town, note(1)).iter().all(|s| *s == Published));
    assert_eq!(town.document(note(1)).unwrap().get_heads(), doc.get_heads());
}

#[test]
fn two_phones_under_one_actor_are_told() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let doc = note_by(actor(1), ANN);
    let fork = |text: &str| write(&mut doc.clone(), &[typed(0, text)]);
    alice.push(push(note(1), Some(ANN), &[whole(&doc), fork("a")]));
    town.project();
    assert_eq!(alice.push(push(note(1), Some(ANN), &[fork("b")])), ACCEPTED);
    town.project();
    assert_eq!(town.states(note(1))[2], (Held, Some("seq_taken".into())));
    let told = town.read(|tx| tx.news_for(Audience::Device(alice.id), 0, 99));
    for kind in [NewsKind::NewActor, NewsKind::Reset, NewsKind::Standing] {
        assert_eq!(told.iter().filter(|n| n.kind == kind).count(), 1, "{kind:?}");
    }
    assert_eq!(
        alice.push(push(note(1), Some(ANN), &[fork("b")])),
        held(notes::problem::Code::SeqTaken)
    );
    assert_eq!(town.body(note(1)), "aWe talked. ");
}

#[test]
fn who_had_pulled_the_finish_cannot_say_that_it_did_not_know() {
    let town = Town::new();
    let (mut alice, mut second) = (town.phone(1, "W1"), town.phone(4, "W1"));
    let mut doc = note_by(actor(1), ANN);
    alice.push(push(note(1), Some(ANN), &[whole(&doc)]));
    town.project();
    let at_first = second.cursor.clone();
    second.pull();
    let mut behind = doc.clone();
    take(&mut behind, actor(4));
    let one = write(&mut behind, &[typed(0, "before ")]);
    alice.push(push(note(1), Some(ANN), &[write(&mut doc, &[finish(5)])]));
    town.project();
    // The request that pulls the finish brings what was written without it.
    assert_eq!(second.push(push(note(1), Some(ANN), &[one])), ACCEPTED);
    town.project();
    assert_eq!(state(&town, note(1)), [Published; 3]);
    second.pass(Vec::new());
    // Now it knows; an older cursor does not undo that.
    second.cursor = at_first;
    let mut late = doc_without_finish(&town);
    take(&mut late, actor(4));
    let late = write(&mut late, &[typed(0, "late ")]);
    second.push(push(note(1), Some(ANN), &[late]));
    town.project();
    assert_eq!(
        town.states(note(1)).pop().unwrap(),
        (Held, Some("changed_after_finish".into()))
    );
}

/// The note as the second phone wrote it before it saw the finish.
fn doc_without_finish(town: &Town) -> automerge::Automerge {
    let chunks = town.read(|tx| tx.log_of(note(1), &[Published]));
    let mut doc = notes::note::load(&chunks[0].entry.chunk).unwrap();
    doc.apply_changes([automerge::Change::from_bytes(chunks[2].entry.chunk.clone()).unwrap()])
        .unwrap();
    assert!(chunks.iter().all(|e| e.entry.state != Pending));
    doc
}
