//! The server's heart, held together: the store, the surroundings and the settings. The HTTP
//! routes, the command line and the tests all call the same functions with it.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::attachments;
use crate::auth::{KeySet, Realm, ReplayGuard, SigningKey};
use crate::courtesy::Courtesy;
use crate::export::Mapping;
use crate::host::Host;
use crate::issues;
use crate::limits::Limits;
use crate::live::Hub;
use crate::ops::restore::is_half_done;
use crate::store::{Store, StoreError, Tx};
use crate::sync::Memory;

/// What every operation may need. Cheap to share behind an `Arc`.
pub struct Core {
    /// The database.
    pub store: Store,
    /// Time and chance.
    pub host: Host,
    /// Documents that the projector saw last.
    pub memory: Memory,
    /// The data folder.
    pub folder: PathBuf,
    /// Wakes whoever judges and publishes.
    pub bell: Bell,
    /// Who has a live socket open.
    pub live: Hub,
    /// Who asked too often.
    pub limits: Limits,
    /// How many bytes of files are taken.
    pub attachments: attachments::Limits,
    /// Lets phones go first.
    pub courtesy: Courtesy,
    /// What the council's case system calls things.
    pub mapping: Mapping,
    /// When something becomes an issue by itself.
    pub issue_limits: issues::Limits,
    /// How far the sweep for such issues has come.
    pub issue_place: issues::Place,
    /// So many months after the last contact notes may go; 0: never.
    pub retention_months: i64,
    keys: KeySet,
    taken: Mutex<ReplayGuard>,
    public_url: String,
    token_urls: Vec<String>,
}

/// Where a server is reached that was told nothing else.
pub const DEFAULT_URL: &str = "http://127.0.0.1:8080";
/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/v1/token";
/// Older addresses whose assertions are still taken.
const MAX_TOKEN_URLS: usize = 16;

impl Core {
    /// Opens a data folder, and makes what a new one needs: the database, the epoch, a signing key.
    ///
    /// # Errors
    /// [`StoreError::HalfRestored`], and the store's.
    pub fn open(folder: &Path, key: Option<[u8; 32]>, host: Host) -> Result<Self, StoreError> {
        if is_half_done(folder) {
            // An empty server in its place would look like one that has lost everything.
            return Err(StoreError::HalfRestored);
        }
        let store = Store::open(folder, key)?;
        let pems = match store.read(|tx| tx.signing_keys())? {
            pems if pems.is_empty() => store.write(|tx| settle_in(tx, &host))?,
            pems => pems,
        };
        let mut keys = pems
            .iter()
            .map(|(_, pem)| SigningKey::from_pem(pem))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| StoreError::Inconsistent("a signing key cannot be read"))?
            .into_iter();
        let current = keys
            .next()
            .ok_or(StoreError::Inconsistent("there is no signing key"))?;
        let mut known = store.read(known_urls)?;
        if known.is_empty() {
            known.push(DEFAULT_URL.to_owned());
        }
        Ok(Self {
            store,
            host,
            memory: Memory::default(),
            folder: folder.to_owned(),
            bell: Bell::default(),
            live: Hub::default(),
            limits: Limits::default(),
            attachments: attachments::Limits::default(),
            courtesy: Courtesy::default(),
            mapping: Mapping::default(),
            issue_limits: issues::Limits::default(),
            issue_place: issues::Place::default(),
            retention_months: 0,
            keys: KeySet::new(current, keys.collect()),
            taken: Mutex::default(),
            token_urls: known.iter().map(|url| token_url(url)).collect(),
            public_url: known.swap_remove(0),
        })
    }

    /// Says where this server is reached from now on. Devices sign for the address that they were
    /// given when they enrolled, so older ones stay good.
    ///
    /// # Errors
    /// The store's.
    pub fn announce(&mut self, public_url: &str) -> Result<(), StoreError> {
        let public_url = public_url.trim_end_matches('/').to_owned();
        let mut known = self.store.read(known_urls)?;
        if known.first() != Some(&public_url) {
            known.retain(|url| *url != public_url);
            known.insert(0, public_url.clone());
            known.truncate(MAX_TOKEN_URLS);
            let text = known.join("\n");
            self.store
                .write(|tx| tx.meta_put("public_urls", text.as_bytes()))?;
        }
        self.token_urls = known.iter().map(|url| token_url(url)).collect();
        self.public_url = public_url;
        Ok(())
    }

    /// Where the server is reached, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// What a new device signs its assertions for.
    #[must_use]
    pub fn token_url(&self) -> String {
        token_url(&self.public_url)
    }

    /// What assertions may be signed for.
    #[must_use]
    pub fn token_urls(&self) -> Vec<&str> {
        self.token_urls.iter().map(String::as_str).collect()
    }

    /// The keys that sign access tokens.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// The server's name in its tokens.
    #[must_use]
    pub fn realm(&self) -> Realm<'_> {
        Realm {
            issuer: &self.public_url,
            audience: &self.public_url,
        }
    }

    /// The assertions that were taken.
    pub fn taken(&self) -> MutexGuard<'_, ReplayGuard> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn token_url(public_url: &str) -> String {
    format!("{public_url}{TOKEN_PATH}")
}

