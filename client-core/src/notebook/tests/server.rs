//! The server in memory: one team, one log.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use automerge::{ActorId, Automerge, ChangeHash};
use minicbor::bytes::ByteVec;
use notes::ids::{DocumentId, PersonId};
use notes::note::{self, Template};
use notes::wire::{
    self, Closed, Coding, FillAnswer, OrderRow, Outcome, PersonRow, Pull, Request, Response, Row, RowBody,
    Subject, Verdict,
};

use crate::host::{HttpRequest, HttpResponse, Transport, Unreachable};

/// One entry of the log.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) document: DocumentId,
    pub(crate) template: Template,
    pub(crate) person: Option<PersonId>,
    pub(crate) chunk: Vec<u8>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) log: Vec<Entry>,
    pub(crate) rows: Vec<RowBody>,
    /// Pushes of these documents get this verdict.
    pub(crate) verdicts: BTreeMap<DocumentId, (u8, &'static str)>,
    pub(crate) held: Vec<Entry>,
    pub(crate) requests: Vec<Request>,
    pub(crate) paths: Vec<String>,
    pub(crate) signed: Vec<String>,
    pub(crate) safe_seq: u64,
    pub(crate) epoch: u8,
    pub(crate) anew: bool,
    /// Takes and tells nothing, as to a revoked phone.
    pub(crate) silent: bool,
    /// An order that stands: it comes with every answer until it was obeyed.
    pub(crate) standing: Option<(u64, &'static str)>,
    /// Documents that are out of the phones' view.
    pub(crate) away: BTreeSet<DocumentId>,
    /// How many log entries one fill answers.
    pub(crate) fill_page: usize,
    /// Answers to give instead, next one last.
    pub(crate) say: Vec<(u16, String)>,
    tokens: u64,
}

#[derive(Clone)]
pub(crate) struct Server(pub(crate) Rc<RefCell<State>>);

/// A phone's way to it.
pub(crate) struct Link {
    server: Server,
    pub(crate) cut: bool,
    /// The request arrives, its answer does not.
    pub(crate) lose_answers: bool,
}

pub(crate) const ANN: PersonId = PersonId([1; 16]);
pub(crate) const BEN: PersonId = PersonId([2; 16]);

pub(crate) fn person(id: PersonId, case_id: &str, name: &str, mine: bool) -> RowBody {
    RowBody::Person(PersonRow {
        id,
        case_id: case_id.into(),
        name: name.into(),
        date_of_birth: None,
        mine,
    })
}

impl Server {
    pub(crate) fn new() -> Self {
        let state = State {
            rows: vec![
                person(ANN, "P1", "Ann Ŵyn", true),
                person(BEN, "P2", "Ben Óg", false),
            ],
            fill_page: 1000,
            ..State::default()
        };
        Self(Rc::new(RefCell::new(state)))
    }

    pub(crate) fn link(&self) -> Link {
        Link {
            server: self.clone(),
            cut: false,
            lose_answers: false,
        }
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.borrow_mut())
    }

    /// A document out of the log alone.
    pub(crate) fn document(&self, id: DocumentId) -> Automerge {
        let chunks: Vec<Vec<u8>> = self.with(|s| {
            s.log
                .iter()
                .filter(|e| e.document == id)
                .map(|e| e.chunk.clone())
                .collect()
        });
        crate::sync::rebuild(Template::Note, &chunks).doc
    }

    pub(crate) fn body(&self, id: DocumentId) -> String {
        let plain = note::Plain::read(&self.document(id), Template::Note).unwrap();
        plain.texts["body"].clone()
    }
}

impl Transport for Link {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        if self.cut {
            return Err(Unreachable);
        }
        let answer = self.server.0.borrow_mut().answer(request);
        if self.lose_answers {
            Err(Unreachable)
        } else {
            Ok(answer)
        }
    }
}

