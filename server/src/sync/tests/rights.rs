//! Whom a note is about: named by a push that may write for them, and never moved by a phone.

use automerge::Automerge;
use notes::ids::PersonId;
use notes::note::{Edit, Template};

use super::world::*;
use crate::sync::judge::Candidate;

const WRONG: &str = "wrong_document";

fn for_person(chunk: Vec<u8>, person: PersonId) -> Candidate {
    Candidate {
        person: Some(person.to_string()),
        ..candidate(chunk)
    }
}

fn check(base: Option<&Automerge>, candidates: &[Candidate], expected: &[&str]) {
    assert_eq!(findings(&judged(base, candidates)), expected);
}

fn by_nine(base: &Automerge, edits: &[Edit]) -> Vec<u8> {
    let mut doc = base.clone();
    take(&mut doc, actor(9));
    write(&mut doc, edits)
}

#[test]
fn the_note_names_whom_the_push_named() {
    let doc = note_by(actor(1), ANN);
    check(None, &[for_person(whole(&doc), ANN)], &["publish"]);
    check(None, &[for_person(whole(&doc), BEN)], &[WRONG]);
    check(None, &[joined(whole(&doc))], &[WRONG]);
    let decided = Candidate {
        overruled: true,
        ..for_person(whole(&doc), BEN)
    };
    check(None, &[decided], &["publish"]);
    check(
        Some(&doc),
        &[for_person(by_nine(&doc, &[typed(0, "x")]), BEN)],
        &[WRONG],
    );
}

#[test]
fn a_phone_does_not_move_a_note() {
    let doc = note_by(actor(1), ANN);
    let good = joined(by_nine(&doc, &[typed(0, "good ")]));
    let moved = |candidate: fn(Vec<u8>) -> Candidate| {
        let mut doc = doc.clone();
        take(&mut doc, actor(8));
        candidate(write(&mut doc, &[put("person", &BEN.to_string())]))
    };
    check(Some(&doc), &[moved(joined), good.clone()], &[WRONG, "publish"]);
    check(
        Some(&doc),
        &[good.clone(), moved(|c| for_person(c, BEN))],
        &["publish", WRONG],
    );
    check(Some(&doc), &[moved(candidate), good.clone()], &[WRONG, "publish"]);
    let desk = Candidate {
        desk: true,
        ..moved(joined)
    };
    check(Some(&doc), &[desk, good], &["publish", "publish"]);
    // Who names the person again, even the same one, has begun another note and sent it for this one.
    let same = by_nine(&doc, &[clear("person"), put("person", &ANN.to_string())]);
    check(Some(&doc), &[joined(same)], &[WRONG]);
}

#[test]
fn a_phone_does_not_take_out_whom_a_note_is_about() {
    for template in [put("person", &ANN.to_string()), put("person_name", "Ann Lee")] {
        let mut doc = bare(Template::Note, actor(1));
        write(&mut doc, std::slice::from_ref(&template));
        let Edit::Put { path, .. } = &template else {
            panic!()
        };
        let gone = joined(by_nine(&doc, &[clear(path)]));
        let good = {
            let mut doc = doc.clone();
            take(&mut doc, actor(8));
            joined(write(&mut doc, &[typed(0, "good ")]))
        };
        check(Some(&doc), &[gone.clone(), good.clone()], &[WRONG, "publish"]);
        check(Some(&doc), &[good.clone(), gone.clone()], &["publish", WRONG]);
        // Also where the beginning is not published yet.
        let first = if path == "person" {
            candidate(whole(&doc))
        } else {
            joined(whole(&doc))
        };
        check(None, &[first, gone, good], &["publish", WRONG, "publish"]);
    }
}

#[test]
fn of_two_who_begin_one_note_for_two_people_the_first_counts() {
    let (a, b) = (note_by(actor(1), ANN), note_by(actor(2), BEN));
    let (a, b) = (for_person(whole(&a), ANN), for_person(whole(&b), BEN));
    check(None, &[a.clone(), b.clone()], &["publish", WRONG]);
    check(None, &[b, a], &["publish", WRONG]);
}

#[test]
fn a_note_may_begin_with_a_name() {
    let mut doc = bare(Template::Note, actor(1));
    write(&mut doc, &[put("person_name", "Somebody Lee")]);
    check(None, &[joined(whole(&doc))], &["publish"]);
    let mut known = doc.clone();
    let matched = write(&mut known, &[put("person", &ANN.to_string())]);
    check(Some(&doc), &[for_person(matched.clone(), ANN)], &["publish"]);
    check(Some(&doc), &[joined(matched)], &[WRONG]);
}
