use super::*;
use crate::account::facts::{Caller, Facts, Subscription, SubscriptionAttributes};
use crate::account::{CachedFact, Call, Cause};
use crate::config::settings::{Setting, SettingSource};
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::delayed::judge_far_away;
use crate::testing::missing_facts::hold_without_any_fact;
use crate::testing::{ACCOUNT, denied, judge, judge_expecting, known, overall, standalone, status_of};

const TOPIC: &str = "arn:aws:sns:us-west-2:111122223333:SecurityAlerts";
const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/0b1c";

/// The policy that SNS gives a new topic.
const DEFAULT_POLICY: &str = r#"{"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{"Sid": "__default_statement_ID",
    "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes",
    "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic",
    "SNS:Publish"], "Resource": "arn:aws:sns:us-west-2:111122223333:SecurityAlerts",
    "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}]}"#;

fn subscription(number: usize, protocol: &str) -> Subscription {
    let endpoint = if protocol.starts_with("email") { "o••@example.com" } else { "somewhere" };
    Subscription {
        arn: format!("{TOPIC}:{number}"),
        protocol: Some(protocol.to_owned()),
        endpoint: Some(endpoint.to_owned()),
    }
}

fn listed_as(word: &str, protocol: &str) -> Subscription {
    Subscription { arn: word.to_owned(), ..subscription(0, protocol) }
}

#[expect(clippy::unnecessary_wraps, reason = "beside subscriptions that have vanished")]
fn attributes(filter: Option<&str>) -> Option<SubscriptionAttributes> {
    Some(SubscriptionAttributes {
        pending_confirmation: Some(false),
        filter_policy: filter.map(str::to_owned),
        filter_policy_scope: Some("MessageAttributes".to_owned()),
    })
}

/// The topic, with these subscriptions and the attributes of each.
fn subscribed(subscriptions: &[(Subscription, Option<SubscriptionAttributes>)]) -> Facts {
    let mut facts = standalone();
    facts.subscriptions.set(BILLING_TOPIC, known(Operation::ListSubscriptionsByTopic, None));
    let topic = Topic { policy: Some(DEFAULT_POLICY.to_owned()), kms_key: None };
    facts.topic_attributes.set(TOPIC, known(Operation::GetTopicAttributes, Some(topic)));
    let list = subscriptions.iter().map(|(subscription, _)| subscription.clone()).collect();
    facts.subscriptions.set(TOPIC, known(Operation::ListSubscriptionsByTopic, Some(list)));
    for (subscription, attributes) in subscriptions {
        let slot = known(Operation::GetSubscriptionAttributes, attributes.clone());
        facts.subscription_attributes.set(&subscription.arn, slot);
    }
    facts
}

fn ready() -> Facts {
    subscribed(&[(subscription(1, "email"), attributes(None))])
}

fn with_topic(topic: Topic) -> Facts {
    let mut facts = ready();
    facts.topic_attributes.set(TOPIC, known(Operation::GetTopicAttributes, Some(topic)));
    facts
}

fn with_policy(policy: &str) -> Facts {
    with_topic(Topic { policy: Some(policy.to_owned()), kms_key: None })
}

fn with_key(name: &str) -> Facts {
    with_topic(Topic { policy: Some(DEFAULT_POLICY.to_owned()), kms_key: Some(name.to_owned()) })
}

fn described(name: &str, manager: Option<&str>, state: Option<&str>) -> Facts {
    let mut facts = with_key(name);
    let key = Key { arn: KEY.to_owned(), manager: manager.map(str::to_owned), state: state.map(str::to_owned) };
    facts.keys.set(&format!("us-west-2 {name}"), known(Operation::DescribeKey, Some(key)));
    facts
}

/// No such topic; with these topics by region.
fn missing(topics: &[(&str, &[&str])]) -> Facts {
    let mut facts = standalone();
    facts.topic_attributes.set(TOPIC, known(Operation::GetTopicAttributes, None));
    facts.subscriptions.set(TOPIC, known(Operation::ListSubscriptionsByTopic, None));
    let regions = ["us-east-1", "us-west-2", "eu-west-1"].map(str::to_owned).into();
    facts.enabled_regions = known(Operation::DescribeRegions, regions);
    for (region, names) in topics {
        let arns = names.iter().map(|name| format!("arn:aws:sns:{region}:{ACCOUNT}:{name}")).collect();
        facts.topics.set(region, known(Operation::ListTopics, arns));
    }
    facts
}

