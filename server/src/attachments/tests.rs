//! Stories of files: who may send one, what stands of it after a cut, who may read it, and who hears of it.

mod limits;
mod news;
mod seen;

use notes::attachment::AttachmentId;
use notes::ids::{DeviceId, DocumentId};
use notes::problem::Code;
use serde_json::Value;

use super::{Begun, Declined, Place, append, begin, finish};
use crate::export::tests::town::{Copy, MARGARET, Phone, Town};
use crate::store::{UploadKey, WorkerRecord};
use crate::sync::Pusher;

pub(crate) const DAY_MS: i64 = 24 * 3_600_000;

/// A photograph, as far as its first bytes go.
pub(crate) fn photo(what: &str) -> Vec<u8> {
    [b"\xff\xd8\xff\xe0", what.as_bytes()].concat()
}

pub(crate) fn who(town: &Town, device: DeviceId) -> Pusher {
    town.read(|tx| {
        let device = tx.device(device)?.unwrap();
        let worker = tx.worker(&device.worker)?.unwrap();
        Ok(Pusher { device, worker })
    })
}

/// A phone of a worker of another team, who sees nobody of this one.
pub(crate) fn stranger(town: &Town) -> Phone {
    let put = town.core.store.write(|tx| {
        let team = tx.team_named("South")?;
        tx.worker_put(&WorkerRecord {
            id: "W9".into(),
            name: "Sol Reyes".into(),
            email: None,
            role: "practitioner".into(),
            team: Some(team),
            profession: None,
        })
    });
    put.map_err(|error: crate::store::StoreError| error).unwrap();
    town.phone("W9", 9)
}

/// Writes into a note that a photograph goes with it.
pub(crate) fn name(phone: Phone, note: &mut Copy, bytes: &[u8]) {
    let entry = format!(r#"{{"media_type":"image/jpeg","bytes":{}}}"#, bytes.len());
    phone.set(note, &format!("attachments.{}", AttachmentId::of(bytes)), &entry);
}

/// Kofi's note about Margaret with a photograph that was named and not sent, published.
pub(crate) fn noted(town: &Town, phone: Phone, number: u8, bytes: &[u8]) -> Copy {
    let mut note = phone.begin(number, MARGARET);
    name(phone, &mut note, bytes);
    phone.publish(town, &mut note, Some(MARGARET));
    note
}

pub(crate) fn key(phone: Phone, note: DocumentId, bytes: &[u8]) -> UploadKey {
    UploadKey {
        device: phone.id,
        id: AttachmentId::of(bytes),
        document: note,
    }
}

pub(crate) fn starts(town: &Town, phone: Phone, note: DocumentId, bytes: &[u8]) -> Result<Place, Declined> {
    let begun = Begun {
        media_type: "image/jpeg".into(),
        bytes: bytes.len() as u64,
    };
    begin(&town.core, &who(town, phone.id), key(phone, note, bytes), &begun)
}

/// Sends a file from where the server stands, in parts of so many bytes; the answer to the last part.
pub(crate) fn sends(
    town: &Town,
    phone: Phone,
    note: DocumentId,
    bytes: &[u8],
    part: usize,
) -> Result<Place, Declined> {
    let (who, key) = (who(town, phone.id), key(phone, note, bytes));
    let mut at = starts(town, phone, note, bytes)?.arrived;
    while at < bytes.len() as u64 {
        let from = usize::try_from(at).unwrap();
        let piece = &bytes[from..(from + part).min(bytes.len())];
        at = append(&town.core, &who, key, at, piece.to_vec())?;
    }
    finish(&town.core, &who, key)
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "an answer is looked at once")]
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, Declined>, code: Code, what: &str) {
    assert!(
        matches!(&answer, Err(Declined::Refused(said)) if *said == code),
        "{what}: {answer:?}"
    );
}

/// The attachments of the newest event.
pub(crate) fn newest(town: &Town) -> Value {
    town.events().pop().unwrap()["attachments"].clone()
}
