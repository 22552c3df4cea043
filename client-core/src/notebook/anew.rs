//! A document that is built anew: two phones wrote under one actor, or a person decided against
//! something in it. The copy is set aside whole, the server's history is fetched from its beginning,
//! and what only this phone wrote is written again under a fresh actor.

use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ChangeHash};
use notes::gate::{self, Kind, Limits};
use notes::ids::DocumentId;
use notes::note::{self, genesis};
use notes::wire::Subject;

use super::absorb::Ledger;
use super::commit::save;
use crate::store::docs::{self, DocRow, Reset};
use crate::store::outgoing::Answered;
use crate::store::{Db, aside, fills, outgoing, rows};
use crate::sync;
use crate::trouble::Trouble;

/// Two phones wrote the same number: nobody decided against anything.
const SEQ_TAKEN: &str = "seq_taken";

/// Sets the copy aside and asks for the server's history. Until that came the note can be read, and
/// what is typed meanwhile is written again with the rest.
pub(super) fn begin(conn: &Db, row: &DocRow, why: Reset, ledger: &mut Ledger) -> Result<(), Trouble> {
    let word = if why == Reset::Fork { "fork" } else { "reset" };
    let snapshot = docs::snapshot(conn, row.nr)?;
    aside::keep(conn, row.id, ledger.now, word, &snapshot)?;
    aside::clear_waiting(conn, row.id)?;
    docs::set_reset(conn, row.nr, why)?;
    fills::want_anew(conn, Subject::Document(row.id))?;
    ledger.renew(conn)?;
    ledger.touched.push(row.id);
    Ok(())
}

/// The end of a document's history. False where it should be asked for again in a later pass: a
/// joined note that its author has not sent yet, or one whose joining has not reached the server. Only
/// from then on the server sends what is new, and what came between would be in neither.
pub(super) fn history_came(conn: &Db, id: DocumentId, ledger: &mut Ledger) -> Result<bool, Trouble> {
    let Some(row) = docs::find(conn, id)? else {
        return Ok(true);
    };
    if row.reset == Reset::No {
        let on_its_way = row.unoffered || outgoing::unanswered(conn, row.id)?;
        return Ok(!(row.joined && (row.alone || on_its_way)));
    }
    rebuild(conn, row, ledger)?;
    Ok(true)
}

fn rebuild(conn: &Db, mut row: DocRow, ledger: &mut Ledger) -> Result<(), Trouble> {
    let mine = note::load(&docs::snapshot(conn, row.nr)?)?;
    let answered = outgoing::answered(conn, row.id)?;
    let mut chunks = aside::waiting(conn, row.id)?;
    if row.reset == Reset::Fork {
        // What the server has accepted and not yet published is history too, not to be written twice.
        let accepted = answered.iter().filter(|a| a.code.is_none());
        chunks.extend(accepted.map(|a| a.chunk.clone()));
    }
    let built = sync::rebuild(row.template, &chunks);
    let server_heads = built.doc.get_heads();
    let nothing = server_heads == [genesis::hash(row.template)];
    let held = if nothing || row.reset == Reset::Fork {
        BTreeSet::new()
    } else {
        let code = rows::standing(conn, row.id)?.and_then(|s| s.code);
        decided_against(&answered, &built.doc, code.as_deref())
    };
    let fresh = ActorId::from(&ledger.fresh.0[..]);
    let server = built.doc.clone();
    let mended = sync::replay(&mine, server, row.template, &held, &fresh, ledger.now);
    // Where the copies cannot be brought together the server's counts; mine stands aside, whole.
    let (doc, wrote) = match mended {
        Ok(replay) => {
            if replay.wrote {
                ledger.renew(conn)?;
            }
            (replay.doc, replay.wrote)
        }
        Err(_) if nothing => (mine, true),
        Err(_) => (built.doc, false),
    };
    outgoing::drop_unsettled(conn, row.id)?;
    aside::clear_waiting(conn, row.id)?;
    aside::wait(conn, row.id, &built.waiting)?;
    row.offered_heads = if nothing { Vec::new() } else { server_heads };
    row.alone = sync::alone(&doc, &ledger.mine);
    row.unoffered = wrote;
    row.reset = Reset::No;
    save(conn, &mut row, &doc)?;
    ledger.touched.push(row.id);
    ledger.received.push(row.id);
    Ok(())
}

/// The changes that a person decided against: those held when they were pushed, or else the first
/// that the server took and never published.
fn decided_against(answered: &[Answered], server: &Automerge, code: Option<&str>) -> BTreeSet<ChangeHash> {
    let coded: Vec<&Answered> = answered.iter().filter(|a| a.code.is_some()).collect();
    if code == Some(SEQ_TAKEN) || coded.iter().any(|a| a.code.as_deref() == Some(SEQ_TAKEN)) {
        return BTreeSet::new();
    }
    let unpublished = |hashes: Vec<ChangeHash>| -> BTreeSet<ChangeHash> {
        let absent = |hash: &ChangeHash| server.get_change_meta_by_hash(hash).is_none();
        hashes.into_iter().filter(absent).collect()
    };
    if coded.is_empty() {
        let each = answered.iter().map(|a| unpublished(hashes_of(&a.chunk)));
        return each
            .into_iter()
            .find(|hashes| !hashes.is_empty())
            .unwrap_or_default();
    }
    unpublished(coded.iter().flat_map(|a| hashes_of(&a.chunk)).collect())
}

fn hashes_of(chunk: &[u8]) -> Vec<ChangeHash> {
    match gate::count(chunk, &Limits::default()) {
        Ok(counted) if counted.kind == Kind::Change => vec![ChangeHash(counted.hash)],
        Ok(_) => note::load(chunk).map_or_else(
            |_| Vec::new(),
            |doc| {
                doc.get_changes_meta(&[])
                    .into_iter()
                    .map(|meta| meta.hash)
                    .collect()
            },
        ),
        Err(_) => Vec::new(),
    }
}
