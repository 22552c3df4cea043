//! A phone that the desk locks or wipes. What never happens: a plain wipe takes anything with it that the server has
//! not accepted or held.

use notes::ids::DocumentId;

use super::server::Server;
use super::{Phone, Seeded};
use crate::notebook::{Ended, NewNote, Storage, Who, Wipe};
use crate::store::emptied;

fn orders(server: &Server, order: &'static str) {
    // A phone that is to be wiped is revoked: it only pushes.
    server.with(|s| {
        s.standing = Some((7, order));
        s.silent = order != "lock";
    });
}

fn wipe_of(phone: &Phone) -> Option<Wipe> {
    phone.book.ordered().unwrap().wipe
}

fn left(phone: &Phone) -> Vec<String> {
    emptied::filled(phone.book.store.read()).unwrap()
}

/// What an emptied phone still knows: whose it was.
const WHOSE: [&str; 2] = ["actor_of_mine", "meta"];

/// Alice's phone with something in every table that a wipe is to empty.
fn lived_in(server: &Server) -> (Phone, DocumentId) {
    let mut phone = Phone::enrolled(server, "W1", 3);
    let note = phone.note("P1");
    phone.write(note, "She is well.");
    phone.sync();
    (phone, note)
}

#[test]
fn a_phone_says_that_it_obeyed_before_it_locks() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    orders(&server, "lock");
    assert!(!phone.book.ordered().unwrap().lock);
    phone.sync();
    assert!(
        phone.book.ordered().unwrap().lock,
        "the host locks after the pass"
    );
    assert_eq!(server.with(|s| s.standing), None, "in the same pass");
    // Whoever opens it again has given the PIN.
    let copy = phone.folder.copy();
    phone.book = copy.open(&phone.hands, 9);
    assert!(!phone.book.ordered().unwrap().lock);
    phone.sync();
    assert!(!phone.book.ordered().unwrap().lock);
    assert_eq!(phone.body(note), "She is well.");
    server.with(|s| s.standing = Some((8, "lock")));
    phone.sync();
    assert!(phone.book.ordered().unwrap().lock, "another order");
}

#[test]
fn a_phone_that_could_not_say_so_locks_all_the_same_and_says_it_later() {
    let server = Server::new();
    let (mut phone, _) = lived_in(&server);
    orders(&server, "lock");
    // The first answer arrives, the second request does not.
    phone
        .book
        .sync(&mut Few(&mut phone.link, 1), crate::SyncMode::Both)
        .unwrap();
    assert!(phone.book.ordered().unwrap().lock);
    assert!(server.with(|s| s.standing).is_some());
    let copy = phone.folder.copy();
    phone.book = copy.open(&phone.hands, 9);
    phone.sync();
    assert!(!phone.book.ordered().unwrap().lock);
    assert_eq!(server.with(|s| s.standing), None);
}

#[test]
fn a_wipe_with_nothing_unsent_empties_the_phone_and_says_so() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    orders(&server, "wipe");
    phone.sync();
    assert_eq!(wipe_of(&phone), Some(Wipe::Done));
    assert_eq!(server.with(|s| s.standing), None);
    assert_eq!(left(&phone), WHOSE);
    assert!(phone.book.show(note).is_err() && phone.book.list().unwrap().is_empty());
    assert!(phone.book.search("well").unwrap().is_empty());
    let new = NewNote {
        who: Who::Name("Ann"),
        kind: "home_visit",
        started_at: None,
        ended_at: None,
    };
    let refused = phone.book.new_note(&new).unwrap_err();
    assert!(refused.to_string().contains("wiped"), "{refused}");
    // Even where the server sends everything again, nothing comes back.
    server.with(|s| (s.silent, s.anew) = (false, true));
    phone.sync();
    assert_eq!(left(&phone), WHOSE);
    let copy = phone.folder.copy();
    phone.book = copy.open(&phone.hands, 9);
    assert_eq!(wipe_of(&phone), Some(Wipe::Done));
}

#[test]
fn nothing_that_was_written_goes_before_the_server_has_it() {
    // The link is cut after each number of requests in turn: the wipe ends, sooner or later, and never too soon.
    for after in 0..8 {
        let server = Server::new();
        let (mut phone, note) = lived_in(&server);
        phone.write(note, " She sings.");
        let new = phone.note("P1");
        phone.write(new, "A second visit.");
        orders(&server, "wipe");
        server.with(|s| s.verdicts.insert(new, (1, "revoked_device")));
        phone
            .book
            .sync(&mut Few(&mut phone.link, after), crate::SyncMode::Both)
            .unwrap();
        let has_all = server.body(note) == "She is well. She sings." && !server.with(|s| s.held.is_empty());
        assert!(
            has_all || phone.body(new) == "A second visit.",
            "cut after {after}"
        );
        assert!(
            has_all || phone.body(note) == "She is well. She sings.",
            "cut after {after}"
        );
        if wipe_of(&phone).is_some_and(|wipe| wipe != Wipe::Sends) {
            assert!(has_all, "cut after {after}");
        }
        // Whoever types in between is waited for.
        if wipe_of(&phone) == Some(Wipe::Sends) {
            phone
                .book
                .type_text(note, "body", None, 0, " And knits.", 10)
                .unwrap();
        }
        phone.sync();
        phone.sync();
        assert_eq!(wipe_of(&phone), Some(Wipe::Done), "cut after {after}");
        assert_eq!(left(&phone), WHOSE, "cut after {after}");
        assert!(server.body(note).starts_with("She is well. She sings."));
        assert!(!server.with(|s| s.held.is_empty()));
    }
}

