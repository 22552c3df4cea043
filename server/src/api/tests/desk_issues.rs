//! Issues over HTTP: two admins at one issue, undoing, and nothing of another team's.

use notes::problem::Code;
use serde_json::Value;

use super::desk::town;
use crate::store::NewIssue;

const ISSUE: &str = "01999999-0000-7000-8000-000000000001";

fn with_issue() -> super::Town {
    let town = town();
    let opened = NewIssue {
        id: ISSUE.to_owned(),
        kind: "wrong_clock".to_owned(),
        opened_at: town.core.host.now_ms(),
        document: None,
        person: None,
        device: None,
        worker: Some("A1".to_owned()),
        seq: None,
        subject: "clock".to_owned(),
        detail: r#"{"words":"A clock is wrong."}"#.to_owned(),
    };
    town.core.store.write(|tx| tx.issue_open(&opened)).unwrap();
    town
}

#[tokio::test]
async fn whoever_comes_second_reads_who_was_faster() {
    let town = with_issue();
    let (ada, ola) = (town.signed_in("A1"), town.signed_in("O1"));
    let at = format!("/v1/desk/issues/{ISSUE}");
    let body = r#"{"action":"close","reason":"They set it right."}"#;
    let list = town.desk(&ada, "GET", "/v1/desk/issues", "").await.json();
    assert_eq!(list["issues"][0]["words"], "A clock is wrong.");
    assert_eq!(list["counts"]["wrong_clock"], 1);
    let count = |body: Value| (body["open"].as_u64(), body["more"].as_bool());
    let open = town.desk(&ada, "GET", "/v1/desk/open-issues", "").await.json();
    assert_eq!(count(open), (Some(1), Some(false)));
    let seen = town
        .desk(&ada, "POST", &format!("{at}/preview"), body)
        .await
        .json();
    assert_eq!(seen["effects"][0], "The issue is closed. Nothing else changes.");
    let open = town.desk(&ola, "GET", &at, "").await.json();
    assert_eq!(open["settled"], Value::Null, "a preview changes nothing");
    let settle = format!("{at}/settle");
    let blank = town.desk(&ada, "POST", &settle, r#"{"action":"close"}"#).await;
    blank.refused(Code::ReasonMissing, "why, is not said");
    assert_eq!(town.desk(&ada, "POST", &settle, body).await.status, 200);
    let open = town.desk(&ada, "GET", "/v1/desk/open-issues", "").await.json();
    assert_eq!(count(open), (Some(0), Some(false)));
    let second = town.desk(&ola, "POST", &settle, body).await;
    second.refused(Code::IssueSettled, "Ada was faster");
    let settled = &second.json()["settled"];
    assert_eq!(
        (settled["by"].as_str(), settled["action"].as_str()),
        (Some("Ada Admin"), Some("close"))
    );
    let reopen = format!("{at}/reopen");
    let undone = town
        .desk(&ola, "POST", &reopen, r#"{"reason":"It is wrong again."}"#)
        .await;
    assert_eq!(undone.json()["undone"], "close");
    let twice = town.desk(&ola, "POST", &reopen, r#"{"reason":"Again."}"#).await;
    twice.refused(Code::IssueOpen, "it is open");
}

#[tokio::test]
async fn an_issue_of_another_team_is_no_issue() {
    let town = with_issue();
    let abe = town.signed_in("A2");
    let at = format!("/v1/desk/issues/{ISSUE}");
    let list = town.desk(&abe, "GET", "/v1/desk/issues", "").await.json();
    assert_eq!(list["issues"].as_array().map(Vec::len), Some(0));
    assert_eq!(list["counts"].as_object().map(serde_json::Map::len), Some(0));
    let open = town.desk(&abe, "GET", "/v1/desk/open-issues", "").await.json();
    assert_eq!(open["open"], 0);
    let one = town.desk(&abe, "GET", &at, "").await;
    one.refused(Code::NotFound, "it is Ada's team's");
    let body = r#"{"action":"close","reason":"Mine now."}"#;
    let settle = town.desk(&abe, "POST", &format!("{at}/settle"), body).await;
    settle.refused(Code::NotFound, "it is Ada's team's");
    let organiser = town.signed_in("O1");
    let seen = town.desk(&organiser, "GET", &at, "").await.json();
    assert_eq!(seen["settled"], Value::Null, "nothing was done");
}
