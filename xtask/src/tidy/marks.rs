//! Nothing is left open in the code: no mark of unfinished work, no test that is switched off. What is known to be
//! missing stands in docs/known-limits.md, where readers look.

use super::{Finding, TextFile, Tree, ending};

/// The marks, put together so that this file does not bear them.
const MARKS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
];

/// The endings of the files that are code.
const CODE: &[&str] = &[
    "rs", "ts", "tsx", "js", "mjs", "css", "html", "py", "sh", "sql", "kt", "swift",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let is_code = |file: &&TextFile| CODE.contains(&ending(&file.path)) || file.path.starts_with(".ci/");
    let mut findings: Vec<_> = tree.files.iter().filter(is_code).flat_map(marks).collect();
    for source in &tree.sources {
        let off = source.switched_off.iter();
        findings.extend(
            off.map(|spot| source.finding(spot.line, "mark", "this test is switched off".to_owned())),
        );
    }
    findings
}

fn marks(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        if let Some(mark) = MARKS.iter().find(|mark| has_word(line, mark)) {
            let what = format!("{mark} marks unfinished work");
            findings.push(Finding {
                path: file.path.clone(),
                line: index + 1,
                rule: "mark",
                what,
            });
        }
    }
    findings
}

/// Whether a line has a word that is not part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line
            .get(start + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(in_word) && (word.ends_with('!') || !after.is_some_and(in_word))
    })
}
