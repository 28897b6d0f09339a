//! `/publish`: CloudWatch may publish to the topic for this alarm: by the topic's policy, and by the policy of its key.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::remedy;
use crate::account::facts::{Caller, Key, Organization, Topic};
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::membership;
use crate::analysis::topic::{self, KmsKeyState};
use crate::iam::{Context, Decision, Document, Request, Who, decide};
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::Remediation;
use crate::model::status::Status;

pub(super) const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

/// What CloudWatch does with a topic's key.
const KEY_ACTIONS: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey*"];

/// The one action of that family which SNS asks for.
const PLAIN_DATA_KEY: &str = "kms:GenerateDataKey";

/// The key of a topic, and what was asked of it.
#[derive(Clone, Copy)]
pub(super) enum TopicKey<'a> {
    /// It has none, or that is not known.
    None,
    /// AWS's own by its name.
    AwsOwn(&'a str),
    /// Another one; an alias' policy is not asked for where the key itself is unseen or AWS's.
    Asked { name: &'a str, key: Fact<'a, Option<Key>>, policy: Option<Fact<'a, Option<String>>> },
}

/// A topic of this account and region, as far as publishing to it goes.
pub(super) struct TopicFacts<'a> {
    pub(super) arn: String,
    pub(super) attributes: Fact<'a, Option<Topic>>,
    pub(super) key: TopicKey<'a>,
}

impl<'a> TopicFacts<'a> {
    pub(super) async fn ask(account: &'a Account, region: &str, arn: &str) -> Self {
        let attributes = account.topic(region, arn).await;
        let key = topic_key(account, region, attributes).await;
        TopicFacts { arn: arn.to_owned(), attributes, key }
    }
}

/// Asks for the key of a topic, and for its policy: side by side where the topic names the key itself, one after the other where it
/// names an alias, since KMS tells policies by id and ARN only.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
async fn topic_key<'a>(account: &'a Account, region: &str, topic: Fact<'a, Option<Topic>>) -> TopicKey<'a> {
    let name = match topic {
        Ok(topic) => topic.get().as_ref().and_then(topic::key_name),
        Err(_) => None,
    };
    let Some(name) = name else { return TopicKey::None };
    if topic::is_named_as_aws_own(name) {
        return TopicKey::AwsOwn(name);
    }
    if !is_alias(name) {
        let (key, policy) = tokio::join!(account.key(region, name), account.key_policy(region, name));
        return TopicKey::Asked { name, key, policy: Some(policy) };
    }
    let key = account.key(region, name).await;
    let policy = match key {
        Ok(known) => match known.get() {
            Some(known) if known.manager.as_deref() != Some("AWS") => {
                Some(account.key_policy(region, &known.arn).await)
            }
            _ => None,
        },
        Err(_) => None,
    };
    TopicKey::Asked { name, key, policy }
}

fn is_alias(name: &str) -> bool {
    name.starts_with("alias/") || name.contains(":alias/")
}

/// What keeps CloudWatch from publishing.
enum Fault<'a> {
    /// Nothing in the topic's policy lets it.
    NotAllowed,
    /// A Deny in the topic's policy stops it.
    Denied,
    /// The key is AWS's own.
    AwsKey(&'a str),
    /// The key is in a state in which it encrypts nothing.
    DeadKey { state: &'a str, arn: &'a str },
    /// The key's policy does not let it.
    KeyPolicy { denied: bool },
    /// The key's policy lets it do no more than SNS is seen to ask for, and less than AWS documents.
    PlainDataKey,
}

