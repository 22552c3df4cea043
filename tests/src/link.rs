//! The way from one phone to the server, which a story can cut at any place: before the request, in
//! the middle of it, after the server has done its work, in the middle of the answer. A request can
//! also come twice, or late, behind those that were sent after it.

use std::collections::VecDeque;
use std::rc::Rc;

use client_core::host::{HttpRequest, HttpResponse, Transport, Unreachable};

use crate::clock::{DAY, SECOND};
use crate::dice::Chance;
use crate::server::Server;

/// Where a link breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing reaches the server.
    BeforeRequest,
    /// Half of the request's body reaches the server.
    MidRequest,
    /// The server has done everything; the answer is lost.
    BeforeAnswer,
    /// Half of the answer comes, and the phone cannot tell that it is half.
    MidAnswer,
    /// The phone gives up waiting; the request reaches the server later, when the story says so.
    Late,
}

impl Cut {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::BeforeRequest,
        Self::MidRequest,
        Self::BeforeAnswer,
        Self::MidAnswer,
        Self::Late,
    ];
}

/// One phone's link.
pub struct Link {
    server: Rc<Server>,
    /// What happens to the next requests for `/v1/sync`.
    orders: VecDeque<Option<Cut>>,
    /// What happens to the next parts of files: after so many bytes nothing more arrives.
    torn_parts: VecDeque<usize>,
    /// Every request has a chance to be cut: the dice, and once in how many.
    weather: Option<(Chance, u64)>,
    /// Each request of a pass reaches the server so many times more.
    echoes: u32,
    /// Losses, delays and repetitions of many kinds at once.
    storm: Option<Chance>,
    /// Requests on their way, each with when it arrives.
    late: Vec<(i64, HttpRequest)>,
    /// The requests for `/v1/sync` that the server saw whole, the newest last.
    pub seen: Vec<HttpRequest>,
    /// How many bytes of bodies went both ways for `/v1/sync`.
    pub bytes: u64,
    /// How many cuts there were.
    pub cuts: u32,
    keeps: bool,
}

impl Link {
    pub(crate) fn new(server: Rc<Server>) -> Self {
        Self {
            server,
            orders: VecDeque::new(),
            torn_parts: VecDeque::new(),
            weather: None,
            echoes: 0,
            storm: None,
            late: Vec::new(),
            seen: Vec::new(),
            bytes: 0,
            cuts: 0,
            keeps: false,
        }
    }

    /// The next request of a pass is cut.
    pub fn cut(&mut self, cut: Cut) {
        self.orders.push_back(Some(cut));
    }

    /// After so many requests that go through, one is cut.
    pub fn cut_after(&mut self, requests: usize, cut: Cut) {
        self.orders.extend(std::iter::repeat_n(None, requests));
        self.orders.push_back(Some(cut));
    }

    /// Of the next part of a file only so many bytes arrive.
    pub fn cut_file_after(&mut self, bytes: usize) {
        self.torn_parts.push_back(bytes);
    }

    /// From now on one request in so many is cut somewhere; nought for fair weather.
    pub fn weather(&mut self, chance: &Chance, one_in: u64) {
        self.weather = (one_in > 0).then(|| (chance.clone(), one_in));
    }

    /// From now on one request in five is lost in some way, one in ten comes a second time later, any may
    /// take up to half a minute, and a few take a day.
    pub fn storm(&mut self, chance: &Chance) {
        self.storm = Some(chance.clone());
    }

    /// Fair weather again.
    pub fn calm(&mut self) {
        self.storm = None;
        self.weather = None;
    }

    /// From now on each request of a pass reaches the server so many times more, before its answer is read.
    pub fn echoes(&mut self, times: u32) {
        self.echoes = times;
    }

    /// Keeps the requests, for a story that sends them again.
    pub fn keep(&mut self) {
        self.keeps = true;
    }

    /// The late requests reach the server now, the newest first.
    pub fn late_ones_arrive(&mut self) {
        self.arrive_until(i64::MAX);
    }

