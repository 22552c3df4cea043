//! docs/http.md against the code: every code of the catalogue with its status, every route.

use notes::problem::Code;

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
