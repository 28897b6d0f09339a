//! What an alarm watches: whether it is about AWS's estimated charges at all, and in which form.

use crate::account::facts::{MetricAlarm, MetricQuery, MetricStat};
use crate::account::{Observed, Unavailable};
use crate::analysis::tristate::{self, Sure};

const NAMESPACE: &str = "AWS/Billing";
const METRIC: &str = "EstimatedCharges";

/// Whether an alarm is about `AWS/Billing EstimatedCharges`: plain, or anywhere in its math form.
pub(super) fn is_about_billing(alarm: Observed<'_, MetricAlarm>) -> Sure {
    let open = || alarm.undetermined(format!("CloudWatch doesn't return what alarm {} watches", alarm.get().name));
    let MetricAlarm { metric, queries, rare, .. } = alarm.get();
    // It watches a PromQL query, and no metric of CloudWatch's own.
    if rare.evaluation_criteria {
        return Ok(false);
    }
    if queries.is_empty() {
        return is_billing(metric, &open);
    }
    tristate::any(queries.iter().map(|query| match (&query.metric, &query.expression) {
        (Some(metric), _) => is_billing(metric, &open),
        // Metrics Insights and SEARCH name their metrics in the expression; one of other entries' ids names none.
        (None, Some(expression)) => Ok(expression.contains(NAMESPACE) && expression.contains(METRIC)),
        (None, None) => Err(open()),
    }))
}

/// Whether a metric is that one, whatever its dimensions.
pub(super) fn is_billing(metric: &MetricStat, open: &dyn Fn() -> Unavailable) -> Sure {
    let is = |part: &Option<String>, wanted| part.as_deref().map_or_else(|| Err(open()), |part| Ok(part == wanted));
    tristate::all([is(&metric.namespace, NAMESPACE), is(&metric.metric_name, METRIC)])
}

/// The form in which an alarm watches.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>
#[derive(Debug, Clone, Copy)]
pub(super) enum AlarmMetric<'a> {
    /// One metric, plain or in math form; there it may be read from a named account.
    Metric { metric: &'a MetricStat, account: Option<&'a str> },
    /// A math expression; with the metric that goes into it, if one does.
    Expression(Option<&'a MetricStat>),
    /// An anomaly detection band around a metric.
    Band(Option<&'a MetricStat>),
    /// Its answer does not say which of several entries counts.
    Unclear,
}

impl<'a> AlarmMetric<'a> {
    pub(super) fn of(alarm: &'a MetricAlarm) -> Self {
        let first = || alarm.queries.iter().find_map(|query| query.metric.as_ref());
        if alarm.threshold_metric_id.is_some() {
            return AlarmMetric::Band(first());
        }
        if alarm.queries.is_empty() {
            return AlarmMetric::Metric { metric: &alarm.metric, account: None };
        }
        // "This option … default is true", and only one entry of an alarm may have it.
        let mut returned = alarm.queries.iter().filter(|query| query.return_data != Some(false));
        match (returned.next(), returned.next()) {
            (Some(MetricQuery { expression: Some(_), .. }), None) => AlarmMetric::Expression(first()),
            (Some(MetricQuery { metric: Some(metric), account_id, .. }), None) => {
                AlarmMetric::Metric { metric, account: account_id.as_deref() }
            }
            _ => AlarmMetric::Unclear,
        }
    }

    /// The metric whose statistic and period count.
    pub(super) fn metric(self) -> Option<&'a MetricStat> {
        match self {
            AlarmMetric::Metric { metric, .. } => Some(metric),
            AlarmMetric::Expression(metric) | AlarmMetric::Band(metric) => metric,
            AlarmMetric::Unclear => None,
        }
    }
}
