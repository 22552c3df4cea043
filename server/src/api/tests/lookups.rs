//! `/v1/lookups`: Bob meets somebody of another team on the stairs. He gets to read, and everybody can see that he did.

use notes::lookup::{Lookup, READABLE_MS};
use notes::problem::Code;
use serde_json::{Value, json};

use super::attachments::{photo, push};
use super::{Answer, Phone, Town};
use crate::ops::device;

async fn ask(town: &Town, phone: &Phone, case_id: &str, reason: &str) -> Answer {
    let token = format!("authorization: Bearer {}", phone.token(town).await);
    let body = json!({ "case_id": case_id, "reason": reason }).to_string();
    town.knock(
        "POST",
        "/v1/lookups",
        &[&token, "content-type: application/json"],
        body,
    )
    .await
}

fn audited(town: &Town) -> Vec<(bool, String, Value)> {
    let all = town.core.store.read(|tx| tx.audit_after(0, 1000)).unwrap();
    let deeds = all.into_iter().map(|record| record.entry);
    let deeds = deeds.filter(|entry| entry.what == "person.looked_up");
    deeds
        .map(|entry| {
            let detail = serde_json::from_str(&entry.detail).unwrap();
            (entry.person.is_some(), entry.who, detail)
        })
        .collect()
}

#[tokio::test]
async fn the_exact_case_id_and_a_reason_give_what_there_is_and_leave_a_trace() {
    let town = Town::new();
    let (ann, bob) = (town.phone("W1").await, town.phone("W2").await);
    let note = push(&town, &ann, &photo());
    let reason = "Met her on the stairs, she is unwell";
    let answer = ask(&town, &bob, " P1 ", reason).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let found: Lookup = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(found.person.name, "Cat Cedar");
    assert_eq!(found.person.worker.as_deref(), Some("Ann Ash"));
    assert_eq!(found.person.team.as_deref(), Some("North"));
    assert_eq!(
        (found.readable_ms, found.left_out, found.about),
        (READABLE_MS, 0, None)
    );
    let [one] = &found.notes[..] else {
        panic!("{:?}", found.notes)
    };
    assert_eq!((one.id, &one.authors[..]), (note, &["Ann Ash".to_owned()][..]));
    assert_eq!(one.fields["kind"], "home_visit");
    assert_eq!(one.fields["finished"]["author"], "W1");
    let trace = json!({ "device": bob.id, "case_id": "P1", "reason": reason });
    assert_eq!(audited(&town), [(true, "worker:W2".to_owned(), trace)]);
}

#[tokio::test]
async fn whoever_guesses_or_gives_no_reason_reads_nothing() {
    let town = Town::new();
    let bob = town.phone("W2").await;
    ask(&town, &bob, "p1", "visiting a neighbour")
        .await
        .refused(Code::CaseUnknown, "not exact");
    ask(&town, &bob, "", "visiting a neighbour")
        .await
        .refused(Code::CaseUnknown, "none");
    for none in ["", "    \n  ", "asks", &"x".repeat(501)] {
        ask(&town, &bob, "P1", none)
            .await
            .refused(Code::ReasonMissing, none);
    }
    let tried: Vec<bool> = audited(&town).into_iter().map(|(found, ..)| found).collect();
    assert_eq!(tried, [false, false], "what was tried is told, too");
    town.core
        .store
        .write(|tx| device::revoke(tx, &town.core.host, &bob.id, None, "test"))
        .unwrap();
    ask(&town, &bob, "P1", "visiting a neighbour")
        .await
        .refused(Code::DeviceRevoked, "revoked");
    let nobody = town
        .knock("POST", "/v1/lookups", &["content-type: application/json"], "{}")
        .await;
    nobody.refused(Code::TokenMissing, "no phone");
}

#[tokio::test]
async fn nobody_reads_through_the_whole_team() {
    let town = Town::new();
    let bob = town.phone("W2").await;
    for n in 0..10 {
        ask(&town, &bob, &format!("P{n}"), "one after another").await;
    }
    ask(&town, &bob, "P1", "one after another")
        .await
        .refused(Code::RateLimited, "too many");
    town.clock.forward(60_000);
    assert_eq!(ask(&town, &bob, "P1", "one after another").await.status, 200);
}
