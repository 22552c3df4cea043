//! The commands, as `--help` tells them.
#![expect(
    clippy::doc_markdown,
    clippy::doc_link_with_quotes,
    reason = "these comments are printed by --help"
)]

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A Doorstep phone without a screen.
///
/// The PIN is read from the environment variable DOORSTEP_PIN; DOORSTEP_CLOCK_OFFSET_MS shifts the
/// device's clock. Exit status: 0 done (also when a note was held), 2 a wrong call, 3 the server is
/// out of reach (nothing is lost), 4 the server refused.
#[derive(Parser)]
#[command(name = "doorstep-phone", version)]
pub(crate) struct Cli {
    /// Folder of this phone: its encrypted store and its vault.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Print one JSON value.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A line of `batch`.
#[derive(Parser)]
#[command(name = "", no_binary_name = true, disable_help_flag = true)]
pub(crate) struct Line {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the device key and the store, enrol, and make the first pass.
    Enrol {
        /// A link such as `https://server/#enrol=XXXXX-XXXXX`, or a bare code with --server.
        #[arg(value_name = "LINK_OR_CODE")]
        link: String,
        /// The server's address, for a bare code.
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
    /// Caseload and team.
    People {
        /// Part of a name or case id.
        query: Option<String>,
    },
    /// Begin a note: CASE_ID KIND, or --name "…" KIND.
    New {
        /// CASE_ID and KIND; only KIND with --name.
        #[arg(value_name = "CASE_ID KIND", num_args = 1..=2, required = true)]
        about: Vec<String>,
        /// Name of a person not known yet.
        #[arg(long)]
        name: Option<String>,
        /// Contact time, RFC 3339; now where it is not given.
        #[arg(long, value_name = "ISO")]
        started_at: Option<jiff::Timestamp>,
        /// Its end, RFC 3339.
        #[arg(long, value_name = "ISO")]
        ended_at: Option<jiff::Timestamp>,
    },
    /// The person's own page: prints its document id, usable as NOTE.
    About {
        /// The case system's id.
        case_id: String,
    },
    /// What the team's desk says, until it was read.
    Messages,
    /// Say that a message was read; the desk is told with the next pass.
    Read {
        /// The message's id, as `messages` prints it.
        message: String,
    },
    /// Join a colleague's open note.
    Join {
        /// The note's id.
        note: String,
    },
    /// Type. Positions and lengths count Unicode scalar values.
    Type {
        /// The note's id.
        note: String,
        /// What to insert; `-` reads standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// Text field.
        #[arg(long, default_value = "body")]
        field: String,
        /// Position; at the end where it is not given.
        #[arg(long)]
        at: Option<u64>,
        /// Delete so many characters there first.
        #[arg(long, default_value_t = 0)]
        delete: u64,
        /// Time spent writing, in milliseconds.
        #[arg(long, default_value_t = 0)]
        spent_ms: u64,
    },
    /// Set any other field, as `set NOTE feedback '{"was_it_useful":"yes"}'`; `actions.+` adds an entry.
    Set {
        /// The note's id.
        note: String,
        /// Path of the field.
        path: String,
        /// The value; null clears.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Mark a passage that stays out of the person's copy.
    Mark {
        /// The note's id.
        note: String,
        /// First character.
        start: u64,
        /// One past the last.
        end: u64,
        /// `third_party` or `do_not_share`.
        kind: String,
        /// Text field.
        #[arg(long, default_value = "body")]
        field: String,
    },
    /// Read commands from standard input, one a line, and answer each with one JSON value a line.
    ///
    /// A line is either words as in a shell ('…', "…" and \ quote) or a JSON array of strings, as
    /// ["type","NOTE","text"]. Empty lines and lines that begin with # are skipped. A failure answers
    /// {"error":{"exit":…,"code":…,"message":…}} and the next line is read; the exit status is that of
    /// the first failure.
    Batch,
    /// Close a note.
    Finish {
        /// The note's id.
        note: String,
    },
    /// Add an addendum to a finished note.
    Add {
        /// The note's id.
        note: String,
        /// Its text; `-` reads standard input.
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Attach a file: a photograph, a sound recording, a PDF or plain text. Prints its SHA-256.
    Attach {
        /// The note's id.
        note: String,
        /// The file.
        file: PathBuf,
        /// What it shows.
        #[arg(long)]
        caption: Option<String>,
    },
    /// One pass with the server.
    Sync,
    /// All notes in view.
    List,
    /// One note, every field; with --attachment one of its files.
    Show {
        /// The note's id.
        note: String,
        /// An attachment's SHA-256, as `show` prints it.
        #[arg(long, value_name = "SHA256", requires = "to")]
        attachment: Option<String>,
        /// Where to write it.
        #[arg(long, value_name = "FILE", requires = "attachment")]
        to: Option<PathBuf>,
    },
    /// Notes that have all the words.
    Search {
        /// The words.
        text: String,
    },
}
