//! The council's case system, as a careful importer would be: it reads the feed by cursor with a key
//! of its own, checks each hash by its own reckoning, keeps every version once, and sends receipts.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use notes::ids::DocumentId;
use p384::ecdsa::signature::Signer as _;
use p384::ecdsa::{Signature, SigningKey};
use p384::pkcs8::{EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::clock::Time;
use crate::dice::Chance;
use crate::hex::hex;
use crate::server::{Answer, Server, URL};

/// An event of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The line as it came.
    pub line: Vec<u8>,
    /// What it says.
    pub json: Value,
}

impl Event {
    fn read(line: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(line).expect("a line is JSON");
        let mut bare = json.as_object().expect("an object").clone();
        let (said, _) = (bare.remove("sha256").expect("sha256"), bare.remove("cursor"));
        let canonical = serde_json_canonicalizer::to_vec(&bare).expect("canonical JSON");
        let digest = hex(&Sha256::digest(canonical));
        assert_eq!(said, digest.as_str(), "the hash is over the canonical event");
        Self {
            line: line.to_vec(),
            json,
        }
    }

    /// A text member.
    pub fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    /// The version.
    pub fn version(&self) -> u64 {
        self.json["version"].as_u64().expect("a version")
    }

    /// Whether it is about a note.
    pub fn is_about(&self, note: DocumentId) -> bool {
        self.text("note_id") == note.to_string()
    }

    /// A receipt for it.
    pub fn receipt(&self, outcome: &str, reference: &str) -> Value {
        json!({
            "event_id": self.json["event_id"],
            "sha256": self.json["sha256"],
            "outcome": outcome,
            "case_system_ref": reference,
        })
    }
}

/// The case system.
pub struct CaseSystem {
    server: Rc<Server>,
    time: Time,
    chance: Chance,
    key: SigningKey,
    /// Its id at the server.
    pub id: String,
    token: Option<(String, i64)>,
    cursor: Option<String>,
    /// Every version that it has taken, by note and version.
    pub records: BTreeMap<(String, u64), Event>,
}

impl CaseSystem {
    pub(crate) fn new(server: Rc<Server>, time: Time, chance: &Chance) -> Self {
        let key = SigningKey::from_slice(&chance.bytes::<48>()).expect("a key");
        let pem = key
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .expect("PEM");
        let scope = server::ops::client::DEFAULT_SCOPE;
        let id = server::ops::client::add(&server.core(), "Ashmere case system", &pem, scope, "operator");
        Self {
            id: id.expect("it is added"),
            server,
            time,
            chance: chance.clone(),
            key,
            token: None,
            cursor: None,
            records: BTreeMap::new(),
        }
    }

