//! Whether the account that is audited manages an organization, for the checks that need one.

use crate::account::facts::{Caller, Organization};
use crate::account::{Fact, Observed, Unavailable};
use crate::model::finding::{CheckResult, Evidence, Outcome, Requirement, Subject};

/// The account's place in an organization, with the facts that say so.
#[derive(Debug, Clone)]
pub enum Standing<'a> {
    /// It is in no organization.
    Standalone(Observed<'a, Option<Organization>>),
    /// It is a member of one.
    Member(Observed<'a, Organization>),
    /// It manages one; or it is unknown who asks, and then what is read is that of the organization.
    Management(Observed<'a, Organization>),
    /// The organization is unknown.
    Unknown(Unavailable),
}

impl<'a> Standing<'a> {
    /// What the facts say. A member that may list accounts (a delegated administrator) is a member.
    #[must_use]
    pub fn of(organization: Fact<'a, Option<Organization>>, caller: Fact<'a, Caller>) -> Self {
        let fact = match organization {
            Ok(fact) => fact,
            Err(unavailable) => return Standing::Unknown(unavailable.clone()),
        };
        match (fact.present(), caller) {
            (None, _) => Standing::Standalone(fact),
            (Some(organization), Ok(caller)) if caller.get().account != organization.get().management_account => {
                Standing::Member(organization)
            }
            (Some(organization), Ok(_) | Err(_)) => Standing::Management(organization),
        }
    }

    /// What a check of the organization finds where this account manages none: one finding of its first requirement. `None`: it manages
    /// one, or that is unknown.
    #[must_use]
    pub fn without_organization(&self, first: &Requirement) -> Option<CheckResult> {
        let finding = match self {
            Standing::Standalone(organization) => first.judge(&Subject::account(), || {
                let evidence = Evidence::new(*organization, "organization", None::<&str>);
                Ok(Outcome::consequence("There is no organization", evidence))
            }),
            Standing::Member(organization) => {
                let why = format!("This account is a member of {}", organization.get().id);
                first.unknown(&Subject::account(), &organization.undetermined(why))
            }
            Standing::Management(_) | Standing::Unknown(_) => return None,
        };
        Some(vec![finding].into())
    }

    /// The organization.
    ///
    /// # Errors
    /// Why it is unknown; of a standalone account too.
    pub fn organization(&self) -> Result<Observed<'a, Organization>, Unavailable> {
        match self {
            Standing::Member(organization) | Standing::Management(organization) => Ok(*organization),
            Standing::Standalone(organization) => Err(organization.undetermined("the account is in no organization")),
            Standing::Unknown(unavailable) => Err(unavailable.clone()),
        }
    }
}

/// What a member account is told.
#[must_use]
pub fn of_member(organization: &Organization) -> String {
    format!(
        "This account is a member of {}. Use credentials of management account {}",
        organization.id, organization.management_account
    )
}
