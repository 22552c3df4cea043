//! Two hundred simulated villages, each from its own seed, in four tests that run side by side.
//! `cargo xtask simulate --seeds N --from S` runs any others; `DOORSTEP_SEED=N` tells one again.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use doorstep_tests::simulator::{Summary, run};

fn village(seed: u64) -> Summary {
    run(seed).unwrap_or_else(|failed| {
        panic!(
            "DOORSTEP_SEED={seed}\n{}\n{}",
            failed.story.join("\n"),
            failed.why
        );
    })
}

fn villages(from: u64, many: u64) {
    if let Ok(seed) = std::env::var("DOORSTEP_SEED") {
        println!("{:?}", village(seed.parse().unwrap()));
        return;
    }
    let mut all = Summary::default();
    for seed in from..from + many {
        all.add(&village(seed));
    }
    println!("{all:?}");
    let many = usize::try_from(many).unwrap();
    assert!(
        all.shown > many && all.taken > many && all.settled > many,
        "something happened: {all:?}"
    );
    assert!(all.faults > 10 && all.deaths > 10, "and went wrong: {all:?}");
}

#[test]
fn seeds_1_to_50_end_well() {
    villages(1, 50);
}

#[test]
fn seeds_51_to_100_end_well() {
    villages(51, 50);
}

#[test]
fn seeds_101_to_150_end_well() {
    villages(101, 50);
}

#[test]
fn seeds_151_to_200_end_well() {
    villages(151, 50);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in [3, 77] {
        assert_eq!(village(seed), village(seed), "seed {seed}");
    }
}
