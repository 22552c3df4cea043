//! Tokens and assertions of every bad kind, at the token endpoint and at a door.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use notes::problem::Code;
use serde_json::{Value, json};

use super::{Town, assertion, claims, client_form, device_form, pair};
use crate::auth::{ACCESS_TOKEN_SECONDS, LEEWAY_MS, NewToken, Realm, TokenKind, issue_access_token};
use crate::ops::client;

/// A JWT with this header and these claims, and bytes for a signature.
fn unsigned(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[tokio::test]
async fn a_device_gets_a_token_once_for_an_assertion() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let signed = assertion(&town, &phone.keys, &phone.id);
    let answer = town.form(&device_form(&signed)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.json();
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(told["expires_in"], ACCESS_TOKEN_SECONDS);
    let again = town.form(&device_form(&signed)).await;
    again.refused(Code::AssertionReplayed, "again");
}

#[tokio::test]
async fn a_wrong_clock_learns_the_time_and_only_from_a_good_signature() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let now = town.core.host.now_ms();
    let day = 24 * 3600;
    for shift_s in [-30 * day, -3 * day, 3 * day, 30 * day] {
        let mut said = claims(&town, &phone.id);
        for time in ["iat", "exp"] {
            said[time] = json!(said[time].as_i64().unwrap() + shift_s);
        }
        let answer = town
            .form(&device_form(&phone.keys.sign("JWT", &said).unwrap()))
            .await;
        answer.refused(Code::Clock, &shift_s.to_string());
        assert_eq!(answer.json()["server_time"], now);
        let forged = pair(&town).0.sign("JWT", &said).unwrap();
        let answer = town.form(&device_form(&forged)).await;
        answer.refused(Code::TokenInvalid, "another key");
        assert!(answer.json().get("server_time").is_none());
    }
}

#[tokio::test]
async fn a_case_systems_keys_are_changed_without_a_gap() {
    let town = Town::new();
    let ((old, old_pem), (new, new_pem)) = (pair(&town), pair(&town));
    let id = client::add(&town.core, "Mosaic", &old_pem, "export.read", "test").unwrap();
    let knocks = async |keys| town.form(&client_form(&assertion(&town, keys, &id))).await;
    assert_eq!(knocks(&old).await.status, 200);
    knocks(&new).await.refused(Code::TokenInvalid, "not yet");
    assert_eq!(
        client::rekey(&town.core, &id, &format!("{old_pem}{new_pem}"), "test").unwrap(),
        2
    );
    assert_eq!(knocks(&old).await.status, 200);
    let answer = knocks(&new).await;
    assert_eq!(answer.status, 200);
    client::rekey(&town.core, &id, &new_pem, "test").unwrap();
    knocks(&old).await.refused(Code::TokenInvalid, "not any more");
    assert_eq!(knocks(&new).await.status, 200);
    // No key at all, too many, or none of that kind: nothing has changed.
    for bad in [
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        &new_pem.repeat(6),
    ] {
        assert!(client::rekey(&town.core, &id, bad, "test").is_err());
    }
    assert!(client::rekey(&town.core, "client-0", &new_pem, "test").is_err());
    assert_eq!(knocks(&new).await.status, 200);
    // Revoked, it is nobody: neither by its key nor by the token that it still has.
    let bearer = format!(
        "authorization: Bearer {}",
        answer.json()["access_token"].as_str().unwrap()
    );
    assert_eq!(
        town.knock("GET", "/v1/export/notes", &[&bearer], "").await.status,
        200
    );
    client::revoke(&town.core, &id, "test").unwrap();
    knocks(&new).await.refused(Code::TokenInvalid, "revoked");
    let answer = town.knock("GET", "/v1/export/notes", &[&bearer], "").await;
    answer.refused(Code::TokenInvalid, "revoked");
    let all = client::list(&town.core).unwrap();
    assert_eq!(all.iter().filter(|one| one.revoked_at.is_some()).count(), 1);
}

