//! What people read: XHTML of a few elements that FHIR allows (`div`, `p`, `br`, `ul`, `li`, `span`). Nothing that
//! somebody wrote becomes markup, and nothing in it turns the reading direction beyond its own line. A mark is seen
//! (`[third party: …]`) and can be found (the `class` of its `span`).

use super::json::{Object, is_forbidden};
use crate::export::format::event::Passage;
use crate::export::words;

/// A narrative that is being written.
pub(super) struct Narrative(String);

impl Narrative {
    pub(super) fn new() -> Self {
        Self("<div xmlns=\"http://www.w3.org/1999/xhtml\">".to_owned())
    }

    /// A paragraph with the passages that are marked in it.
    pub(super) fn paragraph(&mut self, text: &str, marked: &[&Passage]) {
        self.0.push_str("<p>");
        passages(&mut self.0, text, marked);
        self.0.push_str("</p>");
    }

    /// A list of lines, each with the mark that it has as a whole.
    pub(super) fn lines<'line>(&mut self, lines: impl Iterator<Item = (&'line str, Option<&'line str>)>) {
        self.0.push_str("<ul>");
        for (text, mark) in lines {
            self.0.push_str("<li>");
            let mut line = Line::new(&mut self.0);
            if let Some(mark) = mark {
                line.open(&[mark]);
            }
            line.write(text);
            line.close();
            self.0.push_str("</li>");
        }
        self.0.push_str("</ul>");
    }

    /// Puts it into its resource or section. `status` says whether other members say the same.
    pub(super) fn put(mut self, to: &mut Object<'_>, status: &str) {
        self.0.push_str("</div>");
        to.object("text", |text| {
            text.code("status", status);
            text.text("div", self.0.as_str());
        });
    }
}

/// A text with its marked passages, which may overlap. A place where one begins or ends is looked at once, so many of
/// them cost little.
fn passages(out: &mut String, text: &str, marked: &[&Passage]) {
    let mut line = Line::new(out);
    let mut edges: Vec<(usize, bool, &str)> = Vec::with_capacity(2 * marked.len());
    for passage in marked.iter().filter(|passage| passage.start < passage.end) {
        edges.push((passage.start, true, &passage.kind));
        edges.push((passage.end, false, &passage.kind));
    }
    edges.sort_unstable();
    let mut edges = edges.into_iter().peekable();
    let mut active: Vec<&str> = Vec::new();
    for (at, c) in text.chars().enumerate() {
        if edges.peek().is_some_and(|edge| edge.0 <= at) {
            line.close();
            while let Some((_, begins, kind)) = edges.next_if(|edge| edge.0 <= at) {
                if begins {
                    active.push(kind);
                } else if let Some(found) = active.iter().position(|open| *open == kind) {
                    active.remove(found);
                }
            }
            let mut kinds = active.clone();
            kinds.sort_unstable();
            kinds.dedup();
            line.open(&kinds);
        }
        line.push(c);
    }
    line.close();
}

/// A run of somebody's text. What it begins that turns the reading direction ends with its line and with each part, so
/// that our own words around it read as they stand.
struct Line<'out> {
    out: &'out mut String,
    marked: bool,
    /// Characters that turn the direction and have not been ended.
    turned: Vec<char>,
    after_return: bool,
}

impl<'out> Line<'out> {
    const fn new(out: &'out mut String) -> Self {
        Self {
            out,
            marked: false,
            turned: Vec::new(),
            after_return: false,
        }
    }

    /// Begins a part with these marks, or with none.
    fn open(&mut self, kinds: &[&str]) {
        if !kinds.is_empty() {
            self.marked = true;
            self.out.push_str("<span class=\"");
            escaped(self.out, &kinds.join(" "));
            self.out.push_str("\">[");
            let names: Vec<&str> = kinds.iter().map(|kind| words::mark(kind)).collect();
            escaped(self.out, &names.join(", "));
            self.out.push_str(": ");
        }
        self.out.extend(&self.turned);
    }

    /// Ends a part.
    fn close(&mut self) {
        self.out.extend(self.turned.iter().rev().map(|c| end_of(*c)));
        if self.marked {
            self.out.push_str("]</span>");
            self.marked = false;
        }
    }

    fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        let of_the_return = c == '\n' && self.after_return;
        self.after_return = c == '\r';
        match c {
            '\n' if of_the_return => {}
            '\r' | '\n' => {
                self.out.extend(self.turned.drain(..).rev().map(end_of));
                self.out.push_str("<br/>");
            }
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' | '\u{2066}'..='\u{2068}' => {
                self.turned.push(c);
                self.out.push(c);
            }
            END_OF_EMBEDDING | END_OF_ISOLATE => {
                self.turn_back(c);
                self.out.push(c);
            }
            c => escape(self.out, c),
        }
    }

    /// An embedding is ended only where it is the innermost; an isolate ends all that began within it.
    fn turn_back(&mut self, end: char) {
        let begun = self.turned.iter().rposition(|c| end_of(*c) == end);
        match begun {
            Some(at) if end == END_OF_ISOLATE || at + 1 == self.turned.len() => self.turned.truncate(at),
            _ => {}
        }
    }
}

const END_OF_EMBEDDING: char = '\u{202c}';
const END_OF_ISOLATE: char = '\u{2069}';

/// What ends a character that turns the direction.
const fn end_of(c: char) -> char {
    match c {
        '\u{2066}'..='\u{2068}' => END_OF_ISOLATE,
        _ => END_OF_EMBEDDING,
    }
}

fn escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        escape(out, c);
    }
}

fn escape(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        c if is_forbidden(c) => out.push('\u{fffd}'),
        c => out.push(c),
    }
}
