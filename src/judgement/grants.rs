//! To whom a resource policy grants something, Denies and conditions counted.
//!
//! Nobody can be asked whether "somebody outside" may do a thing, so representatives are: an account that no policy names, and
//! every account, principal and source that this one does name. Each asks for each action on each kind of resource that the
//! policy tells apart, and the policy language answers. What hangs on a condition that cannot be decided from outside (an
//! address, a VPC endpoint, an organization) counts as granted.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::arn::Arn;
use crate::policy::{
    Choice, Condition, Context, Decision, Document, Effect, Principal, Principals, Request, SetOperator, Statement,
    Test, Who, decide, matches_resource, overlaps_resource,
};

/// An account id that no policy names, and no account has: of an id's length, but not of digits.
const UNNAMED_ACCOUNT: &str = "zzqzzqzzqzzq";

/// What a wildcard is filled with: nothing that a policy means by name.
const FILLER: &str = "zzq";

/// To whom something is granted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// Everybody.
    World,
    /// Another account, or somebody in it.
    Account(String),
    /// This account, or somebody in it.
    Own(String),
    /// An AWS service.
    Service(String),
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

/// Everybody to whom `policy` grants at least one of `actions` on a part of `resource`, an ARN or a pattern of ARNs.
#[must_use]
pub fn granted(policy: &Document, actions: &[&str], resource: &str, owner: Owner<'_>) -> BTreeSet<To> {
    let policy = with_accounts_for_canonical_ids(policy, owner);
    let policy = concerning(&policy, actions, resource);
    let allows = || policy.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    if allows().next().is_none() {
        return BTreeSet::new();
    }
    let resources = kinds_of_resource(&policy, resource);
    let may = |who: Who<'_>, context: &Context| {
        resources.iter().any(|resource| {
            actions.iter().any(|action| {
                let request = Request { who, action, resource, context };
                !matches!(decide(&[&policy], &request), Decision::Denied { .. })
            })
        })
    };

    let mut granted = BTreeSet::new();
    for caller in Caller::all_that_matter(&policy, owner) {
        let to = caller.to(owner);
        if granted.contains(&to) || (to != To::World && !caller.is_own(owner) && granted.contains(&To::World)) {
            continue;
        }
        if caller.asks(owner).into_iter().any(|context| may(caller.who(), &context)) {
            granted.insert(to);
        }
    }
    for name in services(allows()) {
        let names = [name.as_str()];
        if may(Who::Service { names: &names }, &of_service(&name, owner)) {
            granted.insert(To::Service(name));
        }
    }
    granted
}

/// Sources of other accounts on whose behalf a service may ask, as (account, `aws:SourceArn`): one of an account that no policy
/// names, and all that this one does name.
#[must_use]
pub fn other_sources(policy: &Document, owner: Owner<'_>) -> Vec<(String, String)> {
    let callers = Caller::all_that_matter(policy, owner).into_iter().filter(|caller| !caller.is_own(owner));
    let of = |caller: Caller| {
        let account = caller.account;
        caller.sources.into_iter().map(move |source| (account.clone(), source))
    };
    callers.flat_map(of).collect()
}

/// Whether `policy` is public in S3's sense: it grants the world something, and no condition holds that to fixed values.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
#[must_use]
pub fn is_public(policy: &Document) -> bool {
    policy.statements.iter().any(|statement| {
        let names_everyone = match &statement.principals {
            Some(Principals::Only(named)) => {
                named.iter().any(|principal| matches!(principal, Principal::Everyone { .. }))
            }
            Some(Principals::AllBut(_)) => true,
            None => false,
        };
        statement.effect == Effect::Allow && names_everyone && !statement.conditions.iter().any(holds_to_fixed_values)
    })
}

/// The condition keys whose fixed values make a grant to the world not public for S3.
const FIXED_VALUE_KEYS: [&str; 15] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

fn holds_to_fixed_values(condition: &Condition) -> bool {
    let is_positive = matches!(
        condition.operator.test,
        Test::StringEquals
            | Test::StringEqualsIgnoreCase
            | Test::StringLike
            | Test::ArnEquals
            | Test::ArnLike
            | Test::IpAddress
    );
    is_positive
        && !condition.operator.if_exists
        && condition.operator.set != Some(SetOperator::ForAllValues)
        && FIXED_VALUE_KEYS.contains(&condition.key.to_lowercase().as_str())
        && condition.values.iter().all(|value| !value.contains(['*', '?', '$']) && !is_every_address(value))
}

