//! The file drop: the feed as numbered files in a folder, and receipts back from it, for case systems
//! that import files and nothing else. docs/http.md has the layout for whoever reads the folder.
//!
//! A run may be killed at any moment and told again. The place in the feed is the newest file in `sent/`,
//! which is written last: what was written before it is written again under the same number, with the
//! same events first. A file without its manifest is not finished, and nobody is to take it.

mod folder;
mod manifest;
mod receipts;

use std::collections::BTreeSet;
use std::path::Path;

use notes::ids::DocumentId;
use notes::problem::Code;
use serde::Serialize;
use serde_json::json;

use self::folder::{Folder, events_name, manifest_name};
use self::manifest::{Event, Manifest};
use super::{OpError, client};
use crate::attachments;
use crate::core::Core;
use crate::export::{self, Asked, FeedPage, Format};
use crate::store::ClientRecord;

/// What is wanted in the folder.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// NDJSON or CSV.
    pub format: Format,
    /// Most events in one file, 1 to 1,000.
    pub per_file: u32,
}

/// What a run did.
#[derive(Debug, Default, Serialize)]
pub struct Dropped {
    /// Files of events.
    pub files: u64,
    /// Events in them.
    pub events: u64,
    /// Attachments.
    pub attachments: u64,
    /// Receipts that were taken.
    pub receipts: u64,
    /// Receipts that were not, each with its code in the file of answers.
    pub receipts_refused: u64,
    /// Receipt files that cannot be read; they stay where they are.
    pub unreadable: Vec<Unreadable>,
}

/// A receipt file that cannot be read.
#[derive(Debug, Serialize)]
pub struct Unreadable {
    /// Its name.
    pub file: String,
    /// What is wrong, and where.
    pub reason: String,
}

/// Takes receipts from the folder, then writes what is new in the feed.
///
/// # Errors
/// [`Code::ParameterInvalid`] for FHIR or a number of events that cannot be, [`Code::Busy`] where another run is at
/// this folder, and what the disk or the store says. What was written stands, and the next run goes on.
pub fn run(core: &Core, path: &Path, wanted: Wanted, by: &str) -> Result<Dropped, OpError> {
    if wanted.format == Format::Fhir || !(1..=1_000).contains(&wanted.per_file) {
        let why = "the formats are ndjson and csv, with 1 to 1000 events a file";
        return Err(OpError::Because(Code::ParameterInvalid, why.to_owned()));
    }
    let folder = Folder::open(path)?;
    let _turn = folder.turn()?;
    let client = client::of_folder(core, &folder.name(), by)?;
    let mut dropped = Dropped::default();
    receipts::take(core, &client, &folder, &mut dropped)?;
    let mut last = adopted(&folder)?;
    let mut after = last.as_ref().map(|manifest| manifest.next.clone());
    loop {
        let asked = Asked {
            after: after.as_deref(),
            limit: wanted.per_file,
            format: wanted.format,
        };
        let page = match export::feed(core, asked) {
            Err(Code::EpochChanged) => {
                after = Some(reconcile(core, &client, &folder)?);
                continue;
            }
            page => page?,
        };
        if page.events == 0 {
            return Ok(dropped);
        }
        dropped.attachments += files_of(core, &client, &folder, &page)?;
        let manifest = write(
            core,
            &folder,
            (wanted.format, after.as_deref()),
            &page,
            last.as_ref(),
        )?;
        dropped.files += 1;
        dropped.events += page.events as u64;
        after = Some(manifest.next.clone());
        last = Some(manifest);
    }
}

/// The newest manifest. One that was finished by a run that died before it could note it down counts too.
fn adopted(folder: &Folder) -> Result<Option<Manifest>, OpError> {
    let last = folder
        .newest_sent()?
        .map(|bytes| Manifest::read(&bytes))
        .transpose()?;
    let number = last.as_ref().map_or(0, |manifest| manifest.number) + 1;
    let Some(bytes) = folder.manifest(number)? else {
        return Ok(last);
    };
    let finished = Manifest::read(&bytes)?;
    if finished.after != last.as_ref().map(|manifest| manifest.next.clone()) {
        return Ok(last);
    }
    folder.note_sent(number, &bytes)?;
    Ok(Some(finished))
}

fn write(
    core: &Core,
    folder: &Folder,
    (format, after): (Format, Option<&str>),
    page: &FeedPage,
    last: Option<&Manifest>,
) -> Result<Manifest, OpError> {
    let number = last.map_or(0, |last| last.number) + 1;
    let file = events_name(number, format);
    let manifest = Manifest::of(core, (number, &file), (format, after), page, last)?;
    let bytes = manifest.bytes()?;
    folder.write(&file, &page.lines)?;
    folder.write(&manifest_name(number), &bytes)?;
    folder.note_sent(number, &bytes)?;
    Ok(manifest)
}

/// Writes the attachments that the events of a page name and that are here. Each file has its hash for a name, so one
/// that lies there is the same.
fn files_of(core: &Core, client: &ClientRecord, folder: &Folder, page: &FeedPage) -> Result<u64, OpError> {
    let mut written = 0;
    let notes: BTreeSet<DocumentId> = page.told.iter().map(|told| told.document).collect();
    for note in notes {
        for id in core.store.read(|tx| tx.named(note))? {
            if folder.has_attachment(id)? {
                continue;
            }
            let opened = match attachments::for_case_system(core, client, id, Some(note)) {
                Ok(opened) => opened,
                // It has not come yet, or the newest version does not name it any more.
                Err(attachments::Declined::Refused(Code::NotFound)) => continue,
                Err(attachments::Declined::Store(error)) => return Err(error.into()),
                Err(_) => return Err(Code::Internal.into()),
            };
            folder.write_attachment(&opened, |at| attachments::piece(core, &opened, at))?;
            written += 1;
        }
    }
    Ok(written)
}

/// After a restore: the server is told all that was put into the folder, and says where to go on.
fn reconcile(core: &Core, client: &ClientRecord, folder: &Folder) -> Result<String, OpError> {
    let mut next = None;
    for bytes in folder.all_sent()? {
        for lines in Manifest::read(&bytes?)?.events.chunks(1_000) {
            let lines: Vec<_> = lines.iter().map(Event::line).collect();
            let said = export::took(core, client, json!(lines).to_string().as_bytes())?;
            next = said["next"].as_str().map(str::to_owned);
        }
    }
    // A folder without anything in it has no cursor that could be of another epoch.
    Ok(next.ok_or(Code::EpochChanged)?)
}