    fn token(&mut self) -> String {
        let now = self.time.now();
        if let Some((token, until)) = &self.token
            && now < *until
        {
            return token.clone();
        }
        let header = json!({"alg": "ES384", "typ": "JWT"});
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": format!("{URL}/v1/token"),
            "iat": now / 1000, "exp": now / 1000 + 240,
            "jti": B64.encode(self.chance.bytes::<16>()),
        });
        let signed = format!(
            "{}.{}",
            B64.encode(header.to_string()),
            B64.encode(claims.to_string())
        );
        let signature: Signature = self.key.sign(signed.as_bytes());
        let assertion = format!("{signed}.{}", B64.encode(signature.to_bytes()));
        let form = format!(
            "grant_type=client_credentials&client_assertion_type=\
             urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={assertion}"
        );
        let media = ("content-type".into(), "application/x-www-form-urlencoded".into());
        let answer = self.server.ask("POST", "/v1/token", &[media], form.into_bytes());
        assert_eq!(answer.status, 200, "{}", answer.code());
        let token = answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        self.token = Some((token.clone(), now + 500_000));
        token
    }

    fn asks(&mut self, method: &str, path: &str, body: Vec<u8>) -> Answer {
        let token = self.token();
        let headers = [
            ("authorization".to_owned(), format!("Bearer {token}")),
            ("content-type".to_owned(), "application/json".to_owned()),
        ];
        self.server.ask(method, path, &headers, body)
    }

    /// A page of the feed after a cursor: the bytes, and the cursor to go on with.
    pub fn page(&mut self, after: Option<&str>, limit: u32) -> (Vec<u8>, String) {
        let after = after.map_or(String::new(), |cursor| format!("after={cursor}&"));
        let answer = self.asks(
            "GET",
            &format!("/v1/export/notes?{after}limit={limit}"),
            Vec::new(),
        );
        assert_eq!(answer.status, 200, "{}", answer.code());
        let next = answer.header("doorstep-cursor").expect("a cursor").to_owned();
        (answer.body, next)
    }

    /// The whole feed from its beginning, in another format.
    pub fn reads_all_as(&mut self, media_type: &str) -> Vec<u8> {
        let (mut all, mut path) = (Vec::new(), "/v1/export/notes?limit=1000".to_owned());
        loop {
            let token = self.token();
            let headers = [
                ("authorization".to_owned(), format!("Bearer {token}")),
                ("accept".to_owned(), media_type.to_owned()),
            ];
            let answer = self.server.ask("GET", &path, &headers, Vec::new());
            assert_eq!(answer.status, 200, "{}", answer.code());
            assert_eq!(answer.header("content-type"), Some(media_type));
            if answer.body.is_empty() {
                return all;
            }
            let next = answer.header("doorstep-cursor").expect("a cursor");
            path = format!("/v1/export/notes?limit=1000&after={next}");
            all.extend(answer.body);
        }
    }

    /// The server was set back: what was read before is of another epoch, and is read from the beginning.
    pub fn begins_anew(&mut self) {
        self.cursor = None;
        self.token = None;
        self.records.clear();
    }

    /// A file that an event offers.
    pub fn fetches(&mut self, id: &str) -> Answer {
        self.asks("GET", &format!("/v1/attachments/{id}"), Vec::new())
    }

    /// Everything new, by cursor, a few at a time. That a version comes twice or one is left out stops
    /// the story.
    pub fn reads(&mut self) -> Vec<Event> {
        let mut new = Vec::new();
        loop {
            let (bytes, next) = self.page(self.cursor.clone().as_deref(), 3);
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            let events: Vec<Event> = lines.map(Event::read).collect();
            self.cursor = Some(next);
            if events.is_empty() {
                return new;
            }
            for event in events {
                let note = event.text("note_id").to_owned();
                let version = event.version();
                let before = self.records.keys().filter(|(n, _)| *n == note).count() as u64;
                assert_eq!(version, before + 1, "versions of {note} come each once, in order");
                self.records.insert((note, version), event.clone());
                new.push(event);
            }
        }
    }

    /// Sends receipts; gives the answers.
    pub fn answers(&mut self, receipts: &[Value]) -> Vec<Value> {
        let body = serde_json::to_vec(receipts).expect("JSON");
        let answer = self.asks("POST", "/v1/export/receipts", body);
        assert_eq!(answer.status, 200, "{}", answer.code());
        answer.json().as_array().cloned().unwrap_or_default()
    }

    /// Reads what is new, takes all of it, and says so.
    pub fn takes_all(&mut self) -> Vec<Event> {
        let new = self.reads();
        for batch in new.chunks(50) {
            let receipts: Vec<Value> = batch
                .iter()
                .map(|event| event.receipt("imported", &format!("ACT-{}", &event.text("event_id"))))
                .collect();
            for answer in self.answers(&receipts) {
                assert_eq!(answer["status"], "accepted", "{answer}");
            }
        }
        new
    }

    /// The newest version that it has of a note.
    pub fn newest(&self, note: DocumentId) -> Option<&Event> {
        let note = note.to_string();
        let of_note = self.records.iter().filter(|((n, _), _)| *n == note);
        of_note.map(|(_, event)| event).next_back()
    }
}
