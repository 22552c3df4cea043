//! Simulated villages from a range of seeds, on all processors. A seed that fails prints its story in
//! words; the others go on, and the program exits 1 at the end.

#![allow(clippy::unwrap_used)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use doorstep_tests::simulator::{Summary, run};

/// Says how far it is after so many.
const EVERY: u64 = 500;

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let [seeds, from] = numbers.as_slice() else {
        eprintln!("simulate SEEDS FROM");
        return ExitCode::from(2);
    };
    // A story that fails is told by this program, not by the panic.
    std::panic::set_hook(Box::new(|_| {}));
    let (next, done) = (AtomicU64::new(*from), AtomicU64::new(0));
    let sum = Mutex::new((Summary::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        return;
                    }
                    let tale = run(seed);
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    match tale {
                        Ok(one) => sum.0.add(&one),
                        Err(failed) => {
                            println!("seed {seed} fails. Its story:");
                            failed.story.iter().for_each(|line| println!("  {line}"));
                            println!("seed {seed}: {}\n", failed.why);
                            sum.1.push((seed, failed.why));
                        }
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    if done.is_multiple_of(EVERY) {
                        println!("{done} of {seeds} told, {} failed", sum.1.len());
                    }
                }
            });
        }
    });
    let (all, mut failed) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.sort();
    println!(
        "{seeds} villages: {} notes shown as sent, {} versions taken, {} issues ended, {} requests in the storm, {} deaths, {} failed",
        all.shown,
        all.taken,
        all.settled,
        all.faults,
        all.deaths,
        failed.len()
    );
    for (seed, why) in &failed {
        println!("seed {seed}: {}", why.lines().next().unwrap_or_default());
    }
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
