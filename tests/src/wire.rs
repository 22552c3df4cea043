//! A phone's way to a real server over a real socket, and what else a notebook asks of a real machine.

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client_core::host::{Clock, Dice, Host, HttpRequest, HttpResponse, Transport, Unreachable};

use crate::dice::Chance;

/// How many requests are under way, over all phones.
#[derive(Clone, Default)]
pub struct Flights(Arc<AtomicUsize>);

impl Flights {
    /// Now.
    pub fn under_way(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Waits until there is one.
    #[expect(
        clippy::disallowed_methods,
        reason = "a real process is waited for in real time"
    )]
    pub fn wait_for_one(&self, at_most: Duration) {
        let begun = Instant::now();
        while self.under_way() == 0 && begun.elapsed() < at_most {
            std::thread::yield_now();
        }
    }
}

/// The way to one server.
pub struct Wire {
    agent: ureq::Agent,
    url: String,
    flights: Flights,
    /// The last request.
    pub asked: Option<HttpRequest>,
    /// The last answer, if one came.
    pub answered: Option<HttpResponse>,
}

impl Wire {
    /// To a server's address.
    pub fn to(url: &str, flights: &Flights) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .max_idle_connections(0)
            .build();
        Self {
            agent: config.into(),
            url: url.to_owned(),
            flights: flights.clone(),
            asked: None,
            answered: None,
        }
    }

    fn post(&self, request: &HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let url = format!("{}{}", self.url, request.path);
        let mut call = ureq::http::Request::builder().method(request.method).uri(url);
        for (name, value) in &request.headers {
            call = call.header(name, value);
        }
        let mut answer = if matches!(request.method, "GET" | "HEAD") {
            self.agent.run(call.body(())?)?
        } else {
            self.agent.run(call.body(&request.body[..])?)?
        };
        let mut body = Vec::new();
        answer.body_mut().as_reader().read_to_end(&mut body)?;
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        Ok(HttpResponse {
            status: answer.status().as_u16(),
            headers,
            body,
        })
    }
}

impl Transport for Wire {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        self.flights.0.fetch_add(1, Ordering::SeqCst);
        let answer = self.post(request);
        self.flights.0.fetch_sub(1, Ordering::SeqCst);
        self.asked = Some(request.clone());
        self.answered = answer.as_ref().ok().cloned();
        answer.map_err(|_| Unreachable)
    }
}

/// The machine's clock.
pub struct MachineClock;

impl Clock for MachineClock {
    fn now_ms(&self) -> i64 {
        server::host::Host::system().now_ms()
    }
}

struct Rolled(Chance);

impl Dice for Rolled {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let rolled: [u8; 8] = self.0.bytes();
            part.copy_from_slice(&rolled[..part.len()]);
        }
    }
}

/// A phone's machine: the real clock, dice from a seed.
pub fn machine(chance: Chance) -> Host {
    Host {
        clock: Box::new(MachineClock),
        dice: Box::new(Rolled(chance)),
        keystore: None,
        app: "walker".to_owned(),
    }
}
