//! Pulling: what a phone lacks, found by index on the people and notes in its view, never by
//! filtering the log for each phone. A phone with nothing new costs two reads.

use std::collections::BTreeMap;

use notes::ids::DocumentId;
use notes::wire::{Closed, Fill, FillAnswer, Pull, RESPONSE_TARGET_BYTES, Response, Row, Subject};

use super::Pusher;
use super::cursor::Cursor;
use super::{rows, view};
use crate::store::{Audience, EntryState, News, NewsKind, Published, StoreError, Tx};

/// How much one answer may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portion {
    /// About so many bytes before compression; one piece always fits.
    pub(super) bytes: usize,
    /// So many numbers of one person's, one note's or one audience's are looked at.
    pub(super) numbers: usize,
}

impl Portion {
    /// What goes over a live line.
    pub(super) const OVER_THE_LINE: Self = Self {
        bytes: 64 * 1024,
        numbers: 2_000,
    };
}

impl Default for Portion {
    fn default() -> Self {
        Self {
            bytes: RESPONSE_TARGET_BYTES,
            numbers: 2_000,
        }
    }
}

/// Fills the pulled part of a response.
pub(super) fn pull(
    tx: &Tx<'_>,
    who: &Pusher,
    start: Cursor,
    fills: &[Fill],
    portion: Portion,
    response: &mut Response,
) -> Result<(), StoreError> {
    let mut budget = Budget { used: 0, portion };
    let mut cursor = start;
    let team = who.worker.team.unwrap_or(0);
    if cursor.team != team {
        // Another team means other people: the rows begin anew.
        response.rows_anew = cursor.news > 0;
        cursor.news = 0;
        cursor.team = team;
    }
    news(tx, who, &mut cursor, &mut budget, response)?;
    published(tx, who, &mut cursor, &mut budget, response)?;
    for fill in fills {
        // What has no room any more is asked for again; half an answer would lead in circles.
        let Some(answer) = answer_fill(tx, who, fill, &mut budget, &mut response.rows)? else {
            response.more = true;
            break;
        };
        response.fills.push(answer);
    }
    cursor.stamp(tx)?;
    response.cursor = cursor.to_bytes();
    Ok(())
}

/// How much of an answer is used up.
struct Budget {
    used: usize,
    portion: Portion,
}

impl Budget {
    /// Takes room; the first piece always fits, so that there is progress.
    fn take(&mut self, bytes: usize) -> bool {
        let fits = self.used == 0 || self.used + bytes <= self.portion.bytes;
        if fits {
            self.used += bytes.max(1);
        }
        fits
    }
}

/// Joins several ordered lists of numbers. Where a list was cut at its limit, nothing beyond its
/// end may be given yet. The flag says whether all was seen.
fn merge(lists: Vec<Vec<u64>>, most: usize) -> (Vec<u64>, bool) {
    let ends = lists.iter().filter(|l| l.len() >= most).filter_map(|l| l.last());
    let cut = ends.min().copied();
    let all = lists
        .into_iter()
        .flatten()
        .filter(|n| cut.is_none_or(|cut| *n <= cut));
    let mut all: Vec<u64> = all.collect();
    all.sort_unstable();
    all.dedup();
    (all, cut.is_none())
}

