//! Taking a file in: begin, append at the byte where it stands, and compare with the hash at the end. Every step can
//! be repeated, and what arrived before a cut stays.

use notes::attachment::{self, AttachmentId, Look};
use notes::problem::Code;
use sha2::{Digest as _, Sha256};

use super::{Declined, Limits, arrive, rights};
use crate::core::Core;
use crate::store::{AttachmentRecord, StoreError, Tx, Upload, UploadKey};
use crate::sync::Pusher;

/// Most files of one device that are under way at once.
const MOST_UNDERWAY: u64 = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// What a device says of a file before it sends it.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its media type.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
}

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// So many bytes are here.
    pub arrived: u64,
    /// Of so many. Equal to `arrived` only for a file that was compared with its hash.
    pub bytes: u64,
    /// Whether a backup has the whole file.
    pub safe: bool,
}

/// Begins an upload, or finds the one that is under way, or the file that is whole already.
///
/// # Errors
/// `not_found`, `attachment_unnamed`, `attachment_type`, `attachment_too_large`, `attachment_quota`.
pub fn begin(core: &Core, who: &Pusher, key: UploadKey, begun: &Begun) -> Result<Place, Declined> {
    let now = core.host.now_ms();
    let stands: Result<Place, Declined> = core.store.write(|tx| {
        rights::may_send(tx, who, key)?;
        if rights::whole(tx, who, key)?.is_none() && rights::reads_elsewhere(tx, who, key)? {
            arrive::held(tx, &core.host, key)?;
        }
        if let Some(place) = stands(tx, who, key)? {
            let same = tx
                .upload(key)?
                .is_none_or(|u| u.bytes == begun.bytes && u.media_type == begun.media_type);
            if same {
                return Ok(place);
            }
        }
        within(tx, &core.attachments, key, begun)?;
        tx.upload_begin(key, &begun.media_type, begun.bytes, now)?;
        Ok(Place {
            arrived: 0,
            bytes: begun.bytes,
            safe: false,
        })
    });
    match stands? {
        // The process may have died between the last byte and the comparison.
        full if full.arrived == full.bytes => place(core, who, key),
        stands => Ok(stands),
    }
}

/// Whether there is room for another file.
fn within(tx: &Tx<'_>, limits: &Limits, key: UploadKey, begun: &Begun) -> Result<(), Declined> {
    if attachment::known(&begun.media_type).is_none() {
        return Err(Code::AttachmentType.into());
    }
    if begun.bytes == 0 || begun.bytes > limits.file_bytes {
        return Err(Code::AttachmentTooLarge.into());
    }
    let mut underway = tx.uploads_of(key.device)?;
    if let Some(before) = tx.upload(key)? {
        underway.files -= 1;
        underway.bytes -= before.bytes;
    }
    if underway.files >= MOST_UNDERWAY || underway.bytes + begun.bytes > limits.underway_bytes {
        return Err(Code::AttachmentQuota.into());
    }
    Ok(())
}

/// Where an upload stands. One that has all its bytes is compared with its hash first.
///
/// # Errors
/// `not_found`, and those of [`finish`].
pub fn place(core: &Core, who: &Pusher, key: UploadKey) -> Result<Place, Declined> {
    let ask = || {
        core.store.read(|tx| {
            let place = stands(tx, who, key)?;
            Ok::<_, StoreError>(place.map(|place| (place, tx.upload(key))))
        })
    };
    let (place, upload) = ask()?.ok_or(Code::NotFound)?;
    match upload? {
        Some(upload) if upload.arrived == upload.bytes => finish(core, who, key),
        _ => Ok(place),
    }
}

/// The file that is whole, else the upload.
fn stands(tx: &Tx<'_>, who: &Pusher, key: UploadKey) -> Result<Option<Place>, StoreError> {
    if let Some(holding) = rights::whole(tx, who, key)? {
        let file = tx
            .attachment(key.id)?
            .ok_or(StoreError::Inconsistent("a held file is not there"))?;
        let safe = tx.meta("safe_holding")?.unwrap_or_default();
        let safe = safe.try_into().map_or(0, u64::from_be_bytes);
        return Ok(Some(Place {
            arrived: file.bytes,
            bytes: file.bytes,
            safe: holding.n <= safe,
        }));
    }
    Ok(tx.upload(key)?.map(|upload| Place {
        arrived: upload.arrived,
        bytes: upload.bytes,
        safe: false,
    }))
}

