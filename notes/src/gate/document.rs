//! A document chunk: actors, heads, the table of changes, the operations, and where the heads stand.
//!
//! Not for change chunks.

use super::frame::{self, Columns};
use super::graph::{self, Graph};
use super::rows::{self, Rows};
use super::texts::Texts;
use super::{Bytes, Counted, Kind, Limits, Refusal, Said};

const HEADS: Refusal = Refusal::Malformed("heads");

/// `texts`: what they say is wanted too.
pub(super) fn count(
    mut bytes: Bytes<'_>,
    hash: [u8; 32],
    limits: &Limits,
    texts: bool,
) -> Result<(Counted, Vec<Said>), Refusal> {
    let length = bytes.len();
    let actors = frame::actors(&mut bytes, limits)?;
    let heads = frame::hashes(&mut bytes, limits, "heads")?;
    frame::rising(&heads, "heads out of order")?;
    let mut changes = Columns::headers(&mut bytes, &graph::COLUMNS)?;
    let mut ops = Columns::headers(&mut bytes, &rows::COLUMNS)?;
    changes.fill(&mut bytes)?;
    ops.fill(&mut bytes)?;
    let graph = Graph::read(&changes, actors.len(), length, limits)?;
    if graph.tips != heads.len() {
        return Err(HEADS);
    }
    suffix(bytes, &graph)?;
    let texts = texts.then(Texts::default);
    let (closings, texts) = Rows::new(&ops, &graph, actors.len(), length, limits, texts).walk()?;
    let texts = texts.map(|texts| texts.name(&actors)).unwrap_or_default();
    let course = graph.course(&actors);
    let counted = Counted {
        kind: Kind::Document,
        hash,
        actors,
        heads,
        deps: Vec::new(),
        changes: graph.changes.len() as u64,
        ops: graph.ops,
        max_op: graph.max_op,
        seq: graph.max_seq,
        start_op: 1,
        closings: Some(closings),
        course,
        places: Vec::new(),
    };
    Ok((counted, texts))
}

/// For each head the index of its change. Automerge reads these and does not use them.
fn suffix(mut bytes: Bytes<'_>, graph: &Graph) -> Result<(), Refusal> {
    for _ in 0..graph.tips {
        if bytes.unsigned()? >= graph.changes.len() as u64 {
            return Err(HEADS);
        }
    }
    if bytes.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Extra)
    }
}