fn statuses(facts: Facts) -> Vec<(&'static str, Status)> {
    judge(&CHECK, facts)
        .findings
        .iter()
        .map(|finding| (finding.id.split('/').next_back().unwrap(), finding.status))
        .collect()
}

fn subscriber(subscriptions: &[(Subscription, Option<SubscriptionAttributes>)]) -> Status {
    status_of(&judge(&CHECK, subscribed(subscriptions)), "security-alerts-topic/subscriber")
}

fn unavailable_in(judged: &CheckResult, requirement: &str) -> Operation {
    let finding = judged.findings.iter().find(|finding| finding.id == requirement).unwrap();
    finding.unavailable.as_ref().unwrap().call.operation
}

fn message(judged: &CheckResult, requirement: &str) -> String {
    judged.findings.iter().find(|finding| finding.id == requirement).unwrap().message.clone()
}

#[test]
fn topic_with_a_confirmed_subscriber_passes_everything() {
    assert_eq!(statuses(ready()), [("exists", Pass), ("subscriber", Pass), ("policy", Pass), ("encryption", Pass)]);
}

#[test]
fn missing_topic_fails_once_and_commands_create_it() {
    let judged = judge(&CHECK, missing(&[]));
    assert_eq!(judged.findings.len(), 1);
    assert_eq!(status_of(&judged, "security-alerts-topic/exists"), Fail);
    assert_eq!(
        judged.findings[0].remediation.as_ref().unwrap().commands,
        [
            "aws sns create-topic --name SecurityAlerts --region us-west-2".to_owned(),
            format!(
                "aws sns subscribe --topic-arn {TOPIC} --protocol email --notification-endpoint \
                 \"${{ALERT_EMAIL:?the email address that receives the alerts}}\" --region us-west-2"
            ),
        ]
    );
}

#[test]
fn a_missing_topic_is_explained_by_what_comes_near() {
    let judged = judge(
        &CHECK,
        missing(&[
            (
                "us-west-2",
                &["securityalerts", "SecurityAlerts2", "MySecurityAlerts", "SecurityAlerts.fifo", "Other", "Security"],
            ),
            ("us-east-1", &["SecurityAlerts", "securityalerts"]),
            ("eu-west-1", &["Unrelated"]),
        ]),
    );
    assert_eq!(
        message(&judged, "security-alerts-topic/exists"),
        "SNS topic `SecurityAlerts` not found in us-west-2, only MySecurityAlerts (a longer name), \
         SecurityAlerts.fifo (a FIFO topic, which can't send email), SecurityAlerts2 (a longer name), \
         securityalerts (the letter case counts), SecurityAlerts in us-east-1, another region"
    );
}

#[test]
fn what_explains_a_failure_may_be_unseen_and_the_failure_stands() {
    let mut facts = missing(&[("us-east-1", &["SecurityAlerts"])]);
    facts.topics.set("us-west-2", denied(Operation::ListTopics));
    facts.topics.set("eu-west-1", denied(Operation::ListTopics));
    let judged = judge(&CHECK, facts);
    assert_eq!(
        message(&judged, "security-alerts-topic/exists"),
        "SNS topic `SecurityAlerts` not found in us-west-2, only SecurityAlerts in us-east-1, another region"
    );
    let mut facts = missing(&[]);
    facts.enabled_regions = denied(Operation::DescribeRegions);
    assert_eq!(overall(&judge(&CHECK, facts)), Fail);
}

#[test]
fn either_call_proves_that_the_topic_exists_or_does_not() {
    let mut facts = ready();
    facts.topic_attributes.set(TOPIC, denied(Operation::GetTopicAttributes));
    assert_eq!(statuses(facts), [("exists", Pass), ("subscriber", Pass), ("policy", Unknown), ("encryption", Unknown)]);
    let mut facts = ready();
    facts.subscriptions.set(TOPIC, denied(Operation::ListSubscriptionsByTopic));
    assert_eq!(statuses(facts), [("exists", Pass), ("subscriber", Unknown), ("policy", Pass), ("encryption", Pass)]);
    for unseen in ["attributes", "subscriptions"] {
        let mut facts = missing(&[]);
        match unseen {
            "attributes" => facts.topic_attributes.set(TOPIC, denied(Operation::GetTopicAttributes)),
            _ => facts.subscriptions.set(TOPIC, denied(Operation::ListSubscriptionsByTopic)),
        }
        assert_eq!(statuses(facts), [("exists", Fail)], "{unseen}");
    }
}

