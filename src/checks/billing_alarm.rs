//! `billing-alarm`: an alarm at $25 that really reaches somebody.

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::account::facts::{Alarms, Caller, Metric, MetricAlarm};
use crate::account::operation::Operation;
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::analysis::billing_region;
use crate::analysis::subscriber::links;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::check::Link;
use crate::model::finding::{Candidate, CheckResult, Evidence, Finding, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::FollowUp;

mod action;
mod data;
mod enabled;
mod faults;
mod metric;
mod publish;
mod remedy;
mod state;
mod template;
mod threshold;
mod watched;

use action::{Actions, Target, targets};
use enabled::Rules;
use publish::{Around, TopicFacts};
use remedy::Plan;
use state::State;
use watched::is_about_billing;

const EXISTS: Requirement = Requirement {
    id: "billing-alarm/exists",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    pass: "a CloudWatch metric alarm watches AWS/Billing EstimatedCharges",
    warn: "",
    fail: "no such alarm. AWS Budgets don't count: they send their own messages",
};
const REGION: Requirement = Requirement {
    id: "billing-alarm/region",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    pass: "the alarm is in the billing Region",
    warn: "",
    fail: "only an alarm in your home Region: AWS publishes the metric in one Region, so it never fires",
};
const METRIC: Requirement = Requirement {
    id: "billing-alarm/metric",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    pass: "the alarm watches the whole bill of this account, in USD",
    warn: "",
    fail: "it watches one service, another account or currency, an expression, or a metric that doesn't \
            exist",
};
const THRESHOLD: Requirement = Requirement {
    id: "billing-alarm/threshold",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
    pass: "the alarm fires within a day when the bill exceeds $25 (`--threshold`) or less",
    warn: "the Sum statistic, or a window of more than a day",
    fail: "a higher threshold, another operator or statistic, or a window that can't contain the data \
            points it needs",
};
const DATA: Requirement = Requirement {
    id: "billing-alarm/data",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html",
    pass: "AWS has sent the billing metric within two weeks",
    warn: "",
    fail: "no metric data more than 24 hours after the alarm was configured: billing alerts were never \
            enabled. Before that, the answer is unknown",
};
const STATE: Requirement = Requirement {
    id: "billing-alarm/state",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html",
    pass: "the alarm is in OK state",
    warn: "ALARM state, the warm-up, the first 24 hours without data, partial data, or a temporary \
            evaluation failure",
    fail: "more than 24 hours without data, or a configuration that CloudWatch can't evaluate",
};
const ENABLED: Requirement = Requirement {
    id: "billing-alarm/enabled",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
    pass: "the alarm's actions are enabled, and no mute rule mutes them",
    warn: "a mute rule is scheduled",
    fail: "actions are disabled, or a mute rule is active: the alarm sends no notification",
};
const ACTION: Requirement = Requirement {
    id: "billing-alarm/action",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    pass: "an ALARM action is an existing SNS topic in this account and Region",
    warn: "",
    fail: "no such topic, or only an OK action. A topic in another account is unknown",
};
const PUBLISH: Requirement = Requirement {
    id: "billing-alarm/publish",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    pass: "the topic policy and its KMS key allow CloudWatch to publish for this alarm",
    warn: "the KMS key policy allows kms:GenerateDataKey, but not kms:GenerateDataKey*",
    fail: "a policy doesn't allow it, or the KMS key is AWS managed: CloudWatch drops the notification \
            silently",
};
const SUBSCRIBER: Requirement = Requirement {
    id: "billing-alarm/subscriber",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html",
    pass: "a confirmed email or HTTP(S) subscription whose filter policy lets the alarm's message through",
    warn: "only SMS or automated endpoints receive it",
    fail: "no confirmed subscription, or every filter policy drops the message",
};
const TOPIC: Requirement = Requirement {
    id: "billing-alarm/topic",
    severity: Severity::Low,
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    pass: "the topic has the expected name (`--topic`)",
    warn: "another topic",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "billing-alarm",
    title: |expect| format!("${} billing alarm", expect.threshold.value),
    passes_when: "a CloudWatch alarm at $25 or less reaches a human subscriber",
    what: "Checks that a CloudWatch alarm on AWS/Billing EstimatedCharges fires at the limit and that its message \
           reaches a human. That covers the Region, metric, threshold, data, actions, the topic's policy and KMS \
           key, and the topic's subscribers.",
    why: "An unexpected bill is often the first sign of a stolen access key. An alarm in the wrong Region, or one \
          whose message is dropped on the way, looks right in the console and sends nothing.",
    decisions: &[
        "In the management account of an organization, the total (Currency alone) is the bill of all accounts. A \
         LinkedAccount dimension is one account's share.",
        "An alarm that uses the metric in metric math is a candidate, and so is an expression that names it \
         (Metrics Insights, SEARCH). Only one plain metric passes.",
        "If CloudWatch doesn't return what an alarm watches, it may be the billing alarm: the answer is unknown.",
        "The billing Region is us-east-1 in the partition aws only. In other partitions, or while the partition \
         isn't known, every requirement is unknown unless --billing-region names the Region.",
        "Alarms on a PromQL query (EvaluationCriteria) and log alarms aren't candidates: they don't watch \
         AWS/Billing.",
        "If CloudWatch doesn't return an alarm's dimensions, only the metric is unknown.",
        "In the partitions aws-cn and aws-eusc bills aren't in USD. No currency, or another one, is unknown \
         there, and data in any currency counts.",
        "Mute rules are read by the alarm's name, unless its actions are disabled. An expired rule doesn't count.",
        "An action and the topic behind it are evaluated together: the best action is the one whose whole chain \
         is best. An action that isn't an SNS topic (Lambda, Auto Scaling, Systems Manager, EC2) doesn't count.",
        "The topic is the expected one if its name is. Whether it exists and who is subscribed are other \
         requirements.",
        "A KMS key in a state that is neither enabled nor unusable is unknown. KMS grants aren't read.",
        "aws:SourceOrgID and aws:SourceOrgPaths are absent in a standalone account. In an organization the first \
         is its ID, and the second isn't known.",
        "CloudWatch's messages have no attributes, so every filter on attributes drops them. In their body the \
         Region has its long name, US East (N. Virginia). Filters on another Region's name, other keys, numbers, \
         wildcards and addresses are unknown.",
    ],
    requirements: &[
        &EXISTS,
        &REGION,
        &METRIC,
        &THRESHOLD,
        &DATA,
        &STATE,
        &ENABLED,
        &ACTION,
        &PUBLISH,
        &SUBSCRIBER,
        &TOPIC,
    ],
    chain: &[
        Link { name: "alarm", requirements: &[&EXISTS, &REGION, &METRIC, &THRESHOLD, &DATA, &STATE, &ENABLED] },
        Link { name: "topic", requirements: &[&ACTION, &TOPIC] },
        Link { name: publish::POLICY, requirements: &[&PUBLISH] },
        Link { name: publish::KEY, requirements: &[&PUBLISH] },
        Link { name: links::FILTER, requirements: &[&SUBSCRIBER] },
        Link { name: links::SUBSCRIBER, requirements: &[&SUBSCRIBER] },
    ],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::DescribeAlarms,
        Operation::ListAlarmMuteRules,
        Operation::ListMetrics,
        Operation::GetTopicAttributes,
        Operation::ListSubscriptionsByTopic,
        Operation::GetSubscriptionAttributes,
        Operation::DescribeKey,
        Operation::GetKeyPolicy,
    ],
    explains_with: &[],
    after: &["security-alerts-topic"],
    fix: "Enable \"Receive CloudWatch billing alerts\" in the billing preferences. In us-east-1, create the \
          topic, subscribe an email address, confirm the subscription, and create an alarm on AWS/Billing \
          EstimatedCharges, Currency USD, that notifies the topic.",
    references: &[remedy::ALARM_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

/// An alarm that may be the one that is looked for, with what is asked of the topics that it notifies.
enum Found<'a> {
    Alarm(Observed<'a, MetricAlarm>, Vec<Target<'a>>, Rules<'a>),
    Unclear(Observed<'a, MetricAlarm>, Unavailable),
}

/// What the alarms come to: those of the billing region, and where there are none, those at home, which explain the failure.
struct Search<'a> {
    caller: Fact<'a, Caller>,
    alarms: Fact<'a, Alarms>,
    found: Vec<Found<'a>>,
    at_home: Vec<Observed<'a, MetricAlarm>>,
    /// The expected topic, where no alarm that was found notifies it: for a remedy that lets one do so.
    expected: Option<TopicFacts<'a>>,
}

/// What is read beside the alarms.
#[derive(Clone, Copy)]
struct Beside<'a> {
    metrics: Fact<'a, Vec<Metric>>,
    around: Around<'a>,
}

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (search, metrics, organization) =
        tokio::join!(search(account, expect), account.billing_metrics(expect.billing()), account.organization());
    let beside = Beside { metrics, around: Around { organization, region: expect.billing(), now: account.now() } };
    let judged = judge(&search, beside, expect);
    let template = template::missing(&judged, &search, beside, expect);
    judged.with_template(template).with_passed(|result| passed(result, expect.billing()))
}

