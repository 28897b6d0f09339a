//! What follows from the steps: what somebody else has to do before or once they are done, and the trial of what was made.

use super::{Step, StepKind};
use crate::model::remediation::{FollowUp, Remediation};
use crate::report::Report;

/// The steps, each with what somebody else must do: before the first of those that ask for it, or behind the last.
pub(super) fn with_follow_ups(steps: Vec<Step<'_>>) -> Vec<Step<'_>> {
    let mut asked: Vec<(Place, Remediation)> = Vec::new();
    for (place, follow_up) in steps.iter().flat_map(follow_ups) {
        if !asked.iter().any(|(_, known)| known == follow_up) {
            asked.push((place, follow_up.clone()));
        }
    }
    let mut all = steps;
    for (place, remedy) in asked {
        let asking = |step: &&Step<'_>| follow_ups(step).any(|(_, other)| *other == remedy);
        let minutes = remedy.minutes() * all.iter().filter(asking).fold(0, |count, _| count + 1);
        let findings: Vec<_> = all.iter().filter(asking).flat_map(|step| step.findings.iter().copied()).collect();
        let need = all.iter().filter(asking).map(|step| step.need).min().unwrap_or(StepKind::Required);
        // What is needful does not wait for what is only better.
        let asks = |step: &Step<'_>| step.need == need && asking(&step);
        let at = match place {
            Place::Before => all.iter().position(asks),
            Place::Behind => all.iter().rposition(asks).map(|last| last + 1),
        };
        let step = Step { minutes, is_follow_up: true, ..Step::new(need, remedy).closes(findings) };
        all.insert(at.unwrap_or(all.len()), step);
    }
    all
}

/// Where a follow-up stands.
#[derive(Clone, Copy)]
enum Place {
    Before,
    Behind,
}

fn follow_ups<'s>(step: &'s Step<'_>) -> impl Iterator<Item = (Place, &'s Remediation)> {
    step.remedy.planned.then.iter().filter_map(|then| match then {
        FollowUp::First(remedy) => Some((Place::Before, remedy.as_ref())),
        FollowUp::Does(remedy) => Some((Place::Behind, remedy.as_ref())),
        FollowUp::Resolves(_) => None,
    })
}

/// The steps, and at their end how what the checks judge is tried for real. Where nothing is to be done nothing is tried.
pub(super) fn with_trials<'a>(mut steps: Vec<Step<'a>>, report: &'a Report) -> Vec<Step<'a>> {
    if !steps.is_empty() {
        let trials = report.checks.iter().filter_map(|check| check.trial.clone());
        steps.extend(trials.map(|trial| Step::new(StepKind::Verify, trial)));
    }
    steps
}
