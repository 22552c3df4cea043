//! Eight weeks of real notes, captured as practitioners would: on the author's phone at the hour of
//! the visit, key by key where a recording of the typing exists and in bursts elsewhere, two phones on
//! joint visits, sent in the evenings over links that break. What the case system reads at the end
//! equals the source.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use client_core::notebook::State;
use client_core::{NewNote, Who};
use doorstep_tests::corpus::{self, Addendum, Key, Source, time};
use doorstep_tests::{CaseSystem, Chance, DAY, Event, HOUR, MINUTE, Phone, SECOND, Village, seed};
use notes::ids::DocumentId;
use serde_json::{Value, json};

#[test]
fn the_demo_imports_every_usable_row_and_twice_is_once() {
    let v = Village::new(1);
    let [workers, people] = v.admin().imports();
    assert_eq!((workers.added, workers.changed, workers.unchanged), (0, 0, 12));
    assert_eq!((people.added, people.changed, people.unchanged), (0, 0, 40));
    assert!(people.rejected.is_empty() && workers.rejected.is_empty());
    assert!(!people.warnings.is_empty(), "the flaws are named");
}

/// What happens, in the order in which it happened.
enum Happening<'a> {
    Visit(&'a Source),
    Addition(&'a Source, &'a Addendum),
}

impl Happening<'_> {
    fn at(&self) -> i64 {
        match self {
            Self::Visit(source) => time(&source.started_at),
            Self::Addition(_, addendum) => time(&addendum.at),
        }
    }
}

struct Town {
    v: Village,
    phones: BTreeMap<String, Phone>,
    ids: BTreeMap<String, DocumentId>,
    typing: BTreeMap<String, Vec<Key>>,
    dice: Chance,
}

impl Town {
    fn phone(&mut self, worker: &str) -> &mut Phone {
        self.phones.get_mut(worker).unwrap()
    }

    fn waits(&self, ms: i64) {
        self.v.time.pass(ms);
    }

    /// The practitioner's way through one visit.
    fn visit(&mut self, source: &Source) {
        let note = self.begins(source);
        let co_author = source.co_author.clone();
        // Of the joint visits, some colleagues write in the body itself, the others only join.
        let split = source.body.char_indices().map(|(at, _)| at);
        let middle = split
            .clone()
            .nth(source.body.chars().count() * 2 / 3)
            .unwrap_or(0);
        let shares = co_author.is_some() && self.ids.len().is_multiple_of(2);
        let (mine, theirs) = source
            .body
            .split_at(if shares { middle } else { source.body.len() });
        match self.typing.remove(&source.reference) {
            Some(session) => self.types_as_recorded(&source.author, note, &session),
            None => self.types_in_bursts(&source.author, note, "body", mine),
        }
        if let Some(colleague) = &co_author {
            if shares {
                self.meet(&[&source.author.clone(), colleague]);
            }
            self.phone(colleague).joins(note);
            self.waits(SECOND);
            if shares {
                self.meet(&[colleague, &source.author.clone()]);
                self.types_in_bursts(colleague, note, "body", theirs);
                self.meet(&[colleague, &source.author.clone()]);
            }
        }
        self.fields(source, note);
        self.marks(source, note);
        self.v.time.until(time(&source.ended_at));
        self.phone(&source.author).finishes(note);
    }

    fn begins(&mut self, source: &Source) -> DocumentId {
        let new = NewNote {
            who: Who::CaseId(&source.case_id),
            kind: &source.kind,
            started_at: Some(time(&source.started_at)),
            ended_at: Some(time(&source.ended_at)),
        };
        let note = self.phone(&source.author).notebook().new_note(&new).unwrap();
        self.ids.insert(source.reference.clone(), note);
        note
    }

