//! Every flipped bit and every truncation, with the checksum repaired and Automerge itself behind the gate:
//! what the gate lets through must not make Automerge panic, and no document that comes of it may be one
//! that cannot be saved and loaded again.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change};

use super::judge::Judge;
use super::{Dice, samples, seed};
use crate::forge;
use crate::gate::{Counted, Kind, Limits, count};

/// Enough for a recursion that is deep and honest; a bottomless one would still end the test.
const STACK_BYTES: usize = 256 << 20;

/// What became of the chunks that were tried.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    tried: u32,
    accepted: u32,
    /// Loaded as a document, or applied to one.
    taken: u32,
}

/// The most memory that this process ever had, where the system tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Honest chunks of the small documents: the name, the chunk, and for a change what it builds on.
fn chunks(random: Option<&mut Dice>) -> Vec<(String, Vec<u8>, Automerge)> {
    let mut chunks = Vec::new();
    let mut docs = samples::small();
    if let Some(dice) = random {
        docs.extend((0..5).map(|_| ("random", samples::at_random(dice))));
    }
    for (name, mut doc) in docs {
        chunks.push((name.to_owned(), doc.save_nocompress(), Automerge::new()));
        for change in doc.get_changes(&[]) {
            let base = doc.document().fork_at(change.deps()).unwrap();
            chunks.push((
                format!("{name} {}", change.hash()),
                change.raw_bytes().to_vec(),
                base,
            ));
        }
    }
    chunks
}

fn check(name: &str, lie: &[u8], base: &Automerge, tally: &mut Tally) {
    tally.tried += 1;
    let Ok(counted) = count(lie, &Limits::default()) else {
        return;
    };
    tally.accepted += 1;
    let behind = catch_unwind(AssertUnwindSafe(|| match counted.kind {
        Kind::Document => document_behind(lie),
        Kind::Change => change_behind(lie, &counted, base),
    }));
    let Ok(taken) = behind else {
        panic!("{name}: Automerge panics on what the gate accepted: {lie:?}");
    };
    tally.taken += u32::from(taken);
}

/// A lie in a document changes its hashes, so that Automerge refuses the heads. An attacker would put the
/// true heads, so this does too, and then the document must load, and live.
fn document_behind(lie: &[u8]) -> bool {
    let _ = Automerge::load(lie);
    let Ok(doc) = Automerge::load_unverified_heads(lie) else {
        return false;
    };
    let changes = doc.get_changes(&[]);
    let mut heads: BTreeSet<[u8; 32]> = changes.iter().map(|change| change.hash().0).collect();
    for dep in changes.iter().flat_map(Change::deps) {
        heads.remove(&dep.0);
    }
    let mut forged = forge::Document::open(lie);
    forged.heads = heads.into_iter().collect();
    let lie = forged.seal();
    let counted = count(&lie, &Limits::default()).expect("only the heads were changed");
    let doc = Automerge::load(&lie).expect("the heads are true");
    lives(&doc);
    let changes = doc.get_changes(&[]);
    assert_eq!(
        counted.ops,
        changes.iter().map(|change| change.len() as u64).sum::<u64>()
    );
    for change in &changes {
        count(change.raw_bytes(), &Limits::default()).expect("a document's changes pass the gate themselves");
    }
    let mut applied = Automerge::new();
    applied
        .apply_changes(changes)
        .expect("a document's changes apply");
    assert_eq!(
        applied.hydrate(None),
        doc.hydrate(None),
        "loaded and applied are one"
    );
    true
}

fn change_behind(lie: &[u8], counted: &Counted, base: &Automerge) -> bool {
    let Ok(change) = Change::from_bytes(lie.to_vec()) else {
        return false;
    };
    assert_eq!(
        (change.hash().0, change.len() as u64),
        (counted.hash, counted.ops)
    );
    if !Judge::new(&base.get_changes(&[])).lets_in(counted, &change) {
        return false;
    }
    let mut doc = base.clone();
    if doc.apply_changes([change]).is_err() || doc.get_heads() == base.get_heads() {
        return false;
    }
    // Which of two elements comes first is known only when the change is applied. A mark that ends before it
    // begins makes a document that cannot be loaded, which the judge sees when it loads what it saved.
    let marks = change_marks(lie);
    match Automerge::load(&doc.save()) {
        Err(error) if marks && error.to_string().contains("mark") => return false,
        _ => lives(&doc),
    }
    true
}

fn change_marks(chunk: &[u8]) -> bool {
    let columns = forge::Change::open(chunk).columns;
    columns.iter().any(|(spec, _)| *spec == forge::column::MARK_NAME)
}

/// The document can be read, saved, and loaded again.
fn lives(doc: &Automerge) {
    let again = Automerge::load(&doc.save()).expect("what was saved can be loaded");
    assert_eq!(again.hydrate(None), doc.hydrate(None));
    assert_eq!(again.get_heads(), doc.get_heads());
}

