//! The next request, from what the store holds. It only sorts and counts; what was frozen stays as
//! it is, so the same request can be sent any number of times.

use minicbor::bytes::ByteVec;
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note::Template;
use notes::wire::{
    Fill, JOINT_VISIT, MAX_CHUNKS, MAX_FILLS, MAX_PUSHES, MAX_READINGS, PROTOCOL, Push, Reading, Request,
    ToDesk, WRITTEN_AGAIN,
};

/// A frozen chunk without a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Its number in the store.
    pub nr: i64,
    /// Its document.
    pub document: DocumentId,
    /// Note or page.
    pub template: Template,
    /// Whom it is about.
    pub person: Option<PersonId>,
    /// Whether this phone joined a colleague's note.
    pub joined: bool,
    /// Whether its words were written again under another actor.
    pub superseded: bool,
    /// The bytes.
    pub chunk: Vec<u8>,
}

/// What the store holds for the next request.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The device's clock.
    pub now: i64,
    /// The actor in use.
    pub actor: Actor,
    /// Cursor of the last answer.
    pub cursor: Vec<u8>,
    /// Frozen chunks, oldest first, about one request's worth.
    pub unsent: Vec<Unsent>,
    /// Readings not yet sent.
    pub readings: Vec<Reading>,
    /// Histories wanted.
    pub fills: Vec<Fill>,
    /// How many notes wait on the phone, these included.
    pub waiting: u64,
    /// False to push without pulling.
    pub pull: bool,
    /// Name and version of the app.
    pub app: String,
    /// What the team's desk is told.
    pub to_desk: ToDesk,
}

/// A request, and which chunks each of its pushes carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What to send.
    pub request: Request,
    /// Numbers of the chunks, one list for each push.
    pub chunks: Vec<Vec<i64>>,
}

/// Makes the next request.
#[must_use]
pub fn plan(outlook: Outlook) -> Plan {
    let mut pushes: Vec<Push> = Vec::new();
    let mut chunks: Vec<Vec<i64>> = Vec::new();
    let mut left_out = false;
    for unsent in outlook.unsent {
        let reason = match &unsent {
            Unsent { superseded: true, .. } => Some(WRITTEN_AGAIN),
            Unsent { joined: true, .. } => Some(JOINT_VISIT),
            _ => None,
        };
        // A document's chunks go together, in order. One that is full waits for the next request.
        let same = |p: &Push| p.document == unsent.document && p.reason.as_deref() == reason;
        let known = pushes.iter().position(same);
        let place = match known {
            Some(place) => place,
            None if pushes.len() < MAX_PUSHES => {
                pushes.push(Push {
                    document: unsent.document,
                    template: unsent.template,
                    person: unsent.person,
                    reason: reason.map(str::to_owned),
                    chunks: Vec::new(),
                });
                chunks.push(Vec::new());
                pushes.len() - 1
            }
            None => {
                left_out = true;
                continue;
            }
        };
        if let (Some(push), Some(numbers)) = (pushes.get_mut(place), chunks.get_mut(place))
            && push.chunks.len() < MAX_CHUNKS
        {
            push.chunks.push(ByteVec::from(unsent.chunk));
            numbers.push(unsent.nr);
        } else {
            left_out = true;
        }
    }
    // What was written before a pull must not arrive after it: the server would take it for written
    // in the knowledge of what was pulled.
    let pull = outlook.pull && !left_out;
    let sent = pushes.len() as u64;
    let request = Request {
        protocol: PROTOCOL,
        device_at: outlook.now,
        actor: outlook.actor,
        cursor: outlook.cursor,
        pushes,
        readings: outlook.readings.into_iter().take(MAX_READINGS).collect(),
        waiting: outlook.waiting.saturating_sub(sent),
        pull,
        fills: if pull {
            outlook.fills.into_iter().take(MAX_FILLS).collect()
        } else {
            Vec::new()
        },
        app: outlook.app,
        watch: None,
        to_desk: Some(outlook.to_desk),
    };
    Plan { request, chunks }
}

/// The request that was not made: what the server sends by itself on a live socket is taken in as its answer.
#[must_use]
pub fn unasked() -> Plan {
    plan(Outlook {
        now: 0,
        actor: Actor([0; 16]),
        cursor: Vec::new(),
        unsent: Vec::new(),
        readings: Vec::new(),
        fills: Vec::new(),
        waiting: 0,
        pull: true,
        app: String::new(),
        to_desk: ToDesk::default(),
    })
}

#[cfg(test)]
mod tests {
    use notes::wire::Subject;

    use super::*;

    fn unsent(nr: i64, doc: u8) -> Unsent {
        Unsent {
            nr,
            document: DocumentId([doc; 16]),
            template: Template::Note,
            person: Some(PersonId([1; 16])),
            joined: doc == 9,
            superseded: false,
            chunk: vec![doc, u8::try_from(nr % 256).unwrap()],
        }
    }

    fn outlook(unsent: Vec<Unsent>) -> Outlook {
        Outlook {
            now: 5,
            actor: Actor([3; 16]),
            cursor: vec![1, 2],
            unsent,
            readings: Vec::new(),
            fills: vec![Fill {
                subject: Subject::Person(PersonId([1; 16])),
                after: 7,
            }],
            waiting: 3,
            pull: true,
            app: "t 1".into(),
            to_desk: ToDesk::default(),
        }
    }