#[test]
fn unknown_topic_is_unknown_in_every_requirement() {
    let mut facts = standalone();
    facts.topic_attributes.set(TOPIC, denied(Operation::GetTopicAttributes));
    facts.subscriptions.set(TOPIC, denied(Operation::ListSubscriptionsByTopic));
    let judged = judge(&CHECK, facts);
    assert_eq!(judged.findings.iter().map(|finding| finding.status).collect::<Vec<_>>(), [Unknown; 4]);
    assert_eq!(unavailable_in(&judged, "security-alerts-topic/exists"), Operation::GetTopicAttributes);
    assert_eq!(unavailable_in(&judged, "security-alerts-topic/subscriber"), Operation::ListSubscriptionsByTopic);
}

#[test]
fn two_calls_that_contradict_each_other_leave_the_topic_unknown() {
    for (topic, list) in [(true, false), (false, true)] {
        let mut facts = ready();
        if !topic {
            facts.topic_attributes.set(TOPIC, known(Operation::GetTopicAttributes, None));
        }
        if !list {
            facts.subscriptions.set(TOPIC, known(Operation::ListSubscriptionsByTopic, None));
        }
        let judged = judge(&CHECK, facts);
        assert_eq!(status_of(&judged, "security-alerts-topic/exists"), Unknown);
        assert_eq!(overall(&judged), Unknown);
    }
}

#[test]
fn without_the_accounts_id_everything_is_unknown() {
    let judged = judge(&CHECK, Facts { caller: denied(Operation::GetCallerIdentity), ..ready() });
    assert_eq!(judged.findings.iter().map(|finding| finding.status).collect::<Vec<_>>(), [Unknown; 4]);
    assert!(
        judged
            .findings
            .iter()
            .all(|finding| { finding.unavailable.as_ref().unwrap().call.operation == Operation::GetCallerIdentity })
    );
}

#[test]
fn topic_arn_has_expected_partition_region_account_and_name() {
    let expect = Settings {
        home_region: Setting::new("cn-north-1".to_owned(), SettingSource::Flag),
        topic: Setting::new("Alarms".to_owned(), SettingSource::Flag),
        ..Settings::default()
    };
    let caller = Caller { account: "444455556666".to_owned(), arn: "arn:aws-cn:iam::444455556666:user/a".to_owned() };
    let mut facts = Facts { caller: known(Operation::GetCallerIdentity, caller), ..Facts::default() };
    let arn = "arn:aws-cn:sns:cn-north-1:444455556666:Alarms";
    facts.topic_attributes.set(arn, known(Operation::GetTopicAttributes, Some(Topic { policy: None, kms_key: None })));
    facts.subscriptions.set(arn, known(Operation::ListSubscriptionsByTopic, Some(Vec::new())));
    let judged = judge_expecting(&CHECK, facts, &expect);
    assert_eq!(status_of(&judged, "security-alerts-topic/exists"), Pass);
    assert_eq!(judged.findings[0].subject, Subject::regional(arn, "cn-north-1"));
}

#[test]
fn people_read_by_any_of_four_protocols() {
    for protocol in ["email", "email-json", "http", "https"] {
        assert_eq!(subscriber(&[(subscription(1, protocol), attributes(None))]), Pass, "{protocol}");
    }
}

