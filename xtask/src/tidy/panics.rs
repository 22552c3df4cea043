//! Outside tests nothing may stop the program, except where a comment or a lint's reason beside the call proves that
//! it cannot fire. Clippy refuses the bare call; this asks for the proof.

use super::{Finding, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| !source.is_test) {
        for stop in source
            .stops
            .iter()
            .filter(|stop| !stop.spot.in_test && !stop.explained)
        {
            let what = format!(
                "{} stands here without a reason why it cannot fire",
                stop.spot.what
            );
            findings.push(source.finding(stop.spot.line, "panic", what));
        }
    }
    findings
}
