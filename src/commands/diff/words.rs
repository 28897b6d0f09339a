//! A comparison in words, the same in every form.

use super::change::{Change, Kind, State};
use super::compare::Diff;
use crate::model::status::Status;
use crate::report::Verdict;

/// What became of it, e.g. `pass → fail`.
pub(super) fn transition(change: &Change<'_>) -> String {
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if status(old) == status(new) => match change.kind {
            Kind::Worse => format!("{}, for another resource", status(new)),
            _ => format!("still {}, for another reason", status(new)),
        },
        (Some(old), Some(new)) => format!("{} → {}", status(old), status(new)),
        (None, Some(new)) => format!("new: {}", status(new)),
        (Some(old), None) if change.kind == Kind::Better => format!("{} → gone", status(old)),
        (Some(old), None) => format!("{} → not evaluated", status(old)),
        (None, None) => String::new(),
    }
}

fn status(state: &State<'_>) -> String {
    match state.waived {
        Some(_) => format!("{}, waived", state.status.word()),
        None => state.status.word().to_owned(),
    }
}

/// The requirement and what became of it, e.g. `billing-alarm/region: pass → fail`, or `New failure: root-mfa/mfa`.
pub(super) fn title(change: &Change<'_>) -> String {
    let kind = match (&change.old, &change.new) {
        (None, Some(State { status: Status::Fail, .. })) => "New failure",
        (None, Some(State { status: Status::Unknown, .. })) => "New unknown",
        (None, Some(State { status: Status::Warn, .. })) => "New warning",
        _ => return format!("{}: {}", change.id, transition(change)),
    };
    format!("{kind}: {}", change.id)
}

/// What is so now, or was where it is gone.
pub(super) fn message<'a>(change: &Change<'a>) -> &'a str {
    change.new.or(change.old).map_or("", |state| state.message)
}

/// What was so before, where that says more.
pub(super) fn before<'a>(change: &Change<'a>) -> Option<&'a str> {
    let (old, new) = (change.old?, change.new?);
    (old.message != new.message).then_some(old.message)
}

/// What it is about, and in which region.
pub(super) fn resource<'a>(change: &Change<'a>) -> (Option<&'a str>, Option<&'a str>) {
    change.new.or(change.old).map_or((None, None), |state| (state.resource, state.region))
}

/// Who answers for it now.
pub(super) fn waived(change: &Change<'_>) -> Option<String> {
    let waived = change.new?.waived?;
    Some(format!("by {} until {}: {}", waived.owner, waived.until, waived.reason))
}

/// All of it as one sentence without a full stop.
pub(super) fn headline(diff: &Diff<'_>) -> String {
    let (old, new) = (diff.old.report.verdict, diff.new.report.verdict);
    let verdict =
        if old == new { format!("Still {}", spoken(new)) } else { format!("Was {}, now {}", spoken(old), spoken(new)) };
    let counts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| (diff.count(kind), kind))
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| counted(count, kind))
        .collect();
    let beginning = match (diff.got_worse(), counts.is_empty()) {
        (true, true) => "Worse".to_owned(),
        (true, false) => format!("Worse: {}", counts.join(", ")),
        (false, true) if old == new => "Nothing changed".to_owned(),
        (false, true) => "Nothing got worse".to_owned(),
        (false, false) => format!("Nothing got worse: {}", counts.join(", ")),
    };
    format!("{beginning}. {verdict}")
}

fn counted(count: usize, kind: Kind) -> String {
    match kind {
        Kind::Worse if count == 1 => "1 regression".to_owned(),
        Kind::Worse => format!("{count} regressions"),
        Kind::Better => format!("{count} fixed"),
        Kind::Waived => format!("{count} waived"),
        Kind::Changed => format!("{count} changed"),
    }
}

fn spoken(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "ready",
        Verdict::SelectedPassed => "passed for the selected checks",
        Verdict::NotReady => "not ready",
        Verdict::Undetermined => "undetermined",
    }
}

/// A heading for the changes of a kind.
pub(super) const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Worse => "Worse",
        Kind::Better => "Better",
        Kind::Waived => "Waived",
        Kind::Changed => "Changed",
    }
}
