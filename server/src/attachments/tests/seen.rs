//! Who may send and read a file. Whoever may not is told the same as of a file that does not exist.

use super::*;
use crate::attachments::{for_case_system, for_device, piece, place};
use crate::export::tests::town::{TOM, ZOE, client};

/// All bytes of a file, as a device reads them.
fn reads(town: &Town, phone: Phone, id: AttachmentId, note: Option<DocumentId>) -> Result<Vec<u8>, Declined> {
    let file = for_device(&town.core, &who(town, phone.id), id, note)?;
    let mut all = Vec::new();
    while (all.len() as u64) < file.bytes {
        all.extend(piece(&town.core, &file, all.len() as u64).unwrap().1);
    }
    Ok(all)
}

fn audited(town: &Town) -> Vec<(String, Option<DocumentId>)> {
    let audit = town.read(|tx| tx.audit_after(0, u32::MAX));
    let readings = audit
        .into_iter()
        .map(|r| r.entry)
        .filter(|e| e.what == "attachment.read");
    readings.map(|e| (e.who, e.document)).collect()
}

#[test]
fn a_colleague_of_the_team_reads_it_and_leaves_a_trace() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let id = AttachmentId::of(&bytes);
    refused(reads(&town, sian, id, None), Code::NotFound, "it has not come");
    sends(&town, kofi, note, &bytes, 5).unwrap();
    assert_eq!(reads(&town, sian, id, None).unwrap(), bytes);
    assert_eq!(reads(&town, kofi, id, Some(note)).unwrap(), bytes);
    refused(
        reads(&town, sian, id, Some(DocumentId([8; 16]))),
        Code::NotFound,
        "not in that note",
    );
    assert_eq!(
        audited(&town),
        [
            ("worker:W2".to_owned(), Some(note)),
            ("worker:W1".to_owned(), Some(note))
        ]
    );
}

#[test]
fn a_stranger_is_answered_as_if_there_were_nothing() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let sol = stranger(&town);
    let bytes = photo("hall");
    let note = noted(&town, kofi, 1, &bytes).id;
    let unknown = DocumentId([8; 16]);
    for whole in [false, true] {
        if whole {
            sends(&town, kofi, note, &bytes, 5).unwrap();
        }
        for (document, file) in [(note, &bytes), (unknown, &bytes), (note, &photo("none"))] {
            let what = format!("{document} {whole}");
            let asks = place(&town.core, &who(&town, sol.id), key(sol, document, file));
            refused(asks, Code::NotFound, &what);
            refused(starts(&town, sol, document, file), Code::NotFound, &what);
            refused(
                reads(&town, sol, AttachmentId::of(file), None),
                Code::NotFound,
                &what,
            );
            refused(
                reads(&town, sol, AttachmentId::of(file), Some(document)),
                Code::NotFound,
                &what,
            );
        }
    }
    assert_eq!(audited(&town), []);
}

#[test]
fn to_name_a_known_hash_opens_nothing_until_it_is_sent_whole() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let sol = stranger(&town);
    let bytes = photo("the front door, with its number");
    let theirs = noted(&town, kofi, 1, &bytes).id;
    sends(&town, kofi, theirs, &bytes, 5).unwrap();
    let mut own = sol.begin(2, ZOE);
    name(sol, &mut own, &bytes);
    sol.finish(&mut own, "W9");
    sol.publish(&town, &mut own, Some(ZOE));
    let id = AttachmentId::of(&bytes);
    refused(
        reads(&town, sol, id, None),
        Code::NotFound,
        "named in a note of their own",
    );
    assert_eq!(newest(&town)[0]["available"], false);
    let stands = starts(&town, sol, own.id, &bytes).unwrap();
    assert_eq!(stands.arrived, 0, "as if nobody had it");
    refused(reads(&town, sol, id, None), Code::NotFound, "begun");
    sends(&town, sol, own.id, &bytes, 5).unwrap();
    assert_eq!(reads(&town, sol, id, None).unwrap(), bytes);
    refused(
        reads(&town, sol, id, Some(theirs)),
        Code::NotFound,
        "in the other's note",
    );
    assert_eq!(
        town.read(|tx| tx.attachments_after(None, 9)).len(),
        1,
        "stored once"
    );
    assert_eq!(newest(&town)[0]["available"], true);
}

