//! Gathered from many notes at once: a person's page with what a new worker needs in one minute, and what waits for
//! a worker today. Both are made from the notes' gists, so that no note has to be loaded.

use std::collections::BTreeMap;

use notes::ids::{DocumentId, PersonId};
use notes::note::plain::rfc3339;
use notes::note::{Plain, Template};
use notes::wire::PersonRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NoteItem, Notebook, PersonItem};
use crate::store::docs::{self, DocRow};
use crate::store::{Db, gists, rows};
use crate::trouble::Trouble;

/// How far ahead a review is told.
const SOON_MS: i64 = 42 * 86_400_000;

/// So much of what happened stands in a thread, in letters.
const BEGINS: usize = 160;

/// What is gathered from one note.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Gist {
    /// Who joined it, the first first.
    workers: Vec<String>,
    begins: String,
    outcomes: Vec<Value>,
    /// Those that are not done.
    actions: Vec<Value>,
    review: Option<Value>,
}

impl Gist {
    fn of(plain: &Plain) -> Self {
        let list = |name| match plain.entries_json(name) {
            Value::Array(entries) => entries,
            _ => Vec::new(),
        };
        let mut workers = list("workers");
        workers.sort_by_key(|worker| worker["joined_at"].as_str().map(str::to_owned));
        let body = plain.texts.get("body").map(String::as_str).unwrap_or_default();
        let mut actions = list("actions");
        actions.retain(|action| !is_done(action));
        let review = plain.record_json("review");
        Self {
            workers: workers
                .iter()
                .filter_map(|worker| Some(worker["id"].as_str()?.to_owned()))
                .collect(),
            begins: body.trim_start().chars().take(BEGINS).collect(),
            outcomes: list("outcomes"),
            actions,
            review: Some(review).filter(|review| !review.is_null()),
        }
    }

    fn waits(&self) -> bool {
        !self.actions.is_empty() || self.review.is_some()
    }

    fn read(says: &str) -> Self {
        serde_json::from_str(says).unwrap_or_default()
    }
}

fn is_done(action: &Value) -> bool {
    !matches!(&action["done"], Value::Null | Value::Bool(false))
}

/// Writes a note's gist, in the transaction that writes the note.
pub(super) fn keep(conn: &Db, row: &DocRow, plain: &Plain) -> Result<(), Trouble> {
    if row.template != Template::Note {
        return Ok(());
    }
    let gist = Gist::of(plain);
    let says = serde_json::to_string(&gist).map_err(|_| Trouble::Damaged("a gist"))?;
    gists::put(conn, row.nr, gist.waits(), &says)
}

/// A note in a person's thread.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct ThreadItem {
    /// As a list shows it.
    #[serde(flatten)]
    pub item: NoteItem,
    /// Names of those who wrote it, the first first; an id where this phone knows no name.
    pub authors: Vec<String>,
    /// This phone's worker is among them.
    pub mine: bool,
    /// The first 160 letters of what happened.
    pub begins: String,
}

/// An outcome or an action, with the note that it stands in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Gathered {
    /// The note.
    pub note: DocumentId,
    /// The entry with its id and slots.
    #[cfg_attr(feature = "types", ts(type = "Entry"))]
    pub entry: Value,
}

/// What a new worker needs in one minute.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct PersonView {
    /// Whom it is about.
    pub person: PersonItem,
    /// The texts of the person's own page that are not empty, by heading; none where nobody has begun one.
    pub about: Option<BTreeMap<String, String>>,
    /// Newest first.
    pub thread: Vec<ThreadItem>,
    /// Outcomes wanted; of equal texts the newest.
    pub outcomes: Vec<Gathered>,
    /// Actions that are not done, those with the earliest date first.
    pub actions: Vec<Gathered>,
}

/// A review that is due.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Review {
    /// The note that says so.
    pub note: DocumentId,
    /// The person's case id.
    pub case_id: String,
    /// Their name.
    pub name: String,
    /// Its kind.
    pub kind: Option<String>,
    /// `yyyy-mm-dd`.
    pub due: String,
}

/// An action that is not done, and whom it is for.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct ToDo {
    /// The note that it stands in.
    pub note: DocumentId,
    /// The person's case id, where the person is known.
    pub case_id: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// The entry with its id and slots.
    #[cfg_attr(feature = "types", ts(type = "Entry"))]
    pub entry: Value,
}

/// What waits for this worker.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct TodayView {
    /// Open notes that this worker began or joined, the newest first.
    pub drafts: Vec<NoteItem>,
    /// The newest review of each person on the caseload that is due within six weeks, or was, the earliest first.
    pub reviews: Vec<Review>,
    /// Actions that are not done, of notes that this worker wrote in.
    pub actions: Vec<ToDo>,
}

impl Notebook {
    /// A person's thread, and what is gathered from it. It shows how each note begins, so it counts as a reading of
    /// each, and of the person's page.
    ///
    /// # Errors
    /// An unknown case id.
    pub fn person(&mut self, case_id: &str) -> Result<PersonView, Trouble> {
        self.gathered(case_id, false)
    }

    /// The same for a screen that shows it already: only notes that came since are a reading.
    ///
    /// # Errors
    /// An unknown case id.
    pub fn person_again(&mut self, case_id: &str) -> Result<PersonView, Trouble> {
        self.gathered(case_id, true)
    }

