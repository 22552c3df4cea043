//! Never: someone sees a person who is not theirs to see, or no trace is left.

use doorstep_tests::hostile::{Outlaw, honest_note, push};
use doorstep_tests::{DAY, HOUR, MINUTE, Village};
use notes::ids::PersonId;
use notes::wire::{Request, Response, Subject};

/// What is asked, and the request that asks it.
type Ask = (
    &'static str,
    Box<dyn Fn(&Outlaw, PersonId, notes::ids::DocumentId) -> Request>,
);

/// A person of another team and one who does not exist are answered with the same bytes, apart from
/// what the asker sent and the clock.
#[test]
fn a_stranger_is_answered_like_one_who_does_not_exist() {
    let mut v = Village::new(1001);
    let mut callum = v.phone("W108");
    let of_south = v.admin().person("P104212");
    v.admin().allocates("P104212", "W108");
    let theirs = callum.new_note("P104212", "home_visit");
    callum.types(theirs, "Nobody in the north knows.");
    callum.finishes(theirs);
    v.until_quiet(&mut [&mut callum]);
    let nobody = PersonId([0x99; 16]);
    let answers = |v: &Village,
                   person: PersonId,
                   document,
                   ask: &dyn Fn(&Outlaw, PersonId, notes::ids::DocumentId) -> Request| {
        // The same device in the same state both times, as far as the outside can tell.
        let mut outlaw = Outlaw::of(v, "W105");
        outlaw.catches_up();
        let request = ask(&outlaw, person, document);
        let mut response = outlaw.says(&request);
        blank(&mut response);
        response
    };
    let unknown = notes::ids::DocumentId::at(v.time.now(), [0x42; 10]);
    let fill = |subject: fn(PersonId, notes::ids::DocumentId) -> Subject| {
        move |outlaw: &Outlaw, person, document| {
            let mut request = outlaw.request();
            request.fills = vec![notes::wire::Fill {
                subject: subject(person, document),
                after: 0,
            }];
            request
        }
    };
    let asks: Vec<Ask> = vec![
        (
            "their history",
            Box::new(fill(|person, _| Subject::Person(person))),
        ),
        (
            "their note",
            Box::new(fill(|_, document| Subject::Document(document))),
        ),
        (
            "writing for them",
            Box::new(|outlaw: &Outlaw, person, _| {
                let mut request = outlaw.request();
                let chunk = honest_note(outlaw.actor, person, "x").save_nocompress();
                request.pushes = vec![push(outlaw.note_id(), Some(person), vec![chunk])];
                request
            }),
        ),
        (
            "joining a visit to them that has no note",
            Box::new(|outlaw: &Outlaw, person, _| {
                let mut request = outlaw.request();
                let chunk = honest_note(outlaw.actor, person, "x").save_nocompress();
                let mut push = push(outlaw.note_id(), Some(person), vec![chunk]);
                push.reason = Some("joint_visit".into());
                request.pushes = vec![push];
                request
            }),
        ),
    ];
    for (what, ask) in asks {
        let stranger = answers(&v, of_south, theirs, &*ask);
        let nothing = answers(&v, nobody, unknown, &*ask);
        let (stranger, nothing) = (minicbor::to_vec(&stranger), minicbor::to_vec(&nothing));
        assert_eq!(stranger.unwrap(), nothing.unwrap(), "{what}");
    }
    v.server.settle();
    let mut outlaw = Outlaw::of(&v, "W105");
    assert!(outlaw.fetches(theirs).is_none());
    assert!(callum.body(theirs).starts_with("Nobody"));
}

/// What differs between any two answers: ids that the asker made, numbers, cursors.
fn blank(response: &mut Response) {
    response.cursor.clear();
    for verdict in &mut response.verdicts {
        verdict.document = notes::ids::DocumentId([0; 16]);
        verdict.seq = 0;
    }
    for fill in &mut response.fills {
        fill.subject = Subject::Person(PersonId([0; 16]));
    }
    // What is held is told to its sender by a row; which note it was is in its body.
    for row in &mut response.rows {
        row.number = 0;
        row.body.clear();
    }
}

