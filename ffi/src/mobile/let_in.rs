//! A forgotten PIN, for apps. The store's key is sealed twice: by the PIN, and by a *spare*, 64 hexadecimal digits that
//! are left with the server at enrolment. For a fresh one-time code the server gives the spare back, and the app lets a
//! new PIN be chosen. The notebook is closed meanwhile, so these are functions of their own.

use std::fmt::Write as _;
use std::sync::Arc;

use client_core::notebook::{self, Ended, Locked, in_place};
use notes::ids::DeviceId;

use super::NotebookError;
use super::host::{self, Clock, Device, Dice, Keystore, Link, Transport};

/// What came of asking for the spare.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum LetIn {
    /// The spare, which [`super::unseal_key`] takes for a PIN.
    Spare(String),
    /// The server did not give it.
    Not(Ended),
}

/// Throws a spare. Seal the store's key by it too ([`super::seal_key`]) and keep what that gives, before the enrolment
/// leaves it with the server.
///
/// # Errors
/// Where the app's dice fail.
#[uniffi::export]
pub fn throw_spare(dice: Arc<dyn Dice>) -> Result<String, NotebookError> {
    let mut spare = [0; 32];
    client_core::host::Dice::fill(&mut host::throws(&*dice)?, &mut spare);
    Ok(hex(&spare))
}

/// Asks the server for the spare of a locked phone, by a fresh one-time code of its worker. `device` and `token_url` are
/// those of the identity, which an app keeps beside the vault for this.
///
/// # Errors
/// Where the clock, the dice or the device's key fail; that the server refuses or is out of reach is a value.
#[uniffi::export]
pub fn let_in(
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    keystore: Arc<dyn Keystore>,
    device: DeviceId,
    token_url: &str,
    code: &str,
) -> Result<LetIn, NotebookError> {
    let (link, key) = (Link(transport), Device(keystore));
    let phone = Locked {
        device,
        token_url,
        now_ms: clock.now_ms()?,
        dice: &mut host::throws(&*dice)?,
        key: Some(&key),
    };
    Ok(match in_place(notebook::let_in(&link, phone, code))? {
        Ok(spare) => LetIn::Spare(hex(&spare)),
        Err(ended) => LetIn::Not(ended),
    })
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A spare as the core takes it.
pub(super) fn spare_of(hex: &str) -> Result<[u8; 32], NotebookError> {
    let wrong = NotebookError::BadCall("a spare is 64 hexadecimal digits");
    let digits = hex.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(wrong);
    }
    let mut spare = [0; 32];
    for (byte, pair) in spare.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong)?;
    }
    Ok(spare)
}
