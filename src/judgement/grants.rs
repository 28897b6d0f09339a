//! To whom a resource policy grants something, Denies and conditions counted.
//!
//! Nobody can be asked whether "somebody outside" may do a thing, so representatives are: an account that no policy names, and
//! every account, principal and source that this one does name. Each asks for each action on each kind of resource that the
//! policy tells apart, and the policy language answers. What hangs on a condition that cannot be decided from outside (an
//! address, a VPC endpoint, an organization) counts as granted. S3 and SNS answer over plain HTTP too, so each chooses whether it
//! asks over HTTPS, and what is granted over either is granted.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::arn::Arn;
use crate::policy::{
    Choice, Condition, Context, Decision, Document, Effect, Principal, Principals, Request, SetOperator, Statement,
    Test, Who, decide, matches, matches_resource, overlaps_resource,
};

/// What a wildcard is filled with: nothing that a policy means by name.
const FILLER: &str = "zzq";

/// A service that no policy names: who speaks for all of them.
pub const ANY_SERVICE: &str = "zzq.amazonaws.com";

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

/// Everybody to whom `policy` grants at least one of `actions` on a part of `resource`, an ARN or the beginning of ARNs with a `*`
/// behind it. Where it is everybody, nobody is told of by name.
#[must_use]
pub fn granted(policy: &Document, actions: &[&str], resource: &str, owner: Owner<'_>) -> BTreeSet<To> {
    granted_to_those(policy, actions, resource, owner, |caller| caller.asks(owner))
}

/// The same of a role's trust policy: STS, unlike S3 and SNS, takes no call without credentials, and answers over HTTPS only.
/// <https://docs.aws.amazon.com/general/latest/gr/sts.html>
#[must_use]
pub fn granted_by_sts(policy: &Document, actions: &[&str], resource: &str, owner: Owner<'_>) -> BTreeSet<To> {
    let over_https = at(owner).with("aws:SecureTransport", "true");
    granted_to_those(policy, actions, resource, owner, |caller| match caller.kind {
        Kind::Anonymous => Vec::new(),
        Kind::Principal | Kind::Federated => caller.asks_in(&over_https),
    })
}

fn granted_to_those(
    policy: &Document,
    actions: &[&str],
    resource: &str,
    owner: Owner<'_>,
    asks: impl Fn(&Caller) -> Vec<Context>,
) -> BTreeSet<To> {
    let policy = made_answerable(&concerning(policy, actions, resource), owner);
    let question = Question::new(&policy, actions, resource);
    let mut granted = BTreeSet::new();
    for caller in Caller::all_that_matter(&policy, owner) {
        let to = caller.to(owner);
        if granted.contains(&To::World) || granted.contains(&to) {
            continue;
        }
        if question.lets(caller.who(), &asks(&caller)) {
            granted.insert(to);
        }
    }
    let mut services = services(&policy);
    // Where a grant lets any service in, whoever it may ask for is told of already.
    if granted.is_empty() {
        services.insert(ANY_SERVICE.to_owned());
    }
    for name in services {
        if question.lets(Who::Service { names: &[&name] }, &[of_service(&name, owner)]) {
            granted.insert(To::Service(name));
        }
    }
    granted
}

/// Whether `policy` lets `who`, a service in AWS's name, do one of `actions` on a part of `resource` on behalf of a source of an account that is none of
/// `insiders`. `asking_for` is what the service brings along for a source, by `aws:SourceAccount` and `aws:SourceArn`.
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
        .any(|context| question.lets(who, &[context]))
}

