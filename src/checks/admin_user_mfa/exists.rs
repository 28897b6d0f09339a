//! `/exists`: one administrator with MFA who can sign in is enough.

use super::suspect::AdminCandidate;
use crate::account::Unavailable;
use crate::analysis::tristate;
use crate::model::finding::{Outcome, Subject};

/// The pass, and whom it is about.
pub(super) struct Found {
    pub(super) subject: Subject,
    pub(super) outcome: Outcome,
}

/// The pass, if there is one; `None` where there surely is none.
pub(super) fn judge(suspects: &[AdminCandidate<'_>]) -> Result<Option<Found>, Unavailable> {
    let stands = |suspect: &AdminCandidate<'_>| {
        tristate::all([suspect.standing.administrator.clone(), suspect.has_device(), suspect.can_sign_in()])
    };
    let mut standing: Vec<&AdminCandidate<'_>> =
        suspects.iter().filter(|suspect| stands(suspect) == Ok(true)).collect();
    standing.sort_by_key(|suspect| suspect.name());
    let Some((first, others)) = standing.split_first() else {
        tristate::any(suspects.iter().map(stands))?;
        return Ok(None);
    };
    let beside = match others.len() {
        0 => String::new(),
        1 => " (and 1 other)".to_owned(),
        more => format!(" (and {more} others)"),
    };
    let message = format!("User `{}` is an administrator, has MFA and can sign in{beside}", first.name());
    let brief = format!("{}: administrator, MFA, can sign in", first.name());
    let outcome = Outcome::pass(message, first.evidence()).brief(brief);
    Ok(Some(Found { subject: first.subject(), outcome }))
}
