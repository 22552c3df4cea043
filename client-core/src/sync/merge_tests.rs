//! Chunks in every order and state, against one document.

use automerge::transaction::Transactable as _;
use automerge::{ROOT, ReadDoc as _};

use super::*;

const ME: [u8; 16] = [7; 16];
const OTHER: [u8; 16] = [9; 16];

fn mine() -> BTreeSet<ActorId> {
    [ActorId::from(ME)].into()
}

fn me() -> ActorId {
    ActorId::from(ME)
}

fn write(doc: &mut Automerge, actor: [u8; 16], text: &str) {
    doc.set_actor(ActorId::from(actor));
    let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
    let mut tx = doc.transaction();
    let end = tx.length(&body);
    tx.splice_text(&body, end, 0, text).unwrap();
    tx.commit();
}

fn body(doc: &Automerge) -> String {
    let (_, body) = doc.get(ROOT, "body").unwrap().unwrap();
    doc.text(&body).unwrap()
}

/// A colleague's note of five changes, as change chunks without the genesis.
fn hers() -> (Automerge, Vec<Vec<u8>>) {
    let mut doc = genesis::document(Template::Note);
    let start = doc.get_heads();
    for word in ["one ", "two ", "three ", "four ", "five"] {
        write(&mut doc, OTHER, word);
    }
    let chunks = doc
        .get_changes(&start)
        .iter()
        .map(|c| c.raw_bytes().to_vec())
        .collect();
    (doc, chunks)
}

#[test]
fn any_order_and_any_repetition_ends_alike() {
    let (doc, chunks) = hers();
    let whole = doc.save_nocompress();
    let (first, last) = (chunks[..3].to_vec(), chunks[2..].to_vec());
    let lines: [Vec<Vec<u8>>; 5] = [
        chunks.clone(),
        chunks.iter().rev().cloned().collect(),
        vec![whole.clone()],
        [last.clone(), vec![whole], first.clone()].concat(),
        [chunks.clone(), chunks.clone()].concat(),
    ];
    for (n, line) in lines.iter().enumerate() {
        let absorbed = absorb(None, Template::Note, line, &mine(), &me());
        assert_eq!(absorbed.doc.get_heads(), doc.get_heads(), "line {n}");
        assert_eq!(
            (absorbed.waiting.len(), absorbed.refused.len(), absorbed.fresh),
            (0, 0, 5),
            "line {n}"
        );
    }
}

#[test]
fn a_change_without_its_dependency_waits_and_is_taken_when_it_came() {
    let (doc, chunks) = hers();
    let early = [&chunks[..1], &chunks[3..]].concat();
    let absorbed = absorb(None, Template::Note, &early, &mine(), &me());
    assert_eq!(body(&absorbed.doc), "one ");
    assert_eq!(absorbed.waiting.len(), 2);
    let rest = [absorbed.waiting, chunks[1..3].to_vec()].concat();
    let absorbed = absorb(Some(absorbed.doc), Template::Note, &rest, &mine(), &me());
    assert_eq!(absorbed.doc.get_heads(), doc.get_heads());
    assert!(absorbed.waiting.is_empty());
}

#[test]
fn a_damaged_chunk_is_refused_and_does_not_stop_the_others() {
    let (_, mut chunks) = hers();
    let broken = chunks[4].len() - 3;
    chunks[4][broken] ^= 1;
    chunks.push(Vec::new());
    let absorbed = absorb(None, Template::Note, &chunks, &mine(), &me());
    assert_eq!(body(&absorbed.doc), "one two three four ");
    let codes: Vec<&str> = absorbed.refused.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes.len(), 2);
    assert_eq!(codes[0], "chunk_checksum");
}

#[test]
fn two_changes_of_one_number_by_another_do_not_stop_the_rest() {
    let (_, chunks) = hers();
    let mut twin = genesis::document(Template::Note);
    let start = twin.get_heads();
    write(&mut twin, OTHER, "twin");
    let twin = twin.get_changes(&start)[0].raw_bytes().to_vec();
    let all = [chunks.clone(), vec![twin]].concat();
    let absorbed = absorb(None, Template::Note, &all, &mine(), &me());
    assert_eq!(body(&absorbed.doc), "one two three four five");
    assert_eq!(absorbed.refused.len(), 1);
}

