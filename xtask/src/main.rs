//! The command line of the chores: `cargo xtask CHORE`. It only reads arguments; each chore has its own file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::fleet::{self, Fleet};
use xtask::workshop::{Failure, Workshop};
use xtask::{bench, mobile, run, setup, simulate, test, tidy, web};

/// Every chore of the project is one of these.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Check that what the other chores need is here, and install what may be installed
    Setup,
    /// Build the server and serve it on loopback, with a demo team if the data folder is new
    Run {
        /// Where the server keeps its data
        #[arg(long, default_value = ".demo")]
        data_dir: PathBuf,
        /// The address to serve on
        #[arg(long, default_value = "127.0.0.1:8710")]
        listen: SocketAddr,
        /// Do not fill a new data folder with the demo team
        #[arg(long)]
        empty: bool,
    },
    /// Run setup, then every check and every test
    Test {
        /// Run the long forms of the tests too
        #[arg(long)]
        long: bool,
    },
    /// Check the folders' edges, the size budgets and the house rules
    Tidy,
    /// Measure the figures of speed
    Bench {
        /// Exit 1 where a figure is missed
        #[arg(long)]
        check: bool,
    },
    /// Build the phone app
    Web,
    /// Build the libraries for Android and iOS, and their sides in Kotlin and Swift
    Mobile,
    /// Run simulated villages from a range of seeds
    Simulate {
        /// How many seeds to run
        #[arg(long, default_value_t = 100)]
        seeds: u64,
        /// The first seed
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Load a server with a fleet of real phones
    Fleet(Fleet),
}

fn main() -> ExitCode {
    match Workshop::find().and_then(|workshop| carry_out(Arguments::parse().chore, &workshop)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { message, exit }) => {
            eprintln!("{message}");
            ExitCode::from(exit)
        }
    }
}

fn carry_out(chore: Chore, workshop: &Workshop) -> Result<(), Failure> {
    match chore {
        Chore::Setup => setup::setup(workshop).map(|_| ()),
        Chore::Run {
            data_dir,
            listen,
            empty,
        } => run::run(workshop, &data_dir, listen, empty),
        Chore::Test { long } => test::test(workshop, long),
        Chore::Tidy => tidy::tidy(workshop),
        Chore::Bench { check } => bench::bench(workshop, check),
        Chore::Web => web::web(workshop),
        Chore::Mobile => mobile::mobile(workshop),
        Chore::Simulate { seeds, from } => simulate::simulate(workshop, seeds, from),
        Chore::Fleet(asked) => fleet::fleet(workshop, &asked),
    }
}