/// Whether a policy is so large, or its patterns so many-starred, that to answer for it would take more than a second or two. None that
/// people write comes near.
#[must_use]
pub fn is_too_large(policy: &Document) -> bool {
    const MOST: usize = 10_000_000;
    // 30 KB, the most that S3 and SNS store, in statements of the shortest kind.
    const MOST_STATEMENTS: usize = 500;
    if policy.statements.len() > MOST_STATEMENTS {
        return true;
    }
    let (mut compared, mut named_actions) = (0_usize, 0_usize);
    let (mut callers, mut sources, mut patterns, mut pattern_work) = (4_usize, 2_usize, 2_usize, 0_usize);
    let (mut many_principals, mut many_sources) = (0_usize, 0_usize);
    // Each `*` may stand for the rest of what is asked about, and each such guess is held against every pattern.
    let work = |pattern: &String| {
        let stars = pattern.matches('*').count().saturating_add(1);
        pattern.len().saturating_mul(pattern.len()).saturating_mul(stars)
    };
    for statement in &policy.statements {
        if let Some(Principals::Only(named) | Principals::AllBut(named)) = &statement.principals {
            callers = callers.saturating_add(named.len());
            compared = compared.saturating_add(named.len());
        }
        for condition in &statement.conditions {
            compared = compared.saturating_add(condition.values.len());
            pattern_work = condition.values.iter().map(work).fold(pattern_work, usize::saturating_add);
            let many = condition.values.iter().filter(|value| is_of_many_accounts(value)).count();
            match IdentityKey::of(condition) {
                Some(IdentityKey::Source) => {
                    sources = sources.saturating_add(condition.values.len());
                    many_sources = many_sources.saturating_add(many);
                }
                Some(key) => {
                    callers = callers.saturating_add(condition.values.len());
                    let of_principals = if key == IdentityKey::Principal { many } else { 0 };
                    many_principals = many_principals.saturating_add(of_principals);
                }
                None => {}
            }
        }
        let (Choice::Only(actions) | Choice::AllBut(actions)) = &statement.actions;
        named_actions = named_actions.saturating_add(actions.len());
        pattern_work = actions.iter().map(work).fold(pattern_work, usize::saturating_add);
        if let Some(Choice::Only(named) | Choice::AllBut(named)) = &statement.resources {
            patterns = patterns.saturating_add(named.len());
            pattern_work = named.iter().map(work).fold(pattern_work, usize::saturating_add);
        }
    }
    // Whom a pattern of accounts takes is asked for in each account, and each source of such a pattern for each caller.
    let accounts = callers.saturating_add(sources);
    let callers = callers.saturating_add(accounts.saturating_mul(many_principals));
    // Of the other sources each caller asks for those of its own account.
    let asking = callers.saturating_add(sources).saturating_add(callers.saturating_mul(many_sources));
    let asked = asking.saturating_mul(patterns).saturating_mul(policy.statements.len());
    asked > MOST
        || pattern_work > MOST
        || named_actions > MOST / 10_000
        || callers.saturating_mul(sources) > MOST / 10
        // Each caller, for each of its sources, is held against each principal and each value of a condition.
        || asking.saturating_mul(compared) > MOST / 100
}

/// Some actions on all kinds of resources that a policy tells apart.
struct Question<'a> {
    /// The statements, each with a document of its own that names everyone: those that do not fit whoever asks are left out once and
    /// for all, and whom the others name is not asked again for each action and resource.
    statements: Vec<(Statement, Document)>,
    actions: &'a [&'a str],
    resources: BTreeSet<String>,
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
            resources: kinds_of_resource(policy, resource),
        }
    }

    /// Whether `who` may do any of it in any of these contexts, as far as anybody can tell from outside.
    fn lets(&self, who: Who<'_>, contexts: &[Context]) -> bool {
        let fitting = self.statements.iter().filter(|(statement, _)| statement.fits(&who));
        let fitting: Vec<&Document> = fitting.map(|(_, for_everyone)| for_everyone).collect();
        let allows =
            |document: &Document| document.statements.iter().any(|statement| statement.effect == Effect::Allow);
        fitting.iter().any(|document| allows(document))
            && contexts.iter().any(|context| {
                self.resources.iter().any(|resource| {
                    self.actions.iter().any(|action| {
                        let request = Request { who, action, resource, context };
                        !matches!(decide(&fitting, &request), Decision::Denied { .. })
                    })
                })
            })
    }
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
            && !statement.touches_resource(resource, &context).is_no()
    };
    Document { statements: policy.statements.iter().filter(concerns).cloned().collect(), ..empty(policy) }
}