    #[test]
    fn chunks_of_one_document_go_in_one_push_in_order() {
        let plan = plan(outlook(vec![unsent(1, 8), unsent(2, 9), unsent(5, 8)]));
        assert_eq!(plan.chunks, [vec![1, 5], vec![2]]);
        let bytes: Vec<Vec<u8>> = plan.request.pushes[0].chunks.iter().map(|c| c.to_vec()).collect();
        assert_eq!(bytes, [vec![8, 1], vec![8, 5]]);
        assert_eq!(plan.request.pushes[0].reason, None);
        assert_eq!(plan.request.pushes[1].reason.as_deref(), Some("joint_visit"));
        assert_eq!(plan.request.waiting, 1, "two of three notes are in the request");
    }

    #[test]
    fn what_nobody_asked_for_answers_a_request_that_only_pulls() {
        let plan = unasked();
        assert!(plan.request.pull && plan.chunks.is_empty());
        let request = plan.request;
        assert!(request.pushes.is_empty() && request.fills.is_empty() && request.readings.is_empty());
    }

    #[test]
    fn the_same_outlook_gives_the_same_request() {
        let look = outlook(vec![unsent(1, 8), unsent(2, 9)]);
        assert_eq!(plan(look.clone()), plan(look));
    }

    #[test]
    fn a_push_without_a_pull_asks_for_no_history() {
        let mut look = outlook(Vec::new());
        assert_eq!(plan(look.clone()).request.fills.len(), 1);
        look.pull = false;
        let request = plan(look).request;
        assert!(!request.pull && request.fills.is_empty());
    }

    /// So many documents with one chunk each, after one document with so many.
    fn written(documents: usize, chunks: usize) -> Vec<Unsent> {
        let note = |n: usize, nr: usize| Unsent {
            document: DocumentId::at(i64::try_from(n).unwrap(), [0; 10]),
            ..unsent(i64::try_from(nr).unwrap(), 1)
        };
        let long = (0..chunks).map(|nr| note(0, nr));
        long.chain((1..documents).map(|n| note(n, chunks + n))).collect()
    }

    #[test]
    fn it_pulls_only_when_nothing_that_was_written_is_left_out() {
        let lines = [
            ("nothing to push", 0, 0, true, true),
            ("one note", 1, 1, true, true),
            ("as many notes as go", MAX_PUSHES, 1, true, true),
            ("one note more", MAX_PUSHES + 1, 1, true, false),
            ("as many chunks as go", 1, MAX_CHUNKS, true, true),
            ("one chunk more", 1, MAX_CHUNKS + 1, true, false),
            ("one chunk more, and others go", 5, MAX_CHUNKS + 1, true, false),
            ("nobody asked for a pull", 1, 1, false, false),
        ];
        for (what, documents, chunks, asked, pulls) in lines {
            let mut look = outlook(written(documents, chunks));
            look.pull = asked;
            let plan = plan(look);
            assert_eq!(plan.request.pull, pulls, "{what}");
            assert_eq!(plan.request.fills.len(), usize::from(pulls), "{what}");
            assert_eq!(plan.request.pushes.len(), documents.min(MAX_PUSHES), "{what}");
            let sent: usize = plan.request.pushes.iter().map(|push| push.chunks.len()).sum();
            let numbers: usize = plan.chunks.iter().map(Vec::len).sum();
            assert_eq!(sent, numbers, "{what}: every chunk has its number");
        }
    }

    #[test]
    fn what_is_not_pushed_is_capped_too_and_what_waits_is_never_less_than_none() {
        let mut look = outlook(vec![unsent(1, 8)]);
        look.waiting = 0;
        look.readings = (0..2_001)
            .map(|opened_at| Reading {
                document: DocumentId([1; 16]),
                opened_at,
            })
            .collect();
        look.fills = vec![look.fills[0]; MAX_FILLS + 1];
        let request = plan(look).request;
        assert_eq!(request.readings.len(), MAX_READINGS);
        assert_eq!(request.readings[0].opened_at, 0, "the oldest go first");
        assert_eq!(request.fills.len(), MAX_FILLS);
        assert_eq!(request.waiting, 0);
        assert_eq!((request.device_at, request.cursor), (5, vec![1, 2]));
    }

    #[test]
    fn the_caps_of_the_protocol_hold() {
        let many = (0..2_500u32).map(|n| Unsent {
            document: DocumentId::at(i64::from(n), [0; 10]),
            ..unsent(i64::from(n), 1)
        });
        let full = plan(outlook(many.collect())).request;
        assert_eq!(full.pushes.len(), MAX_PUSHES);
        assert!(
            !full.pull,
            "the rest was written before anything that a pull would bring"
        );
        let long = (0..5_500).map(|n| unsent(n, 1)).collect();
        let plan = plan(outlook(long));
        assert_eq!(plan.request.pushes[0].chunks.len(), MAX_CHUNKS);
        assert_eq!(plan.chunks[0].last(), Some(&4_999));
    }
}
