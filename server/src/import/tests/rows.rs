//! Which rows are kept, and what is said about the others.

use super::super::{Role, people, workers};
use super::{file, only_row, told};

fn check_rejected(what: &str, rows: &[&str], wanted: &[(u64, &str, &str)], kept: &[&str]) {
    let parsed = people(&file(rows)).unwrap();
    assert_eq!(told(&parsed.rejected), wanted, "{what}");
    let ids: Vec<_> = parsed.rows.iter().map(|row| row.case_id.as_str()).collect();
    assert_eq!(ids, kept, "{what}");
}

#[test]
fn only_a_row_without_a_usable_case_id_or_name_is_rejected() {
    let long = "x".repeat(10_001);
    let unseen = "holds a space or a character that cannot be seen";
    check_rejected("blank", &[",,Ann,Ash,,,"], &[(2, "case_id", "blank")], &[]);
    check_rejected("spaces", &["  ,,Ann,Ash,,,"], &[(2, "case_id", "blank")], &[]);
    check_rejected(
        "inner space",
        &["P 1,,Ann,Ash,,,"],
        &[(2, "case_id", unseen)],
        &[],
    );
    check_rejected(
        "escape",
        &["P\u{1b}1,,Ann,Ash,,,"],
        &[(2, "case_id", unseen)],
        &[],
    );
    check_rejected(
        "no width",
        &["P\u{200b}1,,Ann,Ash,,,"],
        &[(2, "case_id", unseen)],
        &[],
    );
    let id = "P".repeat(65);
    let too_long = "longer than 64 characters";
    check_rejected(
        "65",
        &[&format!("{id},,Ann,Ash,,,")],
        &[(2, "case_id", too_long)],
        &[],
    );
    check_rejected("64", &[&format!("{},,Ann,Ash,,,", &id[1..])], &[], &[&id[1..]]);
    let nameless = (2, "surname", "neither a forename nor a surname");
    check_rejected("no name", &["P1,Mr,,,,,"], &[nameless], &[]);
    check_rejected("the row ends", &["P1"], &[nameless], &[]);
    check_rejected("nothing in it", &[",,,,,,"], &[(2, "case_id", "blank")], &[]);
    let name_too_long = (2, "forename", "longer than 10,000 characters");
    check_rejected(
        "long name",
        &[&format!("P1,,{long},Ash,,,")],
        &[name_too_long],
        &[],
    );
    check_rejected(
        "one name",
        &["P1,,Sukarno,,,,", "P2,,,Ash,,,"],
        &[],
        &["P1", "P2"],
    );
    check_rejected(
        "the others go on",
        &["P1,,,,,,", "P2,,Ann,Ash,,,"],
        &[nameless],
        &["P2"],
    );
}

#[test]
fn of_two_rows_with_one_case_id_the_first_that_can_be_kept_is_kept() {
    let same = |line, first: &'static str| (line, "case_id", first);
    let second = same(4, "the same as on line 2, which was kept");
    let rows = ["P1,,Ann,Ash,,,", "P2,,Bob,Ash,,,", "P1,,Eve,Elm,,,"];
    check_rejected("twice", &rows, &[second], &["P1", "P2"]);
    let after_nameless = ["P1,,,,,,", "P1,,Ann,Ash,,,", "P1,,Eve,Elm,,,"];
    let wanted = [
        (2, "surname", "neither a forename nor a surname"),
        same(4, "the same as on line 3, which was kept"),
    ];
    check_rejected("the first was rejected", &after_nameless, &wanted, &["P1"]);
    check_rejected(
        "case counts",
        &["p1,,Ann,Ash,,,", "P1,,Bob,Ash,,,"],
        &[],
        &["p1", "P1"],
    );
}

#[test]
fn a_row_of_another_length_than_the_header_is_kept() {
    let (row, warnings) = only_row("P1,Mrs,Ann,Ash");
    assert_eq!((row.name.as_str(), row.alerts), ("Ann Ash", None));
    let ends = "the row ends before this column; left blank from here on";
    assert_eq!(warnings, [(2, "date_of_birth".to_owned(), ends.to_owned())]);

    let (row, warnings) = only_row("P1,Mrs,Ann,Ash,,,Dog,spare,more");
    assert_eq!(row.alerts.as_deref(), Some("Dog"));
    let many = "the row has 2 cells too many; ignored";
    assert_eq!(warnings, [(2, "column 8".to_owned(), many.to_owned())]);
}

#[test]
fn quotes_are_read_as_rfc_4180_has_them() {
    let alert = |cell: &str| only_row(&format!("P1,,Ann,Ash,,,{cell}"));
    let quiet = [
        ("\"a, \"\"b\"\" and c\"", "a, \"b\" and c"),
        ("12\" step", "12\" step"),
        ("\"two\r\nlines\"", "two\nlines"),
        ("\"two\nlines\" ", "two\nlines"),
        ("\"\ttab\"", "tab"),
    ];
    for (cell, wanted) in quiet {
        let (row, warnings) = alert(cell);
        assert_eq!(row.alerts.as_deref(), Some(wanted), "{cell}");
        assert_eq!(warnings, [], "{cell}");
    }
    let (row, warnings) = alert("\"Rose\" Cottage");
    assert_eq!(row.alerts.as_deref(), Some("Rose Cottage"));
    let reason = "goes on after its closing quote; read without those quotes";
    assert_eq!(warnings, [(2, "alerts".to_owned(), reason.to_owned())]);
}

