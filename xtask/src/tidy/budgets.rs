//! The budgets of size: files, functions, and tests that keep up with the code they test. Tests and generated files
//! have no budget for functions and their share of a file is not counted to its size, except that no file outside a
//! `tests` folder passes the hard stop.

use super::{Finding, Source, Tree};

const FILE_STOP: usize = 600;
const FILE_P90: usize = 300;
const FUNCTION_STOP: usize = 80;
const FUNCTION_P90: usize = 40;

/// The rooms whose tests are at least as long as their code, and where tests of theirs stand outside the room.
const TESTED_ROOMS: &[(&str, &str)] = &[
    ("notes/src", "notes/tests/"),
    ("client-core/src/sync", "client-core/tests/sync"),
    ("client-core/src/store", "client-core/tests/store"),
    ("server/src/sync", "server/tests/sync"),
    ("server/src/store", "server/tests/store"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let written: Vec<&Source> = tree
        .sources
        .iter()
        .filter(|source| !source.is_generated())
        .collect();
    let mut findings: Vec<Finding> = written.iter().filter_map(|source| without_doc(source)).collect();
    findings.extend(long_files(&written));
    findings.extend(long_functions(&written));
    findings.extend(
        TESTED_ROOMS
            .iter()
            .filter_map(|(room, beside)| thin_tests(&written, room, beside)),
    );
    findings
}

/// A module says why it exists in a sentence: at least four words, and a full stop.
fn without_doc(source: &Source) -> Option<Finding> {
    let words = source.doc.split_whitespace().count();
    let sentence = words >= 4 && source.doc.contains(['.', '?', '!']);
    let what = "a module opens with a sentence (//!) that says why it exists".to_owned();
    (!sentence).then(|| source.finding(1, "module-doc", what))
}

/// The value that nine of ten are not above.
fn p90(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    let index = (values.len() * 9).div_ceil(10).saturating_sub(1);
    values.get(index).copied().unwrap_or(0)
}

fn long_files(written: &[&Source]) -> Vec<Finding> {
    let in_tests_folder = |source: &Source| format!("/{}", source.path).contains("/tests/");
    let mut findings = Vec::new();
    for source in written.iter().filter(|source| !in_tests_folder(source)) {
        let lines = source.text.lines().count();
        if lines > FILE_STOP {
            let what = format!("this file has {lines} lines; the stop is {FILE_STOP}");
            findings.push(source.finding(FILE_STOP + 1, "file-size", what));
        }
    }
    let own = |source: &Source| {
        (1..=source.text.lines().count())
            .filter(|line| !source.is_test_line(*line))
            .count()
    };
    let mut sizes: Vec<_> = written
        .iter()
        .filter(|source| !source.is_test)
        .map(|s| (own(s), *s))
        .collect();
    sizes.sort_by_key(|(lines, _)| *lines);
    let p90 = p90(sizes.iter().map(|(lines, _)| *lines).collect());
    if let Some((lines, longest)) = sizes.last().filter(|_| p90 >= FILE_P90) {
        let what =
            format!("nine of ten files stay under {FILE_P90} lines; now it is {p90}, this has {lines}");
        findings.push(longest.finding(1, "file-size-p90", what));
    }
    findings
}

fn long_functions(written: &[&Source]) -> Vec<Finding> {
    let own = |source: &&Source| {
        let functions = source.functions.iter().filter(|function| !function.in_test);
        functions
            .map(|function| (function.lines, function.clone(), source.path.clone()))
            .collect::<Vec<_>>()
    };
    let mut functions: Vec<_> = written.iter().flat_map(own).collect();
    functions.sort_by_key(|(lines, _, _)| *lines);
    let finding = |path: &str, line, rule, what| Finding {
        path: path.to_owned(),
        line,
        rule,
        what,
    };
    let mut findings: Vec<Finding> = functions
        .iter()
        .filter(|(lines, _, _)| *lines > FUNCTION_STOP)
        .map(|(lines, function, path)| {
            let what = format!("{} has {lines} lines; the stop is {FUNCTION_STOP}", function.name);
            finding(path, function.line, "function-size", what)
        })
        .collect();
    let p90 = p90(functions.iter().map(|(lines, _, _)| *lines).collect());
    if let Some((lines, longest, path)) = functions.last().filter(|_| p90 >= FUNCTION_P90) {
        let name = &longest.name;
        let what = format!(
            "nine of ten functions stay under {FUNCTION_P90} lines; now it is {p90}, {name} has {lines}"
        );
        findings.push(finding(path, longest.line, "function-size-p90", what));
    }
    findings
}

/// Counts lines that say something: comments and blank lines make neither code nor a test longer.
fn thin_tests(written: &[&Source], room: &str, beside: &str) -> Option<Finding> {
    let (mut code, mut tests) = (0, 0);
    for source in written {
        let (its_code, its_tests) = source.saying_lines();
        if source.is_in(room) {
            code += its_code;
            tests += its_tests;
        } else if source.path.starts_with(beside) {
            tests += its_tests;
        }
    }
    let what =
        format!("the tests of {room} have {tests} lines and its code {code}; they are at least as long");
    (tests < code).then(|| Finding {
        path: room.to_owned(),
        line: 1,
        rule: "thin-tests",
        what,
    })
}
