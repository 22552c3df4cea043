//! A device key in software, for hosts without a keystore of their own: its secret is kept inside
//! the encrypted store. Not for phones and browsers that can keep a key unreadable.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::host::{Dice, KeyRefused, Keystore};

/// A P-256 key whose secret the program can see.
pub struct SoftKey(SigningKey);

impl SoftKey {
    /// Throws a fresh key, and gives its secret for keeping.
    ///
    /// # Errors
    /// Where the dice are broken: no valid scalar came in many throws.
    pub fn throw(dice: &mut dyn Dice) -> Result<(Self, [u8; 32]), KeyRefused> {
        // A random 32-byte value is no valid scalar about once in 2^32 throws.
        for _ in 0..8 {
            let mut secret = [0; 32];
            dice.fill(&mut secret);
            if let Ok(key) = Self::from_secret(&secret) {
                return Ok((key, secret));
            }
        }
        Err(KeyRefused)
    }

    /// The key of a kept secret.
    ///
    /// # Errors
    /// Where the bytes are no scalar of the curve.
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyRefused> {
        SigningKey::from_slice(secret).map(Self).map_err(|_| KeyRefused)
    }
}

impl Keystore for SoftKey {
    fn public_point(&self) -> Result<[[u8; 32]; 2], KeyRefused> {
        let point = self.0.verifying_key().to_sec1_point(false);
        let half = |bytes: Option<&[u8]>| bytes.and_then(|b| b.try_into().ok()).ok_or(KeyRefused);
        Ok([half(point.x().map(|x| &x[..]))?, half(point.y().map(|y| &y[..]))?])
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyRefused> {
        let signature: Signature = self.0.try_sign(message).map_err(|_| KeyRefused)?;
        Ok(signature.to_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;

    struct Stuck(u8);
    impl Dice for Stuck {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn what_it_signs_its_public_point_verifies() {
        let (key, secret) = SoftKey::throw(&mut Stuck(7)).unwrap();
        let [x, y] = key.public_point().unwrap();
        let public = VerifyingKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
        let signature = Signature::from_slice(&key.sign(b"note").unwrap()).unwrap();
        assert!(public.verify(b"note", &signature).is_ok());
        assert!(public.verify(b"other", &signature).is_err());
        let again = SoftKey::from_secret(&secret).unwrap();
        assert_eq!(again.public_point(), key.public_point());
    }

    #[test]
    fn dice_that_never_give_a_scalar_are_refused() {
        for stuck in [0, 0xff] {
            assert!(SoftKey::throw(&mut Stuck(stuck)).is_err(), "{stuck}");
        }
    }
}
