//! The case system's doors over HTTP: parameters, formats, headers. What is in the feed is the
//! export room's to test.

use notes::problem::Code;

use super::{Answer, Town};

async fn get(town: &Town, path: &str, accept: &str) -> Answer {
    let token = town.case_system("export.read export.receipt").await;
    let bearer = format!("authorization: Bearer {token}");
    let accept = format!("accept: {accept}");
    town.knock("GET", path, &[&bearer, &accept], "").await
}

#[tokio::test]
async fn the_next_page_is_named_twice() {
    let town = Town::new();
    let answer = get(&town, "/v1/export/notes?limit=7", "application/x-ndjson").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let cursor = answer.header("doorstep-cursor");
    assert!(!cursor.is_empty());
    let link = format!("</v1/export/notes?after={cursor}&limit=7>; rel=\"next\"");
    assert_eq!(answer.header("link"), link);
    let path = format!("/v1/export/notes?after={cursor}");
    assert_eq!(get(&town, &path, "*/*").await.status, 200);
}

#[tokio::test]
async fn other_formats_cannot_be_given() {
    let town = Town::new();
    for accept in [
        "text/html, image/*",
        "application/json",
        "application/x-ndjson;q=0",
        "*/*;q=0",
        "text/csv;q=0, application/x-ndjson;q=0, application/fhir+ndjson;q=0, */*",
    ] {
        let answer = get(&town, "/v1/export/notes", accept).await;
        answer.refused(Code::NotAcceptable, accept);
    }
}

#[tokio::test]
async fn the_format_is_the_one_that_is_liked_best() {
    let town = Town::new();
    let (ndjson, csv, fhir) = ("application/x-ndjson", "text/csv", "application/fhir+ndjson");
    for (accept, expected) in [
        ("*/*", ndjson),
        ("application/*", ndjson),
        ("Application/X-NDJSON", ndjson),
        ("text/csv", csv),
        ("text/*", csv),
        ("text/csv, */*;q=0.1", csv),
        ("application/x-ndjson;q=0.5, text/csv;q=0.9", csv),
        ("application/fhir+ndjson, text/html", fhir),
        ("application/x-ndjson;q=0, application/*", fhir),
        ("text/csv;q=0.3, application/fhir+ndjson; q=0.4", fhir),
    ] {
        let answer = get(&town, "/v1/export/notes", accept).await;
        assert_eq!(answer.status, 200, "{accept}: {}", answer.text());
        assert_eq!(answer.header("content-type"), expected, "{accept}");
        assert!(answer.header("vary").contains("accept"), "{accept}");
    }
}

#[tokio::test]
async fn reconciling_takes_days_and_nothing_else() {
    let town = Town::new();
    for query in [
        "",
        "day=2026-11-22",
        "from=2026-11-22",
        "from=2026-11-22&to=2026-11-23",
        "day=2026-11-22&limit=10000",
        "day=2026-11-22&after=01a0668c-d220-7101-8101-010101010101:2",
    ] {
        let answer = get(&town, &format!("/v1/export/reconcile?{query}"), "*/*").await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    }
    for query in [
        "day=yesterday",
        "day=2026-02-30",
        "day=20261122",
        "day=2026-11-22T00:00:00Z",
        "from=2026",
        "to=",
        "day=2026-11-22&from=2026-11-01",
        "limit=5",
        "after=x",
        "day=2026-11-22&after=x",
        "day=2026-11-22&limit=10001",
        "day=2026-11-22&after=01a0668c-d220-7101-8101-010101010101:-1",
        "days=1",
    ] {
        let answer = get(&town, &format!("/v1/export/reconcile?{query}"), "*/*").await;
        answer.refused(Code::ParameterInvalid, query);
    }
    for (scope, status) in [("export.read", 403), ("export.receipt", 200)] {
        let token = town.case_system(scope).await;
        let bearer = format!("authorization: Bearer {token}");
        let headers = ["content-type: application/json", bearer.as_str()];
        let answer = town.knock("POST", "/v1/export/reconcile", &headers, "[]").await;
        assert_eq!(answer.status, status, "{scope}: {}", answer.text());
        let answer = town.knock("POST", "/v1/export/reconcile", &headers, "{}").await;
        assert!((400..500).contains(&answer.status), "{scope}: {}", answer.text());
    }
}

#[tokio::test]
async fn who_does_not_take_their_pages_gets_no_more_of_them_and_keeps_nobody_waiting() {
    let town = Town::new();
    let (slow, other) = (
        town.case_system("export.read").await,
        town.case_system("export.read").await,
    );
    let path = "/v1/export/notes";
    let mut untaken = Vec::new();
    for _ in 0..3 {
        untaken.push(town.leave(path, &slow).await);
    }
    let refused = town
        .knock("GET", path, &[&format!("authorization: Bearer {slow}")], "")
        .await;
    refused.refused(Code::RateLimited, "a fourth page");
    assert_eq!(refused.json()["retry_after_s"], 1);
    assert_eq!(
        town.leave(path, &other).await.status(),
        200,
        "another case system"
    );
    drop(untaken.pop());
    assert_eq!(
        town.leave(path, &slow).await.status(),
        200,
        "one was read, or given up"
    );
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let town = Town::new();
    for (code, query) in [
        (Code::ParameterInvalid, "limit=0"),
        (Code::ParameterInvalid, "limit=1001"),
        (Code::ParameterInvalid, "limit=-1"),
        (Code::ParameterInvalid, "limit=many"),
        (Code::ParameterInvalid, "limit=5&limit=6"),
        (Code::ParameterInvalid, "wait=3600"),
        (Code::ParameterInvalid, "before=x"),
        (Code::CursorUnknown, "after=x"),
        (Code::CursorUnknown, "after=%FF%00"),
        (Code::CursorUnknown, "after=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let answer = get(&town, &format!("/v1/export/notes?{query}"), "*/*").await;
        answer.refused(code, query);
    }
    let answer = get(&town, "/v1/export/outstanding?limit=0", "*/*").await;
    answer.refused(Code::ParameterInvalid, "outstanding");
    let answer = get(&town, "/v1/export/outstanding", "*/*").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn an_empty_answer_waits_until_its_time_or_the_servers_end() {
    let town = Town::new();
    let later = || tokio::time::sleep(std::time::Duration::from_millis(400));
    let waiting = get(&town, "/v1/export/notes?wait=2", "*/*");
    let (answer, early) = tokio::join!(waiting, async {
        later().await;
        town.clock.forward(2_000);
        town.core.host.now_ms()
    });
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(early, town.core.host.now_ms());
    let waiting = get(&town, "/v1/export/notes?wait=60", "*/*");
    let (answer, ()) = tokio::join!(waiting, async {
        later().await;
        town.stop.send(true).unwrap();
    });
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn receipts_that_are_none_are_refused() {
    let town = Town::new();
    let token = town.case_system("export.receipt").await;
    let bearer = format!("authorization: Bearer {token}");
    let headers = ["content-type: application/json", bearer.as_str()];
    for body in ["", "{", "{}", "7", "null", &"[".repeat(20_000)] {
        let answer = town
            .knock("POST", "/v1/export/receipts", &headers, body.to_owned())
            .await;
        assert!((400..500).contains(&answer.status), "{body}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{body}"
        );
    }
    let answer = town.knock("POST", "/v1/export/receipts", &headers, "[]").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
