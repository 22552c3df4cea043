//! The chores as a person calls them: their names, and what those say whose part is not built yet.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_chores_are_these_and_no_others() {
    let help = String::from_utf8(xtask(&["--help"]).stdout).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names: Vec<&str> = commands
        .lines()
        .map_while(|line| line.split_whitespace().next())
        .collect();
    let chores = [
        "setup", "run", "test", "tidy", "bench", "web", "mobile", "simulate", "fleet", "help",
    ];
    assert_eq!(names, chores);
}

#[test]
fn a_chore_that_is_not_built_yet_says_so_in_one_sentence() {
    let output = xtask(&["fleet"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.ends_with("built yet.\n"), "{said}");
    assert!(output.stdout.is_empty());
}
