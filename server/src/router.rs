//! All doors on one wall: every route, grouped by who knocks. What is not here is not served.

use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use notes::problem::Code;

use crate::api::{
    App, Refusal, attachment, case_system, desk, health, import, jwks, layers, openapi, phone, web,
};

/// The whole HTTP face. Each operation has its own limit on the body that it reads; the routes that
/// read none have no limit to name.
pub fn router(app: App) -> Router {
    let doors = doors();
    let doors = match &app.http.console_dir {
        Some(folder) => doors.nest_service("/console", web::console(folder, any(not_found))),
        None => doors,
    };
    let doors = match &app.http.web_dir {
        // What is no door may be a file of the phone app's.
        Some(folder) => doors.fallback_service(web::files(folder, any(not_found))),
        None => doors.fallback(not_found),
    };
    doors
        .layer(from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}

fn doors() -> Router<App> {
    from_outside()
        .merge(at_the_desk())
        .method_not_allowed_fallback(method_not_allowed)
}

/// Phones, case systems, and anybody.
fn from_outside() -> Router<App> {
    Router::new()
        // Anybody.
        .route("/health", get(health::health))
        .route("/.well-known/jwks.json", get(jwks::jwks))
        .route("/v1/openapi.json", get(openapi::openapi))
        .route("/v1/export/schema.json", get(case_system::schema::schema))
        // Who holds a one-time code, or a key.
        .route("/v1/enrol", post(phone::enrol::enrol))
        .route("/v1/token", post(phone::token::token))
        // Phones.
        .route("/v1/let-in", post(phone::let_in::let_in))
        .route("/v1/lookups", post(phone::lookup::lookup))
        .route("/v1/reflection", get(phone::reflection::reflection))
        .route("/v1/sync", post(phone::sync::sync))
        .route("/v1/live", get(phone::live::live))
        // Phones, and case systems for reading.
        .route(
            "/v1/attachments/{sha256}",
            get(attachment::read::read)
                .head(attachment::place::place)
                .post(attachment::create::create)
                .patch(attachment::append::append)
                .options(attachment::options),
        )
        // Case systems.
        .route("/v1/export/notes", get(case_system::notes::notes))
        .route("/v1/export/receipts", post(case_system::receipts::receipts))
        .route(
            "/v1/export/outstanding",
            get(case_system::outstanding::outstanding),
        )
        .route(
            "/v1/export/reconcile",
            get(case_system::reconcile::compare).post(case_system::reconcile::took),
        )
        .route("/v1/import/people", post(import::people))
        .route("/v1/import/workers", post(import::workers))
}

/// The console's admins and auditors.
fn at_the_desk() -> Router<App> {
    Router::new()
        // Who comes to it,
        .route("/v1/desk/sign-in/invitation", post(desk::sign_in::invitation))
        .route("/v1/desk/sign-in/registration", post(desk::sign_in::registration))
        .route("/v1/desk/sign-in/challenge", post(desk::sign_in::challenge))
        .route("/v1/desk/sign-in/assertion", post(desk::sign_in::assertion))
        .route("/v1/desk/sign-out", post(desk::sign_out::sign_out))
        // and who sits there.
        .route("/v1/desk/me", get(desk::me::me))
        .route("/v1/desk/sessions", get(desk::sessions::list))
        .route("/v1/desk/sessions/{id}/end", post(desk::sessions::end))
        .route(
            "/v1/desk/passkeys",
            get(desk::passkeys::list).post(desk::passkeys::add),
        )
        .route("/v1/desk/passkeys/challenge", post(desk::passkeys::challenge))
        .route("/v1/desk/passkeys/{id}/remove", post(desk::passkeys::remove))
        .route("/v1/desk/admins", get(desk::admins::list))
        .route("/v1/desk/admins/{worker_id}/invite", post(desk::admins::invite))
        .route("/v1/desk/admins/{worker_id}/revoke", post(desk::admins::revoke))
        // People and their notes.
        .route("/v1/desk/people", get(desk::people::find))
        .route("/v1/desk/people/{case_id}", get(desk::people::person))
        .route("/v1/desk/people/{case_id}/notes", get(desk::people::thread))
        .route("/v1/desk/notes/{id}", get(desk::note::note))
        .route("/v1/desk/caseloads/{worker_id}", get(desk::caseload::caseload))
        .route(
            "/v1/desk/caseloads/{worker_id}/preview",
            post(desk::caseload::preview),
        )
        .route(
            "/v1/desk/caseloads/{worker_id}/hand-on",
            post(desk::caseload::hand_on),
        )
        .route("/v1/desk/import/people", post(desk::import::people))
        .route("/v1/desk/import/workers", post(desk::import::workers))
        .route("/v1/desk/notes/{id}/move-preview", post(desk::moving::preview))
        .route("/v1/desk/notes/{id}/move", post(desk::moving::go))
        // Issues.
        .route("/v1/desk/issues", get(desk::issues::list))
        .route("/v1/desk/open-issues", get(desk::issues::open))
        .route("/v1/desk/issues/{id}", get(desk::issues::one))
        .route("/v1/desk/issues/{id}/preview", post(desk::issues::preview))
        .route("/v1/desk/issues/{id}/settle", post(desk::issues::settle))
        .route("/v1/desk/issues/{id}/reopen", post(desk::issues::reopen))
        // Workers and their devices.
        .route("/v1/desk/workers", get(desk::workers::list))
        .route("/v1/desk/workers/{worker_id}", get(desk::workers::one))
        .route("/v1/desk/workers/{worker_id}/enrol", post(desk::workers::enrol))
        .route("/v1/desk/workers/{worker_id}/messages", post(desk::workers::say))
        .route("/v1/desk/workers/{worker_id}/left", post(desk::workers::left))
        .route("/v1/desk/devices/{device_id}/revoke", post(desk::workers::revoke))
        .route("/v1/desk/devices/{device_id}/lock", post(desk::workers::lock))
        .route("/v1/desk/devices/{device_id}/wipe", post(desk::workers::wipe))
        .route("/v1/desk/devices/{device_id}/rename", post(desk::workers::rename))
        // What stands, what was done, what is settled, and what the team learns of it.
        .route("/v1/desk/today", get(desk::today::today))
        .route("/v1/desk/concerns", get(desk::today::concerns))
        .route(
            "/v1/desk/concerns/{note_id}/acknowledge",
            post(desk::today::acknowledge),
        )
        .route("/v1/desk/audit", get(desk::audit::audit))
        .route("/v1/desk/settings", get(desk::settings::list))
        .route("/v1/desk/settings/{name}", post(desk::settings::change))
        .route("/v1/desk/reports/recording", get(desk::reports::recording))
        .route("/v1/desk/reports/path", get(desk::reports::path))
        .route("/v1/desk/reports/fields", get(desk::reports::fields))
        .route("/v1/desk/reports/unmet-needs", get(desk::reports::unmet))
        .route("/v1/desk/reports/feedback", get(desk::reports::feedback))
        .route("/v1/desk/reports/feedback/words", get(desk::reports::words))
        .route("/v1/desk/reports/reviews", get(desk::reports::reviews))
        .route("/v1/desk/reports/reviews/due", get(desk::reports::reviews_due))
        .route(
            "/v1/desk/workers/{worker_id}/reflection",
            get(desk::reports::supervision),
        )
        .method_not_allowed_fallback(method_not_allowed)
}

async fn not_found(_: Request) -> Refusal {
    Code::NotFound.into()
}

async fn method_not_allowed(_: Request) -> Refusal {
    Code::MethodNotAllowed.into()
}
