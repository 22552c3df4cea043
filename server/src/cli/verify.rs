//! `doorstep verify`. A difference is exit code 1.

use serde_json::json;

use super::{Call, Failure, Said};
use crate::ops::verify;

pub(super) fn run(call: &Call) -> Result<(Said, bool), Failure> {
    let core = call.core()?;
    let verified = verify::verify_and_mark(&core)?;
    let whole = verified.differences.is_empty();
    let mut lines = verified.differences.clone();
    lines.push(format!(
        "{} log entries, {} audit entries, {} documents, {} files: {}",
        verified.log.n,
        verified.audit.n,
        verified.documents,
        verified.attachments,
        if whole { "all as they must be" } else { "see above" }
    ));
    let said = Said {
        value: json!({
            "log_entries": verified.log.n,
            "audit_entries": verified.audit.n,
            "documents": verified.documents,
            "attachments": verified.attachments,
            "differences": verified.differences,
        }),
        words: lines.join("\n"),
    };
    Ok((said, whole))
}
