//! Who did what is found by person, worker, device, kind and time, and nobody reads of another team's people.

use std::collections::HashSet;

use notes::ids::{DeviceId, PersonId};
use notes::problem::Code;
use serde_json::json;

use super::common::{DAY_MS, teams};
use crate::desk::audit::{Asked, BREAK_GLASS, Deed, break_glass, chain_state, deeds};
use crate::desk::{Scope, seen};
use crate::export::tests::town::{MARGARET, NOBODY, TOM, Town, ZOE};
use crate::ops::OpError;
use crate::ops::lookup::look_up;
use crate::ops::verify::chains::sweep;
use crate::ops::verify::verify_and_mark;
use crate::store::StoreError;
use crate::sync::Pusher;

fn read(town: &Town, scope: Scope, asked: &Asked<'_>) -> Vec<Deed> {
    let page = deeds(&town.core, scope, asked, None).unwrap();
    assert_eq!(page.next, None);
    page.rows
}

fn did(town: &Town, who: &str, what: &str, person: Option<PersonId>) {
    let done = town.core.store.write(|tx| {
        seen(
            tx,
            &town.core.host,
            who,
            what,
            person,
            None,
            &json!({ "case_id": "secret" }),
        )
    });
    done.unwrap();
}

/// Kofi looks Zoë up, who is another team's; Zara reads Margaret, and Zoë; the operator does something.
fn busy() -> (Town, Scope, Scope) {
    let town = Town::new();
    let (north, south) = teams(&town);
    let kofi = town.phone("W1", 1);
    let who = town.read(|tx| {
        let device = tx.device(kofi.id)?.unwrap();
        let worker = tx.worker("W1")?.unwrap();
        Ok(Pusher { device, worker })
    });
    look_up(&town.core, &who, "C3", "The duty line rang about a fall.").unwrap();
    town.clock.forward(DAY_MS);
    did(&town, "worker:W9", "note.seen", Some(MARGARET));
    did(&town, "worker:W9", "note.seen", Some(ZOE));
    town.clock.forward(DAY_MS);
    did(&town, "operator", "device.revoked", None);
    (town, north, south)
}

fn brief(deeds: &[Deed]) -> Vec<(&str, &str)> {
    deeds
        .iter()
        .map(|deed| (deed.who.as_str(), deed.what.as_str()))
        .collect()
}

#[test]
fn a_team_sees_what_was_done_to_its_people_and_by_its_workers() {
    let (town, north, south) = busy();
    let everything = Asked::default();
    assert_eq!(read(&town, Scope::All, &everything).len(), 4);
    let mine = read(&town, north, &everything);
    assert_eq!(
        brief(&mine),
        [("worker:W9", "note.seen"), ("worker:W1", BREAK_GLASS)]
    );
    assert_eq!(mine[0].person.as_ref().unwrap().name, "Margaret Oduya");
    assert_eq!(mine[0].who_name, "Zara Khan");
    let theirs = read(&town, south, &everything);
    assert_eq!(theirs.len(), 3, "both of Zara's, and the look-up of Zoë");
    assert_eq!(read(&town, Scope::Team(99), &everything), []);
}

#[test]
fn that_one_of_theirs_read_elsewhere_is_seen_and_not_of_whom() {
    let (town, north, south) = busy();
    let glass = break_glass(&town.core, north, None).unwrap().rows;
    assert_eq!(brief(&glass), [("worker:W1", BREAK_GLASS)]);
    assert!(glass[0].outside);
    assert_eq!(
        glass[0].reason.as_deref(),
        Some("The duty line rang about a fall.")
    );
    let shown = serde_json::to_string(&glass).unwrap();
    for hidden in ["C3", "Zoë", &ZOE.to_string()] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    // Her own team sees whom, and the organisation too.
    for scope in [south, Scope::All] {
        let glass = break_glass(&town.core, scope, None).unwrap().rows;
        assert_eq!(glass[0].person.as_ref().unwrap().case_id, "C3");
        assert!(!glass[0].outside);
    }
    // Zara's reading of Margaret is about another team's person, in her team's eyes.
    let zaras = read(
        &town,
        south,
        &Asked {
            worker: Some("W9"),
            ..Asked::default()
        },
    );
    let shown = serde_json::to_string(&zaras).unwrap();
    assert!(!shown.contains("Margaret") && zaras.iter().filter(|deed| deed.outside).count() == 1);
}

