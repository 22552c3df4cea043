//! Many commands in one process: one a line in, one JSON value a line out.

use std::io::BufRead as _;
use std::process::ExitCode;

use clap::Parser as _;
use client_core::Notebook;

use crate::answer::{Failure, say};
use crate::args::{Command, Line};
use crate::run;

/// Reads standard input to its end.
pub(crate) fn run(notebook: &mut Notebook) -> Result<ExitCode, Failure> {
    let mut first_failure = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|_| Failure::call("standard input is not UTF-8 text"))?;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let answered = words(&line)
            .ok_or_else(|| Failure::call("the line's quotes do not match, or it is no JSON array of strings"))
            .and_then(|words| Line::try_parse_from(words).map_err(|e| Failure::call(e.to_string())))
            .and_then(|line| match line.command {
                Command::Enrol { .. } | Command::Batch => {
                    Err(Failure::call("this command does not go in a batch"))
                }
                command => run::run(notebook, command),
            });
        let exit = match answered {
            Ok(answer) => {
                say(&answer.value.to_string());
                answer.exit
            }
            Err(failure) => {
                say(&failure.value().to_string());
                failure.exit
            }
        };
        if first_failure == 0 {
            first_failure = exit;
        }
    }
    Ok(ExitCode::from(first_failure))
}

/// A line's words; `None` where it cannot be split.
fn words(line: &str) -> Option<Vec<String>> {
    if line.trim_start().starts_with('[') {
        return serde_json::from_str(line).ok();
    }
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (_, '\\') => word.get_or_insert_default().push(chars.next()?),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_a_shell_would() {
        let lines: [(&str, Option<&[&str]>); 8] = [
            ("list", Some(&["list"])),
            ("  type N  'two words' ", Some(&["type", "N", "two words"])),
            (
                r#"set N feedback '{"words":"it\"s"}'"#,
                Some(&["set", "N", "feedback", r#"{"words":"it\"s"}"#]),
            ),
            (r#"type N "a \"b\" c\\" "#, Some(&["type", "N", r#"a "b" c\"#])),
            ("type N ''", Some(&["type", "N", ""])),
            (r#"["type","N","line\nend"]"#, Some(&["type", "N", "line\nend"])),
            ("type N 'open", None),
            (r#"["type",1]"#, None),
        ];
        for (line, expected) in lines {
            let expected = expected.map(|w| w.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(words(line), expected, "{line}");
        }
    }
}
