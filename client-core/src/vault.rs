//! The vault: the store's random key, wrapped by the PIN. Argon2id makes each guess cost memory and
//! time, an AEAD says whether the PIN was right. It deals in bytes; the host keeps them in a file
//! beside the store. Growing delays after wrong PINs are not its work.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::host::Dice;
use crate::trouble::Trouble;

/// The smallest setting that OWASP's password storage sheet gives for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    wrapped: String,
}

fn wrapping_key(pin: &str, salt: &[u8], costs: (u32, u32, u32)) -> Result<Zeroizing<[u8; 32]>, Trouble> {
    let params = Params::new(costs.0, costs.1, costs.2, Some(32)).map_err(|_| Trouble::VaultBroken)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, &mut key[..])
        .map_err(|_| Trouble::VaultBroken)?;
    Ok(key)
}

/// Wraps the key; gives the vault's file as JSON.
///
/// # Errors
/// An empty PIN is not taken.
pub fn seal(key: &[u8; 32], pin: &str, dice: &mut dyn Dice) -> Result<Vec<u8>, Trouble> {
    if pin.is_empty() {
        return Err(Trouble::NotAllowed("a PIN is needed"));
    }
    let (mut salt, mut nonce) = ([0; 16], [0; 12]);
    dice.fill(&mut salt);
    dice.fill(&mut nonce);
    let wrapping = wrapping_key(pin, &salt, (MEMORY_KIB, PASSES, LANES))?;
    let sealed = ChaCha20Poly1305::new(&Key::from(*wrapping))
        .encrypt(&Nonce::from(nonce), &key[..])
        .map_err(|_| Trouble::VaultBroken)?;
    let file = Sealed {
        version: 1,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: LANES,
        salt: BASE64.encode(salt),
        nonce: BASE64.encode(nonce),
        wrapped: BASE64.encode(sealed),
    };
    serde_json::to_vec_pretty(&file).map_err(|_| Trouble::VaultBroken)
}

/// Unwraps the key.
///
/// # Errors
/// [`Trouble::WrongPin`], or [`Trouble::VaultBroken`] where the file is none of [`seal`]'s.
pub fn unseal(file: &[u8], pin: &str) -> Result<Zeroizing<[u8; 32]>, Trouble> {
    let broken = || Trouble::VaultBroken;
    let file: Sealed = serde_json::from_slice(file).map_err(|_| broken())?;
    // A file that asks for gigabytes is damaged, or was made to stall the phone.
    if file.version != 1 || file.memory_kib > 1 << 20 || file.passes > 64 || file.lanes > 16 {
        return Err(broken());
    }
    let bytes = |text: &str| BASE64.decode(text).map_err(|_| broken());
    let nonce: [u8; 12] = bytes(&file.nonce)?.try_into().map_err(|_| broken())?;
    let wrapping = wrapping_key(
        pin,
        &bytes(&file.salt)?,
        (file.memory_kib, file.passes, file.lanes),
    )?;
    let opened = ChaCha20Poly1305::new(&Key::from(*wrapping))
        .decrypt(&Nonce::from(nonce), &bytes(&file.wrapped)?[..])
        .map_err(|_| Trouble::WrongPin)?;
    let opened = Zeroizing::new(opened);
    let key: [u8; 32] = opened[..].try_into().map_err(|_| broken())?;
    Ok(Zeroizing::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);
    impl Dice for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn only_the_pin_opens_it() {
        let key = [9; 32];
        let file = seal(&key, "2468", &mut Counting(0)).unwrap();
        assert_eq!(*unseal(&file, "2468").unwrap(), key);
        for pin in ["2469", "", "24680", "２４６８"] {
            assert!(matches!(unseal(&file, pin), Err(Trouble::WrongPin)), "{pin}");
        }
    }

    #[test]
    fn a_damaged_file_is_named_as_such() {
        let file = seal(&[9; 32], "2468", &mut Counting(0)).unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        let lines = [
            String::new(),
            "{}".into(),
            text.replace("\"version\": 1", "\"version\": 2"),
            text.replace("19456", "99999999"),
            text.replace("\"salt\": \"", "\"salt\": \"%"),
        ];
        for line in lines {
            assert!(
                matches!(unseal(line.as_bytes(), "2468"), Err(Trouble::VaultBroken)),
                "{line}"
            );
        }
    }

    #[test]
    fn two_seals_of_one_key_differ() {
        let (one, two) = (
            seal(&[9; 32], "1", &mut Counting(0)).unwrap(),
            seal(&[9; 32], "1", &mut Counting(1)).unwrap(),
        );
        assert_ne!(one, two);
        assert!(seal(&[9; 32], "", &mut Counting(0)).is_err());
    }
}
