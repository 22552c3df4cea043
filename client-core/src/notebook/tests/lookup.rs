//! Somebody who is not on Ann's caseload: read for a day, told to the audit, gone afterwards. And Ann's own phone, whose
//! PIN she forgot.

use std::cell::RefCell;

use notes::ids::{DeviceId, DocumentId, PersonId};
use notes::lookup::{Found, FoundNote, Lookup, READABLE_MS};
use serde_json::json;

use super::*;
use crate::host::{AsyncHost, HttpRequest, HttpResponse, Unreachable};
use crate::notebook::{Ended, Locked, in_place, let_in};
use crate::trouble::Trouble;

const NOTE: DocumentId = DocumentId([7; 16]);
const SOMEBODY: PersonId = PersonId([8; 16]);

fn found() -> Lookup {
    Lookup {
        person: Found {
            id: SOMEBODY,
            case_id: "Q9".into(),
            name: "Quinn Ives".into(),
            preferred_name: None,
            date_of_birth: Some("1940-02-29".into()),
            nhs_number: None,
            address: None,
            phone: None,
            communication_needs: None,
            alerts: Some("Two dogs".into()),
            worker: Some("Bob Birch".into()),
            team: Some("South".into()),
        },
        about: Some([("please_do".to_owned(), "Ring twice".to_owned())].into()),
        notes: vec![FoundNote {
            id: NOTE,
            authors: vec!["Bob Birch".into()],
            fields: [("body".to_owned(), json!("Fell on the stairs"))]
                .into_iter()
                .collect(),
        }],
        left_out: 2,
        readable_ms: READABLE_MS,
    }
}

pub(super) fn answers(server: &Server, status: u16, body: &str) {
    server.with(|s| s.say.push((status, body.to_owned())));
}

#[test]
fn somebody_who_was_looked_up_is_read_for_a_day_and_every_reading_is_told() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 1);
    phone.sync();
    answers(&server, 200, &serde_json::to_string(&found()).unwrap());
    let ended = phone
        .book
        .look_up(&mut phone.link, " Q9 ", " on the stairs ")
        .unwrap();
    assert_eq!(ended, Ended::Quiet);
    assert_eq!(server.with(|s| s.paths.last().cloned()).unwrap(), "/v1/lookups");
    // Without signal.
    phone.link.cut = true;
    let listed = phone.book.looked_up().unwrap();
    assert_eq!((listed[0].name.as_str(), listed.len()), ("Quinn Ives", 1));
    assert_eq!(phone.book.lookup("Q9").unwrap(), found());
    assert!(matches!(phone.book.lookup("Q8"), Err(Trouble::NoPerson)));
    // It is not one of her notes: not in the list, not found, not written in.
    assert!(phone.book.list().unwrap().iter().all(|note| note.id != NOTE));
    assert!(phone.book.search("stairs").unwrap().is_empty());
    assert!(phone.book.show(NOTE).is_err());
    phone.link.cut = false;
    phone.sync();
    let told = server.with(|s| s.requests.last().unwrap().readings.clone());
    let told: Vec<DocumentId> = told.into_iter().map(|reading| reading.document).collect();
    assert!(
        told.contains(&NOTE) && told.contains(&DocumentId::about(SOMEBODY)),
        "{told:?}"
    );
    // The day is over while the app lies open.
    phone.hands.pass(READABLE_MS - 1);
    assert!(phone.book.lookup("Q9").is_ok());
    phone.hands.pass(1);
    phone.book.tick().unwrap();
    assert!(phone.book.looked_up().unwrap().is_empty());
    assert!(matches!(phone.book.lookup("Q9"), Err(Trouble::NoPerson)));
}

