//! How a document begins on this phone: a new note, a person's page, or a colleague's note that was
//! joined. Each starts from the schema's own first change, so that two phones that begin one apart
//! still write into the same fields.

use automerge::transaction::CommitOptions;
use automerge::{ActorId, Automerge};
use notes::ids::{DocumentId, PersonId};
use notes::note::edit::Scalar;
use notes::note::{Edit, Plain, Template, genesis};
use notes::wire::Subject;

use super::Notebook;
use super::commit::save;
use super::orders::refuse_if_emptied;
use crate::store::docs::{self, DocRow, Face, Reset};
use crate::store::{fills, rows};
use crate::trouble::Trouble;

/// How far a start may lie ahead of the clock.
const AHEAD_MS: i64 = 5 * 60 * 1000;

/// Whom a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'a> {
    /// A person of the team, by the case system's id.
    CaseId(&'a str),
    /// A person not known yet.
    Name(&'a str),
}

/// What a note begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewNote<'a> {
    /// Whom it is about.
    pub who: Who<'a>,
    /// The kind of visit or conversation.
    pub kind: &'a str,
    /// Contact time, UTC milliseconds; now where it is not given.
    pub started_at: Option<i64>,
    /// Its end.
    pub ended_at: Option<i64>,
}

fn text(path: &str, value: &str) -> Edit {
    Edit::Put {
        path: path.to_owned(),
        value: Some(Scalar::Text(value.to_owned())),
    }
}

fn time(path: String, at: i64) -> Edit {
    Edit::Put {
        path,
        value: Some(Scalar::Time(at)),
    }
}

/// Refuses a time that has not come yet.
pub(super) fn not_ahead(at: i64, now: i64) -> Result<(), Trouble> {
    if at > now + AHEAD_MS {
        return Err(Trouble::NotAllowed("the start lies in the future"));
    }
    Ok(())
}

fn fresh_row(id: DocumentId, template: Template, person: Option<PersonId>) -> DocRow {
    DocRow {
        nr: 0,
        id,
        template,
        person,
        heads: Vec::new(),
        offered_heads: Vec::new(),
        unoffered: false,
        alone: true,
        joined: false,
        hidden: false,
        gone: false,
        reset: Reset::No,
        face: Face::default(),
    }
}

/// A row for a document that comes from the server.
pub(super) fn arriving_row(id: DocumentId, template: Template, person: Option<PersonId>) -> DocRow {
    fresh_row(id, template, person)
}

impl Notebook {
    /// Begins a note.
    ///
    /// # Errors
    /// An unknown case id, an unknown kind, an empty name, or a start in the future.
    pub fn new_note(&mut self, new: &NewNote<'_>) -> Result<DocumentId, Trouble> {
        self.settle_all()?;
        let now = self.now();
        let me = self.me()?.worker.clone();
        let started_at = new.started_at.unwrap_or(now);
        not_ahead(started_at, now)?;
        if new.ended_at.is_some_and(|ended| ended < started_at) {
            return Err(Trouble::NotAllowed("the end lies before the start"));
        }
        let (first, person) = match new.who {
            Who::CaseId(case_id) => {
                let row = rows::person_by_case_id(self.store.read(), case_id)?.ok_or(Trouble::NoPerson)?;
                (text("person", &row.id.to_string()), Some(row.id))
            }
            Who::Name(name) if name.trim().is_empty() => {
                return Err(Trouble::NotAllowed("a note needs a person or a name"));
            }
            Who::Name(name) => (text("person_name", name.trim()), None),
        };
        let mut edits = vec![
            first,
            text("kind", new.kind),
            time("started_at".into(), started_at),
        ];
        edits.extend(new.ended_at.map(|ended| time("ended_at".into(), ended)));
        edits.push(time(format!("workers.{me}.joined_at"), now));
        let id = DocumentId::at(now, self.host.random());
        let row = fresh_row(id, Template::Note, person);
        self.begin(row, &edits, now)?;
        Ok(id)
    }

    /// The person's own page; makes it where this phone has none yet.
    ///
    /// # Errors
    /// An unknown case id.
    pub fn about(&mut self, case_id: &str) -> Result<DocumentId, Trouble> {
        self.settle_all()?;
        self.me()?;
        let person = rows::person_by_case_id(self.store.read(), case_id)?.ok_or(Trouble::NoPerson)?;
        let id = DocumentId::about(person.id);
        if docs::find(self.store.read(), id)?.is_none() {
            let now = self.now();
            self.begin(fresh_row(id, Template::About, Some(person.id)), &[], now)?;
        }
        Ok(id)
    }

    /// Joins a colleague's open note, here already or not yet.
    ///
    /// # Errors
    /// A note that is finished, or a person's page.
    pub fn join(&mut self, note: DocumentId) -> Result<(), Trouble> {
        self.settle_all()?;
        let now = self.now();
        let me = self.me()?.worker.clone();
        let joining = time(format!("workers.{me}.joined_at"), now);
        let Some(row) = docs::find(self.store.read(), note)? else {
            let row = DocRow {
                joined: true,
                ..fresh_row(note, Template::Note, None)
            };
            self.begin(row, &[joining], now)?;
            return self.store.write(|tx| fills::want(tx, Subject::Document(note)));
        };
        let open = self.opened(note)?;
        if open.row.template != Template::Note {
            return Err(Trouble::NotAllowed("a person's page is not joined: write in it"));
        }
        if row.face.finished_at.is_some() {
            return Err(Trouble::NotAllowed("the note is finished"));
        }
        let plain = Plain::read(&open.doc, Template::Note)?;
        if plain
            .entries
            .get("workers")
            .is_some_and(|workers| workers.contains_key(&me))
        {
            return Ok(());
        }
        open.row.joined = true;
        // A joined note is seen whoever the person is, also where it had left the view with them.
        open.row.hidden = false;
        // From the join on the server sends what is new, on the caseload or not; what came before it may
        // have passed this phone by.
        self.change_with(note, &[joining], &|tx| {
            fills::want_anew(tx, Subject::Document(note))
        })
    }

    fn begin(&mut self, mut row: DocRow, edits: &[Edit], now: i64) -> Result<(), Trouble> {
        refuse_if_emptied(self.store.read())?;
        let mut doc: Automerge = genesis::document(row.template);
        doc.set_actor(ActorId::from(&self.actor.0[..]));
        let mut tx = doc.transaction();
        for edit in edits {
            edit.apply(&mut tx, row.template)?;
        }
        tx.commit_with(CommitOptions::default().with_time(now));
        row.unoffered = !edits.is_empty();
        self.store.write(|tx| save(tx, &mut row, &doc).map(drop))
    }
}
