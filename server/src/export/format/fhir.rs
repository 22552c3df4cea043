//! FHIR R4 document Bundles.

use super::{Event, Mapping};
use crate::store::StoreError;

/// Appends the Bundle of an event, as one line of JSON without a line feed.
pub(super) fn bundle(_event: &Event, _mapping: &Mapping, _out: &mut Vec<u8>) -> Result<(), StoreError> {
    Err(StoreError::Inconsistent("FHIR is not built"))
}
