//! The page's TypeScript types, written from the core's own: `web/phone/src/core/core-calls.ts` is what this makes,
//! and the test fails where it is not. With `DOORSTEP_WRITE_TYPES=1` it writes the file.

use std::fmt::Write as _;

use client_core::notebook::{
    Bytes, Gathered, Held, Identity, LookedUp, Message, NoteItem, Ordered, PersonItem, PersonView, Refusal,
    Review, Settings, Stage, State, SyncReport, ThreadItem, ToDo, TodayView, Wipe,
};
use notes::ids::{DeviceId, DocumentId, PersonId};
use notes::lookup::{Found, FoundNote, Lookup};
use notes::note::Template;
use notes::note::fields::{Field, KINDS, MARKS, Shape};
use notes::note::plain::{Conflict, Passage};
use notes::reflection::{OwnBesideTeam, Reflection, ReflectionConcern, ReflectionWords};
use ts_rs::{Config, TS};

use super::{Begun, Given, Made, OnScreen, Shown, ShownPage, described};

/// A call as the page has it.
pub(super) struct Described {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    /// Name, type, and whether it may be left out.
    pub(super) arguments: Vec<(&'static str, String, bool)>,
    pub(super) gives: String,
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/phone/src/core/core-calls.ts");

const HEAD: &str = "\
// Written from the Rust core by `DOORSTEP_WRITE_TYPES=1 cargo test -p doorstep-ffi --features cli types`; a test compares
// them. What the page may ask of the notebook, and what it is told. Times are RFC 3339 in UTC where a name ends in `_at`
// (UTC milliseconds as an argument). Positions and lengths in texts count Unicode scalar values, never UTF-16 units.

/** A value of an entry or a record; absent or null where nothing was set. */
export type Value = string | number | boolean | null;
/** An entry of a map, with its id. */
export interface Entry { id: string; private?: Private | null; [slot: string]: Value | undefined }
/** The single values of a record. */
export type Slots = Record<string, Value>;
";

fn words(of: &[&str]) -> String {
    let each: Vec<String> = of.iter().map(|word| format!("'{word}'")).collect();
    each.join(" | ")
}

/// A field's type, as `show` gives it.
fn shown(field: &Field) -> &'static str {
    match field.shape {
        Shape::Text => "string",
        Shape::Value(_) if field.name == "schema" => "number",
        Shape::Value(_) if field.name == "kind" => "Kind | null",
        Shape::Value(_) => "string | null",
        Shape::Record(_) if field.name == "finished" => "{ at: string; author: string } | null",
        Shape::Record(_) => "Slots | null",
        Shape::Entries(_) => "Entry[]",
        Shape::Counters => "Record<string, number>",
    }
}

fn document(name: &str, doc: &str, template: Template) -> String {
    let mut text = format!("\n/** {doc} */\nexport interface {name} extends NoteItem {{\n");
    let inherited = ["kind", "started_at"];
    for field in template.fields() {
        if !inherited.contains(&field.name) {
            let _ = writeln!(text, "  {}: {};", field.name, shown(field));
        }
    }
    text.push_str("  private: Passage[];\n  conflicts: Conflict[];\n}\n");
    text
}

fn declared<T: TS>(with: &Config, text: &mut String) {
    if let Some(docs) = T::docs() {
        let docs = docs.replace("/**\n * ", "/** ").replace("\n */", " */");
        let _ = writeln!(text, "\n{}", docs.trim_end());
    }
    // A comment of one line stands on one.
    let declared = T::decl(with)
        .replace("/**\n * ", "  /** ")
        .replace("\n */\n", " */\n  ");
    let _ = writeln!(
        text,
        "export {}",
        declared.replace("{ \n", "{\n").replace(", \n", ",\n")
    );
}

fn module() -> String {
    let with = Config::new().with_large_int("number");
    let mut text = HEAD.to_owned();
    let _ = writeln!(
        text,
        "/** Kinds of visit or conversation. */\nexport type Kind = {};",
        words(&KINDS)
    );
    let _ = writeln!(
        text,
        "/** Why a passage or an entry stays out of the person's copy. */\nexport type Private = {};",
        words(&MARKS)
    );
    declared::<DocumentId>(&with, &mut text);
    declared::<PersonId>(&with, &mut text);
    declared::<DeviceId>(&with, &mut text);
    declared::<Stage>(&with, &mut text);
    declared::<State>(&with, &mut text);
    declared::<Bytes>(&with, &mut text);
    declared::<Identity>(&with, &mut text);
    declared::<NoteItem>(&with, &mut text);
    declared::<PersonItem>(&with, &mut text);
    declared::<ThreadItem>(&with, &mut text);
    declared::<Gathered>(&with, &mut text);
    declared::<PersonView>(&with, &mut text);
    declared::<Review>(&with, &mut text);
    declared::<ToDo>(&with, &mut text);
    declared::<TodayView>(&with, &mut text);
    declared::<Passage>(&with, &mut text);
    declared::<Conflict>(&with, &mut text);
    declared::<Held>(&with, &mut text);
    declared::<Refusal>(&with, &mut text);
    declared::<SyncReport>(&with, &mut text);
    declared::<Begun>(&with, &mut text);
    declared::<Made>(&with, &mut text);
    declared::<OnScreen>(&with, &mut text);
    declared::<Found>(&with, &mut text);
    declared::<FoundNote>(&with, &mut text);
    declared::<Lookup>(&with, &mut text);
    declared::<LookedUp>(&with, &mut text);
    declared::<OwnBesideTeam>(&with, &mut text);
    declared::<ReflectionWords>(&with, &mut text);
    declared::<ReflectionConcern>(&with, &mut text);
    declared::<Reflection>(&with, &mut text);
    declared::<Message>(&with, &mut text);
    declared::<Settings>(&with, &mut text);
    declared::<Wipe>(&with, &mut text);
    declared::<Ordered>(&with, &mut text);
    declared::<Given>(&with, &mut text);
    declared::<Shown>(&with, &mut text);
    declared::<ShownPage>(&with, &mut text);
    text.push_str(&document(
        "Note",
        "A note with every field by its name.",
        Template::Note,
    ));
    text.push_str(&document("AboutPage", "A person's own page.", Template::About));
    text.push_str("\n/** The calls that need no server. */\nexport interface CoreCalls {\n");
    for call in described(&with) {
        let mut doc = call.doc.trim_end().lines().map(str::trim);
        let (first, rest): (_, Vec<_>) = (doc.next().unwrap_or_default(), doc.collect());
        if rest.is_empty() {
            let _ = writeln!(text, "  /** {first} */");
        } else {
            let _ = writeln!(text, "  /**\n   * {first}\n   * {}\n   */", rest.join("\n   * "));
        }
        let arguments: Vec<String> = call
            .arguments
            .iter()
            .map(|(name, kind, optional)| {
                let kind = kind.trim_end_matches(" | null");
                format!("{name}{}: {kind}", if *optional { "?" } else { "" })
            })
            .collect();
        let arguments = match &arguments[..] {
            [] => "Record<string, never>".to_owned(),
            some => format!("{{ {} }}", some.join("; ")),
        };
        let _ = writeln!(
            text,
            "  {}: {{ args: {arguments}; gives: {} }};",
            call.name, call.gives
        );
    }
    text.push_str("}\n");
    text
}

#[test]
fn the_pages_types_are_those_of_the_core() {
    let made = module();
    if std::env::var_os("DOORSTEP_WRITE_TYPES").is_some() {
        std::fs::write(FILE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        kept == made,
        "write them anew: DOORSTEP_WRITE_TYPES=1 cargo test -p doorstep-ffi --features cli types"
    );
}
