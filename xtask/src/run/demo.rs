//! The demo team: fills a new data folder from `demo/`, and keeps what the walk-through needs (a case system's key,
//! the phones) in a folder beside the server's own data. Everyone in it is made up.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::doorstep;
use crate::setup;
use crate::workshop::{Failure, Workshop, output, run};

/// The two workers of the walk-through: worker id and first name.
const WORKERS: [(&str, &str); 2] = [("W101", "ruth"), ("W102", "imran")];

/// Who sits at the desk: first name, and what `doorstep admin invite` is told.
pub(super) const DESK: [(&str, &[&str]); 3] = [
    ("lesley", &["W110"]),
    ("tom", &["W111", "--role", "organisation_admin"]),
    ("hester", &["W112"]),
];

/// Makes a P-384 key pair: the private key for its owner only, the public key beside it.
const MAKE_KEY: &str = "
import os, sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP384R1())
private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())
public = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
with os.fdopen(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'wb') as file:
    file.write(private)
with open(sys.argv[2], 'wb') as file:
    file.write(public)
";

/// A phone of the walk-through.
#[derive(Debug)]
pub(super) struct Phone {
    /// The first name of its worker.
    pub(super) name: &'static str,
    /// Where it keeps its store.
    pub(super) folder: PathBuf,
    /// The link that enrols it; none when it is enrolled already.
    pub(super) link: Option<String>,
}

/// What the walk-through needs.
#[derive(Debug)]
pub(super) struct Team {
    /// The case system's identity.
    pub(super) client_id: String,
    /// Its private key.
    pub(super) key: PathBuf,
    /// The two phones.
    pub(super) phones: Vec<Phone>,
    /// Where the walk-through may put files.
    pub(super) folder: PathBuf,
}

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("demo")
}

fn key(data_dir: &Path) -> PathBuf {
    folder(data_dir).join("case-system.pem")
}

fn client_file(data_dir: &Path) -> PathBuf {
    folder(data_dir).join("client-id.txt")
}

/// Fills a new data folder.
pub(super) fn fill(workshop: &Workshop, data_dir: &Path) -> Result<(), Failure> {
    println!("The data folder is new: filling it with the demo team.");
    let filled = fill_once(workshop, data_dir);
    filled.map_err(|failure| {
        let message = format!(
            "{}\nThe demo team is half there: delete {}, then run again.",
            failure.message,
            data_dir.display()
        );
        Failure { message, ..failure }
    })
}

fn fill_once(workshop: &Workshop, data_dir: &Path) -> Result<(), Failure> {
    setup::python_packages(workshop)?;
    for what in ["workers", "people"] {
        let file = format!("demo/{what}.csv");
        run(
            &format!("doorstep import {what}"),
            &mut doorstep(workshop, data_dir, &["import", what, &file]),
        )?;
    }
    fs::create_dir_all(folder(data_dir))
        .map_err(|error| Failure::new(format!("the demo's folder: {error}")))?;
    let public = folder(data_dir).join("case-system.pub.pem");
    let mut make_key = workshop.command(workshop.venv_python(), &["-c", MAKE_KEY]);
    run(
        "making the case system's key",
        make_key.arg(key(data_dir)).arg(&public),
    )?;
    let mut add = doorstep(
        workshop,
        data_dir,
        &["client", "add", "demo-case-system", "--json", "--public-key"],
    );
    let answer = output("doorstep client add", add.arg(&public))?;
    let client_id = text(&answer, "client_id")?;
    fs::write(client_file(data_dir), client_id)
        .map_err(|error| Failure::new(format!("the client's id: {error}")))
}

/// The demo team of a data folder that has one, with a fresh link for each phone that is not enrolled yet.
pub(super) fn team(workshop: &Workshop, data_dir: &Path, url: &str) -> Result<Option<Team>, Failure> {
    let Ok(client_id) = fs::read_to_string(client_file(data_dir)) else {
        return Ok(None);
    };
    let mut phones = Vec::new();
    for (worker, name) in WORKERS {
        let folder = folder(data_dir).join("phones").join(name);
        let link = if folder.exists() {
            None
        } else {
            Some(enrolment(workshop, data_dir, worker, url)?)
        };
        phones.push(Phone { name, folder, link });
    }
    Ok(Some(Team {
        client_id,
        key: key(data_dir),
        phones,
        folder: folder(data_dir),
    }))
}

fn enrolment(workshop: &Workshop, data_dir: &Path, worker: &str, url: &str) -> Result<String, Failure> {
    let mut enrol = doorstep(workshop, data_dir, &["enrol", worker, "--server", url, "--json"]);
    text(&output("doorstep enrol", &mut enrol)?, "link")
}

/// A one-time sign-in link.
pub(super) fn invitation(
    workshop: &Workshop,
    data_dir: &Path,
    url: &str,
    words: &[&str],
) -> Result<String, Failure> {
    let mut invite = doorstep(
        workshop,
        data_dir,
        &["admin", "invite", "--server", url, "--json"],
    );
    text(&output("doorstep admin invite", invite.args(words))?, "link")
}

/// A text of a JSON answer.
fn text(answer: &str, field: &str) -> Result<String, Failure> {
    let value: Option<Value> = serde_json::from_str(answer).ok();
    let text = value.as_ref().and_then(|value| value[field].as_str());
    text.map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("the answer has no '{field}'")))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_field_of_an_answer_is_read_or_named_as_missing() {
        assert_eq!(text(r#"{"code":"c","link":"l"}"#, "link").unwrap(), "l");
        for answer in ["", "{}", "[]", r#"{"link":1}"#, "link"] {
            assert_eq!(
                text(answer, "link").unwrap_err().message,
                "the answer has no 'link'",
                "{answer}"
            );
        }
    }
}
