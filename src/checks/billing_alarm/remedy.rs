//! How a billing alarm comes to be, and to be right. `put-metric-alarm` replaces an alarm as a whole, so every command repeats all of
//! it, and all commands for one alarm lead to the same alarm.

use serde_json::{Value, json};

use super::publish::CLOUDWATCH;
use super::threshold::{is_amount, is_upper_limit, is_within_a_day, waits_for_ever};
use super::watched::Watched;
use crate::account::facts::{Alarms, MetricAlarm, Topic};
use crate::judgement::subscriber::{opened_link, subscribe_by_email};
use crate::remediation::{Command, Cost, Remediation, Then};

pub(super) const ALARM_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html";
const ALARM_COST: Cost = Cost {
    monthly_cents: 10,
    basis: "$0.10 an alarm and month; AWS gives the first ten alarms free",
    page: "https://aws.amazon.com/cloudwatch/pricing/",
};
const ACCESS_PAGE: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html";

/// What the alarm and its topic are to be like.
pub(super) struct Plan<'a> {
    /// The billing region.
    pub(super) region: &'a str,
    /// The greatest threshold.
    pub(super) threshold: f64,
    /// The expected topic's name.
    pub(super) topic_name: &'a str,
    /// Its ARN in the billing region, where the account's id is known.
    pub(super) topic: Option<String>,
    /// Of the candidate that is judged: what it is to notify.
    pub(super) actions: Vec<String>,
}

impl Plan<'_> {
    /// The topic, its subscriber and a new alarm. `existing` are the alarms of the region, whose names are taken.
    pub(super) fn create(&self, existing: Option<&Alarms>) -> Remediation {
        let remedy = Remediation::new(format!(
            "Create the topic and the alarm in {}, and open the link in the e-mail that SNS sends",
            self.region
        ));
        let mut remedy = self.with_topic(remedy);
        if let Some(topic) = &self.topic {
            let name = free_name(self.threshold, existing);
            remedy = remedy.run(self.put(&name, &Shape::new(self.threshold), std::slice::from_ref(topic)));
        }
        remedy.console(self.console()).see(ALARM_PAGE).costs(ALARM_COST).takes(5).finished()
    }

    /// The name that a new alarm gets, where its command can be written.
    pub(super) fn new_name(&self, existing: Option<&Alarms>) -> Option<String> {
        self.topic.as_ref().map(|_| free_name(self.threshold, existing))
    }

    /// The alarm as it should be.
    pub(super) fn repair(&self, summary: &str, alarm: &MetricAlarm) -> Remediation {
        Remediation::new(format!("{summary} (the command replaces the alarm, without its description)"))
            .run(self.repaired(alarm, &self.actions))
            .console(self.console())
            .see(ALARM_PAGE)
            .finished()
    }

    /// The alarm with the expected topic in the place of what cannot be notified.
    pub(super) fn notify_instead(&self, alarm: &MetricAlarm) -> Remediation {
        let summary = format!("Let the alarm notify the topic {} in {}", self.topic_name, self.region);
        self.notify(&summary, alarm)
    }

    /// The alarm with the expected topic beside what it notifies.
    pub(super) fn notify_expected(&self, alarm: &MetricAlarm) -> Remediation {
        let summary = format!(
            "Let the alarm notify the topic {} too, or name the topic that you use with --topic",
            self.topic_name
        );
        self.notify(&summary, alarm)
    }

    fn notify(&self, summary: &str, alarm: &MetricAlarm) -> Remediation {
        let summary = format!("{summary} (the command replaces the alarm, without its description)");
        let mut remedy = self.with_topic(Remediation::new(summary));
        if let Some(topic) = &self.topic {
            let mut actions = self.actions.clone();
            if !actions.contains(topic) {
                actions.push(topic.clone());
            }
            remedy = remedy.run(self.repaired(alarm, &actions));
        }
        remedy.console(self.console()).see(ALARM_PAGE).finished()
    }

    fn with_topic(&self, remedy: Remediation) -> Remediation {
        match &self.topic {
            Some(topic) => remedy
                .run(
                    Command::aws("sns", "create-topic")
                        .option("--name", self.topic_name)
                        .option("--region", self.region),
                )
                .run(subscribe_by_email(topic, self.region))
                .then(Then::Does(Box::new(opened_link()))),
            None => remedy,
        }
    }

    fn repaired(&self, alarm: &MetricAlarm, actions: &[String]) -> Command {
        let command = self.put(&alarm.name, &Shape::of(alarm, self.threshold), actions);
        let command = list(command, "--ok-actions", &alarm.ok_actions);
        list(command, "--insufficient-data-actions", &alarm.insufficient_data_actions)
    }

    fn put(&self, name: &str, shape: &Shape<'_>, actions: &[String]) -> Command {
        let mut command = Command::aws("cloudwatch", "put-metric-alarm")
            .option("--alarm-name", name)
            .option("--namespace", "AWS/Billing")
            .option("--metric-name", "EstimatedCharges")
            .option("--dimensions", "Name=Currency,Value=USD")
            .option("--statistic", shape.statistic)
            .option("--period", &shape.period.to_string())
            .option("--evaluation-periods", &shape.periods.to_string())
            .option("--threshold", &shape.threshold.to_string())
            .option("--comparison-operator", shape.operator);
        if let Some(datapoints) = shape.datapoints {
            command = command.option("--datapoints-to-alarm", &datapoints.to_string());
        }
        if let Some(missing_data) = shape.missing_data {
            command = command.option("--treat-missing-data", missing_data);
        }
        list(command, "--alarm-actions", actions).option("--region", self.region)
    }

    fn console(&self) -> String {
        format!(
            "CloudWatch in {} > Alarms > Create alarm (or the alarm > Actions > Edit) > Select metric > Billing > Total Estimated Charge \
             > USD; Maximum, 6 hours; Greater than {}; In alarm > the topic {}",
            self.region, self.threshold, self.topic_name
        )
    }
}

