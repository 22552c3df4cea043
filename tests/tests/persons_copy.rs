//! Eight weeks of notes, and then everybody asks for their copy: no passage that was marked is in it, unless the same
//! words stand unmarked elsewhere, and then the worker who checks is told. Written on phones, in several scripts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use client_core::{NewNote, Who};
use doorstep_tests::corpus::{self, Source, time};
use doorstep_tests::{Folder, Phone, Village, seed};
use notes::ids::DocumentId;
use serde_json::{Value, json};
use server::copy::Wanted;
use server::ops::copy::{Bundle, Prepared, prepare, write};

/// Everybody's phone, as each is needed.
struct Phones(BTreeMap<String, Phone>);

impl Phones {
    fn of(&mut self, v: &mut Village, worker: &str) -> &mut Phone {
        self.0.entry(worker.to_owned()).or_insert_with(|| v.phone(worker))
    }
}

fn writes(phone: &mut Phone, source: &Source) -> DocumentId {
    let new = NewNote {
        who: Who::CaseId(&source.case_id),
        kind: &source.kind,
        started_at: Some(time(&source.started_at)),
        ended_at: Some(time(&source.ended_at)),
    };
    let note = phone.notebook().new_note(&new).unwrap();
    let texts = [
        ("body", Some(&source.body)),
        ("what_matters", source.what_matters.as_ref()),
        ("strengths", source.strengths.as_ref()),
        ("persons_words", source.persons_words.as_ref()),
        ("analysis", source.analysis.as_ref()),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            phone.types_in(note, field, text);
        }
    }
    let lists = [
        ("present.+", source.present.clone()),
        ("outcomes.+", source.outcomes.clone().unwrap_or_default()),
        ("actions.+", source.actions.clone().unwrap_or_default()),
        ("concerns.+", source.concern.iter().cloned().collect()),
        ("feedback", source.feedback.iter().cloned().collect()),
    ];
    for (path, values) in lists {
        for value in values {
            phone.sets(note, path, value);
        }
    }
    for (kind, start, end) in marks(source) {
        phone.notebook().mark(note, "body", start, end, kind).unwrap();
    }
    phone.finishes(note);
    for addendum in &source.addenda {
        phone.adds(note, &addendum.text);
    }
    note
}

/// Every place of every private passage.
fn marks(source: &Source) -> Vec<(&'static str, u64, u64)> {
    let mut marks = Vec::new();
    for (kind, passage) in passages(source) {
        for (at, found) in source.body.match_indices(passage) {
            let start = source.body[..at].chars().count() as u64;
            marks.push((kind, start, start + found.chars().count() as u64));
        }
    }
    marks
}

fn passages(source: &Source) -> Vec<(&'static str, &str)> {
    let third = source
        .third_party
        .iter()
        .map(|words| ("third_party", words.as_str()));
    let own = source
        .do_not_share
        .iter()
        .map(|words| ("do_not_share", words.as_str()));
    third.chain(own).collect()
}

/// The texts of a JSON value, one a line.
fn texts(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push_str(text);
            into.push('\n');
        }
        Value::Array(all) => all.iter().for_each(|one| texts(one, into)),
        Value::Object(all) => all.values().for_each(|one| texts(one, into)),
        _ => {}
    }
}

fn read_out(page: &str) -> String {
    let signs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    signs.iter().fold(page.to_owned(), |page, (escaped, sign)| {
        page.replace(escaped, sign)
    })
}

