//! What a single cell's text may hold: identifiers, dates, NHS numbers, e-mail addresses, names.
//!
//! Every judgement is a value. What to do with a bad one (blank it, reject the row) is for the row.

use std::borrow::Cow;

use jiff::civil::Date;

/// The longest case id or worker id, in characters.
pub(super) const MAX_IDENTIFIER_CHARS: usize = 64;

/// Nobody alive was born before this year.
const EARLIEST_BIRTH_YEAR: i16 = 1850;

/// Whether a cell's text may run over several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// Names, numbers, codes.
    One,
    /// Addresses and anything a person wrote.
    Many,
}

/// Takes out control characters and says whether there were any. Line ends inside a cell become
/// `\n`, which is no change worth a warning. The rest stays as it is, combining marks included: a
/// name is written as its owner writes it.
pub(super) fn without_controls(text: &str, lines: Lines) -> (Cow<'_, str>, bool) {
    if !text.contains(char::is_control) {
        return (Cow::Borrowed(text), false);
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut altered = false;
    let mut kept = String::with_capacity(unified.len());
    for character in unified.chars() {
        match (character, lines) {
            ('\n' | '\t', Lines::Many) => kept.push(character),
            // A space instead, or two words would become one.
            ('\n' | '\t', Lines::One) => {
                altered = true;
                kept.push(' ');
            }
            (control, _) if control.is_control() => altered = true,
            _ => kept.push(character),
        }
    }
    (Cow::Owned(kept), altered)
}

/// Why a text cannot be an identifier, or nothing if it can.
pub(super) fn identifier_fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        Some("blank")
    } else if text.chars().count() > MAX_IDENTIFIER_CHARS {
        Some("longer than 64 characters")
    } else if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
    {
        Some("holds a space or a character that cannot be seen")
    } else {
        None
    }
}

/// Characters that take no room on a screen, so that two identifiers could look the same.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A date written dd/mm/yyyy, or yyyy-mm-dd already, as yyyy-mm-dd. `None` if there is no such day.
pub(super) fn date_of_birth(text: &str) -> Option<String> {
    let (year, month, day) = if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        (year, month, day)
    } else {
        let (day, rest) = text.split_once('/')?;
        let (month, year) = rest.split_once('/')?;
        (year, month, day)
    };
    if year.len() != 4 {
        return None;
    }
    let date = Date::new(
        number(year)?,
        i8::try_from(number(month)?).ok()?,
        i8::try_from(number(day)?).ok()?,
    )
    .ok()?;
    (date.year() >= EARLIEST_BIRTH_YEAR).then(|| date.to_string())
}

/// Up to four ASCII digits and nothing else: `parse` alone would take a sign.
fn number(digits: &str) -> Option<i16> {
    let usable = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    usable.then(|| digits.parse().ok()).flatten()
}

/// Why an NHS number cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NhsNumberFault {
    /// Not ten digits, spaces and hyphens apart.
    NotTenDigits,
    /// A slip in one of its digits.
    CheckDigit,
    /// One digit ten times: it fits the check digit, and means that nobody knew the number.
    Placeholder,
}

/// An NHS number as ten digits, if its check digit (modulus 11) fits.
pub(super) fn nhs_number(text: &str) -> Result<String, NhsNumberFault> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NhsNumberFault::NotTenDigits);
    }
    let values = digits.bytes().map(|b| u32::from(b - b'0'));
    let weighted: u32 = values.clone().zip((2..=10).rev()).map(|(v, w)| v * w).sum();
    let given = values.clone().next_back().unwrap_or_default();
    // Eleven stands for zero; ten is never given out, and equals no digit.
    if given != (11 - weighted % 11) % 11 {
        return Err(NhsNumberFault::CheckDigit);
    }
    if values.clone().all(|v| v == given) {
        return Err(NhsNumberFault::Placeholder);
    }
    Ok(digits)
}

/// Whether a text has the shape of an e-mail address. Only sending to it would tell more.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= 254
        && !local.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