#[test]
fn programs_alone_warn_whatever_they_filter() {
    for protocol in ["sms", "sqs", "lambda", "firehose", "application"] {
        let only = subscription(1, protocol);
        assert_eq!(subscriber(&[(only.clone(), attributes(None))]), Warn, "{protocol}");
        assert_eq!(subscriber(&[(only, attributes(Some(r#"{"a": ["b"]}"#)))]), Warn, "{protocol}");
        let beside = [(subscription(1, protocol), attributes(None)), (subscription(2, "email"), attributes(None))];
        assert_eq!(subscriber(&beside), Pass, "{protocol}");
    }
}

#[test]
fn a_programs_attributes_are_not_asked_for() {
    let mut facts = subscribed(&[(subscription(1, "lambda"), attributes(None))]);
    facts.subscription_attributes.set(&format!("{TOPIC}:1"), denied(Operation::GetSubscriptionAttributes));
    assert_eq!(status_of(&judge(&CHECK, facts), "security-alerts-topic/subscriber"), Warn);
}

#[test]
fn a_protocol_that_is_not_told_or_not_known_leaves_it_open() {
    assert_eq!(subscriber(&[(subscription(1, "pigeon"), attributes(None))]), Unknown);
    let untold = Subscription { protocol: None, ..subscription(1, "email") };
    assert_eq!(subscriber(&[(untold.clone(), attributes(None))]), Unknown);
    assert_eq!(subscriber(&[(untold, attributes(None)), (subscription(2, "email"), attributes(None))]), Pass);
}

#[test]
fn sms_comes_before_automated_endpoints_and_filters() {
    let filter = Some(r#"{"a": ["b"]}"#);
    for (name, others) in [
        ("alone", vec![]),
        ("beside a queue", vec![(subscription(2, "sqs"), attributes(None))]),
        ("beside a filtered email", vec![(subscription(2, "email"), attributes(filter))]),
    ] {
        let all = [vec![(subscription(1, "sms"), attributes(filter))], others].concat();
        let judged = judge(&CHECK, subscribed(&all));
        assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), Warn, "{name}");
        let message = message(&judged, "security-alerts-topic/subscriber");
        assert!(message.starts_with("Only SMS subscribers: ") && message.contains("sandbox"), "{name}: {message}");
    }
}

/// The topic at home with these subscriptions, and the one of the billing Region with those; `None`: there is none.
fn with_billing_topic(
    home: &[(Subscription, Option<SubscriptionAttributes>)],
    there: Option<&[Subscription]>,
) -> Facts {
    let mut facts = subscribed(home);
    let list = there.map(<[Subscription]>::to_vec);
    facts.subscriptions.set(BILLING_TOPIC, known(Operation::ListSubscriptionsByTopic, list));
    facts
}

const BILLING_TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:SecurityAlerts";

fn there(protocol: &str) -> Subscription {
    Subscription { arn: format!("{BILLING_TOPIC}:1"), ..subscription(1, protocol) }
}

#[test]
fn a_subscriber_in_the_billing_region_only_warns() {
    let pending = (listed_as("PendingConfirmation", "email"), None);
    let untold = Subscription { protocol: None, ..there("email") };
    for (name, home, billing, status) in [
        ("email", vec![], Some(vec![there("email")]), Warn),
        ("email, pending at home", vec![pending.clone()], Some(vec![there("email")]), Warn),
        ("sms", vec![], Some(vec![there("sms")]), Warn),
        ("https beside a queue", vec![], Some(vec![there("sqs"), there("https")]), Warn),
        ("a queue", vec![pending.clone()], Some(vec![there("sqs")]), Fail),
        ("pending", vec![pending.clone()], Some(vec![listed_as("PendingConfirmation", "email")]), Fail),
        ("nobody", vec![], Some(vec![]), Fail),
        ("no such topic", vec![pending], None, Fail),
        ("a protocol that is not returned", vec![], Some(vec![untold.clone()]), Unknown),
        ("a protocol that is not returned, and email", vec![], Some(vec![untold, there("email")]), Warn),
        ("confirmed at home", vec![(subscription(1, "email"), attributes(None))], Some(vec![]), Pass),
        ("a queue at home", vec![(subscription(1, "sqs"), attributes(None))], Some(vec![]), Warn),
    ] {
        let judged = judge(&CHECK, with_billing_topic(&home, billing.as_deref()));
        assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), status, "{name}");
        if status == Warn && name != "a queue at home" {
            assert_eq!(
                message(&judged, "security-alerts-topic/subscriber"),
                "No confirmed subscriber in us-west-2: messages sent there are lost. SecurityAlerts in us-east-1 \
                 has one",
                "{name}"
            );
            let remedy = judged.findings[1].remediation.as_ref().unwrap();
            assert!(remedy.commands[0].contains(&format!("sns subscribe --topic-arn {TOPIC} ")), "{name}: {remedy:?}");
        }
    }
}

#[test]
fn billing_region_topic_is_unknown_only_if_it_decides() {
    let unread = |home: &[(Subscription, Option<SubscriptionAttributes>)]| {
        let mut facts = subscribed(home);
        facts.subscriptions.set(BILLING_TOPIC, denied(Operation::ListSubscriptionsByTopic));
        status_of(&judge(&CHECK, facts), "security-alerts-topic/subscriber")
    };
    assert_eq!(unread(&[]), Unknown);
    assert_eq!(unread(&[(listed_as("PendingConfirmation", "email"), None)]), Unknown);
    assert_eq!(unread(&[(subscription(1, "email"), attributes(None))]), Pass);
    assert_eq!(unread(&[(subscription(1, "sqs"), attributes(None))]), Warn);
    // Without another billing Region there is nothing to ask for.
    let expect =
        Settings { billing_region: Setting::new("us-west-2".to_owned(), SettingSource::Flag), ..Settings::default() };
    let judged = judge_expecting(&CHECK, subscribed(&[]), &expect);
    assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), Fail);
    let caller = Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws-cn:iam::{ACCOUNT}:user/a") };
    let arn = TOPIC.replace("arn:aws:", "arn:aws-cn:");
    let mut facts = Facts { caller: known(Operation::GetCallerIdentity, caller), ..Facts::default() };
    facts.topic_attributes.set(&arn, known(Operation::GetTopicAttributes, Some(Topic { policy: None, kms_key: None })));
    facts.subscriptions.set(&arn, known(Operation::ListSubscriptionsByTopic, Some(Vec::new())));
    assert_eq!(status_of(&judge(&CHECK, facts), "security-alerts-topic/subscriber"), Fail);
}

#[test]
fn nobody_subscribed_fails() {
    assert_eq!(subscriber(&[]), Fail);
    assert_eq!(subscriber(&[(listed_as("Deleted", "email"), attributes(None))]), Fail);
}

#[test]
fn a_pending_reader_fails_names_whom_to_ask_and_settles() {
    let judged = judge(&CHECK, subscribed(&[(listed_as("PendingConfirmation", "email"), None)]));
    assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), Fail);
    let finding = &judged.findings[1];
    assert!(finding.message.contains("open the link in the email, within two days"), "{}", finding.message);
    assert!(finding.message.contains("o••@example.com"), "{}", finding.message);
    assert!(finding.resolves.as_ref().unwrap().contains("SNS deletes an unconfirmed subscription after 48 hours"));
}

