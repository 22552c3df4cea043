//! Input that is made to cost: each family is sound for the gate, or nearly, and packs as much work for whoever
//! reads it into its bytes as the grammar lets it. Beside each stands honest input of the same size.
//!
//! Not for what it costs: that is `cost`'s to say.

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{ActorId, Automerge, Change};
use notes::forge;
use notes::ids::{Actor, PersonId};
use notes::note::{Edit, Template, genesis};

use super::rows::{self, Of, Row};
use crate::hostile::{honest_note, typed};

/// Who writes.
pub const AUTHOR: Actor = Actor([0x20; 16]);
/// Whom all these notes are about.
pub const PERSON: PersonId = PersonId([0xa1; 16]);
/// Nearly as many operations as a chunk may hold: what is more of an honest note is lines.
const MOST_OPS: usize = 490_000;
/// Nearly as many as one change may hold.
const MOST_OF_A_CHANGE: usize = 245_000;
/// A line as long as it may be.
const LINE: usize = 10_000;
/// The counter under which genesis made `body`, and `recording_ms`.
const BODY: u64 = 4;
const SET: u64 = 1;
const DELETE: u64 = 3;

/// What is given to the gate, and behind it to the judge.
#[derive(Debug, Clone)]
pub struct Case {
    /// The document as it is published; none for a first push.
    pub base: Option<Vec<u8>>,
    /// What comes for it in one push.
    pub chunks: Vec<Vec<u8>>,
}

impl Case {
    fn first(doc: &Automerge) -> Self {
        Self {
            base: None,
            chunks: vec![doc.save_nocompress()],
        }
    }

    /// What travelled.
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

/// One way to cost much, at any size in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What it is.
    pub name: &'static str,
    /// Makes one of about so many bytes.
    pub make: fn(usize) -> Case,
}

/// An honest first push of about so many bytes: typed in bursts, some of them further up, with words taken out
/// again; what is more than a person types in one note is long lines.
pub fn honest(bytes: usize) -> Case {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let burst = "She says that the stairs are hard since the fall. ";
    let typing = (bytes * 4 / 5).min(MOST_OPS * 5 / 6) / burst.len();
    let mut length = 11;
    for round in 0..typing {
        let at = if round % 5 == 4 { length / 2 } else { length };
        let delete = if round % 7 == 6 && at + 9 < length { 9 } else { 0 };
        let edit = Edit::Splice {
            field: "body".into(),
            at,
            delete,
            insert: burst.into(),
        };
        crate::hostile::change(&mut doc, AUTHOR, &[edit]);
        length += burst.len() as u64 - delete;
    }
    let mut missing = bytes.saturating_sub(doc.save_nocompress().len());
    let line = "what was agreed with her daughter on the telephone; ".repeat(LINE / 50);
    for entry in 0_u32..900 {
        let length = missing.min(LINE - 100);
        if length < 100 {
            break;
        }
        let id = format!("0199a0b0-0000-7000-8000-{entry:012x}");
        let path = format!("actions.{id}.what");
        crate::hostile::change(&mut doc, AUTHOR, &[crate::hostile::text(&path, &line[..length])]);
        missing -= length;
    }
    Case::first(&doc)
}

/// One honest change for a note that is there: a text of about so many bytes is pasted.
pub fn honest_paste(bytes: usize) -> Case {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let base = doc.save_nocompress();
    let words = "She says that the stairs are hard since the fall. ";
    let mut edits = vec![typed(0, &words.repeat(bytes.min(MOST_OF_A_CHANGE) / words.len()))];
    for entry in 0..bytes.saturating_sub(MOST_OF_A_CHANGE) / LINE {
        let path = format!("actions.0199a0b0-0000-7000-8000-{entry:012x}.what");
        edits.push(crate::hostile::text(&path, &"x".repeat(LINE - 60)));
    }
    Case {
        base: Some(base),
        chunks: vec![crate::hostile::change(&mut doc, AUTHOR, &edits)],
    }
}

