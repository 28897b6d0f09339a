//! Who may ask: representatives of everybody whom a policy tells apart.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Grantee, IdentityKey, Owner};
use crate::iam::arn::Arn;
use crate::iam::{Context, Document, Principal, Principals, Version, Who, has_variables, matches, value_within};

/// What a wildcard is filled with: nothing that a policy means by name.
pub(super) const FILLER: &str = "zzq";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A user, a role, a session.
    Principal,
    /// Somebody from an identity provider.
    Federated,
    /// Somebody without credentials.
    Anonymous,
}

/// Somebody who may ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller {
    pub(super) account: String,
    /// Its own ARN; of somebody from an identity provider, the provider as the policy names it.
    pub(super) arn: String,
    pub(super) kind: Kind,
    /// The sources on whose behalf it may ask, as `aws:SourceArn`.
    pub(super) sources: BTreeSet<String>,
}

/// Whom a policy names.
#[derive(Default)]
struct Named {
    accounts: BTreeSet<String>,
    /// Principals by their ARNs.
    arns: BTreeSet<String>,
    federated: BTreeSet<String>,
    /// What conditions say of principals and of sources.
    principals: BTreeSet<Pattern>,
    sources: BTreeSet<Pattern>,
}

impl Named {
    fn by(policy: &Document, owner: Owner<'_>) -> Named {
        let mut named = Named::default();
        for statement in &policy.statements {
            if let Some(Principals::Only(principals) | Principals::AllBut(principals)) = &statement.principals {
                for principal in principals {
                    named.add(principal);
                }
            }
            for condition in &statement.conditions {
                let values = condition.values.iter().map(|value| Pattern::new(value, statement.version));
                match IdentityKey::of(&condition.key) {
                    Some(IdentityKey::Account) => {
                        let fitting = values.filter_map(|value| Some(account_for(&value.within(&at(owner))?, owner)));
                        named.accounts.extend(fitting.filter(|account| is_account_id(account)));
                    }
                    Some(IdentityKey::Principal) => named.principals.extend(values),
                    Some(IdentityKey::Source) => named.sources.extend(values),
                    Some(IdentityKey::PointAccount | IdentityKey::PointArn) | None => {}
                }
            }
        }
        let accounts = named.principals.iter().chain(&named.sources).filter_map(|pattern| pattern.account(owner));
        named.accounts.extend(accounts.chain([owner.account.to_owned()]).collect::<Vec<_>>());
        let stranger = stranger(owner);
        named.accounts.retain(|account| !account.is_empty() && *account != stranger);
        named
    }

    fn add(&mut self, principal: &Principal) {
        match principal {
            Principal::Aws(name) => match Arn::parse(name) {
                Some(arn) => {
                    self.accounts.insert(arn.account.to_owned());
                    self.arns.insert(name.clone());
                }
                None if is_account_id(name) => drop(self.accounts.insert(name.clone())),
                // A unique id: whoever had it was deleted.
                None => {}
            },
            Principal::Federated(provider) => drop(self.federated.insert(provider.clone())),
            _ => {}
        }
    }
}

/// The accounts that a policy names, this account among them.
pub(super) fn accounts_named(policy: &Document, owner: Owner<'_>) -> BTreeSet<String> {
    Named::by(policy, owner).accounts
}