#[test]
fn subscription_with_arn_but_pending_attributes_is_pending() {
    let pending = SubscriptionAttributes { pending_confirmation: Some(true), ..attributes(None).unwrap() };
    for protocol in ["http", "https", "email"] {
        let judged = judge(&CHECK, subscribed(&[(subscription(1, protocol), Some(pending.clone()))]));
        assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), Fail, "{protocol}");
        assert!(judged.findings[1].resolves.is_some(), "{protocol}");
    }
}

#[test]
fn a_pending_reader_beside_a_confirmed_one_does_no_harm() {
    let pending = (listed_as("PendingConfirmation", "email"), None);
    assert_eq!(subscriber(&[pending.clone(), (subscription(1, "https"), attributes(None))]), Pass);
    assert_eq!(subscriber(&[pending.clone(), (subscription(1, "sms"), attributes(None))]), Warn);
    assert_eq!(subscriber(&[pending, (subscription(1, "sqs"), attributes(None))]), Warn);
}

#[test]
fn readers_who_all_filter_warn() {
    let filter = Some(r#"{"severity": ["high"]}"#);
    let judged = judge(&CHECK, subscribed(&[(subscription(1, "email"), attributes(filter))]));
    assert_eq!(status_of(&judged, "security-alerts-topic/subscriber"), Warn);
    assert_eq!(
        judged.findings[1].remediation.as_ref().unwrap().commands,
        [format!(
            "aws sns set-subscription-attributes --subscription-arn {TOPIC}:1 --attribute-name FilterPolicy --attribute-value \
             {{}} --region us-west-2"
        )]
    );
    let beside = [(subscription(1, "email"), attributes(filter)), (subscription(2, "email"), attributes(None))];
    assert_eq!(subscriber(&beside), Pass);
}

#[test]
fn an_empty_or_blank_filter_filters_nothing() {
    for filter in ["{}", "", " "] {
        assert_eq!(subscriber(&[(subscription(1, "email"), attributes(Some(filter)))]), Pass, "{filter:?}");
    }
}

#[test]
fn a_filter_that_cannot_be_read_leaves_it_open() {
    assert_eq!(subscriber(&[(subscription(1, "email"), attributes(Some("{")))]), Unknown);
}

#[test]
fn listed_subscriber_not_found_is_unknown_unless_another_reads() {
    assert_eq!(subscriber(&[(subscription(1, "email"), None)]), Unknown);
    assert_eq!(subscriber(&[(subscription(1, "email"), None), (subscription(2, "http"), attributes(None))]), Pass);
}

#[test]
fn unknown_attributes_are_unknown_unless_another_reads() {
    let unseen = |mut facts: Facts| {
        facts.subscription_attributes.set(&format!("{TOPIC}:1"), denied(Operation::GetSubscriptionAttributes));
        judge(&CHECK, facts)
    };
    let alone = unseen(ready());
    assert_eq!(status_of(&alone, "security-alerts-topic/subscriber"), Unknown);
    assert_eq!(unavailable_in(&alone, "security-alerts-topic/subscriber"), Operation::GetSubscriptionAttributes);
    let other = |protocol| {
        unseen(subscribed(&[
            (subscription(1, "email"), attributes(None)),
            (subscription(2, protocol), attributes(None)),
        ]))
    };
    assert_eq!(status_of(&other("email"), "security-alerts-topic/subscriber"), Pass);
    assert_eq!(status_of(&other("sqs"), "security-alerts-topic/subscriber"), Warn);
    let pending = unseen(subscribed(&[
        (subscription(1, "email"), attributes(None)),
        (listed_as("PendingConfirmation", "email"), None),
    ]));
    assert_eq!(status_of(&pending, "security-alerts-topic/subscriber"), Unknown);
}

#[test]
fn aws_services_and_the_own_account_are_no_outsiders() {
    let own = "arn:aws:sns:us-west-2:111122223333:SecurityAlerts";
    for principal in [
        r#"{"Service": "cloudwatch.amazonaws.com"}"#,
        r#"{"Service": ["events.amazonaws.com", "budgets.amazonaws.com"]}"#,
        r#"{"AWS": "111122223333"}"#,
        r#"{"AWS": "arn:aws:iam::111122223333:root"}"#,
        r#"{"AWS": "arn:aws:iam::111122223333:role/x"}"#,
    ] {
        let policy = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "sns:Publish", "Resource": "{own}"}}}}"#
        );
        assert_eq!(
            status_of(&judge(&CHECK, with_policy(&policy)), "security-alerts-topic/policy"),
            Pass,
            "{principal}"
        );
    }
}