impl Fault<'_> {
    fn status(&self) -> Status {
        match self {
            Fault::PlainDataKey => Status::Warn,
            _ => Status::Fail,
        }
    }

    fn sentence(&self) -> String {
        match self {
            Fault::NotAllowed => "Topic policy doesn't allow CloudWatch to publish for this alarm".to_owned(),
            Fault::Denied => "An explicit deny in the topic policy stops CloudWatch from publishing".to_owned(),
            Fault::AwsKey(key) => {
                format!("Topic uses the AWS managed key {key}, so CloudWatch alarms can't publish to it")
            }
            Fault::DeadKey { state, .. } => format!("The topic's KMS key is in state {state}"),
            Fault::KeyPolicy { denied: false } => {
                "The topic's KMS key policy doesn't allow CloudWatch kms:Decrypt and kms:GenerateDataKey*".to_owned()
            }
            Fault::KeyPolicy { denied: true } => {
                "An explicit deny in the topic's KMS key policy stops CloudWatch from using the KMS key".to_owned()
            }
            Fault::PlainDataKey => {
                "The topic's KMS key policy allows CloudWatch kms:GenerateDataKey, but AWS documents \
                 kms:GenerateDataKey*"
                    .to_owned()
            }
        }
    }
}

/// The links of an alarm's way that are judged here.
pub(super) const POLICY: &str = "policy";
pub(super) const KEY: &str = "key";

/// What keeps CloudWatch from publishing, if something does.
type Answer<'a> = Result<Option<Fault<'a>>, Unavailable>;

/// What CloudWatch's request depends on beside the alarm: verdicts of conditions hang on these.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) organization: Fact<'a, Option<Organization>>,
    pub(super) region: &'a str,
    pub(super) now: Timestamp,
}

/// What a topic's policy says of one alarm's message, and what the topic's key says.
pub(super) struct Publishing<'a> {
    target: &'a TopicFacts<'a>,
    alarm: &'a str,
    account: &'a str,
    around: Around<'a>,
    topic: Result<Observed<'a, Topic>, Unavailable>,
    own_arn: String,
    by_topic: Answer<'a>,
    by_key: Vec<Answer<'a>>,
}

impl<'a> Publishing<'a> {
    pub(super) fn of(
        target: &'a TopicFacts<'a>,
        alarm: &'a str,
        caller: Observed<'a, Caller>,
        around: Around<'a>,
    ) -> Self {
        let topic = target.attributes.map_err(Unavailable::from).and_then(|topic| {
            topic.present().ok_or_else(|| topic.undetermined("The topic was deleted during the audit"))
        });
        let account = caller.get().account.as_str();
        let context = context(alarm, account, around);
        let own_arn = own_key_arn(target.key, caller.get(), around.region);
        let by_key = match target.key {
            TopicKey::None => Vec::new(),
            TopicKey::AwsOwn(name) => vec![Ok(Some(Fault::AwsKey(name)))],
            TopicKey::Asked { name, key, policy } => {
                let standing = key.map_err(Unavailable::from).and_then(|key| by_standing(key, name));
                match policy {
                    Some(policy) => {
                        let usable = policy
                            .map_err(Unavailable::from)
                            .and_then(|policy| by_key_policy(policy, &own_arn, &context, around.organization));
                        vec![standing, usable]
                    }
                    None => vec![standing],
                }
            }
        };
        let by_topic =
            topic.clone().and_then(|topic| by_topic_policy(topic, &target.arn, &context, around.organization));
        Publishing { target, alarm, account, around, topic, own_arn, by_topic, by_key }
    }

    /// What the policy and the key come to, each by itself. Of a topic that was not seen neither is known; one that has no key lets
    /// everybody pass there.
    pub(super) fn links(&self) -> [(&'static str, Option<Status>); 2] {
        let of = |answer: &Answer<'_>| match answer {
            Ok(None) => Status::Pass,
            Ok(Some(fault)) => fault.status(),
            Err(_) => Status::Unknown,
        };
        let key = match self.topic {
            Ok(_) => self.by_key.iter().map(of).max().unwrap_or(Status::Pass),
            Err(_) => Status::Unknown,
        };
        [(POLICY, Some(of(&self.by_topic))), (KEY, Some(key))]
    }

