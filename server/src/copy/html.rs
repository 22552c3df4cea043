//! Writing HTML so that stored text cannot become anything but text: markup is only taken from the source code
//! itself, everything else is escaped, and signs that nobody sees are made visible.

use std::fmt::Write as _;

use super::sieve::{Piece, Said};

/// A page under construction.
pub(super) struct Html(String);

impl Html {
    /// Begins a page. The title is stored text.
    pub(super) fn begin(title: &str) -> Self {
        let mut html = Self(String::new());
        html.raw("<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n");
        // Even if something slipped through: no script runs and nothing is fetched.
        html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
        html.text(title);
        html.raw("</title>\n<style>\n");
        html.raw(include_str!("style.css"));
        html.raw("</style>\n</head>\n<body>\n");
        html
    }

    pub(super) fn end(mut self) -> String {
        self.raw("</body>\n</html>\n");
        self.0
    }

    /// Markup. It can only come from the source code.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    pub(super) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Text, escaped.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let mut before = None;
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                c if is_hidden(c, before) => {
                    // Writing into memory cannot fail.
                    let _ = write!(self.0, "[U+{:04X}]", u32::from(c));
                }
                c => self.0.push(c),
            }
            before = Some(c);
        }
        self
    }

    /// A heading, with what stands in it escaped.
    pub(super) fn element(&mut self, begin: &'static str, text: &str, end: &'static str) -> &mut Self {
        self.raw(begin).text(text).raw(end)
    }

    /// Stored words in a line.
    pub(super) fn words(&mut self, text: &str) -> &mut Self {
        self.element("<bdi>", text, "</bdi>")
    }

    /// A text with its gaps. Each gap is marked up, so that nobody can write one.
    pub(super) fn said(&mut self, said: &Said) -> &mut Self {
        for piece in said.pieces() {
            match piece {
                Piece::Words(words) => self.text(words),
                Piece::LeftOut(why) => self.gap(why.instead()),
            };
        }
        self
    }

    /// What stands where something was left out.
    pub(super) fn gap(&mut self, instead: &'static str) -> &mut Self {
        self.raw("<strong class=\"gap\" dir=\"ltr\">")
            .raw(instead)
            .raw("</strong>")
    }

    /// A text as it was written, with its lines.
    pub(super) fn passage(&mut self, said: &Said) -> &mut Self {
        self.raw("<p class=\"said\" dir=\"auto\">")
            .said(said)
            .raw("</p>\n")
    }
}

/// The flag of Wales, and others like it, is written with signs that are hidden anywhere else.
const FLAG: char = '\u{1f3f4}';

/// Signs that change what one sees without being seen: control characters, those that turn the direction of what
/// follows, and those of no width. The joiners stay, for emoji and several scripts are written with them, and so
/// do the two direction marks, which turn nothing but themselves.
fn is_hidden(c: char, before: Option<char>) -> bool {
    match c {
        '\n' | '\t' | '\r' => false,
        '\u{e0020}'..='\u{e007f}' => !before.is_some_and(|before| before == FLAG || is_tag(before)),
        c => c.is_control() || is_turning(c) || is_widthless(c),
    }
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

const fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_widthless(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e001f}'
    )
}

/// JSON in which such signs are written as their numbers. In JSON they can only stand inside a text.
pub(super) fn visible_json(json: &str) -> String {
    let mut visible = String::with_capacity(json.len());
    for c in json.chars() {
        if is_turning(c) || is_widthless(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into memory cannot fail.
                let _ = write!(visible, "\\u{unit:04x}");
            }
        } else {
            visible.push(c);
        }
    }
    visible.push('\n');
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut html = Html(String::new());
        html.text(text);
        html.0
    }

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(
            escaped("</p><script>alert(\"1\" & '2')</script>"),
            "&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"
        );
    }

    #[test]
    fn what_hides_is_shown_and_what_people_write_stays() {
        assert_eq!(
            escaped("a\u{202e}b\u{200b}c\u{0}d\u{feff}"),
            "a[U+202E]b[U+200B]c[U+0000]d[U+FEFF]"
        );
        for stays in [
            "Llŷr\n\tفاطمة",
            "👩‍👧",
            "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
            "می‌خواهم",
            "a\u{200e}b",
        ] {
            assert_eq!(escaped(stays), stays);
        }
        assert_eq!(escaped("a\u{e0067}"), "a[U+E0067]");
    }

    #[test]
    fn json_says_the_same_with_numbers_for_what_hides() {
        let text = "a\u{202e}b\u{e0001}ل";
        let json = visible_json(&serde_json::to_string(text).unwrap());
        assert_eq!(json, "\"a\\u202eb\\udb40\\udc01ل\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
