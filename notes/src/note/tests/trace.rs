//! Three people who really typed in one text at once (tests/data/editing-traces): each transaction is
//! typed on the phone of its writer, which has seen exactly what the writer had seen.

use std::collections::BTreeSet;
use std::io::Read as _;

use automerge::{Automerge, Change, ChangeHash};
use serde::Deserialize;

use super::world::{merge, phone, read};
use crate::note::{Edit, Template};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    end_content: String,
    num_agents: u8,
    txns: Vec<Transaction>,
}

#[derive(Deserialize)]
struct Transaction {
    parents: Vec<usize>,
    agent: usize,
    patches: Vec<(u64, u64, String)>,
}

fn clownschool() -> Trace {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/data/editing-traces/clownschool.json.gz"
    );
    let mut json = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut json)
        .unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// Transactions that one writer typed one after the other, seeing nothing new, and of which nobody
/// else saw only a part. They make one change, as a pause in typing does.
struct Run {
    agent: usize,
    parents: Vec<usize>,
    edits: Vec<Edit>,
}

fn runs(trace: Trace) -> Vec<Run> {
    let mut children = vec![0; trace.txns.len()];
    for parent in trace.txns.iter().flat_map(|txn| &txn.parents) {
        children[*parent] += 1;
    }
    let mut run_of: Vec<usize> = Vec::with_capacity(trace.txns.len());
    let mut ends = Vec::new();
    let mut runs: Vec<Run> = Vec::new();
    for (number, txn) in trace.txns.into_iter().enumerate() {
        let goes_on = match txn.parents[..] {
            [parent] if children[parent] == 1 && runs[run_of[parent]].agent == txn.agent => {
                Some(run_of[parent])
            }
            _ => None,
        };
        let run = goes_on.unwrap_or_else(|| {
            let parents: Vec<usize> = txn.parents.iter().map(|parent| run_of[*parent]).collect();
            for (parent, run) in txn.parents.iter().zip(&parents) {
                assert_eq!(ends[*run], *parent, "a run is seen whole or not at all");
            }
            runs.push(Run {
                agent: txn.agent,
                parents,
                edits: Vec::new(),
            });
            ends.push(number);
            runs.len() - 1
        });
        run_of.push(run);
        ends[run] = number;
        for (at, delete, insert) in txn.patches {
            type_on(&mut runs[run].edits, at, delete, insert);
        }
    }
    runs
}

/// One letter behind the other is one edit, which makes the same operations.
fn type_on(edits: &mut Vec<Edit>, at: u64, delete: u64, insert: String) {
    if let Some(Edit::Splice {
        at: before,
        insert: word,
        ..
    }) = edits.last_mut()
        && delete == 0
        && at == *before + word.chars().count() as u64
    {
        word.push_str(&insert);
        return;
    }
    let field = "body".into();
    edits.push(Edit::Splice {
        field,
        at,
        delete,
        insert,
    });
}

/// What a phone lacks of the histories of these runs, in the order in which they were written.
fn lacking(seen: &[bool], runs: &[Run], parents: &[usize]) -> BTreeSet<usize> {
    let mut missing = BTreeSet::new();
    let mut open = parents.to_vec();
    while let Some(run) = open.pop() {
        if !seen[run] && missing.insert(run) {
            open.extend(&runs[run].parents);
        }
    }
    missing
}

#[test]
fn three_writers_who_typed_at_once_end_with_the_same_text() {
    let trace = clownschool();
    let (expected, agents) = (trace.end_content.clone(), trace.num_agents);
    assert_eq!((agents, trace.txns.len()), (3, 23_136));
    let runs = runs(trace);
    let mut phones: Vec<Automerge> = (1..=agents).map(phone).collect();
    let mut seen = vec![vec![false; runs.len()]; phones.len()];
    let mut changes: Vec<Change> = Vec::with_capacity(runs.len());
    for (number, run) in runs.iter().enumerate() {
        let doc = &mut phones[run.agent];
        let missing = lacking(&seen[run.agent], &runs, &run.parents);
        if !missing.is_empty() {
            doc.apply_changes(missing.iter().map(|other| changes[*other].clone()))
                .unwrap();
        }
        missing.iter().for_each(|other| seen[run.agent][*other] = true);
        let parents: BTreeSet<ChangeHash> =
            run.parents.iter().map(|parent| changes[*parent].hash()).collect();
        if !parents.is_empty() {
            assert_eq!(
                BTreeSet::from_iter(doc.get_heads()),
                parents,
                "exactly the parents"
            );
        }
        let mut tx = doc.transaction();
        run.edits
            .iter()
            .for_each(|edit| edit.apply(&mut tx, Template::Note).unwrap());
        tx.commit();
        changes.push(doc.get_last_local_change().unwrap());
        seen[run.agent][number] = true;
    }
    let all = phones.clone();
    for doc in &mut phones {
        all.iter().for_each(|other| merge(doc, other));
        assert!(
            read(doc).texts["body"] == expected,
            "the text is that of the recording"
        );
    }
    println!("{} transactions in {} changes", 23_136, runs.len());
}