#[test]
fn a_phone_never_has_more_than_its_own_people() {
    let mut v = Village::new(1002);
    let mut kofi = v.phone("W105");
    let mut callum = v.phone("W108");
    let people = kofi.notebook().people(None).unwrap();
    assert!(people.iter().any(|p| p.mine) && people.iter().any(|p| !p.mine));
    for person in &people {
        let secret = [&person.address, &person.phone, &person.nhs_number, &person.alerts];
        let details = secret.iter().filter(|value| value.is_some()).count();
        assert!(
            person.mine || details == 0,
            "{}: two identifiers and no more",
            person.case_id
        );
    }
    let note = callum.new_note("P104230", "home_visit");
    callum.types(note, "South only.");
    v.until_quiet(&mut [&mut callum, &mut kofi]);
    let south = callum.notebook().people(None).unwrap();
    let shared = south
        .iter()
        .filter(|p| people.iter().any(|q| q.case_id == p.case_id));
    assert_eq!(shared.count(), 0, "no person is in both teams");
    assert!(kofi.item(note).is_none());
    assert!(kofi.notebook().show(note).is_err());
    assert!(
        kofi.notebook()
            .new_note(&client_core::NewNote {
                who: client_core::Who::CaseId("P104230"),
                kind: "home_visit",
                started_at: None,
                ended_at: None,
            })
            .is_err()
    );
}

#[test]
fn after_reallocation_the_old_phone_sees_nothing_and_the_new_one_everything() {
    let mut v = Village::new(1003);
    let mut kofi = v.phone("W105");
    let mut callum = v.phone("W108");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Two cups were out.");
    kofi.finishes(note);
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    assert!(callum.item(note).is_none());
    v.admin().allocates("P104201", "W108");
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    assert!(kofi.item(note).is_none(), "not listed");
    assert!(kofi.notebook().show(note).is_err(), "not shown");
    assert!(kofi.notebook().search("cups").unwrap().is_empty(), "not found");
    assert!(
        kofi.notebook().people(Some("P104201")).unwrap().is_empty(),
        "not known"
    );
    assert_eq!(callum.body(note), "Two cups were out.");
    callum.adds(note, "New worker called.");
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    let mut outlaw = Outlaw::of(&v, "W105");
    assert!(outlaw.fetches(note).is_none(), "nor by asking the server");
    v.admin().allocates("P104201", "W105");
    v.until_quiet(&mut [&mut kofi, &mut callum]);
    assert_eq!(
        kofi.reads(note)["addenda"].as_array().map(Vec::len),
        Some(1),
        "it comes back whole"
    );
}

/// Every reading is in the audit, those made offline too, with their own time, each once.
#[test]
fn every_reading_leaves_a_trace_offline_ones_too() {
    let mut v = Village::new(1004);
    let mut kofi = v.phone("W105");
    let note = kofi.new_note("P104201", "home_visit");
    kofi.types(note, "Bruised hip.");
    v.until_quiet(&mut [&mut kofi]);
    let mut opened_at = Vec::new();
    for _ in 0..3 {
        v.time.pass(7 * MINUTE);
        kofi.reads(note);
        opened_at.push(v.time.now());
        kofi.is_killed();
    }
    v.time.pass(2 * DAY);
    kofi.link.cut(doorstep_tests::Cut::BeforeAnswer);
    kofi.syncs();
    kofi.link.echoes(1);
    kofi.syncs_well();
    v.time.pass(HOUR);
    kofi.syncs_well();
    let audit = v.server.audit();
    let readings: Vec<_> = audit.iter().filter(|entry| entry.what == "note.read").collect();
    assert_eq!(readings.len(), 3, "{readings:?}");
    for (entry, at) in readings.iter().zip(opened_at) {
        assert_eq!(entry.who, "worker:W105");
        assert_eq!(entry.document, Some(note));
        assert_eq!(entry.person, Some(v.admin().person("P104201")));
        assert!(entry.detail.contains(&at.to_string()), "{} at {at}", entry.detail);
    }
    v.server.verify();
}

/// What people decide leaves a trace as well.
#[test]
fn every_decision_leaves_a_trace() {
    let mut v = Village::new(1005);
    let kofi = v.phone("W105");
    v.admin().allocates("P104201", "W108");
    v.admin().revokes(&kofi);
    let audit = v.server.audit();
    for (what, times) in [
        ("workers.imported", 1),
        ("people.imported", 1),
        ("device.invited", 1),
        ("device.enrolled", 1),
        ("device.revoked", 1),
    ] {
        assert_eq!(
            audit.iter().filter(|entry| entry.what == what).count(),
            times,
            "{what}"
        );
    }
    let moved = audit
        .iter()
        .filter(|entry| entry.person == Some(v.admin().person("P104201")));
    assert!(moved.count() >= 1, "the allocation");
}
