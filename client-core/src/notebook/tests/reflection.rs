//! Ann opens her own quarter, for supervision: it is asked for each time, and nothing of it stays on the phone.

use notes::reflection::{OwnBesideTeam, Reflection, ReflectionConcern, ReflectionWords};

use super::lookup::answers;
use super::*;
use crate::notebook::Ended;

fn quarter() -> Reflection {
    Reflection {
        quarter: "2026-Q3".into(),
        worker_id: "W1".into(),
        worker_name: "Ann Ash".into(),
        opened_at: "2026-09-14T09:00:00Z".into(),
        notes: 12,
        recording: OwnBesideTeam {
            own: Some(9),
            team: Some(11),
        },
        contact: OwnBesideTeam {
            own: Some(40),
            team: None,
        },
        to_finish: OwnBesideTeam::default(),
        words: vec![ReflectionWords {
            note_id: DocumentId([7; 16]).to_string(),
            answer: Some("yes".into()),
            words: "She listened".into(),
        }],
        concerns: vec![ReflectionConcern {
            note_id: DocumentId([8; 16]).to_string(),
            kind: Some("safeguarding".into()),
            acknowledged_at: None,
        }],
    }
}

fn code(answer: Result<Reflection, Ended>) -> String {
    match answer {
        Err(Ended::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_workers_own_quarter_comes_from_the_server_or_it_is_said_why_not() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 1);
    phone.sync();
    answers(&server, 200, &serde_json::to_string(&quarter()).unwrap());
    let page = phone.book.reflection(&mut phone.link, 2026, 3).unwrap();
    assert_eq!(page, Ok(quarter()));
    let asked = server.with(|s| s.paths.last().cloned()).unwrap();
    assert_eq!(asked, "/v1/reflection?quarter=2026-Q3");

    answers(
        &server,
        403,
        r#"{"code":"device_revoked","title":"This phone was revoked."}"#,
    );
    let refused = phone.book.reflection(&mut phone.link, 2026, 3).unwrap();
    assert_eq!(code(refused), "device_revoked");
    answers(&server, 200, "<html>Welcome to the hotel's network</html>");
    let hotel = phone.book.reflection(&mut phone.link, 2026, 3).unwrap();
    assert_eq!(code(hotel), "answer_malformed");
    // Nothing of it is kept: without signal there is none.
    phone.link.cut = true;
    let offline = phone.book.reflection(&mut phone.link, 2026, 3).unwrap();
    assert_eq!(offline, Err(Ended::Offline));
}
