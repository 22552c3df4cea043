//! Assertions of devices and case systems.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::super::{
    Assertion, AuthRefusal, ClientPublicKey, DevicePublicKey, LEEWAY_MS, assertion_subject,
    verify_client_assertion, verify_device_assertion,
};
use super::{NOW, NOW_S, Party, forge, spoiled, unsigned, with};

const URL: &str = "https://doorstep.ashmere.example/v1/token";
const URLS: [&str; 2] = [URL, "http://127.0.0.1:8080/v1/token"];
const FIVE_MINUTES_MS: i64 = 300_000;

fn header() -> Value {
    json!({"alg": "ES256", "typ": "JWT"})
}

fn claims() -> Value {
    json!({"iss": "device-1", "sub": "device-1", "aud": URL, "jti": "a-1", "exp": NOW_S + 120, "iat": NOW_S})
}

fn device() -> (Party, DevicePublicKey) {
    let party = Party::on_p256(7);
    let key = DevicePublicKey::from_sec1(&party.point).unwrap();
    (party, key)
}

fn judge(assertion: &str) -> Result<Assertion, AuthRefusal> {
    verify_device_assertion(assertion, &device().1, "device-1", &URLS, NOW)
}

fn check(what: &str, assertion: &str, wanted: &str) {
    let got = judge(assertion).map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
    assert_eq!(got, wanted, "{what}");
}

#[test]
fn a_devices_assertion_gets_in() {
    let (phone, _) = device();
    let wanted = Assertion {
        jti: "a-1".to_owned(),
        expires_at: (NOW_S + 120) * 1000,
    };
    assert_eq!(judge(&phone.sign(&header(), &claims())), Ok(wanted));
    for typ in [json!("jwt"), Value::Null] {
        check("typ", &phone.sign(&with(&header(), "typ", typ), &claims()), "ok");
    }
    for aud in [json!(URLS[1]), json!(["https://elsewhere.example", URL])] {
        check("aud", &phone.sign(&header(), &with(&claims(), "aud", aud)), "ok");
    }
}

#[test]
fn only_who_and_where_it_is_for() {
    let (phone, _) = device();
    let make = |member: &str, value: Value| phone.sign(&header(), &with(&claims(), member, value));
    for member in ["iss", "sub", "aud", "exp", "jti"] {
        check(member, &make(member, Value::Null), "token_invalid");
        check(member, &make(member, json!({})), "token_invalid");
    }
    check("iss is another", &make("iss", json!("device-2")), "token_invalid");
    check("sub is another", &make("sub", json!("device-2")), "token_invalid");
    let both = with(
        &with(&claims(), "iss", json!("device-2")),
        "sub",
        json!("device-2"),
    );
    check(
        "in another device's name",
        &phone.sign(&header(), &both),
        "token_invalid",
    );
    let elsewhere = "https://doorstep.elsewhere.example/v1/token";
    check(
        "another server's",
        &make("aud", json!(elsewhere)),
        "token_invalid",
    );
    check(
        "no audience of many",
        &make("aud", json!([elsewhere])),
        "token_invalid",
    );
    check("nobody's", &make("aud", json!([])), "token_invalid");
    check("an empty jti", &make("jti", json!("")), "token_invalid");
    check(
        "a long jti",
        &make("jti", json!("x".repeat(129))),
        "token_invalid",
    );
    let stranger = Party::on_p256(8).sign(&header(), &claims());
    check("another device's key", &stranger, "token_invalid");
    let access = phone.sign(&with(&header(), "typ", json!("at+jwt")), &claims());
    check("an access token", &access, "token_invalid");
    let critical = phone.sign(&with(&header(), "crit", json!(["b64"])), &claims());
    check("something critical", &critical, "token_invalid");
}