fn is_every_address(value: &str) -> bool {
    value.ends_with("/0")
}

/// Only the statements that touch any of the actions on any part of the resource.
fn concerning(policy: &Document, actions: &[&str], resource: &str) -> Document {
    let context = Context::new();
    let concerns = |statement: &&Statement| {
        actions.iter().any(|action| statement.touches_action(action))
            && statement.touches_resource(resource, &context) != crate::policy::Match::No
    };
    Document {
        version: policy.version,
        id: policy.id.clone(),
        statements: policy.statements.iter().filter(concerns).cloned().collect(),
    }
}

/// One resource for each kind that the policy tells apart within `resource`.
fn kinds_of_resource(policy: &Document, resource: &str) -> BTreeSet<String> {
    let mut kinds = BTreeSet::from([filled(resource)]);
    for statement in &policy.statements {
        if let Some(Choice::Only(patterns) | Choice::AllBut(patterns)) = &statement.resources {
            let within = patterns.iter().filter(|pattern| overlaps_resource(pattern, resource));
            kinds.extend(within.flat_map(|pattern| [filled(pattern), pattern.replace('*', "")]));
        }
    }
    kinds.retain(|kind| matches_resource(resource, kind));
    kinds
}

fn filled(pattern: &str) -> String {
    pattern.replace('*', FILLER).replace('?', "q")
}

/// A canonical id is an account: the owner's, or another that goes by that name.
fn with_accounts_for_canonical_ids(policy: &Document, owner: Owner<'_>) -> Document {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        if let Some(Principals::Only(named) | Principals::AllBut(named)) = &mut statement.principals {
            for principal in named {
                if let Principal::CanonicalUser(id) = principal {
                    let is_owner = owner.canonical_id == Some(id.as_str());
                    *principal = Principal::Aws(if is_owner { owner.account.to_owned() } else { root_of(owner, id) });
                }
            }
        }
    }
    policy
}

fn root_of(owner: Owner<'_>, account: &str) -> String {
    format!("arn:{}:iam::{account}:root", owner.partition)
}

/// Somebody who may ask: a principal of an account, or an identity provider's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Caller {
    account: String,
    /// Its own ARN; of somebody from an identity provider, the provider as the policy names it.
    arn: String,
    is_federated: bool,
    /// The sources on whose behalf it may ask, as `aws:SourceArn`.
    sources: BTreeSet<String>,
}

impl Caller {
    /// The world's representative first, so that what everybody may do is not told of each by name.
    fn all_that_matter(policy: &Document, owner: Owner<'_>) -> Vec<Caller> {
        let mut accounts = BTreeSet::new();
        let mut arns = BTreeSet::new();
        let mut sources = BTreeSet::new();
        let mut federated = BTreeSet::new();
        for statement in &policy.statements {
            if let Some(Principals::Only(named) | Principals::AllBut(named)) = &statement.principals {
                for principal in named {
                    match principal {
                        Principal::Aws(name) => match Arn::parse(name) {
                            Some(arn) => drop((accounts.insert(arn.account.to_owned()), arns.insert(name.clone()))),
                            None if is_account_id(name) => drop(accounts.insert(name.clone())),
                            // A unique id: whoever had it was deleted.
                            None => {}
                        },
                        Principal::Federated(provider) => drop(federated.insert(provider.clone())),
                        _ => {}
                    }
                }
            }
            for condition in &statement.conditions {
                let values = condition.values.iter();
                match condition.key.to_lowercase().as_str() {
                    "aws:principalaccount" | "aws:sourceaccount" | "aws:sourceowner" => {
                        accounts.extend(values.filter(|value| is_account_id(value)).cloned());
                    }
                    "aws:principalarn" => arns.extend(values.map(|value| of_somebody(value))),
                    "aws:sourcearn" => sources.extend(values.map(|value| of_somebody(value))),
                    _ => {}
                }
            }
        }
        accounts.extend(arns.iter().chain(&sources).filter_map(|arn| Some(Arn::parse(arn)?.account.to_owned())));
        accounts.retain(|account| !account.is_empty() && account != UNNAMED_ACCOUNT);

        let mut callers = Vec::new();
        for account in std::iter::once(UNNAMED_ACCOUNT.to_owned()).chain(accounts) {
            let is_its = |arn: &&String| {
                // An ARN without an account (a bucket's) may be anybody's.
                Arn::parse(arn)
                    .is_none_or(|arn| arn.account == account || (arn.account.is_empty() && account != owner.account))
            };
            let mut its_sources: BTreeSet<String> = sources.iter().filter(is_its).cloned().collect();
            its_sources.insert(format!("arn:{}:{FILLER}:{FILLER}:{account}:{FILLER}", owner.partition));
            let mut its_arns: BTreeSet<String> = arns.iter().filter(is_its).cloned().collect();
            its_arns.insert(format!("arn:{}:iam::{account}:user/{FILLER}", owner.partition));
            callers.extend(its_arns.into_iter().map(|arn| Caller {
                account: account.clone(),
                arn,
                is_federated: false,
                sources: its_sources.clone(),
            }));
        }
        callers.extend(federated.into_iter().map(|provider| Caller {
            account: Arn::parse(&provider).map_or(UNNAMED_ACCOUNT, |arn| arn.account).to_owned(),
            arn: provider,
            is_federated: true,
            sources: BTreeSet::new(),
        }));
        callers
    }

