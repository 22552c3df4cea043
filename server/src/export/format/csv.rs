//! The feed as CSV: one row a version, RFC 4180, UTF-8. docs/http.md has the columns, and the ways back.
//!
//! Two things must survive a spreadsheet. A cell that begins like a formula gets a single quote in front
//! (OWASP ASVS 5.0, 1.2.10), and so does one that begins with a quote, so that taking one off is always
//! right. And a marked passage stays marked where it stands: `{third_party}…{/third_party}`, with `{{` for
//! a brace that somebody wrote.

use std::borrow::Cow;

use serde::Serialize;

use super::event::Passage;
use super::{Event, Mapping, prose};
use crate::store::StoreError;

/// The columns, in their order.
pub(super) const COLUMNS: [&str; 37] = [
    "event_id",
    "type",
    "note_id",
    "version",
    "supersedes",
    "sha256",
    "cursor",
    "person_id",
    "case_id",
    "person_name",
    "kind",
    "kind_code",
    "title",
    "started_at",
    "ended_at",
    "finished_at",
    "received_at",
    "author",
    "authors",
    "note_text",
    "body",
    "what_matters",
    "strengths",
    "persons_words",
    "analysis",
    "person_view",
    "present",
    "outcomes",
    "actions",
    "unmet_needs",
    "feedback",
    "concerns",
    "review",
    "attachments",
    "addenda",
    "change_summary",
    "reason",
];

/// The first line.
pub(super) fn header() -> Vec<u8> {
    let mut line = COLUMNS.join(",").into_bytes();
    line.extend(b"\r\n");
    line
}

/// Appends the row of an event.
pub(super) fn row(event: &Event, mapping: &Mapping, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let mut row = Row { out, first: true };
    envelope(&mut row, event);
    contact(&mut row, event, mapping);
    row.cell(&prose::prose(event, mapping));
    for (field, text) in event.texts() {
        row.cell(&marked(text, field, &event.private));
    }
    row.json(&event.present)?;
    row.json(&event.outcomes)?;
    row.json(&event.actions)?;
    row.json(&event.unmet_needs)?;
    row.json_if(event.feedback.as_ref())?;
    row.json(&event.concerns)?;
    row.json_if(event.review.as_ref())?;
    row.json(&event.attachments)?;
    row.json(&event.addenda)?;
    row.cell(event.change_summary.as_deref().unwrap_or_default());
    row.cell(event.reason.as_deref().unwrap_or_default());
    out.extend(b"\r\n");
    Ok(())
}

fn envelope(row: &mut Row<'_>, event: &Event) {
    row.cell(&event.event_id);
    row.cell(&event.event_type);
    row.cell(&event.note_id);
    row.cell(&event.version.to_string());
    row.cell(event.supersedes.as_deref().unwrap_or_default());
    row.cell(&event.sha256);
    row.cell(&event.cursor);
    let person = event.person.as_ref();
    row.cell(person.map_or("", |person| &person.id));
    row.cell(person.map_or("", |person| &person.case_id));
    row.cell(person.map_or("", |person| &person.name));
}

fn contact(row: &mut Row<'_>, event: &Event, mapping: &Mapping) {
    let kind = event.kind.as_deref().unwrap_or_default();
    row.cell(kind);
    row.cell(mapping.kind(kind));
    row.cell(&event.title_in(mapping));
    for at in [
        &event.started_at,
        &event.ended_at,
        &event.finished_at,
        &event.received_at,
    ] {
        row.cell(at.as_deref().unwrap_or_default());
    }
    let first = event.authors.first();
    row.cell(first.map_or("", |author| mapping.worker(&author.worker_id)));
    let all = event.authors.iter().map(|author| {
        let id = mapping.worker(&author.worker_id);
        author
            .name
            .as_ref()
            .map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
    });
    row.cell(&all.collect::<Vec<_>>().join("; "));
}

/// Appends a line of cells, each made safe for spreadsheets: for other tables than the feed's.
pub(crate) fn plain_line<S: AsRef<str>>(cells: &[S], out: &mut Vec<u8>) {
    let mut row = Row { out, first: true };
    for cell in cells {
        row.cell(cell.as_ref());
    }
    out.extend(b"\r\n");
}

struct Row<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl Row<'_> {
    /// Appends a cell: made safe for spreadsheets, then quoted as RFC 4180 wants it.
    fn cell(&mut self, text: &str) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        let text = harmless(text);
        if !text.contains([',', '"', '\r', '\n']) {
            self.out.extend(text.as_bytes());
            return;
        }
        self.out.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
    }

    /// A list as JSON; an empty one is an empty cell.
    fn json<T: Serialize>(&mut self, list: &[T]) -> Result<(), StoreError> {
        self.json_if((!list.is_empty()).then_some(list))
    }

    fn json_if<T: Serialize + ?Sized>(&mut self, value: Option<&T>) -> Result<(), StoreError> {
        let text = value.map(serde_json::to_string).transpose();
        let text = text.map_err(|_| StoreError::Inconsistent("an event cannot be written as CSV"))?;
        self.cell(&text.unwrap_or_default());
        Ok(())
    }
}

/// Characters with which spreadsheets begin a formula, or drop the next one: those of OWASP, full-width forms among
/// them, and the quote itself.
fn is_active(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '\'' | '＝' | '＋' | '－' | '＠'
    )
}

/// A single quote in front of a text that a spreadsheet might run.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(is_active) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// A text with its marks where they stand. Where two end or begin at one place, ends come first.
pub(super) fn marked<'a>(text: &'a str, field: &str, private: &[Passage]) -> Cow<'a, str> {
    let here: Vec<&Passage> = private.iter().filter(|p| p.field == field).collect();
    if here.is_empty() && !text.contains('{') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 32 * here.len());
    let place = |at: usize, out: &mut String| {
        for passage in here.iter().filter(|p| p.end == at) {
            out.extend(["{/", &passage.kind, "}"]);
        }
        for passage in here.iter().filter(|p| p.start == at) {
            out.extend(["{", &passage.kind, "}"]);
        }
    };
    let mut length = 0;
    for (at, c) in text.chars().enumerate() {
        place(at, &mut out);
        out.push(c);
        if c == '{' {
            out.push(c);
        }
        length = at + 1;
    }
    place(length, &mut out);
    out.into()
}
