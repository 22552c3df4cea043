//! What case systems knock for: the feed of finished notes, receipts for what they took, and what
//! is still open between the two.

pub mod notes;
pub mod outstanding;
pub mod pace;
pub mod receipts;
pub mod reconcile;
pub mod schema;

use std::str::FromStr;

use ::notes::problem::Code;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::body::{self, Takes};
use super::{App, Refusal};
use crate::api;
use crate::core::Core;

/// The parameters of a query string; each at most once, none that is not known.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Refusal> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                return Err(invalid(format!("the parameters are {}", known.join(", "))));
            }
            if parameters.iter().any(|(earlier, _)| *earlier == name) {
                return Err(invalid(format!("{name} stands there twice")));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn number<T: FromStr + PartialOrd + std::fmt::Display>(
        &self,
        name: &str,
        (least, most): (T, T),
        default: T,
    ) -> Result<T, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        match text.parse() {
            Ok(number) if number >= least && number <= most => Ok(number),
            _ => Err(invalid(format!("{name} is a number from {least} to {most}"))),
        }
    }
}

pub(super) fn invalid(detail: String) -> Refusal {
    Refusal::from(Code::ParameterInvalid).detail(detail)
}

/// Takes what a case system says, a JSON body, and gives what is answered to it.
async fn said(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    work: impl FnOnce(&Core, &[u8]) -> Result<Value, Code> + Send + 'static,
) -> Result<Response, Refusal> {
    let limit = app.http.receipts_body_bytes;
    let takes = Takes {
        media: "application/json",
        limit,
        timeout: app.body_timeout(),
    };
    let packed = body::read(headers, body, takes).await?;
    let answer = app
        .blocking(move |core| work(core, &packed.inflate(limit)?).map_err(Refusal::from))
        .await?;
    Ok(api::json(headers, &answer))
}
