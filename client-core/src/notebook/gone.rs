//! Documents that the server removed for good: this phone lets go of them too. What it has not sent of one is set
//! aside whole, for it is nowhere else.

use notes::ids::DocumentId;
use notes::wire::Subject;

use super::absorb::Ledger;
use crate::store::docs::{self, DocRow};
use crate::store::{Db, aside, attachments, fills, gists, journal, outgoing, search};
use crate::trouble::Trouble;

/// The code under which it is told and kept.
pub(super) const GONE: &str = "gone";

/// A row says that a document was removed.
pub(super) fn removed(conn: &Db, document: DocumentId, ledger: &mut Ledger) -> Result<(), Trouble> {
    let Some(row) = docs::find(conn, document)?.filter(|row| !row.gone) else {
        return Ok(());
    };
    if docs::has_unsent(conn, &row)? {
        return set_aside(conn, &row, ledger);
    }
    outgoing::drop_all(conn, row.id)?;
    attachments::drop_all(conn, row.id)?;
    aside::clear_waiting(conn, row.id)?;
    fills::forget(conn, Subject::Document(row.id))?;
    search::index(conn, row.nr, "")?;
    gists::clear(conn, row.nr)?;
    // Nothing keeps it now: the copy itself goes with the others that are let go.
    docs::abandon(conn, row.nr)?;
    ledger.touched.push(row.id);
    Ok(())
}

/// A push was answered so: the copy is kept aside, and neither shown nor offered any more.
pub(super) fn answered(conn: &Db, document: DocumentId, ledger: &mut Ledger) -> Result<(), Trouble> {
    match docs::find(conn, document)? {
        Some(row) => set_aside(conn, &row, ledger),
        None => Ok(()),
    }
}

fn set_aside(conn: &Db, row: &DocRow, ledger: &mut Ledger) -> Result<(), Trouble> {
    let snapshot = docs::snapshot(conn, row.nr)?;
    aside::keep(conn, row.id, ledger.now, GONE, &snapshot)?;
    // What was typed last does not stand in the copy yet.
    for typed in journal::entries(conn, row.nr)? {
        aside::keep(conn, row.id, ledger.now, "journal", &typed.edit)?;
    }
    outgoing::drop_unsettled(conn, row.id)?;
    journal::clear(conn, row.nr)?;
    search::index(conn, row.nr, "")?;
    gists::clear(conn, row.nr)?;
    docs::set_gone(conn, row.nr)?;
    ledger.touched.push(row.id);
    ledger.gone.push(row.id);
    Ok(())
}
