//! The notebook for a dedicated Worker in a browser: one object, whose calls are named as the notebook's. Values
//! travel as JSON text, bytes as bytes. What only takes memory and the store is answered at once; what needs the
//! server is a promise, and while it is open all other calls go on.
//!
//! The Worker brings what only a browser has: `fetch`, the device's key in WebCrypto, and the lock that keeps a
//! second tab out of the file pool.

mod hands;

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use client_core::host::{Clock as _, Host};
use client_core::live::Event;
use client_core::notebook::{self, Ended, Fetched, Locked, SyncMode};
use client_core::{Notebook, Talk, vault};
use js_sys::Uint8Array;
use notes::ids::{DeviceId, DocumentId};
use serde_json::json;
use sqlite_wasm_vfs::sahpool::{OpfsSAHPoolCfgBuilder, install};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::calls::{self, Desk, action_json, ended_json};
use crate::error::NotebookError;
use crate::key_of;
use hands::{Browser, BrowserClock, BrowserDice, FixedPoint, Hands};

/// Files that the pool has room for at first: the store, its log, and what SQLite makes for a moment.
const FILES: u32 = 6;

/// Takes the file pool in a directory of the Origin Private File System. Once in a Worker's life. `anew`: whatever is in
/// it belongs to nobody any more, and is deleted.
///
/// # Errors
/// `Elsewhere` where another tab has it; `Unsupported` where this browser keeps no such files.
#[wasm_bindgen]
pub async fn take_files(directory: String, anew: bool) -> Result<(), JsError> {
    let pool = OpfsSAHPoolCfgBuilder::new()
        .vfs_name("doorstep")
        .directory(&directory)
        .clear_on_init(anew)
        .initial_capacity(FILES as usize)
        .build();
    match install::<sqlite_wasm_rs::WasmOsCallback>(&pool, true).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let words = error.to_string();
            let elsewhere =
                words.contains("NoModificationAllowed") || words.contains("createSyncAccessHandle");
            let code = if elsewhere { "Elsewhere" } else { "Unsupported" };
            Err(JsError::new(&format!("{code}: {words}")))
        }
    }
}

/// Wraps a store's key by a PIN; gives the vault's file.
///
/// # Errors
/// An empty PIN, or a key that is not 32 bytes.
#[wasm_bindgen]
pub fn seal_key(key: Vec<u8>, pin: String) -> Result<Vec<u8>, JsError> {
    let (key, pin) = (key_of(key).map_err(said)?, Zeroizing::new(pin));
    vault::seal(&key, &pin, &mut BrowserDice).map_err(|trouble| said(trouble.into()))
}

/// Unwraps a store's key.
///
/// # Errors
/// `WrongPin`, or a file that is no vault.
#[wasm_bindgen]
pub fn unseal_key(vault: &[u8], pin: String) -> Result<Vec<u8>, JsError> {
    let pin = Zeroizing::new(pin);
    let key = vault::unseal(vault, &pin).map_err(|trouble| said(trouble.into()))?;
    Ok(key.to_vec())
}

/// An error as the Worker gets it: its code, a colon, and a sentence.
fn said(error: NotebookError) -> JsError {
    let name = format!("{error:?}");
    let code = name.split('(').next().unwrap_or_default();
    JsError::new(&format!("{code}: {error}"))
}

fn told<T, E: Into<NotebookError>>(result: Result<T, E>) -> Result<T, JsError> {
    result.map_err(|error| said(error.into()))
}

