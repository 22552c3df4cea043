//! `GET` and `POST /v1/export/reconcile`: whether the case system and this server have the same, and what the
//! case system took before a restore.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use notes::problem::Code;

use super::{Query, invalid, said};
use crate::api::identity::{CaseSystem, ExportRead, ExportReceipt};
use crate::api::{self, App, Refusal};
use crate::export::{self, Place};

const MAX_LIMIT: u32 = 10_000;

/// Tells the days, or one of them event by event.
///
/// # Errors
/// `parameter_invalid`.
pub async fn compare(
    State(app): State<App>,
    CaseSystem { client, .. }: CaseSystem<ExportRead>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = Query::read(query.as_deref(), &["day", "after", "limit", "from", "to"])?;
    let limit = query.number("limit", (1, MAX_LIMIT), MAX_LIMIT)?;
    let (from, to) = (date(&query, "from")?, date(&query, "to")?);
    let of_a_day = ["after", "limit"].iter().any(|name| query.text(name).is_some());
    let answer = match date(&query, "day")? {
        Some(_) if from.is_some() || to.is_some() => {
            return Err(invalid("day goes without from and to".to_owned()));
        }
        Some(day) => {
            let after = query.text("after").map(str::parse::<Place>).transpose();
            let after = after.map_err(|_| invalid("after is what next said".to_owned()))?;
            app.in_turn(move |core| export::day(core, &client, day, after, limit))
                .await?
        }
        None if of_a_day => return Err(invalid("after and limit go with day".to_owned())),
        None => app.in_turn(move |core| export::days(core, from, to)).await?,
    };
    Ok(api::json(&headers, &answer))
}

/// Takes what the case system took.
///
/// # Errors
/// Those of bodies; what is wrong with one line stands in its answer.
pub async fn took(
    State(app): State<App>,
    CaseSystem { client, .. }: CaseSystem<ExportReceipt>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    said(&app, &headers, body, move |core, plain| {
        export::took(core, &client, plain)
    })
    .await
}

/// A day, `yyyy-mm-dd` and nothing else.
fn date(query: &Query, name: &str) -> Result<Option<Date>, Refusal> {
    let Some(text) = query.text(name) else {
        return Ok(None);
    };
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    let refusal = || Refusal::from(Code::ParameterInvalid).detail(format!("{name} is a day, yyyy-mm-dd"));
    date.map(Some).ok_or_else(refusal)
}
