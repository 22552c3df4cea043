//! The worked example for integrators (docs/integrate.md), run command by command in one shell against a real server,
//! and what it prints compared with what the page says that it prints.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

use doorstep_tests::Folder;
use doorstep_tests::process::{Process, program};

const PAGE: &str = include_str!("../../docs/integrate.md");
/// What the shell prints between two blocks.
const BETWEEN: &str = "==== the next block ====";

/// A block of commands, and what the page says that it prints.
struct Block<'a> {
    commands: &'a str,
    prints: Option<&'a str>,
}

/// The blocks of the page in their order.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let fences = page.split("\n```").skip(1).step_by(2);
    for fence in fences {
        let (language, text) = fence.split_once('\n').unwrap();
        match language {
            "sh" => blocks.push(Block {
                commands: text,
                prints: None,
            }),
            "text" => blocks.last_mut().unwrap().prints = Some(text),
            other => panic!("a block in {other:?}"),
        }
    }
    blocks
}

/// Whether a line is what was expected, where `…` stands for anything.
fn fits(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// All commands in one shell; what each block printed.
fn run(blocks: &[Block<'_>], server: &Process, folder: &Path) -> Vec<String> {
    let mut script = String::from("set -euo pipefail\n");
    for block in blocks {
        script.extend([block.commands, "\necho '", BETWEEN, "'\n"]);
    }
    let programs = program("doorstep").parent().unwrap().to_owned();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("DOORSTEP_DATA_DIR", server.data())
        .env("SERVER", server.url())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{said}");
    let between = format!("{BETWEEN}\n");
    printed.split(&between).map(str::to_owned).collect()
}

#[test]
fn every_command_does_what_the_page_says() {
    let folder = Folder::new();
    let mut server = Process::at(&folder.path().join("server"));
    server.start();
    let desk = folder.path().join("desk");
    std::fs::create_dir(&desk).unwrap();
    let blocks = blocks(PAGE);
    assert!(blocks.len() > 10, "{} blocks", blocks.len());
    let printed = run(&blocks, &server, &desk);
    let mut wrong = Vec::new();
    for (block, printed) in blocks.iter().zip(&printed) {
        let expected: Vec<&str> = block.prints.unwrap_or_default().lines().collect();
        let printed: Vec<&str> = printed.lines().collect();
        let fit = expected.len() == printed.len() && expected.iter().zip(&printed).all(|(e, p)| fits(e, p));
        if !fit {
            let commands = block.commands;
            wrong.push(format!(
                "{commands}\nshould print\n{expected:#?}\nand printed\n{printed:#?}\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_differs_is_seen() {
    for (expected, printed, fit) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "ab", true),
        ("…b", "ab", true),
        ("a…c…e", "abcde", true),
        ("a…c…e", "abde", false),
        ("…c…c", "abc", false),
        ("", "x", false),
    ] {
        assert_eq!(fits(expected, printed), fit, "{expected} {printed}");
    }
    let page = "x\n```sh\none\n```\n```text\n1\n```\ny\n```sh\ntwo\n```\n";
    let found = blocks(page);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].commands, found[0].prints), ("one", Some("1")));
    assert_eq!((found[1].commands, found[1].prints), ("two", None));
}
