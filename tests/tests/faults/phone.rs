//! The phone's own database, with `doorstep-phone` as the real program: killed, torn, robbed of power
//! and of room at every call by which it changes a file. What it acknowledged stays, whatever comes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};

use doorstep_tests::Folder;
use doorstep_tests::process::{Feed, Process, program};
use serde_json::Value;

use crate::long;
use crate::shim::{Action, Fault, Shim, ops};

const ACTIONS: [Action; 6] = [
    Action::DieBefore,
    Action::Full,
    Action::PowerOff,
    Action::FullHalf,
    Action::DieHalf,
    Action::DieSector,
];

/// A phone's folder, and the shim under its program.
struct Pocket {
    shim: Shim,
    dir: PathBuf,
    server: Process,
    folder: Folder,
}

/// A phone's program that takes one command after the other.
struct Talk {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Talk {
    /// One command. None where the program has died.
    fn says(&mut self, words: &[&str]) -> Option<Value> {
        let line = serde_json::to_string(words).unwrap();
        writeln!(self.to, "{line}").ok()?;
        let mut answer = String::new();
        self.from.read_line(&mut answer).ok()?;
        serde_json::from_str(&answer).ok()
    }

    fn ends(self) -> ExitStatus {
        let Self { mut child, to, .. } = self;
        drop(to);
        child.wait().unwrap()
    }
}

/// A refusal that a person can act on.
fn explains(answer: &Value, after: &str) {
    let error = &answer["error"];
    assert_eq!(error["exit"], 2, "{after}: {answer}");
    let code = error["code"].as_str().unwrap();
    assert!(["disk_full", "store"].contains(&code), "{after}: {answer}");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("room") && message.contains("safe"),
        "{after}: {message}"
    );
}

impl Pocket {
    fn new() -> Option<Self> {
        let folder = Folder::new();
        let dir = folder.path().join("phone");
        let shim = Shim::new(folder.path(), &dir)?;
        let mut server = Process::at(&folder.path().join("server"));
        server.imports_sample_team();
        server.start();
        Some(Self {
            shim,
            dir,
            server,
            folder,
        })
    }

