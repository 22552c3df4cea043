//! Enrolment: a one-time code buys this device an identity. Key and actor are durable before the
//! code is spent, so an answer that was lost is asked for again with the same request.

use notes::ids::{Actor, DeviceId};
use serde::Serialize;

use super::link::{Ended, Stop, refusal};
use super::talk::alone;
use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, HttpRequest, Transport};
use crate::store::Db;
use crate::store::meta::{self, key};
use crate::sync::token;
use crate::trouble::Trouble;

/// A clock that is off by less needs no correction when signing.
const CLOCK_SLACK_MS: i64 = 30_000;

/// Whose phone this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Identity {
    /// The device's id on the server.
    pub device: DeviceId,
    /// The worker's id in the case system.
    pub worker: String,
    /// The worker's name.
    pub worker_name: String,
    /// The team's name.
    pub team: Option<String>,
    /// The audience of assertions.
    pub token_url: String,
}

/// What the store knows of it; none before enrolment.
pub(super) fn identity(conn: &Db) -> Result<Option<Identity>, Trouble> {
    let Some(device) = meta::get(conn, key::DEVICE)? else {
        return Ok(None);
    };
    let whole = |text: Option<String>| text.ok_or(Trouble::Damaged("the identity"));
    Ok(Some(Identity {
        device: DeviceId::from_slice(&device).ok_or(Trouble::Damaged("the identity"))?,
        worker: whole(meta::text(conn, key::WORKER)?)?,
        worker_name: whole(meta::text(conn, key::WORKER_NAME)?)?,
        team: meta::text(conn, key::TEAM)?,
        token_url: whole(meta::text(conn, key::TOKEN_URL)?)?,
    }))
}

impl Notebook {
    /// Whose phone this is, once enrolled.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.me.as_ref()
    }

    /// The server's address, as it was given when enrolling.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn server(&self) -> Result<Option<String>, Trouble> {
        meta::text(self.store.read(), key::SERVER)
    }

    /// Spends a one-time code, on a transport that waits in place. `server` is kept for the host, which knows how to
    /// reach it.
    ///
    /// # Errors
    /// Where the store or the key fails; that the server refuses or is out of reach is a value.
    pub fn enrol(
        &mut self,
        transport: &mut dyn Transport,
        code: &str,
        server: &str,
    ) -> Result<Ended, Trouble> {
        alone!(self, transport, |talk| talk.enrol(code, server))
    }

    fn enrolment(&mut self, code: &str, spare: Option<&[u8; 32]>) -> Result<Vec<u8>, Trouble> {
        if self.me.is_some() {
            return Err(Trouble::NotAllowed("this phone is enrolled already"));
        }
        Ok(token::enrolment(
            code,
            self.key()?,
            self.actor,
            &self.host.app,
            spare,
        )?)
    }

    fn keep(&mut self, enrolled: &token::Enrolled, server: &str) -> Result<(), Trouble> {
        let device: DeviceId = enrolled
            .device_id
            .parse()
            .map_err(|_| Trouble::NotAllowed("the server's answer cannot be read"))?;
        let offset = enrolled.server_time - self.now();
        let offset = if offset.abs() < CLOCK_SLACK_MS { 0 } else { offset };
        self.store.write(|tx| {
            meta::set(tx, key::DEVICE, &device.0)?;
            meta::set(tx, key::WORKER, enrolled.worker.id.as_bytes())?;
            meta::set(tx, key::WORKER_NAME, enrolled.worker.name.as_bytes())?;
            if let Some(team) = &enrolled.team {
                meta::set(tx, key::TEAM, team.as_bytes())?;
            }
            meta::set(tx, key::TOKEN_URL, enrolled.token_url.as_bytes())?;
            meta::set(tx, key::SERVER, server.as_bytes())?;
            meta::set(tx, key::CLOCK_OFFSET, &offset.to_be_bytes())
        })?;
        self.me = identity(self.store.read())?;
        Ok(())
    }
}

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// Spends a one-time code. `server` is kept for the host, which knows how to reach it.
    ///
    /// # Errors
    /// Where the store or the key fails; that the server refuses or is out of reach is a value.
    pub async fn enrol(&self, code: &str, server: &str) -> Result<Ended, Trouble> {
        self.enrol_with(code, server, None).await
    }

    /// The same, and leaves a spare with the server ([`super::let_in()`]), under which the host has sealed the store's key
    /// already.
    ///
    /// # Errors
    /// As [`Self::enrol`].
    pub async fn enrol_with(
        &self,
        code: &str,
        server: &str,
        spare: Option<&[u8; 32]>,
    ) -> Result<Ended, Trouble> {
        let mut asked = self.ask(code, spare).await?;
        if matches!(&asked, Err(Stop::Refused(refused)) if refused.code == "actor_taken") {
            // Nothing was written under it yet; another one is as good.
            self.book.with(|book| {
                let (actor, now) = (Actor(book.host.random()), book.now());
                book.store.write(|tx| meta::set_actor(tx, actor, now))?;
                book.reread_actors()
            })?;
            asked = self.ask(code, spare).await?;
        }
        match asked {
            Ok(enrolled) => {
                self.book.with(|book| book.keep(&enrolled, server))?;
                Ok(Ended::Quiet)
            }
            Err(stop) => Ok(stop.into()),
        }
    }

    async fn ask(
        &self,
        code: &str,
        spare: Option<&[u8; 32]>,
    ) -> Result<Result<token::Enrolled, Stop>, Trouble> {
        let request = HttpRequest {
            method: "POST",
            path: "/v1/enrol".into(),
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: self.book.with(|book| book.enrolment(code, spare))?,
        };
        let Ok(response) = self.host.send(&request).await else {
            return Ok(Err(Stop::Offline));
        };
        if response.status != 200 {
            return Ok(Err(refusal(&response)));
        }
        Ok(serde_json::from_slice(&response.body).map_err(|_| Stop::not_understood()))
    }
}
