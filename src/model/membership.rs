//! An account's place in an organization.

use crate::account::facts::{Caller, Organization};
use crate::account::{Fact, Unavailable};

/// An account's place in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Membership {
    /// In none.
    Standalone,
    /// It manages one already.
    Management(Organization),
    /// It is a member of one: it can't create another while it is.
    Member(Organization),
}

impl Membership {
    /// The place of the caller's account.
    ///
    /// # Errors
    /// Why it is unknown.
    pub fn of(
        organization: Fact<'_, Option<Organization>>,
        caller: Fact<'_, Caller>,
    ) -> Result<Membership, Unavailable> {
        match (organization?.get(), caller) {
            (None, _) => Ok(Membership::Standalone),
            (Some(_), Err(unavailable)) => Err(unavailable.clone()),
            (Some(organization), Ok(caller)) if organization.management_account == caller.get().account => {
                Ok(Membership::Management(organization.clone()))
            }
            (Some(organization), Ok(_)) => Ok(Membership::Member(organization.clone())),
        }
    }
}
