//! `cargo xtask fleet`: many real phones against a server, in a release build. The fleet itself is a program of the
//! tests crate; this only starts it and passes its verdict on.

use clap::Args;

use crate::workshop::{Failure, Workshop};

/// How large the fleet is, and against what. The program says more: `target/release/fleet --help`.
#[derive(Args)]
pub struct Fleet {
    /// How many phones, a worker each (at most 10,000)
    #[arg(long, default_value_t = 100)]
    phones: u16,
    /// How many notes each phone writes before it wakes (at most 500)
    #[arg(long, default_value_t = 5)]
    notes: u16,
    /// How often they write and wake
    #[arg(long, default_value_t = 1)]
    mornings: u16,
    /// Within how many seconds all of them wake; 0: together
    #[arg(long, default_value_t = 60)]
    within: u16,
    /// The server; without one, a server of its own that goes with the fleet
    #[arg(long)]
    server: Option<String>,
    /// That server's data folder, where the fleet's workers are imported and their codes made
    #[arg(long)]
    data_dir: Option<String>,
    /// Instead: a file with a one-time code for each phone
    #[arg(long)]
    codes: Option<String>,
    /// Load a server that is not on this machine. Only one that is yours
    #[arg(long)]
    anywhere: bool,
}

/// Runs it.
///
/// # Errors
/// Exit code 1 where something went wrong or still waits, 2 for a wrong call.
pub fn fleet(workshop: &Workshop, fleet: &Fleet) -> Result<(), Failure> {
    let numbers = [
        ("--phones", fleet.phones),
        ("--notes", fleet.notes),
        ("--mornings", fleet.mornings),
        ("--within", fleet.within),
    ];
    let texts = [
        ("--server", &fleet.server),
        ("--data-dir", &fleet.data_dir),
        ("--codes", &fleet.codes),
    ];
    let numbers = numbers.map(|(name, n)| [name.to_owned(), n.to_string()]);
    let mut arguments = numbers.concat();
    for (name, text) in texts {
        arguments.extend(text.iter().flat_map(|text| [name.to_owned(), text.clone()]));
    }
    if fleet.anywhere {
        arguments.push("--anywhere".to_owned());
    }
    workshop.measure("fleet", &arguments, "The fleet did not come in well.")
}
