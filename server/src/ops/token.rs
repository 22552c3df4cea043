//! Access tokens: a device or a case system signs an assertion with its own key and gets ten
//! minutes. A revoked device gets a token that may only push.

use notes::ids::DeviceId;

use super::OpError;
use crate::auth::{
    Assertion, AuthRefusal, ClientPublicKey, DevicePublicKey, NewToken, TokenKind, assertion_subject,
    issue_access_token, verify_client_assertion, verify_device_assertion,
};
use crate::core::Core;
use crate::hex::hex;
use crate::store::{ClientRecord, StoreError};

/// What a device may do, in its token.
pub const DEVICE_SCOPE: &str = "sync";
/// What is left to a revoked one.
pub const PUSH_SCOPE: &str = "push";

/// A token and what it allows.
pub struct Granted {
    /// The token.
    pub access_token: String,
    /// What it allows.
    pub scope: String,
    /// Whose it is, for the log.
    pub who: String,
}

/// Gives a device its token.
///
/// # Errors
/// `token_invalid`, `clock`, `assertion_replayed`, `rate_limited`.
pub fn device(core: &Core, assertion: &str) -> Result<Granted, OpError> {
    let subject = assertion_subject(assertion)?;
    let id: DeviceId = subject
        .parse()
        .map_err(|_| AuthRefusal::TokenInvalid("no device id"))?;
    let device = core.store.read(|tx| tx.device(id))?;
    let device = device.ok_or(AuthRefusal::TokenInvalid("no such device"))?;
    let key = DevicePublicKey::from_sec1(&device.public_key)
        .map_err(|_| StoreError::Inconsistent("a device's key cannot be read"))?;
    let now = core.host.now_ms();
    let name = id.to_string();
    let signed = verify_device_assertion(assertion, &key, &name, &core.token_urls(), now)?;
    let (kind, scope) = if device.revoked_at.is_some() {
        (TokenKind::DevicePushOnly, PUSH_SCOPE)
    } else {
        (TokenKind::Device, DEVICE_SCOPE)
    };
    grant(core, &signed, (&name, kind, scope), now)
}

/// Gives a case system its token.
///
/// # Errors
/// As for a device.
pub fn client(core: &Core, assertion: &str) -> Result<Granted, OpError> {
    let subject = assertion_subject(assertion)?;
    let client = core.store.read(|tx| tx.client(&subject))?;
    let client = client
        .filter(|client| client.revoked_at.is_none())
        .ok_or(AuthRefusal::TokenInvalid("no such client"))?;
    let keys = public_keys(&client)?;
    let now = core.host.now_ms();
    let signed = verify_client_assertion(assertion, &keys, &client.id, &core.token_urls(), now)?;
    grant(
        core,
        &signed,
        (&client.id, TokenKind::CaseSystem, &client.scope),
        now,
    )
}

fn public_keys(client: &ClientRecord) -> Result<Vec<ClientPublicKey>, StoreError> {
    super::client::pems(&client.public_keys)
        .map(|pem| ClientPublicKey::from_pem(&pem))
        .collect::<Result<_, _>>()
        .map_err(|_| StoreError::Inconsistent("a client's key cannot be read"))
}

fn grant(
    core: &Core,
    signed: &Assertion,
    (subject, kind, scope): (&str, TokenKind, &str),
    now: i64,
) -> Result<Granted, OpError> {
    core.taken().take(subject, signed, now)?;
    let jti = hex(&core.host.random::<16>());
    let token = NewToken {
        subject,
        kind,
        scope,
        jti: &jti,
    };
    let access_token = issue_access_token(core.keys(), core.realm(), token, now)
        .map_err(|_| StoreError::Inconsistent("a token cannot be signed"))?;
    Ok(Granted {
        access_token,
        scope: scope.to_owned(),
        who: match kind {
            TokenKind::CaseSystem => format!("client:{subject}"),
            TokenKind::Device | TokenKind::DevicePushOnly => format!("device:{subject}"),
        },
    })
}
