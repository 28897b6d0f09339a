//! Whom no service control policy will ever bind: who can do everything here, users and roles, by the policies themselves.

use super::Change;
use crate::account::{Account, Unavailable};
use crate::analysis::administrator::{Circumstances, Privileges};
use crate::analysis::documents::{Library, Policies, PolicyHolder};
use crate::analysis::escalation::verdict::{Conclusions, Way};
use crate::analysis::paths;

const PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html";

/// A user or a role who is, can become, or may be administrator.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Whether it is a user or a role.
    pub kind: PersonKind,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it comes to.
    pub privilege: Privilege,
    /// What left it open, where it may be administrator.
    pub unavailable: Option<Unavailable>,
}

/// What a person is to IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonKind {
    /// A user.
    User,
    /// A role.
    Role,
}

impl PersonKind {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            PersonKind::User => "user",
            PersonKind::Role => "role",
        }
    }
}

/// What a person's policies come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privilege {
    /// It is administrator.
    Administrator,
    /// It can make itself one.
    CanBecome,
    /// Something unread leaves it open.
    MayBe,
}

impl Privilege {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Privilege::Administrator => "administrator",
            Privilege::CanBecome => "can-become-administrator",
            Privilege::MayBe => "may-be-administrator",
        }
    }
}

pub(super) async fn change(account: &Account) -> Change {
    let mut change = Change::new("service-control-policies", "Service control policies never apply to it", PAGE)
        .says(
            "Service control policies (SCPs) and resource control policies (RCPs) don't apply to the management \
             account: not to its root user, users, roles or resources",
        )
        .says("Declarative policies that are attached to the organization's root do apply to it")
        .says(
            "Who can become an administrator: a user or role whose permissions let it get administrator access, \
             alone or through other users and roles",
        );
    let (users, roles, mut library) = tokio::join!(account.users(), account.roles(), Library::gather(account));
    let mut holders: Vec<PolicyHolder<'_>> = Vec::new();
    match users {
        Ok(users) => holders.extend(users.each().map(PolicyHolder::user)),
        Err(unavailable) => change = change.says("Its users could not be read").lacks(unavailable),
    }
    match roles {
        // Those of AWS's services are bound by no such policy in any account.
        Ok(roles) => holders.extend(
            roles.each().filter(|role| !role.get().path.starts_with("/aws-service-role/")).map(PolicyHolder::role),
        ),
        Err(unavailable) => change = change.says("Its roles could not be read").lacks(unavailable),
    }
    let ((), circumstances) = tokio::join!(library.complete(account, &holders), Circumstances::of(account));
    let conclusions = match users {
        Ok(users) => paths::conclude(account, &library, users, &circumstances).await,
        Err(_) => Conclusions::default(),
    };
    let mut people: Vec<Person> =
        holders.iter().filter_map(|holder| person(&circumstances, &library, &conclusions, holder)).collect();
    people.sort_by(|a, b| (a.privilege, a.kind, &a.name).cmp(&(b.privilege, b.kind, &b.name)));
    change.says(counted(&people)).about(people)
}

impl Change {
    fn about(self, people: Vec<Person>) -> Self {
        Change { people, ..self }
    }
}

fn person(
    circumstances: &Circumstances<'_>,
    library: &Library<'_>,
    conclusions: &Conclusions,
    holder: &PolicyHolder<'_>,
) -> Option<Person> {
    let policies = Policies::of(library, holder);
    let privileges = Privileges::of(&policies, circumstances);
    let reaching = if holder.is_user { &conclusions.reaching_users } else { &conclusions.roles };
    let can_escalate = match reaching.get(holder.arn) {
        Some(Way::Surely(_)) => Ok(true),
        Some(Way::Perhaps(unavailable)) => Err(unavailable.clone()),
        None => privileges.can_become(library),
    };
    let (privilege, unavailable) = match (privileges.administrator(), can_escalate) {
        (Ok(true), _) => (Privilege::Administrator, None),
        (_, Ok(true)) => (Privilege::CanBecome, None),
        (Err(unavailable), _) | (_, Err(unavailable)) => (Privilege::MayBe, Some(unavailable)),
        (Ok(false), Ok(false)) => return None,
    };
    let kind = if holder.is_user { PersonKind::User } else { PersonKind::Role };
    Some(Person { kind, name: holder.name.to_owned(), arn: holder.arn.to_owned(), privilege, unavailable })
}

/// How many of each there are, as far as they were seen.
fn counted(people: &[Person]) -> String {
    let of =
        |privilege, kind| people.iter().filter(|person| person.privilege == privilege && person.kind == kind).count();
    let both = |privilege| match (of(privilege, PersonKind::User), of(privilege, PersonKind::Role)) {
        (0, 0) => None,
        (users, 0) => Some(several(users, "user")),
        (0, roles) => Some(several(roles, "role")),
        (users, roles) => Some(format!("{} and {}", several(users, "user"), several(roles, "role"))),
    };
    let told = [
        both(Privilege::Administrator).map(|who| format!("{who} can do everything")),
        both(Privilege::CanBecome).map(|who| format!("{who} can become an administrator")),
        both(Privilege::MayBe).map(|who| format!("{who} may be an administrator, by a policy that could not be read")),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() { "of those that were read, none is an administrator".to_owned() } else { told.join("; ") }
}

fn several(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
