//! Pulling: cursors, what is nothing new, answers cut small, people who come and go.

use notes::ids::DocumentId;
use notes::note::Template;
use notes::problem::Code;
use notes::wire::{Response, RowBody, Subject};

use super::world::*;
use crate::issues;
use crate::sync::pull::Portion;
use crate::sync::{Why, erase};

/// Alice's caseload with notes by Bob, published.
fn notes_by_bob(town: &Town, count: u8) -> Vec<(DocumentId, Vec<u8>)> {
    let mut bob = town.phone(2, "W2");
    let mut sent = Vec::new();
    for n in 0..count {
        let mut doc = note_by(actor(2), ANN);
        let mut chunks = vec![whole(&doc)];
        chunks.extend((0..n % 3).map(|k| write(&mut doc, &[typed(0, &format!("{n}/{k} "))])));
        bob.push(push(note(n), Some(ANN), &chunks));
        sent.extend(chunks.into_iter().map(|c| (note(n), c)));
        town.project();
    }
    sent
}

fn bodies(response: &Response) -> Vec<RowBody> {
    response
        .rows
        .iter()
        .map(|r| r.unpack().unwrap().unwrap())
        .collect()
}

/// How many pages the database has and how often it was written in.
fn written(town: &Town) -> (u64, Vec<u8>) {
    let wal = town.folder.path().join("doorstep.db-wal");
    (
        std::fs::metadata(&wal).unwrap().len(),
        std::fs::read(wal).unwrap(),
    )
}

#[test]
fn a_cursor_that_is_not_this_servers_is_rewound_and_nothing_pulled() {
    let town = Town::new();
    notes_by_bob(&town, 3);
    let mut alice = town.phone(1, "W1");
    alice.pull();
    let good = alice.cursor.clone();
    // version, epoch, published, news, seq, chain, team, line, turn
    let changed = |at: usize| {
        let mut cursor = good.clone();
        cursor[at] ^= 0x40;
        cursor
    };
    let mut bad: Vec<Vec<u8>> = [0, 1, 8, 9, 17, 25, 33, 40].map(changed).to_vec();
    // Numbers for which the store cannot even be asked, of the line and its turn too.
    let beyond = |at: usize| {
        let mut cursor = good.clone();
        cursor[at] ^= 0x80;
        cursor
    };
    bad.extend([9, 17, 25, 49, 57].map(beyond));
    bad.extend([
        vec![1],
        good[..good.len() - 1].to_vec(),
        [&good[..], &[0]].concat(),
        vec![0; 256],
    ]);
    for cursor in bad {
        alice.cursor.clone_from(&cursor);
        let mut doc = note_by(actor(1), ANN);
        write(&mut doc, &[typed(0, "sent all the same")]);
        let response = alice.pass(vec![push(note(200), Some(ANN), &[whole(&doc)])]);
        assert!(response.rewound && response.rows_anew, "{cursor:?}");
        assert!(
            response.cursor.is_empty()
                && response.pulls.is_empty()
                && response.rows.is_empty()
                && !response.more
        );
        assert_eq!(response.verdicts.len(), 1);
    }
    alice.cursor = good;
    assert!(!alice.pass(Vec::new()).rewound);
}

#[test]
fn nothing_new_writes_nothing_and_the_cursor_stays() {
    let town = Town::new();
    notes_by_bob(&town, 4);
    let mut alice = town.phone(1, "W1");
    alice.pull();
    alice.pass(Vec::new());
    let (cursor, before) = (alice.cursor.clone(), written(&town));
    for _ in 0..5 {
        let response = alice.pass(Vec::new());
        assert_eq!(response.cursor, cursor);
        assert!(
            response.rows.is_empty() && response.pulls.is_empty() && !response.more && !response.rows_anew
        );
    }
    assert!(written(&town) == before, "something was written");
    // Seen again after a while is written down.
    town.clock.forward(61_000);
    alice.pass(Vec::new());
    assert!(written(&town) != before);
}

#[test]
fn only_what_is_published_comes_in_order_and_none_of_ones_own() {
    let town = Town::new();
    let sent = notes_by_bob(&town, 9);
    let mut alice = town.phone(1, "W1");
    assert_eq!(alice.pull(), sent);
    assert_eq!(alice.pull(), []);
    let own = whole(&note_by(actor(1), ANN));
    alice.push(push(note(100), Some(ANN), std::slice::from_ref(&own)));
    assert_eq!(alice.pull(), [], "accepted is not published");
    town.project();
    assert_eq!(alice.pull(), [], "and one's own does not come back");
    // But another phone of the same worker has it.
    let mut second = town.phone(4, "W1");
    let all = second.pull();
    assert_eq!(all.len(), sent.len() + 1);
    assert_eq!(all.last(), Some(&(note(100), own)));
}

