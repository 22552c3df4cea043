//! The gate's promise, measured with the judge and Automerge behind it: input made to cost takes at most 64 MiB more
//! memory at its peak than honest input of the same size. A counting allocator is the measure; how much more time it
//! takes is a figure of `cargo xtask bench`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Mutex;

use doorstep_tests::assault::cost::{End, pay};
use doorstep_tests::assault::families::{
    CHANGES, CROWDS, Case, DOCUMENTS, Family, honest, honest_changes, honest_paste,
};
use doorstep_tests::assault::storm::is_long;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One at a time: the allocator counts for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

const MORE_MIB: usize = 64;
/// Like a note and like a long one; in the long form also like the longest, and near the cap of 4 MiB.
const SIZES: [usize; 4] = [20_000, 60_000, 400_000, 4_000_000];

fn peak(case: &Case) -> (usize, End) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let end = pay(case);
    (MEMORY.peak_usage() - before, end)
}

fn check(families: &[Family], honest: fn(usize) -> Case) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let most = if is_long() { SIZES.len() } else { 2 };
    for size in &SIZES[..most] {
        let (fair, end) = peak(&honest(*size));
        assert!(
            end.published > 0 && end.held.is_none() && end.refused.0 == 0,
            "the measure is honest: {end:?}"
        );
        for family in families {
            let case = (family.make)(*size);
            assert!(
                case.bytes() <= size + size / 10 + 1_000,
                "{} is {} bytes",
                family.name,
                case.bytes()
            );
            let (peak, end) = peak(&case);
            let more = peak.saturating_sub(fair) >> 20;
            println!(
                "{size} B, {}: {} KiB, honest {} KiB; {end:?}",
                family.name,
                peak >> 10,
                fair >> 10
            );
            assert!(
                more <= MORE_MIB,
                "{size} B of {}: {more} MiB more than honest input",
                family.name
            );
        }
    }
}

#[test]
fn a_first_push_that_is_made_to_cost() {
    check(DOCUMENTS, honest);
}

#[test]
fn a_change_that_is_made_to_cost() {
    check(CHANGES, honest_paste);
}

#[test]
fn many_changes_that_are_made_to_cost() {
    check(CROWDS, honest_changes);
}
