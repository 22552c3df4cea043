//! The server as a real process: started, killed without warning, started again on the same folder
//! and port; and its feed, read from the folder once it has stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use server::core::Core;
use server::host::Host;

/// `doorstep serve`, and the other commands on its folder.
pub struct Process {
    data: PathBuf,
    address: String,
    url: String,
    child: Option<Child>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The program, built by `cargo xtask test` before the stories run, and by `cargo xtask bench`.
fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    // target/debug/deps/this-test, or target/release/bench.
    let beside = own.ancestors().skip(1).take(2).map(Path::to_owned);
    let told = std::env::var_os("DOORSTEP_BIN_DIR").map(PathBuf::from);
    let program = told
        .into_iter()
        .chain(beside)
        .map(|folder| folder.join("doorstep"));
    let found = program.into_iter().find(|program| program.is_file());
    found.expect("the server is built: cargo build --workspace --bins")
}

/// The texts of the sample notes.
pub fn sample_bodies() -> Vec<String> {
    let file = std::fs::read_to_string(root().join("tests/data/notes.ndjson")).unwrap();
    let body = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["body"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    file.lines().map(body).collect()
}

impl Process {
    /// A server with the sample people and workers.
    pub fn with_sample_team(folder: &Path) -> Self {
        let data = folder.join("server");
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let url = format!("http://{address}");
        let mut process = Self {
            data,
            address,
            url,
            child: None,
        };
        for what in ["workers", "people"] {
            process.command(&[
                "import",
                what,
                root().join(format!("demo/{what}.csv")).to_str().unwrap(),
            ]);
        }
        process.start();
        process
    }

    fn command(&self, args: &[&str]) -> String {
        let output = Command::new(program())
            .arg("--data-dir")
            .arg(&self.data)
            .args(args)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "doorstep {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Where it serves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A one-time code.
    pub fn code(&self, worker: &str) -> String {
        let answer = self.command(&["enrol", worker, "--server", &self.url, "--json"]);
        serde_json::from_str::<serde_json::Value>(&answer).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) {
        let mut child = Command::new(program())
            .arg("--data-dir")
            .arg(&self.data)
            .args(["serve", "--listen", &self.address, "--public-url", &self.url])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(
            line.starts_with("listening on "),
            "the server did not start: {line:?}"
        );
        self.child = Some(child);
    }

    /// SIGTERM, and waits until it has ended well.
    pub fn end(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(id.unwrap(), rustix::process::Signal::TERM).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// One of its commands on the folder, beside it.
    pub fn run(&self, args: &[&str]) -> String {
        self.command(args)
    }

    /// Where its data are.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Waits until the projector has nothing left.
    pub fn wait_until_published(&self) {
        let core = Core::open(&self.data, None, Host::system()).unwrap();
        for _ in 0..600 {
            if core.store.read(|tx| tx.log_unjudged_count()).unwrap() == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the projector does not come to an end");
    }

    /// Stops it.
    pub fn stop(&mut self) {
        self.kill();
    }

    /// `doorstep verify` finds nothing wrong.
    pub fn verify(&self) {
        println!("{}", self.command(&["verify"]));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The newest version of a note.
pub struct Newest {
    /// Its text.
    pub body: String,
    /// Texts of its addenda.
    pub addenda: BTreeSet<String>,
}

/// All that a case system would have read.
pub struct Feed {
    /// How many events there are.
    pub events: usize,
    /// The newest of each note.
    pub newest: BTreeMap<String, Newest>,
}

/// Reads the whole feed from a stopped server's folder.
pub fn feed(folder: &Path) -> Feed {
    let core = Core::open(&folder.join("server"), None, Host::system()).unwrap();
    let mut feed = Feed {
        events: 0,
        newest: BTreeMap::new(),
    };
    let mut versions: BTreeMap<String, u64> = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = server::export::feed(&core, after.as_deref(), 1_000).unwrap();
        if page.events == 0 {
            return feed;
        }
        feed.events += page.events;
        for line in page.lines.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let event: serde_json::Value = serde_json::from_slice(line).unwrap();
            let note = event["note_id"].as_str().unwrap().to_owned();
            let version = event["version"].as_u64().unwrap();
            let before = versions.insert(note.clone(), version).unwrap_or(0);
            assert_eq!(version, before + 1, "{note}: each version once, in order");
            let texts = event["addenda"].as_array().unwrap().iter();
            let addenda = texts.map(|a| a["text"].as_str().unwrap().to_owned()).collect();
            feed.newest.insert(
                note,
                Newest {
                    body: event["body"].as_str().unwrap().to_owned(),
                    addenda,
                },
            );
        }
        after = Some(page.next);
    }
}