fn empty(policy: &Document) -> Document {
    Document { version: policy.version, id: policy.id.clone(), statements: Vec::new() }
}

/// One resource for each kind that the policy tells apart within `resource`.
fn kinds_of_resource(policy: &Document, resource: &str) -> BTreeSet<String> {
    let Some(beginning) = resource.strip_suffix('*') else { return BTreeSet::from([resource.to_owned()]) };
    let mut kinds = BTreeSet::from([filled(resource)]);
    for statement in &policy.statements {
        if let Some(Choice::Only(patterns) | Choice::AllBut(patterns)) = &statement.resources {
            let within = patterns.iter().filter(|pattern| overlaps_resource(pattern, resource));
            kinds.extend(within.flat_map(|pattern| continuations(pattern, beginning)));
        }
    }
    kinds.retain(|kind| kind != beginning && matches_resource(resource, kind));
    kinds
}

/// Resources with this beginning that the pattern takes, be the beginning taken by plain characters or by wildcards.
fn continuations(pattern: &str, beginning: &str) -> Vec<String> {
    let is_plain = pattern.find(['*', '?']).is_none_or(|at| at >= beginning.len());
    let ends = pattern.char_indices().map(|(at, character)| at + character.len_utf8());
    let ends = ends.filter(|at| !is_plain || *at == beginning.len());
    ends.filter_map(|at| pattern.split_at_checked(at))
        .filter(|(taken, _)| matches_resource(taken, beginning))
        .flat_map(|(taken, rest)| {
            let run_on = if taken.ends_with('*') { FILLER } else { "" };
            let (filled, shortest) = (filled(rest), filled(&rest.replace('*', "")));
            [format!("{beginning}{run_on}{filled}"), format!("{beginning}{filled}"), format!("{beginning}{shortest}")]
        })
        // What a variable stands for is not known here.
        .filter(|resource| pattern.contains("${") || matches_resource(pattern, resource))
        .collect()
}

fn filled(pattern: &str) -> String {
    pattern.replace('*', FILLER).replace('?', "q")
}

/// The same policy in terms of accounts: a canonical id is the owner, or another account that goes by that name; an account that is
/// compared as a number is one by its id; ARNs whose case is ignored are written as AWS writes them; and any other comparison of accounts
/// or ARNs as something else than text is one that nobody can decide.
fn made_answerable(policy: &Document, owner: Owner<'_>) -> Document {
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
        for condition in &mut statement.conditions {
            let Some(key) = IdentityKey::of(condition) else { continue };
            if key == IdentityKey::Account && names_accounts_by_number(condition) {
                condition.operator.test = Test::StringEquals;
                condition.values = condition.values.iter().map(|number| format!("{number:0>12}")).collect();
            } else if !compares_text(&condition.operator.test) {
                condition.operator.test = Test::Unknown(condition.operator.spelling.clone());
            } else if ignores_case(&condition.operator.test) {
                condition.values = condition.values.iter().map(|text| text.to_lowercase()).collect();
            }
        }
    }
    policy
}

fn names_accounts_by_number(condition: &Condition) -> bool {
    let is_number = |value: &String| (1..=12).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    condition.operator.test == Test::NumericEquals && condition.values.iter().all(is_number)
}

fn ignores_case(test: &Test) -> bool {
    matches!(test, Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase)
}

fn compares_text(test: &Test) -> bool {
    matches!(
        test,
        Test::StringEquals
            | Test::StringNotEquals
            | Test::StringEqualsIgnoreCase
            | Test::StringNotEqualsIgnoreCase
            | Test::StringLike
            | Test::StringNotLike
            | Test::ArnEquals
            | Test::ArnLike
            | Test::ArnNotEquals
            | Test::ArnNotLike
            | Test::Null
            | Test::Unknown(_)
    )
}

