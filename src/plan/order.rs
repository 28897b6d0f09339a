//! The order of the steps: by need, then by what the checks and their remedies say that they build on, else as in the report.

use super::gather::Draft;
use super::{Need, Step};

/// The steps in the order in which they are to be done. What remedies say of each other is nearer to the matter than what their checks
/// say, so it wins where the two contradict each other; and no circle of them loses a step.
pub(super) fn ordered(drafts: Vec<Draft<'_>>) -> Vec<Step<'_>> {
    let mut steps = Vec::with_capacity(drafts.len());
    let mut waiting = drafts;
    for need in [Need::Must, Need::See, Need::Should, Need::Test] {
        let (mut of_need, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|draft| draft.step.need == need);
        waiting = rest;
        while !of_need.is_empty() {
            let is_free = |by: fn(&Draft<'_>, &Draft<'_>) -> bool| {
                of_need
                    .iter()
                    .position(|draft| !of_need.iter().any(|other| !std::ptr::eq(other, draft) && by(draft, other)))
            };
            let next = is_free(|draft, other| follows(draft, other) || builds_on(draft, other))
                .or_else(|| is_free(follows))
                .unwrap_or(0);
            steps.push(of_need.remove(next).step);
        }
    }
    steps
}

/// Whether a remedy says that it comes after another step.
fn follows(draft: &Draft<'_>, other: &Draft<'_>) -> bool {
    let names = |id: &str| {
        other.checks.iter().any(|check| check.id == id) || other.step.findings.iter().any(|finding| finding.id == id)
    };
    draft.step.remedy.planned.after.iter().any(|id| names(id))
}

/// Whether a check says that it builds on another.
fn builds_on(draft: &Draft<'_>, other: &Draft<'_>) -> bool {
    draft.checks.iter().any(|check| check.after.iter().any(|id| other.checks.iter().any(|other| other.id == *id)))
}
