//! What a template makes of it: the alarm, and the topic that it notifies.

use serde_json::json;

use super::{Beside, EXISTS, REGION, Search, new_name, topic_arn};
use crate::analysis::topic::TopicArn;
use crate::analysis::topic::template::NewTopic;
use crate::config::settings::Settings;
use crate::model::cfn_resource::{Resource, id_in};
use crate::model::finding::CheckResult;
use crate::model::status::Status;

/// The alarm and its topic, where no alarm was found.
pub(super) fn missing(
    judged: &CheckResult,
    search: &Search<'_>,
    beside: Beside<'_>,
    expect: &Settings,
) -> Vec<Resource> {
    let wanting = |closes: &str| judged.findings.iter().any(|it| it.id == closes && it.status == Status::Fail);
    let Some(closes) = [EXISTS.id, REGION.id].into_iter().find(|id| wanting(id)) else { return Vec::new() };
    let (Some(name), Some(topic)) = (new_name(search, beside, expect), topic_arn(search.caller, expect)) else {
        return Vec::new();
    };
    let Some(arn) = TopicArn::parse(&topic) else { return Vec::new() };
    let region = expect.billing();
    let exists = match &search.expected {
        Some(facts) => match facts.attributes {
            Ok(attributes) => Some(attributes.get().is_some()),
            Err(_) => None,
        },
        None => None,
    };

    let alarm = format!("arn:{}:cloudwatch:{region}:{}:alarm:{name}", arn.partition, arn.account);
    let new = NewTopic { arn, alarms: &alarm, closes, may_exist: exists.is_none() };
    let (mut resources, action) = match exists {
        Some(true) => (Vec::new(), json!(topic)),
        _ => (new.resources(), new.reference()),
    };
    let properties = json!({
        "AlarmName": name,
        "Namespace": "AWS/Billing",
        "MetricName": "EstimatedCharges",
        "Dimensions": [{"Name": "Currency", "Value": "USD"}],
        "Statistic": "Maximum",
        "Period": 21600,
        "EvaluationPeriods": 1,
        "Threshold": expect.threshold.value,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [action],
    });
    resources
        .push(Resource::new(closes, &id_in("BillingAlarm", region), "AWS::CloudWatch::Alarm", properties).at(region));
    resources
}
