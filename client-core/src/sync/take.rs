//! What an answer means, as effects: data that the notebook applies in one transaction with the
//! cursor. An answer that does not fit its request has no effect at all.

use notes::ids::{DocumentId, PersonId};
use notes::note::Template;
use notes::wire::{
    Closed, Outcome, PROTOCOL, PROTOCOL_OLDEST, Pull, Reading, Response, RowBody, Subject, ToDesk,
};

use super::plan::Plan;

/// The verdict on one push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The document.
    pub document: DocumentId,
    /// Numbers of the chunks that it is about.
    pub chunks: Vec<i64>,
    /// What became of them.
    pub outcome: Outcome,
    /// The code, where held.
    pub code: Option<String>,
    /// The largest log number.
    pub seq: u64,
}

/// All chunks that came for one document, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The document.
    pub document: DocumentId,
    /// Note or page.
    pub template: Template,
    /// Whom it is about, where known.
    pub person: Option<PersonId>,
    /// The chunks.
    pub chunks: Vec<Vec<u8>>,
    /// Whether it came only as a history that this phone asked for: of a note that is not in its view it will
    /// hear nothing more.
    pub asked: bool,
}

/// How far a history has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillNews {
    /// Whose.
    pub subject: Subject,
    /// Where to go on; none at the end.
    pub next: Option<u64>,
    /// Why nothing, or not all, is said of it.
    pub closed: Option<Closed>,
}

/// What an answer changes.
#[expect(clippy::struct_excessive_bools, reason = "what one answer says")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects {
    /// The server does not know the cursor: all that is kept goes again, and nothing else counts.
    pub rewound: bool,
    /// The rows come from the first.
    pub rows_anew: bool,
    /// Verdicts.
    pub answers: Vec<Answer>,
    /// Readings that the server has now.
    pub readings: Vec<Reading>,
    /// What the desk was told and has heard now.
    pub told: ToDesk,
    /// What others wrote.
    pub arrivals: Vec<Arrival>,
    /// News, with their numbers.
    pub rows: Vec<(u64, RowBody)>,
    /// Histories.
    pub fills: Vec<FillNews>,
    /// Whether the request asked for what is new.
    pub pulled: bool,
    /// The next cursor; none in a part of an answer, for it moves with the last.
    pub cursor: Option<Vec<u8>>,
    /// Log entries up to here stand in a backup.
    pub safe_seq: u64,
    /// The server's clock.
    pub server_at: i64,
    /// There is more.
    pub more: bool,
}

/// The answer does not fit the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server's answer does not fit the request")]
pub struct Misfit;

/// Reads an answer.
///
/// # Errors
/// [`Misfit`] where verdicts or histories are not those of the request, or a row cannot be read.
pub fn take(plan: &Plan, response: Response) -> Result<Effects, Misfit> {
    let request = &plan.request;
    if !(PROTOCOL_OLDEST..=PROTOCOL).contains(&response.protocol)
        || response.verdicts.len() != request.pushes.len()
        || response.fills.len() > request.fills.len()
    {
        return Err(Misfit);
    }
    let mut answers = Vec::with_capacity(response.verdicts.len());
    for ((verdict, push), chunks) in response
        .verdicts
        .into_iter()
        .zip(&request.pushes)
        .zip(&plan.chunks)
    {
        if verdict.document != push.document {
            return Err(Misfit);
        }
        answers.push(Answer {
            document: verdict.document,
            chunks: chunks.clone(),
            outcome: verdict.outcome,
            code: verdict.code,
            seq: verdict.seq,
        });
    }
    let mut arrivals = Vec::new();
    let mut fills = Vec::new();
    gather(&mut arrivals, response.pulls, false);
    for (answer, asked) in response.fills.into_iter().zip(&request.fills) {
        // A `next` that does not go on would be asked for without end.
        if answer.subject != asked.subject || answer.next.is_some_and(|next| next <= asked.after) {
            return Err(Misfit);
        }
        fills.push(FillNews {
            subject: answer.subject,
            next: answer.next,
            closed: answer.closed,
        });
        gather(&mut arrivals, answer.pulls, true);
    }
    if request.pull && fills.is_empty() && !response.more && !response.rewound {
        // No history is told to this phone any more, now or later: it was revoked.
        fills.extend(request.fills.iter().map(|asked| FillNews {
            subject: asked.subject,
            next: None,
            closed: Some(Closed::NotYours),
        }));
    }
    let mut rows = Vec::with_capacity(response.rows.len());
    for row in response.rows {
        // A kind that is not known here is for a newer app.
        if let Some(body) = row.unpack().map_err(|_| Misfit)? {
            rows.push((row.number, body));
        }
    }
    Ok(Effects {
        rewound: response.rewound,
        rows_anew: response.rows_anew,
        answers,
        readings: request.readings.clone(),
        told: request.to_desk.clone().unwrap_or_default(),
        arrivals,
        rows,
        fills,
        pulled: request.pull,
        cursor: Some(response.cursor),
        safe_seq: response.safe_seq,
        server_at: response.server_at,
        more: response.more && request.pull,
    })
}

