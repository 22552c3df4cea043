//! Looking: the list, one note with every field by its name, and search. Opening a note leaves a
//! trace that is sent to the audit; lists do not.

use automerge::{ROOT, ReadDoc as _};
use notes::ids::DocumentId;
use notes::note::plain::rfc3339;
use notes::note::{Edit, Plain, Template};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Notebook;
use super::standing::{self, Stage, State};
use crate::store::docs::{self, DocRow};
use crate::store::{Db, rows, search};
use crate::trouble::Trouble;

/// So many notes are found at most.
const MOST_FOUND: u32 = 500;

/// A note as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct NoteItem {
    /// Its id.
    pub id: DocumentId,
    /// The person's case id, where the person is known.
    pub case_id: Option<String>,
    /// The person's name, or the name that the note began with.
    pub name: Option<String>,
    /// Kind of visit or conversation.
    #[cfg_attr(feature = "types", ts(type = "Kind | null"))]
    pub kind: Option<String>,
    /// Contact time, RFC 3339.
    pub started_at: Option<String>,
    /// Open or finished.
    pub stage: Stage,
    /// Where its newest content stands.
    pub state: State,
    /// Version for the case system, once finished.
    pub version: Option<u64>,
    /// The case system's own id.
    pub case_system_ref: Option<String>,
    /// Why it is held, refused or in conflict, or which files it still waits for.
    pub reason: Option<String>,
}

