//! Issues: what software cannot settle. Each is a row with a kind, what happened in words, and the
//! actions that end it. Ending one is a single transaction: the decision, its effect, the audit and
//! the news stand or fall together. The rules that find trouble live where the trouble arises
//! (sync, export); this room writes it down and carries out what a person decides.
//!
//! What never happens: one matter stands open twice, a decision is taken twice, a held note is
//! deleted.

mod addenda;
mod again;
mod detail;
mod differs;
mod exports;
mod halt;
mod held;
mod history;
mod likely;
mod list;
mod missing;
mod reach;
mod refused;
mod seen;
mod settle;
mod standing;
mod sweep;
mod trail;
mod watch;

#[cfg(test)]
mod tests;

pub use again::{UNPUBLISHED, can_write_again, decided_against, fork};
pub(crate) use detail::read as detail_of;
pub use differs::{Difference, differences, in_words};
pub(crate) use exports::{export_answered, export_refused, export_taken};
pub(crate) use halt::Halt;
pub use held::held;
pub use list::list;
pub use missing::{attachment_arrived, attachment_missing, unasked};
pub use reach::phones_with;
pub use refused::{Ended, Refused, ended, name_of};
pub use seen::{Valued, held_changes, held_entries, values_of};
pub use settle::{
    Arg, Candidate, Offer, can_undo, offers, preview, preview_in, reopen, reopen_in, settle, settle_in,
    undone,
};
pub use standing::{Standing, standing};
pub use sweep::{Limits, Place, sweep};
pub use trail::{Step, trail};
pub use watch::after_publish;
pub(crate) use watch::moved_away;
