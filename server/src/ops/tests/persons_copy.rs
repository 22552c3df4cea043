//! The person's copy: what Margaret gets, what she never gets, and what is kept of the giving. The notes are made
//! with the edits of a phone and go through the server as notes go.

use notes::problem::Code;
use serde_json::{Value, json};

use super::deeds;
use crate::copy::Wanted;
use crate::export::receipts;
use crate::export::tests::town::{Copy, MARGARET, Phone, TOM, Town, client};
use crate::ops::OpError;
use crate::ops::copy::{Bundle, Hashes, Prepared, Release, hashes_in, prepare, release, write};
use crate::testing::Folder;

fn copy_of(town: &Town, case_id: &str) -> Prepared {
    prepare(&town.core, case_id, &Wanted::default(), "operator").unwrap()
}

fn json_of(prepared: &Prepared) -> Value {
    serde_json::from_str(&prepared.json).unwrap()
}

/// Neither of the person's two files has any of these.
#[track_caller]
fn says_nothing_of(prepared: &Prepared, never: &[&str]) {
    for words in never {
        assert!(!prepared.html.contains(words), "the page says {words}");
        assert!(!prepared.json.contains(words), "the JSON says {words}");
    }
}

/// Marks words of the body.
fn mark(phone: &Phone, note: &mut Copy, body: &str, words: &str, kind: &str) {
    let start = body[..body.find(words).unwrap()].chars().count() as u64;
    phone.mark(note, "body", (start, start + words.chars().count() as u64), kind);
}

/// Kofi visits Margaret; she speaks of her daughter Rose, and asks that one thing be kept.
fn visit(town: &Town) -> (Phone, Copy) {
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    let body =
        "Tea in the kitchen. Rose is leaving her job in May. She has money in the clock. The rail is loose.";
    phone.type_in(&mut note, "body", 0, body);
    mark(
        &phone,
        &mut note,
        body,
        "Rose is leaving her job in May.",
        "third_party",
    );
    mark(
        &phone,
        &mut note,
        body,
        "She has money in the clock.",
        "do_not_share",
    );
    phone.set(
        &mut note,
        "present.p1",
        r#"{"name":"Margaret Oduya","relationship":"self"}"#,
    );
    phone.set(
        &mut note,
        "present.p2",
        r#"{"name":"Rose Oduya","relationship":"daughter","private":"third_party"}"#,
    );
    phone.set(
        &mut note,
        "actions.a1",
        r#"{"what":"Order a rail","who":"Kofi","by":"2026-09-11","done":false}"#,
    );
    phone.set(
        &mut note,
        "actions.a2",
        r#"{"what":"Ring the landlord about arrears","private":"do_not_share"}"#,
    );
    phone.finish(&mut note, "W1");
    phone.publish(town, &mut note, Some(MARGARET));
    (phone, note)
}

#[test]
fn margaret_gets_what_is_held_and_gaps_where_something_is_not_hers_to_know() {
    let town = Town::new();
    let _ = visit(&town);
    let prepared = copy_of(&town, "C1");
    let copy = json_of(&prepared);
    assert_eq!(copy["format"], "doorstep-copy/1");
    assert_eq!(copy["person"]["name"], "Margaret Oduya");
    assert_eq!(
        copy["person"]["worker"],
        json!({"name": "Kofi Mensah", "role": "practitioner", "team": "North"})
    );
    let note = &copy["notes"][0];
    assert_eq!(
        note["body"],
        "Tea in the kitchen. [left out: about somebody else] \
         [left out: not to be shared at the time of writing] The rail is loose."
    );
    assert_eq!(
        note["present"][1],
        json!({"left_out": "third_party", "words": "[left out: about somebody else]"})
    );
    assert_eq!(note["actions"][0]["what"], "Order a rail");
    assert_eq!(
        note["title"], "Home visit, 3 September 2026, 10:15",
        "as her clock showed it"
    );
    assert_eq!(note["started_at"], "2026-09-03T09:15:00Z");
    assert_eq!(note["versions"][0]["what"], "The note was finished.");
    assert_eq!(copy["left_out"], 4);
    for words in [
        "Order a rail",
        "11 September 2026",
        "Tea in the kitchen. <strong class=\"gap\"",
        "The rail is loose.",
    ] {
        assert!(prepared.html.contains(words), "the page lacks {words}");
    }
    says_nothing_of(
        &prepared,
        &[
            "Rose",
            "leaving her job",
            "clock.",
            "daughter",
            "landlord",
            "arrears",
        ],
    );
    assert_eq!((prepared.counts.notes, prepared.counts.left_out), (1, 4));
}

