//! Chance attacks convergence: three phones write what they like, their parts come cut up, out of
//! order and more than once, and the judge is called whenever it suits. It ends as merging ends.

use automerge::Automerge;
use notes::note::{Edit, Template};

use super::world::*;
use crate::sync::judge::{Candidate, Finding};

fn an_edit(dice: &mut Dice, doc: &Automerge) -> Edit {
    let length = plain(doc).texts["body"].chars().count();
    match dice.below(7) {
        0 => put(
            &format!("actions.{}.what", dice.below(3)),
            &format!("call {}", dice.below(9)),
        ),
        1 => put("feedback.words", &format!("useful {}", dice.below(9))),
        2 => put("kind", ["phone_call", "home_visit"][dice.below(2)]),
        3 if length > 1 => Edit::Mark {
            field: "body".into(),
            start: 0,
            end: dice.below(length) as u64 + 1,
            kind: "third_party".into(),
        },
        4 if length > 0 => Edit::Splice {
            field: "body".into(),
            at: dice.below(length) as u64,
            delete: 1,
            insert: String::new(),
        },
        _ => typed(
            dice.below(length + 1) as u64,
            ["a", "word ", "Üß🏠"][dice.below(3)],
        ),
    }
}

/// What three phones write and see of one another, and every chunk that they push.
fn phones(dice: &mut Dice) -> (Vec<Automerge>, Vec<Candidate>) {
    let mut docs = vec![
        note_by(actor(1), ANN),
        bare(Template::Note, actor(2)),
        bare(Template::Note, actor(3)),
    ];
    let mut sent = [0; 3];
    let mut chunks = Vec::new();
    for _ in 0..dice.below(40) {
        let at = dice.below(3);
        match dice.below(4) {
            0 => {
                let mut other = docs[(at + 1) % 3].clone();
                docs[at].merge(&mut other).unwrap();
            }
            1 => offer(dice, &docs[at], at, &mut sent[at], &mut chunks),
            _ => {
                let edits: Vec<Edit> = (0..=dice.below(2)).map(|_| an_edit(dice, &docs[at])).collect();
                one_change(&mut docs[at], &edits);
            }
        }
    }
    for at in 0..3 {
        offer(dice, &docs[at], at, &mut sent[at], &mut chunks);
    }
    (docs, chunks)
}

fn one_change(doc: &mut Automerge, edits: &[Edit]) {
    let mut tx = doc.transaction();
    for edit in edits {
        // One may have taken out the letter that the next one names.
        let _ = edit.apply(&mut tx, Template::Note);
    }
    tx.commit();
}

/// What a phone pushes: its first as a document where nothing else is in it, then its own changes.
fn offer(dice: &mut Dice, doc: &Automerge, who: usize, sent: &mut usize, chunks: &mut Vec<Candidate>) {
    let by = u8::try_from(who).unwrap() + 1;
    let wrap = if who == 0 { candidate } else { joined };
    let own: Vec<_> = doc
        .get_changes(&[])
        .into_iter()
        .filter(|c| c.actor_id().to_bytes() == actor(by).0)
        .collect();
    let alone = doc.get_changes(&[]).len() == own.len() + 1;
    if *sent == 0 && alone && !own.is_empty() && dice.below(2) == 0 {
        chunks.push(wrap(whole(doc)));
    } else {
        if *sent == 0 {
            chunks.push(wrap(notes::note::genesis::chunk(Template::Note)));
        }
        chunks.extend(own.iter().skip(*sent).map(|c| wrap(c.raw_bytes().to_vec())));
    }
    *sent = own.len();
}

fn run(seed: u64) {
    let mut dice = Dice(seed);
    let (docs, mut chunks) = phones(&mut dice);
    let again: Vec<Candidate> = chunks.iter().filter(|_| dice.below(5) == 0).cloned().collect();
    chunks.extend(again);
    for at in (1..chunks.len()).rev() {
        chunks.swap(at, dice.below(at + 1));
    }
    let mut base: Option<Automerge> = None;
    let mut waiting: Vec<Candidate> = Vec::new();
    while !chunks.is_empty() || !waiting.is_empty() {
        let arrived = dice
            .below(4)
            .min(chunks.len())
            .max(usize::from(waiting.is_empty()));
        let before = (chunks.len(), waiting.len());
        waiting.extend(chunks.drain(..arrived));
        let only = waiting.first().map(|candidate| candidate.chunk.clone());
        let outcome = judged(base.as_ref(), &waiting);
        let held = outcome
            .findings
            .iter()
            .filter(|f| matches!(f, Finding::Hold(_)))
            .count();
        assert_eq!(held, 0, "seed {seed}: {:?}", outcome.findings);
        let mut findings = outcome.findings.iter();
        waiting.retain(|_| *findings.next().unwrap() == Finding::Wait);
        if let Some(sound) = outcome.outcome {
            base = Some(
                sound
                    .doc
                    .unwrap_or_else(|| notes::note::load(&only.unwrap()).unwrap()),
            );
        }
        assert!(
            before.0 > 0 || waiting.len() < before.1 || arrived > 0,
            "seed {seed}: nothing goes on"
        );
    }
    let mut merged = docs[0].clone();
    docs[1..]
        .iter()
        .for_each(|doc| _ = merged.merge(&mut doc.clone()).unwrap());
    let base = base.unwrap_or_else(|| panic!("seed {seed}: nothing was published"));
    assert_eq!(base.get_heads(), merged.get_heads(), "seed {seed}");
    assert_eq!(plain(&base), plain(&merged), "seed {seed}");
}

#[test]
fn whatever_the_order_it_ends_as_merging_does() {
    let seeds = match std::env::var("DOORSTEP_TEST_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=150)
            .map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect(),
    };
    for seed in seeds {
        println!("DOORSTEP_TEST_SEED={seed}");
        run(seed);
    }
}
