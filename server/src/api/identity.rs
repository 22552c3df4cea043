//! Who is asking, as arguments of the handlers: a handler that takes a [`Device`] or a
//! [`CaseSystem`] cannot forget to check. The token says who; the standing is read on every request.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use notes::ids::DeviceId;
use notes::problem::Code;
use notes::wire::LIVE_BEARER;

use super::{App, Refusal};
use crate::auth::{AccessClaims, AuthRefusal, TokenKind, verify_access_token};
use crate::core::Core;
use crate::limits::Deed;
use crate::ops::OpError;
use crate::store::{ClientRecord, StoreError};
use crate::sync::Pusher;

/// An enrolled device, perhaps a revoked one: its record says so, and then it may only push.
pub struct Device(pub Pusher);

/// A device that wants a live socket, which a revoked one does not get: passes take what it has.
pub struct LiveDevice {
    /// Who.
    pub pusher: Pusher,
    /// When its token expires, UTC milliseconds.
    pub expires_at: i64,
}

/// A case system that has the scope `S`.
pub struct CaseSystem<S> {
    /// Which one.
    pub client: ClientRecord,
    scope: PhantomData<S>,
}

/// A scope, as a type.
pub trait Scope {
    /// As it stands in tokens.
    const NAME: &'static str;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        $($(#[$doc])* pub struct $name; impl Scope for $name { const NAME: &'static str = $text; })*
    };
}

scopes! {
    /// May read the feed.
    ExportRead "export.read";
    /// May answer with receipts.
    ExportReceipt "export.receipt";
    /// May import people and workers.
    ImportWrite "import.write";
}

/// Where a request comes from, for limits on guessing. Never logged.
pub struct Address(pub String);

/// Filled by who finds out who is asking; the request's line in the log reads it.
#[derive(Clone, Default)]
pub struct Caller(Arc<OnceLock<String>>);

impl Caller {
    /// Says who it is; the first word counts.
    pub fn is(&self, who: &str) {
        // A second word about the same request would be the same word.
        let _ = self.0.set(who.to_owned());
    }

    /// Who it was.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.get().map_or("-", String::as_str)
    }
}

impl FromRequestParts<App> for Device {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = bearer(parts)?;
        let pusher = app.blocking(move |core| device(core, &token)).await?;
        name(parts, "device", &pusher.device.id.to_string());
        if pusher.device.revoked_at.is_some() {
            let (limits, now) = (&app.core.limits, app.core.host.now_ms());
            let id = pusher.device.id.to_string();
            limits
                .check(Deed::RevokedPush, &id, now)
                .map_err(|seconds| Refusal::from(Code::RateLimited).retry_after(seconds))?;
            limits.count(Deed::RevokedPush, &id, now);
        }
        Ok(Self(pusher))
    }
}

impl FromRequestParts<App> for LiveDevice {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = match bearer(parts) {
            Ok(token) => token,
            // A web page cannot set headers here.
            Err(refusal) => offered(parts).ok_or(refusal)?,
        };
        let (pusher, expires_at) = app
            .blocking(move |core| {
                let claims = claims(core, &token, &[TokenKind::Device, TokenKind::DevicePushOnly])?;
                let expires_at = claims.exp.saturating_mul(1000);
                Ok::<_, OpError>((standing(core, device_id(&claims)?)?, expires_at))
            })
            .await?;
        name(parts, "device", &pusher.device.id.to_string());
        if pusher.device.revoked_at.is_some() {
            return Err(Code::DeviceRevoked.into());
        }
        Ok(Self { pusher, expires_at })
    }
}

/// The token among the subprotocols that are offered.
fn offered(parts: &Parts) -> Option<String> {
    let values = parts.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let words = values.filter_map(|value| value.to_str().ok());
    let mut words = words.flat_map(|text| text.split(',')).map(str::trim);
    words.find_map(|word| Some(word.strip_prefix(LIVE_BEARER)?.to_owned()))
}