fn allow(principal: &str, action: &str, condition: &str) -> String {
    let principal = if principal == "*" { r#""*""#.to_owned() } else { format!(r#"{{"AWS": "{principal}"}}"#) };
    format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}", "Resource": "{TOPIC}", "Condition": {condition}}}"#
    )
}

fn policy_of(statements: &[String]) -> Status {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    status_of(&judge(&CHECK, with_policy(&policy)), "security-alerts-topic/policy")
}

#[test]
fn the_world_and_other_accounts_warn_however_they_are_let_in() {
    for principal in ["*", "444455556666", "arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/x"] {
        for action in ["sns:Publish", "SNS:Subscribe", "sns:*", "*", "sns:Pub*"] {
            assert_eq!(policy_of(&[allow(principal, action, "{}")]), Warn, "{principal} {action}");
        }
        assert_eq!(policy_of(&[allow(principal, "sns:GetTopicAttributes", "{}")]), Pass, "{principal}");
    }
}

#[test]
fn a_condition_that_holds_a_grant_to_this_account_makes_it_pass() {
    for (condition, status) in [
        (r#"{"StringEquals": {"aws:SourceOwner": "111122223333"}}"#, Pass),
        (r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, Pass),
        (r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#, Pass),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-west-2:111122223333:alarm:*"}}"#, Pass),
        (r#"{"StringEquals": {"aws:SourceOwner": "444455556666"}}"#, Warn),
        (r#"{"StringLike": {"aws:SourceAccount": "*"}}"#, Warn),
        (r#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, Warn),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, Warn),
        (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Warn),
        (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, Warn),
    ] {
        assert_eq!(policy_of(&[allow("*", "sns:Publish", condition)]), status, "{condition}");
    }
}

#[test]
fn denies_are_counted() {
    let deny = allow("*", "sns:Publish", r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#)
        .replace("Allow", "Deny");
    assert_eq!(policy_of(&[allow("*", "sns:Publish", "{}"), deny.clone()]), Pass);
    assert_eq!(policy_of(&[allow("*", "sns:*", "{}"), deny]), Warn);
}

#[test]
fn a_policy_that_is_absent_or_cannot_be_read_is_unknown() {
    for policy in [None, Some("{"), Some("{}")] {
        let facts = with_topic(Topic { policy: policy.map(str::to_owned), kms_key: None });
        assert_eq!(status_of(&judge(&CHECK, facts), "security-alerts-topic/policy"), Unknown, "{policy:?}");
    }
}

#[test]
fn external_access_remedy_keeps_statements_and_closes_access() {
    let open = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}, {}]}}"#,
        allow("*", "sns:Publish", r#"{"Bool": {"aws:SecureTransport": "true"}}"#),
        allow("111122223333", "sns:Subscribe", "{}"),
    );
    let judged = judge(&CHECK, with_policy(&open));
    let commands = &judged.findings[2].remediation.as_ref().unwrap().commands;
    let words = shell_words::split(&commands[0]).unwrap();
    let policy = words.iter().skip_while(|word| *word != "--attribute-value").nth(1).unwrap();
    assert_eq!(status_of(&judge(&CHECK, with_policy(policy)), "security-alerts-topic/policy"), Pass);
    let json: serde_json::Value = serde_json::from_str(policy).unwrap();
    assert_eq!(json["Statement"].as_array().unwrap().len(), 2);
    assert_eq!(json["Statement"][0]["Condition"]["Bool"]["aws:SecureTransport"], "true");
    assert_eq!(json["Statement"][1]["Condition"], serde_json::json!({}));
}

#[test]
fn no_key_or_a_blank_one_passes() {
    assert_eq!(status_of(&judge(&CHECK, with_key("")), "security-alerts-topic/encryption"), Pass);
    assert_eq!(status_of(&judge(&CHECK, with_key(" ")), "security-alerts-topic/encryption"), Pass);
}

#[test]
fn aws_own_key_warns_by_its_name_and_kms_is_not_asked() {
    for name in ["alias/aws/sns", "arn:aws:kms:us-west-2:111122223333:alias/aws/sns", "alias/aws/secretsmanager"] {
        assert_eq!(status_of(&judge(&CHECK, with_key(name)), "security-alerts-topic/encryption"), Warn, "{name}");
    }
}

#[test]
fn a_key_is_whose_kms_says_it_is() {
    for name in ["alias/mine", "0b1c", KEY, "arn:aws:kms:us-west-2:111122223333:alias/mine"] {
        for (manager, state, status) in [
            (Some("CUSTOMER"), Some("Enabled"), Pass),
            (Some("AWS"), Some("Enabled"), Warn),
            (Some("AWS"), None, Warn),
            (Some("CUSTOMER"), Some("Disabled"), Fail),
            (Some("CUSTOMER"), Some("PendingDeletion"), Fail),
            (Some("CUSTOMER"), Some("PendingImport"), Fail),
            (Some("CUSTOMER"), Some("Unavailable"), Fail),
            (Some("CUSTOMER"), Some("Updating"), Unknown),
            (Some("CUSTOMER"), None, Unknown),
            (None, Some("Enabled"), Unknown),
            (Some("SOMEBODY"), Some("Enabled"), Unknown),
        ] {
            let judged = judge(&CHECK, described(name, manager, state));
            let found = status_of(&judged, "security-alerts-topic/encryption");
            assert_eq!(found, status, "{name} {manager:?} {state:?}");
        }
    }
}

#[test]
fn a_key_that_kms_does_not_find_or_that_is_unseen_is_unknown() {
    for unread in [known(Operation::DescribeKey, None), denied(Operation::DescribeKey)] {
        let mut facts = with_key("alias/mine");
        facts.keys.set("us-west-2 alias/mine", unread);
        let judged = judge(&CHECK, facts);
        assert_eq!(status_of(&judged, "security-alerts-topic/encryption"), Unknown);
        assert_eq!(unavailable_in(&judged, "security-alerts-topic/encryption"), Operation::DescribeKey);
    }
}

#[test]
fn every_fault_of_a_call_leaves_its_requirement_unknown() {
    let causes = [
        Cause::Denied { message: None },
        Cause::Throttled,
        Cause::TimedOut,
        Cause::Credentials { code: "ExpiredToken".to_owned() },
        Cause::Unreachable { why: "x".to_owned() },
        Cause::Fault { code: "InternalError".to_owned(), page: 2 },
        Cause::Malformed { why: "x".to_owned() },
        Cause::NotCollected,
    ];
    for cause in causes {
        let mut facts = ready();
        let call = Call::regional(Operation::ListSubscriptionsByTopic, "us-west-2");
        facts.subscriptions.set(TOPIC, CachedFact::unavailable(call, cause.clone()));
        assert_eq!(status_of(&judge(&CHECK, facts), "security-alerts-topic/subscriber"), Unknown, "{cause:?}");
    }
}

fn assert_says_what_to_do(facts: Facts) {
    let judged = judge(&CHECK, facts);
    let bad: Vec<_> = judged.findings.iter().filter(|finding| matches!(finding.status, Fail | Warn)).collect();
    assert_eq!(bad.len(), 1);
    let remedy = bad[0].remediation.as_ref().unwrap();
    assert!(!remedy.commands.is_empty() && remedy.console.is_some() && !remedy.references.is_empty(), "{remedy:?}");
}

#[test]
fn every_finding_that_is_not_as_it_should_be_says_what_to_do() {
    assert_says_what_to_do(missing(&[]));
    assert_says_what_to_do(subscribed(&[]));
    assert_says_what_to_do(subscribed(&[(listed_as("PendingConfirmation", "email"), None)]));
    assert_says_what_to_do(subscribed(&[(subscription(1, "lambda"), attributes(None))]));
    assert_says_what_to_do(subscribed(&[(subscription(1, "sms"), attributes(None))]));
    assert_says_what_to_do(with_billing_topic(&[], Some(&[there("email")])));
    assert_says_what_to_do(with_key("alias/aws/sns"));
    assert_says_what_to_do(described("alias/mine", Some("CUSTOMER"), Some("PendingDeletion")));
}

#[tokio::test(start_paused = true)]
async fn ready_account_takes_four_calls_and_three_rounds() {
    let (judged, cost) = judge_far_away(&CHECK, ready(), None).await;
    assert_eq!((overall(&judged), cost.rounds), (Pass, 3));
    let mut asked = cost.asked;
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            Operation::GetCallerIdentity,
            Operation::GetTopicAttributes,
            Operation::ListSubscriptionsByTopic,
            Operation::GetSubscriptionAttributes,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_key_is_not_asked_for_after_a_long_list_of_subscriptions() {
    let facts = described("alias/mine", Some("CUSTOMER"), Some("Enabled"));
    let (judged, cost) = judge_far_away(&CHECK, facts, Some(("subscriptions", 3))).await;
    assert_eq!((overall(&judged), cost.rounds), (Pass, 5));
}

#[tokio::test(start_paused = true)]
async fn a_missing_topic_is_explained_in_two_more_rounds() {
    let (_, cost) = judge_far_away(&CHECK, missing(&[]), None).await;
    assert_eq!(cost.rounds, 4);
    assert_eq!(cost.asked.iter().filter(|operation| **operation == Operation::ListTopics).count(), 3);
}

#[test]
fn no_fact_and_no_pair_of_facts_taken_away_turns_a_verdict_over() {
    let filter = Some(r#"{"a": ["b"]}"#);
    let pending = SubscriptionAttributes { pending_confirmation: Some(true), ..attributes(None).unwrap() };
    let hold = |facts| hold_without_any_fact(&CHECK, &facts);
    hold(ready());
    hold(subscribed(&[(subscription(1, "email"), attributes(filter)), (subscription(2, "sqs"), attributes(None))]));
    hold(subscribed(&[(subscription(1, "email"), attributes(None)), (subscription(2, "https"), Some(pending))]));
    hold(subscribed(&[(listed_as("PendingConfirmation", "email"), None)]));
    hold(with_billing_topic(&[(listed_as("PendingConfirmation", "email"), None)], Some(&[there("email")])));
    hold(described("alias/mine", Some("CUSTOMER"), Some("Disabled")));
    hold(described(KEY, Some("AWS"), Some("Enabled")));
    hold(missing(&[("us-west-2", &["securityalerts"]), ("us-east-1", &["SecurityAlerts"])]));
}

#[test]
fn variables_and_accounts_of_aws_in_the_topics_policy() {
    for (principal, name, status) in [
        ("444455556666", "SecurityAlerts", Warn),
        ("797873946194", "SecurityAlerts", Pass),
        ("*", "${aws:userid}", Warn),
        ("*", "Security${aws:PrincipalTag/x}", Warn),
        ("*", "x-${aws:PrincipalAccount}", Pass),
    ] {
        let resource = TOPIC.replace("SecurityAlerts", name);
        assert_eq!(
            policy_of(&[allow(principal, "sns:Publish", "{}").replace(TOPIC, &resource)]),
            status,
            "{principal} {name}"
        );
    }
}
