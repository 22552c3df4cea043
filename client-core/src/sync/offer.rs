//! What a document has to offer: a document chunk the first time, change chunks from then on, and
//! never what others wrote.

use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ChangeHash};
use notes::gate::{self, Limits};
use notes::note::genesis;

/// Whether nobody but this install and the schema has written in the document.
#[must_use]
pub fn alone(doc: &Automerge, mine: &BTreeSet<ActorId>) -> bool {
    let ours = |actor: &ActorId| mine.contains(actor) || genesis::is_genesis(actor.to_bytes());
    doc.get_changes_meta(&[]).iter().all(|change| ours(&change.actor))
}

/// Whether changes of this install came after the heads.
#[must_use]
pub fn holds_mine(doc: &Automerge, since: &[ChangeHash], mine: &BTreeSet<ActorId>) -> bool {
    let changes = doc.get_changes_meta(since);
    changes.iter().any(|change| mine.contains(&*change.actor))
}

/// The chunks that offer everything of this install since the heads, in order.
///
/// The first push of a document that only this install has written is one document chunk without
/// deflated columns: the body's own compression packs three times better. A document that the gate
/// would not take as one chunk (too long, or written under ever new names) goes as changes, the schema's own first.
#[must_use]
pub fn chunks_to_offer(doc: &Automerge, offered: &[ChangeHash], mine: &BTreeSet<ActorId>) -> Vec<Vec<u8>> {
    if !holds_mine(doc, offered, mine) {
        return Vec::new();
    }
    let first = offered.is_empty() && alone(doc, mine);
    if first {
        let whole = doc.save_nocompress();
        if gate::count(&whole, &Limits::default()).is_ok() {
            return vec![whole];
        }
    }
    let changes = doc.get_changes(offered);
    let to_go = changes.iter().filter(|change| {
        mine.contains(change.actor_id()) || (first && genesis::is_genesis(change.actor_id().to_bytes()))
    });
    to_go.map(|change| change.raw_bytes().to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable as _;
    use automerge::{ROOT, ReadDoc as _};
    use notes::note::{Template, load};

    use super::*;

    const ME: [u8; 16] = [7; 16];
    const OTHER: [u8; 16] = [9; 16];

    fn mine() -> BTreeSet<ActorId> {
        [ActorId::from(ME)].into()
    }

    fn write(doc: &mut Automerge, actor: [u8; 16], text: &str) {
        doc.set_actor(ActorId::from(actor));
        let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
        let mut tx = doc.transaction();
        let end = tx.length(&body);
        tx.splice_text(&body, end, 0, text).unwrap();
        tx.commit();
    }

    fn kinds(chunks: &[Vec<u8>]) -> Vec<gate::Kind> {
        let counted = |chunk: &Vec<u8>| gate::count(chunk, &Limits::default()).unwrap().kind;
        chunks.iter().map(counted).collect()
    }

    #[test]
    fn a_genesis_alone_offers_nothing() {
        let doc = genesis::document(Template::Note);
        assert!(chunks_to_offer(&doc, &[], &mine()).is_empty());
        assert!(alone(&doc, &mine()));
    }

    #[test]
    fn the_first_push_is_one_plain_document_and_the_gate_takes_it() {
        let mut doc = genesis::document(Template::Note);
        for n in 0..200 {
            write(
                &mut doc,
                ME,
                &format!("line {n}, long enough that Automerge would deflate it\n"),
            );
        }
        let chunks = chunks_to_offer(&doc, &[], &mine());
        assert_eq!(kinds(&chunks), [gate::Kind::Document]);
        assert_eq!(load(&chunks[0]).unwrap().get_heads(), doc.get_heads());
    }

    #[test]
    fn later_pushes_are_my_changes_in_order_and_nobody_elses() {
        let mut doc = genesis::document(Template::Note);
        write(&mut doc, ME, "one");
        let offered = doc.get_heads();
        write(&mut doc, OTHER, " two");
        write(&mut doc, ME, " three");
        write(&mut doc, ME, " four");
        assert!(!alone(&doc, &mine()));
        let chunks = chunks_to_offer(&doc, &offered, &mine());
        assert_eq!(kinds(&chunks), [gate::Kind::Change, gate::Kind::Change]);
        let seqs: Vec<u64> = chunks
            .iter()
            .map(|c| automerge::Change::from_bytes(c.clone()).unwrap().seq())
            .collect();
        assert_eq!(seqs, [2, 3]);
        assert!(chunks_to_offer(&doc, &doc.get_heads(), &mine()).is_empty());
    }

    #[test]
    fn a_note_that_a_colleague_began_is_offered_as_changes_the_first_time_too() {
        let mut doc = genesis::document(Template::Note);
        write(&mut doc, OTHER, "hers");
        write(&mut doc, ME, "mine");
        assert_eq!(kinds(&chunks_to_offer(&doc, &[], &mine())), [gate::Kind::Change]);
    }

    #[test]
    fn a_document_under_ever_new_names_goes_as_changes_that_the_gate_takes() {
        let mut doc = genesis::document(Template::Note);
        let names: Vec<[u8; 16]> = (0..60).map(|n| [n + 1; 16]).collect();
        for name in &names {
            write(&mut doc, *name, "restored again ");
        }
        let mine = names.iter().map(ActorId::from).collect();
        let chunks = chunks_to_offer(&doc, &[], &mine);
        assert_eq!(kinds(&chunks), vec![gate::Kind::Change; 61]);
    }

    #[test]
    fn a_document_too_long_for_one_chunk_goes_as_changes_with_the_genesis() {
        let mut doc = genesis::document(Template::Note);
        for n in 0..6 {
            let text: String = (0..800_000u32)
                .map(|i| {
                    char::from(b'a' + i.wrapping_mul(2_654_435_761).wrapping_add(n).to_be_bytes()[1] % 26)
                })
                .collect();
            write(&mut doc, ME, &text);
        }
        let chunks = chunks_to_offer(&doc, &[], &mine());
        assert_eq!(chunks.len(), 7);
        assert_eq!(chunks[0], genesis::chunk(Template::Note));
    }
}
