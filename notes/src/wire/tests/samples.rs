//! One of every message and row, with something in every field.

use minicbor::bytes::ByteVec;

use crate::ids::{Actor, DocumentId, PersonId};
use crate::note::Template;
use crate::wire::{
    ActorRow, DetailRow, Fill, FillAnswer, GoneRow, MessageRow, OrderRow, Outcome, PersonRow, Pull, Push,
    Reading, RemovalRow, Request, Response, Row, RowBody, SettingsRow, StandingRow, Subject, ToDesk, Verdict,
    VersionRow, WorkerRow,
};

pub(super) const NOTE: DocumentId = DocumentId([1; 16]);
pub(super) const PERSON: PersonId = PersonId([2; 16]);

fn chunks(sizes: &[usize]) -> Vec<ByteVec> {
    sizes
        .iter()
        .map(|size| ByteVec::from(vec![0xab; *size]))
        .collect()
}

#[expect(clippy::unnecessary_wraps, reason = "the fields that it fills are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.into())
}

pub(super) fn request() -> Request {
    Request {
        protocol: 1,
        device_at: -1_790_000_000_000,
        actor: Actor([3; 16]),
        cursor: vec![9, 8, 7],
        pushes: vec![
            Push {
                document: NOTE,
                template: Template::Note,
                person: Some(PERSON),
                reason: some("joint_visit"),
                chunks: chunks(&[0, 3, 300]),
            },
            Push {
                document: DocumentId::about(PERSON),
                template: Template::About,
                person: None,
                reason: None,
                chunks: chunks(&[]),
            },
        ],
        readings: vec![Reading {
            document: NOTE,
            opened_at: 5,
        }],
        waiting: u64::MAX,
        pull: true,
        fills: vec![
            Fill {
                subject: Subject::Person(PERSON),
                after: 0,
            },
            Fill {
                subject: Subject::Document(NOTE),
                after: 77,
            },
        ],
        app: "doorstep-phone 0.1 ŵ".into(),
        watch: Some(vec![NOTE]),
        to_desk: Some(ToDesk {
            read: Some(vec!["0199a0b0".into()]),
            obeyed: Some(3),
            held: Some(0),
            persisted: Some(true),
            used_bytes: Some(1),
            free_bytes: Some(2),
        }),
    }
}

pub(super) fn response() -> Response {
    let pull = Pull {
        document: NOTE,
        template: Template::Note,
        person: Some(PERSON),
        chunks: chunks(&[5, 7]),
    };
    let verdict = |outcome, code: Option<&str>| Verdict {
        document: NOTE,
        outcome,
        code: code.map(str::to_owned),
        seq: 4,
    };
    Response {
        protocol: 1,
        server_at: 1_790_000_000_000,
        verdicts: vec![
            verdict(Outcome::Accepted, None),
            verdict(Outcome::Held, Some("changed_after_finish")),
            verdict(Outcome::Gone, None),
        ],
        pulls: vec![
            pull.clone(),
            Pull {
                person: None,
                template: Template::About,
                ..pull.clone()
            },
        ],
        rows: (0..)
            .zip(rows())
            .map(|(number, body)| Row::pack(number, &body).unwrap())
            .collect(),
        fills: vec![
            FillAnswer {
                subject: Subject::Person(PERSON),
                pulls: vec![pull],
                next: Some(8),
                closed: None,
            },
            FillAnswer {
                subject: Subject::Document(NOTE),
                pulls: vec![],
                next: None,
                closed: None,
            },
        ],
        cursor: vec![1],
        more: true,
        safe_seq: 3,
        rewound: true,
        rows_anew: true,
        unasked: Some(true),
        company: Some(vec![NOTE]),
    }
}

/// Of each kind one with everything, and one with nothing that may be left out.
pub(super) fn rows() -> Vec<RowBody> {
    let detail = DetailRow {
        id: PERSON,
        preferred_name: some("Mae"),
        address: some("1 High Street\nTown"),
        phone: some("01632 960001"),
        nhs_number: some("9434765919"),
        communication_needs: some("speak slowly"),
        alerts: some("dog"),
    };
    let bare = DetailRow {
        preferred_name: None,
        address: None,
        phone: None,
        nhs_number: None,
        communication_needs: None,
        alerts: None,
        ..detail.clone()
    };
    let person = |date_of_birth, mine| {
        RowBody::Person(PersonRow {
            id: PERSON,
            case_id: "C1".into(),
            name: "Mae Ŵyn".into(),
            date_of_birth,
            mine,
        })
    };
    let version = |heads, case_system_ref, reason| {
        RowBody::Version(VersionRow {
            document: NOTE,
            version: 2,
            heads,
            outcome: "imported".into(),
            case_system_ref,
            reason,
        })
    };
    let standing = |code, message| {
        RowBody::Standing(StandingRow {
            document: NOTE,
            state: "held".into(),
            code,
            message,
        })
    };
    let order = |order: &str, document: Option<DocumentId>| {
        let against = document.map(|_| vec![vec![9; 32].into()]);
        RowBody::Order(OrderRow {
            order: order.into(),
            document,
            against,
            id: (order == "lock").then_some(7),
        })
    };
    let message = |document, text: &str| {
        RowBody::Message(MessageRow {
            id: "0199a0b0-0000-7000-8000-000000000001".into(),
            document,
            kind: "ask".into(),
            text: text.into(),
            from: "Bea Admin".into(),
            sent_at: 5,
            read: text.is_empty(),
        })
    };
    let settings = SettingsRow {
        idle_lock_s: Some(300),
        kept_days: Some(30),
        consent_text: some("We keep a record."),
        finish_text: some("Read it once more."),
        overdue_draft_h: Some(48),
    };
    vec![
        person(some("1940-01-02"), true),
        person(None, false),
        RowBody::Detail(detail),
        RowBody::Detail(bare),
        RowBody::Worker(WorkerRow {
            id: "W1".into(),
            name: "Ann".into(),
        }),
        RowBody::Actor(ActorRow {
            actor: Actor([4; 16]),
            worker: "W1".into(),
        }),
        version(chunks(&[32, 32]), some("MOSAIC-1"), some("no such case")),
        version(chunks(&[]), None, None),
        standing(some("unknown_key"), some("kept")),
        standing(None, None),
        order("reset", Some(NOTE)),
        order("new_actor", None),
        order("lock", None),
        RowBody::Removal(RemovalRow { person: PERSON }),
        RowBody::Gone(GoneRow { document: NOTE }),
        message(Some(NOTE), "Which number is right?"),
        message(None, ""),
        RowBody::Settings(settings),
        RowBody::Settings(SettingsRow::default()),
    ]
}
