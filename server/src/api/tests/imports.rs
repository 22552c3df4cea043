//! Imports over HTTP: what is wrong with a file is told by line and column, and then nothing of it
//! is taken.

use notes::problem::Code;
use serde_json::json;

use super::{Answer, Town};

async fn import(town: &Town, what: &str, file: &[u8]) -> Answer {
    let token = town.case_system("import.write").await;
    let bearer = format!("authorization: Bearer {token}");
    let headers = ["content-type: text/csv; charset=utf-8", bearer.as_str()];
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
