//! What leaves the house, judged by strangers: validators from npm (`tests/validators`) and checks of our own beside
//! them, on the files that the Rust tests leave. Then each judge is given something broken, to see that it can say no.

use std::fs;
use std::path::PathBuf;

use crate::packages;
use crate::workshop::{Failure, Workshop, run};

/// The variable that names the folder in which tests leave what is judged.
pub const EXPORTED: &str = "DOORSTEP_EXPORTED";

/// That folder.
#[must_use]
pub fn exported(workshop: &Workshop) -> PathBuf {
    workshop.target.join("exported")
}

fn sources(workshop: &Workshop) -> PathBuf {
    workshop.root.join("tests/validators")
}

fn installed(workshop: &Workshop) -> PathBuf {
    workshop.target.join("validators")
}

/// Installs the validators.
///
/// # Errors
/// The step that failed.
pub fn install(workshop: &Workshop) -> Result<(), Failure> {
    packages::install(workshop, &sources(workshop), &installed(workshop))
}

/// Makes the folder, or empties it: what an earlier run left proves nothing about this one.
///
/// # Errors
/// Where the folder cannot be written.
pub fn clear(workshop: &Workshop) -> Result<(), Failure> {
    let folder = exported(workshop);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))
}

/// Has all of it judged, and then the judges.
///
/// # Errors
/// Where something is wrong with a file, one is missing, or a judge did not see a fault.
pub fn judge(workshop: &Workshop) -> Result<(), Failure> {
    let folder = exported(workshop);
    let node = |arguments: &[&str], script: &str| {
        let mut command = workshop.command("node", arguments);
        command
            .arg(sources(workshop).join(script))
            .env("DOORSTEP_VALIDATORS", installed(workshop))
            .env(EXPORTED, &folder);
        command
    };
    run("the validators", node(&[], "judge.mjs").arg(&folder))?;
    let quietly = ["--test", "--test-reporter", "dot"];
    run("the validators' own test", &mut node(&quietly, "judge.test.mjs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_run_left_is_gone() {
        let root = std::env::temp_dir().join(format!("xtask-exported-{}", std::process::id()));
        let workshop = Workshop {
            target: root.join("target"),
            root: root.clone(),
        };
        clear(&workshop).unwrap();
        let old = exported(&workshop).join("fhir-old.ndjson");
        fs::write(&old, "{}").unwrap();
        clear(&workshop).unwrap();
        assert!(!old.exists() && exported(&workshop).is_dir());
        fs::remove_dir_all(&root).unwrap();
    }
}
