//! Reports say what was written, of whole months, and nothing about a few notes: not in a total, and not by taking
//! one report from another.

use notes::ids::{DocumentId, PersonId};
use notes::problem::Code;
use serde::Serialize;

use super::common::{DAY_MS, HOUR_MS, noted, says, somebody, teams, worrying};
use crate::desk::Scope;
use crate::desk::reports::feedback::{feedback, words};
use crate::desk::reports::fields::fields;
use crate::desk::reports::path::path;
use crate::desk::reports::recording::{RecordingRow, recording};
use crate::desk::reports::reviews::{ReviewRow, due, reviews};
use crate::desk::reports::unmet::unmet;
use crate::desk::reports::{Period, Report};
use crate::desk::settings::change;
use crate::export::tests::town::{MARGARET, TOM, Town, ZOE};
use crate::store::{DocumentRecord, Figures};

const MINUTE_MS: i64 = 60_000;
/// 1 January 2026, UTC.
const JANUARY: i64 = 1_767_225_600_000;

fn months(from: &str, until: &str) -> Period {
    Period::read(from, until).unwrap()
}

fn january() -> Period {
    months("2026-01", "2026-01")
}

fn february() -> Period {
    months("2026-02", "2026-02")
}

fn both() -> Period {
    months("2026-01", "2026-02")
}

/// A large town is filled by hand: each note is of a person of its own.
struct Filled {
    town: Town,
    north: i64,
    south: i64,
    notes: u32,
}

impl Filled {
    fn new() -> Self {
        let town = Town::new();
        let (Scope::Team(north), Scope::Team(south)) = teams(&town) else {
            panic!()
        };
        Self {
            town,
            north,
            south,
            notes: 0,
        }
    }

    fn put(&mut self, team: i64, started_at: i64, change: impl FnOnce(&mut DocumentRecord)) -> DocumentId {
        self.notes += 1;
        let person = somebody(self.notes, team);
        let figures = Figures {
            recording_ms: 10 * MINUTE_MS,
            received_at: Some(started_at + 3 * HOUR_MS),
            ..Figures::default()
        };
        let mut note = noted(self.notes, person.id, started_at, figures);
        change(&mut note);
        let put = self.town.core.store.write(|tx| {
            tx.person_put(&person)?;
            tx.document_put(&note)
        });
        put.unwrap();
        note.id
    }

    /// So many notes of a kind in a month, with minutes of writing that go up from one.
    fn several(&mut self, team: i64, month: i64, kind: &str, count: i64) {
        for n in 1..=count {
            self.put(team, month + n * DAY_MS, |note| {
                note.kind = Some(kind.into());
                note.figures.as_mut().unwrap().recording_ms = n * MINUTE_MS;
            });
        }
    }

    fn recording(&self, scope: Scope, period: Period) -> Report<RecordingRow> {
        recording(&self.town.core, scope, period).unwrap()
    }
}

/// How many notes stand behind each kind; the total has none.
fn counts(report: &Report<RecordingRow>) -> Vec<(Option<&str>, usize)> {
    let rows = report.rows.iter();
    rows.map(|row| (row.kind.as_deref(), row.recording.unwrap().count))
        .collect()
}

const FEBRUARY: i64 = JANUARY + 31 * DAY_MS;

#[test]
fn writing_stands_against_the_contact() {
    let mut filled = Filled::new();
    let north = filled.north;
    filled.several(north, JANUARY, "home_visit", 8);
    let report = filled.recording(Scope::Team(north), january());
    let [all, visits] = &report.rows[..] else {
        panic!("{report:?}")
    };
    assert_eq!(
        (all.kind.as_deref(), visits.kind.as_deref()),
        (None, Some("home_visit"))
    );
    let writing = visits.recording.unwrap();
    assert_eq!(
        (writing.count, writing.lower, writing.median, writing.upper),
        (8, 2, 4, 6)
    );
    assert_eq!(visits.contact.unwrap().median, 60);
    assert_eq!(visits.share.unwrap().median, 6, "four minutes of sixty");
    assert_eq!((visits.team.as_deref(), report.left_out), (Some("North"), false));
    // What is open, has no end or was not written on a phone is not measured.
    let before = report;
    filled.put(north, JANUARY, |note| note.finished_at = None);
    filled.put(north, JANUARY, |note| note.ended_at = None);
    filled.put(north, JANUARY, |note| note.ended_at = note.started_at);
    filled.put(north, JANUARY, |note| {
        note.figures.as_mut().unwrap().recording_ms = 0;
    });
    assert_eq!(filled.recording(Scope::Team(north), january()), before);
}

