//! A device without a notebook: it is enrolled and has a key, and says to the server whatever a story
//! wants it to say. Honest requests can be made with it too, which shows that what is refused is
//! refused for its content.

use std::rc::Rc;

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge, Change, ReadDoc as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use minicbor::bytes::ByteVec;
use notes::ids::{Actor, DeviceId, DocumentId, PersonId};
use notes::note::{self, Edit, Template, genesis};
use notes::wire::{self, Coding, Fill, Push, Request, Response, Subject};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::dice::Chance;
use crate::hex::hex;
use crate::server::{Answer, Server, URL};
use crate::village::Village;

/// An enrolled device that says what it likes.
pub struct Outlaw {
    server: Rc<Server>,
    time: crate::clock::Time,
    chance: Chance,
    key: SigningKey,
    /// Its id.
    pub device: DeviceId,
    /// The worker whose it is.
    pub worker: String,
    /// The actor that it enrolled with.
    pub actor: Actor,
    /// The cursor of the last answer.
    pub cursor: Vec<u8>,
}

/// A note as its author would begin it.
pub fn honest_note(actor: Actor, person: PersonId, words: &str) -> Automerge {
    let mut doc = genesis::document(Template::Note);
    let edits = [
        text("person", &person.to_string()),
        text("kind", "home_visit"),
        typed(0, words),
    ];
    change(&mut doc, actor, &edits);
    doc
}

/// Sets a text value.
pub fn text(path: &str, value: &str) -> Edit {
    Edit::Put {
        path: path.into(),
        value: Some(note::edit::Scalar::Text(value.into())),
    }
}

/// Types into the body.
pub fn typed(at: u64, words: &str) -> Edit {
    Edit::Splice {
        field: "body".into(),
        at,
        delete: 0,
        insert: words.into(),
    }
}

/// One change of these edits; gives its chunk.
pub fn change(doc: &mut Automerge, actor: Actor, edits: &[Edit]) -> Vec<u8> {
    doc.set_actor(ActorId::from(&actor.0[..]));
    let mut tx = doc.transaction();
    for edit in edits {
        edit.apply(&mut tx, Template::Note).expect("the edit fits");
    }
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(1));
    let change = doc
        .get_change_by_hash(&hash.expect("a change"))
        .expect("it is there");
    change.raw_bytes().to_vec()
}

/// A push of chunks for a note.
pub fn push(document: DocumentId, person: Option<PersonId>, chunks: Vec<Vec<u8>>) -> Push {
    Push {
        document,
        template: Template::Note,
        person,
        reason: None,
        chunks: chunks.into_iter().map(ByteVec::from).collect(),
    }
}

impl Outlaw {
    /// Enrols for a worker.
    pub fn of(village: &Village, worker: &str) -> Self {
        let server = Rc::clone(&village.server);
        let chance = Chance::new(village.chance.below(u64::MAX), worker);
        let key = SigningKey::from_slice(&chance.bytes::<32>()).expect("a key");
        let actor = Actor(chance.bytes());
        let point = key.verifying_key().to_sec1_point(false);
        let body = json!({
            "code": village.admin().code(worker),
            "public_key": {
                "kty": "EC", "crv": "P-256",
                "x": B64.encode(point.x().expect("x")), "y": B64.encode(point.y().expect("y")),
            },
            "actor": hex(&actor.0),
            "app": "outlaw",
        });
        let media = ("content-type".into(), "application/json".into());
        let answer = server.ask("POST", "/v1/enrol", &[media], body.to_string().into_bytes());
        assert_eq!(answer.status, 200, "{}", answer.code());
        let device = answer.json()["device_id"].as_str().expect("an id").parse();
        Self {
            server,
            time: village.time.clone(),
            chance,
            key,
            device: device.expect("an id"),
            worker: worker.to_owned(),
            actor,
            cursor: Vec::new(),
        }
    }

    /// A fresh id of a note.
    pub fn note_id(&self) -> DocumentId {
        DocumentId::at(self.time.now(), self.chance.bytes())
    }

    /// An assertion with these claims instead of the honest ones.
    pub fn assertion(&self, header: &Value, lies: &Value) -> String {
        let mut claims = self.claims();
        for (name, value) in lies.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        self.signs(&header.to_string(), &claims.to_string())
    }