    /// Each key when it was pressed; the app looks round every second or so.
    fn types_as_recorded(&mut self, worker: &str, note: DocumentId, session: &[Key]) {
        let begun = self.v.time.now();
        let mut before = 0;
        for Key(at, position, deleted, inserted) in session {
            self.v.time.until(begun + at);
            let spent = u64::try_from(at - before).unwrap();
            before = *at;
            let book = self.phone(worker).notebook();
            book.tick().unwrap();
            let typed = book.type_text(note, "body", Some(*position), *deleted, inserted, spent);
            typed.unwrap_or_else(|trouble| panic!("at {at} ms: {trouble}"));
        }
    }

    /// A few words at a time, with pauses, and now and then a slip that is taken back.
    fn types_in_bursts(&mut self, worker: &str, note: DocumentId, field: &str, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let many = usize::try_from(5 + self.dice.below(60)).unwrap();
            let end = rest.char_indices().nth(many).map_or(rest.len(), |(at, _)| at);
            let (burst, after) = rest.split_at(end);
            rest = after;
            if self.dice.one_in(6) {
                self.phone(worker).types_in(note, field, "teh 🙂");
                let book = self.phone(worker).notebook();
                book.type_text(note, field, None, 5, "", 300).unwrap();
            }
            let book = self.phone(worker).notebook();
            book.type_text(note, field, None, 0, burst, 900).unwrap();
            let pause = 200 + i64::try_from(self.dice.below(4_000)).unwrap();
            self.waits(pause);
            if self.dice.one_in(40) {
                self.phone(worker).is_killed();
            }
        }
    }

    fn fields(&mut self, source: &Source, note: DocumentId) {
        let author = &source.author;
        let texts = [
            ("what_matters", &source.what_matters),
            ("strengths", &source.strengths),
            ("persons_words", &source.persons_words),
            ("analysis", &source.analysis),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                self.types_in_bursts(author, note, field, text);
            }
        }
        let mut sets: Vec<(&str, Value)> = Vec::new();
        sets.extend(source.present.iter().map(|who| ("present.+", who.clone())));
        sets.extend(
            source
                .outcomes
                .iter()
                .flatten()
                .map(|outcome| ("outcomes.+", outcome.clone())),
        );
        sets.extend(
            source
                .actions
                .iter()
                .flatten()
                .map(|action| ("actions.+", action.clone())),
        );
        sets.extend(
            source
                .unmet_need
                .iter()
                .map(|need| ("unmet_needs.+", unmet(need))),
        );
        sets.extend(
            source
                .concern
                .iter()
                .map(|concern| ("concerns.+", concern.clone())),
        );
        sets.extend(
            source
                .feedback
                .iter()
                .map(|feedback| ("feedback", feedback.clone())),
        );
        sets.extend(source.review_due.iter().map(|due| ("review.due", json!(due))));
        for (path, value) in sets {
            self.phone(author).sets(note, path, value);
            self.waits(SECOND);
        }
    }

    fn marks(&mut self, source: &Source, note: DocumentId) {
        for (kind, start, end) in spans(source) {
            let book = self.phone(&source.author).notebook();
            book.mark(note, "body", start, end, kind).unwrap();
        }
    }

    fn addition(&mut self, source: &Source, addendum: &Addendum) {
        let note = self.ids[&source.reference];
        // Who adds has the finished note: last evening's links may have failed both.
        self.meet(&[&source.author.clone(), &addendum.author.clone()]);
        if self.phone(&addendum.author).item(note).is_none() {
            // Read by somebody else of the team: the person comes to them for that.
            self.v.admin().allocates(&source.case_id, &addendum.author);
            self.meet(&[&addendum.author.clone()]);
        }
        self.phone(&addendum.author).adds(note, &addendum.text);
    }

    /// Phones in one room with a good link: each sends and fetches, then fetches again.
    fn meet(&mut self, workers: &[&str]) {
        for _ in 0..2 {
            for worker in workers {
                self.phone(worker).syncs_well();
                self.v.server.settle();
            }
        }
    }

    /// Everybody tries, some fail, and try again; whoever has no luck tries tomorrow.
    fn evening(&mut self) -> u32 {
        let mut cuts = 0;
        let dice = self.dice.clone();
        for phone in self.phones.values_mut() {
            let before = phone.link.cuts;
            phone.link.weather(&dice, 3);
            for _ in 0..3 {
                phone.syncs();
                self.v.time.pass(MINUTE);
                if dice.one_in(2) {
                    self.v.server.settle();
                }
            }
            phone.link.weather(&dice, 0);
            phone.link.late_ones_arrive();
            cuts += phone.link.cuts - before;
        }
        self.v.server.settle();
        self.v.nothing_shown_is_missing();
        cuts
    }
}

