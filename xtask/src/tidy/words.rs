//! The project speaks only of itself: no file names the machine that somebody once wrote it on, or that machine's
//! way to a package registry.

use super::{Finding, Tree};

/// What no file may say, in lower case; put together so that this file does not say it.
const NEVER: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!(".lib", "rary"),
    concat!("artif", "actory"),
    concat!("registry.", "internal"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            let line = line.to_lowercase();
            if let Some(word) = NEVER.iter().find(|word| line.contains(**word)) {
                let what = format!("no file says '{word}'");
                findings.push(Finding {
                    path: file.path.clone(),
                    line: index + 1,
                    rule: "word",
                    what,
                });
            }
        }
    }
    findings
}