/// What a condition key says of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IdentityKey {
    /// An account's id.
    Account,
    /// The ARN of a principal.
    Principal,
    /// The ARN of a source.
    Source,
}

impl IdentityKey {
    fn of(condition: &Condition) -> Option<IdentityKey> {
        match condition.key.to_lowercase().as_str() {
            "aws:principalaccount" | "aws:sourceaccount" | "aws:sourceowner" | "s3:dataaccesspointaccount" => {
                Some(IdentityKey::Account)
            }
            "aws:principalarn" => Some(IdentityKey::Principal),
            "aws:sourcearn" => Some(IdentityKey::Source),
            _ => None,
        }
    }
}

fn root_of(owner: Owner<'_>, account: &str) -> String {
    format!("arn:{}:iam::{account}:root", owner.partition)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A user, a role, a session.
    Principal,
    /// Somebody from an identity provider.
    Federated,
    /// Somebody without credentials.
    Anonymous,
}

/// Somebody who may ask.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Caller {
    account: String,
    /// Its own ARN; of somebody from an identity provider, the provider as the policy names it.
    arn: String,
    kind: Kind,
    /// The sources on whose behalf it may ask, as `aws:SourceArn`.
    sources: BTreeSet<String>,
}

impl Caller {
    /// The world's representatives first, so that what everybody may do is not told of each by name.
    fn all_that_matter(policy: &Document, owner: Owner<'_>) -> Vec<Caller> {
        let stranger = stranger(owner);
        let mut accounts = BTreeSet::new();
        let mut arns = BTreeSet::new();
        let mut sources = BTreeSet::new();
        let mut federated = BTreeSet::new();
        let (mut arn_patterns, mut source_patterns) = (BTreeSet::new(), BTreeSet::new());
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
                match IdentityKey::of(condition) {
                    Some(IdentityKey::Account) => {
                        let fitting = values.map(|value| account_for(value, owner));
                        accounts.extend(fitting.filter(|account| is_account_id(account)));
                    }
                    Some(IdentityKey::Principal) => {
                        arns.extend(values.clone().map(|value| of_somebody(value, owner)));
                        arn_patterns.extend(values.filter(|value| is_of_many_accounts(value)));
                    }
                    Some(IdentityKey::Source) => {
                        sources.extend(values.clone().map(|value| of_somebody(value, owner)));
                        source_patterns.extend(values.filter(|value| is_of_many_accounts(value)));
                    }
                    None => {}
                }
            }
        }
        accounts.insert(owner.account.to_owned());
        accounts.extend(arns.iter().chain(&sources).filter_map(|arn| Some(Arn::parse(arn)?.account.to_owned())));
        accounts.retain(|account| !account.is_empty() && *account != stranger);
        // Who is named elsewhere may be one of those whom a pattern of accounts takes.
        for account in &accounts {
            arns.extend(arn_patterns.iter().filter_map(|pattern| of_account(pattern, account)));
            sources.extend(source_patterns.iter().filter_map(|pattern| of_account(pattern, account)));
        }

        let mut callers = Vec::new();
        for account in std::iter::once(stranger.clone()).chain(accounts) {
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

    fn is_own(&self, owner: Owner<'_>) -> bool {
        self.account == owner.account
    }

    fn to(&self, owner: Owner<'_>) -> To {
        if self.is_own(owner) {
            To::Own(self.account.clone())
        } else if self.account == stranger(owner) {
            To::World
        } else {
            To::Account(self.account.clone())
        }
    }

    fn who(&self) -> Who<'_> {
        match self.kind {
            Kind::Principal => Who::Aws { arn: &self.arn, account: &self.account },
            Kind::Federated => Who::Federated { provider: &self.arn },
            Kind::Anonymous => Who::Anonymous,
        }
    }

    /// The contexts in which it may ask: over HTTPS or without it, as it likes.
    fn asks(&self, owner: Owner<'_>) -> Vec<Context> {
        let over = |is_https: &str| self.asks_in(&at(owner).with("aws:SecureTransport", is_https));
        [over("true"), over("false")].concat()
    }

    /// In person, and by a service on behalf of each of its sources.
    fn asks_in(&self, context: &Context) -> Vec<Context> {
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
                    .with("s3:DataAccessPointAccount", &self.account)
                    .absent("aws:PrincipalIsAWSService")
                    .absent("aws:PrincipalArn");
                return vec![alone(anonymous.absent("aws:PrincipalOrgID").absent("aws:PrincipalOrgPaths"))];
            }
            Kind::Principal => in_person.with("aws:PrincipalArn", principal_arn(&self.arn)),
            Kind::Federated => in_person,
        };
        let in_person =
            in_person.with("aws:PrincipalAccount", &self.account).with("s3:DataAccessPointAccount", &self.account);
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
fn at(owner: Owner<'_>) -> Context {
    Context::new()
        .with("aws:CurrentTime", owner.now.to_string())
        .with("aws:EpochTime", owner.now.as_second().to_string())
        .with("aws:ResourceAccount", owner.account)
        .with("s3:ResourceAccount", owner.account)
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

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An account that stands for all that no policy names: never the owner's, which may be of zeros in an emulator.
fn stranger(owner: Owner<'_>) -> String {
    account_for("*", owner)
}

/// An account that fits a pattern of account ids, another than the owner's if there is one.
fn account_for(pattern: &str, owner: Owner<'_>) -> String {
    let pattern = with_wildcards_for_variables(pattern);
    let plain = pattern.chars().filter(|character| *character != '*').count();
    let fills = ('0'..='9').map(|digit| {
        let missing: String = std::iter::repeat_n(digit, 12_usize.saturating_sub(plain)).collect();
        pattern.replacen('*', &missing, 1).replace('*', "").replace('?', &digit.to_string())
    });
    let fills: Vec<String> = fills.collect();
    let other = fills.iter().find(|account| *account != owner.account);
    other.or(fills.first()).cloned().unwrap_or(pattern)
}

/// An ARN that a pattern fits, of an account that it does not name if it can: a wildcard for the account takes anybody's.
fn of_somebody(pattern: &str, owner: Owner<'_>) -> String {
    let pattern = in_parts(pattern);
    let Some(Arn { partition, service, region, account, resource }) = Arn::parse(&pattern) else {
        return filled(&pattern);
    };
    let account = if account.contains(['*', '?']) { account_for(account, owner) } else { account.to_owned() };
    filled(&format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
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

/// Whether an ARN's pattern has a wildcard where the account stands.
fn is_of_many_accounts(pattern: &str) -> bool {
    Arn::parse(&in_parts(pattern)).is_some_and(|arn| arn.account.contains(['*', '?']))
}

/// An ARN of this account that the pattern fits, if it takes the account.
fn of_account(pattern: &str, account: &str) -> Option<String> {
    let pattern = in_parts(pattern);
    let Arn { partition, service, region, account: accounts, resource } = Arn::parse(&pattern)?;
    matches(accounts, account).then(|| filled(&format!("arn:{partition}:{service}:{region}:{account}:{resource}")))
}

/// A pattern as one of ARNs: compared as text, a `*` may stand for the account's end and all that follows.
fn in_parts(pattern: &str) -> String {
    let pattern = with_wildcards_for_variables(pattern);
    if pattern.ends_with('*') && pattern.matches(':').count() == 4 { format!("{pattern}:*") } else { pattern }
}

/// A variable may stand for anything.
fn with_wildcards_for_variables(pattern: &str) -> String {
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some((before, variable)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push('*');
        rest = variable.split_once('}').map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests;
