//! Reading the feed: events after a cursor, as the bytes that were written with them, or in another format made of them.

use notes::ids::DocumentId;
use notes::problem::Code;

use super::format::{Format, Mapping};
use super::{cursor, event};
use crate::core::Core;
use crate::issues::Halt;
use crate::store::Tx;

/// Most events in one page.
const MAX_EVENTS: u32 = 1_000;
/// A page ends behind the event that brings it to this size, so that a thousand long notes do not
/// have to fit in memory.
const ENOUGH_BYTES: usize = 4 * 1024 * 1024;
/// Events read from the store at a time.
const STEP: u32 = 25;

/// What a reader asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// A cursor; none is the beginning.
    pub after: Option<&'a str>,
    /// Most events, 1 to 1,000.
    pub limit: u32,
    /// As what.
    pub format: Format,
}

/// One page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// NDJSON: each event on a line of its own, each with a line feed. CSV: a header line and a row for each event,
    /// and nothing at all where there is none.
    pub lines: Vec<u8>,
    /// Where to go on.
    pub next: String,
    /// How many events.
    pub events: usize,
    /// Which.
    pub told: Vec<Told>,
}

/// An event of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub event_id: String,
    /// The note.
    pub document: DocumentId,
    /// The version.
    pub version: u64,
    /// Its hash.
    pub sha256: [u8; 32],
}

/// Events after a cursor.
///
/// # Errors
/// [`Code::ParameterInvalid`] for a limit outside 1 to 1,000, [`Code::CursorUnknown`],
/// [`Code::EpochChanged`], [`Code::Internal`].
pub fn feed(core: &Core, asked: Asked<'_>) -> Result<FeedPage, Code> {
    if !(1..=MAX_EVENTS).contains(&asked.limit) {
        return Err(Code::ParameterInvalid);
    }
    let making = Making {
        mapping: &core.mapping,
        enough_bytes: ENOUGH_BYTES,
        between: &|| core.courtesy.give_way(),
    };
    Ok(core.store.read(|tx| page(tx, &making, asked))?)
}

/// How a page is made.
pub(super) struct Making<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) enough_bytes: usize,
    /// Called before each step.
    pub(super) between: &'a dyn Fn(),
}

pub(super) fn page(tx: &Tx<'_>, making: &Making<'_>, asked: Asked<'_>) -> Result<FeedPage, Halt> {
    let enough_bytes = making.enough_bytes;
    let epoch = cursor::epoch(tx)?;
    let head = tx.outbox_next()?.saturating_sub(1);
    let mut last = match asked.after {
        Some(text) => cursor::read(epoch, head, text)?,
        None => 0,
    };
    let mut page = FeedPage {
        lines: Vec::new(),
        next: String::new(),
        events: 0,
        told: Vec::new(),
    };
    let mut left = asked.limit;
    while left > 0 && page.lines.len() < enough_bytes {
        (making.between)();
        let events = tx.outbox_after(last, left.min(STEP))?;
        if events.is_empty() {
            break;
        }
        for event in events {
            if page.lines.len() >= enough_bytes {
                break;
            }
            if page.events == 0 {
                page.lines = asked.format.head();
            }
            // An event that was written before a restore still says a cursor of that time.
            let line = event::with_cursor(event.line, &cursor::write(epoch, event.n))?;
            asked.format.write(making.mapping, line, &mut page.lines)?;
            page.events += 1;
            page.told.push(Told {
                event_id: event.event_id,
                document: event.document,
                version: event.version,
                sha256: event.sha256,
            });
            last = event.n;
            left = left.saturating_sub(1);
        }
    }
    page.next = cursor::write(epoch, last);
    Ok(page)
}
