//! Files of everybody: who is not in one has left, nothing of them is lost, and a file that was cut
//! short empties no caseload.

use std::fmt::Write as _;

use notes::problem::Code;

use super::{deeds, news_head, team, told};
use crate::auth::DevicePublicKey;
use crate::core::Core;
use crate::ops::OpError;
use crate::ops::enrol::{Newcomer, make_code, use_code};
use crate::ops::import::{How, Imported, Mode, What, people, people_as, workers, workers_as};
use crate::store::Audience;
use crate::testing::core;

const WORKERS: &str = "worker_id,name,team\nW1,Ann Ash,North\nW2,Bob Birch,South\n";
const PEOPLE: &str =
    "case_id,forename,surname,allocated_worker\nP1,Cat,Cedar,W1\nP2,Dan,Damson,W2\nP3,Eve,Elder,W1\n";

const WHOLE: How = How {
    format: crate::import::Format::Csv,
    mode: Mode::Whole,
    dry_run: false,
    confirm: None,
};

fn settled() -> (Core, crate::testing::Folder) {
    let (core, folder, _) = core();
    workers(&core, WORKERS.as_bytes(), "test").unwrap();
    people(&core, PEOPLE.as_bytes(), "test").unwrap();
    (core, folder)
}

fn whole(core: &Core, file: &str) -> Imported {
    people_as(core, file.as_bytes(), WHOLE, "test").unwrap()
}

fn counts(answer: &Imported) -> (u64, u64, u64, usize) {
    (answer.added, answer.changed, answer.unchanged, answer.left.len())
}

fn worker_of(core: &Core, case_id: &str) -> Option<String> {
    let found = core.store.read(|tx| tx.person_by_case(case_id)).unwrap();
    found.unwrap().allocated_worker
}

fn left(core: &Core, case_id: &str) -> bool {
    let at = core.store.read(|tx| {
        let id = tx.person_by_case(case_id)?.unwrap().id;
        tx.person_left(id)
    });
    at.unwrap().is_some()
}

#[test]
fn who_is_not_in_the_file_leaves_and_comes_back_as_the_same_person() {
    let (core, _folder) = settled();
    let before = core.store.read(|tx| tx.person_by_case("P2")).unwrap().unwrap();
    let south = core.store.write(|tx| tx.team_named("South")).unwrap();
    let news = news_head(&core);
    let answer = whole(&core, &PEOPLE.replace("P2,Dan,Damson,W2\n", ""));
    assert_eq!(counts(&answer), (0, 0, 2, 1));
    assert_eq!(answer.left, ["P2"]);
    let change = &answer.changes[0];
    assert_eq!((change.line, change.what), (None, What::Left));
    assert!(left(&core, "P2") && !left(&core, "P1"));
    assert_eq!((worker_of(&core, "P2"), team(&core, "P2")), (None, None));
    for audience in [Audience::Worker("W2"), Audience::Team(south)] {
        assert_eq!(told(&core, audience, news), ["P2"], "{audience}");
    }
    assert!(deeds(&core).contains(&"person.left".to_owned()));
    // The same file again says nothing new.
    let (news, audit) = (news_head(&core), deeds(&core));
    let again = whole(&core, &PEOPLE.replace("P2,Dan,Damson,W2\n", ""));
    assert_eq!(counts(&again), (0, 0, 2, 0));
    assert_eq!((news_head(&core), deeds(&core)), (news, audit));
    let answer = whole(&core, PEOPLE);
    assert_eq!(counts(&answer), (0, 1, 2, 0));
    let columns = ["allocated_worker", "allocated_team", "status"];
    assert_eq!(answer.changes[0].columns, columns);
    let after = core.store.read(|tx| tx.person_by_case("P2")).unwrap().unwrap();
    assert_eq!(after, before);
    assert!(!left(&core, "P2"));
    assert!(deeds(&core).contains(&"person.returned".to_owned()));
}

#[test]
fn a_file_of_changes_makes_nobody_leave_whom_it_does_not_name() {
    let (core, _folder) = settled();
    let answer = people(&core, b"case_id,forename,surname\nP1,Cat,Cedar\n", "test").unwrap();
    assert_eq!(counts(&answer), (0, 0, 1, 0));
    assert_eq!(worker_of(&core, "P2").as_deref(), Some("W2"));
    let file = "case_id,status\nP2,left\nP3,active\nP9,left\n";
    let answer = people(&core, file.as_bytes(), "test").unwrap();
    assert_eq!(counts(&answer), (0, 1, 2, 1));
    assert_eq!(
        (answer.left, worker_of(&core, "P2")),
        (vec!["P2".to_owned()], None)
    );
    assert_eq!(core.store.read(|tx| tx.person_by_case("P9")).unwrap(), None);
    let again = people(&core, file.as_bytes(), "test").unwrap();
    assert_eq!(counts(&again), (0, 0, 3, 0));
    // A word that is none brings nobody back, and takes nobody away.
    let odd =
        "case_id,forename,surname,allocated_worker,status\nP2,Dan,Damson,W2,gone\nP1,Cat,Cedar,W1,gone\n";
    let answer = people(&core, odd.as_bytes(), "test").unwrap();
    assert_eq!(counts(&answer), (0, 0, 2, 0));
    assert!(left(&core, "P2") && !left(&core, "P1"));
    assert_eq!(worker_of(&core, "P2"), None);
}

