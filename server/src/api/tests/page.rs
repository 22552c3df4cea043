//! docs/http.md against the code: every code of the catalogue with its status, every route.

use notes::problem::Code;
use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/http.md");

#[test]
fn the_page_has_every_code_with_its_status() {
    for code in Code::ALL {
        let row = format!("| `{code}` | {} |", code.status());
        assert!(PAGE.contains(&row), "docs/http.md lacks {row}");
    }
    let rows = PAGE
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches('|').count() == 4);
    let codes = rows.filter_map(|line| line.split('`').nth(1));
    for code in codes {
        assert!(
            code.parse::<Code>().is_ok(),
            "docs/http.md has {code}, which is no code"
        );
    }
}

#[test]
fn the_page_has_every_route() {
    let router = include_str!("../../router.rs");
    let routes = router.split(".route(").skip(1);
    let paths = routes.filter_map(|rest| rest.split('"').nth(1));
    let mut count = 0;
    for path in paths {
        assert!(PAGE.contains(path), "docs/http.md lacks {path}");
        count += 1;
    }
    assert!(count >= 10);
}

/// The routes with their methods, as the router has them.
fn routes() -> Vec<(String, Vec<&'static str>)> {
    let router = include_str!("../../router.rs");
    let routes = router.split(".route(").skip(1).map(|rest| {
        let end = [rest.find("\n        ."), rest.find("\n    .")]
            .into_iter()
            .flatten()
            .min();
        let route = &rest[..end.unwrap_or(rest.len())];
        let path = route.split('"').nth(1).unwrap().to_owned();
        let methods = ["get", "head", "post", "patch", "options"];
        let has = |method: &&str| route.contains(&format!("{method}("));
        (path, methods.into_iter().filter(has).collect())
    });
    routes.collect()
}

#[test]
fn the_document_has_every_route_and_no_other() {
    let document: Value = serde_json::from_str(&crate::api::openapi::DOCUMENT).unwrap();
    let mut described: Vec<(String, Vec<&str>)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let mut methods: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        methods.retain(|name| *name != "parameters");
        methods.sort_unstable();
        described.push((path.clone(), methods));
    }
    let mut routed = routes();
    for (_, methods) in &mut routed {
        methods.sort_unstable();
    }
    routed.sort_unstable();
    described.sort_unstable();
    assert_eq!(routed, described);
}

/// The document as it is served stands in docs/, where the console takes its types from. With `DOORSTEP_WRITE_TYPES` it is
/// written anew.
#[test]
fn the_document_is_the_one_in_docs() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let served = format!("{}\n", crate::api::openapi::DOCUMENT.as_str());
    if std::env::var_os("DOORSTEP_WRITE_TYPES").is_some() {
        std::fs::write(place, &served).unwrap();
    }
    let kept = std::fs::read_to_string(place).unwrap_or_default();
    assert!(
        kept == served,
        "docs/openapi.json is not what is served: run this test with DOORSTEP_WRITE_TYPES=1, and read what changed"
    );
}
