//! `/metric`: the alarm watches the whole bill of this account, in US dollars.

use super::faults::faults;
use super::remedy::Plan;
use super::watched::{Watched, is_billing};
use crate::account::facts::{Caller, Dimension, MetricAlarm, MetricStat};
use crate::account::{Fact, Seen, Unavailable};
use crate::finding::{Evidence, Judgement, Outcome};

/// Whether these are the dimensions of the whole bill: `Currency` alone, US dollars. AWS publishes the metric in no other currency, and
/// under other dimensions only parts of the bill.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>
pub(super) fn is_whole_bill(dimensions: &[Dimension]) -> bool {
    matches!(dimensions, [Dimension { name, value }] if name == "Currency" && value == "USD")
}

pub(super) fn judge(alarm: Seen<'_, MetricAlarm>, caller: Fact<'_, Caller>, plan: &Plan<'_>) -> Judgement {
    let faults = match Watched::of(alarm.get()) {
        Watched::Metric { metric, account } => {
            let open = || alarm.unknowable("CloudWatch does not say which metric the alarm watches");
            let other = is_billing(metric, &open).map(|is| (!is).then(|| other_metric(metric)));
            faults([other, Ok(wrong_dimensions(metric)), Ok(unit(metric)), other_account(account, caller)])?
        }
        Watched::Expression(_) => vec!["it watches an expression, not the metric itself".to_owned()],
        Watched::Band(_) => vec!["it watches for anomalies, not for a sum".to_owned()],
        Watched::Unclear => {
            return Err(alarm.unknowable("CloudWatch does not say which of the alarm's entries it watches"));
        }
    };
    let evidence = evidence(alarm);
    if faults.is_empty() {
        return Ok(Outcome::pass("it watches the whole bill in US dollars", evidence));
    }
    Ok(Outcome::fail(
        faults.join(", and "),
        evidence,
        plan.repair("Let the alarm watch the whole bill in US dollars", alarm.get()),
    ))
}

fn evidence(alarm: Seen<'_, MetricAlarm>) -> Evidence {
    let watched = Watched::of(alarm.get());
    Evidence::new(alarm, "alarm", &alarm.get().name)
        .and(alarm, "dimensions", watched.metric().map(|metric| &metric.dimensions))
        .and(alarm, "unit", watched.metric().map(|metric| &metric.unit))
}

fn other_metric(metric: &MetricStat) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("it watches {} {}", part(&metric.namespace), part(&metric.metric_name))
}

fn wrong_dimensions(metric: &MetricStat) -> Option<String> {
    if is_whole_bill(&metric.dimensions) {
        return None;
    }
    let value =
        |name: &str| metric.dimensions.iter().find(|dimension| dimension.name == name).map(|found| &found.value);
    let fault = if let Some(service) = value("ServiceName") {
        format!("it watches the charges of {service} only")
    } else if let Some(account) = value("LinkedAccount") {
        format!("it watches the charges of the linked account {account} only")
    } else if let Some(currency) = value("Currency").filter(|currency| *currency != "USD") {
        format!("its currency is {currency}, and AWS publishes the metric in USD")
    } else if value("Currency").is_some() {
        let names: Vec<_> = metric.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
        format!("its dimensions are {}, and AWS publishes the whole bill under Currency alone", names.join(", "))
    } else {
        "it lacks the dimension Currency=USD, without which there is no such metric".to_owned()
    };
    Some(fault)
}

fn unit(metric: &MetricStat) -> Option<String> {
    metric.unit.as_ref().map(|unit| format!("it looks for data of the unit {unit} only"))
}

fn other_account(named: Option<&str>, caller: Fact<'_, Caller>) -> Result<Option<String>, Unavailable> {
    let Some(named) = named else { return Ok(None) };
    let own = &caller?.get().account;
    Ok((named != own).then(|| format!("it watches the charges of another account, {named}")))
}