fn on_a_large_stack(work: impl FnOnce() -> Tally + Send + 'static) -> Tally {
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(work)
        .unwrap();
    thread
        .join()
        .unwrap_or_else(|cause| std::panic::resume_unwind(cause))
}

/// One flipped bit in every byte, which one the dice say; all eight with `--ignored`.
fn flip(bits: Option<u64>) -> Tally {
    let mut tally = Tally::default();
    let mut dice = Dice(bits.unwrap_or(1));
    for (name, chunk, base) in chunks(None) {
        for at in 0..chunk.len() {
            let one = dice.roll(8);
            for bit in (0..8).filter(|bit| bits.is_none() || *bit == one) {
                let mut lie = chunk.clone();
                lie[at] ^= 1 << bit;
                check(
                    &format!("{name}, byte {at}, bit {bit}"),
                    &forge::reseal(&lie),
                    &base,
                    &mut tally,
                );
            }
        }
    }
    println!("{tally:?}");
    tally
}

#[test]
fn automerge_survives_a_flipped_bit_in_every_byte() {
    let seed = seed();
    let tally = on_a_large_stack(move || flip(Some(seed)));
    assert!(
        tally.accepted > 1000 && tally.taken > 300,
        "too few came through to prove anything: {tally:?}"
    );
}

/// Half a minute; the dice version runs always.
#[test]
fn automerge_survives_every_flipped_bit() {
    if is_long() {
        on_a_large_stack(|| flip(None));
    }
}

/// Whether the long forms are asked for (`cargo xtask test --long`).
fn is_long() -> bool {
    std::env::var_os("DOORSTEP_LONG").is_some()
}

/// Does to a few bytes what a bit does not: other numbers, bytes taken out, put in, swapped.
fn mutate(column: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(3) {
        let at = usize::try_from(dice.roll(column.len() as u64 + 1)).unwrap();
        let small = [0, 1, 2, 3, 0x7d, 0x7e, 0x7f, 0x80, 0xff];
        let byte = small[usize::try_from(dice.roll(9)).unwrap()];
        match dice.roll(4) {
            0 => column.insert(at, byte),
            1 if at < column.len() => _ = column.remove(at),
            2 if at + 1 < column.len() => column.swap(at, at + 1),
            _ if at < column.len() => column[at] = byte,
            _ => {}
        }
    }
}

/// Lies in whole columns, in one or two of them at once, the frame around them true.
fn mutations(seed: u64, rounds: u32) -> Tally {
    let mut tally = Tally::default();
    let mut dice = Dice(seed);
    let chunks = chunks(Some(&mut dice));
    for round in 0..rounds {
        let (name, chunk, base) = &chunks[usize::try_from(dice.roll(chunks.len() as u64)).unwrap()];
        let lie = if chunk[8] == 0 {
            let mut document = forge::Document::open(chunk);
            let mut columns: Vec<_> = document.changes.iter_mut().chain(&mut document.ops).collect();
            tamper(&mut columns, &mut dice);
            document.seal()
        } else {
            let mut change = forge::Change::open(chunk);
            tamper(&mut change.columns.iter_mut().collect::<Vec<_>>(), &mut dice);
            change.seal()
        };
        check(&format!("{name}, round {round}"), &lie, base, &mut tally);
    }
    println!("{tally:?}");
    tally
}

fn tamper(columns: &mut [&mut (u64, Vec<u8>)], dice: &mut Dice) {
    for _ in 0..=dice.roll(2) {
        if columns.is_empty() {
            return;
        }
        let at = usize::try_from(dice.roll(columns.len() as u64)).unwrap();
        mutate(&mut columns[at].1, dice);
    }
}

#[test]
fn automerge_survives_mutated_columns() {
    let seed = seed();
    let before = peak_kib();
    let tally = on_a_large_stack(move || mutations(seed, 20_000));
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(
            after - before < 64 << 10,
            "{} KiB more than before",
            after - before
        );
    }
    assert!(
        tally.accepted > 500,
        "too few came through to prove anything: {tally:?}"
    );
}

/// Minutes; `DOORSTEP_TEST_SEED` gives it another beginning.
#[test]
fn automerge_survives_many_mutated_columns() {
    if is_long() {
        let seed = seed();
        on_a_large_stack(move || mutations(seed, 2_000_000));
    }
}

#[test]
fn every_truncation_is_refused() {
    for (name, chunk, _) in chunks(None) {
        for end in 0..chunk.len() {
            let cut = &chunk[..end];
            assert!(
                count(&forge::reseal(cut), &Limits::default()).is_err(),
                "{name} cut at {end}"
            );
            if let Some(body) = cut.get(11..) {
                let lie = forge::seal(chunk[8], body);
                assert!(
                    count(&lie, &Limits::default()).is_err(),
                    "{name}, sealed anew at {end}"
                );
            }
        }
    }
}
