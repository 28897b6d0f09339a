//! How a billing alarm comes to be, and to be right. `put-metric-alarm` replaces an alarm as a whole, so every command repeats all of
//! it, and all commands for one alarm lead to the same alarm.

use serde_json::{Map, Value, json};

use super::publish::{Around, CLOUDWATCH, Publishing, TopicFacts};
use super::threshold::{DATA_POINTS_APART, is_amount, is_upper_limit, is_within_a_day, waits_for_ever};
use super::watched::AlarmMetric;
use crate::account::Fact;
use crate::account::facts::{Alarms, Caller, MetricAlarm, RareSettings, Topic, WallClockWindow};
use crate::analysis::subscriber::{opened_link, subscribe_by_email};
use crate::analysis::topic::TopicArn;
use crate::iam::Document;
use crate::iam::policy_edit::{Policy, allows, under};
use crate::model::remediation::{Command, Cost, FollowUp, Remediation, Target};

pub(super) const ALARM_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html";
const ALARM_COST: Cost = Cost {
    monthly_cents: 10,
    basis: "$0.10 per alarm and month; the first ten alarms are free",
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
    /// The topic as it is, where no alarm that is judged notifies it.
    pub(super) as_it_is: Option<&'a TopicFacts<'a>>,
    pub(super) caller: Fact<'a, Caller>,
    pub(super) around: Around<'a>,
    /// The alarms of the region, whose names are taken.
    pub(super) existing: Option<&'a Alarms>,
}

/// An alarm takes no more actions.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
const MOST_ACTIONS: usize = 5;

impl Plan<'_> {
    /// The topic, its subscriber and a new alarm.
    pub(super) fn create(&self) -> Remediation {
        let remedy = Remediation::new(format!(
            "Create the topic and the alarm in {}, then confirm the email subscription",
            self.region
        ));
        self.created(remedy)
    }

    fn created(&self, remedy: Remediation) -> Remediation {
        let mut remedy = self.with_topic(remedy);
        let name = free_name(self.threshold, self.existing);
        if let Some(topic) = &self.topic {
            let options = options(&Shape::new(self.threshold), std::slice::from_ref(topic));
            let target = Target::Alarm { alarm: name.clone(), region: self.region.to_owned() };
            remedy = remedy.run(target.put(&Value::Object(options).to_string()));
        }
        let remedy = remedy.console(self.console()).see(ALARM_PAGE).costs(ALARM_COST).takes(5).finished();
        let arn =
            self.topic.as_deref().and_then(TopicArn::parse).map(|topic| {
                format!("arn:{}:cloudwatch:{}:{}:alarm:{name}", topic.partition, self.region, topic.account)
            });
        match arn {
            Some(arn) => self.with_publishing(remedy, &arn),
            None => remedy,
        }
    }

    /// The name that a new alarm gets, where its command can be written.
    pub(super) fn new_name(&self) -> Option<String> {
        self.topic.as_ref().map(|_| free_name(self.threshold, self.existing))
    }

    /// And lets CloudWatch publish to the expected topic, where that stands already and does not let it.
    fn with_publishing(&self, remedy: Remediation, alarm: &str) -> Remediation {
        let (Some(topic), Ok(caller)) = (self.as_it_is, self.caller) else { return remedy };
        // One that is yet to be made has SNS's own policy, which lets CloudWatch in.
        match Publishing::of(topic, alarm, caller, self.around).judge() {
            Ok(outcome) => match outcome.remediation() {
                Some(more) if !remedy.commands.is_empty() && !more.commands.is_empty() => remedy.and(more.clone()),
                _ => remedy,
            },
            Err(_) => remedy,
        }
    }

    /// The alarm as it should be. A command would take away what it notifies, where that is not known.
    pub(super) fn repair(&self, summary: &str, alarm: &MetricAlarm) -> Remediation {
        self.replaced(summary, alarm, &Shape::of(alarm, self.threshold))
    }

    /// The same, with a period in which there is always a data point.
    pub(super) fn repair_period(&self, summary: &str, alarm: &MetricAlarm) -> Remediation {
        self.replaced(summary, alarm, &Shape::of(alarm, self.threshold).with_long_period())
    }

    fn replaced(&self, summary: &str, alarm: &MetricAlarm, shape: &Shape<'_>) -> Remediation {
        if alarm.alarm_actions.is_none() {
            return Remediation::new(summary).console(self.console()).see(ALARM_PAGE).finished();
        }
        let usual = repaired(alarm, &Shape::of(alarm, self.threshold), &self.actions);
        Remediation::new(format!("{summary} ({})", what_is_lost(alarm, shape)))
            .replace(self.target(alarm), &usual, &repaired(alarm, shape, &self.actions))
            .console(self.console())
            .see(ALARM_PAGE)
            .finished()
    }

    /// The alarm with the expected topic in the place of what cannot be notified.
    pub(super) fn notify_instead(&self, alarm: &MetricAlarm) -> Remediation {
        let summary = format!("Make the alarm notify the topic {} in {}", self.topic_name, self.region);
        self.notify(&summary, alarm)
    }

    /// The alarm with the expected topic beside what it notifies.
    pub(super) fn notify_expected(&self, alarm: &MetricAlarm) -> Remediation {
        let summary =
            format!("Make the alarm notify the topic {} too, or name your topic with --topic", self.topic_name);
        self.notify(&summary, alarm)
    }

    fn notify(&self, summary: &str, alarm: &MetricAlarm) -> Remediation {
        let mut actions = self.actions.clone();
        actions.extend(self.topic.iter().filter(|topic| !self.actions.contains(topic)).cloned());
        if actions.len() > MOST_ACTIONS {
            return self.created(Remediation::new(format!(
                "{summary}. The alarm already has as many actions as it can have, so the commands create a second \
                 alarm"
            )));
        }
        let shape = Shape::of(alarm, self.threshold);
        let mut remedy = self.with_topic(Remediation::new(format!("{summary} ({})", what_is_lost(alarm, &shape))));
        if self.topic.is_some() {
            remedy = remedy.replace(
                self.target(alarm),
                &repaired(alarm, &shape, &self.actions),
                &repaired(alarm, &shape, &actions),
            );
        }
        self.with_publishing(remedy.console(self.console()).see(ALARM_PAGE).finished(), &alarm.arn)
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
                .then(FollowUp::Does(Box::new(opened_link()))),
            None => remedy,
        }
    }

    fn target(&self, alarm: &MetricAlarm) -> Target {
        Target::Alarm { alarm: alarm.name.clone(), region: self.region.to_owned() }
    }

    fn console(&self) -> String {
        format!(
            "CloudWatch in {} > Alarms > Create alarm (or the alarm > Actions > Edit) > Select metric > Billing > \
             Total Estimated Charge > USD; Maximum, 6 hours; Greater than {}; In alarm > the topic {}",
            self.region, self.threshold, self.topic_name
        )
    }
}

