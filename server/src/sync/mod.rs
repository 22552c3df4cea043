//! Sync: what a phone pushes is accepted (appended to the log, durable, answered), judged soon
//! after, and published; what was published is pulled by cursor. Takes values and returns values;
//! the time, chance and the transaction are passed in.

mod accept;
mod apart;
mod check;
mod cursor;
mod desk;
mod docket;
mod erase;
mod figures;
pub mod judge;
mod ledger;
mod merge;
mod moving;
mod past;
mod project;
mod pull;
mod record;
mod rows;
mod scratch;
mod small;
mod to_desk;
mod view;
mod watch;

#[cfg(test)]
mod tests;

use notes::problem::Code;
use notes::wire::{Fill, PROTOCOL, PROTOCOL_OLDEST, Request, Response, Verdict};

use crate::core::Core;
use crate::store::{DeviceRecord, Line, StoreError, Tx, WorkerRecord};
use accept::Place;
use cursor::{Cursor, Known};

pub use apart::judge_apart;
pub(crate) use desk::about;
pub use desk::desk_change;
pub use docket::{Memory, published};
pub use erase::{Removed, Why, cleared, erase, is_tombstone, uncleared};
pub(crate) use figures::{bit_of, counted_right};
pub use merge::merged;
pub use moving::{Because, move_note};
pub(crate) use moving::{entries, leave};
pub use project::{judge_guarded, project, sweep};
pub(crate) use record::{agrees, authors_of, named, read, said};
pub use record::{count_again, reproject};
pub(crate) use scratch::{said_then, would_say};
pub(crate) use view::may_read;
pub use view::{is_mine, may_see};
pub use watch::watched;

/// Who is at the door: proof that a device was recognised, with its standing of this moment.
#[derive(Debug, Clone)]
pub struct Pusher {
    /// The device.
    pub device: DeviceRecord,
    /// Whose it is.
    pub worker: WorkerRecord,
}

/// A device that was seen less than this ago is not written down again for nothing.
const SEEN_EVERY_MS: i64 = 60_000;

/// One request of a pass. What it pushes is on disk when this returns.
///
/// # Errors
/// `protocol_unsupported`, `message_malformed`, `actor_taken`, or `internal`; nothing was changed.
pub fn pass(core: &Core, who: &Pusher, request: Request) -> Result<Response, Code> {
    pass_within(core, who, request, pull::Portion::default())
}

/// The same over a live line: the answer is shorter, because the phone takes it in between two keys.
///
/// # Errors
/// As [`pass`].
pub fn pass_over_the_line(core: &Core, who: &Pusher, request: Request) -> Result<Response, Code> {
    pass_within(core, who, request, pull::Portion::OVER_THE_LINE)
}

/// The same with another size of answer.
fn pass_within(
    core: &Core,
    who: &Pusher,
    mut request: Request,
    portion: pull::Portion,
) -> Result<Response, Code> {
    if !(PROTOCOL_OLDEST..=PROTOCOL).contains(&request.protocol) {
        return Err(Code::ProtocolUnsupported);
    }
    check::bounds(&request)?;
    let pushes = check::pushes(std::mem::take(&mut request.pushes));
    let (known, epoch) = core
        .store
        .read(|tx| meet(tx, &request.cursor))
        .map_err(internal)?;
    let (verdicts, line) = write(core, who, &request, pushes, &known)?;
    let asked = Asked {
        pull: request.pull,
        fills: &request.fills,
    };
    let mut response = answer(core, who, &asked, (known, epoch, line), portion)?;
    response.verdicts = verdicts;
    Ok(response)
}

/// What a request that only pulls would get with this cursor. Nothing is written down: that something was
/// sent does not say that it arrived.
///
/// # Errors
/// `internal`; nothing was changed.
pub fn pull_only(core: &Core, who: &Pusher, cursor: &[u8]) -> Result<Response, Code> {
    let (known, epoch) = core.store.read(|tx| meet(tx, cursor)).map_err(internal)?;
    let asked = Asked {
        pull: true,
        fills: &[],
    };
    answer(
        core,
        who,
        &asked,
        (known, epoch, None),
        pull::Portion::OVER_THE_LINE,
    )
}

/// The reading part of a request.
struct Asked<'a> {
    pull: bool,
    fills: &'a [Fill],
}

