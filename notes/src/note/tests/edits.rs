//! Edits: what they do, what they refuse, and that a refused one has done nothing.

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType};

use super::world::{
    addendum, at, change, clear, finish, mark, phone, put, read, remove, splice, text, write,
};
use crate::note::edit::{BadEdit, Edit, Scalar};
use crate::note::fields::{MAX_ENTRIES, MAX_LINE_CHARS, MAX_TEXT_CHARS, TIMES};
use crate::note::plain::Value;
use crate::note::{Plain, Template};

fn begun() -> Automerge {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            splice("body", 0, 0, "Mae 👵🏽 here"),
            put("actions.a1.what", text("ring back")),
            put("feedback.words", text("useful")),
            put("recording_ms.d1", Scalar::Count(5)),
        ],
    );
    doc
}

fn no_field(path: &str) -> BadEdit {
    BadEdit::NoField(path.into())
}

fn bad_value(path: &str) -> BadEdit {
    BadEdit::BadValue(path.into())
}

/// Each edit is refused and leaves no operation behind.
fn refused(template: Template, doc: &Automerge, lines: Vec<(Edit, BadEdit)>) {
    for (edit, expected) in lines {
        let mut doc = doc.clone();
        let before = doc.get_heads();
        let mut tx = doc.transaction();
        assert_eq!(edit.apply(&mut tx, template), Err(expected), "{edit:?}");
        assert_eq!(tx.pending_ops(), 0, "{edit:?}");
        tx.commit();
        assert_eq!(doc.get_heads(), before, "{edit:?}");
    }
}

#[test]
fn positions_outside_the_text_are_refused() {
    // "Mae 👵🏽 here" is 11 scalar values.
    let out = BadEdit::OutOfRange;
    let lines = [
        splice("body", 12, 0, "x"),
        splice("body", 0, 12, ""),
        splice("body", 11, 1, ""),
        splice("body", 5, 7, ""),
        splice("body", u64::MAX, 0, "x"),
        splice("body", 1, u64::MAX, "x"),
        splice("analysis", 1, 0, "x"),
        mark("body", 0, 12, "third_party"),
        mark("body", 5, 5, "third_party"),
        mark("body", 6, 5, "third_party"),
        mark("body", 0, u64::MAX, "third_party"),
        mark("analysis", 0, 1, "third_party"),
    ];
    refused(
        Template::Note,
        &begun(),
        lines.map(|edit| (edit, out.clone())).into(),
    );
}

#[test]
fn paths_that_lead_nowhere_are_refused() {
    let paths = [
        "",
        ".",
        "..",
        "body",
        "body.0",
        "nothing",
        "nothing.at.all",
        "kind.x",
        "person.x",
        "schema",
        "schema.x",
        "finished",
        "finished.at",
        "finished.author",
        "feedback",
        "feedback.",
        "feedback.nothing",
        "feedback.words.x",
        "actions",
        "actions.",
        "actions.a1",
        "actions.a1.",
        "actions.a1.nothing",
        "actions..what",
        ".actions.a1.what",
        "actions.a1.what.",
        "actions.+.what",
        "recording_ms",
        "recording_ms.",
        "addenda",
        "please_do",
        "Kind",
        " kind",
    ];
    let put = |path: &str| (put(path, text("home_visit")), no_field(path));
    let mut lines: Vec<(Edit, BadEdit)> = paths
        .iter()
        .filter(|p| **p != "actions.+.what")
        .map(|p| put(p))
        .collect();
    lines.push((
        super::world::put("actions.+.what", text("x")),
        no_field("actions.+"),
    ));
    lines.extend(
        paths
            .iter()
            .filter(|p| **p != "actions.+.what")
            .map(|p| (clear(p), no_field(p))),
    );
    let long = format!("actions.{}.what", "x".repeat(65));
    lines.push(put(&long));
    let long = format!("recording_ms.{}", "x".repeat(65));
    lines.push(put(&long));
    refused(Template::Note, &begun(), lines);
}

