//! The walk-through that `run` prints: commands to paste into a shell, from two phones to the case system and back.
//! It uses nothing but the two programs, curl and python3, so that it shows the product and not this chore.

use std::fmt::Write;
use std::path::Path;

use super::demo::{Phone, Team};
use super::shown;
use crate::workshop::Workshop;

/// A person of the walk-through's own team.
const PERSON: &str = "P104201";

/// A word that the shell takes as it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The commands, in paragraphs that say what they do.
pub(super) fn text(workshop: &Workshop, data_dir: &Path, url: &str, team: &Team) -> String {
    let path = |path: &Path| quoted(&shown(workshop, path));
    let bin = |name: &str| path(&workshop.bin_dir().join(name));
    let mut text = String::from("\nTo try it, paste this into another terminal, in this folder:\n");
    let mut say = |line: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {line}");
    };
    say(&format!(
        "export DOORSTEP_PIN=246810 DOORSTEP_DATA_DIR={}",
        path(data_dir)
    ));
    say(r#"pick() { python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }"#);
    for Phone { name, folder, .. } in &team.phones {
        say(&format!(
            "{name}() {{ {} --dir {} \"$@\"; }}",
            bin("doorstep-phone"),
            path(folder)
        ));
    }
    for line in enrolling(&team.phones) {
        say(&line);
    }
    for line in WRITING {
        say(&line.replace("PERSON", PERSON));
    }
    for line in exporting(&bin("doorstep"), url, team, &path) {
        say(&line);
    }
    text
}

fn enrolling(phones: &[Phone]) -> Vec<String> {
    let enrol = |phone: &Phone| Some(format!("{} enrol {}", phone.name, quoted(phone.link.as_ref()?)));
    let mut lines: Vec<String> = phones.iter().filter_map(enrol).collect();
    if !lines.is_empty() {
        lines.insert(
            0,
            "# Enrol the phones. A link works once, for 24 hours.".to_owned(),
        );
    }
    lines
}

const WRITING: &[&str] = &[
    "# One visit, one note, two phones. Nothing here needs the server: try it with the server stopped.",
    "NOTE=$(ruth new PERSON home_visit --json | pick id)",
    r#"imran join "$NOTE""#,
    r#"ruth type "$NOTE" "Margaret was up and dressed, and had made us tea. ""#,
    r#"imran type "$NOTE" "The rail by the back step is loose; I will order a new one. ""#,
    "# The link is back. The server publishes within seconds, Ruth sees both parts, and finishes for both.",
    "ruth sync; imran sync; sleep 2; ruth sync",
    r#"ruth show "$NOTE"; ruth finish "$NOTE"; ruth sync; sleep 2; imran sync"#,
];

fn exporting(doorstep: &str, url: &str, team: &Team, path: &dyn Fn(&Path) -> String) -> Vec<String> {
    let feed = path(&team.folder.join("feed.ndjson"));
    let receipts = path(&team.folder.join("receipts.json"));
    let authorised = r#"curl -s -H "Authorization: Bearer $TOKEN""#;
    let (client, key) = (quoted(&team.client_id), path(&team.key));
    let receipt = r#"{"event_id": e["event_id"], "sha256": e["sha256"], "outcome": "imported", "case_system_ref": "C-1"}"#;
    vec![
        "# The case system reads the feed, and answers with a receipt for each event.".to_owned(),
        format!(
            "TOKEN=$({doorstep} client token {client} --key {key} --server {url} --json | pick access_token)"
        ),
        format!("{authorised} '{url}/v1/export/notes?wait=10' | tee {feed}"),
        format!(
            "python3 -c 'import json, sys; print(json.dumps([{receipt} for e in map(json.loads, sys.stdin)]))' \\"
        ),
        format!("  < {feed} > {receipts}"),
        format!(
            "{authorised} -H 'Content-Type: application/json' --data @{receipts} {url}/v1/export/receipts"
        ),
        "# The receipt travels back: both phones show the note as in_case_system.".to_owned(),
        "ruth sync; imran sync; ruth list; imran list".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use super::*;

    fn team(link: Option<&str>) -> Team {
        let phone = |name| Phone {
            name,
            folder: PathBuf::from(format!("/checkout/.demo/demo/phones/{name}")),
            link: link.map(str::to_owned),
        };
        Team {
            client_id: "client-1".to_owned(),
            key: PathBuf::from("/checkout/.demo/demo/case-system.pem"),
            phones: vec![phone("ruth"), phone("imran")],
            folder: PathBuf::from("/checkout/.demo/demo"),
        }
    }

    fn walk(link: Option<&str>) -> String {
        let workshop = Workshop {
            root: PathBuf::from("/checkout"),
            target: PathBuf::from("/checkout/target"),
        };
        text(
            &workshop,
            Path::new("/checkout/.demo"),
            "http://127.0.0.1:8710",
            &team(link),
        )
    }

    #[test]
    fn a_shell_can_read_every_line() {
        for link in [Some("http://127.0.0.1:8710/enrol#it's"), None] {
            let text = walk(link);
            let (_, commands) = text.split_once(":\n").unwrap();
            let status = Command::new("sh").args(["-n", "-c", commands]).status().unwrap();
            assert!(status.success(), "{commands}");
        }
    }

    #[test]
    fn a_phone_that_is_enrolled_is_not_enrolled_again() {
        assert_eq!(walk(Some("link")).matches(" enrol 'link'").count(), 2);
        assert!(!walk(None).contains("enrol"));
    }

    #[test]
    fn paths_are_as_one_would_type_them_here() {
        assert!(
            walk(None)
                .contains("ruth() { 'target/debug/doorstep-phone' --dir '.demo/demo/phones/ruth' \"$@\"; }")
        );
    }
}
