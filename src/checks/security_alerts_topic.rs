//! `security-alerts-topic`: somebody reads the SNS topic `SecurityAlerts`.

use futures_util::FutureExt;

use crate::account::facts::{Key, Topic};
use crate::account::operation::Operation;
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::subscriber::{Readers, links, opened_link, subscribe_by_email};
use crate::analysis::topic::{self, KmsKeyState};
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::check::Link;
use crate::model::finding::{CheckResult, Evidence, Judgement, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Command, FollowUp, Remediation};

mod elsewhere;
mod near_miss;
mod policy;
mod template;

use elsewhere::Elsewhere;
use near_miss::SimilarName;

const TOPIC_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html";

const EXISTS: Requirement = Requirement {
    id: "security-alerts-topic/exists",
    severity: Severity::High,
    docs: TOPIC_PAGE,
    pass: "the topic exists in your home Region with exactly this name",
    warn: "",
    fail: "it doesn't. Similar names and other Regions are listed",
};
const SUBSCRIBER: Requirement = Requirement {
    id: "security-alerts-topic/subscriber",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html",
    pass: "a confirmed email or HTTP(S) subscription without a filter policy",
    warn: "only SMS or automated endpoints, every subscription filters, or only the topic in the billing \
            Region has a confirmed subscriber",
    fail: "no subscription, or all pending confirmation",
};
const POLICY: Requirement = Requirement {
    id: "security-alerts-topic/policy",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
    pass: "only this account and AWS services can publish or subscribe",
    warn: "anyone or another account can: they can send false alerts or receive yours",
    fail: "",
};
const ENCRYPTION: Requirement = Requirement {
    id: "security-alerts-topic/encryption",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    pass: "no KMS key, or a customer managed key",
    warn: "an AWS managed key: most services can't publish",
    fail: "a customer managed key that is disabled or pending deletion",
};

pub(super) const CHECK: Check = Check {
    id: "security-alerts-topic",
    title: |expect| format!("{} SNS topic", expect.topic.value),
    passes_when: "the SNS topic `SecurityAlerts` has a confirmed human subscriber",
    what: "Checks that the SNS topic exists in your home Region and that a human receives its messages. Only this \
           account and AWS services can publish or subscribe, and its KMS key lets AWS services publish.",
    why: "Later labs send every alarm to this topic. A topic without a confirmed subscriber looks like alerting \
          but delivers nothing.",
    decisions: &[
        "The topic is requested by its ARN, not searched in a list. Its attributes and its subscriptions each \
         prove whether it exists. Lists of topics are read only to explain a failure.",
        "A listed subscription that SNS then doesn't find is unknown. One that is listed with an ARN and whose \
         attributes say pending is pending.",
        "Of several subscriptions the best one decides: pass, then warn, then unknown, then fail. Beside an \
         automated endpoint, a human subscriber with an unread filter is a warning, not unknown.",
        "With an invalid filter policy, it is unknown whether the subscriber receives anything.",
        "SMS and automated endpoints count whatever they filter: the answer is a warning either way.",
        "The topic of the same name in the billing Region is read only if no subscription in the home Region is \
         confirmed. If it can't be read, the answer is unknown.",
        "A condition on an address, a VPC endpoint or an organization can't be evaluated and counts as met. A \
         requester from outside can choose HTTPS or plain HTTP.",
        "A pattern of accounts in aws:PrincipalArn, such as arn:aws:iam::*:role/x, matches the account that the \
         policy names beside it.",
        "Anonymous requests lack aws:PrincipalArn and aws:PrincipalIsAWSService. So a condition on either with \
         …IfExists leaves a grant public, and a Deny on either needs …IfExists to apply to them.",
        "Every alias that begins with alias/aws/ is AWS managed: no one else can create one.",
        "A customer managed key that is disabled or pending deletion fails: SNS then rejects every message. One \
         that KMS doesn't find is unknown.",
    ],
    requirements: &[&EXISTS, &SUBSCRIBER, &POLICY, &ENCRYPTION],
    // Its policy is judged for whom it lets in, not for who is to send: that is no link.
    chain: &[
        Link { name: "topic", requirements: &[&EXISTS] },
        Link { name: "key", requirements: &[&ENCRYPTION] },
        Link { name: links::FILTER, requirements: &[&SUBSCRIBER] },
        Link { name: links::SUBSCRIBER, requirements: &[&SUBSCRIBER] },
    ],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::GetTopicAttributes,
        Operation::ListSubscriptionsByTopic,
        Operation::GetSubscriptionAttributes,
        Operation::DescribeKey,
        Operation::DescribeRegions,
    ],
    explains_with: &[Operation::ListTopics],
    after: &["admin-user-mfa"],
    fix: "Create a standard topic with this name in the home Region, subscribe an email address, and confirm the \
          subscription within 2 days.",
    references: &[TOPIC_PAGE, "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html"],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (home, name) = (expect.home(), expect.topic.value.as_str());
    let seen = account.caller().await;
    let caller = match seen {
        Ok(caller) => caller.get(),
        Err(unavailable) => return unseen(home, unavailable),
    };
    let arn = format!("arn:{}:sns:{home}:{}:{name}", caller.partition(), caller.account);
    let subject = Subject::regional(&arn, home);

    let ((attributes, key), readers) =
        tokio::join!(attributes_and_key(account, home, &arn), Readers::of(account, home, &arn, None));
    let existence = topic::exists(attributes, readers.list());
    if let Ok(absent) = &existence
        && !absent.get()
    {
        let near = near_miss::find(account, home, name).await;
        let findings = vec![EXISTS.judge(&subject, || Ok(missing(home, name, &arn, &near, *absent)))];
        let template = template::missing(&findings, &arn);
        return CheckResult::from(findings).with_template(template);
    }
    let elsewhere = Elsewhere::ask(account, expect, seen, &readers).await;
    let findings = vec![
        EXISTS.judge(&subject, || {
            let exists = existence?;
            Ok(Outcome::pass(
                format!("SNS topic `{name}` exists in {home}"),
                Evidence::new(exists, "exists", exists.get()),
            ))
        }),
        links::told_apart(
            SUBSCRIBER.judge(&subject, || elsewhere::judge(&readers, elsewhere.as_ref(), expect)),
            &readers,
        ),
        POLICY.judge(&subject, || policy::judge(attributes, &arn, caller, home, account.now())),
        ENCRYPTION.judge(&subject, || encryption(attributes, key, &arn, home)),
    ];
    let template = template::missing(&findings, &arn);
    CheckResult::from(findings)
        .with_template(template)
        .with_passed(|result| Some(format!("{home}; {} confirmed", result.value(&SUBSCRIBER, "endpoint")?)))
}

