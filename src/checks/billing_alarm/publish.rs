//! `/publish`: CloudWatch may publish to the topic for this alarm: by the topic's policy, and by the policy of its key.

use std::collections::BTreeSet;

use super::faults::faults;
use super::remedy;
use crate::account::facts::{Caller, Key, Topic};
use crate::account::{Account, Fact, Seen, Unavailable};
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::topic::{self, KeyStanding};
use crate::policy::{Context, Decision, Document, Request, Who, decide};
use crate::remediation::Remediation;

pub(super) const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

/// What CloudWatch does with a topic's key.
const KEY_ACTIONS: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey*"];

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
}

impl Fault<'_> {
    fn sentence(&self) -> String {
        match self {
            Fault::NotAllowed => "the topic's policy does not let CloudWatch publish for this alarm".to_owned(),
            Fault::Denied => "a Deny in the topic's policy keeps CloudWatch from publishing".to_owned(),
            Fault::AwsKey(key) => {
                format!("the topic is encrypted with AWS's own key ({key}), which CloudWatch cannot use")
            }
            Fault::DeadKey { state, .. } => format!("the topic's key is in state {state}"),
            Fault::KeyPolicy { denied: false } => {
                "the policy of the topic's key does not let CloudWatch do kms:Decrypt and kms:GenerateDataKey*"
                    .to_owned()
            }
            Fault::KeyPolicy { denied: true } => {
                "a Deny in the policy of the topic's key keeps CloudWatch from using it".to_owned()
            }
        }
    }
}

/// `alarm` is the alarm's ARN.
pub(super) fn judge(target: &TopicFacts<'_>, alarm: &str, caller: Seen<'_, Caller>, region: &str) -> Judgement {
    let topic = target.attributes?;
    let Some(topic) = topic.present() else { return Err(topic.unknowable("the topic was deleted during the audit")) };
    let context = context(alarm, &caller.get().account);
    let own_arn = own_key_arn(target.key, caller.get(), region);
    let by_key: Vec<Result<Option<Fault<'_>>, Unavailable>> = match target.key {
        TopicKey::None => Vec::new(),
        TopicKey::AwsOwn(name) => vec![Ok(Some(Fault::AwsKey(name)))],
        TopicKey::Asked { name, key, policy } => {
            let standing = key.map_err(Unavailable::from).and_then(|key| by_standing(key, name));
            match policy {
                Some(policy) => {
                    let usable =
                        policy.map_err(Unavailable::from).and_then(|policy| by_key_policy(policy, &own_arn, &context));
                    vec![standing, usable]
                }
                None => vec![standing],
            }
        }
    };
    let by_topic = by_topic_policy(topic, &target.arn, &context);
    let faults = faults(std::iter::once(by_topic).chain(by_key))?;

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
    let account = caller.get().account.as_str();
    let publishes =
        |policy: &Document| decide(&[policy], &request("sns:Publish", &target.arn, &context)) == Decision::Allowed;
    let uses_key = |policy: &Document| {
        KEY_ACTIONS.iter().all(|action| decide(&[policy], &request(action, &own_arn, &context)) == Decision::Allowed)
    };
    let remedy_of = |fault: &Fault<'_>| match fault {
        Fault::NotAllowed | Fault::Denied => {
            remedy::allow_publishing(topic.get(), &target.arn, alarm, account, region, publishes)
        }
        Fault::AwsKey(_) => topic::without_key(&target.arn, region),
        Fault::DeadKey { state, arn } => topic::revive_key(arn, state, &target.arn, region),
        Fault::KeyPolicy { .. } => {
            let policy = match target.key {
                TopicKey::Asked { policy: Some(Ok(policy)), .. } => policy.get().as_deref(),
                _ => None,
            };
            remedy::allow_key(policy, &own_arn, (alarm, account), region, uses_key)
        }
    };
    let Some(remedy) = faults.iter().map(remedy_of).reduce(Remediation::and) else {
        return Ok(Outcome::pass("CloudWatch may publish to the topic", evidence));
    };
    let sentences: Vec<_> = faults.iter().map(Fault::sentence).collect();
    Ok(Outcome::fail(sentences.join(", and "), evidence, remedy))
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

