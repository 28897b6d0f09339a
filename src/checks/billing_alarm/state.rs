//! `/state`: the alarm has seen data. OK proves nothing by itself, since missing data may count as OK.

use jiff::{SignedDuration, Timestamp};

use super::data::{DAY, FIRST_DATA, switch_on};
use super::remedy::Plan;
use super::threshold::DATA_POINTS_APART;
use super::watched::AlarmMetric;
use crate::account::facts::MetricAlarm;
use crate::account::{Observed, Unavailable};
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::remediation::{Remediation, Who};
use crate::model::status::Status;

const STATE_PAGE: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html";
const WARM_UP_PAGE: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html";
const BILL_PAGE: &str = "https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/getting-viewing-bill.html";
/// The longest warm-up, in minutes.
const LONGEST_WARM_UP: i64 = 2_880;

/// What the state is evaluated with.
pub(super) struct State<'a> {
    pub(super) alarm: Observed<'a, MetricAlarm>,
    /// AWS is seen to send the metric: `/data` passes.
    pub(super) is_sent: bool,
    pub(super) now: Timestamp,
    pub(super) plan: &'a Plan<'a>,
}

impl State<'_> {
    /// The worse of what the state and the evaluation state come to.
    pub(super) fn judge(&self) -> Judgement {
        let by_value = self.by_value();
        match self.by_evaluation() {
            Some(by_evaluation) if status(&by_evaluation) > status(&by_value) => by_evaluation,
            _ => by_value,
        }
    }

    fn by_value(&self) -> Judgement {
        let name = &self.alarm.get().name;
        let state = self.alarm.get().state.as_deref().ok_or_else(|| self.open("the alarm's state"))?;
        let evidence = Evidence::new(self.alarm, "state", state);
        match state {
            "OK" => Ok(Outcome::pass(format!("Alarm `{name}` is in OK state"), evidence)),
            "ALARM" => {
                let remedy = Remediation::new("Find out what causes the cost, and stop it. The alarm works")
                    .console("Billing and Cost Management > Bills, and Cost Explorer grouped by service")
                    .see(BILL_PAGE)
                    .takes(30);
                let message = format!("Alarm `{name}` is in ALARM state: the bill is over the threshold");
                Ok(Outcome::warn(message, evidence, remedy))
            }
            "INSUFFICIENT_DATA" => self.without_data(evidence),
            _ => Err(self.open("an alarm state that is known")),
        }
    }

    fn without_data(&self, evidence: Evidence) -> Judgement {
        let MetricAlarm { name, state_transitioned, state_updated, configured, rare, .. } = self.alarm.get();
        let warm_up = rare.warm_up_minutes.map(|minutes| SignedDuration::from_mins(minutes.clamp(0, LONGEST_WARM_UP)));
        if let (Some(warm_up), Some(configured)) = (warm_up, configured)
            && self.now < *configured + warm_up
        {
            let ends = *configured + warm_up;
            let remedy = wait("Wait for the end of the alarm's warm-up, then audit again").see(WARM_UP_PAGE);
            let evidence = evidence.and(self.alarm, "warm_up_ends", ends);
            let message = format!(
                "Alarm `{name}` is in its warm-up until {ends}; CloudWatch doesn't evaluate it \
                                   before"
            );
            return Ok(Outcome::warn(message, evidence, remedy));
        }
        let since =
            state_transitioned.or(*state_updated).ok_or_else(|| self.open("since when the alarm has had no data"))?;
        let evidence = evidence.and(self.alarm, "since", since);
        if self.now.duration_since(since) < DAY {
            return Ok(self.without_data_yet(evidence));
        }
        if warm_up.is_some() && configured.is_none() {
            return Err(self.open("when the alarm's warm-up ends"));
        }
        let message = format!("Alarm `{name}` has had no data for more than 24 hours");
        let remedy = match (self.is_sent, self.is_short()) {
            (false, _) => switch_on(),
            (true, true) => self.longer_period(),
            (true, false) => Remediation::new(
                "Find out why the alarm gets no data: AWS has sent the metric within two weeks",
            )
            .console(format!(
                "CloudWatch in {} > Alarms > the alarm > View in metrics: compare the time of the last data point \
                 with the alarm's History. If data points arrive, delete the alarm and create it again",
                self.plan.region
            ))
            .see(STATE_PAGE)
            .takes(10),
        };
        Ok(Outcome::fail(message, evidence, remedy))
    }

    fn without_data_yet(&self, evidence: Evidence) -> Outcome {
        let name = &self.alarm.get().name;
        if self.is_sent && self.is_short() {
            let message = format!(
                "Alarm `{name}` is between two data points: AWS sends billing data about every 6 hours, and the \
                 alarm's period is shorter"
            );
            return Outcome::warn(message, evidence, self.longer_period());
        }
        let remedy = wait("Wait for the first billing data point, then audit again").see(STATE_PAGE);
        Outcome::warn(format!("Alarm `{name}` has had no data yet"), evidence, remedy).resolves(FIRST_DATA)
    }

    /// Whether its period is shorter than the time between two data points.
    fn is_short(&self) -> bool {
        let period = AlarmMetric::of(self.alarm.get()).metric().and_then(|metric| metric.period);
        period.is_some_and(|period| period < DATA_POINTS_APART)
    }

    fn longer_period(&self) -> Remediation {
        self.plan.repair_period("Use a period of 6 hours, which always has a data point", self.alarm.get())
    }

    /// `None`: CloudWatch has nothing to say about it, as of nearly every alarm.
    fn by_evaluation(&self) -> Option<Judgement> {
        let MetricAlarm { name, rare, .. } = self.alarm.get();
        let state = rare.evaluation_state.as_deref()?;
        let evidence = Evidence::new(self.alarm, "evaluation_state", state);
        let look = |summary: &str| {
            Remediation::new(summary)
                .console(format!(
                    "CloudWatch in {} > Alarms > the alarm > Details: the reason of its state",
                    self.plan.region
                ))
                .see(STATE_PAGE)
                .takes(10)
        };
        Some(match state {
            "EVALUATION_ERROR" => Ok(Outcome::fail(
                format!(
                    "CloudWatch can't evaluate alarm `{name}`: its configuration has an error \
                         (EVALUATION_ERROR)"
                ),
                evidence,
                look("Correct the alarm's configuration"),
            )),
            "EVALUATION_FAILURE" => Ok(Outcome::warn(
                format!("CloudWatch temporarily fails to evaluate alarm `{name}` (EVALUATION_FAILURE)"),
                evidence,
                wait("Watch the bill yourself until CloudWatch evaluates the alarm, then audit again").see(STATE_PAGE),
            )),
            "PARTIAL_DATA" => Ok(Outcome::warn(
                format!("CloudWatch evaluates alarm `{name}` on partial data (PARTIAL_DATA)"),
                evidence,
                look("Make the alarm watch one metric, not a query"),
            )),
            other => Err(self.alarm.undetermined(format!("The evaluation state {other} of alarm {name} isn't known"))),
        })
    }

    fn open(&self, what: &str) -> Unavailable {
        self.alarm.undetermined(format!("CloudWatch doesn't return {what}"))
    }
}

fn wait(summary: &str) -> Remediation {
    Remediation::new(summary)
        .console("CloudWatch in the billing Region > Alarms > the alarm: it leaves \"Insufficient data\" by itself")
        .by(Who::Nobody)
        .takes(0)
}

fn status(judgement: &Judgement) -> Status {
    match judgement {
        Ok(outcome) => outcome.status(),
        Err(_) => Status::Unknown,
    }
}
