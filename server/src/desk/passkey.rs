//! Passkeys (WebAuthn level 3): who comes to the desk shows that they hold the key, and that they are its owner by
//! whatever their device asks for. No password, no code to be read out to a stranger.
//!
//! The library draws its challenges from the machine's own chance. What it must remember between a challenge and its answer
//! stays here, in memory, for some minutes; after a restart one asks again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notes::problem::Code;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::{Admin, admin};
use crate::hex::hex;
use crate::host::Host;
use crate::ops::OpError;
use crate::store::{PasskeyRecord, StoreError, Tx};

/// How long an answer to a challenge may take.
const PATIENCE_MS: i64 = 5 * 60_000;
/// Challenges that may be open at once; past it the oldest is forgotten.
const MAX_OPEN: usize = 1_000;
/// Longest name of a passkey, in characters.
const MAX_LABEL_CHARS: usize = 60;

/// What an open challenge waits for.
enum Awaited {
    /// A new passkey of this worker's.
    Registration(String, Box<PasskeyRegistration>),
    /// A passkey that is known.
    Assertion(Box<DiscoverableAuthentication>),
}

/// The passkeys' side of the server, for the address at which the console is reached.
pub struct Passkeys {
    webauthn: Option<Webauthn>,
    open: Mutex<HashMap<String, (i64, Awaited)>>,
}

/// A challenge on its way to a browser.
pub struct Challenge {
    /// By which the answer names it.
    pub ceremony: String,
    /// What the browser is to be asked: `PublicKeyCredentialCreationOptions` or `…RequestOptions`, in the JSON of WebAuthn
    /// level 3.
    pub options: Value,
}

/// Where the console is reached when the server is at `url`: a passkey needs a name, and a machine's own has one.
#[must_use]
pub fn console_origin(url: &str) -> String {
    let Ok(url) = Url::parse(url) else {
        return url.trim_end_matches('/').to_owned();
    };
    let host = url.host_str().unwrap_or_default();
    let host = if matches!(host, "127.0.0.1" | "[::1]") {
        "localhost"
    } else {
        host
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}", url.scheme())
}