fn by_standing<'a>(key: Seen<'a, Option<Key>>, name: &'a str) -> Result<Option<Fault<'a>>, Unavailable> {
    Ok(match topic::key_standing(key)?.0 {
        KeyStanding::Customer => None,
        KeyStanding::AwsOwn => Some(Fault::AwsKey(name)),
        KeyStanding::Dead { state, arn } => Some(Fault::DeadKey { state, arn }),
    })
}

fn by_topic_policy<'a>(topic: Seen<'_, Topic>, arn: &str, context: &Context) -> Result<Option<Fault<'a>>, Unavailable> {
    let Some(policy) = &topic.get().policy else {
        return Err(topic.unknowable("SNS does not tell the topic's policy"));
    };
    let document = Document::parse(policy)
        .map_err(|error| topic.unknowable(format!("the topic's policy cannot be read: {error}")))?;
    match decide(&[&document], &request("sns:Publish", arn, context)) {
        Decision::Allowed => Ok(None),
        Decision::Denied { explicit: true } => Ok(Some(Fault::Denied)),
        Decision::Denied { explicit: false } => Ok(Some(Fault::NotAllowed)),
        Decision::Depends(keys) => Err(topic.unknowable(hangs_on("the topic's policy", &keys))),
    }
}

fn by_key_policy<'a>(
    policy: Seen<'_, Option<String>>,
    key: &str,
    context: &Context,
) -> Result<Option<Fault<'a>>, Unavailable> {
    let Some(text) = policy.present() else {
        return Err(policy.unknowable("KMS does not find the key whose policy was asked for"));
    };
    let document = Document::parse(text.get())
        .map_err(|error| text.unknowable(format!("the policy of the topic's key cannot be read: {error}")))?;
    let decided = |action| decide(&[&document], &request(action, key, context));
    let each = KEY_ACTIONS.map(|action| match decided(action) {
        Decision::Allowed => Ok(None),
        // SNS itself asks for a data key by this one name of the family; whoever may do that and not the rest is not surely shut out.
        Decision::Denied { .. } if action.ends_with('*') && decided("kms:GenerateDataKey") == Decision::Allowed => Err(text
            .unknowable("the policy of the topic's key lets CloudWatch do kms:GenerateDataKey, but not all of kms:GenerateDataKey*")),
        Decision::Denied { explicit } => Ok(Some(explicit)),
        Decision::Depends(keys) => Err(text.unknowable(hangs_on("the policy of the topic's key", &keys))),
    });
    let denied = faults(each)?;
    Ok((!denied.is_empty()).then(|| Fault::KeyPolicy { denied: denied.contains(&true) }))
}

fn hangs_on(policy: &str, keys: &BTreeSet<String>) -> String {
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    format!("whether {policy} lets CloudWatch publish hangs on {}", keys.join(", "))
}

fn request<'a>(action: &'a str, resource: &'a str, context: &'a Context) -> Request<'a> {
    Request { who: Who::Service { names: &[CLOUDWATCH] }, action, resource, context }
}

/// What is known of CloudWatch's request for an alarm. Whatever is not named is undecidable, `aws:SourceIp` and `aws:PrincipalAccount`
/// among it.
fn context(alarm: &str, account: &str) -> Context {
    Context::new()
        .with("aws:SourceArn", alarm)
        .with("aws:SourceAccount", account)
        .with("aws:SourceOwner", account)
        .with("aws:SecureTransport", "true")
        .with("aws:PrincipalIsAWSService", "true")
        .absent("aws:PrincipalOrgID")
        .absent("aws:PrincipalArn")
        .absent("aws:SourceVpc")
        .absent("aws:SourceVpce")
        .absent("aws:MultiFactorAuthPresent")
}