fn json(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn changes_of(chunk: &[u8]) -> Vec<(ChangeHash, ActorId, u64)> {
    let loaded = note::load(chunk).map(|doc| doc.get_changes(&[]));
    let changes = loaded.unwrap_or_default();
    let single = automerge::Change::from_bytes(chunk.to_vec()).ok();
    let all = if changes.is_empty() {
        single.into_iter().collect()
    } else {
        changes
    };
    all.iter()
        .map(|c| (c.hash(), c.actor_id().clone(), c.seq()))
        .collect()
}

impl State {
    fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        self.paths.push(request.path.clone());
        let text = String::from_utf8_lossy(&request.body).into_owned();
        match request.path.as_str() {
            "/v1/enrol" => self.enrol(&text),
            path if path.starts_with("/v1/attachments/") => json(404, "{}"),
            "/v1/token" => {
                self.signed.push(text);
                if let Some((status, body)) = self.say.pop() {
                    return json(status, &body);
                }
                self.tokens += 1;
                json(
                    200,
                    &format!(
                        r#"{{"access_token":"t{}","token_type":"Bearer","expires_in":600}}"#,
                        self.tokens
                    ),
                )
            }
            _ => {
                if let Some((status, body)) = self.say.pop() {
                    return json(status, &body);
                }
                let find = |name: &str| {
                    request
                        .headers
                        .iter()
                        .find(|(n, _)| n == name)
                        .map(|(_, v)| v.as_str())
                };
                let coding = Coding::from_header(find("Content-Encoding")).unwrap();
                let request: Request = wire::decode(&request.body, coding).unwrap();
                let obeyed = request.to_desk.as_ref().and_then(|told| told.obeyed);
                self.standing = self.standing.filter(|(id, _)| Some(*id) != obeyed);
                let mut response = self.sync(&request);
                response.rows.extend(self.standing.map(|(id, order)| {
                    let body = RowBody::Order(OrderRow {
                        order: order.into(),
                        document: None,
                        against: None,
                        id: Some(id),
                    });
                    Row::pack(id, &body).unwrap()
                }));
                self.requests.push(request);
                let (body, coding) = wire::encode(&response);
                let headers = coding
                    .header()
                    .map(|c| ("content-encoding".to_owned(), c.to_owned()));
                HttpResponse {
                    status: 200,
                    headers: headers.into_iter().collect(),
                    body,
                }
            }
        }
    }

    fn enrol(&mut self, text: &str) -> HttpResponse {
        if let Some((status, body)) = self.say.pop() {
            return json(status, &body);
        }
        let asked: serde_json::Value = serde_json::from_str(text).unwrap();
        let worker = asked["code"].as_str().unwrap();
        let device = DocumentId([u8::try_from(worker.len()).unwrap(); 16]);
        json(
            200,
            &format!(
                r#"{{"device_id":"{device}","worker":{{"id":"{worker}","name":"Name {worker}"}},"team":"T","token_url":"http://s/v1/token","server_time":{}}}"#,
                super::MONDAY
            ),
        )
    }

    fn sync(&mut self, request: &Request) -> Response {
        let verdicts = request.pushes.iter().map(|push| self.push(push)).collect();
        let mut response = Response {
            protocol: 1,
            server_at: super::MONDAY,
            verdicts,
            safe_seq: self.safe_seq,
            ..Response::default()
        };
        let (epoch, log, rows) = match request.cursor[..] {
            [epoch, log, rows] => (epoch, usize::from(log), usize::from(rows)),
            _ => (self.epoch, 0, 0),
        };
        if epoch != self.epoch {
            response.rewound = true;
            return response;
        }
        if !request.pull || self.silent {
            response.cursor.clone_from(&request.cursor);
            return response;
        }
        let rows = if std::mem::take(&mut self.anew) {
            response.rows_anew = true;
            0
        } else {
            rows
        };
        response.rows = self
            .rows
            .iter()
            .enumerate()
            .skip(rows)
            .map(|(n, body)| Row::pack(n as u64 + 1, body).unwrap())
            .collect();
        response.pulls = self.log.iter().skip(log).map(pull).collect();
        response.fills = request.fills.iter().map(|fill| self.fill(fill)).collect();
        response.cursor = vec![
            self.epoch,
            u8::try_from(self.log.len()).unwrap(),
            u8::try_from(self.rows.len()).unwrap(),
        ];
        response
    }

    fn fill(&self, fill: &wire::Fill) -> FillAnswer {
        let fits = |e: &Entry| match fill.subject {
            Subject::Person(id) => e.person == Some(id),
            Subject::Document(id) => e.document == id,
        };
        if matches!(fill.subject, Subject::Document(id) if self.away.contains(&id)) {
            return FillAnswer {
                subject: fill.subject,
                pulls: Vec::new(),
                next: None,
                closed: Some(Closed::NotYours),
            };
        }
        let after = usize::try_from(fill.after).unwrap();
        let rest = self.log.iter().enumerate().skip(after).filter(|(_, e)| fits(e));
        let page: Vec<_> = rest.take(self.fill_page).collect();
        let next = page
            .last()
            .filter(|_| page.len() == self.fill_page)
            .map(|(n, _)| *n as u64 + 1);
        FillAnswer {
            subject: fill.subject,
            pulls: page.iter().map(|(_, e)| pull(e)).collect(),
            next,
            closed: None,
        }
    }

    fn push(&mut self, push: &wire::Push) -> Verdict {
        if push.reason.as_deref() == Some(wire::WRITTEN_AGAIN) {
            return Verdict {
                document: push.document,
                outcome: Outcome::Accepted,
                code: None,
                seq: self.log.len() as u64,
            };
        }
        let said = self.verdicts.get(&push.document).copied();
        let taken: BTreeSet<_> = self
            .log
            .iter()
            .filter(|e| e.document == push.document)
            .flat_map(|e| changes_of(&e.chunk))
            .map(|(h, a, s)| (a, s, h))
            .collect();
        let clash = push
            .chunks
            .iter()
            .flat_map(|c| changes_of(c))
            .any(|(hash, actor, seq)| {
                taken
                    .iter()
                    .any(|(a, s, h)| *a == actor && *s == seq && *h != hash)
            });
        let (outcome, code) = match said {
            Some((1, code)) => (Outcome::Held, Some(code.to_owned())),
            Some((2, _)) => (Outcome::Gone, None),
            _ if clash => (Outcome::Held, Some("seq_taken".to_owned())),
            _ => (Outcome::Accepted, None),
        };
        for chunk in &push.chunks {
            let entry = Entry {
                document: push.document,
                template: push.template,
                person: push.person,
                chunk: chunk.to_vec(),
            };
            let known = self
                .log
                .iter()
                .any(|e| e.document == push.document && e.chunk == entry.chunk);
            match outcome {
                Outcome::Accepted if !known => self.log.push(entry),
                Outcome::Held => self.held.push(entry),
                _ => {}
            }
        }
        Verdict {
            document: push.document,
            outcome,
            code,
            seq: self.log.len() as u64,
        }
    }
}

fn pull(entry: &Entry) -> Pull {
    Pull {
        document: entry.document,
        template: entry.template,
        person: entry.person,
        chunks: vec![ByteVec::from(entry.chunk.clone())],
    }
}
