//! What changes whatever the account holds: its place, what the organization can do, the e-mail address.

use super::Change;
use crate::account::Unavailable;
use crate::report::{Membership, Report};

const CREATE_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html";
const CONCEPTS_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html";
const FEATURES_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_create.html";
const EMAIL_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/about-email-verification.html";

/// Whether it can create one at all.
pub(super) fn whether(membership: &Result<Membership, Unavailable>) -> Change {
    let change = Change::new("organization", "Whether it can create one", CREATE_PAGE);
    match membership {
        Ok(Membership::Standalone) => change.says("the account is in no organization, so it can create one"),
        Ok(Membership::Management(organization)) => {
            change.says(format!("the account manages the organization {} already: what follows is so now", organization.id))
        }
        Ok(Membership::Member(organization)) => change.says(format!(
            "the account is a member of the organization {}, managed by {}: it cannot create one of its own unless it leaves that first; \
             what follows is what would be so then",
            organization.id, organization.management_account
        )),
        Err(unavailable) => change
            .says("whether the account is in an organization already was not seen; one that is in one cannot create another")
            .lacks(unavailable),
    }
}

pub(super) fn management_account(membership: &Result<Membership, Unavailable>) -> Change {
    let becomes = match membership {
        Ok(Membership::Management(_)) => "this account is the management account",
        _ => "this account becomes the management account",
    };
    Change::new("management-account", "It becomes the management account", CONCEPTS_PAGE)
        .says(format!("{becomes}, for as long as the organization is: no other account of it can take that place"))
        .says("it pays the bills of all accounts, and whoever is administrator here can create, invite and remove accounts")
}

pub(super) fn features(report: &Report) -> Change {
    let change = Change::new("features", "All features, or consolidated billing only", FEATURES_PAGE)
        .says("with all features (AWS's default) it has service control policies and an organization trail; with consolidated billing \
               only, one bill and neither of them");
    if matches!(report.account.membership, Ok(Membership::Management(_))) {
        return change.says("which of the two this organization has is not among what an audit reads");
    }
    match &report.account.caller {
        Ok(caller) if caller.partition() == "aws-us-gov" => change.says("in aws-us-gov there are all features only"),
        _ => change,
    }
}

pub(super) fn email() -> Change {
    Change::new("root-email", "The root user's e-mail address must be verified", EMAIL_PAGE)
        .says("AWS sends a link to the root user's address, to be opened within 24 hours (later it can be sent again); before that no \
               account can be invited")
        .says("no audit sees that address: see that somebody reads its mailbox, and that it is not one person's")
}
