//! Which organization the account is in, as far as conditions on `aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` ask for it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid>

use std::collections::BTreeSet;

use crate::account::facts::Organization;
use crate::account::{Fact, Unavailable};
use crate::iam::{Context, Statement};

const ID: &str = "aws:PrincipalOrgID";
const PATHS: &str = "aws:PrincipalOrgPaths";

/// An organization that no policy names.
pub const SOME_ORGANIZATION: &str = "o-zzqzzqzzqz";

/// Whether the account is in an organization.
#[derive(Debug, Clone, Copy)]
pub enum Membership<'a> {
    /// It is in none.
    Standalone,
    /// It is in the one with this ID.
    Member(&'a str),
    /// `DescribeOrganization` could not be read.
    Unread(&'a Unavailable),
}

impl<'a> Membership<'a> {
    /// What the fact says.
    #[must_use]
    pub fn of(organization: Fact<'a, Option<Organization>>) -> Self {
        match organization.map(|organization| organization.get().as_ref()) {
            Ok(None) => Membership::Standalone,
            Ok(Some(organization)) => Membership::Member(&organization.id),
            Err(unavailable) => Membership::Unread(unavailable),
        }
    }

    /// The context of a request by one of the account's principals.
    #[must_use]
    pub fn bring(self, context: Context) -> Context {
        match self {
            Membership::Standalone => context.absent(ID).absent(PATHS),
            Membership::Member(id) => context.with(ID, id).carries(PATHS),
            Membership::Unread(_) => context.undecidable(ID).undecidable(PATHS),
        }
    }

    /// The answer that is the same whatever the membership may be; `named` are the organizations that the policies ask for.
    ///
    /// # Errors
    /// The membership was not read, and the answer depends on it.
    pub fn settle<T: PartialEq>(
        self,
        named: &BTreeSet<String>,
        context: &Context,
        ask: impl Fn(&Context) -> Result<T, Unavailable>,
    ) -> Result<T, Unavailable> {
        let Membership::Unread(why) = self else { return ask(context) };
        let first = ask(&Membership::Standalone.bring(context.clone()));
        let is_same = |id: &String| ask(&Membership::Member(id).bring(context.clone())) == first;
        if named.iter().all(is_same) { first } else { Err(why.clone()) }
    }
}

/// The organizations that these statements ask for, and one that they do not; none where they ask for no organization.
pub fn organizations_in<'s>(statements: impl IntoIterator<Item = &'s Statement>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for condition in statements.into_iter().flat_map(|statement| &statement.conditions) {
        if [ID, PATHS].iter().any(|key| condition.key.eq_ignore_ascii_case(key)) {
            named.insert(SOME_ORGANIZATION.to_owned());
            let ids = condition.values.iter().map(|value| value.split('/').next().unwrap_or(value));
            named.extend(ids.filter(|id| !id.contains(['*', '?', '$'])).map(str::to_owned));
        }
    }
    named
}
