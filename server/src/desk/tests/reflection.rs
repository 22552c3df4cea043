//! The page about one's own work is the worker's first, and the desk's after that.

use notes::ids::PersonId;
use notes::problem::Code;

use super::common::{DAY_MS, HOUR_MS, noted, somebody, teams, worrying};
use crate::desk::Scope;
use crate::desk::concerns::acknowledge;
use crate::desk::reflection::{open, show};
use crate::export::tests::town::{MARGARET, Phone, TOM, Town};
use crate::ops::OpError;
use crate::store::{Figures, StoreError};
use crate::sync::Pusher;
use notes::reflection::Reflection;

const THIS: &str = "2026-Q3";
const BEA: &str = "worker:W3";

fn pusher(town: &Town, phone: Phone) -> Pusher {
    town.read(|tx| {
        let device = tx.device(phone.id)?.unwrap();
        let worker = tx.worker(&device.worker)?.unwrap();
        Ok(Pusher { device, worker })
    })
}

fn refused(answer: Result<Reflection, OpError>) -> Code {
    match answer {
        Err(OpError::Refused(code)) => code,
        other => panic!("{other:?}"),
    }
}

fn deeds(town: &Town) -> Vec<(String, String)> {
    let all = town.read(|tx| tx.audit_after(0, 1_000));
    all.into_iter()
        .map(|record| (record.entry.who, record.entry.what))
        .collect()
}

/// Notes of others in the team in September, by hand, each of so many minutes of writing.
fn others_write(town: &Town, team: i64, minutes: &[i64]) {
    let begin = 1_788_220_800_000; // 1 September 2026
    let put = town.core.store.write(|tx| {
        for (n, each) in (1..).zip(minutes) {
            let person = somebody(n, team);
            tx.person_put(&person)?;
            let figures = Figures {
                author: Some("W2".into()),
                recording_ms: each * 60_000,
                ..Figures::default()
            };
            tx.document_put(&noted(n, person.id, begin + i64::from(n) * DAY_MS, figures))?;
        }
        Ok::<_, StoreError>(())
    });
    put.unwrap();
}

/// Kofi's note in which something was said.
fn spoken(town: &Town, phone: Phone, n: u8, person: PersonId) {
    let mut note = phone.begin(n, person);
    phone.set(&mut note, "started_at", &format!("\"2026-09-{n:02}T08:00:00Z\""));
    phone.set(&mut note, "ended_at", &format!("\"2026-09-{n:02}T08:40:00Z\""));
    phone.set(&mut note, "feedback.was_it_useful", "\"yes\"");
    phone.set(&mut note, "feedback.words", "\"You came back, as you said.\"");
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(person));
}

#[test]
fn the_desk_sees_it_once_the_worker_has_opened_it() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let kofi = pusher(&town, town.phone("W1", 1));
    let before = deeds(&town).len();
    assert_eq!(
        refused(show(&town.core, north, "W1", THIS, BEA)),
        Code::NotYetSeen
    );
    assert_eq!(deeds(&town).len(), before, "a refusal leaves nothing");
    let own = open(&town.core, &kofi, THIS).unwrap();
    town.clock.forward(HOUR_MS);
    assert_eq!(
        open(&town.core, &kofi, THIS).unwrap(),
        own,
        "the first opening stays"
    );
    assert_eq!(show(&town.core, north, "W1", THIS, BEA).unwrap(), own);
    // Another quarter is another page, another team's worker is not there.
    assert_eq!(
        refused(show(&town.core, north, "W1", "2026-Q2", BEA)),
        Code::NotYetSeen
    );
    assert_eq!(
        refused(show(&town.core, north, "W2", THIS, BEA)),
        Code::NotYetSeen
    );
    assert_eq!(refused(show(&town.core, south, "W1", THIS, BEA)), Code::NotFound);
    assert_eq!(
        refused(show(&town.core, Scope::All, "W404", THIS, BEA)),
        Code::NotFound
    );
    let of_it: Vec<_> = deeds(&town).split_off(before);
    let expected = [("worker:W1", "reflection.opened"), (BEA, "reflection.seen")];
    assert_eq!(
        of_it,
        expected.map(|(who, what)| (who.to_owned(), what.to_owned()))
    );
}

#[test]
fn it_has_the_workers_own_figures_words_and_concerns_and_no_colleagues() {
    let town = Town::new();
    let (north, _) = teams(&town);
    let phone = town.phone("W1", 1);
    let kofi = pusher(&town, phone);
    spoken(&town, phone, 1, MARGARET);
    let note = worrying(&town, phone, 2, TOM);
    let siân = town.phone("W2", 2);
    let mut theirs = siân.begin(3, TOM);
    siân.set(&mut theirs, "feedback.words", "\"Said to somebody else.\"");
    siân.finish(&mut theirs, "W2");
    siân.publish(&town, &mut theirs, Some(TOM));
    acknowledge(&town.core, north, note.id, "c", BEA).unwrap();
    let page = open(&town.core, &kofi, THIS).unwrap();
    assert_eq!((page.notes, page.worker_name.as_str()), (2, "Kofi Mensah"));
    let words: Vec<_> = page.words.iter().map(|said| said.words.as_str()).collect();
    assert_eq!(words, ["You came back, as you said."]);
    assert_eq!(page.concerns.len(), 1);
    assert!(page.concerns[0].acknowledged_at.is_some());
    assert_eq!(page.contact.own, Some(40));
    assert!(!serde_json::to_string(&page).unwrap().contains("W2"));
}

#[test]
fn the_teams_middle_is_shown_where_nobody_can_be_reckoned_back_from_it() {
    let town = Town::new();
    let (Scope::Team(north), _) = teams(&town) else {
        panic!()
    };
    let kofi = pusher(&town, town.phone("W1", 1));
    let page = || open(&town.core, &kofi, THIS).unwrap();
    others_write(&town, north, &[10, 20, 30, 40]);
    assert_eq!((page().recording.own, page().recording.team), (None, None));
    others_write(&town, north, &[10, 20, 30, 40, 50]);
    assert_eq!((page().recording.own, page().recording.team), (None, Some(30)));
    assert_eq!(page().notes, 0);
}

#[test]
fn what_is_no_quarter_or_has_not_begun_is_refused_and_a_revoked_phone_too() {
    let town = Town::new();
    teams(&town);
    let mut kofi = pusher(&town, town.phone("W1", 1));
    for quarter in ["2026-Q4", "2027-Q1", "2026-Q5", "2026", "", "2026-Q3 "] {
        assert_eq!(
            refused(open(&town.core, &kofi, quarter)),
            Code::ParameterInvalid,
            "{quarter}"
        );
        let at_desk = show(&town.core, Scope::All, "W1", quarter, BEA);
        assert_eq!(refused(at_desk), Code::ParameterInvalid, "{quarter}");
    }
    kofi.device.revoked_at = Some(1);
    assert_eq!(refused(open(&town.core, &kofi, THIS)), Code::DeviceRevoked);
    assert_eq!(town.read(|tx| tx.reflection_opened("W1", THIS)), None);
}
