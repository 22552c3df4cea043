//! Passes over HTTP: who gets in, what a revoked phone may do, and which requests are no pass.
//! What a pass does is the sync room's to test.

use notes::ids::Actor;
use notes::problem::Code;
use notes::wire::{self, Coding, Request, Response};

use super::{Phone, Town};
use crate::ops::device;

pub(super) fn request(phone: &Phone) -> Request {
    let actor: Actor = phone.actor.parse().unwrap();
    Request {
        protocol: wire::PROTOCOL,
        device_at: crate::testing::BEGIN_MS,
        actor,
        cursor: Vec::new(),
        pushes: Vec::new(),
        readings: Vec::new(),
        waiting: 0,
        pull: true,
        fills: Vec::new(),
        app: "test 1.0".to_owned(),
        watch: None,
        to_desk: None,
    }
}

pub(super) fn sync_headers(token: &str, packing: &str) -> [String; 3] {
    [
        format!("content-type: {}", wire::MEDIA_TYPE),
        format!("authorization: Bearer {token}"),
        format!("content-encoding: {packing}"),
    ]
}

async fn pass(town: &Town, token: &str, request: &Request) -> super::Answer {
    let body = minicbor::to_vec(request).unwrap();
    let headers = sync_headers(token, "identity");
    town.knock("POST", "/v1/sync", &headers.each_ref().map(String::as_str), body)
        .await
}

#[tokio::test]
async fn a_phone_gets_its_team() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let answer = pass(&town, &phone.token(&town).await, &request(&phone)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), wire::MEDIA_TYPE);
    let response: Response = wire::decode(&answer.body, Coding::Identity).unwrap();
    assert!(!response.rows.is_empty());
    assert!(!response.cursor.is_empty());
}

#[tokio::test]
async fn another_protocol_is_named() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let token = phone.token(&town).await;
    for protocol in [0, wire::PROTOCOL + 1, u64::MAX] {
        let mut request = request(&phone);
        request.protocol = protocol;
        let answer = pass(&town, &token, &request).await;
        answer.refused(Code::ProtocolUnsupported, &protocol.to_string());
    }
}

#[tokio::test]
async fn a_revoked_phone_pulls_nothing_at_once_and_pushes_slowly() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let before = phone.token(&town).await;
    assert!(
        town.core
            .store
            .write(|tx| device::revoke(tx, &town.core.host, &phone.id, None, "test"))
            .unwrap()
    );
    let after = phone.token(&town).await;
    for token in [&before, &after] {
        let answer = pass(&town, token, &request(&phone)).await;
        assert_eq!(answer.status, 200);
        let response: Response = wire::decode(&answer.body, Coding::Identity).unwrap();
        assert_eq!((response.rows, response.pulls), (Vec::new(), Vec::new()));
    }
    for _ in 2..60 {
        assert_eq!(pass(&town, &after, &request(&phone)).await.status, 200);
    }
    let answer = pass(&town, &after, &request(&phone)).await;
    answer.refused(Code::RateLimited, "the sixty-first");
    let seconds: i64 = answer.header("retry-after").parse().unwrap();
    town.clock.forward(seconds * 1000);
    assert_eq!(pass(&town, &after, &request(&phone)).await.status, 200);
}