#[test]
fn the_worker_who_checks_reads_the_words_and_the_reasons() {
    let town = Town::new();
    let _ = visit(&town);
    let prepared = copy_of(&town, "C1");
    let page = &prepared.left_out;
    assert!(page.contains("<h1>Not for the person</h1>"));
    for words in [
        "Rose is leaving her job in May.",
        "She has money in the clock.",
        "Rose Oduya\ndaughter",
        "Ring the landlord about arrears",
        "Marked: about somebody else.",
        "Marked: not to be shared.",
    ] {
        assert!(page.contains(words), "the checker's page lacks {words}");
    }
    assert!(page.contains(&prepared.hashes.html_sha256) && page.contains(&prepared.hashes.json_sha256));
}

#[test]
fn what_is_told_again_unmarked_is_shown_to_the_checker() {
    let town = Town::new();
    let (phone, mut note) = visit(&town);
    phone.add(&mut note, "z1", "W1", "Rose is leaving her job in June, not May.");
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    assert!(
        prepared.html.contains("Rose is leaving her job in June"),
        "nobody marked it"
    );
    let page = &prepared.left_out;
    assert!(page.contains("Left out in “Home visit, 3 September 2026, 10:15”, under “What happened”."));
    assert!(
        page.contains("A name, or a part of one, that was left out"),
        "Rose is named"
    );
    assert_eq!(
        prepared.counts.warnings, 2,
        "the five words, and the name; not her own surname"
    );
    // She marks it, also after finishing; then it is gone from the next copy.
    phone.set(&mut note, "addenda.z1.private", "\"third_party\"");
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    says_nothing_of(&prepared, &["Rose", "June"]);
    assert_eq!(prepared.counts.warnings, 0);
}

#[test]
fn a_name_in_a_marked_passage_that_is_told_elsewhere_is_shown_to_the_checker() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    let body = "She and Margaret say that Gary owes rent. Tea at four.";
    phone.type_in(&mut note, "body", 0, body);
    mark(
        &phone,
        &mut note,
        body,
        "She and Margaret say that Gary owes rent.",
        "third_party",
    );
    phone.type_in(
        &mut note,
        "analysis",
        0,
        "She is well. Margaret saw gary's van, and later Gary.",
    );
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    let (look, _) = prepared.left_out.split_once("<h2>What was left out").unwrap();
    assert_eq!(
        prepared.counts.warnings, 1,
        "Gary; not she, and not Margaret herself"
    );
    assert!(look.contains("gary&#39;s van and later Gary") && look.contains("A name, as it seems"));
}

#[test]
fn passages_that_overlap_are_one_gap_and_no_letter_of_either_is_told() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "🫖 Aébçdéfg end");
    phone.mark(&mut note, "body", (2, 6), "third_party");
    phone.mark(&mut note, "body", (4, 10), "do_not_share");
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    let body = json_of(&prepared)["notes"][0]["body"].clone();
    assert_eq!(
        body,
        "🫖 [left out: about somebody else][left out: not to be shared at the time of writing] end"
    );
    says_nothing_of(&prepared, &["Aéb", "çd", "éfg"]);
    assert_eq!(prepared.counts.left_out, 2, "the checker reads each mark");
}

