//! The first change of every document: a constant of the schema version. Two phones that begin
//! one joint note apart, offline, therefore write into the same texts and maps. It makes every
//! text and fixed map except `finished`, which marks the end and must not exist before it.
//!
//! A later schema adds one more constant change of the same actor; these two never change.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, ObjId, ObjType, ROOT};

use super::fields::{Shape, Template};
use crate::ids::Actor;

/// The schema version that this code writes.
pub const SCHEMA: u64 = 1;

/// The actor of a template's genesis change.
#[must_use]
pub fn actor(template: Template) -> Actor {
    Actor(match template {
        Template::Note => *b"doorstep note 01",
        Template::About => *b"doorstep page 01",
    })
}

/// A document that holds the genesis change and nothing else.
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a constant; the tests make it and compare its hash"
)]
pub fn document(template: Template) -> Automerge {
    let mut doc = super::empty();
    doc.set_actor(ActorId::from(&actor(template).0[..]));
    let mut tx = doc.transaction();
    tx.put(ROOT, "schema", SCHEMA).expect("a constant");
    for field in template.fields() {
        let made = match field.shape {
            Shape::Text => ObjType::Text,
            Shape::Record(_) if field.name == "finished" => continue,
            Shape::Record(_) | Shape::Entries(_) | Shape::Counters => ObjType::Map,
            Shape::Value(_) => continue,
        };
        tx.put_object(ROOT, field.name, made).expect("a constant");
    }
    tx.commit_with(CommitOptions::default().with_time(0));
    doc
}

/// The hash of a template's genesis change, as [`document`] makes it.
#[must_use]
pub fn hash(template: Template) -> ChangeHash {
    ChangeHash(match template {
        Template::Note => NOTE_HASH,
        Template::About => ABOUT_HASH,
    })
}

const NOTE_HASH: [u8; 32] = [
    0x4e, 0xa3, 0x9f, 0x61, 0xf3, 0xd5, 0x4e, 0xb5, 0xc0, 0xce, 0x5a, 0xb9, 0x2e, 0xc6, 0x28, 0x02, 0xc6,
    0x12, 0xaa, 0x15, 0x6b, 0xe6, 0xd0, 0x17, 0xf5, 0x29, 0x0a, 0x92, 0x52, 0x99, 0xb4, 0x71,
];
const ABOUT_HASH: [u8; 32] = [
    0xab, 0xaa, 0xa6, 0x7f, 0x4f, 0x7c, 0xfe, 0x41, 0x39, 0x99, 0x21, 0x92, 0xea, 0x5a, 0x2c, 0xe8, 0x81,
    0x1a, 0x87, 0x8e, 0x20, 0x3a, 0x62, 0x3f, 0x84, 0x2e, 0x93, 0xb8, 0xfa, 0xbd, 0x86, 0xb8,
];

/// The genesis change as the uncompressed change chunk that a stranger starts from.
#[must_use]
pub fn chunk(template: Template) -> Vec<u8> {
    document(template)
        .get_changes(&[])
        .iter()
        .flat_map(|c| c.raw_bytes().to_vec())
        .collect()
}

/// Whether an actor is one of the schema's own.
#[must_use]
pub fn is_genesis(actor: &[u8]) -> bool {
    [Template::Note, Template::About]
        .iter()
        .any(|t| self::actor(*t).0 == actor)
}

/// Whether an object is one that a genesis change made: the only texts and maps that a document has
/// at its root, beside `finished`.
#[must_use]
pub fn made(object: &ObjId) -> bool {
    matches!(object, ObjId::Id(_, actor, _) if is_genesis(actor.to_bytes()))
}
