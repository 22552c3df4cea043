//! The desk's own books: settings that are changed with a reason, an audit that writes down who reads it, reports as a
//! file, and nothing of another team by any of them.

use notes::problem::Code;
use serde_json::Value;

use super::desk::town;

#[tokio::test]
async fn a_setting_is_changed_with_a_reason_and_the_audit_has_both() {
    let town = town();
    let (ola, ada) = (town.signed_in("O1"), town.signed_in("A1"));
    let path = "/v1/desk/settings/timeliness_h";
    let blank = town
        .desk(&ola, "POST", path, r#"{"value":"24","reason":" "}"#)
        .await;
    blank.refused(Code::ReasonMissing, "no reason");
    let body = r#"{"value":"24","reason":"The board of 3 March"}"#;
    town.desk(&ada, "POST", path, body)
        .await
        .refused(Code::RoleForbidden, "a team admin");
    let changed = town.desk(&ola, "POST", path, body).await.json();
    assert_eq!(
        (changed["value"].as_str(), changed["changed_by"].as_str()),
        (Some("24"), Some("Ola Organiser"))
    );
    let audit = "/v1/desk/audit?what=setting.changed";
    let found = town.desk(&ola, "GET", audit, "").await.json();
    assert_eq!(found["rows"][0]["reason"], "The board of 3 March");
    // It was no deed by anybody of Ada's team.
    let found = town.desk(&ada, "GET", audit, "").await.json();
    assert_eq!(found["rows"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn who_reads_the_audit_is_in_it_once_in_a_while_and_reads_of_no_other_team() {
    let town = town();
    let ada = town.signed_in("A1");
    let seen = |found: &Value| {
        let rows = found["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["what"] == "audit.seen").count()
    };
    for _ in 0..3 {
        let found = town.desk(&ada, "GET", "/v1/desk/audit", "").await.json();
        assert_eq!(
            seen(&found),
            1,
            "a page that looks again by itself is one reading"
        );
    }
    for query in ["worker=A2", "person=nobody", "device=none"] {
        let answer = town
            .desk(&ada, "GET", &format!("/v1/desk/audit?{query}"), "")
            .await;
        answer.refused(Code::NotFound, query);
    }
    for (query, code) in [
        ("from=yesterday", Code::ParameterInvalid),
        ("until=9999-12-31", Code::ParameterInvalid),
        ("after=x", Code::CursorUnknown),
        ("by=A1", Code::ParameterInvalid),
    ] {
        let answer = town
            .desk(&ada, "GET", &format!("/v1/desk/audit?{query}"), "")
            .await;
        answer.refused(code, query);
    }
    // Nothing that was refused is written down as read.
    let found = town.desk(&ada, "GET", "/v1/desk/audit", "").await.json();
    assert_eq!(seen(&found), 1);
    let abe = town.signed_in("A2");
    let other = town.desk(&abe, "GET", "/v1/desk/audit", "").await.json();
    let rows = other["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["who"] != "worker:A1"));
}

#[tokio::test]
async fn a_report_comes_as_a_file_where_that_is_asked() {
    let town = town();
    let ada = town.signed_in("A1");
    let months = "from=2026-01&until=2026-03";
    for name in [
        "recording",
        "path",
        "fields",
        "unmet-needs",
        "feedback",
        "reviews",
    ] {
        let path = format!("/v1/desk/reports/{name}?{months}");
        let report = town.desk(&ada, "GET", &path, "").await.json();
        assert_eq!(report["from"], "2026-01", "{name}");
        let file = town.desk(&ada, "GET", &format!("{path}&format=csv"), "").await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8", "{name}");
        let accepted = town
            .knock("GET", &path, &[&ada, "accept: text/csv"], String::new())
            .await;
        assert_eq!(accepted.text(), file.text(), "{name}");
        let backwards = format!("/v1/desk/reports/{name}?from=2026-03&until=2026-01");
        let backwards = town.desk(&ada, "GET", &backwards, "").await;
        backwards.refused(Code::ParameterInvalid, name);
    }
    let quarter = "/v1/desk/workers/W1/reflection?quarter=1970-Q1";
    town.desk(&ada, "GET", quarter, "")
        .await
        .refused(Code::NotYetSeen, "theirs first");
    town.desk(&town.signed_in("A2"), "GET", quarter, "")
        .await
        .refused(Code::NotFound, "of another team");
}
