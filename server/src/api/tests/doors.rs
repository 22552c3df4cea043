//! Every door against a wrong method, a wrong media type, no identity and the wrong one; and what
//! is no door at all.

use notes::problem::Code;

use super::Town;

/// Method, path, the media type that it takes.
const DOORS: [(&str, &str, Option<&str>); 10] = [
    ("GET", "/health", None),
    ("GET", "/.well-known/jwks.json", None),
    ("POST", "/v1/enrol", Some("application/json")),
    ("POST", "/v1/token", Some("application/x-www-form-urlencoded")),
    ("POST", "/v1/sync", Some("application/vnd.doorstep.sync+cbor")),
    ("GET", "/v1/export/notes", None),
    ("POST", "/v1/export/receipts", Some("application/json")),
    ("GET", "/v1/export/outstanding", None),
    ("POST", "/v1/import/people", Some("text/csv")),
    ("POST", "/v1/import/workers", Some("text/csv")),
];

#[tokio::test]
async fn a_wrong_method_is_named() {
    let town = Town::new();
    for (method, path, _) in DOORS {
        for other in ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            let answer = town.knock(other, path, &[], "").await;
            answer.refused(Code::MethodNotAllowed, &format!("{other} {path}"));
            assert!(answer.header("allow").contains(method), "{other} {path}");
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let town = Town::new();
    for path in [
        "/",
        "/v1",
        "/v1/sync/",
        "/v1/sync/x",
        "/v2/sync",
        "/%00",
        "//health",
        "/../health",
    ] {
        let answer = town.knock("GET", path, &[], "").await;
        answer.refused(Code::NotFound, path);
    }
}

#[tokio::test]
async fn who_does_not_say_who_they_are_stays_out() {
    let town = Town::new();
    for (method, path, media) in DOORS.into_iter().skip(4) {
        let media = format!("content-type: {}", media.unwrap_or("text/plain"));
        let answer = town.knock(method, path, &[&media], "").await;
        answer.refused(Code::TokenMissing, path);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let basic = [media.as_str(), "authorization: Basic eHg6eXk="];
        let answer = town.knock(method, path, &basic, "").await;
        answer.refused(Code::TokenMissing, path);
        let two = [
            media.as_str(),
            "authorization: Bearer a",
            "authorization: Bearer b",
        ];
        let answer = town.knock(method, path, &two, "").await;
        answer.refused(Code::TokenInvalid, path);
    }
}

#[tokio::test]
async fn a_token_opens_its_own_doors_only() {
    let town = Town::new();
    let phone = town.phone("W1").await.token(&town).await;
    let reader = town.case_system("export.read").await;
    let taker = town.case_system("export.receipt").await;
    let importer = town.case_system("import.write").await;
    for (method, path, media) in DOORS.into_iter().skip(4) {
        let opens = match path {
            "/v1/sync" => &phone,
            "/v1/export/receipts" => &taker,
            "/v1/export/notes" | "/v1/export/outstanding" => &reader,
            _ => &importer,
        };
        let media = format!("content-type: {}", media.unwrap_or("text/plain"));
        for token in [&phone, &reader, &taker, &importer] {
            let bearer = format!("authorization: Bearer {token}");
            let answer = town.knock(method, path, &[&media, &bearer], "").await;
            if token == opens {
                assert_ne!(answer.status, 403, "{path}");
                assert_ne!(answer.status, 401, "{path}");
            } else {
                answer.refused(Code::ScopeMissing, path);
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_media_type_or_packing_is_named() {
    let town = Town::new();
    let phone = town.phone("W1").await.token(&town).await;
    let client = town.case_system("export.read export.receipt import.write").await;
    for (method, path, media) in DOORS {
        let Some(media) = media else { continue };
        let token = if path == "/v1/sync" { &phone } else { &client };
        let bearer = format!("authorization: Bearer {token}");
        let right = format!("content-type: {media}");
        for wrong in [
            "content-type: text/html",
            "content-type: application/cbor",
            "content-type: x",
        ] {
            let answer = town.knock(method, path, &[wrong, &bearer], "").await;
            answer.refused(Code::MediaTypeUnsupported, &format!("{path} {wrong}"));
        }
        let answer = town.knock(method, path, &[&bearer], "").await;
        answer.refused(Code::MediaTypeUnsupported, path);
        let answer = town.knock(method, path, &[&right, &right, &bearer], "").await;
        answer.refused(Code::MediaTypeUnsupported, path);
        for packing in ["br", "deflate", "zstd, gzip", "zstd2"] {
            let packing = format!("content-encoding: {packing}");
            let answer = town.knock(method, path, &[&right, &packing, &bearer], "").await;
            answer.refused(Code::EncodingUnsupported, &format!("{path} {packing}"));
        }
        let twice = [
            right.as_str(),
            "content-encoding: zstd",
            "content-encoding: gzip",
            &bearer,
        ];
        let answer = town.knock(method, path, &twice, "").await;
        answer.refused(Code::EncodingUnsupported, path);
    }
}

#[tokio::test]
async fn anybody_may_ask_how_it_is_and_for_the_keys() {
    let town = Town::new();
    let answer = town.knock("GET", "/health", &[], "").await;
    assert_eq!(answer.status, 200);
    let health = answer.json();
    assert_eq!((&health["status"], &health["log_seq"]), (&"ok".into(), &0.into()));
    let answer = town.knock("GET", "/.well-known/jwks.json", &[], "").await;
    assert_eq!(answer.json(), town.core.keys().jwks());
    assert!(answer.json()["keys"][0].get("d").is_none());
}
