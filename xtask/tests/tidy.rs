//! Tidy is tested on planted trees: for every rule there is a violation that it finds, on its line, and a clean twin
//! beside it that it passes.
#![allow(clippy::unwrap_used, clippy::panic)]

use xtask::tidy::exceptions::Exception;
use xtask::tidy::{Finding, Member, TextFile, Tree, check};

fn file(path: &str, text: &str) -> TextFile {
    TextFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// What the rule finds in a tree of these files, as `path:line`.
fn found(rule: &str, files: Vec<TextFile>) -> Vec<String> {
    places(rule, &check(&Tree::new(Vec::new(), files), &[]))
}

fn places(rule: &str, findings: &[Finding]) -> Vec<String> {
    let of_rule = findings.iter().filter(|finding| finding.rule == rule);
    of_rule
        .map(|finding| format!("{}:{}", finding.path, finding.line))
        .collect()
}

/// The rule finds the planted text on these lines of the file, and nothing in its clean twin.
#[track_caller]
fn planted(rule: &str, path: &str, bad: &str, lines: &[usize], clean: &str) {
    let expected: Vec<String> = lines.iter().map(|line| format!("{path}:{line}")).collect();
    assert_eq!(found(rule, vec![file(path, bad)]), expected, "{rule} in:\n{bad}");
    assert_eq!(
        found(rule, vec![file(path, clean)]),
        Vec::<String>::new(),
        "{rule} in the clean twin:\n{clean}"
    );
}

#[test]
fn crate_edges() {
    let members = |folder: &str, ours: &[&str], foreign: &[&str]| Member {
        folder: folder.to_owned(),
        ours: ours.iter().map(ToString::to_string).collect(),
        foreign: foreign.iter().map(ToString::to_string).collect(),
    };
    for (folder, ours, foreign, finds) in [
        ("notes", &[][..], &["automerge", "minicbor"][..], 0),
        ("notes", &["client-core"], &[], 1),
        ("notes", &[], &["tokio", "axum", "rusqlite", "uniffi"], 4),
        ("client-core", &["notes"], &["rusqlite", "ureq"], 0),
        ("client-core", &["notes", "server"], &["tokio", "axum"], 3),
        ("server", &["notes"], &["tokio", "axum", "rusqlite"], 0),
        ("server", &["notes", "client-core"], &[], 1),
        ("ffi", &["notes", "client-core"], &["uniffi", "tokio"], 0),
        ("ffi", &["server", "tests"], &[], 2),
        ("tests", &["notes", "client-core", "ffi", "server"], &["tokio"], 0),
        ("xtask", &["server"], &[], 1),
        ("newcomer", &["notes"], &[], 1),
    ] {
        let tree = Tree::new(vec![members(folder, ours, foreign)], Vec::new());
        let places = places("crate-edge", &check(&tree, &[]));
        assert_eq!(
            places,
            vec![format!("{folder}/Cargo.toml:1"); finds],
            "{folder} on {ours:?} and {foreign:?}"
        );
    }
}

#[test]
fn a_crate_edge_points_at_its_line_of_the_manifest() {
    let manifest = file(
        "server/Cargo.toml",
        "[package]\nname = \"x\"\n\n[dev-dependencies]\nclient-core.workspace = true\n",
    );
    let member = Member {
        folder: "server".to_owned(),
        ours: vec!["client-core".to_owned()],
        foreign: Vec::new(),
    };
    let findings = check(&Tree::new(vec![member], vec![manifest]), &[]);
    assert_eq!(places("crate-edge", &findings), ["server/Cargo.toml:5"]);
}

#[test]
fn the_edges_of_this_checkout_are_read() {
    let workshop = xtask::workshop::Workshop::find().unwrap();
    let tree = xtask::tidy::reading::read(&workshop).unwrap();
    let member = |folder: &str| {
        tree.members
            .iter()
            .find(|member| member.folder == folder)
            .unwrap()
    };
    assert!(member("server").ours.contains(&"notes".to_owned()));
    for (folder, deep) in [
        ("server", "mio"),
        ("client-core", "libsqlite3-sys"),
        ("notes", "zstd-sys"),
    ] {
        assert!(
            member(folder).foreign.contains(&deep.to_owned()),
            "{folder} reaches {deep}"
        );
    }
    assert!(tree.files.iter().any(|file| file.path == ".ci/run"));
    assert!(!tree.files.iter().any(|file| file.path.starts_with("target/")));
}

#[test]
fn rooms_never_name_the_room_above() {
    for room in ["sync", "issues", "export", "auth", "store"] {
        let path = format!("server/src/{room}/push.rs");
        let bad = "use crate::{api::{Desk, Phone}, problem};\nfn f() { crate::api::go(); }\nfn g() { super::super::api::go(); }\n";
        planted(
            "room-edge",
            &path,
            bad,
            &[1, 1, 2, 3],
            "use crate::problem;\nuse notes::api;\nfn f() { log(\"crate::api\"); }\n",
        );
    }
    let bad = "use crate::sync as other;\nfn f() { other::go(); }\nfn g() { vec![crate::export::Event]; }\n";
    let clean = "use super::log;\n#[cfg(test)]\nmod tests { use crate::sync::push; }\n";
    planted("room-edge", "server/src/store/mod.rs", bad, &[1, 2, 3], clean);
    planted(
        "room-edge",
        "server/src/store.rs",
        "use crate::auth::Device;\n",
        &[1],
        "use crate::storeroom::Device;\n",
    );
    let api = "use crate::sync;\nuse crate::store;\n";
    assert!(
        found("room-edge", vec![file("server/src/api/sync.rs", api)]).is_empty(),
        "api may name the rooms below"
    );
}

#[test]
fn only_a_store_holds_sql() {
    let bad = "use rusqlite::Connection;\nconst Q: &str = \"SELECT 1\";\nfn f() {\n    run(\"\n        insert into log values (1)\");\n    format!(\"PRAGMA key = {k}\");\n}\n";
    let clean = "const Q: &str = \"Select a person from the list.\";\nconst DELETE: &str = \"DELETE\";\n/// SELECT 1\nfn f() { run(\"update failed\"); }\n#[cfg(test)]\nmod tests { const Q: &str = \"SELECT 1\"; }\n";
    for path in [
        "server/src/api/desk.rs",
        "client-core/src/notebook.rs",
        "notes/src/lib.rs",
    ] {
        planted("sql", path, bad, &[1, 2, 4, 6], clean);
    }
    for path in [
        "server/src/store/log.rs",
        "client-core/src/store.rs",
        "server/tests/store.rs",
        "tests/src/lib.rs",
    ] {
        assert!(
            found("sql", vec![file(path, bad)]).is_empty(),
            "{path} may hold SQL"
        );
    }
}

#[test]
fn only_problem_rs_decides_an_error_status() {
    let bad = "use axum::http::StatusCode;\nfn f() -> StatusCode { StatusCode::NOT_FOUND }\nfn g() { let _ = axum::http::StatusCode::from_u16(409); }\n";
    let clean = "use axum::http::StatusCode;\nfn f() -> StatusCode { StatusCode::NO_CONTENT }\nfn g(s: StatusCode) -> u16 { StatusCode::as_u16(&s) }\n";
    planted("status", "server/src/api/desk.rs", bad, &[2, 3], clean);
    assert!(found("status", vec![file("server/src/problem.rs", bad)]).is_empty());
}

#[test]
fn the_heart_is_dry() {
    let bad = "use std::time::{self, Duration, SystemTime};\nuse std::{fs as files, io};\nfn f() { time::Instant::now(); }\nfn g() { files::read(x); }\nfn h() { assert!(std::net::x()); }\nuse getrandom::fill;\nfn i() { std::thread::sleep(d); }\n";
    let clean = "use std::time::Duration;\nuse std::io::Read;\nfn f(clock: &dyn Clock) { clock.now(); }\n#[cfg(test)]\nmod tests { use std::fs; fn f() { std::time::Instant::now(); } }\n";
    for path in [
        "notes/src/gate/mod.rs",
        "client-core/src/sync.rs",
        "server/src/sync/judge.rs",
    ] {
        planted("dry", path, bad, &[1, 2, 3, 4, 5, 6, 7], clean);
    }
    planted(
        "dry",
        "notes/src/a.rs",
        "use std::time::*;\n",
        &[1],
        "use std::collections::*;\n",
    );
    for path in [
        "server/src/main.rs",
        "client-core/src/syncing.rs",
        "notes/tests/corpus.rs",
    ] {
        assert!(
            found("dry", vec![file(path, bad)]).is_empty(),
            "{path} may be wet"
        );
    }
}

#[test]
fn files_stop_at_600_lines() {
    let lines = |count: usize| "// line\n".repeat(count);
    planted("file-size", "server/src/a.rs", &lines(601), &[601], &lines(600));
    for path in [
        "server/tests/a.rs",
        "server/src/sync/tests/a.rs",
        "ffi/src/generated/a.rs",
    ] {
        assert!(
            found("file-size", vec![file(path, &lines(601))]).is_empty(),
            "{path} is apart"
        );
    }
}

#[test]
fn nine_of_ten_files_are_under_300_lines() {
    let tree = |long: usize| -> Vec<TextFile> {
        let lines = |index: usize| if index < long { 300 } else { 10 };
        (0..10)
            .map(|index| {
                file(
                    &format!("server/src/f{index}.rs"),
                    &"// line\n".repeat(lines(index)),
                )
            })
            .collect()
    };
    assert!(found("file-size-p90", tree(1)).is_empty());
    assert_eq!(found("file-size-p90", tree(2)).len(), 1);
}

/// A function of so many lines.
fn function(name: &str, lines: usize) -> String {
    format!("fn {name}() {{\n{}}}\n", "    go();\n".repeat(lines - 2))
}

#[test]
fn functions_stop_at_80_lines() {
    let long = format!("//! Doc.\n\n#[inline]\n{}", function("long", 81));
    planted(
        "function-size",
        "server/src/a.rs",
        &long,
        &[4],
        &function("just", 80),
    );
    let in_test = format!(
        "#[cfg(test)]\nmod tests {{\n#[test]\n{}}}\n",
        function("story", 200)
    );
    let method = format!("struct S;\nimpl S {{\n{}}}\n", function("long", 81));
    planted("function-size", "server/src/a.rs", &method, &[3], &in_test);
}

#[test]
fn nine_of_ten_functions_are_under_40_lines() {
    let tree = |long: usize| {
        let text: String = (0..10)
            .map(|n| function(&format!("f{n}"), if n < long { 40 } else { 3 }))
            .collect();
        vec![file("server/src/a.rs", &text)]
    };
    assert!(found("function-size-p90", tree(1)).is_empty());
    assert_eq!(found("function-size-p90", tree(2)).len(), 1);
}

#[test]
fn every_module_says_why_it_exists() {
    for bad in [
        "fn f() {}\n",
        "//! Placeholder.\n",
        "//! the log of all the pushes\n",
        "/// Not the module's doc at all.\nfn f() {}\n",
    ] {
        planted(
            "module-doc",
            "server/src/a.rs",
            bad,
            &[1],
            "//! Keeps the log, and nothing else.\nfn f() {}\n",
        );
    }
}

#[test]
fn nothing_stops_the_program_without_a_reason() {
    let bad = "fn f() {\n    a.unwrap();\n    b\n        .c()\n        .expect(\"c\");\n    panic!(\"no\");\n    format!(\"{}\", d.unwrap());\n    unreachable!()\n}\n#[expect(clippy::unwrap_used)]\nfn g() { a.unwrap(); }\n";
    let clean = "fn f() {\n    // The loop above left one in.\n    a.unwrap();\n    b.unwrap_or_default();\n    // Eight bytes were checked for.\n    b\n        .c()\n        .expect(\"c\");\n    #[expect(clippy::panic, reason = \"the caller asked for it\")]\n    if x { panic!() } else { () };\n}\n#[expect(clippy::unwrap_used, reason = \"a constant\")]\nfn g() { a.unwrap(); }\n#[test]\nfn h() { a.unwrap(); }\n#[cfg(test)]\nmod tests { fn i() { panic!() } }\n";
    planted("panic", "server/src/a.rs", bad, &[2, 5, 6, 7, 8, 11], clean);
    for path in [
        "tests/src/lib.rs",
        "server/src/sync/tests.rs",
        "notes/benches/load.rs",
    ] {
        assert!(
            found("panic", vec![file(path, bad)]).is_empty(),
            "{path} is tests"
        );
    }
}

#[test]
fn a_module_declared_for_tests_is_tests_with_all_below_it() {
    let stops = "fn f() { a.unwrap(); }\n";
    let tree = |attribute: &str| {
        vec![
            file(
                "server/src/store/mod.rs",
                &format!("{attribute}\nmod conformance;\n"),
            ),
            file("server/src/store/conformance.rs", stops),
            file("server/src/store/conformance/log.rs", stops),
            file("server/src/store/log.rs", stops),
        ]
    };
    let all = [
        "server/src/store/conformance.rs:1",
        "server/src/store/conformance/log.rs:1",
        "server/src/store/log.rs:1",
    ];
    assert_eq!(found("panic", tree("#[cfg(test)]")), all[2..]);
    assert_eq!(
        found("panic", tree("#[cfg(any(test, feature = \"forge\"))]")),
        all[2..]
    );
    assert_eq!(found("panic", tree("#[cfg(not(test))]")), all);
    assert_eq!(found("panic", tree("")), all);
}

#[test]
fn nothing_is_left_open() {
    for mark in [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!()"),
        concat!("unimple", "mented!()"),
    ] {
        let line = if mark.ends_with(')') {
            mark.to_owned()
        } else {
            format!("// {mark}: later")
        };
        planted(
            "mark",
            "server/src/a.rs",
            &format!("fn f() {{\n{line}\n}}\n"),
            &[2],
            "// Xxx is not a mark, nor is MASTODONS.\n",
        );
        planted(
            "mark",
            "web/phone/a.tsx",
            &format!("\n{line}\n"),
            &[2],
            "let x;\n",
        );
    }
    let off = concat!("#[test]\n#[ign", "ore = \"slow\"]\nfn f() {}\n");
    planted("mark", "server/tests/a.rs", off, &[2], "#[test]\nfn f() {}\n");
}

#[test]
fn no_file_names_another_place() {
    for word in [
        concat!("/wo", "rk/main"),
        concat!("x/.LIB", "RARY"),
        concat!("Artif", "actory"),
        concat!("registry.", "internal"),
    ] {
        planted(
            "word",
            "docs/a.md",
            &format!("one\n{word}\n"),
            &[2],
            "network/main, a library, an artefact, a registry\n",
        );
    }
}

#[test]
fn tests_keep_up_with_their_code() {
    for (room, beside) in [
        ("notes/src", "notes/tests"),
        ("server/src/sync", "server/tests"),
        ("client-core/src/store", "client-core/tests"),
    ] {
        let name = room.rsplit('/').next().unwrap();
        let code = file(
            &format!("{room}/mod.rs"),
            &format!("//! Doc.\n\n// why\n{}", function("f", 10)),
        );
        let inline = |lines| {
            file(
                &format!("{room}/b.rs"),
                &format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function("t", lines)),
            )
        };
        let apart = |lines| file(&format!("{beside}/{name}_story.rs"), &function("t", lines));
        let padded = |lines: usize| file(&format!("{room}/tests.rs"), &"// nothing\n\n".repeat(lines));
        let thin = |files: Vec<TextFile>| found("thin-tests", files).len();
        assert_eq!(thin(vec![code.clone()]), 1);
        assert_eq!(
            thin(vec![code.clone(), inline(7)]),
            0,
            "inline tests count, with their mod"
        );
        assert_eq!(thin(vec![code.clone(), inline(3)]), 1);
        assert_eq!(thin(vec![code.clone(), apart(9)]), 1);
        assert_eq!(thin(vec![code.clone(), apart(10)]), 0);
        assert_eq!(
            thin(vec![code, padded(50)]),
            1,
            "comments and blank lines are no tests"
        );
    }
}

#[test]
fn a_file_that_is_not_rust_is_a_finding() {
    planted(
        "readable",
        "server/src/a.rs",
        "//! Doc.\nfn f( {}\n",
        &[2],
        "fn f() {}\n",
    );
}

#[test]
fn an_exception_excuses_one_rule_in_one_file_and_is_missed_when_idle() {
    let files = vec![
        file("server/src/a.rs", "fn f() { a.unwrap(); }\n"),
        file("server/src/b.rs", "fn f() { a.unwrap(); }\n"),
    ];
    let tree = Tree::new(Vec::new(), files);
    let excuse = |path| Exception {
        rule: "panic",
        path,
        reason: "for this test",
    };
    assert_eq!(
        places("panic", &check(&tree, &[excuse("server/src/a.rs")])),
        ["server/src/b.rs:1"]
    );
    let idle = check(&tree, &[excuse("server/src/c.rs")]);
    assert_eq!(places("panic", &idle).len(), 2);
    assert_eq!(places("exception", &idle).len(), 1);
}
