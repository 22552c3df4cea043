//! Files that go with a note: how they are named (by their SHA-256), which kinds are taken, and how large they may
//! be. One table for phone and server. The bytes themselves travel apart from the note and are no business of this
//! folder.
//!
//! A declared media type is believed only where the file's own first bytes say the same (the signatures are those of
//! each format's specification); `text/plain` has no signature, so all of it must be UTF-8 without control characters.

use std::fmt;
use std::str::FromStr;

/// The largest file, in bytes, unless a server says less: 25 MiB.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;
/// How much a phone sends in one request, in bytes: a cut costs no more than this.
pub const PART_BYTES: usize = 512 * 1024;
/// So many first bytes tell what a file is.
pub const HEAD_BYTES: usize = 64;

/// The text was no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256: 64 hexadecimal digits in small letters")]
pub struct BadHash;

/// A file's name: the SHA-256 of its bytes. As text 64 hexadecimal digits in small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttachmentId(pub [u8; 32]);

impl AttachmentId {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AttachmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for AttachmentId {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        let digit = |byte: &u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || pairs.len() != 32 {
            return Err(BadHash);
        }
        let mut id = [0; 32];
        for (byte, [high, low]) in id.iter_mut().zip(pairs) {
            *byte = digit(high).ok_or(BadHash)? << 4 | digit(low).ok_or(BadHash)?;
        }
        Ok(Self(id))
    }
}

/// What a file is to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A picture.
    Photograph,
    /// Sound.
    Recording,
    /// Something to read.
    Document,
}

/// One kind of file that is taken.
#[derive(Debug)]
pub struct Media {
    /// Its media type (RFC 6838).
    pub media_type: &'static str,
    /// What it is to its reader.
    pub sort: Sort,
    signature: fn(&[u8]) -> bool,
}

/// All kinds that are taken.
pub const MEDIA: &[Media] = &[
    media("image/jpeg", Sort::Photograph, |b| b.starts_with(b"\xff\xd8\xff")),
    media("image/png", Sort::Photograph, |b| {
        b.starts_with(b"\x89PNG\r\n\x1a\n")
    }),
    media("image/webp", Sort::Photograph, |b| riff(b, b"WEBP")),
    media("image/heic", Sort::Photograph, |b| {
        brand(b, &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"])
    }),
    media("image/heif", Sort::Photograph, |b| {
        brand(b, &[b"mif1", b"msf1", b"heif"])
    }),
    media("application/pdf", Sort::Document, |b| b.starts_with(b"%PDF-")),
    media("audio/mp4", Sort::Recording, |b| {
        brand(
            b,
            &[b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"dash"],
        )
    }),
    media("audio/mpeg", Sort::Recording, |b| {
        b.starts_with(b"ID3") || mpeg(b)
    }),
    media("audio/ogg", Sort::Recording, |b| b.starts_with(b"OggS")),
    media("audio/wav", Sort::Recording, |b| riff(b, b"WAVE")),
    media(TEXT, Sort::Document, |_| false),
];

const TEXT: &str = "text/plain";

const fn media(media_type: &'static str, sort: Sort, signature: fn(&[u8]) -> bool) -> Media {
    Media {
        media_type,
        sort,
        signature,
    }
}

/// The kind of this media type, where it is taken.
#[must_use]
pub fn known(media_type: &str) -> Option<&'static Media> {
    MEDIA.iter().find(|media| media.media_type == media_type)
}

/// Tells from its bytes what a whole file is; none where it is nothing that is taken. A film is not taken, though it
/// begins like a recording.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static Media> {
    let found = MEDIA.iter().find(|media| (media.signature)(bytes));
    match found {
        Some(media) if media.media_type == "audio/mp4" && shows_pictures(bytes) => None,
        Some(media) => Some(media),
        None => {
            let mut look = Look::default();
            look.feed(bytes);
            known(TEXT).filter(|media| look.is(media))
        }
    }
}

/// Looks at a file that comes in pieces, to tell at its end whether it is what it was said to be.
#[derive(Default)]
pub struct Look {
    head: Vec<u8>,
    /// A character that the last piece cut in two.
    cut: Vec<u8>,
    no_text: bool,
}

impl Look {
    /// The next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(wanted));
        if self.no_text {
            return;
        }
        let joined;
        let piece = if self.cut.is_empty() {
            piece
        } else {
            joined = [&self.cut[..], piece].concat();
            &joined[..]
        };
        let (text, rest) = match std::str::from_utf8(piece) {
            Ok(text) => (text, &[][..]),
            Err(error) => {
                let (good, rest) = piece.split_at(error.valid_up_to());
                // Only an end that is cut off may still become a character.
                self.no_text |= error.error_len().is_some();
                (std::str::from_utf8(good).unwrap_or_default(), rest)
            }
        };
        self.no_text |= text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'));
        self.cut = rest.to_vec();
    }

    /// Whether all that was fed is of this kind.
    #[must_use]
    pub fn is(&self, media: &Media) -> bool {
        if media.media_type == TEXT {
            let other = MEDIA.iter().any(|media| (media.signature)(&self.head));
            return !self.no_text && self.cut.is_empty() && !self.head.is_empty() && !other;
        }
        (media.signature)(&self.head)
    }
}