#[test]
fn deeds_are_found_by_each_trail_and_all_of_it_must_hold() {
    let (town, ..) = busy();
    let count = |asked: Asked<'_>| read(&town, Scope::All, &asked).len();
    let none = Asked::default();
    let (zoe, zara) = (Some(ZOE), Some("W9"));
    let device = Some(DeviceId([1; 16]));
    let what = Some("note.seen");
    assert_eq!(count(Asked { person: zoe, ..none }), 2);
    assert_eq!(count(Asked { worker: zara, ..none }), 2);
    assert_eq!(count(Asked { device, ..none }), 1);
    assert_eq!(count(Asked { what, ..none }), 2);
    assert_eq!(
        count(Asked {
            person: zoe,
            worker: zara,
            ..none
        }),
        1
    );
    assert_eq!(
        count(Asked {
            person: zoe,
            worker: zara,
            what: Some(BREAK_GLASS),
            ..none
        }),
        0
    );
    assert_eq!(
        count(Asked {
            person: zoe,
            device,
            ..none
        }),
        1
    );
    let begun = town.core.host.now_ms() - 2 * DAY_MS;
    let day = |n: i64| Some(begun + n * DAY_MS);
    assert_eq!(count(Asked { from: day(1), ..none }), 3);
    assert_eq!(
        count(Asked {
            until: day(1),
            ..none
        }),
        1
    );
    assert_eq!(
        count(Asked {
            from: day(1),
            until: day(2),
            ..none
        }),
        2
    );
    assert_eq!(count(Asked { from: day(3), ..none }), 0);
    assert_eq!(
        count(Asked {
            until: day(0),
            ..none
        }),
        0
    );
}

#[test]
fn what_is_out_of_view_is_answered_like_what_is_not_there() {
    let (town, north, _) = busy();
    let zaras_phone = town.phone("W9", 7).id;
    let none = Asked::default();
    for asked in [
        Asked {
            person: Some(ZOE),
            ..none
        },
        Asked {
            person: Some(NOBODY),
            ..none
        },
        Asked {
            worker: Some("W9"),
            ..none
        },
        Asked {
            worker: Some("W404"),
            ..none
        },
        Asked {
            device: Some(zaras_phone),
            ..none
        },
        Asked {
            device: Some(DeviceId([99; 16])),
            ..none
        },
    ] {
        let answer = deeds(&town.core, north, &asked, None);
        assert!(
            matches!(answer, Err(OpError::Refused(Code::NotFound))),
            "{asked:?}"
        );
    }
}

#[test]
fn pages_follow_one_another_without_gap_or_repeat_while_more_is_written() {
    let (town, north, _) = busy();
    for n in 0..130 {
        did(
            &town,
            "worker:W2",
            "note.seen",
            Some(if n % 2 == 0 { TOM } else { ZOE }),
        );
    }
    let asked = Asked {
        person: Some(TOM),
        ..Asked::default()
    };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = deeds(&town.core, north, &asked, after.as_deref()).unwrap();
        did(&town, "worker:W2", "note.seen", Some(TOM));
        seen.extend(page.rows.into_iter().map(|deed| deed.n));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(seen.is_sorted_by(|a, b| a > b));
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 65);
}

#[test]
fn the_chains_are_followed_in_slices_and_a_fault_is_told_and_stays_told() {
    let town = Town::new();
    let state = || chain_state(&town.core).unwrap();
    assert_eq!((state().words, state().holds), (None, true));
    for _ in 0..2_500 {
        did(&town, "worker:W2", "note.seen", Some(TOM));
    }
    sweep(&town.core).unwrap();
    assert_eq!((state().audit_n, state().holds), (2_000, true));
    sweep(&town.core).unwrap();
    assert_eq!(state().audit_n, 2_500);
    let at = state().at;
    town.clock.forward(DAY_MS);
    sweep(&town.core).unwrap();
    assert_eq!(state().at, at, "there was nothing new");
    did(&town, "worker:W2", "note.seen", Some(TOM));
    let tampered = town.core.store.write(|tx| {
        tx.tamper("UPDATE audit SET who = 'worker:W1' WHERE n = 2501");
        Ok::<_, StoreError>(())
    });
    tampered.unwrap();
    sweep(&town.core).unwrap();
    assert!(!state().holds);
    assert!(state().words.unwrap().contains("audit entry 2501"));
    did(&town, "worker:W2", "note.seen", Some(TOM));
    sweep(&town.core).unwrap();
    assert!(
        state().words.unwrap().contains("audit entry 2501"),
        "it is not gone over"
    );
    let mended = town.core.store.write(|tx| {
        tx.tamper("UPDATE audit SET who = 'worker:W2' WHERE n = 2501");
        Ok::<_, StoreError>(())
    });
    mended.unwrap();
    assert_eq!(verify_and_mark(&town.core).unwrap().differences, [""; 0]);
    assert_eq!((state().audit_n, state().holds), (2_502, true));
}

#[test]
fn what_was_followed_must_stand_as_it_stood() {
    let town = Town::new();
    did(&town, "worker:W2", "note.seen", Some(TOM));
    did(&town, "worker:W2", "note.seen", Some(ZOE));
    sweep(&town.core).unwrap();
    // Somebody rewrites the last entry with a chain that fits.
    let tampered = town.core.store.write(|tx| {
        tx.tamper("DELETE FROM audit WHERE n = 2");
        Ok::<_, StoreError>(())
    });
    tampered.unwrap();
    did(&town, "worker:W2", "note.seen", Some(TOM));
    sweep(&town.core).unwrap();
    assert!(
        chain_state(&town.core)
            .unwrap()
            .words
            .unwrap()
            .contains("audit entry 2: it is not what it was")
    );
}
