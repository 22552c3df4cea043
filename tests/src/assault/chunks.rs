//! Chunks with a lie in them. An honest chunk is taken apart, one or a few things in it are changed (a row, a
//! column, a counter, an actor, a dependency, the frame), often with parts of a second honest chunk, and it is
//! sealed again with a true checksum, true lengths and, where it can still be read, true heads.
//!
//! Not for what is refused: most of these are, and that is as it should be.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::Transactable as _;
use automerge::{ActorId, Automerge, Change, ReadDoc as _};
use notes::forge::{self, column};
use notes::ids::Actor;
use notes::note::Edit;

use super::families::{AUTHOR, PERSON};
use super::rows::{self, Of, Row};
use super::storm::Choices;
use crate::hostile::{change, honest_note, text, typed};

/// An honest chunk, and what it builds on.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What is published before it comes; none for a first push.
    pub base: Option<Automerge>,
    /// The chunk.
    pub chunk: Vec<u8>,
}

/// A colleague who wrote in the same note.
const COLLEAGUE: Actor = Actor([0x90; 16]);

/// Honest chunks in which each kind of operation stands that a note has, by two hands.
pub fn samples() -> Vec<Sample> {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked about the stairs. ");
    let entry = |field: &str, n: u8| format!("{field}.0199a0b0-0000-7000-8000-0000000000{n:02x}");
    let mut bases = vec![doc.clone()];
    let steps: [(Actor, Vec<Edit>); 8] = [
        (AUTHOR, vec![typed(5, "Üß👩‍👩‍👧 "), text(&entry("actions", 1), "")]),
        (
            COLLEAGUE,
            vec![typed(0, "I joined. "), text("kind", "office_visit")],
        ),
        (
            AUTHOR,
            vec![
                text("kind", "home_visit"),
                text(&format!("{}.what", entry("actions", 2)), "call the surgery"),
            ],
        ),
        (COLLEAGUE, vec![splice(2, 6, "came")]),
        (
            AUTHOR,
            vec![
                splice(0, 9, ""),
                text(&format!("{}.text", entry("outcomes", 3)), "sleeps well"),
            ],
        ),
        (
            COLLEAGUE,
            vec![
                text("person_name", "Ann"),
                text(&format!("{}.name", entry("present", 4)), "Ben"),
            ],
        ),
        (
            AUTHOR,
            vec![
                typed(3, "and more "),
                Edit::Put {
                    path: "person_name".into(),
                    value: None,
                },
            ],
        ),
        (
            AUTHOR,
            vec![Edit::Finish {
                at: 1_790_000_000_000,
                author: "W101".into(),
            }],
        ),
    ];
    let mut samples = vec![first(&doc)];
    for (hand, edits) in steps {
        let edits: Vec<Edit> = edits.into_iter().filter(|edit| fits(&doc, edit)).collect();
        let base = Some(doc.clone());
        let chunk = change(&mut doc, hand, &edits);
        samples.push(Sample { base, chunk });
        bases.push(doc.clone());
        samples.push(first(&doc));
    }
    samples.extend(marked(&bases[3]));
    samples.extend(side_by_side(&bases[2]));
    samples
}

fn splice(at: u64, delete: u64, insert: &str) -> Edit {
    Edit::Splice {
        field: "body".into(),
        at,
        delete,
        insert: insert.into(),
    }
}

fn fits(doc: &Automerge, edit: &Edit) -> bool {
    let mut trial = doc.clone();
    let mut tx = trial.transaction();
    edit.apply(&mut tx, notes::note::Template::Note).is_ok()
}

fn first(doc: &Automerge) -> Sample {
    Sample {
        base: None,
        chunk: doc.save_nocompress(),
    }
}

/// Two marks, one over the other.
fn marked(base: &Automerge) -> [Sample; 2] {
    use automerge::marks::{ExpandMark, Mark};
    let mut doc = base.clone();
    doc.set_actor(ActorId::from(AUTHOR.0));
    let body = doc.get(automerge::ROOT, "body").unwrap().unwrap().1;
    let mut tx = doc.transaction();
    for (from, to) in [(2, 9), (5, 14)] {
        let mark = Mark::new("third_party".to_owned(), true, from, to);
        tx.mark(&body, mark, ExpandMark::None).unwrap();
    }
    let (hash, _) = tx.commit();
    let chunk = doc
        .get_change_by_hash(&hash.unwrap())
        .unwrap()
        .raw_bytes()
        .to_vec();
    [
        Sample {
            base: Some(base.clone()),
            chunk,
        },
        first(&doc),
    ]
}

/// What two wrote at once, merged.
fn side_by_side(base: &Automerge) -> [Sample; 2] {
    let (mut one, mut two) = (base.clone(), base.clone());
    for n in 0..4 {
        change(&mut one, AUTHOR, &[typed(4, "left "), text("kind", "phone_call")]);
        change(
            &mut two,
            COLLEAGUE,
            &[splice(n, 3, "right "), text("kind", "video_call")],
        );
    }
    one.merge(&mut two).unwrap();
    let merged = first(&one);
    let base = Some(one.clone());
    let chunk = change(&mut one, AUTHOR, &[text("kind", "no_reply"), splice(1, 8, "")]);
    [merged, Sample { base, chunk }]
}