/// RIFF with a form type.
fn riff(bytes: &[u8], form: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(form)
}

/// The file type box of ISO 14496-12, with one of these major brands.
fn brand(bytes: &[u8], brands: &[&[u8; 4]]) -> bool {
    let major = bytes.get(8..12).filter(|_| bytes.get(4..8) == Some(b"ftyp"));
    major.is_some_and(|major| brands.iter().any(|brand| major == *brand))
}

/// A frame of MPEG audio, layer III (ISO 11172-3): eleven set bits, a version, the layer.
fn mpeg(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, third, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 && third & 0xf0 != 0xf0)
}

/// Whether a handler box of ISO 14496-12 says `vide`.
fn shows_pictures(bytes: &[u8]) -> bool {
    bytes
        .windows(16)
        .any(|box_| box_.starts_with(b"hdlr") && box_.ends_with(b"vide"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(brand: &[u8]) -> Vec<u8> {
        [b"\x00\x00\x00\x18ftyp", brand, b"\x00\x00\x00\x00mif1heic"].concat()
    }

    /// A first line of each kind, as real files begin.
    fn samples() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".to_vec()),
            ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec()),
            ("image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 ".to_vec()),
            ("image/heic", boxed(b"heic")),
            ("image/heif", boxed(b"mif1")),
            ("application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec()),
            ("audio/mp4", boxed(b"M4A ")),
            ("audio/mp4", boxed(b"isom")),
            ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00".to_vec()),
            ("audio/mpeg", b"\xff\xfb\x90\x64\x00".to_vec()),
            ("audio/ogg", b"OggS\x00\x02".to_vec()),
            ("audio/wav", b"RIFF\x24\x00\x00\x00WAVEfmt ".to_vec()),
            ("text/plain", "Cat fed.\r\n\tFrame in the hall – ẹ́ 🙂\n".into()),
        ]
    }

    #[test]
    fn each_kind_is_known_by_its_own_bytes_and_by_no_others() {
        for (declared, bytes) in samples() {
            assert_eq!(sniff(&bytes).map(|m| m.media_type), Some(declared));
            for media in MEDIA {
                let mut look = Look::default();
                look.feed(&bytes);
                assert_eq!(
                    look.is(media),
                    media.media_type == declared,
                    "{declared} as {}",
                    media.media_type
                );
            }
        }
        let all: std::collections::BTreeSet<_> = samples().into_iter().map(|(name, _)| name).collect();
        assert_eq!(all.len(), MEDIA.len(), "there is a sample of every kind");
    }

    #[test]
    fn what_is_on_no_list_is_not_taken() {
        let lines: [(&str, &[u8]); 12] = [
            ("nothing", b""),
            ("a program", b"MZ\x90\x00\x03"),
            ("another", b"\x7fELF\x02\x01"),
            ("an archive", b"PK\x03\x04\x14\x00"),
            ("a film", b"\x00\x00\x00\x18ftypqt  \x00\x00\x00\x00"),
            (
                "a film like a recording",
                b"\x00\x00\x00\x18ftypisom....moov....hdlr\0\0\0\0\0\0\0\0vide",
            ),
            ("AAC without a box", b"\xff\xf1\x50\x80"),
            ("the end of a picture", b"\xd8\xff\xe0"),
            ("half a box", b"\x00\x00\x00\x18ftyphe"),
            ("text with a zero", b"Cat fed.\x00"),
            ("text in another encoding", b"Caf\xe9 noir"),
            ("text that is cut off", b"Caf\xc3"),
        ];
        for (what, bytes) in lines {
            assert_eq!(sniff(bytes).map(|m| m.media_type), None, "{what}");
        }
        for unknown in [
            "",
            "image/svg+xml",
            "text/html",
            "video/mp4",
            "image/JPEG",
            "image/jpeg ",
        ] {
            assert!(known(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn a_file_in_pieces_is_what_it_is_in_one() {
        for (declared, bytes) in samples() {
            for size in 1..bytes.len() {
                let mut look = Look::default();
                bytes.chunks(size).for_each(|piece| look.feed(piece));
                for media in MEDIA {
                    assert_eq!(
                        look.is(media),
                        media.media_type == declared,
                        "{declared} by {size}"
                    );
                }
            }
        }
        let mut look = Look::default();
        look.feed(&b"a".repeat(70_000));
        look.feed(b"\x1b");
        assert!(
            !known("text/plain").is_some_and(|text| look.is(text)),
            "a control far behind"
        );
    }

    #[test]
    fn a_name_is_read_as_it_is_written_and_in_no_other_way() {
        let id = AttachmentId::of(b"");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse(), Ok(id));
        for bad in [
            "",
            "e3",
            &text.to_uppercase(),
            &text[1..],
            &format!("{text}00"),
            &text.replace('e', "g"),
        ] {
            assert_eq!(bad.parse::<AttachmentId>(), Err(BadHash), "{bad}");
        }
    }
}
