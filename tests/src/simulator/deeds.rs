//! What people do: practitioners, the case system's importer, the admin at the desk. Whatever is not
//! allowed (the note is not on this phone, or is finished) is refused, and that is fine.

use client_core::SyncMode;
use notes::ids::DocumentId;
use serde_json::{Map, Value, json};

use super::town::{CASES, Town, Written};
use crate::case_system::Event;

const FIELDS: [&str; 3] = ["body", "persons_words", "analysis"];
const PAGE_FIELDS: [&str; 2] = ["please_do", "also_worth_knowing"];

/// The actions that the admin of these stories knows.
const ENDS: [&str; 9] = [
    "accept",
    "accept_for",
    "return",
    "set_aside",
    "take",
    "match",
    "keep_both",
    "withdraw",
    "close",
];

impl Town {
    fn name(&self, who: usize) -> String {
        self.residents[who].phone.name.clone()
    }

    pub(super) fn begins(&mut self, who: usize) {
        let case_id = CASES[self.below(CASES.len())];
        let name = self.name(who);
        let book = self.residents[who].phone.notebook();
        let begun = match self.v.chance.below(8) {
            0 => book.about(case_id).inspect(|page| {
                self.pages.insert(*page);
            }),
            1 => book.new_note(&client_core::NewNote {
                who: client_core::Who::Name("Margaret O'Dowd"),
                kind: "conversation",
                started_at: None,
                ended_at: None,
            }),
            _ => book.new_note(&client_core::NewNote {
                who: client_core::Who::CaseId(case_id),
                kind: "home_visit",
                started_at: None,
                ended_at: None,
            }),
        };
        if let Ok(note) = begun {
            self.tell(format!("{name} begins {note} about {case_id}"));
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    pub(super) fn types(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let fields: &[&'static str] = if self.pages.contains(&note) {
            &PAGE_FIELDS
        } else {
            &FIELDS
        };
        let field = *self.v.chance.pick(fields);
        let by = self.residents[who].number;
        let token = self.token(by);
        // Never inside what others wrote, so that each word can be found whole.
        let at = self.v.chance.one_in(3).then_some(0);
        let phone = &mut self.residents[who].phone;
        let finished = phone.has_finished(note);
        let typed = phone.notebook().type_text(note, field, at, 0, &token, 10);
        if typed.is_ok() {
            assert!(!finished, "{note} is finished on {} and was typed in", phone.name);
            let line = format!("{} types {token} in {field} of {note}", phone.name);
            self.tell(line);
            self.written.push(Written {
                note,
                field,
                token,
                by,
            });
        }
    }

    pub(super) fn sets(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let n = self.v.chance.below(28) + 1;
        let book = self.residents[who].phone.notebook();
        let done = [
            book.set(note, "actions.+", &json!({"what": format!("thing {n}")}))
                .is_ok(),
            book.set(
                note,
                "review",
                &json!({"kind": "annual", "due": format!("2027-02-{n:02}")}),
            )
            .is_ok(),
            book.add(note, &format!("Addendum {n}.")).is_ok(),
        ];
        if done.contains(&true) {
            self.tell(format!("{} sets or adds to {note}: {done:?}", self.name(who)));
        }
    }

    pub(super) fn attaches(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let by = self.residents[who].number;
        // Two may attach the same picture, to one note or to two.
        let picture = self.pictures.below(6);
        let length = usize::try_from(self.pictures.below(3) * 300_000).unwrap() + 40;
        let mut bytes = format!("\u{89}PNG\r\n\u{1a}\n{picture}")
            .chars()
            .map(|c| c as u8)
            .collect::<Vec<_>>();
        bytes.resize(length, b'.');
        let attached = self.residents[who].phone.notebook().attach(note, &bytes, None);
        if let Ok(id) = attached {
            self.tell(format!("{} attaches {id} to {note}", self.name(who)));
            self.files.push((note, id, by));
        }
    }

    pub(super) fn marks(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let start = self.v.chance.below(10);
        let book = self.residents[who].phone.notebook();
        if book.mark(note, "body", start, start + 4, "third_party").is_ok() {
            self.tell(format!("{} marks a passage of {note}", self.name(who)));
        }
    }

    pub(super) fn finishes(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        if self.residents[who].phone.notebook().finish(note).is_ok() {
            self.tell(format!("{} finishes {note}", self.name(who)));
        }
    }

    pub(super) fn joins(&mut self, who: usize) {
        let Some(note) = self.some_note().filter(|note| !self.pages.contains(note)) else {
            return;
        };
        let phone = &mut self.residents[who].phone;
        // Who wrote in a note is not a guest in it, also where it has left their view.
        let is_guest = phone.document(note).is_none();
        if phone.notebook().join(note).is_ok() {
            if is_guest {
                self.residents[who].joined.insert(note);
            }
            self.tell(format!("{} joins {note}", self.name(who)));
        }
    }

    pub(super) fn reads(&mut self, who: usize) {
        let Some(note) = self.some_note() else { return };
        let _ = self.residents[who].phone.notebook().show(note);
    }

    pub(super) fn syncs(&mut self, who: usize) {
        let report = self.residents[who].phone.syncs();
        self.tell(format!(
            "{} syncs: {} sent, {} received, {} held, {} wait, {:?}",
            self.name(who),
            report.sent,
            report.received,
            report.held.len(),
            report.waiting,
            report.ended
        ));
    }

    pub(super) fn half_a_pass(&mut self, who: usize) {
        let half = *self.v.chance.pick(&[SyncMode::PushOnly, SyncMode::PullOnly]);
        let report = self.residents[who].phone.passes(half);
        self.residents[who].phone.note_down();
        self.tell(format!("{} syncs {half:?}: {:?}", self.name(who), report.ended));
    }

    /// The case system reads what is new, and answers as it likes: some at once, some later, some twice.
    pub(super) fn case_system_reads(&mut self) {
        let events = self.mosaic.reads();
        let mut receipts = Vec::new();
        for event in &events {
            let choices = [
                "imported",
                "imported",
                "imported",
                "duplicate",
                "deferred",
                "refused",
            ];
            let chosen = *self.v.chance.pick(&choices);
            // What it once said of an event it says again, also to a server that was set back.
            let said = self.said.entry(event.text("event_id").to_owned());
            let outcome = *said
                .and_modify(|said| {
                    if *said == "deferred" {
                        *said = chosen;
                    }
                })
                .or_insert(chosen);
            if !self.v.chance.one_in(5) {
                receipts.push(receipt(event, outcome));
            }
        }
        let times = 1 + self.v.chance.below(2);
        for _ in 0..times {
            for answer in self.mosaic.answers(&receipts) {
                assert_eq!(answer["status"], "accepted", "{answer}");
            }
        }
        self.tell(format!(
            "the case system reads {} events and sends {} receipts",
            events.len(),
            receipts.len()
        ));
    }

    /// The case system takes the rest; what it answered before it answers again, also to a server that was set back.
    pub(super) fn case_system_takes_the_rest(&mut self) {
        let said = |event: &Event| match self.said.get(event.text("event_id")) {
            Some(said) if *said != "deferred" => *said,
            _ => "imported",
        };
        let events = self.mosaic.reads();
        let receipts: Vec<Value> = events.iter().map(|event| receipt(event, said(event))).collect();
        for answer in self.mosaic.answers(&receipts) {
            assert_eq!(answer["status"], "accepted", "{answer}");
        }
    }

    /// The admin ends one open issue, whichever way it can be ended.
    pub(super) fn admin_settles(&mut self) -> bool {
        let open = self.v.admin().issues();
        if open.is_empty() {
            return false;
        }
        let issue = &open[self.below(open.len())];
        let mut actions = issue["actions"].as_array().cloned().unwrap_or_default();
        // Those that end it and keep each note where it is; the others have stories of their own.
        actions.retain(|action| ENDS.contains(&action.as_str().unwrap_or_default()));
        if actions.is_empty() {
            return false;
        }
        let action = actions[self.below(actions.len())].as_str().unwrap().to_owned();
        let args = match action.as_str() {
            "take" => json!({"index": 0}),
            "match" | "accept_for" => json!({"person": CASES[self.below(CASES.len())]}),
            _ => json!({}),
        };
        let empty = Map::new();
        let id = issue["id"].as_str().unwrap();
        let core = self.v.server.core();
        let args = args.as_object().unwrap_or(&empty);
        let ended = server::issues::settle(&core, id, &action, args, "operator", "looked at it");
        self.tell(format!(
            "the admin ends {} {} about {} by {action}: {}",
            text(issue, "kind"),
            text(&issue["detail"], "code"),
            issue["note_id"],
            words(&ended)
        ));
        if let Some(note) = issue["note_id"]
            .as_str()
            .and_then(|id| id.parse::<DocumentId>().ok())
            && matches!(action.as_str(), "return" | "set_aside" | "accept_for")
        {
            self.overruled.insert(note);
        }
        self.settled += usize::from(ended.is_ok());
        ended.is_ok()
    }
}

fn receipt(event: &Event, outcome: &str) -> Value {
    let mut receipt = event.receipt(outcome, &format!("ACT-{}", event.text("event_id")));
    if outcome == "refused" {
        receipt["reason"] = "no open episode".into();
    }
    receipt
}

fn words<T, E: std::fmt::Debug>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}

/// The text of a JSON value; empty where it is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
