//! The feed as CSV: what a spreadsheet must not run, what a reader must not miss, and the ways back.

use serde_json::Value;

use super::town::{MARGARET, Town};
use crate::export::{Asked, Format, Mapping, feed};

const RICH: &str = include_str!("../testdata/rich.ndjson");

/// The rows of a CSV text by the names of their columns.
fn rows(csv: &[u8]) -> Vec<Vec<(String, String)>> {
    let mut reader = ::csv::ReaderBuilder::new().from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells = header.iter().zip(&row);
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    rows.collect()
}

fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    let found = row.iter().find(|(column, _)| column == name);
    found.map(|(_, cell)| cell.as_str()).unwrap()
}

/// The way back of docs/http.md: take one quote off.
fn unquoted(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// The way back of docs/http.md: the text without its marks, and the marks with their places.
fn unmarked(text: &str) -> (String, Vec<(usize, usize, String)>) {
    let (mut plain, mut marks, mut open) = (String::new(), Vec::new(), Vec::<(String, usize)>::new());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '{' || rest.next_if_eq(&'{').is_some() {
            plain.push(c);
            continue;
        }
        let word: String = rest.by_ref().take_while(|c| *c != '}').collect();
        let at = plain.chars().count();
        match word.strip_prefix('/') {
            None => open.push((word, at)),
            Some(kind) => {
                let found = open.iter().position(|(k, _)| k == kind).unwrap();
                let (kind, start) = open.remove(found);
                marks.push((start, at, kind));
            }
        }
    }
    assert!(open.is_empty(), "{text:?}: a mark does not end");
    marks.sort();
    (plain, marks)
}

/// The row of the rich event, changed a little.
fn row(change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
    let mut event: Value = serde_json::from_str(RICH).unwrap();
    change(&mut event);
    let mut file = Format::Csv.head();
    let line = event.to_string().into_bytes();
    Format::Csv.write(&Mapping::default(), line, &mut file).unwrap();
    rows(&file).remove(0)
}

#[test]
fn a_row_says_all_that_the_event_says() {
    let row = row(|_| ());
    let event: Value = serde_json::from_str(RICH).unwrap();
    for name in [
        "event_id",
        "type",
        "note_id",
        "sha256",
        "cursor",
        "kind",
        "title",
        "received_at",
    ] {
        assert_eq!(cell(&row, name), event[name], "{name}");
    }
    for name in [
        "present",
        "outcomes",
        "actions",
        "unmet_needs",
        "feedback",
        "concerns",
        "review",
        "attachments",
        "addenda",
    ] {
        let list: Value = serde_json::from_str(cell(&row, name)).unwrap();
        assert_eq!(list, event[name], "{name}");
    }
    let (body, marks) = unmarked(unquoted(cell(&row, "body")));
    assert_eq!(body, event["body"]);
    assert_eq!(marks, [(43, 62, "third_party".to_owned())]);
    assert_eq!(cell(&row, "version"), "1");
    assert_eq!(cell(&row, "supersedes"), "");
    assert_eq!(
        (cell(&row, "case_id"), cell(&row, "person_name")),
        ("C1", "Margaret Oduya")
    );
    assert_eq!(
        (cell(&row, "author"), cell(&row, "authors")),
        ("W1", "Kofi Mensah (W1); Siân Powell (W2)")
    );
    // A member that is new in the feed is not forgotten here.
    for name in event.as_object().unwrap().keys() {
        let elsewhere = matches!(name.as_str(), "person" | "private");
        assert!(
            elsewhere || row.iter().any(|(column, _)| column == name),
            "{name}"
        );
    }
}

#[test]
fn a_note_in_one_box_says_everything_and_marks_what_is_marked() {
    let row = row(|_| ());
    assert_eq!(cell(&row, "note_text"), include_str!("../testdata/rich.txt"));
}

#[test]
fn what_a_spreadsheet_would_run_is_text_and_comes_back_as_it_was() {
    let texts = [
        "=HYPERLINK(\"http://evil.example\")",
        "+44 7700 900000",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "\0x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'",
        "''=1",
        "'=1",
        "plain",
        "a=1",
        "",
        "{",
        "{{third_party}",
        "\u{202e}=1",
    ];
    for text in texts {
        let row = row(|e| {
            e["body"] = text.into();
            e["private"] = Value::Array(vec![]);
        });
        let body = cell(&row, "body");
        let first = body.chars().next();
        assert!(
            !first.is_some_and(|c| "=+-@\t\r\n\0＝＋－＠".contains(c)),
            "{text:?} became {body:?}"
        );
        assert_eq!(unmarked(unquoted(body)).0, text);
    }
    // Not only the body: every cell.
    let row = row(|e| {
        e["person"]["name"] = "=1".into();
        e["title"] = "=1".into();
        e["change_summary"] = "=1".into();
        e["kind"] = "=1".into();
        e["authors"][0]["worker_id"] = "=1".into();
    });
    for (name, text) in &row {
        assert!(!text.starts_with('='), "{name}: {text:?}");
    }
}

