//! Who from outside the account can assume a role, by its trust policy alone.
//!
//! *Anyone* is everybody with an AWS account, and everybody with an account at an identity provider that the whole world shares. A
//! condition on an organization holds a grant to that organization, whether this account is in it or not.

use std::collections::BTreeSet;

use super::administrator::Circumstances;
use super::documents::home_of;
use super::own_organization::{Membership, SOME_ORGANIZATION};
use crate::account::facts::Role;
use crate::account::{Cause, Observed, Unavailable};
use crate::iam::arn::Arn;
use crate::iam::grants::{Grantee, Owner, granted_by_sts, is_too_large};
use crate::iam::{Context, Document, Effect, Match, Principal, Principals, Statement};

mod issuer;

/// Every way to assume a role that a trust policy can open.
const ASSUMING: [&str; 3] = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", issuer::BY_WEB_IDENTITY];

const PRINCIPAL_ID: &str = "aws:PrincipalOrgID";
const PRINCIPAL_PATHS: &str = "aws:PrincipalOrgPaths";
const RESOURCE_ID: &str = "aws:ResourceOrgID";
const RESOURCE_PATHS: &str = "aws:ResourceOrgPaths";

/// The role's trust policy.
///
/// # Errors
/// It is not a policy.
pub fn document(role: Observed<'_, Role>) -> Result<Document, Unavailable> {
    let Role { name, trust_policy, .. } = role.get();
    Document::parse(trust_policy).map_err(|error| Unavailable {
        call: role.call().clone(),
        cause: Cause::Malformed { why: format!("The trust policy of role {name} can't be read: {error}") },
    })
}

/// Who from outside can assume a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outsiders {
    /// Which statements let anyone in, by their numbers from 1.
    pub anyone_by: Vec<usize>,
    /// Accounts and organizations by their IDs, and web identities by their names.
    pub others: BTreeSet<String>,
}

impl Outsiders {
    /// Whether there are none.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.anyone_by.is_empty() && self.others.is_empty()
    }
}

/// Who from outside can assume the role of this ARN, by a trust policy of it.
///
/// # Errors
/// The policy is too large, or it hangs on the account's organization, which was not read.
pub fn outsiders(
    trust: &Document,
    role: Observed<'_, Role>,
    circumstances: &Circumstances<'_>,
) -> Result<Outsiders, Unavailable> {
    if is_too_large(trust) || names_too_many_organizations(trust) {
        return Err(role.undetermined("The trust policy is too large to be evaluated"));
    }
    let arn = &role.get().arn;
    let under = |membership| Asking { arn, circumstances, membership }.outsiders(trust);
    let Membership::Unread(why) = circumstances.membership else { return Ok(under(circumstances.membership)) };
    let (standalone, member) = (under(Membership::Standalone), under(Membership::Member("o-zzqzzqzzqx")));
    if standalone == member { Ok(standalone) } else { Err(why.clone()) }
}

/// The identity providers that a trust policy lets in, by their ARNs or names.
#[must_use]
pub fn providers(trust: &Document) -> BTreeSet<&str> {
    let allows = trust.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    allows.flat_map(issuer::named_in).collect()
}

/// Whoever asks is in this organization, there.
struct Origin {
    id: String,
    path: String,
    /// There is no telling who may be in it.
    is_anyones: bool,
}

struct Asking<'a> {
    arn: &'a str,
    circumstances: &'a Circumstances<'a>,
    membership: Membership<'a>,
}