/// Honest changes for a note that is there, each a sentence's worth of bytes.
pub fn honest_changes(bytes: usize) -> Case {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let base = doc.save_nocompress();
    let (mut chunks, mut sum) = (Vec::new(), 0);
    while sum < bytes && chunks.len() < 2_000 {
        let chunk = crate::hostile::change(&mut doc, AUTHOR, &[typed(0, "It went well. ")]);
        sum += chunk.len();
        chunks.push(chunk);
    }
    Case {
        base: Some(base),
        chunks,
    }
}

/// A change by the author on top of all that a document has. `others` are the further actors that the rows
/// name, from index 1.
pub fn forged(doc: &Automerge, others: &[Vec<u8>], rows: &[Row]) -> forge::Change {
    let metas = doc.get_changes_meta(&[]);
    let own = metas.iter().filter(|meta| meta.actor.to_bytes() == AUTHOR.0);
    forge::Change {
        deps: doc.get_heads().iter().map(|head| head.0).collect(),
        actor: AUTHOR.0.to_vec(),
        seq: own.map(|meta| meta.seq).max().unwrap_or(0) + 1,
        start_op: metas.iter().map(|meta| meta.max_op).max().unwrap_or(0) + 1,
        time: 0,
        message: Vec::new(),
        others: others.to_vec(),
        columns: rows::write(rows, Of::Change),
        extra: Vec::new(),
    }
}

/// A small honest note with forged changes applied to it.
fn applied(changes: &[forge::Change]) -> Automerge {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let changes = changes.iter().map(|change| {
        let sealed = change.seal();
        Change::from_bytes(sealed).expect("Automerge reads what the family makes")
    });
    doc.apply_changes(changes).expect("it builds on what is there");
    doc
}

fn body_of() -> Vec<Vec<u8>> {
    vec![genesis::actor(Template::Note).0.to_vec()]
}

/// What one forged change does, as a first push.
fn whole(others: &[Vec<u8>], rows: &[Row]) -> Case {
    let doc = honest_note(AUTHOR, PERSON, "We talked. ");
    Case::first(&applied(&[forged(&doc, others, rows)]))
}

/// The same as a change for a note that is there.
fn later(others: &[Vec<u8>], rows: &[Row]) -> Case {
    let doc = honest_note(AUTHOR, PERSON, "We talked. ");
    Case {
        base: Some(doc.save_nocompress()),
        chunks: vec![forged(&doc, others, rows).seal()],
    }
}

fn start() -> i64 {
    let doc = honest_note(AUTHOR, PERSON, "We talked. ");
    i64::try_from(doc.get_changes_meta(&[]).iter().map(|m| m.max_op).max().unwrap()).unwrap() + 1
}

fn in_body(element: (Option<u64>, Option<i64>), action: u64) -> Row {
    Row {
        object: (Some(1), Some(BODY)),
        element,
        action,
        ..Row::default()
    }
}

/// Nearly as many operations as the gate lets so many bytes hold.
fn crowd(bytes: usize) -> usize {
    bytes.saturating_sub(600).min(MOST_OF_A_CHANGE)
}

/// A line that fills up what operations leave.
fn filler(bytes: usize) -> Row {
    Row {
        key: Some("person_name".into()),
        action: SET,
        ..Row::default()
    }
    .with_value(6, "x".repeat(bytes.min(3_900_000)).as_bytes())
}

fn padded(bytes: usize, mut rows: Vec<Row>) -> Vec<Row> {
    let own = rows::write(&rows, Of::Change)
        .iter()
        .map(|(_, data)| data.len())
        .sum::<usize>();
    rows.push(filler(bytes.saturating_sub(own + 200)));
    rows
}

