//! A fleet of real phones against a server: set up, they write, they wake, and what came of it is told. Exits 1 where
//! something went wrong or still waits.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use doorstep_tests::fleet::{Fleet, invites};
use doorstep_tests::{Folder, Process};

/// Many phones at once.
#[derive(Parser)]
struct Arguments {
    /// How many phones, a worker each
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    phones: u16,
    /// How many notes each phone writes before it wakes
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=500))]
    notes: u16,
    /// How often they write and wake
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    mornings: u16,
    /// Within how many seconds all of them wake; 0: together
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(0..=3_600))]
    within: u16,
    /// The server; without one, a server of its own that goes with the fleet
    #[arg(long)]
    server: Option<String>,
    /// That server's data folder: the fleet's workers are imported there, and their codes made
    #[arg(long, requires = "server", conflicts_with = "codes")]
    data_dir: Option<PathBuf>,
    /// A file with a one-time code for each phone, one a line, each of a worker with a caseload
    #[arg(long, requires = "server")]
    codes: Option<PathBuf>,
    /// Load a server that is not on this machine. Only one that is yours
    #[arg(long)]
    anywhere: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let folder = Folder::on_disk();
    let phones = usize::from(arguments.phones);
    let mut own = None;
    let (url, codes) = if let Some(url) = &arguments.server {
        let url = url.trim_end_matches('/').to_owned();
        if !arguments.anywhere && !is_here(&url) {
            return Err(format!(
                "{url} is not this machine; --anywhere loads it all the same"
            ));
        }
        (url, codes(arguments, phones)?)
    } else {
        let mut server = Process::at(&folder.path().join("server"));
        let key = "07".repeat(32);
        server.set_environment(vec![("DOORSTEP_DATABASE_KEY".to_owned(), key)]);
        let codes = invites(server.data(), Some([7; 32]), phones)?;
        server.start();
        let url = server.url().to_owned();
        own = Some(server);
        (url, codes)
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from) * 16;
    println!("{phones} phones are set up …");
    let fleet = Fleet::enrols(&url, folder.path(), &codes, threads);
    let mut well = true;
    for morning in 0..u64::from(arguments.mornings) {
        let notes = u64::from(arguments.notes);
        println!("Each writes {notes} notes …");
        fleet.writes(notes, morning * notes, threads);
        println!("They wake within {} s …", arguments.within);
        let told = fleet.wakes(Duration::from_secs(arguments.within.into()), threads);
        print!("{}", told.summary());
        well &= told.errors.is_empty() && told.waiting == 0;
    }
    if let Some(server) = &mut own {
        while server.unjudged() > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
        server.verify();
    }
    Ok(well)
}

/// Codes out of a file, or made in a server's folder.
fn codes(arguments: &Arguments, phones: usize) -> Result<Vec<String>, String> {
    if let Some(folder) = &arguments.data_dir {
        return invites(folder, key()?, phones);
    }
    let Some(file) = &arguments.codes else {
        return Err(
            "how do the phones enrol? --data-dir is the server's folder; --codes a file of codes".to_owned(),
        );
    };
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let codes: Vec<String> = text.split_whitespace().take(phones).map(str::to_owned).collect();
    if codes.len() < phones {
        return Err(format!(
            "{} has {} codes for {phones} phones",
            file.display(),
            codes.len()
        ));
    }
    Ok(codes)
}

/// The key of the server's database, as the server itself is told it.
fn key() -> Result<Option<[u8; 32]>, String> {
    let Ok(text) = std::env::var("DOORSTEP_DATABASE_KEY") else {
        return Ok(None);
    };
    let bytes = doorstep_tests::hex::bytes(&text).and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(Some)
        .ok_or_else(|| "DOORSTEP_DATABASE_KEY is 64 hexadecimal digits".to_owned())
}

/// Whether an address is this machine's own.
fn is_here(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let host = if host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        host.to_owned()
    } else {
        format!("{host}:443")
    };
    let loopback = |ip: IpAddr| ip.is_loopback();
    host.to_socket_addrs()
        .is_ok_and(|mut found| found.all(|address| loopback(address.ip())))
}
