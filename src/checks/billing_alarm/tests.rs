//! The alarm of the labs, and what it comes to when one thing about it is not so. One module a group of requirements.

use super::*;
use crate::account::facts::{
    Dimension, Facts, MetricQuery, MetricStat, MuteRule, RareSettings, Subscription, SubscriptionAttributes, Topic,
};
use crate::config::settings::{Setting, SettingSource};
use crate::model::finding::Chosen;
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::{ACCOUNT, denied, hours_ago, judge as judge_facts, judge_expecting, known, standalone, status_of};

mod action;
mod chain;
mod found;
mod numbers;
mod path;
mod publish;
mod rounds;
mod unseen;

const REGION_NAME: &str = "us-east-1";
const ALARM: &str = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Billing-25";
const TOPIC_ARN: &str = "arn:aws:sns:us-east-1:111122223333:SecurityAlerts";
const KEY_ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/0b1c";

/// The policy that SNS gives a new topic.
const DEFAULT_POLICY: &str = r#"{"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{"Sid": "__default_statement_ID",
    "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes",
    "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic",
    "SNS:Publish"], "Resource": "arn:aws:sns:us-east-1:111122223333:SecurityAlerts",
    "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}]}"#;

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension { name: name.to_owned(), value: value.to_owned() }
}

fn bill() -> MetricStat {
    MetricStat {
        namespace: Some("AWS/Billing".to_owned()),
        metric_name: Some("EstimatedCharges".to_owned()),
        dimensions: Some(vec![dimension("Currency", "USD")]),
        statistic: Some("Maximum".to_owned()),
        period: Some(21_600),
        unit: None,
    }
}

fn nothing() -> MetricStat {
    MetricStat {
        namespace: None,
        metric_name: None,
        dimensions: Some(Vec::new()),
        statistic: None,
        period: None,
        unit: None,
    }
}

fn cpu() -> MetricStat {
    MetricStat {
        namespace: Some("AWS/EC2".to_owned()),
        metric_name: Some("CPUUtilization".to_owned()),
        dimensions: Some(vec![dimension("InstanceId", "i-1")]),
        ..bill()
    }
}

/// The alarm as the labs make it.
fn alarm() -> MetricAlarm {
    MetricAlarm {
        name: "Billing-25".to_owned(),
        arn: ALARM.to_owned(),
        metric: bill(),
        queries: Vec::new(),
        threshold: Some(25.0),
        threshold_metric_id: None,
        comparison_operator: Some("GreaterThanThreshold".to_owned()),
        evaluation_periods: Some(1),
        datapoints_to_alarm: Some(1),
        treat_missing_data: Some("missing".to_owned()),
        actions_enabled: Some(true),
        alarm_actions: Some(vec![TOPIC_ARN.to_owned()]),
        ok_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        state: Some("OK".to_owned()),
        state_updated: Some(hours_ago(100)),
        state_transitioned: Some(hours_ago(100)),
        configured: Some(hours_ago(200)),
        rare: RareSettings::default(),
    }
}

fn changed(change: impl FnOnce(&mut MetricAlarm)) -> MetricAlarm {
    let mut alarm = alarm();
    change(&mut alarm);
    alarm
}

fn named(name: &str, alarm: MetricAlarm) -> MetricAlarm {
    MetricAlarm { name: name.to_owned(), arn: format!("arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}"), ..alarm }
}

fn metric_query(id: &str, metric: MetricStat, return_data: bool) -> MetricQuery {
    MetricQuery {
        id: id.to_owned(),
        expression: None,
        metric: Some(metric),
        return_data: Some(return_data),
        account_id: None,
    }
}

fn expression_query(id: &str, expression: &str, return_data: bool) -> MetricQuery {
    MetricQuery {
        id: id.to_owned(),
        expression: Some(expression.to_owned()),
        metric: None,
        return_data: Some(return_data),
        account_id: None,
    }
}

fn in_math_form(queries: Vec<MetricQuery>) -> MetricAlarm {
    MetricAlarm { metric: nothing(), queries, ..alarm() }
}

fn topic() -> Topic {
    Topic { policy: Some(DEFAULT_POLICY.to_owned()), kms_key: None }
}

