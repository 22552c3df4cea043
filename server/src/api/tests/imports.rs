//! Imports over HTTP: what is wrong with a file is told by line and column, and then nothing of it
//! is taken.

use notes::problem::Code;
use serde_json::json;

use super::{Answer, Town};

async fn import(town: &Town, what: &str, file: &[u8]) -> Answer {
    sends(town, what, "text/csv; charset=utf-8", file).await
}

async fn sends(town: &Town, what: &str, media: &str, file: &[u8]) -> Answer {
    let token = town.case_system("import.write").await;
    let bearer = format!("authorization: Bearer {token}");
    let media = format!("content-type: {media}");
    let headers = [media.as_str(), bearer.as_str()];
    town.knock("POST", &format!("/v1/import/{what}"), &headers, file.to_vec())
        .await
}

#[tokio::test]
async fn a_file_is_counted_and_its_faults_are_listed() {
    let town = Town::new();
    let file = "case_id,forename,surname,date_of_birth\nP1,Cat,Cedar,\nP3,Eve,Elder,31/02/1950\n,No,Id,\n";
    let answer = import(&town, "people", file.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    let rejected = json!([told["rejected"][0]["line"], told["rejected"][0]["column"]]);
    // The first ones name the columns that the file does not have.
    let warning = told["warnings"].as_array().unwrap().last().unwrap();
    let warned = json!([warning["line"], warning["column"]]);
    assert_eq!(
        (told["added"].clone(), told["changed"].clone()),
        (json!(1), json!(0))
    );
    assert_eq!(told["unchanged"], 1);
    assert_eq!(rejected, json!([4, "case_id"]));
    assert_eq!(warned, json!([3, "date_of_birth"]));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_changes_nothing() {
    let town = Town::new();
    let good = "case_id,forename,surname\nP9,New,Name\n";
    let with = |bytes: &[u8]| [good.as_bytes(), bytes].concat();
    let audit = |town: &Town| town.core.store.read(|tx| tx.audit_after(0, 1000)).unwrap().len();
    for (code, line, file) in [
        (Code::CsvEncoding, Some(3), with(b"P10,Ren\xe9,Latin\n")),
        (Code::CsvNul, Some(3), with(b"P10,N\0l,Nul\n")),
        (
            Code::CsvColumnMissing,
            Some(1),
            b"case_id,forename\nP9,New\n".to_vec(),
        ),
        (Code::CsvEmpty, None, Vec::new()),
        (Code::CsvMalformed, Some(3), with(b"P10,\"open,quote\n")),
    ] {
        // One for the client that knocks.
        let before = audit(&town) + 1;
        let answer = import(&town, "people", &file).await;
        answer.refused(code, code.as_str());
        assert_eq!(
            answer.json().get("line").and_then(serde_json::Value::as_u64),
            line,
            "{code}"
        );
        assert_eq!(audit(&town), before, "{code}");
    }
    let p9 = town.core.store.read(|tx| tx.person_by_case("P9")).unwrap();
    assert_eq!(p9, None);
    let answer = import(&town, "workers", b"worker_id\nW9\n").await;
    answer.refused(Code::CsvColumnMissing, "workers");
    assert_eq!(answer.json()["column"], "name");
}

#[tokio::test]
async fn a_field_of_two_megabytes_is_too_much() {
    let town = Town::with(crate::config::HttpConfig {
        import_body_bytes: 4 * 1024 * 1024,
        ..super::http()
    });
    let file = format!(
        "case_id,forename,surname\nP9,New,{}\nP10,Ok,Name\n",
        "x".repeat(2 * 1024 * 1024)
    );
    let answer = import(&town, "people", file.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!(
        (&told["added"], &told["rejected"][0]["line"]),
        (&json!(1), &json!(2))
    );
    assert!(!answer.text().contains("xxxx"));
}

const LINES: &str = "application/x-ndjson";

#[tokio::test]
async fn the_media_type_says_how_the_file_is_written() {
    let town = Town::new();
    let file = "{\"case_id\":\"P9\",\"surname\":\"Name\"}\nno object\n";
    let answer = sends(&town, "people", LINES, file.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    assert_eq!(
        (&told["added"], &told["rejected"][0]["line"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        told["changes"],
        json!([{"line": 1, "case_id": "P9", "what": "added", "columns": []}])
    );
    assert_eq!((&told["dry_run"], &told["left"]), (&json!(false), &json!([])));
    let worker = b"{\"worker_id\":\"W9\",\"name\":\"New\"}";
    let told = sends(&town, "workers", LINES, worker).await.json();
    assert_eq!(
        told["changes"],
        json!([{"line": 1, "worker_id": "W9", "what": "added", "columns": []}])
    );
    // Each as the other is refused by its own code, and neither changes anything.
    let answer = sends(&town, "people", "text/csv", file.as_bytes()).await;
    answer.refused(Code::CsvColumnMissing, "lines as CSV");
    for (code, line, bytes) in [
        (Code::NdjsonEncoding, Some(1), &b"{\"case_id\":\"P\xe9\"}"[..]),
        (Code::NdjsonMalformed, Some(2), b"{}\n{\"case_id\":\"P1"),
        (Code::NdjsonMalformed, Some(1), b"{\"case_id\":\"\0\"}"),
        (Code::NdjsonEmpty, None, b""),
    ] {
        let answer = sends(&town, "people", LINES, bytes).await;
        answer.refused(code, code.as_str());
        assert_eq!(
            answer.json().get("line").and_then(serde_json::Value::as_u64),
            line,
            "{code}"
        );
    }
    for media in ["application/json", "application/ndjson", "text/plain"] {
        let answer = sends(&town, "people", media, file.as_bytes()).await;
        answer.refused(Code::MediaTypeUnsupported, media);
        assert_eq!(answer.json()["detail"], "send text/csv or application/x-ndjson");
    }
}

#[tokio::test]
async fn a_parameter_that_is_none_changes_nothing() {
    let town = Town::new();
    let file = b"case_id,forename,surname\nP9,New,Name\n";
    for query in [
        "mode=some",
        "mode=",
        "mode=Whole",
        "mode=whole&mode=whole",
        "mode=whole&mode=changes",
        "dry_run=1",
        "dry_run=true&dry_run=true",
        "dry_run",
        "confirm=3",
        "mode=whole&confirm=0",
        "mode=whole&confirm=-1",
        "mode=whole&confirm=many",
        "mode=whole&confirm=1&confirm=2",
        "modus=whole",
    ] {
        let answer = import(&town, &format!("people?{query}"), file).await;
        answer.refused(Code::ParameterInvalid, query);
        let answer = import(&town, &format!("workers?{query}"), b"worker_id,name\nW9,New\n").await;
        answer.refused(Code::ParameterInvalid, query);
    }
    assert_eq!(town.core.store.read(|tx| tx.person_by_case("P9")).unwrap(), None);
    assert_eq!(town.core.store.read(|tx| tx.worker("W9")).unwrap(), None);
}

/// The case system did not hear the answer, and sends the file again.
#[tokio::test]
async fn a_lost_answer_costs_nothing_but_the_same_file_again() {
    let town = Town::new();
    let people = |town: &Town| town.core.store.read(|tx| tx.people_here()).unwrap();
    let file = b"case_id,forename,surname,status,merged_into\nP1,Cat,Cedar,,\nP7,New,Name,,\nP8,,,,P7\n";
    let dry = import(&town, "people?mode=changes&dry_run=true", file)
        .await
        .json();
    assert_eq!(
        (&dry["dry_run"], &dry["added"], &dry["merged"]),
        (&json!(true), &json!(1), &json!(1))
    );
    let before = people(&town).len();
    drop(import(&town, "people", file).await);
    let once = people(&town);
    assert_eq!(once.len(), before + 1);
    let again = import(&town, "people", file).await.json();
    assert_eq!(
        (&again["added"], &again["changed"], &again["merged"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!((&again["unchanged"], &again["changes"]), (&json!(3), &json!([])));
    assert_eq!(people(&town), once);
}

#[tokio::test]
async fn many_leave_only_where_their_number_is_given() {
    let town = Town::new();
    let all = (0..60)
        .map(|n| format!("Q{n},Ann,Ash\n"))
        .collect::<Vec<_>>()
        .concat();
    let head = "case_id,forename,surname\n";
    import(&town, "people", format!("{head}{all}").as_bytes()).await;
    let known = town.core.store.read(|tx| tx.people_here()).unwrap().len();
    let few = format!("{head}Q0,Ann,Ash\n");
    let answer = import(&town, "people?mode=whole", few.as_bytes()).await;
    answer.refused(Code::LeaversUnconfirmed, "too many");
    let detail = format!("{} of {known} would leave", known - 1);
    assert_eq!(answer.json()["detail"], detail.as_str());
    let wrong = format!("people?mode=whole&confirm={known}");
    import(&town, &wrong, few.as_bytes())
        .await
        .refused(Code::LeaversUnconfirmed, "another number");
    let right = format!("people?mode=whole&confirm={}", known - 1);
    let told = import(&town, &right, few.as_bytes()).await.json();
    assert_eq!(told["left"].as_array().unwrap().len(), known - 1);
    assert_eq!(town.core.store.read(|tx| tx.people_here()).unwrap().len(), 1);
}
