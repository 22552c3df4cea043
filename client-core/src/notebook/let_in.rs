//! A phone whose PIN is forgotten, or was tried too often. At enrolment it leaves a *spare* with the server: 32 random
//! bytes, under which the host seals the store's key a second time. The server alone opens nothing with it, for it has
//! no phone; the phone alone opens nothing, for it has no spare. For a fresh one-time code, which a team admin gives to
//! whoever stands before them, the server gives the spare back, and the host lets a new PIN be chosen. No note is lost.
//!
//! The store is closed while this goes on, so there is no [`super::Notebook`]: what it needs is passed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use notes::ids::DeviceId;
use serde::Deserialize;
use serde_json::json;

use super::link::{Ended, Stop, buy_token, refusal};
use crate::host::{AsyncHost, Dice, HttpRequest, KeyRefused, Keystore};
use crate::sync::token::{self, Granted};
use crate::trouble::Trouble;

/// What a locked phone still knows of itself.
pub struct Locked<'a> {
    /// The device's id.
    pub device: DeviceId,
    /// The audience of assertions, as the enrolment told it.
    pub token_url: &'a str,
    /// UTC milliseconds.
    pub now_ms: i64,
    /// Random bytes.
    pub dice: &'a mut dyn Dice,
    /// The device's key, where the host does not sign by itself ([`AsyncHost::sign`]).
    pub key: Option<&'a dyn Keystore>,
}

impl std::fmt::Debug for Locked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Locked")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Given {
    spare: String,
}

/// Asks for the spare, by a fresh one-time code of the phone's worker.
///
/// # Errors
/// Where the device's key cannot sign. That the server refuses or is out of reach is a value.
pub async fn let_in<H: AsyncHost>(
    host: &H,
    mut phone: Locked<'_>,
    code: &str,
) -> Result<Result<[u8; 32], Ended>, Trouble> {
    let mut granted = sign_in(host, &mut phone, 0).await?;
    if let Err(Stop::Clock(server_time)) = granted {
        let offset = server_time - phone.now_ms;
        granted = sign_in(host, &mut phone, offset).await?;
    }
    let granted = match granted {
        Ok(granted) => granted,
        Err(stop) => return Ok(Err(stop.into())),
    };
    let request = HttpRequest {
        method: "POST",
        path: "/v1/let-in".into(),
        headers: vec![
            ("Authorization".into(), format!("Bearer {}", granted.access_token)),
            ("Content-Type".into(), "application/json".into()),
        ],
        body: json!({ "code": code }).to_string().into_bytes(),
    };
    let Ok(response) = host.send(&request).await else {
        return Ok(Err(Ended::Offline));
    };
    if response.status != 200 {
        return Ok(Err(refusal(&response).into()));
    }
    let given: Option<Given> = serde_json::from_slice(&response.body).ok();
    let spare = given.and_then(|given| B64.decode(given.spare).ok()?.try_into().ok());
    Ok(spare.ok_or_else(|| Stop::not_understood().into()))
}

async fn sign_in<H: AsyncHost>(
    host: &H,
    phone: &mut Locked<'_>,
    offset: i64,
) -> Result<Result<Granted, Stop>, Trouble> {
    let mut jti = [0; 16];
    phone.dice.fill(&mut jti);
    let now = phone.now_ms.saturating_add(offset);
    let assertion = token::assertion(phone.device, phone.token_url, now, jti);
    let signature = match host.sign(assertion.as_bytes()).await {
        Some(signature) => signature?,
        None => phone.key.ok_or(KeyRefused)?.sign(assertion.as_bytes())?,
    };
    Ok(buy_token(host, &assertion, &signature).await)
}
