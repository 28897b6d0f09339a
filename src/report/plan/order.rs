//! The order of the steps: by need, then by what the checks and their remedies say that they build on, else as in the report.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Step, StepKind};
use crate::report::plan::collect::StepBuilder;

/// The steps in the order in which they are to be done. What remedies say of each other is nearer to the matter than what their checks
/// say, so it wins where the two contradict each other; and no circle of them loses a step.
pub(super) fn ordered(drafts: Vec<StepBuilder<'_>>) -> Vec<Step<'_>> {
    let mut steps = Vec::with_capacity(drafts.len());
    let mut waiting = drafts;
    for need in [StepKind::Required, StepKind::Diagnose, StepKind::Recommended, StepKind::Verify] {
        let (of_need, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|draft| draft.step.need == need);
        waiting = rest;
        let mut kinds = Kind::all(of_need);
        while let Some(draft) = next(&kinds).and_then(|at| kinds.get_mut(at)?.waiting.pop_front()) {
            steps.push(draft.draft.step);
        }
    }
    steps
}

/// A step with its place in the report.
struct Placed<'a> {
    at: usize,
    draft: StepBuilder<'a>,
}

/// Steps to which the same others are bound, such as those of a thousand users without MFA: what holds of the first holds of all.
struct Kind<'a> {
    waiting: VecDeque<Placed<'a>>,
    /// Of each kind, whether a step of this one follows one of that.
    follows: Vec<bool>,
    /// Of each kind, whether a step of this one follows or builds on one of that.
    builds_on: Vec<bool>,
}

impl<'a> Kind<'a> {
    fn all(drafts: Vec<StepBuilder<'a>>) -> Vec<Kind<'a>> {
        let mut alike: BTreeMap<[BTreeSet<&'static str>; 3], VecDeque<Placed<'a>>> = BTreeMap::new();
        for (at, draft) in drafts.into_iter().enumerate() {
            let after = draft.step.remedy.planned.after.iter().copied().collect();
            let checks = draft.checks.iter().map(|check| check.id).collect();
            let findings = draft.step.findings.iter().map(|finding| finding.id).collect();
            alike.entry([after, checks, findings]).or_default().push_back(Placed { at, draft });
        }
        let firsts: Vec<&StepBuilder<'a>> = alike.values().filter_map(|alike| Some(&alike.front()?.draft)).collect();
        let bonds: Vec<(Vec<bool>, Vec<bool>)> = firsts
            .iter()
            .map(|one| {
                let follows: Vec<bool> = firsts.iter().map(|other| follows(one, other)).collect();
                let builds_on =
                    firsts.iter().zip(&follows).map(|(other, follows)| *follows || builds_on(one, other)).collect();
                (follows, builds_on)
            })
            .collect();
        let kind = |(waiting, (follows, builds_on))| Kind { waiting, follows, builds_on };
        alike.into_values().zip(bonds).map(kind).collect()
    }

    fn place(&self) -> Option<usize> {
        self.waiting.front().map(|first| first.at)
    }
}

/// The kind whose first step is next: of those that no other step has to come before, the first in the report.
fn next(kinds: &[Kind<'_>]) -> Option<usize> {
    let is_free = |at: usize, bonds: &[bool]| {
        !kinds.iter().zip(bonds).enumerate().any(|(other, (kind, bound))| {
            let itself = usize::from(other == at);
            *bound && kind.waiting.len() > itself
        })
    };
    let first = |is_free: &dyn Fn(usize, &Kind<'_>) -> bool| {
        let free = kinds.iter().enumerate().filter(|(at, kind)| is_free(*at, kind));
        let (_, at) = free.filter_map(|(at, kind)| Some((kind.place()?, at))).min()?;
        Some(at)
    };
    first(&|at, kind| is_free(at, &kind.builds_on))
        .or_else(|| first(&|at, kind| is_free(at, &kind.follows)))
        .or_else(|| first(&|_, _| true))
}

/// Whether a remedy says that it comes after another step.
fn follows(draft: &StepBuilder<'_>, other: &StepBuilder<'_>) -> bool {
    let names = |id: &str| {
        other.checks.iter().any(|check| check.id == id) || other.step.findings.iter().any(|finding| finding.id == id)
    };
    draft.step.remedy.planned.after.iter().any(|id| names(id))
}

/// Whether a check says that it builds on another.
fn builds_on(draft: &StepBuilder<'_>, other: &StepBuilder<'_>) -> bool {
    draft.checks.iter().any(|check| check.after.iter().any(|id| other.checks.iter().any(|other| other.id == *id)))
}