/// An option with several words, or nothing where there are none.
fn list(command: Command, name: &str, words: &[String]) -> Command {
    if words.is_empty() {
        return command;
    }
    words.iter().fold(command.word(name), |command, word| command.word(word))
}

/// A name that no alarm of the region has: to put an alarm under one that is taken would replace that one.
fn free_name(threshold: f64, existing: Option<&Alarms>) -> String {
    let name = format!("billing-over-{threshold}-usd");
    let taken = |name: &str| {
        existing.is_some_and(|alarms| {
            alarms.metric.iter().any(|alarm| alarm.name == name)
                || alarms.composite.iter().any(|alarm| alarm.name == name)
        })
    };
    free(&name, "-", taken)
}

/// The name, or the name with the first number behind it that makes it one that is not taken.
fn free(name: &str, before_number: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 2_u32;
    while taken(&free) {
        free = format!("{name}{before_number}{number}");
        number += 1;
    }
    free
}

/// What an alarm computes: what of it is right stays, the rest becomes what the labs make.
struct Shape<'a> {
    statistic: &'a str,
    period: i64,
    periods: i64,
    datapoints: Option<i64>,
    threshold: f64,
    operator: &'a str,
    missing_data: Option<&'a str>,
}

impl<'a> Shape<'a> {
    fn new(threshold: f64) -> Self {
        Shape {
            statistic: "Maximum",
            period: 6 * 3600,
            periods: 1,
            datapoints: None,
            threshold,
            operator: "GreaterThanThreshold",
            missing_data: None,
        }
    }

    fn of(alarm: &'a MetricAlarm, limit: f64) -> Self {
        let wanted = Shape::new(limit);
        let metric = Watched::of(alarm).metric();
        let missing_data = alarm.treat_missing_data.as_deref();
        let window = match (metric.and_then(|metric| metric.period), alarm.evaluation_periods) {
            (Some(period), Some(periods))
                if is_within_a_day(periods, period)
                    && !waits_for_ever(alarm.datapoints_to_alarm.unwrap_or(periods), period, missing_data) =>
            {
                Some((period, periods, alarm.datapoints_to_alarm))
            }
            _ => None,
        };
        let (period, periods, datapoints) = window.unwrap_or((wanted.period, wanted.periods, wanted.datapoints));
        Shape {
            statistic: metric
                .and_then(|metric| metric.statistic.as_deref())
                .filter(|statistic| is_amount(statistic))
                .unwrap_or(wanted.statistic),
            period,
            periods,
            datapoints,
            threshold: alarm.threshold.filter(|threshold| *threshold <= limit).unwrap_or(limit),
            operator: alarm
                .comparison_operator
                .as_deref()
                .filter(|operator| is_upper_limit(operator))
                .unwrap_or(wanted.operator),
            missing_data,
        }
    }
}

