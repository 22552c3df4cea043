//! Limits: guessing is slowed down for who guesses and nobody else; too many at once are told so.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use notes::problem::Code;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::{Phone, Town, device_form, http};
use crate::api::{App, layers};

#[tokio::test]
async fn who_guesses_codes_waits_and_others_do_not() {
    let town = Town::new();
    let (phone, code) = (Phone::new(&town), town.invite("W1"));
    let from = |address: &str| format!("x-forwarded-for: 10.0.0.1, {address}");
    let media = "content-type: application/json";
    let send = async |code: &str, address: &str| {
        let body = phone.request(code).to_string();
        town.knock("POST", "/v1/enrol", &[media, &from(address)], body)
            .await
    };
    for _ in 0..30 {
        send("AAAAA-AAAAA", "192.0.2.1")
            .await
            .refused(Code::CodeUnknown, "guess");
    }
    let answer = send(&code, "192.0.2.1").await;
    answer.refused(Code::RateLimited, "even the right one");
    assert_eq!(answer.json()["retry_after_s"], 60);
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(send(&code, "192.0.2.2").await.status, 200);
    town.clock.forward(60_000);
    assert_eq!(send(&code, "192.0.2.1").await.status, 200);
}

#[tokio::test]
async fn who_tries_tokens_waits() {
    let town = Town::new();
    for _ in 0..100 {
        town.form(&device_form("abc"))
            .await
            .refused(Code::TokenInvalid, "try");
    }
    town.form(&device_form("abc"))
        .await
        .refused(Code::RateLimited, "one more");
}

#[tokio::test]
async fn a_request_that_panics_gets_an_answer_and_the_next_one_too() {
    let town = Town::new();
    let (_stop, stopping) = watch::channel(false);
    let app = App::new(Arc::clone(&town.core), http(), stopping);
    let at_work = app.clone();
    let router = Router::new()
        .route("/boom", get(boom))
        .route(
            "/work",
            get(async move || {
                at_work
                    .blocking(|_| -> Result<&str, Code> { panic!("on purpose") })
                    .await
            }),
        )
        .route("/fine", get(async || "fine"))
        .layer(from_fn_with_state(app, layers::around));
    for _ in 0..http().max_requests * 2 {
        for (path, status) in [("/boom", 500), ("/work", 500), ("/fine", 200)] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status().as_u16(), status, "{path}");
            if status == 500 {
                assert_eq!(response.headers()["content-type"], "application/problem+json");
            }
        }
    }
}

async fn boom() -> &'static str {
    panic!("on purpose")
}

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_told_to_come_again() {
    let town = Town::with(crate::config::HttpConfig {
        max_requests: 0,
        ..http()
    });
    let answer = town.knock("GET", "/health", &[], "").await;
    answer.refused(Code::Busy, "no room");
    assert_eq!(answer.header("retry-after"), "1");
}