fn gather(arrivals: &mut Vec<Arrival>, pulls: Vec<Pull>, asked: bool) {
    for pull in pulls {
        let chunks = pull.chunks.into_iter().map(Vec::from);
        match arrivals.iter_mut().find(|a| a.document == pull.document) {
            Some(arrival) => {
                arrival.chunks.extend(chunks);
                arrival.person = arrival.person.or(pull.person);
                arrival.asked &= asked;
            }
            None => arrivals.push(Arrival {
                document: pull.document,
                template: pull.template,
                person: pull.person,
                chunks: chunks.collect(),
                asked,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use minicbor::bytes::ByteVec;
    use notes::ids::Actor;
    use notes::wire::{Fill, FillAnswer, Push, Request, Row, Verdict, WorkerRow};

    use super::*;

    fn doc(n: u8) -> DocumentId {
        DocumentId([n; 16])
    }

    fn sent() -> Plan {
        let push = |n| Push {
            document: doc(n),
            template: Template::Note,
            person: None,
            reason: None,
            chunks: vec![ByteVec::from(vec![n])],
        };
        Plan {
            request: Request {
                protocol: 1,
                device_at: 0,
                actor: Actor([0; 16]),
                cursor: Vec::new(),
                pushes: vec![push(1), push(2)],
                readings: vec![Reading {
                    document: doc(1),
                    opened_at: 4,
                }],
                waiting: 0,
                pull: true,
                fills: vec![Fill {
                    subject: Subject::Document(doc(3)),
                    after: 5,
                }],
                app: String::new(),
                watch: None,
                to_desk: None,
            },
            chunks: vec![vec![10, 11], vec![12]],
        }
    }

    fn pull(n: u8, chunk: u8) -> Pull {
        Pull {
            document: doc(n),
            template: Template::Note,
            person: (chunk == 7).then_some(PersonId([7; 16])),
            chunks: vec![ByteVec::from(vec![chunk])],
        }
    }

    fn answer() -> Response {
        let verdict = |n, outcome| Verdict {
            document: doc(n),
            outcome,
            code: None,
            seq: u64::from(n),
        };
        Response {
            protocol: 1,
            verdicts: vec![verdict(1, Outcome::Accepted), verdict(2, Outcome::Held)],
            pulls: vec![pull(3, 6), pull(4, 1)],
            fills: vec![FillAnswer {
                subject: Subject::Document(doc(3)),
                pulls: vec![pull(3, 7)],
                next: Some(6),
                closed: None,
            }],
            cursor: vec![9],
            more: true,
            ..Response::default()
        }
    }

    #[test]
    fn verdicts_find_their_chunks_and_chunks_of_one_document_come_together() {
        let effects = take(&sent(), answer()).unwrap();
        let verdicts: Vec<_> = effects
            .answers
            .iter()
            .map(|a| (a.outcome, a.chunks.clone()))
            .collect();
        assert_eq!(
            verdicts,
            [(Outcome::Accepted, vec![10, 11]), (Outcome::Held, vec![12])]
        );
        assert_eq!(effects.arrivals.len(), 2);
        assert_eq!(effects.arrivals[0].chunks, [vec![6], vec![7]]);
        assert_eq!(effects.arrivals[0].person, Some(PersonId([7; 16])));
        assert!(!effects.arrivals[0].asked, "something of it came unasked");
        assert_eq!((effects.pulled, effects.cursor), (true, Some(vec![9])));
        assert_eq!(effects.readings.len(), 1);
    }

    #[test]
    fn an_answer_that_does_not_fit_has_no_effect() {
        type Spoil = fn(&mut Response);
        let lines: [(&str, Spoil); 7] = [
            ("another protocol", |r| r.protocol = 2),
            ("a verdict too few", |r| drop(r.verdicts.pop())),
            ("verdicts in another order", |r| r.verdicts.reverse()),
            ("a history nobody asked for", |r| {
                r.fills[0].subject = Subject::Document(doc(8));
            }),
            ("a history that goes in circles", |r| r.fills[0].next = Some(5)),
            ("one history too many", |r| r.fills.push(r.fills[0].clone())),
            ("a row that is no row", |r| {
                r.rows.push(Row {
                    number: 1,
                    kind: 2,
                    body: vec![0xff],
                });
            }),
        ];
        for (what, spoil) in lines {
            let mut response = answer();
            spoil(&mut response);
            assert_eq!(take(&sent(), response), Err(Misfit), "{what}");
        }
    }

    #[test]
    fn a_server_that_was_set_back_says_so_and_its_verdicts_must_fit_all_the_same() {
        for (rewound, rows_anew) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut response = answer();
            (response.rewound, response.rows_anew) = (rewound, rows_anew);
            (response.safe_seq, response.server_at) = (8, 77);
            let effects = take(&sent(), response).unwrap();
            assert_eq!((effects.rewound, effects.rows_anew), (rewound, rows_anew));
            assert_eq!((effects.safe_seq, effects.server_at), (8, 77));
        }
        let mut response = answer();
        response.rewound = true;
        response.verdicts.clear();
        assert_eq!(take(&sent(), response), Err(Misfit));
    }

    #[test]
    fn a_history_goes_on_or_ends_and_one_that_was_not_answered_is_left() {
        let lines = [
            ("it goes on", Some(6), true, None),
            ("it ends", None, true, None),
            ("it goes on without a chunk", Some(9), false, None),
            ("there is none", None, false, Some(Closed::NotYours)),
        ];
        for (what, next, brings, closed) in lines {
            let mut response = answer();
            response.fills[0].next = next;
            response.fills[0].closed = closed;
            if !brings {
                response.fills[0].pulls.clear();
            }
            let news = take(&sent(), response).unwrap().fills;
            let subject = Subject::Document(doc(3));
            assert_eq!(
                news,
                [FillNews {
                    subject,
                    next,
                    closed
                }],
                "{what}"
            );
        }
        let mut response = answer();
        response.fills.clear();
        assert!(take(&sent(), response).unwrap().fills.is_empty());
    }

    #[test]
    fn a_phone_that_is_told_no_history_at_all_waits_for_none() {
        type Spoil = fn(&mut Response);
        let lines: [(&str, usize, Spoil); 3] = [
            ("revoked", 1, |_| {}),
            ("no room for it", 0, |r| r.more = true),
            ("the server was set back", 0, |r| r.rewound = true),
        ];
        for (what, told, spoil) in lines {
            let mut response = answer();
            (response.pulls, response.fills, response.more) = (Vec::new(), Vec::new(), false);
            spoil(&mut response);
            let news = take(&sent(), response).unwrap().fills;
            assert_eq!(news.len(), told, "{what}");
            assert!(news.iter().all(|n| n.closed == Some(Closed::NotYours)), "{what}");
        }
    }

    #[test]
    fn rows_of_an_unknown_kind_are_skipped() {
        let mut response = answer();
        let worker = WorkerRow {
            id: "W1".into(),
            name: "A".into(),
        };
        response.rows = vec![
            Row {
                number: 1,
                kind: 99,
                body: vec![0xff],
            },
            Row::pack(2, &RowBody::Worker(worker.clone())).unwrap(),
        ];
        assert_eq!(
            take(&sent(), response).unwrap().rows,
            [(2, RowBody::Worker(worker))]
        );
    }

    #[test]
    fn a_push_without_a_pull_moves_the_cursor_and_has_nothing_more() {
        let mut plan = sent();
        plan.request.pull = false;
        let effects = take(&plan, answer()).unwrap();
        assert_eq!(
            (effects.pulled, effects.cursor.as_deref()),
            (false, Some(&[9][..]))
        );
        assert!(!effects.more);
    }
}
