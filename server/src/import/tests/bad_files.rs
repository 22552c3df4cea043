//! Files of which nothing may be taken, and bytes that are no file at all.

use std::fmt::Write as _;

use super::super::{FileRefusal, MAX_FILE_BYTES, MAX_ROWS, people, workers};
use super::{Seeded, file};

fn check(what: &str, bytes: &[u8], code: &str, line: Option<u64>, column: Option<&str>) {
    let refusal = people(bytes).expect_err(what);
    assert_eq!(
        (refusal.code().as_str(), refusal.line(), refusal.column()),
        (code, line, column),
        "{what}"
    );
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_file_that_cannot_be_read_safely_is_refused_with_its_reason() {
    let good = "case_id,forename,surname\nP1,Ann,Ash\n";
    let latin1 = b"case_id,forename,surname\nP1,Ann,Ash\nP2,Ren\xe9,Ash\n";
    check("Latin-1", latin1, "csv_encoding", Some(3), None);
    check("UTF-16", &utf16(good, true), "csv_encoding", Some(1), None);
    check(
        "UTF-16 without a mark",
        &utf16(good, false),
        "csv_encoding",
        Some(1),
        None,
    );
    let big_endian: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(
        "UTF-16, the other way round",
        &big_endian,
        "csv_encoding",
        Some(1),
        None,
    );
    check(
        "NUL",
        b"case_id,forename,surname\r\nP1,An\0n,Ash\r\n",
        "csv_nul",
        Some(2),
        None,
    );
    check("nothing but NULs", &[0; 64], "csv_nul", Some(1), None);
    check("no bytes", b"", "csv_empty", None, None);
    check("a mark only", "\u{feff}".as_bytes(), "csv_empty", None, None);
    check("empty lines", b"\r\n\r\n  \n", "csv_empty", None, None);
    let column = Some("case_id");
    check(
        "no case_id",
        b"title,forename,surname\n",
        "csv_column_missing",
        Some(1),
        column,
    );
    check(
        "no header",
        b"P1,Ann,Ash\nP2,Bob,Ash\n",
        "csv_column_missing",
        Some(1),
        column,
    );
    check(
        "semicolons",
        b"case_id;forename;surname\n",
        "csv_column_missing",
        Some(1),
        column,
    );
    let column = Some("surname");
    check(
        "no surname",
        b"case_id,forename\nP1,Ann\n",
        "csv_column_missing",
        Some(1),
        column,
    );
    check(
        "a column twice",
        b"case_id,forename,surname,CASE_ID\n",
        "csv_malformed",
        Some(1),
        None,
    );
}

#[test]
fn a_quote_that_would_swallow_other_rows_refuses_the_file() {
    let never_closed = "case_id,forename,surname\nP1,Ann,\"Ash\nP2,Bob,Ash\n";
    check(
        "never closed",
        never_closed.as_bytes(),
        "csv_malformed",
        Some(2),
        None,
    );
    let met_another = "case_id,forename,surname\nP1,Ann,Ash\nP2,Bob,\"Ash\nP3,Cat,\"Ash\"\n";
    check(
        "meets the next quote",
        met_another.as_bytes(),
        "csv_malformed",
        Some(3),
        None,
    );
    let at_the_end = "case_id,forename,surname\nP1,Ann,\"";
    check(
        "opens at the very end",
        at_the_end.as_bytes(),
        "csv_malformed",
        Some(2),
        None,
    );
    let header = "\"case_id,forename,surname\nP1,Ann,Ash\n";
    check("in the header", header.as_bytes(), "csv_malformed", Some(1), None);
    let commas = format!("case_id,forename,surname\nP1{}\n", ",".repeat(1_000));
    check(
        "a thousand cells",
        commas.as_bytes(),
        "csv_malformed",
        Some(2),
        None,
    );
}

fn rows(count: usize) -> Vec<u8> {
    let mut text = String::from("case_id,forename,surname\n");
    for n in 0..count {
        writeln!(text, "P{n},Ann,Ash").unwrap();
    }
    text.into_bytes()
}

#[test]
fn the_largest_file_is_read_and_a_larger_one_is_not() {
    assert_eq!(people(&rows(MAX_ROWS)).unwrap().rows.len(), MAX_ROWS);
    check("a row too many", &rows(MAX_ROWS + 1), "csv_too_large", None, None);

    let mut bytes = file(&["P1,,Ann,Ash,,,"]);
    bytes.resize(MAX_FILE_BYTES, b'\n');
    assert_eq!(people(&bytes).unwrap().rows.len(), 1);
    bytes.push(b'\n');
    check("a byte too many", &bytes, "csv_too_large", None, None);
}

#[test]
fn workers_have_their_own_columns() {
    let refusal = workers(b"worker_id,email,role\n").unwrap_err();
    assert_eq!(refusal, FileRefusal::ColumnMissing { column: "name" });
    let refusal = workers(b"name,email,role\n").unwrap_err();
    assert_eq!(refusal, FileRefusal::ColumnMissing { column: "worker_id" });
}

#[test]
fn a_refusal_names_nobody() {
    let secret = "Ashworth";
    let files = [
        format!("case_id,forename,surname\nP1,Ann,\"{secret}\nP2,Bob,Ash\n").into_bytes(),
        format!("case_id,forename,{secret}\n").into_bytes(),
        [
            format!("case_id,forename,surname\nP1,{secret},").as_bytes(),
            b"\xe9\n",
        ]
        .concat(),
        format!("case_id,forename,surname\nP1,{secret},\0\n").into_bytes(),
    ];
    for bytes in files {
        let refusal = people(&bytes).unwrap_err();
        assert!(
            !format!("{refusal} {refusal:?}").contains(secret),
            "{}",
            refusal.code()
        );
    }
}

/// Any bytes give an answer, and no row is lost between kept and rejected.
#[test]
fn chance_bytes_never_panic() {
    const PIECES: [&[u8]; 16] = [
        b"case_id,forename,surname,alerts,date_of_birth\n",
        b"\"",
        b"\"\"",
        b",",
        b"\r\n",
        b"\n",
        b"\r",
        b"P1",
        b"Ann",
        b" ",
        b"31/02/1961",
        b"\xef\xbb\xbf",
        b"\xe9",
        b"\0",
        "ẹ́".as_bytes(),
        b"\x1b",
    ];
    let mut read = 0;
    for seed in 1..=20_000_u64 {
        let mut chance = Seeded(seed);
        let mut bytes = Vec::new();
        // Without this most of them would fail at the header.
        if chance.below(4) > 0 {
            bytes.extend_from_slice(PIECES[0]);
        }
        // The encoding's own pieces are at the end, and would refuse nearly every file.
        let pieces = if chance.below(4) > 0 { 12 } else { PIECES.len() };
        for _ in 0..chance.below(40) {
            bytes.extend_from_slice(PIECES[chance.below(pieces)]);
        }
        match people(&bytes) {
            Ok(parsed) => {
                read += parsed.rows.len() + parsed.rejected.len();
                for fault in parsed.rejected.iter().chain(&parsed.warnings) {
                    assert!(fault.line >= 1 && !fault.column.is_empty(), "seed {seed}");
                }
            }
            Err(FileRefusal::Malformed { reason, .. }) => {
                assert_ne!(reason, "the rows cannot be told apart", "seed {seed}");
            }
            Err(_) => {}
        }
    }
    assert!(read > 10_000, "only {read} rows came so far as to be read");
}
