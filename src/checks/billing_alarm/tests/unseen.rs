//! Every fact taken away: exactly what hangs on it is unknown, and names it.

use super::*;
use crate::account::facts::Key;
use crate::testing::missing_facts::hold_without_any_fact;

/// Takes the fact of one operation away.
fn without(mut facts: Facts, operation: Operation) -> Facts {
    match operation {
        Operation::GetCallerIdentity => facts.caller = denied(operation),
        Operation::DescribeAlarms => facts.alarms.set(REGION_NAME, denied(operation)),
        Operation::ListAlarmMuteRules => {
            facts.alarm_mute_rules.set(&format!("{REGION_NAME} Billing-25"), denied(operation));
        }
        Operation::ListMetrics => facts.billing_metrics.set(REGION_NAME, denied(operation)),
        Operation::GetTopicAttributes => facts.topic_attributes.set(TOPIC_ARN, denied(operation)),
        Operation::ListSubscriptionsByTopic => facts.subscriptions.set(TOPIC_ARN, denied(operation)),
        Operation::GetSubscriptionAttributes => {
            facts.subscription_attributes.set(&format!("{TOPIC_ARN}:1"), denied(operation));
        }
        other => panic!("{other:?}"),
    }
    facts
}

#[test]
fn what_hangs_on_an_unseen_fact_is_unknown_and_nothing_else() {
    for (operation, unknown) in [
        (Operation::GetCallerIdentity, &ALL[..]),
        (Operation::DescribeAlarms, &ALL),
        (Operation::ListAlarmMuteRules, &["enabled"]),
        (Operation::ListMetrics, &["data"]),
        (Operation::GetTopicAttributes, &["publish"]),
        (Operation::ListSubscriptionsByTopic, &["subscriber"]),
        (Operation::GetSubscriptionAttributes, &["subscriber"]),
    ] {
        let judged = judge_facts(&CHECK, without(ready(), operation));
        let expected: Vec<_> = unknown.iter().map(|link| (*link, Unknown)).collect();
        assert_eq!(not_passed(&judged), expected, "{operation:?}");
        for link in unknown {
            let unavailable = finding(&judged, link).unavailable.as_ref().unwrap();
            assert_eq!(unavailable.call.operation, operation, "{link}");
        }
    }
}

#[test]
fn unknown_topic_leaves_its_links_unknown_except_its_name() {
    let facts = without(without(ready(), Operation::GetTopicAttributes), Operation::ListSubscriptionsByTopic);
    assert_eq!(
        not_passed(&judge_facts(&CHECK, facts)),
        [("action", Unknown), ("publish", Unknown), ("subscriber", Unknown)]
    );
}

#[test]
fn either_call_proves_that_the_topic_is_missing() {
    for unseen in [Operation::GetTopicAttributes, Operation::ListSubscriptionsByTopic] {
        let mut facts = ready();
        facts.topic_attributes.set(TOPIC_ARN, known(Operation::GetTopicAttributes, None));
        facts.subscriptions.set(TOPIC_ARN, known(Operation::ListSubscriptionsByTopic, None));
        assert_eq!(not_passed(&judge_facts(&CHECK, without(facts, unseen))), [("action", Fail)], "{unseen:?}");
    }
}

#[test]
fn missing_actions_leave_only_dependent_links_unknown() {
    let untold = |change: fn(&mut MetricAlarm)| {
        let alarm = changed(|alarm| {
            alarm.alarm_actions = None;
            change(alarm);
        });
        judge_facts(&CHECK, account_with(vec![alarm]))
    };
    let chain = ["action", "publish", "subscriber", "topic"].map(|link| (link, Unknown));
    assert_eq!(not_passed(&untold(|_| ())), chain);
    let judged = untold(|alarm| alarm.threshold = Some(500.0));
    assert_eq!(not_passed(&judged), [&[("threshold", Fail)], &chain[..]].concat());
    // The command would replace the alarm as a whole, its actions too.
    let remedy = finding(&judged, "threshold").remediation.as_ref().unwrap();
    assert!(remedy.commands.is_empty() && !remedy.references.is_empty(), "{remedy:#?}");
}

#[test]
fn an_unseen_fact_hides_no_sure_failure_of_another_requirement() {
    let bad = |alarm: &mut MetricAlarm| alarm.threshold = Some(500.0);
    for operation in [
        Operation::ListAlarmMuteRules,
        Operation::ListMetrics,
        Operation::GetTopicAttributes,
        Operation::ListSubscriptionsByTopic,
        Operation::GetSubscriptionAttributes,
    ] {
        let facts = without(account_with(vec![changed(bad)]), operation);
        assert_eq!(link(facts, "threshold"), Fail, "{operation:?}");
    }
}

