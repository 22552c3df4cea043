//! The reference importer of docs/examples as a real process, with a key of its own and a database to write into.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use p384::SecretKey;
use p384::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};

use crate::dice::Chance;
use crate::postgres::Postgres;
use crate::process::{Process, root};

/// The importer.
pub struct Importer {
    /// Its id at the server.
    pub client: String,
    /// The file of its private key.
    pub key: PathBuf,
    environment: Vec<(String, String)>,
    log: PathBuf,
    child: Option<Child>,
}

/// The folder of its sources.
fn sources() -> PathBuf {
    root().join("docs/examples/importer")
}

/// The Python that `cargo xtask setup` made, with what its requirements name.
fn python() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let told = std::env::var_os("DOORSTEP_BIN_DIR").map(PathBuf::from);
    let places = told.iter().flat_map(|folder| folder.ancestors());
    let places = places.chain(own.ancestors()).take(6);
    let found = places
        .map(|folder| folder.join("venv/bin/python"))
        .find(|python| python.is_file());
    found.expect("there is no Python environment: cargo xtask setup")
}

impl Importer {
    /// Known to the server, not running yet. Its tables are made where they are not there; `url` is its way to the server.
    pub fn new(server: &Process, postgres: &Postgres, url: &str, chance: &Chance) -> Self {
        let key = SecretKey::from_slice(&chance.bytes::<48>()).unwrap();
        let name = format!("importer-{}", chance.below(u64::MAX));
        let file = |kind: &str| server.data().with_file_name(format!("{name}-{kind}.pem"));
        let public = key.public_key().to_public_key_pem(LineEnding::LF).unwrap();
        std::fs::write(file("public"), public).unwrap();
        std::fs::write(file("private"), key.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
        let public = file("public");
        let added = server.run(&[
            "client",
            "add",
            "Ashmere case system",
            "--public-key",
            public.to_str().unwrap(),
            "--json",
        ]);
        let added: serde_json::Value = serde_json::from_str(&added).unwrap();
        let client = added["client_id"].as_str().unwrap().to_owned();
        if postgres.asks("SELECT to_regclass('place') AS there")[0]["there"].is_null() {
            postgres.runs_file(&sources().join("schema.sql"));
        }
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let environment = vec![
            set("DOORSTEP_URL", url),
            set("DOORSTEP_CLIENT_ID", &client),
            set("DOORSTEP_KEY", file("private").to_str().unwrap()),
            set("DOORSTEP_AUDIENCE", &format!("{}/v1/token", server.url())),
            set("DATABASE_URL", &postgres.address()),
            set("PYTHONDONTWRITEBYTECODE", "1"),
        ];
        let log = server.data().with_file_name(format!("{name}.log"));
        File::create(&log).unwrap();
        Self {
            client,
            key: file("private"),
            environment,
            log,
            child: None,
        }
    }

    /// From its next start on it has this setting.
    pub fn sets(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    fn command(&self, args: &[&str]) -> Command {
        let log = OpenOptions::new().append(true).open(&self.log).unwrap();
        let mut command = Command::new(python());
        command.arg(sources().join("importer.py")).args(args);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    /// Runs one of its commands to the end, which must be a good one.
    pub fn does(&self, args: &[&str]) {
        let status = self.command(args).status().unwrap();
        assert!(status.success(), "importer {args:?}: {status}\n{}", self.log());
    }

    /// Begins one of its commands, beside whatever else it does.
    pub fn begins(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// Runs one of its commands, which must end badly.
    pub fn fails_to(&self, args: &[&str]) {
        let status = self.command(args).status().unwrap();
        assert!(!status.success(), "importer {args:?}: it went through");
    }

    /// `run`, until it is killed.
    pub fn starts(&mut self) {
        self.child = Some(self.command(&["run"]).spawn().unwrap());
    }

    /// SIGKILL. False where it was not running any more.
    pub fn is_killed(&mut self) -> bool {
        let Some(mut child) = self.child.take() else {
            return false;
        };
        let was_alive = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        child.wait().unwrap();
        was_alive
    }

    /// All that it has said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        self.is_killed();
    }
}