impl Caller {
    /// The world's representatives first, so that what everybody may do is not told of each by name.
    pub(super) fn all_that_matter(policy: &Document, owner: Owner<'_>) -> Vec<Caller> {
        let stranger = stranger(owner);
        let Named { accounts, arns, federated, principals, sources } = Named::by(policy, owner);
        let mut callers = Vec::new();
        for account in std::iter::once(stranger.clone()).chain(accounts) {
            // What a variable stands for differs by the account.
            let context = at(owner)
                .with("aws:PrincipalAccount", &account)
                .with("aws:SourceAccount", &account)
                .with("aws:SourceOwner", &account);
            let fitting = |pattern: &Pattern| of_account(&pattern.within(&context)?, &account, owner);
            let mut its_sources: BTreeSet<String> = sources.iter().filter_map(fitting).collect();
            its_sources.insert(format!("arn:{}:{FILLER}:{FILLER}:{account}:{FILLER}", owner.partition));
            let mut its_arns: BTreeSet<String> = principals.iter().filter_map(fitting).collect();
            let is_its = |arn: &&String| Arn::parse(arn).is_some_and(|arn| arn.account == account);
            its_arns.extend(arns.iter().filter(is_its).cloned());
            its_arns.insert(format!("arn:{}:iam::{account}:user/{FILLER}", owner.partition));
            callers.extend(its_arns.into_iter().map(|arn| Caller {
                account: account.clone(),
                arn,
                kind: Kind::Principal,
                sources: its_sources.clone(),
            }));
        }
        callers.push(Caller {
            account: stranger.clone(),
            arn: String::new(),
            kind: Kind::Anonymous,
            sources: BTreeSet::new(),
        });
        callers.extend(federated.into_iter().map(|provider| Caller {
            account: Arn::parse(&provider).map_or(stranger.as_str(), |arn| arn.account).to_owned(),
            arn: provider,
            kind: Kind::Federated,
            sources: BTreeSet::new(),
        }));
        callers.sort_by_key(|caller| caller.account != stranger);
        callers
    }

    pub(super) fn to(&self, owner: Owner<'_>) -> Grantee {
        if self.account == owner.account {
            Grantee::Own(self.account.clone())
        } else if self.account == stranger(owner) {
            Grantee::World
        } else {
            Grantee::other_account(&self.account)
        }
    }

    pub(super) fn who(&self) -> Who<'_> {
        match self.kind {
            Kind::Principal => Who::Aws { arn: &self.arn, account: &self.account },
            Kind::Federated => Who::Federated { provider: &self.arn },
            Kind::Anonymous => Who::Anonymous,
        }
    }

    /// The contexts in which it may ask: over HTTPS or without it, as it likes.
    pub(super) fn asks(&self, owner: Owner<'_>) -> Vec<Context> {
        let over = |is_https: &str| self.asks_in(&at(owner).with("aws:SecureTransport", is_https));
        [over("true"), over("false")].concat()
    }

    /// In person, and by a service on behalf of each of its sources.
    pub(super) fn asks_in(&self, context: &Context) -> Vec<Context> {
        let in_person = context.clone().with("aws:PrincipalIsAWSService", "false").absent("aws:PrincipalServiceName");
        let alone =
            |context: Context| context.absent("aws:SourceAccount").absent("aws:SourceOwner").absent("aws:SourceArn");
        let in_person = match self.kind {
            Kind::Anonymous => {
                // "Anonymous requests return the value anonymous", and lack the other keys of a principal; aws:PrincipalIsAWSService
                // too, which only signed requests have.
                // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
                let anonymous = in_person
                    .with("aws:PrincipalAccount", "anonymous")
                    .absent("aws:PrincipalIsAWSService")
                    .absent("aws:PrincipalArn");
                return vec![alone(anonymous.absent("aws:PrincipalOrgID").absent("aws:PrincipalOrgPaths"))];
            }
            Kind::Principal => in_person.with("aws:PrincipalArn", principal_arn(&self.arn)),
            Kind::Federated => in_person,
        };
        let in_person = in_person.with("aws:PrincipalAccount", &self.account);
        let on_behalf = self.sources.iter().map(|source| {
            in_person
                .clone()
                .with("aws:SourceAccount", &self.account)
                .with("aws:SourceOwner", &self.account)
                .with("aws:SourceArn", source)
        });
        on_behalf.chain([alone(in_person.clone())]).collect()
    }
}

/// What is known of any request: the time, and whose the resource is.
pub(super) fn at(owner: Owner<'_>) -> Context {
    Context::new()
        .with("aws:CurrentTime", owner.now.to_string())
        .with("aws:EpochTime", owner.now.as_second().to_string())
        .with("aws:ResourceAccount", owner.account)
        .with("s3:ResourceAccount", owner.account)
}

