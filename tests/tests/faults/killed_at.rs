//! The server, killed at named points: at every call by which it changes its files between a
//! request and its own end, with the call undone, half done, or lost with the power; before and after
//! each answer; and inside a checkpoint.

use crate::long;
use crate::office::{Office, verified};
use crate::shim::{Action, Fault, ops};

/// What the phone and the server do between two deaths: two passes, two judgements, an end in good
/// order (which is a checkpoint). True where the server came to its end.
fn a_short_run(office: &mut Office) -> bool {
    office.phone.writes();
    office.phone.syncs();
    if !office.server.comes_to_rest() {
        return false;
    }
    office.phone.adds();
    office.phone.syncs();
    office.server.comes_to_rest() && office.server.end().success()
}

#[test]
fn at_every_write_of_a_short_run() {
    let Some(mut office) = Office::open() else { return };
    let actions: &[Action] = &[
        Action::DieBefore,
        Action::PowerOff,
        Action::DieHalf,
        Action::DieSector,
    ];
    let mut deaths = 0;
    let mut places = std::collections::BTreeMap::<String, u32>::new();
    // The ordinary run takes the kinds of death in turn, the long one each of them at each call.
    let rounds = if long() { actions.len() } else { 1 };
    for round in 0..rounds {
        for at in 1.. {
            let turn = usize::try_from(at).unwrap() + round;
            let action = actions[turn % actions.len()];
            office.shim.arm(Fault::at(action, ops::DISK, at));
            let ended = a_short_run(&mut office);
            assert_eq!(ended, office.shim.fired() == 0, "it dies of the fault alone");
            if ended {
                office.shim.disarm();
                office.server.start();
                office.all_is_well("a run without a fault");
                break;
            }
            deaths += 1;
            *places.entry(office.shim.place()).or_default() += 1;
            office.shim.disarm();
            office.server.kill();
            office.server.start();
            office.all_is_well(&format!("{action:?} at call {at}, {}", office.shim.place()));
        }
    }
    office.server.kill();
    office.server.verify();
    println!("{deaths} deaths, {places:?}");
    for (place, least) in [
        ("write to doorstep.db-wal", 20),
        // How many commits share one is the moment's.
        ("sync of doorstep.db-wal", 1),
        ("write to doorstep.db", 5),
        ("write to judging", 1),
    ] {
        assert!(
            places.get(place).is_some_and(|n| *n >= least),
            "{place}: {places:?}"
        );
    }
}

#[test]
fn before_and_after_each_answer() {
    let Some(mut office) = Office::open() else { return };
    for action in [Action::DieBefore, Action::DieAfter, Action::PowerOff] {
        for at in 1.. {
            office.phone.adds();
            office.phone.writes();
            let before = office.log_entries();
            office.shim.arm(Fault::at(action, ops::ANSWER, at));
            let report = office.phone.syncs();
            if office.shim.fired() == 0 {
                assert!(at > 1, "there is an answer");
                office.all_is_well("answers that all came");
                break;
            }
            office.server.kill();
            let after = format!("{action:?} at answer {at}");
            // Committed is committed, whether or not the phone has heard of it.
            assert!(
                office.log_entries() > before,
                "{after}: the entries stand before the answer goes"
            );
            if action == Action::DieAfter {
                assert!(report.sent > 0, "{after}: the answer came");
            } else {
                assert_eq!(report.sent, 0, "{after}: nothing is said to be sent");
            }
            office.server.start();
            office.all_is_well(&after);
        }
    }
}

#[test]
fn in_a_checkpoint_while_serving() {
    let Some(mut office) = Office::open() else { return };
    // Notes, until the next commit makes the log of changes so long that it is brought in.
    let checkpoint = |action, at| Fault::at(action, ops::WRITE | ops::SYNC, at).only("/doorstep.db");
    office.shim.arm(checkpoint(Action::DieBefore, 1));
    for _ in 0..400 {
        office.phone.writes();
        office.phone.syncs();
        if !office.server.comes_to_rest() {
            break;
        }
    }
    assert_eq!(office.shim.fired(), 1, "there was a checkpoint");
    let (mut at, mut deaths) = (2, 1);
    let step = if long() { 1 } else { 7 };
    let actions = [Action::DieHalf, Action::PowerOff, Action::DieBefore];
    loop {
        // What a death left is whole. It is looked at in a copy: looking ends in a checkpoint too.
        office.server.kill();
        verified(office.server.as_left().path(), &format!("death {deaths}"));
        // The log is still as long, so the next commit tries again.
        let action = actions[deaths % actions.len()];
        office.shim.arm(checkpoint(action, at));
        // Its start commits too, and may be what brings the log in.
        match office.server.try_start() {
            Ok(()) => {
                office.phone.writes();
                office.phone.syncs();
                office.server.comes_to_rest();
            }
            Err((status, said)) => assert_eq!(office.shim.fired(), 1, "it did not start: {status}\n{said}"),
        }
        if office.shim.fired() == 0 {
            assert!(office.shim.count() > 1, "this checkpoint came to its end");
            break;
        }
        deaths += 1;
        at += step;
    }
    println!(
        "{deaths} deaths in one checkpoint of {} calls",
        office.shim.count()
    );
    assert!(deaths >= 10, "{deaths} deaths");
    office.all_is_well("deaths in a checkpoint");
}
