//! Identifiers that travel: 16 random bytes each, kept apart by type so that a person can never
//! be passed where a document is meant. Shown as hyphenated UUIDs (RFC 9562).

use std::fmt;
use std::str::FromStr;

/// The text was not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 32 hexadecimal digits, hyphens allowed")]
pub struct BadId;

fn format(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn parse(text: &str) -> Result<[u8; 16], BadId> {
    let mut bytes = [0u8; 16];
    let mut digits = 0usize;
    for ch in text.chars().filter(|c| *c != '-') {
        let digit = u8::try_from(ch.to_digit(16).ok_or(BadId)?).map_err(|_| BadId)?;
        let slot = bytes.get_mut(digits / 2).ok_or(BadId)?;
        *slot = (*slot << 4) | digit;
        digits += 1;
    }
    if digits == 32 { Ok(bytes) } else { Err(BadId) }
}

/// A `UUIDv7` (RFC 9562 section 5.7): sorts by time of making. Time and randomness are passed in.
#[must_use]
pub fn uuid_v7(now_ms: i64, random: [u8; 10]) -> [u8; 16] {
    let mut id = [0u8; 16];
    id[..6].copy_from_slice(&now_ms.max(0).to_be_bytes()[2..]);
    id[6..].copy_from_slice(&random);
    id[6] = (id[6] & 0x0f) | 0x70;
    id[8] = (id[8] & 0x3f) | 0x80;
    id
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "types", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// Reads 16 bytes; `None` for any other length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
            /// A fresh id whose order is the order of making (`UUIDv7`).
            #[must_use]
            pub fn at(now_ms: i64, random: [u8; 10]) -> Self {
                Self(uuid_v7(now_ms, random))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                format(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                parse(text).map(Self)
            }
        }
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }
        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                Self::from_slice(d.bytes()?)
                    .ok_or_else(|| minicbor::decode::Error::message("an identifier is 16 bytes"))
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// One Automerge document: a note, or a person's page.
    DocumentId
);
id!(
    /// A person whom notes are about, as the server knows them.
    PersonId
);
id!(
    /// One enrolled phone.
    DeviceId
);
id!(
    /// An Automerge actor: one install of the app on one device, or a constant of the schema.
    Actor
);

impl DocumentId {
    /// The person's own page has an id of its own that both phones and server can work out, so
    /// that two phones that open it offline for the first time still write into one document.
    #[must_use]
    pub fn about(person: PersonId) -> Self {
        use sha2::Digest as _;
        let mut hasher = sha2::Sha256::new();
        hasher.update(b"doorstep person page v1");
        hasher.update(person.0);
        let digest = hasher.finalize();
        let mut id = [0u8; 16];
        id.copy_from_slice(&digest[..16]);
        // RFC 9562 section 5.8: version 8, made by the application.
        id[6] = (id[6] & 0x0f) | 0x80;
        id[8] = (id[8] & 0x3f) | 0x80;
        Self(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        let id = DocumentId::at(1_790_000_000_123, [0xab; 10]);
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        assert_eq!(id.to_string().len(), 36);
        assert_eq!(id.to_string().as_bytes()[14], b'7');
        let json = serde_json::to_value(id).unwrap();
        assert_eq!(serde_json::from_value::<DocumentId>(json).unwrap(), id);
        for bad in [
            "",
            "zz",
            "0192",
            &"0".repeat(33),
            "0192f2a0-0000-7000-8000-00000000000g",
            "é",
        ] {
            assert_eq!(bad.parse::<DocumentId>(), Err(BadId), "{bad}");
            assert!(serde_json::from_value::<DocumentId>(bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn later_ids_sort_later() {
        assert!(DocumentId::at(5, [0xff; 10]) < DocumentId::at(6, [0; 10]));
    }

    #[test]
    fn a_persons_page_is_found_again() {
        let (a, b) = (PersonId([1; 16]), PersonId([2; 16]));
        assert_eq!(DocumentId::about(a), DocumentId::about(a));
        assert_ne!(DocumentId::about(a), DocumentId::about(b));
    }
}
