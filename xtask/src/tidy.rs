//! `cargo xtask tidy`: the house rules that a program can hold. It reads cargo's metadata and the sources, and lists
//! every place that breaks a rule. The rules are functions of a [`Tree`] in memory, so each is tested on a small
//! planted tree; only [`reading`] touches the disk. It is no lint: what clippy can say, clippy says.

pub mod budgets;
pub mod dry;
pub mod edges;
pub mod exceptions;
pub mod marks;
pub mod panics;
pub mod reading;
pub mod rooms;
pub mod source;
pub mod words;

use std::fmt;

use crate::workshop::{Failure, Workshop};
pub use source::Source;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The path from the root of the checkout, with forward slashes.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The short name of the rule; the list of exceptions uses it too.
    pub rule: &'static str,
    /// What is wrong there, in words.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {} [{}]", self.path, self.line, self.what, self.rule)
    }
}

/// A text file of the checkout.
#[derive(Debug, Clone)]
pub struct TextFile {
    /// The path from the root of the checkout, with forward slashes.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// One of our crates, with what it depends on.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// The folder it lies in.
    pub folder: String,
    /// The folders of our own crates that it names, for building, running or testing.
    pub ours: Vec<String>,
    /// The names of all foreign crates that are built into it, however deep.
    pub foreign: Vec<String>,
}

/// All that the rules look at.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Our crates.
    pub members: Vec<Member>,
    /// Every text file.
    pub files: Vec<TextFile>,
    /// Every Rust file, taken apart.
    pub sources: Vec<Source>,
    /// The files that could not be taken apart.
    pub unreadable: Vec<Finding>,
}

impl Tree {
    /// Takes the Rust files among `files` apart.
    #[must_use]
    pub fn new(members: Vec<Member>, files: Vec<TextFile>) -> Self {
        let mut tree = Self {
            members,
            ..Self::default()
        };
        for file in files.iter().filter(|file| ending(&file.path) == "rs") {
            match Source::read(&file.path, &file.text) {
                Ok(source) => tree.sources.push(source),
                Err(finding) => tree.unreadable.push(finding),
            }
        }
        tree.files = files;
        source::spread_tests(&mut tree.sources);
        tree
    }
}

/// The ending of a path, less its dot; none where the name has no dot.
fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Every place in the tree that breaks a rule, in order of path and line, less the listed exceptions.
#[must_use]
pub fn check(tree: &Tree, exceptions: &[exceptions::Exception]) -> Vec<Finding> {
    let mut findings = tree.unreadable.clone();
    findings.extend(edges::check(tree));
    findings.extend(rooms::check(tree));
    findings.extend(dry::check(tree));
    findings.extend(budgets::check(tree));
    findings.extend(panics::check(tree));
    findings.extend(marks::check(tree));
    findings.extend(words::check(tree));
    let mut findings = exceptions::excuse(findings, exceptions);
    findings.sort();
    findings
}

/// Reads this checkout and lists every place that breaks a rule.
///
/// # Errors
/// When a rule is broken, or the checkout cannot be read.
pub fn tidy(workshop: &Workshop) -> Result<(), Failure> {
    let tree = reading::read(workshop)?;
    let findings = check(&tree, exceptions::EXCEPTIONS);
    if findings.is_empty() {
        println!("tidy: {} files hold every rule", tree.files.len());
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Err(Failure::new(format!(
        "{}\ntidy: {} places break a rule",
        lines.join("\n"),
        findings.len()
    )))
}
