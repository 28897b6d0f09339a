//! One change, and whether it is for the worse.

use super::document::{Check, Finding, Waived};
use crate::model::status::Status;

/// What a finding, or a check as a whole, comes to on one side.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<'a> {
    pub(super) status: Status,
    pub(super) message: &'a str,
    pub(super) resource: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) waived: Option<&'a Waived>,
}

impl<'a> From<&'a Finding> for State<'a> {
    fn from(finding: &'a Finding) -> Self {
        State {
            status: finding.status,
            message: &finding.message,
            resource: finding.resource.as_deref(),
            region: finding.region.as_deref(),
            // Whatever a file says: only a failure is waived.
            waived: finding.waived.as_ref().filter(|_| finding.status == Status::Fail),
        }
    }
}

impl<'a> From<&'a Check> for State<'a> {
    fn from(check: &'a Check) -> Self {
        State { status: check.status, message: &check.summary, resource: None, region: None, waived: None }
    }
}

/// A change of a finding, or of a check that is not judged any more.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub(super) kind: Kind,
    /// The requirement's id, or the check's.
    pub(super) id: &'a str,
    pub(super) old: Option<State<'a>>,
    pub(super) new: Option<State<'a>>,
}

/// What a change is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It fails or is unseen now, and was better, was not there, or was waived.
    Worse,
    /// It is as it must be, or nearer to that.
    Better,
    /// It fails, and somebody answers for it now.
    Waived,
    /// Neither: other words, a new warning, a failure that is not seen any more.
    Changed,
}

impl Kind {
    pub(super) const ALL: [Kind; 4] = [Kind::Worse, Kind::Better, Kind::Waived, Kind::Changed];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Kind::Worse => "worse",
            Kind::Better => "better",
            Kind::Waived => "waived",
            Kind::Changed => "changed",
        }
    }
}

/// A finding that is on both sides.
pub(super) fn of_both(old: &State<'_>, new: &State<'_>, strict: bool) -> Option<Kind> {
    let moved = old.resource != new.resource && old.resource.is_some() && new.resource.is_some();
    match (old.waived, new.waived) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => return Some(Kind::Waived),
        // What was excused gates again, and be it since nobody can see it.
        (Some(_), None) if gates(new.status, strict) => return Some(Kind::Worse),
        (Some(_), None) => return Some(Kind::Better),
        (None, None) => {}
    }
    match (old.status, new.status) {
        (Status::Fail, Status::Fail) if moved => Some(Kind::Worse),
        (before, after) if before == after => {
            (after != Status::Pass && old.message != new.message).then_some(Kind::Changed)
        }
        (before, after) if after > before => Some(if gates(after, strict) { Kind::Worse } else { Kind::Changed }),
        // It may be as bad as it was.
        (Status::Fail, Status::Unknown) => Some(Kind::Changed),
        _ => Some(Kind::Better),
    }
}

/// A finding that is on the new side only: its subject is new, or the chain is judged further than it was. `check` is what its check came
/// to before, where that was judged.
pub(super) fn of_new(new: &State<'_>, check: Option<Status>, strict: bool) -> Option<Kind> {
    match new.status {
        Status::Pass => None,
        Status::Fail if new.waived.is_some() => Some(Kind::Waived),
        Status::Fail => Some(Kind::Worse),
        // Behind a link that failed or was unseen, one that is unseen now takes nothing away.
        Status::Unknown if check.is_some_and(|check| check < Status::Unknown) => Some(Kind::Worse),
        Status::Warn if strict => Some(Kind::Worse),
        Status::Unknown | Status::Warn => Some(Kind::Changed),
    }
}

/// A finding that is on the old side only: its subject is gone, or the chain is not judged as far as it was. `check` is what its check
/// comes to now, and `judged` whether its requirement still is.
pub(super) fn of_old(old: &State<'_>, check: Status, judged: bool) -> Option<Kind> {
    match old.status {
        Status::Pass | Status::Warn => None,
        _ if check < Status::Unknown => Some(Kind::Better),
        Status::Fail if judged && old.resource.is_some() => Some(Kind::Better),
        Status::Fail | Status::Unknown => Some(Kind::Changed),
    }
}

fn gates(status: Status, strict: bool) -> bool {
    status >= Status::Unknown || (strict && status == Status::Warn)
}
