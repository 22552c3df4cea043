//! `cargo xtask test`: one command that tells the whole truth. Continuous integration runs this and adds nothing.
//! The steps go from the quick to the slow, and the first that fails ends it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::mobile;
use crate::setup::{self, Tools};
use crate::tidy;
use crate::validators;
use crate::web;
use crate::workshop::{Failure, Workshop, now, run, works};

/// How long the advisories' database may take to arrive before the check goes without it.
const ADVISORIES_WAIT: Duration = Duration::from_secs(30);

/// All of the workspace, and with it the program that writes the bindings: its own feature, so that apps do not carry
/// it. Each step names the same, or cargo would build the foreign crates once for each.
const ALL: [&str; 3] = ["--workspace", "--features", "doorstep-ffi/cli"];

/// An order of cargo on all of the workspace.
fn on_all<'order>(order: &[&'order str], more: &[&'order str]) -> Vec<&'order str> {
    [order, &ALL[..], more].concat()
}

/// The order that builds all libraries and programs.
#[must_use]
pub fn build_order() -> Vec<&'static str> {
    on_all(&["build"], &["--lib", "--bins"])
}

/// Counts and times the steps.
struct Steps {
    passed: usize,
}

impl Steps {
    /// Announces a step, carries it out and says how long it took. The last line of a failed run names the step.
    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
        println!("==> {name}");
        let began = now();
        let result = work();
        let seconds = began.elapsed().as_secs_f64();
        match result {
            Ok(()) => {
                self.passed += 1;
                println!("    {name}: passed in {seconds:.1} s");
                Ok(())
            }
            Err(failure) => Err(Failure::new(format!(
                "{}\n{} passed, 1 failed\ntest stopped at '{name}' after {seconds:.1} s",
                failure.message, self.passed
            ))),
        }
    }

    fn cargo(
        &mut self,
        workshop: &Workshop,
        name: &str,
        arguments: &[&str],
        long: bool,
    ) -> Result<(), Failure> {
        let mut command = workshop.cargo(arguments);
        in_test(&mut command, workshop, long);
        self.step(name, || {
            run(&format!("cargo {}", arguments.join(" ")), &mut command)
        })
    }
}

/// Runs everything: setup, the checks, the Rust tests, the validators, the Python stories. With `long` the tests run longer.
///
/// # Errors
/// The first step that failed.
pub fn test(workshop: &Workshop, long: bool) -> Result<(), Failure> {
    let mut steps = Steps { passed: 0 };
    let mut tools = None;
    steps.step("setup", || {
        setup::setup(workshop).map(|found| tools = Some(found))
    })?;
    steps.cargo(workshop, "format", &["fmt", "--all", "--check"], long)?;
    steps.step("tidy", || tidy::tidy(workshop))?;
    if let Some(tools) = &tools {
        dependencies(&mut steps, workshop, tools)?;
    }
    let clippy = on_all(&["clippy"], &["--all-targets", "--", "--deny", "warnings"]);
    steps.cargo(workshop, "clippy", &clippy, long)?;
    documentation(&mut steps, workshop)?;
    steps.cargo(workshop, "build", &build_order(), long)?;
    validators::clear(workshop)?;
    rust_tests(&mut steps, workshop, long)?;
    steps.step("validators", || validators::judge(workshop))?;
    python_stories(&mut steps, workshop, long)?;
    phone_libraries(&mut steps, workshop, long)?;
    steps.step("phone app and console", || web::web(workshop))?;
    steps.step("unit tests of both", || web::test(workshop))?;
    browser_stories(&mut steps, workshop, long)?;
    println!("{} passed, 0 failed", steps.passed);
    Ok(())
}

/// What every test may rely on: where the binaries are, where to leave what validators judge, and whether it may take
/// long.
fn in_test(command: &mut Command, workshop: &Workshop, long: bool) {
    command
        .env("DOORSTEP_BIN_DIR", workshop.bin_dir())
        .env(validators::EXPORTED, validators::exported(workshop));
    if long {
        command.env("DOORSTEP_LONG", "1");
    }
}

fn dependencies(steps: &mut Steps, workshop: &Workshop, tools: &Tools) -> Result<(), Failure> {
    let deny = |arguments: &[&str]| {
        let mut command = workshop.command(&tools.cargo_deny, arguments);
        command.env("GIT_TERMINAL_PROMPT", "0");
        command
    };
    let check = ["--log-level", "error", "check", "bans", "licenses", "sources"];
    steps.step("dependencies", || {
        run("cargo deny check bans licenses sources", &mut deny(&check))
    })?;
    if ends_well_within(ADVISORIES_WAIT, &mut deny(&["--log-level", "off", "fetch", "db"])) {
        let check = ["--offline", "--log-level", "error", "check", "advisories"];
        return steps.step("advisories", || {
            run("cargo deny check advisories", &mut deny(&check))
        });
    }
    println!("    advisories: not checked, because their database could not be fetched from here");
    Ok(())
}

/// Runs a command without output, and ends it when its time is up.
fn ends_well_within(limit: Duration, command: &mut Command) -> bool {
    let Ok(mut child) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        return false;
    };
    let began = now();
    while began.elapsed() < limit {
        if let Ok(Some(status)) = child.try_wait() {
            return status.success();
        }
        thread::sleep(Duration::from_millis(50));
    }
    end(&mut child);
    false
}

