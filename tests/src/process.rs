//! The server as a real process: started, told to stop, killed without warning, started again on the
//! same folder and port; and its feed, read from its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use server::core::Core;
use server::host::Host;

/// `doorstep serve`, and the other commands on its folder.
pub struct Process {
    data: PathBuf,
    address: String,
    url: String,
    environment: Vec<(String, String)>,
    log: PathBuf,
    child: Option<Child>,
}

/// The folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A program of the workspace, built by `cargo xtask test` before the stories run.
pub fn program(name: &str) -> PathBuf {
    // target/debug/deps/this-test, or target/release/bench.
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().skip(1).take(2).map(Path::to_owned);
    let told = std::env::var_os("DOORSTEP_BIN_DIR").map(PathBuf::from);
    let places = told.into_iter().chain(beside).map(|folder| folder.join(name));
    let found = places.into_iter().find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built: cargo build --workspace --bins"))
}

/// Where the sample people and workers are.
pub fn sample(what: &str) -> PathBuf {
    root().join(format!("demo/{what}.csv"))
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
    /// A server that is not running yet, on a folder that may be empty.
    pub fn at(data: &Path) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let url = format!("http://{address}");
        Self {
            data: data.to_owned(),
            address,
            url,
            environment: Vec::new(),
            log: data.with_extension("log"),
            child: None,
        }
    }

    /// A running server with the sample people and workers.
    pub fn with_sample_team(folder: &Path) -> Self {
        let mut process = Self::at(&folder.join("server"));
        process.imports_sample_team();
        process.start();
        process
    }

    /// Imports the sample people and workers.
    pub fn imports_sample_team(&self) {
        for what in ["workers", "people"] {
            self.run(&["import", what, sample(what).to_str().unwrap()]);
        }
    }

    /// From its next start on it runs with this in its environment, and so do the commands.
    pub fn set_environment(&mut self, environment: Vec<(String, String)>) {
        self.environment = environment;
    }

    /// From its next start on it logs into this file.
    pub fn logs_into(&mut self, log: PathBuf) {
        self.log = log;
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program("doorstep"));
        command.arg("--data-dir").arg(&self.data).args(args);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command on the folder, whatever comes of it.
    pub fn try_run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that must go through; gives what it printed.
    pub fn run(&self, args: &[&str]) -> String {
        let output = self.try_run(args);
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

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its files as they are at this moment, in a folder of their own.
    pub fn as_left(&self) -> crate::Folder {
        crate::Folder::copy_of(&self.data)
    }

    /// A one-time code.
    pub fn code(&self, worker: &str) -> String {
        let answer = self.run(&["enrol", worker, "--server", &self.url, "--json"]);
        serde_json::from_str::<serde_json::Value>(&answer).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Starts it and waits until it listens.
    pub fn start(&mut self) {
        if let Err((status, said)) = self.try_start() {
            panic!("the server did not start: {status}\n{said}");
        }
    }

    /// Starts it and waits until it listens. Its port is free while it does not run, and a connection of another story's
    /// may have it for a moment: then it is tried again.
    ///
    /// # Errors
    /// How it ended instead, and what it said.
    pub fn try_start(&mut self) -> Result<(), (ExitStatus, String)> {
        for _ in 0..100 {
            match self.started() {
                Err((_, said)) if said.contains("Address already in use") => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                done => return done,
            }
        }
        self.started()
    }

    fn started(&mut self) -> Result<(), (ExitStatus, String)> {
        let mut child = self
            .command(&["serve", "--listen", &self.address, "--public-url", &self.url])
            .stdout(Stdio::piped())
            .stderr(File::create(&self.log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        if line.starts_with("listening on ") {
            self.child = Some(child);
            return Ok(());
        }
        Err((child.wait().unwrap(), std::fs::read_to_string(&self.log).unwrap()))
    }

    /// What it has said on standard error since it was started.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        match &mut self.child {
            Some(child) => child.try_wait().unwrap().is_none(),
            None => false,
        }
    }

    /// Its number among the machine's processes.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// How many log entries wait to be judged, by its own word.
    pub fn unjudged(&self) -> u64 {
        let mut answer = ureq::get(format!("{}/health", self.url))
            .config()
            .http_status_as_error(false)
            .build()
            .call()
            .unwrap();
        let status = answer.status();
        let health = answer.body_mut().read_to_string().unwrap();
        assert!(status.is_success(), "{status}: {health}\n{}", self.log());
        let health: serde_json::Value = serde_json::from_str(&health).unwrap();
        health["unjudged"].as_u64().unwrap()
    }

    /// SIGKILL: no handler runs, nothing is flushed. One that is dead already stays so.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGTERM, and waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        // It may be dead already, and then nobody hears it.
        let _ = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .stderr(Stdio::null())
            .status()
            .unwrap();
        child.wait().unwrap()
    }

    /// Waits until the projector has nothing left. False where the server died over it.
    pub fn comes_to_rest(&mut self) -> bool {
        for _ in 0..4_000 {
            if !self.is_alive() {
                return false;
            }
            let answer = ureq::get(format!("{}/health", self.url)).call();
            if let Ok(mut answer) = answer {
                let health: serde_json::Value =
                    serde_json::from_str(&answer.body_mut().read_to_string().unwrap_or_default())
                        .unwrap_or_default();
                if health["unjudged"] == 0 {
                    return true;
                }
            }
            std::thread::sleep(Duration::from_millis(3));
        }
        panic!("the projector does not come to an end\n{}", self.log());
    }

    /// Waits until the projector has nothing left.
    pub fn wait_until_published(&mut self) {
        assert!(self.comes_to_rest(), "the server died\n{}", self.log());
    }

    /// `doorstep verify` finds nothing wrong.
    pub fn verify(&self) {
        println!("{}", self.run(&["verify"]).trim_end());
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

/// All that a case system has read so far, each version once and in order.
#[derive(Default)]
pub struct Feed {
    /// Lines.
    pub events: usize,
    /// By note.
    pub newest: BTreeMap<String, Newest>,
    versions: BTreeMap<String, u64>,
    after: Option<String>,
}

impl Feed {
    /// Reads on from where it was, out of a server's folder.
    pub fn reads_on(&mut self, data: &Path) {
        let core = Core::open(data, None, Host::system()).unwrap();
        loop {
            let page = server::export::feed(
                &core,
                server::export::Asked {
                    after: self.after.as_deref(),
                    limit: 1_000,
                    format: server::export::Format::Ndjson,
                },
            )
            .unwrap();
            if page.events == 0 {
                return;
            }
            self.events += page.events;
            for line in page.lines.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
                self.takes(line);
            }
            self.after = Some(page.next);
        }
    }

    fn takes(&mut self, line: &[u8]) {
        let event: serde_json::Value = serde_json::from_slice(line).unwrap();
        let note = event["note_id"].as_str().unwrap().to_owned();
        let version = event["version"].as_u64().unwrap();
        let before = self.versions.insert(note.clone(), version).unwrap_or(0);
        assert_eq!(version, before + 1, "{note}: each version once, in order");
        let texts = event["addenda"].as_array().unwrap().iter();
        let addenda: Vec<_> = texts.map(|a| a["text"].as_str().unwrap().to_owned()).collect();
        let newest = Newest {
            body: event["body"].as_str().unwrap().to_owned(),
            addenda: addenda.iter().cloned().collect(),
        };
        assert_eq!(
            newest.addenda.len(),
            addenda.len(),
            "{note}: an addendum stands twice"
        );
        self.newest.insert(note, newest);
    }
}
