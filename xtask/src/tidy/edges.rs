//! The edges between crates: `notes ← client-core ← ffi`, `notes ← server`, `tests → all`, and the foreign crates
//! that a folder never meets. A forbidden edge is a line of that folder's `Cargo.toml`, or something that a foreign
//! crate brings along.

use super::{Finding, Member, Tree};

/// The folders of ours that each folder may name. A folder that is not listed may name none.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("notes", &[]),
    ("client-core", &["notes"]),
    ("ffi", &["client-core", "notes"]),
    ("server", &["notes"]),
    ("tests", &["notes", "client-core", "ffi", "server"]),
    ("xtask", &[]),
];

/// The foreign crates that are never built into a folder, however deep.
const NEVER_MEETS: &[(&str, &[&str])] = &[
    ("notes", &["tokio", "axum", "rusqlite", "uniffi", "ureq"]),
    ("client-core", &["tokio", "axum", "uniffi"]),
    ("server", &["uniffi"]),
    ("xtask", &["tokio", "axum", "rusqlite", "automerge"]),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.members
        .iter()
        .flat_map(|member| ours(tree, member).chain(foreign(tree, member)))
        .collect()
}

fn listed<'list>(list: &[(&str, &'list [&'list str])], folder: &str) -> &'list [&'list str] {
    list.iter()
        .find(|(name, _)| *name == folder)
        .map_or(&[], |(_, others)| others)
}

fn ours<'tree>(tree: &'tree Tree, member: &'tree Member) -> impl Iterator<Item = Finding> + 'tree {
    let may = listed(MAY_NAME, &member.folder);
    let forbidden = member.ours.iter().filter(|other| !may.contains(&other.as_str()));
    forbidden.map(|other| {
        finding(
            tree,
            member,
            other,
            format!("{} never depends on {other}", member.folder),
        )
    })
}

fn foreign<'tree>(tree: &'tree Tree, member: &'tree Member) -> impl Iterator<Item = Finding> + 'tree {
    let never = listed(NEVER_MEETS, &member.folder);
    let met = member
        .foreign
        .iter()
        .filter(|other| never.contains(&other.as_str()));
    met.map(|other| {
        let what = format!(
            "{} never meets {other}, not even through another crate",
            member.folder
        );
        finding(tree, member, other, what)
    })
}

/// Points at the line of the manifest that names the dependency, or at its first line.
fn finding(tree: &Tree, member: &Member, dependency: &str, what: String) -> Finding {
    let path = format!("{}/Cargo.toml", member.folder);
    let text = tree
        .files
        .iter()
        .find(|file| file.path == path)
        .map_or("", |file| file.text.as_str());
    let line = text
        .lines()
        .position(|line| line.starts_with(dependency))
        .map_or(1, |index| index + 1);
    Finding {
        path,
        line,
        rule: "crate-edge",
        what,
    }
}
