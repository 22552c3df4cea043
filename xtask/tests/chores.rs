//! The chores as a person calls them: their names, and what a wrong call is told.
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
fn a_wrong_call_builds_nothing_and_says_what_is_wrong() {
    for (call, word) in [
        (["fleet", "--phones", "many"], "many"),
        (["simulate", "--seeds", "-1"], "-1"),
    ] {
        let output = xtask(&call);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(output.stdout.is_empty());
    }
}
