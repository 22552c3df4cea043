//! The heart is dry: `notes` and the two `sync` rooms open no file or socket, read no clock, draw no random number
//! and never wait. All of it is passed in, so a whole town runs in one thread of a test.

use super::rooms::is_below;
use super::{Finding, Source, Tree};

/// The rooms that are dry.
const DRY: &[&str] = &[
    "notes/src",
    "client-core/src/sync",
    "client-core/src/live",
    "server/src/sync",
];

/// What would wet them.
const WET: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::io::stdin",
    "std::io::stdout",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::thread",
    "rand",
    "getrandom",
    "tokio",
    "ureq",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "uuid::Uuid::now_v7",
    "uuid::Uuid::new_v4",
];

/// Waits for nothing and touches nothing outside: a thread with a large stack for a deep parse, or the catching of
/// its fall.
const STILL_DRY: &[&str] = &[
    "std::thread::Builder",
    "std::thread::scope",
    "std::thread::Result",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let dry = |source: &&Source| !source.is_test && DRY.iter().any(|room| source.is_in(room));
    tree.sources.iter().filter(dry).flat_map(wet_places).collect()
}

fn wet_places(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for spot in source.names.iter().filter(|spot| !spot.in_test) {
        if STILL_DRY.iter().any(|path| is_below(&spot.what, path)) || spot.what == "std::thread" {
            continue;
        }
        // `use std::time::*` brings the clock in without naming it.
        let brings = |path: &str| {
            spot.what
                .strip_suffix("*")
                .is_some_and(|module| path.starts_with(module))
        };
        if let Some(path) = WET.iter().find(|path| is_below(&spot.what, path) || brings(path)) {
            let what = format!("the heart is dry: {path} has to be passed in");
            findings.push(source.finding(spot.line, "dry", what));
        }
    }
    findings.dedup();
    findings
}
