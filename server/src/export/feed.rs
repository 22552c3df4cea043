//! Reading the feed: events after a cursor, as the bytes that were written with them.

use notes::problem::Code;

use super::{cursor, event};
use crate::core::Core;
use crate::issues::Halt;
use crate::store::Tx;

/// Most events in one page.
const MAX_EVENTS: u32 = 1_000;
/// A page ends behind the event that brings it to this size, so that a thousand long notes do not
/// have to fit in memory.
const ENOUGH_BYTES: usize = 8 * 1024 * 1024;
/// Events read from the store at a time.
const STEP: u32 = 50;

/// One page of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// NDJSON: each event on a line of its own, each with a line feed.
    pub lines: Vec<u8>,
    /// Where to go on.
    pub next: String,
    /// How many events.
    pub events: usize,
}

/// Events after a cursor, from the beginning where there is none.
///
/// # Errors
/// [`Code::ParameterInvalid`] for a limit outside 1 to 1,000, [`Code::CursorUnknown`],
/// [`Code::EpochChanged`], [`Code::Internal`].
pub fn feed(core: &Core, after: Option<&str>, limit: u32) -> Result<FeedPage, Code> {
    if !(1..=MAX_EVENTS).contains(&limit) {
        return Err(Code::ParameterInvalid);
    }
    Ok(core.store.read(|tx| page(tx, after, limit, ENOUGH_BYTES))?)
}

pub(super) fn page(
    tx: &Tx<'_>,
    after: Option<&str>,
    limit: u32,
    enough_bytes: usize,
) -> Result<FeedPage, Halt> {
    let epoch = cursor::epoch(tx)?;
    let head = tx.outbox_next()?.saturating_sub(1);
    let mut last = match after {
        Some(text) => cursor::read(epoch, head, text)?,
        None => 0,
    };
    let mut page = FeedPage {
        lines: Vec::new(),
        next: String::new(),
        events: 0,
    };
    let mut left = limit;
    while left > 0 && page.lines.len() < enough_bytes {
        let events = tx.outbox_after(last, left.min(STEP))?;
        if events.is_empty() {
            break;
        }
        for event in events {
            if page.lines.len() >= enough_bytes {
                break;
            }
            // An event that was written before a restore still says a cursor of that time.
            let line = event::with_cursor(event.line, &cursor::write(epoch, event.n))?;
            page.lines.extend(line);
            page.lines.push(b'\n');
            page.events += 1;
            last = event.n;
            left = left.saturating_sub(1);
        }
    }
    page.next = cursor::write(epoch, last);
    Ok(page)
}