    pub(super) fn judge(self) -> Judgement {
        let Publishing { target, alarm, account, around, topic, own_arn, by_topic, by_key } = self;
        let topic = topic?;
        let region = around.region;
        let faults = certain(std::iter::once(by_topic).chain(by_key))?;

        let mut evidence =
            Evidence::new(topic, "policy", &topic.get().policy).and(topic, "kms_key", topic::key_name(topic.get()));
        if let TopicKey::Asked { key, policy, .. } = target.key {
            if let Ok(key) = key {
                evidence = evidence.and(key, "key", key.get());
            }
            if let Some(Ok(policy)) = policy {
                evidence = evidence.and(policy, "key_policy", policy.get());
            }
        }
        let context = context(alarm, account, around);
        let publishes =
            |policy: &Document| decide(&[policy], &request("sns:Publish", &target.arn, &context)) == Decision::Allowed;
        let uses_key = |policy: &Document| {
            KEY_ACTIONS
                .iter()
                .all(|action| decide(&[policy], &request(action, &own_arn, &context)) == Decision::Allowed)
        };
        let remedy_of = |fault: &Fault<'_>| match fault {
            Fault::NotAllowed | Fault::Denied => {
                remedy::allow_publishing(topic.get(), &target.arn, alarm, account, region, publishes)
            }
            Fault::AwsKey(_) => topic::without_key(&target.arn, region),
            Fault::DeadKey { state, arn } => topic::revive_key(arn, state, &target.arn, region),
            Fault::KeyPolicy { .. } | Fault::PlainDataKey => {
                let policy = match target.key {
                    TopicKey::Asked { policy: Some(Ok(policy)), .. } => policy.get().as_deref(),
                    _ => None,
                };
                remedy::allow_key(policy, &own_arn, (alarm, account), region, uses_key)
            }
        };
        let Some(remedy) = faults.iter().map(remedy_of).reduce(Remediation::and) else {
            return Ok(Outcome::pass("CloudWatch can publish to the topic", evidence));
        };
        let sentences: Vec<_> = faults.iter().map(Fault::sentence).collect();
        let message = sentences.join(", and ");
        Ok(match faults.iter().map(Fault::status).max() {
            Some(Status::Fail) => Outcome::fail(message, evidence, remedy),
            _ => Outcome::warn(message, evidence, remedy),
        })
    }
}

/// All faults, where the worst of them is certain: a failure is not hidden by what is not known, and a warning is.
fn certain<'a>(answers: impl Iterator<Item = Answer<'a>>) -> Result<Vec<Fault<'a>>, Unavailable> {
    let mut faults = Vec::new();
    let mut open = None;
    for answer in answers {
        match answer {
            Ok(fault) => faults.extend(fault),
            Err(unavailable) => open = open.or(Some(unavailable)),
        }
    }
    let fails = faults.iter().any(|fault| fault.status() == Status::Fail);
    match open {
        Some(unavailable) if !fails => Err(unavailable),
        _ => Ok(faults),
    }
}

/// The ARN under which a key's policy may name it. A bare id is one of this account and region.
fn own_key_arn(key: TopicKey<'_>, caller: &Caller, region: &str) -> String {
    match key {
        TopicKey::Asked { key: Ok(key), .. } if key.get().is_some() => {
            key.get().iter().map(|key| key.arn.clone()).collect()
        }
        TopicKey::Asked { name, .. } if name.starts_with("arn:") => name.to_owned(),
        TopicKey::Asked { name, .. } => {
            format!("arn:{}:kms:{region}:{}:key/{name}", caller.partition(), caller.account)
        }
        TopicKey::None | TopicKey::AwsOwn(_) => String::new(),
    }
}

fn by_standing<'a>(key: Observed<'a, Option<Key>>, name: &'a str) -> Result<Option<Fault<'a>>, Unavailable> {
    Ok(match topic::key_standing(key)?.0 {
        KmsKeyState::Customer => None,
        KmsKeyState::AwsOwn => Some(Fault::AwsKey(name)),
        KmsKeyState::Dead { state, arn } => Some(Fault::DeadKey { state, arn }),
    })
}