/// Asks the server for the spare of a locked phone, by a fresh one-time code: `{"spare": "<64 hexadecimal digits>"}`, or
/// how the talk ended.
///
/// # Errors
/// Where the device's key cannot sign.
#[wasm_bindgen]
pub async fn let_in(
    hands: Hands,
    device: String,
    token_url: String,
    code: String,
) -> Result<String, JsError> {
    let browser = Browser(hands);
    let phone = Locked {
        device: told(device.parse::<DeviceId>())?,
        token_url: &token_url,
        now_ms: BrowserClock.now_ms(),
        dice: &mut BrowserDice,
        key: None,
    };
    let said = match told(notebook::let_in(&browser, phone, &code).await)? {
        Ok(spare) => json!({ "spare": hex(&spare) }),
        Err(ended) => json!({ "ended": ended_json(&ended) }),
    };
    Ok(said.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The notes of one worker in one browser.
#[wasm_bindgen]
pub struct Phone {
    book: RefCell<Notebook>,
    /// How often what was typed was refused.
    refused: Cell<u64>,
}

#[wasm_bindgen]
impl Phone {
    /// Opens the store of this name in the file pool, or makes it there, and replays what a kill left in its journal.
    /// `public_point` is the device's public key, x and y, 64 bytes, where WebCrypto has the key; without one it is
    /// kept in software, inside the encrypted store.
    ///
    /// # Errors
    /// A key that is not the store's, a store of a newer app, or one that cannot be read.
    pub fn open(
        name: &str,
        key: Vec<u8>,
        public_point: Option<Vec<u8>>,
        app: String,
    ) -> Result<Phone, JsError> {
        let key = told(key_of(key))?;
        let point = public_point.map(|point| FixedPoint::of(&point)).transpose();
        let keystore = told(point)?.map(|point| Box::new(point) as Box<_>);
        let host = Host {
            clock: Box::new(BrowserClock),
            dice: Box::new(BrowserDice),
            keystore,
            app,
        };
        let book = told(Notebook::open(name, &key, host))?;
        Ok(Self {
            book: RefCell::new(book),
            refused: Cell::new(0),
        })
    }

    /// Makes one call that needs no server: its name, and its arguments as JSON (`{"note":"…"}`); gives its answer as
    /// JSON.
    ///
    /// # Errors
    /// Those of the call. Nothing was changed then.
    pub fn call(&self, name: &str, args: &str) -> Result<String, JsError> {
        let args = serde_json::from_str(args).map_err(|_| said(NotebookError::BadCall("no JSON")))?;
        let mut refused = self.refused.get();
        let mut book = self.borrowed()?;
        let desk = &mut Desk {
            book: &mut book,
            refused: &mut refused,
        };
        let gives = calls::make(name, args, desk);
        self.refused.set(refused);
        told(gives)
    }

    /// Attaches a file; gives its SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// A kind of file that is not taken, one that is empty or too large, or a finished note.
    pub fn attach(&self, note: &str, bytes: &[u8], caption: Option<String>) -> Result<String, JsError> {
        let note: DocumentId = told(note.parse())?;
        let id = told(self.borrowed()?.attach(note, bytes, caption.as_deref()))?;
        Ok(id.to_string())
    }

    /// The bytes of a note's attachment, from this phone or from the server. It counts as a reading.
    ///
    /// # Errors
    /// No such note or attachment here; `Offline` or `Refused` where the server does not give it.
    pub async fn attachment(
        &self,
        hands: Hands,
        note: String,
        sha256: String,
    ) -> Result<Uint8Array, JsError> {
        let note: DocumentId = told(note.parse())?;
        let wrong = NotebookError::BadCall("an attachment is named by 64 hexadecimal digits");
        let id = sha256.parse().map_err(|_| said(wrong))?;
        let browser = Browser(hands);
        match told(Talk::between(&self.book, &browser).attachment(note, id).await)? {
            Fetched::Here(bytes) => Ok(Uint8Array::from(&bytes[..])),
            Fetched::Not(Ended::Refused(refusal)) => {
                Err(JsError::new(&format!("Refused: {}", refusal.title)))
            }
            Fetched::Not(_) => Err(JsError::new("Offline: The server cannot be reached.")),
        }
    }

    /// Spends a one-time code. `server` is kept for the Worker, which knows how to reach it; `spare` is left with the
    /// server, for [`let_in`].
    ///
    /// # Errors
    /// Where the store or the key fails; that the server refuses or is out of reach is in the answer.
    pub async fn enrol(
        &self,
        hands: Hands,
        code: String,
        server: String,
        spare: Vec<u8>,
    ) -> Result<String, JsError> {
        let browser = Browser(hands);
        let spare = told(key_of(spare))?;
        let talk = Talk::between(&self.book, &browser);
        let ended = told(talk.enrol_with(&code, &server, Some(&spare)).await)?;
        Ok(ended_json(&ended).to_string())
    }

    /// Asks for somebody who is not on the caseload.
    ///
    /// # Errors
    /// Where the store fails; that the server refuses or is out of reach is in the answer.
    pub async fn look_up(&self, hands: Hands, case_id: String, reason: String) -> Result<String, JsError> {
        let browser = Browser(hands);
        let talk = Talk::between(&self.book, &browser);
        let ended = told(talk.look_up(&case_id, &reason).await)?;
        Ok(ended_json(&ended).to_string())
    }

    /// The worker's own page of a quarter: `{"page": …}`, or how the talk ended.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn reflection(&self, hands: Hands, year: u16, quarter: u8) -> Result<String, JsError> {
        let browser = Browser(hands);
        let talk = Talk::between(&self.book, &browser);
        let said = match told(talk.reflection(year, quarter).await)? {
            Ok(page) => json!({ "page": page }),
            Err(ended) => json!({ "ended": ended_json(&ended) }),
        };
        Ok(said.to_string())
    }

    /// One pass with the server; with `only_send` nothing is fetched. The Worker makes one at a time.
    ///
    /// # Errors
    /// Where the store fails. An unreachable or refusing server is told by the report.
    pub async fn sync(&self, hands: Hands, only_send: bool) -> Result<String, JsError> {
        let browser = Browser(hands);
        let mode = if only_send {
            SyncMode::PushOnly
        } else {
            SyncMode::Both
        };
        let report = told(Talk::between(&self.book, &browser).sync(mode).await)?;
        let mut said = json!(report);
        said["ended"] = ended_json(&report.ended);
        said["clock_offset_ms"] = json!(report.clock_offset_ms);
        Ok(said.to_string())
    }

    /// One step of the live line: what happened to the socket, and what is to be done, as a JSON list. A frame goes
    /// in and comes out beside the JSON.
    ///
    /// # Errors
    /// Where the store fails; the socket is to be closed then.
    pub async fn live(&self, hands: Hands, event: LiveEvent) -> Result<LiveSteps, JsError> {
        let browser = Browser(hands);
        let talk = Talk::between(&self.book, &browser);
        let event = match &event {
            LiveEvent {
                frame: Some(frame), ..
            } => Event::Frame(frame),
            LiveEvent {
                status: Some(status),
                retry_after_s,
                ..
            } => Event::Refused {
                status: *status,
                retry_after_s: *retry_after_s,
            },
            LiveEvent {
                network: Some(there), ..
            } => Event::Network(*there),
            LiveEvent { opened: true, .. } => Event::Opened,
            LiveEvent { lost: true, code, .. } => Event::Lost { code: *code },
            _ => Event::Tick,
        };
        let actions = told(talk.live(event).await)?;
        let mut steps = LiveSteps::default();
        let said: Vec<_> = actions
            .into_iter()
            .map(|action| action_json(action, &mut steps.frames))
            .collect();
        steps.said = json!(said).to_string();
        Ok(steps)
    }

    fn borrowed(&self) -> Result<std::cell::RefMut<'_, Notebook>, JsError> {
        self.book
            .try_borrow_mut()
            .map_err(|_| said(NotebookError::Broken))
    }
}

