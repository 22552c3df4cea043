//! Never: one device writes as another.

use doorstep_tests::Village;
use doorstep_tests::hostile::{Outlaw, change, honest_note, push, typed};
use notes::ids::Actor;
use notes::note::{Template, genesis};
use notes::wire::Outcome;

/// A change in a colleague's name is held, whether it comes as a change, as the next number of hers, or
/// inside a document, and what she writes afterwards goes through.
#[test]
fn a_change_in_a_colleagues_name_is_held() {
    let mut v = Village::new(601);
    let mut kofi = v.phone("W105");
    let mut outlaw = Outlaw::of(&v, "W101");
    let person = v.admin().person("P104201");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Kofi wrote this.");
    v.until_quiet(&mut [&mut kofi]);
    let hers = kofi.notebook().actor();
    let mut doc = outlaw.fetches(note).unwrap();
    let forged = change(&mut doc, hers, &[typed(0, "NOT Kofi. ")]);
    let whole = honest_note(hers, person, "Signed: Kofi").save_nocompress();
    let mut mixed = honest_note(outlaw.actor, person, "Mine.");
    change(&mut mixed, hers, &[typed(0, "And Kofi's. ")]);
    let fresh = outlaw.note_id();
    let lines = [
        ("her next number", note, forged),
        ("a whole note in her name", fresh, whole),
        (
            "her change inside a note of mine",
            outlaw.note_id(),
            mixed.save_nocompress(),
        ),
    ];
    for (what, document, chunk) in lines {
        let verdicts = outlaw.pushes(vec![push(document, Some(person), vec![chunk])]);
        let expected = (Outcome::Held, Some("actor_not_yours".to_owned()));
        assert_eq!(verdicts[0], expected, "{what}");
    }
    v.server.settle();
    kofi.types(note, " And this.");
    kofi.finishes(note);
    v.until_quiet(&mut [&mut kofi]);
    assert_eq!(kofi.body(note), "Kofi wrote this. And this.");
    let events = v.case_system().takes_all();
    assert_eq!(events.len(), 1);
    let authors = events[0].json["authors"].as_array().unwrap();
    assert_eq!(authors.len(), 1);
    assert_eq!(authors[0]["worker_id"], "W105");
    v.all_agree(&mut [&mut kofi]);
}

/// The schema's own actor is everybody's, and only with the schema's own bytes.
#[test]
fn the_genesis_actor_signs_nothing_but_the_genesis() {
    let v = Village::new(602);
    let mut outlaw = Outlaw::of(&v, "W105");
    let person = v.admin().person("P104201");
    let nobody = genesis::actor(Template::Note);
    let forged = honest_note(nobody, person, "Nobody wrote this.");
    let note = outlaw.note_id();
    outlaw.pushes(vec![push(note, Some(person), vec![forged.save_nocompress()])]);
    v.server.settle();
    assert!(outlaw.fetches(note).is_none(), "it was not published");
    assert_eq!(v.admin().issue("held", note)["detail"]["code"], "genesis_forged");
}

/// Nor may a request call itself by another phone's actor.
#[test]
fn a_request_under_another_phones_actor_is_refused() {
    let mut v = Village::new(603);
    let mut kofi = v.phone("W105");
    let outlaw = Outlaw::of(&v, "W101");
    let person = v.admin().person("P104201");
    for actor in [kofi.notebook().actor(), genesis::actor(Template::Note)] {
        let doc = honest_note(actor, person, "x").save_nocompress();
        let mut request = outlaw.request();
        request.actor = actor;
        request.pushes = vec![push(outlaw.note_id(), Some(person), vec![doc])];
        let before = v.server.heads();
        let answer = outlaw.sends(&request);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (409, "actor_taken"),
            "{actor}"
        );
        assert_eq!(v.server.heads(), before, "{actor}");
    }
    // A fresh one of its own is fine.
    let mut request = outlaw.request();
    request.actor = Actor([0x77; 16]);
    assert_eq!(outlaw.sends(&request).status, 200);
}

/// The authors that the case system reads are those whose phones wrote, whatever a note says of itself.
#[test]
fn each_word_is_of_the_device_that_sent_it() {
    let mut v = Village::new(604);
    let mut kofi = v.phone("W105");
    let mut ruth = v.phone("W101");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "One.");
    v.until_quiet(&mut [&mut kofi]);
    ruth.joins(note);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    ruth.types(note, " Two.");
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    let doc = kofi.document(note).unwrap();
    let actors: Vec<_> = doc
        .get_changes_meta(&[])
        .into_iter()
        .map(|m| m.actor.into_owned())
        .collect();
    for phone in [&mut kofi, &mut ruth] {
        let own = automerge::ActorId::from(&phone.notebook().actor().0[..]);
        assert!(actors.contains(&own));
    }
    kofi.finishes(note);
    v.until_quiet(&mut [&mut ruth, &mut kofi]);
    let events = v.case_system().takes_all();
    let authors = events[0].json["authors"].as_array().unwrap();
    let mut ids: Vec<_> = authors.iter().map(|a| a["worker_id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["W101", "W105"]);
}
