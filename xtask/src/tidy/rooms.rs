//! The edges between the rooms of a crate: inside the server `api → sync, issues, export, auth → store`; only `store`
//! holds SQL; only `problem.rs` turns an error into a status. Tests may look anywhere.

use super::source::Spot;
use super::{Finding, Source, Tree};

/// For each room, the modules that it never names.
const NEVER_NAMES: &[(&str, &[&str])] = &[
    ("server/src/sync", &["crate::api", "crate::desk"]),
    ("server/src/attachments", &["crate::api", "crate::desk"]),
    ("server/src/issues", &["crate::api", "crate::desk"]),
    ("server/src/export", &["crate::api", "crate::desk"]),
    ("server/src/auth", &["crate::api", "crate::desk"]),
    ("server/src/desk", &["crate::api"]),
    (
        "server/src/store",
        &[
            "crate::api",
            "crate::desk",
            "crate::sync",
            "crate::issues",
            "crate::export",
            "crate::auth",
        ],
    ),
];

/// Plain values of another room that a room may name all the same: they carry no behaviour of that room.
const PLAIN_VALUES: &[(&str, &str)] = &[];

/// The only rooms that hold SQL.
const HOLDS_SQL: &[&str] = &["server/src/store", "client-core/src/store"];

/// The only file of the server that turns an error into a status.
const DECIDES_STATUS: &str = "server/src/problem";

/// The statuses that are no error; any other is for `problem.rs` to decide.
const NO_ERROR: &[&str] = &[
    "CONTINUE",
    "SWITCHING_PROTOCOLS",
    "OK",
    "CREATED",
    "ACCEPTED",
    "NO_CONTENT",
    "RESET_CONTENT",
    "PARTIAL_CONTENT",
    "MOVED_PERMANENTLY",
    "FOUND",
    "SEE_OTHER",
    "NOT_MODIFIED",
    "TEMPORARY_REDIRECT",
    "PERMANENT_REDIRECT",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // The chores are no part of the product, and these rules quote SQL.
    for source in tree
        .sources
        .iter()
        .filter(|source| !source.is_test && source.folder() != "xtask")
    {
        findings.extend(walls(source));
        findings.extend(sql(source));
        findings.extend(statuses(source));
    }
    findings
}

/// Whether a path is a module, or something in it.
pub(super) fn is_below(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn own(spots: &[Spot]) -> impl Iterator<Item = &Spot> {
    spots.iter().filter(|spot| !spot.in_test)
}

fn walls(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (room, never) in NEVER_NAMES.iter().filter(|(room, _)| source.is_in(room)) {
        let plain = |path: &str| {
            PLAIN_VALUES
                .iter()
                .any(|(of, value)| of == room && is_below(path, value))
        };
        for spot in own(&source.names).filter(|spot| !plain(&spot.what)) {
            if let Some(other) = never.iter().find(|module| is_below(&spot.what, module)) {
                let what = format!("{room} never names {other}, and this is {}", spot.what);
                findings.push(source.finding(spot.line, "room-edge", what));
            }
        }
    }
    findings.dedup();
    findings
}

fn sql(source: &Source) -> Vec<Finding> {
    if HOLDS_SQL.iter().any(|room| source.is_in(room)) {
        return Vec::new();
    }
    let names = own(&source.names).filter(|spot| is_below(&spot.what, "rusqlite"));
    let names = names.map(|spot| {
        (
            spot.line,
            format!("only a store knows rusqlite, and this is {}", spot.what),
        )
    });
    let quotes = own(&source.quotes).filter(|spot| is_sql(&spot.what));
    let quotes = quotes.map(|spot| (spot.line, "only a store holds SQL".to_owned()));
    let mut findings: Vec<_> = names
        .chain(quotes)
        .map(|(line, what)| source.finding(line, "sql", what))
        .collect();
    findings.dedup();
    findings
}

/// Whether a text is a statement of SQL: a keyword in capitals, or a telling pair of words in small letters.
fn is_sql(text: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "PRAGMA", "WITH", "ATTACH",
        "VACUUM",
    ];
    const PAIRS: &[(&str, &str)] = &[
        ("select", "from"),
        ("insert", "into"),
        ("update", "set"),
        ("delete", "from"),
        ("create", "table"),
        ("create", "index"),
        ("drop", "table"),
        ("alter", "table"),
    ];
    let words: Vec<&str> = text.split_whitespace().take(9).collect();
    let Some((first, others)) = words.split_first() else {
        return false;
    };
    let shouted = KEYWORDS.contains(first) && (!others.is_empty() || *first == "VACUUM");
    shouted
        || PAIRS
            .iter()
            .any(|(verb, other)| first == verb && others.contains(other))
}

fn statuses(source: &Source) -> Vec<Finding> {
    if source.folder() != "server" || source.is_in(DECIDES_STATUS) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for spot in own(&source.names) {
        let Some((before, name)) = spot.what.rsplit_once("::") else {
            continue;
        };
        let constant = name
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || "_".contains(letter));
        let decides = name == "from_u16" || (constant && !NO_ERROR.contains(&name));
        if before.rsplit("::").next() == Some("StatusCode") && decides {
            let what =
                format!("only problem.rs turns an error into a status, and this is StatusCode::{name}");
            findings.push(source.finding(spot.line, "status", what));
        }
    }
    findings
}
