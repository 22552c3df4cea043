//! Sending files, after the notes of a pass and never in their way: in parts, so that a cut costs one of them, from
//! the byte at which the server stands (tus 1.0.0). A file that the server does not take stays here with the reason,
//! and the next one goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::link::{Refusal, Stop, refusal};
use super::messages::sealed_ms;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, HttpResponse};
use crate::store::Db;
use crate::store::attachments::{self, Kept};
use crate::trouble::Trouble;

/// Parts that one pass sends: notes that are written meanwhile do not wait for all files.
const MOST_PARTS: u32 = 32;
/// A server that says that it has less than before is believed so often for one file.
const MOST_TURNS: u32 = 3;
/// How long until the server is asked again whether a backup has a file.
const ASK_AGAIN_MS: i64 = 24 * 3_600_000;

/// What became of one file in this pass.
enum Sent {
    /// The server has it whole.
    Whole,
    /// The pass has sent enough.
    Enough,
    /// The server does not take it.
    Refused(String),
}

/// Where the server stands with a file.
struct Place {
    arrived: u64,
    safe: bool,
}

type Said<T> = Result<Result<T, Stop>, Trouble>;

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// Sends what waits. Only a server that is out of reach, or that does not know this phone, stops it.
    pub(super) async fn send_files(&self) -> Result<Option<Stop>, Trouble> {
        let mut parts = MOST_PARTS;
        let waiting = self.book.with(|book| attachments::to_send(book.store.read()))?;
        for file in waiting {
            if !self.book.with(|book| book.is_wanted(&file))? {
                continue;
            }
            let now = self.book.with(|book| Ok(book.now()))?;
            match self.send_file(&file, &mut parts).await? {
                Ok(Sent::Whole) => self.write(|tx| attachments::whole(tx, file.nr, now, sealed_ms(tx)?))?,
                Ok(Sent::Enough) => return Ok(None),
                Ok(Sent::Refused(code)) => self.write(|tx| attachments::refuse(tx, file.nr, &code))?,
                Err(stop) => return Ok(Some(stop)),
            }
        }
        self.let_go_of_files().await
    }

    async fn send_file(&self, file: &Kept, parts: &mut u32) -> Said<Sent> {
        let mut turns = 0;
        let mut place = match self.stands(file).await? {
            Ok(place) => place,
            Err(stop) => return Ok(given_up(stop)),
        };
        while place.arrived < file.bytes {
            if *parts == 0 {
                return Ok(Ok(Sent::Enough));
            }
            *parts -= 1;
            let part = self
                .book
                .with(|book| attachments::part(book.store.read(), file.id, place.arrived))?;
            if part.is_empty() {
                return Err(Trouble::Damaged("an attachment"));
            }
            let next = match self.send_part(file, place.arrived, &part).await? {
                Ok(next) => next,
                Err(stop) => return Ok(given_up(stop)),
            };
            if next <= place.arrived {
                turns += 1;
                if turns >= MOST_TURNS {
                    return Ok(Err(Stop::not_understood()));
                }
            }
            place.arrived = next;
        }
        Ok(Ok(Sent::Whole))
    }

    /// Asks where an upload stands, or begins it.
    async fn stands(&self, file: &Kept) -> Said<Place> {
        if file.begun {
            let asked = self.tus("HEAD", &place_of(file), &[], &[]).await?;
            match asked.and_then(|response| read_place(&response)) {
                // An answer to HEAD has no body: beginning anew finds it again, or tells why not.
                Err(Stop::Refused(refused)) if (400..500).contains(&refused.status) => {}
                said => return Ok(said),
            }
        }
        let metadata = format!(
            "note {},media_type {}",
            STANDARD.encode(file.doc.to_string()),
            STANDARD.encode(&file.media_type)
        );
        let headers = [
            ("Upload-Length", file.bytes.to_string()),
            ("Upload-Metadata", metadata),
        ];
        let path = format!("/v1/attachments/{}", file.id);
        let begun = self.tus("POST", &path, &headers, &[]).await?;
        let place = match begun.and_then(|response| read_place(&response)) {
            Ok(place) => place,
            Err(stop) => return Ok(Err(stop)),
        };
        self.write(|tx| attachments::begun(tx, file.nr))?;
        Ok(Ok(place))
    }

    /// Sends one part; gives the byte at which the server stands now.
    async fn send_part(&self, file: &Kept, at: u64, part: &[u8]) -> Said<u64> {
        let headers = [
            ("Content-Type", "application/offset+octet-stream".to_owned()),
            ("Upload-Offset", at.to_string()),
        ];
        let response = match self.tus("PATCH", &place_of(file), &headers, part).await? {
            Ok(response) => response,
            Err(stop) => return Ok(Err(stop)),
        };
        let elsewhere = offset(&response).filter(|_| response.status == 409);
        Ok(match elsewhere {
            // A part that was believed lost has arrived after all.
            Some(arrived) => Ok(arrived),
            None => read_place(&response).map(|place| place.arrived),
        })
    }

    /// Lets go of files that are whole on the server and in a backup, once the safe period is over.
    async fn let_go_of_files(&self) -> Result<Option<Stop>, Trouble> {
        let (now, due) = self.book.with(|book| {
            let now = book.now();
            Ok((now, attachments::to_ask(book.store.read(), now)?))
        })?;
        for file in due {
            let asked = self.tus("HEAD", &place_of(&file), &[], &[]).await?;
            let place = asked.and_then(|response| read_place(&response));
            let later = now.saturating_add(ASK_AGAIN_MS);
            self.write(|tx| match &place {
                Ok(place) if place.arrived == file.bytes && place.safe => attachments::let_go(tx, &file),
                Ok(place) if place.arrived < file.bytes => attachments::send_again(tx, file.nr),
                _ => attachments::ask_later(tx, file.nr, later),
            })?;
            if let Err(stop @ (Stop::Offline | Stop::Clock(_))) = place {
                return Ok(Some(stop));
            }
        }
        Ok(None)
    }

    async fn tus(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Said<HttpResponse> {
        let version = ("Tus-Resumable", "1.0.0".to_owned());
        let headers = [&[version], headers].concat();
        self.authorized(method, path, &headers, body).await
    }

    fn write(&self, f: impl FnOnce(&Db) -> Result<(), Trouble>) -> Result<(), Trouble> {
        self.book.with(|book| book.store.write(|tx| f(tx)))
    }
}