fn chained_empty_letters(bytes: usize) -> Vec<Row> {
    let start = start();
    let rows = (0..crowd(bytes)).map(|n| {
        let before = start + i64::try_from(n).unwrap() - 1;
        let element = if n == 0 {
            (None, Some(0))
        } else {
            (Some(0), Some(before))
        };
        Row {
            insert: true,
            ..in_body(element, SET)
        }
        .with_value(6, b"")
    });
    padded(bytes, rows.collect())
}

fn letters_at_the_head(bytes: usize) -> Vec<Row> {
    let rows = (0..crowd(bytes)).map(|_| {
        Row {
            insert: true,
            ..in_body((None, Some(0)), SET)
        }
        .with_value(6, b"")
    });
    padded(bytes, rows.collect())
}

fn letters_anywhere(bytes: usize) -> Vec<Row> {
    let start = start();
    let mut state = 7_u64;
    let rows = (0..(bytes * 2 / 9).min(MOST_OF_A_CHANGE)).map(|n| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let element = if n == 0 {
            (None, Some(0))
        } else {
            (
                Some(0),
                Some(start + i64::try_from((state >> 33) % n as u64).unwrap()),
            )
        };
        Row {
            insert: true,
            ..in_body(element, SET)
        }
        .with_value(6, b"a")
    });
    rows.collect()
}

fn conflicts_of_one_key(bytes: usize) -> Vec<Row> {
    let rows = (0..crowd(bytes)).map(|_| Row {
        key: Some("ended_at".into()),
        action: SET,
        ..Row::default()
    });
    padded(bytes, rows.collect())
}

fn one_key_again_and_again(bytes: usize) -> Vec<Row> {
    let start = start();
    let rows = (0..crowd(bytes)).map(|n| Row {
        key: Some("person_name".into()),
        action: SET,
        links: if n == 0 {
            Vec::new()
        } else {
            vec![(0, start + i64::try_from(n).unwrap() - 1)]
        },
        ..Row::default()
    });
    let mut rows: Vec<Row> = rows.collect();
    let last = start + i64::try_from(rows.len()).unwrap() - 1;
    let filled = Row {
        links: vec![(0, last)],
        ..filler(bytes.saturating_sub(200))
    };
    rows.push(filled);
    rows
}

fn objects_in_a_text(bytes: usize) -> Vec<Row> {
    let start = start();
    let rows = (0..crowd(bytes)).map(|n| {
        let before = start + i64::try_from(n).unwrap() - 1;
        let element = if n == 0 {
            (None, Some(0))
        } else {
            (Some(0), Some(before))
        };
        Row {
            insert: true,
            ..in_body(element, 0)
        }
    });
    padded(bytes, rows.collect())
}

fn maps_in_one_another(bytes: usize) -> Vec<Row> {
    let start = start();
    let rows = (0..bytes / 4).map(|n| Row {
        object: if n == 0 {
            (None, None)
        } else {
            (
                Some(0),
                Some((start + i64::try_from(n).unwrap() - 1).unsigned_abs()),
            )
        },
        key: Some("x".into()),
        ..Row::default()
    });
    rows.collect()
}

fn marks_over_marks(bytes: usize) -> Vec<Row> {
    let start = start();
    let mut rows = Vec::new();
    for n in 0..(bytes / 28).min(MOST_OF_A_CHANGE / 2) {
        let at = start + 2 * i64::try_from(n).unwrap();
        let begin = Row {
            insert: true,
            mark: Some("do_not_share".into()),
            ..in_body((None, Some(0)), 7)
        };
        rows.push(begin.with_value(2, b""));
        rows.push(Row {
            insert: true,
            ..in_body((Some(0), Some(at)), 7)
        });
    }
    rows
}

