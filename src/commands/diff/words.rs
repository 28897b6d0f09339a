//! A comparison in words, the same in every form.

use super::change::{Change, Kind, State};
use super::compare::Diff;

/// What became of it, e.g. `pass → fail`.
pub(super) fn transition(change: &Change<'_>) -> String {
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if status(old) == status(new) => match change.kind {
            Kind::Worse => format!("{}, of another resource", status(new)),
            _ => format!("still {}, for another reason", status(new)),
        },
        (Some(old), Some(new)) => format!("{} → {}", status(old), status(new)),
        (None, Some(new)) => format!("new: {}", status(new)),
        (Some(old), None) if change.kind == Kind::Better => format!("{} → gone", status(old)),
        (Some(old), None) => format!("{} → not judged", status(old)),
        (None, None) => String::new(),
    }
}

fn status(state: &State<'_>) -> String {
    match state.waived {
        Some(_) => format!("{}, waived", state.status.word()),
        None => state.status.word().to_owned(),
    }
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
    let verdict = if old == new {
        format!("the verdict stays {}", new.word())
    } else {
        format!("the verdict was {} and is {}", old.word(), new.word())
    };
    let counts: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| (diff.count(kind), kind.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match (diff.got_worse(), counts.is_empty()) {
        (true, true) => format!("it got worse: {verdict}"),
        (true, false) => format!("it got worse: {}; {verdict}", counts.join(", ")),
        (false, true) if old == new => format!("nothing changed; {verdict}"),
        (false, true) => format!("nothing got worse; {verdict}"),
        (false, false) => format!("nothing got worse: {}; {verdict}", counts.join(", ")),
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