#[test]
fn a_push_without_pulling_passes_nothing_over() {
    let town = Town::new();
    let sent = notes_by_bob(&town, 2);
    let mut alice = town.phone(1, "W1");
    let mut request = alice.request(Vec::new());
    request.pull = false;
    let response = alice.ask(request).unwrap();
    assert!(response.pulls.is_empty() && response.rows.is_empty());
    alice.cursor = response.cursor;
    assert_eq!(alice.pull(), sent);
}

/// Two installs under one device key and one actor: nothing tells them apart but who pushed last.
#[test]
fn a_copy_of_a_phone_is_sent_what_the_other_sends() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    let whole_of = |n: u8| whole(&note_by(actor(n), ANN));
    alice.push(push(note(100), Some(ANN), &[whole_of(1)]));
    town.project();
    assert_eq!(alice.pull(), []);
    let mut copy = Phone {
        cursor: alice.cursor.clone(),
        ..alice
    };
    for n in 101..104 {
        let (from, to) = if n % 2 == 0 {
            (&mut copy, &mut alice)
        } else {
            (&mut alice, &mut copy)
        };
        from.push(push(note(n), Some(ANN), &[whole_of(1)]));
        town.project();
        let ids =
            |pulled: Vec<(DocumentId, Vec<u8>)>| -> Vec<_> { pulled.into_iter().map(|p| p.0).collect() };
        assert_eq!(ids(to.pull()), [note(n)], "also what came before it ever pushed");
        assert_eq!(ids(from.pull()), [], "and one's own does not come back");
    }
}

