//! Answers as they are, for the `OpenAPI` document to be held against. Where `DOORSTEP_EXPORTED` names a folder they are
//! left there, and `cargo xtask test` has them judged.

use std::path::Path;

use serde_json::{Value, json};

use super::{Answer, PEOPLE, Phone, Town, WORKERS, assertion, client_form, device_form, pair};
use crate::hex::hex;
use crate::ops::client;
use crate::store::EventRecord;

/// What was answered where.
#[derive(Default)]
struct Record(Vec<Value>);

impl Record {
    fn note(&mut self, (method, route): (&str, &str), answer: &Answer) {
        let media = answer
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default();
        let body = if media.ends_with("json") {
            serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
        } else {
            Value::Null
        };
        self.0.push(json!({
            "method": method, "path": route, "status": answer.status, "media_type": media, "body": body,
        }));
    }

    async fn knock(&mut self, town: &Town, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let answer = town.knock(method, path, headers, body.to_owned()).await;
        let route = path.split('?').next().unwrap();
        let route = match route.strip_prefix("/v1/attachments/") {
            Some(_) => "/v1/attachments/{sha256}",
            None => route,
        };
        self.note((method, route), &answer);
        answer
    }
}

/// A case system with every scope: what it shows at the door.
async fn case_system(town: &Town, record: &mut Record) -> String {
    let (keys, pem) = pair(town);
    let id = client::add(&town.core, "Mosaic", &pem, &client::SCOPES.join(" "), "test").unwrap();
    let answer = town.form(&client_form(&assertion(town, &keys, &id))).await;
    record.note(("POST", "/v1/token"), &answer);
    format!(
        "authorization: Bearer {}",
        answer.json()["access_token"].as_str().unwrap()
    )
}

async fn anybody(town: &Town, record: &mut Record) {
    for path in [
        "/health",
        "/.well-known/jwks.json",
        "/v1/openapi.json",
        "/v1/export/schema.json",
    ] {
        record.knock(town, "GET", path, &[], "").await;
    }
    let mut phone = Phone::new(town);
    let enrolled = phone.enrol(town, &town.invite("W1")).await;
    record.note(("POST", "/v1/enrol"), &enrolled);
    record.note(("POST", "/v1/enrol"), &phone.enrol(town, "0000-0000").await);
    phone.id = enrolled.json()["device_id"].as_str().unwrap().to_owned();
    let form = device_form(&assertion(town, &phone.keys, &phone.id)).map(|(k, v)| (k, v.to_owned()));
    let form = form.each_ref().map(|(k, v)| (*k, v.as_str()));
    record.note(("POST", "/v1/token"), &town.form(&form).await);
    record.note(("POST", "/v1/token"), &town.form(&form).await);
    let device = format!("authorization: Bearer {}", phone.token(town).await);
    let json = "content-type: application/json";
    let sought = json!({"case_id": "P2", "reason": "She rang the duty desk"}).to_string();
    record
        .knock(town, "POST", "/v1/lookups", &[&device, json], &sought)
        .await;
    record
        .knock(town, "POST", "/v1/let-in", &[&device, json], r#"{"code":"0000"}"#)
        .await;
    record.knock(town, "POST", "/v1/sync", &[&device], "").await;
}

/// One event that waits for a receipt.
fn event(town: &Town) -> EventRecord {
    let line = include_bytes!("../../export/testdata/rich.ndjson")
        .trim_ascii()
        .to_vec();
    let event: Value = serde_json::from_slice(&line).unwrap();
    let record = EventRecord {
        n: 1,
        event_id: event["event_id"].as_str().unwrap().to_owned(),
        kind: "note.finished".into(),
        document: event["note_id"].as_str().unwrap().parse().unwrap(),
        version: 1,
        sha256: [7; 32],
        created_at: 1_789_999_999_000,
        day: 20_717,
        line,
    };
    town.core.store.write(|tx| tx.outbox_put(&record)).unwrap();
    record
}

async fn case_systems(town: &Town, record: &mut Record) {
    let event = event(town);
    let token = case_system(town, record).await;
    let token = token.as_str();
    for format in [
        "application/x-ndjson",
        "text/csv",
        "application/fhir+ndjson",
        "text/html",
    ] {
        let accept = format!("accept: {format}");
        record
            .knock(town, "GET", "/v1/export/notes", &[token, &accept], "")
            .await;
    }
    for path in [
        "/v1/export/notes?after=x",
        "/v1/export/outstanding",
        "/v1/export/outstanding?limit=0",
        "/v1/export/reconcile",
        "/v1/export/reconcile?day=2026-09-21",
        "/v1/export/reconcile?day=x",
        &format!("/v1/attachments/{}", "0".repeat(64)),
    ] {
        record.knock(town, "GET", path, &[token], "").await;
        record.knock(town, "GET", path, &[], "").await;
    }
    let json = "content-type: application/json";
    let known = json!({
        "event_id": event.event_id, "sha256": hex(&event.sha256), "outcome": "deferred", "note_id": event.document,
        "version": 1,
    });
    let strange =
        json!({"event_id": "x", "sha256": "a".repeat(64), "outcome": "kept", "note_id": "x", "version": 0});
    for path in ["/v1/export/receipts", "/v1/export/reconcile"] {
        for body in [
            json!([known, strange]).to_string(),
            "[]".to_owned(),
            "{".to_owned(),
        ] {
            record.knock(town, "POST", path, &[token, json], &body).await;
        }
        record.knock(town, "POST", path, &[token], "[]").await;
    }
    record
        .knock(town, "GET", "/v1/export/outstanding", &[token], "")
        .await;
    let csv = "content-type: text/csv";
    for (path, file) in [("/v1/import/workers", WORKERS), ("/v1/import/people", PEOPLE)] {
        record.knock(town, "POST", path, &[token, csv], file).await;
        record
            .knock(
                town,
                "POST",
                &format!("{path}?mode=whole&dry_run=true"),
                &[token, csv],
                file,
            )
            .await;
        record.knock(town, "POST", path, &[token, csv], "x\n").await;
        record.knock(town, "POST", path, &[token], file).await;
    }
}

#[tokio::test]
async fn answers_are_as_the_document_says() {
    let (town, mut record) = (Town::new(), Record::default());
    anybody(&town, &mut record).await;
    case_systems(&town, &mut record).await;
    let internal = record.0.iter().find(|answer| answer["status"] == 500);
    assert_eq!(internal, None);
    if let Some(folder) = std::env::var_os("DOORSTEP_EXPORTED") {
        let folder = Path::new(&folder);
        let lines: Vec<String> = record.0.iter().map(Value::to_string).collect();
        std::fs::write(folder.join("answers.ndjson"), lines.join("\n")).unwrap();
        let document: Value = serde_json::from_str(&crate::api::openapi::DOCUMENT).unwrap();
        std::fs::write(folder.join("openapi.ndjson"), document.to_string()).unwrap();
    }
}