/// Changes that stand beside the author's own last one: Automerge sorts them the wrong way round, and panics.
pub fn beside_itself(bytes: usize) -> Case {
    let doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let base = doc.save_nocompress();
    let first = forged(&doc, &[], &[]);
    let (mut chunks, mut sum, mut n) = (Vec::new(), 0, 0);
    let mut seq = first.seq;
    while sum < bytes && chunks.len() < 1_990 {
        // The one with the lower number waits for a change of another hand, so that the higher one is sorted first.
        n += 1;
        let other = forge::Change {
            actor: actor_of(n).to_vec(),
            seq: 1,
            ..first.clone()
        };
        let hash = Change::from_bytes(other.seal()).unwrap().hash().0;
        let low = forge::Change {
            seq,
            deps: vec![hash],
            ..first.clone()
        };
        let high = forge::Change {
            seq: seq + 1,
            ..first.clone()
        };
        seq += 2;
        for change in [other, low, high] {
            let chunk = change.seal();
            sum += chunk.len();
            chunks.push(chunk);
        }
    }
    Case {
        base: Some(base),
        chunks,
    }
}

fn one_letter_deleted_again_and_again(bytes: usize) -> Vec<Row> {
    let start = start();
    let letter = Row {
        insert: true,
        ..in_body((None, Some(0)), SET)
    }
    .with_value(6, b"a");
    let deleted = Row {
        links: vec![(0, start)],
        ..in_body((Some(0), Some(start)), DELETE)
    };
    let mut rows = vec![letter];
    rows.extend(std::iter::repeat_n(
        deleted,
        bytes.saturating_sub(600).min(99_000),
    ));
    padded(bytes, rows)
}

fn typed_and_deleted(bytes: usize) -> Vec<Row> {
    let start = start();
    let count = i64::try_from((bytes * 9 / 10).min(MOST_OF_A_CHANGE / 2)).unwrap();
    let letters = (0..count).map(|n| {
        let element = if n == 0 {
            (None, Some(0))
        } else {
            (Some(0), Some(start + n - 1))
        };
        Row {
            insert: true,
            ..in_body(element, SET)
        }
        .with_value(6, b"a")
    });
    let deletions = (0..count).map(|n| Row {
        links: vec![(0, start + n)],
        ..in_body((Some(0), Some(start + n)), DELETE)
    });
    let rows = letters.chain(deletions).collect();
    padded(bytes, rows)
}

fn each_replaces_all_before(bytes: usize) -> Vec<Row> {
    let start = start();
    let count = [bytes / 8, 690].into_iter().min().unwrap_or(0);
    let rows = (0..i64::try_from(count).unwrap()).map(|n| Row {
        key: Some("ended_at".into()),
        action: SET,
        links: (0..n).map(|before| (0, start + before)).collect(),
        ..Row::default()
    });
    padded(bytes, rows.collect())
}

fn keys_without_end(bytes: usize) -> Vec<Row> {
    let rows = (0..bytes / 6).map(|n| Row {
        key: Some(format!("{n:x}")),
        action: SET,
        ..Row::default()
    });
    rows.collect()
}

/// A note of about so many bytes that does nearly nothing: its lines are long.
fn lines(bytes: usize) -> Automerge {
    let mut doc = honest_note(AUTHOR, PERSON, "We talked. ");
    for line in 0..=bytes / LINE {
        let words = format!(
            "{line}{}",
            "x".repeat((bytes - line * LINE).clamp(100, LINE) - 90)
        );
        crate::hostile::change(&mut doc, AUTHOR, &[crate::hostile::text("person_name", &words)]);
    }
    doc
}

/// A note of many changes that each do one small thing.
fn small_changes(bytes: usize) -> Case {
    let mut doc = lines(bytes * 3 / 4);
    doc.set_actor(ActorId::from(AUTHOR.0));
    for round in 0..room_for_changes(&doc) {
        let mut tx = doc.transaction();
        tx.put(
            automerge::ROOT,
            "ended_at",
            automerge::ScalarValue::Timestamp(i64::try_from(round % 9).unwrap()),
        )
        .unwrap();
        tx.commit_with(CommitOptions::default().with_time(1));
    }
    Case::first(&doc)
}

/// Changes that do nothing, as many as there may be.
fn idle_changes(bytes: usize) -> Case {
    let mut doc = lines(bytes);
    idle(&mut doc);
    Case::first(&doc)
}