#[test]
fn a_copy_that_sends_before_it_asks_is_sent_what_the_other_wrote_in_a_joined_note() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    alice.push(push(note(2), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    town.project();
    let part = |text: &str| {
        let mut doc = bare(Template::Note, actor(3));
        write(&mut doc, &[typed(0, text)]);
        whole(&doc)
    };
    carol.push(joint(note(1), None, &[part("First. ")]));
    town.project();
    carol.pull();
    let mut copy = Phone {
        cursor: carol.cursor.clone(),
        ..carol
    };
    let second = part("Second. ");
    carol.push(joint(note(2), None, std::slice::from_ref(&second)));
    town.project();
    let third = push(note(3), Some(BEN), &[whole(&note_by(actor(3), BEN))]);
    let got: Vec<_> = copy
        .pass(vec![third])
        .pulls
        .into_iter()
        .map(|p| p.document)
        .collect();
    assert!(got.contains(&note(2)), "{got:?}");
    town.project();
    assert_eq!(copy.pull(), []);
}

#[test]
fn answers_cut_small_lose_nothing_and_double_nothing() {
    let town = Town::new();
    let sent = notes_by_bob(&town, 12);
    let mut whole_rows = Vec::new();
    for (n, (bytes, numbers)) in (10u8..).zip([
        (1_000_000, 2_000),
        (1, 2_000),
        (1, 1),
        (700, 2),
        (2_000, 3),
        (1_000_000, 1),
    ]) {
        let mut alice = town.phone(n, "W1");
        alice.portion = Portion { bytes, numbers };
        let (mut chunks, mut rows, mut requests) = (Vec::new(), Vec::new(), 0);
        loop {
            let response = alice.pass(Vec::new());
            requests += 1;
            let size: usize = pulled(&response).iter().map(|(_, c)| c.len()).sum();
            assert!(
                size <= bytes || pulled(&response).len() == 1,
                "{size} bytes of {bytes}"
            );
            chunks.extend(pulled(&response));
            rows.extend(bodies(&response));
            if !response.more {
                break;
            }
            assert!(requests < 1_000, "no progress");
        }
        assert_eq!(chunks, sent, "{bytes} bytes, {numbers} numbers");
        rows.retain(|row| !matches!(row, RowBody::Actor(_)));
        if n == 10 {
            whole_rows.clone_from(&rows);
        }
        assert_eq!(rows, whole_rows, "{bytes} bytes, {numbers} numbers");
        assert!(bytes > 1 || requests >= sent.len());
    }
    assert!(whole_rows.len() >= 2);
}

#[test]
fn a_lost_answer_is_given_again() {
    let town = Town::new();
    let sent = notes_by_bob(&town, 6);
    let mut alice = town.phone(1, "W1");
    alice.portion = Portion {
        bytes: 1_500,
        numbers: 100,
    };
    let lost = alice.ask(alice.request(Vec::new())).unwrap();
    let again = alice.ask(alice.request(Vec::new())).unwrap();
    assert_eq!((pulled(&lost), lost.cursor), (pulled(&again), again.cursor));
    assert_eq!(alice.pull(), sent);
}

#[test]
fn a_person_who_leaves_is_removed_and_not_pulled_any_more() {
    let town = Town::new();
    notes_by_bob(&town, 1);
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    assert_eq!(alice.pull().len(), 1);
    carol.pull();
    town.allocate(ANN, "W3", SOUTH);
    let mut bob = town.phone(5, "W3");
    bob.push(push(note(50), Some(ANN), &[whole(&note_by(actor(5), ANN))]));
    town.project();
    let response = alice.pass(Vec::new());
    assert!(response.pulls.is_empty());
    let removed = |row: &RowBody| matches!(row, RowBody::Removal(r) if r.person == ANN);
    assert_eq!(bodies(&response).iter().filter(|row| removed(row)).count(), 1);
    assert!(alice.fill(Subject::Person(ANN), 0).fills[0].pulls.is_empty());
    assert!(
        alice.fill(Subject::Document(note(0)), 0).fills[0]
            .pulls
            .is_empty()
    );
    // She comes into Carol's view: as a row, and as a history to be asked for.
    let response = carol.pass(Vec::new());
    let mine = |row: &RowBody| matches!(row, RowBody::Person(p) if p.id == ANN && p.mine);
    assert!(bodies(&response).iter().any(mine));
    let answer = carol.fill(Subject::Person(ANN), 0);
    assert_eq!(
        answer.fills[0]
            .pulls
            .iter()
            .map(|p| p.document)
            .collect::<Vec<_>>(),
        [note(0), note(50)]
    );
}

#[test]
fn one_of_the_team_has_two_identifiers_and_one_of_the_caseload_all() {
    let town = Town::new();
    let (mut alice, mut bob, mut carol) = (town.phone(1, "W1"), town.phone(2, "W2"), town.phone(3, "W3"));
    let about_ann = |phone: &mut Phone<'_>| {
        let rows = bodies(&phone.pass(Vec::new()));
        let of = rows.iter().filter_map(|row| match row {
            RowBody::Person(p) if p.id == ANN => Some(if p.mine { "mine" } else { "team" }),
            RowBody::Detail(d) if d.id == ANN => Some("detail"),
            RowBody::Removal(r) if r.person == ANN => Some("removal"),
            _ => None,
        });
        of.collect::<Vec<_>>()
    };
    assert_eq!(about_ann(&mut alice), ["mine", "detail"]);
    assert_eq!(about_ann(&mut bob), ["team"]);
    assert_eq!(about_ann(&mut carol), Vec::<&str>::new());
}

#[test]
fn another_team_means_rows_anew() {
    let town = Town::new();
    let mut bob = town.phone(2, "W2");
    bob.pull();
    town.write(|tx| {
        let mut worker = tx.worker("W2")?.unwrap();
        worker.team = Some(tx.team_named(SOUTH)?);
        tx.worker_put(&worker)
    });
    let response = bob.pass(Vec::new());
    assert!(response.rows_anew);
    let people = bodies(&response).into_iter().filter_map(|row| match row {
        RowBody::Person(p) => Some(p.id),
        _ => None,
    });
    assert_eq!(people.collect::<Vec<_>>(), [BEN]);
    assert!(!bob.pass(Vec::new()).rows_anew);
}

#[test]
fn a_history_comes_page_by_page() {
    let town = Town::new();
    let sent = notes_by_bob(&town, 10);
    for (n, (bytes, numbers)) in (10u8..).zip([(1_000_000, 2_000), (1, 5), (900, 1), (3_000, 4)]) {
        let mut alice = town.phone(n, "W1");
        alice.pull();
        alice.portion = Portion { bytes, numbers };
        for subject in [Subject::Person(ANN), Subject::Document(note(8))] {
            let expected: Vec<_> = match subject {
                Subject::Person(_) => sent.clone(),
                Subject::Document(id) => sent.iter().filter(|(d, _)| *d == id).cloned().collect(),
            };
            let (mut chunks, mut after) = (Vec::new(), Some(0));
            while let Some(place) = after {
                let mut answer = alice.fill(subject, place);
                let part = answer.fills.pop().unwrap();
                let each = part
                    .pulls
                    .iter()
                    .flat_map(|p| p.chunks.iter().map(|c| (p.document, c.to_vec())));
                chunks.extend(each);
                assert!(part.next.is_none_or(|next| next > place), "no progress");
                after = part.next;
            }
            assert_eq!(chunks, expected, "{subject:?} in {bytes} bytes");
        }
    }
}

