//! The calls that need no server, each named as the notebook's method: one table of their arguments and answers,
//! from which both the way to make them and the page's TypeScript types come (`calls/types.rs`).

#[cfg(all(test, feature = "cli"))]
mod types;

use std::collections::BTreeMap;

#[cfg(target_arch = "wasm32")]
use client_core::live::Action;
#[cfg(target_arch = "wasm32")]
use client_core::notebook::Ended;
use client_core::notebook::{
    Identity, LookedUp, Message, NoteItem, Ordered, PersonItem, PersonView, Settings, Storage, TodayView,
};
use client_core::{NewNote, Notebook, Who};
use notes::ids::DocumentId;
use notes::lookup::Lookup;
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use serde_json::json;

use crate::error::NotebookError;

/// A notebook, and how often it refused what was typed.
pub(crate) struct Desk<'a> {
    pub(crate) book: &'a mut Notebook,
    pub(crate) refused: &'a mut u64,
}

impl Desk<'_> {
    /// What a page has seen: another number once something came from elsewhere, or a key was refused.
    fn seen(&self) -> u64 {
        self.book.arrivals().wrapping_add(*self.refused)
    }
}

/// A new note's, or a new page's, id.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS))]
pub(crate) struct Begun {
    id: DocumentId,
}

/// The id of the entry that was made, where one was.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS))]
pub(crate) struct Made {
    id: Option<String>,
}

/// A text with every key that was typed, and what the page has then seen.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS))]
pub(crate) struct OnScreen {
    text: String,
    seen: u64,
}

/// A note with every field by its name.
#[derive(Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS), ts(type = "Note"))]
pub(crate) struct Shown(Value);

/// A person's page with every field by its name.
#[derive(Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS), ts(type = "AboutPage"))]
pub(crate) struct ShownPage(Value);

/// A value that a field takes.
#[derive(Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "cli", derive(ts_rs::TS), ts(type = "Slots | Value"))]
pub(crate) struct Given(Value);

fn id(text: &str) -> Result<DocumentId, NotebookError> {
    Ok(text.parse()?)
}

/// `kind = "Kind"` gives an argument another type on the page than in Rust, where it is checked anyway.
macro_rules! calls {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident { $($argument:ident: $kind:ty $(= $page:literal)?),* } -> $gives:ty: |$desk:ident| $made:expr;
    )*) => {
        /// Makes the call of this name; gives its answer as JSON.
        pub(crate) fn make(name: &str, args: Value, desk: &mut Desk<'_>) -> Result<String, NotebookError> {
            match name {
                $(stringify!($name) => {
                    #[derive(Deserialize)]
                    #[serde(deny_unknown_fields)]
                    struct Args { $($argument: $kind),* }
                    let wrong = |_| NotebookError::BadCall(concat!("the arguments of ", stringify!($name)));
                    let Args { $($argument),* } = serde_json::from_value(args).map_err(wrong)?;
                    let $desk = desk;
                    let gives: $gives = $made;
                    said(&gives)
                })*
                _ => Err(NotebookError::BadCall("no such call")),
            }
        }

        /// Each call: its name, why it is there, its arguments and its answer as the page has them.
        #[cfg(all(test, feature = "cli"))]
        fn described(with: &ts_rs::Config) -> Vec<types::Described> {
            vec![$(types::Described {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),*),
                arguments: vec![$((
                    stringify!($argument),
                    calls!(@page with, $kind $(, $page)?),
                    stringify!($kind).starts_with("Option"),
                )),*],
                gives: <$gives as ts_rs::TS>::name(with),
            }),*]
        }
    };
    (@page $with:ident, $kind:ty, $page:literal) => { $page.to_owned() };
    (@page $with:ident, $kind:ty) => { <$kind as ts_rs::TS>::name($with) };
}

fn shown(desk: &mut Desk<'_>, note: &str, again: Option<bool>) -> Result<Value, NotebookError> {
    let note = id(note)?;
    Ok(match again {
        Some(true) => desk.book.show_again(note)?,
        _ => desk.book.show(note)?,
    })
}

fn said(gives: &impl Serialize) -> Result<String, NotebookError> {
    serde_json::to_string(gives).map_err(|_| NotebookError::Damaged("an answer"))
}