#[test]
fn whoever_reads_it_about_this_person_already_need_not_send_it_again() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let bytes = photo("hall");
    let first = noted(&town, kofi, 1, &bytes).id;
    sends(&town, kofi, first, &bytes, 5).unwrap();
    let second = noted(&town, sian, 2, &bytes).id;
    let stands = starts(&town, sian, second, &bytes).unwrap();
    assert_eq!(stands.arrived, stands.bytes);
    assert_eq!(
        reads(&town, sian, AttachmentId::of(&bytes), Some(second)).unwrap(),
        bytes
    );
    // Another person's note is another matter, though the same worker may see both.
    let mut of_tom = kofi.begin(3, TOM);
    name(kofi, &mut of_tom, &bytes);
    kofi.publish(&town, &mut of_tom, Some(TOM));
    assert_eq!(starts(&town, kofi, of_tom.id, &bytes).unwrap().arrived, 0);
}

#[test]
fn only_what_a_note_names_is_taken() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let note = noted(&town, kofi, 1, &photo("hall")).id;
    let other = photo("not in the note");
    refused(
        starts(&town, kofi, note, &other),
        Code::AttachmentUnnamed,
        "judged",
    );
    refused(
        starts(&town, sian, note, &other),
        Code::AttachmentUnnamed,
        "a colleague",
    );
    let mut unjudged = kofi.begin(2, MARGARET);
    kofi.push(&town, &mut unjudged, Some(MARGARET));
    starts(&town, kofi, unjudged.id, &other).unwrap();
    town.run();
    refused(
        starts(&town, kofi, unjudged.id, &photo("a third")),
        Code::AttachmentUnnamed,
        "judged since",
    );
}

#[test]
fn a_revoked_phone_hands_over_what_its_note_names_and_reads_nothing() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let (before, after) = (photo("before"), photo("after"));
    let note = noted(&town, kofi, 1, &before).id;
    let mut held = kofi.begin(2, MARGARET);
    name(kofi, &mut held, &after);
    town.core.store.write(|tx| tx.device_revoke(kofi.id, 1)).unwrap();
    kofi.push(&town, &mut held, Some(MARGARET));
    town.run();
    sends(&town, kofi, note, &before, 3).unwrap();
    sends(&town, kofi, held.id, &after, 3).unwrap();
    let id = AttachmentId::of(&before);
    refused(
        reads(&town, kofi, id, None),
        Code::DeviceRevoked,
        "not even its own",
    );
    assert_eq!(
        reads(&town, sian, id, None).unwrap(),
        before,
        "it was named while the phone was trusted"
    );
    refused(
        reads(&town, sian, AttachmentId::of(&after), None),
        Code::NotFound,
        "its note is held",
    );
    let issue = town.issue("held");
    let id = issue["id"].as_str().unwrap();
    crate::issues::settle(
        &town.core,
        id,
        "accept",
        &serde_json::Map::new(),
        "operator",
        "It is hers.",
    )
    .unwrap();
    town.run();
    assert_eq!(
        reads(&town, sian, AttachmentId::of(&after), None).unwrap(),
        after,
        "let in with its note"
    );
}

#[test]
fn a_case_system_reads_what_an_event_offers() {
    let town = Town::new();
    let kofi = town.phone("W1", 1);
    let bytes = photo("hall");
    let mut note = kofi.begin(1, MARGARET);
    name(kofi, &mut note, &bytes);
    kofi.publish(&town, &mut note, Some(MARGARET));
    sends(&town, kofi, note.id, &bytes, 5).unwrap();
    let mosaic = client("mosaic");
    let id = AttachmentId::of(&bytes);
    let open = || for_case_system(&town.core, &mosaic, id, None);
    refused(open(), Code::NotFound, "the note is still open");
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    assert_eq!(open().unwrap().bytes, bytes.len() as u64);
    let other = for_case_system(&town.core, &mosaic, AttachmentId::of(b"x"), None);
    refused(other, Code::NotFound, "of another file");
    assert_eq!(audited(&town), [("client:mosaic".to_owned(), Some(note.id))]);
}
