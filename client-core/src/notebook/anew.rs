//! A document that is built anew: two phones wrote under one actor, or a person decided against
//! something in it. The copy is set aside whole, the server's history is fetched from its beginning,
//! and what only this phone wrote is written again under a fresh actor.

use std::collections::BTreeSet;

use automerge::{ActorId, ChangeHash};
use notes::ids::DocumentId;
use notes::note::{self, genesis};
use notes::wire::{Closed, Subject};

use super::absorb::Ledger;
use super::commit::save;
use crate::store::docs::{self, DocRow, Reset};
use crate::store::meta::{self, key};
use crate::store::outgoing::Offered;
use crate::store::{Db, aside, fills, outgoing, rows};
use crate::sync;
use crate::trouble::Trouble;

/// The order to build a document anew.
pub(super) const RESET: &str = "reset";

/// Sets the copy aside and asks for the server's history. Until that came the note can be read, and
/// what is typed meanwhile is written again with the rest.
pub(super) fn begin(conn: &Db, row: &DocRow, why: Reset, ledger: &mut Ledger) -> Result<(), Trouble> {
    let word = if why == Reset::Fork { "fork" } else { RESET };
    let snapshot = docs::snapshot(conn, row.nr)?;
    aside::keep(conn, row.id, ledger.now, word, &snapshot)?;
    aside::clear_waiting(conn, row.id)?;
    docs::set_reset(conn, row.nr, why)?;
    fills::want_anew(conn, Subject::Document(row.id))?;
    ledger.renew(conn)?;
    ledger.begun.insert(row.id);
    ledger.touched.push(row.id);
    Ok(())
}

/// The end of a document's history. False where it should be asked for again in a later pass: a
/// document to be built anew of which something is not judged yet, a joined note that its author has not
/// sent yet, or one whose joining has not reached the server. Only from then on the server sends what
/// is new, and what came between would be in neither.
pub(super) fn history_came(
    conn: &Db,
    id: DocumentId,
    closed: Option<Closed>,
    ledger: &mut Ledger,
) -> Result<bool, Trouble> {
    let Some(row) = docs::find(conn, id)? else {
        return Ok(true);
    };
    if row.reset == Reset::No {
        let on_its_way = row.unoffered || outgoing::unanswered(conn, row.id)?;
        return Ok(!(row.joined && (row.alone || on_its_way)));
    }
    if outgoing::comes_again(conn, row.id)? {
        // The server was set back: first it gets back what it had, or that would be written a second time.
        return Ok(false);
    }
    match closed {
        None => rebuild(conn, row, ledger)?,
        // The copy stays as it is: taken for a new note, it would be written a second time. An order for it is
        // carried out when it comes again with the note.
        Some(Closed::NotYours) => {
            docs::set_reset(conn, row.nr, Reset::No)?;
            meta::clear_between(conn, key::ORDER_DONE, &format!(" {RESET} {id}"))?;
        }
        Some(Closed::NotYet) => return Ok(false),
    }
    Ok(true)
}

fn rebuild(conn: &Db, mut row: DocRow, ledger: &mut Ledger) -> Result<(), Trouble> {
    let mine = note::load(&docs::snapshot(conn, row.nr)?)?;
    let mut chunks = aside::waiting(conn, row.id)?;
    let offered = outgoing::offered(conn, row.id)?;
    if row.reset == Reset::Fork {
        // What the server has accepted and not yet published is history too, not to be written twice.
        let accepted = offered.iter().filter(|offered| offered.accepted);
        chunks.extend(accepted.map(|offered| offered.chunk.clone()));
    }
    let built = sync::rebuild(row.template, &chunks);
    let server_heads = built.doc.get_heads();
    let nothing = server_heads == [genesis::hash(row.template)];
    let held = if nothing {
        BTreeSet::new()
    } else {
        decided_against(conn, row.id)?
    };
    let sent: Vec<Vec<u8>> = offered.iter().map(|offered| offered.chunk.clone()).collect();
    let others = sync::others(&mine, &ledger.mine, &row.offered_heads, &sent);
    let fresh = ActorId::from(&ledger.fresh.0[..]);
    let server = built.doc.clone();
    let mended = sync::replay(&mine, server, row.template, (&held, &others), &fresh, ledger.now);
    // Where the copies cannot be brought together the server's counts; mine stands aside, whole.
    let (doc, wrote) = if let Ok(replay) = mended {
        if replay.wrote {
            ledger.renew(conn)?;
        }
        let missing = offered.iter().filter(|o| !sync::holds(&built.doc, &o.chunk));
        let (decided, again): (Vec<_>, Vec<_>) = missing.partition(|o| replay.left_out(&o.chunk));
        outgoing::leave_out(conn, &numbers(&decided))?;
        outgoing::supersede(conn, &numbers(&again))?;
        (replay.doc, replay.wrote)
    } else {
        outgoing::drop_unsettled(conn, row.id)?;
        if nothing { (mine, true) } else { (built.doc, false) }
    };
    aside::clear_waiting(conn, row.id)?;
    aside::wait(conn, row.id, &built.waiting)?;
    row.offered_heads = if nothing { Vec::new() } else { server_heads };
    row.alone = sync::alone(&doc, &ledger.mine);
    row.unoffered = wrote;
    row.reset = Reset::No;
    let was_about = row.person;
    save(conn, &mut row, &doc)?;
    let person = row
        .person
        .filter(|person| row.hidden && was_about != Some(*person));
    if let Some(person) = person
        && rows::person(conn, person)?.is_some()
    {
        // A person decided that it is about somebody else: what hid it was whom it had been about.
        row.hidden = false;
        save(conn, &mut row, &doc)?;
    }
    ledger.touched.push(row.id);
    ledger.received.push(row.id);
    Ok(())
}

fn numbers(chunks: &[&Offered]) -> Vec<i64> {
    chunks.iter().map(|offered| offered.nr).collect()
}

/// Where it is remembered what a person decided against in a document.
pub(super) fn against(id: DocumentId) -> String {
    format!("{} {id}", key::AGAINST)
}

fn decided_against(conn: &Db, id: DocumentId) -> Result<BTreeSet<ChangeHash>, Trouble> {
    let hashes = meta::get(conn, &against(id))?.unwrap_or_default();
    Ok(hashes
        .as_chunks()
        .0
        .iter()
        .map(|hash| ChangeHash(*hash))
        .collect())
}
