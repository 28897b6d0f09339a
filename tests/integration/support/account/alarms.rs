//! Billing metrics and alarms.

use serde_json::json;

use super::{Account, BILLING};

/// A billing alarm as the lab makes it, unless told otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm {
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    pub(crate) threshold: f64,
    pub(crate) operator: &'static str,
    pub(crate) statistic: &'static str,
    pub(crate) period: u32,
    pub(crate) evaluation_periods: u32,
    pub(crate) dimensions: &'static [(&'static str, &'static str)],
    /// Names of topics of the account in the alarm's region.
    pub(crate) topics: &'static [&'static str],
    pub(crate) actions_enabled: bool,
    pub(crate) state: &'static str,
}

impl Default for Alarm {
    fn default() -> Self {
        Self {
            name: "billing-25",
            region: BILLING,
            threshold: 25.0,
            operator: "GreaterThanThreshold",
            statistic: "Maximum",
            period: 21_600,
            evaluation_periods: 1,
            dimensions: &[("Currency", "USD")],
            topics: &["SecurityAlerts"],
            actions_enabled: true,
            state: "OK",
        }
    }
}

impl Account {
    /// An alarm on the bill.
    pub(crate) fn alarm(self, alarm: Alarm) -> Self {
        let dimensions: Vec<_> =
            alarm.dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        let topics: Vec<_> = alarm.topics.iter().map(|topic| self.topic_arn(alarm.region, topic)).collect();
        let wanted = json!({
            "AlarmName": alarm.name,
            "Namespace": "AWS/Billing",
            "MetricName": "EstimatedCharges",
            "Dimensions": dimensions,
            "Statistic": alarm.statistic,
            "Period": alarm.period,
            "EvaluationPeriods": alarm.evaluation_periods,
            "Threshold": alarm.threshold,
            "ComparisonOperator": alarm.operator,
            "AlarmActions": topics,
            "ActionsEnabled": alarm.actions_enabled,
        });
        self.call("cloudwatch", alarm.region, "PutMetricAlarm", wanted);
        let state = json!({"AlarmName": alarm.name, "StateValue": alarm.state, "StateReason": "as the test wants it"});
        self.call("cloudwatch", alarm.region, "SetAlarmState", state);
        self
    }

    /// What AWS sends of the bill once billing alerts are on.
    pub(crate) fn billing_metric(self) -> Self {
        let bill = json!({"MetricName": "EstimatedCharges", "Value": 3.5, "Dimensions": [{"Name": "Currency", "Value": "USD"}]});
        self.call("cloudwatch", BILLING, "PutMetricData", json!({"Namespace": "AWS/Billing", "MetricData": [bill]}));
        self
    }
}
