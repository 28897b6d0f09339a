//! Alarms, and whether the billing metric is sent.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{Builder, Region};
use aws_sdk_cloudwatch::types::{self, AlarmMuteRuleStatus, AlarmType, EvaluationWindow};
use aws_types::SdkConfig;

use super::convert::{each, need, need_text, text, time};
use super::errors::cause;
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::pages::{self, Page};
use crate::account::facts::{
    Alarms, CompositeAlarm, Dimension, Metric, MetricAlarm, MetricQuery, MetricStat, MuteRule, RareSettings,
    WallClockWindow,
};
use crate::account::source::Answer;

const BILLING: &str = "AWS/Billing";

/// The most that AWS gives:
/// [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
const ALARMS_A_PAGE: i32 = 100;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

/// The most that AWS gives:
/// [ListAlarmMuteRules](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListAlarmMuteRules.html).
const MUTE_RULES_A_PAGE: i32 = 100;

/// Composite alarms are given only when asked for, and so are log alarms, which watch no metric.
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
    let rare = rare_settings(&alarm);
    Ok(MetricAlarm {
        name: need_text(alarm.alarm_name, "AlarmName")?,
        arn: need_text(alarm.alarm_arn, "AlarmArn")?,
        metric: MetricStat {
            namespace: text(alarm.namespace),
            metric_name: text(alarm.metric_name),
            dimensions: dimensions(alarm.dimensions)?,
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
        rare,
    })
}

fn rare_settings(alarm: &types::MetricAlarm) -> RareSettings {
    let window = match &alarm.evaluation_window {
        Some(EvaluationWindow::WallClockWindow(window)) => {
            Some(WallClockWindow { timezone: text(window.timezone.clone()) })
        }
        _ => None,
    };
    let warm_up = alarm.warm_up_configuration.as_ref();
    let actions = alarm.action_configuration.as_ref();
    RareSettings {
        evaluation_criteria: alarm.evaluation_criteria.is_some(),
        evaluation_state: alarm.evaluation_state.as_ref().map(|state| state.as_str().to_owned()),
        warm_up_minutes: warm_up.and_then(|warm_up| warm_up.warm_up_period_duration_in_minutes).map(i64::from),
        wall_clock_window: window,
        sends_tags: actions
            .and_then(|actions| actions.alarm_tags_propagation.as_ref())
            .is_some_and(|tags| tags.enabled == Some(true)),
    }
}

/// `None`, which is not the same as an empty list, leaves it open which metric an alarm watches.
fn dimensions(dimensions: Option<Vec<types::Dimension>>) -> Answer<Option<Vec<Dimension>>> {
    dimensions.map(|dimensions| each(dimensions, dimension)).transpose()
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
        dimensions: dimensions(metric.dimensions)?,
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

/// Rules that are expired mute nothing, and are not asked for.
pub(super) async fn alarm_mute_rules(client: &Client, alarm: &str) -> Answer<Vec<MuteRule>> {
    pages::all(async |token, page| {
        let answer = client
            .list_alarm_mute_rules()
            .alarm_name(alarm)
            .statuses(AlarmMuteRuleStatus::Active)
            .statuses(AlarmMuteRuleStatus::Scheduled)
            .max_records(MUTE_RULES_A_PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| cause(&error, page))?;
        let items = each(need(answer.alarm_mute_rule_summaries, "AlarmMuteRuleSummaries")?, |rule| {
            Ok(MuteRule {
                arn: need_text(rule.alarm_mute_rule_arn, "AlarmMuteRuleArn")?,
                status: rule.status.map(|status| status.as_str().to_owned()),
            })
        })?;
        Ok(Page { items, next: answer.next_token })
    })
    .await
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
        let items =
            each(need(answer.metrics, "Metrics")?, |metric| Ok(Metric { dimensions: dimensions(metric.dimensions)? }))?;
        Ok(Page { items, next: answer.next_token })
    })
    .await
}