/// The words of a text, without case and signs.
fn words(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Neither of the two files has a marked passage; or the checker is told where. Gives how many were told twice.
fn holds_no_marked_words(prepared: &Prepared, theirs: &[&Source]) -> usize {
    let mut json = String::new();
    texts(&serde_json::from_str(&prepared.json).unwrap(), &mut json);
    let page = read_out(&prepared.html);
    let check = read_out(&prepared.left_out);
    let (look, left) = check.split_once("<h2>What was left out").unwrap();
    let mut twice = 0;
    for source in theirs {
        for (_, passage) in passages(source) {
            let what = &source.reference;
            assert!(left.contains(passage), "{what}: the checker reads “{passage}”");
            if page.contains(passage) || json.contains(passage) {
                twice += 1;
                assert!(
                    words(look).contains(&words(passage)),
                    "{what}: nobody is told of “{passage}”"
                );
            }
        }
    }
    twice
}

#[test]
fn everybody_asks_for_their_copy() {
    let mut v = Village::new(seed(20_261_024));
    let mut phones = Phones(BTreeMap::new());
    let sources = corpus::notes();
    for source in &sources {
        v.time.until(time(&source.ended_at));
        writes(phones.of(&mut v, &source.author), source);
    }
    for phone in phones.0.values_mut() {
        phone.syncs_well();
    }
    v.server.settle();
    let people: BTreeSet<&str> = sources.iter().map(|source| source.case_id.as_str()).collect();
    let (mut marked, mut notes, mut twice) = (0, 0, 0);
    for case_id in people {
        let theirs: Vec<&Source> = sources
            .iter()
            .filter(|source| source.case_id == case_id)
            .collect();
        let prepared = prepare(&v.server.core(), case_id, &Wanted::default(), "operator").unwrap();
        assert_eq!(prepared.counts.notes, theirs.len(), "{case_id}");
        notes += theirs.len();
        marked += theirs.iter().map(|source| passages(source).len()).sum::<usize>();
        twice += holds_no_marked_words(&prepared, &theirs);
        for source in theirs {
            let concern = source
                .concern
                .as_ref()
                .filter(|concern| concern["kind"] == "safeguarding");
            if let Some(concern) = concern {
                let text = concern["text"].as_str().unwrap();
                let page = read_out(&prepared.html);
                assert!(!page.contains(text), "{}: the concern is told", source.reference);
                assert!(
                    read_out(&prepared.left_out).contains(text),
                    "{}",
                    source.reference
                );
            }
        }
        let folder = Folder::new();
        let bundle = Bundle::open(&folder.path().join("copy"), false).unwrap();
        write(&bundle, &prepared).unwrap();
    }
    assert_eq!((notes, marked), (60, 38), "the sample is whole");
    assert_eq!(
        twice, 0,
        "and tells nothing twice word for word, so none of it is in any copy"
    );
}

/// Words that were marked in the body and are told again in another field, as it happens in life.
#[test]
fn what_is_told_twice_is_found_in_each_script() {
    let mut v = Village::new(seed(5));
    let mut phone = v.phone("W106");
    let told = [
        "ابنتها مريضة جدا هذا الأسبوع",
        "mae Emrys yn aros am lawdriniaeth",
        "jej syn stracił pracę w maju",
    ];
    let note = phone.new_note("P104219", "home_visit");
    for passage in told {
        let start = phone.body(note).chars().count() as u64;
        phone.types(note, &format!("{passage}. "));
        let end = start + passage.chars().count() as u64;
        phone
            .notebook()
            .mark(note, "body", start, end, "third_party")
            .unwrap();
    }
    phone.types(note, "يفضل أن تزورها امرأة.");
    phone.types_in(
        note,
        "analysis",
        &format!("As she said: {}!", told.join("! ").to_uppercase()),
    );
    let about = phone.notebook().about("P104219").unwrap();
    phone.types_in(about, "what_matters_most", "الصلاة والعائلة\nMy garden.");
    phone.sets(
        about,
        "contacts.+",
        json!({"name": "Nadia", "phone": "07700 900999", "private": "third_party"}),
    );
    phone.syncs_well();
    v.server.settle();
    let prepared = prepare(&v.server.core(), "P104219", &Wanted::default(), "operator").unwrap();
    let copy: Value = serde_json::from_str(&prepared.json).unwrap();
    let gap = "[left out: about somebody else]";
    assert_eq!(
        copy["notes"][0]["body"],
        format!("{gap}. {gap}. {gap}. يفضل أن تزورها امرأة.")
    );
    assert_eq!(
        copy["about_me"]["what_matters_most"],
        "الصلاة والعائلة\nMy garden."
    );
    assert_eq!(copy["about_me"]["contacts"][0]["left_out"], "third_party");
    assert!(
        prepared
            .html
            .contains("<p class=\"said\" dir=\"auto\">الصلاة والعائلة\nMy garden.</p>")
    );
    for words in ["Nadia", "07700 900999", told[0]] {
        let shown = words == told[0];
        assert_eq!(prepared.html.contains(words), shown, "{words}");
    }
    let (look, _) = prepared.left_out.split_once("<h2>What was left out").unwrap();
    assert_eq!(look.matches("Left out in “Home visit").count(), told.len());
}

/// Peggy was on the list twice. Who asks for her copy gets what is under both numbers, once.
#[test]
fn who_was_two_people_gets_one_copy() {
    let mut v = Village::new(seed(6));
    let mut phone = v.phone("W105");
    for (case_id, words) in [
        ("P104318", "Tea with Peg. Ann drinks."),
        ("P104201", "The rail is in."),
    ] {
        v.admin().allocates(case_id, "W105");
        phone.syncs_well();
        let note = phone.new_note(case_id, "home_visit");
        phone.types(note, words);
        let about = phone.notebook().about(case_id).unwrap();
        phone.types_in(
            about,
            "what_matters_most",
            &format!("{case_id}: the cat. Secret."),
        );
        phone
            .notebook()
            .mark(about, "what_matters_most", 18, 24, "do_not_share")
            .unwrap();
        phone.syncs_well();
        v.server.settle();
    }
    let file = "case_id,merged_into\nP104318,P104201\n";
    let merged = server::ops::import::people(&v.server.core(), file.as_bytes(), "operator").unwrap();
    assert_eq!(merged.merged, 1);
    v.server.settle();
    let by = |case_id: &str| prepare(&v.server.core(), case_id, &Wanted::default(), "operator").unwrap();
    let prepared = by("P104318");
    let copy: Value = serde_json::from_str(&prepared.json).unwrap();
    assert_eq!(
        copy["person"]["case_id"], "P104201",
        "the old number leads to her"
    );
    assert_eq!(copy["person"]["earlier_case_ids"], json!(["P104318"]));
    assert_eq!(copy["person"]["earlier"][0]["case_id"], "P104318");
    assert_eq!(prepared.counts.notes, 2);
    for words in [
        "Tea with Peg.",
        "The rail is in.",
        "P104318: the cat.",
        "P104201: the cat.",
    ] {
        assert_eq!(prepared.html.matches(words).count(), 1, "{words}");
    }
    assert!(!prepared.html.contains("Secret") && !prepared.json.contains("Secret"));
    assert_eq!(copy["left_out"], 2, "two gaps are to be seen");
    let steps = copy["what_happened"].as_array().unwrap();
    assert_eq!(
        steps
            .iter()
            .filter(|step| step["words"] == "The case number P104318 is P104201 from then on.")
            .count(),
        1
    );
    assert_eq!(by("P104201").counts.notes, 2);
}
