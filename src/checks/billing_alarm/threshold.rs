//! `/threshold`: the alarm goes off as soon as the bill passes the limit.

use super::faults::faults;
use super::remedy::Plan;
use super::watched::AlarmMetric;
use crate::account::facts::MetricAlarm;
use crate::account::{Observed, Unavailable};
use crate::model::finding::{Evidence, Judgement, Outcome};

const HOUR: i64 = 3600;
/// AWS sends the metric "several times daily", about every six hours.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>
pub(super) const DATA_POINTS_APART: i64 = 6 * HOUR;

/// What an alarm's numbers come to.
struct ThresholdSettings<'a> {
    alarm: Observed<'a, MetricAlarm>,
    statistic: Option<&'a str>,
    period: Option<i64>,
}

/// The operators that let a threshold be passed from below.
pub(super) fn is_upper_limit(operator: &str) -> bool {
    matches!(operator, "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold")
}

/// The statistics of a period that are an amount of the bill in it.
pub(super) fn is_amount(statistic: &str) -> bool {
    matches!(statistic, "Maximum" | "Average" | "Minimum")
}

/// Whether so many periods are at most a day.
pub(super) fn is_within_a_day(periods: i64, period: i64) -> bool {
    periods.saturating_mul(period) <= 24 * HOUR
}

/// Whether a missing data point never counts as breaching, and is not filled up from before the window either.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>
fn is_missing_taken_for_good(missing_data: Option<&str>) -> bool {
    matches!(missing_data, Some("notBreaching" | "ignore"))
}

/// Whether an alarm needs more data points than its window can hold, and takes the gaps between them for good.
pub(super) fn waits_for_ever(datapoints: i64, periods: i64, period: i64, missing_data: Option<&str>) -> bool {
    datapoints >= 2
        && is_missing_taken_for_good(missing_data)
        && periods.saturating_mul(period) < datapoints.saturating_mul(DATA_POINTS_APART)
}

pub(super) fn judge(alarm: Observed<'_, MetricAlarm>, plan: &Plan<'_>) -> Judgement {
    let metric = AlarmMetric::of(alarm.get()).metric();
    let numbers = ThresholdSettings {
        alarm,
        statistic: metric.and_then(|metric| metric.statistic.as_deref()),
        period: metric.and_then(|metric| metric.period),
    };
    let limit = plan.threshold;
    let faults = faults([
        numbers.threshold(limit),
        numbers.operator(),
        numbers.bad_statistic(),
        numbers.waits_for_ever(),
        numbers.is_whole(),
    ])?;
    let told = alarm.get();
    let evidence = Evidence::new(alarm, "threshold", told.threshold)
        .and(alarm, "comparison_operator", &told.comparison_operator)
        .and(alarm, "statistic", numbers.statistic)
        .and(alarm, "period", numbers.period)
        .and(alarm, "evaluation_periods", told.evaluation_periods)
        .and(alarm, "datapoints_to_alarm", told.datapoints_to_alarm)
        .and(alarm, "treat_missing_data", &told.treat_missing_data);
    let repair = || plan.repair(&format!("Make the alarm fire when the bill exceeds ${limit}"), told);
    if !faults.is_empty() {
        return Ok(Outcome::fail(format!("Alarm `{}` {}", told.name, faults.join(", and ")), evidence, repair()));
    }
    let weaknesses: Vec<_> = numbers.sum().into_iter().chain(numbers.window()).collect();
    if !weaknesses.is_empty() {
        return Ok(Outcome::warn(format!("Alarm `{}` {}", told.name, weaknesses.join(", and ")), evidence, repair()));
    }
    let threshold = told.threshold.map(|threshold| format!(" ${threshold}")).unwrap_or_default();
    Ok(Outcome::pass(format!("Alarm `{}` fires when the bill exceeds{threshold}", told.name), evidence))
}

impl ThresholdSettings<'_> {
    fn open(&self, what: &str) -> Unavailable {
        self.alarm.undetermined(format!("CloudWatch doesn't return {what} of alarm {}", self.alarm.get().name))
    }

    fn threshold(&self, limit: f64) -> Result<Option<String>, Unavailable> {
        let MetricAlarm { threshold, threshold_metric_id, .. } = self.alarm.get();
        match (threshold, threshold_metric_id) {
            (Some(threshold), _) => {
                // A threshold that is no number is not passed from below either.
                let is_low_enough = *threshold <= limit;
                Ok((!is_low_enough).then(|| format!("has the threshold ${threshold}; the maximum is ${limit}")))
            }
            (None, Some(_)) => Ok(Some("has an anomaly detection band instead of a threshold".to_owned())),
            (None, None) => Err(self.open("the threshold")),
        }
    }

    fn operator(&self) -> Result<Option<String>, Unavailable> {
        match self.alarm.get().comparison_operator.as_deref() {
            Some(operator) if is_upper_limit(operator) => Ok(None),
            Some(operator) => Ok(Some(format!("uses {operator}, which doesn't detect exceeding a limit"))),
            None => Err(self.open("the comparison operator")),
        }
    }

    fn bad_statistic(&self) -> Result<Option<String>, Unavailable> {
        match self.statistic {
            Some(statistic) if is_amount(statistic) || statistic == "Sum" => Ok(None),
            Some(statistic) => Ok(Some(format!("uses the {statistic} statistic, which isn't the amount of the bill"))),
            None => Err(self.open("the statistic")),
        }
    }

    fn waits_for_ever(&self) -> Result<Option<String>, Unavailable> {
        let MetricAlarm { datapoints_to_alarm, evaluation_periods, treat_missing_data, .. } = self.alarm.get();
        let missing_data = treat_missing_data.as_deref();
        let datapoints = datapoints_to_alarm.or(*evaluation_periods);
        // What one of them decides alone is not hidden by another that CloudWatch does not return.
        let is_one = datapoints.is_some_and(|datapoints| datapoints < 2);
        let is_long = self.period.is_some_and(|period| period >= DATA_POINTS_APART);
        if !is_missing_taken_for_good(missing_data) || is_one || is_long {
            return Ok(None);
        }
        let datapoints = datapoints.ok_or_else(|| self.open("how many periods count"))?;
        let periods = evaluation_periods.ok_or_else(|| self.open("the number of periods"))?;
        let period = self.period.ok_or_else(|| self.open("the period"))?;
        Ok(waits_for_ever(datapoints, periods, period, missing_data).then(|| {
            format!(
                "needs {datapoints} data points within {} minutes, but billing data comes about every 6 hours and \
                 missing data isn't breaching",
                periods.saturating_mul(period) / 60
            )
        }))
    }

    /// The window's length is worth a warning at most, so that it is asked for after what may fail.
    fn is_whole(&self) -> Result<Option<String>, Unavailable> {
        match (self.alarm.get().evaluation_periods, self.period) {
            (Some(_), Some(_)) => Ok(None),
            (None, _) => Err(self.open("the number of periods")),
            (_, None) => Err(self.open("the period")),
        }
    }

    fn sum(&self) -> Option<String> {
        (self.statistic == Some("Sum"))
            .then(|| "uses the Sum statistic, so it fires too early (use Maximum)".to_owned())
    }

    fn window(&self) -> Option<String> {
        let (periods, period) = (self.alarm.get().evaluation_periods?, self.period?);
        (!is_within_a_day(periods, period)).then(|| {
            let hours = periods.saturating_mul(period) / HOUR;
            format!("evaluates {hours} hours together, so it may fire days too late")
        })
    }
}
