//! The sample files, with every flaw that they were given on purpose.

use std::fs;

use super::super::{Parsed, PersonRow, Role, WorkerRow, people, workers};
use super::told;

fn sample(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../demo/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn sample_people() -> Parsed<PersonRow> {
    people(&sample("people.csv")).unwrap()
}

fn person(case_id: &str) -> PersonRow {
    let rows = sample_people().rows;
    rows.into_iter().find(|row| row.case_id == case_id).unwrap()
}

#[test]
fn every_person_is_kept_and_only_the_two_bad_values_are_warned_about() {
    let parsed = sample_people();
    assert_eq!(parsed.rows.len(), 40);
    assert_eq!(parsed.rejected, []);
    assert_eq!(parsed.missing_columns, [""; 0]);
    assert_eq!(
        parsed.warnings.iter().map(|w| w.line).min(),
        Some(26),
        "the header is as expected"
    );
    assert_eq!(
        told(&parsed.warnings),
        [
            (
                26,
                "date_of_birth",
                "not a day that exists, as dd/mm/yyyy; left blank"
            ),
            (35, "nhs_number", "its check digit does not fit; left blank"),
        ]
    );
    assert_eq!(person("P104279").date_of_birth, None);
    assert_eq!(person("P104279").nhs_number.as_deref(), Some("9992289465"));
    assert_eq!(person("P104325").nhs_number, None);
    assert_eq!(person("P104325").date_of_birth.as_deref(), Some("1930-02-27"));
}

#[test]
fn a_file_read_twice_gives_the_same() {
    assert_eq!(sample_people(), sample_people());
}

#[test]
fn probable_twins_stay_two_people() {
    let (first, second) = (person("P104201"), person("P104318"));
    assert_eq!(first.date_of_birth, second.date_of_birth);
    assert_eq!(first.phone, second.phone);
    assert_eq!(
        (first.name.as_str(), second.name.as_str()),
        ("Margaret O'Dowd", "Peggy ODowd")
    );
    assert_eq!(second.nhs_number, None);

    let (father, son) = (person("P104258"), person("P104322"));
    assert_eq!(father.name, son.name);
    assert_eq!(father.date_of_birth.as_deref(), Some("1951-12-20"));
    assert_eq!(son.date_of_birth.as_deref(), Some("1978-12-20"));
}

#[test]
fn blank_cells_are_none_without_a_warning() {
    assert_eq!(person("P104349").date_of_birth, None);
    assert_eq!(
        person("P104349").address_line_1.as_deref(),
        Some("No fixed abode")
    );
    assert_eq!(person("P104340").nhs_number, None);
    assert_eq!(person("P104318").allocated_worker, None);
    assert_eq!(
        person("P104322").allocated_team.as_deref(),
        Some("Ashmere South Community Team")
    );
}

#[test]
fn text_is_kept_as_it_was_written() {
    let alert = |case_id| person(case_id).alerts.unwrap();
    assert_eq!(
        alert("P104233"),
        "=2 dogs loose in yard, ring first so he can shut them in"
    );
    assert_eq!(
        alert("P104226"),
        "Will not answer door if he sees a lanyard.\nKnock at back, call his name"
    );
    assert_eq!(
        alert("P104340"),
        "Said \"no more visits please\" on 14/07/2026, wants letters only"
    );
    assert_eq!(
        person("P104357").address_line_1.as_deref(),
        Some("8 Quarry Lane,\nrear of the old quarry office")
    );
    assert_eq!(
        person("P104261").address_line_1.as_deref(),
        Some("Address withheld")
    );
    assert_eq!(person("P104247").date_of_birth.as_deref(), Some("1929-01-01"));
}

#[test]
fn names_keep_their_marks() {
    assert_eq!(person("P104212").name, "Llŷr Prydderch");
    assert_eq!(person("P104215").name, "Władysława Grześkiewicz");
    assert_eq!(person("P104219").name, "Fāṭima al-Ḥasanī");
    assert_eq!(person("P104219").preferred_name.as_deref(), Some("فاطمة"));
    // The acute on the dotted e is a code point of its own.
    let folake = person("P104222").forename.unwrap();
    assert_eq!(folake, "F\u{1ecd}lák\u{1eb9}\u{301}");
    assert_eq!(person("P104238").surname.as_deref(), Some("D'Souza"));
    assert_eq!(person("P104331").surname.as_deref(), Some("O\u{2019}Hanrahan"));
}

#[test]
fn spaced_nhs_numbers_are_closed_up() {
    let parsed = sample_people();
    assert_eq!(person("P104226").nhs_number.as_deref(), Some("9992059419"));
    let numbers: Vec<_> = parsed
        .rows
        .iter()
        .filter_map(|row| row.nhs_number.as_deref())
        .collect();
    assert_eq!(numbers.len(), 37, "all but two blank ones and a wrong one");
    assert!(
        numbers
            .iter()
            .all(|n| n.len() == 10 && n.bytes().all(|b| b.is_ascii_digit()))
    );
}

#[test]
fn lines_are_those_of_the_file_after_a_cell_of_two_lines() {
    let text = String::from_utf8(sample("people.csv")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for row in sample_people().rows {
        let at = usize::try_from(row.line).unwrap() - 1;
        assert!(lines[at].starts_with(&row.case_id), "line {}", row.line);
    }
}

#[test]
fn every_worker_is_kept_without_a_warning() {
    let parsed = workers(&sample("workers.csv")).unwrap();
    assert_eq!(parsed.rejected, []);
    assert_eq!(parsed.warnings, []);
    let with = |role| parsed.rows.iter().filter(|row| row.role == role).count();
    assert_eq!(
        (
            with(Role::Practitioner),
            with(Role::TeamAdmin),
            with(Role::Auditor)
        ),
        (9, 2, 1)
    );

    let find = |id: &str| -> &WorkerRow { parsed.rows.iter().find(|r| r.worker_id == id).unwrap() };
    assert_eq!(find("W103").name, "Siân Prosser");
    assert_eq!(find("W103").email.as_deref(), Some("sian.prosser@example.org"));
    assert_eq!(find("W110").profession, None);
    assert_eq!(find("W112").team, None);
    assert_eq!(find("W112").line, 13);
}
