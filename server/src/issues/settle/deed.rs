//! A decision while it is carried out: what was decided about which issue, and what comes of it in plain sentences. A
//! preview is the same deed, undone; so what it promises cannot differ from what happens.

use notes::ids::DocumentId;
use notes::problem::Code;
use serde_json::{Map, Value};

use crate::host::Host;
use crate::issues::{Halt, reach};
use crate::store::{Issue, StoreError, Tx};

/// Longest reason and longest message, in characters.
pub(super) const MAX_REASON_CHARS: usize = 2_000;

/// A decision that is being carried out.
pub(super) struct Deed<'a, 'c> {
    pub(super) tx: &'a Tx<'c>,
    pub(super) host: &'a Host,
    pub(super) issue: &'a Issue,
    pub(super) action: &'a str,
    pub(super) args: &'a Map<String, Value>,
    /// Who decided, as the audit has it.
    pub(super) by: &'a str,
    pub(super) reason: &'a str,
    /// What comes of it.
    pub(super) effects: Vec<String>,
}

impl Deed<'_, '_> {
    /// Says what comes of it.
    pub(super) fn say(&mut self, effect: impl Into<String>) {
        self.effects.push(effect.into());
    }

    /// Says whom a change of a note reaches.
    pub(super) fn say_reach(&mut self, document: DocumentId) -> Result<(), StoreError> {
        self.effects.extend(reach::of_a_change(self.tx, document)?);
        Ok(())
    }

    /// The note that the issue is about.
    pub(super) fn document(&self) -> Result<DocumentId, StoreError> {
        super::held::document(self.issue)
    }

    /// A text that was given; none where it is empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Halt> {
        match self.args.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= MAX_REASON_CHARS => {
                Ok(Some(text.trim()).filter(|text| !text.is_empty()))
            }
            Some(_) => Err(Code::ParameterInvalid.into()),
        }
    }

    /// A place in a list, from 0; a command line may have read it as text.
    pub(super) fn index(&self, name: &str, of: usize) -> Result<Option<usize>, Code> {
        let Some(given) = self.args.get(name) else {
            return Ok(None);
        };
        let index = given.as_u64().or_else(|| given.as_str()?.parse().ok());
        let index = index.and_then(|index| usize::try_from(index).ok());
        index
            .filter(|index| *index < of)
            .map(Some)
            .ok_or(Code::ParameterInvalid)
    }
}
