//! Gives bytes to the gate, and what it lets through to the judge with Automerge behind it, as the server does.
//!
//! Not for measuring: who calls it looks at a meter before and after.

use notes::gate::{self, Limits};
use notes::ids::DeviceId;
use notes::note::{self, Template};
use server::sync::judge::{Candidate, Finding};
use server::sync::judge_guarded;

use super::families::{Case, PERSON};

/// Whose phone sends all this.
pub const SENDER: DeviceId = DeviceId([0x5e; 16]);

/// What became of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    /// Chunks that the gate refused, with the code of the first.
    pub refused: (usize, Option<&'static str>),
    /// Chunks that were published.
    pub published: usize,
    /// The code of the first that was held.
    pub held: Option<&'static str>,
}

/// Counts and judges.
pub fn pay(case: &Case) -> End {
    let mut end = End::default();
    let mut candidates = Vec::new();
    for chunk in &case.chunks {
        match gate::count(chunk, &Limits::default()) {
            Ok(_) => candidates.push(candidate(chunk.clone())),
            Err(refusal) => {
                end.refused.0 += 1;
                end.refused.1.get_or_insert(refusal.code());
            }
        }
    }
    let base = case
        .base
        .as_deref()
        .map(|bytes| note::load(bytes).expect("an honest base"));
    let judged = judge_guarded(base.as_ref(), Template::Note, &candidates).expect("the judge stands");
    for finding in judged.findings {
        match finding {
            Finding::Publish => end.published += 1,
            Finding::Hold(code) => _ = end.held.get_or_insert(code.as_str()),
            Finding::Wait => {}
        }
    }
    end
}

/// A chunk under judgement, sent for the person of all these notes.
pub fn candidate(chunk: Vec<u8>) -> Candidate {
    Candidate {
        chunk,
        person: Some(PERSON.to_string()),
        knew_finish: false,
        overruled: false,
        desk: false,
        sender: Some(SENDER),
    }
}