#[test]
fn only_the_keys_own_algorithm() {
    let (phone, _) = device();
    let none = with(&header(), "alg", json!("none"));
    check(
        "alg none",
        &format!("{}.", unsigned(&none, &claims())),
        "token_invalid",
    );
    let hs256 = with(&header(), "alg", json!("HS256"));
    for secret in [phone.public_pem.as_bytes(), &phone.point] {
        let token = forge(
            &hs256,
            &claims(),
            &EncodingKey::from_secret(secret),
            Algorithm::HS256,
        );
        check("HS256 with the public key", &token, "token_invalid");
    }
    let es384 = Party::on_p384(7).sign(&with(&header(), "alg", json!("ES384")), &claims());
    check("ES384", &es384, "token_invalid");
}

#[test]
fn times_that_do_not_fit_are_the_clocks_fault() {
    let (phone, key) = device();
    // A fraction of a second is allowed, and phones send it.
    let at = |ms: i64| -> Value {
        let seconds = format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000));
        serde_json::from_str(&seconds).unwrap()
    };
    let cases = [
        ("expires at the limit", "exp", NOW + FIVE_MINUTES_MS, "ok"),
        (
            "and a little leeway",
            "exp",
            NOW + FIVE_MINUTES_MS + LEEWAY_MS,
            "ok",
        ),
        (
            "too far ahead",
            "exp",
            NOW + FIVE_MINUTES_MS + LEEWAY_MS + 500,
            "clock",
        ),
        ("a year ahead", "exp", NOW + 31_536_000_000, "clock"),
        ("just expired", "exp", NOW, "ok"),
        ("nearly out of leeway", "exp", NOW - LEEWAY_MS + 500, "ok"),
        ("expired", "exp", NOW - LEEWAY_MS, "clock"),
        ("nbf is now", "nbf", NOW, "ok"),
        ("nbf within the leeway", "nbf", NOW + LEEWAY_MS, "ok"),
        ("not yet", "nbf", NOW + LEEWAY_MS + 500, "clock"),
        ("iat within the leeway", "iat", NOW + LEEWAY_MS, "ok"),
        ("signed in the future", "iat", NOW + LEEWAY_MS + 500, "clock"),
        ("signed long ago", "iat", 0, "ok"),
    ];
    for (what, member, ms, wanted) in cases {
        check(
            what,
            &phone.sign(&header(), &with(&claims(), member, at(ms))),
            wanted,
        );
    }
    let nonsense = [json!("soon"), json!(-5), json!([1]), json!(true)];
    for time in nonsense {
        check(
            "exp",
            &phone.sign(&header(), &with(&claims(), "exp", time.clone())),
            "token_invalid",
        );
    }
    check(
        "nbf",
        &phone.sign(&header(), &with(&claims(), "nbf", json!("soon"))),
        "token_invalid",
    );
    check(
        "exp",
        &phone.sign(&header(), &with(&claims(), "exp", json!(1e300))),
        "token_invalid",
    );

    // A phone three days ahead signs again with the server's time, and gets in.
    let assertion = phone.sign(&header(), &claims());
    let three_days_ms = 259_200_000;
    for now_ms in [NOW - three_days_ms, NOW + three_days_ms, i64::MIN, i64::MAX] {
        let got = verify_device_assertion(&assertion, &key, "device-1", &URLS, now_ms);
        assert_eq!(got, Err(AuthRefusal::Clock), "{now_ms}");
    }
}

#[test]
fn a_bad_signature_learns_nothing_of_the_clock() {
    let late = with(&claims(), "exp", json!(NOW_S - 3_600));
    check("late", &device().0.sign(&header(), &late), "clock");
    check(
        "late and forged",
        &Party::on_p256(8).sign(&header(), &late),
        "token_invalid",
    );
}

#[test]
fn a_spoiled_assertion_is_refused() {
    let assertion = device().0.sign(&header(), &claims());
    for spoiled in spoiled(&assertion) {
        assert!(judge(&spoiled).is_err(), "{spoiled}");
    }
    let long = with(&claims(), "pad", json!("x".repeat(1024 * 1024)));
    check("a megabyte", &device().0.sign(&header(), &long), "token_invalid");
}

