//! The cells in which the times of notes are kept: one team, one kind of visit, one month. One with fewer than five
//! is left out of everything, so that nothing about it can be had by taking one report from another.

use std::collections::BTreeMap;

use super::super::spread::{FEWEST, Spread, spread};
use super::period::month_of;
use crate::store::CountedNote;

/// A group of cells: a team's notes of one kind, or of all kinds.
pub(super) type Group = (Option<i64>, Option<String>);

/// One measure of many notes.
#[derive(Default)]
pub(super) struct Cells(BTreeMap<(Option<i64>, String, i32), Vec<i64>>);

impl Cells {
    /// Enters what was measured of a note; nothing where it could not be.
    pub(super) fn enter(&mut self, note: &CountedNote, value: Option<i64>) {
        let Some(value) = value else { return };
        let kind = note.kind.clone().unwrap_or_default();
        let cell = (note.team, kind, month_of(note.started_at));
        self.0.entry(cell).or_default().push(value);
    }

    /// The spread of each group, of the cells that have enough; and whether any had not.
    fn spreads(self) -> (BTreeMap<Group, Spread>, bool) {
        let (groups, left_out) = self.groups();
        let spreads = groups
            .into_iter()
            .filter_map(|(group, mut values)| Some((group, spread(&mut values)?)));
        (spreads.collect(), left_out)
    }

    /// Where noughts and ones were entered: how many in a hundred are ones, of the cells that have enough.
    pub(super) fn shares(self) -> BTreeMap<Group, i64> {
        let share = |values: Vec<i64>| {
            let count = i64::try_from(values.len()).unwrap_or(i64::MAX).max(1);
            values.iter().sum::<i64>().saturating_mul(100) / count
        };
        let (groups, _) = self.groups();
        groups
            .into_iter()
            .map(|(group, values)| (group, share(values)))
            .collect()
    }

    fn groups(self) -> (BTreeMap<Group, Vec<i64>>, bool) {
        let (mut groups, mut left_out) = (BTreeMap::<Group, Vec<i64>>::new(), false);
        for ((team, kind, _), values) in self.0 {
            if values.len() < FEWEST {
                left_out = true;
                continue;
            }
            for group in [(team, Some(kind)), (team, None)] {
                groups.entry(group).or_default().extend(&values);
            }
        }
        (groups, left_out)
    }
}

/// Several measures of the same notes, each group with the spread of each.
pub(super) fn together<const N: usize>(all: [Cells; N]) -> (BTreeMap<Group, [Option<Spread>; N]>, bool) {
    let (mut groups, mut left_out) = (BTreeMap::<Group, [Option<Spread>; N]>::new(), false);
    for (place, cells) in all.into_iter().enumerate() {
        let (spreads, some) = cells.spreads();
        left_out |= some;
        for (group, spread) in spreads {
            let row = groups.entry(group).or_insert([None; N]);
            if let Some(cell) = row.get_mut(place) {
                *cell = Some(spread);
            }
        }
    }
    (groups, left_out)
}
