//! The stage before an account creates an organization.

use crate::account::Unavailable;
use crate::model::check::{Precondition, Stage};
use crate::model::membership::Membership;
use crate::model::remediation::{Remediation, Who};

use super::{
    admin_user_mfa, billing_alarm, ec2_ssm_role, multi_region_trail, root_mfa, security_alerts_topic,
    trail_bucket_policy,
};

/// The stage.
pub const SINGLE_ACCOUNT: Stage = Stage {
    id: "single-account",
    title: "Single account",
    ready_to: "create an organization",
    precondition,
    checks: &[
        &root_mfa::CHECK,
        &admin_user_mfa::CHECK,
        &multi_region_trail::CHECK,
        &security_alerts_topic::CHECK,
        &billing_alarm::CHECK,
        &ec2_ssm_role::CHECK,
        &trail_bucket_policy::CHECK,
    ],
    option: "",
    role: "stagecheck",
    settings: &["region", "billing-region", "topic", "threshold"],
};

/// A member account cannot create an organization. Whether it is one is shown in the header and decides nothing while unknown.
fn precondition(membership: &Result<Membership, Unavailable>) -> Precondition {
    match membership {
        Ok(Membership::Member(_)) => Precondition::Fails {
            why: "this account is already a member of an organization".to_owned(),
            remedy: Some(Box::new(leave())),
            outweighs: false,
        },
        Ok(Membership::Management(organization)) => Precondition::Passed {
            already: format!("Already manages organization {}", organization.id),
            next: "`--stage org-foundation`",
        },
        Ok(Membership::Standalone) | Err(_) => Precondition::Holds,
    }
}

fn leave() -> Remediation {
    Remediation::new(
        "Use an account that is in no organization, or leave the organization. A member account can't create an \
         organization",
    )
    .console(
        "AWS Organizations > Leave this organization; it first asks for the account's own contact and \
              payment data",
    )
    .see("https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html")
    .by(Who::Organization)
    .takes(30)
}
