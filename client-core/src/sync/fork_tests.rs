//! Two phones under one actor, and changes that a person decided against.

use super::*;

const OLD: [u8; 16] = [7; 16];
const FRESH: [u8; 16] = [8; 16];
const HER: [u8; 16] = [9; 16];

fn change(doc: &mut Automerge, actor: [u8; 16], edits: &[Edit]) -> ChangeHash {
    doc.set_actor(ActorId::from(actor));
    let mut tx = doc.transaction();
    for edit in edits {
        edit.apply(&mut tx, Template::Note).unwrap();
    }
    tx.commit().0.unwrap()
}

fn typed(at: u64, delete: u64, insert: &str) -> Edit {
    let insert = insert.to_owned();
    Edit::Splice {
        field: "body".into(),
        at,
        delete,
        insert,
    }
}

fn put(path: &str, value: &str) -> Edit {
    Edit::Put {
        path: path.into(),
        value: Some(Scalar::Text(value.into())),
    }
}

fn finish() -> Edit {
    Edit::Finish {
        at: 5,
        author: "W1".into(),
    }
}

fn begun() -> Automerge {
    let mut doc = genesis::document(Template::Note);
    change(
        &mut doc,
        OLD,
        &[
            put("kind", "home_visit"),
            put("person", "p"),
            typed(0, 0, "Seen at home."),
        ],
    );
    doc
}

fn mend(mine: &Automerge, server: Automerge, held: &[ChangeHash]) -> (Plain, Replay) {
    let held = held.iter().copied().collect();
    let replay = replay(
        mine,
        server,
        Template::Note,
        (&held, &BTreeSet::new()),
        &ActorId::from(FRESH),
        77,
    )
    .unwrap();
    (Plain::read(&replay.doc, Template::Note).unwrap(), replay)
}

#[test]
fn two_phones_under_one_actor_keep_what_both_wrote() {
    let (mut here, mut there) = (begun(), begun());
    change(
        &mut here,
        OLD,
        &[
            typed(13, 0, " Kettle on."),
            put("actions.a.what", "ring GP"),
            put("feedback.words", "kind"),
            Edit::Mark {
                field: "body".into(),
                start: 14,
                end: 20,
                kind: "third_party".into(),
            },
        ],
    );
    change(
        &mut there,
        OLD,
        &[typed(0, 0, "Tues. "), put("outcomes.o.text", "bath")],
    );
    let (plain, replay) = mend(&here, there.clone(), &[]);
    assert!(replay.wrote);
    assert_eq!(plain.texts["body"], "Tues. Seen at home. Kettle on.");
    assert_eq!(plain.entries["actions"]["a"]["what"].text(), Some("ring GP"));
    assert_eq!(plain.entries["outcomes"]["o"]["text"].text(), Some("bath"));
    assert_eq!(plain.records["feedback"]["words"].text(), Some("kind"));
    assert_eq!((plain.private[0].start, plain.private[0].end), (20, 26));
    let new: Vec<_> = replay.doc.get_changes(&there.get_heads());
    assert!(
        new.iter()
            .all(|c| c.actor_id() == &ActorId::from(FRESH) && c.timestamp() == 77)
    );
}

#[test]
fn nothing_of_mine_writes_nothing() {
    let here = begun();
    let mut there = begun();
    change(&mut there, HER, &[typed(0, 0, "x")]);
    let heads = there.get_heads();
    let (_, replay) = mend(&here, there, &[]);
    assert!(!replay.wrote);
    assert_eq!(replay.doc.get_heads(), heads);
}

#[test]
fn a_held_change_is_left_out_and_what_came_after_it_is_written_again() {
    let mut server = begun();
    change(&mut server, OLD, &[finish()]);
    let mut here = server.clone();
    let held = change(&mut here, OLD, &[typed(13, 0, " Changed later.")]);
    change(
        &mut here,
        OLD,
        &[
            put("addenda.a.text", "The GP rang."),
            put("addenda.a.author", "W1"),
        ],
    );
    let (plain, replay) = mend(&here, server, &[held]);
    assert!(replay.wrote);
    assert_eq!(plain.texts["body"], "Seen at home.");
    assert_eq!(plain.entries["addenda"]["a"]["text"].text(), Some("The GP rang."));
}

#[test]
fn of_an_open_note_the_held_words_go_and_the_later_words_stay() {
    let server = begun();
    let mut here = server.clone();
    let held = change(&mut here, OLD, &[typed(0, 0, "WRONG. ")]);
    let end = "WRONG. Seen at home.".len() as u64;
    change(&mut here, OLD, &[typed(end, 0, " Tea at four.")]);
    let (plain, _) = mend(&here, server, &[held]);
    assert_eq!(plain.texts["body"], "Seen at home. Tea at four.");
}

#[test]
fn after_a_finish_only_what_may_be_added_is_written_again() {
    let mut server = begun();
    change(&mut server, OLD, &[put("actions.a.what", "x"), finish()]);
    let mut here = server.clone();
    change(
        &mut here,
        OLD,
        &[
            typed(0, 4, ""),
            put("kind", "phone_call"),
            put("actions.a.what", "y"),
            put("actions.a.private", "third_party"),
            Edit::Mark {
                field: "body".into(),
                start: 0,
                end: 2,
                kind: "third_party".into(),
            },
        ],
    );
    let (plain, _) = mend(&here, server, &[]);
    assert_eq!(plain.texts["body"], "Seen at home.");
    assert_eq!(plain.text("kind"), Some("home_visit"));
    assert_eq!(plain.entries["actions"]["a"]["what"].text(), Some("x"));
    assert_eq!(
        plain.entries["actions"]["a"]["private"].text(),
        Some("third_party")
    );
}

