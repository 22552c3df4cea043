//! An answer's effects, written down in one transaction together with its cursor: verdicts, what
//! others wrote, histories, and what may be let go. After a failure the store is as it was, and the
//! same answer comes again.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, Automerge};
use notes::ids::{Actor, DocumentId, PersonId};
use notes::note;
use notes::wire::{OrderRow, Outcome, RowBody, Subject};

use super::Notebook;
use super::begin::arriving_row;
use super::commit::save;
use super::desk::Open;
use super::pass::Tally;
use super::{anew, gone, messages, news, orders};
use crate::store::docs::{self, DocRow, Reset};
use crate::store::meta::{self, key};
use crate::store::{Db, aside, attachments, fills, outgoing, rows};
use crate::sync::{self, Answer, Arrival, Effects};
use crate::trouble::Trouble;

/// What the transaction knows and gathers on its way.
#[expect(clippy::struct_excessive_bools, reason = "what one answer did")]
pub(super) struct Ledger {
    pub(super) now: i64,
    pub(super) mine: BTreeSet<ActorId>,
    pub(super) current: Actor,
    /// Thrown beforehand, taken into use where a fork asks for it.
    pub(super) fresh: Actor,
    pub(super) fresh_used: bool,
    /// Documents that are not any more what the desk has.
    pub(super) touched: Vec<DocumentId>,
    pub(super) received: Vec<DocumentId>,
    /// Documents that were removed for good, of which something was only here.
    pub(super) gone: Vec<DocumentId>,
    /// Documents whose building anew begins with this answer: the history that it is made of is still to
    /// be asked for.
    pub(super) begun: BTreeSet<DocumentId>,
    /// The desk ordered something new.
    pub(super) ordered: bool,
    /// Everything was let go of.
    pub(super) emptied: bool,
    /// People came into view or left it.
    pub(super) view_changed: bool,
    /// Documents that are open on the desk, so that they are not read again.
    pub(super) open: BTreeMap<DocumentId, Open>,
    /// The same as they are after it.
    pub(super) renewed: Vec<Open>,
    /// This device, for what an open document keeps of it.
    pub(super) device: Option<String>,
    /// Whose it is.
    pub(super) worker: Option<String>,
}

impl Ledger {
    /// From now on the fresh actor writes.
    pub(super) fn renew(&mut self, conn: &Db) -> Result<(), Trouble> {
        if !self.fresh_used {
            self.fresh_used = true;
            self.current = self.fresh;
            self.mine.insert(ActorId::from(&self.fresh.0[..]));
            meta::set_actor(conn, self.fresh, self.now)?;
        }
        Ok(())
    }
}

impl Notebook {
    /// Writes down what an answer brought.
    pub(super) fn take_in(&mut self, effects: &Effects, tally: &mut Tally) -> Result<(), Trouble> {
        let mut ledger = Ledger {
            now: self.now(),
            mine: self.mine.clone(),
            current: self.actor,
            fresh: Actor(self.host.random()),
            fresh_used: false,
            touched: Vec::new(),
            received: Vec::new(),
            gone: Vec::new(),
            begun: BTreeSet::new(),
            ordered: false,
            emptied: false,
            view_changed: false,
            open: BTreeMap::new(),
            renewed: Vec::new(),
            device: self.device().map(|device| device.to_string()),
            worker: self.me().ok().map(|me| me.worker.clone()),
        };
        // What is typed and not yet a change stays in the store's journal, and is read again with it.
        for arrival in &effects.arrivals {
            let open = self.desk.take(arrival.document);
            if let Some(open) = open.filter(|open| open.journal.is_empty()) {
                ledger.open.insert(arrival.document, open);
            }
        }
        for fill in &effects.fills {
            if fill.next.is_none() {
                tally.asked.insert(fill.subject);
            }
        }
        if effects.rewound {
            tally.rewinds += 1;
            tally.asked.clear();
        }
        let done = self.store.write(|tx| apply(tx, effects, &mut ledger));
        // Whatever the desk holds of these is old now. Rows may have changed what is in view.
        for id in &ledger.touched {
            drop(self.desk.take(*id));
        }
        if done.is_err() || ledger.view_changed {
            self.desk.clear();
        }
        done?;
        for open in std::mem::take(&mut ledger.renewed) {
            if !ledger.view_changed && !ledger.touched.contains(&open.row.id) {
                self.desk.put(open);
            }
        }
        // An order that stands comes with every answer, and changes something on the screen once.
        let told = |row: &RowBody| !matches!(row, RowBody::Order(OrderRow { id: Some(_), .. }));
        let quiet = ledger.received.is_empty()
            && ledger.touched.is_empty()
            && !ledger.ordered
            && !effects.rows.iter().any(|(_, row)| told(row));
        if !quiet || ledger.view_changed {
            self.arrivals += 1;
        }
        if ledger.emptied {
            self.forget_all();
        }
        tally.received.extend(ledger.received);
        tally.gone.extend(ledger.gone);
        if ledger.fresh_used {
            self.reread_actors()?;
        }
        Ok(())
    }
}