#[test]
fn the_subject_is_read_before_anything_is_proven() {
    let (phone, _) = device();
    let read = |sub: Value| assertion_subject(&phone.sign(&header(), &with(&claims(), "sub", sub)));
    assert_eq!(read(json!("device-1")).as_deref(), Ok("device-1"));
    assert_eq!(read(json!("x".repeat(128))).map(|sub| sub.len()), Ok(128));
    let bad = [
        json!(""),
        json!("x".repeat(129)),
        json!("a b"),
        json!("a\u{0}"),
        json!("ẹ́"),
        json!(7),
        Value::Null,
    ];
    for sub in bad {
        let code = read(sub.clone()).map_err(|refusal| refusal.code().as_str());
        assert_eq!(code, Err("token_invalid"), "{sub}");
    }
    for junk in ["", "..", "a.b.c", &"x".repeat(1024 * 1024)] {
        assert!(assertion_subject(junk).is_err());
    }
}

fn check_client(what: &str, assertion: &str, keys: &[ClientPublicKey], wanted: &str) {
    let got = verify_client_assertion(assertion, keys, "device-1", &URLS, NOW);
    let got = got.map_or_else(|refusal| refusal.code().as_str(), |_| "ok");
    assert_eq!(got, wanted, "{what}");
}

#[test]
fn a_case_system_signs_with_any_of_its_keys() {
    let parties = [Party::on_p384(1), Party::on_p256(2), Party::on_p384(3)];
    let keys: Vec<_> = parties
        .iter()
        .map(|p| ClientPublicKey::from_pem(&p.public_pem).unwrap())
        .collect();
    let both = &keys[..2];
    let headers = [
        json!({"alg": "ES384"}),
        json!({"alg": "ES256"}),
        json!({"alg": "ES384"}),
    ];
    for (at, wanted) in [(0, "ok"), (1, "ok"), (2, "token_invalid")] {
        let sign = |kid: Value| parties[at].sign(&with(&headers[at], "kid", kid), &claims());
        check_client("without a kid", &sign(Value::Null), both, wanted);
        check_client("with its kid", &sign(json!(keys[at].kid())), both, wanted);
        check_client(
            "with a kid of the client's own",
            &sign(json!("2026-a")),
            both,
            wanted,
        );
    }
    let wrong = parties[0].sign(&with(&headers[0], "kid", json!(keys[1].kid())), &claims());
    check_client("with the other key's kid", &wrong, both, "token_invalid");
    let good = parties[0].sign(&headers[0], &claims());
    check_client("no keys at all", &good, &[], "token_invalid");
}

#[test]
fn a_case_system_is_held_to_the_same_rules() {
    let party = Party::on_p384(1);
    let keys = [ClientPublicKey::from_pem(&party.public_pem).unwrap()];
    let head = json!({"alg": "ES384", "typ": "JWT"});
    let make = |member: &str, value: Value| party.sign(&head, &with(&claims(), member, value));
    check_client("good", &party.sign(&head, &claims()), &keys, "ok");
    for member in ["iss", "sub", "aud", "exp", "jti"] {
        check_client(member, &make(member, Value::Null), &keys, "token_invalid");
    }
    check_client(
        "iss is another",
        &make("iss", json!("other")),
        &keys,
        "token_invalid",
    );
    check_client("too far ahead", &make("exp", json!(NOW_S + 400)), &keys, "clock");
    check_client("expired", &make("exp", json!(NOW_S - 60)), &keys, "clock");
    let none = format!("{}.", unsigned(&json!({"alg": "none"}), &claims()));
    check_client("alg none", &none, &keys, "token_invalid");
    for algorithm in [Algorithm::HS256, Algorithm::HS384] {
        let head = json!({"alg": format!("{algorithm:?}")});
        let secret = EncodingKey::from_secret(party.public_pem.as_bytes());
        check_client(
            "HS with the public key",
            &forge(&head, &claims(), &secret, algorithm),
            &keys,
            "token_invalid",
        );
    }
    let access = party.sign(&with(&head, "typ", json!("at+jwt")), &claims());
    check_client("an access token", &access, &keys, "token_invalid");
}
