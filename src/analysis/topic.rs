//! What the checks of alerts conclude alike of an SNS topic: whether it exists, and whose key encrypts it.

use std::fmt;

use crate::account::facts::{Key, Subscription, Topic};
use crate::account::{Fact, Observed, Unavailable};
use crate::iam::arn::Arn;
use crate::model::finding::Evidence;
use crate::model::remediation::{Command, Remediation};

pub mod template;

/// Where AWS says what an encrypted topic asks of the services that publish to it.
pub const ENCRYPTION_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html";

/// The parts of a topic's [ARN](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html#amazonsns-resources-for-iam-policies).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicArn<'a> {
    /// `aws`, `aws-cn` …
    pub partition: &'a str,
    /// The topic's region.
    pub region: &'a str,
    /// The account that owns it.
    pub account: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl<'a> TopicArn<'a> {
    /// The parts; `None` for the ARN of anything else, a topic's subscription among them.
    #[must_use]
    pub fn parse(arn: &'a str) -> Option<Self> {
        let Arn { partition, service, region, account, resource } = Arn::parse(arn)?;
        let is_topic = service == "sns" && !resource.is_empty() && !resource.contains(':');
        is_topic.then_some(TopicArn { partition, region, account, name: resource })
    }
}

impl fmt::Display for TopicArn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TopicArn { partition, region, account, name } = self;
        write!(f, "arn:{partition}:sns:{region}:{account}:{name}")
    }
}

/// Whether a topic exists. Its attributes and its list of subscriptions each tell; where they contradict each other, it was made or
/// deleted between the two calls.
pub fn exists<'a>(
    topic: Fact<'a, Option<Topic>>,
    subscriptions: Fact<'a, Option<Vec<Subscription>>>,
) -> Result<Observed<'a, bool>, Unavailable> {
    match (topic, subscriptions) {
        (Ok(topic), Ok(subscriptions)) if topic.get().is_some() != subscriptions.get().is_some() => {
            Err(topic.undetermined("The topic was created or deleted during the audit: audit again"))
        }
        (Ok(topic), _) => Ok(topic.part(|topic| is_there(topic.is_some()))),
        (_, Ok(subscriptions)) => Ok(subscriptions.part(|list| is_there(list.is_some()))),
        (Err(unavailable), Err(_)) => Err(unavailable.clone()),
    }
}

fn is_there(there: bool) -> &'static bool {
    if there { &true } else { &false }
}

/// The key that encrypts a topic, as the topic names it: an alias, an id or an ARN. A blank one is none.
#[must_use]
pub fn key_name(topic: &Topic) -> Option<&str> {
    topic.kms_key.as_deref().filter(|key| !key.trim().is_empty())
}

/// Whether a key is one of AWS's own by its name alone: the aliases that begin with `alias/aws/` are
/// [reserved](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html).
#[must_use]
pub fn is_named_as_aws_own(key: &str) -> bool {
    Arn::parse(key).map_or(key, |arn| arn.resource).starts_with("alias/aws/")
}

/// What a topic's key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KmsKeyState<'a> {
    /// AWS's own; nobody can let a service use it.
    AwsOwn,
    /// A customer key in a [state](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html) in which it encrypts nothing.
    Dead {
        /// The state.
        state: &'a str,
        /// The key's ARN.
        arn: &'a str,
    },
    /// A customer key that works.
    Customer,
}

/// What the key of a topic is good for, by what KMS says of it. A key that the topic names and KMS does not find leaves it open.
pub fn key_standing(key: Observed<'_, Option<Key>>) -> Result<(KmsKeyState<'_>, Evidence), Unavailable> {
    let Some(known) = key.present() else {
        return Err(key.undetermined("KMS doesn't find the topic's KMS key"));
    };
    let Key { arn, manager, state } = known.get();
    let evidence = Evidence::new(known, "key", arn).and(known, "key_manager", manager).and(known, "key_state", state);
    let standing = match (manager.as_deref(), state.as_deref()) {
        (Some("AWS"), _) => KmsKeyState::AwsOwn,
        (Some("CUSTOMER"), Some("Enabled")) => KmsKeyState::Customer,
        (
            Some("CUSTOMER"),
            Some(state @ ("Disabled" | "PendingDeletion" | "PendingReplicaDeletion" | "PendingImport" | "Unavailable")),
        ) => KmsKeyState::Dead { state, arn },
        (Some("CUSTOMER"), _) => return Err(known.undetermined("KMS doesn't return the state of the topic's KMS key")),
        _ => return Err(known.undetermined("KMS doesn't return the manager of the topic's KMS key")),
    };
    Ok((standing, evidence))
}

/// How a topic comes to work with every service when its key does not let them.
#[must_use]
pub fn without_key(topic: &str, region: &str) -> Remediation {
    Remediation::new(
        "Remove the KMS key from the topic (SNS still keeps messages on encrypted disks), or use a customer \
         managed key whose policy allows the services that publish kms:Decrypt and kms:GenerateDataKey*",
    )
    .run(
        Command::aws("sns", "set-topic-attributes")
            .option("--topic-arn", topic)
            .option("--attribute-name", "KmsMasterKeyId")
            .option("--attribute-value", "")
            .option("--region", region),
    )
    .console(format!("Amazon SNS in {region} > Topics > the topic > Edit > Encryption"))
    .see(ENCRYPTION_PAGE)
    .finished()
}

/// How a customer key in a state in which it encrypts nothing comes to work again. Another account's key is not ours to enable.
#[must_use]
pub fn revive_key(key: &str, state: &str, topic: &str, region: &str) -> Remediation {
    let account = |arn| Arn::parse(arn).map(|arn| arn.account);
    if account(key) != account(topic) {
        return without_key(topic, region);
    }
    let enable = Command::aws("kms", "enable-key").option("--key-id", key).option("--region", region);
    let console = format!("Key Management Service in {region} > Customer managed keys > the KMS key > Key actions");
    let remedy = match state {
        "Disabled" => Remediation::new("Enable the topic's KMS key again").run(enable),
        "PendingDeletion" => Remediation::new("Cancel the deletion of the topic's KMS key, and enable it again")
            .run(cancel(key, region))
            .run(enable),
        _ => return without_key(topic, region),
    };
    remedy.console(console).see("https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html").finished()
}

/// Only a key that is about to be deleted can be kept.
fn cancel(key: &str, region: &str) -> Command {
    let on_key = |operation: &str| Command::aws("kms", operation).option("--key-id", key).option("--region", region);
    let kept = on_key("describe-key")
        .option("--query", "[KeyMetadata][?KeyState!='PendingDeletion'].[KeyId]")
        .option("--output", "text");
    on_key("cancel-key-deletion").skip_if_present(kept)
}

#[cfg(test)]
mod tests;
