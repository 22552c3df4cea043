//! How numbers lie: the middle, the quarters and how many there are. Nothing is said of a few.

use serde::Serialize;
use utoipa::ToSchema;

/// Fewer are not shown.
pub const FEWEST: usize = 5;

/// The spread of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// A quarter of them is at most this.
    pub lower: i64,
    /// Half of them is at most this.
    pub median: i64,
    /// Three quarters of them are at most this.
    pub upper: i64,
}

/// The spread of some numbers; none of fewer than five.
#[must_use]
pub fn spread(values: &mut [i64]) -> Option<Spread> {
    if values.len() < FEWEST {
        return None;
    }
    values.sort_unstable();
    Some(Spread {
        count: values.len(),
        lower: quarter(values, 1)?,
        median: quarter(values, 2)?,
        upper: quarter(values, 3)?,
    })
}

/// The smallest of sorted numbers that so many quarters do not exceed: always one of them, so none is made up.
fn quarter(sorted: &[i64], quarters: usize) -> Option<i64> {
    let place = (sorted.len() * quarters).div_ceil(4);
    sorted.get(place.saturating_sub(1)).copied()
}
