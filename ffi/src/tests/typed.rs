//! What apps read typed: nothing of the table of fields is left out, and what is gathered says what the notes say.

use std::sync::Arc;

use client_core::notebook::{Ended, Stage};
use notes::note::Template;
use notes::note::fields::{Kind, Shape, Slot};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{App, Door, open};
use crate::mobile::{
    FoundNoteView, NoteView, Notebook, NotebookError, PageView, SingleValue, seal_key, throw_spare,
    unseal_key,
};

fn value(kind: Kind) -> Value {
    match kind {
        Kind::Line => json!("Mrs O'Dowd 🙂"),
        Kind::Code(words) => json!(words[0]),
        Kind::Date => json!("2026-11-23"),
        Kind::Time => json!("2026-11-23T00:45:00Z"),
        Kind::Flag => json!(true),
        Kind::Count => json!(7),
    }
}

fn record(slots: &[Slot]) -> Map<String, Value> {
    slots
        .iter()
        .map(|slot| (slot.name.to_owned(), value(slot.kind)))
        .collect()
}

/// A document in which everything is filled in that the table has, as `show` says it.
fn filled(template: Template) -> Value {
    let mut all = json!({
        "id": "0199a0b0-0000-7000-8000-000000000001", "case_id": "P1", "name": "Mrs O'Dowd", "kind": null,
        "started_at": null, "stage": "finished", "state": "in_case_system", "version": 3, "case_system_ref": "77",
        "reason": "because",
        "private": [{"field": "body", "start": 1, "end": 5, "kind": "third_party"}],
        "conflicts": [{"path": "review.due", "shown": "2026-11-23", "others": ["2026-11-24", true, 7]}],
    });
    for field in template.fields() {
        all[field.name] = match field.shape {
            Shape::Text => json!(format!("what stands in {}", field.name)),
            Shape::Value(kind) => value(kind),
            Shape::Record(slots) => Value::Object(record(slots)),
            Shape::Entries(slots) => {
                let mut entry = record(slots);
                entry.insert("id".into(), json!("e1"));
                if field.name == "attachments" {
                    entry.insert("where".into(), json!("on_both"));
                    entry.insert("reason".into(), json!("it is too large"));
                }
                json!([entry])
            }
            Shape::Counters => json!({"d1": 7}),
        };
    }
    all
}

fn check_that_nothing_is_left_out<T: DeserializeOwned + Serialize>(all: &Value) -> T {
    let typed: T = serde_json::from_value(all.clone()).unwrap();
    assert_eq!(&serde_json::to_value(&typed).unwrap(), all);
    typed
}

#[test]
fn every_field_of_the_table_has_its_type() {
    let note: NoteView = check_that_nothing_is_left_out(&filled(Template::Note));
    let others = &note.fields.conflicts[0].others;
    assert_eq!(others[1..], [SingleValue::Flag(true), SingleValue::Count(7)]);
    let page: PageView = check_that_nothing_is_left_out(&filled(Template::About));
    assert_eq!(page.please_do, "what stands in please_do");
    let mut found = filled(Template::Note);
    let of_lists = [
        "case_id",
        "name",
        "stage",
        "state",
        "version",
        "case_system_ref",
        "reason",
    ];
    found
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !of_lists.contains(&name.as_str()));
    found["authors"] = json!(["Ann Ash"]);
    check_that_nothing_is_left_out::<FoundNoteView>(&found);
}

/// Ann's phone, enrolled, with nobody on her caseload.
fn anns() -> Arc<Notebook> {
    let app = Arc::new(App::default());
    let book = open(&app, &[7; 32], None).unwrap();
    book.enrol(Arc::new(Door), "AAAAA-AAAAA", "https://s.example", None)
        .unwrap();
    book
}

