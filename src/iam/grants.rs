//! To whom a resource policy grants something, Denies and conditions counted.
//!
//! Nobody can be asked whether "somebody outside" may do a thing, so representatives are: an account that no policy names, and
//! every account, principal and source that this one does name. Each asks for each action on each kind of resource that the
//! policy tells apart in its context, directly and through access points, and the policy language answers. What hangs on a condition
//! that cannot be decided from outside (an address, a VPC endpoint, an organization) counts as granted. S3 and SNS answer over plain
//! HTTP too, so each chooses whether it asks over HTTPS, and what is granted over either is granted.

use std::collections::BTreeSet;

use jiff::Timestamp;

use self::access_point::{AccessPoint, directly};
use self::answerable::made_answerable;
use self::caller::{Caller, Kind, accounts_named, at, filled, stranger};
use self::kinds::Kinds;
use super::aws_accounts::{LogDelivery, delivering};
use crate::iam::{Context, Decision, Document, Effect, Principal, Principals, Request, Statement, Who, decide};

mod access_point;
mod answerable;
mod caller;
mod kinds;
mod public;
mod size;

pub use public::is_public;
pub use size::is_too_large;

/// A service that no policy names: who speaks for all of them.
pub const ANY_SERVICE: &str = "zzq.amazonaws.com";

/// To whom something is granted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// Everybody.
    World,
    /// Another account, or somebody in it, or everybody through its access points.
    Account(String),
    /// Everybody through this account's access points, and not warn: "", fail: the policies of those say who may.
    AccessPoints,
    /// This account, or somebody in it.
    Own(String),
    /// An AWS service.
    Service(String),
    /// An AWS service that asks as an account of AWS's own.
    Aws {
        /// What it delivers.
        delivery: LogDelivery,
        /// The account's ID, or its canonical user ID.
        account: String,
    },
}

impl Grantee {
    /// An account, by its ID or its canonical user ID, as one that is not this account.
    #[must_use]
    pub fn other_account(id: &str) -> Grantee {
        match delivering(id) {
            Some(delivery) => Grantee::Aws { delivery, account: id.to_owned() },
            None => Grantee::Account(id.to_owned()),
        }
    }
}

/// Whose the resource is.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The account's id.
    pub account: &'a str,
    /// Its partition.
    pub partition: &'a str,
    /// Its canonical id in S3, where it is known.
    pub canonical_id: Option<&'a str>,
    /// The audit's clock, for conditions on time.
    pub now: Timestamp,
}

/// Everybody to whom `policy` grants at least one of `actions` on a part of `resource`, an ARN or the beginning of ARNs with a `*`
/// behind it. Where it is everybody, nobody is told of by name.
#[must_use]
pub fn granted(policy: &Document, actions: &[&str], resource: &str, owner: Owner<'_>) -> BTreeSet<Grantee> {
    let policy = made_answerable(&concerning(policy, actions, resource), owner);
    let points = AccessPoint::all_that_matter(&policy, owner);
    granted_to_those(&policy, actions, resource, owner, &points, |caller| caller.asks(owner))
}

/// The same of a role's trust policy: STS, unlike S3 and SNS, takes no call without credentials, and answers over HTTPS only.
/// <https://docs.aws.amazon.com/general/latest/gr/sts.html>
#[must_use]
pub fn granted_by_sts(policy: &Document, actions: &[&str], resource: &str, owner: Owner<'_>) -> BTreeSet<Grantee> {
    let policy = made_answerable(&concerning(policy, actions, resource), owner);
    let over_https = at(owner).with("aws:SecureTransport", "true");
    granted_to_those(&policy, actions, resource, owner, &[], |caller| match caller.kind {
        Kind::Anonymous => Vec::new(),
        Kind::Principal | Kind::Federated => caller.asks_in(&over_https),
    })
}