fn unmet(need: &Value) -> Value {
    let reason = need["reason"].as_str().unwrap();
    let code = if reason.starts_with("Budget") {
        "budget"
    } else {
        "language"
    };
    json!({"need": need["need"], "reason": reason, "reason_code": code})
}

/// Every place of every private passage: kind, first character, one past the last.
fn spans(source: &Source) -> Vec<(&'static str, u64, u64)> {
    let mut spans = Vec::new();
    let kinds = [
        ("third_party", &source.third_party),
        ("do_not_share", &source.do_not_share),
    ];
    for (kind, passages) in kinds {
        for passage in passages {
            for (at, found) in source.body.match_indices(passage.as_str()) {
                let start = source.body[..at].chars().count() as u64;
                spans.push((kind, start, start + found.chars().count() as u64));
            }
        }
    }
    spans
}

#[test]
fn eight_weeks_of_notes_reach_the_case_system_as_they_were_written() {
    let seed = seed(20_260_902);
    let sources = corpus::notes();
    let mut v = Village::new(seed);
    let workers: BTreeSet<String> = sources
        .iter()
        .flat_map(|s| [Some(s.author.clone()), s.co_author.clone()])
        .flatten()
        .chain(
            sources
                .iter()
                .flat_map(|s| s.addenda.iter().map(|a| a.author.clone())),
        )
        .collect();
    let phones = workers
        .iter()
        .map(|worker| (worker.clone(), v.phone(worker)))
        .collect();
    let mut town = Town {
        v,
        phones,
        ids: BTreeMap::new(),
        typing: corpus::typing(),
        dice: Chance::new(seed, "typing"),
    };
    let mut happenings: Vec<Happening> = sources.iter().map(Happening::Visit).collect();
    for source in &sources {
        happenings.extend(
            source
                .addenda
                .iter()
                .map(|addendum| Happening::Addition(source, addendum)),
        );
    }
    happenings.sort_by_key(Happening::at);
    let (mut evening, mut cuts) = (happenings[0].at() / DAY * DAY + 19 * HOUR, 0);
    let mut mosaic = town.v.case_system();
    for happening in &happenings {
        while happening.at() > evening {
            town.v.time.until(evening);
            cuts += town.evening();
            mosaic.takes_all();
            evening += DAY;
        }
        town.v.time.until(happening.at());
        match happening {
            Happening::Visit(source) => town.visit(source),
            Happening::Addition(source, addendum) => town.addition(source, addendum),
        }
    }
    println!("{} notes, {cuts} cuts", sources.len());
    assert!(town.typing.is_empty(), "every session was typed");
    assert!(cuts > 100, "the links did break");
    let mut all: Vec<&mut Phone> = town.phones.values_mut().collect();
    town.v.until_quiet(&mut all);
    mosaic.takes_all();
    town.v.until_quiet(&mut all);
    let events: BTreeSet<String> = mosaic.records.keys().map(|(note, _)| note.clone()).collect();
    assert_eq!(events.len(), sources.len(), "every note, and nothing else");
    for source in &sources {
        let note = town.ids[&source.reference];
        let versions: Vec<&Event> = mosaic
            .records
            .iter()
            .filter(|((id, _), _)| *id == note.to_string())
            .map(|(_, event)| event)
            .collect();
        equals_its_source(source, versions.last().unwrap());
        addenda_came_after(source, &versions);
    }
    town.v.all_agree(&mut all);
    for source in &sources {
        let note = town.ids[&source.reference];
        for worker in [Some(&source.author), source.co_author.as_ref()]
            .into_iter()
            .flatten()
        {
            let phone = all.iter_mut().find(|phone| phone.worker == *worker).unwrap();
            // Where the person has gone to somebody else, the note has left this phone's view.
            if let Some(item) = phone.item(note) {
                assert_eq!(
                    item.state,
                    State::InCaseSystem,
                    "{} on {worker}'s phone",
                    source.reference
                );
                assert!(item.case_system_ref.unwrap().starts_with("ACT-"));
            } else {
                assert_eq!(source.reference, "N005", "{worker} lost sight of a note");
            }
        }
    }
    let held = town.v.admin().issues();
    assert!(
        held.iter()
            .all(|issue| issue["kind"] != "held" && issue["kind"] != "conflict"),
        "{held:?}"
    );
    town.v.nothing_shown_is_missing();
    town.v.server.verify();
    leaves_what_it_took(&mut mosaic);
}

