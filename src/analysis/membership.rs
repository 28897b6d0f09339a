//! The condition keys that name the organization for which an AWS service acts: in a standalone account they are absent.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid>

use std::collections::BTreeSet;

use crate::account::facts::Organization;
use crate::account::{Fact, Unavailable};
use crate::iam::Context;

const ID: &str = "aws:SourceOrgID";
const PATHS: &str = "aws:SourceOrgPaths";

/// The context with what the account's membership decides. The paths of an organization are not known, and without the membership
/// neither key is.
pub fn named_in(context: Context, organization: Fact<'_, Option<Organization>>) -> Context {
    match organization {
        Ok(membership) => match membership.get() {
            Some(organization) => context.with(ID, &organization.id),
            None => context.absent(ID).absent(PATHS),
        },
        Err(_) => context,
    }
}

/// What stands in the way where an answer depends on these keys and the membership was not read.
pub fn missing<'a>(keys: &BTreeSet<String>, organization: Fact<'a, Option<Organization>>) -> Option<&'a Unavailable> {
    let depends = keys.iter().any(|key| key.eq_ignore_ascii_case(ID) || key.eq_ignore_ascii_case(PATHS));
    match organization {
        Err(unavailable) if depends => Some(unavailable),
        Ok(_) | Err(_) => None,
    }
}
