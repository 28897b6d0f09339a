//! The way of the alarm's message, link by link.

use super::*;
use crate::account::facts::Key;
use crate::model::chain;

/// Each link's first letters with its mark: `+` passed, `!` warns, `?` unknown, `x` failed, `-` not judged.
fn path(facts: Facts) -> String {
    let links = chain::judged(CHECK.chain, &judge_facts(&CHECK, facts).findings);
    let mark = |status| match status {
        Some(Pass) => '+',
        Some(Warn) => '!',
        Some(Unknown) => '?',
        Some(Fail) => 'x',
        None => '-',
    };
    let words: Vec<String> =
        links.iter().map(|link| format!("{}{}", mark(link.status), link.name.get(..3).unwrap())).collect();
    words.join(" ")
}

fn with(topic: Topic, subscribers: &[(Subscription, Option<SubscriptionAttributes>)]) -> Facts {
    let mut facts = ready();
    put_topic(&mut facts, TOPIC_ARN, topic, subscribers);
    facts
}

fn read_by(subscribers: &[(Subscription, Option<SubscriptionAttributes>)]) -> String {
    path(with(topic(), subscribers))
}

fn one(protocol: &str, filter: Option<&str>) -> (Subscription, Option<SubscriptionAttributes>) {
    (subscription(1, protocol), Some(attributes(filter, "MessageAttributes")))
}

const SHUT: Option<&str> = Some(r#"{"a": ["b"]}"#);

#[test]
fn a_message_that_arrives_passes_every_link() {
    assert_eq!(path(ready()), "+ala +top +pol +key +fil +sub");
}

#[test]
fn behind_an_alarm_that_is_not_there_nothing_is_judged() {
    assert_eq!(path(account_with(Vec::new())), "xala -top -pol -key -fil -sub");
}

#[test]
fn an_alarm_that_never_goes_off_does_not_hide_the_way_behind_it() {
    let deaf = changed(|alarm| alarm.threshold = Some(99.0));
    assert_eq!(path(account_with(vec![deaf])), "xala +top +pol +key +fil +sub");
}

#[test]
fn behind_a_topic_that_is_not_notified_nothing_is_judged() {
    let silent = changed(|alarm| alarm.alarm_actions = Some(Vec::new()));
    assert_eq!(path(account_with(vec![silent])), "+ala xtop -pol -key -fil -sub");
}

#[test]
fn policy_and_key_are_told_apart() {
    let policy = Some(r#"{"Statement": []}"#.to_owned());
    let key = Some("alias/aws/sns".to_owned());
    let at = |policy: Option<String>, kms_key| path(with(Topic { policy, kms_key }, &reader()));
    assert_eq!(at(policy.clone(), None), "+ala +top xpol +key +fil +sub");
    assert_eq!(at(topic().policy, key.clone()), "+ala +top +pol xkey +fil +sub");
    assert_eq!(at(policy, key), "+ala +top xpol xkey +fil +sub");
    assert_eq!(at(None, None), "+ala +top ?pol +key +fil +sub");
    let key = Some("alias/mine".to_owned());
    assert_eq!(at(topic().policy, key.clone()), "+ala +top +pol ?key +fil +sub", "a key that nobody saw");
    let mut facts = with(Topic { kms_key: key, ..topic() }, &reader());
    let dead =
        Key { arn: KEY_ARN.to_owned(), manager: Some("CUSTOMER".to_owned()), state: Some("Disabled".to_owned()) };
    facts.keys.set("us-east-1 alias/mine", known(Operation::DescribeKey, Some(dead)));
    assert_eq!(path(facts), "+ala +top +pol xkey +fil +sub");
}

#[test]
fn filter_and_subscriber_are_told_apart() {
    assert_eq!(read_by(&[]), "+ala +top +pol +key -fil xsub");
    assert_eq!(read_by(&[one("email", SHUT)]), "+ala +top +pol +key xfil +sub");
    assert_eq!(read_by(&[one("sqs", None)]), "+ala +top +pol +key +fil !sub");
    assert_eq!(read_by(&[one("sqs", SHUT)]), "+ala +top +pol +key xfil !sub");
    assert_eq!(read_by(&[one("email", Some("{"))]), "+ala +top +pol +key ?fil +sub");
    assert_eq!(read_by(&[one("pigeon", None)]), "+ala +top +pol +key ?fil ?sub");
    let program = (subscription(2, "sqs"), Some(attributes(None, "MessageAttributes")));
    assert_eq!(read_by(&[one("email", SHUT), program]), "+ala +top +pol +key !fil +sub");
    let pending = (Subscription { arn: "PendingConfirmation".to_owned(), ..subscription(1, "email") }, None);
    assert_eq!(read_by(&[pending]), "+ala +top +pol +key -fil xsub");
}

#[test]
fn of_a_topic_that_nobody_may_see_no_link_passes() {
    let mut facts = ready();
    facts.topic_attributes.set(TOPIC_ARN, denied(Operation::GetTopicAttributes));
    assert_eq!(path(facts), "+ala +top ?pol ?key +fil +sub");
    let mut facts = ready();
    facts.subscriptions.set(TOPIC_ARN, denied(Operation::ListSubscriptionsByTopic));
    assert_eq!(path(facts), "+ala +top +pol +key ?fil ?sub");
    let mut facts = ready();
    facts.alarms.set(REGION_NAME, denied(Operation::DescribeAlarms));
    assert_eq!(path(facts), "?ala ?top ?pol ?key ?fil ?sub");
}
