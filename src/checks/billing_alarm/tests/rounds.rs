//! What the check asks, and in how many rounds.

use super::*;
use crate::account::facts::Key;
use crate::testing::delayed::judge_far_away;

const KEY_POLICY: &str = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}"#;

fn encrypted(name: &str, id: &str) -> Facts {
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, Topic { kms_key: Some(name.to_owned()), ..topic() }, &reader());
    let (manager, state) = (Some("CUSTOMER".to_owned()), Some("Enabled".to_owned()));
    let key = Key { arn: KEY_ARN.to_owned(), manager, state };
    facts.keys.set(&format!("us-east-1 {name}"), known(Operation::DescribeKey, Some(key)));
    facts.key_policies.set(&format!("us-east-1 {id}"), known(Operation::GetKeyPolicy, Some(KEY_POLICY.to_owned())));
    facts
}

#[tokio::test(start_paused = true)]
async fn a_ready_account_takes_eight_calls_in_three_rounds() {
    let (judged, cost) = judge_far_away(&CHECK, ready(), None).await;
    assert_eq!(not_passed(&judged), []);
    assert_eq!(cost.rounds, 3);
    let mut asked = cost.asked;
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            Operation::GetCallerIdentity,
            Operation::DescribeOrganization,
            Operation::GetTopicAttributes,
            Operation::ListSubscriptionsByTopic,
            Operation::GetSubscriptionAttributes,
            Operation::DescribeAlarms,
            Operation::ListAlarmMuteRules,
            Operation::ListMetrics,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn named_key_costs_no_round_and_an_alias_costs_one() {
    for (name, id, rounds) in [(KEY_ARN, KEY_ARN, 3), ("alias/mine", KEY_ARN, 4)] {
        let (judged, cost) = judge_far_away(&CHECK, encrypted(name, id), None).await;
        assert_eq!((not_passed(&judged), cost.rounds), (vec![], rounds), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn long_lists_are_waited_for_by_nobody_who_does_not_need_them() {
    for (slow, rounds) in [
        ("subscriptions", 5),
        ("topic", 6),
        ("billing_metrics", 4),
        ("organization", 4),
        ("alarm_mute_rules", 4),
        ("caller", 6),
    ] {
        let trips = if matches!(slow, "billing_metrics" | "organization") { 4 } else { 3 };
        let (_, cost) = judge_far_away(&CHECK, encrypted("alias/mine", KEY_ARN), Some((slow, trips))).await;
        assert_eq!(cost.rounds, rounds, "{slow}");
    }
}

#[tokio::test(start_paused = true)]
async fn home_region_is_read_only_without_an_alarm_in_billing() {
    let (_, cost) = judge_far_away(&CHECK, account_with(Vec::new()), None).await;
    assert_eq!(cost.rounds, 2);
    assert_eq!(cost.asked.iter().filter(|operation| **operation == Operation::DescribeAlarms).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn endpoints_cost_a_fourth_round_only_without_a_human_reader() {
    let subscribers = |filter| {
        [("email", filter), ("sqs", None)].map(|(protocol, filter)| {
            let number = protocol.len();
            (subscription(number, protocol), Some(attributes(filter, "MessageAttributes")))
        })
    };
    for (filter, asked, rounds) in [(None, 1, 3), (Some(r#"{"a": ["b"]}"#), 2, 4)] {
        let mut facts = ready();
        put_topic(&mut facts, TOPIC_ARN, topic(), &subscribers(filter));
        let (_, cost) = judge_far_away(&CHECK, facts, None).await;
        let attributes = cost.asked.iter().filter(|asked| **asked == Operation::GetSubscriptionAttributes);
        assert_eq!((attributes.count(), cost.rounds), (asked, rounds), "{filter:?}");
    }
}