fn apply(conn: &Db, effects: &Effects, ledger: &mut Ledger) -> Result<(), Trouble> {
    for answer in &effects.answers {
        answered(conn, answer, ledger)?;
    }
    fills::read_out(conn, &effects.readings)?;
    orders::heard(conn, &effects.told)?;
    if orders::is_emptied(conn)? {
        // What was let go of does not come back.
        return Ok(());
    }
    if effects.rewound {
        return rewind(conn);
    }
    if effects.rows_anew {
        rows::begin_anew(conn)?;
    }
    news::apply(conn, &effects.rows, ledger)?;
    if ledger.emptied {
        return Ok(());
    }
    for arrival in &effects.arrivals {
        arrive(conn, arrival, ledger)?;
    }
    for fill in &effects.fills {
        let answered = match fill.subject {
            Subject::Document(id) if ledger.begun.contains(&id) => false,
            Subject::Document(id) if fill.next.is_none() => {
                anew::history_came(conn, id, fill.closed, ledger)?
            }
            _ => true,
        };
        // A joined note that nobody has sent yet is asked for again in the next pass.
        if answered {
            fills::progress(conn, fill.subject, fill.next)?;
        }
    }
    if !effects.more && effects.pulled {
        news::remove_stale(conn, ledger)?;
    }
    outgoing::release(conn, effects.safe_seq, ledger.now, messages::sealed_ms(conn)?)?;
    ledger.touched.extend(docs::let_go(conn)?);
    match &effects.cursor {
        Some(cursor) => meta::set(conn, key::CURSOR, cursor),
        None => Ok(()),
    }
}

/// The server was restored: the cursor is void, and all that is kept goes again.
fn rewind(conn: &Db) -> Result<(), Trouble> {
    outgoing::send_all_again(conn)?;
    attachments::send_all_again(conn)?;
    meta::clear(conn, key::CURSOR)?;
    fills::forget_all(conn)?;
    rows::begin_anew(conn)?;
    // A note that is being built anew would wait for its history for ever.
    for row in docs::joined(conn)?.into_iter().chain(docs::resetting(conn)?) {
        fills::want(conn, Subject::Document(row.id))?;
    }
    Ok(())
}

fn answered(conn: &Db, answer: &Answer, ledger: &mut Ledger) -> Result<(), Trouble> {
    outgoing::answer(conn, answer)?;
    if answer.outcome != Outcome::Gone {
        return Ok(());
    }
    gone::answered(conn, answer.document, ledger)
}

