//! Lists at the desk come in pages: rows, and where the next page goes on. A page reads a bounded number of rows, and
//! may come short where most of them are another team's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// Most rows of a page.
pub const ROWS: usize = 50;
/// Most rows that are read for a page.
pub const MOST_READ: usize = 2_000;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; none after the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// A place in a list as opaque text.
#[must_use]
pub fn write<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place that a text stands for.
///
/// # Errors
/// `cursor_unknown` where it is none of this list's.
pub fn read<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, Code> {
    let Some(text) = text else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Code::CursorUnknown)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| Code::CursorUnknown)
}

/// Walks along a list until a page is full, the list ends or enough was read. `more` gives the rows after a place, each
/// with its own place; `shown` makes a row of one that may be seen.
///
/// # Errors
/// Those of the two.
pub(super) fn walk<P: Serialize + Clone, R, T, E>(
    mut place: Option<P>,
    mut more: impl FnMut(Option<&P>, u32) -> Result<Vec<(P, R)>, E>,
    mut shown: impl FnMut(R) -> Result<Option<T>, E>,
) -> Result<Page<T>, E> {
    const AT_ONCE: u32 = 200;
    let (mut rows, mut seen) = (Vec::new(), 0);
    while seen < MOST_READ {
        let found = more(place.as_ref(), AT_ONCE)?;
        let last = found.len() < AT_ONCE as usize;
        for (at, row) in found {
            if rows.len() == ROWS {
                return Ok(Page {
                    rows,
                    next: place.as_ref().map(write),
                });
            }
            rows.extend(shown(row)?);
            place = Some(at);
            seen += 1;
        }
        if last {
            return Ok(Page { rows, next: None });
        }
    }
    Ok(Page {
        rows,
        next: place.as_ref().map(write),
    })
}
