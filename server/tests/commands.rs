//! The program itself, as an operator runs it: what each command prints and exits with, two
//! servers on one folder, commands beside a server that serves, and an end that finishes what was
//! begun.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const WORKERS: &str = "worker_id,name,team\nW1,Ann Ash,North\nW2,Bob Birch,South\n";
const PEOPLE: &str = "case_id,forename,surname,date_of_birth,allocated_worker,allocated_team\n\
                      P1,Cat,Cedar,31/02/1940,W1,North\n,No,Id,,,\n";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("doorstep-commands-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
        command.args(words).env("DOORSTEP_DATA_DIR", self.data());
        command
    }

    #[track_caller]
    fn run(&self, words: &[&str], code: i32) -> Output {
        let output = self.command(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        output
    }

    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--json"]].concat(), 0);
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn import(&self) -> (Value, Value) {
        let workers = self.file("workers.csv", WORKERS);
        let people = self.file("people.csv", PEOPLE);
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let workers = self.json(&["import", "workers", &path(&workers)]);
        (workers, self.json(&["import", "people", &path(&people)]))
    }

    fn serve(&self) -> Served {
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap().to_owned();
        Served { child, url }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Its exit code and its log.
    fn end(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().code(), log)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Only where a test failed before the server ended.
        let _ = self.child.kill();
    }
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn commands_print_what_programs_rely_on() {
    let folder = Folder::new("shapes");
    let (workers, people) = folder.import();
    assert_eq!(workers["added"], 2);
    assert_eq!(
        names(&people),
        [
            "added",
            "changed",
            "changes",
            "changes_unlisted",
            "dry_run",
            "left",
            "merged",
            "rejected",
            "unchanged",
            "warnings"
        ]
    );
    assert_eq!(
        (&people["added"], &people["rejected"][0]["line"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(names(&people["rejected"][0]), ["column", "line", "reason"]);

    let code = folder.json(&["enrol", "W1", "--server", "https://x.example/"]);
    assert_eq!(names(&code), ["code", "expires_at", "link"]);
    let link = format!("https://x.example/#enrol={}", code["code"].as_str().unwrap());
    assert_eq!(code["link"], link);
    let words = String::from_utf8(folder.run(&["enrol", "W1"], 0).stdout).unwrap();
    assert!(
        words.contains("http://127.0.0.1:8080/#enrol=") && words.contains('█'),
        "{words}"
    );

    assert_eq!(folder.json(&["issue", "list"]), json!([]));
    assert_eq!(folder.json(&["device", "list"]), json!([]));
    assert_eq!(folder.json(&["allocate", "P1", "W2"])["changed"], true);
    let hold = folder.json(&["hold", "add", "P1", "--reason", "Inquest"]);
    assert_eq!(hold, json!({ "hold": 1, "case_id": "P1" }));
    let holds = folder.json(&["hold", "list"]);
    assert_eq!(names(&holds[0]), ["by", "case_id", "hold", "reason", "since"]);
    assert_eq!(
        folder.json(&["hold", "lift", "P1", "--reason", "Over"])["lifted"],
        1
    );
    let nothing = json!({ "months": 0, "goes": [], "stays": [] });
    assert_eq!(folder.json(&["retention"]), nothing);
    let rule = ["retention", "--retention-months", "72"];
    assert_eq!(
        folder.json(&rule),
        json!({ "months": 72, "goes": [], "stays": [] })
    );
    let removed = folder.json(&[rule[0], "--remove", rule[1], rule[2]]);
    assert_eq!(names(&removed), ["months", "removed", "stays"]);
    assert_eq!(folder.json(&["verify"])["differences"], json!([]));
    assert_eq!(folder.json(&["rebuild"]), json!({ "documents": 0 }));
}

#[test]
fn a_copy_is_prepared_checked_and_its_release_recorded() {
    let folder = Folder::new("copy");
    folder.import();
    let to = folder.0.join("cat").to_str().unwrap().to_owned();
    let prepared = folder.json(&["copy", "P1", "--to", &to, "--contact", "Ann, 01632 960000"]);
    assert_eq!(
        names(&prepared),
        ["html_sha256", "json_sha256", "left_out", "notes", "warnings"]
    );
    let page = std::fs::read_to_string(folder.0.join("cat/copy.html")).unwrap();
    assert!(page.contains("Cat Cedar") && page.contains("Ann, 01632 960000"));
    folder.run(&["copy", "P1", "--to", &to], 1);
    folder.run(&["copy", "P1", "--to", &to, "--replace"], 0);
    let release = [
        "copy",
        "release",
        "P1",
        "--of",
        &to,
        "--checked-by",
        "W2",
        "--reason",
        "she asked",
    ];
    assert_eq!(names(&folder.json(&release)), ["html_sha256", "json_sha256"]);
    for words in [
        &["copy"][..],
        &["copy", "P1"],
        &["copy", "release", "P1", "--of", &to],
    ] {
        folder.run(words, 2);
    }
    folder.run(
        &["copy", "P9", "--to", folder.0.join("nobody").to_str().unwrap()],
        1,
    );
    std::fs::write(folder.0.join("cat/copy.json"), "{}").unwrap();
    let refused = folder.run(&release, 1);
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("Prepare the copy again")
    );
    assert_eq!(folder.json(&["verify"])["differences"], json!([]));
}

#[test]
fn a_wrong_call_is_2_and_a_refusal_is_1() {
    let folder = Folder::new("exits");
    folder.import();
    for words in [
        &["dance"][..],
        &[],
        &["enrol"],
        &["serve", "--listen", "nowhere"],
        &["verify", "--log-format", "xml"],
        &["admin", "invite"],
        &["admin", "invite", "W1", "--role", "practitioner"],
        &["hold", "add", "P1"],
        &["retention", "--retention-months", "some"],
        &["help", "dance"],
    ] {
        folder.run(words, 2);
    }
    for words in [
        &["enrol", "W9"][..],
        &["admin", "invite", "W1"],
        &["admin", "invite", "W9"],
        &["allocate", "P9", "W1"],
        &["device", "revoke", "x"],
        &["hold", "add", "P9", "--reason", "Inquest"],
        &["hold", "lift", "P1", "--reason", "Over"],
        &["import", "people", "/nowhere/people.csv"],
        &["issue", "settle", "x", "accept", "--reason", "because"],
        &["restore", "/nowhere/backup.db"],
        &["client", "token", "x", "--key", "/nowhere/key.pem"],
    ] {
        let output = folder.run(words, 1);
        assert!(output.stdout.is_empty(), "{words:?}");
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .starts_with("doorstep: "),
            "{words:?}"
        );
    }
    let page = String::from_utf8(folder.run(&["help", "config"], 0).stdout).unwrap();
    assert!(page.contains("DOORSTEP_LISTEN"));
    folder.run(&["help", "import", "people"], 0);
    folder.run(&["--help"], 0);
}

/// The operator looks first, is asked for the number of those who leave, and gives it.
#[test]
fn a_file_is_looked_at_before_it_is_taken() {
    let folder = Folder::new("looked-at");
    folder.import();
    let lines = folder.file(
        "more.ndjson",
        "{\"case_id\":\"P7\",\"forename\":\"Ann\",\"surname\":\"Ash\"}\n",
    );
    let empty = folder.file("empty.csv", "case_id,forename,surname\n");
    let (lines, empty) = (lines.to_str().unwrap(), empty.to_str().unwrap());
    let dry = folder.json(&["import", "people", lines, "--dry-run"]);
    assert_eq!((&dry["added"], &dry["dry_run"]), (&json!(1), &json!(true)));
    assert_eq!(dry["changes"][0]["case_id"], "P7");
    let said = folder.run(&["import", "people", lines, "--dry-run"], 0);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.starts_with("Nothing was done.") && said.contains("added: P7"),
        "{said}"
    );
    let done = folder.json(&["import", "people", lines]);
    assert_eq!((&done["added"], &done["dry_run"]), (&json!(1), &json!(false)));
    let refused = folder.run(&["import", "people", empty, "--mode", "whole"], 1);
    let refused = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.contains("2 of 2 would leave"), "{refused}");
    folder.run(
        &["import", "people", empty, "--mode", "whole", "--confirm", "3"],
        1,
    );
    let left = folder.json(&["import", "people", empty, "--mode", "whole", "--confirm", "2"]);
    assert_eq!(left["left"].as_array().map(Vec::len), Some(2));
    folder.run(&["import", "people", lines, "--confirm", "2"], 2);
    folder.run(&["import", "people", lines, "--mode", "some"], 2);
}

