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
pub(crate) const HEADING: &str = "Missing permissions";

/// What the auditor lacks, if anything.
pub(crate) fn permissions(report: &Report) -> io::Result<Option<Permissions>> {
    if report.missing_permissions.is_empty() {
        return Ok(None);
    }
    let actions = report.missing_permissions.iter().map(|MissingPermission { action, denied_by, .. }| {
        if denied_by.is_empty() {
            return (*action).to_owned();
        }
        let denied_by: Vec<&str> = denied_by.iter().copied().collect();
        format!("{action}, denied {}", denied_by.join(" and "))
    });
    let grantable: BTreeSet<&'static str> = report
        .missing_permissions
        .iter()
        .filter(|lacking| lacking.granting_helps)
        .map(|lacking| lacking.action)
        .collect();
    let policy = if grantable.is_empty() {
        None
    } else {
        let all = grantable.len() == report.missing_permissions.len();
        let grants = if all { "This policy grants them" } else { "This policy grants the others" };
        let option = report.stage.option;
        let sentence =
            format!("{grants}; `stagecheck iam-policy{option}` prints one with everything that an audit needs:");
        Some((sentence, permissions::allowing(grantable)?))
    };
    let limited = report.missing_permissions.iter().any(|lacking| !lacking.denied_by.is_empty());
    let limit = limited.then_some(
        "An explicit deny or another limit stays in force whatever the auditor is granted: ask its owner to allow \
         these calls",
    );
    Ok(Some(Permissions { actions: actions.collect(), policy, limit }))
}
