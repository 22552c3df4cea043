//! Everything that changes a note and is not typing: fields, marks, the finish, addenda. The rules
//! after finishing are kept here, so that a phone never makes a change the server would hold.

use notes::ids::DocumentId;
use notes::note::edit::{self, BadEdit, Scalar};
use notes::note::fields::Shape;
use notes::note::{Edit, Plain, Template};

use super::Notebook;
use super::begin::not_ahead;
use crate::store::meta;
use crate::trouble::Trouble;

/// Fields with a call of their own.
const NOT_BY_SET: [&str; 8] = [
    "schema",
    "person",
    "workers",
    "recording_ms",
    "finished",
    "addenda",
    "attachments",
    "person_name",
];

pub(super) const CLOSED: Trouble =
    Trouble::NotAllowed("the note is finished: it takes an addendum, not a change");

impl Notebook {
    /// Sets a field: `ended_at`, `feedback`, `actions.+` (a new entry, whose id it gives),
    /// `actions.<id>`, `actions.<id>.private`. JSON null clears.
    ///
    /// # Errors
    /// A path or value that does not fit the table, or a finished note.
    pub fn set(
        &mut self,
        note: DocumentId,
        path: &str,
        json: &serde_json::Value,
    ) -> Result<Option<String>, Trouble> {
        self.settle_all()?;
        let now = self.now();
        let row = self.writable(note)?;
        let (template, finished) = (row.template, row.face.finished_at.is_some());
        let name = path.split('.').next().unwrap_or_default();
        let (path, made) = match path.strip_suffix(".+") {
            Some(head) => {
                let id = self.fresh_id();
                (format!("{head}.{id}"), Some(id))
            }
            None => (path.to_owned(), None),
        };
        if finished && !adds_private(template, &path, json) {
            return Err(CLOSED);
        }
        if !finished && NOT_BY_SET.contains(&name) && !path.ends_with(".private") {
            return Err(Trouble::NotAllowed("this field is not set by hand"));
        }
        let edits = edit::from_json(template, &path, json)?;
        if edits.is_empty() {
            return Err(BadEdit::BadValue(path).into());
        }
        for edit in &edits {
            self.sensible(note, edit, now)?;
        }
        self.change(note, &edits)?;
        Ok(made)
    }

    /// Times that make sense, and entries that exist where only a flag is set on one.
    fn sensible(&mut self, note: DocumentId, edit: &Edit, now: i64) -> Result<(), Trouble> {
        let Edit::Put { path, value } = edit else {
            return Ok(());
        };
        if let (Some(Scalar::Time(at)), "started_at") = (value, path.as_str()) {
            return not_ahead(*at, now);
        }
        let Some((entry, "private")) = path.rsplit_once('.') else {
            return Ok(());
        };
        let Some((name, id)) = entry.split_once('.') else {
            return Ok(());
        };
        let open = self.opened(note)?;
        let plain = notes::note::Plain::read(&open.doc, open.row.template)?;
        let exists = plain.entries.get(name).is_some_and(|map| map.contains_key(id));
        // In an open note a new entry may be private from its beginning.
        if exists || open.row.face.finished_at.is_none() {
            return Ok(());
        }
        Err(BadEdit::NoField(path.clone()).into())
    }

    /// Marks a passage as one that stays out of the person's copy. May be added after finishing.
    ///
    /// # Errors
    /// A passage outside the text, an unknown kind, or a text that does not exist.
    pub fn mark(
        &mut self,
        note: DocumentId,
        field: &str,
        start: u64,
        end: u64,
        kind: &str,
    ) -> Result<(), Trouble> {
        self.settle_all()?;
        self.writable(note)?;
        let (field, kind) = (field.to_owned(), kind.to_owned());
        self.change(
            note,
            &[Edit::Mark {
                field,
                start,
                end,
                kind,
            }],
        )
    }

    /// Finishes a note: from now on it is closed. Finishing twice changes nothing.
    ///
    /// # Errors
    /// A person's page is never finished.
    pub fn finish(&mut self, note: DocumentId) -> Result<(), Trouble> {
        self.settle_all()?;
        let (at, author) = (self.now(), self.me()?.worker.clone());
        let row = self.writable(note)?;
        if row.template != Template::Note {
            return Err(Trouble::NotAllowed("a person's page is never finished"));
        }
        if row.face.finished_at.is_some() {
            return Ok(());
        }
        self.change(note, &[Edit::Finish { at, author }])
    }

    /// Adds an addendum to a finished note; gives its id.
    ///
    /// # Errors
    /// A note that is still open, or an empty text.
    pub fn add(&mut self, note: DocumentId, text: &str) -> Result<String, Trouble> {
        self.settle_all()?;
        let (at, author) = (self.now(), self.me()?.worker.clone());
        if self.writable(note)?.face.finished_at.is_none() {
            return Err(Trouble::NotAllowed("the note is open: write in it"));
        }
        if text.trim().is_empty() {
            return Err(Trouble::NotAllowed("an addendum needs words"));
        }
        let id = self.fresh_id();
        let put = |key: &str, value| Edit::Put {
            path: format!("addenda.{id}.{key}"),
            value: Some(value),
        };
        let edits = vec![
            put("at", Scalar::Time(at)),
            put("author", Scalar::Text(author)),
            put("text", Scalar::Text(text.to_owned())),
        ];
        self.change(note, &edits)?;
        self.store.write(|tx| meta::clear(tx, &addition(note)))?;
        Ok(id)
    }

    /// Keeps what was begun to be added to a finished note, so that neither a lock nor a kill loses it; an empty text
    /// forgets it.
    ///
    /// # Errors
    /// No such note here.
    pub fn keep_addition(&mut self, note: DocumentId, text: &str) -> Result<(), Trouble> {
        self.writable(note)?;
        self.store.write(|tx| {
            if text.is_empty() {
                meta::clear(tx, &addition(note))
            } else {
                meta::set(tx, &addition(note), text.as_bytes())
            }
        })
    }

    /// What was begun to be added to a note, and was not added.
    ///
    /// # Errors
    /// No such note here.
    pub fn addition(&mut self, note: DocumentId) -> Result<Option<String>, Trouble> {
        let Some(text) = meta::text(self.store.read(), &addition(note))? else {
            return Ok(None);
        };
        let open = self.in_view(note)?;
        let plain = Plain::read(&open.doc, open.row.template)?;
        // A kill may have come between adding it and forgetting it.
        let addenda = plain
            .entries
            .get("addenda")
            .into_iter()
            .flat_map(|all| all.values());
        let added = addenda
            .filter_map(|entry| entry.get("text"))
            .any(|said| said.text() == Some(&text));
        Ok((!added).then_some(text))
    }

    /// The row of a document that this app may change.
    pub(super) fn writable(&mut self, note: DocumentId) -> Result<&crate::store::docs::DocRow, Trouble> {
        self.me()?;
        let open = self.in_view(note)?;
        if open.newer {
            return Err(Trouble::Unreadable);
        }
        Ok(&open.row)
    }
}

fn addition(note: DocumentId) -> String {
    format!("{} {note}", meta::key::ADDITION)
}

/// After finishing a private flag may be added, and is never taken away.
fn adds_private(template: Template, path: &str, json: &serde_json::Value) -> bool {
    let steps: Vec<&str> = path.split('.').collect();
    let [name, _, "private"] = steps[..] else {
        return false;
    };
    let entries = template
        .field(name)
        .is_some_and(|f| matches!(f.shape, Shape::Entries(_)));
    entries && json.is_string()
}
