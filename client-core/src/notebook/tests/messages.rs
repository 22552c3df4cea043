//! What the team's desk says, as the worker sees it, and what the council settles.

use notes::ids::DocumentId;
use notes::wire::{MessageRow, RowBody, SettingsRow};

use super::server::Server;
use super::{Folder, MONDAY, Phone};
use crate::store::outgoing::{self, SEALED_MS};

fn ask(id: &str, note: Option<DocumentId>) -> MessageRow {
    MessageRow {
        id: id.into(),
        document: note,
        kind: "ask".into(),
        text: "Which number is right?".into(),
        from: "Bea Admin".into(),
        sent_at: MONDAY,
        read: false,
    }
}

fn says(server: &Server, row: MessageRow) {
    server.with(|s| s.rows.push(RowBody::Message(row)));
}

fn unread(phone: &mut Phone) -> Vec<String> {
    let messages = phone.book.messages().unwrap();
    messages.into_iter().map(|message| message.id).collect()
}

/// What the server was told as read, request by request.
fn told(server: &Server) -> Vec<Vec<String>> {
    server.with(|s| {
        let read = s.requests.iter().map(|request| request.to_desk.clone());
        read.filter_map(|told| told?.read).collect()
    })
}

#[test]
fn a_message_is_shown_with_its_note_until_it_was_read() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "Her number is 1 or 2.");
    phone.sync();
    says(&server, ask("m1", Some(note)));
    says(&server, ask("m2", Some(DocumentId([9; 16]))));
    phone.sync();
    let [about, elsewhere]: [_; 2] = phone.book.messages().unwrap().try_into().unwrap();
    assert_eq!((about.note, about.name.as_deref()), (Some(note), Some("Ann Ŵyn")));
    assert_eq!((about.from.as_str(), about.kind.as_str()), ("Bea Admin", "ask"));
    assert_eq!(about.text, "Which number is right?");
    assert_eq!(elsewhere.note, None, "a note that is not here is not led to");
    phone.book.read_message("m1").unwrap();
    phone.book.read_message("no such").unwrap();
    assert_eq!(unread(&mut phone), ["m2"]);
    phone.sync();
    assert_eq!(told(&server), [["m1"]]);
    phone.sync();
    assert_eq!(told(&server).len(), 1, "said once");
}

#[test]
fn that_it_was_read_is_said_until_the_server_has_heard_it() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    says(&server, ask("m1", None));
    phone.sync();
    phone.book.read_message("m1").unwrap();
    phone.link.lose_answers = true;
    phone.sync();
    phone.link.lose_answers = false;
    // The app is killed and opened again in between.
    let copy: Folder = phone.folder.copy();
    phone.book = copy.open(&phone.hands, 9);
    assert_eq!(unread(&mut phone), [""; 0]);
    phone.sync();
    assert_eq!(told(&server), [["m1"], ["m1"]]);
    drop(phone);
}

#[test]
fn nothing_unread_is_lost_where_the_rows_come_anew_or_the_server_is_another() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    says(&server, ask("m1", None));
    says(&server, ask("m2", None));
    phone.sync();
    phone.book.read_message("m2").unwrap();
    phone.sync();
    server.with(|s| s.anew = true);
    phone.sync();
    assert_eq!(unread(&mut phone), ["m1"]);
    // Set back to before either message: the phone still has what is unread.
    server.with(|s| {
        s.epoch += 1;
        s.rows.retain(|row| !matches!(row, RowBody::Message(_)));
    });
    phone.sync();
    assert_eq!(unread(&mut phone), ["m1"]);
    // Set back to before the second was read: it is not shown twice, and said again.
    let before = told(&server).len();
    says(&server, ask("m2", None));
    phone.sync();
    assert_eq!(unread(&mut phone), ["m1"]);
    assert_eq!(told(&server)[before..], [["m2"]]);
}

#[test]
fn what_was_read_elsewhere_is_let_go() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    says(&server, ask("m1", None));
    phone.sync();
    let gone = |id: &str| MessageRow {
        text: String::new(),
        read: true,
        ..ask(id, None)
    };
    says(&server, gone("m1"));
    says(&server, gone("never seen"));
    phone.sync();
    assert_eq!(unread(&mut phone), [""; 0]);
    phone.sync();
    assert_eq!(told(&server).len(), 0, "the server knows it");
}

#[test]
fn the_councils_settings_count_and_what_it_leaves_out_is_the_apps() {
    let server = Server::new();
    let mut phone = Phone::enrolled(&server, "W1", 3);
    assert_eq!(
        phone.book.settings().unwrap(),
        crate::notebook::Settings::default()
    );
    let row = SettingsRow {
        idle_lock_s: Some(120),
        finish_text: Some("Read it once more.".into()),
        ..SettingsRow::default()
    };
    server.with(|s| s.rows.push(RowBody::Settings(row)));
    phone.sync();
    server.with(|s| s.anew = true);
    phone.sync();
    let settings = phone.book.settings().unwrap();
    assert_eq!(
        (settings.idle_lock_s, settings.overdue_draft_h),
        (Some(120), None)
    );
    assert_eq!(settings.finish_text.as_deref(), Some("Read it once more."));
    server.with(|s| s.rows.push(RowBody::Settings(SettingsRow::default())));
    phone.sync();
    assert_eq!(
        phone.book.settings().unwrap(),
        crate::notebook::Settings::default()
    );
}

#[test]
fn what_was_sent_is_kept_as_long_as_the_council_says_and_never_less_than_is_safe() {
    for (days, kept_ms) in [(1, SEALED_MS), (30, 30 * 86_400_000)] {
        let server = Server::new();
        let mut phone = Phone::enrolled(&server, "W1", 3);
        let row = SettingsRow {
            kept_days: Some(days),
            ..SettingsRow::default()
        };
        server.with(|s| s.rows.push(RowBody::Settings(row)));
        let note = phone.note("P1");
        phone.write(note, "sent");
        phone.sync();
        server.with(|s| s.safe_seq = 99);
        let here = |phone: &Phone| outgoing::offered(phone.book.store.read(), note).unwrap().len();
        phone.hands.pass(kept_ms - 60_000);
        phone.sync();
        assert_eq!(here(&phone), 1, "{days} days");
        phone.hands.pass(60_001);
        phone.sync();
        assert_eq!(here(&phone), 0, "{days} days");
    }
}