/// What others wrote in one document.
fn arrive(conn: &Db, arrival: &Arrival, ledger: &mut Ledger) -> Result<(), Trouble> {
    let known = docs::find(conn, arrival.document)?;
    if known.as_ref().is_some_and(|row| row.gone) {
        return Ok(());
    }
    let waiting = aside::waiting(conn, arrival.document)?;
    if known.as_ref().is_some_and(|row| row.reset != Reset::No) {
        return aside::wait(conn, arrival.document, &arrival.chunks);
    }
    let open = ledger.open.remove(&arrival.document);
    if let Some(row) = known.as_ref().filter(|_| waiting.is_empty())
        && sync::brings_nothing(&arrival.chunks, &row.heads)
    {
        ledger.renewed.extend(open);
        return Ok(());
    }
    let on_desk = open.is_some();
    let base = match (&known, open) {
        (Some(row), Some(open)) if open.row.heads == row.heads => Some(open.doc),
        (Some(row), _) => Some(note::load(&docs::snapshot(conn, row.nr)?)?),
        (None, _) => None,
    };
    let template = known.as_ref().map_or(arrival.template, |row| row.template);
    let chunks = [waiting, arrival.chunks.clone()].concat();
    let current = ActorId::from(&ledger.current.0[..]);
    let absorbed = sync::absorb(base, template, &chunks, &ledger.mine, &current);
    for (chunk, code) in &absorbed.refused {
        aside::keep(conn, arrival.document, ledger.now, code, chunk)?;
    }
    if absorbed.forked {
        ledger.renew(conn)?;
        if let Some(row) = &known {
            return anew::begin(conn, row, Reset::Fork, ledger);
        }
    }
    aside::clear_waiting(conn, arrival.document)?;
    aside::wait(conn, arrival.document, &absorbed.waiting)?;
    if !absorbed.waiting.is_empty() {
        // Perhaps it will never come by itself: it was published while the note was out of view, or before
        // this phone joined. The document's whole history has it.
        fills::want_anew(conn, Subject::Document(arrival.document))?;
    }
    if absorbed.fresh == 0 {
        return Ok(());
    }
    let mut row = known.unwrap_or_else(|| arriving_row(arrival.document, template, arrival.person));
    row.hidden = is_out_of_view(conn, &row, arrival, &absorbed.doc, ledger)?;
    row.person = row.person.or(arrival.person);
    // Who is once in company is never alone again.
    row.alone = row.alone && sync::alone(&absorbed.doc, &ledger.mine);
    if row.nr == 0 || !row.unoffered {
        // The server has all of it: there is nothing to offer.
        row.offered_heads = absorbed.doc.get_heads();
    }
    let new = row.nr == 0;
    let plain = save(conn, &mut row, &absorbed.doc)?;
    if let Some(person) = arrival.person.filter(|person| row.person != Some(*person)) {
        // A person decided so, and the note does not say it yet. By this it leaves the view with them.
        row.person = Some(person);
        docs::set_person(conn, row.nr, person)?;
    }
    if new && !arrival.asked && !on_caseload(conn, row.person)? {
        // It comes because another phone under the same key wrote in it; what was there before that does not.
        fills::want_anew(conn, Subject::Document(row.id))?;
    }
    ledger.received.push(row.id);
    if on_desk {
        let device = ledger.device.clone();
        let open = Open::new(row, absorbed.doc, plain.as_ref(), device.as_deref())?;
        ledger.renewed.push(open);
    } else {
        ledger.touched.push(row.id);
    }
    Ok(())
}

/// Whether a note stays hidden, or is to be.
fn is_out_of_view(
    conn: &Db,
    row: &DocRow,
    arrival: &Arrival,
    doc: &Automerge,
    ledger: &Ledger,
) -> Result<bool, Trouble> {
    if row.nr == 0 {
        return has_left(conn, arrival, doc, ledger);
    }
    match arrival.person.filter(|person| row.person != Some(*person)) {
        // A person decided that it is about somebody else: what hid it was whom it had been about.
        Some(person) => Ok(row.hidden && rows::person(conn, person)?.is_none()),
        None => Ok(row.hidden),
    }
}

/// Whether a note that comes as a history left the view after it was asked for: its person is not on the caseload
/// any more, and nobody of this phone's wrote in it. Shown now, it would stay as it is for ever.
fn has_left(conn: &Db, arrival: &Arrival, doc: &Automerge, ledger: &Ledger) -> Result<bool, Trouble> {
    let known = arrival.person.map(|id| rows::person(conn, id)).transpose()?;
    if !arrival.asked || known.flatten().is_none_or(|person| person.mine) {
        return Ok(false);
    }
    let worker = ledger.worker.as_deref().unwrap_or_default();
    for meta in doc.get_changes_meta(&[]) {
        if ledger.mine.contains(&*meta.actor) || rows::writes_under(conn, worker, meta.actor.to_bytes())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether all that is written of a person comes to this phone.
fn on_caseload(conn: &Db, person: Option<PersonId>) -> Result<bool, Trouble> {
    let known = person.map(|id| rows::person(conn, id)).transpose()?.flatten();
    Ok(known.is_some_and(|person| person.mine))
}