fn subscription(number: usize, protocol: &str) -> Subscription {
    Subscription {
        arn: format!("{TOPIC_ARN}:{number}"),
        protocol: Some(protocol.to_owned()),
        endpoint: Some("o••@example.com".to_owned()),
    }
}

fn attributes(filter: Option<&str>, scope: &str) -> SubscriptionAttributes {
    SubscriptionAttributes {
        pending_confirmation: Some(false),
        filter_policy: filter.map(str::to_owned),
        filter_policy_scope: Some(scope.to_owned()),
    }
}

/// Puts a topic and its subscribers in place.
fn put_topic(
    facts: &mut Facts,
    arn: &str,
    topic: Topic,
    subscribers: &[(Subscription, Option<SubscriptionAttributes>)],
) {
    facts.topic_attributes.set(arn, known(Operation::GetTopicAttributes, Some(topic)));
    let list = subscribers.iter().map(|(subscription, _)| subscription.clone()).collect();
    facts.subscriptions.set(arn, known(Operation::ListSubscriptionsByTopic, Some(list)));
    for (subscription, attributes) in subscribers {
        let slot = known(Operation::GetSubscriptionAttributes, attributes.clone());
        facts.subscription_attributes.set(&subscription.arn, slot);
    }
}

fn reader() -> [(Subscription, Option<SubscriptionAttributes>); 1] {
    [(subscription(1, "email"), Some(attributes(None, "MessageAttributes")))]
}

/// An account with these alarms in the billing region, a good topic there, billing data, and no alarm at home.
fn account_with(alarms: Vec<MetricAlarm>) -> Facts {
    let mut facts = standalone();
    for alarm in &alarms {
        mute(&mut facts, &alarm.name, Vec::new());
    }
    facts.alarms.set(REGION_NAME, known(Operation::DescribeAlarms, Alarms { metric: alarms, composite: Vec::new() }));
    facts
        .alarms
        .set("us-west-2", known(Operation::DescribeAlarms, Alarms { metric: Vec::new(), composite: Vec::new() }));
    let metrics = vec![Metric { dimensions: Some(vec![dimension("Currency", "USD")]) }];
    facts.billing_metrics.set(REGION_NAME, known(Operation::ListMetrics, metrics));
    put_topic(&mut facts, TOPIC_ARN, topic(), &reader());
    facts
}

/// Gives an alarm these mute rules.
fn mute(facts: &mut Facts, alarm: &str, rules: Vec<MuteRule>) {
    facts.alarm_mute_rules.set(&format!("{REGION_NAME} {alarm}"), known(Operation::ListAlarmMuteRules, rules));
}

fn ready() -> Facts {
    account_with(vec![alarm()])
}

/// The status of one link, by the end of its id.
fn link(facts: Facts, link: &str) -> Status {
    status_of(&judge_facts(&CHECK, facts), &format!("billing-alarm/{link}"))
}

fn link_of(change: impl FnOnce(&mut MetricAlarm), name: &str) -> Status {
    link(account_with(vec![changed(change)]), name)
}

fn finding<'a>(judged: &'a CheckResult, link: &str) -> &'a Finding {
    let id = format!("billing-alarm/{link}");
    judged.findings.iter().find(|finding| finding.id == id).unwrap_or_else(|| panic!("{id}: {judged:#?}"))
}

fn links(judged: &CheckResult) -> Vec<(&'static str, Status)> {
    judged.findings.iter().map(|finding| (finding.id.split('/').next_back().unwrap(), finding.status)).collect()
}

/// The links that are not what they are in a ready account: passed.
fn not_passed(judged: &CheckResult) -> Vec<(&'static str, Status)> {
    links(judged).into_iter().filter(|(_, status)| *status != Pass).collect()
}

const ALL: [&str; 11] =
    ["exists", "region", "metric", "threshold", "data", "state", "enabled", "action", "publish", "subscriber", "topic"];

#[test]
fn the_labs_alarm_passes_every_requirement_in_order() {
    assert_eq!(links(&judge_facts(&CHECK, ready())), ALL.map(|link| (link, Pass)));
}