    /// The claims of an honest assertion.
    pub fn claims(&self) -> Value {
        let now = self.time.now() / 1000;
        json!({
            "iss": self.device.to_string(), "sub": self.device.to_string(), "aud": format!("{URL}/v1/token"),
            "iat": now, "exp": now + 240, "jti": B64.encode(self.chance.bytes::<16>()),
        })
    }

    /// A JWT of this header and these claims, whatever they are.
    pub fn signs(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", B64.encode(header), B64.encode(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", B64.encode(signature.to_bytes()))
    }

    /// Asks for a token with an assertion.
    pub fn asks_token(&self, assertion: &str) -> Answer {
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        self.asks_with(&form)
    }

    /// Asks for a token with a form.
    pub fn asks_with(&self, form: &str) -> Answer {
        let media = ("content-type".into(), "application/x-www-form-urlencoded".into());
        self.server
            .ask("POST", "/v1/token", &[media], form.as_bytes().to_vec())
    }

    /// A good token.
    pub fn token(&self) -> String {
        let honest = self.assertion(&json!({"alg": "ES256", "typ": "JWT"}), &json!({}));
        let answer = self.asks_token(&honest);
        assert_eq!(answer.status, 200, "{}", answer.code());
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// A request that asks for nothing and says nothing.
    pub fn request(&self) -> Request {
        Request {
            protocol: 1,
            device_at: self.time.now(),
            actor: self.actor,
            cursor: self.cursor.clone(),
            pushes: Vec::new(),
            readings: Vec::new(),
            waiting: 0,
            pull: true,
            fills: Vec::new(),
            app: "outlaw".into(),
            watch: None,
            to_desk: None,
        }
    }

    /// Sends bytes to `/v1/sync`.
    pub fn posts(&self, body: Vec<u8>, encoding: Option<&str>, token: &str) -> Answer {
        let mut headers = vec![
            ("authorization".to_owned(), format!("Bearer {token}")),
            ("content-type".to_owned(), wire::MEDIA_TYPE.to_owned()),
        ];
        headers.extend(encoding.map(|name| ("content-encoding".to_owned(), name.to_owned())));
        self.server.ask("POST", "/v1/sync", &headers, body)
    }

    /// Sends a request, whatever comes of it.
    pub fn sends(&self, request: &Request) -> Answer {
        let (body, coding) = wire::encode(request);
        self.posts(body, coding.header(), &self.token())
    }

    /// Sends a request that is answered.
    pub fn says(&mut self, request: &Request) -> Response {
        let answer = self.sends(request);
        assert_eq!(answer.status, 200, "{}", answer.code());
        let response: Response = wire::decode(&answer.body, Coding::Identity).expect("an answer");
        self.cursor.clone_from(&response.cursor);
        response
    }

    /// Pushes without pulling; gives outcome and code of each push.
    pub fn pushes(&mut self, pushes: Vec<Push>) -> Vec<(wire::Outcome, Option<String>)> {
        let mut request = self.request();
        request.pushes = pushes;
        request.pull = false;
        let response = self.says(&request);
        response
            .verdicts
            .into_iter()
            .map(|v| (v.outcome, v.code))
            .collect()
    }

    /// Pulls until there is no more.
    pub fn catches_up(&mut self) {
        while self.says(&self.request()).more {}
    }

    /// The history of a subject, as far as the server gives it.
    pub fn asks_for(&mut self, subject: Subject) -> Response {
        let mut request = self.request();
        request.fills = vec![Fill { subject, after: 0 }];
        self.says(&request)
    }

    /// A document, from its history; none where the server gives nothing.
    pub fn fetches(&mut self, id: DocumentId) -> Option<Automerge> {
        let response = self.asks_for(Subject::Document(id));
        let mut changes = Vec::new();
        for pull in response.fills.iter().flat_map(|fill| &fill.pulls) {
            for chunk in &pull.chunks {
                match Change::from_bytes(chunk.to_vec()) {
                    Ok(change) => changes.push(change),
                    Err(_) => changes.extend(note::load(chunk).expect("a document").get_changes(&[])),
                }
            }
        }
        if changes.is_empty() {
            return None;
        }
        let mut doc = note::empty();
        doc.apply_changes(changes).expect("a history");
        Some(doc)
    }
}
