//! What reports count of a note, read from what it says. Nothing here is about whom the note is, and no word of it
//! is kept.

use notes::note::fields::{Field, Shape};
use notes::note::plain::Value;
use notes::note::{Plain, Template};

use crate::store::{DocumentRecord, Figures, StoreError, Tx};

/// A list of ids, each with a code where one was given.
pub(super) type Coded = Vec<(String, Option<String>)>;

/// The figures of a document, as far as it says them itself: when its finish came is known outside.
pub(super) fn figures(template: Template, plain: &Plain) -> Figures {
    let fields = template.fields().iter().enumerate();
    let used = fields.filter(|(_, field)| is_used(plain, field));
    let text = |record, slot| {
        slot_of(plain, record, slot)
            .and_then(Value::text)
            .map(str::to_owned)
    };
    let recording = plain.counters.get("recording_ms").into_iter().flatten();
    let recording = recording.fold(0_u64, |sum, (_, ms)| sum.saturating_add(*ms));
    let workers = plain.entries.get("workers").map_or(0, |workers| workers.len());
    Figures {
        fields: used.fold(0, |bits, (place, _)| bits | bit(place)),
        received_at: None,
        author: plain.finished().map(|(_, author)| author.to_owned()),
        recording_ms: i64::try_from(recording).unwrap_or(i64::MAX),
        workers: u32::try_from(workers).unwrap_or(u32::MAX),
        useful: text("feedback", "was_it_useful"),
        words: text("feedback", "words").is_some_and(|words| !words.trim().is_empty()),
        was: text("review", "was"),
        next: text("review", "kind"),
        due: text("review", "due"),
    }
}

/// The bit of the field at a place in the table; there are far fewer than 63.
const fn bit(place: usize) -> u64 {
    if place < 63 { 1 << place } else { 0 }
}

/// Whether a document used a field.
fn is_used(plain: &Plain, field: &Field) -> bool {
    match field.shape {
        Shape::Text => plain
            .texts
            .get(field.name)
            .is_some_and(|text| !text.trim().is_empty()),
        Shape::Value(_) => plain.values.contains_key(field.name),
        Shape::Record(_) => plain
            .records
            .get(field.name)
            .is_some_and(|record| !record.is_empty()),
        Shape::Entries(_) => plain.entries.get(field.name).is_some_and(|all| !all.is_empty()),
        Shape::Counters => plain.counters.get(field.name).is_some_and(|all| !all.is_empty()),
    }
}

fn slot_of<'a>(plain: &'a Plain, record: &str, slot: &str) -> Option<&'a Value> {
    plain.records.get(record)?.get(slot)
}

/// The entries of a field, each with one code of it.
fn coded(plain: &Plain, field: &str, slot: &str) -> Coded {
    let entries = plain.entries.get(field).into_iter().flatten();
    let code = |(id, entry): (&String, &notes::note::plain::Entry)| {
        let code = entry.get(slot).and_then(Value::text);
        (id.clone(), code.map(str::to_owned))
    };
    entries.map(code).collect()
}

/// The concerns raised in a note, with their kinds.
pub(super) fn concerns(plain: &Plain) -> Coded {
    coded(plain, "concerns", "kind")
}

/// The needs that were not met, with the codes of the reasons.
pub(super) fn unmet(plain: &Plain) -> Coded {
    coded(plain, "unmet_needs", "reason_code")
}

/// Writes what stands beside a projection. Most notes have neither, now or before, and cost nothing.
pub(super) fn put(
    tx: &Tx<'_>,
    before: Option<&DocumentRecord>,
    record: &DocumentRecord,
    plain: &Plain,
    now: i64,
) -> Result<(), StoreError> {
    let counted = before.map(|before| before.figures.as_ref().map(|figures| figures.fields));
    let had = |name| match counted {
        None => false,
        Some(None) => true,
        Some(Some(fields)) => fields & bit_of(record.template, name) != 0,
    };
    let concerns = concerns(plain);
    if !concerns.is_empty() || had("concerns") {
        tx.concerns_put(record.id, &concerns, now)?;
    }
    let unmet = unmet(plain);
    if !unmet.is_empty() || had("unmet_needs") {
        tx.unmet_put(record.id, &unmet)?;
    }
    Ok(())
}

/// The same for a note that is made again, of which it is not known what stood there.
pub(super) fn put_again(
    tx: &Tx<'_>,
    record: &DocumentRecord,
    plain: &Plain,
    now: i64,
) -> Result<(), StoreError> {
    tx.concerns_put(record.id, &concerns(plain), now)?;
    tx.unmet_put(record.id, &unmet(plain))
}

/// The bit under which the use of a field is counted; none for a field that is not there.
pub(crate) fn bit_of(template: Template, name: &str) -> u64 {
    let place = template.fields().iter().position(|field| field.name == name);
    place.map_or(0, bit)
}

/// Whether what was counted of a document is what it says. What was not counted yet is no difference.
///
/// # Errors
/// The database's.
pub(crate) fn counted_right(tx: &Tx<'_>, record: &DocumentRecord, plain: &Plain) -> Result<bool, StoreError> {
    let Some(figures) = &record.figures else {
        return Ok(true);
    };
    Ok(figures.received_at == tx.finish_received(record.id)?
        && tx.concerns_of(record.id)? == concerns(plain)
        && tx.unmet_of(record.id)? == unmet(plain))
}
