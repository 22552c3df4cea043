//! Recordings of real people typing, and an order in which the two of a concurrent one can be typed
//! again by phones of which each has seen exactly what its writer had seen.

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
    /// An order in which each transaction is typed when its agent has seen exactly its parents. A phone
    /// sends all that it has and fetches all that was sent, so an agent sends at each place at which the
    /// other will want to have seen it, before it types on; and it waits there until the other has
    /// fetched what was sent before.
    pub fn order_for_two(&self) -> Vec<Act> {
        assert_eq!(self.num_agents, 2, "two phones");
        let of = |agent| (0..self.txns.len()).filter(move |txn| self.txns[*txn].agent == agent);
        let needs = self.seen_of_the_other();
        let mut walk = Walk {
            own: [of(0).collect(), of(1).collect()],
            needs: &needs,
            typed: [0; 2],
            sent: [0; 2],
            seen: [0; 2],
            acts: Vec::with_capacity(self.txns.len() * 2),
        };
        while walk.left(0) || walk.left(1) {
            let before = walk.acts.len();
            for agent in [0, 1] {
                while walk.step(agent) {}
            }
            assert!(walk.acts.len() > before, "there is no such order");
        }
        walk.acts
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
        let other = self
            .txns
            .iter()
            .zip(&known)
            .map(|(step, counts)| counts[1 - step.agent]);
        other.collect()
    }
}

/// How far both have come.
struct Walk<'a> {
    own: [Vec<usize>; 2],
    /// For each transaction, how many of the other agent's come before it.
    needs: &'a [usize],
    typed: [usize; 2],
    sent: [usize; 2],
    seen: [usize; 2],
    acts: Vec<Act>,
}

impl Walk<'_> {
    fn left(&self, agent: usize) -> bool {
        self.typed[agent] < self.own[agent].len()
    }

    /// What the agent has still to see, transaction by transaction.
    fn to_come(&self, agent: usize) -> impl Iterator<Item = usize> {
        self.own[agent][self.typed[agent]..]
            .iter()
            .map(|txn| self.needs[*txn])
    }

    /// One more transaction of an agent, with the fetch and the send that it takes; false where it has
    /// to wait.
    fn step(&mut self, agent: usize) -> bool {
        let other = 1 - agent;
        let (next, at) = (self.to_come(agent).next(), self.typed[agent]);
        // What the next one needs may be fetched as soon as it is there.
        if let Some(needed) = next.filter(|needed| self.seen[agent] < *needed && self.sent[other] >= *needed)
        {
            assert_eq!(self.sent[other], needed, "the other has sent too much");
            self.acts.push(Act::Fetches(agent));
            self.seen[agent] = needed;
            return true;
        }
        if self.sent[agent] < at && self.to_come(other).find(|needed| *needed >= at) == Some(at) {
            // The other wants to have seen exactly this, and perhaps something before it.
            let unseen = self.to_come(other).find(|needed| *needed > self.seen[other]);
            if unseen != Some(at) {
                return false;
            }
            self.acts.push(Act::Sends(agent));
            self.sent[agent] = at;
            return true;
        }
        let Some(needed) = next.filter(|needed| self.seen[agent] >= *needed) else {
            return false;
        };
        assert_eq!(self.seen[agent], needed, "the agent has seen too much");
        self.acts
            .push(Act::Types(agent, self.own[agent][self.typed[agent]]));
        self.typed[agent] += 1;
        true
    }
}