/// A value of a condition, whose variables differ by the request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// As one of ARNs, where it has no variables.
    text: String,
    /// Where it has.
    version: Option<Version>,
}

impl Pattern {
    pub(super) fn new(text: &str, version: Version) -> Pattern {
        if has_variables(text, version) {
            Pattern { text: text.to_owned(), version: Some(version) }
        } else {
            Pattern { text: in_parts(text), version: None }
        }
    }

    /// The pattern in this context; `None` where one of its variables has no value.
    pub(super) fn within(&self, context: &Context) -> Option<Cow<'_, str>> {
        match self.version {
            None => Some(Cow::Borrowed(&self.text)),
            Some(version) => Some(Cow::Owned(in_parts(&value_within(&self.text, version, context)?))),
        }
    }

    /// Whether what it takes differs by the account of whoever asks.
    pub(super) fn is_of_many_accounts(&self) -> bool {
        self.version.is_some() || Arn::parse(&self.text).is_some_and(|arn| arn.account.contains(['*', '?']))
    }

    /// An account of which it takes an ARN, another than the owner's if it can.
    pub(super) fn account(&self, owner: Owner<'_>) -> Option<String> {
        let pattern = self.within(&at(owner))?;
        let account = Arn::parse(&pattern)?.account;
        Some(if account.contains(['*', '?']) { account_for(account, owner) } else { account.to_owned() })
    }
}

/// An ARN of this account that the pattern fits, if it takes the account. What is no ARN, or one without an account (a bucket's), may
/// be anybody's.
pub(super) fn of_account(pattern: &str, account: &str, owner: Owner<'_>) -> Option<String> {
    let Some(Arn { partition, service, region, account: accounts, resource }) = Arn::parse(pattern) else {
        return Some(filled(pattern));
    };
    if accounts.is_empty() {
        return (account != owner.account).then(|| filled(pattern));
    }
    let takes = accounts == account || (accounts.contains(['*', '?']) && matches(accounts, account));
    takes.then(|| filled(&format!("arn:{partition}:{service}:{region}:{account}:{resource}")))
}

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An account that stands for all that no policy names: never the owner's, which may be of zeros in an emulator.
pub(super) fn stranger(owner: Owner<'_>) -> String {
    account_for("*", owner)
}

/// An account that fits a pattern of account ids, another than the owner's if there is one.
pub(super) fn account_for(pattern: &str, owner: Owner<'_>) -> String {
    let plain = pattern.chars().filter(|character| *character != '*').count();
    let fills = ('0'..='9').map(|digit| {
        let missing: String = std::iter::repeat_n(digit, 12_usize.saturating_sub(plain)).collect();
        pattern.replacen('*', &missing, 1).replace('*', "").replace('?', &digit.to_string())
    });
    let fills: Vec<String> = fills.collect();
    let other = fills.iter().find(|account| *account != owner.account);
    other.or(fills.first()).cloned().unwrap_or_else(|| pattern.to_owned())
}

/// What `aws:PrincipalArn` says of somebody: of a session it is the role's ARN. A role's path is not known here.
fn principal_arn(arn: &str) -> String {
    let role = Arn::parse(arn).and_then(|Arn { partition, service, account, resource, .. }| {
        let session = resource.strip_prefix("assumed-role/").filter(|_| service == "sts")?;
        let (name, _) = session.split_once('/')?;
        Some(format!("arn:{partition}:iam::{account}:role/{name}"))
    });
    role.unwrap_or_else(|| arn.to_owned())
}

/// A pattern as one of ARNs: compared as text, a `*` may stand for the account's end and all that follows.
fn in_parts(pattern: &str) -> String {
    if pattern.ends_with('*') && pattern.matches(':').count() == 4 {
        format!("{pattern}:*")
    } else {
        pattern.to_owned()
    }
}

pub(super) fn filled(pattern: &str) -> String {
    pattern.replace('*', FILLER).replace('?', "q")
}