#[test]
fn a_few_notes_are_in_no_row_no_total_and_no_longer_time() {
    let mut filled = Filled::new();
    let (north, south) = (filled.north, filled.south);
    filled.several(north, JANUARY, "home_visit", 6);
    filled.several(north, JANUARY, "phone_call", 4);
    filled.several(north, FEBRUARY, "home_visit", 7);
    filled.several(north, FEBRUARY, "phone_call", 5);
    filled.several(south, JANUARY, "home_visit", 4);
    let mine = Scope::Team(north);
    let of = |period: Period| filled.recording(mine, period);
    assert_eq!(counts(&of(january())), [(None, 6), (Some("home_visit"), 6)]);
    assert!(of(january()).left_out);
    let in_february = [(None, 12), (Some("home_visit"), 7), (Some("phone_call"), 5)];
    assert_eq!(counts(&of(february())), in_february);
    assert!(!of(february()).left_out);
    let together = [(None, 18), (Some("home_visit"), 13), (Some("phone_call"), 5)];
    assert_eq!(
        counts(&of(both())),
        together,
        "January's four calls are not in it"
    );
    // All teams together give nothing of the south's four away.
    assert_eq!(counts(&filled.recording(Scope::All, both())), together);
    assert_eq!(filled.recording(Scope::Team(south), both()).rows, []);
}

/// All that any report about times says of every period and scope.
fn everything(filled: &Filled) -> String {
    let mut said = String::new();
    let mut say = |value: &dyn erased::Shown| said.push_str(&value.shown());
    for scope in [Scope::All, Scope::Team(filled.north), Scope::Team(filled.south)] {
        for period in [january(), february(), both(), months("2025-03", "2026-02")] {
            say(&filled.recording(scope, period));
            say(&path(&filled.town.core, scope, period).unwrap());
        }
    }
    said
}

/// Anything that can be shown as JSON.
mod erased {
    pub(super) trait Shown {
        fn shown(&self) -> String;
    }
    impl<T: super::Serialize> Shown for T {
        fn shown(&self) -> String {
            serde_json::to_string(self).unwrap()
        }
    }
}

#[test]
fn what_a_few_notes_say_changes_nothing_that_anybody_can_ask() {
    let mut filled = Filled::new();
    let (north, south) = (filled.north, filled.south);
    for team in [north, south] {
        filled.several(team, JANUARY, "home_visit", 9);
        filled.several(team, FEBRUARY, "home_visit", 9);
    }
    filled.several(north, FEBRUARY, "hospital_visit", 3);
    let before = everything(&filled);
    // A fourth, of four days of writing.
    let fourth = |note: &mut DocumentRecord| {
        note.kind = Some("hospital_visit".into());
        note.figures.as_mut().unwrap().recording_ms = 4 * DAY_MS;
    };
    filled.put(north, FEBRUARY, fourth);
    assert_eq!(everything(&filled), before);
    filled.put(north, FEBRUARY, fourth);
    assert_ne!(everything(&filled), before, "five may be shown");
}

#[test]
fn a_notes_way_is_measured_step_by_step() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let kofi = town.phone("W1", 1);
    let notes: Vec<_> = (1..=6)
        .map(|n| worrying(&town, kofi, n, if n % 2 == 0 { TOM } else { MARGARET }))
        .collect();
    worrying(&town, town.phone("W9", 2), 7, ZOE);
    let september = months("2026-09", "2026-09");
    let row = |town: &Town| path(&town.core, north, september).unwrap().rows.remove(0);
    assert_eq!(row(&town).to_finish.unwrap().count, 6);
    assert_eq!((row(&town).to_case_system, row(&town).whole), (None, None));
    town.clock.forward(2 * HOUR_MS);
    for note in notes.iter().take(4) {
        says(&town, note.id, "imported");
    }
    assert_eq!(row(&town).to_case_system, None, "four are a few");
    says(&town, notes[4].id, "refused");
    assert_eq!(
        row(&town).to_case_system,
        None,
        "a refusal is no receipt that it is there"
    );
    says(&town, notes[5].id, "duplicate");
    let arrived = row(&town).to_case_system.unwrap();
    assert_eq!((arrived.count, arrived.median), (5, 120));
    assert_eq!(path(&town.core, south, september).unwrap().rows, []);
    // All were finished at ten on the third: five of six no more than two days after the contact, or before it.
    assert_eq!(row(&town).in_time_percent, Some(83));
    change(
        &town.core,
        "timeliness_h",
        Some("720"),
        "the board says so",
        "worker:W3",
    )
    .unwrap();
    assert_eq!(row(&town).in_time_percent, Some(100));
}