#[test]
fn a_refusal_and_a_dead_link_leave_nothing_and_say_why() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 1);
    phone.sync();
    let title = r#"{"code":"case_unknown","title":"Nobody has this case id. Check it letter by letter."}"#;
    answers(&server, 404, title);
    match phone
        .book
        .look_up(&mut phone.link, "Q8", "on the stairs")
        .unwrap()
    {
        Ended::Refused(refusal) => assert_eq!(refusal.code, "case_unknown"),
        other => panic!("{other:?}"),
    }
    answers(&server, 200, "<html>Welcome to the hotel's network</html>");
    match phone
        .book
        .look_up(&mut phone.link, "Q8", "on the stairs")
        .unwrap()
    {
        Ended::Refused(refusal) => assert_eq!(refusal.code, "answer_malformed"),
        other => panic!("{other:?}"),
    }
    phone.link.cut = true;
    let ended = phone
        .book
        .look_up(&mut phone.link, "Q8", "on the stairs")
        .unwrap();
    assert_eq!(ended, Ended::Offline);
    assert!(phone.book.looked_up().unwrap().is_empty());
}

/// A server that has a spare for whoever signs.
struct Spare {
    /// Answers, the next one last.
    answers: RefCell<Vec<(u16, &'static str)>>,
    asked: RefCell<Vec<HttpRequest>>,
}

impl AsyncHost for Spare {
    fn send(&self, request: &HttpRequest) -> impl Future<Output = Result<HttpResponse, Unreachable>> {
        self.asked.borrow_mut().push(request.clone());
        let answer = self
            .answers
            .borrow_mut()
            .pop()
            .map(|(status, body)| HttpResponse {
                status,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            });
        std::future::ready(answer.ok_or(Unreachable))
    }
}

fn asks(answers: &[(u16, &'static str)]) -> (Result<[u8; 32], Ended>, Vec<HttpRequest>) {
    let host = Spare {
        answers: RefCell::new(answers.iter().rev().copied().collect()),
        asked: RefCell::default(),
    };
    let key = crate::SoftKey::from_secret(&[5; 32]).unwrap();
    let phone = Locked {
        device: DeviceId([3; 16]),
        token_url: "https://s/v1/token",
        now_ms: 1_000_000,
        dice: &mut Sevens,
        key: Some(&key),
    };
    let said = in_place(let_in(&host, phone, "AB-12")).unwrap();
    (said, host.asked.into_inner())
}

struct Sevens;

impl Dice for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[test]
fn a_fresh_code_brings_the_spare_back() {
    const TOKEN: (u16, &str) = (200, r#"{"access_token":"t1","expires_in":600}"#);
    const GIVEN: (u16, &str) = (200, r#"{"spare":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"}"#);
    let spare: [u8; 32] = std::array::from_fn(|n| u8::try_from(n + 1).unwrap());
    let (said, asked) = asks(&[TOKEN, GIVEN]);
    assert_eq!(said, Ok(spare));
    assert_eq!(
        (asked[1].path.as_str(), &asked[1].body[..]),
        ("/v1/let-in", &br#"{"code":"AB-12"}"#[..])
    );
    assert_eq!(
        asked[1].headers[0],
        ("Authorization".to_owned(), "Bearer t1".to_owned())
    );
    // A clock that is years off is signed for again.
    let clock = r#"{"code":"clock","title":"x","server_time":99000000000}"#;
    let (said, asked) = asks(&[(401, clock), TOKEN, GIVEN]);
    assert_eq!((said, asked.len()), (Ok(spare), 3));
    // No signal, a wrong code, a hotel's network.
    assert_eq!(asks(&[]).0, Err(Ended::Offline));
    assert_eq!(asks(&[TOKEN]).0, Err(Ended::Offline));
    let unknown = r#"{"code":"code_unknown","title":"The code is not known."}"#;
    assert!(
        matches!(asks(&[TOKEN, (404, unknown)]).0, Err(Ended::Refused(refusal)) if refusal.code == "code_unknown")
    );
    for rubbish in ["<html>", r#"{"spare":"AQID"}"#, "{}"] {
        let said = asks(&[TOKEN, (200, rubbish)]).0;
        assert!(
            matches!(said, Err(Ended::Refused(refusal)) if refusal.code == "answer_malformed"),
            "{rubbish}"
        );
    }
}