#[test]
fn a_change_under_my_actor_that_i_never_made_is_a_fork() {
    let mut here = genesis::document(Template::Note);
    write(&mut here, ME, "here");
    let mut twin = here.clone();
    write(&mut twin, ME, " there");
    let chunk = twin.get_changes(&here.get_heads())[0].raw_bytes().to_vec();
    let heads = here.get_heads();
    let absorbed = absorb(Some(here), Template::Note, &[chunk], &mine(), &me());
    assert!(absorbed.forked);
    assert_eq!(absorbed.doc.get_heads(), heads, "the document is left as it was");
}

#[test]
fn my_own_older_changes_come_back_without_a_fork() {
    let mut doc = genesis::document(Template::Note);
    write(&mut doc, ME, "mine");
    let fresh = ActorId::from([8; 16]);
    let chunk = doc.save_nocompress();
    for base in [None, Some(genesis::document(Template::Note))] {
        let absorbed = absorb(
            base,
            Template::Note,
            std::slice::from_ref(&chunk),
            &mine(),
            &fresh,
        );
        assert!(!absorbed.forked);
        assert_eq!(body(&absorbed.doc), "mine");
    }
    let known = absorb(Some(doc), Template::Note, &[chunk], &mine(), &me());
    assert!(!known.forked && known.fresh == 0);
}

#[test]
fn the_same_number_twice_under_an_older_actor_of_mine_is_a_fork() {
    let (mut here, mut there) = (
        genesis::document(Template::Note),
        genesis::document(Template::Note),
    );
    write(&mut here, ME, "here");
    write(&mut there, ME, "there");
    let chunk = there.save_nocompress();
    let absorbed = absorb(
        Some(here),
        Template::Note,
        &[chunk],
        &mine(),
        &ActorId::from([8; 16]),
    );
    assert!(absorbed.forked);
}

#[test]
fn what_is_built_anew_knows_only_the_servers_chunks() {
    let (doc, chunks) = hers();
    let built = rebuild(Template::Note, &chunks);
    assert_eq!(built.doc.get_heads(), doc.get_heads());
    assert_eq!((built.fresh, built.forked), (5, false));
    let hole = [&chunks[..2], &chunks[3..]].concat();
    let built = rebuild(Template::Note, &hole);
    assert_eq!(body(&built.doc), "one two ");
    assert_eq!(
        BTreeSet::from_iter(built.waiting.clone()),
        chunks[3..].iter().cloned().collect()
    );
    for _ in 0..8 {
        let again = rebuild(Template::Note, &hole);
        assert_eq!(again.waiting, built.waiting, "no dice in the order");
    }
    let nothing = rebuild(Template::Note, &[]);
    assert_eq!(
        nothing.doc.get_heads(),
        genesis::document(Template::Note).get_heads()
    );
}

#[test]
fn a_note_that_comes_whole_is_the_same_as_one_made_of_its_changes() {
    let (doc, chunks) = hers();
    let whole = [doc.save()];
    let at_once = absorb(None, Template::Note, &whole, &mine(), &me());
    let slowly = absorb(
        Some(genesis::document(Template::Note)),
        Template::Note,
        &whole,
        &mine(),
        &me(),
    );
    assert_eq!(at_once.doc.save(), slowly.doc.save());
    assert_eq!((at_once.fresh, slowly.fresh), (5, 5));
    // What I never wrote under my own actor is a fork, however it comes.
    let forked = absorb(None, Template::Note, &whole, &mine(), &ActorId::from(OTHER));
    assert!(forked.forked);
    // One that does not begin as notes do, or as a page does, is not taken as one.
    let page = absorb(None, Template::About, &whole, &mine(), &me());
    assert!(
        page.doc
            .get_change_meta_by_hash(&genesis::hash(Template::About))
            .is_some()
    );
    let (other, me) = (doc.get_heads(), me());
    for (what, chunks, here, nothing) in [
        ("the same", whole.to_vec(), &other[..], true),
        ("its last change", vec![chunks[4].clone()], &other[..], true),
        (
            "an earlier change, of which that cannot be told",
            vec![chunks[3].clone()],
            &other[..],
            false,
        ),
        (
            "one that is not here",
            whole.to_vec(),
            &genesis::document(Template::Note).get_heads(),
            false,
        ),
        (
            "one of two",
            vec![whole[0].clone(), b"x".to_vec()],
            &other[..],
            false,
        ),
    ] {
        assert_eq!(brings_nothing(&chunks, here), nothing, "{what}");
        if nothing {
            let absorbed = absorb(Some(doc.clone()), Template::Note, &chunks, &mine(), &me);
            assert_eq!(
                (absorbed.fresh, absorbed.waiting.len(), absorbed.refused.len()),
                (0, 0, 0)
            );
        }
    }
}
