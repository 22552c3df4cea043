//! What single cells may hold.

use super::super::cell::{NhsNumberFault, date_of_birth, is_email, nhs_number};
use super::only_row;

#[test]
fn a_date_of_birth_is_a_day_that_exists() {
    let cases = [
        ("14/03/1939", Some("1939-03-14")),
        ("1/2/1936", Some("1936-02-01")),
        ("1939-03-14", Some("1939-03-14")),
        ("29/02/1940", Some("1940-02-29")),
        ("29/02/1900", None),
        ("31/02/1961", None),
        ("31/04/1961", None),
        ("00/01/1961", None),
        ("12/13/1961", None),
        ("14/03/39", None),
        ("14/03/0039", None),
        ("14.03.1939", None),
        ("14/03/1939/1", None),
        ("+1/03/1939", None),
        ("-1/03/1939", None),
        ("14/03/１９３９", None),
        ("99999/03/1939", None),
        ("/", None),
        ("-", None),
        ("", None),
        ("not known", None),
    ];
    for (text, wanted) in cases {
        assert_eq!(date_of_birth(text).as_deref(), wanted, "{text:?}");
    }
}

#[test]
fn an_nhs_number_has_ten_digits_of_which_the_last_fits() {
    let cases = [
        ("9992269960", Ok("9992269960")),
        ("999 205 9419", Ok("9992059419")),
        ("999-205-9419", Ok("9992059419")),
        ("999\u{a0}205\u{a0}9419", Ok("9992059419")),
        ("9434765919", Ok("9434765919")),
        ("9992977125", Err(NhsNumberFault::CheckDigit)),
        ("9992269961", Err(NhsNumberFault::CheckDigit)),
        ("9929269960", Err(NhsNumberFault::CheckDigit)),
        ("0000000000", Err(NhsNumberFault::Placeholder)),
        ("1111111111", Err(NhsNumberFault::Placeholder)),
        ("999226996", Err(NhsNumberFault::NotTenDigits)),
        ("99922699600", Err(NhsNumberFault::NotTenDigits)),
        ("99922699X0", Err(NhsNumberFault::NotTenDigits)),
        ("٩٩٩٢٢", Err(NhsNumberFault::NotTenDigits)),
        ("", Err(NhsNumberFault::NotTenDigits)),
    ];
    for (text, wanted) in cases {
        assert_eq!(nhs_number(text).as_deref().map_err(|e| *e), wanted, "{text:?}");
    }
    // The remainder of this beginning asks for a check digit of ten.
    for last in 0..10 {
        let number = format!("999000000{last}");
        assert_eq!(nhs_number(&number), Err(NhsNumberFault::CheckDigit), "{number}");
    }
}

#[test]
fn an_email_address_has_two_parts() {
    for good in ["a@b", "sian.prosser@example.org", "o'dowd+x@example.org"] {
        assert!(is_email(good), "{good}");
    }
    for bad in [
        "",
        "@",
        "a@",
        "@b",
        "a b@c",
        "a@b@c",
        "a@b\u{7}",
        &"x@y".repeat(100),
    ] {
        assert!(!is_email(bad), "{bad}");
    }
}

#[test]
fn control_characters_are_taken_out_and_told() {
    let taken_out = "held control characters, which were taken out";
    let (row, warnings) = only_row("P1,,\"A\u{7}nn\nMay\",Ash,,,\"a\u{1b}b\tc\r\nd\u{85}\"");
    assert_eq!(row.forename.as_deref(), Some("Ann May"));
    assert_eq!(row.alerts.as_deref(), Some("ab\tc\nd"));
    assert_eq!(
        warnings,
        [
            (2, "forename".to_owned(), taken_out.to_owned()),
            (2, "alerts".to_owned(), taken_out.to_owned()),
        ]
    );
}

#[test]
fn white_space_is_trimmed_outside_and_kept_inside() {
    let (row, warnings) = only_row(" P1 ,,  Ann  May ,\u{a0}Ash ,,,  a  b  ");
    assert_eq!((row.case_id.as_str(), row.name.as_str()), ("P1", "Ann  May Ash"));
    assert_eq!(row.alerts.as_deref(), Some("a  b"));
    assert_eq!(warnings, []);
}

#[test]
fn a_cell_that_is_too_long_is_left_blank() {
    let megabytes = "x".repeat(2 * 1024 * 1024);
    let (row, warnings) = only_row(&format!("P1,,Ann,Ash,,,{megabytes}"));
    assert_eq!(row.alerts, None);
    let reason = "longer than 10,000 characters; left blank";
    assert_eq!(warnings, [(2, "alerts".to_owned(), reason.to_owned())]);

    // Counted in characters, not in bytes.
    let just = "ẹ".repeat(10_000);
    let (row, warnings) = only_row(&format!("P1,,Ann,Ash,,,{just}"));
    assert_eq!(row.alerts.as_deref(), Some(just.as_str()));
    assert_eq!(warnings, []);
}