/// How many changes more the gate takes in this document.
fn room_for_changes(doc: &Automerge) -> usize {
    let most = doc.save_nocompress().len() / 4 + 1_000;
    most.min(99_000) - doc.get_changes_meta(&[]).len()
}

/// Changes that do nothing, some of which depend on many that know nothing of one another: as often as the gate
/// takes it, at the beginning, so that all that follows is counted from there.
fn tangled_changes(bytes: usize) -> Case {
    let mut doc = lines(bytes);
    let author = forged(&doc, &[], &[]);
    let (mut known, mut changes) = (author.deps.clone(), Vec::new());
    for round in 0..9 {
        let names = (0..HANDS).map(|hand| (actor_of(hand).to_vec(), round + 1));
        let mut heads = Vec::new();
        for (actor, seq) in names {
            let change = forge::Change {
                actor,
                seq,
                deps: known.clone(),
                ..author.clone()
            };
            let change = Change::from_bytes(change.seal()).expect("Automerge reads it");
            heads.push(change.hash().0);
            changes.push(change);
        }
        let seq = author.seq + round;
        let merged = forge::Change {
            seq,
            deps: heads,
            ..author.clone()
        };
        let merged = Change::from_bytes(merged.seal()).expect("Automerge reads it");
        known = vec![merged.hash().0];
        changes.push(merged);
    }
    doc.apply_changes(changes).expect("it builds on what is there");
    idle(&mut doc);
    Case::first(&doc)
}

/// As many changes that do nothing as there may be.
fn idle(doc: &mut Automerge) {
    doc.set_actor(ActorId::from(AUTHOR.0));
    for _ in 0..room_for_changes(doc) {
        doc.empty_commit(CommitOptions::default().with_time(1));
    }
}

/// Closed twice at once by the same hand, with many small changes around it.
fn closed_twice(bytes: usize) -> Case {
    let mut doc = lines(bytes);
    let open = doc.clone();
    for at in [5, 6] {
        let finish = Edit::Finish {
            at,
            author: "W101".into(),
        };
        let mut other = open.clone();
        let hand = Actor([0x30 + u8::try_from(at).unwrap(); 16]);
        crate::hostile::change(&mut other, hand, &[finish]);
        doc.merge(&mut other).unwrap();
    }
    idle(&mut doc);
    Case::first(&doc)
}

/// So many may have written in a document that is sent at once, beside its author.
const HANDS: u64 = 28;

fn actor_of(n: u64) -> [u8; 16] {
    let mut actor = [0x60; 16];
    actor[8..].copy_from_slice(&n.to_be_bytes());
    actor
}

/// Changes that know nothing of one another, each under a name of its own, each with a key that no note has.
pub fn bad_side_by_side(bytes: usize) -> Case {
    side_by_side(bytes, false)
}

/// The same, and beside each one a change whose number is out of order.
pub fn bad_and_out_of_order(bytes: usize) -> Case {
    side_by_side(bytes, true)
}

fn side_by_side(bytes: usize, with_gaps: bool) -> Case {
    let doc = honest_note(AUTHOR, PERSON, "We talked. ");
    let key = Row {
        key: Some("salary".into()),
        action: SET,
        ..Row::default()
    };
    let first = forged(&doc, &[], &[key]);
    let (mut chunks, mut sum, mut n) = (Vec::new(), 0, 0);
    while sum < bytes && chunks.len() < 2_000 {
        n += 1;
        let bad = forge::Change {
            actor: actor_of(n).to_vec(),
            seq: 1,
            ..first.clone()
        };
        let gap = forge::Change {
            actor: actor_of(1 << 40 | n).to_vec(),
            seq: 3,
            ..first.clone()
        };
        for change in std::iter::once(bad).chain(with_gaps.then_some(gap)) {
            let chunk = change.seal();
            sum += chunk.len();
            chunks.push(chunk);
        }
    }
    Case {
        base: Some(doc.save_nocompress()),
        chunks,
    }
}