fn granted_to_those(
    policy: &Document,
    actions: &[&str],
    resource: &str,
    owner: Owner<'_>,
    points: &[AccessPoint],
    asks: impl Fn(&Caller) -> Vec<Context>,
) -> BTreeSet<Grantee> {
    let question = Question::new(policy, actions, resource);
    let mut granted = BTreeSet::new();
    // The grants to everybody through access points: whom else they take is told of already.
    let mut delegating = BTreeSet::new();
    for caller in Caller::all_that_matter(policy, owner) {
        let to = caller.to(owner);
        if granted.contains(&Grantee::World) || granted.contains(&to) {
            continue;
        }
        let contexts = asks(&caller);
        let direct: Vec<Context> = contexts.iter().cloned().map(directly).collect();
        if question.lets(caller.who(), &direct, &BTreeSet::new()) {
            granted.insert(to);
            continue;
        }
        for point in points {
            let through: Vec<Context> = contexts.iter().cloned().map(|context| point.within(context)).collect();
            if to == Grantee::World {
                let by = question.letting(caller.who(), &through);
                if !by.is_empty() {
                    granted.insert(point.to(owner));
                    delegating.extend(by);
                }
            } else if question.lets(caller.who(), &through, &delegating) {
                granted.insert(to.clone());
                break;
            }
        }
    }
    if granted.contains(&Grantee::World) {
        granted.remove(&Grantee::AccessPoints);
    }
    let mut services = services(policy);
    // Where a grant lets any service in, whoever it may ask for is told of already.
    if granted.is_empty() {
        services.insert(ANY_SERVICE.to_owned());
    }
    for name in services {
        let mut contexts = Vec::new();
        for context in asks_of_service(&name, policy, &question.kinds, owner) {
            contexts.extend(points.iter().map(|point| point.within(context.clone())));
            contexts.push(directly(context));
        }
        if question.lets(Who::Service { names: &[&name] }, &contexts, &BTreeSet::new()) {
            granted.insert(Grantee::Service(name));
        }
    }
    granted
}

/// Whether `policy` lets `who`, a service or an account of AWS's, do one of `actions` on a part of `resource` on behalf of a source of an
/// account that is none of `insiders`. `asking_for` is what the service brings along for a source, by `aws:SourceAccount` and `aws:SourceArn`.
pub fn serves_outsiders(
    policy: &Document,
    (who, actions, resource): (Who<'_>, &[&str], &str),
    owner: Owner<'_>,
    insiders: &[&str],
    asking_for: impl Fn(&str, &str) -> Context,
) -> bool {
    let policy = made_answerable(&concerning(policy, actions, resource), owner);
    let question = Question::new(&policy, actions, resource);
    Caller::all_that_matter(&policy, owner)
        .iter()
        .filter(|caller| !insiders.contains(&caller.account.as_str()))
        .flat_map(|caller| caller.sources.iter().map(|source| asking_for(&caller.account, source)))
        .any(|context| question.lets(who, &[context], &BTreeSet::new()))
}

/// Some actions on all kinds of resources that a policy tells apart.
struct Question<'a> {
    /// The statements, each with a document of its own that names everyone: those that do not fit whoever asks are left out once and
    /// for all, and whom the others name is not asked again for each action and resource.
    statements: Vec<(Statement, Document)>,
    actions: &'a [&'a str],
    kinds: Kinds,
}

impl<'a> Question<'a> {
    fn new(policy: &Document, actions: &'a [&'a str], resource: &str) -> Self {
        let alone = |statement: &Statement| {
            let principals = Some(Principals::Only(vec![Principal::Everyone { bare: true }]));
            let for_everyone = Statement { principals, ..statement.clone() };
            (statement.clone(), Document { statements: vec![for_everyone], ..empty(policy) })
        };
        Question {
            statements: policy.statements.iter().map(alone).collect(),
            actions,
            kinds: Kinds::of(policy, resource),
        }
    }

    /// The statements that are about whoever asks, by their places, but for Allows in `without`.
    fn fitting(&self, who: Who<'_>, without: &BTreeSet<usize>) -> Vec<(usize, &Document)> {
        let fits = |(place, (statement, _)): &(usize, &(Statement, Document))| {
            statement.fits(&who) && (statement.effect == Effect::Deny || !without.contains(place))
        };
        self.statements.iter().enumerate().filter(fits).map(|(place, (_, alone))| (place, alone)).collect()
    }

    /// Whether `who` may do any of it in any of these contexts, as far as anybody can tell from outside, by other Allows than those in
    /// the places `without`.
    fn lets(&self, who: Who<'_>, contexts: &[Context], without: &BTreeSet<usize>) -> bool {
        let fitting: Vec<&Document> = self.fitting(who, without).into_iter().map(|(_, alone)| alone).collect();
        self.any_allowed(&fitting, who, contexts)
    }

    /// The places of the Allows each of which lets `who` do some of it.
    fn letting(&self, who: Who<'_>, contexts: &[Context]) -> BTreeSet<usize> {
        let (denies, allows): (Vec<_>, Vec<_>) =
            self.fitting(who, &BTreeSet::new()).into_iter().partition(|(_, alone)| !has_allow(alone));
        let denies: Vec<&Document> = denies.into_iter().map(|(_, alone)| alone).collect();
        let lets = |allow| self.any_allowed(&[denies.as_slice(), &[allow]].concat(), who, contexts);
        allows.into_iter().filter(|(_, allow)| lets(*allow)).map(|(place, _)| place).collect()
    }

    fn any_allowed(&self, fitting: &[&Document], who: Who<'_>, contexts: &[Context]) -> bool {
        fitting.iter().any(|alone| has_allow(alone))
            && contexts.iter().any(|context| {
                self.kinds.within(context).iter().any(|resource| {
                    self.actions.iter().any(|action| {
                        let request = Request { who, action, resource, context };
                        !matches!(decide(fitting, &request), Decision::Denied { .. })
                    })
                })
            })
    }
}