/// Alice's note, and her words in it that came when the person had left her team: they are held.
fn late_for_somebody_who_left(town: &Town) -> (Phone<'_>, Vec<u8>) {
    let mut alice = town.phone(1, "W1");
    let mut hers = note_by(alice.actor, ANN);
    alice.push(push(note(1), Some(ANN), &[whole(&hers)]));
    town.project();
    alice.pull();
    town.allocate(ANN, "W3", SOUTH);
    let late = write(&mut hers, &[typed(0, "Late.")]);
    let verdict = alice.push(push(note(1), Some(ANN), std::slice::from_ref(&late)));
    assert_eq!(verdict, held(Code::PersonUnknown));
    (alice, late)
}

/// Ends the only issue of the note.
fn settled(town: &Town, action: &str) {
    let issue = town.read(|tx| tx.issues_open_of(note(1))).pop().unwrap();
    let none = serde_json::Map::new();
    let reason = "Asked her.";
    issues::settle(&town.core, &issue.opened.id, action, &none, "operator", reason).unwrap();
}

/// Held because the person had left her team, and returned: only when the person is back she may take the
/// server's copy, and hears that she is to.
#[test]
fn an_order_that_could_not_be_carried_out_comes_with_the_history() {
    let town = Town::new();
    let (mut alice, _) = late_for_somebody_who_left(&town);
    let orders = |response: &Response| -> Vec<u64> {
        let rows = response.rows.iter();
        let resets = rows.filter(|row| matches!(row.unpack(), Ok(Some(RowBody::Order(_)))));
        resets.map(|row| row.number).collect()
    };
    settled(&town, "return");
    let away = alice.pass(Vec::new());
    assert_eq!(orders(&away), [0; 0], "the history would not be given to her");
    assert_eq!(orders(&alice.fill(Subject::Person(ANN), 0)), [0; 0]);
    town.allocate(ANN, "W1", NORTH);
    alice.pull();
    let back = orders(&alice.fill(Subject::Person(ANN), 0));
    assert_eq!(back.len(), 1);
    // By its number she knows it again.
    assert_eq!(orders(&alice.fill(Subject::Document(note(1)), 0)), back);
    let others = [Subject::Person(BEN), Subject::Document(note(2))];
    for subject in others {
        assert_eq!(orders(&alice.fill(subject, 0)), [0; 0], "{subject:?}");
    }
    let bob = town.phone(2, "W2");
    assert_eq!(
        orders(&bob.fill(Subject::Document(note(1)), 0)),
        [0; 0],
        "it is not his"
    );
}

/// She may have let go of it since: what came after it was returned to her, and she wrote the note again
/// without both.
#[test]
fn what_a_person_let_in_comes_to_whoever_sent_it_too() {
    let town = Town::new();
    let (mut alice, late) = late_for_somebody_who_left(&town);
    settled(&town, "accept");
    town.allocate(ANN, "W1", NORTH);
    town.project();
    assert_eq!(alice.pull(), [(note(1), late)]);
    assert_eq!(alice.pull(), []);
}

/// He got no part in the note by sending what was refused. By the decision he has one, though the person is on a
/// colleague's caseload.
#[test]
fn whoever_was_let_in_hears_what_others_write_on() {
    let town = Town::new();
    let mut bob = town.phone(2, "W2");
    let mut alice = town.phone(1, "W1");
    let mut both = note_by(bob.actor, BEN);
    let first = bob.push(push(note(1), Some(BEN), &[whole(&both)]));
    assert_eq!(first, held(Code::PersonUnknown));
    let issue = town.read(|tx| tx.issues_open_of(note(1))).pop().unwrap();
    let none = serde_json::Map::new();
    issues::settle(&town.core, &issue.opened.id, "accept", &none, "operator", "His.").unwrap();
    town.allocate(BEN, "W1", NORTH);
    town.project();
    bob.pull();
    take(&mut both, alice.actor);
    let hers = write(&mut both, &[typed(0, "Alice: ")]);
    alice.push(push(note(1), Some(BEN), std::slice::from_ref(&hers)));
    town.project();
    assert_eq!(bob.pull(), [(note(1), hers)]);
}