#[test]
fn texts_and_entries_that_are_not_there_are_refused() {
    let lines = vec![
        (splice("kind", 0, 0, "x"), no_field("kind")),
        (splice("feedback", 0, 0, "x"), no_field("feedback")),
        (splice("actions.a1.what", 0, 0, "x"), no_field("actions.a1.what")),
        (splice("please_do", 0, 0, "x"), no_field("please_do")),
        (mark("kind", 0, 1, "third_party"), no_field("kind")),
        (mark("body", 0, 1, "bold"), bad_value("bold")),
        (mark("body", 0, 1, ""), bad_value("")),
        (remove("actions"), no_field("actions")),
        (remove("actions."), no_field("actions.")),
        (remove("actions.a2"), no_field("actions.a2")),
        (remove("actions.a1.what"), no_field("actions.a1.what")),
        (remove("feedback.words"), no_field("feedback.words")),
        (remove("recording_ms.d1"), no_field("recording_ms.d1")),
        (remove("body"), no_field("body")),
        (remove("finished.at"), no_field("finished.at")),
    ];
    refused(Template::Note, &begun(), lines);
}

#[test]
fn values_that_do_not_fit_are_refused_before_anything_is_made() {
    let lines = [
        ("kind", text("walk")),
        ("kind", Scalar::Flag(true)),
        ("person", Scalar::Count(1)),
        ("person_name", text(&"é".repeat(MAX_LINE_CHARS + 1))),
        ("started_at", text("2026-09-02T10:00:00Z")),
        ("started_at", Scalar::Count(5)),
        ("started_at", Scalar::Time(i64::MAX)),
        ("started_at", Scalar::Time(TIMES.start() - 1)),
        ("feedback.copy_offered", text("yes")),
        ("review.due", text("2026-02-30")),
        ("review.due", Scalar::Time(0)),
        ("recording_ms.d1", Scalar::Time(1)),
        ("recording_ms.d2", text("5")),
        ("attachments.00ff.bytes", text("5")),
        // The entry is new: it must not be there afterwards, empty.
        ("actions.a2.done", text("yes")),
        ("actions.a2.by", text("tomorrow")),
        ("actions.a2.private", text("secret")),
    ];
    let lines = lines.map(|(path, value)| (put(path, value), bad_value(path)));
    refused(Template::Note, &begun(), lines.into());
}

#[test]
fn what_would_be_too_much_to_read_is_refused() {
    let mut doc = begun();
    change(&mut doc, |tx| {
        let text = at(tx, "analysis");
        tx.splice_text(&text, 0, 0, &"x".repeat(MAX_TEXT_CHARS - 1))
            .unwrap();
        let (present, counters) = (at(tx, "present"), at(tx, "recording_ms"));
        for i in 0..MAX_ENTRIES {
            tx.put_object(&present, i.to_string(), ObjType::Map).unwrap();
        }
        for i in 1..MAX_ENTRIES {
            tx.put(&counters, i.to_string(), 1).unwrap();
        }
    });
    let full = |name: &str| BadEdit::Full(name.into());
    let lines = vec![
        (splice("analysis", 5, 0, "éé"), full("analysis")),
        (splice("analysis", 5, 1, "xxx"), full("analysis")),
        (put("present.new.name", text("Ann")), full("present")),
        (put("recording_ms.new", Scalar::Count(1)), full("recording_ms")),
    ];
    refused(Template::Note, &doc, lines);
    write(
        &mut doc,
        &[
            splice("analysis", 5, 1, "éé"),
            put("present.7.name", text("Ann")),
            put("recording_ms.7", Scalar::Count(9)),
        ],
    );
    read(&doc);
}