fn by_topic_policy<'a>(
    topic: Observed<'_, Topic>,
    arn: &str,
    context: &Context,
    organization: Fact<'_, Option<Organization>>,
) -> Answer<'a> {
    let Some(policy) = &topic.get().policy else {
        return Err(topic.undetermined("SNS doesn't return the topic policy"));
    };
    let document = Document::parse(policy)
        .map_err(|error| topic.undetermined(format!("The topic policy can't be read: {error}")))?;
    match decide(&[&document], &request("sns:Publish", arn, context)) {
        Decision::Allowed => Ok(None),
        Decision::Denied { explicit: true } => Ok(Some(Fault::Denied)),
        Decision::Denied { explicit: false } => Ok(Some(Fault::NotAllowed)),
        Decision::Depends(keys) => match membership::missing(&keys, organization) {
            Some(unavailable) => Err(unavailable.clone()),
            None => Err(topic.undetermined(hangs_on("the topic's policy", &keys))),
        },
    }
}

fn by_key_policy<'a>(
    policy: Observed<'_, Option<String>>,
    key: &str,
    context: &Context,
    organization: Fact<'_, Option<Organization>>,
) -> Answer<'a> {
    let Some(text) = policy.present() else {
        return Err(policy.undetermined("KMS doesn't find the KMS key whose policy was requested"));
    };
    let document = Document::parse(text.get())
        .map_err(|error| text.undetermined(format!("The topic's KMS key policy can't be read: {error}")))?;
    let open = |keys: &BTreeSet<String>| match membership::missing(keys, organization) {
        Some(unavailable) => unavailable.clone(),
        None => text.undetermined(hangs_on("the topic's KMS key policy", keys)),
    };
    let decided = |action| decide(&[&document], &request(action, key, context));
    let each = KEY_ACTIONS.map(|action| match (decided(action), decided(PLAIN_DATA_KEY)) {
        (Decision::Allowed, _) => Ok(None),
        (Decision::Depends(keys), _) => Err(open(&keys)),
        // SNS itself asks for a data key by this one name of the family; whoever may do that and not the rest is not shut out.
        (Decision::Denied { .. }, Decision::Allowed) if action.ends_with('*') => Ok(Some(Fault::PlainDataKey)),
        (Decision::Denied { .. }, Decision::Depends(keys)) if action.ends_with('*') => Err(open(&keys)),
        (Decision::Denied { explicit }, _) => Ok(Some(Fault::KeyPolicy { denied: explicit })),
    });
    let faults = certain(each.into_iter())?;
    let denied = |fault: &Fault<'_>| match fault {
        Fault::KeyPolicy { denied } => Some(*denied),
        _ => None,
    };
    // Of two faults of one policy one sentence says enough.
    let shut_out: Vec<bool> = faults.iter().filter_map(denied).collect();
    if shut_out.is_empty() {
        return Ok(faults.into_iter().next());
    }
    Ok(Some(Fault::KeyPolicy { denied: shut_out.contains(&true) }))
}

fn hangs_on(policy: &str, keys: &BTreeSet<String>) -> String {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    format!("It can't be evaluated whether {policy} allows CloudWatch to publish: it depends on {}", keys.join(", "))
}

fn request<'a>(action: &'a str, resource: &'a str, context: &'a Context) -> Request<'a> {
    Request { who: Who::Service { names: &[CLOUDWATCH] }, action, resource, context }
}

/// What is known of CloudWatch's request for an alarm. Whatever is not named is undecidable, `aws:SourceIp` and `aws:PrincipalAccount`
/// among it.
fn context(alarm: &str, account: &str, around: Around<'_>) -> Context {
    let context = Context::new()
        .with("aws:SourceArn", alarm)
        .with("aws:SourceAccount", account)
        .with("aws:SourceOwner", account)
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:CurrentTime", around.now.to_string())
        .with("aws:EpochTime", around.now.as_second().to_string())
        .absent("aws:PrincipalOrgID")
        .absent("aws:PrincipalOrgPaths")
        .absent("aws:PrincipalArn")
        .absent("aws:SourceVpc")
        .absent("aws:SourceVpce")
        .absent("aws:MultiFactorAuthPresent");
    membership::named_in(context, around.organization)
}
