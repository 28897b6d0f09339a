//! The stage of an account that manages an organization.

use crate::account::Unavailable;
use crate::model::check::{Precondition, Stage};
use crate::model::membership::Membership;

use super::{
    admin_user_mfa, billing_alarm, identity_center, organization, organization_trail, organizational_units, root_mfa,
    scp_protect_root_and_leave, scp_region_lock, security_accounts, security_alerts_topic,
};
use crate::analysis::standing::of_member;

/// The stage.
pub const ORG_FOUNDATION: Stage = Stage {
    id: "org-foundation",
    title: "Org Foundation",
    ready_to: "build on the organization",
    precondition,
    checks: &[
        &root_mfa::CHECK,
        &admin_user_mfa::CHECK,
        &security_alerts_topic::CHECK,
        &billing_alarm::CHECK,
        &organization::CHECK,
        &organizational_units::CHECK,
        &security_accounts::CHECK,
        &organization_trail::CHECK,
        &scp_protect_root_and_leave::CHECK,
        &scp_region_lock::CHECK,
        &identity_center::CHECK,
    ],
    option: " --stage org-foundation",
    role: "stagecheck-org-foundation",
    settings: &[
        "region",
        "billing-region",
        "topic",
        "threshold",
        "organizational-units",
        "security-ou",
        "log-archive",
        "security-audit",
        "exceptions-ou",
        "allowed-regions",
    ],
};

/// Only the management account can read and change all of an organization. What is to be done about it, a check says.
fn precondition(membership: &Result<Membership, Unavailable>) -> Precondition {
    let fails = |why: String| Precondition::Fails { why, remedy: None, outweighs: true };
    match membership {
        Ok(Membership::Management(_)) => Precondition::Holds,
        Ok(Membership::Standalone) => {
            fails("This account is in no organization. Create one when `stagecheck audit` reports ready".to_owned())
        }
        Ok(Membership::Member(organization)) => fails(of_member(organization)),
        Err(_) => Precondition::Unknown,
    }
}
