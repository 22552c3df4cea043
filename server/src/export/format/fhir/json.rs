//! JSON as FHIR wants it, written straight into the page. FHIR knows no empty text, object or list, so what turns out
//! empty is taken back; and a character that its texts may not hold becomes U+FFFD. Nothing here knows what a note is.

use std::borrow::Cow;

/// An object that is being written.
pub(super) struct Object<'out> {
    out: &'out mut Vec<u8>,
    begun: bool,
}

/// A list that is being written.
pub(super) struct List<'out> {
    out: &'out mut Vec<u8>,
    begun: bool,
}

/// Writes an object; whether anything is in it.
pub(super) fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) -> bool {
    out.push(b'{');
    let mut object = Object { out, begun: false };
    fill(&mut object);
    let begun = object.begun;
    out.push(b'}');
    begun
}

impl Object<'_> {
    /// Writes a member, unless its value turns out empty.
    fn member(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        let before = self.out.len();
        if self.begun {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend(name.as_bytes());
        self.out.extend(b"\":");
        if write(self.out) {
            self.begun = true;
        } else {
            self.out.truncate(before);
        }
    }

    /// A text; none where there is nothing to see.
    pub(super) fn text<'text>(&mut self, name: &str, text: impl Into<Option<&'text str>>) {
        let text = text.into().unwrap_or_default();
        self.member(name, |out| string(out, text));
    }

    /// A code; none where it is not of the form that FHIR's codes have.
    pub(super) fn code<'text>(&mut self, name: &str, code: impl Into<Option<&'text str>>) {
        let code = code.into().filter(|code| is_code(code));
        self.text(name, code);
    }

    pub(super) fn number(&mut self, name: &str, number: u64) {
        self.member(name, |out| {
            out.extend(number.to_string().as_bytes());
            true
        });
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) {
        self.member(name, |out| {
            out.extend(if flag { "true" } else { "false" }.as_bytes());
            true
        });
    }

    pub(super) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.member(name, |out| object(out, fill));
    }

    pub(super) fn list(&mut self, name: &str, fill: impl FnOnce(&mut List<'_>)) {
        self.member(name, |out| {
            out.push(b'[');
            let mut list = List { out, begun: false };
            fill(&mut list);
            let begun = list.begun;
            out.push(b']');
            begun
        });
    }
}

impl List<'_> {
    /// An object in the list, unless it turns out empty.
    pub(super) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        if self.begun {
            self.out.push(b',');
        }
        if object(self.out, fill) {
            self.begun = true;
        } else {
            self.out.truncate(before);
        }
    }
}

fn string(out: &mut Vec<u8>, text: &str) -> bool {
    if is_blank(text) {
        return false;
    }
    // Writing into memory cannot fail.
    let _ = serde_json::to_writer(out, &clean(text));
    true
}

/// Whether there is nothing to see: FHIR has no empty texts. U+FEFF counts as a blank for some of its readers.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == '\u{feff}')
}

/// A character that neither FHIR's texts nor XML may hold.
pub(super) fn is_forbidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        c => c.is_control(),
    }
}

fn clean(text: &str) -> Cow<'_, str> {
    if text.contains(is_forbidden) {
        text.replace(is_forbidden, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// Words of visible characters with one blank between them.
fn is_code(text: &str) -> bool {
    text.split(' ').all(|word| {
        !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || is_forbidden(c) || c == '\u{feff}')
    })
}
