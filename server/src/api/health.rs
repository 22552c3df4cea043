//! `GET /health`: whether the server can read its database, and how far it is. Says nothing about
//! anybody, so anybody may ask.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::{App, Refusal};
use crate::store::StoreError;

/// Answers.
///
/// # Errors
/// `internal` where the database cannot be read.
pub async fn health(State(app): State<App>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (seq, unjudged) = app
        .blocking(|core| {
            core.store
                .read(|tx| Ok::<_, StoreError>((tx.log_head()?.seq, tx.log_unjudged_count()?)))
        })
        .await?;
    let answer = json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "log_seq": seq,
        "unjudged": unjudged,
    });
    Ok(super::json(&headers, &answer))
}
