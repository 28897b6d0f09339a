//! The step of the stage's precondition, which belongs to no check.

use super::{Step, StepKind};
use crate::model::check::Precondition;
use crate::report::Report;
use crate::report::plan::collect::StepBuilder;

/// The step that makes the account one that the stage is for.
pub(super) fn drafts(report: &Report) -> impl Iterator<Item = StepBuilder<'_>> {
    let remedy = match report.precondition() {
        Precondition::Fails { remedy, .. } => remedy,
        Precondition::Holds | Precondition::Passed { .. } | Precondition::Unknown => None,
    };
    remedy.map(|remedy| StepBuilder { step: Step::new(StepKind::Required, *remedy), checks: Vec::new() }).into_iter()
}
