//! What to do next, in order: a plain function from a report. The plan knows no check by name; who does a step, how long it takes, what
//! it costs and what comes before it is declared where the checks make their remedies.

use crate::model::finding::Finding;
use crate::model::remediation::{Cost, FollowUp, Remediation, Who};
use crate::report::Report;

mod collect;
mod documents;
mod follow_ups;
mod order;
mod precondition;
mod unknowns;

/// The steps from a report to an account that is ready, in the order in which they are to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan<'a> {
    /// The steps.
    pub steps: Vec<Step<'a>>,
}

/// Why a step is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// Without it the account is not ready.
    Required,
    /// Without it something stays unseen, and what is unseen is never a pass.
    Diagnose,
    /// It works without it, and should be better.
    Recommended,
    /// To see that what was made works.
    Verify,
}

impl StepKind {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            StepKind::Required => "must",
            StepKind::Diagnose => "see",
            StepKind::Recommended => "should",
            StepKind::Verify => "test",
        }
    }
}

/// One thing to do, for all findings that it closes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<'a> {
    /// Why it is there.
    pub need: StepKind,
    /// The findings that it closes; none for a test, or for what belongs to no check.
    pub findings: Vec<&'a Finding>,
    /// What to do.
    pub remedy: Remediation,
    /// Roughly how many minutes it takes.
    pub minutes: u32,
    /// Whether it belongs to other steps: it follows from them, or has to be done before them.
    pub is_follow_up: bool,
}

impl<'a> Step<'a> {
    fn new(need: StepKind, remedy: Remediation) -> Self {
        Step { need, findings: Vec::new(), minutes: remedy.minutes(), remedy, is_follow_up: false }
    }

    fn closes(mut self, findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// Who does it.
    #[must_use]
    pub fn who(&self) -> Who {
        self.remedy.planned.who
    }

    /// What it adds to AWS's bill.
    #[must_use]
    pub fn costs(&self) -> &[Cost] {
        &self.remedy.planned.costs
    }

    /// What resolves by itself, if time pass: before it is done, or afterwards.
    #[must_use]
    pub fn resolves(&self) -> Vec<&str> {
        let told = self.findings.iter().filter_map(|finding| finding.resolves.as_deref());
        let afterwards = self.remedy.planned.then.iter().filter_map(|then| match then {
            FollowUp::Resolves(when) => Some(*when),
            FollowUp::First(_) | FollowUp::Does(_) => None,
        });
        let mut resolves = Vec::new();
        for when in told.chain(afterwards) {
            if !resolves.contains(&when) {
                resolves.push(when);
            }
        }
        resolves
    }
}

impl<'a> Plan<'a> {
    /// What this report asks for.
    #[must_use]
    pub fn of(report: &'a Report) -> Plan<'a> {
        let drafts = precondition::drafts(report).chain(collect::drafts(report)).collect();
        let steps = follow_ups::with_follow_ups(order::ordered(drafts));
        Plan { steps: follow_ups::with_trials(steps, report) }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Roughly how many minutes all of it takes.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.steps.iter().map(|step| step.minutes).sum()
    }

    /// What all of it adds to AWS's bill, in US cents a month, at most.
    #[must_use]
    pub fn monthly_cents(&self) -> u32 {
        self.steps.iter().flat_map(Step::costs).map(|cost| cost.monthly_cents).sum()
    }

    /// What resolves by itself, or once somebody has done what only they can; each once.
    #[must_use]
    pub fn resolves(&self) -> Vec<&str> {
        let mut resolves = Vec::new();
        for when in self.steps.iter().flat_map(Step::resolves) {
            if !resolves.contains(&when) {
                resolves.push(when);
            }
        }
        resolves
    }
}

#[cfg(test)]
mod tests;