#[tokio::test]
async fn a_bad_assertion_gets_nothing() {
    let town = Town::new();
    let (phone, other) = (town.phone("W1").await, town.phone("W2").await);
    let good = claims(&town, &phone.id);
    let with = |name: &str, value: Value| {
        let mut said = good.clone();
        said[name] = value;
        phone.keys.sign("JWT", &said).unwrap()
    };
    let x = phone.keys.jwks()["keys"][0]["x"].clone();
    let bad = [
        ("another device's", other.keys.sign("JWT", &good).unwrap()),
        (
            "for another server",
            with("aud", json!("https://other.example/v1/token")),
        ),
        (
            "for the server, not the endpoint",
            with("aud", json!("https://doorstep.example")),
        ),
        ("of another issuer", with("iss", json!(other.id))),
        ("for another subject", with("sub", json!(other.id))),
        (
            "for nobody",
            with("sub", json!("0199f2a0-0000-7000-8000-000000000000")),
        ),
        ("no jti", with("jti", json!(""))),
        ("no exp", with("exp", Value::Null)),
        (
            "an access token's type",
            phone.keys.sign("at+jwt", &good).unwrap(),
        ),
        (
            "alg none",
            unsigned(&json!({"alg": "none", "typ": "JWT"}), &good, b""),
        ),
        (
            "alg HS256",
            unsigned(&json!({"alg": "HS256", "typ": "JWT"}), &good, &[1; 32]),
        ),
        (
            "a key of its own",
            unsigned(&json!({"alg": "ES256", "jwk": {"x": x}}), &good, &[1; 64]),
        ),
        ("no JWT", "abc".to_owned()),
        ("nothing", String::new()),
        ("too long", "a".repeat(9_000)),
    ];
    for (what, assertion) in bad {
        let answer = town.form(&device_form(&assertion)).await;
        answer.refused(Code::TokenInvalid, what);
        let answer = town.form(&client_form(&assertion)).await;
        answer.refused(Code::TokenInvalid, what);
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_named() {
    let town = Town::new();
    let bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let forms: [&[(&str, &str)]; 6] = [
        &[],
        &[("grant_type", "password")],
        &[("grant_type", bearer)],
        &[("grant_type", bearer), ("grant_type", bearer), ("assertion", "x")],
        &[("grant_type", "client_credentials"), ("client_assertion", "x")],
        &[("assertion", "x")],
    ];
    for form in forms {
        town.form(form)
            .await
            .refused(Code::ParameterInvalid, &format!("{form:?}"));
    }
}

#[tokio::test]
async fn a_bad_token_opens_nothing() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    let good = phone.token(&town).await;
    let (head, rest) = good.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let said: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    let issue = |keys: &crate::auth::KeySet, url: &str, now| {
        let realm = Realm {
            issuer: url,
            audience: url,
        };
        let token = NewToken {
            subject: &phone.id,
            kind: TokenKind::Device,
            scope: "sync",
            jti: "j",
        };
        issue_access_token(keys, realm, token, now).unwrap()
    };
    let now = town.core.host.now_ms();
    let url = town.core.public_url();
    let ours = town.core.keys();
    let hour = 3_600_000;
    let bad = [
        (
            Code::TokenInvalid,
            "another server's key",
            issue(&pair(&town).0, url, now),
        ),
        (
            Code::TokenInvalid,
            "another server's name",
            issue(ours, "https://other.example", now),
        ),
        (Code::TokenExpired, "expired", issue(ours, url, now - hour)),
        (
            Code::TokenNotYetValid,
            "not yet valid",
            issue(ours, url, now + hour),
        ),
        (
            Code::TokenInvalid,
            "an assertion",
            assertion(&town, &phone.keys, &phone.id),
        ),
        (
            Code::TokenInvalid,
            "alg none",
            unsigned(&json!({"alg": "none", "typ": "at+jwt"}), &said, b""),
        ),
        (Code::TokenInvalid, "HS256", {
            let kid = ours.current().kid();
            unsigned(
                &json!({"alg": "HS256", "typ": "at+jwt", "kid": kid}),
                &said,
                &[7; 32],
            )
        }),
        (Code::TokenInvalid, "no signature", format!("{head}.{body}.")),
        (
            Code::TokenInvalid,
            "cut",
            format!("{head}.{body}.{}", &signature[..signature.len() - 4]),
        ),
        (
            Code::TokenInvalid,
            "another body",
            format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode("{}")),
        ),
        (Code::TokenInvalid, "empty", String::new()),
    ];
    for (code, what, token) in bad {
        let headers = super::passes::sync_headers(&token, "identity");
        let answer = town
            .knock("POST", "/v1/sync", &headers.each_ref().map(String::as_str), "")
            .await;
        // An empty token is trimmed away with its scheme.
        let code = if token.is_empty() {
            Code::TokenMissing
        } else {
            code
        };
        answer.refused(code, what);
    }
    town.clock.forward(ACCESS_TOKEN_SECONDS * 1000 + LEEWAY_MS);
    let headers = super::passes::sync_headers(&good, "identity");
    let answer = town
        .knock("POST", "/v1/sync", &headers.each_ref().map(String::as_str), "")
        .await;
    answer.refused(Code::TokenExpired, "ten minutes later");
}

#[tokio::test]
async fn an_older_address_of_the_server_stays_good() {
    let town = Town::new();
    let phone = town.phone("W1").await;
    for (url, status) in [("https://before.example", 200), ("https://never.example", 401)] {
        let mut said = claims(&town, &phone.id);
        said["aud"] = json!(format!("{url}/v1/token"));
        let signed = phone.keys.sign("JWT", &said).unwrap();
        assert_eq!(town.form(&device_form(&signed)).await.status, status, "{url}");
    }
}