calls! {
    /// Whose phone this is; null before enrolment.
    identity {} -> Option<Identity>: |desk| desk.book.identity().cloned();
    /// Caseload first, then the team; with a query, those whose name or case id has it.
    people { query: Option<String> } -> Vec<PersonItem>: |desk| desk.book.people(query.as_deref())?;
    /// One note as a list shows it; null where it is not here. Leaves no reading.
    listed { note: String } -> Option<NoteItem>: |desk| desk.book.listed(id(&note)?)?;
    /// Notes of which something is only on this phone, the newest first.
    unsent {} -> Vec<NoteItem>: |desk| desk.book.unsent()?;
    /// Notes that are held, refused or in conflict, the newest first.
    amiss {} -> Vec<NoteItem>: |desk| desk.book.amiss()?;
    /// How many notes hold something that the server has not answered for; after every key, too.
    waiting {} -> u64: |desk| desk.book.waiting()?;
    /// Notes that have all the words, best first, at most so many.
    search { words: String, most: u32 } -> Vec<NoteItem>: |desk| desk.book.search_first(&words, most)?;
    /// Counts as a reading; not where a screen that shows it already asks `again`.
    show { note: String, again: Option<bool> } -> Shown: |desk| Shown(shown(desk, &note, again)?);
    /// The same for a person's page.
    show_about { note: String, again: Option<bool> } -> ShownPage: |desk| ShownPage(shown(desk, &note, again)?);
    /// What a new worker needs in one minute. Counts as a reading of the person's thread; `again` as above.
    person { case_id: String, again: Option<bool> } -> PersonView: |desk| match again {
        Some(true) => desk.book.person_again(&case_id)?,
        _ => desk.book.person(&case_id)?,
    };
    /// What waits for this worker. Leaves no reading: it shows no more than a list does.
    today {} -> TodayView: |desk| desk.book.today()?;
    /// Names of the workers that this phone knows, by id.
    workers {} -> BTreeMap<String, String>: |desk| desk.book.workers()?;
    /// Grows when something came from elsewhere.
    arrivals {} -> u64: |desk| desk.book.arrivals();
    /// Who was looked up and can still be read, the newest first.
    looked_up {} -> Vec<LookedUp>: |desk| desk.book.looked_up()?;
    /// Somebody who was looked up. Counts as a reading of all that is shown.
    lookup { case_id: String } -> Lookup: |desk| desk.book.lookup(&case_id)?;
    /// With a case id, or with a name only. Times are UTC milliseconds, none ahead.
    new_note {
        case_id: Option<String>, name: Option<String>, kind: String = "Kind", started_at: Option<i64>,
        ended_at: Option<i64>
    } -> Begun: |desk| {
        let who = match (&case_id, &name) {
            (Some(case_id), None) => Who::CaseId(case_id),
            (None, Some(name)) => Who::Name(name),
            _ => return Err(NotebookError::BadCall("a note begins with a case id or a name")),
        };
        Begun { id: desk.book.new_note(&NewNote { who, kind: &kind, started_at, ended_at })? }
    };
    /// The person's own page, begun where there is none.
    about { case_id: String } -> Begun: |desk| Begun { id: desk.book.about(&case_id)? };
    /// A colleague's open note, for a joint visit.
    join { note: String } -> (): |desk| desk.book.join(id(&note)?)?;
    /// `seen` is that of the newest `on_screen` that the page took in. Where others' changes came into the note since,
    /// the place may be another: nothing is changed, and the trouble has code `Stale`. A refusal for any reason makes
    /// `seen` another too, so that no key is taken that was typed on top of a refused one.
    type_text {
        note: String, field: String, at: u64, delete: u64, insert: String, spent_ms: u64, seen: u64
    } -> (): |desk| {
        if seen != desk.seen() {
            return Err(NotebookError::Stale);
        }
        let typed = desk.book.type_text(id(&note)?, &field, Some(at), delete, &insert, spent_ms);
        *desk.refused += u64::from(typed.is_err());
        typed?;
    };
    /// Any other field; an entry is made with `.+` at the end of the path.
    set { note: String, path: String, value: Given } -> Made: |desk|
        Made { id: desk.book.set(id(&note)?, &path, &value.0)? };
    /// Marks a passage, so that it stays out of the person's copy.
    mark { note: String, field: String, start: u64, end: u64, kind: String = "Private" } -> (): |desk|
        desk.book.mark(id(&note)?, &field, start, end, &kind)?;
    /// Closes the note.
    finish { note: String } -> (): |desk| desk.book.finish(id(&note)?)?;
    /// Adds to a finished note.
    add { note: String, text: String } -> Made: |desk|
        Made { id: Some(desk.book.add(id(&note)?, &text)?) };
    /// Keeps what was begun to be added; an empty text forgets it.
    keep_addition { note: String, text: String } -> (): |desk| desk.book.keep_addition(id(&note)?, &text)?;
    /// What was begun to be added to a note, and was not added.
    addition { note: String } -> Option<String>: |desk| desk.book.addition(id(&note)?)?;
    /// These notes are on the screen, no others.
    watch { notes: Vec<String> } -> (): |desk| {
        let notes: Result<Vec<_>, _> = notes.iter().map(|note| id(note)).collect();
        desk.book.watch(&notes?)?;
    };
    /// A text of a watched note with every key that was typed; null for a field that is no text.
    on_screen { note: String, field: String } -> Option<OnScreen>: |desk| {
        let text = desk.book.on_screen(id(&note)?, &field)?;
        text.map(|text| OnScreen { text, seen: desk.seen() })
    };
    /// Whether a colleague is writing in it at this moment.
    in_company { note: String } -> bool: |desk| desk.book.in_company(id(&note)?);
    /// Whether the live line is wanted: while the app is in front.
    go_live { wanted: bool } -> (): |desk| desk.book.go_live(wanted);
    /// What the team's desk says, oldest first, until it was read.
    messages {} -> Vec<Message>: |desk| desk.book.messages()?;
    /// The worker has read a message; the desk is told with the next pass.
    read_message { id: String } -> (): |desk| desk.book.read_message(&id)?;
    /// What the council has settled for its phones.
    settings {} -> Settings: |desk| desk.book.settings()?;
    /// What this phone was ordered to do; to be asked after each talk with the server.
    ordered {} -> Ordered: |desk| desk.book.ordered()?;
    /// How the phone stands, for the desk.
    stands { persisted: Option<bool>, used_bytes: Option<u64>, free_bytes: Option<u64> } -> (): |desk|
        desk.book.stands(Storage { persisted, used_bytes, free_bytes });
    /// Makes changes of what was typed before a pause.
    tick {} -> (): |desk| desk.book.tick()?;
}

