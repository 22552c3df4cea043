//! Live sockets' side of sync: what may be watched, and what is pulled without being asked for.

use notes::ids::DocumentId;
use notes::problem::Code;

use super::world::*;
use crate::sync::{pull_only, watched};

#[test]
fn only_what_may_be_read_is_watched_each_once_and_no_more_than_go() {
    let town = Town::new();
    let (mut alice, mut eve) = (town.phone(1, "W1"), town.phone(3, "W3"));
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    let asked = [note(1), note(2), note(1)];
    assert_eq!(watched(&town.core, &alice.who(), &asked), Ok(vec![note(1)]));
    assert_eq!(
        watched(&town.core, &eve.who(), &asked),
        Ok(Vec::new()),
        "of another team"
    );
    // She joins, which her colleague's id of the note allows: from then on she may.
    let mut doc = bare(notes::note::Template::Note, actor(3));
    let joining = write(&mut doc, &[typed(0, "here too ")]);
    eve.push(joint(note(1), None, &[joining]));
    assert_eq!(watched(&town.core, &eve.who(), &asked), Ok(vec![note(1)]));
    let most: Vec<DocumentId> = (0..8).map(note).collect();
    assert!(watched(&town.core, &alice.who(), &most).is_ok());
    let more: Vec<DocumentId> = (0..9).map(note).collect();
    assert_eq!(
        watched(&town.core, &alice.who(), &more),
        Err(Code::MessageMalformed)
    );
}

#[test]
fn what_is_pulled_unasked_is_what_a_pass_would_have_brought_and_writes_nothing_down() {
    let town = Town::new();
    let (mut alice, mut bob) = (town.phone(1, "W1"), town.phone(2, "W2"));
    let mut doc = note_by(actor(2), ANN);
    bob.push(push(note(1), Some(ANN), &[whole(&doc)]));
    town.project();
    alice.pull();
    let before = alice.who().device;
    let more = write(&mut doc, &[typed(0, "More. ")]);
    bob.push(push(note(1), Some(ANN), std::slice::from_ref(&more)));
    let unasked = pull_only(&town.core, &alice.who(), &alice.cursor).unwrap();
    assert!(unasked.pulls.is_empty(), "accepted, and not published yet");
    town.project();
    let unasked = pull_only(&town.core, &alice.who(), &alice.cursor).unwrap();
    assert_eq!(pulled(&unasked), [(note(1), more)]);
    assert_eq!(
        alice.who().device,
        before,
        "that it was sent does not say that it arrived"
    );
    let asked = alice.pass(Vec::new());
    assert_eq!(
        (&unasked.pulls, &unasked.rows, &unasked.cursor),
        (&asked.pulls, &asked.rows, &asked.cursor)
    );
    let after = pull_only(&town.core, &alice.who(), &unasked.cursor).unwrap();
    assert!(after.pulls.is_empty() && !after.more);
}
