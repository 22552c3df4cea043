//! The mapping: what a council's case system calls things. It is read once, at the start, and checked
//! whole: a server with a mapping that it does not understand does not serve. It concerns CSV and FHIR
//! only; NDJSON is never altered.

use std::collections::BTreeMap;

use notes::note::fields::KINDS;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// Largest mapping file.
const MAX_BYTES: usize = 1024 * 1024;
/// Longest code or id, in characters.
const MAX_CODE_CHARS: usize = 200;
/// Longest title, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A council's own codes; all of it may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    kinds: BTreeMap<String, KindOfNote>,
    /// The case system's id of a worker, by the id that people and workers were imported with.
    workers: BTreeMap<String, String>,
    fhir: Systems,
    #[serde(skip)]
    hash: Option<String>,
}

/// What a kind of visit or conversation is in the case system.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct KindOfNote {
    /// The code of the note type.
    code: Option<String>,
    /// The title, with `{kind}` and `{date}` where they shall stand.
    title: Option<String>,
}

/// The naming systems of FHIR identifiers and codes: absolute URIs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "the names are those of the file")]
pub struct Systems {
    /// Of case ids.
    pub case_id_system: String,
    /// Of worker ids.
    pub worker_id_system: String,
    /// Of the codes of note types.
    pub kind_system: String,
}

impl Default for Systems {
    fn default() -> Self {
        Self {
            case_id_system: "urn:doorstep:case-id".to_owned(),
            worker_id_system: "urn:doorstep:worker-id".to_owned(),
            kind_system: "urn:doorstep:kind".to_owned(),
        }
    }
}

/// A mapping that cannot be used. Each has a code, in brackets.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words} (mapping_invalid)")]
pub struct MappingError {
    words: String,
}

fn refuse<T>(words: impl Into<String>) -> Result<T, MappingError> {
    Err(MappingError { words: words.into() })
}

impl Mapping {
    /// Reads a mapping (TOML 1.0) and checks all of it.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(text: &str) -> Result<Self, MappingError> {
        if text.len() > MAX_BYTES {
            return refuse("the file is larger than 1 MiB");
        }
        let mut mapping: Self = match toml::from_str(text) {
            Ok(mapping) => mapping,
            Err(error) => return refuse(error.to_string().trim_end()),
        };
        mapping.check()?;
        mapping.hash = Some(hex(&Sha256::digest(text)));
        Ok(mapping)
    }

    /// SHA-256 of the file, hexadecimal; none where there is no mapping.
    #[must_use]
    pub fn hash(&self) -> Option<&str> {
        self.hash.as_deref()
    }

    /// The case system's code for a kind; the kind itself where none is given.
    #[must_use]
    pub fn kind<'a>(&'a self, kind: &'a str) -> &'a str {
        let known = self.kinds.get(kind);
        known.and_then(|known| known.code.as_deref()).unwrap_or(kind)
    }

    /// The case system's id of a worker; ours where none is given.
    #[must_use]
    pub fn worker<'a>(&'a self, id: &'a str) -> &'a str {
        self.workers.get(id).map_or(id, String::as_str)
    }

    /// A title in the council's own words: `{kind}` and `{date}` are filled in. The feed's own title where none is
    /// given, or where the note has no date and the title wants one.
    #[must_use]
    pub fn title(&self, kind: &str, date: Option<&str>, own: &str) -> String {
        let known = self.kinds.get(kind).and_then(|known| known.title.as_deref());
        match (known, date) {
            (Some(title), Some(date)) => filled(title, super::super::words::kind(kind), date),
            (Some(title), None) if !title.contains("{date}") => {
                filled(title, super::super::words::kind(kind), "")
            }
            _ => own.to_owned(),
        }
    }

    /// The naming systems for FHIR.
    #[must_use]
    pub const fn systems(&self) -> &Systems {
        &self.fhir
    }

    fn check(&self) -> Result<(), MappingError> {
        for (kind, to) in &self.kinds {
            if !KINDS.contains(&kind.as_str()) {
                let known = KINDS.join(", ");
                return refuse(format!("kinds.{kind}: there is no such kind; there are {known}"));
            }
            if let Some(code) = &to.code {
                code_like(&format!("kinds.{kind}.code"), code)?;
            }
            if let Some(title) = &to.title {
                title_like(&format!("kinds.{kind}.title"), title)?;
            }
        }
        for (worker, id) in &self.workers {
            code_like(&format!("workers.{worker}"), id)?;
        }
        let systems = &self.fhir;
        for (name, uri) in [
            ("case_id_system", &systems.case_id_system),
            ("worker_id_system", &systems.worker_id_system),
            ("kind_system", &systems.kind_system),
        ] {
            if !is_absolute_uri(uri) {
                return refuse(format!(
                    "fhir.{name}: an absolute URI, like https://casework.example/ids, is needed"
                ));
            }
        }
        Ok(())
    }
}

fn filled(title: &str, kind: &str, date: &str) -> String {
    title.replace("{kind}", kind).replace("{date}", date)
}

/// A code is a short line of visible text: it goes into cells, file names and tokens of others.
fn code_like(place: &str, code: &str) -> Result<(), MappingError> {
    if code.trim() != code || code.is_empty() {
        return refuse(format!("{place}: is empty, or has blanks around it"));
    }
    // FHIR's codes are words with one blank between them.
    if code.contains("  ") || code.contains(|c: char| c.is_whitespace() && c != ' ') {
        return refuse(format!("{place}: has other blanks than single ones"));
    }
    if code.chars().count() > MAX_CODE_CHARS || code.chars().any(char::is_control) {
        return refuse(format!(
            "{place}: one line of at most {MAX_CODE_CHARS} characters"
        ));
    }
    Ok(())
}

fn title_like(place: &str, title: &str) -> Result<(), MappingError> {
    if title.trim().is_empty()
        || title.chars().count() > MAX_TITLE_CHARS
        || title.chars().any(char::is_control)
    {
        return refuse(format!("{place}: one line of 1 to {MAX_TITLE_CHARS} characters"));
    }
    let rest = title.replace("{kind}", "").replace("{date}", "");
    if rest.contains(['{', '}']) {
        return refuse(format!("{place}: only {{kind}} and {{date}} are filled in"));
    }
    Ok(())
}

/// A scheme (RFC 3986 section 3.1), a colon, and something without blanks behind it.
fn is_absolute_uri(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else {
        return false;
    };
    let mut letters = scheme.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && rest
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&b))
}