/// How a talk ended: `"quiet"`, `"offline"`, or `{"refused": {"status", "code", "title"}}`.
#[cfg(target_arch = "wasm32")]
pub(crate) fn ended_json(ended: &Ended) -> Value {
    match ended {
        Ended::Quiet => json!("quiet"),
        Ended::Offline => json!("offline"),
        Ended::Refused(refusal) => json!({"refused": refusal}),
    }
}

/// What the Worker is to do with its socket; a frame is put aside under a number.
#[cfg(target_arch = "wasm32")]
pub(crate) fn action_json(action: Action, frames: &mut Vec<Vec<u8>>) -> Value {
    match action {
        Action::Open(door) => {
            json!({"do": "open", "path": door.path, "protocols": door.protocols_with_token()})
        }
        Action::Send(frame) => {
            frames.push(frame);
            json!({"do": "send", "frame": frames.len() - 1})
        }
        Action::Close => json!({"do": "close"}),
        Action::Pass => json!({"do": "pass"}),
        Action::WaitUntil(at) => json!({"do": "wait_until", "at": at}),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use client_core::host::{Clock, Dice, Host};
    use serde_json::json;

    use super::*;

    struct Noon;

    impl Clock for Noon {
        fn now_ms(&self) -> i64 {
            1_790_000_000_000
        }
    }

    struct Sevens;

    impl Dice for Sevens {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_call_is_made_by_its_name_and_a_wrong_one_changes_nothing() {
        let file = std::env::temp_dir().join(format!("doorstep-calls-{}.db", std::process::id()));
        let host = Host {
            clock: Box::new(Noon),
            dice: Box::new(Sevens),
            keystore: None,
            app: "t 1".into(),
        };
        let mut book = Notebook::open(file.to_str().unwrap(), &[7; 32], host).unwrap();
        let mut refused = 0;
        let mut call = |name: &str, args: Value| {
            let desk = &mut Desk {
                book: &mut book,
                refused: &mut refused,
            };
            make(name, args, desk)
        };
        assert_eq!(call("identity", json!({})).unwrap(), "null");
        assert_eq!(call("waiting", json!({})).unwrap(), "0");
        assert_eq!(call("unsent", json!({})), Err(NotebookError::NotEnrolled));
        let wrong = [
            ("lists", json!({})),
            ("waiting", json!({"note": "x"})),
            ("show", json!({})),
            ("show", json!({"note": 7})),
            ("join", json!({"note": "no id"})),
        ];
        for (name, args) in wrong {
            let said = call(name, args);
            assert!(matches!(said, Err(NotebookError::BadCall(_))), "{name}: {said:?}");
        }
        let note = "0199a0b0-0000-7000-8000-000000000001";
        let key = |seen: u64| json!({"note": note, "field": "body", "at": 0, "delete": 0, "insert": "a", "spent_ms": 1, "seen": seen});
        assert_eq!(
            call("type_text", key(1)),
            Err(NotebookError::Stale),
            "seen elsewhere"
        );
        assert!(call("type_text", key(0)).is_err(), "there is no such note");
        assert_eq!(
            call("type_text", key(0)),
            Err(NotebookError::Stale),
            "what is typed on top of a refused key is refused too"
        );
        drop(book);
        std::fs::remove_file(file).unwrap();
    }
}
