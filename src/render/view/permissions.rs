//! What an administrator must grant before another audit can tell more.

use std::collections::BTreeSet;
use std::io;

use crate::report::permissions;
use crate::report::{MissingPermission, Report};

/// What the auditor lacks.
pub(crate) struct Permissions {
    /// The actions, each with what denied it where that is known.
    pub(crate) actions: Vec<String>,
    /// A policy that grants what a policy can grant, with the sentence before it.
    pub(crate) policy: Option<(String, String)>,
    /// What no policy grants.
    pub(crate) limit: Option<&'static str>,
}

/// The heading of what the auditor lacks.
pub(crate) const HEADING: &str = "Permissions that the auditor lacks";

/// What the auditor lacks, if anything.
pub(crate) fn permissions(report: &Report) -> io::Result<Option<Permissions>> {
    if report.lacking.is_empty() {
        return Ok(None);
    }
    let actions = report.lacking.iter().map(|MissingPermission { action, denied_by, .. }| {
        if denied_by.is_empty() {
            return (*action).to_owned();
        }
        let denied_by: Vec<&str> = denied_by.iter().copied().collect();
        format!("{action}, denied {}", denied_by.join(" and "))
    });
    let grantable: BTreeSet<&'static str> =
        report.lacking.iter().filter(|lacking| lacking.granting_helps).map(|lacking| lacking.action).collect();
    let policy = if grantable.is_empty() {
        None
    } else {
        let all = grantable.len() == report.lacking.len();
        let grants = if all { "This policy grants them" } else { "This policy grants the others" };
        let sentence = format!("{grants}; `stagecheck iam-policy` prints one with all that an audit needs:");
        Some((sentence, permissions::allowing(grantable)?))
    };
    let limited = report.lacking.iter().any(|lacking| !lacking.denied_by.is_empty());
    let limit = limited.then_some(
        "What a Deny or a limit denies, no further policy of the auditor grants: whoever manages that must let it through",
    );
    Ok(Some(Permissions { actions: actions.collect(), policy, limit }))
}
