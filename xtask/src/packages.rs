//! Packages of npm that only the tests need, each set pinned by a lock file of its own and installed into the target
//! folder, so that deleting that undoes it.

use std::fs;
use std::path::Path;

use crate::workshop::{Failure, Workshop, run};

/// Installs what the lock file in `from` names into `to`, unless it is there.
///
/// # Errors
/// The step that failed.
pub fn install(workshop: &Workshop, from: &Path, to: &Path) -> Result<(), Failure> {
    let stamp = to.join("doorstep-stamp.txt");
    let lock = from.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(|error| trouble(&lock, &error))?;
    if fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) && to.join("node_modules").is_dir() {
        return Ok(());
    }
    println!(
        "setup: fetching the packages of {} into {}",
        from.display(),
        to.display()
    );
    fs::create_dir_all(to).map_err(|error| trouble(to, &error))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), to.join(file)).map_err(|error| trouble(to, &error))?;
    }
    let mut npm = workshop.command("npm", &["ci", "--ignore-scripts", "--silent"]);
    run("npm ci", npm.current_dir(to))?;
    fs::write(&stamp, wanted).map_err(|error| trouble(&stamp, &error))
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
