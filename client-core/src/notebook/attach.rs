//! Attaching files, and looking at them. The bytes and the edit that names them are one transaction, so a kill leaves
//! both or neither. Sending them is `upload.rs`.

use notes::attachment::{self, AttachmentId, MAX_BYTES};
use notes::ids::DocumentId;
use notes::note::edit::Scalar;
use notes::note::{Edit, Plain, Template};
use serde::{Deserialize, Serialize};

use super::edits::CLOSED;
use super::link::{Ended, Stop, refusal};
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, Transport};
use crate::store::{Db, attachments};
use crate::trouble::Trouble;

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub enum Bytes {
    /// Only here: the server does not have them whole yet.
    OnPhone,
    /// The server has them whole, and they are still here too.
    OnBoth,
    /// Not here: the server is asked for them. A colleague's may still be on the colleague's phone.
    OnServer,
}

/// A file that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Its bytes, compared with its hash.
    Here(Vec<u8>),
    /// They are not on this phone, and the server did not give them.
    Not(Ended),
}

impl Notebook {
    /// Attaches a file to a note, and gives its SHA-256 in hexadecimal. What kind of file it is, is told from its
    /// bytes. The file is on this phone, encrypted, when this returns.
    ///
    /// To a finished note no file is added. One that the note names already can be given again, where the phone that
    /// had it is lost.
    ///
    /// # Errors
    /// A kind of file that is not taken, an empty or a too large one, a finished note, a person's page.
    pub fn attach(
        &mut self,
        note: DocumentId,
        bytes: &[u8],
        caption: Option<&str>,
    ) -> Result<AttachmentId, Trouble> {
        self.settle_all()?;
        let media = kind_of(bytes)?;
        let row = self.writable(note)?;
        if row.template != Template::Note {
            return Err(Trouble::NotAllowed(
                "a person's page takes no files; attach it to a note",
            ));
        }
        let finished = row.face.finished_at.is_some();
        let id = AttachmentId::of(bytes);
        let caption = caption.map(str::trim).filter(|caption| !caption.is_empty());
        let edits = match (self.names(note, id)?, caption) {
            (false, _) if finished => return Err(CLOSED),
            (false, caption) => naming(id, media.media_type, bytes.len() as u64, caption),
            (true, Some(caption)) if !finished => {
                vec![put(id, "caption", Scalar::Text(caption.to_owned()))]
            }
            (true, _) => Vec::new(),
        };
        let keep = |conn: &Db| attachments::keep(conn, note, id, media.media_type, bytes);
        if edits.is_empty() {
            self.store.write(|tx| keep(tx))?;
        } else {
            self.change_with(note, &edits, &keep)?;
        }
        Ok(id)
    }

    /// The bytes of an attachment of a note, from this phone or from the server, on a transport that waits in place.
    /// It counts as a reading.
    ///
    /// # Errors
    /// No such note here, or one that does not name the file.
    pub fn attachment(
        &mut self,
        transport: &mut dyn Transport,
        note: DocumentId,
        id: AttachmentId,
    ) -> Result<Fetched, Trouble> {
        alone!(self, transport, |talk| talk.attachment(note, id))
    }

    /// The bytes of an attachment of a note where they are on this phone.
    fn attachment_here(&mut self, note: DocumentId, id: AttachmentId) -> Result<Option<Vec<u8>>, Trouble> {
        self.settle_all()?;
        self.me()?;
        self.in_view(note)?;
        if !self.names(note, id)? {
            return Err(Trouble::NoAttachment);
        }
        if !attachments::has_bytes(self.store.read(), id)? {
            return Ok(None);
        }
        self.note_readings([note], false)?;
        self.bytes_here(id).map(Some)
    }

    fn bytes_here(&self, id: AttachmentId) -> Result<Vec<u8>, Trouble> {
        let mut bytes = Vec::new();
        loop {
            let part = attachments::part(self.store.read(), id, bytes.len() as u64)?;
            if part.is_empty() {
                break;
            }
            bytes.extend(part);
        }
        if AttachmentId::of(&bytes) == id {
            Ok(bytes)
        } else {
            Err(Trouble::Damaged("an attachment"))
        }
    }

    /// Whether a note names a file, as it stands here.
    pub(super) fn names(&mut self, note: DocumentId, id: AttachmentId) -> Result<bool, Trouble> {
        let open = self.opened(note)?;
        let plain = Plain::read(&open.doc, open.row.template)?;
        let named = plain.entries.get("attachments");
        Ok(named.is_some_and(|named| named.contains_key(&id.to_string())))
    }

    /// Where the bytes of a note's file are, and in words what the server says against it.
    pub(super) fn bytes_of(
        &self,
        note: DocumentId,
        id: AttachmentId,
    ) -> Result<(Bytes, Option<String>), Trouble> {
        let kept = attachments::find(self.store.read(), note, id)?;
        Ok(match kept {
            Some(kept) if !kept.whole => (Bytes::OnPhone, kept.code),
            Some(_) => (Bytes::OnBoth, None),
            None => (Bytes::OnServer, None),
        })
    }
}

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// The bytes of an attachment of a note, from this phone or from the server. It counts as a reading.
    ///
    /// # Errors
    /// No such note here, or one that does not name the file.
    pub async fn attachment(&self, note: DocumentId, id: AttachmentId) -> Result<Fetched, Trouble> {
        if let Some(bytes) = self.book.with(|book| book.attachment_here(note, id))? {
            return Ok(Fetched::Here(bytes));
        }
        let path = format!("/v1/attachments/{id}?note={note}");
        let response = match self.authorized("GET", &path, &[], &[]).await? {
            Ok(response) => response,
            Err(stop) => return Ok(Fetched::Not(stop.into())),
        };
        Ok(match response.status {
            200 if AttachmentId::of(&response.body) == id => Fetched::Here(response.body),
            200 => Fetched::Not(Stop::not_understood().into()),
            _ => Fetched::Not(refusal(&response).into()),
        })
    }
}

fn kind_of(bytes: &[u8]) -> Result<&'static attachment::Media, Trouble> {
    if bytes.is_empty() {
        return Err(Trouble::NotAllowed("the file is empty"));
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Trouble::NotAllowed(
            "the file is larger than 25 MB: attach a smaller one, or a part of it",
        ));
    }
    attachment::sniff(bytes).ok_or(Trouble::NotAllowed(
        "files of this kind are not taken: attach a photograph, a sound recording, a PDF or plain text",
    ))
}

fn naming(id: AttachmentId, media_type: &str, bytes: u64, caption: Option<&str>) -> Vec<Edit> {
    let mut edits = vec![
        put(id, "media_type", Scalar::Text(media_type.to_owned())),
        put(id, "bytes", Scalar::Count(bytes)),
    ];
    edits.extend(caption.map(|caption| put(id, "caption", Scalar::Text(caption.to_owned()))));
    edits
}

fn put(id: AttachmentId, slot: &str, value: Scalar) -> Edit {
    Edit::Put {
        path: format!("attachments.{id}.{slot}"),
        value: Some(value),
    }
}
