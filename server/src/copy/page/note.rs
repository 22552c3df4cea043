//! One note on the person's page: when and with whom, what was written under its headings, what was added since,
//! and whether the case system has it.

use super::who;
use crate::copy::html::Html;
use crate::copy::shape::{Body, Cell, Note, Part, Row, Slots};
use crate::copy::words;

/// What an entry says in the first place, by its list.
const MAIN: [&str; 8] = [
    "name", "text", "what", "need", "caption", "worker", "field", "words",
];

/// Writes a note.
pub(super) fn whole(html: &mut Html, note: &Note, number: usize) {
    html.raw("<article id=\"note-").number(number).raw("\">\n<h3>");
    html.number(number).raw(". ").words(&note.title);
    if note.finished.is_none() {
        html.raw(" (not finished)");
    }
    html.raw("</h3>\n");
    facts(html, note);
    parts(html, &note.parts, false);
    versions(html, note);
    html.raw("</article>\n");
}

fn facts(html: &mut Html, note: &Note) {
    html.raw("<dl class=\"facts\">\n");
    let times = [
        ("<div><dt>Began</dt><dd>", note.started_at),
        ("<div><dt>Ended</dt><dd>", note.ended_at),
        (
            "<div><dt>Note finished</dt><dd>",
            note.finished.as_ref().map(|(at, _)| *at),
        ),
        ("<div><dt>Reached the council</dt><dd>", note.received_at),
    ];
    for (begin, at) in times {
        if let Some(at) = at {
            html.element(begin, &words::moment(at), "</dd></div>\n");
        }
    }
    html.raw("<div><dt>Written by, or there for us</dt><dd>");
    for (index, author) in note.authors.iter().enumerate() {
        html.raw(if index > 0 { "<br>" } else { "" });
        who(html, author);
    }
    html.raw("</dd></div>\n");
    if let Some((_, by)) = &note.finished
        && note.authors.len() > 1
    {
        html.raw("<div><dt>Finished by</dt><dd>");
        who(html, by);
        html.raw("</dd></div>\n");
    }
    html.raw("</dl>\n");
}

impl Part {
    /// Whether there is nothing to show.
    pub(in crate::copy) fn is_blank(&self) -> bool {
        match &self.body {
            Body::Text(said) => said.is_blank(),
            Body::Value(_) => false,
            Body::Record(slots) => slots.is_empty(),
            Body::Rows(rows) => rows.is_empty(),
        }
    }
}

/// The fields that say something, each under its heading: one size larger where they stand right in a section.
pub(super) fn parts(html: &mut Html, parts: &[Part], large: bool) {
    let (begin, end) = if large {
        ("<h3>", "</h3>\n")
    } else {
        ("<h4>", "</h4>\n")
    };
    // Who was there for us stands among the facts.
    for part in parts
        .iter()
        .filter(|part| !part.is_blank() && part.name != "workers")
    {
        html.element(begin, words::heading(part.name), end);
        match &part.body {
            Body::Text(said) => {
                html.passage(said);
            }
            Body::Value(value) => {
                html.raw("<p dir=\"auto\">");
                cell(html, part.name, value);
                html.raw("</p>\n");
            }
            Body::Record(slots) => record(html, slots),
            Body::Rows(rows) => {
                html.raw("<ul>\n");
                for one in rows {
                    row(html, one, part.name);
                }
                html.raw("</ul>\n");
            }
        }
    }
}

fn record(html: &mut Html, slots: &Slots) {
    html.raw("<dl>\n");
    for (name, value) in slots {
        html.element("<div><dt>", words::label(name), "</dt><dd>");
        cell(html, name, value);
        html.raw("</dd></div>\n");
    }
    html.raw("</dl>\n");
}

fn row(html: &mut Html, row: &Row, list: &str) {
    html.raw("<li>");
    match row {
        Row::LeftOut(why) => {
            html.gap(why.instead());
        }
        Row::Slots(slots) => {
            let main = slots.iter().find(|(name, _)| MAIN.contains(name));
            if let Some((name, value)) = main {
                html.raw("<div class=\"said\" dir=\"auto\">");
                cell(html, name, value);
                html.raw("</div>");
            }
            let told = |name: &str| main.is_none_or(|(main, _)| *main != name) && !is_machinery(list, name);
            for (name, value) in slots.iter().filter(|(name, _)| told(name)) {
                html.raw("<p class=\"more\" dir=\"auto\">")
                    .text(words::label(name))
                    .raw(": ");
                cell(html, name, value);
                html.raw("</p>");
            }
        }
    }
    html.raw("</li>\n");
}

/// For programs; on the page it would only be in the way.
fn is_machinery(list: &str, name: &str) -> bool {
    list == "attachments" && name == "sha256"
}

fn cell(html: &mut Html, name: &str, cell: &Cell) {
    match cell {
        Cell::Said(said) if name == "media_type" => html.text(words::sort(&said.to_string()).0),
        Cell::Said(said) => html.raw("<bdi>").said(said).raw("</bdi>"),
        Cell::Code(code) if name == "kind" && !matches!(words::kind(code), "Note") => {
            html.raw(words::kind(code))
        }
        Cell::Code(code) => html.text(&words::value(code)),
        Cell::Day(date) => html.text(&words::date(date)),
        Cell::Time(at) => html.text(&words::moment(*at)),
        Cell::Flag(true) if name == "available" => html.raw("yes"),
        Cell::Flag(false) if name == "available" => html.raw("no, it has not come yet"),
        Cell::Flag(flag) => html.raw(if *flag { "yes" } else { "no" }),
        Cell::Count(bytes) if name == "bytes" => html.text(&size(*bytes)),
        Cell::Count(count) => html.text(&count.to_string()),
        Cell::Who(by) => {
            who(html, by);
            html
        }
    };
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

fn versions(html: &mut Html, note: &Note) {
    if !note.versions.is_empty() {
        html.raw("<h4>What became of this note</h4>\n<ol>\n");
    }
    for version in &note.versions {
        html.raw("<li>")
            .text(&words::moment(version.at))
            .raw(": ")
            .raw(version.what);
        if !version.words.is_blank() {
            html.raw(" <bdi>").said(&version.words).raw("</bdi>");
        }
        for system in note
            .systems
            .iter()
            .filter(|system| system.version == version.number)
        {
            html.raw("<p class=\"more\">");
            match system.outcome.as_str() {
                "imported" | "duplicate" => html.raw("In the case system "),
                "refused" => html.raw("Not taken by the case system "),
                _ => html.raw("Waits in the case system "),
            };
            html.words(&system.system)
                .raw(" since ")
                .text(&words::moment(system.at));
            if !system.reference.is_blank() {
                html.raw(", under <bdi>").said(&system.reference).raw("</bdi>");
            }
            if !system.reason.is_blank() {
                html.raw(": <bdi>").said(&system.reason).raw("</bdi>");
            }
            html.raw(".</p>");
        }
        html.raw("</li>\n");
    }
    if !note.versions.is_empty() {
        html.raw("</ol>\n");
    }
}
