//! The routes, knocked at in process: a server in a folder of its own, with a clock that can be
//! set. Types are the roles: anybody, a device, a case system.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod answers;
mod attachments;
mod bodies;
mod desk;
mod desk_issues;
mod desk_today;
mod desk_workers;
mod doors;
mod enrolment;
mod feed;
mod imports;
mod let_in;
mod limits;
mod live;
mod lookups;
mod page;
mod passes;
mod reflection;
mod tokens;
mod web;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request};
use futures_util::stream;
use notes::problem::Code;
use p256::pkcs8::EncodePublicKey as _;
use serde_json::{Value, json};
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::App;
use crate::auth::{KeySet, SigningKey};
use crate::config::HttpConfig;
use crate::core::Core;
use crate::hex::hex;
use crate::ops::{client, enrol, import};
use crate::router::router;
use crate::testing::{Folder, SetClock};

pub(super) const WORKERS: &str = "worker_id,name,team\nW1,Ann Ash,North\nW2,Bob Birch,South\n";
pub(super) const PEOPLE: &str = "case_id,forename,surname,allocated_worker,allocated_team\n\
                                 P1,Cat,Cedar,W1,North\nP2,Dan,Damson,W2,\n";

pub(super) struct Town {
    pub(super) core: Arc<Core>,
    pub(super) clock: Arc<SetClock>,
    router: Router,
    pub(super) stop: watch::Sender<bool>,
    _folder: Folder,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

pub(super) fn http() -> HttpConfig {
    HttpConfig {
        address_header: Some("x-forwarded-for".to_owned()),
        sync_body_bytes: 1024 * 1024,
        import_body_bytes: 256 * 1024,
        receipts_body_bytes: 64 * 1024,
        max_requests: 8,
        body_timeout_s: 1,
        ..HttpConfig::default()
    }
}

impl Town {
    pub(super) fn new() -> Self {
        Self::with(http())
    }

    pub(super) fn with(http: HttpConfig) -> Self {
        let (core, folder, clock) = crate::testing::core();
        import::workers(&core, WORKERS.as_bytes(), "test").unwrap();
        import::people(&core, PEOPLE.as_bytes(), "test").unwrap();
        let core = Arc::new(core);
        let (stop, stopping) = watch::channel(false);
        let router = router(App::new(Arc::clone(&core), http, stopping));
        Self {
            core,
            clock,
            router,
            stop,
            _folder: folder,
        }
    }

    /// Knocks, and leaves the answer's body where it is.
    pub(super) async fn leave(&self, path: &str, token: &str) -> axum::response::Response {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    /// A request with headers given as `name: value` lines.
    pub(super) async fn knock(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for line in headers {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(super) async fn form(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let media = "content-type: application/x-www-form-urlencoded";
        self.knock("POST", "/v1/token", &[media], form.finish()).await
    }

    pub(super) fn invite(&self, worker: &str) -> String {
        let invitation = enrol::make_code(&self.core, worker, 24 * 3_600_000, "test").unwrap();
        invitation.code.shown()
    }

    /// A phone of the worker's, enrolled over HTTP.
    pub(super) async fn phone(&self, worker: &str) -> Phone {
        let mut phone = Phone::new(self);
        let code = self.invite(worker);
        let answer = phone.enrol(self, &code).await;
        assert_eq!(answer.status, 200);
        phone.id = answer.json()["device_id"].as_str().unwrap().to_owned();
        phone
    }

    /// A case system with a token of a scope.
    pub(super) async fn case_system(&self, scope: &str) -> String {
        let (keys, pem) = pair(self);
        let id = client::add(&self.core, "Mosaic", &pem, scope, "test").unwrap();
        let assertion = assertion(self, &keys, &id);
        let answer = self.form(&client_form(&assertion)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

pub(super) fn client_form(assertion: &str) -> [(&'static str, &str); 3] {
    [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ]
}

pub(super) fn device_form(assertion: &str) -> [(&'static str, &str); 2] {
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion),
    ]
}

/// A body of which only a beginning comes, and then the link is gone.
pub(super) fn torn(beginning: Bytes) -> Body {
    let gone = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(stream::iter([Ok(beginning), Err(gone)]))
}

/// A fresh key, and its public half as PEM.
pub(super) fn pair(town: &Town) -> (KeySet, String) {
    let secret: [u8; 32] = town.core.host.random();
    let public = p256::SecretKey::from_slice(&secret).unwrap().public_key();
    let pem = public.to_public_key_pem(p256::pkcs8::LineEnding::LF).unwrap();
    (
        KeySet::new(SigningKey::from_random(&secret).unwrap(), Vec::new()),
        pem,
    )
}

/// What a good party signs now.
pub(super) fn assertion(town: &Town, keys: &KeySet, id: &str) -> String {
    keys.sign("JWT", &claims(town, id)).unwrap()
}

pub(super) fn claims(town: &Town, id: &str) -> Value {
    let now = town.core.host.now_ms() / 1000;
    let jti = u64::from_be_bytes(town.core.host.random()).to_string();
    json!({ "iss": id, "sub": id, "aud": town.core.token_url(), "iat": now, "exp": now + 240, "jti": jti })
}

pub(super) struct Phone {
    pub(super) id: String,
    pub(super) keys: KeySet,
    pub(super) actor: String,
}

impl Phone {
    pub(super) fn new(town: &Town) -> Self {
        let actor: [u8; 16] = town.core.host.random();
        Self {
            id: String::new(),
            keys: pair(town).0,
            actor: hex(&actor),
        }
    }

    pub(super) fn request(&self, code: &str) -> Value {
        let jwk = self.keys.jwks()["keys"][0].clone();
        let key = json!({ "kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"] });
        json!({ "code": code, "public_key": key, "actor": self.actor, "app": "test 1.0" })
    }

    pub(super) async fn enrol(&self, town: &Town, code: &str) -> Answer {
        let body = self.request(code).to_string();
        town.knock("POST", "/v1/enrol", &["content-type: application/json"], body)
            .await
    }

    pub(super) async fn token(&self, town: &Town) -> String {
        let assertion = assertion(town, &self.keys, &self.id);
        let answer = town.form(&device_form(&assertion)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A whole problem document with this code, and the status that goes with it.
    #[track_caller]
    pub(super) fn refused(&self, code: Code, what: &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{what}");
        let problem = self.json();
        assert_eq!(problem["code"], code.as_str(), "{what}: {problem}");
        assert_eq!(problem["status"], self.status, "{what}");
        assert_eq!(self.status, code.status(), "{what}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{what}");
        assert!(
            problem["title"]
                .as_str()
                .is_some_and(|title| title.ends_with('.')),
            "{what}"
        );
    }
}