fn has_allow(document: &Document) -> bool {
    document.statements.iter().any(|statement| statement.effect == Effect::Allow)
}

/// Only the statements that touch any of the actions on any part of the resource.
fn concerning(policy: &Document, actions: &[&str], resource: &str) -> Document {
    let context = Context::new();
    let concerns = |statement: &&Statement| {
        actions.iter().any(|action| statement.touches_action(action))
            && !statement.touches_resource(resource, &context).is_no()
    };
    Document { statements: policy.statements.iter().filter(concerns).cloned().collect(), ..empty(policy) }
}

fn empty(policy: &Document) -> Document {
    Document { version: policy.version, id: policy.id.clone(), statements: Vec::new() }
}

/// What a condition key says of whoever asks, and through what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IdentityKey {
    /// An account's id.
    Account,
    /// The ARN of a principal.
    Principal,
    /// The ARN of a source.
    Source,
    /// The account of the access point.
    PointAccount,
    /// The ARN of the access point.
    PointArn,
}

impl IdentityKey {
    fn of(key: &str) -> Option<IdentityKey> {
        match key.to_lowercase().as_str() {
            "aws:principalaccount" | "aws:sourceaccount" | "aws:sourceowner" => Some(IdentityKey::Account),
            "aws:principalarn" => Some(IdentityKey::Principal),
            "aws:sourcearn" => Some(IdentityKey::Source),
            "s3:dataaccesspointaccount" => Some(IdentityKey::PointAccount),
            "s3:dataaccesspointarn" => Some(IdentityKey::PointArn),
            _ => None,
        }
    }

    fn is_account(self) -> bool {
        matches!(self, IdentityKey::Account | IdentityKey::PointAccount)
    }
}

/// The contexts in which a service may ask. For whom is not known; but where the resources differ by that, it asks for each account that
/// matters, and for none.
fn asks_of_service(name: &str, policy: &Document, kinds: &Kinds, owner: Owner<'_>) -> Vec<Context> {
    const MOST_ACCOUNTS: usize = 40;
    let context = of_service(name, owner);
    let mut accounts = if kinds.vary() { accounts_named(policy, owner) } else { BTreeSet::new() };
    if accounts.is_empty() || accounts.len() > MOST_ACCOUNTS {
        return vec![context];
    }
    accounts.insert(stranger(owner));
    let for_account =
        |account: &String| context.clone().with("aws:SourceAccount", account).with("aws:SourceOwner", account);
    let for_none = context.clone().absent("aws:SourceAccount").absent("aws:SourceOwner");
    accounts.iter().map(for_account).chain([for_none]).collect()
}

fn of_service(name: &str, owner: Owner<'_>) -> Context {
    at(owner)
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", name)
        .absent("aws:PrincipalArn")
        .absent("aws:PrincipalOrgID")
}

/// The services that the policy names, as principals or by `aws:PrincipalServiceName`.
fn services(policy: &Document) -> BTreeSet<String> {
    let mut services = BTreeSet::new();
    for statement in &policy.statements {
        if let Some(Principals::Only(named) | Principals::AllBut(named)) = &statement.principals {
            services.extend(named.iter().filter_map(|principal| match principal {
                Principal::Service(name) => Some(name.clone()),
                _ => None,
            }));
        }
        for condition in &statement.conditions {
            if condition.key.eq_ignore_ascii_case("aws:PrincipalServiceName") {
                services.extend(condition.values.iter().map(|value| filled(value)));
            }
        }
    }
    services
}

#[cfg(test)]
mod tests;