impl<S: Scope> FromRequestParts<App> for CaseSystem<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = bearer(parts)?;
        let client = app.blocking(move |core| client(core, &token, S::NAME)).await?;
        name(parts, "client", &client.id);
        Ok(Self {
            client,
            scope: PhantomData,
        })
    }
}

/// Whoever may read files: a device, or a case system that may read the feed.
pub enum Reader {
    /// A device, perhaps a revoked one.
    Device(Pusher),
    /// A case system with `export.read`.
    CaseSystem(ClientRecord),
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = bearer(parts)?;
        let kind = claims(
            &app.core,
            &token,
            &[
                TokenKind::Device,
                TokenKind::DevicePushOnly,
                TokenKind::CaseSystem,
            ],
        );
        Ok(match kind?.kind {
            TokenKind::CaseSystem => {
                let known = CaseSystem::<ExportRead>::from_request_parts(parts, app).await?;
                Self::CaseSystem(known.client)
            }
            TokenKind::Device | TokenKind::DevicePushOnly => {
                Self::Device(Device::from_request_parts(parts, app).await?.0)
            }
        })
    }
}

impl FromRequestParts<App> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        // The last value is what the proxy next to us wrote; those before it anybody may have.
        let told = app.http.address_header.as_ref().and_then(|header| {
            let mut values = parts.headers.get_all(header.as_str()).iter();
            let text = values.next_back()?.to_str().ok()?;
            Some(text.rsplit(',').next()?.trim().to_owned())
        });
        let own = || {
            let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
            info.map_or_else(String::new, |ConnectInfo(address)| address.ip().to_string())
        };
        Ok(Self(told.unwrap_or_else(own)))
    }
}

fn name(parts: &Parts, kind: &str, id: &str) {
    if let Some(caller) = parts.extensions.get::<Caller>() {
        caller.is(&format!("{kind}:{id}"));
    }
}

fn bearer(parts: &Parts) -> Result<String, Refusal> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Code::TokenMissing)?;
    if values.next().is_some() {
        return Err(AuthRefusal::TokenInvalid("two authorization headers").into());
    }
    let text = value.to_str().unwrap_or_default().trim();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim().to_owned())
    } else {
        Err(Code::TokenMissing.into())
    }
}

fn claims(core: &Core, token: &str, kinds: &[TokenKind]) -> Result<AccessClaims, AuthRefusal> {
    let claims = verify_access_token(core.keys(), token, core.realm(), core.host.now_ms())?;
    claims.require_kind(kinds)?;
    Ok(claims)
}

fn device(core: &Core, token: &str) -> Result<Pusher, OpError> {
    let claims = claims(core, token, &[TokenKind::Device, TokenKind::DevicePushOnly])?;
    standing(core, device_id(&claims)?)
}

fn device_id(claims: &AccessClaims) -> Result<DeviceId, AuthRefusal> {
    claims
        .sub
        .parse()
        .map_err(|_| AuthRefusal::TokenInvalid("no device id"))
}

/// A device as it stands at this moment.
///
/// # Errors
/// `token_invalid` where there is no such device.
pub(super) fn standing(core: &Core, id: DeviceId) -> Result<Pusher, OpError> {
    core.store.read(|tx| {
        let device = tx
            .device(id)?
            .ok_or(AuthRefusal::TokenInvalid("no such device"))?;
        let worker = tx
            .worker(&device.worker)?
            .ok_or(StoreError::Inconsistent("a device's worker vanished"))?;
        Ok(Pusher { device, worker })
    })
}

fn client(core: &Core, token: &str, scope: &str) -> Result<ClientRecord, OpError> {
    let claims = claims(core, token, &[TokenKind::CaseSystem])?;
    let client = core.store.read(|tx| tx.client(&claims.sub))?;
    let client = client.filter(|client| client.revoked_at.is_none());
    let client = client.ok_or(AuthRefusal::TokenInvalid("no such client"))?;
    claims.require_scope(scope)?;
    Ok(client)
}
