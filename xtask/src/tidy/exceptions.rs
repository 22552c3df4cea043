//! The one list of exceptions. Each says why; one that excuses nothing is itself a finding, so the list shrinks by
//! itself.

use super::Finding;

/// A place where a rule does not hold, for a reason.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The rule, as findings name it.
    pub rule: &'static str,
    /// The path that it is excused for.
    pub path: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Every exception there is.
pub const EXCEPTIONS: &[Exception] = &[];

/// The file that the list stands in.
const HERE: &str = "xtask/src/tidy/exceptions.rs";

/// Takes the excused findings away, and adds one for each exception that excused none.
pub(super) fn excuse(findings: Vec<Finding>, exceptions: &[Exception]) -> Vec<Finding> {
    let fits = |exception: &Exception, finding: &Finding| {
        exception.rule == finding.rule && exception.path == finding.path
    };
    let idle = exceptions
        .iter()
        .filter(|exception| !findings.iter().any(|finding| fits(exception, finding)));
    let idle: Vec<Finding> = idle
        .map(|exception| Finding {
            path: HERE.to_owned(),
            line: 1,
            rule: "exception",
            what: format!(
                "the exception from '{}' for {} is needed no more",
                exception.rule, exception.path
            ),
        })
        .collect();
    let excused = |finding: &Finding| exceptions.iter().any(|exception| fits(exception, finding));
    findings
        .into_iter()
        .filter(|finding| !excused(finding))
        .chain(idle)
        .collect()
}
