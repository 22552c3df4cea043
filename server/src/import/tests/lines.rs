//! Files of JSON lines: the same rules as for CSV, by line.

use super::super::{FileRefusal, Format, MAX_ROWS, Parsed, PersonRow, Role, Standing, people_in, workers_in};
use super::{Seeded, told};

fn people(text: &str) -> Parsed<PersonRow> {
    people_in(Format::Ndjson, text.as_bytes()).unwrap()
}

const ANN: &str = r#"{"case_id": "P1", "forename": "Ann", "surname": "Ash"}"#;

fn check(what: &str, bytes: &[u8], code: &str, line: Option<u64>) {
    let refusal = people_in(Format::Ndjson, bytes).expect_err(what);
    assert_eq!((refusal.code().as_str(), refusal.line()), (code, line), "{what}");
}

#[test]
fn what_a_line_does_not_say_is_told_apart_from_what_is_gone() {
    let parsed = people(
        "{\"case_id\":\"P1\",\"forename\":\"Ann\",\"surname\":\"Ash\",\"phone\":null,\"alerts\":\"\"}\r\n\
         \n  \n{\"case_id\":\"P2\",\"surname\":\"Elm\",\"date_of_birth\":\"31/12/1950\"}",
    );
    assert_eq!((&parsed.rejected, &parsed.warnings), (&vec![], &vec![]));
    let [ann, elm] = &parsed.rows[..] else {
        panic!("two rows")
    };
    assert_eq!((ann.name.as_str(), ann.line, &ann.phone), ("Ann Ash", 1, &None));
    assert!(!ann.unsaid.contains(&"phone") && !ann.unsaid.contains(&"alerts"));
    assert!(ann.unsaid.contains(&"title") && ann.unsaid.contains(&"allocated_worker"));
    assert_eq!((elm.line, elm.date_of_birth.as_deref()), (4, Some("1950-12-31")));
    assert!(elm.unsaid.contains(&"forename") && !elm.unsaid.contains(&"surname"));
}

#[test]
fn a_line_that_is_no_object_harms_itself_alone() {
    for broken in [
        "not json",
        "[]",
        "\"P9\"",
        "12",
        "null",
        "{\"case_id\":\"P9\"",
        "{}{}",
        "{\"case_id\":'P9'}",
        "{\"case_id\":\"\\ud800\"}",
        "P9,Ann,Ash",
    ] {
        let parsed = people(&format!("{ANN}\n{broken}\n{}\n", ANN.replace("P1", "P2")));
        let ids: Vec<_> = parsed.rows.iter().map(|row| row.case_id.as_str()).collect();
        assert_eq!(ids, ["P1", "P2"], "{broken}");
        assert_eq!(
            told(&parsed.rejected),
            [(2, "line", "not a JSON object")],
            "{broken}"
        );
        assert_eq!(parsed.nameless, Some(2), "nobody knows whom it is about");
    }
    let twice = "{\"case_id\":\"P1\",\"case_id\":\"P2\",\"forename\":\"Ann\"}";
    let parsed = people(&format!("{ANN}\n{twice}\n"));
    assert_eq!(
        told(&parsed.rejected),
        [(2, "line", "a member stands there twice")]
    );
}

