//! Who is not in a file that is everybody. A file that was cut short says so of many who are still
//! there, so many leave only where somebody has said how many.

use notes::problem::Code;

use super::{Mode, Run};
use crate::import::Parsed;
use crate::ops::OpError;

/// So many may leave without a word.
const FEW: usize = 20;

/// What of a file decides who leaves.
pub(super) struct Roll {
    /// The first row of which nobody knows whom it is about.
    nameless: Option<u64>,
    empty: bool,
}

impl Roll {
    pub(super) fn of<T>(parsed: &Parsed<T>) -> Self {
        Self {
            nameless: parsed.nameless,
            empty: parsed.rows.is_empty() && parsed.named.is_empty(),
        }
    }

    /// Those of `here` who leave, where the file names those of whom `named` says so.
    pub(super) fn leavers<T>(
        &self,
        run: &mut Run<'_>,
        here: Vec<T>,
        named: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, OpError> {
        if run.how.mode == Mode::Changes {
            return Ok(Vec::new());
        }
        let known = here.len();
        let gone: Vec<T> = here.into_iter().filter(|one| !named(one)).collect();
        if gone.is_empty() {
            return Ok(gone);
        }
        if let Some(line) = self.nameless {
            let reason = "nobody knows whom this row is about, so nobody leaves with this file";
            run.answer.warn(line, "line", reason);
            return Ok(Vec::new());
        }
        let many = self.empty || (gone.len() > FEW && gone.len() * 2 > known);
        if many && run.how.confirm != u64::try_from(gone.len()).ok() {
            let detail = format!("{} of {known} would leave", gone.len());
            return Err(OpError::Because(Code::LeaversUnconfirmed, detail));
        }
        Ok(gone)
    }
}