fn known_urls(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    let stored = tx.meta("public_urls")?.unwrap_or_default();
    let text = String::from_utf8_lossy(&stored);
    Ok(text.lines().map(str::to_owned).collect())
}

/// What a database needs before its first use. Another process may have been faster.
fn settle_in(tx: &Tx<'_>, host: &Host) -> Result<Vec<(String, String)>, StoreError> {
    if tx.meta("epoch")?.is_none() {
        tx.meta_put("epoch", &host.random::<8>())?;
    }
    let known = tx.signing_keys()?;
    if !known.is_empty() {
        return Ok(known);
    }
    let key = loop {
        // One draw in four thousand million is no key; then the next one is.
        if let Ok(key) = SigningKey::from_random(&host.random()) {
            break key;
        }
    };
    let pem = key
        .to_pem()
        .map_err(|_| StoreError::Inconsistent("the new signing key cannot be written"))?;
    tx.signing_key_put(key.kid(), &pem, host.now_ms())?;
    Ok(vec![(key.kid().to_owned(), pem.to_string())])
}

/// Rung when there is something to judge.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    /// Wakes who waits, or spares the next one the wait.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_all();
    }

    /// Waits until it rings, or until the time is over.
    pub fn wait(&self, at_most: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.wait_timeout_while(rung, at_most, |rung| !*rung);
        let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *rung = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    #[test]
    fn keys_epoch_and_addresses_outlive_the_process() {
        let folder = Folder::new();
        let mut first = Core::open(folder.path(), None, Host::system()).unwrap();
        first.announce("https://a.example/").unwrap();
        first.announce("https://b.example").unwrap();
        let epoch = first.store.read(|tx| tx.meta("epoch")).unwrap();
        let second = Core::open(folder.path(), None, Host::system()).unwrap();
        assert_eq!(second.store.read(|tx| tx.meta("epoch")).unwrap(), epoch);
        assert_eq!(epoch.unwrap().len(), 8);
        assert_eq!(second.keys().current().kid(), first.keys().current().kid());
        assert_eq!(second.public_url(), "https://b.example");
        assert_eq!(
            second.token_urls(),
            ["https://b.example/v1/token", "https://a.example/v1/token"]
        );
    }

    #[test]
    fn a_bell_that_rang_before_spares_the_next_one_the_wait() {
        const LONG: Duration = Duration::from_mins(10);
        let bell = Bell::default();
        bell.ring();
        bell.wait(LONG);
        // It is silent again, and wakes who waits when it rings.
        bell.wait(Duration::from_millis(1));
        std::thread::scope(|scope| {
            scope.spawn(|| bell.wait(LONG));
            std::thread::sleep(Duration::from_millis(20));
            bell.ring();
        });
    }
}
