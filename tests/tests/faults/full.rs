//! No room left on the server's disk, at every call that needs some: the phone is told to come
//! again later, nothing is said to be sent that is not durable, and once there is room the same
//! process goes on by itself.

use client_core::notebook::{Ended, State};
use serde_json::Value;

use crate::office::Office;
use crate::shim::{Action, Fault, ops};

/// A phone's pass while there is no room: it went through, or the server said 503 and when to come again.
fn is_put_off(office: &mut Office, after: &str) -> bool {
    let report = office.phone.syncs();
    if report.ended == Ended::Quiet {
        return false;
    }
    assert_eq!(
        report.ended,
        Ended::Offline,
        "{after}: the phone is to try again later\n{}",
        office.server.log()
    );
    let answer = office
        .phone
        .wire
        .answered
        .clone()
        .unwrap_or_else(|| panic!("{after}: no answer"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{after}"
    );
    let problem: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer.status, 503, "{after}: {problem}");
    let code = problem["code"].as_str().unwrap();
    assert!(
        ["disk_full", "disk_failing"].contains(&code),
        "{after}: {problem}"
    );
    assert!(
        problem["retry_after_s"].as_u64().unwrap() > 0,
        "{after}: {problem}"
    );
    assert!(answer.header("retry-after").is_some(), "{after}");
    true
}

/// Waits until the projector has done its work, or has met the fault.
fn projector_meets_it(office: &mut Office) {
    while office.shim.fired() == 0 && office.server.unjudged() > 0 {
        assert!(office.server.is_alive());
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn at_every_call_that_needs_room() {
    let Some(mut office) = Office::open() else { return };
    let process = office.server.id();
    let (mut put_off, mut behind) = (0, 0);
    for at in 1.. {
        let action = if at % 2 == 0 {
            Action::Full
        } else {
            Action::FullHalf
        };
        let after = format!("{action:?} from call {at} on");
        let note = office.phone.writes();
        office.shim.arm(Fault::at(action, ops::ROOM, at));
        if is_put_off(&mut office, &after) {
            put_off += 1;
            // Still no room, and still the same answer; what is written already can be read.
            assert!(is_put_off(&mut office, &after));
            office.server.unjudged();
            assert_eq!(office.phone.state(note), State::OnPhone, "{after}");
        } else {
            projector_meets_it(&mut office);
            behind += u32::from(office.shim.fired() > 0);
        }
        let fired = office.shim.fired();
        office.shim.disarm();
        // What comes now also wakes the projector, which would look again in half a second by itself.
        office.phone.adds();
        office.all_is_well(&after);
        assert_eq!(office.server.id(), process, "{after}: it is the same process");
        if fired == 0 {
            break;
        }
    }
    println!("{put_off} passes were put off, {behind} judgements came later");
    assert!(put_off > 10 && behind > 10, "{put_off}, {behind}");
}

#[test]
fn the_projector_goes_on_by_itself() {
    let Some(mut office) = Office::open() else { return };
    // Only what the judge writes beside the database: the push itself finds room.
    office
        .shim
        .arm(Fault::at(Action::Full, ops::ROOM, 1).only("/judging"));
    office.phone.writes();
    assert_eq!(office.phone.syncs().ended, Ended::Quiet);
    projector_meets_it(&mut office);
    assert_eq!(office.server.unjudged(), 1);
    office.shim.disarm();
    // Nobody rings, nobody asks for anything.
    office.server.wait_until_published();
    office.all_is_well("room for the judge");
}

#[test]
fn a_checkpoint_without_room_keeps_nobody_waiting() {
    let Some(mut office) = Office::open() else { return };
    office
        .shim
        .arm(Fault::at(Action::Full, ops::ROOM, 1).only("/doorstep.db"));
    while office.shim.fired() < 3 {
        office
            .phone
            .writes_so(&"A long visit, told at length. ".repeat(2_000));
        assert_eq!(office.phone.syncs().ended, Ended::Quiet);
        office.server.wait_until_published();
    }
    office.all_is_well("checkpoints without room");
}

#[test]
fn also_where_the_log_is_on_that_disk() {
    let Some(mut office) = Office::open_with_log("server/server.log") else {
        return;
    };
    let process = office.server.id();
    office.phone.writes();
    office.shim.arm(Fault::at(Action::Full, ops::ROOM, 1));
    assert!(is_put_off(&mut office, "no room for a word"));
    assert!(is_put_off(&mut office, "still none"));
    office.all_is_well("room for the log");
    assert_eq!(office.server.id(), process);
}
