//! What is gathered from many notes at once, for the screens that an app opens first: a person's page, and what waits
//! today. The notebook gathers; here it gets its types.

use std::collections::HashMap;

use client_core::notebook as core;
use client_core::notebook::{NoteItem, PersonItem, Review, ThreadItem};
use notes::ids::DocumentId;

use super::note::{Action, Outcome, typed};
use super::{Notebook, NotebookError};

/// A note in a person's thread.
#[uniffi::remote(Record)]
pub struct ThreadItem {
    /// As a list shows it.
    pub item: NoteItem,
    /// Names of those who wrote it, the first first; an id where this phone knows no name.
    pub authors: Vec<String>,
    /// This phone's worker is among them.
    pub mine: bool,
    /// The first 160 letters of what happened.
    pub begins: String,
}

/// A review that is due.
#[uniffi::remote(Record)]
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

/// An outcome that is wanted, with the note that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WantedOutcome {
    /// The note.
    pub note: DocumentId,
    /// The outcome.
    pub outcome: Outcome,
}

/// An action that is not done, with the note that it stands in, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OpenAction {
    /// The note.
    pub note: DocumentId,
    /// The person's case id, where the person is known.
    pub case_id: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// The action.
    pub action: Action,
}

/// What a new worker needs in one minute.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PersonView {
    /// Whom it is about.
    pub person: PersonItem,
    /// The texts of the person's own page that are not empty, by heading; none where nobody has begun one.
    pub about: Option<HashMap<String, String>>,
    /// Newest first.
    pub thread: Vec<ThreadItem>,
    /// Outcomes wanted; of equal texts the newest.
    pub outcomes: Vec<WantedOutcome>,
    /// Actions that are not done, those with the earliest date first.
    pub actions: Vec<OpenAction>,
}

/// What waits for this worker.
#[derive(Debug, Clone, uniffi::Record)]
pub struct TodayView {
    /// Open notes that this worker began or joined, the newest first.
    pub drafts: Vec<NoteItem>,
    /// The newest review of each person on the caseload that is due within six weeks, or was, the earliest first.
    pub reviews: Vec<Review>,
    /// Actions that are not done, of notes that this worker wrote in; the earliest date first, those without one last.
    pub actions: Vec<OpenAction>,
}

/// A text as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ScreenText {
    /// With every key that was typed.
    pub text: String,
    /// Tells [`Notebook::type_text`] which text the place was counted in.
    pub seen: u64,
}

impl PersonView {
    fn of(view: core::PersonView) -> Result<Self, NotebookError> {
        let whom = (Some(view.person.case_id.clone()), Some(view.person.name.clone()));
        let outcomes = view.outcomes.into_iter().map(|one| {
            let (note, outcome) = (one.note, typed(one.entry)?);
            Ok(WantedOutcome { note, outcome })
        });
        let actions = view.actions.into_iter().map(|one| {
            let (case_id, name) = whom.clone();
            Ok(OpenAction {
                note: one.note,
                case_id,
                name,
                action: typed(one.entry)?,
            })
        });
        Ok(Self {
            outcomes: outcomes.collect::<Result<_, NotebookError>>()?,
            actions: actions.collect::<Result<_, NotebookError>>()?,
            about: view.about.map(|texts| texts.into_iter().collect()),
            thread: view.thread,
            person: view.person,
        })
    }
}

impl TodayView {
    fn of(view: core::TodayView) -> Result<Self, NotebookError> {
        let actions = view.actions.into_iter().map(|one| {
            Ok(OpenAction {
                note: one.note,
                case_id: one.case_id,
                name: one.name,
                action: typed(one.entry)?,
            })
        });
        Ok(Self {
            actions: actions.collect::<Result<_, NotebookError>>()?,
            drafts: view.drafts,
            reviews: view.reviews,
        })
    }
}

#[uniffi::export]
impl Notebook {
    /// A person's thread, and what is gathered from it. It shows how each note begins, so it counts as a reading of
    /// each, and of the person's page.
    ///
    /// # Errors
    /// An unknown case id.
    pub fn person(&self, case_id: &str) -> Result<PersonView, NotebookError> {
        PersonView::of(self.book()?.person(case_id)?)
    }

    /// What waits for this worker. It shows no more of a note than a list does, and is no reading.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn today(&self) -> Result<TodayView, NotebookError> {
        TodayView::of(self.book()?.today()?)
    }

    /// Names of the workers that this phone knows, by id.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn workers(&self) -> Result<HashMap<String, String>, NotebookError> {
        Ok(self.book()?.workers()?.into_iter().collect())
    }

    /// How many notes hold something that the server has not answered for, keys that are no change yet too. It is
    /// cheap enough to ask after every key.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn waiting(&self) -> Result<u64, NotebookError> {
        Ok(self.book()?.waiting()?)
    }

    /// Counts what came from elsewhere since the notebook was opened: where it has moved, what is on the screen may be
    /// out of date.
    ///
    /// # Errors
    /// Where an earlier call broke down.
    pub fn arrivals(&self) -> Result<u64, NotebookError> {
        Ok(self.book()?.arrivals())
    }

    /// A text of a note that is watched, with every key; none for a field that is no text. It leaves no further trace:
    /// opening the note left one.
    ///
    /// # Errors
    /// A note that is not watched.
    pub fn on_screen(&self, note: DocumentId, field: &str) -> Result<Option<ScreenText>, NotebookError> {
        let mut book = self.book()?;
        let text = book.on_screen(note, field)?;
        let seen = self.seen(&book);
        Ok(text.map(|text| ScreenText { text, seen }))
    }
}
