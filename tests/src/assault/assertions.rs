//! Requests for a token with a lie in them. Each part says of itself whether it may still open the door, so that what
//! is refused, and what is not, is known beforehand.
//!
//! Not for access tokens: those are tried at every other door.

use serde_json::{Value, json};

use super::storm::Choices;

/// A part as text, and whether a token may be given for it.
type Part = (String, bool);

/// A request for a token in its parts.
pub struct Asked {
    /// The JWT's header, as JSON.
    pub header: String,
    /// Its claims, as JSON.
    pub claims: String,
    /// What becomes of the true signature.
    pub signature: Signature,
    /// The form, with `{}` for the assertion.
    pub form: String,
    /// Whether it may be answered with a token.
    pub may_open: bool,
}

/// What is put in place of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It stays.
    True,
    /// Another bit.
    Flipped,
    /// Zeros, which some verifiers take for any message.
    Zeros,
    /// Left out.
    None,
    /// Cut short.
    Short,
}

/// Most of the parts honest, one or a few not.
pub fn asked(claims: &Value, choices: &mut Choices<'_>) -> Asked {
    let honest = choices.one_in(12);
    let mut lied = |many: usize| !honest && choices.one_in(many);
    let lies = [lied(3), lied(2), lied(5), lied(5)];
    let header = if lies[0] {
        header(choices)
    } else {
        (HEADER.to_owned(), true)
    };
    let claims = if lies[1] {
        lie_in_claims(claims, choices)
    } else {
        (claims.to_string(), true)
    };
    let signatures = [
        Signature::Flipped,
        Signature::Zeros,
        Signature::None,
        Signature::Short,
    ];
    let signature = if lies[2] {
        choices.pick(&signatures)
    } else {
        Signature::True
    };
    let form = if lies[3] {
        form(choices)
    } else {
        (FORM.to_owned(), true)
    };
    Asked {
        may_open: header.1 && claims.1 && form.1 && signature == Signature::True,
        header: header.0,
        claims: claims.0,
        signature,
        form: form.0,
    }
}

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT"}"#;
const FORM: &str = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}";

fn header(choices: &mut Choices<'_>) -> Part {
    let deep = format!(
        r#"{{"alg":"ES256","typ":"JWT","x":{}{}}}"#,
        "[".repeat(900),
        "]".repeat(900)
    );
    let parts = [
        (r#"{"alg":"none","typ":"JWT"}"#, false),
        (r#"{"alg":"HS256","typ":"JWT"}"#, false),
        (r#"{"alg":"ES384","typ":"JWT"}"#, false),
        (r#"{"alg":"RS256","typ":"JWT"}"#, false),
        (r#"{"alg":"EdDSA","typ":"JWT"}"#, false),
        (r#"{"alg":"es256","typ":"JWT"}"#, false),
        (r#"{"alg":["ES256"],"typ":"JWT"}"#, false),
        (r#"{"alg":null,"typ":"JWT"}"#, false),
        (r#"{"alg":"none","alg":"ES256","typ":"JWT"}"#, false),
        (r#"{"alg":"ES256","alg":"none","typ":"JWT"}"#, false),
        (r#"{"alg":"ES256","typ":"at+jwt"}"#, false),
        (r#"{"alg":"ES256","typ":"JWT","crit":["exp"]}"#, false),
        (
            r#"{"alg":"ES256","typ":"JWT","jwk":{"kty":"oct","k":"AA"}}"#,
            true,
        ),
        (r#"{"alg":"ES256","typ":"JWT","kid":"../../etc/passwd"}"#, true),
        (r#"{"alg":"ES256"}"#, true),
        (r#"{"alg":"ES256","typ":"JWT"}{}"#, false),
        ("[]", false),
        ("", false),
        ("\u{feff}{}", false),
        (&*deep, true),
    ];
    let (text, may_open) = choices.pick(&parts);
    (text.to_owned(), may_open)
}

fn lie_in_claims(honest: &Value, choices: &mut Choices<'_>) -> Part {
    let name = choices.pick(&["iss", "sub", "aud", "exp", "jti"]);
    let mut claims = honest.clone();
    let text = honest.to_string();
    let twice = |first: &Value| format!(r#"{{"{name}":{first},{}"#, &text[1..]);
    let lies = [
        json!(null),
        json!({}),
        json!([]),
        json!("x".repeat(7_000)),
        json!(true),
        json!(u64::MAX),
        json!(-1),
        json!(""),
    ];
    match choices.below(9) {
        0 => claims[name] = choices.pick(&lies),
        1 => _ = claims.as_object_mut().map(|claims| claims.remove(name)),
        // A key that stands there twice, once with a lie: which of the two is believed differs between parsers.
        2 => return (twice(&json!("someone else")), false),
        3 => {
            return (
                format!(r#"{},"{name}":"someone else"}}"#, &text[..text.len() - 1]),
                false,
            );
        }
        4 => return (text.replacen(r#""exp":"#, r#""exp":1e400,"was":"#, 1), false),
        5 => return (text.replacen(r#""exp":"#, r#""exp":1e308,"was":"#, 1), false),
        6 => {
            return (
                format!(r#"{{"x":{}{},{}"#, "[".repeat(900), "]".repeat(900), &text[1..]),
                true,
            );
        }
        7 => {
            let aud = honest["aud"].clone();
            claims["aud"] = json!(["https://elsewhere/v1/token", aud]);
            return (claims.to_string(), true);
        }
        _ => {
            claims["scope"] = json!("export.read import.write");
            return (claims.to_string(), true);
        }
    }
    (claims.to_string(), false)
}

fn form(choices: &mut Choices<'_>) -> Part {
    let long = format!("{FORM}&pad={}", "x".repeat(40_000));
    let many = format!("{}{FORM}", "a=&".repeat(9_000));
    let forms = [
        ("grant_type=password&assertion={}", false),
        ("assertion={}", false),
        (
            "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion={}",
            false,
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}&assertion={}",
            false,
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x&assertion={}",
            false,
        ),
        (
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}",
            true,
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}&x=%00%ff%",
            true,
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={}.x",
            false,
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=..",
            false,
        ),
        ("", false),
        (&*long, false),
        (&*many, false),
    ];
    let (text, may_open) = choices.pick(&forms);
    (text.to_owned(), may_open)
}