/// Appends bytes at a place; they are on disk when this returns. Gives how many are here now.
///
/// # Errors
/// `not_found`; [`Declined::Elsewhere`] where the upload goes on at another byte; `attachment_too_large` for bytes
/// behind the end; [`Declined::Enough`] for too many on one day.
pub fn append(core: &Core, who: &Pusher, key: UploadKey, at: u64, data: Vec<u8>) -> Result<u64, Declined> {
    let (host, who, day_bytes) = (core.host.clone(), who.clone(), core.attachments.day_bytes);
    let now = host.now_ms();
    let written = core.store.write_grouped(move |tx| {
        let Some(upload) = tx.upload(key)? else {
            // What is whole takes no more bytes; it goes on at its end.
            let whole = stands(tx, &who, key)?;
            return Ok(Err(whole.map_or(Declined::Refused(Code::NotFound), |p| {
                Declined::Elsewhere(p.arrived)
            })));
        };
        if upload.arrived != at {
            return Ok(Err(Declined::Elsewhere(upload.arrived)));
        }
        let length = data.len() as u64;
        if length > upload.bytes - upload.arrived {
            return Ok(Err(Declined::Refused(Code::AttachmentTooLarge)));
        }
        if length > 0 {
            if tx.uploaded_on_day(key.device, now)?.saturating_add(length) > day_bytes {
                let left_ms = DAY_MS - now.rem_euclid(DAY_MS);
                return Ok(Err(Declined::Enough(left_ms.unsigned_abs().div_ceil(1000))));
            }
            tx.upload_append(&upload, &data, now)?;
        }
        Ok(Ok(at + length))
    });
    written?
}

/// Compares an upload that has all its bytes with its hash and its media type. What is right becomes a file, held for
/// its note; what is wrong is thrown away. One that has not all its bytes yet stays as it is.
///
/// # Errors
/// `attachment_mismatch`: the upload begins anew; `attachment_type`: it is gone; `not_found`.
pub fn finish(core: &Core, who: &Pusher, key: UploadKey) -> Result<Place, Declined> {
    let upload = core.store.read(|tx| tx.upload(key))?;
    if let Some(upload) = upload.filter(|upload| upload.arrived == upload.bytes) {
        // All is here and nothing can be appended, so it can be read without keeping writers waiting.
        let verdict = core.store.read(|tx| compared(tx, &upload))?;
        core.store.write(|tx| conclude(tx, core, &upload, verdict))?;
        if let Err(code) = verdict {
            return Err(code.into());
        }
    }
    core.store
        .read(|tx| stands(tx, who, key))?
        .ok_or_else(|| Code::NotFound.into())
}

/// Whether the bytes are those of the hash, and of the kind that was said.
fn compared(tx: &Tx<'_>, upload: &Upload) -> Result<Result<(), Code>, StoreError> {
    let (mut hasher, mut look, mut at) = (Sha256::new(), Look::default(), 0);
    while let Some((begin, data)) = tx.piece_at(upload.n, at)? {
        hasher.update(&data);
        look.feed(&data);
        at = begin + data.len() as u64;
    }
    if AttachmentId(hasher.finalize().into()) != upload.key.id {
        return Ok(Err(Code::AttachmentMismatch));
    }
    let fits = attachment::known(&upload.media_type).is_some_and(|media| look.is(media));
    Ok(if fits { Ok(()) } else { Err(Code::AttachmentType) })
}

fn conclude(tx: &Tx<'_>, core: &Core, upload: &Upload, verdict: Result<(), Code>) -> Result<(), StoreError> {
    // Another request may have come to the end first.
    if tx.upload(upload.key)?.as_ref() != Some(upload) {
        return Ok(());
    }
    let now = core.host.now_ms();
    match verdict {
        Err(Code::AttachmentMismatch) => tx.upload_restart(upload.n, now),
        Err(_) => tx.upload_drop(upload.n),
        Ok(()) => {
            if tx.attachment(upload.key.id)?.is_some() {
                tx.upload_drop(upload.n)?;
            } else {
                tx.upload_end(upload.n)?;
                tx.attachment_put(&AttachmentRecord {
                    id: upload.key.id,
                    body: upload.n,
                    media_type: upload.media_type.clone(),
                    bytes: upload.bytes,
                    stored_at: now,
                })?;
            }
            arrive::held(tx, &core.host, upload.key)
        }
    }
}