fn end(child: &mut Child) {
    // It may have ended by itself meanwhile; either way nothing is left running.
    let _ = child.kill();
    let _ = child.wait();
}

fn documentation(steps: &mut Steps, workshop: &Workshop) -> Result<(), Failure> {
    let arguments = on_all(&["doc"], &["--no-deps", "--document-private-items", "--quiet"]);
    let mut command = workshop.cargo(&arguments);
    // A binary and the library beside it may share a name; what is checked here is the links.
    command.env("RUSTDOCFLAGS", "--deny warnings");
    steps.step("documentation", || run("cargo doc", &mut command))
}

fn rust_tests(steps: &mut Steps, workshop: &Workshop, long: bool) -> Result<(), Failure> {
    if works(&mut workshop.cargo(&["nextest", "--version"])) {
        let nextest = on_all(&["nextest", "run"], &["--no-tests", "warn"]);
        steps.cargo(workshop, "Rust tests (nextest)", &nextest, long)?;
    } else {
        let test = on_all(&["test"], &["--lib", "--bins", "--tests"]);
        steps.cargo(workshop, "Rust tests", &test, long)?;
    }
    let examples = on_all(&["test"], &["--doc", "--quiet"]);
    steps.cargo(workshop, "documentation's examples", &examples, long)
}

/// Each `tests/python/test_*.py` is a program of its own that exits with 0 when its story held.
fn python_stories(steps: &mut Steps, workshop: &Workshop, long: bool) -> Result<(), Failure> {
    for story in stories(&workshop.root.join("tests/python"), "test_", "py")? {
        let name = format!("Python story {}", story.file_name().unwrap_or_default().display());
        let mut command = workshop.command(workshop.venv_python(), &[]);
        command.arg(&story).env("PYTHONDONTWRITEBYTECODE", "1");
        in_test(&mut command, workshop, long);
        steps.step(&name, || run("python", &mut command))?;
    }
    Ok(())
}

/// What apps in Kotlin and Swift are given: the one is run, the other compiled where that can be done. The long form builds
/// for phones too, where that can be done.
fn phone_libraries(steps: &mut Steps, workshop: &Workshop, long: bool) -> Result<(), Failure> {
    if long {
        steps.step("phone libraries", || mobile::mobile(workshop))?;
    } else {
        steps.step("bindings", || mobile::bindings::write(workshop))?;
    }
    steps.step("Kotlin story on the JVM", || mobile::kotlin::story(workshop))?;
    steps.step("Swift side", || mobile::swift::check(workshop))
}

/// Each `web/…/stories/story_*.mjs` is a program of its own, with a real server and a real browser.
fn browser_stories(steps: &mut Steps, workshop: &Workshop, long: bool) -> Result<(), Failure> {
    for app in ["phone", "console"] {
        let folder = workshop.root.join("web").join(app).join("stories");
        for story in stories(&folder, "story_", "mjs")? {
            let name = story.file_name().unwrap_or_default().display().to_string();
            let mut command = workshop.command("node", &[]);
            command.arg(&story);
            in_test(&mut command, workshop, long);
            steps.step(&format!("browser story {app}/{name}"), || {
                run("node", &mut command)
            })?;
        }
    }
    Ok(())
}

fn stories(folder: &Path, prefix: &str, kind: &str) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
    let mut stories = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with(prefix) && path.extension().is_some_and(|extension| extension == kind) {
            stories.push(path);
        }
    }
    stories.sort();
    Ok(stories)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_ends_the_run_with_its_name_last() {
        let mut steps = Steps { passed: 0 };
        steps.step("first", || Ok(())).unwrap();
        let failure = steps
            .step("second", || Err(Failure::new("it rained")))
            .unwrap_err();
        let lines: Vec<&str> = failure.message.lines().collect();
        assert_eq!(lines[..2], ["it rained", "1 passed, 1 failed"]);
        assert!(
            lines[2].starts_with("test stopped at 'second' after "),
            "{lines:?}"
        );
        assert_eq!(failure.exit, 1);
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let sleep = |seconds: &str| {
            let mut command = Command::new("sleep");
            command.arg(seconds);
            command
        };
        assert!(ends_well_within(Duration::from_secs(20), &mut sleep("0")));
        assert!(!ends_well_within(Duration::from_millis(60), &mut sleep("30")));
        assert!(!ends_well_within(
            Duration::from_secs(20),
            &mut Command::new("false")
        ));
    }

    #[test]
    fn stories_are_the_test_programs_of_the_folder_in_order() {
        let folder = std::env::temp_dir().join(format!("xtask-stories-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["test_b.py", "test_a.py", "client.py", "test_notes.txt"] {
            fs::write(folder.join(name), "").unwrap();
        }
        let found = stories(&folder, "test_", "py").unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, [folder.join("test_a.py"), folder.join("test_b.py")]);
        assert!(
            stories(&folder, "test_", "py").is_err(),
            "a folder that is not there is a mistake"
        );
    }
}