/// The options of the alarm as it should be. All remedies of one alarm begin with these, so that what they change beside is what a plan
/// puts together.
fn repaired(alarm: &MetricAlarm, shape: &Shape<'_>, actions: &[String]) -> String {
    let mut options = options(shape, actions);
    options.insert("ok-actions".to_owned(), json!(alarm.ok_actions));
    options.insert("insufficient-data-actions".to_owned(), json!(alarm.insufficient_data_actions));
    Value::Object(options).to_string()
}

/// The options of `put-metric-alarm`, as [`Target::Alarm`] has them. To put an alarm enables its actions.
fn options(shape: &Shape<'_>, actions: &[String]) -> Map<String, Value> {
    let options = [
        ("namespace", Some("AWS/Billing".to_owned())),
        ("metric-name", Some("EstimatedCharges".to_owned())),
        ("dimensions", Some("Name=Currency,Value=USD".to_owned())),
        ("statistic", Some(shape.statistic.to_owned())),
        ("period", Some(shape.period.to_string())),
        ("evaluation-periods", Some(shape.periods.to_string())),
        ("threshold", Some(shape.threshold.to_string())),
        ("comparison-operator", Some(shape.operator.to_owned())),
        ("datapoints-to-alarm", shape.datapoints.map(|datapoints| datapoints.to_string())),
        ("treat-missing-data", shape.missing_data.map(str::to_owned)),
        ("evaluation-window", shape.window.map(evaluation_window)),
    ];
    let given = options.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?))));
    given.chain([("alarm-actions".to_owned(), json!(actions))]).collect()
}

fn evaluation_window(window: &WallClockWindow) -> String {
    let clock = window.timezone.as_ref().map_or(json!({}), |timezone| json!({"Timezone": timezone}));
    json!({"WallClockWindow": clock}).to_string()
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
    window: Option<&'a WallClockWindow>,
}

/// The periods that a wall clock window can have.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html>
const WALL_CLOCK_PERIODS: [i64; 5] = [60, 300, 3_600, 86_400, 604_800];

/// What a command that replaces an alarm takes from it: the audit reads no description, and AWS CLI versions of today lack the rest.
fn what_is_lost(alarm: &MetricAlarm, shape: &Shape<'_>) -> String {
    let RareSettings { warm_up_minutes, wall_clock_window, sends_tags, .. } = &alarm.rare;
    let mut lost = vec!["its description"];
    lost.extend(warm_up_minutes.map(|_| "its warm-up"));
    lost.extend(sends_tags.then_some("the tags in its notifications"));
    lost.extend((wall_clock_window.is_some() && shape.window.is_none()).then_some("its wall clock window"));
    format!("the command replaces the alarm, without {}", lost.join(", "))
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
            window: None,
        }
    }

    /// The same, with a period in which there is always a data point.
    fn with_long_period(self) -> Self {
        if self.period >= DATA_POINTS_APART {
            return self;
        }
        let Shape { period, periods, datapoints, .. } = Shape::new(self.threshold);
        Shape { period, periods, datapoints, window: None, ..self }
    }

    fn of(alarm: &'a MetricAlarm, limit: f64) -> Self {
        let wanted = Shape::new(limit);
        let metric = AlarmMetric::of(alarm).metric();
        let missing_data = alarm.treat_missing_data.as_deref();
        let window = match (metric.and_then(|metric| metric.period), alarm.evaluation_periods) {
            (Some(period), Some(periods))
                if is_within_a_day(periods, period)
                    && !waits_for_ever(alarm.datapoints_to_alarm.unwrap_or(periods), periods, period, missing_data) =>
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
            window: alarm.rare.wall_clock_window.as_ref().filter(|_| WALL_CLOCK_PERIODS.contains(&period)),
        }
    }
}

