//! A real PostgreSQL for a story: a cluster of its own in a folder of its own, on a socket in that folder, from the
//! machine's own packages. It goes when it is dropped.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;

use crate::folder::Folder;

/// A running database server.
pub struct Postgres {
    programs: PathBuf,
    folder: Folder,
    child: Child,
}

/// Where the server's programs are: the newest of Debian's, or where `pg_ctl` of the PATH is.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut debian: Vec<PathBuf> = versions
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    // 15 is newer than 9.6: by number, not by letter.
    let version = |bin: &PathBuf| -> f32 {
        let name = bin.parent().and_then(Path::file_name).unwrap_or_default();
        name.to_string_lossy().parse().unwrap_or(0.0)
    };
    debian.sort_by(|a, b| version(a).total_cmp(&version(b)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("pg_ctl").is_file());
    debian
        .pop()
        .or(on_path)
        .expect("PostgreSQL is not installed: cargo xtask setup")
}

/// PostgreSQL does not run as root; root runs it as the user that its package brings.
fn other_user() -> Option<(u32, u32)> {
    if !geteuid().is_root() {
        return None;
    }
    let number = |which: &str| {
        let output = Command::new("id").args([which, "postgres"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.trim().parse().expect("there is a user postgres")
    };
    Some((number("-u"), number("-g")))
}

fn command(programs: &Path, name: &str) -> Command {
    let mut command = Command::new(programs.join(name));
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group);
    }
    // It looks into the folder that it is started in.
    command.current_dir("/").env_remove("PGDATA");
    command
}

impl Postgres {
    /// A new and empty one.
    #[allow(clippy::new_without_default, reason = "it starts a process")]
    pub fn new() -> Self {
        let (programs, folder) = (programs(), Folder::new());
        if let Some((user, group)) = other_user() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let data = folder.path().join("data");
        let made = command(&programs, "initdb")
            .arg("-D")
            .arg(&data)
            .args([
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        // What it must outlive is the death of those who speak to it, not of the machine.
        let child = command(&programs, "postgres")
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-k"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let postgres = Self {
            programs,
            folder,
            child,
        };
        postgres.waits_until_ready();
        postgres
    }

    fn waits_until_ready(&self) {
        for _ in 0..1_000 {
            if self.psql(&["-c", "SELECT 1"]).status().unwrap().success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log"));
        panic!("PostgreSQL does not start: {log:?}");
    }

    /// How libpq reaches it.
    pub fn address(&self) -> String {
        format!(
            "host={} user=postgres dbname=postgres",
            self.folder.path().display()
        )
    }

    fn psql(&self, args: &[&str]) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.arg(self.address())
            .args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"])
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        psql
    }

    fn output(&self, args: &[&str]) -> String {
        let output = self
            .psql(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the statements of a file.
    pub fn runs_file(&self, file: &Path) {
        self.output(&["-f", file.to_str().unwrap()]);
    }

    /// Runs statements.
    pub fn runs(&self, sql: &str) {
        self.output(&["-c", sql]);
    }

    /// Somebody holds a table, and nobody else reads it, until so many wait for a lock.
    pub fn holds_until_waited_for(&self, table: &str, many: u64, meanwhile: impl FnOnce()) {
        let held = format!("BEGIN; LOCK TABLE {table}; SELECT pg_sleep(600)");
        let mut psql = self.psql(&["-c", &held]).spawn().unwrap();
        let holder = format!("SELECT pid FROM pg_locks WHERE granted AND relation = '{table}'::regclass");
        let waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        let until = |sql: &str, count: u64| {
            let enough = |_: &u32| self.asks(sql).len() as u64 >= count;
            (0..2_000)
                .find(enough)
                .unwrap_or_else(|| panic!("{sql}: it does not come to that"));
        };
        until(&holder, 1);
        meanwhile();
        until(waits, many);
        self.asks(&format!("SELECT pg_terminate_backend(pid) FROM ({holder}) AS it"));
        psql.wait().unwrap();
    }

    /// What it answers to statements that it must not take.
    pub fn refuses(&self, sql: &str) -> String {
        let output = self.psql(&["-c", sql]).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success(), "{sql}: it was taken");
        String::from_utf8(output.stderr).unwrap()
    }

    /// The rows of a question, each an object.
    pub fn asks(&self, sql: &str) -> Vec<Value> {
        let all = format!("SELECT coalesce(json_agg(q), '[]') FROM ({sql}) q");
        serde_json::from_str(&self.output(&["-c", &all])).unwrap()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // At once, with its own processes; there is nothing to keep.
        let _ = id.map(|id| kill_process(id, Signal::QUIT));
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_answers_and_leaves_nothing() {
        let postgres = Postgres::new();
        postgres.runs("CREATE TABLE visit (kind text); INSERT INTO visit VALUES ('home_visit')");
        let rows = postgres.asks("SELECT kind FROM visit");
        assert_eq!(rows[0]["kind"], "home_visit");
        assert!(postgres.refuses("SELECT 1 FROM nowhere").contains("nowhere"));
        let (folder, id) = (postgres.folder.path().to_owned(), postgres.child.id());
        drop(postgres);
        assert!(!folder.exists(), "its folder is gone");
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "it is gone");
    }
}
