//! `/subscriber`: who gets the alarm's message.

use super::*;

const BODY: &str = "MessageBody";
const ATTRIBUTES: &str = "MessageAttributes";

fn subscriber(subscribers: &[(Subscription, Option<SubscriptionAttributes>)]) -> Status {
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, topic(), subscribers);
    link(facts, "subscriber")
}

fn filtered(filter: &str, scope: &str) -> Status {
    subscriber(&[(subscription(1, "email"), Some(attributes(Some(filter), scope)))])
}

#[test]
fn people_get_it_and_programs_alone_warn() {
    for (protocol, status) in [
        ("email", Pass),
        ("email-json", Pass),
        ("sms", Warn),
        ("http", Pass),
        ("https", Pass),
        ("sqs", Warn),
        ("lambda", Warn),
        ("firehose", Warn),
        ("application", Warn),
        ("pigeon", Unknown),
    ] {
        assert_eq!(
            subscriber(&[(subscription(1, protocol), Some(attributes(None, ATTRIBUTES)))]),
            status,
            "{protocol}"
        );
    }
}

#[test]
fn deleted_or_pending_subscriber_fails_not_found_is_unknown() {
    let listed_as = |word: &str| (Subscription { arn: word.to_owned(), ..subscription(1, "email") }, None);
    assert_eq!(subscriber(&[]), Fail);
    assert_eq!(subscriber(&[listed_as("Deleted")]), Fail);
    assert_eq!(subscriber(&[listed_as("PendingConfirmation")]), Fail);
    assert_eq!(subscriber(&[(subscription(1, "email"), None)]), Unknown);
    let pending = SubscriptionAttributes { pending_confirmation: Some(true), ..attributes(None, ATTRIBUTES) };
    assert_eq!(subscriber(&[(subscription(1, "https"), Some(pending))]), Fail);
}

#[test]
fn a_filter_must_let_the_alarms_message_through() {
    for (filter, scope, status) in [
        ("{}", ATTRIBUTES, Pass),
        ("", ATTRIBUTES, Pass),
        ("{}", BODY, Pass),
        (r#"{"a": [{"exists": false}]}"#, ATTRIBUTES, Fail),
        (r#"{"$or": [{"a": ["b"]}, {"c": [{"exists": false}]}]}"#, ATTRIBUTES, Fail),
        (r#"{"a": [{"exists": false}]}"#, BODY, Unknown),
        (r#"{"NewStateValue": [{"exists": false}]}"#, BODY, Fail),
        (r#"{"Region": ["US East (N. Virginia)"]}"#, BODY, Pass),
        (r#"{"Region": ["EU (Frankfurt)"]}"#, BODY, Fail),
        (r#"{"AlarmName": [{"wildcard": "*"}]}"#, BODY, Unknown),
        (r#"{"a": ["b"]}"#, ATTRIBUTES, Fail),
        (r#"{"NewStateValue": ["ALARM"]}"#, ATTRIBUTES, Fail),
        (r#"{"NewStateValue": ["ALARM"]}"#, BODY, Pass),
        (r#"{"NewStateValue": ["OK"]}"#, BODY, Fail),
        (r#"{"AlarmName": ["Billing-25"]}"#, BODY, Pass),
        (r#"{"AlarmName": ["Billing-50"]}"#, BODY, Fail),
        (r#"{"AWSAccountId": ["111122223333"]}"#, BODY, Pass),
        (r#"{"AWSAccountId": ["444455556666"]}"#, BODY, Fail),
        (r#"{"Trigger": {"MetricName": ["EstimatedCharges"]}}"#, BODY, Unknown),
        ("{", ATTRIBUTES, Unknown),
        ("{", BODY, Unknown),
    ] {
        assert_eq!(filtered(filter, scope), status, "{filter} on {scope}");
    }
}

#[test]
fn the_best_subscriber_decides() {
    let with = |number, protocol, filter| (subscription(number, protocol), Some(attributes(Some(filter), ATTRIBUTES)));
    let shut = r#"{"a": ["b"]}"#;
    assert_eq!(subscriber(&[with(1, "email", shut), with(2, "email", "{}")]), Pass);
    assert_eq!(subscriber(&[with(1, "email", shut), with(2, "sqs", "{}")]), Warn);
    assert_eq!(subscriber(&[with(1, "email", shut), with(2, "sqs", shut)]), Fail);
    assert_eq!(subscriber(&[with(1, "email", shut), with(2, "email", "{")]), Unknown);
    assert_eq!(subscriber(&[with(1, "sqs", shut)]), Fail);
    assert_eq!(subscriber(&[with(1, "sms", shut)]), Fail);
    assert_eq!(subscriber(&[with(1, "sms", "{}"), with(2, "email", shut)]), Warn);
    assert_eq!(subscriber(&[with(1, "sms", "{}"), with(2, "https", "{}")]), Pass);
    assert_eq!(subscriber(&[with(1, "sms", shut), with(2, "sqs", "{}")]), Warn);
    assert_eq!(subscriber(&[with(1, "sqs", "{")]), Unknown);
}

#[test]
fn programs_are_asked_about_only_where_no_person_gets_it() {
    let both = [
        (subscription(1, "email"), Some(attributes(None, ATTRIBUTES))),
        (subscription(2, "sqs"), Some(attributes(None, ATTRIBUTES))),
    ];
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, topic(), &both);
    facts.subscription_attributes.set(&both[1].0.arn, denied(Operation::GetSubscriptionAttributes));
    assert_eq!(link(facts, "subscriber"), Pass);
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, topic(), &both[1..]);
    facts.subscription_attributes.set(&both[1].0.arn, denied(Operation::GetSubscriptionAttributes));
    assert_eq!(link(facts, "subscriber"), Unknown);
}

#[test]
fn each_alarm_is_judged_by_its_own_message() {
    let filter = Some(r#"{"AlarmName": ["second"]}"#);
    let mut facts = account_with(vec![named("first", alarm()), named("second", alarm())]);
    put_topic(&mut facts, TOPIC_ARN, topic(), &[(subscription(1, "email"), Some(attributes(filter, BODY)))]);
    let judged = judge_facts(&CHECK, facts);
    assert_eq!(judged.chosen.as_ref().unwrap().name, "second");
    assert_eq!(not_passed(&judged), []);
}
