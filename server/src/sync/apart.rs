//! Judging apart: a document over which the process died once is judged first in a process of its own.
//! If that one dies too, while this one lives, the document is to blame; a server that is killed
//! from outside, however often, blames nobody.

use automerge::Automerge;
use minicbor::{Decode, Encode};
use notes::note::{self, Template};

use super::docket::Docket;
use super::judge::{Candidate, judge};
use super::project::{on_large_stack, without_falls};
use crate::core::Core;
use crate::host::{Ended, Host};
use crate::store::StoreError;

/// Where no process of its own can be had, a document is held after so many deaths. Many, because a
/// server that is killed from outside again and again may die over an innocent note too (ADR 2).
pub(super) const MOST_DEATHS: u32 = 5;
/// It dies so often by itself before it is blamed: once may have been the machine.
const TRIALS: u32 = 2;

/// What travels to the other process.
#[derive(Encode, Decode)]
struct Case {
    #[n(0)]
    template: Template,
    #[cbor(n(1), with = "minicbor::bytes")]
    base: Option<Vec<u8>>,
    #[n(2)]
    candidates: Vec<Candidate>,
}

/// Whether a docket kills whoever judges it.
pub(super) fn is_deadly(core: &Core, docket: &Docket, deaths: u32) -> Result<bool, StoreError> {
    if deaths == 0 {
        return Ok(false);
    }
    let Some(apart) = &core.host.apart else {
        return Ok(deaths >= MOST_DEATHS);
    };
    let case = Case {
        template: docket.template,
        base: docket.base.as_ref().map(Automerge::save_nocompress),
        candidates: docket.candidates.clone(),
    };
    let case = minicbor::to_vec(case).map_err(|_| StoreError::Inconsistent("a docket cannot be written"))?;
    for _ in 0..TRIALS {
        match apart.judge(&case) {
            Ended::Well => return Ok(false),
            Ended::Badly => {}
            Ended::Unknown => return Ok(deaths >= MOST_DEATHS),
        }
    }
    Ok(true)
}

/// Whether another process survives these candidates, where there can be one.
pub(super) fn survives(
    host: &Host,
    template: Template,
    base: Option<&Automerge>,
    candidates: &[Candidate],
) -> Result<bool, StoreError> {
    let Some(apart) = &host.apart else { return Ok(true) };
    let case = Case {
        template,
        base: base.map(Automerge::save_nocompress),
        candidates: candidates.to_vec(),
    };
    let case = minicbor::to_vec(case).map_err(|_| StoreError::Inconsistent("a case cannot be written"))?;
    Ok(apart.judge(&case) != Ended::Badly)
}

/// Judges what another process sent, as the projector would, and forgets the outcome: that it comes
/// back at all is the answer.
///
/// # Errors
/// Where the bytes are no such case: then this says nothing of a document.
pub fn judge_apart(case: &[u8]) -> Result<(), StoreError> {
    let broken = StoreError::Inconsistent("what came is not a case");
    let Ok(case) = minicbor::decode::<Case>(case) else {
        return Err(broken);
    };
    on_large_stack(|| {
        let base = case
            .base
            .as_deref()
            .map(note::load)
            .transpose()
            .map_err(|_| broken)?;
        without_falls(&case.candidates, |candidates| {
            judge(base.as_ref(), case.template, candidates)
        });
        Ok(())
    })?
}
