//! What the command line passes to the core: the system's clock and dice, and HTTP.

use std::io::Read as _;
use std::time::Duration;

use client_core::host::{Clock, Dice, Host, HttpRequest, HttpResponse, Transport, Unreachable};

use crate::answer::Failure;

/// No answer is longer.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// No step of a request takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

struct SystemClock {
    offset_ms: i64,
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the real clock comes in"
        )]
        let now = jiff::Timestamp::now();
        now.as_millisecond().saturating_add(self.offset_ms)
    }
}

/// The operating system's random bytes.
pub(crate) struct SystemDice;

impl Dice for SystemDice {
    #[expect(
        clippy::expect_used,
        reason = "without random bytes nothing may be written under a fresh name"
    )]
    fn fill(&mut self, bytes: &mut [u8]) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where real chance comes in"
        )]
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The host of this program.
pub(crate) fn host() -> Result<Host, Failure> {
    let offset_ms = match std::env::var("DOORSTEP_CLOCK_OFFSET_MS") {
        Ok(text) => text
            .trim()
            .parse()
            .map_err(|_| Failure::call("DOORSTEP_CLOCK_OFFSET_MS is a whole number of milliseconds"))?,
        Err(_) => 0,
    };
    Ok(Host {
        clock: Box::new(SystemClock { offset_ms }),
        dice: Box::new(SystemDice),
        keystore: None,
        app: concat!("doorstep-phone ", env!("CARGO_PKG_VERSION")).to_owned(),
    })
}

/// HTTP to one server, with rustls where its address is https.
pub(crate) struct Http {
    agent: ureq::Agent,
    server: String,
}

impl Http {
    pub(crate) fn to(server: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(PATIENCE))
            .timeout_send_body(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(PATIENCE))
            .build();
        Self {
            agent: config.into(),
            server: server.trim_end_matches('/').to_owned(),
        }
    }
}

impl Transport for Http {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        let url = format!("{}{}", self.server, request.path);
        let mut call = ureq::http::Request::builder().method(request.method).uri(url);
        for (name, value) in &request.headers {
            call = call.header(name, value);
        }
        // To GET and HEAD belongs no body, not even an empty one.
        let answer = if matches!(request.method, "GET" | "HEAD") {
            self.agent.run(call.body(()).map_err(|_| Unreachable)?)
        } else {
            self.agent
                .run(call.body(&request.body[..]).map_err(|_| Unreachable)?)
        };
        let mut answer = answer.map_err(|_| Unreachable)?;
        let headers = answer.headers().iter();
        let headers = headers
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        let reader = answer.body_mut().as_reader();
        reader
            .take(MOST_BYTES + 1)
            .read_to_end(&mut body)
            .map_err(|_| Unreachable)?;
        if body.len() as u64 > MOST_BYTES {
            return Err(Unreachable);
        }
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }
}