/// Which alarm fires at which amount, and whom that reaches.
fn passed(result: &CheckResult, region: &str) -> Option<String> {
    let threshold = result.value(&THRESHOLD, "threshold")?;
    let endpoint = result.value(&SUBSCRIBER, "endpoint")?;
    let reaches = match result.value(&SUBSCRIBER, "protocol")?.as_str() {
        "email" | "email-json" => "emails",
        _ => "notifies",
    };
    Some(format!("{} ({region}) fires above ${threshold} and {reaches} {endpoint}", result.name()?))
}

/// The name that an alarm gets where there is none.
fn new_name(search: &Search<'_>, beside: Beside<'_>, expect: &Settings) -> Option<String> {
    match search.alarms {
        Ok(_) => plan(search, beside, expect).new_name(),
        Err(_) => None,
    }
}

async fn search<'a>(account: &'a Account, expect: &Settings) -> Search<'a> {
    let region = expect.billing();
    let (caller, alarms) = tokio::join!(account.caller(), account.alarms(region));
    let topic = topic_arn(caller, expect);
    let mut search = Search { caller, alarms, found: Vec::new(), at_home: Vec::new(), expected: None };
    let Ok(listed) = alarms else { return search };
    let candidates: Vec<_> = candidates(listed).collect();
    let is_notified =
        candidates.iter().any(|(alarm, _)| action::told(alarm.get()).iter().any(|it| Some(it) == topic.as_ref()));
    let expected = async {
        match topic.as_ref().filter(|_| !is_notified) {
            Some(topic) => Some(TopicFacts::ask(account, region, topic).await),
            None => None,
        }
    };
    if candidates.is_empty() {
        let at_home = async {
            if expect.home() == region {
                return Vec::new();
            }
            match account.alarms(expect.home()).await {
                Ok(alarms) => candidates_of_home(alarms),
                Err(_) => Vec::new(),
            }
        };
        (search.at_home, search.expected) = tokio::join!(at_home, expected);
        return search;
    }
    let found = candidates.into_iter().map(|(alarm, is_one)| async move {
        match is_one {
            Ok(()) => {
                let (targets, rules) = tokio::join!(
                    targets(account, region, caller, alarm.get()),
                    enabled::rules(account, region, alarm.get())
                );
                Found::Alarm(alarm, targets, rules)
            }
            Err(unclear) => Found::Unclear(alarm, unclear),
        }
    });
    (search.found, search.expected) = tokio::join!(join_all(found), expected);
    search
}

