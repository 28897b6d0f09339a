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
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/exists",
    pass: "a metric alarm watches AWS's estimated charges",
    warn: "",
    fail: "fails when none does; a Budget does not count, it is another service with its own messages",
};
const REGION: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/region",
    pass: "the alarm is in the billing region",
    warn: "",
    fail: "fails when it is in the home region only: AWS publishes the metric in one region, so it can never go off",
};
const METRIC: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/metric",
    pass: "it watches the whole bill of this account, in US dollars",
    warn: "",
    fail: "fails when it watches a part of it, another currency or account, an expression, or a metric that does not exist",
};
const THRESHOLD: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/threshold",
    pass: "it goes off within a day when the bill passes the limit or less",
    warn: "",
    fail: "fails with a higher threshold, or one that is not passed from below, or if its window can't hold the data points that it \
                needs; warns with the Sum statistic or a window of more than a day",
};
const DATA: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/data",
    pass: "AWS has sent the billing metric within two weeks",
    warn: "",
    fail: "fails without it, a day after the alarm was set: billing alerts were never enabled; before, it is not known",
};
const STATE: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/state",
    pass: "the alarm's state is OK",
    warn: "",
    fail: "warns in ALARM state, in its warm-up, in its first day without data, and if CloudWatch evaluates it on partial data or \
                fails to for the time being; fails after a day without data, or if it can't be evaluated",
};
const ENABLED: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/enabled",
    pass: "the alarm's actions are enabled, and no mute rule mutes them",
    warn: "",
    fail: "fails when they are disabled or a mute rule is active: then the alarm sends no notification; warns when one is scheduled",
};
const ACTION: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/action",
    pass: "going to ALARM, it notifies an SNS topic of this account and region that exists",
    warn: "",
    fail: "fails when it notifies no such topic, or only when it is OK again; another account's topic is not known",
};
const PUBLISH: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/publish",
    pass: "the topic's policy lets CloudWatch publish for this alarm, and so does its key",
    warn: "",
    fail: "fails when a policy does not, or the KMS key is an AWS managed key: CloudWatch drops the message without a word; warns \
                when the policy of the KMS key allows kms:GenerateDataKey only, and not all of kms:GenerateDataKey*",
};
const SUBSCRIBER: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/subscriber",
    pass: "a subscription by email or HTTP(S) is confirmed, and its filter lets the alarm's message through",
    warn: "",
    fail: "fails without one, or if every filter drops the message; warns when only SMS or automated endpoints get it",
};
const TOPIC: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "billing-alarm/topic",
    pass: "the topic is the expected one",
    warn: "",
    fail: "warns with another",
};

pub(super) const CHECK: Check = Check {
    id: "billing-alarm",
    title: |expect| format!("${} billing alarm", expect.threshold.value),
    what: "A CloudWatch alarm on the metric AWS/Billing EstimatedCharges, in the one region where AWS publishes it, goes off at the \
           limit, and its message reaches a person: metric, threshold, data, actions, the topic's policy and key, and its subscribers.",
    why: "A bill that nobody expects is the first that most people hear of a stolen key. An alarm in the wrong region, or one whose \
          message is dropped on its way, looks right in the console and never comes.",
    decisions: &[
        "An alarm that watches the metric anywhere in its math form is a candidate, and so is an expression that names it (Metrics \
         Insights, SEARCH). Only one plain metric passes.",
        "An alarm of which CloudWatch does not say what it watches may be the one that is looked for: then the answer is unknown.",
        "The billing region is AWS's us-east-1 in the partition aws only. Elsewhere, or while the partition is not known, all of this is \
         unknown unless --billing-region names it.",
        "An alarm on a PromQL query (EvaluationCriteria) and a log alarm are no candidates: they don't watch AWS/Billing.",
        "An alarm whose dimensions CloudWatch does not return leaves only the metric unknown.",
        "In the partitions aws-cn and aws-eusc bills are not in US dollars. No or another currency is unknown there, and the data of any \
         currency count.",
        "Mute rules are asked for by the alarm's name, unless its actions are disabled. An expired rule does not count.",
        "An action and the topic behind it are judged together: the best action is the one whose whole chain is best. An action that is \
         no SNS topic (Lambda, Auto Scaling, Systems Manager, EC2) does not count.",
        "The topic is the expected one when its name is; whether it exists and who reads it are other requirements.",
        "A KMS key in a state that is neither enabled nor of no use leaves it open. Grants of KMS are not read.",
        "aws:SourceOrgID and aws:SourceOrgPaths are absent in a standalone account. In an organization the first is its ID, and the \
         second is not known.",
        "CloudWatch's messages have no attributes, so every filter on attributes drops them. In their body the region has its long name, US East (N. Virginia); filters on another \
         region's name, on other keys, on numbers, wildcards and addresses leave it open.",
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
    fix: "Enable \"Receive CloudWatch billing alerts\" in the billing preferences; in us-east-1 make the topic, subscribe an e-mail \
          address and confirm it, and make an alarm on AWS/Billing EstimatedCharges, Currency USD, that notifies it.",
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
    judged.with_template(template)
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
            return all_unknown(&Subject { resource: None, region: Some(region.to_owned()) }, &unavailable).into();
        }
    };
    let candidates = search.found.iter().map(|found| match found {
        Found::Alarm(alarm, targets, rules) => Candidate {
            name: alarm.get().name.clone(),
            findings: findings(*alarm, (targets, *rules), search, alarms, beside, expect),
        },
        Found::Unclear(alarm, unclear) => Candidate {
            name: alarm.get().name.clone(),
            findings: all_unknown(&Subject::regional(&alarm.get().arn, region), unclear),
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

fn all_unknown(subject: &Subject, unavailable: &Unavailable) -> Vec<Finding> {
    CHECK.requirements.iter().map(|requirement| requirement.unknown(subject, unavailable)).collect()
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
                "the alarm {} is in {home}, where AWS publishes no billing metric, so it can never go off; it belongs in {region}",
                alarm.get().name
            );
            let evidence = Evidence::new(*alarm, "alarm", &alarm.get().name).and(alarms, "alarms_in_billing_region", 0);
            Ok(Outcome::fail(message, evidence, remedy))
        });
    }
    EXISTS.judge(&Subject { resource: None, region: Some(region.to_owned()) }, || {
        let message = format!("there is no alarm on AWS's estimated charges in {region}; a Budget does not count");
        let evidence = Evidence::new(alarms, "metric_alarms", alarms.get().metric.len());
        Ok(Outcome::fail(message, evidence, remedy))
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
    Outcome::pass(format!("the alarm {name} watches AWS's estimated charges"), Evidence::new(alarm, "alarm", name))
}

fn in_region(alarm: Observed<'_, MetricAlarm>, region: &str) -> Outcome {
    let message = format!("it is in {region}, where AWS publishes the billing metric");
    Outcome::pass(message, Evidence::new(alarm, "arn", &alarm.get().arn))
}

#[cfg(test)]
mod tests;