/// An honest chunk with a lie in it.
pub fn lie(sample: &Sample, other: &Sample, choices: &mut Choices<'_>) -> Vec<u8> {
    let sealed = if sample.chunk[8] == 1 {
        let mut told = forge::Change::open(&sample.chunk);
        let other = columns_of(other);
        for _ in 0..=choices.below(3) {
            lie_in_change(&mut told, &other, choices);
        }
        told.seal()
    } else {
        let mut told = forge::Document::open(&sample.chunk);
        let other = columns_of(other);
        for _ in 0..=choices.below(3) {
            lie_in_document(&mut told, &other, choices);
        }
        with_true_heads(told).seal()
    };
    if choices.one_in(20) {
        lie_in_frame(sealed, choices)
    } else {
        sealed
    }
}

fn columns_of(sample: &Sample) -> (forge::Columns, Of) {
    if sample.chunk[8] == 1 {
        (forge::Change::open(&sample.chunk).columns, Of::Change)
    } else {
        (forge::Document::open(&sample.chunk).ops, Of::Document)
    }
}

fn lie_in_frame(mut chunk: Vec<u8>, choices: &mut Choices<'_>) -> Vec<u8> {
    let kind = chunk[8];
    match choices.below(5) {
        0 => chunk.truncate(choices.below(chunk.len())),
        1 => chunk[8] = choices.pick(&[0, 1, 2, 3, 4, 255]),
        2 => return forge::declaring(kind, choices.extreme(), &chunk[11..]),
        3 => choices.scramble(&mut chunk),
        _ => chunk.extend_from_slice(&[0; 3]),
    }
    if choices.one_in(4) {
        chunk
    } else {
        forge::reseal(&chunk)
    }
}

fn lie_in_change(told: &mut forge::Change, other: &(forge::Columns, Of), choices: &mut Choices<'_>) {
    match choices.below(12) {
        0 => told.seq = choices.extreme(),
        1 => told.start_op = choices.extreme(),
        2 => told.time = choices.extreme().cast_signed(),
        3 => match choices.below(4) {
            0 => _ = told.deps.pop(),
            1 => told.deps.push([choices.below(256).to_le_bytes()[0]; 32]),
            2 => told.deps.extend(told.deps.clone()),
            _ => told.deps.clear(),
        },
        4 => told.actor = actor(choices),
        5 => match choices.below(4) {
            0 => _ = told.others.pop(),
            1 => told.others.push(actor(choices)),
            2 => told.others.reverse(),
            _ => {
                told.others.push(actor(choices));
                told.others.sort();
            }
        },
        6 => lie_in_columns(&mut told.columns, &other.0, choices),
        7 => told.extra.push(0),
        _ => lie_in_rows(&mut told.columns, Of::Change, other, choices),
    }
}

fn actor(choices: &mut Choices<'_>) -> Vec<u8> {
    let genesis = *b"doorstep note 01";
    let known = [AUTHOR.0, COLLEAGUE.0, genesis, [0; 16], [0xff; 16]];
    let mut actor = choices.pick(&known).to_vec();
    if choices.one_in(8) {
        actor.truncate(choices.below(16));
    }
    actor
}

fn lie_in_document(told: &mut forge::Document, other: &(forge::Columns, Of), choices: &mut Choices<'_>) {
    match choices.below(10) {
        0 => match choices.below(4) {
            0 => _ = told.actors.pop(),
            1 => told.actors.push(actor(choices)),
            2 => told.actors.reverse(),
            _ => {
                let at = choices.below(told.actors.len());
                told.actors[at] = actor(choices);
                told.actors.sort();
            }
        },
        1 => told.suffix = vec![choices.below(256).to_le_bytes()[0]; choices.below(4)],
        2 | 3 => lie_in_changes(&mut told.changes, choices),
        4 => lie_in_columns(&mut told.ops, &other.0, choices),
        5 => told.heads.reverse(),
        _ => lie_in_rows(&mut told.ops, Of::Document, other, choices),
    }
}

/// Numbers in the table of changes: who, which, up to where, on what.
fn lie_in_changes(columns: &mut forge::Columns, choices: &mut Choices<'_>) {
    let numbers = [
        column::CHANGE_SEQ,
        column::CHANGE_MAX_OP,
        column::CHANGE_TIME,
        column::CHANGE_DEP,
    ];
    let spec = choices.pick(&numbers);
    let Some((_, data)) = columns.iter_mut().find(|(known, _)| *known == spec) else {
        return;
    };
    // A column that was lied about before may not be taken apart any more.
    let Ok(mut cells) = catch_unwind(|| rows::deltas(data)) else {
        return;
    };
    if cells.is_empty() {
        return;
    }
    let at = choices.below(cells.len());
    match choices.below(5) {
        0 => cells[at] = Some(choices.extreme().cast_signed()),
        1 => cells[at] = cells[at].map(|number| number.wrapping_add(1)),
        2 => cells[at] = cells[at].map(|number| number.wrapping_sub(1)),
        3 => cells.truncate(at.max(1)),
        _ => return choices.scramble(data),
    }
    *data = rows::steps(cells.into_iter());
}