#[test]
fn one_server_and_any_number_of_commands_beside_it() {
    let folder = Folder::new("beside");
    folder.import();
    let served = folder.serve();
    let second = folder.run(&["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(
        String::from_utf8(second.stderr)
            .unwrap()
            .contains("another doorstep")
    );
    // The link leads to the server that serves.
    let link = folder.json(&["enrol", "W1"])["link"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&format!("{}/#enrol=", served.url)), "{link}");
    let copy = folder.0.join("copy.db");
    let copy = copy.to_str().unwrap();
    assert_eq!(folder.json(&["backup", copy])["safe_seq"], 0);
    folder.run(&["verify"], 0);
    assert_eq!(folder.import().1["unchanged"], 1);
    // Not over a folder that is in use.
    folder.run(&["restore", copy], 1);
    served.terminate();
    let (code, log) = served.end();
    assert_eq!(code, Some(0), "{log}");
    // The folder is free again, and the backup goes into another one.
    let again = folder.serve();
    again.terminate();
    assert_eq!(again.end().0, Some(0));
    std::fs::remove_dir_all(folder.data()).unwrap();
    folder.run(&["restore", copy], 0);
    assert_eq!(folder.import().1["unchanged"], 1);
}

#[test]
fn a_case_system_tries_things_with_the_command_line() {
    let folder = Folder::new("client");
    let served = folder.serve();
    let private = folder.0.join("private.pem");
    let public = folder.0.join("public.pem");
    let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
    for curve in ["prime256v1", "secp384r1"] {
        let openssl = |words: &[&str]| {
            assert!(
                Command::new("openssl")
                    .args(words)
                    .output()
                    .unwrap()
                    .status
                    .success()
            );
        };
        openssl(&["ecparam", "-name", curve, "-genkey", "-out", private]);
        openssl(&["ec", "-in", private, "-pubout", "-out", public]);
        let client = folder.json(&["client", "add", "Mosaic", "--public-key", public]);
        let id = client["client_id"].as_str().unwrap().to_owned();
        let words = ["client", "token", &id, "--key", private, "--server", &served.url];
        let token = folder.json(&words);
        assert_eq!(names(&token), ["access_token", "expires_in"]);
        assert_eq!(token["expires_in"], 600);
        assert_eq!(
            folder.json(&["client", "rekey", &id, "--public-key", public])["keys"],
            1
        );
        assert_eq!(folder.json(&words)["expires_in"], 600);
        folder.json(&["client", "revoke", &id]);
        folder.run(&words, 1);
    }
    let listed = folder.json(&["client", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(listed[0]["revoked_at"].is_string(), "{listed}");
    folder.run(&["client", "rekey", "nobody", "--public-key", public], 1);
    folder.run(&["client", "add", "Mosaic", "--public-key", private], 1);
    served.terminate();
    assert_eq!(served.end().0, Some(0));
}

#[test]
fn what_was_begun_is_finished_and_the_log_names_nobody() {
    let folder = Folder::new("grace");
    folder.import();
    let served = folder.serve();
    let code = folder.json(&["enrol", "W1"])["code"].as_str().unwrap().to_owned();
    let mut begun = served.connect();
    let body = json!({ "code": code, "public_key": {}, "actor": "", "app": "Catriona" }).to_string();
    let head = format!(
        "POST /v1/enrol?name=Catriona HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(10);
    begun.write_all(format!("{head}{first}").as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    served.terminate();
    std::thread::sleep(Duration::from_millis(300));
    begun.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let (code_of_exit, log) = served.end();
    assert_eq!(code_of_exit, Some(0), "{log}");
    assert!(log.contains("path=\"/v1/enrol\" status=400"), "{log}");
    assert!(!log.contains("Catriona") && !log.contains(&code), "{log}");
}

#[test]
fn a_key_opens_what_it_closed() {
    let folder = Folder::new("key");
    let key = folder.file("key", &format!("{}\n", "4b".repeat(32)));
    let key = key.to_str().unwrap();
    let run = |words: &[&str], with: &str| {
        let output = folder
            .command(words)
            .env("DOORSTEP_DATABASE_KEY_FILE", with)
            .output()
            .unwrap();
        output.status.code()
    };
    let workers = folder.file("workers.csv", WORKERS);
    assert_eq!(
        run(&["import", "workers", workers.to_str().unwrap()], key),
        Some(0)
    );
    assert_eq!(run(&["verify"], key), Some(0));
    assert_eq!(run(&["verify"], ""), Some(1));
    let other = folder.file("other", &"4c".repeat(32));
    assert_eq!(run(&["verify"], other.to_str().unwrap()), Some(1));
    let odd = folder.file("odd", "4c");
    assert_eq!(run(&["verify"], odd.to_str().unwrap()), Some(2));
    let database = std::fs::read(folder.data().join("doorstep.db")).unwrap();
    assert!(!database.windows(7).any(|window| window == b"Ann Ash"));
}
