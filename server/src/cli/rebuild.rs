//! `doorstep rebuild`: the projections, made again from the log.

use serde_json::json;

use super::{Call, Failure, Said};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Said, Failure> {
    let core = call.core()?;
    let documents = sync::reproject(&core)?;
    Ok(Said {
        value: json!({ "documents": documents }),
        words: format!("{documents} documents made again from the log"),
    })
}
