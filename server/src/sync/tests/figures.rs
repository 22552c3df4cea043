//! What is counted of notes as phones write them: at once, after a rebuild, when a note moves and when it goes.

use notes::ids::{DocumentId, PersonId};
use notes::note::Template;

use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town};
use crate::ops::verify::verify;
use crate::store::{Figures, StoreError};
use crate::sync::{self, Why, about, count_again, desk_change, erase, reproject};

fn figures(town: &Town, note: DocumentId) -> Figures {
    town.read(|tx| tx.document(note)).unwrap().figures.unwrap()
}

fn sound(town: &Town) {
    assert_eq!(verify(&town.core).unwrap().differences, [""; 0]);
}

fn uses(figures: &Figures, field: &str) -> bool {
    figures.fields & sync::bit_of(Template::Note, field) != 0
}

/// Kofi writes all that is counted.
fn full(town: &Town, phone: Phone, number: u8, person: PersonId) -> Copy {
    let mut note = phone.begin(number, person);
    for (path, json) in [
        ("workers.W1", r#"{"joined_at":"2026-09-03T09:15:00Z"}"#),
        ("workers.W2", r#"{"joined_at":"2026-09-03T09:20:00Z"}"#),
        ("feedback.was_it_useful", r#""partly""#),
        ("feedback.words", r#""Come earlier in the day.""#),
        ("review.was", r#""initial""#),
        ("review.kind", r#""annual""#),
        ("review.due", r#""2027-09-03""#),
        ("unmet_needs.a", r#"{"need":"A ramp","reason_code":"budget"}"#),
        ("unmet_needs.b", r#"{"need":"A friend"}"#),
        ("concerns.c", r#"{"kind":"safeguarding","text":"Bruises."}"#),
    ] {
        phone.set(&mut note, path, json);
    }
    phone.type_in(&mut note, "body", 0, "We talked.");
    phone.type_in(&mut note, "analysis", 0, "  \n");
    phone.publish(town, &mut note, Some(person));
    note
}

#[test]
fn a_note_is_counted_as_it_is_published_and_again_when_it_is_finished() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = full(&town, phone, 1, MARGARET);
    let draft = figures(&town, note.id);
    assert_eq!((draft.received_at, draft.author.as_deref()), (None, None));
    assert_eq!((draft.workers, draft.words), (2, true));
    assert_eq!(draft.useful.as_deref(), Some("partly"));
    assert_eq!(draft.was.as_deref(), Some("initial"));
    assert_eq!(
        (draft.next.as_deref(), draft.due.as_deref()),
        (Some("annual"), Some("2027-09-03"))
    );
    assert!(uses(&draft, "body") && uses(&draft, "unmet_needs") && uses(&draft, "kind"));
    assert!(!uses(&draft, "analysis"), "nothing but space was typed");
    assert!(!uses(&draft, "actions") && !uses(&draft, "finished"));
    town.clock.forward(60_000);
    let came = town.core.host.now_ms();
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    town.clock.forward(60_000);
    phone.add(&mut note, "a", "W1", "She rang.");
    phone.publish(&town, &mut note, Some(MARGARET));
    let finished = figures(&town, note.id);
    assert_eq!(
        finished.received_at,
        Some(came),
        "an addendum is no second finish"
    );
    assert_eq!(finished.author.as_deref(), Some("W1"));
    let unmet = town.read(|tx| tx.unmet_of(note.id));
    assert_eq!(unmet, [("a".into(), Some("budget".into())), ("b".into(), None)]);
    sound(&town);
}

#[test]
fn what_is_taken_out_of_a_note_is_counted_no_longer() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = full(&town, phone, 1, MARGARET);
    for path in ["unmet_needs.a.reason_code", "feedback.words"] {
        phone.set(&mut note, path, "null");
    }
    phone.publish(&town, &mut note, Some(MARGARET));
    assert!(!figures(&town, note.id).words);
    let unmet = town.read(|tx| tx.unmet_of(note.id));
    assert_eq!(unmet, [("a".into(), None), ("b".into(), None)]);
    sound(&town);
}

#[test]
fn a_rebuild_counts_the_same_and_a_concern_keeps_its_day() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = full(&town, phone, 1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let before = (figures(&town, note.id), town.read(|tx| tx.concern(note.id, "c")));
    town.clock.forward(86_400_000);
    assert_eq!(reproject(&town.core).unwrap(), 1);
    assert_eq!(
        (figures(&town, note.id), town.read(|tx| tx.concern(note.id, "c"))),
        before
    );
    sound(&town);
}

#[test]
fn what_an_older_version_left_uncounted_is_counted_behind_the_work() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = full(&town, phone, 1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let honest = figures(&town, note.id);
    let forget = |sql: &str| {
        let done = town.core.store.write(|tx| {
            tx.tamper(sql);
            Ok::<_, StoreError>(())
        });
        done.unwrap();
    };
    forget("UPDATE document SET fields = NULL, received_at = NULL, recording_ms = NULL");
    forget("DELETE FROM unmet");
    sound(&town);
    assert_eq!(count_again(&town.core, 10).unwrap(), 1);
    assert_eq!(count_again(&town.core, 10).unwrap(), 0);
    assert_eq!(figures(&town, note.id), honest);
    sound(&town);
}

#[test]
fn one_that_cannot_be_read_does_not_keep_the_others_from_being_counted() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let (bad, good) = (full(&town, phone, 1, MARGARET), full(&town, phone, 2, TOM));
    let done = town.core.store.write(|tx| {
        tx.tamper("UPDATE document SET fields = NULL");
        tx.damage(1)
    });
    done.unwrap();
    assert_eq!(count_again(&town.core, 10).unwrap(), 2);
    assert_eq!(figures(&town, bad.id), Figures::default());
    assert!(figures(&town, good.id).words);
}

#[test]
fn figures_follow_their_note_to_another_person_and_go_with_it() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let note = full(&town, phone, 1, MARGARET);
    let host = &town.core.host;
    let moved = town
        .core
        .store
        .write(|tx| desk_change(tx, host, note.id, &[about(TOM)]).map_err(|_| StoreError::Inconsistent("x")));
    moved.unwrap();
    town.run();
    assert_eq!(
        town.read(|tx| tx.concern(note.id, "c")).unwrap().person,
        Some(TOM)
    );
    sound(&town);
    let gone = town
        .core
        .store
        .write(|tx| erase(tx, host, note.id, Why::Retention, "operator"));
    assert!(gone.unwrap().is_some());
    assert_eq!(town.read(|tx| tx.concern(note.id, "c")), None);
    assert_eq!(town.read(|tx| tx.unmet_of(note.id)), []);
    sound(&town);
}

#[test]
fn whoever_alters_what_was_counted_is_found_out() {
    for sql in [
        "UPDATE document SET recording_ms = 7",
        "UPDATE document SET received_at = 7",
        "UPDATE document SET useful = 'yes'",
        "DELETE FROM concern",
        "UPDATE unmet SET reason_code = 'other' WHERE entry = 'a'",
    ] {
        let town = Town::new();
        let phone = town.phone("W1", 1);
        full(&town, phone, 1, MARGARET);
        let done = town.core.store.write(|tx| {
            tx.tamper(sql);
            Ok::<_, StoreError>(())
        });
        done.unwrap();
        assert_eq!(verify(&town.core).unwrap().differences.len(), 1, "{sql}");
    }
}