/// Lies about the columns themselves: bytes, a run without end, a column that is another's.
fn lie_in_columns(columns: &mut forge::Columns, other: &forge::Columns, choices: &mut Choices<'_>) {
    if columns.is_empty() {
        return;
    }
    let at = choices.below(columns.len());
    match choices.below(7) {
        0 => _ = columns.remove(at),
        1 => {
            let count = choices.extreme().cast_signed();
            columns[at].1 = forge::run(count, &forge::unsigned(choices.extreme()));
        }
        2 => columns[at].1 = forge::nulls(choices.extreme()),
        3 => columns[at].0 |= column::DEFLATED,
        4 => {
            if let Some((_, data)) = other.iter().find(|(spec, _)| *spec == columns[at].0) {
                columns[at].1.clone_from(data);
            }
        }
        5 => {
            let twin = columns[at].clone();
            columns.insert(at, twin);
        }
        _ => choices.scramble(&mut columns[at].1),
    }
}

/// Lies about operations, told in honest columns.
fn lie_in_rows(
    columns: &mut forge::Columns,
    of: Of,
    other: &(forge::Columns, Of),
    choices: &mut Choices<'_>,
) {
    // Columns that were lied about before may not be taken apart any more.
    let Ok(mut all) = catch_unwind(AssertUnwindSafe(|| rows::read(columns, of))) else {
        return;
    };
    if all.is_empty() {
        return;
    }
    let at = choices.below(all.len());
    match choices.below(9) {
        0 => _ = all.remove(at),
        1 => {
            let to = choices.below(all.len());
            all.swap(at, to);
        }
        2 => {
            let times = 1 + choices.pick(&[1, 2, 60, 3_000]);
            let row = all[at].clone();
            all.splice(at..at, std::iter::repeat_n(row, times));
        }
        3 => {
            let strangers = rows::read(&other.0, other.1);
            if !strangers.is_empty() {
                let from = choices.below(strangers.len());
                let to = (from + 1 + choices.below(5)).min(strangers.len());
                all.splice(at..at, strangers[from..to].iter().cloned());
            }
        }
        4 => {
            let to = choices.below(all.len());
            let (low, high) = (at.min(to), at.max(to));
            all[low..=high].reverse();
        }
        _ => {
            let mut rows = std::mem::take(&mut all);
            lie_in_row(&mut rows, at, choices);
            all = rows;
        }
    }
    *columns = rows::write(&all, of);
}

fn lie_in_row(all: &mut [Row], at: usize, choices: &mut Choices<'_>) {
    let some = all[choices.below(all.len())].clone();
    let row = &mut all[at];
    let counter = |choices: &mut Choices<'_>| match choices.below(3) {
        0 => choices.extreme().cast_signed(),
        _ => i64::try_from(choices.below(60)).unwrap_or(0),
    };
    match choices.below(12) {
        0 => row.object = some.object,
        1 => {
            row.object = (
                Some(choices.below(4) as u64),
                Some(counter(choices).unsigned_abs()),
            );
        }
        2 => (row.key, row.element) = (some.key, some.element),
        3 => row.key = Some(choices.pick(&["finished", "body", "person", "x", ""]).to_owned()),
        4 => (row.key, row.element) = (None, (Some(choices.below(4) as u64), Some(counter(choices)))),
        5 => row.insert = !row.insert,
        6 => row.action = choices.below(9) as u64,
        7 => (row.meta, row.value) = (some.meta, some.value),
        8 => row.meta = choices.extreme(),
        9 => match choices.below(4) {
            0 => row.links.clear(),
            1 => row.links.push((choices.below(4) as u64, counter(choices))),
            2 => row.links = some.links,
            _ => row.links.extend(row.links.clone()),
        },
        10 => row.id = (choices.below(4) as u64, counter(choices)),
        _ => {
            row.expand = choices.one_in(2);
            row.mark = choices.pick(&[None, Some("third_party".to_owned()), Some("x".to_owned())]);
        }
    }
}

/// A lie in a document changes its hashes, and Automerge would refuse the heads. An attacker puts the true ones.
fn with_true_heads(mut told: forge::Document) -> forge::Document {
    let chunk = told.seal();
    // Only what the gate lets through is Automerge's business.
    let counted = notes::gate::count(&chunk, &notes::gate::Limits::default());
    let heads = || -> Option<Vec<[u8; 32]>> {
        counted.is_ok().then_some(())?;
        let doc = Automerge::load_unverified_heads(&chunk).ok()?;
        let changes = doc.get_changes(&[]);
        let mut heads: BTreeSet<[u8; 32]> = changes.iter().map(|change| change.hash().0).collect();
        for dep in changes.iter().flat_map(Change::deps) {
            heads.remove(&dep.0);
        }
        Some(heads.into_iter().collect())
    };
    if let Ok(Some(heads)) = catch_unwind(AssertUnwindSafe(heads)) {
        told.heads = heads;
    }
    told
}
