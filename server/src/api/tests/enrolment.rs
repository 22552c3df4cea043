//! Enrolment over HTTP: once, again after a lost answer, and never for the wrong phone.

use notes::note::{Template, genesis};
use notes::problem::Code;
use serde_json::{Value, json};

use super::{Phone, Town};
use crate::ops::device;

#[tokio::test]
async fn a_lost_answer_costs_nothing() {
    let town = Town::new();
    let (code, phone) = (town.invite("W1"), Phone::new(&town));
    let first = phone.enrol(&town, &code).await;
    assert_eq!(first.status, 200);
    let told = first.json();
    assert_eq!(told["worker"], json!({"id": "W1", "name": "Ann Ash"}));
    assert_eq!(told["team"], "North");
    assert_eq!(told["token_url"], "https://doorstep.example/v1/token");
    assert_eq!(told["server_time"], town.core.host.now_ms());
    // As a person types it, and even after the code's day is over.
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(phone.enrol(&town, &typed).await.json(), told);
    town.clock.forward(25 * 3_600_000);
    assert_eq!(
        phone.enrol(&town, &code).await.json()["device_id"],
        told["device_id"]
    );
    let devices = device::list(&town.core).unwrap();
    assert_eq!(devices.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_code_is_good_for_one_key_for_a_day() {
    let town = Town::new();
    let (used, late) = (town.invite("W1"), town.invite("W1"));
    let phone = Phone::new(&town);
    assert_eq!(phone.enrol(&town, &used).await.status, 200);
    let other = Phone::new(&town);
    other.enrol(&town, &used).await.refused(Code::CodeUnknown, "used");
    for unknown in [
        "AAAAA-AAAAA",
        "",
        "K7Q2M",
        "K7Q2M-9XW4T-1",
        "ÄÖÜ",
        &"A".repeat(1000),
    ] {
        other
            .enrol(&town, unknown)
            .await
            .refused(Code::CodeUnknown, unknown);
    }
    town.clock.forward(24 * 3_600_000);
    other.enrol(&town, &late).await.refused(Code::CodeUnknown, "late");
}

#[tokio::test]
async fn an_actor_is_one_devices_own() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let genesis = genesis::actor(Template::Note).to_string().replace('-', "");
    for taken in [phone.actor.clone(), genesis] {
        let (code, mut other) = (town.invite("W2"), Phone::new(&town));
        let own = std::mem::replace(&mut other.actor, taken);
        other
            .enrol(&town, &code)
            .await
            .refused(Code::ActorTaken, &other.actor);
        // The code was not spent on it.
        other.actor = own;
        assert_eq!(other.enrol(&town, &code).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_no_request_is_named() {
    let town = Town::new();
    let code = town.invite("W1");
    let good = Phone::new(&town).request(&code);
    let with = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        bad.to_string()
    };
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bad = [
        (Code::MessageMalformed, String::new()),
        (Code::MessageMalformed, "[]".to_owned()),
        (Code::MessageMalformed, good.to_string() + "x"),
        (Code::MessageMalformed, "[".repeat(10_000)),
        (Code::MessageMalformed, with("/code", json!(7))),
        (Code::MessageMalformed, with("/public_key", json!(null))),
        (Code::ParameterInvalid, with("/public_key/x", json!(zero))),
        (Code::ParameterInvalid, with("/public_key/y", json!("AAAA"))),
        (Code::ParameterInvalid, with("/public_key/crv", json!("P-384"))),
        (Code::ParameterInvalid, with("/public_key/kty", json!("RSA"))),
        (Code::ParameterInvalid, with("/actor", json!("00"))),
        (Code::ParameterInvalid, with("/actor", json!("zz".repeat(16)))),
        (Code::ParameterInvalid, with("/app", json!("a".repeat(1000)))),
    ];
    for (code, body) in bad {
        let answer = town
            .knock(
                "POST",
                "/v1/enrol",
                &["content-type: application/json"],
                body.clone(),
            )
            .await;
        answer.refused(code, &body);
    }
    let twice = good
        .to_string()
        .replacen('{', &format!("{{\"code\":\"{code}\","), 1);
    let answer = town
        .knock("POST", "/v1/enrol", &["content-type: application/json"], twice)
        .await;
    answer.refused(Code::MessageMalformed, "a member that stands there twice");
    assert!(device::list(&town.core).unwrap().as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_revoked_phone_does_not_come_back_with_its_old_code() {
    let town = Town::new();
    let (code, phone) = (town.invite("W1"), Phone::new(&town));
    let id = phone.enrol(&town, &code).await.json()["device_id"].clone();
    town.core
        .store
        .write(|tx| device::revoke(tx, &town.core.host, id.as_str().unwrap(), None, "test"))
        .unwrap();
    phone
        .enrol(&town, &code)
        .await
        .refused(Code::CodeUnknown, "revoked");
}
