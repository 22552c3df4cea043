//! Files of people with a lie in them: the demo's own CSV with a cell, a row, a quote, a line end or the encoding
//! changed.
//!
//! Not for files that are honest and merely old: those have tests of their own beside the import.

use super::storm::Choices;

/// Stands in cells that are lied about; no refusal may repeat it.
pub const SECRET: &str = "Zebedee-Quatermain";

/// A file, and whether its head and first row are as they were.
pub struct File {
    /// What is imported.
    pub bytes: Vec<u8>,
    /// Nothing before the second row was touched.
    pub beginning_is_honest: bool,
}

/// An honest file with a lie in it.
pub fn lie(honest: &str, choices: &mut Choices<'_>) -> File {
    let mut lines: Vec<String> = honest.lines().map(str::to_owned).collect();
    let mut beginning_is_honest = true;
    for _ in 0..=choices.below(3) {
        let from = if choices.one_in(6) { 0 } else { 2 };
        beginning_is_honest &= from == 2;
        lie_in_lines(&mut lines, from, choices);
    }
    let end = choices.pick(&["\n", "\r\n", "\n", "\n", "\r"]);
    let text = lines.join(end);
    let bytes = match choices.below(16) {
        0 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        1 => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        2 => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect(),
        3 => ["\u{feff}\u{feff}", &text].concat().into_bytes(),
        4 => {
            let mut bytes = text.clone().into_bytes();
            choices.scramble(&mut bytes);
            bytes
        }
        _ => {
            return File {
                bytes: text.into_bytes(),
                beginning_is_honest,
            };
        }
    };
    File {
        bytes,
        beginning_is_honest: false,
    }
}

fn lie_in_lines(lines: &mut Vec<String>, from: usize, choices: &mut Choices<'_>) {
    if lines.len() <= from {
        return;
    }
    let at = from + choices.below(lines.len() - from);
    match choices.below(10) {
        0 => _ = lines.remove(at),
        1 => lines.insert(at, String::new()),
        2 => {
            let twin = lines[at].clone();
            // Many of a long one would be as much as the machine has.
            let most = if twin.len() < 1_000 { 3_000 } else { 1 };
            let times = choices.pick(&[1, 1, 40, 3_000]).min(most);
            lines.splice(at..at, std::iter::repeat_n(twin, times));
        }
        3 => lines[at].push_str(&",".repeat(choices.pick(&[1, 30, 999, 1_001, 20_000]))),
        4 => lines[at].push_str(&SECRET.repeat(choices.pick(&[1, 600, 9_000]))),
        5 => {
            let place = choices.below(lines[at].len() + 1);
            let place = (0..=place)
                .rev()
                .find(|place| lines[at].is_char_boundary(*place))
                .unwrap_or(0);
            lines[at].insert_str(
                place,
                choices.pick(&["\"", "\"\"", "\0", "\r", "\t", "\u{202e}", "\u{feff}", ",\""]),
            );
        }
        _ => {
            let mut cells: Vec<String> = lines[at].split(',').map(str::to_owned).collect();
            let cell = choices.below(cells.len());
            cells[cell] = self::cell(choices);
            lines[at] = cells.join(",");
        }
    }
}

fn cell(choices: &mut Choices<'_>) -> String {
    let odd = choices.pick(&[
        "",
        " ",
        "=cmd|'/c calc'!A1",
        "+44",
        "-1",
        "@SUM(1+9)",
        "99/99/9999",
        "29/02/2023",
        "0000000000",
        "1111111111",
        "999 999 9999",
        "'; DROP TABLE person; --",
        "\"a\nb\"",
        "\"unclosed",
        "\u{1b}[31m",
        "e\u{301}\u{301}\u{301}",
    ]);
    if choices.one_in(3) {
        format!("{odd}{SECRET}")
    } else {
        odd.to_owned()
    }
}
