//! A handful of real issues for the demo team, so that the desk has something to end: two phones without a screen do what
//! goes wrong in real teams. Nothing is written into the database by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::doorstep;
use crate::workshop::{Failure, Workshop, output};

/// The two who share a visit: worker id and first name.
const WORKERS: [(&str, &str); 2] = [("W104", "dawn"), ("W105", "kofi")];
/// Somebody of their team.
const VISITED: &str = "P104255";
/// Somebody whose case is closed in the case system.
const CLOSED: &str = "P104226";
const PIN: &str = "246810";
/// How often a phone looks for what another one wrote, and how long it waits in between.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

struct Phone<'a> {
    workshop: &'a Workshop,
    folder: PathBuf,
}

impl Phone<'_> {
    fn say(&self, words: &[&str]) -> Result<Value, Failure> {
        let mut command = self.workshop.command(
            self.workshop.bin_dir().join("doorstep-phone"),
            &["--json", "--dir"],
        );
        command.arg(&self.folder).args(words).env("DOORSTEP_PIN", PIN);
        let said = output("doorstep-phone", &mut command)?;
        Ok(serde_json::from_str(&said).unwrap_or(Value::Null))
    }

    fn note(&self, words: &[&str], text: &str) -> Result<String, Failure> {
        let made = self.say(&[&["new"], words].concat())?;
        let id = made["id"]
            .as_str()
            .ok_or_else(|| Failure::new("a new note has no id"))?;
        self.say(&["type", id, text])?;
        Ok(id.to_owned())
    }
}

/// Makes them, with a server that runs at `url`.
pub(super) fn make(workshop: &Workshop, data_dir: &Path, url: &str) -> Result<(), Failure> {
    println!("Making a few issues for the desk to end.");
    let mut phones = Vec::new();
    for (worker, name) in WORKERS {
        let mut enrol = doorstep(workshop, data_dir, &["enrol", worker, "--server", url, "--json"]);
        let made: Value = serde_json::from_str(&output("doorstep enrol", &mut enrol)?).unwrap_or(Value::Null);
        let phone = Phone {
            workshop,
            folder: data_dir.join("demo/phones").join(name),
        };
        phone.say(&["enrol", made["link"].as_str().unwrap_or_default()])?;
        phones.push(phone);
    }
    let [dawn, kofi] = &phones[..] else {
        return Ok(());
    };
    one_visit_twice(workshop, dawn, kofi)?;
    nobody_known(dawn)?;
    two_answers(dawn, kofi)?;
    refused(workshop, data_dir, dawn)
}

/// Both were there, and both wrote a note of their own.
fn one_visit_twice(workshop: &Workshop, dawn: &Phone<'_>, kofi: &Phone<'_>) -> Result<(), Failure> {
    let ago = |minutes: &str| {
        let mut date = workshop.command("date", &["-u", "+%Y-%m-%dT%H:%M:%SZ", "-d", minutes]);
        output("date", &mut date).map(|text| text.trim().to_owned())
    };
    let (from, until) = (ago("-50 min")?, ago("-10 min")?);
    let words = [VISITED, "home_visit", "--started-at", &from, "--ended-at", &until];
    for (phone, text) in [
        (
            dawn,
            "Patience showed us the new ramp. She goes out on her own again.",
        ),
        (
            kofi,
            "Joint visit with Dawn. The ramp is in; the handrail is still missing.",
        ),
    ] {
        let id = phone.note(&words, text)?;
        phone.say(&["finish", &id])?;
        phone.say(&["sync"])?;
    }
    Ok(())
}

/// A door that somebody else opened.
fn nobody_known(dawn: &Phone<'_>) -> Result<(), Failure> {
    let text = "Met at the door by a neighbour who asks for help for himself. He had a fall last week.";
    let id = dawn.note(&["--name", "Mr Iqbal from number 9", "home_visit"], text)?;
    dawn.say(&["finish", &id])?;
    dawn.say(&["sync"]).map(|_| ())
}

/// They asked together, and wrote down different answers, each without signal.
fn two_answers(dawn: &Phone<'_>, kofi: &Phone<'_>) -> Result<(), Failure> {
    let id = dawn.note(&[VISITED, "phone_call"], "Rang about the handrail.")?;
    dawn.say(&["sync"])?;
    for look in 0.. {
        kofi.say(&["sync"])?;
        match kofi.say(&["join", &id]) {
            Ok(_) => break,
            Err(failure) if look >= LOOKS => return Err(failure),
            Err(_) => thread::sleep(PAUSE),
        }
    }
    dawn.say(&["set", &id, "feedback", r#"{"was_it_useful":"yes"}"#])?;
    kofi.say(&["set", &id, "feedback", r#"{"was_it_useful":"partly"}"#])?;
    for phone in [dawn, kofi] {
        phone.say(&["sync"])?;
    }
    Ok(())
}

/// The case system takes a note's folder, and does not take the note.
fn refused(workshop: &Workshop, data_dir: &Path, dawn: &Phone<'_>) -> Result<(), Failure> {
    let id = dawn.note(
        &[CLOSED, "phone_call"],
        "Dennis rang: he is fine, and wants no more visits.",
    )?;
    dawn.say(&["finish", &id])?;
    dawn.say(&["sync"])?;
    let folder = data_dir.join("demo/case-system");
    let trouble = |error: std::io::Error| Failure::new(format!("the demo's case system: {error}"));
    for _ in 0..LOOKS {
        let mut export = doorstep(workshop, data_dir, &["export", "--to"]);
        output("doorstep export", export.arg(&folder))?;
        if let Some(receipt) = receipt(&folder, &id).map_err(trouble)? {
            let place = folder.join("receipts");
            fs::create_dir_all(&place).map_err(trouble)?;
            fs::write(place.join("demo.json"), json!([receipt]).to_string()).map_err(trouble)?;
            let mut export = doorstep(workshop, data_dir, &["export", "--to"]);
            return output("doorstep export", export.arg(&folder)).map(|_| ());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// What the case system answers about a note that it finds in the folder.
fn receipt(folder: &Path, note: &str) -> std::io::Result<Option<Value>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|kind| kind != "ndjson") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let events = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(event) = events.into_iter().find(|event| event["note_id"] == note) {
            return Ok(Some(json!({
                "event_id": event["event_id"],
                "sha256": event["sha256"],
                "outcome": "refused",
                "reason_code": "case_closed",
                "reason": "This case is closed here. Open it again, or move the note.",
            })));
        }
    }
    Ok(None)
}
