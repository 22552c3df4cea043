//! Enrolment codes as they are shown and as they are typed.

use std::fmt::Write as _;

use super::super::{CODE_RANDOM_BYTES, EnrolmentCode};

#[test]
fn a_code_is_shown_in_two_halves_and_read_back() {
    let code = EnrolmentCode::from_random(&[0, 1, 10, 17, 18, 31, 32, 63, 255, 200]);
    assert_eq!(code.shown(), "01AHJ-Z0ZZ8");
    assert_eq!(EnrolmentCode::read(&code.shown()), Some(code));
}

#[test]
fn every_character_is_equally_likely() {
    let mut counts = std::collections::BTreeMap::new();
    for byte in 0..=255 {
        let code = EnrolmentCode::from_random(&[byte; CODE_RANDOM_BYTES]);
        *counts.entry(code.shown()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 32);
    assert!(counts.values().all(|count| *count == 8));
    assert!(counts.keys().all(|code| !code.contains(['I', 'L', 'O', 'U'])));
}

#[test]
fn what_a_person_types_is_understood() {
    let wanted = EnrolmentCode::from_random(&[0, 1, 10, 17, 18, 31, 1, 31, 0, 8]);
    assert_eq!(wanted.shown(), "01AHJ-Z1Z08");
    let same = [
        "01AHJZ1Z08",
        "01ahj-z1z08",
        "OiAHJ-ZlZo8",
        " 01AHJ z1z08\n",
        "0 1 A H J - Z I Z O 8",
        "01AHJ\u{2011}Z1Z08",
        "01AHJ\u{2013}Z1Z08",
        "01AHJ\u{a0}\u{2014} Z1Z08",
    ];
    for typed in same {
        assert_eq!(EnrolmentCode::read(typed).as_ref(), Some(&wanted), "{typed:?}");
        assert_eq!(EnrolmentCode::read(typed).unwrap().sha256(), wanted.sha256());
    }
}

#[test]
fn what_can_be_no_code_is_nothing() {
    let long = "0".repeat(1024 * 1024);
    for typed in [
        "",
        "-----",
        "01AHJ-Z1Z0",
        "01AHJ-Z1Z080",
        "01AHU-Z1Z08",
        "01AHJ-Z1Z0é",
        "01AHJ-Z1Z0\u{ff18}",
        "01AHJ.Z1Z08",
        &long,
    ] {
        assert_eq!(EnrolmentCode::read(typed), None, "{typed:.20}");
    }
}

#[test]
fn a_code_is_kept_as_its_hash_and_debug_hides_it() {
    let code = EnrolmentCode::read("01AHJ-Z1Z08").unwrap();
    // printf 01AHJZ1Z08 | sha256sum
    let wanted = "9dc4cab09dce44ca317da0fe2113bf8d3a9f1458249c5da8ce2d7039479f7772";
    let hex = |text: &mut String, byte: u8| write!(text, "{byte:02x}").unwrap();
    let hex = code.sha256().into_iter().fold(String::new(), |mut text, byte| {
        hex(&mut text, byte);
        text
    });
    assert_eq!(hex, wanted);
    assert!(!format!("{code:?}").contains("AHJ"));
}