#[test]
fn a_concern_about_safeguarding_leaves_no_trace_unless_it_is_asked_for() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.finish(&mut note, "W1");
    phone.publish(&town, &mut note, Some(MARGARET));
    let mut late = phone.begin(2, MARGARET);
    phone.type_in(&mut late, "body", 0, "Bruises.");
    phone.set(
        &mut late,
        "concerns.c1",
        r#"{"kind":"safeguarding","text":"Her lodger frightens her"}"#,
    );
    phone.set(&mut late, "concerns.c2", r#"{"text":"Kind not chosen yet"}"#);
    phone.set(
        &mut late,
        "concerns.c3",
        r#"{"kind":"professional_disagreement","text":"The ward wants her home sooner"}"#,
    );
    phone.finish(&mut late, "W1");
    phone.publish(&town, &mut late, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    says_nothing_of(
        &prepared,
        &["lodger", "not chosen", "safeguarding", "Safeguarding"],
    );
    assert!(prepared.html.contains("The ward wants her home sooner"));
    assert_eq!(json_of(&prepared)["left_out"], 0, "not even that there is one");
    assert_eq!(prepared.counts.left_out, 2);
    assert!(prepared.left_out.contains("Her lodger frightens her"));
    let wanted = Wanted {
        include_safeguarding: true,
        contact: None,
    };
    let told = prepare(&town.core, "C1", &wanted, "operator").unwrap();
    assert!(told.html.contains("Her lodger frightens her") && told.html.contains("Safeguarding"));
    assert_eq!(told.counts.left_out, 0);
}

#[test]
fn not_even_what_changed_tells_that_a_concern_came() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.publish(&town, &mut note, Some(MARGARET));
    let mut hers = sian.join(&note);
    kofi.finish(&mut note, "W1");
    kofi.publish(&town, &mut note, Some(MARGARET));
    // She had not heard of the finish.
    sian.set(
        &mut hers,
        "concerns.c1",
        r#"{"kind":"safeguarding","text":"Her lodger frightens her"}"#,
    );
    sian.publish(&town, &mut hers, Some(MARGARET));
    let events = town.events();
    assert!(
        events[1]["change_summary"]
            .as_str()
            .unwrap()
            .contains("Concern added."),
        "the case system is told"
    );
    let prepared = copy_of(&town, "C1");
    assert_eq!(
        json_of(&prepared)["notes"][0]["versions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    says_nothing_of(&prepared, &["oncern added", "lodger"]);
}

#[test]
fn a_concern_that_two_phones_call_differently_is_left_out() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.set(&mut note, "concerns.c1", r#"{"text":"Her lodger frightens her"}"#);
    kofi.publish(&town, &mut note, Some(MARGARET));
    let mut hers = sian.join(&note);
    kofi.set(&mut note, "concerns.c1.kind", "\"safeguarding\"");
    sian.set(&mut hers, "concerns.c1.kind", "\"professional_disagreement\"");
    kofi.publish(&town, &mut note, Some(MARGARET));
    sian.publish(&town, &mut hers, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    assert_eq!(
        json_of(&prepared)["open_questions"][0]["kind"],
        "conflict",
        "they do disagree"
    );
    says_nothing_of(&prepared, &["lodger", "afeguarding"]);
}

#[test]
fn both_answers_are_told_where_phones_disagree_but_not_those_of_an_entry_that_is_left_out() {
    let town = Town::new();
    let (kofi, sian) = (town.phone("W1", 1), town.phone("W2", 2));
    let mut note = kofi.begin(1, MARGARET);
    kofi.set(&mut note, "actions.a1", r#"{"what":"Order a rail"}"#);
    kofi.set(
        &mut note,
        "actions.a2",
        r#"{"what":"Ring","private":"third_party"}"#,
    );
    kofi.publish(&town, &mut note, Some(MARGARET));
    let mut hers = sian.join(&note);
    for (phone, copy, who) in [(&kofi, &mut note, "Kofi"), (&sian, &mut hers, "Siân")] {
        phone.set(copy, "actions.a1.who", &format!("\"{who} A1\""));
        phone.set(copy, "actions.a2.who", &format!("\"{who} A2\""));
        phone.publish(&town, copy, Some(MARGARET));
    }
    let prepared = copy_of(&town, "C1");
    for who in ["Kofi A1", "Siân A1"] {
        assert!(
            prepared.html.contains(who) && prepared.json.contains(who),
            "{who}"
        );
    }
    says_nothing_of(&prepared, &["Kofi A2", "Siân A2"]);
}

#[test]
fn a_file_that_is_marked_is_a_gap_and_the_others_are_named() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    let (rose, rail) = ("ab".repeat(32), "cd".repeat(32));
    for (hash, caption, private) in [
        (&rose, "Rose at the sea", json!("third_party")),
        (&rail, "The rail", Value::Null),
    ] {
        let entry =
            json!({"media_type": "image/jpeg", "bytes": 1_500, "caption": caption, "private": private});
        phone.set(&mut note, &format!("attachments.{hash}"), &entry.to_string());
    }
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    let files = &json_of(&prepared)["notes"][0]["attachments"];
    assert_eq!(files[0]["left_out"], "third_party");
    assert_eq!(
        (&files[1]["sha256"], &files[1]["available"]),
        (&json!(rail), &json!(false))
    );
    assert!(prepared.html.contains("The rail") && prepared.html.contains("no, it has not come yet"));
    says_nothing_of(&prepared, &[&rose, "at the sea"]);
    assert!(prepared.left_out.contains("Rose at the sea") && prepared.left_out.contains("Files are named"));
}

#[test]
fn an_unfinished_note_is_hers_too_and_says_so() {
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, "Half a sent");
    phone.publish(&town, &mut note, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    assert!(prepared.html.contains("Half a sent") && prepared.html.contains("(not finished)"));
    assert_eq!(json_of(&prepared)["notes"][0]["finished_at"], Value::Null);
    assert!(prepared.left_out.contains("The note is not finished."));
    // What has come and was not judged yet is not in it, and the checker hears of that.
    let mut more = phone.begin(2, MARGARET);
    phone.type_in(&mut more, "body", 0, "Just now");
    phone.push(&town, &mut more, Some(MARGARET));
    let prepared = copy_of(&town, "C1");
    says_nothing_of(&prepared, &["Just now"]);
    assert!(prepared.left_out.contains("wait to be taken in"));
}

#[test]
fn hostile_words_stay_words() {
    let hostile = [
        "</p><script>alert(1)</script><img src=x onerror=alert(2)>",
        "<!-- --> ]]> &lt; \" ' javascript:alert(3)",
        "a\u{202e}evil\u{202c} \u{200b}\u{feff}\u{7}",
        "[left out: about somebody else]",
    ];
    let town = Town::new();
    let phone = town.phone("W1", 1);
    let mut note = phone.begin(1, MARGARET);
    phone.type_in(&mut note, "body", 0, &hostile.join("\n"));
    phone.set(
        &mut note,
        "present.p1",
        &json!({"name": hostile[0], "relationship": hostile[1]}).to_string(),
    );
    phone.mark(&mut note, "body", (0, 3), "third_party");
    phone.publish(&town, &mut note, Some(MARGARET));
    let wanted = Wanted {
        include_safeguarding: false,
        contact: Some(hostile[0].to_owned()),
    };
    let prepared = prepare(&town.core, "C1", &wanted, "operator").unwrap();
    for page in [&prepared.html, &prepared.left_out] {
        let markup = page.matches('<').count();
        assert_eq!(
            page.matches("<script").count() + page.matches("<img").count() + page.matches("<!--").count(),
            0
        );
        assert_eq!(
            markup,
            page.matches('>').count() - css_signs(page),
            "every sign of markup is ours"
        );
        assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{feff}', '\u{7}']));
    }
    assert!(
        prepared
            .html
            .contains("a[U+202E]evil[U+202C] [U+200B][U+FEFF][U+0007]")
    );
    assert_eq!(
        prepared.html.matches("<strong class=\"gap\"").count(),
        2,
        "the true gap, and how one looks"
    );
    assert!(!prepared.json.contains('\u{202e}'));
    let body = json_of(&prepared)["notes"][0]["body"].clone();
    assert!(
        body.as_str().unwrap().ends_with(&hostile[1..].join("\n")),
        "the JSON has the words themselves"
    );
}

/// Signs of the style sheet that are no markup.
fn css_signs(page: &str) -> usize {
    let (style, _) = page.split_once("</style>").unwrap();
    let (_, style) = style.split_once("<style>").unwrap();
    style.matches('>').count()
}

#[test]
fn who_looked_is_told_and_who_came_from_outside_comes_first_with_the_reason() {
    let town = Town::new();
    let (_, note) = visit(&town);
    town.core
        .store
        .write(|tx| {
            let mut entry = crate::store::AuditEntry {
                at: town.core.host.now_ms(),
                who: "worker:W2".into(),
                what: "note.read".into(),
                person: Some(MARGARET),
                document: Some(note.id),
                detail: r#"{"device":"00000000","opened_at":1788426900000}"#.into(),
            };
            tx.audit(&entry)?;
            tx.audit(&entry)?;
            entry.what = "person.looked_up".into();
            entry.who = "worker:W3".into();
            entry.document = None;
            entry.detail = r#"{"device":"00000000","case_id":"C1","reason":"met her on the stairs"}"#.into();
            tx.audit(&entry)?;
            entry.person = Some(TOM);
            entry.detail = r#"{"reason":"for Tom alone"}"#.into();
            tx.audit(&entry)
        })
        .unwrap();
    let prepared = copy_of(&town, "C1");
    let copy = json_of(&prepared);
    let steps = copy["what_happened"].as_array().unwrap();
    assert_eq!(steps[0]["what"], "note_read");
    assert_eq!(steps[0]["at"], "2026-09-03T09:15:00Z", "when it was opened");
    assert_eq!(steps[0]["note"], copy["notes"][0]["title"]);
    assert_eq!(
        (&steps[2]["what"], &steps[2]["words"]),
        (&json!("looked_up"), &json!("met her on the stairs"))
    );
    assert_eq!(steps[2]["who"]["name"], "Ana Ruiz");
    let at = |words: &str| prepared.html.find(words).unwrap();
    assert!(at("met her on the stairs") < at("Who read your notes"));
    assert!(prepared.html.contains("<td>2</td>"), "one line for the day");
    says_nothing_of(&prepared, &["for Tom alone", "00000000"]);
    // The copy itself is in the next one.
    let next = json_of(&copy_of(&town, "C1"));
    assert_eq!(next["what_happened"][3]["what"], "copy_prepared");
}

#[test]
fn the_case_systems_reference_and_its_refusal_are_told() {
    let town = Town::new();
    let (phone, mut note) = visit(&town);
    phone.add(&mut note, "z1", "W1", "The rail is in.");
    phone.publish(&town, &mut note, Some(MARGARET));
    let events = town.events();
    let answers = json!([
        {"event_id": events[0]["event_id"], "sha256": events[0]["sha256"], "outcome": "imported", "case_system_ref": "ACT-77"},
        {"event_id": events[1]["event_id"], "sha256": events[1]["sha256"], "outcome": "refused", "reason": "closed case"},
    ]);
    receipts(&town.core, &client("mosaic"), answers.to_string().as_bytes()).unwrap();
    let prepared = copy_of(&town, "C1");
    let note = &json_of(&prepared)["notes"][0];
    assert_eq!(note["case_systems"][0]["reference"], "ACT-77");
    assert_eq!(
        note["versions"][1]["words"],
        "Addendum added by Kofi Mensah on 4 September 2026."
    );
    assert!(
        prepared
            .html
            .contains("In the case system <bdi>mosaic</bdi> since")
    );
    assert!(
        prepared.html.contains("The case system did not take this note."),
        "the issue in plain words"
    );
    assert!(prepared.html.contains("closed case"));
    let issue = town.issue("export_refused");
    says_nothing_of(
        &prepared,
        &[
            issue["id"].as_str().unwrap(),
            events[0]["event_id"].as_str().unwrap(),
        ],
    );
}

#[test]
fn the_same_is_the_same_bytes_but_for_when_it_was_made() {
    let town = Town::new();
    let _ = visit(&town);
    let first = copy_of(&town, "C1");
    town.core.store.write(|tx| tx.documents_clear()).unwrap();
    crate::sync::reproject(&town.core).unwrap();
    let second = copy_of(&town, "C1");
    // The first preparation is told in the second one, and nothing else differs.
    let (mut a, mut b) = (json_of(&first), json_of(&second));
    assert_eq!(
        b["what_happened"].as_array_mut().unwrap().pop().unwrap()["what"],
        "copy_prepared"
    );
    assert_eq!(a, b);
    town.clock.forward(1_000);
    let third = json_of(&copy_of(&town, "C1"));
    assert_ne!(third["made_at"], a["made_at"]);
    a["made_at"] = third["made_at"].clone();
    assert_eq!(third["notes"], a["notes"]);
    // One snapshot of everything, with the same clock, is the same to the byte.
    let held = || {
        let held = town.read(|tx| crate::ops::copy::held_now(tx, "C1")).unwrap();
        crate::copy::pages(&held, &Wanted::default(), 5, |_| String::new()).unwrap()
    };
    let (one, two) = (held(), held());
    assert_eq!(
        (one.html, one.json, one.left_out),
        (two.html, two.json, two.left_out)
    );
}

#[test]
fn zoe_of_whom_there_is_nothing_gets_a_copy_and_nobody_gets_none() {
    let town = Town::new();
    let _ = visit(&town);
    let prepared = copy_of(&town, "C3");
    assert!(prepared.html.contains("Zoë Marsh") && prepared.html.contains("There are no notes about you."));
    says_nothing_of(&prepared, &["Margaret", "rail", "Kofi"]);
    assert_eq!(json_of(&prepared)["person"]["worker"], Value::Null);
    let before = deeds(&town.core).len();
    let refused = prepare(&town.core, "C99", &Wanted::default(), "operator");
    assert!(matches!(refused, Err(OpError::Refused(Code::CaseUnknown))));
    assert_eq!(deeds(&town.core).len(), before, "nobody's record was touched");
}

#[test]
fn a_release_names_the_bytes_and_who_checked_them() {
    let (town, folder) = (Town::new(), Folder::new());
    let _ = visit(&town);
    let prepared = copy_of(&town, "C1");
    let tom = copy_of(&town, "C2");
    let given = |case_id, hashes: &Hashes, checked_by, reason| {
        let asked = Release {
            hashes,
            checked_by,
            reason,
        };
        release(&town.core, case_id, &asked, "operator")
    };
    let changed = Hashes::of(b"another page", prepared.json.as_bytes());
    let refusals = [
        (given("C99", &prepared.hashes, "W2", "asked"), Code::CaseUnknown),
        (given("C1", &prepared.hashes, "W2", "  "), Code::ReasonMissing),
        (given("C1", &changed, "W2", "asked"), Code::CopyUnknown),
        (given("C1", &tom.hashes, "W2", "asked"), Code::CopyUnknown),
        (given("C2", &prepared.hashes, "W2", "asked"), Code::CopyUnknown),
    ];
    for (said, code) in refusals {
        assert!(
            matches!(said, Err(OpError::Refused(refused)) if refused == code),
            "{code}"
        );
    }
    let nobody = given("C1", &prepared.hashes, "W99", "asked");
    assert!(matches!(nobody, Err(OpError::Because(Code::NotFound, _))));
    assert!(
        !deeds(&town.core).contains(&"copy.released".to_owned()),
        "none of these was one"
    );

    let path = folder.path().join("margaret");
    write(&Bundle::open(&path, false).unwrap(), &prepared).unwrap();
    assert_eq!(hashes_in(&path).unwrap(), prepared.hashes);
    given(
        "C1",
        &hashes_in(&path).unwrap(),
        "W2",
        "She asked on the telephone",
    )
    .unwrap();
    let records = town.read(|tx| tx.audit_about(MARGARET, 0, 100));
    let last = &records.last().unwrap().entry;
    assert_eq!(
        (last.what.as_str(), last.who.as_str()),
        ("copy.released", "operator")
    );
    let detail: Value = serde_json::from_str(&last.detail).unwrap();
    assert_eq!(
        detail,
        json!({
            "html_sha256": prepared.hashes.html_sha256, "json_sha256": prepared.hashes.json_sha256,
            "checked_by": "W2", "reason": "She asked on the telephone"
        })
    );
    // Changed on the way to the printer: these are not the bytes that were checked.
    std::fs::write(path.join("copy.html"), "changed").unwrap();
    let late = given("C1", &hashes_in(&path).unwrap(), "W2", "asked");
    assert!(matches!(late, Err(OpError::Refused(Code::CopyUnknown))));
    let next = json_of(&copy_of(&town, "C1"));
    let steps = next["what_happened"].as_array().unwrap();
    assert_eq!(
        steps.last().unwrap()["words"],
        "Checked by Siân Powell. She asked on the telephone"
    );
}

#[test]
fn a_folder_with_something_in_it_is_left_alone_and_the_files_are_for_their_owner() {
    let (town, folder) = (Town::new(), Folder::new());
    let _ = visit(&town);
    let path = folder.path().join("margaret");
    let first = copy_of(&town, "C1");
    write(&Bundle::open(&path, false).unwrap(), &first).unwrap();
    let refused = Bundle::open(&path, false);
    assert!(matches!(
        refused,
        Err(OpError::Because(Code::ParameterInvalid, _))
    ));
    let second = copy_of(&town, "C1");
    write(&Bundle::open(&path, true).unwrap(), &second).unwrap();
    assert_eq!(hashes_in(&path).unwrap(), second.hashes);
    let mut names: Vec<String> = std::fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["copy.html", "copy.json", "left-out.html"],
        "nothing half-done is left"
    );
    assert_eq!(
        std::fs::read_to_string(path.join("left-out.html")).unwrap(),
        second.left_out
    );
    std::fs::write(path.join("holiday.jpg"), "beach").unwrap();
    let refused = [
        Bundle::open(&path, true),
        Bundle::open(&folder.path().join("no/where"), false),
    ];
    for refused in refused {
        assert!(matches!(
            refused,
            Err(OpError::Because(Code::ParameterInvalid, _))
        ));
    }
    let nothing = hashes_in(folder.path());
    assert!(matches!(nothing, Err(OpError::Because(Code::NotFound, _))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        for name in names {
            assert_eq!(mode(&path.join(name)), 0o600);
        }
    }
}
