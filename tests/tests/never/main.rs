//! What must never happen, one story for each rule of the design, named after it. Each is written so
//! that breaking the rule in the code makes it fail; the README beside this folder says which line was
//! broken to see that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod r01_sent_is_durable;
mod r02_counted_once;
mod r03_only_copy;
mod r04_bad_blocks_nobody;
mod r05_held_is_kept;
mod r06_own_name_only;
mod r07_finished_is_closed;
mod r08_copied_phones;
mod r09_taken_once;
mod r10_seen_by_the_right_ones;
