//! The first page of the morning: each figure is what really happened, and of nobody else's team.

use serde_json::json;

use super::common::{DAY_MS, HOUR_MS, noted, says, somebody, teams, worrying};
use crate::desk::Scope;
use crate::desk::settings::change;
use crate::desk::today::{Day, Today, today};
use crate::export::tests::town::{MARGARET, TOM, Town, ZOE};
use crate::store::{Figures, StoreError};

fn page(town: &Town, scope: Scope) -> Today {
    today(&town.core, scope).unwrap()
}

fn day<'a>(page: &'a Today, day: &str) -> &'a Day {
    page.days.iter().find(|each| each.day == day).unwrap()
}

#[test]
fn an_empty_town_has_a_quiet_morning() {
    let town = Town::new();
    for scope in [Scope::All, teams(&town).0, Scope::Team(99)] {
        let page = page(&town, scope);
        assert_eq!(
            (page.issues.len(), page.concerns.len(), page.backup_at.as_ref()),
            (0, 0, None)
        );
        assert_eq!(page.days.len(), 28);
        assert!(
            page.days
                .iter()
                .all(|day| day.drafts + day.on_server == 0 && day.median_hours.is_none())
        );
        assert_eq!(page.feeds.len(), 2);
    }
}

#[test]
fn a_note_is_counted_on_its_day_in_its_state() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let (kofi, zara) = (town.phone("W1", 1), town.phone("W9", 2));
    let notes: Vec<_> = (1..=3).map(|n| worrying(&town, kofi, n, MARGARET)).collect();
    let mut draft = kofi.begin(4, TOM);
    kofi.publish(&town, &mut draft, Some(TOM));
    worrying(&town, zara, 5, ZOE);
    says(&town, notes[0].id, "imported");
    says(&town, notes[1].id, "refused");
    let all = page(&town, Scope::All);
    let states = |of: &Day| (of.drafts, of.on_server, of.in_case_system, of.refused);
    assert_eq!(states(day(&all, "2026-09-01")), (0, 0, 1, 0));
    assert_eq!(states(day(&all, "2026-09-02")), (0, 0, 0, 1));
    assert_eq!(states(day(&all, "2026-09-03")), (1, 1, 0, 0));
    assert_eq!(states(day(&all, "2026-09-05")), (0, 1, 0, 0));
    let (mine, theirs) = (page(&town, north), page(&town, south));
    assert_eq!(states(day(&mine, "2026-09-05")), (0, 0, 0, 0));
    assert_eq!(states(day(&theirs, "2026-09-05")), (0, 1, 0, 0));
    assert_eq!(states(day(&theirs, "2026-09-03")), (0, 0, 0, 0));
    // What a case system has to answer is counted by team too.
    let outstanding = |page: &Today, client: &str| {
        let feed = page.feeds.iter().find(|feed| feed.client_id == client).unwrap();
        feed.outstanding
    };
    assert_eq!(
        (outstanding(&all, "mosaic"), outstanding(&all, "eclipse")),
        (2, 4)
    );
    assert_eq!(
        (outstanding(&mine, "mosaic"), outstanding(&theirs, "mosaic")),
        (1, 1)
    );
    // And so are the issues that it made.
    assert_eq!(
        (all.issues[0].kind.as_str(), all.issues[0].open),
        ("export_refused", 1)
    );
    assert_eq!((mine.first_issues.len(), theirs.first_issues.len()), (1, 0));
    assert_eq!(mine.first_issues[0].person.as_ref().unwrap().case_id, "C1");
    assert_eq!((mine.concerns.len(), theirs.concerns.len()), (3, 1));
}

