//! Recordings of real people typing, and an order in which the two of a concurrent one can be typed
//! again by phones of which each has seen exactly what its writer had seen.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::village::file;

/// Position, deleted, inserted; in Unicode scalar values.
pub type Patch = (u64, u64, String);

/// Several people in one document at once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Concurrent {
    pub end_content: String,
    pub num_agents: usize,
    pub txns: Vec<Step>,
}

/// What one of them typed at once, after having seen its parents.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Step {
    pub parents: Vec<usize>,
    pub agent: usize,
    pub patches: Vec<Patch>,
}

/// One person alone.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Sequential {
    pub start_content: String,
    pub end_content: String,
    pub txns: Vec<Typing>,
}

/// What was typed at once.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Typing {
    pub patches: Vec<Patch>,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = file("tests/data/editing-traces").join(format!("{name}.json.gz"));
    let packed = std::fs::File::open(path).expect("the trace is there");
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).expect("gzip");
    serde_json::from_str(&text).expect("a trace")
}

/// A concurrent trace.
pub fn concurrent(name: &str) -> Concurrent {
    read(name)
}

/// A sequential trace.
pub fn sequential(name: &str) -> Sequential {
    read(name)
}

/// What two writers do, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The agent types this transaction.
    Types(usize, usize),
    /// The agent sends what it has, without fetching.
    Sends(usize),
    /// The agent fetches what the other has sent, without sending.
    Fetches(usize),
}

impl Concurrent {
    /// An order in which each transaction is typed when its agent has seen exactly its parents. The
    /// phones send whole and fetch whole, so an agent may fetch only at a moment at which the other has
    /// sent exactly what this one needs next, and nothing more.
    ///
    /// Walked with one place for each agent: of all steps that are possible, one that types comes
    /// first; a fetch comes as soon as what was sent fits exactly; a send only where the other needs it.
    pub fn order_for_two(&self) -> Vec<Act> {
        assert_eq!(self.num_agents, 2, "two phones");
        let own: [Vec<usize>; 2] = [0, 1].map(|agent| {
            let of_agent = |index: &usize| self.txns[*index].agent == agent;
            (0..self.txns.len()).filter(of_agent).collect()
        });
        // For each transaction, how many of the other agent's come before it.
        let needs = self.seen_of_the_other();
        let mut acts = Vec::with_capacity(self.txns.len() * 2);
        let (mut typed, mut sent, mut seen) = ([0; 2], [0; 2], [0; 2]);
        while typed[0] < own[0].len() || typed[1] < own[1].len() {
            let mut moved = false;
            for agent in [0, 1] {
                let other = 1 - agent;
                while let Some(txn) = own[agent].get(typed[agent]) {
                    let needed = needs[*txn];
                    assert!(seen[agent] <= needed, "agent {agent} has seen too much");
                    if seen[agent] < needed {
                        if typed[other] < needed {
                            break;
                        }
                        // The other may have typed on, but sent no more than what is needed here.
                        assert!(sent[other] <= needed, "agent {other} has sent too much");
                        if sent[other] < needed {
                            if typed[other] > needed {
                                break;
                            }
                            acts.push(Act::Sends(other));
                            sent[other] = typed[other];
                        }
                        acts.push(Act::Fetches(agent));
                        seen[agent] = needed;
                    }
                    // What is typed now must not run past a place at which the other will need less.
                    if self.must_send_first(*txn, &own, &typed, &sent, &needs) {
                        acts.push(Act::Sends(agent));
                        sent[agent] = typed[agent];
                    }
                    acts.push(Act::Types(agent, *txn));
                    typed[agent] += 1;
                    moved = true;
                }
            }
            assert!(moved, "there is no such order");
        }
        acts
    }

    /// Whether the other agent will have to fetch exactly what this one has typed so far.
    fn must_send_first(
        &self,
        txn: usize,
        own: &[Vec<usize>; 2],
        typed: &[usize; 2],
        sent: &[usize; 2],
        needs: &[usize],
    ) -> bool {
        let agent = self.txns[txn].agent;
        let other = 1 - agent;
        let waits = own[other][typed[other]..].iter().map(|next| needs[*next]);
        let at = typed[agent];
        sent[agent] < at && waits.take_while(|needed| *needed <= at).any(|needed| needed == at)
    }

    fn seen_of_the_other(&self) -> Vec<usize> {
        // Each agent's own transactions follow one another, so counts are enough.
        let mut known: Vec<[usize; 2]> = Vec::with_capacity(self.txns.len());
        for step in &self.txns {
            let mut counts = [0; 2];
            for parent in &step.parents {
                for agent in [0, 1] {
                    let own = usize::from(self.txns[*parent].agent == agent);
                    let through = known[*parent][agent] + own;
                    counts[agent] = counts[agent].max(through);
                }
            }
            known.push(counts);
        }
        let other = self.txns.iter().zip(&known).map(|(step, counts)| counts[1 - step.agent]);
        other.collect()
    }

    /// The agents that typed anything.
    pub fn agents(&self) -> BTreeSet<usize> {
        self.txns.iter().map(|step| step.agent).collect()
    }
}
