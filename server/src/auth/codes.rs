//! One-time enrolment codes: read from a screen, typed on a phone, used once within a day.
//!
//! Ten characters of Crockford's base 32 (50 bits), which has no letter that looks like a digit.
//! Only the SHA-256 of a code is kept; expiry, use and the limit on guesses are the store's and the
//! endpoint's to hold.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// How many random bytes a code is made of: one a character, of which five bits count.
pub const CODE_RANDOM_BYTES: usize = 10;

/// No I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code in its one true spelling. `Debug` does not show it, because it opens an account.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode(String);

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentCode(..)")
    }
}

impl EnrolmentCode {
    /// A new code from random bytes, which must come from the machine's own source.
    #[must_use]
    pub fn from_random(bytes: &[u8; CODE_RANDOM_BYTES]) -> Self {
        // 32 divides 256, so every character is equally likely.
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]);
        Self(bytes.iter().map(letter).collect())
    }

    /// Reads what a person typed, or nothing if it can be no code. Case, hyphens and spaces do not
    /// matter, and letters that look like digits are taken for them.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(CODE_RANDOM_BYTES);
        for character in typed.chars().filter(|c| !is_filler(*c)) {
            let upper = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = upper.is_ascii() && ALPHABET.iter().any(|a| char::from(*a) == upper);
            if !known || code.len() == CODE_RANDOM_BYTES {
                return None;
            }
            code.push(upper);
        }
        (code.len() == CODE_RANDOM_BYTES).then_some(Self(code))
    }

    /// As it is shown: `XXXXX-XXXXX`.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, second) = self.0.split_at(CODE_RANDOM_BYTES / 2);
        format!("{first}-{second}")
    }

    /// What is kept of it.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

/// What people and phones put between the letters: spaces, and hyphens of every length.
const fn is_filler(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
