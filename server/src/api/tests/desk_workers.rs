//! The desk and the phones: what a team admin may do to a device, and that another team's are not there.

use notes::ids::DeviceId;
use notes::problem::Code;
use serde_json::json;

use super::Town;
use super::desk::town;
use crate::store::{DeviceRecord, StoreError};

const PHONE: DeviceId = DeviceId([7; 16]);

/// Ann (W1, North) has a phone on which two notes wait.
fn with_phone() -> Town {
    let town = town();
    town.core
        .store
        .write(|tx| -> Result<(), StoreError> {
            tx.device_add(&DeviceRecord {
                id: PHONE,
                worker: "W1".into(),
                public_key: vec![7; 65],
                app: "test 1".into(),
                enrolled_at: 1,
                last_seen_at: None,
                revoked_at: None,
                waiting: 0,
                clock_offset_ms: 0,
                pulled_pub: 0,
            })?;
            tx.device_seen(PHONE, 3, (2, 0, 0), "test 2")
        })
        .unwrap();
    town
}

fn of_phone(deed: &str) -> String {
    format!("/v1/desk/devices/{PHONE}/{deed}")
}

#[tokio::test]
async fn another_teams_workers_and_devices_are_not_there() {
    let town = with_phone();
    let abe = town.signed_in("A2");
    let list = town.desk(&abe, "GET", "/v1/desk/workers", "").await.json();
    let ids: Vec<_> = list["workers"].as_array().unwrap().iter().collect();
    assert!(
        !ids.is_empty() && ids.iter().all(|one| one["team"] == "South"),
        "{list}"
    );
    let why = r#"{"reason":"x"}"#;
    let deeds = [
        ("GET", "/v1/desk/workers/W1".to_owned(), ""),
        ("POST", "/v1/desk/workers/W1/enrol".to_owned(), ""),
        (
            "POST",
            "/v1/desk/workers/W1/messages".to_owned(),
            r#"{"text":"x"}"#,
        ),
        ("POST", "/v1/desk/workers/W1/left".to_owned(), why),
        ("POST", of_phone("lock"), why),
        ("POST", of_phone("wipe"), why),
        ("POST", of_phone("revoke"), why),
        ("POST", of_phone("rename"), r#"{"name":"x"}"#),
    ];
    for (method, path, body) in &deeds {
        let there = town.desk(&abe, method, path, body).await;
        there.refused(Code::NotFound, path);
        let nowhere = path
            .replace("W1", "W9")
            .replace(&PHONE.to_string(), &DeviceId([8; 16]).to_string());
        let none = town.desk(&abe, method, &nowhere, body).await;
        assert_eq!(
            there.json()["detail"],
            none.json()["detail"],
            "{path}: the two look the same"
        );
    }
    // Nor may their own be handed on to another team.
    let hand = r#"{"reason":"x","hand_to":"W1"}"#;
    town.desk(&abe, "POST", "/v1/desk/workers/W2/left", hand)
        .await
        .refused(Code::NotFound, "of another team");
    let device = town.core.store.read(|tx| tx.device(PHONE)).unwrap().unwrap();
    assert_eq!(device.revoked_at, None);
}

#[tokio::test]
async fn a_phone_is_named_locked_and_wiped_and_its_unsent_notes_only_where_that_was_typed() {
    let town = with_phone();
    let ada = town.signed_in("A1");
    assert_eq!(
        town.desk(&ada, "POST", &of_phone("rename"), r#"{"name":"Ann's"}"#)
            .await
            .status,
        204
    );
    let why = r#"{"reason":"left on a bus"}"#;
    assert_eq!(town.desk(&ada, "POST", &of_phone("lock"), why).await.status, 204);
    town.desk(&ada, "POST", &of_phone("wipe"), r#"{"reason":" "}"#)
        .await
        .refused(Code::ReasonMissing, "no reason");
    town.desk(
        &ada,
        "POST",
        &of_phone("wipe"),
        r#"{"reason":"x","unsent":"yes"}"#,
    )
    .await
    .refused(Code::ParameterInvalid, "not typed");
    let ann = || async { town.desk(&ada, "GET", "/v1/desk/workers/W1", "").await.json() };
    let before = ann().await;
    let phone = &before["devices"][0];
    assert_eq!(phone["order"]["what"], "lock");
    assert_eq!((&phone["name"], &phone["waiting"]), (&json!("Ann's"), &json!(2)));
    assert_eq!(town.desk(&ada, "POST", &of_phone("wipe"), why).await.status, 204);
    let typed = r#"{"reason":"stolen","unsent":"wipe unsent"}"#;
    assert_eq!(
        town.desk(&ada, "POST", &of_phone("wipe"), typed).await.status,
        204
    );
    town.desk(&ada, "POST", &of_phone("lock"), why)
        .await
        .refused(Code::OrderStands, "graver");
    let after = ann().await;
    let phone = &after["devices"][0];
    assert_eq!(
        (&phone["order"]["what"], &phone["order"]["by"]),
        (&json!("wipe_unsent"), &json!("worker:A1"))
    );
    assert!(phone["revoked_at"].is_string());
}

#[tokio::test]
async fn a_worker_who_left_hands_on_and_can_still_send() {
    let town = with_phone();
    let ada = town.signed_in("A1");
    let path = "/v1/desk/workers/W1/left";
    town.desk(&ada, "POST", path, r#"{"reason":"x","hand_to":"W1"}"#)
        .await
        .refused(Code::ParameterInvalid, "to herself");
    town.desk(&ada, "POST", path, r#"{"reason":""}"#)
        .await
        .refused(Code::ReasonMissing, "no reason");
    let caseload = || town.core.store.read(|tx| tx.caseload("W1")).unwrap().len();
    let had = caseload();
    assert!(had > 0);
    let left = town
        .desk(&ada, "POST", path, r#"{"reason":"new post","hand_to":"A1"}"#)
        .await
        .json();
    assert_eq!(left, json!({ "devices": 1, "handed_on": had, "left_behind": 0 }));
    assert_eq!(caseload(), 0);
    let device = town.core.store.read(|tx| tx.device(PHONE)).unwrap().unwrap();
    assert!(device.revoked_at.is_some(), "what it still sends is held");
    town.desk(&ada, "POST", "/v1/desk/workers/W1/enrol", "")
        .await
        .refused(Code::WorkerLeft, "no new phone");
}

#[tokio::test]
async fn what_the_desk_says_is_under_the_admins_name_and_a_code_is_for_one_phone() {
    let town = with_phone();
    let ada = town.signed_in("A1");
    let said = r#"{"text":"Please call the office."}"#;
    assert_eq!(
        town.desk(&ada, "POST", "/v1/desk/workers/W1/messages", said)
            .await
            .status,
        200
    );
    let ann = town.desk(&ada, "GET", "/v1/desk/workers/W1", "").await.json();
    let message = &ann["messages"][0];
    assert_eq!(
        (&message["from"], &message["read_at"]),
        (&json!("Ada Admin"), &json!(null))
    );
    let made = town
        .desk(&ada, "POST", "/v1/desk/workers/W1/enrol", "")
        .await
        .json();
    let link = made["link"].as_str().unwrap();
    assert!(
        link.ends_with(&format!("/#enrol={}", made["code"].as_str().unwrap())),
        "{link}"
    );
}
