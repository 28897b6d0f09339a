//! `/metric`: the alarm watches the whole bill of this account, in US dollars.

use super::faults::faults;
use super::remedy::Plan;
use super::watched::{AlarmMetric, is_billing};
use crate::account::facts::{Caller, Dimension, MetricAlarm, MetricStat};
use crate::account::{Fact, Observed, Unavailable};
use crate::iam::arn::Arn;
use crate::model::finding::{Evidence, Judgement, Outcome};

/// Whether these are the dimensions of the whole bill: `Currency` alone, US dollars. AWS publishes the metric in no other currency, and
/// under other dimensions only parts of the bill.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>
pub(super) fn is_whole_bill(dimensions: &[Dimension]) -> bool {
    matches!(dimensions, [Dimension { name, value }] if name == "Currency" && value == "USD")
}

/// Whether AWS bills this partition in US dollars. Elsewhere the metric's currency is not known.
fn is_billed_in_usd(partition: &str) -> bool {
    !matches!(partition, "aws-cn" | "aws-eusc")
}

/// Whether these are the dimensions under which AWS sends the whole bill of a partition.
pub(super) fn is_the_bill(dimensions: &[Dimension], partition: &str) -> bool {
    let has_a_currency = matches!(dimensions, [Dimension { name, .. }] if name == "Currency");
    is_whole_bill(dimensions) || (has_a_currency && !is_billed_in_usd(partition))
}

/// The partition of the account; where nobody says who asks, the alarm's own.
pub(super) fn partition<'a>(caller: Fact<'a, Caller>, alarm: &'a MetricAlarm) -> &'a str {
    match caller {
        Ok(caller) => caller.get().partition(),
        Err(_) => Arn::parse(&alarm.arn).map_or("", |arn| arn.partition),
    }
}

pub(super) fn judge(alarm: Observed<'_, MetricAlarm>, caller: Fact<'_, Caller>, plan: &Plan<'_>) -> Judgement {
    let faults = match AlarmMetric::of(alarm.get()) {
        AlarmMetric::Metric { metric, account } => {
            let open = || alarm.undetermined("CloudWatch doesn't return which metric the alarm watches");
            let other = is_billing(metric, &open).map(|is| (!is).then(|| other_metric(metric)));
            let partition = partition(caller, alarm.get());
            faults([
                other,
                wrong_dimensions(alarm, metric, partition),
                Ok(unit(metric)),
                other_account(account, caller),
            ])?
        }
        AlarmMetric::Expression(_) => vec!["watches an expression, not the metric itself".to_owned()],
        AlarmMetric::Band(_) => vec!["watches for anomalies, not for an amount".to_owned()],
        AlarmMetric::Unclear => {
            return Err(alarm.undetermined("CloudWatch doesn't return which of the alarm's metrics it watches"));
        }
    };
    let evidence = evidence(alarm);
    let name = &alarm.get().name;
    if faults.is_empty() {
        return Ok(Outcome::pass(format!("Alarm `{name}` watches the whole bill in USD"), evidence));
    }
    Ok(Outcome::fail(
        format!("Alarm `{name}` {}", faults.join(", and ")),
        evidence,
        plan.repair("Make the alarm watch the whole bill in USD", alarm.get()),
    ))
}

fn evidence(alarm: Observed<'_, MetricAlarm>) -> Evidence {
    let watched = AlarmMetric::of(alarm.get());
    Evidence::new(alarm, "alarm", &alarm.get().name)
        .and(alarm, "dimensions", watched.metric().map(|metric| &metric.dimensions))
        .and(alarm, "unit", watched.metric().map(|metric| &metric.unit))
}

fn other_metric(metric: &MetricStat) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("watches {} {}", part(&metric.namespace), part(&metric.metric_name))
}

fn wrong_dimensions(
    alarm: Observed<'_, MetricAlarm>,
    metric: &MetricStat,
    partition: &str,
) -> Result<Option<String>, Unavailable> {
    let Some(dimensions) = &metric.dimensions else {
        return Err(
            alarm.undetermined(format!("CloudWatch doesn't return the dimensions of alarm {}", alarm.get().name))
        );
    };
    if is_whole_bill(dimensions) {
        return Ok(None);
    }
    let value = |name: &str| dimensions.iter().find(|dimension| dimension.name == name).map(|found| &found.value);
    let other = dimensions.iter().find(|dimension| dimension.name != "Currency");
    let fault = match (value("ServiceName"), value("LinkedAccount"), other, value("Currency")) {
        (Some(service), ..) => format!("watches the charges of {service} only"),
        (_, Some(account), ..) => format!("watches one account's share of the bill, that of {account}"),
        (_, _, Some(other), _) => {
            format!("has the dimension {}; AWS publishes the whole bill under Currency alone", other.name)
        }
        _ if !is_billed_in_usd(partition) => {
            return Err(alarm.undetermined(format!("The currency of the billing metric in {partition} isn't known")));
        }
        (.., Some(currency)) => format!("uses the currency {currency}; AWS publishes the metric in USD"),
        (.., None) => "lacks the dimension Currency=USD, so its metric doesn't exist".to_owned(),
    };
    Ok(Some(fault))
}

/// The metric's own unit is None; of any other there are no data.
fn unit(metric: &MetricStat) -> Option<String> {
    let unit = metric.unit.as_deref().filter(|unit| *unit != "None")?;
    Some(format!("uses the unit {unit}, in which there is no data"))
}

fn other_account(named: Option<&str>, caller: Fact<'_, Caller>) -> Result<Option<String>, Unavailable> {
    let Some(named) = named else { return Ok(None) };
    let own = &caller?.get().account;
    Ok((named != own).then(|| format!("watches the charges of another account, {named}")))
}
