//! Another process to judge in: this very program, started again with the case on its standard
//! input. It has no data folder, no key and no network; it can only come back or die.

use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::host::{Apart, Ended};
use crate::sync;

/// The hidden command that it is started with.
pub(crate) const COMMAND: &str = "judge-apart";
/// It ends itself after this, for nobody else may be there any more to end it. An honest case takes
/// seconds at the very most.
const PATIENCE: Duration = Duration::from_mins(1);
/// Its exit code where it was not given a case.
const NO_CASE: u8 = 3;

/// Signals by which others ask a program to end: `SIGHUP`, `SIGINT` and `SIGTERM`. They say nothing of a case.
const ASKED_TO_END: [i32; 3] = [1, 2, 15];

/// This program, once more.
pub(crate) struct ThisProgram;

impl Apart for ThisProgram {
    fn judge(&self, case: &[u8]) -> Ended {
        let ended = std::env::current_exe().and_then(|program| ask(Command::new(program).arg(COMMAND), case));
        ended.unwrap_or_else(|error| {
            tracing::warn!(%error, "no other process to judge in");
            Ended::Unknown
        })
    }
}

fn ask(command: &mut Command, case: &[u8]) -> std::io::Result<Ended> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // One that dies over the first bytes does not take the rest; how it ended tells more.
    let given = child.stdin.take().map(|mut stdin| stdin.write_all(case));
    let status = child.wait()?;
    Ok(match (given, status.code(), status.signal()) {
        (Some(Ok(())), Some(0), _) => Ended::Well,
        (_, None, Some(signal)) if !ASKED_TO_END.contains(&signal) => Ended::Badly,
        _ => Ended::Unknown,
    })
}

/// What the other process does.
pub(crate) fn main() -> ExitCode {
    std::thread::spawn(|| {
        std::thread::sleep(PATIENCE);
        std::process::abort();
    });
    let mut case = Vec::new();
    let read = std::io::stdin().read_to_end(&mut case);
    match read.map(|_| sync::judge_apart(&case)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::from(NO_CASE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_death_of_its_own_speaks_against_the_case() {
        let case = vec![7; 300_000];
        let ended = |script: &str| ask(Command::new("sh").args(["-c", script]), &case).unwrap();
        assert_eq!(ended("cat"), Ended::Well);
        for signal in ["SEGV", "ABRT", "BUS", "KILL"] {
            assert_eq!(
                ended(&format!("cat; kill -{signal} $$")),
                Ended::Badly,
                "{signal}"
            );
            assert_eq!(
                ended(&format!("kill -{signal} $$")),
                Ended::Badly,
                "{signal} at once"
            );
        }
        for elsewhere in [
            "kill -TERM $$",
            "kill -INT $$",
            "kill -HUP $$",
            "cat; exit 3",
            "exit 0",
            "exit 101",
        ] {
            assert_eq!(ended(elsewhere), Ended::Unknown, "{elsewhere}");
        }
        assert!(ask(&mut Command::new("/nowhere/at/all"), &[]).is_err());
    }
}