/// Without the account's id the topic cannot be asked for.
fn unseen(home: &str, unavailable: &Unavailable) -> CheckResult {
    let subject = Subject { resource: None, region: Some(home.to_owned()) };
    CHECK.unknown(&subject, unavailable).into()
}

/// The topic, and what KMS says of its key where the key's name does not tell whose it is.
async fn attributes_and_key<'a>(
    account: &'a Account,
    region: &str,
    arn: &str,
) -> (Fact<'a, Option<Topic>>, Option<Fact<'a, Option<Key>>>) {
    let attributes = account.topic(region, arn).await;
    let key = match attributes {
        Ok(topic) => topic.get().as_ref().and_then(topic::key_name),
        Err(_) => None,
    };
    match key.filter(|key| !topic::is_named_as_aws_own(key)) {
        Some(key) => (attributes, Some(account.key(region, key).await)),
        None => (attributes, None),
    }
}

fn missing(home: &str, name: &str, arn: &str, near: &SimilarName<'_>, absent: Observed<'_, bool>) -> Outcome {
    let mut message = format!("SNS topic `{name}` not found in {home}");
    if !near.told.is_empty() {
        message.push_str(", only ");
        message.push_str(&near.told.join(", "));
    }
    let remedy = Remediation::new("Create the topic, subscribe an email address, and confirm it")
        .run(Command::aws("sns", "create-topic").option("--name", name).option("--region", home))
        .run(subscribe_by_email(arn, home))
        .console(format!(
            "Amazon SNS in {home} > Topics > Create topic > Standard, Name: {name}; then Create subscription > \
             Protocol: Email"
        ))
        .see(TOPIC_PAGE)
        .takes(3)
        .then(FollowUp::Does(Box::new(opened_link())))
        .finished();
    let evidence = Evidence::new(absent, "exists", absent.get()).and(absent, "near_misses", &near.told).and(
        absent,
        "elsewhere",
        &near.elsewhere,
    );
    Outcome::fail(message, evidence, remedy).brief(format!("not found in {home}"))
}

fn encryption(
    attributes: Fact<'_, Option<Topic>>,
    key: Option<Fact<'_, Option<Key>>>,
    topic: &str,
    region: &str,
) -> Judgement {
    let attributes = attributes?;
    let Some(attributes) = attributes.present() else {
        return Err(attributes.undetermined("The topic was deleted during the audit"));
    };
    let name = topic::key_name(attributes.get());
    let evidence = Evidence::new(attributes, "kms_key", name);
    let Some(name) = name else {
        return Ok(Outcome::pass("The topic has no KMS key, so every service can publish", evidence));
    };
    let aws_own = |evidence| {
        let message = format!("Topic uses the AWS managed key {name}, so most services can't publish to it");
        Ok(Outcome::warn(message, evidence, topic::without_key(topic, region)))
    };
    let Some(key) = key else { return aws_own(evidence) };
    let (standing, evidence) = topic::key_standing(key?)?;
    match standing {
        KmsKeyState::AwsOwn => aws_own(evidence),
        KmsKeyState::Customer => Ok(Outcome::pass("The topic uses a customer managed key", evidence)),
        KmsKeyState::Dead { state, arn } => {
            let message = format!("The topic's KMS key is in state {state}, so no one can publish");
            Ok(Outcome::fail(message, evidence, topic::revive_key(arn, state, topic, region)))
        }
    }
}

#[cfg(test)]
mod tests;