/// Every version as FHIR and as it is, left where the validators of `tests/validators` look for them.
fn leaves_what_it_took(mosaic: &mut CaseSystem) {
    let bundles = mosaic.reads_all_as("application/fhir+ndjson");
    let events = bundles.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let bundle: Value = serde_json::from_slice(line).unwrap();
        bundle["identifier"]["value"].as_str().unwrap().to_owned()
    });
    let taken = mosaic
        .records
        .values()
        .map(|event| format!("urn:uuid:{}", event.text("event_id")));
    let (events, taken): (BTreeSet<String>, BTreeSet<String>) = (events.collect(), taken.collect());
    assert_eq!(events, taken, "a Bundle for each version, and no other");
    if let Some(folder) = std::env::var_os("DOORSTEP_EXPORTED") {
        let folder = Path::new(&folder);
        std::fs::write(folder.join("fhir-samples.ndjson"), bundles).unwrap();
        let lines: Vec<&[u8]> = mosaic.records.values().map(|event| &event.line[..]).collect();
        std::fs::write(folder.join("events-samples.ndjson"), lines.join(&b'\n')).unwrap();
    }
}

fn addenda_came_after(source: &Source, versions: &[&Event]) {
    let what = &source.reference;
    assert_eq!(versions[0].text("type"), "note.finished", "{what}");
    assert_eq!(versions[0].json["addenda"].as_array().unwrap().len(), 0, "{what}");
    for later in &versions[1..] {
        assert_eq!(later.text("type"), "note.amended", "{what}");
    }
    assert!(
        versions.len() > source.addenda.len(),
        "{what}: an addendum is a version of its own"
    );
}

