//! `/data` and `/state`: AWS sends the metric, and the alarm has seen it.

use jiff::{SignedDuration, Timestamp};

use super::metric::is_whole_bill;
use crate::account::facts::{Metric, MetricAlarm};
use crate::account::{Fact, Seen, Unavailable};
use crate::finding::{Evidence, Finding, Judgement, Outcome, Requirement, Subject};
use crate::remediation::{Remediation, Then, Who};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const BILLING_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html";
const STATE_PAGE: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html";
const FIRST_DATA: &str = "when AWS sends the first billing data, within hours of switching billing alerts on";

/// `/data`: whether AWS has sent the metric of the whole bill within two weeks.
pub(super) fn judge_data(
    requirement: &Requirement,
    subject: &Subject,
    metrics: Fact<'_, Vec<Metric>>,
    alarm: Seen<'_, MetricAlarm>,
    now: Timestamp,
) -> Finding {
    let finding = requirement.judge(subject, || data(metrics, alarm, now));
    // Whether the metric is listed was seen; only time is wanting.
    let waits = match metrics {
        Ok(_) => finding.unavailable.is_some() && alarm.get().configured.is_some(),
        Err(_) => false,
    };
    Finding { settles: if waits { Some(FIRST_DATA.to_owned()) } else { finding.settles }, ..finding }
}

/// Whether AWS is seen to send the metric of the whole bill.
pub(super) fn is_sent(metrics: Fact<'_, Vec<Metric>>) -> bool {
    match metrics {
        Ok(metrics) => metrics.get().iter().any(|metric| is_whole_bill(&metric.dimensions)),
        Err(_) => false,
    }
}

fn data(metrics: Fact<'_, Vec<Metric>>, alarm: Seen<'_, MetricAlarm>, now: Timestamp) -> Judgement {
    let metrics = metrics?;
    let listed = metrics.get().iter().any(|metric| is_whole_bill(&metric.dimensions));
    let evidence = Evidence::new(metrics, "listed", listed);
    if listed {
        return Ok(Outcome::pass("AWS sends the billing metric", evidence));
    }
    let configured = alarm.get().configured.ok_or_else(|| {
        alarm.unknowable(
            "AWS sends no billing metric yet, and CloudWatch does not say since when the alarm waits for it",
        )
    })?;
    if now.duration_since(configured) <= DAY {
        return Err(metrics.unknowable(
            "AWS sends no billing metric yet; the alarm is less than a day old, so billing alerts may just have been switched on",
        ));
    }
    let message = "AWS sends no billing metric: billing alerts were never switched on";
    Ok(Outcome::fail(message, evidence.and(alarm, "alarm_configured", configured), switch_on()))
}

pub(super) fn switch_on() -> Remediation {
    Remediation::new("Switch on \"Receive CloudWatch billing alerts\"; the first data come within hours")
        .console(
            "Only the console can do it, as the root user or a user with access to billing: Billing and Cost Management > Billing \
             preferences > Alert preferences > Edit > Receive CloudWatch billing alerts > Update",
        )
        .see(BILLING_PAGE)
        .by(Who::RootUser)
        .takes(3)
        .then(Then::Settles(FIRST_DATA))
}

/// `/state`: whether the alarm has seen data. OK proves nothing by itself, since missing data may count as OK.
pub(super) fn judge_state(alarm: Seen<'_, MetricAlarm>, now: Timestamp) -> Judgement {
    let MetricAlarm { state, state_transitioned, state_updated, .. } = alarm.get();
    let open = |what: &str| -> Unavailable { alarm.unknowable(format!("CloudWatch does not say {what}")) };
    let state = state.as_deref().ok_or_else(|| open("in which state the alarm is"))?;
    let evidence = Evidence::new(alarm, "state", state);
    match state {
        "OK" => Ok(Outcome::pass("its state is OK", evidence)),
        "ALARM" => {
            let remedy = Remediation::new("Find out what costs money, and stop it; the alarm works")
                .console("Billing and Cost Management > Bills, and Cost Explorer grouped by service")
                .see("https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/getting-viewing-bill.html")
                .takes(30);
            Ok(Outcome::warn("its state is ALARM: it works, and the bill is over the threshold", evidence, remedy))
        }
        "INSUFFICIENT_DATA" => {
            let since =
                state_transitioned.or(*state_updated).ok_or_else(|| open("since when the alarm has had no data"))?;
            let evidence = evidence.and(alarm, "since", since);
            if now.duration_since(since) < DAY {
                let remedy = Remediation::new("Wait for the first billing data, and run the audit again")
                    .console("CloudWatch in the billing region > Alarms > the alarm: it leaves \"Insufficient data\" by itself")
                    .see(STATE_PAGE)
                    .by(Who::Nobody)
                    .takes(0);
                let outcome = Outcome::warn("it has had no data yet", evidence, remedy);
                return Ok(outcome.settles(FIRST_DATA));
            }
            Ok(Outcome::fail("it has had no data for more than a day", evidence, switch_on()))
        }
        _ => Err(open("a state of the alarm that is known")),
    }
}
