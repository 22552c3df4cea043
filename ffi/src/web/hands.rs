//! What a browser's Worker brings to the notebook: its clock, its random numbers, `fetch`, and a key that WebCrypto
//! keeps and signs with in its own time.

use client_core::host::{
    AsyncHost, Clock, Dice, HttpRequest, HttpResponse, KeyRefused, Keystore, Unreachable,
};
use js_sys::{Array, Date, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::error::NotebookError;

#[wasm_bindgen]
extern "C" {
    /// The Worker's way to the server, and its key.
    pub type Hands;

    /// Sends one request: method, path, headers as pairs, body. Gives `{status, headers, body}`; throws where no
    /// answer came. What the browser has unpacked by itself bears no `Content-Encoding` any more.
    #[wasm_bindgen(method, catch)]
    async fn send(
        this: &Hands,
        method: &str,
        path: &str,
        headers: Array,
        body: Uint8Array,
    ) -> Result<JsValue, JsValue>;

    /// An ES256 signature over the message, 64 bytes; nothing where the key is not WebCrypto's.
    #[wasm_bindgen(method, catch)]
    async fn sign(this: &Hands, message: Uint8Array) -> Result<JsValue, JsValue>;

    /// Comes back when the Worker has taken in what came from the page meanwhile.
    #[wasm_bindgen(method, catch)]
    async fn breathe(this: &Hands) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn random_values(into: &Uint8Array) -> Result<JsValue, JsValue>;
}

/// `Date.now`.
pub(super) struct BrowserClock;

impl Clock for BrowserClock {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds of this era fit"
    )]
    fn now_ms(&self) -> i64 {
        Date::now() as i64
    }
}

/// `crypto.getRandomValues`.
pub(super) struct BrowserDice;

impl Dice for BrowserDice {
    fn fill(&mut self, bytes: &mut [u8]) {
        // The browser gives 65,536 at a time.
        for part in bytes.chunks_mut(65_536) {
            let length = u32::try_from(part.len()).unwrap_or(0);
            let thrown = Uint8Array::new_with_length(length);
            if random_values(&thrown).is_err() {
                // Without random numbers nothing here is safe: better no app than one that seems to work.
                wasm_bindgen::throw_str("this browser has no random numbers");
            }
            thrown.copy_to(part);
        }
    }
}

/// The public half of a key that WebCrypto keeps; it signs by [`Browser`] only.
pub(super) struct FixedPoint([[u8; 32]; 2]);

impl FixedPoint {
    pub(super) fn of(point: &[u8]) -> Result<Self, NotebookError> {
        match point.as_chunks::<32>() {
            ([x, y], []) => Ok(Self([*x, *y])),
            _ => Err(NotebookError::BadCall("a public point is 64 bytes")),
        }
    }
}

impl Keystore for FixedPoint {
    fn public_point(&self) -> Result<[[u8; 32]; 2], KeyRefused> {
        Ok(self.0)
    }

    fn sign(&self, _message: &[u8]) -> Result<[u8; 64], KeyRefused> {
        Err(KeyRefused)
    }
}

/// The Worker's hands, as the core takes them.
pub(super) struct Browser(pub(super) Hands);

impl AsyncHost for Browser {
    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        let headers = Array::new();
        for (name, value) in &request.headers {
            headers.push(&Array::of2(&name.as_str().into(), &value.as_str().into()));
        }
        let body = Uint8Array::from(&request.body[..]);
        let answer = self.0.send(request.method, &request.path, headers, body).await;
        answer
            .ok()
            .and_then(|answer| response(&answer))
            .ok_or(Unreachable)
    }

    async fn breathe(&self) {
        drop(self.0.breathe().await);
    }

    async fn sign(&self, message: &[u8]) -> Option<Result<[u8; 64], KeyRefused>> {
        let signature = match self.0.sign(Uint8Array::from(message)).await {
            Ok(signature) if signature.is_falsy() => return None,
            Ok(signature) => signature.dyn_into::<Uint8Array>().map_err(|_| KeyRefused),
            Err(_) => Err(KeyRefused),
        };
        Some(signature.and_then(|bytes| bytes.to_vec().try_into().map_err(|_| KeyRefused)))
    }
}

fn response(answer: &JsValue) -> Option<HttpResponse> {
    let part = |name: &str| Reflect::get(answer, &name.into()).ok();
    let status = part("status")?.as_f64()?;
    let pairs: Array = part("headers")?.dyn_into().ok()?;
    let headers = pairs.iter().filter_map(|pair| {
        let pair: Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    });
    let body: Uint8Array = part("body")?.dyn_into().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits"
    )]
    Some(HttpResponse {
        status: status as u16,
        headers: headers.collect(),
        body: body.to_vec(),
    })
}