/// What happened to the socket; a plain one is a tick.
#[wasm_bindgen]
#[derive(Default)]
pub struct LiveEvent {
    opened: bool,
    lost: bool,
    code: Option<u16>,
    frame: Option<Vec<u8>>,
    status: Option<u16>,
    retry_after_s: Option<u32>,
    network: Option<bool>,
}

#[wasm_bindgen]
impl LiveEvent {
    /// Time passed, or something was typed.
    pub fn tick() -> Self {
        Self::default()
    }
    /// The socket is open.
    pub fn opened() -> Self {
        Self {
            opened: true,
            ..Self::default()
        }
    }
    /// A binary frame came.
    pub fn frame(bytes: Vec<u8>) -> Self {
        Self {
            frame: Some(bytes),
            ..Self::default()
        }
    }
    /// There was no answer, or the socket has ended, with the code of its close frame where there was one.
    pub fn lost(code: Option<u16>) -> Self {
        Self {
            lost: true,
            code,
            ..Self::default()
        }
    }
    /// The browser has a network, or none.
    pub fn network(there: bool) -> Self {
        Self {
            network: Some(there),
            ..Self::default()
        }
    }
}

/// What is to be done after a step.
#[wasm_bindgen]
#[derive(Default)]
pub struct LiveSteps {
    said: String,
    frames: Vec<Vec<u8>>,
}

#[wasm_bindgen]
impl LiveSteps {
    /// The actions in their order, as a JSON list: `{"do":"open","path","protocols"}`, `{"do":"send","frame":n}`,
    /// `{"do":"close"}`, `{"do":"pass"}`, `{"do":"wait_until","at"}`.
    pub fn actions(&self) -> String {
        self.said.clone()
    }
    /// The frame of this number.
    pub fn take_frame(&mut self, number: usize) -> Option<Vec<u8>> {
        self.frames.get_mut(number).map(std::mem::take)
    }
}
