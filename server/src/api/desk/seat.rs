//! Who is at the desk, as arguments of the handlers: one that takes [`Deciding`] cannot be reached by an auditor, one that
//! takes [`Organising`] by nobody but an organisation admin. The cookie says which session; standing and role are read on
//! every request.
//!
//! A page of another site that sends a request in somebody's name is refused twice: the browser keeps the cookie back
//! (`SameSite=Strict`), and what changes anything must come from our own origin, by `Origin` and `Sec-Fetch-Site`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use notes::problem::Code;
use serde_json::json;

use super::super::identity::Caller;
use super::super::{App, Refusal};
use crate::desk::session::{self, Seated, Secret};
use crate::import::Role;
use crate::store::{AuditEntry, DeskSession};

/// Bound to this host, to TLS (or the machine itself) and to the root by its prefix (RFC 6265bis).
const COOKIE: &str = "__Host-doorstep";
/// How long the same reading of an auditor's is one reading.
const ONE_READING_MS: i64 = 10 * 60_000;
/// Readings that are remembered for that.
const MAX_READINGS: usize = 10_000;

/// Anybody with a role at the desk. What an auditor reads is recorded.
pub struct Reading(pub Seated);

/// Who may decide: a team admin or an organisation admin.
pub struct Deciding(pub Seated);

/// An organisation admin.
pub struct Organising(pub Seated);

impl FromRequestParts<App> for Reading {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let seated = seated(parts, app).await?;
        if seated.admin.role == Role::Auditor {
            record(parts, app, &seated).await?;
        }
        Ok(Self(seated))
    }
}

impl FromRequestParts<App> for Deciding {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let seated = seated(parts, app).await?;
        match seated.admin.role {
            Role::TeamAdmin | Role::OrganisationAdmin => Ok(Self(seated)),
            Role::Practitioner | Role::Auditor => Err(Code::RoleForbidden.into()),
        }
    }
}

impl FromRequestParts<App> for Organising {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let seated = seated(parts, app).await?;
        match seated.admin.role {
            Role::OrganisationAdmin => Ok(Self(seated)),
            _ => Err(Code::RoleForbidden.into()),
        }
    }
}

/// Whoever holds a session, also one whose role is gone: they may still end it.
pub struct SessionOnly(pub DeskSession);

impl FromRequestParts<App> for SessionOnly {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        same_origin(parts, app)?;
        let secret = cookie(parts).ok_or(Code::SignedOut)?;
        let session = app.blocking(move |core| session::known(core, &secret)).await?;
        Ok(Self(session.ok_or(Code::SignedOut)?))
    }
}

/// That a request comes from the console itself, or from no web page at all.
pub struct SameOrigin;

impl FromRequestParts<App> for SameOrigin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        same_origin(parts, app).map(|()| Self)
    }
}

async fn seated(parts: &Parts, app: &App) -> Result<Seated, Refusal> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        same_origin(parts, app)?;
    }
    let secret = cookie(parts).ok_or(Code::SignedOut)?;
    let limits = app.http.desk;
    let seated = app
        .blocking(move |core| session::seated(core, &secret, limits))
        .await?;
    if let Some(caller) = parts.extensions.get::<Caller>() {
        caller.is(&seated.admin.by());
    }
    Ok(seated)
}

fn cookie(parts: &Parts) -> Option<String> {
    let lines = parts.headers.get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then(|| value.to_owned())
    })
}

fn same_origin(parts: &Parts, app: &App) -> Result<(), Refusal> {
    let text = |name| parts.headers.get(name).map(|v| v.to_str().unwrap_or("null"));
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Code::OriginRefused.into());
    }
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = text(header::HOST);
    let ours = origin == app.console_origin
        || origin
            .split_once("://")
            .is_some_and(|(_, authority)| Some(authority) == host);
    if ours {
        Ok(())
    } else {
        Err(Code::OriginRefused.into())
    }
}

/// The cookie of a session that begins.
pub(super) fn cookie_of(secret: &Secret, limits: session::Limits) -> HeaderValue {
    let seconds = limits.whole_ms / 1000;
    let text = format!(
        "{COOKIE}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict",
        secret.text()
    );
    // Letters, digits and a few signs.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The cookie that takes it away.
pub(super) const NO_COOKIE: HeaderValue =
    HeaderValue::from_static("__Host-doorstep=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict");

/// What auditors have read a moment ago, so that a page that looks again by itself is one reading.
#[derive(Default)]
pub struct Readings(Mutex<HashMap<(String, String), i64>>);

impl Readings {
    /// Who reads something, where that is to be written down: not what they have read a moment ago.
    pub(super) fn reader(&self, app: &App, seated: &Seated, what: &str) -> Option<String> {
        let now = app.core.host.now_ms();
        self.is_due(&seated.id(), what, now).then(|| seated.admin.by())
    }

    /// It was read, and written down.
    pub(super) fn read(&self, app: &App, seated: &Seated, what: &str) {
        let mut read = self.lock();
        if read.len() >= MAX_READINGS {
            read.clear();
        }
        let now = app.core.host.now_ms();
        let before = read.entry((seated.id(), what.to_owned())).or_insert(now);
        if now.saturating_sub(*before) >= ONE_READING_MS {
            *before = now;
        }
    }

    fn is_due(&self, session: &str, what: &str, now: i64) -> bool {
        let before = self.lock().get(&(session.to_owned(), what.to_owned())).copied();
        before.is_none_or(|at| now.saturating_sub(at) >= ONE_READING_MS)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn record(parts: &Parts, app: &App, seated: &Seated) -> Result<(), Refusal> {
    let what = parts.uri.to_string();
    let Some(who) = app.readings.reader(app, seated, &what) else {
        return Ok(());
    };
    let entry = AuditEntry {
        at: app.core.host.now_ms(),
        who,
        what: "desk.read".to_owned(),
        person: None,
        document: None,
        detail: json!({ "read": what }).to_string(),
    };
    app.blocking(move |core| core.store.write(|tx| tx.audit(&entry)))
        .await?;
    app.readings.read(app, seated, &what);
    Ok(())
}
