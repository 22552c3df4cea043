//! What a host passes in: time, chance, a way to the server, and the key of the device. The core
//! takes none of these by itself, so a test can set the clock, repeat the dice and cut the link.

/// The device's clock.
pub trait Clock: Send {
    /// UTC milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// A source of random bytes. Outside tests it must be the operating system's.
pub trait Dice: Send {
    /// Fills the whole slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// One HTTP request, without the server's address: the host knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `POST`, `GET`, `HEAD` or `PATCH`.
    pub method: &'static str,
    /// Path from the root, perhaps with a query, as `/v1/sync`.
    pub path: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; its length is the host's to declare.
    pub body: Vec<u8>,
}

/// The answer, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Names (in any case) and values.
    pub headers: Vec<(String, String)>,
    /// The body as it came, still packed.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// No answer came: no network, no server, or a link that broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server cannot be reached")]
pub struct Unreachable;

/// The way to the server.
pub trait Transport {
    /// Sends one request and waits for its answer, under the host's own time limit.
    ///
    /// # Errors
    /// [`Unreachable`] where no answer came; the request may have arrived all the same.
    fn send(&mut self, request: &HttpRequest) -> Result<HttpResponse, Unreachable>;
}

/// The way to the server for a host that must not wait in place, as a web page must not: what it begins goes on
/// while others use the notebook ([`crate::Talk`]).
pub trait AsyncHost {
    /// Sends one request; its answer comes under the host's own time limit.
    ///
    /// # Errors
    /// [`Unreachable`] where no answer came; the request may have arrived all the same.
    fn send(&self, request: &HttpRequest) -> impl Future<Output = Result<HttpResponse, Unreachable>>;

    /// Lets whatever waits for the notebook have its turn: a key that was typed. A long answer is taken in by parts, with
    /// this between them. Where the notebook is shared by threads, they take their turns by themselves.
    fn breathe(&self) -> impl Future<Output = ()> {
        std::future::ready(())
    }

    /// As [`Keystore::sign`], where the device's key takes its time, too; none where the notebook's own keystore is
    /// to sign.
    fn sign(&self, message: &[u8]) -> impl Future<Output = Option<Result<[u8; 64], KeyRefused>>> {
        let _ = message;
        std::future::ready(None)
    }
}

/// The device's P-256 key. Phones and browsers keep it in their own keystore, where it cannot be
/// read; [`crate::SoftKey`] is for those without one.
pub trait Keystore: Send {
    /// The public point: x and y, 32 bytes each.
    ///
    /// # Errors
    /// Where the keystore refuses.
    fn public_point(&self) -> Result<[[u8; 32]; 2], KeyRefused>;
    /// An ES256 signature over the message: r and s, 64 bytes (RFC 7518 section 3.4).
    ///
    /// # Errors
    /// Where the keystore refuses.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyRefused>;
}

/// The keystore did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the device's key cannot be used")]
pub struct KeyRefused;

/// All that a notebook asks of its host.
pub struct Host {
    /// The device's clock.
    pub clock: Box<dyn Clock>,
    /// Random bytes.
    pub dice: Box<dyn Dice>,
    /// The device's key; none for one in software, kept inside the encrypted store.
    pub keystore: Option<Box<dyn Keystore>>,
    /// The app's name and version, for the desk.
    pub app: String,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Random bytes, as many as asked for.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.dice.fill(&mut bytes);
        bytes
    }
}
