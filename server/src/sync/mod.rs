//! Sync: what a phone pushes is accepted (appended to the log, durable, answered), judged soon
//! after, and published; what was published is pulled by cursor. Takes values and returns values;
//! the time, chance and the transaction are passed in.

/// Documents that the projector saw last.
#[derive(Default)]
pub struct Memory;
