//! What becomes of issues, told by notes made with the edits of a phone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod asking;
mod conflicts;
mod decisions;
mod holding;
mod looking;
mod people;
mod sweeping;
mod twice;

use notes::ids::DeviceId;
use notes::problem::Code;
use serde_json::{Map, Value};

use super::{Standing, settle, standing};
use crate::export::tests::town::{Copy, Town};
use crate::store::{Audience, EntryState, NewsKind};

/// Ends an issue as the operator, for a reason.
fn end(town: &Town, issue: &Value, action: &str, args: Value) -> Result<Value, Code> {
    let Value::Object(args) = args else {
        panic!("arguments are an object")
    };
    settle(
        &town.core,
        issue["id"].as_str().unwrap(),
        action,
        &args,
        "operator",
        "We talked.",
    )
    .map_err(|refused| refused.code())
}

fn none() -> Value {
    Value::Object(Map::new())
}

fn stands(town: &Town, note: &Copy, device: Option<DeviceId>) -> Standing {
    town.read(|tx| standing(tx, note.id, device))
}

/// How many entries of a note are in each of these states.
fn states(town: &Town, note: &Copy) -> [usize; 4] {
    use EntryState::{Held, Published, SetAside, Waiting};
    [Published, Held, Waiting, SetAside].map(|state| town.read(|tx| tx.log_of(note.id, &[state])).len())
}

/// Whether an audience was told something about a note after a number.
fn told(town: &Town, audience: Audience<'_>, after: u64, kind: NewsKind, note: &Copy) -> bool {
    let news = town.read(|tx| tx.news_for(audience, after, 1_000));
    news.iter().any(|n| n.kind == kind && n.key == note.id.0)
}