#[test]
fn a_note_is_finished_once_and_a_page_never() {
    let mut doc = begun();
    let early = vec![
        (finish(i64::MAX, "W1"), bad_value("finished")),
        (finish(5, &"x".repeat(MAX_LINE_CHARS + 1)), bad_value("finished")),
    ];
    refused(Template::Note, &doc, early);
    write(&mut doc, &[finish(5, "W1")]);
    refused(Template::Note, &doc, vec![(finish(6, "W2"), BadEdit::Finished)]);
    assert_eq!(read(&doc).finished(), Some((5, "W1")));
    let page = super::world::holding(Template::About, 1);
    let lines = vec![
        (finish(5, "W1"), no_field("finished")),
        (put("kind", text("home_visit")), no_field("kind")),
        (splice("body", 0, 0, "x"), no_field("body")),
    ];
    refused(Template::About, &page, lines);
}

#[test]
fn text_is_spliced_by_scalar_values() {
    let lines: [(u64, u64, &str, &str); 8] = [
        (0, 0, "Y ", "Y Mae 👵🏽 here"),
        (4, 2, "", "Mae  here"),
        (5, 0, "!", "Mae 👵!\u{1f3fd} here"),
        (11, 0, ".", "Mae 👵🏽 here."),
        (0, 11, "", ""),
        (0, 3, "Ŵyn", "Ŵyn 👵🏽 here"),
        (10, 1, "e 🏠", "Mae 👵🏽 here 🏠"),
        (3, 0, "", "Mae 👵🏽 here"),
    ];
    for (at, delete, insert, expected) in lines {
        let mut doc = begun();
        let mut tx = doc.transaction();
        splice("body", at, delete, insert)
            .apply(&mut tx, Template::Note)
            .unwrap();
        tx.commit();
        assert_eq!(read(&doc).texts["body"], expected);
    }
}

#[test]
fn null_clears_and_an_entry_is_taken_out() {
    let mut doc = begun();
    write(
        &mut doc,
        &[
            put("kind", text("home_visit")),
            put("actions.a1.done", Scalar::Flag(true)),
        ],
    );
    write(
        &mut doc,
        &[
            clear("kind"),
            clear("actions.a1.done"),
            clear("feedback.words"),
            clear("recording_ms.d1"),
        ],
    );
    let plain = read(&doc);
    assert_eq!(plain.text("kind"), None);
    assert_eq!(plain.entries["actions"]["a1"].len(), 1, "what is left is 'what'");
    assert!(plain.records["feedback"].is_empty());
    assert!(plain.counters["recording_ms"].is_empty());
    write(&mut doc, &[remove("actions.a1")]);
    assert!(read(&doc).entries["actions"].is_empty());
}

#[test]
fn clearing_what_is_not_there_makes_nothing() {
    let mut doc = begun();
    for path in [
        "kind",
        "feedback.copy_offered",
        "recording_ms.d2",
        "actions.a1.by",
        "actions.a2.what",
        "review.was",
    ] {
        let mut tx = doc.transaction();
        clear(path).apply(&mut tx, Template::Note).unwrap();
        assert_eq!(tx.pending_ops(), 0, "{path}");
        tx.commit();
    }
    assert_eq!(read(&doc).entries["actions"].len(), 1);
}

#[test]
fn ids_with_dots_are_the_case_systems_right() {
    let mut doc = phone(1);
    write(
        &mut doc,
        &[
            put("workers.NE.W101.joined_at", Scalar::Time(5)),
            put("recording_ms.a.b", Scalar::Count(1)),
        ],
    );
    assert_eq!(
        read(&doc).entries["workers"]["NE.W101"]["joined_at"],
        Value::Time(5)
    );
    assert_eq!(read(&doc).counters["recording_ms"]["a.b"], 1);
    write(&mut doc, &[remove("workers.NE.W101")]);
    assert!(read(&doc).entries["workers"].is_empty());
}

#[test]
fn a_counter_may_have_the_name_of_its_field() {
    let mut doc = phone(1);
    write(&mut doc, &[put("recording_ms.recording_ms", Scalar::Count(3))]);
    assert_eq!(read(&doc).counters["recording_ms"]["recording_ms"], 3);
}