fn news(
    tx: &Tx<'_>,
    who: &Pusher,
    cursor: &mut Cursor,
    budget: &mut Budget,
    response: &mut Response,
) -> Result<(), StoreError> {
    let head = tx.news_head()?;
    if cursor.news == head {
        return Ok(());
    }
    let team = who.worker.team.map(Audience::Team);
    let mut audiences = vec![
        Audience::All,
        Audience::Worker(&who.worker.id),
        Audience::Device(who.device.id),
    ];
    audiences.extend(team);
    audiences.extend(tx.caseload(&who.worker.id)?.into_iter().map(Audience::Person));
    let most = budget.portion.numbers;
    let mut all = Vec::new();
    let mut cut: Option<u64> = None;
    for audience in audiences {
        let some = tx.news_for(audience, cursor.news, u32::try_from(most).unwrap_or(u32::MAX))?;
        if let Some(last) = some.last().filter(|_| some.len() >= most) {
            cut = Some(cut.map_or(last.n, |cut| cut.min(last.n)));
        }
        all.extend(some);
    }
    all.retain(|n| cut.is_none_or(|cut| n.n <= cut));
    all.sort_unstable_by_key(|n| n.n);
    for news in all {
        let rows = rows::compose(tx, who, &news)?;
        if !budget.take(rows.iter().map(|r| r.body.len() + 16).sum()) {
            response.more = true;
            return Ok(());
        }
        cursor.news = news.n;
        response.rows.extend(rows);
    }
    match cut {
        Some(_) => response.more = true,
        None => cursor.news = head,
    }
    Ok(())
}

fn published(
    tx: &Tx<'_>,
    who: &Pusher,
    cursor: &mut Cursor,
    budget: &mut Budget,
    response: &mut Response,
) -> Result<(), StoreError> {
    let head = tx.published_head()?;
    if cursor.published == head {
        cursor.behind &= cursor.line.id == 0;
        return Ok(());
    }
    let (device, most) = (who.device.id, budget.portion.numbers);
    // A phone has its own words. Of an install that has no line it is not known what it has.
    let own = (cursor.line.id > 0).then_some(cursor.line.id);
    let mut lists = vec![tx.numbers_in_mail(device, cursor.published, own, most)?];
    if own.is_none() || cursor.behind {
        for document in tx.followed_by(device)? {
            lists.push(tx.numbers_of(document, cursor.published, most)?);
        }
    }
    for person in tx.caseload(&who.worker.id)? {
        lists.push(tx.numbers_about(person, cursor.published, own, most)?);
    }
    let (numbers, all) = merge(lists, most);
    let mut parcel = Parcel::default();
    for number in numbers {
        let Some(chunk) = tx.published(number)? else {
            continue;
        };
        if !may_pull(tx, who, &chunk)? {
            cursor.published = number;
            continue;
        }
        if !budget.take(chunk.chunk.len() + 48) {
            response.more = true;
            return deliver(tx, who, parcel, response);
        }
        cursor.published = number;
        parcel.add(chunk);
    }
    if all {
        cursor.published = head;
        cursor.behind = own.is_none();
    } else {
        response.more = true;
    }
    deliver(tx, who, parcel, response)
}

/// What is new of a document brings the orders for it too: it may not have been there to be read before.
fn deliver(tx: &Tx<'_>, who: &Pusher, parcel: Parcel, response: &mut Response) -> Result<(), StoreError> {
    for document in parcel.places.keys() {
        order(tx, who, &mut response.rows, *document)?;
    }
    response.pulls = parcel.pulls;
    Ok(())
}

/// What was published once may have left the phone's view since, and a note may have come to
/// another person: whom it is about now decides.
fn may_pull(tx: &Tx<'_>, who: &Pusher, chunk: &Published) -> Result<bool, StoreError> {
    let person = tx.document_person(chunk.document)?;
    view::may_read(tx, &who.worker, who.device.id, chunk.document, person)
}

/// Chunks gathered by document, in order of first appearance.
#[derive(Default)]
struct Parcel {
    pulls: Vec<Pull>,
    places: BTreeMap<DocumentId, usize>,
}

impl Parcel {
    fn add(&mut self, chunk: Published) {
        let place = *self.places.entry(chunk.document).or_insert_with(|| {
            self.pulls.push(Pull {
                document: chunk.document,
                template: chunk.template,
                person: chunk.person,
                chunks: Vec::new(),
            });
            self.pulls.len() - 1
        });
        if let Some(pull) = self.pulls.get_mut(place) {
            pull.person = chunk.person.or(pull.person);
            pull.chunks.push(chunk.chunk.into());
        }
    }
}