    /// Those of the late requests whose time has come reach the server, the newest first.
    pub fn due_ones_arrive(&mut self) {
        self.arrive_until(self.server.now());
    }

    fn arrive_until(&mut self, now: i64) {
        let late = std::mem::take(&mut self.late);
        let (due, later): (Vec<_>, Vec<_>) = late.into_iter().partition(|(at, _)| *at <= now);
        self.late = later;
        for (_, request) in due.into_iter().rev() {
            let _ = self.deliver(&request);
        }
    }

    /// When a request that is late now arrives: within half a minute, or a day later.
    fn arrival(&self, chance: Option<&Chance>) -> i64 {
        let after = chance.map_or(0, |chance| match chance.below(20) {
            0 => DAY,
            _ => i64::try_from(chance.below(30)).unwrap() * SECOND,
        });
        self.server.now() + after
    }

    /// What the storm does to a request before it is sent on.
    fn blows(&mut self, request: &HttpRequest) -> Option<Cut> {
        let chance = self.storm.clone()?;
        if chance.one_in(3) {
            self.server
                .waits(i64::try_from(chance.below(30)).unwrap() * SECOND);
        }
        if chance.one_in(10) {
            self.late.push((self.arrival(Some(&chance)), request.clone()));
            self.cuts += 1;
        }
        chance.one_in(5).then(|| *chance.pick(&Cut::ALL))
    }

    /// A request that was kept reaches the server again.
    pub fn again(&mut self, request: &HttpRequest) -> HttpResponse {
        self.deliver(request)
    }

    fn deliver(&self, request: &HttpRequest) -> HttpResponse {
        let answer = self.server.ask(
            request.method,
            &request.path,
            &request.headers,
            request.body.clone(),
        );
        HttpResponse {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }
    }

    fn next_cut(&mut self, request: &HttpRequest) -> Option<Cut> {
        if request.path == "/v1/sync"
            && let Some(order) = self.orders.pop_front()
        {
            return order;
        }
        if self.storm.is_some() {
            return self.blows(request);
        }
        let (chance, one_in) = self.weather.as_ref()?;
        chance.one_in(*one_in).then(|| *chance.pick(&Cut::ALL))
    }
}

impl Transport for Link {
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable> {
        if request.method == "PATCH"
            && let Some(bytes) = self.torn_parts.pop_front()
        {
            self.cuts += 1;
            let (path, bytes) = (&request.path, bytes.min(request.body.len()));
            let _ = self
                .server
                .ask_cut(request.method, path, &request.headers, &request.body[..bytes]);
            return Err(Unreachable);
        }
        let cut = self.next_cut(request);
        self.cuts += u32::from(cut.is_some());
        match cut {
            Some(Cut::BeforeRequest) => return Err(Unreachable),
            // What has no body has no half.
            Some(Cut::MidRequest) if request.body.is_empty() => return Err(Unreachable),
            Some(Cut::MidRequest) => {
                let (method, path) = (request.method, &request.path);
                let answer = self
                    .server
                    .ask_torn(method, path, &request.headers, &request.body);
                assert!(answer.status >= 400, "half a request was taken for a whole one");
                return Err(Unreachable);
            }
            Some(Cut::Late) => {
                let storm = self.storm.clone();
                self.late.push((self.arrival(storm.as_ref()), request.clone()));
                return Err(Unreachable);
            }
            _ => {}
        }
        // A signature is good once, so whoever repeats requests on the way leaves tokens alone.
        let echoes = if request.path == "/v1/sync" {
            self.echoes
        } else {
            0
        };
        for _ in 0..echoes {
            let _ = self.deliver(request);
        }
        let mut response = self.deliver(request);
        if request.path == "/v1/sync" {
            self.bytes += (request.body.len() + response.body.len()) as u64;
            if self.keeps {
                self.seen.push(request.clone());
            }
        }
        match cut {
            Some(Cut::BeforeAnswer) => Err(Unreachable),
            Some(Cut::MidAnswer) => {
                response.body.truncate(response.body.len() / 2);
                Ok(response)
            }
            _ => Ok(response),
        }
    }
}
