//! The device's own words for its key: the enrolment request and the signed assertion that buys a
//! ten-minute token (RFC 7523). Values in, text out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use notes::ids::{Actor, DeviceId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::host::{KeyRefused, Keystore};

/// How long an assertion is good for; the server takes at most 300 s.
const ASSERTION_S: i64 = 240;
/// A token this close to its end is not used any more.
const SPARE_MS: i64 = 60_000;

/// An access token and its end, by the device's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) access_token: String,
    pub(crate) expires_at: i64,
}

impl Token {
    pub(crate) fn good_at(&self, now: i64) -> bool {
        now < self.expires_at - SPARE_MS
    }
}

/// What the server answers to an assertion.
#[derive(Debug, Deserialize)]
pub(crate) struct Granted {
    pub(crate) access_token: String,
    pub(crate) expires_in: i64,
}

/// What the server answers to an enrolment.
#[derive(Debug, Deserialize)]
pub(crate) struct Enrolled {
    pub(crate) device_id: String,
    pub(crate) worker: EnrolledWorker,
    #[serde(default)]
    pub(crate) team: Option<String>,
    pub(crate) token_url: String,
    pub(crate) server_time: i64,
}

/// Whose phone it is.
#[derive(Debug, Deserialize)]
pub(crate) struct EnrolledWorker {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// A problem document, as far as a phone reads it.
#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) server_time: Option<i64>,
}

/// The body of an enrolment.
pub(crate) fn enrolment(
    code: &str,
    key: &dyn Keystore,
    actor: Actor,
    app: &str,
    spare: Option<&[u8; 32]>,
) -> Result<Vec<u8>, KeyRefused> {
    let [x, y] = key.public_point()?;
    let actor = actor.to_string().replace('-', "");
    let mut body = json!({
        "code": code,
        "public_key": {"kty": "EC", "crv": "P-256", "x": B64.encode(x), "y": B64.encode(y)},
        "actor": actor,
        "app": app,
    });
    if let Some(spare) = spare {
        body["spare"] = B64.encode(spare).into();
    }
    Ok(body.to_string().into_bytes())
}

/// What is signed for a token. `now` is the server's time as well as it is known; `jti` is fresh each time.
pub(crate) fn assertion(device: DeviceId, token_url: &str, now: i64, jti: [u8; 16]) -> String {
    let issued = now.div_euclid(1000);
    let device = device.to_string();
    let claims = json!({
        "iss": device,
        "sub": device,
        "aud": token_url,
        "iat": issued,
        "exp": issued + ASSERTION_S,
        "jti": B64.encode(jti),
    });
    let header = json!({"alg": "ES256", "typ": "JWT"});
    format!(
        "{}.{}",
        B64.encode(header.to_string()),
        B64.encode(claims.to_string())
    )
}

/// The form that carries an assertion with its signature. Its characters need no escaping but for the colons.
pub(crate) fn grant(assertion: &str, signature: &[u8; 64]) -> Vec<u8> {
    let signature = B64.encode(signature);
    format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}.{signature}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Verifier as _;
    use p256::ecdsa::{Signature, VerifyingKey};

    use super::*;
    use crate::SoftKey;

    #[test]
    fn an_assertion_is_signed_and_says_what_the_protocol_asks_for() {
        let key = SoftKey::from_secret(&[5; 32]).unwrap();
        let device = DeviceId([1; 16]);
        let signed = assertion(device, "https://s/v1/token", 1_790_000_000_999, [2; 16]);
        let form = String::from_utf8(grant(&signed, &key.sign(signed.as_bytes()).unwrap())).unwrap();
        let (kind, text) = form.rsplit_once('=').unwrap();
        assert!(kind.ends_with("jwt-bearer&assertion"), "{kind}");
        let parts: Vec<&str> = text.split('.').collect();
        let read =
            |part: &str| -> serde_json::Value { serde_json::from_slice(&B64.decode(part).unwrap()).unwrap() };
        let (header, claims) = (read(parts[0]), read(parts[1]));
        assert_eq!(
            (header["alg"].as_str(), header["typ"].as_str()),
            (Some("ES256"), Some("JWT"))
        );
        assert_eq!(claims["iss"], claims["sub"]);
        assert_eq!(claims["aud"], "https://s/v1/token");
        assert_eq!(claims["iat"], 1_790_000_000);
        assert!(claims["exp"].as_i64().unwrap() - 1_790_000_000 <= 300);
        let [x, y] = key.public_point().unwrap();
        let public = VerifyingKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
        let signature = Signature::from_slice(&B64.decode(parts[2]).unwrap()).unwrap();
        let signed = text.rsplit_once('.').unwrap().0;
        assert!(public.verify(signed.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn an_assertion_counts_whole_seconds_and_is_another_for_every_number() {
        let claims = |now, jti| -> serde_json::Value {
            let text = assertion(DeviceId([1; 16]), "u", now, [jti; 16]);
            let claims = text.split('.').nth(1).unwrap();
            serde_json::from_slice(&B64.decode(claims).unwrap()).unwrap()
        };
        for (now, issued) in [(0, 0), (999, 0), (1_000, 1), (-1, -1)] {
            let claims = claims(now, 2);
            assert_eq!(claims["iat"], issued, "{now}");
            assert_eq!(claims["exp"], issued + ASSERTION_S, "{now}");
        }
        assert_ne!(claims(0, 2)["jti"], claims(0, 3)["jti"]);
    }

    #[test]
    fn an_enrolment_carries_the_key_without_its_secret() {
        let key = SoftKey::from_secret(&[5; 32]).unwrap();
        let body = enrolment("AB-12", &key, Actor([0xab; 16]), "t 1", None).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let [x, y] = key.public_point().unwrap();
        assert_eq!(read["public_key"]["x"], B64.encode(x));
        assert_eq!(read["public_key"]["y"], B64.encode(y));
        assert_eq!(
            read["public_key"].as_object().unwrap().len(),
            4,
            "no part is secret"
        );
        assert_eq!(read["actor"], "ab".repeat(16), "plain digits");
        assert_eq!(
            (read["code"].as_str(), read["app"].as_str()),
            (Some("AB-12"), Some("t 1"))
        );
    }

    #[test]
    fn a_problem_is_read_as_far_as_it_goes() {
        let read = |text: &str| serde_json::from_str::<Problem>(text).unwrap();
        let full = read(r#"{"code": "late", "title": "Late.", "status": 400, "server_time": 9}"#);
        assert_eq!(
            (full.code.as_str(), full.title.as_str(), full.server_time),
            ("late", "Late.", Some(9))
        );
        let bare = read("{}");
        assert_eq!(
            (bare.code.as_str(), bare.title.as_str(), bare.server_time),
            ("", "", None)
        );
    }

    #[test]
    fn a_token_is_dropped_a_minute_before_its_end() {
        let token = Token {
            access_token: String::new(),
            expires_at: 600_000,
        };
        assert!(token.good_at(539_999));
        assert!(!token.good_at(540_000));
    }
}
