//! All of IAM as it was read, in the form in which paths are looked for.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::mode::{self, Mode};
use super::resource::Home;
use crate::account::facts::{Group, ManagedPolicy, Role, User};
use crate::account::operation::Operation;
use crate::account::{Call, Cause, Fact, Observed, Unavailable};
use crate::analysis::administrator::Circumstances;
use crate::analysis::documents::listed::{VersionRead, versions};
use crate::analysis::documents::{Library, Origin, Policies, Policy, PolicyHolder, home_of};
use crate::analysis::own_organization::Membership;
use crate::iam::{Choice, Context, Document, Effect, Statement, Version};

/// A user or a role.
pub struct Principal<'l> {
    /// As whom it is evaluated.
    pub holder: PolicyHolder<'l>,
    /// Its policies, those of its groups too, and its boundary.
    pub policies: Policies<'l>,
    /// Its groups, of a user.
    pub groups: &'l [String],
    /// Its trust policy, of a role.
    pub trust: Option<Result<Document, Unavailable>>,
    /// Whether an instance profile contains it.
    pub in_profile: bool,
    /// Its path, of a role.
    pub path: &'l str,
    contexts: [OnceCell<Context>; 5],
}

impl Principal<'_> {
    /// What is known of its requests in a mode, made once.
    pub(super) fn context(&self, mode: Mode, circumstances: &Circumstances<'_>) -> &Context {
        let [key, session, mfa, role, role_mfa] = &self.contexts;
        let cell = match mode {
            Mode::Key => key,
            Mode::Session => session,
            Mode::Mfa => mfa,
            Mode::Role => role,
            Mode::RoleMfa => role_mfa,
        };
        cell.get_or_init(|| mode::context(&self.holder, mode, circumstances))
    }

    /// Whether only its own service assumes it and can change it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// Whether only AWS can modify it, as it does for IAM Identity Center.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.is_service_linked() || self.path.starts_with("/aws-reserved/")
    }
}

/// A managed policy that can be attached, be it attached to anybody or not.
pub struct Listed<'l> {
    /// As whoever it is attached to would have it.
    pub policy: Policy<'l>,
    /// Its ARN.
    pub arn: &'l str,
    /// Its other versions with their documents; `None`: not collected.
    pub versions: Option<Vec<VersionRead<'l>>>,
}

/// A group.
pub struct Joinable<'l> {
    /// Its name.
    pub name: &'l str,
    /// Its ARN.
    pub arn: &'l str,
    /// What it gives to its members.
    pub policies: Vec<Policy<'l>>,
}

/// All of IAM as it was read.
pub struct Estate<'l> {
    /// The clock, and what is known of the organization.
    pub circumstances: Circumstances<'l>,
    /// The partition, of the first ARN.
    pub partition: &'l str,
    /// The account.
    pub account: &'l str,
    /// Users first, then roles; service-linked ones are left out.
    pub principals: Vec<Principal<'l>>,
    /// All groups, or why they are not known.
    pub groups: Result<Vec<Joinable<'l>>, Unavailable>,
    /// The managed policies that are listed, by ARN.
    pub listed: BTreeMap<&'l str, Listed<'l>>,
    /// Whether there may be customer managed policies that are not listed.
    pub(super) may_be_unlisted: bool,
    /// Why roles are not known.
    pub unread_roles: Option<Unavailable>,
    /// Why the versions of a policy are not known where they were not collected.
    pub(super) uncollected: Unavailable,
    pub(super) stock: Stock,
}

/// Documents that nobody wrote.
pub(super) struct Stock {
    pub(super) allow_all: Document,
    pub(super) deny_all: Document,
    pub(super) nothing: Document,
}

fn all(effect: Effect, action: &str) -> Document {
    let statement = Statement {
        sid: None,
        effect,
        principals: None,
        actions: Choice::Only(vec![action.to_owned()]),
        resources: Some(Choice::Only(vec!["*".to_owned()])),
        conditions: Vec::new(),
        version: Version::V2012,
    };
    Document { version: Version::V2012, id: None, statements: vec![statement] }
}

impl Stock {
    fn new() -> Self {
        let nothing = Document { version: Version::V2012, id: None, statements: Vec::new() };
        Stock { allow_all: all(Effect::Allow, "*"), deny_all: all(Effect::Deny, "*"), nothing }
    }
}

/// What an estate is made of: the listings as the account tells them.
pub struct Listings<'a> {
    /// All users.
    pub users: Observed<'a, Vec<User>>,
    /// All roles.
    pub roles: Fact<'a, Vec<Role>>,
    /// All groups.
    pub groups: Fact<'a, Vec<Group>>,
    /// The customer managed policies.
    pub customer: Fact<'a, Vec<ManagedPolicy>>,
    /// The AWS managed policies in use.
    pub aws: Fact<'a, Vec<ManagedPolicy>>,
}

