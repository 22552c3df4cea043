//! Access tokens: ours pass in their time, everything else is refused.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::super::{
    ACCESS_TOKEN_SECONDS, AuthRefusal, KeySet, LEEWAY_MS, MAX_TOKEN_BYTES, NewToken, Realm, SigningKey,
    TokenKind, issue_access_token, verify_access_token,
};
use super::{NOW, NOW_S, forge, spoiled, unsigned, with};

const REALM: Realm<'_> = Realm {
    issuer: "https://doorstep.ashmere.example",
    audience: "https://doorstep.ashmere.example",
};
const TOKEN: NewToken<'_> = NewToken {
    subject: "device-1",
    kind: TokenKind::Device,
    scope: "sync attach",
    jti: "token-1",
};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_random(&[seed; 32]).unwrap()
}

fn keys() -> KeySet {
    KeySet::new(key(1), Vec::new())
}

fn encoding(seed: u8) -> EncodingKey {
    EncodingKey::from_ec_pem(key(seed).to_pem().unwrap().as_bytes()).unwrap()
}

fn good_header() -> Value {
    json!({"alg": "ES256", "typ": "at+jwt", "kid": key(1).kid()})
}

fn good_claims() -> Value {
    json!({
        "iss": REALM.issuer, "aud": REALM.audience, "sub": "device-1", "jti": "token-1",
        "exp": NOW_S + 600, "nbf": NOW_S, "iat": NOW_S, "scope": "sync", "kind": "device",
    })
}

fn good(header: &Value, claims: &Value) -> String {
    forge(header, claims, &encoding(1), Algorithm::ES256)
}

fn code(token: &str) -> &'static str {
    match verify_access_token(&keys(), token, REALM, NOW) {
        Ok(_) => "ok",
        Err(refusal) => refusal.code().as_str(),
    }
}

fn check(what: &str, token: &str, wanted: &str) {
    assert_eq!(code(token), wanted, "{what}");
}

#[test]
fn an_issued_token_says_who_holds_it() {
    let token = issue_access_token(&keys(), REALM, TOKEN, NOW).unwrap();
    let claims = verify_access_token(&keys(), &token, REALM, NOW).unwrap();
    assert_eq!(
        (claims.sub.as_str(), claims.jti.as_str()),
        ("device-1", "token-1")
    );
    assert_eq!(claims.kind, TokenKind::Device);
    assert_eq!(claims.exp - claims.iat, ACCESS_TOKEN_SECONDS);
    assert_eq!(
        jsonwebtoken::decode_header(&token).unwrap().typ.as_deref(),
        Some("at+jwt")
    );
}

#[test]
fn a_token_is_good_from_its_first_second_to_its_last_and_no_longer() {
    let token = issue_access_token(&keys(), REALM, TOKEN, NOW).unwrap();
    let end = NOW + ACCESS_TOKEN_SECONDS * 1000;
    let cases = [
        (NOW, Ok(())),
        (NOW - LEEWAY_MS, Ok(())),
        (NOW - LEEWAY_MS - 1, Err(AuthRefusal::TokenNotYetValid)),
        (end - 1, Ok(())),
        (end + LEEWAY_MS - 1, Ok(())),
        (end + LEEWAY_MS, Err(AuthRefusal::TokenExpired)),
        (i64::MAX, Err(AuthRefusal::TokenExpired)),
        (i64::MIN, Err(AuthRefusal::TokenNotYetValid)),
    ];
    for (now_ms, wanted) in cases {
        let got = verify_access_token(&keys(), &token, REALM, now_ms).map(|_| ());
        assert_eq!(
            got,
            wanted,
            "{} ms after the beginning",
            now_ms.saturating_sub(NOW)
        );
    }
}

#[test]
fn every_claim_is_needed_and_checked() {
    let make = |member: &str, value: Value| good(&good_header(), &with(&good_claims(), member, value));
    check("nothing changed", &good(&good_header(), &good_claims()), "ok");
    for member in ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope", "kind"] {
        check(member, &make(member, Value::Null), "token_invalid");
        check(member, &make(member, json!({})), "token_invalid");
    }
    let other = json!("https://doorstep.elsewhere.example");
    check("another issuer", &make("iss", other.clone()), "token_invalid");
    check("for another server", &make("aud", other), "token_invalid");
    check(
        "of a kind that is not known",
        &make("kind", json!("admin")),
        "token_invalid",
    );
    check("expired", &make("exp", json!(NOW_S - 31)), "token_expired");
    check(
        "not yet valid",
        &make("nbf", json!(NOW_S + 31)),
        "token_not_yet_valid",
    );
    check(
        "signed tomorrow",
        &make("iat", json!(NOW_S + 31)),
        "token_not_yet_valid",
    );
    check(
        "a time as text",
        &make("exp", json!("4102444800")),
        "token_invalid",
    );
    check("a time below zero", &make("exp", json!(-1)), "token_invalid");
    check("the last of all times", &make("exp", json!(i64::MAX)), "ok");
}