/// Says whether something that this device sent for a document is not judged yet. A phone that took the
/// history without it for all there is would write it a second time.
fn not_yet(tx: &Tx<'_>, who: &Pusher, fill: &Fill) -> Result<Option<Closed>, StoreError> {
    let Subject::Document(id) = fill.subject else {
        return Ok(None);
    };
    let pending = tx.log_of(id, &[EntryState::Pending])?;
    let own = pending
        .iter()
        .any(|entry| entry.entry.device == Some(who.device.id));
    Ok(own.then_some(Closed::NotYet))
}

fn answer_fill(
    tx: &Tx<'_>,
    who: &Pusher,
    fill: &Fill,
    budget: &mut Budget,
    rows: &mut Vec<Row>,
) -> Result<Option<FillAnswer>, StoreError> {
    let most = budget.portion.numbers;
    let mut answer = FillAnswer {
        subject: fill.subject,
        pulls: Vec::new(),
        next: None,
        closed: Some(Closed::NotYours),
    };
    let numbers = match fill.subject {
        Subject::Person(id) => {
            if !tx.person(id)?.is_some_and(|p| view::is_mine(&who.worker, &p)) {
                return Ok(Some(answer));
            }
            if fill.after == 0 {
                for news in tx.news_for(Audience::Person(id), 0, u32::MAX)? {
                    rows.extend(rows::compose(tx, who, &news)?);
                }
            }
            tx.numbers_about(id, fill.after, None, most)?
        }
        Subject::Document(id) => {
            if !view::may_read(tx, &who.worker, who.device.id, id, tx.document_person(id)?)? {
                return Ok(Some(answer));
            }
            if fill.after == 0 {
                told_of(tx, who, id, rows)?;
                order(tx, who, rows, id)?;
            }
            tx.numbers_of(id, fill.after, most)?
        }
    };
    let full = numbers.len() >= most;
    let mut parcel = Parcel::default();
    let mut last = fill.after;
    for number in numbers {
        let Some(chunk) = tx.published(number)? else {
            continue;
        };
        // Published for this person once, and about another by now.
        let moved = match fill.subject {
            Subject::Person(id) => tx.document_person(chunk.document)? != Some(id),
            Subject::Document(_) => false,
        };
        if moved {
            last = number;
            continue;
        }
        if !budget.take(chunk.chunk.len() + 48) {
            answer.next = Some(last);
            break;
        }
        last = number;
        parcel.add(chunk);
    }
    for document in parcel.places.keys() {
        order(tx, who, rows, *document)?;
    }
    answer.pulls = parcel.pulls;
    answer.closed = not_yet(tx, who, fill)?;
    if answer.next.is_some() {
        return Ok((last > fill.after).then_some(answer));
    }
    answer.next = full.then_some(last);
    Ok(Some(answer))
}

/// What comes into view brings the order that the device could not carry out before. It keeps its number, so
/// that one which was carried out is not carried out again; nor need it come twice in one answer.
fn order(tx: &Tx<'_>, who: &Pusher, rows: &mut Vec<Row>, document: DocumentId) -> Result<(), StoreError> {
    if let Some(news) = tx.news_of(Audience::Device(who.device.id), NewsKind::Reset, &document.0)?
        && rows.iter().all(|row| row.number != news.n)
    {
        rows.extend(rows::compose(tx, who, &news)?);
    }
    Ok(())
}

/// A note that comes into view brings what was said of it.
fn told_of(tx: &Tx<'_>, who: &Pusher, document: DocumentId, rows: &mut Vec<Row>) -> Result<(), StoreError> {
    for kind in [NewsKind::Version, NewsKind::Standing] {
        let news = News {
            n: 0,
            kind,
            key: document.0.to_vec(),
        };
        rows.extend(rows::compose(tx, who, &news)?);
    }
    Ok(())
}