#[test]
fn a_file_that_was_not_sent_and_words_that_were_not_added_hold_a_wipe_up() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    let photo = b"\xff\xd8\xff a photograph";
    phone.book.attach(note, photo, None).unwrap();
    orders(&server, "wipe");
    // This server takes no files.
    phone.sync();
    phone.sync();
    let ordered = phone.book.ordered().unwrap();
    assert_eq!((ordered.wipe, ordered.waiting), (Some(Wipe::Sends), 1));
    assert!(left(&phone).contains(&"attachment_piece".to_owned()));

    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    phone.book.finish(note).unwrap();
    phone.book.keep_addition(note, "She called.").unwrap();
    orders(&server, "wipe");
    phone.sync();
    let ordered = phone.book.ordered().unwrap();
    assert_eq!((ordered.wipe, ordered.additions), (Some(Wipe::Sends), vec![note]));
    phone.book.add(note, "She called.").unwrap();
    phone.book.keep_addition(note, "").unwrap();
    phone.sync();
    assert_eq!(wipe_of(&phone), Some(Wipe::Done));
}

#[test]
fn a_wipe_of_what_is_unsent_too_is_done_at_once_and_told_when_it_can_be() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    let unsent = phone.note("P1");
    phone.write(unsent, "Never sent.");
    orders(&server, "wipe_unsent");
    // An answer to a request that only asks: the order, and then the link is gone.
    phone
        .book
        .sync(&mut Few(&mut phone.link, 1), crate::SyncMode::PullOnly)
        .unwrap();
    assert_eq!(wipe_of(&phone), Some(Wipe::Emptied));
    assert_eq!(left(&phone), WHOSE);
    assert!(phone.book.show(note).is_err() && phone.book.show(unsent).is_err());
    let copy = phone.folder.copy();
    phone.book = copy.open(&phone.hands, 9);
    let report = phone.sync();
    assert_eq!((report.waiting, report.ended), (0, Ended::Quiet));
    assert_eq!(wipe_of(&phone), Some(Wipe::Done));
    assert_eq!(server.with(|s| s.standing), None);
}

#[test]
fn a_graver_order_takes_the_place_of_one_that_waits() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    phone.write(note, " She sings.");
    orders(&server, "wipe");
    phone
        .book
        .sync(&mut Few(&mut phone.link, 1), crate::SyncMode::PullOnly)
        .unwrap();
    assert_eq!(wipe_of(&phone), Some(Wipe::Sends));
    server.with(|s| s.standing = Some((8, "wipe_unsent")));
    let mode = crate::SyncMode::PullOnly;
    phone.book.sync(&mut phone.link, mode).unwrap();
    assert_eq!(wipe_of(&phone), Some(Wipe::Done));
    let told = server
        .with(|s| s.requests.last().unwrap().to_desk.clone())
        .unwrap();
    assert_eq!(told.obeyed, Some(8));
}

#[test]
fn the_desk_hears_how_the_phone_stands() {
    let server = Server::new();
    let (mut phone, note) = lived_in(&server);
    phone.book.stands(Storage {
        persisted: Some(true),
        used_bytes: Some(5_000),
        free_bytes: None,
    });
    server.with(|s| s.verdicts.insert(note, (1, "unknown_key")));
    phone.write(note, " More.");
    phone.sync();
    phone.sync();
    let told = server
        .with(|s| s.requests.last().unwrap().to_desk.clone())
        .unwrap();
    assert_eq!(
        (told.persisted, told.used_bytes, told.free_bytes),
        (Some(true), Some(5_000), None)
    );
    assert_eq!((told.held, told.obeyed), (Some(1), None));
}

/// A link over which so many sync requests go, and then none.
struct Few<'a>(&'a mut super::Link, usize);

impl crate::host::Transport for Few<'_> {
    fn send(
        &mut self,
        request: &crate::host::HttpRequest,
    ) -> Result<crate::host::HttpResponse, crate::host::Unreachable> {
        if request.path == "/v1/sync" {
            self.1 = self.1.checked_sub(1).ok_or(crate::host::Unreachable)?;
        }
        self.0.send(request)
    }
}

#[test]
fn wipes_and_keys_in_any_order_lose_nothing() {
    for seed in 0..24 {
        println!("seed {seed}");
        let mut dice = Seeded(seed);
        let server = Server::new();
        let (mut phone, note) = lived_in(&server);
        let ordered_at = dice.below(6);
        let mut typed = 0;
        for step in 0..12 {
            if step == ordered_at {
                orders(&server, "wipe");
            }
            let emptied = !matches!(wipe_of(&phone), None | Some(Wipe::Sends));
            match dice.below(3) {
                0 if !emptied => {
                    phone.book.type_text(note, "body", None, 0, "x", 1).unwrap();
                    typed += 1;
                }
                1 => {
                    let few = usize::try_from(dice.below(3)).unwrap();
                    phone.link.lose_answers = dice.below(2) == 0;
                    phone
                        .book
                        .sync(&mut Few(&mut phone.link, few), crate::SyncMode::Both)
                        .unwrap();
                    phone.link.lose_answers = false;
                }
                _ => drop(phone.sync()),
            }
        }
        phone.sync();
        assert_eq!(wipe_of(&phone), Some(Wipe::Done));
        let body = server.body(note);
        assert_eq!(body, format!("She is well.{}", "x".repeat(typed)), "seed {seed}");
    }
}