/// How the whole chain is tried for real: CloudWatch is told to go to ALARM once, which it takes back by itself.
pub(super) fn trial(alarm: &str, region: &str) -> Remediation {
    Remediation::new(
        "Test the alarm for real, once the e-mail's link is opened: set its state to ALARM once, and an e-mail must arrive within minutes",
    )
    .run(
        Command::aws("cloudwatch", "set-alarm-state")
            .option("--alarm-name", alarm)
            .option("--state-value", "ALARM")
            .option("--state-reason", "a test: does an e-mail arrive?")
            .option("--region", region),
    )
    .console(format!(
        "CloudWatch in {region} > Alarms > the alarm > History shows whether the message was sent; its state is set right by itself at \
         the next evaluation"
    ))
    .see("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html")
    .takes(5)
    .finished()
}

/// Lets CloudWatch publish for one alarm, beside whatever the topic's policy says already.
pub(super) fn allow_publishing(
    topic: &Topic,
    arn: &str,
    alarm: &MetricAlarm,
    account: &str,
    region: &str,
) -> Remediation {
    let remedy = Remediation::new(
        "Let CloudWatch publish for this alarm; the policy in the command is the present one with one more statement",
    );
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": alarm.arn},
            "StringEquals": {"aws:SourceAccount": account},
        },
    });
    let remedy = match topic.policy.as_deref().and_then(|policy| with_statement(policy, "AllowBillingAlarm", statement))
    {
        Some(policy) => remedy.run(
            Command::aws("sns", "set-topic-attributes")
                .option("--topic-arn", arn)
                .option("--attribute-name", "Policy")
                .option("--attribute-value", &policy)
                .option("--region", region),
        ),
        None => remedy,
    };
    remedy
        .console(format!("Amazon SNS in {region} > Topics > {arn} > Edit > Access policy"))
        .see(ACCESS_PAGE)
        .finished()
}

/// Only its author knows what a Deny is for.
pub(super) fn lift_deny(topic: &str, region: &str) -> Remediation {
    Remediation::new("Except CloudWatch from the Deny in the topic's policy, or let the alarm notify another topic")
        .console(format!("Amazon SNS in {region} > Topics > {topic} > Edit > Access policy"))
        .see(ACCESS_PAGE)
}

/// Lets CloudWatch use a key for this account's alarms, beside whatever its policy says already. Without the present policy, or where a
/// Deny stands against it, there is no command.
pub(super) fn allow_key(policy: Option<&str>, key: &str, account: &str, region: &str) -> Remediation {
    let remedy = Remediation::new(
        "Let CloudWatch use the topic's key; the policy in the command is the present one with one more statement",
    );
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    });
    let remedy = match policy.and_then(|policy| with_statement(policy, "AllowBillingAlarm", statement)) {
        Some(policy) => remedy.run(
            Command::aws("kms", "put-key-policy")
                .option("--key-id", key)
                .option("--policy-name", "default")
                .option("--policy", &policy)
                .option("--region", region),
        ),
        None => Remediation {
            summary: "Let CloudWatch do kms:Decrypt and kms:GenerateDataKey* by the policy of the topic's key, and except it from \
                      every Deny there"
                .to_owned(),
            ..remedy
        },
    };
    remedy
        .console(format!("Key Management Service in {region} > Customer managed keys > {key} > Key policy > Edit"))
        .see("https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html")
        .finished()
}

/// A policy with one more statement. The statement's name is one that is not taken.
fn with_statement(policy: &str, name: &str, mut statement: Value) -> Option<String> {
    let Ok(mut policy) = serde_json::from_str::<Value>(policy) else { return None };
    let statements = policy.as_object_mut()?.get_mut("Statement")?;
    if statements.is_object() {
        *statements = json!([statements.take()]);
    }
    let statements = statements.as_array_mut()?;
    let name = free(name, "", |name| statements.iter().any(|statement| statement.get("Sid") == Some(&json!(name))));
    statement.as_object_mut()?.insert("Sid".to_owned(), json!(name));
    statements.push(statement);
    Some(policy.to_string())
}
