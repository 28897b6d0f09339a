//! What a template makes of it: the topic, or a subscriber of the one that is there.

use serde_json::json;

use super::{EXISTS, SUBSCRIBER};
use crate::analysis::topic::TopicArn;
use crate::analysis::topic::template::{NewTopic, subscription};
use crate::model::cfn_resource::Resource;
use crate::model::finding::Finding;
use crate::model::status::Status;

/// What these findings miss of the topic with this ARN.
pub(super) fn missing(findings: &[Finding], arn: &str) -> Vec<Resource> {
    let fails = |id: &str| findings.iter().any(|finding| finding.id == id && finding.status == Status::Fail);
    let Some(topic) = TopicArn::parse(arn) else { return Vec::new() };
    let TopicArn { partition, region, account, .. } = topic;
    let alarms = format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*");
    if fails(EXISTS.id) {
        return NewTopic { arn: topic, alarms: &alarms, closes: EXISTS.id, may_exist: false }.resources();
    }
    // One that waits to be confirmed is there already.
    let waits = findings.iter().any(|finding| finding.id == SUBSCRIBER.id && finding.resolves.is_some());
    if fails(SUBSCRIBER.id) && !waits {
        return vec![subscription(SUBSCRIBER.id, region, &json!(arn))];
    }
    Vec::new()
}
