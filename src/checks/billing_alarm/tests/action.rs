//! `/action`: which action decides, and what does not count as one.

use super::*;
use crate::account::facts::CompositeAlarm;

const OTHER_REGION: &str = "arn:aws:sns:us-west-2:111122223333:SecurityAlerts";
const OTHER_ACCOUNT: &str = "arn:aws:sns:us-east-1:444455556666:SecurityAlerts";
const MISSING: &str = "arn:aws:sns:us-east-1:111122223333:Gone";
const OTHER_TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:Ops";
const LAMBDA: &str = "arn:aws:lambda:us-east-1:111122223333:function:x";

/// The labs' account, with another good topic and one that is gone, and these alarm actions.
fn notifying(actions: &[&str]) -> Facts {
    let mut facts = account_with(vec![changed(|alarm| {
        alarm.alarm_actions = Some(actions.iter().map(|&action| action.to_owned()).collect());
    })]);
    let policy = DEFAULT_POLICY.replace("SecurityAlerts", "Ops");
    let reader = Subscription { arn: format!("{OTHER_TOPIC}:1"), ..subscription(1, "email") };
    let topic = Topic { policy: Some(policy), kms_key: None };
    put_topic(&mut facts, OTHER_TOPIC, topic, &[(reader, Some(attributes(None, "MessageAttributes")))]);
    facts.topic_attributes.set(MISSING, known(Operation::GetTopicAttributes, None));
    facts.subscriptions.set(MISSING, known(Operation::ListSubscriptionsByTopic, None));
    facts
}

fn chain(actions: &[&str]) -> Vec<(&'static str, Status)> {
    links(&judge_facts(&CHECK, notifying(actions))).split_off(7)
}

const GOOD: [(&str, Status); 4] = [("action", Pass), ("publish", Pass), ("subscriber", Pass), ("topic", Pass)];
const FAILS: [(&str, Status); 1] = [("action", Fail)];
const OPEN: [(&str, Status); 4] =
    [("action", Unknown), ("publish", Unknown), ("subscriber", Unknown), ("topic", Unknown)];

#[test]
fn alarm_without_a_topic_fails_and_later_links_are_skipped() {
    for actions in [
        &[][..],
        &[MISSING],
        &[OTHER_REGION],
        &["arn:aws:sns:us-west-2:444455556666:SecurityAlerts"],
        &[LAMBDA],
        &["arn:aws:automate:us-east-1:ec2:stop"],
        &["arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:x:autoScalingGroupName/g:policyName/p"],
        &["arn:aws:ssm:us-east-1:111122223333:opsitem:1"],
        &["arn:aws-cn:sns:us-east-1:111122223333:SecurityAlerts"],
        &["SecurityAlerts"],
        &[LAMBDA, OTHER_REGION, MISSING],
    ] {
        assert_eq!(chain(actions), FAILS, "{actions:?}");
    }
}

#[test]
fn another_accounts_topic_is_unknown() {
    assert_eq!(chain(&[OTHER_ACCOUNT]), OPEN);
    assert_eq!(chain(&[OTHER_ACCOUNT, MISSING, OTHER_REGION, LAMBDA]), OPEN);
}

#[test]
fn one_good_action_is_enough() {
    for actions in [
        &[TOPIC_ARN, LAMBDA][..],
        &[LAMBDA, OTHER_REGION, MISSING, OTHER_ACCOUNT, TOPIC_ARN],
        &[OTHER_TOPIC, TOPIC_ARN],
        &[TOPIC_ARN, OTHER_TOPIC],
    ] {
        assert_eq!(chain(actions), GOOD, "{actions:?}");
    }
}

#[test]
fn another_topic_that_somebody_reads_warns() {
    assert_eq!(chain(&[OTHER_TOPIC]), [("action", Pass), ("publish", Pass), ("subscriber", Pass), ("topic", Warn)]);
    assert_eq!(chain(&[OTHER_TOPIC, OTHER_ACCOUNT, MISSING])[3], ("topic", Warn));
}

#[test]
fn the_expected_topic_is_the_operators() {
    let expect = Settings { topic: Setting::new("Ops".to_owned(), SettingSource::Flag), ..Settings::default() };
    let judged = judge_expecting(&CHECK, notifying(&[OTHER_TOPIC]), &expect);
    assert_eq!(status_of(&judged, "billing-alarm/topic"), Pass);
}

#[test]
fn actions_of_other_states_do_not_count_and_are_named() {
    let change = |alarm: &mut MetricAlarm| {
        alarm.alarm_actions = Some(Vec::new());
        alarm.ok_actions = vec![TOPIC_ARN.to_owned()];
        alarm.insufficient_data_actions = vec![TOPIC_ARN.to_owned()];
    };
    let judged = judge_facts(&CHECK, account_with(vec![changed(change)]));
    assert_eq!(not_passed(&judged), [("action", Fail)]);
    assert!(finding(&judged, "action").message.contains("only an OK action"));
    assert_eq!(finding(&judged, "action").subject, Subject::regional(ALARM, REGION_NAME));
    let change = |alarm: &mut MetricAlarm| {
        alarm.insufficient_data_actions = alarm.alarm_actions.replace(Vec::new()).unwrap();
    };
    let judged = judge_facts(&CHECK, account_with(vec![changed(change)]));
    assert!(finding(&judged, "action").message.contains("only one for insufficient data"));
}