fn equals_its_source(source: &Source, event: &Event) {
    let what = &source.reference;
    assert_eq!(event.text("body"), source.body, "{what}");
    assert_eq!(event.text("kind"), source.kind, "{what}");
    assert_eq!(event.json["person"]["case_id"], source.case_id.as_str(), "{what}");
    assert_eq!(time(event.text("started_at")), time(&source.started_at), "{what}");
    assert_eq!(time(event.text("ended_at")), time(&source.ended_at), "{what}");
    let texts = [
        ("what_matters", &source.what_matters),
        ("strengths", &source.strengths),
        ("persons_words", &source.persons_words),
        ("analysis", &source.analysis),
    ];
    for (field, text) in texts {
        assert_eq!(
            event.text(field),
            text.as_deref().unwrap_or(""),
            "{what}: {field}"
        );
    }
    let list = |value: &Option<Vec<Value>>| value.clone().unwrap_or_default();
    entries_equal(what, event, "present", &["name", "relationship"], &source.present);
    entries_equal(
        what,
        event,
        "outcomes",
        &["text", "progress"],
        &list(&source.outcomes),
    );
    entries_equal(
        what,
        event,
        "actions",
        &["what", "who", "by"],
        &list(&source.actions),
    );
    let needs: Vec<Value> = source.unmet_need.iter().map(unmet).collect();
    entries_equal(
        what,
        event,
        "unmet_needs",
        &["need", "reason", "reason_code"],
        &needs,
    );
    let concerns: Vec<Value> = source.concern.iter().cloned().collect();
    entries_equal(what, event, "concerns", &["kind", "text"], &concerns);
    match &source.feedback {
        None => assert!(event.json["feedback"].is_null(), "{what}"),
        Some(given) => {
            for name in ["was_it_useful", "words", "copy_offered"] {
                assert_eq!(event.json["feedback"][name], given[name], "{what}: {name}");
            }
        }
    }
    let due = source.review_due.as_ref().map_or(Value::Null, |due| json!(due));
    let review = &event.json["review"];
    assert_eq!(review.get("due").unwrap_or(&Value::Null), &due, "{what}");
    let addenda: Vec<(String, &str)> = event.json["addenda"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            (
                a["author"]["worker_id"].as_str().unwrap().to_owned(),
                a["text"].as_str().unwrap(),
            )
        })
        .collect();
    let given: Vec<_> = source
        .addenda
        .iter()
        .map(|a| (a.author.clone(), a.text.as_str()))
        .collect();
    assert_eq!(addenda, given, "{what}");
    for (told, given) in event.json["addenda"]
        .as_array()
        .unwrap()
        .iter()
        .zip(&source.addenda)
    {
        let late = time(told["at"].as_str().unwrap()) - time(&given.at);
        assert!(
            (0..HOUR).contains(&late),
            "{what}: added at its time, {late} ms late"
        );
    }
    authors_equal(source, event);
    assert_eq!(covered(event), expected_cover(source), "{what}: private passages");
    assert!(
        !String::from_utf8_lossy(&event.line).contains("recording_ms"),
        "minutes stay out"
    );
}

fn entries_equal(what: &str, event: &Event, field: &str, keys: &[&str], source: &[Value]) {
    let pick = |entry: &Value| -> Vec<Value> { keys.iter().map(|key| entry[*key].clone()).collect() };
    let told: Vec<_> = event.json[field].as_array().unwrap().iter().map(pick).collect();
    let given: Vec<_> = source.iter().map(pick).collect();
    assert_eq!(told, given, "{what}: {field}");
}

fn authors_equal(source: &Source, event: &Event) {
    let mut expected: BTreeSet<&str> = [source.author.as_str()].into();
    expected.extend(source.co_author.as_deref());
    expected.extend(source.addenda.iter().map(|a| a.author.as_str()));
    let authors = event.json["authors"].as_array().unwrap();
    let told: BTreeSet<&str> = authors.iter().map(|a| a["worker_id"].as_str().unwrap()).collect();
    assert_eq!(told, expected, "{}", source.reference);
    assert!(
        authors.iter().all(|author| author["name"].is_string()),
        "{}",
        source.reference
    );
}

/// Which characters are private and how; overlapping passages of one kind may be told as one.
fn covered(event: &Event) -> BTreeSet<(String, u64)> {
    let passages = event.json["private"].as_array().unwrap();
    let each = passages.iter().flat_map(|p| {
        assert_eq!(p["field"], "body");
        let kind = p["kind"].as_str().unwrap().to_owned();
        (p["start"].as_u64().unwrap()..p["end"].as_u64().unwrap()).map(move |at| (kind.clone(), at))
    });
    each.collect()
}

fn expected_cover(source: &Source) -> BTreeSet<(String, u64)> {
    let each = spans(source).into_iter();
    each.flat_map(|(kind, start, end)| (start..end).map(move |at| (kind.to_owned(), at)))
        .collect()
}
