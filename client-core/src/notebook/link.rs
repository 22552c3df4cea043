//! The talk with the server: tokens, headers, and what an answer's status means. That a server is
//! out of reach or refuses is foreseen, so both are values.

use notes::problem::Code;
use notes::wire::{self, Coding, Request, Response};
use serde::Serialize;

use super::{Notebook, Shared, Talk};
use crate::host::{AsyncHost, HttpRequest, HttpResponse};
use crate::store::meta::{self, key};
use crate::sync::token::{self, Granted, Problem, Token};
use crate::trouble::Trouble;

/// How a talk with the server ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Everything was said.
    Quiet,
    /// The server is out of reach or too busy. Nothing is lost; try again later.
    Offline,
    /// The server refused.
    Refused(Refusal),
}

/// Why the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Code of the problem.
    pub code: String,
    /// In words, with the next step.
    pub title: String,
}

/// Why a talk stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    Offline,
    Refused(Refusal),
    /// The clock is off: the server's time.
    Clock(i64),
}

impl Stop {
    pub(super) fn not_understood() -> Self {
        Self::Refused(Refusal {
            status: 0,
            code: "answer_malformed".into(),
            title: "The server's answer cannot be read. Nothing was changed; update the app.".into(),
        })
    }
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Offline => Self::Offline,
            Stop::Refused(refusal) => Self::Refused(refusal),
            Stop::Clock(_) => Self::Refused(Refusal {
                status: 401,
                code: "clock".into(),
                title: "The server does not take this phone's clock.".into(),
            }),
        }
    }
}

/// What a status other than 200 means.
pub(super) fn refusal(response: &HttpResponse) -> Stop {
    let problem: Problem = serde_json::from_slice(&response.body).unwrap_or(Problem {
        code: String::new(),
        title: String::new(),
        server_time: None,
    });
    // A gateway that finds no server, a server that stops, and too many at once: later is enough. That there were
    // enough files for a day is worth telling.
    let enough_files = problem.code == Code::AttachmentQuota.as_str();
    if matches!(response.status, 429 | 502..=504) && !enough_files {
        return Stop::Offline;
    }
    if let ("clock", Some(server_time)) = (problem.code.as_str(), problem.server_time) {
        return Stop::Clock(server_time);
    }
    Stop::Refused(Refusal {
        status: response.status,
        code: problem.code,
        title: problem.title,
    })
}

type Said<T> = Result<Result<T, Stop>, Trouble>;

impl<S: Shared, H: AsyncHost> Talk<'_, S, H> {
    /// One sync request and its answer.
    pub(super) async fn exchange(&self, request: &Request) -> Said<Response> {
        let (body, coding) = wire::encode(request);
        let mut headers = vec![
            ("Content-Type", wire::MEDIA_TYPE.to_owned()),
            ("Accept-Encoding", "zstd".to_owned()),
        ];
        headers.extend(coding.header().map(|name| ("Content-Encoding", name.to_owned())));
        let answer = self.authorized("POST", "/v1/sync", &headers, &body).await?;
        Ok(answer.and_then(|response| understood(&response)))
    }

    /// One request and its answer, whatever its status, with a token that is good: signed for again where the
    /// server says that it is not.
    pub(super) async fn authorized(
        &self,
        method: &'static str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Said<HttpResponse> {
        let mut signed_again = false;
        loop {
            let token = match self.token().await? {
                Ok(token) => token,
                Err(stop) => return Ok(Err(stop)),
            };
            let mut all = vec![("Authorization".to_owned(), format!("Bearer {token}"))];
            all.extend(
                headers
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.clone())),
            );
            let request = HttpRequest {
                method,
                path: path.to_owned(),
                headers: all,
                body: body.to_vec(),
            };
            match self.host.send(&request).await {
                Err(_) => return Ok(Err(Stop::Offline)),
                Ok(response) if response.status == 401 && !signed_again => {
                    signed_again = true;
                    self.book.with(Notebook::forget_token)?;
                }
                Ok(response) => return Ok(Ok(response)),
            }
        }
    }

    /// The token kept, or a new one. A clock that the server does not take is corrected once.
    pub(super) async fn token(&self) -> Said<String> {
        if let Some(token) = self.book.with(|book| book.kept_token())? {
            return Ok(Ok(token));
        }
        let granted = match self.sign_in().await? {
            Err(Stop::Clock(server_time)) => {
                self.book.with(|book| {
                    let offset = server_time - book.now();
                    book.store
                        .write(|tx| meta::set(tx, key::CLOCK_OFFSET, &offset.to_be_bytes()))
                })?;
                self.sign_in().await?
            }
            said => said,
        };
        match granted {
            Ok(granted) => Ok(Ok(self.book.with(|book| book.keep_token(granted))?)),
            Err(stop) => Ok(Err(stop)),
        }
    }

    async fn sign_in(&self) -> Said<Granted> {
        let assertion = self.book.with(Notebook::assertion)?;
        let signature = match self.host.sign(assertion.as_bytes()).await {
            Some(signature) => signature?,
            None => self
                .book
                .with(|book| Ok(book.key()?.sign(assertion.as_bytes())?))?,
        };
        Ok(buy_token(self.host, &assertion, &signature).await)
    }
}

/// A token for an assertion that was signed.
pub(super) async fn buy_token<H: AsyncHost>(
    host: &H,
    assertion: &str,
    signature: &[u8; 64],
) -> Result<Granted, Stop> {
    let request = HttpRequest {
        method: "POST",
        path: "/v1/token".into(),
        headers: vec![("Content-Type".into(), "application/x-www-form-urlencoded".into())],
        body: token::grant(assertion, signature),
    };
    let Ok(response) = host.send(&request).await else {
        return Err(Stop::Offline);
    };
    if response.status != 200 {
        return Err(refusal(&response));
    }
    serde_json::from_slice(&response.body).map_err(|_| Stop::not_understood())
}

impl Notebook {
    fn kept_token(&self) -> Result<Option<String>, Trouble> {
        let kept = meta::get(self.store.read(), key::TOKEN)?;
        let kept: Option<Token> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let good = kept.filter(|token| token.good_at(self.now()));
        Ok(good.map(|token| token.access_token))
    }

    fn keep_token(&mut self, granted: Granted) -> Result<String, Trouble> {
        let token = Token {
            access_token: granted.access_token,
            expires_at: self.now().saturating_add(granted.expires_in.saturating_mul(1000)),
        };
        let bytes = serde_json::to_vec(&token).unwrap_or_default();
        self.store.write(|tx| meta::set(tx, key::TOKEN, &bytes))?;
        Ok(token.access_token)
    }

    pub(super) fn forget_token(&mut self) -> Result<(), Trouble> {
        self.store.write(|tx| meta::clear(tx, key::TOKEN))
    }

    fn assertion(&mut self) -> Result<String, Trouble> {
        let jti = self.host.random();
        let offset = meta::number(self.store.read(), key::CLOCK_OFFSET)?.unwrap_or(0);
        let me = self.me()?;
        Ok(token::assertion(
            me.device,
            &me.token_url,
            self.now() + offset,
            jti,
        ))
    }
}

fn understood(response: &HttpResponse) -> Result<Response, Stop> {
    if response.status != 200 {
        return Err(refusal(response));
    }
    let coding = Coding::from_header(response.header("content-encoding")).ok_or_else(Stop::not_understood)?;
    wire::decode(&response.body, coding).map_err(|_| Stop::not_understood())
}
