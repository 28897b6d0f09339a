//! What changes whatever the account contains: its place, its bill, what the organization can do, the email address.

use super::Change;
use crate::account::Unavailable;
use crate::account::facts::Organization;
use crate::model::membership::Membership;
use crate::report::Report;

const CREATE_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html";
const CONCEPTS_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html";
const FEATURES_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_create.html";
const EMAIL_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/about-email-verification.html";

/// Whether it can create one at all.
pub(super) fn whether(membership: &Result<Membership, Unavailable>) -> Change {
    let change = Change::new("organization", "Whether it can create one", CREATE_PAGE);
    match membership {
        Ok(Membership::Standalone) => change.says("The account is in no organization, so it can create one"),
        Ok(Membership::Management(organization)) => {
            change.says(format!("The account already manages organization {}: what follows is true now", organization.id))
        }
        Ok(Membership::Member(organization)) => change
            .says(format!(
                "The account is a member of organization {} (management account {}): it can't create one while it is a member",
                organization.id, organization.management_account
            ))
            // Accounts of AWS's new sign-up ("projects") can't.
            .says("Not every member account can leave its organization; what follows applies once this one is in \
                   none"),
        Err(unavailable) => change
            .says("Membership in an organization could not be read; an account in an organization can't create \
                   another")
            .lacks(unavailable),
    }
}

pub(super) fn management_account(membership: &Result<Membership, Unavailable>) -> Change {
    let becomes = match membership {
        Ok(Membership::Management(_)) => "This account is the management account",
        _ => "This account becomes the management account",
    };
    Change::new("management-account", "It becomes the management account", CONCEPTS_PAGE)
        .says(format!("{becomes}, for as long as the organization exists: no other account can replace it"))
        .says("It pays the bills of all accounts, unless billing transfer makes another account pay them")
        .says("Its administrators can create, invite and remove accounts")
        .says(
            "AWS's Free Tier terms say: creating or joining an organization converts a free account plan to the \
             paid plan and ends its credits",
        )
}

pub(super) fn features(report: &Report) -> Change {
    let change = Change::new("features", "All features, or consolidated billing only", FEATURES_PAGE).says(
        "With all features (AWS's default) it has service control policies and an organization trail; with \
               consolidated billing only, it has one bill and neither of them",
    );
    if let Ok(Membership::Management(organization) | Membership::Member(organization)) = &report.account.membership {
        return change.says(feature_set(organization));
    }
    match &report.account.caller {
        Ok(caller) if caller.partition() == "aws-us-gov" => change.says("In aws-us-gov there are all features only"),
        _ => change,
    }
}

/// Which features an organization has now.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
fn feature_set(organization: &Organization) -> String {
    let id = &organization.id;
    match organization.feature_set.as_deref() {
        Some("ALL") => format!("organization {id} has all features"),
        Some("CONSOLIDATED_BILLING") => format!("organization {id} has consolidated billing only"),
        Some(other) => {
            format!("organization {id} has the feature set {other}, which this version of stagecheck doesn't know")
        }
        None => format!("the feature set of organization {id} is unknown: this snapshot lacks it"),
    }
}

pub(super) fn email() -> Change {
    Change::new("root-email", "The root user's email address must be verified", EMAIL_PAGE)
        .needs("Check that someone reads that mailbox, and that it doesn't belong to one person")
        .says("AWS sends a verification email to the root user's address, unless that address is already verified")
        .says(
            "The link in it is valid for 24 hours and can be sent again; no account can be invited before the \
               address is verified",
        )
        .says("stagecheck can't read that address")
}