#[test]
fn a_server_that_has_nothing_gets_all_of_it() {
    let here = begun();
    let (plain, replay) = mend(&here, genesis::document(Template::Note), &[]);
    assert!(replay.wrote);
    assert_eq!(plain.texts["body"], "Seen at home.");
    assert_eq!(plain.text("kind"), Some("home_visit"));
}

#[test]
fn a_finish_that_only_i_have_is_made_again() {
    let server = begun();
    let mut here = server.clone();
    change(&mut here, OLD, &[finish()]);
    assert_eq!(mend(&here, server, &[]).0.finished(), Some((5, "W1")));
}

#[test]
fn after_the_mending_what_the_server_has_not_is_offered_and_ends_alike() {
    let (mut here, mut there) = (begun(), begun());
    change(&mut here, OLD, &[typed(13, 0, " Kettle on.")]);
    change(&mut there, OLD, &[typed(0, 0, "Tues. ")]);
    change(&mut there, HER, &[put("outcomes.o.text", "bath")]);
    let (plain, replay) = mend(&here, there.clone(), &[]);
    let mine = [ActorId::from(OLD), ActorId::from(FRESH)].into();
    let chunks = crate::sync::chunks_to_offer(&replay.doc, &there.get_heads(), &mine);
    assert_eq!(
        chunks.len(),
        1,
        "what the other phone sent under the old actor is not offered again"
    );
    let offered = automerge::Change::from_bytes(chunks[0].clone()).unwrap();
    assert_eq!((offered.actor_id(), offered.seq()), (&ActorId::from(FRESH), 1));
    there.apply_changes([offered]).unwrap();
    assert_eq!(there.get_heads(), replay.doc.get_heads());
    assert_eq!(plain.texts["body"], "Tues. Seen at home. Kettle on.");
    assert!(crate::sync::chunks_to_offer(&replay.doc, &there.get_heads(), &mine).is_empty());
}

/// Words that look alike: by comparison the letters of one would be taken for those of another.
#[test]
fn what_two_copies_write_again_at_one_place_stays_whole() {
    let mut server = genesis::document(Template::Note);
    change(&mut server, OLD, &[typed(0, 0, "<0.1>")]);
    let copies = ["<0.9>", "<3.1>"].map(|word| {
        let mut copy = server.clone();
        change(&mut copy, OLD, &[typed(0, 0, "<0.7>"), typed(10, 0, word)]);
        copy
    });
    for (copy, fresh) in copies.iter().zip([FRESH, HER]) {
        let fresh = ActorId::from(fresh);
        let replay = replay(
            copy,
            server,
            Template::Note,
            (&BTreeSet::new(), &BTreeSet::new()),
            &fresh,
            77,
        )
        .unwrap();
        server = replay.doc;
    }
    let body = Plain::read(&server, Template::Note).unwrap().texts["body"].clone();
    for word in ["<0.1>", "<3.1>", "<0.9>"] {
        assert_eq!(body.matches(word).count(), 1, "{word} in {body}");
    }
}

/// A twin wrote under the old name, and a colleague under hers; then the server was set back behind both. They
/// have their words still, and send them again.
#[test]
fn what_others_wrote_is_left_to_them() {
    let server = begun();
    let mut here = server.clone();
    let twins = change(&mut here, OLD, &[typed(0, 0, "Twin. ")]);
    let hers = change(
        &mut here,
        HER,
        &[typed(0, 0, "Hers. "), put("actions.a.what", "hers")],
    );
    let known = here.get_heads();
    let sent = change(&mut here, FRESH, &[typed(0, 0, "Sent. ")]);
    change(&mut here, FRESH, &[typed(0, 0, "Unsent. ")]);
    let chunk = here.get_change_by_hash(&sent).unwrap().raw_bytes().to_vec();
    let mine = [ActorId::from(OLD), ActorId::from(FRESH)].into();
    let chunks = [server.save_nocompress(), chunk];
    let theirs = others(&here, &mine, &known, &chunks);
    assert_eq!(theirs, [twins, hers].into());
    let again = ActorId::from([6; 16]);
    let replay = replay(
        &here,
        server,
        Template::Note,
        (&BTreeSet::new(), &theirs),
        &again,
        77,
    )
    .unwrap();
    let plain = Plain::read(&replay.doc, Template::Note).unwrap();
    assert_eq!(plain.texts["body"], "Unsent. Sent. Seen at home.");
    assert!(plain.entries["actions"].is_empty());
    let of_a_new_note = others(&here, &mine, &[], &[]);
    assert!(of_a_new_note.contains(&hers) && !of_a_new_note.contains(&twins));
}

/// Both copies finished, each knows of the other's finish, and what both built on is lost: neither may leave it to
/// the other.
#[test]
fn a_finish_that_others_have_too_is_made_again() {
    let server = begun();
    let mut here = server.clone();
    let theirs = change(&mut here, HER, &[finish()]);
    let again = ActorId::from(FRESH);
    let others = BTreeSet::from([theirs]);
    let none = BTreeSet::new();
    let replay = replay(&here, server, Template::Note, (&none, &others), &again, 77).unwrap();
    let plain = Plain::read(&replay.doc, Template::Note).unwrap();
    assert_eq!(plain.finished(), Some((5, "W1")));
}
