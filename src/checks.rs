//! The stages and their checks, in the order in which they are shown.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

use crate::io::error::Error;
use crate::io::suggest;
use crate::model::check::{Check, Stage};

pub use org_foundation::ORG_FOUNDATION;
pub use single_account::SINGLE_ACCOUNT;

mod admin_user_mfa;
mod billing_alarm;
mod ec2_ssm_role;
mod identity_center;
mod multi_region_trail;
mod org_foundation;
mod organization;
mod organization_trail;
mod organizational_units;
mod root_mfa;
mod scp_protect_root_and_leave;
mod scp_region_lock;
mod security_accounts;
mod security_alerts_topic;
mod single_account;
mod trail_bucket_policy;

/// Every stage, in the order in which an account meets them.
pub const STAGES: &[&Stage] = &[&SINGLE_ACCOUNT, &ORG_FOUNDATION];

/// The first stage that has the check of that ID.
#[must_use]
pub fn stage_with(check: &str) -> Option<&'static Stage> {
    STAGES.iter().copied().find(|stage| stage.checks.iter().any(|one| one.id == check))
}

/// The check of a stage, by its ID.
///
/// # Errors
/// The stage has none of that ID; the error names the stage that has it, or the checks of this one.
pub fn check_of(stage: &Stage, id: &str) -> Result<&'static Check, Error> {
    match (stage.check(id), stage_with(id)) {
        (Err(_), Some(other)) => Err(Error::usage(
            format!("check {id} belongs to stage {}, not to {}", other.id, stage.id),
            format!("add --stage {}, or leave {id} out", other.id),
        )),
        (found, _) => found,
    }
}

/// The stage of that ID; without one, the first.
///
/// # Errors
/// There is none; the error names those that there are.
pub fn stage(id: Option<&str>) -> Result<&'static Stage, Error> {
    let Some(id) = id else { return Ok(&SINGLE_ACCOUNT) };
    STAGES.iter().copied().find(|stage| stage.id == id).ok_or_else(|| {
        let ids: Vec<&str> = STAGES.iter().map(|stage| stage.id).collect();
        let all = format!("the stages are {}", ids.join(", "));
        Error::usage(format!("there is no stage {id:?}"), suggest::did_you_mean(id, ids, &all))
    })
}
