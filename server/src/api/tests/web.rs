//! The phone app's files: what is served, under which policy, and that no file hides a door or stands outside the folder.

use std::fs;

use notes::problem::Code;

use super::{Town, http};
use crate::config::HttpConfig;
use crate::testing::Folder;

fn with_files() -> (Town, Folder) {
    let folder = Folder::new();
    let web = folder.path().join("web");
    fs::create_dir_all(web.join("assets")).unwrap();
    for (name, text) in [
        ("index.html", "<!doctype html>"),
        ("sw.js", "// worker"),
        ("assets/app-1.js", "// app"),
        ("assets/app-1.js.br", "packed"),
        ("assets/core-1.wasm", "wasm"),
        ("health", "a file in a door's place"),
        ("../secret", "not of the app"),
    ] {
        fs::write(web.join(name), text).unwrap();
    }
    let config = HttpConfig {
        web_dir: Some(web),
        ..http()
    };
    (Town::with(config), folder)
}

#[tokio::test]
async fn the_apps_files_are_served_under_their_policy() {
    let (town, _folder) = with_files();
    for (path, kind, keeps) in [
        ("/", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        (
            "/assets/app-1.js",
            "text/javascript",
            "public, max-age=31536000, immutable",
        ),
        (
            "/assets/core-1.wasm",
            "application/wasm",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let answer = town.knock("GET", path, &[], "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with(kind), "{path}");
        assert_eq!(answer.header("cache-control"), keeps, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe-inline"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let plain = town.knock("GET", "/assets/app-1.js", &[], "").await;
    assert_eq!(plain.text(), "// app");
    let packed = town
        .knock("GET", "/assets/app-1.js", &["accept-encoding: gzip, br"], "")
        .await;
    assert_eq!(
        (packed.header("content-encoding"), packed.text()),
        ("br", "packed".into())
    );
}

#[tokio::test]
async fn a_door_is_a_door_and_what_is_neither_is_not_found() {
    let (town, _folder) = with_files();
    let health = town.knock("GET", "/health", &[], "").await;
    assert_eq!(health.json()["status"], "ok");
    for path in [
        "/nothing",
        "/assets/",
        "/../secret",
        "/%2e%2e/secret",
        "/assets/../../secret",
        "/%00",
    ] {
        let answer = town.knock("GET", path, &[], "").await;
        answer.refused(Code::NotFound, path);
    }
    for method in ["POST", "PUT", "DELETE"] {
        let answer = town.knock(method, "/index.html", &[], "").await;
        answer.refused(Code::NotFound, method);
    }
    let wrong = town.knock("POST", "/health", &[], "").await;
    wrong.refused(Code::MethodNotAllowed, "a door's own word");
}
