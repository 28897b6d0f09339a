//! Alarms, and whether the billing metric is sent.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{Builder, Region};
use aws_sdk_cloudwatch::types::{self, AlarmType};
use aws_types::SdkConfig;

use super::convert::{each, need, need_text, text, time};
use super::errors::cause;
use super::guard::{Guard, WorthAnotherTry};
use super::pages::{self, Page};
use crate::account::facts::{Alarms, CompositeAlarm, Dimension, Metric, MetricAlarm, MetricQuery, MetricStat};
use crate::account::source::Answer;

const BILLING: &str = "AWS/Billing";

/// The most that AWS gives:
/// [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
const ALARMS_A_PAGE: i32 = 100;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(Guard).retry_classifier(WorthAnotherTry).build())
}

/// Composite alarms are given only when asked for.
pub(super) async fn alarms(client: &Client) -> Answer<Alarms> {
    let mut composite = Vec::new();
    let metric = pages::all(async |token, page| {
        let answer = client
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(ALARMS_A_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        // Composite alarms only explain a failure: an answer without the list is believed, one with half of it is not.
        composite.extend(each(answer.composite_alarms.unwrap_or_default(), composite_alarm)?);
        let items = each(need(answer.metric_alarms, "MetricAlarms")?, metric_alarm)?;
        Ok(Page { items, next: answer.next_token })
    })
    .await?;
    Ok(Alarms { metric, composite })
}

fn metric_alarm(alarm: types::MetricAlarm) -> Answer<MetricAlarm> {
    // An alarm on the bill is judged by its dimensions, so their absence may not read as "none".
    let is_on_the_bill = alarm.namespace.as_deref() == Some(BILLING) || alarm.metrics.is_some();
    let dimensions = if is_on_the_bill && alarm.metric_name.is_some() {
        need(alarm.dimensions, "Dimensions")?
    } else {
        alarm.dimensions.unwrap_or_default()
    };
    Ok(MetricAlarm {
        name: need_text(alarm.alarm_name, "AlarmName")?,
        arn: need_text(alarm.alarm_arn, "AlarmArn")?,
        metric: MetricStat {
            namespace: text(alarm.namespace),
            metric_name: text(alarm.metric_name),
            dimensions: each(dimensions, dimension)?,
            // An alarm has one of the two. Where an answer names both, a plain one must not hide a percentile.
            statistic: text(alarm.extended_statistic)
                .or(alarm.statistic.map(|statistic| statistic.as_str().to_owned())),
            period: alarm.period.map(i64::from),
            unit: alarm.unit.map(|unit| unit.as_str().to_owned()),
        },
        queries: each(alarm.metrics.unwrap_or_default(), query)?,
        threshold: alarm.threshold,
        threshold_metric_id: text(alarm.threshold_metric_id),
        comparison_operator: alarm.comparison_operator.map(|operator| operator.as_str().to_owned()),
        evaluation_periods: alarm.evaluation_periods.map(i64::from),
        datapoints_to_alarm: alarm.datapoints_to_alarm.map(i64::from),
        treat_missing_data: text(alarm.treat_missing_data),
        actions_enabled: alarm.actions_enabled,
        alarm_actions: alarm.alarm_actions,
        ok_actions: alarm.ok_actions.unwrap_or_default(),
        insufficient_data_actions: alarm.insufficient_data_actions.unwrap_or_default(),
        state: alarm.state_value.map(|state| state.as_str().to_owned()),
        state_updated: time(alarm.state_updated_timestamp),
        state_transitioned: time(alarm.state_transitioned_timestamp),
        configured: time(alarm.alarm_configuration_updated_timestamp),
    })
}

fn query(query: types::MetricDataQuery) -> Answer<MetricQuery> {
    Ok(MetricQuery {
        id: need_text(query.id, "Id")?,
        expression: text(query.expression),
        metric: query.metric_stat.map(metric_stat).transpose()?,
        return_data: query.return_data,
        account_id: text(query.account_id),
    })
}

fn metric_stat(stat: types::MetricStat) -> Answer<MetricStat> {
    let metric = need(stat.metric, "Metric")?;
    Ok(MetricStat {
        namespace: text(metric.namespace),
        metric_name: text(metric.metric_name),
        dimensions: each(metric.dimensions.unwrap_or_default(), dimension)?,
        statistic: text(stat.stat),
        period: stat.period.map(i64::from),
        unit: stat.unit.map(|unit| unit.as_str().to_owned()),
    })
}

fn dimension(dimension: types::Dimension) -> Answer<Dimension> {
    Ok(Dimension { name: need_text(dimension.name, "Name")?, value: need(dimension.value, "Value")? })
}

fn composite_alarm(alarm: types::CompositeAlarm) -> Answer<CompositeAlarm> {
    Ok(CompositeAlarm {
        name: need_text(alarm.alarm_name, "AlarmName")?,
        arn: need_text(alarm.alarm_arn, "AlarmArn")?,
        rule: text(alarm.alarm_rule),
        alarm_actions: alarm.alarm_actions.unwrap_or_default(),
    })
}

/// A metric without data for two weeks is not listed:
/// [ListMetrics](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html).
pub(super) async fn billing_metrics(client: &Client) -> Answer<Vec<Metric>> {
    pages::all(async |token, page| {
        let answer = client
            .list_metrics()
            .namespace(BILLING)
            .metric_name("EstimatedCharges")
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        let items = each(need(answer.metrics, "Metrics")?, |metric| {
            let dimensions = need(metric.dimensions, "Dimensions")?;
            Ok(Metric { dimensions: each(dimensions, dimension)? })
        })?;
        Ok(Page { items, next: answer.next_token })
    })
    .await
}
