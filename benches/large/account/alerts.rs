//! Topics of which none is the expected one, and alarms: one in fifty is on the bill, and its threshold is too high.

use serde_json::{Value, json};

use super::{Account, BILLING, HOME, ID, REGIONS, Scale, now};

pub(super) fn add(account: &mut Account, scale: Scale) {
    let topics: Vec<String> =
        (0..scale.of(2000)).map(|number| format!("arn:aws:sns:{HOME}:{ID}:team-{number:04}-events")).collect();
    for region in REGIONS {
        let here = if region == HOME { json!(topics) } else { json!([]) };
        account.of_many("topics", region, ("ListTopics", Some(region), None), here);
    }
    for region in [HOME, BILLING] {
        absent(account, region);
    }
    let alarms: Vec<Value> = (0..scale.of(5000)).map(|number| alarm(account, number)).collect();
    let alarms = json!({"metric": alarms, "composite": []});
    account.of_many("alarms", BILLING, ("DescribeAlarms", Some(BILLING), None), alarms);
    let metrics = json!([{"dimensions": [{"name": "Currency", "value": "USD"}]}]);
    account.of_many("billing_metrics", BILLING, ("ListMetrics", Some(BILLING), None), metrics);
}

/// The expected topic, which there is not.
fn absent(account: &mut Account, region: &str) {
    let arn = format!("arn:aws:sns:{region}:{ID}:SecurityAlerts");
    account.of_many("topic_attributes", &arn, ("GetTopicAttributes", Some(region), Some(&arn)), Value::Null);
    account.of_many("subscriptions", &arn, ("ListSubscriptionsByTopic", Some(region), Some(&arn)), Value::Null);
}

fn alarm(account: &mut Account, number: usize) -> Value {
    let is_about_the_bill = number.is_multiple_of(50);
    let name = format!("team-alarm-{number:05}");
    let topic = format!("arn:aws:sns:{BILLING}:{ID}:team-{number:05}-bill");
    let metric = if is_about_the_bill {
        subscribed(account, &topic);
        let about = ("ListAlarmMuteRules", Some(BILLING), Some(name.as_str()));
        account.of_many("alarm_mute_rules", &format!("{BILLING} {name}"), about, json!([]));
        json!({
            "namespace": "AWS/Billing", "metric_name": "EstimatedCharges", "dimensions": [{"name": "Currency", "value": "USD"}],
            "statistic": "Maximum", "period": 21600, "unit": null,
        })
    } else {
        json!({
            "namespace": "AWS/EC2", "metric_name": "CPUUtilization",
            "dimensions": [{"name": "InstanceId", "value": format!("i-{number:017}")}],
            "statistic": "Average", "period": 300, "unit": null,
        })
    };
    json!({
        "name": name, "arn": format!("arn:aws:cloudwatch:{BILLING}:{ID}:alarm:{name}"), "metric": metric, "queries": [],
        "threshold": 1000.0, "threshold_metric_id": null, "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 1, "datapoints_to_alarm": null, "treat_missing_data": "missing", "actions_enabled": true,
        "alarm_actions": [topic], "ok_actions": [], "insufficient_data_actions": [], "state": "OK",
        "state_updated": now(), "state_transitioned": null, "configured": "2024-01-01T00:00:00Z",
    })
}

fn subscribed(account: &mut Account, topic: &str) {
    let policy = json!({"Version": "2008-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:Publish"], "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ID}},
    }]});
    let about = |operation| (operation, Some(BILLING), Some(topic));
    account.of_many(
        "topic_attributes",
        topic,
        about("GetTopicAttributes"),
        json!({"policy": policy.to_string(), "kms_key": null}),
    );
    let arn = format!("{topic}:c1bcb584-ae29-47a9-a8ea-fbbdd9af573c");
    account.of_many(
        "subscriptions",
        topic,
        about("ListSubscriptionsByTopic"),
        json!([{"arn": arn, "protocol": "email", "endpoint": "o••@example.com"}]),
    );
    account.of_many(
        "subscription_attributes",
        &arn,
        ("GetSubscriptionAttributes", Some(BILLING), Some(&arn)),
        json!({"pending_confirmation": false, "filter_policy": null, "filter_policy_scope": null}),
    );
}