#[test]
fn the_header_is_read_by_name_and_the_line_ends_do_not_matter() {
    for end in ["\n", "\r\n", "\r"] {
        for start in ["", "\u{feff}", "\u{feff}\u{feff}", "\n\n"] {
            let header = " Surname ,FORENAME,shoe_size,case_id,Alerts";
            let text = format!("{start}{header}{end}Ash,Ann,7,P1,\"a{end}b\"{end}{end}Elm,Bob,8,P2,{end}");
            let parsed = people(text.as_bytes()).unwrap();
            let above = u64::try_from(start.matches('\n').count()).unwrap();
            let lines: Vec<_> = parsed.rows.iter().map(|row| row.line - above).collect();
            assert_eq!(lines, [2, 5], "{text:?}");
            assert_eq!(parsed.rows[0].name, "Ann Ash", "{text:?}");
            assert_eq!(parsed.rows[0].alerts.as_deref(), Some("a\nb"), "{text:?}");
            let unknown: Vec<_> = parsed
                .warnings
                .iter()
                .filter(|w| w.column == "column 3")
                .collect();
            assert_eq!(unknown.len(), 1, "one warning, whatever the number of rows");
            assert_eq!(unknown[0].line, above + 1, "{text:?}");
        }
    }
}

#[test]
fn an_optional_column_that_is_missing_is_told_apart_from_blank_cells() {
    let parsed = people(b"case_id,forename,surname,phone\nP1,Ann,Ash,\n").unwrap();
    assert!(parsed.missing_columns.contains(&"alerts"));
    assert!(!parsed.missing_columns.contains(&"phone"));
    let of_alerts: Vec<_> = parsed.warnings.iter().filter(|w| w.column == "alerts").collect();
    assert_eq!(of_alerts.len(), 1);
    assert_eq!(of_alerts[0].line, 1);
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    let parsed = people(&file(&[])).unwrap();
    assert!(parsed.rows.is_empty() && parsed.rejected.is_empty());
    let reasons: Vec<_> = parsed.warnings.iter().map(|w| w.reason.as_str()).collect();
    assert!(reasons.contains(&"the file has a header and no rows"));
}

#[test]
fn warnings_are_listed_up_to_a_bound_and_then_counted() {
    let rows: Vec<_> = (0..10_100).map(|n| format!("P{n},,Ann,Ash,never,,")).collect();
    let rows: Vec<_> = rows.iter().map(String::as_str).collect();
    let parsed = people(&file(&rows)).unwrap();
    assert_eq!(parsed.rows.len(), 10_100);
    // The eight columns that this header lacks are warned about first.
    assert_eq!(parsed.warnings.len(), 10_001);
    let last = parsed.warnings.last().unwrap();
    assert_eq!(last.reason, "there are 108 more warnings, which are not listed");
}

#[test]
fn a_fault_holds_nothing_of_the_cell() {
    let secret = "Ashworth";
    let rows = [
        format!("{secret} 1,,Ann,Ash,,,"),
        format!("P1,,Ann,Ash,{secret},{secret},\u{7}{secret}"),
        format!("P2,,Ann,Ash,,,{secret}{}", "x".repeat(10_000)),
        format!("P3,,Ann,Ash,,,\"{secret}\" {secret},{secret}"),
    ];
    let rows: Vec<_> = rows.iter().map(String::as_str).collect();
    let parsed = people(&file(&rows)).unwrap();
    assert_eq!(parsed.rejected.len(), 1);
    assert_eq!(told(&parsed.warnings).len(), 6);
    let all = format!("{parsed:?}");
    assert!(!all.contains(secret) && !all.contains("Ann"), "{all}");
}

#[test]
fn a_workers_role_is_read_and_a_bad_one_gives_no_rights() {
    let role = |cell: &str| {
        let text = format!("worker_id,name,email,role,team,profession\nW1,Ann Ash,,{cell},,\n");
        let parsed = workers(text.as_bytes()).unwrap();
        (parsed.rows[0].role, told(&parsed.warnings).len())
    };
    let cases = [
        ("practitioner", (Role::Practitioner, 0)),
        ("team_admin", (Role::TeamAdmin, 0)),
        (" Team_Admin ", (Role::TeamAdmin, 0)),
        ("organisation_admin", (Role::OrganisationAdmin, 0)),
        ("auditor", (Role::Auditor, 0)),
        ("admin", (Role::Practitioner, 1)),
        ("", (Role::Practitioner, 1)),
    ];
    for (cell, wanted) in cases {
        assert_eq!(role(cell), wanted, "{cell:?}");
    }
    for role in [
        Role::Practitioner,
        Role::TeamAdmin,
        Role::OrganisationAdmin,
        Role::Auditor,
    ] {
        assert_eq!(Role::from_code(role.code()), Some(role));
    }
    let no_column = workers(b"worker_id,name\nW1,Ann Ash\n").unwrap();
    assert_eq!(no_column.rows[0].role, Role::Practitioner);
    assert!(no_column.missing_columns.contains(&"role"));
    assert_eq!(told(&no_column.warnings), []);
}

#[test]
fn a_worker_needs_an_id_and_a_name() {
    let text = "worker_id,name,email\n,Ann,\nW2,,\nW3,Cat,no address\nW3,Dee,\nW 4,Eve,\n";
    let parsed = workers(text.as_bytes()).unwrap();
    assert_eq!(
        told(&parsed.rejected),
        [
            (2, "worker_id", "blank"),
            (3, "name", "blank"),
            (5, "worker_id", "the same as on line 4, which was kept"),
            (6, "worker_id", "holds a space or a character that cannot be seen"),
        ]
    );
    assert_eq!(
        told(&parsed.warnings),
        [(4, "email", "not an e-mail address; left blank")]
    );
    assert_eq!(parsed.rows.len(), 1);
    assert_eq!(parsed.rows[0].name, "Cat");
}