#[test]
fn a_composite_alarm_over_it_with_an_action_is_told() {
    for (rule, told) in [
        (r#"ALARM("Billing-25")"#, true),
        ("ALARM(Billing-25) OR ALARM(x)", true),
        (r#"ALARM("arn:aws:cloudwatch:us-east-1:111122223333:alarm:Billing-25")"#, true),
        (r#"ALARM("Billing-250")"#, false),
        (r#"ALARM("My Billing-25")"#, false),
    ] {
        let mut facts = standalone();
        let composite = CompositeAlarm {
            name: "Over".to_owned(),
            arn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Over".to_owned(),
            rule: Some(rule.to_owned()),
            alarm_actions: vec![TOPIC_ARN.to_owned()],
        };
        let alarms = Alarms {
            metric: vec![changed(|alarm| alarm.alarm_actions = Some(Vec::new()))],
            composite: vec![composite],
        };
        facts.alarms.set(REGION_NAME, known(Operation::DescribeAlarms, alarms));
        let judged = judge_facts(&CHECK, facts);
        let finding = finding(&judged, "action");
        assert_eq!((finding.status, finding.message.contains("Over")), (Fail, told), "{rule}: {}", finding.message);
    }
}

#[test]
fn longer_of_two_broken_chains_explains_the_failure() {
    let mut facts = notifying(&["arn:aws:sns:us-east-1:111122223333:Aaa", TOPIC_ARN]);
    let gone = "arn:aws:sns:us-east-1:111122223333:Aaa";
    facts.topic_attributes.set(gone, known(Operation::GetTopicAttributes, None));
    facts.subscriptions.set(gone, known(Operation::ListSubscriptionsByTopic, None));
    put_topic(&mut facts, TOPIC_ARN, topic(), &[]);
    let judged = judge_facts(&CHECK, facts);
    assert_eq!(not_passed(&judged), [("subscriber", Fail)]);
}

#[test]
fn existing_topic_explains_the_failure_whatever_is_wrong_later() {
    for other in [OTHER_REGION, MISSING, LAMBDA] {
        let mut facts = notifying(&[other, TOPIC_ARN]);
        put_topic(&mut facts, TOPIC_ARN, Topic { policy: Some(r#"{"Statement": []}"#.to_owned()), kms_key: None }, &[]);
        let judged = judge_facts(&CHECK, facts);
        assert_eq!(not_passed(&judged), [("publish", Fail), ("subscriber", Fail)], "{other}");
    }
}

#[test]
fn topic_with_fewer_faults_explains_the_failure() {
    let mut facts = notifying(&[OTHER_TOPIC, TOPIC_ARN]);
    put_topic(&mut facts, OTHER_TOPIC, Topic { policy: Some(r#"{"Statement": []}"#.to_owned()), kms_key: None }, &[]);
    put_topic(&mut facts, TOPIC_ARN, topic(), &[]);
    assert_eq!(not_passed(&judge_facts(&CHECK, facts)), [("subscriber", Fail)]);
}

#[test]
fn repaired_alarm_drops_missing_topics_and_adds_expected_one() {
    let notified = |actions: &[&str]| {
        let mut facts = notifying(actions);
        let alarm = changed(|alarm| {
            alarm.alarm_actions = Some(actions.iter().map(|&action| action.to_owned()).collect());
            alarm.threshold = Some(100.0);
        });
        let alarms = Alarms { metric: vec![alarm], composite: Vec::new() };
        facts.alarms.set(REGION_NAME, known(Operation::DescribeAlarms, alarms));
        let judged = judge_facts(&CHECK, facts);
        let commands = &finding(&judged, "threshold").remediation.as_ref().unwrap().commands;
        let command = commands.iter().find(|command| command.contains("put-metric-alarm")).unwrap();
        let words = shell_words::split(command).unwrap();
        let actions = words.into_iter().skip_while(|word| word != "--alarm-actions").skip(1);
        actions.take_while(|word| !word.starts_with("--")).collect::<Vec<_>>()
    };
    assert_eq!(notified(&[OTHER_TOPIC, MISSING]), [OTHER_TOPIC]);
    assert_eq!(notified(&[MISSING, LAMBDA]), [LAMBDA, TOPIC_ARN]);
    assert_eq!(notified(&[TOPIC_ARN, LAMBDA]), [TOPIC_ARN, LAMBDA]);
}

#[test]
fn a_topic_of_another_region_is_told_with_its_own_region() {
    let judged = judge_facts(&CHECK, notifying(&[OTHER_REGION]));
    assert_eq!(finding(&judged, "action").subject, Subject::regional(OTHER_REGION, "us-west-2"));
}

#[test]
fn an_unseen_action_beside_a_failing_one_is_unknown() {
    let mut facts = notifying(&[TOPIC_ARN, MISSING]);
    facts.topic_attributes.set(TOPIC_ARN, denied(Operation::GetTopicAttributes));
    facts.subscriptions.set(TOPIC_ARN, denied(Operation::ListSubscriptionsByTopic));
    let found = links(&judge_facts(&CHECK, facts)).split_off(7);
    assert_eq!(found, [("action", Unknown), ("publish", Unknown), ("subscriber", Unknown), ("topic", Pass)]);
}

#[test]
fn the_remedy_makes_the_topic_and_repeats_the_whole_alarm() {
    let judged = judge_facts(&CHECK, notifying(&[OTHER_REGION, LAMBDA]));
    let commands = &finding(&judged, "action").remediation.as_ref().unwrap().commands;
    assert_eq!(
        commands[2],
        "aws cloudwatch put-metric-alarm --alarm-name Billing-25 --namespace AWS/Billing --metric-name EstimatedCharges --dimensions \
         'Name=Currency,Value=USD' --statistic Maximum --period 21600 --evaluation-periods 1 --threshold 25 --comparison-operator \
         GreaterThanThreshold --datapoints-to-alarm 1 --treat-missing-data missing --alarm-actions \
         arn:aws:lambda:us-east-1:111122223333:function:x arn:aws:sns:us-east-1:111122223333:SecurityAlerts --region us-east-1"
    );
}