impl Passkeys {
    /// For a console at this origin. Where it is a bare address, to which browsers give no passkeys, every challenge is
    /// refused.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let url = Url::parse(origin).ok();
        let built = url.and_then(|url| {
            let builder = WebauthnBuilder::new(url.domain()?, &url).ok()?;
            let patience = Duration::from_millis(PATIENCE_MS.unsigned_abs());
            builder.rp_name("Doorstep").timeout(patience).build().ok()
        });
        if built.is_none() {
            tracing::warn!("the console's address has no name, so nobody can sign in there: set console_url");
        }
        Self {
            webauthn: built,
            open: Mutex::default(),
        }
    }

    fn webauthn(&self) -> Result<&Webauthn, OpError> {
        let nameless = || OpError::Because(Code::PasskeyRefused, "the console's address has no name".into());
        self.webauthn.as_ref().ok_or_else(nameless)
    }

    /// Asks for a new passkey of somebody's.
    ///
    /// # Errors
    /// `passkey_refused`, the database's.
    pub fn ask_new(&self, tx: &Tx<'_>, host: &Host, who: &Admin) -> Result<Challenge, OpError> {
        let handle = handle(tx, host, &who.worker.id)?;
        let known = tx.passkeys_of(&who.worker.id)?;
        let known: Vec<CredentialID> = known.into_iter().map(|key| key.id).collect();
        let (options, state) = self
            .webauthn()?
            .start_passkey_registration(
                Uuid::from_bytes(handle),
                &who.worker.id,
                &who.worker.name,
                Some(known),
            )
            .map_err(|error| refused(&error))?;
        let mut options = json!(options)["publicKey"].take();
        // Found by the browser without a name to type.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        let awaited = Awaited::Registration(who.worker.id.clone(), Box::new(state));
        Ok(self.opened(host, awaited, options))
    }

    /// Takes a new passkey of that worker's into the store.
    ///
    /// # Errors
    /// `passkey_refused`.
    pub fn take_new(
        &self,
        tx: &Tx<'_>,
        host: &Host,
        worker: &str,
        (ceremony, answer): (&str, &Value),
        label: &str,
    ) -> Result<(), OpError> {
        let Some(Awaited::Registration(asked, state)) = self.close(host, ceremony) else {
            return Err(too_late());
        };
        if asked != worker {
            return Err(too_late());
        }
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let passkey = self
            .webauthn()?
            .finish_passkey_registration(&answer, &state)
            .map_err(|error| refused(&error))?;
        let id = passkey.cred_id().clone();
        if tx.passkey(&id)?.is_some() {
            return Err(Code::PasskeyRefused.into());
        }
        let label: String = label.trim().chars().take(MAX_LABEL_CHARS).collect();
        tx.passkey_put(&PasskeyRecord {
            id,
            worker: worker.to_owned(),
            credential: text_of(&passkey)?,
            label: if label.is_empty() {
                "Passkey".to_owned()
            } else {
                label
            },
            made_at: host.now_ms(),
            used_at: None,
        })?;
        Ok(())
    }

    /// Asks for any passkey that is known.
    ///
    /// # Errors
    /// `passkey_refused`.
    pub fn ask(&self, host: &Host) -> Result<Challenge, OpError> {
        let (options, state) = self
            .webauthn()?
            .start_discoverable_authentication()
            .map_err(|error| refused(&error))?;
        let options = json!(options)["publicKey"].take();
        Ok(self.opened(host, Awaited::Assertion(Box::new(state)), options))
    }

    /// Whose passkey answered, if they may sit at the desk.
    ///
    /// # Errors
    /// `passkey_refused`, `role_missing`.
    pub fn recognise(
        &self,
        tx: &Tx<'_>,
        host: &Host,
        ceremony: &str,
        answer: &Value,
    ) -> Result<Admin, OpError> {
        let Some(Awaited::Assertion(state)) = self.close(host, ceremony) else {
            return Err(too_late());
        };
        let answer: PublicKeyCredential = read(answer)?;
        let webauthn = self.webauthn()?;
        let (handle, id) = webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(|error| refused(&error))?;
        let worker = tx.desk_worker(handle.as_bytes())?;
        let known = tx.passkey(id)?.filter(|key| Some(&key.worker) == worker.as_ref());
        let mut known = known.ok_or(Code::PasskeyRefused)?;
        let unreadable = |_| StoreError::Inconsistent("a passkey cannot be read");
        let mut passkey: Passkey = serde_json::from_str(&known.credential).map_err(unreadable)?;
        // The newer call takes what the library gives out to nobody but under a name that warns of it.
        #[expect(deprecated, reason = "its successor takes a type that cannot be had safely")]
        let result = webauthn
            .finish_discoverable_authentication(&answer, *state, &[DiscoverableKey::from(&passkey)])
            .map_err(|error| refused(&error))?;
        passkey.update_credential(&result);
        known.credential = text_of(&passkey)?;
        known.used_at = Some(host.now_ms());
        tx.passkey_put(&known)?;
        Ok(admin(tx, &known.worker)?.ok_or(Code::RoleMissing)?)
    }

    fn opened(&self, host: &Host, awaited: Awaited, options: Value) -> Challenge {
        let ceremony = hex(&host.random::<16>());
        let now = host.now_ms();
        let mut open = self.lock();
        open.retain(|_, (until, _)| *until > now);
        if open.len() >= MAX_OPEN {
            let oldest = open.iter().min_by_key(|(_, (until, _))| *until);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                open.remove(&oldest);
            }
        }
        open.insert(ceremony.clone(), (now.saturating_add(PATIENCE_MS), awaited));
        Challenge { ceremony, options }
    }

    /// A challenge is answered once, rightly or wrongly.
    fn close(&self, host: &Host, ceremony: &str) -> Option<Awaited> {
        let (until, awaited) = self.lock().remove(ceremony)?;
        (until > host.now_ms()).then_some(awaited)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (i64, Awaited)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name by which a worker's passkeys know them.
fn handle(tx: &Tx<'_>, host: &Host, worker: &str) -> Result<[u8; 16], StoreError> {
    if let Some(handle) = tx.desk_handle(worker)? {
        return Ok(handle);
    }
    let handle = host.random();
    tx.desk_handle_put(worker, &handle)?;
    Ok(handle)
}

fn read<T: serde::de::DeserializeOwned>(answer: &Value) -> Result<T, OpError> {
    let unreadable = |_| OpError::Because(Code::PasskeyRefused, "the answer is no credential".into());
    T::deserialize(answer).map_err(unreadable)
}

fn text_of(passkey: &Passkey) -> Result<String, StoreError> {
    serde_json::to_string(passkey).map_err(|_| StoreError::Inconsistent("a passkey cannot be written"))
}

fn too_late() -> OpError {
    OpError::Because(Code::PasskeyRefused, "it took too long; begin again".into())
}

fn refused(error: &WebauthnError) -> OpError {
    tracing::info!(%error, "a passkey was refused");
    Code::PasskeyRefused.into()
}
