//! What stands beside each file of events: what is in it, by counts and hashes, and where the server's log was.

use notes::problem::Code;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::core::Core;
use crate::export::{FeedPage, Format, Told};
use crate::hex::hex;
use crate::ops::OpError;
use crate::store::StoreError;

/// A manifest; its members are those of docs/http.md.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// 1, 2, …
    pub(super) number: u64,
    /// The file of events.
    file: String,
    /// Its media type.
    media_type: String,
    /// Which adapter and mapping made it; none for NDJSON.
    adapter: Option<String>,
    /// Its length.
    bytes: u64,
    /// Of its bytes.
    sha256: String,
    /// The cursor behind which its events stand; none at the beginning.
    pub(super) after: Option<String>,
    /// The cursor behind its last event.
    pub(super) next: String,
    /// Its events, in their order.
    pub(super) events: Vec<Event>,
    /// SHA-256 of the manifest before.
    previous: Option<String>,
    /// Where the server's log was: with this nobody can change unseen what was logged before.
    log: Head,
    /// RFC 3339.
    made_at: String,
}

/// An event of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are the feed's")]
pub(super) struct Event {
    event_id: String,
    note_id: String,
    version: u64,
    sha256: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Head {
    seq: u64,
    chain: String,
}

impl Event {
    fn of(told: &Told) -> Self {
        Self {
            event_id: told.event_id.clone(),
            note_id: told.document.to_string(),
            version: told.version,
            sha256: hex(&told.sha256),
        }
    }

    /// As the server takes it back after a restore.
    pub(super) fn line(&self) -> Value {
        json!(self)
    }
}

impl Manifest {
    pub(super) fn of(
        core: &Core,
        (number, file): (u64, &str),
        (format, after): (Format, Option<&str>),
        page: &FeedPage,
        last: Option<&Self>,
    ) -> Result<Self, OpError> {
        let head = core.store.read(|tx| tx.log_head())?;
        let previous = last.map(Self::bytes).transpose()?;
        Ok(Self {
            number,
            file: file.to_owned(),
            media_type: format.media_type().to_owned(),
            adapter: format.made_with(&core.mapping),
            bytes: page.lines.len() as u64,
            sha256: hex(&Sha256::digest(&page.lines)),
            after: after.map(str::to_owned),
            next: page.next.clone(),
            events: page.told.iter().map(Event::of).collect(),
            previous: previous.map(|bytes| hex(&Sha256::digest(bytes))),
            log: Head {
                seq: head.seq,
                chain: hex(&head.chain),
            },
            made_at: notes::note::plain::rfc3339(core.host.now_ms()),
        })
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, OpError> {
        let unreadable =
            "a manifest in the folder cannot be read; put back what was changed, or use another folder";
        serde_json::from_slice(bytes)
            .map_err(|_| OpError::Because(Code::MessageMalformed, unreadable.to_owned()))
    }

    pub(super) fn bytes(&self) -> Result<Vec<u8>, OpError> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|_| StoreError::Inconsistent("a manifest cannot be written"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
