//! `GET /v1/reflection?quarter=2026-Q3`: a worker's own quarter, for reflective supervision. That they opened it lets
//! their team's desk see it.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use notes::problem::Code;
use serde::Deserialize;

use crate::api::identity::Device;
use crate::api::{self, App, Refusal};
use crate::desk::reflection;
use crate::ops::OpError;
use crate::store::StoreError;

/// What is asked.
#[derive(Deserialize)]
pub struct Asked {
    quarter: String,
}

/// Gives the page: see [`reflection::open`].
///
/// # Errors
/// `parameter_invalid`, `device_revoked`.
pub async fn reflection(
    State(app): State<App>,
    Device(who): Device,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Query(asked) = asked.map_err(|_| Code::ParameterInvalid)?;
    let page = app
        .blocking(move |core| {
            let page = reflection::open(core, &who, &asked.quarter)?;
            let value = serde_json::to_value(&page);
            value.map_err(|_| OpError::Store(StoreError::Inconsistent("a page that is no JSON")))
        })
        .await?;
    Ok(api::json(&headers, &page))
}