impl Notebook {
    /// Whether a file is still to be sent: a person may have decided against the part of the note that named it.
    fn is_wanted(&mut self, file: &Kept) -> Result<bool, Trouble> {
        let named = match self.names(file.doc, file.id) {
            Err(Trouble::Unreadable) => true,
            named => named?,
        };
        if !named {
            self.store.write(|tx| attachments::set_aside(tx, file.nr))?;
        }
        Ok(named)
    }
}

fn place_of(file: &Kept) -> String {
    format!("/v1/attachments/{}?note={}", file.id, file.doc)
}

fn offset(response: &HttpResponse) -> Option<u64> {
    response.header("upload-offset")?.trim().parse().ok()
}

fn read_place(response: &HttpResponse) -> Result<Place, Stop> {
    if !matches!(response.status, 200 | 201 | 204) {
        return Err(refusal(response));
    }
    let arrived = offset(response).ok_or_else(Stop::not_understood)?;
    Ok(Place {
        arrived,
        safe: response.header("doorstep-safe") == Some("1"),
    })
}

/// A refusal is the file's alone; only what concerns the phone as a whole ends the pass.
fn given_up(stop: Stop) -> Result<Sent, Stop> {
    match stop {
        Stop::Refused(Refusal { status, code, .. }) if (400..500).contains(&status) && status != 401 => {
            Ok(Sent::Refused(code))
        }
        other => Err(other),
    }
}
