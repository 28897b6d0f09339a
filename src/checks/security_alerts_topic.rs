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
    severity: Severity::High,
    docs: "",
    id: "security-alerts-topic/exists",
    pass: "the topic is in the home region, in this account, with exactly that name",
    warn: "",
    fail: "fails without it, and names what comes near: another letter case, a longer name, a FIFO topic, another region",
};
const SUBSCRIBER: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "security-alerts-topic/subscriber",
    pass: "a subscription without a filter is confirmed: by email or HTTP(S)",
    warn: "",
    fail: "fails without a confirmed subscription; warns when only SMS or automated endpoints are subscribed, when every \
                subscription filters, or when only the topic of that name in the billing Region has a confirmed subscriber",
};
const POLICY: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "security-alerts-topic/policy",
    pass: "nobody outside the account but AWS services may publish or subscribe",
    warn: "",
    fail: "warns when the world or another account may: it can send false alerts, or read yours",
};
const ENCRYPTION: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "security-alerts-topic/encryption",
    pass: "the topic has no key, or a customer key",
    warn: "",
    fail: "warns with AWS's own key, with which most services cannot publish; fails with a customer key that works no more",
};

pub(super) const CHECK: Check = Check {
    id: "security-alerts-topic",
    title: |expect| format!("{} SNS topic", expect.topic.value),
    what: "The SNS topic for security alerts exists in the home region, a person is subscribed to it and has confirmed, strangers can \
           neither send to it nor listen, and its key lets AWS's services publish.",
    why: "Every alarm of the later stages goes to this topic. A topic that nobody reads looks like an alert system and is none.",
    decisions: &[
        "The topic is asked for by its ARN, not looked for in a list; its attributes and its subscriptions each prove that it exists, or \
         that it does not. Lists of topics are read only to explain that it is missing.",
        "A subscription that is listed and that SNS then does not find leaves it open. One that is listed with an ARN and whose \
         attributes say that it is pending is pending.",
        "Of several subscriptions the best one decides: pass, then warn, then unknown, then fail. So beside a program that listens, a \
         person whose filter could not be read leaves a warning, not an unknown.",
        "A filter policy that is not valid leaves it open whether its subscriber gets anything.",
        "SMS and automated endpoints count whatever they filter: the answer is a warning either way.",
        "The topic of the same name in the billing Region is read only if no subscription in the home Region is confirmed. If it can't \
         be read, the answer is unknown.",
        "Whatever hangs on a condition that nobody outside can decide (an address, a VPC endpoint, an organization) counts as granted. \
         Outsiders choose between HTTPS and plain HTTP.",
        "A pattern of accounts, such as arn:aws:iam::*:role/x in aws:PrincipalArn, takes whichever account the policy names beside it.",
        "Whoever has no credentials lacks aws:PrincipalArn and aws:PrincipalIsAWSService, so a condition on either with …IfExists leaves \
         a grant the world's, and a Deny on either must have …IfExists to reach them.",
        "Every alias that begins with alias/aws/ is AWS's: nobody else can make one.",
        "A customer key that is disabled or about to be deleted fails: SNS refuses every message then. One that KMS does not find \
         leaves it open.",
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
    fix: "Make a standard topic of that name in the home region, subscribe an e-mail address, and open the link in the e-mail.",
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
            Ok(Outcome::pass(format!("the topic {name} is in {home}"), Evidence::new(exists, "exists", exists.get())))
        }),
        links::told_apart(
            SUBSCRIBER.judge(&subject, || elsewhere::judge(&readers, elsewhere.as_ref(), expect)),
            &readers,
        ),
        POLICY.judge(&subject, || policy::judge(attributes, &arn, caller, home, account.now())),
        ENCRYPTION.judge(&subject, || encryption(attributes, key, &arn, home)),
    ];
    let template = template::missing(&findings, &arn);
    CheckResult::from(findings).with_template(template)
}

/// Without the account's id the topic cannot be asked for.
fn unseen(home: &str, unavailable: &Unavailable) -> CheckResult {
    let subject = Subject { resource: None, region: Some(home.to_owned()) };
    CHECK.requirements.iter().map(|requirement| requirement.unknown(&subject, unavailable)).collect::<Vec<_>>().into()
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
    let mut message = format!("there is no topic {name} in {home}");
    if !near.told.is_empty() {
        message.push_str(", only ");
        message.push_str(&near.told.join(", "));
    }
    let remedy = Remediation::new("Create the topic, subscribe an e-mail address, and open the link in the e-mail that SNS sends")
        .run(Command::aws("sns", "create-topic").option("--name", name).option("--region", home))
        .run(subscribe_by_email(arn, home))
        .console(format!(
            "Amazon SNS in {home} > Topics > Create topic > Standard, Name: {name}; then Create subscription > Protocol: Email"
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
    Outcome::fail(message, evidence, remedy)
}

fn encryption(
    attributes: Fact<'_, Option<Topic>>,
    key: Option<Fact<'_, Option<Key>>>,
    topic: &str,
    region: &str,
) -> Judgement {
    let attributes = attributes?;
    let Some(attributes) = attributes.present() else {
        return Err(attributes.undetermined("the topic was deleted during the audit"));
    };
    let name = topic::key_name(attributes.get());
    let evidence = Evidence::new(attributes, "kms_key", name);
    let Some(name) = name else {
        return Ok(Outcome::pass("the topic has no key, so every service can publish", evidence));
    };
    let aws_own = |evidence| {
        let message =
            format!("the topic is encrypted with AWS's own key ({name}), with which most services cannot publish");
        Ok(Outcome::warn(message, evidence, topic::without_key(topic, region)))
    };
    let Some(key) = key else { return aws_own(evidence) };
    let (standing, evidence) = topic::key_standing(key?)?;
    match standing {
        KmsKeyState::AwsOwn => aws_own(evidence),
        KmsKeyState::Customer => Ok(Outcome::pass("the topic is encrypted with a customer key", evidence)),
        KmsKeyState::Dead { state, arn } => {
            let message = format!("the topic's key is in state {state}, so nothing can be published");
            Ok(Outcome::fail(message, evidence, topic::revive_key(arn, state, topic, region)))
        }
    }
}

#[cfg(test)]
mod tests;