#[test]
fn fields_are_never_seldom_or_really_used() {
    let mut filled = Filled::new();
    let north = filled.north;
    let bit = |name| crate::sync::bit_of(notes::note::Template::Note, name);
    for n in 0..40 {
        filled.put(north, JANUARY, |note| {
            let mut used = bit("body") | bit("recording_ms");
            used |= if n == 0 { bit("strengths") } else { 0 };
            note.figures.as_mut().unwrap().fields = used;
        });
    }
    filled.put(north, JANUARY, |note| note.finished_at = None);
    let report = fields(&filled.town.core, Scope::Team(north), january()).unwrap();
    let usage = |name: &str| {
        let row = report.rows.iter().find(|row| row.field == name);
        row.map(|row| (row.used, row.notes, row.usage.as_str()))
    };
    assert_eq!(usage("body"), Some((40, 40, "used")));
    assert_eq!(usage("strengths"), Some((1, 40, "seldom")));
    assert_eq!(usage("analysis"), Some((0, 40, "never")));
    assert_eq!(usage("recording_ms"), None);
    assert_eq!(report.rows.len(), notes::note::Template::Note.fields().len() - 9);
    let nobody = fields(&filled.town.core, Scope::Team(filled.south), january()).unwrap();
    assert!(nobody.rows.iter().all(|row| row.notes == 0));
}

#[test]
fn unmet_needs_are_counted_to_the_last_one() {
    let mut filled = Filled::new();
    let (north, south) = (filled.north, filled.south);
    let unmet_in = |filled: &Filled, id, codes: &[Option<&str>]| {
        let all = codes.iter().enumerate();
        let all: Vec<_> = all
            .map(|(n, code)| (n.to_string(), code.map(str::to_owned)))
            .collect();
        filled.town.core.store.write(|tx| tx.unmet_put(id, &all)).unwrap();
    };
    let first = filled.put(north, JANUARY, |_| {});
    unmet_in(&filled, first, &[Some("budget"), Some("budget"), None]);
    let second = filled.put(north, JANUARY, |_| {});
    unmet_in(&filled, second, &[Some("budget")]);
    let theirs = filled.put(south, JANUARY, |_| {});
    unmet_in(&filled, theirs, &[Some("language")]);
    let later = filled.put(north, FEBRUARY, |_| {});
    unmet_in(&filled, later, &[Some("budget")]);
    let open = filled.put(north, JANUARY, |note| note.finished_at = None);
    unmet_in(&filled, open, &[Some("budget")]);
    let of = |scope| {
        let report = unmet(&filled.town.core, scope, january()).unwrap();
        String::from_utf8(report.csv()).unwrap()
    };
    let head = "team,reason_code,needs,notes\r\n";
    assert_eq!(
        of(Scope::Team(north)),
        format!("{head}North,,1,1\r\nNorth,budget,3,2\r\n")
    );
    assert_eq!(of(Scope::Team(south)), format!("{head}South,language,1,1\r\n"));
    assert_eq!(of(Scope::All).lines().count(), 4);
}