/// As first pushes: one document chunk each.
pub const DOCUMENTS: &[Family] = &[
    Family {
        name: "honest",
        make: honest,
    },
    Family {
        name: "letters of no length, one behind the other",
        make: |n| whole(&body_of(), &chained_empty_letters(n)),
    },
    Family {
        name: "letters of no length, all at the head",
        make: |n| whole(&body_of(), &letters_at_the_head(n)),
    },
    Family {
        name: "letters anywhere",
        make: |n| whole(&body_of(), &letters_anywhere(n)),
    },
    Family {
        name: "conflicts of one key",
        make: |n| whole(&[], &conflicts_of_one_key(n)),
    },
    Family {
        name: "one key again and again",
        make: |n| whole(&[], &one_key_again_and_again(n)),
    },
    Family {
        name: "objects in a text",
        make: |n| whole(&body_of(), &objects_in_a_text(n)),
    },
    Family {
        name: "maps in one another",
        make: |n| whole(&[], &maps_in_one_another(n)),
    },
    Family {
        name: "marks over marks",
        make: |n| whole(&body_of(), &marks_over_marks(n)),
    },
    Family {
        name: "one letter deleted again and again",
        make: |n| whole(&body_of(), &one_letter_deleted_again_and_again(n)),
    },
    Family {
        name: "typed and deleted",
        make: |n| whole(&body_of(), &typed_and_deleted(n)),
    },
    Family {
        name: "each replaces all before",
        make: |n| whole(&[], &each_replaces_all_before(n)),
    },
    Family {
        name: "keys without end",
        make: |n| whole(&[], &keys_without_end(n)),
    },
    Family {
        name: "small changes",
        make: small_changes,
    },
    Family {
        name: "idle changes",
        make: idle_changes,
    },
    Family {
        name: "tangled changes",
        make: tangled_changes,
    },
    Family {
        name: "closed twice",
        make: closed_twice,
    },
];

/// As one change for a note that is there.
pub const CHANGES: &[Family] = &[
    Family {
        name: "honest paste",
        make: honest_paste,
    },
    Family {
        name: "letters of no length, one behind the other",
        make: |n| later(&body_of(), &chained_empty_letters(n)),
    },
    Family {
        name: "letters of no length, all at the head",
        make: |n| later(&body_of(), &letters_at_the_head(n)),
    },
    Family {
        name: "letters anywhere",
        make: |n| later(&body_of(), &letters_anywhere(n)),
    },
    Family {
        name: "conflicts of one key",
        make: |n| later(&[], &conflicts_of_one_key(n)),
    },
    Family {
        name: "one key again and again",
        make: |n| later(&[], &one_key_again_and_again(n)),
    },
    Family {
        name: "objects in a text",
        make: |n| later(&body_of(), &objects_in_a_text(n)),
    },
    Family {
        name: "maps in one another",
        make: |n| later(&[], &maps_in_one_another(n)),
    },
    Family {
        name: "marks over marks",
        make: |n| later(&body_of(), &marks_over_marks(n)),
    },
    Family {
        name: "one letter deleted again and again",
        make: |n| later(&body_of(), &one_letter_deleted_again_and_again(n)),
    },
    Family {
        name: "typed and deleted",
        make: |n| later(&body_of(), &typed_and_deleted(n)),
    },
    Family {
        name: "each replaces all before",
        make: |n| later(&[], &each_replaces_all_before(n)),
    },
];

/// As many changes at once for a note that is there.
pub const CROWDS: &[Family] = &[
    Family {
        name: "honest changes",
        make: honest_changes,
    },
    Family {
        name: "bad changes side by side",
        make: bad_side_by_side,
    },
    Family {
        name: "changes beside their own last one",
        make: beside_itself,
    },
    Family {
        name: "bad changes, and others out of order",
        make: bad_and_out_of_order,
    },
];
