//! Keys go out and come in unchanged, and what is no key is refused.

use serde_json::json;

use super::super::{ClientPublicKey, DevicePublicKey, KeyFault, KeySet, SigningKey};
use super::Party;

#[test]
fn a_signing_key_survives_being_kept() {
    let key = SigningKey::from_random(&[9; 32]).unwrap();
    let pem = key.to_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let again = SigningKey::from_pem(&pem).unwrap();
    assert_eq!(again.kid(), key.kid());
    assert_eq!(*again.to_pem().unwrap(), *pem);
    let set = |key: SigningKey| KeySet::new(key, Vec::new());
    assert_eq!(set(again).jwks(), set(key).jwks());
}

#[test]
fn random_bytes_that_are_no_key_are_told() {
    assert_eq!(SigningKey::from_random(&[0; 32]).unwrap_err(), KeyFault::Unlucky);
    assert_eq!(
        SigningKey::from_random(&[0xff; 32]).unwrap_err(),
        KeyFault::Unlucky
    );
    let other = SigningKey::from_random(&[2; 32]).unwrap();
    assert_ne!(SigningKey::from_random(&[1; 32]).unwrap().kid(), other.kid());
}

#[test]
fn a_key_is_named_by_its_thumbprint() {
    // Worked out apart from this code, with openssl and sha256sum.
    let pem = include_str!("p256-public.pem");
    assert_eq!(
        ClientPublicKey::from_pem(pem).unwrap().kid(),
        "oC-DtuugRDJ8lsc3i1GxPYLye9PGKPz0TzBR_fEpBqo"
    );
    let pem = include_str!("p384-public.pem");
    assert_eq!(
        ClientPublicKey::from_pem(pem).unwrap().kid(),
        "jtru4Qn__inv058LdLZeQq4W2hrmWWMQG8bYASK7QBY"
    );
}

#[test]
fn the_key_set_publishes_public_halves_only() {
    let (first, second) = (
        SigningKey::from_random(&[1; 32]).unwrap(),
        SigningKey::from_random(&[2; 32]).unwrap(),
    );
    let (old, new) = (first.kid().to_owned(), second.kid().to_owned());
    let mut keys = KeySet::new(first, Vec::new());
    keys.rotate(second);
    assert_eq!(keys.current().kid(), new);
    let jwks = keys.jwks();
    let listed = jwks["keys"].as_array().unwrap();
    assert_eq!(
        listed.iter().map(|key| &key["kid"]).collect::<Vec<_>>(),
        [&json!(new), &json!(old)]
    );
    for key in listed {
        let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(
            members,
            ["alg", "crv", "kid", "kty", "use", "x", "y"],
            "no private member d"
        );
        assert_eq!(key["x"].as_str().unwrap().len(), 43);
    }
    keys.forget_previous();
    assert_eq!(keys.jwks()["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn debug_shows_no_secret() {
    let key = SigningKey::from_random(&[9; 32]).unwrap();
    let wanted = format!("SigningKey {{ kid: {:?}, .. }}", key.kid());
    assert_eq!(format!("{key:?}"), wanted);
    let keys = format!("{:?}", KeySet::new(key, Vec::new()));
    assert_eq!(keys, format!("KeySet {{ current: {wanted}, previous: [] }}"));
}

#[test]
fn a_device_key_is_a_point_on_p256() {
    let party = Party::on_p256(7);
    let from_point = DevicePublicKey::from_sec1(&party.point).unwrap();
    let from_pem = DevicePublicKey::from_pem(&party.public_pem).unwrap();
    assert_eq!(from_point.as_sec1(), party.point);
    assert_eq!(from_pem.as_sec1(), party.point);

    let mut off_curve = party.point.clone();
    off_curve[64] ^= 1;
    let mut compressed = party.point[..33].to_vec();
    compressed[0] = 2;
    let p384 = Party::on_p384(7);
    for point in [
        &off_curve[..],
        &compressed,
        &party.point[..64],
        &p384.point,
        &[0; 65],
        &[],
        &[0],
    ] {
        assert_eq!(DevicePublicKey::from_sec1(point).unwrap_err(), KeyFault::Form);
    }
    assert_eq!(
        DevicePublicKey::from_pem(&p384.public_pem).unwrap_err(),
        KeyFault::Form
    );
}

#[test]
fn a_pem_that_is_no_public_ec_key_is_refused() {
    let private = SigningKey::from_random(&[9; 32]).unwrap().to_pem().unwrap();
    let cut = &Party::on_p384(1).public_pem[..120];
    let long = "x".repeat(1024 * 1024);
    let junk = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let rsa = include_str!("rsa-public.pem");
    for pem in ["", "hello", &private, cut, &long, junk, rsa] {
        assert_eq!(
            ClientPublicKey::from_pem(pem).unwrap_err(),
            KeyFault::Form,
            "{pem:.40}"
        );
        assert_eq!(
            DevicePublicKey::from_pem(pem).unwrap_err(),
            KeyFault::Form,
            "{pem:.40}"
        );
    }
    let public = Party::on_p256(1).public_pem;
    for pem in ["", &public, cut, &long] {
        assert_eq!(
            SigningKey::from_pem(pem).unwrap_err(),
            KeyFault::Form,
            "{pem:.40}"
        );
    }
}
