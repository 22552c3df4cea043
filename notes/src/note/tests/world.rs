//! Phones without a store, and dice with a seed that is printed.

use automerge::transaction::{CommitOptions, Transaction};
use automerge::{ActorId, Automerge, ChangeHash, ObjId, ROOT, ReadDoc};

use crate::note::edit::Scalar;
use crate::note::{Edit, Plain, Template, genesis};

pub(super) const NOTE: Template = Template::Note;

/// A phone that has begun, or joined, the note; its actor is 16 equal bytes.
pub(super) fn phone(actor: u8) -> Automerge {
    holding(Template::Note, actor)
}

pub(super) fn holding(template: Template, actor: u8) -> Automerge {
    genesis::document(template).with_actor(ActorId::from([actor; 16]))
}

/// Another phone with all that this one has.
pub(super) fn copy(doc: &Automerge, actor: u8) -> Automerge {
    doc.clone().with_actor(ActorId::from([actor; 16]))
}

/// One change by whatever Automerge lets one do.
pub(super) fn change(doc: &mut Automerge, make: impl FnOnce(&mut Transaction<'_>)) -> ChangeHash {
    let mut tx = doc.transaction();
    make(&mut tx);
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(0));
    hash.expect("something was changed")
}

/// One change of honest edits.
pub(super) fn write(doc: &mut Automerge, edits: &[Edit]) -> ChangeHash {
    change(doc, |tx| {
        for edit in edits {
            edit.apply(tx, NOTE).unwrap_or_else(|e| panic!("{edit:?}: {e}"));
        }
    })
}

pub(super) fn merge(into: &mut Automerge, from: &Automerge) {
    into.merge(&mut from.clone()).unwrap();
}

pub(super) fn read(doc: &Automerge) -> Plain {
    Plain::read(doc, NOTE).unwrap()
}

pub(super) fn at(doc: &impl ReadDoc, name: &str) -> ObjId {
    doc.get(ROOT, name).unwrap().unwrap().1
}

pub(super) fn within(doc: &impl ReadDoc, name: &str, id: &str) -> ObjId {
    doc.get(at(doc, name), id).unwrap().unwrap().1
}

pub(super) fn splice(field: &str, at: u64, delete: u64, insert: &str) -> Edit {
    Edit::Splice {
        field: field.into(),
        at,
        delete,
        insert: insert.into(),
    }
}

pub(super) fn put(path: &str, value: Scalar) -> Edit {
    Edit::Put {
        path: path.into(),
        value: Some(value),
    }
}

pub(super) fn clear(path: &str) -> Edit {
    Edit::Put {
        path: path.into(),
        value: None,
    }
}

pub(super) fn remove(path: &str) -> Edit {
    Edit::Remove { path: path.into() }
}

pub(super) fn mark(field: &str, start: u64, end: u64, kind: &str) -> Edit {
    Edit::Mark {
        field: field.into(),
        start,
        end,
        kind: kind.into(),
    }
}

pub(super) fn finish(at: i64, author: &str) -> Edit {
    Edit::Finish {
        at,
        author: author.into(),
    }
}

pub(super) fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

pub(super) fn addendum(id: &str, words: &str) -> Vec<Edit> {
    vec![
        put(&format!("addenda.{id}.at"), Scalar::Time(9)),
        put(&format!("addenda.{id}.author"), text("W1")),
        put(&format!("addenda.{id}.text"), text(words)),
    ]
}

/// A xorshift generator: a seed is all it takes to see a failure again.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn seeded() -> Self {
        let seed = std::env::var("DOORSTEP_TEST_SEED").ok();
        let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
        println!("DOORSTEP_TEST_SEED={seed}");
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    pub(super) fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll(sides as u64)).unwrap()
    }

    pub(super) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