/// How the whole chain is tried for real: CloudWatch is told to go to ALARM once, which it takes back by itself.
pub(super) fn trial(alarm: &str, region: &str) -> Remediation {
    Remediation::new("Test the alarm: set it to ALARM and check that the email arrives")
        .run(
            Command::aws("cloudwatch", "set-alarm-state")
                .option("--alarm-name", alarm)
                .option("--state-value", "ALARM")
                .option("--state-reason", "test: does an email arrive?")
                .option("--region", region),
        )
        .console(format!(
            "CloudWatch in {region} > Alarms > the alarm > History shows whether the message was sent. The next \
         evaluation corrects the state"
        ))
        .see("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html")
        .takes(5)
        .finished()
}

/// Lets CloudWatch publish for one alarm, beside whatever the topic's policy says already. A Deny that stops it excepts this alarm: none
/// but AWS can name it as the source. `lets` asks the policy language whether that does it.
pub(super) fn allow_publishing(
    topic: &Topic,
    arn: &str,
    alarm: &str,
    account: &str,
    region: &str,
    lets: impl Fn(&Document) -> bool,
) -> Remediation {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {
            "ArnLike": {"aws:SourceArn": alarm},
            "StringEquals": {"aws:SourceAccount": account},
        },
    });
    let before = topic.policy.as_deref();
    let remedy = match mended(before, statement, alarm, lets) {
        Some(policy) => Remediation::new(
            "Allow CloudWatch to publish for this alarm. The command keeps the other statements of the policy, \
             adds one, and excludes this alarm from any Deny that stops it",
        )
        .replace(
            Target::TopicPolicy { topic: arn.to_owned(), region: region.to_owned() },
            before.unwrap_or_default(),
            &policy,
        ),
        None => Remediation::new(
            "Allow CloudWatch to publish in the topic policy, and exclude it from the Deny there; or make the \
             alarm notify another topic",
        ),
    };
    remedy
        .console(format!("Amazon SNS in {region} > Topics > {arn} > Edit > Access policy"))
        .see(ACCESS_PAGE)
        .finished()
}

/// Lets CloudWatch use a key for this account's alarms, beside whatever its policy says already. Without the present policy there is no
/// command.
pub(super) fn allow_key(
    before: Option<&str>,
    key: &str,
    (alarm, account): (&str, &str),
    region: &str,
    lets: impl Fn(&Document) -> bool,
) -> Remediation {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    });
    let remedy = match mended(before, statement, alarm, lets) {
        Some(policy) => Remediation::new(
            "Allow CloudWatch to use the topic's KMS key. The command keeps the other statements of the policy, \
             adds one, and excludes this alarm from any Deny that stops it",
        )
        .replace(
            Target::KeyPolicy { key: key.to_owned(), region: region.to_owned() },
            before.unwrap_or_default(),
            &policy,
        ),
        None => Remediation::new(
            "Allow CloudWatch kms:Decrypt and kms:GenerateDataKey* in the topic's KMS key policy, and exclude it \
             from every Deny there",
        ),
    };
    remedy
        .console(format!("Key Management Service in {region} > Customer managed keys > {key} > Key policy > Edit"))
        .see("https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html")
        .finished()
}

/// A policy that lets what it has to, by as little as does it: an exception in each Deny that stands in the way, one more statement, or
/// both. The statement's name is one that is not taken.
fn mended(policy: Option<&str>, mut statement: Value, alarm: &str, lets: impl Fn(&Document) -> bool) -> Option<String> {
    let mut policy = Policy::of(policy?)?;
    let name = {
        let is_taken = |name: &str| policy.statements.iter().any(|other| other.get("Sid") == Some(&json!(name)));
        free("AllowBillingAlarm", "", is_taken)
    };
    statement.as_object_mut()?.insert("Sid".to_owned(), json!(name));
    let stops = |deny: &Value| {
        let alone = policy.read(&[statement.clone(), deny.clone()]);
        !allows(deny) && alone.is_some_and(|alone| !lets(&alone))
    };
    let except = |each: &Value| {
        let excepted = if stops(each) { under(each, "ArnNotEquals", "aws:SourceArn", alarm) } else { None };
        excepted.unwrap_or_else(|| each.clone())
    };
    let plain = policy.statements.clone();
    let excepted: Vec<Value> = plain.iter().map(except).collect();
    let more = |statements: &[Value]| [statements, std::slice::from_ref(&statement)].concat();
    let candidates = [more(&plain), excepted.clone(), more(&excepted)];
    policy.statements =
        candidates.into_iter().find(|statements| policy.read(statements).is_some_and(|read| lets(&read)))?;
    Some(policy.text())
}