#[test]
fn marks_may_overlap_touch_and_stand_at_either_end() {
    type Marks<'a> = &'a [(usize, usize, &'a str)];
    let lines: [(&str, Marks<'_>); 6] = [
        ("abc", &[(0, 3, "third_party")]),
        ("abc", &[(0, 2, "third_party"), (1, 3, "do_not_share")]),
        (
            "abc",
            &[
                (0, 1, "third_party"),
                (1, 2, "third_party"),
                (2, 3, "do_not_share"),
            ],
        ),
        ("a👍🏾{c", &[(1, 4, "third_party")]),
        ("{third_party}x{/third_party}", &[(0, 28, "do_not_share")]),
        ("نص", &[(0, 2, "third_party")]),
    ];
    for (text, marks) in lines {
        let private: Vec<Value> = marks
            .iter()
            .map(|(start, end, kind)| serde_json::json!({"field": "analysis", "start": start, "end": end, "kind": kind}))
            .collect();
        let row = row(|e| {
            e["analysis"] = text.into();
            e["private"] = private.into();
        });
        let (back, found) = unmarked(unquoted(cell(&row, "analysis")));
        let expected: Vec<_> = marks.iter().map(|(s, e, k)| (*s, *e, (*k).to_owned())).collect();
        assert_eq!((back.as_str(), found), (text, expected), "{text}");
    }
}

#[test]
fn a_councils_own_codes_are_in_the_csv_and_never_in_the_ndjson() {
    let mut town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let read = |town: &Town, format| {
        let asked = Asked {
            after: None,
            limit: 10,
            format,
        };
        feed(&town.core, asked).unwrap().lines
    };
    let (plain, csv) = (read(&town, Format::Ndjson), read(&town, Format::Csv));
    let mapping = "[kinds.home_visit]\ncode = \"HV-01\"\ntitle = \"Adults: {kind} of {date}\"\n[workers]\nW1 = \"kmensah\"\n";
    town.core.mapping = Mapping::read(mapping).unwrap();
    assert_eq!(read(&town, Format::Ndjson), plain);
    let row = rows(&read(&town, Format::Csv)).remove(0);
    assert_eq!(cell(&row, "kind"), "home_visit");
    assert_eq!(cell(&row, "kind_code"), "HV-01");
    assert_eq!(cell(&row, "title"), "Adults: Home visit of 3 September 2026");
    assert_eq!(
        (cell(&row, "author"), cell(&row, "authors")),
        ("kmensah", "Kofi Mensah (kmensah)")
    );
    assert_ne!(read(&town, Format::Csv), csv);
    assert_eq!(
        read(&town, Format::Csv),
        read(&town, Format::Csv),
        "the same bytes each time"
    );
}

#[test]
fn a_mapping_is_checked_whole_before_it_counts() {
    let lines = [
        (
            "[kinds.house_visit]\ncode = \"X\"",
            "kinds.house_visit: there is no such kind",
        ),
        ("[kinds.home_visit]\ncod = \"X\"", "cod"),
        ("[kind.home_visit]\ncode = \"X\"", "kind"),
        ("[kinds.home_visit]\ncode = \"\"", "kinds.home_visit.code"),
        ("[kinds.home_visit]\ncode = \" X\"", "kinds.home_visit.code"),
        ("[kinds.home_visit]\ncode = \"H  V\"", "kinds.home_visit.code"),
        ("[kinds.home_visit]\ncode = \"H\u{a0}V\"", "kinds.home_visit.code"),
        ("[kinds.home_visit]\ncode = 7", "invalid type"),
        ("[kinds.home_visit]\ntitle = \"{day}\"", "only {kind} and {date}"),
        ("[kinds.home_visit]\ntitle = \"a\\nb\"", "one line"),
        ("[workers]\nW1 = \"\"", "workers.W1"),
        ("[fhir]\ncase_id_system = \"case ids\"", "fhir.case_id_system"),
        ("[fhir]\nkind_system = \"no-scheme\"", "fhir.kind_system"),
        ("[kinds", "TOML"),
    ];
    for (text, complaint) in lines {
        let error = Mapping::read(text).unwrap_err().to_string();
        assert!(error.contains(complaint), "{text}: {error}");
        assert!(error.contains("mapping_invalid"), "{text}: {error}");
    }
    let whole =
        "[kinds.home_visit]\ncode = \"HV\"\n[fhir]\ncase_id_system = \"https://casework.example/ids\"\n";
    let mapping = Mapping::read(whole).unwrap();
    assert_eq!(
        (mapping.kind("home_visit"), mapping.kind("no_reply")),
        ("HV", "no_reply")
    );
    assert_eq!(mapping.hash().map(str::len), Some(64));
    assert_eq!(Mapping::read("").unwrap().worker("W1"), "W1");
}