#[test]
fn what_people_said_is_told_without_a_name() {
    let town = Town::new();
    let (north, south) = teams(&town);
    let say = |phone: crate::export::tests::town::Phone, n, person: PersonId, answer: &str, words: &str| {
        let mut note = phone.begin(n, person);
        let day = format!("\"2026-09-{n:02}T09:15:00Z\"");
        phone.set(&mut note, "started_at", &day);
        phone.set(&mut note, "feedback.was_it_useful", &format!("\"{answer}\""));
        phone.set(&mut note, "feedback.words", &serde_json::json!(words).to_string());
        phone.finish(&mut note, "W1");
        phone.publish(&town, &mut note, Some(person));
    };
    let (kofi, zara) = (town.phone("W1", 1), town.phone("W9", 2));
    say(kofi, 1, MARGARET, "yes", "You listened.");
    say(kofi, 2, TOM, "no", "=HYPERLINK(\"http://example\")");
    say(kofi, 3, TOM, "yes", "   ");
    say(zara, 4, ZOE, "partly", "Too early.");
    let september = months("2026-09", "2026-09");
    let mine = words(&town.core, north, september, None).unwrap();
    let said: Vec<_> = mine.rows.iter().map(|row| row.words.as_str()).collect();
    assert_eq!(said, ["=HYPERLINK(\"http://example\")", "You listened."]);
    let shown = serde_json::to_string(&mine).unwrap();
    for hidden in ["Kofi", "W1", "Margaret", "Tom", "2026-09-0"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    assert_eq!(
        words(&town.core, south, september, None).unwrap().rows[0].words,
        "Too early."
    );
    assert_eq!(
        words(&town.core, Scope::All, months("2026-08", "2026-08"), None)
            .unwrap()
            .rows,
        []
    );
    let report = feedback(&town.core, north, september).unwrap();
    let csv = String::from_utf8(report.csv()).unwrap();
    assert_eq!(csv, "team,answer,notes\r\nNorth,no,1\r\nNorth,yes,2\r\n");
    let table = Report {
        from: String::new(),
        until: String::new(),
        rows: mine.rows,
        left_out: false,
    };
    let csv = String::from_utf8(table.csv()).unwrap();
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://example\"\")\""), "{csv}");
    // A cursor that somebody made up reads nothing outside the period.
    let beyond = crate::desk::page::write(&(i64::MAX, [0xff_u8; 16]));
    let august = words(
        &town.core,
        Scope::All,
        months("2026-08", "2026-08"),
        Some(&beyond),
    )
    .unwrap();
    assert_eq!(august.rows, []);
}

/// A note about somebody, so many days ago, that was or asks for a review.
fn reviewed(town: &Town, n: u32, person: PersonId, days_ago: i64, change: impl FnOnce(&mut Figures)) {
    let at = town.core.host.now_ms() - days_ago * DAY_MS;
    let mut figures = Figures::default();
    change(&mut figures);
    let note = noted(n, person, at, figures);
    town.core.store.write(|tx| tx.document_put(&note)).unwrap();
}

fn standing(town: &Town, scope: Scope) -> Vec<(String, u64, u64, u64)> {
    let now = notes::note::plain::rfc3339(town.core.host.now_ms());
    let this_month = months(&now[..7], &now[..7]);
    let report = reviews(&town.core, scope, this_month).unwrap();
    let brief = |row: ReviewRow| (row.kind, row.done, row.due_soon, row.overdue);
    report.rows.into_iter().map(brief).collect()
}

fn row(kind: &str, done: u64, due_soon: u64, overdue: u64) -> (String, u64, u64, u64) {
    (kind.into(), done, due_soon, overdue)
}

#[test]
fn a_review_is_due_by_what_the_note_says_or_by_the_clock() {
    let town = Town::new();
    let (north, south) = teams(&town);
    // Margaret's plan began nine weeks ago, Tom's seven; Zoë's payment half a year ago and a day.
    reviewed(&town, 1, MARGARET, 63, |f| f.next = Some("initial".into()));
    reviewed(&town, 2, TOM, 49, |f| f.next = Some("initial".into()));
    reviewed(&town, 3, ZOE, 190, |f| f.next = Some("direct_payment".into()));
    assert_eq!(standing(&town, north), [row("initial", 0, 1, 1)]);
    assert_eq!(standing(&town, south), [row("direct_payment", 0, 0, 1)]);
    let list = due(&town.core, north, None).unwrap();
    let names: Vec<_> = list
        .rows
        .iter()
        .map(|row| (row.person.case_id.as_str(), row.overdue))
        .collect();
    assert_eq!((names, list.next), (vec![("C1", true), ("C2", false)], None));
    change(
        &town.core,
        "review_initial_weeks",
        Some("10"),
        "the board says so",
        "worker:W3",
    )
    .unwrap();
    assert_eq!(standing(&town, north), [row("initial", 0, 2, 0)]);
    // Now it is held, by two workers; the next one comes by the yearly clock.
    reviewed(&town, 4, MARGARET, 0, |f| {
        f.was = Some("initial".into());
        f.workers = 2;
    });
    assert_eq!(
        standing(&town, north),
        [
            row("annual", 0, 0, 0),
            row("initial", 1, 1, 0),
            row("joint", 1, 0, 0)
        ]
    );
    // What a note says stands above every clock.
    reviewed(&town, 5, TOM, 0, |f| {
        f.next = Some("initial".into());
        f.due = Some("2020-02-29".into());
    });
    assert_eq!(standing(&town, north)[1], row("initial", 1, 0, 1));
    assert_eq!(due(&town.core, north, None).unwrap().rows[0].due, "2020-02-29");
}

#[test]
fn a_direct_payment_is_reviewed_after_half_a_year_and_then_yearly() {
    let town = Town::new();
    let (north, _) = teams(&town);
    reviewed(&town, 1, TOM, 400, |f| f.next = Some("direct_payment".into()));
    reviewed(&town, 2, TOM, 210, |f| f.was = Some("direct_payment".into()));
    assert_eq!(standing(&town, north), [row("direct_payment", 0, 0, 0)]);
    reviewed(&town, 3, MARGARET, 400, |f| f.was = Some("annual".into()));
    assert_eq!(standing(&town, north)[0], row("annual", 0, 0, 1));
    // Who has left is not reviewed.
    town.core
        .store
        .write(|tx| tx.person_left_put(MARGARET, Some(1)))
        .unwrap();
    assert_eq!(standing(&town, north), [row("direct_payment", 0, 0, 0)]);
    // A note that is not finished says nothing yet.
    let mut draft = noted(9, TOM, town.core.host.now_ms(), Figures::default());
    draft.finished_at = None;
    draft.figures.as_mut().unwrap().was = Some("annual".into());
    town.core.store.write(|tx| tx.document_put(&draft)).unwrap();
    assert_eq!(standing(&town, north), [row("direct_payment", 0, 0, 0)]);
}

#[test]
fn a_town_of_two_thousand_is_listed_page_by_page() {
    let mut filled = Filled::new();
    let (north, south) = (filled.north, filled.south);
    for n in 0..2_000 {
        let team = if n % 4 == 0 { south } else { north };
        filled.put(team, JANUARY + i64::from(n % 31) * DAY_MS, |note| {
            let figures = note.figures.as_mut().unwrap();
            figures.next = Some("annual".into());
            figures.due = Some(format!("2026-{:02}-01", 1 + n % 9));
        });
    }
    let (mut listed, mut after) = (Vec::new(), None);
    loop {
        let page = due(&filled.town.core, Scope::Team(south), after.as_deref()).unwrap();
        assert!(page.rows.len() <= 50);
        listed.extend(page.rows.into_iter().map(|row| (row.due, row.person.id)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(listed.is_sorted());
    listed.dedup();
    assert_eq!(listed.len(), 500);
    let all = filled.recording(Scope::All, january());
    assert_eq!(all.rows.iter().filter(|row| row.kind.is_none()).count(), 2);
}

#[test]
fn a_time_is_whole_months_and_at_most_a_year() {
    for (from, until) in [
        ("2026-01", "2025-12"),
        ("2026-01", "2027-01"),
        ("2026-00", "2026-01"),
        ("2026-13", "2026-13"),
        ("2026-1", "2026-2"),
        ("+026-01", "2026-01"),
        ("2026-01-01", "2026-01-31"),
        ("9999-01", "9999-12"),
        ("", ""),
        ("２０２６-01", "2026-01"),
    ] {
        assert_eq!(
            Period::read(from, until),
            Err(Code::ParameterInvalid),
            "{from} {until}"
        );
    }
    assert_eq!(months("2025-03", "2026-02").bounds().1, FEBRUARY + 28 * DAY_MS);
    assert_eq!(january().bounds(), (JANUARY, FEBRUARY));
    let quarter = Period::quarter("2026-Q3").unwrap();
    assert_eq!(
        (quarter.from(), quarter.until()),
        ("2026-07".into(), "2026-09".into())
    );
    for bad in ["2026-Q0", "2026-Q5", "2026Q3", "2026-q3", "2026-Q33", "26-Q3", ""] {
        assert_eq!(Period::quarter(bad), Err(Code::ParameterInvalid), "{bad}");
    }
}
