//! The stages and their checks, in the order in which they are shown.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

use crate::model::check::Stage;

mod admin_user_mfa;
mod billing_alarm;
mod ec2_ssm_role;
mod multi_region_trail;
mod root_mfa;
mod security_alerts_topic;
mod trail_bucket_policy;

/// The stage before an account becomes an organization.
pub const SINGLE_ACCOUNT: Stage = Stage {
    id: "single-account",
    ready_to: "become an Organization",
    checks: &[
        &root_mfa::CHECK,
        &admin_user_mfa::CHECK,
        &multi_region_trail::CHECK,
        &security_alerts_topic::CHECK,
        &billing_alarm::CHECK,
        &ec2_ssm_role::CHECK,
        &trail_bucket_policy::CHECK,
    ],
};

/// Every stage, in the order in which an account meets them.
pub const STAGES: &[&Stage] = &[&SINGLE_ACCOUNT];
