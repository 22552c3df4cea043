//! `doorstep client add NAME`, `doorstep client token CLIENT_ID`. The second is a case system's
//! work, done here to try things: it signs with the case system's own private key and asks a
//! running server over HTTP, as any case system would.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::elliptic_curve::zeroize::Zeroizing;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use serde_json::{Value, json};

use super::{Call, Failure, OPERATOR, Said};
use crate::core::TOKEN_PATH;
use crate::hex::hex;
use crate::host::Host;
use crate::ops::client;
use crate::store::ClientRecord;

#[derive(Subcommand)]
pub(super) enum Client {
    /// Give a case system an identity.
    Add {
        /// Its name, for people.
        name: String,
        /// Its public keys on P-256 or P-384, PEM.
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
        /// What it may do: export.read, export.receipt, import.write.
        #[arg(long, default_value = client::DEFAULT_SCOPE)]
        scope: String,
    },
    /// All of them.
    List,
    /// Give a case system other keys: the old and the new one while they are changed, then the new one alone.
    Rekey {
        /// The case system's id.
        client_id: String,
        /// Its public keys on P-256 or P-384, PEM.
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
    },
    /// Take its identity away, at once.
    Revoke {
        /// The case system's id.
        client_id: String,
    },
    /// Ask a running server for an access token, as the case system would.
    Token {
        /// The case system's id.
        client_id: String,
        /// Its private key, PEM.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// Where the server is reached: the address that it calls its own.
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
}

pub(super) fn run(call: &Call, command: &Client) -> Result<Said, Failure> {
    match command {
        Client::Add {
            name,
            public_key,
            scope,
        } => {
            let core = call.core()?;
            let id = client::add(&core, name, &read(public_key)?, scope, OPERATOR)?;
            Ok(Said {
                value: json!({ "client_id": id }),
                words: id,
            })
        }
        Client::List => Ok(list(&client::list(&call.core()?)?)),
        Client::Rekey {
            client_id,
            public_key,
        } => {
            let count = client::rekey(&call.core()?, client_id, &read(public_key)?, OPERATOR)?;
            Ok(Said {
                value: json!({ "client_id": client_id, "keys": count }),
                words: format!("{count} keys are good for {client_id} now"),
            })
        }
        Client::Revoke { client_id } => {
            client::revoke(&call.core()?, client_id, OPERATOR)?;
            Ok(Said {
                value: json!({ "client_id": client_id }),
                words: format!("{client_id} may do nothing any more"),
            })
        }
        Client::Token {
            client_id,
            key,
            server,
        } => {
            let server = match server.as_ref().or(call.config.public_url.as_ref()) {
                Some(server) => server.clone(),
                None => call.core()?.public_url().to_owned(),
            };
            let assertion = assertion(client_id, &read(key)?, &server)?;
            let answer = ask(&server, &assertion)?;
            let token = answer.get("access_token").and_then(Value::as_str);
            let token = token.ok_or_else(|| Failure::Remote("the answer holds no token".to_owned()))?;
            Ok(Said {
                words: token.to_owned(),
                value: json!({ "access_token": token, "expires_in": answer.get("expires_in") }),
            })
        }
    }
}

fn list(clients: &[ClientRecord]) -> Said {
    let time = |at: i64| notes::note::plain::rfc3339(at);
    let each = clients.iter().map(|client| {
        json!({
            "client_id": client.id, "name": client.name, "scope": client.scope,
            "created_at": time(client.created_at), "revoked_at": client.revoked_at.map(time),
        })
    });
    let line = |client: &ClientRecord| {
        let standing = if client.revoked_at.is_some() {
            "  revoked"
        } else {
            ""
        };
        format!("{}  {}  {}{standing}", client.id, client.name, client.scope)
    };
    Said {
        value: each.collect(),
        words: clients.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::File(path.display().to_string(), e))
}

fn token_url(server: &str) -> String {
    format!("{}{TOKEN_PATH}", server.trim_end_matches('/'))
}

/// SMART Backend Services: who signs is issuer and subject, for five minutes at most.
fn assertion(client_id: &str, pem: &str, server: &str) -> Result<String, Failure> {
    let (algorithm, der) = private_key(pem)
        .ok_or_else(|| Failure::Usage("the key is no private key on P-256 or P-384 (PEM)".to_owned()))?;
    let host = Host::system();
    let now = host.now_ms().div_euclid(1000);
    let jti = hex(&host.random::<16>());
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": token_url(server),
        "iat": now, "exp": now + 240, "jti": jti,
    });
    let key = EncodingKey::from_ec_der(&der);
    encode(&Header::new(algorithm), &claims, &key).map_err(|e| Failure::Remote(e.to_string()))
}

/// PKCS#8, or the older form that `openssl ecparam -genkey` writes, perhaps behind its parameters.
fn private_key(pem: &str) -> Option<(Algorithm, Zeroizing<Vec<u8>>)> {
    const SEC1: &str = "-----BEGIN EC PRIVATE KEY-----";
    let pem = pem.find(SEC1).and_then(|at| pem.get(at..)).unwrap_or(pem);
    macro_rules! curve {
        ($curve:ident, $algorithm:expr) => {
            let key = $curve::SecretKey::from_pkcs8_pem(pem).ok();
            if let Some(key) = key.or_else(|| $curve::SecretKey::from_sec1_pem(pem).ok()) {
                return Some(($algorithm, key.to_pkcs8_der().ok()?.to_bytes()));
            }
        };
    }
    curve!(p256, Algorithm::ES256);
    curve!(p384, Algorithm::ES384);
    None
}

fn ask(server: &str, assertion: &str) -> Result<Value, Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .http_status_as_error(false)
        .build()
        .into();
    let form = [
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", assertion),
    ];
    let remote = |error: ureq::Error| Failure::Remote(format!("{}: {error}", token_url(server)));
    let mut answer = agent.post(token_url(server)).send_form(form).map_err(remote)?;
    let status = answer.status();
    let body = answer.body_mut().read_to_string().map_err(remote)?;
    let value: Value = serde_json::from_str(&body).unwrap_or_default();
    if status.is_success() {
        return Ok(value);
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("-");
    Err(Failure::Remote(format!(
        "{status}: {} ({})",
        text("title"),
        text("code")
    )))
}