#[test]
fn rows_are_kept_and_rejected_as_in_csv() {
    let line = |rest: &str| format!("{ANN}\n{{{rest}}}\n");
    let number = "a number, where text in quotes is needed";
    for (rest, column, reason) in [
        (r#""forename":"Bo""#, "case_id", "blank"),
        (r#""case_id":"","forename":"Bo""#, "case_id", "blank"),
        (r#""case_id":null,"forename":"Bo""#, "case_id", "blank"),
        (r#""case_id":104201,"forename":"Bo""#, "case_id", number),
        (r#""case_id":1e3,"forename":"Bo""#, "case_id", number),
        (
            r#""case_id":["P9"],"forename":"Bo""#,
            "case_id",
            "a list, where text in quotes is needed",
        ),
        (
            r#""case_id":{"id":"P9"},"forename":"Bo""#,
            "case_id",
            "an object, where text in quotes is needed",
        ),
        (
            r#""case_id":"P 9","forename":"Bo""#,
            "case_id",
            "holds a space or a character that cannot be seen",
        ),
        (
            r#""case_id":"P\u00009","forename":"Bo""#,
            "case_id",
            "holds a space or a character that cannot be seen",
        ),
        (
            r#""case_id":"P1","forename":"Bo""#,
            "case_id",
            "the same as on line 1, which was kept",
        ),
        (
            r#""case_id":"P9","forename":7,"surname":"Elm""#,
            "forename",
            number,
        ),
        (
            r#""case_id":"P9","forename":"","surname":null"#,
            "surname",
            "neither a forename nor a surname",
        ),
    ] {
        let parsed = people(&line(rest));
        assert_eq!(told(&parsed.rejected), [(2, column, reason)], "{rest}");
        assert_eq!(parsed.rows.len(), 1, "{rest}");
    }
    for (rest, column, reason) in [
        (
            r#""phone":1234"#,
            "phone",
            "a number, where text in quotes is needed; left blank",
        ),
        (
            r#""alerts":true"#,
            "alerts",
            "true or false, where text in quotes is needed; left blank",
        ),
        (
            r#""date_of_birth":"31/02/1950""#,
            "date_of_birth",
            "not a day that exists, as dd/mm/yyyy; left blank",
        ),
        (
            r#""nhs_number":9434765919"#,
            "nhs_number",
            "a number, where text in quotes is needed; left blank",
        ),
        (
            r#""postcode":"AB1\u0000""#,
            "postcode",
            "held control characters, which were taken out",
        ),
        (
            r#""allocated_worker":7"#,
            "allocated_worker",
            "a number, where text in quotes is needed; left blank",
        ),
        (
            r#""status":false"#,
            "status",
            "neither active nor left; that stays as it was",
        ),
        (
            r#""status":"gone""#,
            "status",
            "neither active nor left; that stays as it was",
        ),
        (
            r#""shoe_size":"7""#,
            "member 3",
            "not a member that is known here; ignored, in later lines too",
        ),
    ] {
        let parsed = people(&line(&format!(r#""case_id":"P9","forename":"Bo",{rest}"#)));
        assert_eq!(parsed.rejected, [], "{rest}");
        assert_eq!(parsed.rows.len(), 2, "{rest}");
        assert_eq!(told(&parsed.warnings), [(2, column, reason)], "{rest}");
    }
}

#[test]
fn a_member_that_is_not_known_is_warned_about_once() {
    let lines = (0..50)
        .map(|n| {
            format!(
                "{{\"case_id\":\"P{n}\",\"surname\":\"Ash\",\"Ashworth\":{{\"a\":[1,2]}},\"x{}\":1}}\n",
                n % 2
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let parsed = people(&lines);
    assert_eq!(parsed.rows.len(), 50);
    let places: Vec<_> = parsed
        .warnings
        .iter()
        .map(|w| (w.line, w.column.as_str()))
        .collect();
    assert_eq!(places, [(1, "member 3"), (1, "member 4"), (2, "member 4")]);
    assert!(
        !format!("{parsed:?}").contains("Ashworth"),
        "its name may be anybody's"
    );
}

#[test]
fn a_row_of_somebody_who_left_or_was_merged_needs_the_id_alone() {
    for format in Format::ALL {
        let bytes: &[u8] = match format {
            Format::Csv => b"case_id,status,merged_into\nP1,Left,\nP2,,P3\nP4,active,\n",
            Format::Ndjson => {
                b"{\"case_id\":\"P1\",\"status\":\"Left\"}\n{\"case_id\":\"P2\",\"merged_into\":\"P3\"}\n\
                  {\"case_id\":\"P4\",\"status\":\"active\"}\n"
            }
        };
        let parsed = people_in(format, bytes).unwrap();
        assert_eq!((parsed.rejected, parsed.warnings), (vec![], vec![]), "{format:?}");
        let said: Vec<_> = parsed
            .rows
            .iter()
            .map(|row| (row.standing, row.merged_into.as_deref()))
            .collect();
        let here = Standing::Here;
        assert_eq!(
            said,
            [(Standing::Left, None), (here, Some("P3")), (here, None)],
            "{format:?}"
        );
        assert!(
            parsed.rows.iter().all(|row| row.unsaid.contains(&"surname")),
            "{format:?}"
        );
        let bytes: &[u8] = match format {
            Format::Csv => b"worker_id,status\nW1,left\nW2,\n",
            Format::Ndjson => b"{\"worker_id\":\"W1\",\"status\":\"left\"}\n{\"worker_id\":\"W2\"}\n",
        };
        let parsed = workers_in(format, bytes).unwrap();
        let said: Vec<_> = parsed.rows.iter().map(|row| (row.standing, row.role)).collect();
        let practitioner = Role::Practitioner;
        assert_eq!(
            said,
            [(Standing::Left, practitioner), (here, practitioner)],
            "{format:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_file_of_lines_is_refused_whole() {
    let with = |end: &[u8]| [ANN.as_bytes(), b"\n", end].concat();
    check(
        "half sent",
        &with(br#"{"case_id":"P2","forena"#),
        "ndjson_malformed",
        Some(2),
    );
    check(
        "half a text",
        &with(br#"{"case_id":"P2","forename":"An"#),
        "ndjson_malformed",
        Some(2),
    );
    check(
        "Latin-1",
        &with(b"{\"case_id\":\"P\xe9\"}\n"),
        "ndjson_encoding",
        Some(2),
    );
    check(
        "NUL",
        &with(b"{\"case_id\":\"P\0\"}\n"),
        "ndjson_malformed",
        Some(2),
    );
    check("no bytes", b"", "ndjson_empty", None);
    check(
        "a mark and blank lines",
        "\u{feff}\r\n\n".as_bytes(),
        "ndjson_empty",
        None,
    );
    let many = "{}\n".repeat(MAX_ROWS + 1);
    check("a row too many", many.as_bytes(), "ndjson_too_large", None);
    let utf16: Vec<u8> = ANN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("UTF-16", &utf16, "ndjson_encoding", Some(1));
    // Whole, although no line end follows.
    assert_eq!(people(&format!("\u{feff}{ANN}")).rows.len(), 1);
    let refusal = people_in(Format::Ndjson, &with(br#"{"case_id":"Ashworth"#)).unwrap_err();
    assert!(!format!("{refusal} {refusal:?}").contains("Ashworth"));
}

#[test]
fn a_line_as_long_as_a_file_may_be_is_read_in_the_room_of_its_texts() {
    let deep = format!(
        "{{\"case_id\":\"P1\",\"alerts\":{}{}}}\n",
        "[".repeat(100),
        "]".repeat(100)
    );
    let parsed = people(&format!("{deep}{}\n", ANN.replace("P1", "P2")));
    assert_eq!(parsed.rejected.len() + parsed.rows.len(), 2);
    let wide = format!(
        "{{\"case_id\":\"P1\",\"surname\":\"Ash\",\"x\":[{}0]}}\n",
        "[],".repeat(2_000_000)
    );
    assert_eq!(people(&wide).rows.len(), 1);
}

/// Any bytes give an answer, and no line is lost between kept and rejected.
#[test]
fn chance_lines_never_panic() {
    const PIECES: [&str; 14] = [
        "{\"case_id\":\"P1\",\"surname\":\"Ash\"}\n",
        "{",
        "}",
        "\"case_id\":",
        "\"P2\"",
        ",",
        "\n",
        "[",
        "null",
        "\"surname\":\"A\"",
        "\"status\":\"left\"",
        "\\",
        "1",
        "\r\n",
    ];
    let (mut kept, mut refused) = (0, 0);
    for seed in 1..=5_000_u64 {
        let mut chance = Seeded(seed);
        let mut text = String::new();
        for _ in 0..chance.below(30) {
            text.push_str(PIECES[chance.below(PIECES.len())]);
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        match people_in(Format::Ndjson, text.as_bytes()) {
            Ok(parsed) => {
                assert_eq!(parsed.rows.len() + parsed.rejected.len(), lines, "seed {seed}");
                kept += parsed.rows.len();
            }
            Err(FileRefusal::Ndjson(_)) => refused += 1,
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    assert!(kept > 1_000 && refused > 100, "{kept} kept, {refused} refused");
}
