//! `/v1/let-in`: Ann has forgotten her PIN, and a fresh code of hers opens her own phone again, and no other.

use notes::problem::Code;
use serde_json::{Value, json};

use super::{Answer, Phone, Town};
use crate::ops::device;

const SPARE: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";

/// A phone that left a spare when it was enrolled, and the code that it spent.
async fn phone(town: &Town, worker: &str, spare: Option<&str>) -> (Phone, String) {
    let (mut phone, code) = (Phone::new(town), town.invite(worker));
    let mut request = phone.request(&code);
    request["spare"] = json!(spare);
    let json = "content-type: application/json";
    let answer = town
        .knock("POST", "/v1/enrol", &[json], request.to_string())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    phone.id = answer.json()["device_id"].as_str().unwrap().to_owned();
    (phone, code)
}

async fn ask(town: &Town, phone: &Phone, code: &str) -> Answer {
    let token = format!("authorization: Bearer {}", phone.token(town).await);
    let body = json!({ "code": code }).to_string();
    town.knock(
        "POST",
        "/v1/let-in",
        &[&token, "content-type: application/json"],
        body,
    )
    .await
}

fn audited(town: &Town) -> Vec<Value> {
    let all = town.core.store.read(|tx| tx.audit_after(0, 1000)).unwrap();
    let deeds = all
        .into_iter()
        .filter(|record| record.entry.what == "device.let_in");
    deeds
        .map(|record| serde_json::from_str(&record.entry.detail).unwrap())
        .collect()
}

#[tokio::test]
async fn a_fresh_code_of_her_own_opens_her_phone_again() {
    let town = Town::new();
    let (ann, spent) = phone(&town, "W1", Some(SPARE)).await;
    let code = town.invite("W1");
    // The link that enrolled it may still lie in her mail.
    ask(&town, &ann, &spent)
        .await
        .refused(Code::CodeUnknown, "it enrolled this phone");
    ask(&town, &ann, &town.invite("W2"))
        .await
        .refused(Code::CodeUnknown, "a colleague's");
    ask(&town, &ann, "AAAAA-AAAAA")
        .await
        .refused(Code::CodeUnknown, "nobody's");
    assert!(audited(&town).is_empty());
    assert_eq!(ask(&town, &ann, &code).await.json(), json!({ "spare": SPARE }));
    assert_eq!(
        ask(&town, &ann, &code).await.json(),
        json!({ "spare": SPARE }),
        "a lost answer"
    );
    assert_eq!(audited(&town), [json!({ "device": ann.id })], "once");
    // It is spent: it lets in no other phone, and enrols none.
    let (other, _) = phone(&town, "W1", Some(SPARE)).await;
    ask(&town, &other, &code)
        .await
        .refused(Code::CodeUnknown, "spent by another");
    Phone::new(&town)
        .enrol(&town, &code)
        .await
        .refused(Code::CodeUnknown, "spent");
    town.clock.forward(24 * 3_600_000);
    ask(&town, &ann, &code).await.refused(Code::CodeUnknown, "late");
}

#[tokio::test]
async fn whoever_left_no_spare_or_is_revoked_gets_none() {
    let town = Town::new();
    let (bare, _) = phone(&town, "W1", None).await;
    let code = town.invite("W1");
    ask(&town, &bare, &code)
        .await
        .refused(Code::NotFound, "it left none");
    let (lost, _) = phone(&town, "W1", Some(SPARE)).await;
    town.core
        .store
        .write(|tx| device::revoke(tx, &town.core.host, &lost.id, None, "test"))
        .unwrap();
    ask(&town, &lost, &code)
        .await
        .refused(Code::DeviceRevoked, "revoked");
    // The code was not spent on them.
    let (ann, _) = phone(&town, "W1", Some(SPARE)).await;
    assert_eq!(ask(&town, &ann, &code).await.status, 200);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let town = Town::new();
    let (ann, _) = phone(&town, "W1", Some(SPARE)).await;
    for _ in 0..30 {
        ask(&town, &ann, "AAAAA-AAAAA")
            .await
            .refused(Code::CodeUnknown, "a guess");
    }
    ask(&town, &ann, &town.invite("W1"))
        .await
        .refused(Code::RateLimited, "too many");
}

#[tokio::test]
async fn a_spare_is_32_bytes() {
    let town = Town::new();
    for bad in ["", "AQID", "%%%%"] {
        let mut request = Phone::new(&town).request(&town.invite("W1"));
        request["spare"] = json!(bad);
        let json = "content-type: application/json";
        let answer = town
            .knock("POST", "/v1/enrol", &[json], request.to_string())
            .await;
        answer.refused(Code::ParameterInvalid, bad);
    }
}