#[test]
fn the_header_does_not_choose() {
    let make = |member: &str, value: Value| good(&with(&good_header(), member, value), &good_claims());
    check("an ID token", &make("typ", json!("JWT")), "token_invalid");
    check("no type", &make("typ", Value::Null), "token_invalid");
    check("no kid", &make("kid", Value::Null), "token_invalid");
    check(
        "an unknown kid",
        &make("kid", json!(key(2).kid())),
        "token_invalid",
    );
    check(
        "something critical",
        &make("crit", json!(["exp"])),
        "token_invalid",
    );
    check("alg none, signed", &make("alg", json!("none")), "token_invalid");
    check(
        "ES384 on a P-256 key",
        &make("alg", json!("ES384")),
        "token_invalid",
    );
    let own_key = &make("jwk", keys().jwks()["keys"][0].clone());
    check("a key in the header changes nothing", own_key, "ok");
    let stranger = with(
        &good_header(),
        "jwk",
        KeySet::new(key(2), Vec::new()).jwks()["keys"][0].clone(),
    );
    let token = forge(&stranger, &good_claims(), &encoding(2), Algorithm::ES256);
    check("a stranger's key in the header", &token, "token_invalid");
}

#[test]
fn only_our_own_signature_counts() {
    let stranger = forge(&good_header(), &good_claims(), &encoding(2), Algorithm::ES256);
    check("another server's key under our kid", &stranger, "token_invalid");
    let theirs = issue_access_token(&KeySet::new(key(2), Vec::new()), REALM, TOKEN, NOW).unwrap();
    check("another server's key under its kid", &theirs, "token_invalid");

    let none = with(&good_header(), "alg", json!("none"));
    for signature in ["", "AAAA"] {
        let token = format!("{}.{signature}", unsigned(&none, &good_claims()));
        check("alg none", &token, "token_invalid");
        let token = format!("{}.{signature}", unsigned(&good_header(), &good_claims()));
        check("no signature", &token, "token_invalid");
    }
    check(
        "two parts",
        &unsigned(&good_header(), &good_claims()),
        "token_invalid",
    );

    let hs256 = with(&good_header(), "alg", json!("HS256"));
    let party = super::Party::on_p256(1);
    for secret in [
        party.public_pem.as_bytes(),
        party.public_pem.trim().as_bytes(),
        &party.point,
    ] {
        let secret = EncodingKey::from_secret(secret);
        let token = forge(&hs256, &good_claims(), &secret, Algorithm::HS256);
        check("HS256 with our public key as its secret", &token, "token_invalid");
    }
}

#[test]
fn a_spoiled_token_is_refused() {
    let token = good(&good_header(), &good_claims());
    check("whole", &token, "ok");
    for spoiled in spoiled(&token) {
        assert_eq!(code(&spoiled), "token_invalid", "{spoiled}");
    }
    for junk in ["", ".", "..", "...", "a.b.c", "ẹ́.ẹ́.ẹ́", "\0.\0.\0"] {
        check(junk, junk, "token_invalid");
    }
    check("a dot more", &format!("{token}."), "token_invalid");
    check("a space before", &format!(" {token}"), "token_invalid");
}

#[test]
fn a_token_that_is_too_large_is_not_looked_at() {
    let pad = |bytes: usize| {
        good(
            &good_header(),
            &with(&good_claims(), "pad", json!("x".repeat(bytes))),
        )
    };
    let spare = MAX_TOKEN_BYTES - pad(0).len();
    let largest = pad(spare * 3 / 4 - 3);
    assert!(MAX_TOKEN_BYTES - largest.len() < 8);
    check("8 kB", &largest, "ok");
    check("a little more", &pad(spare), "token_invalid");
    check("a megabyte", &pad(1024 * 1024), "token_invalid");
    check("a megabyte of dots", &".".repeat(1024 * 1024), "token_invalid");
    let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
    let message = format!("{deep}.{deep}.");
    check("deep brackets", &message, "token_invalid");
}

#[test]
fn a_token_reaches_as_far_as_its_scope_and_kind() {
    let token = issue_access_token(&keys(), REALM, TOKEN, NOW).unwrap();
    let claims = verify_access_token(&keys(), &token, REALM, NOW).unwrap();
    assert_eq!(claims.require_scope("attach"), Ok(()));
    for scope in ["export.read", "syn", "sync attach", ""] {
        assert_eq!(
            claims.require_scope(scope),
            Err(AuthRefusal::ScopeMissing),
            "{scope:?}"
        );
    }
    assert_eq!(
        claims.require_kind(&[TokenKind::DevicePushOnly, TokenKind::Device]),
        Ok(())
    );
    for kinds in [&[TokenKind::CaseSystem][..], &[TokenKind::DevicePushOnly], &[]] {
        assert_eq!(
            claims.require_kind(kinds),
            Err(AuthRefusal::ScopeMissing),
            "{kinds:?}"
        );
    }
}

#[test]
fn a_key_may_be_changed_while_its_tokens_are_about() {
    let mut keys = keys();
    let before = issue_access_token(&keys, REALM, TOKEN, NOW).unwrap();
    keys.rotate(key(2));
    let after = issue_access_token(&keys, REALM, TOKEN, NOW).unwrap();
    for token in [&before, &after] {
        assert!(verify_access_token(&keys, token, REALM, NOW).is_ok());
    }
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!(
        (kid(&before), kid(&after)),
        (key(1).kid().to_owned(), key(2).kid().to_owned())
    );

    keys.forget_previous();
    let refusal = verify_access_token(&keys, &before, REALM, NOW).unwrap_err();
    assert_eq!(refusal.code().as_str(), "token_invalid");
    assert!(verify_access_token(&keys, &after, REALM, NOW).is_ok());
}

#[test]
fn a_refusal_repeats_nothing_of_the_token() {
    let secret = "device-of-Ashworth";
    let token = good(&good_header(), &with(&good_claims(), "iss", json!(secret)));
    let refusal = verify_access_token(&keys(), &token, REALM, NOW).unwrap_err();
    let told = format!("{refusal} {refusal:?}");
    assert!(!told.contains(secret) && !told.contains(&token[..20]), "{told}");
}
