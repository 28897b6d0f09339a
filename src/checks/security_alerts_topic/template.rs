//! What a template makes of it: the topic, or a subscriber of the one that is there.

use serde_json::json;

use super::{EXISTS, SUBSCRIBER};
use crate::finding::Finding;
use crate::judgement::topic::TopicArn;
use crate::judgement::topic::template::{NewTopic, subscription};
use crate::status::Status;
use crate::template::Resource;

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
    let waits = findings.iter().any(|finding| finding.id == SUBSCRIBER.id && finding.settles.is_some());
    if fails(SUBSCRIBER.id) && !waits {
        return vec![subscription(SUBSCRIBER.id, region, &json!(arn))];
    }
    Vec::new()
}