#[test]
fn a_rejected_row_makes_nobody_leave() {
    let (core, _folder) = settled();
    // Nameless, but it says whom it is about.
    let named = PEOPLE.replace("P2,Dan,Damson,W2", "P2,,,W2");
    let answer = whole(&core, &named);
    assert_eq!((counts(&answer), answer.rejected.len()), ((0, 0, 2, 0), 1));
    // This one may be about anybody.
    let nameless = PEOPLE.replace("P2,Dan,Damson,W2", ",Dan,Damson,W2");
    let answer = whole(&core, &nameless);
    assert_eq!((counts(&answer), answer.rejected.len()), ((0, 0, 2, 0), 1));
    let warning = answer.warnings.last().unwrap();
    let reason = "nobody knows whom this row is about, so nobody leaves with this file";
    assert_eq!((warning.line, warning.reason.as_str()), (3, reason));
    assert!(!left(&core, "P2"));
}

fn town(people: usize) -> String {
    let mut file = String::from("case_id,forename,surname\n");
    for n in 0..people {
        writeln!(file, "P{n:03},Ann,Ash{n}").unwrap();
    }
    file
}

fn would_leave(core: &Core, file: &str, confirm: Option<u64>) -> Result<usize, String> {
    let how = How { confirm, ..WHOLE };
    match people_as(core, file.as_bytes(), how, "test") {
        Ok(answer) => Ok(answer.left.len()),
        Err(OpError::Because(Code::LeaversUnconfirmed, detail)) => Err(detail),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_file_that_was_cut_short_empties_no_caseload() {
    let (core, _folder, _) = core();
    people(&core, town(50).as_bytes(), "test").unwrap();
    let before = (news_head(&core), deeds(&core));
    for confirm in [None, Some(29), Some(31), Some(1)] {
        let refused = would_leave(&core, &town(20), confirm);
        assert_eq!(refused, Err("30 of 50 would leave".to_owned()), "{confirm:?}");
    }
    // A dry run is refused alike, and shows them once their number is given.
    let dry = How {
        dry_run: true,
        confirm: Some(30),
        ..WHOLE
    };
    let seen = people_as(&core, town(20).as_bytes(), dry, "test").unwrap();
    assert_eq!(seen.left.len(), 30);
    assert_eq!(
        (news_head(&core), deeds(&core)),
        before,
        "nothing was done so far"
    );
    // Half of them, or few: that happens.
    assert_eq!(would_leave(&core, &town(25), None), Ok(25));
    assert_eq!(would_leave(&core, &town(10), None), Ok(15));
    assert_eq!(would_leave(&core, &town(1), None), Ok(9));
    // But for nobody at all.
    let empty = would_leave(&core, &town(0), None);
    assert_eq!(empty, Err("1 of 1 would leave".to_owned()));
    assert_eq!(would_leave(&core, &town(0), Some(1)), Ok(1));
    assert_eq!(
        would_leave(&core, &town(0), None),
        Ok(0),
        "there is nobody left to leave"
    );
    people(&core, town(50).as_bytes(), "test").unwrap();
    assert_eq!(would_leave(&core, &town(20), Some(30)), Ok(30));
}

#[test]
fn a_worker_who_has_left_keeps_their_people_and_gets_no_new_phone() {
    let (core, _folder) = settled();
    let key = DevicePublicKey::from_pem(include_str!("../../auth/tests/p256-public.pem")).unwrap();
    let code = make_code(&core, "W2", 1000, "operator").unwrap();
    let file = WORKERS.replace("W2,Bob Birch,South\n", "");
    let answer = workers_as(&core, file.as_bytes(), WHOLE, "test").unwrap();
    assert_eq!(
        (counts(&answer), answer.left.as_slice()),
        ((0, 0, 1, 1), &["W2".to_owned()][..])
    );
    assert_eq!(
        worker_of(&core, "P2").as_deref(),
        Some("W2"),
        "until they are moved"
    );
    let refused = make_code(&core, "W2", 1000, "operator");
    assert!(matches!(refused, Err(OpError::Refused(Code::WorkerLeft))));
    let newcomer = Newcomer {
        code: code.code.shown(),
        key,
        actor: notes::ids::Actor([5; 16]),
        app: "phone".into(),
        spare: None,
    };
    let refused = use_code(&core, &newcomer);
    assert!(
        matches!(refused, Err(OpError::Refused(Code::CodeUnknown))),
        "nor with one that they had"
    );
    let again = workers_as(&core, file.as_bytes(), WHOLE, "test").unwrap();
    assert_eq!(counts(&again), (0, 0, 1, 0));
    let back = workers(&core, b"worker_id,status\nW2,active\n", "test").unwrap();
    assert_eq!(
        (counts(&back), &back.changes[0].columns),
        ((0, 1, 0, 0), &vec!["status"])
    );
    assert!(use_code(&core, &newcomer).is_ok());
    let named = workers(&core, b"worker_id,status\nW2,left\nW9,left\n", "test").unwrap();
    assert_eq!(counts(&named), (0, 1, 1, 1));
    let deeds = deeds(&core);
    for deed in ["worker.left", "worker.returned"] {
        assert!(deeds.contains(&deed.to_owned()), "{deed}");
    }
}