    fn command(&self, dir: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program("doorstep-phone"));
        command.arg("--dir").arg(dir).arg("--json").args(words);
        command.env("DOORSTEP_PIN", "2580").envs(self.shim.environment());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(&self.dir, words).output().unwrap()
    }

    fn enrols(&self, code: &str) -> Output {
        self.run(&["enrol", code, "--server", self.server.url()])
    }

    fn talks(&self) -> Talk {
        let mut command = self.command(&self.dir, &["batch"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Talk {
            to: child.stdin.take().unwrap(),
            from: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn mine(&self) -> String {
        let output = self.run(&["people"]);
        let people: Value = serde_json::from_slice(&output.stdout).unwrap();
        let mine = people
            .as_array()
            .unwrap()
            .iter()
            .find(|p| p["mine"] == true)
            .unwrap();
        mine["case_id"].as_str().unwrap().to_owned()
    }
}

/// What a phone has acknowledged of one note.
#[derive(Default)]
struct Known {
    note: Option<String>,
    typed: Vec<String>,
    finished: bool,
}

/// A note from its first word to the server, as far as it goes; gives what was acknowledged, and how
/// the program ended.
fn a_short_run(pocket: &Pocket, case_id: &str, turn: u64, after: &str) -> (Known, ExitStatus) {
    let mut talk = pocket.talks();
    let mut known = Known::default();
    let say = |talk: &mut Talk, words: &[&str]| {
        let answer = talk.says(words)?;
        if answer["error"].is_object() {
            explains(&answer, after);
            return None;
        }
        Some(answer)
    };
    if let Some(made) = say(&mut talk, &["new", case_id, "home_visit"]) {
        let note = made["id"].as_str().unwrap().to_owned();
        for part in 0..3 {
            let text = format!("<{turn}.{part}>");
            if say(&mut talk, &["type", &note, &text]).is_some() {
                known.typed.push(text);
            }
        }
        known.finished = say(&mut talk, &["finish", &note]).is_some();
        known.note = Some(note);
    }
    say(&mut talk, &["sync"]);
    (known, talk.ends())
}

/// The program again, in good health: all that was acknowledged is there, and goes out.
fn recovers(pocket: &Pocket, known: &Known, after: &str) {
    let mut talk = pocket.talks();
    let list = talk
        .says(&["list"])
        .unwrap_or_else(|| panic!("{after}: it does not open"));
    // What was asked for and not acknowledged may be there or not, but whole.
    for item in list
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["stage"] == "open")
    {
        let note = item["id"].as_str().unwrap();
        assert!(
            Some(note) != known.note.as_deref() || !known.finished,
            "{after}: it was finished"
        );
        let finished = talk.says(&["finish", note]).unwrap();
        assert_eq!(finished["ok"], true, "{after}: {finished}");
    }
    if let Some(note) = &known.note {
        let shown = talk.says(&["show", note]).unwrap();
        let body = shown["body"]
            .as_str()
            .unwrap_or_else(|| panic!("{after}: {shown}"));
        let all = known.typed.concat();
        assert!(
            body.contains(&all),
            "{after}: {all} was taken, and there is {body}"
        );
    }
    let synced = talk.says(&["sync"]).unwrap();
    assert_eq!(synced["waiting"], 0, "{after}: {synced}");
    assert_eq!(
        synced["held"].as_array().map(Vec::len),
        Some(0),
        "{after}: {synced}"
    );
    assert_eq!(talk.ends().code(), Some(0), "{after}");
}

#[test]
fn at_every_call_of_a_short_run() {
    let Some(mut pocket) = Pocket::new() else { return };
    assert!(pocket.enrols(&pocket.server.code("W101")).status.success());
    let case_id = pocket.mine();
    let (mut deaths, mut refusals, mut notes) = (0, 0, Vec::new());
    let rounds = if long() { ACTIONS.len() } else { 1 };
    for round in 0..rounds {
        for at in 1.. {
            let turn = usize::try_from(at).unwrap() + round;
            let action = ACTIONS[turn % ACTIONS.len()];
            let after = format!("{action:?} at call {at}");
            pocket.shim.arm(Fault::at(action, ops::DISK, at));
            let number = notes.len() as u64;
            let (known, status) = a_short_run(&pocket, &case_id, number, &after);
            let fired = pocket.shim.fired() > 0;
            pocket.shim.disarm();
            match status.code() {
                None => deaths += 1,
                Some(0) => {}
                Some(2) => refusals += 1,
                Some(other) => panic!("{after}: exit code {other}"),
            }
            recovers(&pocket, &known, &after);
            notes.push(known);
            if !fired {
                assert!(status.success(), "{after}");
                break;
            }
        }
    }
    println!("{} runs, {deaths} deaths, {refusals} refusals", notes.len());
    assert!(deaths > 20 && refusals > 10, "{deaths}, {refusals}");
    pocket.server.wait_until_published();
    let mut feed = Feed::default();
    feed.reads_on(pocket.server.data());
    for known in notes {
        let Some(note) = &known.note else { continue };
        let there = feed
            .newest
            .get(note)
            .unwrap_or_else(|| panic!("{note} is not in the feed"));
        for typed in &known.typed {
            assert_eq!(
                there.body.matches(typed.as_str()).count(),
                1,
                "{typed} in {}",
                there.body
            );
        }
    }
    pocket.server.verify();
    drop(pocket.folder);
}

#[test]
fn while_it_enrols() {
    let Some(pocket) = Pocket::new() else { return };
    let step = if long() { 1 } else { 5 };
    let (mut at, mut turn, mut faults) = (1, 0, 0);
    loop {
        let action = ACTIONS[turn % ACTIONS.len()];
        let after = format!("{action:?} at call {at}");
        let _ = std::fs::remove_dir_all(&pocket.dir);
        std::fs::create_dir_all(&pocket.dir).unwrap();
        let code = pocket.server.code("W101");
        pocket.shim.arm(Fault::at(action, ops::DISK, at));
        let first = pocket.enrols(&code);
        let fired = pocket.shim.fired() > 0;
        pocket.shim.disarm();
        let said = String::from_utf8_lossy(&first.stderr);
        match first.status.code() {
            None | Some(0) => {}
            Some(2) => assert!(said.contains("room") || said.contains("space"), "{after}: {said}"),
            Some(other) => panic!("{after}: exit code {other}: {said}"),
        }
        // The same code again: it is good once, for this phone, however often it has to ask.
        let again = pocket.enrols(&code);
        let said = String::from_utf8_lossy(&again.stderr);
        let enrolled = again.status.success() || said.contains("enrolled already");
        assert!(enrolled, "{after}: {said}");
        let synced = pocket.run(&["sync"]);
        assert!(
            synced.status.success(),
            "{after}: {}",
            String::from_utf8_lossy(&synced.stderr)
        );
        assert!(!pocket.mine().is_empty(), "{after}");
        if !fired {
            assert!(first.status.success(), "{after}");
            break;
        }
        at += step;
        turn += 1;
        faults += 1;
    }
    println!("{faults} faults");
    assert!(faults > 10, "{faults}");
}
