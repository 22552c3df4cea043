//! A long answer in parts. Each is taken in by a transaction of its own, with room between two of them for whoever
//! types; the cursor moves with the last. So what is cut off between two parts comes again, and a chunk that comes twice
//! is the same chunk.

use notes::wire::{RowBody, Subject};

use super::take::Effects;

/// So many documents are taken in at once.
const DOCUMENTS: usize = 4;
/// Bytes of chunks after which a part takes no further document.
const BYTES: usize = 16 * 1024;

impl Effects {
    /// Takes the next part off the front; none where what is left is the last.
    pub fn next_part(&mut self) -> Option<Self> {
        if !self.comes_in_parts() {
            return None;
        }
        let mut bytes = 0;
        let fits = self.arrivals.iter().take(DOCUMENTS).take_while(|arrival| {
            let before = bytes;
            bytes += arrival.chunks.iter().map(Vec::len).sum::<usize>();
            before < BYTES
        });
        let fits = fits.count();
        if fits == self.arrivals.len() {
            return None;
        }
        let rest = self.arrivals.split_off(fits);
        Some(Self {
            // They come before what is written of whom they name.
            rows: std::mem::take(&mut self.rows),
            arrivals: std::mem::replace(&mut self.arrivals, rest),
            ..Self::default()
        })
    }

    /// Not where one thing in it must be known by another: an order to begin anew and the history for it, or a verdict
    /// and what a person decided about it.
    fn comes_in_parts(&self) -> bool {
        let decides = |row: &RowBody| match row {
            // One that stands is known by its own number.
            RowBody::Order(order) => order.id.is_none(),
            RowBody::Standing(standing) => standing.state == "clear" && !self.answers.is_empty(),
            _ => false,
        };
        !self.rewound
            && !self.rows_anew
            && !self.rows.iter().any(|(_, row)| decides(row))
            && self
                .fills
                .iter()
                .all(|fill| matches!(fill.subject, Subject::Person(_)))
    }
}

#[cfg(test)]
mod tests {
    use notes::ids::{DocumentId, PersonId};
    use notes::note::Template;
    use notes::wire::{OrderRow, Outcome, StandingRow, WorkerRow};

    use super::*;
    use crate::sync::take::{Answer, Arrival, FillNews};

    fn arrival(n: usize, bytes: usize) -> Arrival {
        Arrival {
            document: DocumentId::at(i64::try_from(n).unwrap(), [0; 10]),
            template: Template::Note,
            person: None,
            chunks: vec![vec![0; bytes / 2], vec![1; bytes - bytes / 2]],
            asked: true,
        }
    }

    fn long(count: usize, bytes: usize) -> Effects {
        Effects {
            arrivals: (0..count).map(|n| arrival(n, bytes)).collect(),
            rows: vec![(
                1,
                RowBody::Worker(WorkerRow {
                    id: "W1".into(),
                    name: "A".into(),
                }),
            )],
            fills: vec![FillNews {
                subject: Subject::Person(PersonId([1; 16])),
                next: Some(9),
                closed: None,
            }],
            cursor: Some(vec![7]),
            safe_seq: 5,
            pulled: true,
            ..Effects::default()
        }
    }

    #[test]
    fn the_parts_are_the_answer_and_the_cursor_is_in_the_last() {
        let lines = [
            ("short", 4, 10, vec![4]),
            ("one more than goes at once", 5, 10, vec![4, 1]),
            ("many", 10, 10, vec![4, 4, 2]),
            ("long ones", 5, 9_000, vec![2, 2, 1]),
            ("each longer than a part", 3, 40_000, vec![1, 1, 1]),
            ("nothing", 0, 0, vec![0]),
        ];
        for (what, count, bytes, expected) in lines {
            let whole = long(count, bytes);
            let mut rest = whole.clone();
            let mut parts = Vec::new();
            while let Some(part) = rest.next_part() {
                assert_eq!(
                    (&part.cursor, part.pulled, part.safe_seq),
                    (&None, false, 0),
                    "{what}"
                );
                assert!(
                    part.fills.is_empty(),
                    "{what}: a history is not done before all of it is here"
                );
                parts.push(part);
            }
            assert_eq!(
                (&rest.cursor, &rest.fills),
                (&whole.cursor, &whole.fills),
                "{what}"
            );
            parts.push(rest);
            let sizes: Vec<usize> = parts.iter().map(|part| part.arrivals.len()).collect();
            assert_eq!(sizes, expected, "{what}");
            assert_eq!(parts[0].rows, whole.rows, "{what}");
            let all: Vec<Arrival> = parts.into_iter().flat_map(|part| part.arrivals).collect();
            assert_eq!(all, whole.arrivals, "{what}");
        }
    }

    #[test]
    fn what_must_be_known_together_comes_together() {
        type Spoil = fn(&mut Effects);
        let standing = |state: &str| {
            RowBody::Standing(StandingRow {
                document: DocumentId([1; 16]),
                state: state.into(),
                code: None,
                message: None,
            })
        };
        let verdict = Answer {
            document: DocumentId([1; 16]),
            chunks: vec![1],
            outcome: Outcome::Held,
            code: None,
            seq: 1,
        };
        let lines: [(&str, Spoil); 4] = [
            ("the server was set back", |e| e.rewound = true),
            ("the rows come anew", |e| e.rows_anew = true),
            ("an order", |e| {
                let order = OrderRow {
                    order: "new_actor".into(),
                    document: None,
                    against: None,
                    id: None,
                };
                e.rows.push((2, RowBody::Order(order)));
            }),
            ("a document's whole history", |e| {
                e.fills[0].subject = Subject::Document(DocumentId([1; 16]));
            }),
        ];
        for (what, spoil) in lines {
            let mut effects = long(20, 10);
            spoil(&mut effects);
            assert_eq!(effects.next_part(), None, "{what}");
        }
        for (state, answered, parts) in [
            ("clear", true, false),
            ("clear", false, true),
            ("held", true, true),
        ] {
            let mut effects = long(20, 10);
            effects.rows.push((3, standing(state)));
            effects.answers.extend(answered.then(|| verdict.clone()));
            assert_eq!(
                effects.next_part().is_some(),
                parts,
                "{state}, answered: {answered}"
            );
        }
    }
}
