//! `/v1/desk/people`: finding people, one person, and the thread of their notes.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::{App, Refusal};
use super::admins::Page;
use super::seat::Reading;
use super::{Id, Params, answer};
use crate::desk::people::{self, Found, Person, Thread};

/// Whom to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Question {
    /// Beginnings of words: of a name, a case id, a date of birth, a postcode, an NHS number. Without it all come, page by
    /// page.
    #[serde(default)]
    #[param(max_length = 200)]
    q: String,
    /// From the page before.
    after: Option<String>,
}

/// Find people
///
/// # Errors
/// `signed_out`, `role_forbidden`, `parameter_invalid`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/people",
    operation_id = "deskPeople",
    params(Question),
    responses((status = 200, body = Found))
)]
pub async fn find(
    State(app): State<App>,
    Reading(seated): Reading,
    Params(question): Params<Question>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = app
        .blocking(move |core| {
            let Question { q, after } = question;
            people::find(core, seated.admin.scope, &q, after.as_deref())
        })
        .await?;
    Ok(answer(&headers, &found))
}

/// One person
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`.
#[utoipa::path(
    get,
    path = "/v1/desk/people/{case_id}",
    operation_id = "deskPerson",
    params(("case_id" = String, Path, description = "Id in the case system")),
    responses((status = 200, body = Person))
)]
pub async fn person(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(case_id): Id,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let what = format!("person {case_id}");
    let by = app.readings.reader(&app, &seated, &what);
    let scope = seated.admin.scope;
    let person = app
        .blocking(move |core| people::person(core, scope, by.as_deref(), &case_id))
        .await?;
    app.readings.read(&app, &seated, &what);
    Ok(answer(&headers, &person))
}

/// The thread of a person's notes
///
/// # Errors
/// `signed_out`, `role_forbidden`, `not_found`, `cursor_unknown`.
#[utoipa::path(
    get,
    path = "/v1/desk/people/{case_id}/notes",
    operation_id = "deskThread",
    params(("case_id" = String, Path, description = "Id in the case system"), Page),
    responses((status = 200, body = Thread))
)]
pub async fn thread(
    State(app): State<App>,
    Reading(seated): Reading,
    Id(case_id): Id,
    Params(page): Params<Page>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let scope = seated.admin.scope;
    let thread = app
        .blocking(move |core| people::thread(core, scope, &case_id, page.after.as_deref()))
        .await?;
    Ok(answer(&headers, &thread))
}
