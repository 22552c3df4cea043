//! Concerns come newest first, once to whoever may see them, and one person takes note of each.

use notes::ids::DocumentId;
use notes::problem::Code;

use super::common::{DAY_MS, noted, somebody, teams, worrying};
use crate::desk::Scope;
use crate::desk::concerns::{acknowledge, concerns};
use crate::export::tests::town::{MARGARET, TOM, Town, ZOE};
use crate::ops::OpError;
use crate::store::{Figures, StoreError};

const BEA: &str = "worker:W3";

#[test]
fn the_newest_stands_first_and_another_teams_is_not_there() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let (kofi, zara) = (town.phone("W1", 1), town.phone("W9", 2));
    let first = worrying(&town, kofi, 1, MARGARET);
    town.clock.forward(DAY_MS);
    let theirs = worrying(&town, zara, 2, ZOE);
    town.clock.forward(DAY_MS);
    // The contact was before the others': what counts is when it came.
    let last = worrying(&town, kofi, 3, TOM);
    let seen = |scope| -> Vec<String> {
        let page = concerns(&town.core, scope, None).unwrap();
        assert_eq!(page.next, None);
        page.rows.into_iter().map(|row| row.note_id).collect()
    };
    let ids = |all: &[DocumentId]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(seen(Scope::All), ids(&[last.id, theirs.id, first.id]));
    assert_eq!(seen(north), ids(&[last.id, first.id]));
    assert_eq!(seen(south), ids(&[theirs.id]));
    assert_eq!(seen(Scope::Team(99)), ids(&[]));
    let row = &concerns(&town.core, south, None).unwrap().rows[0];
    assert_eq!(row.kind.as_deref(), Some("safeguarding"));
    assert_eq!(row.person.as_ref().unwrap().name, "Zoë Marsh");
    assert!(
        !format!("{row:?}").contains("Bruises"),
        "its words stay in the note"
    );
}

#[test]
fn a_concern_about_somebody_unknown_is_the_team_of_who_wrote_it() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let zara = town.phone("W9", 2);
    let mut note = zara.empty(1);
    zara.set(&mut note, "person_name", "\"A man at the door\"");
    zara.set(
        &mut note,
        "concerns.c",
        r#"{"kind":"safeguarding","text":"Cold."}"#,
    );
    zara.publish(&town, &mut note, None);
    let count = |scope| concerns(&town.core, scope, None).unwrap().rows.len();
    assert_eq!((count(Scope::All), count(south), count(north)), (1, 1, 0));
}

#[test]
fn the_first_to_take_note_is_named_and_the_second_is_told() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let note = worrying(&town, town.phone("W1", 1), 1, MARGARET);
    let other_team = acknowledge(&town.core, south, note.id, "c", "worker:W9");
    assert!(matches!(other_team, Err(OpError::Refused(Code::NotFound))));
    for (id, entry) in [(note.id, "d"), (DocumentId([8; 16]), "c")] {
        let unknown = acknowledge(&town.core, north, id, entry, BEA);
        assert!(matches!(unknown, Err(OpError::Refused(Code::NotFound))));
    }
    let before = town.read(|tx| tx.audit_after(0, 1_000)).len();
    let row = acknowledge(&town.core, north, note.id, "c", BEA).unwrap();
    assert_eq!(row.acknowledged_by.as_deref(), Some("Ana Ruiz"));
    assert_eq!(concerns(&town.core, north, None).unwrap().rows, [row]);
    let again = acknowledge(&town.core, Scope::All, note.id, "c", "worker:W2");
    let Err(OpError::Because(Code::AlreadyAcknowledged, words)) = again else {
        panic!("{again:?}")
    };
    assert!(words.contains("Ana Ruiz"), "{words}");
    let audit = town.read(|tx| tx.audit_after(0, 1_000));
    assert_eq!(audit.len(), before + 1, "nothing is written of what was refused");
    let entry = &audit[before].entry;
    assert_eq!(
        (entry.who.as_str(), entry.what.as_str()),
        (BEA, "concern.acknowledged")
    );
    assert_eq!((entry.person, entry.document), (Some(MARGARET), Some(note.id)));
}

#[test]
fn a_page_of_many_reads_so_many_and_goes_on() {
    let town = Town::new();
    let (Scope::Team(mine), south) = teams(&town) else {
        panic!()
    };
    let made = town.core.store.write(|tx| {
        let person = somebody(1, mine);
        tx.person_put(&person)?;
        for n in 0..2_100 {
            let note = noted(n, person.id, 1_000, Figures::default());
            tx.document_put(&note)?;
            tx.concerns_put(note.id, &[("c".into(), None)], i64::from(n))?;
        }
        Ok::<_, StoreError>(())
    });
    made.unwrap();
    let zoes = worrying(&town, town.phone("W9", 2), 1, ZOE);
    // Another team's page is short, and has a place to go on from.
    town.core
        .store
        .write(|tx| tx.concerns_put(zoes.id, &[("old".into(), None)], -1))
        .unwrap();
    let first = concerns(&town.core, south, None).unwrap();
    assert_eq!(first.rows.len(), 0);
    let next = concerns(&town.core, south, first.next.as_deref()).unwrap();
    assert_eq!((next.rows.len(), next.next), (1, None));
    let (mut pages, mut seen, mut after) = (0, Vec::new(), None);
    loop {
        let page = concerns(&town.core, Scope::Team(mine), after.as_deref()).unwrap();
        assert!(page.rows.len() <= 50);
        seen.extend(page.rows.into_iter().map(|row| row.note_id));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (2_100, 2_100));
    assert!(pages >= 42, "{pages}");
    for bad in ["", "x", "bnVsbA", "!!"] {
        let page = concerns(&town.core, south, Some(bad));
        assert!(
            matches!(page, Err(OpError::Refused(Code::CursorUnknown))),
            "{bad}: {page:?}"
        );
    }
}