/// Nothing of the note was published when the person came back, so no history brought the order.
#[test]
fn what_is_new_of_a_note_brings_the_order_that_could_not_be_carried_out() {
    let town = Town::new();
    let mut alice = town.phone(1, "W1");
    alice.push(push(note(1), Some(BEN), &[whole(&note_by(alice.actor, BEN))]));
    let issue = town.read(|tx| tx.issues_open_of(note(1))).pop().unwrap();
    let none = serde_json::Map::new();
    issues::settle(&town.core, &issue.opened.id, "return", &none, "operator", "No.").unwrap();
    alice.pull();
    town.allocate(BEN, "W1", NORTH);
    alice.pull();
    let orders = |response: &Response| {
        let bodies = bodies(response);
        bodies
            .iter()
            .filter(|body| matches!(body, RowBody::Order(_)))
            .count()
    };
    for subject in [Subject::Person(BEN), Subject::Document(note(1))] {
        assert_eq!(orders(&alice.fill(subject, 0)), 0, "{subject:?}");
    }
    let mut bob = town.phone(2, "W2");
    bob.push(push(note(1), Some(BEN), &[whole(&note_by(bob.actor, BEN))]));
    bob.push(push(note(2), Some(BEN), &[whole(&note_by(bob.actor, BEN))]));
    town.project();
    assert_eq!(
        orders(&alice.pass(Vec::new())),
        1,
        "for the one note, and not for the other"
    );
    assert_eq!(orders(&alice.pass(Vec::new())), 0);
    assert_eq!(orders(&bob.pass(Vec::new())), 0, "it is not his");
}

/// The server was set back, so the copy's cursor says nothing of its line.
#[test]
fn what_an_install_sends_with_an_unknown_cursor_comes_to_the_other() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    alice.push(push(note(1), Some(ANN), &[whole(&note_by(actor(1), ANN))]));
    let mut copy = Phone {
        cursor: vec![9],
        ..carol
    };
    carol.push(push(note(2), Some(BEN), &[whole(&note_by(actor(3), BEN))]));
    town.project();
    carol.pull();
    let mut part = bare(Template::Note, actor(3));
    write(&mut part, &[typed(0, "Carol. ")]);
    let request = copy.request(vec![joint(note(1), None, &[whole(&part)])]);
    let response = copy.ask(request).unwrap();
    assert!(response.rewound);
    copy.cursor = response.cursor;
    town.project();
    assert_eq!(carol.pull(), [(note(1), whole(&part))]);
}

#[test]
fn whoever_holds_a_note_that_was_removed_is_told_and_nobody_else() {
    let town = Town::new();
    let (mut alice, mut carol) = (town.phone(1, "W1"), town.phone(3, "W3"));
    let mut bob = town.phone(2, "W2");
    for n in 0..2 {
        bob.push(push(note(n), Some(ANN), &[whole(&note_by(actor(2), ANN))]));
    }
    town.project();
    for phone in [&mut alice, &mut carol, &mut bob] {
        phone.pass(Vec::new());
    }
    let host = &town.core.host;
    let removed = town
        .core
        .store
        .write(|tx| erase(tx, host, note(0), Why::Retention, "operator"));
    assert!(removed.unwrap().is_some());
    let gone = |response: &Response| {
        let rows = bodies(response).into_iter();
        let gone = rows.filter_map(|row| match row {
            RowBody::Gone(row) => Some(row.document),
            RowBody::Version(row) if row.document == note(0) => panic!("a version of what is gone"),
            _ => None,
        });
        gone.collect::<Vec<_>>()
    };
    let told = alice.pass(Vec::new());
    assert!(
        !told.rewound && told.pulls.is_empty(),
        "she goes on from where she was"
    );
    assert_eq!(gone(&told), [note(0)], "she has the person");
    assert_eq!(gone(&bob.pass(Vec::new())), [note(0)], "he wrote it");
    assert_eq!(gone(&carol.pass(Vec::new())), [], "she never had it");
    assert_eq!(gone(&alice.pass(Vec::new())), [], "once");
    // A history from the beginning says it too, and has the other note still.
    let history = alice.fill(Subject::Person(ANN), 0);
    assert_eq!(gone(&history), [note(0)]);
    let pulled: Vec<DocumentId> = history.fills[0].pulls.iter().map(|pull| pull.document).collect();
    assert_eq!(pulled, [note(1)]);
}
