//! What belongs to no check: an account can't create an organization while it is a member of one.

use super::{Step, StepKind};
use crate::model::remediation::{Remediation, Who};
use crate::report::Report;
use crate::report::plan::collect::StepBuilder;

/// The step that leaves an organization.
pub(super) fn drafts(report: &Report) -> impl Iterator<Item = StepBuilder<'_>> {
    let leave = || {
        Remediation::new(
            "Prepare an account that is in no organization, or let this one leave its organization if it can: it can't create one while \
             it is a member",
        )
        .console("AWS Organizations > Leave this organization; it asks for the account's own contact and payment data first")
        .see("https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html")
        .by(Who::Organization)
        .takes(30)
    };
    report
        .is_member()
        .then(|| StepBuilder { step: Step::new(StepKind::Required, leave()), checks: Vec::new() })
        .into_iter()
}
