//! The figures that Doorstep claims, measured in one run against Automerge alone, or against honest
//! input, in the same process. `--check` exits 1 where one is missed. No test asserts a time; this program does, when
//! asked, on a machine that has nothing else to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss
)]

mod export;
mod hostile;
mod live;
mod meter;
mod morning;
mod phone;
mod table;
mod typing;
mod upload;

use std::process::ExitCode;

use doorstep_tests::visit::Pauses;
use table::Table;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|arg| arg == "--check");
    let mut table = Table::default();
    // For a profiler, under which a thousand notes would take hours.
    if let [first, count] = arguments.as_slice()
        && first == "--profile"
        && let Ok(count) = count.parse()
    {
        upload::run(&mut table, "70 changes each", Pauses::EveryBurst, count);
        table.print();
        return ExitCode::SUCCESS;
    }
    let alone = [
        ("--live", live::run as fn(&mut Table)),
        ("--hostile", hostile::run),
        ("--export", export::run),
        // Alone until its bounds hold: docs/next.md.
        ("--morning", morning::run),
    ];
    if let Some((_, part)) = alone
        .iter()
        .find(|(name, _)| arguments.iter().any(|arg| arg == name))
    {
        part(&mut table);
        table.print();
        return if check && table.missed() > 0 {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        };
    }
    println!("First upload: 1,000 finished notes of about 70 changes and 4.4 kB each …");
    upload::run(&mut table, "70 changes each", Pauses::EveryBurst, 1_000);
    println!("First upload: the same notes as the notebook writes them, a change per pause …");
    upload::run(&mut table, "a change per pause", Pauses::AsWritten, 1_000);
    println!("Nothing new: a phone that holds 2,000 notes …");
    phone::nothing_new(&mut table, 2_000);
    println!("Live: two phones and a server process over real sockets …");
    live::run(&mut table);
    println!("Export: 100,000 notes leave, and phones beside readers …");
    export::run(&mut table);
    println!("Typing: a note of 900 words, every key durable …");
    typing::run(&mut table);
    println!("Hostile input: families made to cost, beside honest input of the same size …");
    hostile::run(&mut table);
    table.print();
    if check && table.missed() > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