#[test]
fn the_gravest_issue_stands_first_then_the_oldest() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let kofi = town.phone("W1", 1);
    // Two notes of one visit, then one with a name only: which waits here and nowhere else.
    for n in 1..=2 {
        let mut note = kofi.begin(n, MARGARET);
        kofi.publish(&town, &mut note, Some(MARGARET));
    }
    town.clock.forward(HOUR_MS);
    let mut nameless = kofi.empty(3);
    kofi.set(&mut nameless, "person_name", "\"Somebody\"");
    kofi.publish(&town, &mut nameless, None);
    let page = page(&town, north);
    let kinds: Vec<_> = page.issues.iter().map(|count| count.kind.as_str()).collect();
    assert_eq!(kinds, ["unmatched_person", "possible_duplicate"]);
    assert_eq!(page.first_issues[0].note_id, Some(nameless.id.to_string()));
    assert_eq!(today(&town.core, south).unwrap().issues, []);
}

#[test]
fn each_phone_is_up_to_date_waiting_or_silent() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let now = town.core.host.now_ms();
    for n in 1..=4 {
        town.phone(if n == 4 { "W9" } else { "W1" }, n);
    }
    let seen = |n: u8, at: i64, waiting| {
        let id = notes::ids::DeviceId([n; 16]);
        let done = town
            .core
            .store
            .write(|tx| tx.device_seen(id, at, (waiting, 0, 0), "test"));
        done.unwrap();
    };
    seen(1, now, 0);
    seen(2, now, 3);
    seen(3, now - 25 * HOUR_MS, 1);
    seen(4, now, 7);
    let mine = page(&town, north);
    let phones = (mine.phones.up_to_date, mine.phones.waiting, mine.phones.silent);
    assert_eq!(phones, (1, 1, 1));
    let waiting: Vec<_> = mine.waiting.iter().map(|phone| phone.waiting).collect();
    assert_eq!(waiting, [3, 1]);
    assert_eq!(page(&town, south).waiting[0].worker_name, "Zara Khan");
    change(
        &town.core,
        "stale_device_h",
        Some("48"),
        "the board says so",
        "worker:W3",
    )
    .unwrap();
    assert_eq!(page(&town, north).phones.silent, 0, "the setting counts");
    let revoke = town
        .core
        .store
        .write(|tx| tx.device_revoke(notes::ids::DeviceId([2; 16]), now));
    assert!(revoke.unwrap());
    let phones = page(&town, north).phones;
    assert_eq!((phones.up_to_date, phones.waiting), (1, 1));
}

#[test]
fn the_last_backup_is_told() {
    let town = Town::new();
    town.backup();
    let first = page(&town, Scope::All).backup_at.unwrap();
    town.clock.forward(DAY_MS);
    town.backup();
    let last = page(&town, teams(&town).0).backup_at.unwrap();
    assert!(last > first, "{first} {last}");
}

#[test]
fn of_a_few_notes_no_time_is_told() {
    let town = Town::new();
    let (north, _) = teams(&town);
    let mine = north.team().unwrap();
    let begun = town.core.host.now_ms().div_euclid(DAY_MS) * DAY_MS;
    let count = |town: &Town| {
        page(town, north)
            .days
            .iter()
            .filter(|day| day.median_hours.is_some())
            .count()
    };
    for n in 0..5 {
        assert_eq!(count(&town), 0, "after {n} notes");
        let made = town.core.store.write(|tx| {
            let person = somebody(n, mine);
            tx.person_put(&person)?;
            let note = noted(n, person.id, begun, Figures::default());
            tx.document_put(&note)?;
            tx.tamper(&format!(
                "INSERT INTO outbox (event_id, kind, document, version, sha256, created_at, line) \
                 SELECT 'e{n}', 'note.finished', id, 1, zeroblob(32), 0, x'00' FROM document ORDER BY id DESC LIMIT 1"
            ));
            tx.tamper(&format!(
                "INSERT INTO receipt (event_id, client, outcome, received_at) \
                 VALUES ('e{n}', 'mosaic', 'imported', {})",
                begun + i64::from(n) * HOUR_MS
            ));
            Ok::<_, StoreError>(())
        });
        made.unwrap();
    }
    let last = page(&town, north).days.pop().unwrap();
    assert_eq!((last.in_case_system, last.median_hours), (5, Some(2)));
    assert_eq!(json!(last)["median_hours"], 2);
}