impl Notebook {
    /// All notes in view, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn list(&mut self) -> Result<Vec<NoteItem>, Trouble> {
        self.settle_all()?;
        self.me()?;
        let rows = docs::shown(self.store.read())?;
        rows.iter().map(|row| self.item(row)).collect()
    }

    /// Those of which something is only on this phone, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn unsent(&mut self) -> Result<Vec<NoteItem>, Trouble> {
        self.chosen(docs::shown_waiting, &[State::OnPhone])
    }

    /// Those that need a person: held, refused, or in conflict; newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn amiss(&mut self) -> Result<Vec<NoteItem>, Trouble> {
        self.chosen(docs::shown_amiss, &[State::Held, State::Refused, State::Conflict])
    }

    /// Of these notes those that stand so.
    fn chosen(
        &mut self,
        among: fn(&Db) -> Result<Vec<DocRow>, Trouble>,
        states: &[State],
    ) -> Result<Vec<NoteItem>, Trouble> {
        self.settle_all()?;
        self.me()?;
        let mut items = Vec::new();
        for row in among(self.store.read())? {
            items.push(self.item(&row)?);
        }
        items.retain(|item| states.contains(&item.state));
        Ok(items)
    }

    /// One note as a list shows it; none where it is not here. No reading.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn listed(&mut self, note: DocumentId) -> Result<Option<NoteItem>, Trouble> {
        self.settle_all()?;
        self.me()?;
        let row =
            docs::find(self.store.read(), note)?.filter(|row| !row.hidden && row.template == Template::Note);
        row.map(|row| self.item(&row)).transpose()
    }

    /// How many notes hold something that the server has not answered for, keys that are no change yet too. It makes no
    /// change of them, so it can be asked after every key.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn waiting(&self) -> Result<u64, Trouble> {
        docs::waiting(self.store.read())
    }

    /// Notes that have all the words, best first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn search(&mut self, words: &str) -> Result<Vec<NoteItem>, Trouble> {
        self.search_first(words, MOST_FOUND)
    }

    /// The best of them, at most so many: what a screen shows at once.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn search_first(&mut self, words: &str, most: u32) -> Result<Vec<NoteItem>, Trouble> {
        self.settle_all()?;
        self.me()?;
        let mut found = Vec::new();
        for id in search::find(self.store.read(), words, most)? {
            if let Some(row) = docs::find(self.store.read(), id)? {
                found.push(self.item(&row)?);
            }
        }
        Ok(found)
    }

    /// A note, or a person's page, with every field by its name. It counts as a reading.
    ///
    /// # Errors
    /// No such note here, or one that this app cannot read.
    pub fn show(&mut self, note: DocumentId) -> Result<Value, Trouble> {
        self.shown(note, false)
    }

    /// The same for a screen that shows it already: no further reading.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub fn show_again(&mut self, note: DocumentId) -> Result<Value, Trouble> {
        self.shown(note, true)
    }

    fn shown(&mut self, note: DocumentId, again: bool) -> Result<Value, Trouble> {
        self.settle_all()?;
        self.me()?;
        let (row, plain) = {
            let open = self.in_view(note)?;
            (open.row.clone(), Plain::read(&open.doc, open.row.template)?)
        };
        self.note_readings([note], again)?;
        let item = serde_json::to_value(self.item(&row)?).unwrap_or_default();
        let mut object = match item {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        object.extend(plain.shown(row.template));
        self.whereabouts(note, &mut object)?;
        Ok(Value::Object(object))
    }

    /// Says for each attachment where its bytes are, and why they are not on the server where it refused them.
    fn whereabouts(&self, note: DocumentId, object: &mut Map<String, Value>) -> Result<(), Trouble> {
        let all = object.get_mut("attachments").and_then(Value::as_array_mut);
        for attachment in all.into_iter().flatten() {
            let id = attachment["id"].as_str().and_then(|id| id.parse().ok());
            let (Some(id), Some(object)) = (id, attachment.as_object_mut()) else {
                continue;
            };
            let (whereabouts, code) = self.bytes_of(note, id)?;
            object.insert("where".into(), json!(whereabouts));
            object.insert("reason".into(), json!(code.map(|code| standing::in_words(&code))));
        }
        Ok(())
    }

    /// A text of a note that is open on the screen ([`Self::watch`]), with every key that was typed; none for a
    /// field that is no text. It leaves no further trace: opening the note left one.
    ///
    /// # Errors
    /// A note that is not watched.
    pub fn on_screen(&mut self, note: DocumentId, field: &str) -> Result<Option<String>, Trouble> {
        if !self.watches(note) {
            return Err(Trouble::NotAllowed("open the note first"));
        }
        let open = self.in_view(note)?;
        let Some((automerge::Value::Object(automerge::ObjType::Text), text)) = open.doc.get(ROOT, field)?
        else {
            return Ok(None);
        };
        let text = open.doc.text(&text)?;
        if open.journal.is_empty() {
            return Ok(Some(text));
        }
        let mut letters: Vec<char> = text.chars().collect();
        for edit in open.journal.iter().filter_map(|entry| entry.read()) {
            if let Edit::Splice {
                field: typed,
                at,
                delete,
                insert,
            } = edit
                && typed == field
            {
                let most = letters.len();
                let place = |n: u64| usize::try_from(n).unwrap_or(most).min(most);
                letters.splice(place(at)..place(at.saturating_add(delete)), insert.chars());
            }
        }
        Ok(Some(letters.into_iter().collect()))
    }

    pub(super) fn item(&self, row: &DocRow) -> Result<NoteItem, Trouble> {
        let conn = self.store.read();
        let person = match row.person {
            Some(id) => rows::person(conn, id)?,
            None => None,
        };
        let standing = standing::of(conn, row, false)?;
        Ok(NoteItem {
            id: row.id,
            case_id: person.as_ref().map(|p| p.case_id.clone()),
            name: person.map(|p| p.name).or_else(|| row.face.person_name.clone()),
            kind: row.face.kind.clone(),
            started_at: row.face.started_at.map(rfc3339),
            stage: if row.face.finished_at.is_some() {
                Stage::Finished
            } else {
                Stage::Open
            },
            state: standing.state,
            version: standing.version,
            case_system_ref: standing.case_system_ref,
            reason: standing.reason,
        })
    }

    /// A worker's name, where this phone knows it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn worker_name(&self, worker: &str) -> Result<Option<String>, Trouble> {
        rows::worker_name(self.store.read(), worker)
    }
}