fn answer(
    core: &Core,
    who: &Pusher,
    asked: &Asked<'_>,
    (known, epoch, line): (Known, [u8; 8], Option<Line>),
    portion: pull::Portion,
) -> Result<Response, Code> {
    let mut response = Response {
        protocol: PROTOCOL,
        server_at: core.host.now_ms(),
        ..Response::default()
    };
    let mut start = match known {
        Known::Unknown => {
            response.rewound = true;
            response.rows_anew = true;
            return Ok(response);
        }
        Known::Start => Cursor {
            epoch,
            team: who.worker.team.unwrap_or(0),
            ..Cursor::default()
        },
        Known::Here(cursor) => cursor,
    };
    let may_pull = asked.pull && who.device.revoked_at.is_none();
    core.store
        .read(|tx| {
            response.safe_seq = safe_seq(tx)?;
            let line = match line {
                Some(line) => line,
                // Who has pushed nothing has no line that could stand or not.
                None if start.line.id > 0 && tx.line_stands(who.device.id, start.line)? => start.line,
                None => Line::default(),
            };
            start.behind |= line.id != start.line.id;
            start.line = line;
            if may_pull {
                pull::pull(tx, who, start, asked.fills, portion, &mut response)?;
            } else {
                start.stamp(tx)?;
                response.cursor = start.to_bytes();
            }
            // A device that was revoked is told, too, what it must do.
            response.rows.extend(rows::standing_order(tx, who.device.id)?);
            Ok(())
        })
        .map_err(internal)?;
    Ok(response)
}

fn meet(tx: &Tx<'_>, cursor: &[u8]) -> Result<(Known, [u8; 8]), StoreError> {
    let epoch = cursor::epoch(tx)?;
    Ok((Cursor::read(tx, cursor, epoch)?, epoch))
}

/// The writing part of a request; left out where there is nothing to write.
fn write(
    core: &Core,
    who: &Pusher,
    request: &Request,
    pushes: Vec<check::CheckedPush>,
    known: &Known,
) -> Result<(Vec<Verdict>, Option<Line>), Code> {
    let now = core.host.now_ms();
    let (pulled, line) = match known {
        Known::Here(cursor) => (cursor.published, Some(cursor.line)),
        Known::Start => (0, Some(Line::default())),
        Known::Unknown => (0, None),
    };
    let known_actor = core
        .store
        .read(|tx| tx.actor_owner(request.actor))
        .map_err(internal)?;
    let offset = request.device_at.saturating_sub(now);
    let seen_lately = who.device.last_seen_at.is_some_and(|at| now - at < SEEN_EVERY_MS);
    let same = who.device.waiting == request.waiting
        && who.device.pulled_pub >= pulled
        && who.device.app == request.app
        && seen_lately;
    let told = request.to_desk.as_ref().is_some_and(to_desk::says_more);
    if pushes.is_empty() && request.readings.is_empty() && !told && same && known_actor == Some(who.device.id)
    {
        return Ok((Vec::new(), None));
    }
    let (host, who, request) = (core.host.clone(), who.clone(), request.clone());
    let written = core.store.write_grouped(move |tx| {
        if !accept::claim(tx, &who, request.actor, now)? {
            return Ok(None);
        }
        // What the device has ever seen counts, whatever cursor it shows today.
        let pulled_pub = pulled.max(who.device.pulled_pub);
        let device = who.device.id;
        let line = line.filter(|_| !pushes.is_empty());
        let line = line.map(|line| tx.line_goes_on(device, line)).transpose()?;
        let place = Place {
            line: line.map(|line| line.id),
            pulled_pub,
        };
        let verdicts = accept::accept(tx, &host, &who, pushes, place)?;
        accept::readings(tx, &who, &request.readings, now)?;
        to_desk::take(tx, &who, &request, now)?;
        tx.device_seen(device, now, (request.waiting, offset, pulled), &request.app)?;
        Ok(Some((verdicts, line)))
    });
    written.map_err(internal)?.ok_or(Code::ActorTaken)
}

fn safe_seq(tx: &Tx<'_>) -> Result<u64, StoreError> {
    let stored = tx.meta("safe_seq")?.unwrap_or_default();
    Ok(stored.try_into().map_or(0, u64::from_be_bytes))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn internal(error: StoreError) -> Code {
    tracing::error!(%error, "the store failed");
    error.code()
}