/// The alarms that are about the billing metric, and those that may be.
fn candidates(
    alarms: Observed<'_, Alarms>,
) -> impl Iterator<Item = (Observed<'_, MetricAlarm>, Result<(), Unavailable>)> {
    alarms.part(|alarms| &alarms.metric).each().filter_map(|alarm| match is_about_billing(alarm) {
        Ok(true) => Some((alarm, Ok(()))),
        Ok(false) => None,
        Err(unclear) => Some((alarm, Err(unclear))),
    })
}

/// Those that surely are about it, by name.
fn candidates_of_home(alarms: Observed<'_, Alarms>) -> Vec<Observed<'_, MetricAlarm>> {
    let metric_alarms = alarms.part(|alarms| &alarms.metric).each();
    let mut sure: Vec<_> = metric_alarms.filter(|alarm| is_about_billing(*alarm) == Ok(true)).collect();
    sure.sort_by(|a, b| a.get().name.cmp(&b.get().name));
    sure
}

fn judge(search: &Search<'_>, beside: Beside<'_>, expect: &Settings) -> CheckResult {
    let region = expect.billing();
    let known_region = billing_region::known(search.caller, expect);
    let alarms = match known_region.and_then(|_| search.alarms.map_err(Unavailable::from)) {
        Ok(alarms) => alarms,
        Err(unavailable) => {
            return CHECK.unknown(&Subject { resource: None, region: Some(region.to_owned()) }, &unavailable).into();
        }
    };
    let candidates = search.found.iter().map(|found| match found {
        Found::Alarm(alarm, targets, rules) => Candidate {
            name: alarm.get().name.clone(),
            findings: findings(*alarm, (targets, *rules), search, alarms, beside, expect),
        },
        Found::Unclear(alarm, unclear) => Candidate {
            name: alarm.get().name.clone(),
            findings: CHECK.unknown(&Subject::regional(&alarm.get().arn, region), unclear),
        },
    });
    let Some(judged) = Candidate::best(candidates.collect()) else {
        let judged = CheckResult::from(vec![none_in_the_billing_region(search, alarms, beside, expect)]);
        return with_verification(judged, new_name(search, beside, expect).as_deref(), region);
    };
    let name = judged.chosen.as_ref().map(|alarm| alarm.name.clone());
    with_verification(judged, name.as_deref(), region)
}

/// The same, tried by the alarm of that name.
fn with_verification(judged: CheckResult, alarm: Option<&str>, region: &str) -> CheckResult {
    match alarm {
        Some(alarm) => judged.with_verification(remedy::trial(alarm, region)),
        None => judged,
    }
}

/// The expected topic's ARN in the billing region.
fn topic_arn(caller: Fact<'_, Caller>, expect: &Settings) -> Option<String> {
    let Ok(caller) = caller else { return None };
    let (partition, account) = (caller.get().partition(), &caller.get().account);
    Some(format!("arn:{partition}:sns:{}:{account}:{}", expect.billing(), expect.topic.value))
}

fn plan<'a>(search: &'a Search<'a>, beside: Beside<'a>, expect: &'a Settings) -> Plan<'a> {
    Plan {
        region: expect.billing(),
        threshold: expect.threshold.value,
        topic_name: expect.topic.value.as_str(),
        topic: topic_arn(search.caller, expect),
        actions: Vec::new(),
        as_it_is: search.expected.as_ref(),
        caller: search.caller,
        around: beside.around,
        existing: match search.alarms {
            Ok(alarms) => Some(alarms.get()),
            Err(_) => None,
        },
    }
}

fn none_in_the_billing_region(
    search: &Search<'_>,
    alarms: Observed<'_, Alarms>,
    beside: Beside<'_>,
    expect: &Settings,
) -> Finding {
    let (region, home) = (expect.billing(), expect.home());
    let mut remedy = plan(search, beside, expect).create();
    let partition = match search.caller {
        Ok(caller) => caller.get().partition(),
        Err(_) => "",
    };
    // An alarm without data is the next that would be found, and CloudWatch's console lists no metric to choose before there are some.
    if !data::is_sent(beside.metrics, partition) {
        remedy = remedy.then(FollowUp::First(Box::new(data::switch_on())));
    }
    if let Some(alarm) = search.at_home.first() {
        return REGION.judge(&Subject::regional(&alarm.get().arn, home), || {
            let message = format!(
                "Alarm `{}` is in {home}, but billing metrics exist only in {region}, so it never fires",
                alarm.get().name
            );
            let evidence = Evidence::new(*alarm, "alarm", &alarm.get().name).and(alarms, "alarms_in_billing_region", 0);
            Ok(Outcome::fail(message, evidence, remedy).brief(format!("{} is in the wrong Region", alarm.get().name)))
        });
    }
    EXISTS.judge(&Subject { resource: None, region: Some(region.to_owned()) }, || {
        let message = format!("No alarm on AWS/Billing EstimatedCharges in {region} (Budgets don't count)");
        let evidence = Evidence::new(alarms, "metric_alarms", alarms.get().metric.len());
        Ok(Outcome::fail(message, evidence, remedy).brief(format!("no billing alarm in {region}")))
    })
}

fn findings(
    alarm: Observed<'_, MetricAlarm>,
    (targets, rules): (&[Target<'_>], Rules<'_>),
    search: &Search<'_>,
    alarms: Observed<'_, Alarms>,
    beside: Beside<'_>,
    expect: &Settings,
) -> Vec<Finding> {
    let region = expect.billing();
    let Beside { metrics, around } = beside;
    let subject = Subject::regional(&alarm.get().arn, region);
    let caller = search.caller;
    let is_sent = data::is_sent(metrics, metric::partition(caller, alarm.get()));
    let mut plan = plan(search, beside, expect);
    plan.actions = action::to_keep(alarm.get(), targets, region, plan.topic.as_deref());
    let mut findings = vec![
        EXISTS.judge(&subject, || Ok(exists(alarm))),
        REGION.judge(&subject, || Ok(in_region(alarm, region))),
        METRIC.judge(&subject, || metric::judge(alarm, caller, &plan)),
        THRESHOLD.judge(&subject, || threshold::judge(alarm, &plan)),
        data::judge(&DATA, &subject, (metrics, is_sent), alarm, around.now),
        STATE.judge(&subject, || State { alarm, is_sent, now: around.now, plan: &plan }.judge()),
        ENABLED.judge(&subject, || enabled::judge(alarm, rules, region)),
    ];
    findings.extend(Actions { alarm, alarms, caller, region, around, targets, plan: &plan }.judge());
    findings
}

fn exists(alarm: Observed<'_, MetricAlarm>) -> Outcome {
    let name = &alarm.get().name;
    Outcome::pass(format!("Alarm `{name}` watches AWS/Billing EstimatedCharges"), Evidence::new(alarm, "alarm", name))
}

fn in_region(alarm: Observed<'_, MetricAlarm>, region: &str) -> Outcome {
    let name = &alarm.get().name;
    let message = format!("Alarm `{name}` is in {region}, where AWS publishes the billing metric");
    Outcome::pass(message, Evidence::new(alarm, "arn", &alarm.get().arn))
}

#[cfg(test)]
mod tests;