    fn gathered(&mut self, case_id: &str, again: bool) -> Result<PersonView, Trouble> {
        let person = self.people(Some(case_id))?;
        let person = person.into_iter().find(|person| person.case_id == case_id);
        let person = person.ok_or(Trouble::NoPerson)?;
        let page = DocumentId::about(person.id);
        let about = self.page(page)?;
        let found = gists::about(self.store.read(), person.id)?;
        let ids = found.iter().map(|(row, _)| row.id);
        self.note_readings(ids.chain(about.is_some().then_some(page)), again)?;
        let mut view = PersonView {
            person,
            about,
            thread: Vec::with_capacity(found.len()),
            outcomes: Vec::new(),
            actions: Vec::new(),
        };
        for (row, says) in found {
            let gist = Gist::read(&says);
            view.thread.push(self.in_thread(&row, &gist)?);
            let gathered = |entry| Gathered { note: row.id, entry };
            let known =
                |entry: &Value, all: &[Gathered]| all.iter().any(|one| one.entry["text"] == entry["text"]);
            for outcome in gist.outcomes {
                if !known(&outcome, &view.outcomes) {
                    view.outcomes.push(gathered(outcome));
                }
            }
            view.actions.extend(gist.actions.into_iter().map(gathered));
        }
        view.actions.sort_by_key(|action| by(&action.entry));
        Ok(view)
    }

    /// What waits for this worker: reviews that are due, and actions that are not done. It shows no more of a note
    /// than a list does, and is no reading.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn today(&mut self) -> Result<TodayView, Trouble> {
        self.settle_all()?;
        let me = self.me()?.worker.clone();
        let mut reviews: BTreeMap<String, Option<Review>> = BTreeMap::new();
        let (mut actions, mut drafts) = (Vec::new(), Vec::new());
        let until = rfc3339(self.now().saturating_add(SOON_MS));
        let people = rows::people(self.store.read())?;
        let people: BTreeMap<PersonId, PersonRow> = people.into_iter().map(|row| (row.id, row)).collect();
        for (row, says) in gists::waiting(self.store.read())? {
            let gist = Gist::read(&says);
            let person = row.person.and_then(|id| people.get(&id));
            if let (Some(person), Some(review)) = (person.filter(|person| person.mine), &gist.review) {
                // The newest note comes first: an older one's review was this visit, or was put off by it.
                reviews.entry(person.case_id.clone()).or_insert_with(|| {
                    Some(Review {
                        note: row.id,
                        case_id: person.case_id.clone(),
                        name: person.name.clone(),
                        kind: review["kind"].as_str().map(str::to_owned),
                        due: review["due"].as_str()?.to_owned(),
                    })
                });
            }
            if gist.workers.contains(&me) {
                if row.face.finished_at.is_none() {
                    drafts.push(self.item(&row)?);
                }
                actions.extend(gist.actions.into_iter().map(|entry| {
                    ToDo {
                        note: row.id,
                        case_id: person.map(|person| person.case_id.clone()),
                        name: person
                            .map(|person| person.name.clone())
                            .or_else(|| row.face.person_name.clone()),
                        entry,
                    }
                }));
            }
        }
        let mut reviews: Vec<Review> = reviews.into_values().flatten().collect();
        reviews.retain(|review| review.due.as_str() <= until.get(..10).unwrap_or_default());
        reviews.sort_by(|one, other| one.due.cmp(&other.due));
        actions.sort_by_key(|action| by(&action.entry));
        Ok(TodayView {
            drafts,
            reviews,
            actions,
        })
    }

    /// Names of the workers that this phone knows, by id.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn workers(&self) -> Result<BTreeMap<String, String>, Trouble> {
        rows::workers(self.store.read())
    }

    /// Gathers from notes that were written before there were gists.
    pub(super) fn gather_what_is_missing(&mut self) -> Result<(), Trouble> {
        for id in gists::missing(self.store.read())? {
            let Some(row) = docs::find(self.store.read(), id)? else {
                continue;
            };
            let doc = notes::note::load(&docs::snapshot(self.store.read(), row.nr)?)?;
            // What a newer app wrote is read by the newer app.
            let plain = Plain::read(&doc, row.template).unwrap_or_default();
            self.store.write(|tx| keep(tx, &row, &plain))?;
        }
        Ok(())
    }

    fn in_thread(&self, row: &DocRow, gist: &Gist) -> Result<ThreadItem, Trouble> {
        let me = &self.me()?.worker;
        let name = |worker: &String| Ok(self.worker_name(worker)?.unwrap_or_else(|| worker.clone()));
        Ok(ThreadItem {
            item: self.item(row)?,
            authors: gist.workers.iter().map(name).collect::<Result<_, Trouble>>()?,
            mine: gist.workers.contains(me),
            begins: gist.begins.clone(),
        })
    }

    /// The texts of a person's own page; none where it is not here.
    fn page(&mut self, page: DocumentId) -> Result<Option<BTreeMap<String, String>>, Trouble> {
        let open = match self.in_view(page) {
            Ok(open) => open,
            Err(Trouble::NoNote) => return Ok(None),
            Err(other) => return Err(other),
        };
        let plain = Plain::read(&open.doc, Template::About)?;
        let texts = plain.texts.iter().filter(|(_, text)| !text.trim().is_empty());
        Ok(Some(
            texts
                .map(|(name, text)| ((*name).to_owned(), text.clone()))
                .collect(),
        ))
    }
}

/// Where an entry stands among others: by its date, those without one last.
fn by(entry: &Value) -> (bool, String) {
    let date = entry["by"].as_str().unwrap_or_default();
    (date.is_empty(), date.to_owned())
}
