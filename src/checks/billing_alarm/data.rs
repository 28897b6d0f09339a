//! `/data`: AWS sends the metric.

use jiff::{SignedDuration, Timestamp};

use super::metric::is_the_bill;
use crate::account::facts::{Metric, MetricAlarm};
use crate::account::{Fact, Observed};
use crate::model::finding::{Evidence, Finding, Judgement, Outcome, Requirement, Subject};
use crate::model::remediation::{FollowUp, Remediation, Who};

pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);
const BILLING_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html";
pub(super) const FIRST_DATA: &str = "when AWS sends the first billing data point, usually within a few hours of \
                                     enabling billing alerts";

/// `/data`: whether AWS has sent the metric of the whole bill within two weeks.
pub(super) fn judge(
    requirement: &Requirement,
    subject: &Subject,
    (metrics, is_sent): (Fact<'_, Vec<Metric>>, bool),
    alarm: Observed<'_, MetricAlarm>,
    now: Timestamp,
) -> Finding {
    let finding = requirement.judge(subject, || data(metrics, is_sent, alarm, now));
    // Whether the metric is listed was seen; only time is wanting.
    let waits = match metrics {
        Ok(_) => finding.unavailable.is_some() && alarm.get().configured.is_some(),
        Err(_) => false,
    };
    Finding { resolves: if waits { Some(FIRST_DATA.to_owned()) } else { finding.resolves }, ..finding }
}

/// Whether AWS is seen to send the metric of the whole bill.
pub(super) fn is_sent(metrics: Fact<'_, Vec<Metric>>, partition: &str) -> bool {
    match metrics {
        Ok(metrics) => {
            metrics.get().iter().filter_map(|metric| metric.dimensions.as_deref()).any(|it| is_the_bill(it, partition))
        }
        Err(_) => false,
    }
}

fn data(metrics: Fact<'_, Vec<Metric>>, is_sent: bool, alarm: Observed<'_, MetricAlarm>, now: Timestamp) -> Judgement {
    let metrics = metrics?;
    let evidence = Evidence::new(metrics, "listed", is_sent);
    if is_sent {
        return Ok(Outcome::pass("AWS sends the billing metric", evidence));
    }
    if metrics.get().iter().any(|metric| metric.dimensions.is_none()) {
        return Err(metrics.undetermined(
            "CloudWatch doesn't return the dimensions of a billing metric, so it can be that of the whole bill",
        ));
    }
    let configured = alarm.get().configured.ok_or_else(|| {
        alarm.undetermined("No billing metric data yet, and CloudWatch doesn't return when the alarm was configured")
    })?;
    if now.duration_since(configured) <= DAY {
        return Err(metrics.undetermined(
            "No billing metric data yet. The alarm is less than 24 hours old, so billing alerts may have just \
             been enabled",
        ));
    }
    let message = "No billing metric data: \"Receive CloudWatch billing alerts\" is off";
    Ok(Outcome::fail(message, evidence.and(alarm, "alarm_configured", configured), switch_on()))
}

pub(super) fn switch_on() -> Remediation {
    Remediation::new("Enable \"Receive CloudWatch billing alerts\" in the billing preferences")
        .console(
            "Only in the console, as the root user or a user with access to billing: Billing and Cost Management \
             > Billing preferences > Alert preferences > Edit > Receive CloudWatch billing alerts > Update",
        )
        .see(BILLING_PAGE)
        .by(Who::RootUser)
        .takes(3)
        .then(FollowUp::Resolves(FIRST_DATA))
}
