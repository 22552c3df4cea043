//! Never: a bad note blocks the others.

use doorstep_tests::Village;
use doorstep_tests::hostile::{Outlaw, change, honest_note, push, text, typed};
use notes::forge;
use notes::ids::{Actor, DocumentId};
use notes::note::Edit;
use notes::wire::Outcome;

struct Case {
    what: &'static str,
    /// The code, where the verdict itself says it; else the judge finds it.
    at_once: Option<&'static str>,
    held_for: &'static str,
    chunks: Vec<Vec<u8>>,
}

fn cases(outlaw: &Outlaw, person: notes::ids::PersonId) -> Vec<Case> {
    let honest = || honest_note(outlaw.actor, person, "An honest beginning.");
    let saved = honest().save_nocompress();
    let mut broken = saved.clone();
    *broken.last_mut().unwrap() ^= 1;
    let unknown_key = {
        use automerge::transaction::Transactable as _;
        let mut doc = honest();
        let mut tx = doc.transaction();
        tx.put(automerge::ROOT, "salary", 5).unwrap();
        tx.commit();
        doc.save_nocompress()
    };
    let other_person = honest_note(outlaw.actor, notes::ids::PersonId([9; 16]), "x").save_nocompress();
    let gap = {
        let mut doc = honest();
        let mut last = Vec::new();
        for n in 0..3 {
            let (seq, words) = (n, "and on ");
            let _ = seq;
            last = change(&mut doc, outlaw.actor, &[typed(0, words)]);
        }
        let mut forged = forge::Change::open(&last);
        forged.seq += 5;
        vec![saved.clone(), {
            let parent = honest().get_heads();
            forged.deps = parent.into_iter().map(|head| head.0).collect();
            forged.seal()
        }]
    };
    vec![
        Case {
            what: "damaged",
            at_once: Some("chunk_checksum"),
            held_for: "chunk_checksum",
            chunks: vec![broken],
        },
        Case {
            what: "rubbish",
            at_once: Some("chunk_malformed"),
            held_for: "chunk_malformed",
            chunks: vec![vec![7; 40]],
        },
        Case {
            what: "unknown key",
            at_once: None,
            held_for: "unknown_key",
            chunks: vec![unknown_key],
        },
        Case {
            what: "other person",
            at_once: None,
            held_for: "wrong_document",
            chunks: vec![other_person],
        },
        Case {
            what: "a gap",
            at_once: None,
            held_for: "seq_gap",
            chunks: gap,
        },
    ]
}

#[test]
fn the_others_of_the_same_request_go_on() {
    let v = Village::new(401);
    let mut outlaw = Outlaw::of(&v, "W105");
    let person = v.admin().person("P104201");
    let all = cases(&outlaw, person);
    let mut pushes = Vec::new();
    let mut good: Vec<DocumentId> = Vec::new();
    for case in &all {
        for turn in [true, false] {
            let id = outlaw.note_id();
            let chunks = if turn {
                let finish = Edit::Finish {
                    at: v.time.now(),
                    author: "W105".into(),
                };
                let mut doc = honest_note(outlaw.actor, person, "Good.");
                change(&mut doc, outlaw.actor, &[finish]);
                good.push(id);
                vec![doc.save_nocompress()]
            } else {
                case.chunks.clone()
            };
            pushes.push(push(id, Some(person), chunks));
        }
    }
    let bad: Vec<DocumentId> = pushes
        .iter()
        .map(|p| p.document)
        .filter(|id| !good.contains(id))
        .collect();
    let verdicts = outlaw.pushes(pushes);
    for (index, case) in all.iter().enumerate() {
        assert_eq!(verdicts[2 * index].0, Outcome::Accepted, "before {}", case.what);
        let (outcome, code) = &verdicts[2 * index + 1];
        let expected = if case.at_once.is_some() {
            Outcome::Held
        } else {
            Outcome::Accepted
        };
        assert_eq!(
            (*outcome, code.as_deref()),
            (expected, case.at_once),
            "{}",
            case.what
        );
    }
    v.server.settle();
    let events = v.case_system().takes_all();
    let mut told: Vec<_> = events
        .iter()
        .map(|event| event.text("note_id").to_owned())
        .collect();
    let mut expected: Vec<_> = good.iter().map(ToString::to_string).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected, "every good note went through, and nothing else");
    for (case, id) in all.iter().zip(bad) {
        let issue = v.admin().issue("held", id);
        assert_eq!(issue["detail"]["code"], case.held_for, "{}", case.what);
    }
    v.server.verify();
}

/// Within one note a bad part does not block what does not depend on it.
#[test]
fn a_colleagues_words_in_the_same_note_go_on() {
    let mut v = Village::new(402);
    let mut kofi = v.phone("W105");
    let mut outlaw = Outlaw::of(&v, "W101");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Kettle on.");
    v.until_quiet(&mut [&mut kofi]);
    let person = Some(v.admin().person("P104201"));
    let doc = outlaw.fetches(note).unwrap();
    let forged = {
        let mut doc = doc.clone();
        let honest = change(&mut doc, outlaw.actor, &[text("feedback.words", "kind")]);
        let mut forged = forge::Change::open(&honest);
        forged.start_op += 3;
        forged.seal()
    };
    let verdicts = outlaw.pushes(vec![push(note, person, vec![forged])]);
    assert_eq!(
        verdicts[0].0,
        Outcome::Accepted,
        "the judge finds it, not the gate"
    );
    // In the same judgement: her words.
    kofi.types(note, " Cat out.");
    kofi.finishes(note);
    kofi.syncs_well();
    v.server.settle();
    assert_eq!(v.admin().issue("held", note)["detail"]["code"], "start_op_wrong");
    let events = v.case_system().takes_all();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].text("body"), "Kettle on. Cat out.");
    assert_eq!(outlaw.actor, Actor(outlaw.actor.0));
    v.server.verify();
}
