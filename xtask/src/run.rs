//! `cargo xtask run`: builds the server and serves it on loopback, with a demo team if the data folder is new, and
//! prints what to try. It speaks to the server only as any admin would, through its commands.

mod demo;
mod trouble;
mod walkthrough;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use crate::workshop::{Failure, Workshop, run as run_command, works};
use crate::{setup, web};

/// What the server prints when it is ready, before its address.
const READY: &str = "listening on ";

/// Builds, fills a new data folder unless it is to stay `empty`, serves until Ctrl-C.
///
/// # Errors
/// The step that failed, or the server's own failure.
pub fn run(workshop: &Workshop, data_dir: &Path, listen: SocketAddr, empty: bool) -> Result<(), Failure> {
    let data_dir = workshop.root.join(data_dir);
    setup::system_tools(workshop)?;
    build(workshop)?;
    web::web(workshop)?;
    let fresh = !empty && is_new(&data_dir);
    if fresh {
        demo::fill(workshop, &data_dir)?;
    }
    let mut server = serve(workshop, &data_dir, listen)?;
    let stopped_by_hand = stop_with_us(&server)?;
    let url = wait_until_ready(&mut server)?;
    println!(
        "\nThe server is at {url}, its data in {}.",
        shown(workshop, &data_dir)
    );
    let shown = tell(workshop, &data_dir, &url, fresh);
    if let Err(failure) = shown {
        terminate(server.id());
        return Err(failure);
    }
    let status = server
        .wait()
        .map_err(|error| Failure::new(format!("the server was lost: {error}")))?;
    if status.success() || stopped_by_hand.try_recv().is_ok() {
        return Ok(());
    }
    Err(Failure::new(format!("the server ended with {status}")))
}

/// Says what there is to try, and where.
fn tell(workshop: &Workshop, data_dir: &Path, url: &str, fresh: bool) -> Result<(), Failure> {
    match demo::team(workshop, data_dir, url)? {
        Some(team) => {
            if fresh {
                trouble::make(workshop, data_dir, url)?;
            }
            println!("{}", walkthrough::text(workshop, data_dir, url, &team));
            println!(
                "The desk, for Lesley (team admin), Tom (here for all teams) and Hester (auditor); each link is good once:"
            );
            for (name, words) in demo::DESK {
                println!("  {name:<8}{}", demo::invitation(workshop, data_dir, url, words)?);
            }
            println!("After that sign in at {}.", console(url));
        }
        None => println!("This data folder has no demo team."),
    }
    println!(
        "For the phone app, open the link that this prints, in a window the size of a phone:\n  \
         target/debug/doorstep --data-dir {} enrol W104 --server {url}\nCtrl-C stops the server.",
        data_dir.display()
    );
    Ok(())
}

/// Where the console is; passkeys need a host with a name.
fn console(url: &str) -> String {
    format!("{}/console", url.replace("127.0.0.1", "localhost"))
}

/// The dev profile: its dependencies are optimised, so the server is quick, and `cargo xtask test` has built the
/// same already. A release build compiles SQLCipher, OpenSSL and Automerge a second time for nothing that shows here.
fn build(workshop: &Workshop) -> Result<(), Failure> {
    println!("Building the server and the phone without a screen; the first time takes some minutes.");
    let packages = [
        "build",
        "--package",
        "doorstep-server",
        "--package",
        "doorstep-client-core",
        "--bins",
    ];
    run_command("cargo build", &mut workshop.cargo(&packages))
}

/// A folder that is not there, or has nothing in it.
fn is_new(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// A command of the server's binary on a data folder.
fn doorstep(workshop: &Workshop, data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = workshop.command(workshop.bin_dir().join("doorstep"), arguments);
    command.env("DOORSTEP_DATA_DIR", data_dir);
    command
}

/// Starts the server in a process group of its own, so that Ctrl-C reaches it once, from us.
fn serve(workshop: &Workshop, data_dir: &Path, listen: SocketAddr) -> Result<Child, Failure> {
    let mut command = doorstep(workshop, data_dir, &["serve", "--listen", &listen.to_string()]);
    command.arg("--web-dir").arg(web::dist(workshop));
    command.arg("--console-dir").arg(web::console_dist(workshop));
    command.stdout(Stdio::piped()).process_group(0);
    command
        .spawn()
        .map_err(|error| Failure::new(format!("the server could not be started: {error}")))
}

/// Passes Ctrl-C and its like on to the server, which finishes what it has begun. Says so on the channel.
fn stop_with_us(server: &Child) -> Result<std::sync::mpsc::Receiver<()>, Failure> {
    let (stopped, stopped_by_hand) = std::sync::mpsc::channel();
    let id = server.id();
    ctrlc::set_handler(move || {
        // Nobody listens any more when the server has ended by itself meanwhile.
        let _ = stopped.send(());
        terminate(id);
    })
    .map_err(|error| Failure::new(format!("Ctrl-C cannot be listened for: {error}")))?;
    Ok(stopped_by_hand)
}

fn terminate(process: u32) {
    works(Command::new("kill").arg("-TERM").arg(process.to_string()));
}

/// Waits for the server's own word that it is ready, and shows all that it prints.
fn wait_until_ready(server: &mut Child) -> Result<String, Failure> {
    let ended = || Failure::new("the server ended before it was ready");
    let mut output = BufReader::new(server.stdout.take().ok_or_else(ended)?);
    loop {
        let line = next_line(&mut output).ok_or_else(ended)?;
        println!("{line}");
        if let Some(url) = line.strip_prefix(READY) {
            let url = url.trim().trim_end_matches('/').to_owned();
            thread::spawn(move || {
                while let Some(line) = next_line(&mut output) {
                    println!("{line}");
                }
            });
            return Ok(url);
        }
    }
}

fn next_line(output: &mut BufReader<ChildStdout>) -> Option<String> {
    let mut line = String::new();
    let read = output.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}

/// A path as one would type it in the workspace's folder.
fn shown(workshop: &Workshop, path: &Path) -> String {
    let short: PathBuf = path
        .strip_prefix(&workshop.root)
        .map_or_else(|_| path.to_path_buf(), Path::to_path_buf);
    short.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_new_until_something_lies_in_it() {
        let folder = std::env::temp_dir().join(format!("xtask-new-{}", std::process::id()));
        assert!(is_new(&folder));
        fs::create_dir_all(&folder).unwrap();
        assert!(is_new(&folder));
        fs::write(folder.join("log"), "1").unwrap();
        let seen = is_new(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert!(!seen);
    }

    fn printing(script: &str) -> Child {
        Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    #[test]
    fn the_address_comes_from_the_servers_own_word() {
        for (script, expected) in [
            (
                "echo listening on http://127.0.0.1:1234",
                Some("http://127.0.0.1:1234"),
            ),
            (
                "echo migrating; echo listening on http://[::1]:80/; echo more",
                Some("http://[::1]:80"),
            ),
            ("echo I am listening on nothing", None),
            ("exit 3", None),
        ] {
            let mut child = printing(script);
            let url = wait_until_ready(&mut child).ok();
            child.wait().unwrap();
            assert_eq!(url.as_deref(), expected, "{script}");
        }
    }

    #[test]
    fn a_server_is_asked_to_stop_and_not_killed() {
        let mut child =
            printing("trap 'echo finishing; exit 0' TERM; echo listening on x; while :; do sleep 0.05; done");
        wait_until_ready(&mut child).unwrap();
        terminate(child.id());
        assert!(child.wait().unwrap().success());
    }
}