    fn is_own(&self, owner: Owner<'_>) -> bool {
        self.account == owner.account
    }

    fn to(&self, owner: Owner<'_>) -> To {
        if self.is_own(owner) {
            To::Own(self.account.clone())
        } else if self.account == UNNAMED_ACCOUNT {
            To::World
        } else {
            To::Account(self.account.clone())
        }
    }

    fn who(&self) -> Who<'_> {
        if self.is_federated {
            Who::Federated { provider: &self.arn }
        } else {
            Who::Aws { arn: &self.arn, account: &self.account }
        }
    }

    /// The contexts in which it may ask: in person, and by a service on behalf of each of its sources.
    fn asks(&self, owner: Owner<'_>) -> Vec<Context> {
        let in_person = at(owner)
            .with("aws:PrincipalAccount", &self.account)
            .with("aws:PrincipalIsAWSService", "false")
            .absent("aws:PrincipalServiceName")
            .with("s3:DataAccessPointAccount", &self.account);
        let in_person = if self.is_federated { in_person } else { in_person.with("aws:PrincipalArn", &self.arn) };
        let on_behalf = self.sources.iter().map(|source| {
            in_person
                .clone()
                .with("aws:SourceAccount", &self.account)
                .with("aws:SourceOwner", &self.account)
                .with("aws:SourceArn", source)
        });
        let alone = in_person.clone().absent("aws:SourceAccount").absent("aws:SourceOwner").absent("aws:SourceArn");
        on_behalf.chain([alone]).collect()
    }
}

/// What is known of any request: the time, and that nobody needs plain HTTP.
fn at(owner: Owner<'_>) -> Context {
    Context::new()
        .with("aws:SecureTransport", "true")
        .with("aws:CurrentTime", owner.now.to_string())
        .with("aws:EpochTime", owner.now.as_second().to_string())
        .with("aws:ResourceAccount", owner.account)
        .with("s3:ResourceAccount", owner.account)
}

fn of_service(name: &str, owner: Owner<'_>) -> Context {
    at(owner)
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", name)
        .absent("aws:PrincipalArn")
        .absent("aws:PrincipalOrgID")
}

/// The services that the statements name.
fn services<'a>(statements: impl Iterator<Item = &'a Statement>) -> BTreeSet<String> {
    let named = statements.filter_map(|statement| match &statement.principals {
        Some(Principals::Only(named)) => Some(named),
        _ => None,
    });
    named
        .flatten()
        .filter_map(|principal| match principal {
            Principal::Service(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An ARN that a pattern fits, of an account that it does not name if it can: a wildcard for the account takes anybody's.
fn of_somebody(pattern: &str) -> String {
    let Some(arn) = Arn::parse(pattern) else { return filled(pattern) };
    let account = if arn.account.contains(['*', '?']) { UNNAMED_ACCOUNT } else { arn.account };
    let Arn { partition, service, region, resource, .. } = arn;
    filled(&format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
}

#[cfg(test)]
mod tests;
