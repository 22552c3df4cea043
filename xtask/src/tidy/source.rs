//! A Rust file taken apart into the few facts that the rules ask about: what it names, what it quotes, how long its
//! functions are, where it may stop the program, and which of its lines are tests. It judges nothing.

mod syntax;
mod walk;

use std::ops::RangeInclusive;

use super::Finding;

/// Something that stands on a line.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The line, counted from 1.
    pub line: usize,
    /// The path, the quoted text or the call that stands there.
    pub what: String,
    /// Whether it is part of a test.
    pub in_test: bool,
}

/// A function with a body.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// How many lines it takes, from its `fn` to its closing brace.
    pub lines: usize,
    /// Whether it is part of a test.
    pub in_test: bool,
}

/// A place that may stop the program.
#[derive(Debug, Clone)]
pub struct Stop {
    /// The call.
    pub spot: Spot,
    /// Whether a comment or a reason beside it says why it cannot happen.
    pub explained: bool,
}

/// A Rust file, taken apart.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path from the root of the checkout, with forward slashes.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Whether the whole file is tests.
    pub is_test: bool,
    /// Every path that it names, with `use` resolved and `self` and `super` written out from `crate`.
    pub names: Vec<Spot>,
    /// Every quoted text outside attributes.
    pub quotes: Vec<Spot>,
    /// Every function with a body.
    pub functions: Vec<Function>,
    /// Every place that may stop the program.
    pub stops: Vec<Stop>,
    /// Every test that is switched off.
    pub switched_off: Vec<Spot>,
    /// The lines of its inline tests.
    pub test_lines: Vec<RangeInclusive<usize>>,
    /// The modules in files of their own that are only for tests.
    pub test_modules: Vec<String>,
    /// What its `//!` says.
    pub doc: String,
}

impl Source {
    /// Takes a file apart.
    ///
    /// # Errors
    /// A finding, when the file is not Rust.
    pub fn read(path: &str, text: &str) -> Result<Self, Finding> {
        let file = syn::parse_file(text).map_err(|error| Finding {
            path: path.to_owned(),
            line: error.span().start().line,
            rule: "readable",
            what: format!("this is not Rust: {error}"),
        })?;
        Ok(walk::walk(path, text, &file))
    }

    /// The folder of its crate.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether it is what a tool wrote.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        self.path
            .split('/')
            .any(|part| part == "generated" || part == "gen")
    }

    /// Whether it lies in one of the rooms of its crate, such as `server/src/store`: as the room's own file or
    /// anywhere below it.
    #[must_use]
    pub fn is_in(&self, room: &str) -> bool {
        self.path
            .strip_prefix(room)
            .is_some_and(|rest| rest.starts_with('/') || rest == ".rs" || rest.is_empty())
    }

    /// Whether a line is part of a test.
    #[must_use]
    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// How many lines say something, (code, tests): neither blank nor only a comment.
    #[must_use]
    pub fn saying_lines(&self) -> (usize, usize) {
        let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        let numbered = self.text.lines().enumerate().filter(|(_, line)| says(line));
        let (tests, code): (Vec<_>, Vec<_>) = numbered.partition(|(index, _)| self.is_test_line(index + 1));
        (code.len(), tests.len())
    }

    /// A finding on a line of this file.
    #[must_use]
    pub fn finding(&self, line: usize, rule: &'static str, what: String) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            rule,
            what,
        }
    }
}

/// Whether a path alone says that a file is tests.
fn is_test_path(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let stem = name.strip_suffix(".rs").unwrap_or(name);
    stem == "tests"
        || stem.ends_with("_tests")
        || parts.iter().any(|part| ["tests", "benches"].contains(part))
}

/// The path of a file less its ending, which is where its modules lie: `a/src/b.rs` and `a/src/b/mod.rs` give
/// `a/src/b`, the root file of a crate gives `a/src`.
fn home(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    ["/lib", "/main", "/mod"]
        .iter()
        .find_map(|root| stem.strip_suffix(root))
        .unwrap_or(stem)
}

/// Marks the files of modules that another file declares under `#[cfg(test)]`, and all below them.
pub fn spread_tests(sources: &mut [Source]) {
    let mut rooms = Vec::new();
    for source in &*sources {
        rooms.extend(
            source
                .test_modules
                .iter()
                .map(|module| format!("{}/{module}", home(&source.path))),
        );
    }
    for source in sources.iter_mut().filter(|source| !source.is_test) {
        if rooms.iter().any(|room| source.is_in(room)) {
            source.is_test = true;
            source
                .functions
                .iter_mut()
                .for_each(|function| function.in_test = true);
            source.stops.iter_mut().for_each(|stop| stop.spot.in_test = true);
            source
                .names
                .iter_mut()
                .chain(&mut source.quotes)
                .for_each(|spot| spot.in_test = true);
        }
    }
}