#[test]
fn edits_survive_the_journal() {
    let all: Vec<Edit> = [
        splice("body", 3, 1, "é👵🏽"),
        put("kind", text("home_visit")),
        put("started_at", Scalar::Time(-5)),
        put("feedback.copy_offered", Scalar::Flag(false)),
        put("recording_ms.d1", Scalar::Count(u64::MAX)),
        clear("kind"),
        remove("actions.a1"),
        mark("body", 1, 2, "do_not_share"),
        finish(i64::MIN, "W1"),
    ]
    .into_iter()
    .chain(addendum("x", "more"))
    .collect();
    let bytes = minicbor::to_vec(&all).unwrap();
    assert_eq!(minicbor::decode::<Vec<Edit>>(&bytes).unwrap(), all);
    // The journal is on disk: what was written by this version has to be read by all later ones.
    assert_eq!(
        minicbor::to_vec(splice("b", 3, 1, "é")).unwrap(),
        b"\x82\x00\x84\x61b\x03\x01\x62\xc3\xa9"
    );
    assert_eq!(
        minicbor::to_vec(put("k", text("v"))).unwrap(),
        b"\x82\x01\x82\x61k\x82\x00\x81\x61v"
    );
    assert_eq!(minicbor::to_vec(remove("p")).unwrap(), b"\x82\x02\x81\x61p");
    assert_eq!(
        minicbor::to_vec(mark("b", 1, 2, "t")).unwrap(),
        b"\x82\x03\x84\x61b\x01\x02\x61t"
    );
    assert_eq!(
        minicbor::to_vec(finish(1, "W")).unwrap(),
        b"\x82\x04\x82\x01\x61W"
    );
}

#[test]
fn a_document_that_lacks_a_field_is_said_to_be_so() {
    let mut doc = phone(1);
    change(&mut doc, |tx| {
        tx.delete(automerge::ROOT, "body").unwrap();
        tx.delete(automerge::ROOT, "actions").unwrap();
    });
    let lines = vec![
        (splice("body", 0, 0, "x"), no_field("body")),
        (put("actions.a1.what", text("x")), no_field("actions")),
        (remove("actions.a1"), no_field("actions")),
    ];
    refused(Template::Note, &doc, lines);
    assert!(Plain::read(&doc, Template::Note).is_err());
}

#[test]
fn a_run_of_typing_makes_the_operations_of_its_keys() {
    // Typing, going on elsewhere, a letter that is two code points, taking back, replacing, another field.
    let keys = [
        splice("body", 0, 0, "a"),
        splice("body", 1, 0, "b"),
        splice("body", 2, 0, "e\u{301}"),
        splice("body", 4, 0, "c"),
        splice("body", 0, 0, "d"),
        splice("body", 1, 0, "👵🏽"),
        splice("body", 3, 1, "x"),
        splice("body", 4, 0, "y"),
        splice("body", 2, 2, ""),
        splice("body", 2, 0, "z"),
        splice("strengths", 0, 0, "s"),
        splice("strengths", 1, 0, "t"),
        splice("body", 3, 0, "w"),
        splice("body", 4, 0, ""),
        mark("body", 0, 3, "third_party"),
        splice("body", 3, 0, "m"),
        splice("body", 4, 0, "n"),
    ];
    let mut runs: Vec<Edit> = Vec::new();
    for key in &keys {
        if !runs.last_mut().is_some_and(|run| run.run_on(key)) {
            runs.push(key.clone());
        }
    }
    assert_eq!(runs.len(), 10, "{runs:?}");
    let (mut one_by_one, mut at_once) = (phone(1), phone(1));
    write(&mut one_by_one, &keys);
    write(&mut at_once, &runs);
    assert_eq!(
        at_once.get_heads(),
        one_by_one.get_heads(),
        "the change has one hash"
    );
    assert_eq!(at_once.save(), one_by_one.save());
}