#[test]
fn a_note_that_was_just_begun_is_read_and_gathered() {
    let book = anns();
    let note = book
        .new_note_named("Mr Sedley", "home_visit", None, None)
        .unwrap();
    book.type_text(note, "body", None, 0, "He wants to see the sea.", 900, None)
        .unwrap();
    assert_eq!(book.waiting(), Ok(1), "typed, and no change yet");
    let action = book.set(
        note,
        "actions.+",
        r#"{"what": "train times", "by": "2026-11-30"}"#,
    );
    book.set(
        note,
        "actions.+",
        r#"{"what": "asked his daughter", "done": true}"#,
    )
    .unwrap();
    let read = book.note(note).unwrap();
    assert_eq!(read.fields.body, "He wants to see the sea.");
    assert_eq!((read.item.stage, read.fields.schema), (Stage::Open, 1));
    assert_eq!(read.item.name.as_deref(), Some("Mr Sedley"));
    assert_eq!(read.fields.recording_ms.values().sum::<u64>(), 900);
    assert_eq!(
        (
            read.fields.actions.len(),
            read.fields.feedback,
            read.fields.finished
        ),
        (2, None, None)
    );
    let today = book.today().unwrap();
    assert_eq!(today.drafts.len(), 1);
    let [open] = &today.actions[..] else {
        panic!("one action is open: {:?}", today.actions)
    };
    assert_eq!(Some(open.action.id.clone()), action.unwrap());
    assert_eq!((open.note, open.action.by.as_deref()), (note, Some("2026-11-30")));
    assert_eq!(book.workers().unwrap().len(), 0, "no row has come yet");
    assert_eq!(book.person("P1").err(), Some(NotebookError::NoPerson));
    assert!(
        matches!(book.page(note), Err(NotebookError::BadCall(_))),
        "it is a note"
    );
}

#[test]
fn a_place_counted_in_another_text_is_stale() {
    let book = anns();
    let note = book
        .new_note_named("Mr Sedley", "home_visit", None, None)
        .unwrap();
    assert!(book.on_screen(note, "body").is_err(), "it is not open");
    book.watch(vec![note]).unwrap();
    book.type_text(note, "body", None, 0, "He", 0, None).unwrap();
    let screen = book.on_screen(note, "body").unwrap().unwrap();
    assert_eq!((screen.text.as_str(), Ok(screen.seen)), ("He", book.arrivals()));
    assert_eq!(book.on_screen(note, "kind"), Ok(None), "no text");
    book.type_text(note, "body", Some(2), 0, "llo", 0, Some(screen.seen))
        .unwrap();
    let other = Some(screen.seen + 1);
    assert_eq!(
        book.type_text(note, "body", Some(0), 5, "lost", 0, other),
        Err(NotebookError::Stale)
    );
    assert_eq!(book.on_screen(note, "body").unwrap().unwrap().text, "Hello");
    let far = book.type_text(note, "body", Some(99), 0, "far", 0, Some(screen.seen));
    assert!(matches!(far, Err(NotebookError::Edit(_))), "{far:?}");
    let on_top = book.type_text(note, "body", Some(5), 0, "!", 0, Some(screen.seen));
    assert_eq!(on_top, Err(NotebookError::Stale), "typed on top of a refused key");
}

#[test]
fn a_spare_opens_what_it_sealed_and_is_only_taken_whole() {
    let app = Arc::new(App::default());
    let spare = throw_spare(app.clone()).unwrap();
    assert_eq!(spare.len(), 64);
    assert_ne!(throw_spare(app.clone()).unwrap(), spare);
    let vault = seal_key(vec![7; 32], spare.clone(), app.clone()).unwrap();
    assert_eq!(unseal_key(vault, spare.clone()), Ok(vec![7; 32]));
    let book = open(&app, &[7; 32], None).unwrap();
    for bad in [
        "",
        &spare[1..],
        &format!("{}é", &spare[2..]),
        &format!("+{}", &spare[1..]),
    ] {
        let said = book.enrol(
            Arc::new(Door),
            "AAAAA-AAAAA",
            "https://s.example",
            Some(bad.to_owned()),
        );
        assert!(matches!(said, Err(NotebookError::BadCall(_))), "{bad}: {said:?}");
    }
    let whole = book.enrol(Arc::new(Door), "AAAAA-AAAAA", "https://s.example", Some(spare));
    assert_eq!(whole, Ok(Ended::Quiet));
}