impl Asking<'_> {
    fn outsiders(&self, trust: &Document) -> Outsiders {
        let (is_open, others) = self.let_in_by(trust);
        let mut anyone_by = self.shared_by(trust);
        if is_open {
            anyone_by.extend(self.open_by(trust));
        }
        Outsiders { anyone_by: anyone_by.into_iter().collect(), others }
    }

    /// The statements that let in whoever has an account at a shared identity provider, if any of them lets anybody in.
    fn shared_by(&self, trust: &Document) -> BTreeSet<usize> {
        let denies: Vec<Statement> = denies(trust).cloned().collect();
        let is_shared = |statement: &Statement| issuer::is_shared_with_anyone(statement, &denies);
        let shared = |statement: &&Statement| statement.effect == Effect::Deny || is_shared(statement);
        let statements: Vec<Statement> = trust.statements.iter().filter(shared).cloned().collect();
        let together = Document { statements, version: trust.version, id: None };
        if together.statements.len() == denies.len() || self.granted(&together, None).is_empty() {
            return BTreeSet::new();
        }
        let now = Context::new()
            .with("aws:CurrentTime", self.circumstances.now.to_string())
            .with("aws:EpochTime", self.circumstances.now.as_second().to_string());
        let numbered = trust.statements.iter().zip(1..);
        numbered.filter(|(it, _)| is_shared(it) && !it.condition(&now).is_no()).map(|(_, number)| number).collect()
    }

    /// Which statements of an open trust policy let anyone in: each is asked alone, unless there are too many.
    fn open_by(&self, trust: &Document) -> BTreeSet<usize> {
        // IAM stores 4,096 characters, which are at most some thirty statements.
        const MOST_STATEMENTS: usize = 40;
        let few = trust.statements.len() <= MOST_STATEMENTS;
        let is_open = |statement: &Statement| {
            let statements = denies(trust).chain([statement]).cloned().collect();
            !few || self.let_in_by(&Document { statements, version: trust.version, id: None }).0
        };
        let allows = trust.statements.iter().zip(1..).filter(|(statement, _)| statement.effect == Effect::Allow);
        allows.filter(|(statement, _)| is_open(statement)).map(|(_, number)| number).collect()
    }

    /// Whether a trust policy lets anyone in, and whom else.
    fn let_in_by(&self, trust: &Document) -> (bool, BTreeSet<String>) {
        let mut others = BTreeSet::new();
        for origin in origins(trust, self.membership) {
            for to in self.granted(trust, origin.as_ref()) {
                match (to, &origin) {
                    (Grantee::World, Some(Origin { id, is_anyones: false, .. })) => drop(others.insert(id.clone())),
                    (Grantee::World, _) => return (true, others),
                    (Grantee::Account(account), _) => drop(others.insert(account)),
                    (Grantee::AccessPoints | Grantee::Own(_) | Grantee::Service(_) | Grantee::Aws { .. }, _) => {}
                }
            }
        }
        (false, others)
    }

    fn granted(&self, trust: &Document, origin: Option<&Origin>) -> BTreeSet<Grantee> {
        let (partition, account) = home_of(self.arn);
        let owner = Owner { account, partition, canonical_id: None, now: self.circumstances.now };
        let trust = of_providers(&self.seen_from(trust, origin), partition);
        granted_by_sts(&trust, &ASSUMING, self.arn, owner)
    }

    /// The trust policy as it stands for whoever is in this organization: what it asks about organizations is decided.
    fn seen_from(&self, trust: &Document, origin: Option<&Origin>) -> Document {
        let context = Context::new();
        let context = match origin {
            Some(origin) => context.with(PRINCIPAL_ID, &origin.id).with(PRINCIPAL_PATHS, &origin.path),
            None => context.absent(PRINCIPAL_ID).absent(PRINCIPAL_PATHS),
        };
        let context = match self.membership {
            Membership::Standalone => context.absent(RESOURCE_ID).absent(RESOURCE_PATHS),
            Membership::Member(id) => context.with(RESOURCE_ID, id).carries(RESOURCE_PATHS),
            Membership::Unread(_) => context,
        };
        let seen = trust.statements.iter().filter_map(|statement| {
            let mut seen = statement.clone();
            seen.conditions.clear();
            for condition in &statement.conditions {
                match condition.holds(statement.version, &context) {
                    Match::Yes if is_about_organizations(&condition.key) => {}
                    Match::No if is_about_organizations(&condition.key) => return None,
                    _ => seen.conditions.push(condition.clone()),
                }
            }
            Some(seen)
        });
        Document { version: trust.version, id: None, statements: seen.collect() }
    }
}

fn denies(trust: &Document) -> impl Iterator<Item = &Statement> {
    trust.statements.iter().filter(|statement| statement.effect == Effect::Deny)
}

/// Whether the policy asks for so many organizations that to answer for each would take too long.
fn names_too_many_organizations(trust: &Document) -> bool {
    const MOST: usize = 2_000;
    let conditions = trust.statements.iter().flat_map(|statement| &statement.conditions);
    let asked = conditions.filter(|condition| is_about_organizations(&condition.key));
    let values: usize = asked.map(|condition| condition.values.len()).sum();
    values.saturating_mul(trust.statements.len()) > MOST
}

fn is_about_organizations(key: &str) -> bool {
    [PRINCIPAL_ID, PRINCIPAL_PATHS, RESOURCE_ID, RESOURCE_PATHS].iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// From where somebody may ask, as far as the trust policy tells apart: from no organization, and, where it asks for one, from each
/// that it names and from one that it does not name.
fn origins(trust: &Document, membership: Membership<'_>) -> Vec<Option<Origin>> {
    let conditions = || trust.statements.iter().flat_map(|statement| &statement.conditions);
    let mut origins = vec![None];
    if !conditions().any(|condition| is_about_organizations(&condition.key)) {
        return origins;
    }
    let mut add = |id: &str, path: String, is_anyones| {
        origins.push(Some(Origin { id: id.to_owned(), path, is_anyones }));
    };
    let root = |id: &str| format!("{id}/r-zzqz/ou-zzqz-zzqzzqzz/");
    add(SOME_ORGANIZATION, root(SOME_ORGANIZATION), true);
    if let Membership::Member(id) = membership {
        add(id, root(id), false);
    }
    for condition in conditions() {
        let is_path = condition.key.eq_ignore_ascii_case(PRINCIPAL_PATHS);
        if !is_path && !condition.key.eq_ignore_ascii_case(PRINCIPAL_ID) {
            continue;
        }
        for value in condition.values.iter().filter(|value| !value.contains("${")) {
            let filled = value.replace('*', "zzq").replace('?', "q");
            let id_of = |value: &str| value.split('/').next().unwrap_or_default().to_owned();
            // Organizations are made by whoever likes, so a pattern of IDs is anyone's; and what cannot be an ID holds nobody back.
            let is_anyones = id_of(value).contains(['*', '?']) || !value.starts_with("o-");
            let path = if is_path { filled.clone() } else { root(&filled) };
            add(&id_of(&filled), path, is_anyones);
            if is_anyones && !is_path {
                add(value, root(value), true);
            }
        }
    }
    origins
}

/// The same trust policy, in which a web identity without an ARN is an account of its own, by its name: whoever signs in there is not
/// everybody.
fn of_providers(trust: &Document, partition: &str) -> Document {
    let mut trust = trust.clone();
    for statement in &mut trust.statements {
        let Some(Principals::Only(named) | Principals::AllBut(named)) = &mut statement.principals else { continue };
        for principal in named {
            if let Principal::Federated(name) = principal
                && Arn::parse(name).is_none()
            {
                *name = format!("arn:{partition}:iam::{name}:oidc-provider/{name}");
            }
        }
    }
    trust
}