impl<'l> Estate<'l> {
    /// Puts together what the listings and the library of their documents hold.
    #[must_use]
    pub fn of(library: &'l Library<'l>, listings: &Listings<'l>, circumstances: Circumstances<'l>) -> Self {
        let mut principals: Vec<Principal<'l>> = listings.users.each().map(|user| user_of(library, user)).collect();
        let mut unread_roles = None;
        match listings.roles {
            Ok(roles) => {
                let linked = |role: &Observed<'_, Role>| role.get().path.starts_with("/aws-service-role/");
                principals.extend(roles.each().filter(|role| !linked(role)).map(|role| role_of(library, role)));
            }
            Err(unavailable) => unread_roles = Some(unavailable.clone()),
        }
        let groups = match listings.groups {
            Ok(groups) => Ok(groups
                .get()
                .iter()
                .map(|group| Joinable {
                    name: &group.name,
                    arn: &group.arn,
                    policies: library.policies_of_group(&group.name),
                })
                .collect()),
            Err(unavailable) => Err(unavailable.clone()),
        };
        let mut listed = BTreeMap::new();
        for policies in [listings.customer, listings.aws] {
            // A listing that failed lists nothing; whoever has one of its policies has an unread one.
            let Ok(policies) = policies else { continue };
            for policy in policies.get() {
                let versions = versions(policy);
                let arn = policy.arn.as_str();
                listed.insert(arn, Listed { policy: library.attachable(&policy.name, arn), arn, versions });
            }
        }
        let (partition, account) = principals.first().map_or(("aws", ""), |principal| home_of(principal.holder.arn));
        let stock = Stock::new();
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("customer managed policies");
        let (uncollected, may_be_unlisted) = match listings.customer {
            Ok(_) => (Unavailable { call, cause: Cause::NotCollected }, false),
            Err(unavailable) => (unavailable.clone(), true),
        };
        Estate {
            circumstances,
            partition,
            account,
            principals,
            groups,
            listed,
            may_be_unlisted,
            unread_roles,
            uncollected,
            stock,
        }
    }

    /// Whether all of it was read: then what is unread makes no difference.
    pub(super) fn is_all_read(&self) -> bool {
        let is_read = |policy: &Policy<'_>| policy.document.as_ref().err().is_none();
        let of_principal = |principal: &Principal<'_>| {
            principal.policies.identity().iter().chain(principal.policies.boundary()).all(is_read)
                && !matches!(principal.trust, Some(Err(_)))
        };
        let of_listed = |listed: &Listed<'_>| {
            let is_customers = listed.policy.origin == Origin::Customer;
            let versions =
                listed.versions.as_ref().map(|versions| versions.iter().all(|(_, read)| read.as_ref().err().is_none()));
            is_read(&listed.policy) && (!is_customers || versions == Some(true))
        };
        let of_groups =
            matches!(&self.groups, Ok(groups) if groups.iter().flat_map(|group| &group.policies).all(is_read));
        of_groups
            && !self.may_be_unlisted
            && !matches!(self.circumstances.membership, Membership::Unread(_))
            && self.principals.iter().all(of_principal)
            && self.listed.values().all(of_listed)
    }

    /// Where its ARNs are.
    #[must_use]
    pub fn home(&self) -> Home<'l> {
        Home { partition: self.partition, account: self.account }
    }
}

fn user_of<'l>(library: &'l Library<'l>, user: Observed<'l, User>) -> Principal<'l> {
    let holder = PolicyHolder::user(user);
    Principal {
        holder,
        policies: Policies::of(library, &holder),
        groups: &user.get().groups,
        trust: None,
        in_profile: false,
        path: "/",
        contexts: [const { OnceCell::new() }; 5],
    }
}

fn role_of<'l>(library: &'l Library<'l>, role: Observed<'l, Role>) -> Principal<'l> {
    let holder = PolicyHolder::role(role);
    let Role { name, trust_policy, path, instance_profiles, .. } = role.get();
    let trust = Document::parse(trust_policy).map_err(|error| Unavailable {
        call: role.call().clone(),
        cause: Cause::Malformed { why: format!("The trust policy of role {name} can't be read: {error}") },
    });
    Principal {
        holder,
        policies: Policies::of(library, &holder),
        groups: &[],
        trust: Some(trust),
        in_profile: !instance_profiles.is_empty(),
        path,
        contexts: [const { OnceCell::new() }; 5],
    }
}