/// With a region that the operator named, only what needs the account's id hangs on who asks.
#[test]
fn unknown_caller_in_a_named_region_leaves_id_facts_unknown() {
    let expect =
        Settings { billing_region: Setting::new(REGION_NAME.to_owned(), SettingSource::Flag), ..Settings::default() };
    let unseen = |facts| judge_expecting(&CHECK, without(facts, Operation::GetCallerIdentity), &expect);
    let chain = ["action", "publish", "subscriber", "topic"].map(|link| (link, Unknown));
    assert_eq!(not_passed(&unseen(ready())), chain);
    assert_eq!(links(&unseen(account_with(Vec::new()))), [("exists", Fail)]);
    let elsewhere = changed(|alarm| alarm.alarm_actions = Some(vec![TOPIC_ARN.replace("us-east-1", "us-west-2")]));
    assert_eq!(not_passed(&unseen(account_with(vec![elsewhere]))), [("action", Fail)]);
    let foreign = MetricQuery { account_id: Some("444455556666".to_owned()), ..metric_query("m1", bill(), true) };
    assert_eq!(
        status_of(&unseen(account_with(vec![in_math_form(vec![foreign.clone()])])), "billing-alarm/metric"),
        Unknown
    );
    let foreign_euros = MetricQuery {
        metric: Some(MetricStat { dimensions: Some(vec![dimension("Currency", "EUR")]), ..bill() }),
        ..foreign
    };
    let judged = unseen(account_with(vec![in_math_form(vec![foreign_euros])]));
    assert_eq!(status_of(&judged, "billing-alarm/metric"), Fail);
}

#[test]
fn home_alarms_are_not_read_with_an_alarm_in_billing() {
    let mut facts = ready();
    facts.alarms.set("us-west-2", denied(Operation::DescribeAlarms));
    assert_eq!(not_passed(&judge_facts(&CHECK, facts)), []);
}

#[test]
fn no_fact_and_no_pair_of_facts_taken_away_turns_a_verdict_over() {
    let ops = "arn:aws:sns:us-east-1:111122223333:Ops";
    let both = |alarm: &mut MetricAlarm| {
        let topics = [TOPIC_ARN, ops, "arn:aws:sns:us-west-2:111122223333:SecurityAlerts"];
        alarm.alarm_actions = Some(topics.map(str::to_owned).into());
    };
    let shut = Topic { policy: Some(r#"{"Statement": []}"#.to_owned()), kms_key: None };
    let email = |arn: &str, filter| {
        let subscription = Subscription { arn: format!("{arn}:1"), ..subscription(1, "email") };
        [(subscription, Some(attributes(filter, "MessageAttributes")))]
    };
    let two_topics = |first: &Topic, filter, second: &Topic| {
        let late = named("late", changed(|alarm| alarm.threshold = Some(99.0)));
        let mut facts = account_with(vec![changed(both), late]);
        put_topic(&mut facts, TOPIC_ARN, first.clone(), &email(TOPIC_ARN, filter));
        put_topic(&mut facts, ops, second.clone(), &email(ops, None));
        facts
    };
    let mut encrypted = two_topics(&Topic { kms_key: Some("alias/mine".to_owned()), ..topic() }, None, &shut);
    let (manager, state) = (Some("CUSTOMER".to_owned()), Some("Enabled".to_owned()));
    let key = Key { arn: KEY_ARN.to_owned(), manager, state };
    encrypted.keys.set("us-east-1 alias/mine", known(Operation::DescribeKey, Some(key)));
    let policy = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}}"#;
    let slot = known(Operation::GetKeyPolicy, Some(policy.to_owned()));
    encrypted.key_policies.set(&format!("us-east-1 {KEY_ARN}"), slot);
    let open = Topic { policy: Some(DEFAULT_POLICY.replace("SecurityAlerts", "Ops")), kms_key: None };
    let hold = |facts| hold_without_any_fact(&CHECK, &facts);
    hold(ready());
    hold(account_with(Vec::new()));
    hold(two_topics(&topic(), None, &open));
    hold(two_topics(&topic(), Some(r#"{"a": ["b"]}"#), &open));
    hold(two_topics(&shut, Some(r#"{"a": ["b"]}"#), &shut));
    hold(encrypted);
}
