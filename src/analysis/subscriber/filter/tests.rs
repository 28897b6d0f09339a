use super::*;
use crate::account::facts::Facts;
use crate::account::operation::Operation;
use crate::account::{Account, Call};
use crate::testing::{ACCOUNT, known, now};
use futures_util::FutureExt;

const MESSAGE: AlarmMessage<'_> = AlarmMessage { alarm: "Billing-25", account: ACCOUNT, region: "us-east-1" };

#[derive(Debug, PartialEq)]
enum Says {
    NoFilter,
    Unread,
    Lets(Match),
}

fn hangs_on(key: &str) -> Says {
    Says::Lets(Match::depends_on(key))
}

const YES: Says = Says::Lets(Match::Yes);
const NO: Says = Says::Lets(Match::No);

fn says_of(policy: Option<&str>, scope: Option<&str>, message: &AlarmMessage<'_>) -> Says {
    let attributes = SubscriptionAttributes {
        pending_confirmation: Some(false),
        filter_policy: policy.map(str::to_owned),
        filter_policy_scope: scope.map(str::to_owned),
    };
    let mut facts = Facts::default();
    facts.subscription_attributes.set("arn:s", known(Operation::GetSubscriptionAttributes, Some(attributes)));
    let account = Account::recorded(facts, now());
    let seen = account.subscription("us-east-1", "arn:s").now_or_never().unwrap().unwrap().present().unwrap();
    assert_eq!(seen.call(), &Call::global(Operation::GetSubscriptionAttributes));
    match Filter::of(seen) {
        Ok(None) => Says::NoFilter,
        Ok(Some(filter)) => Says::Lets(filter.lets_through(message)),
        Err(_) => Says::Unread,
    }
}

fn on_attributes(policy: &str) -> Says {
    says_of(Some(policy), None, &MESSAGE)
}

fn on_body(policy: &str) -> Says {
    says_of(Some(policy), Some("MessageBody"), &MESSAGE)
}

#[test]
fn missing_blank_and_empty_policies_filter_nothing() {
    for scope in [None, Some("MessageAttributes"), Some("MessageBody")] {
        for policy in [None, Some(""), Some(" \n"), Some("{}"), Some(" { } ")] {
            assert_eq!(says_of(policy, scope, &MESSAGE), Says::NoFilter, "{policy:?} {scope:?}");
        }
    }
}

#[test]
fn a_policy_that_is_not_an_object_is_unread() {
    for policy in ["nonsense", "{", "[]", "null", "\"x\""] {
        assert_eq!(on_attributes(policy), Says::Unread, "{policy}");
        assert_eq!(on_body(policy), Says::Unread, "{policy}");
    }
    assert_eq!(says_of(Some(r#"{"a": ["b"]}"#), Some("MessageHeaders"), &MESSAGE), Says::Unread);
}

#[test]
fn a_body_policy_that_is_not_valid_is_unread() {
    for policy in [
        r#"{"a": "b"}"#,
        r#"{"a": 1}"#,
        r#"{"a": []}"#,
        r#"{"a": [["b"]]}"#,
        r#"{"a": {}}"#,
        r#"{"ok": [{"exists": false}], "a": null}"#,
        r#"{"$or": [{"a": ["b"]}, {"c": "d"}]}"#,
    ] {
        assert_eq!(on_body(policy), Says::Unread, "{policy}");
    }
}

#[test]
fn a_policy_longer_than_any_that_sns_stores_is_unread() {
    let of_length = |length: usize| format!(r#"{{"key": [{{"exists": false}}]{}}}"#, " ".repeat(length - 28));
    assert_eq!(of_length(LONGEST).len(), LONGEST);
    assert_eq!(on_attributes(&of_length(LONGEST)), NO);
    assert_eq!(on_attributes(&of_length(LONGEST + 2)), Says::Unread);
}

/// CloudWatch's message has no attributes, and every attribute filter asks for at least one.
#[test]
fn every_attribute_filter_drops_the_alarm() {
    for policy in [
        r#"{"a": [{"exists": false}]}"#,
        r#"{"a": ["x", {"exists": false}]}"#,
        r#"{"a": [{"exists": false}], "b": [{"exists": false}]}"#,
        r#"{"a": [{"exists": true}]}"#,
        r#"{"a": ["x"]}"#,
        r#"{"a": [null]}"#,
        r#"{"a": [{"anything-but": ["x"]}]}"#,
        r#"{"a": [{"prefix": ""}]}"#,
        r#"{"a": [{"numeric": [">", 0]}]}"#,
        r#"{"a": [{"new-one": 1}]}"#,
        r#"{"a": "b"}"#,
        r#"{"NewStateValue": ["ALARM"]}"#,
        r#"{"$or": [{"a": ["x"]}, {"b": [{"exists": false}]}]}"#,
    ] {
        assert_eq!(on_attributes(policy), NO, "{policy}");
        assert_eq!(says_of(Some(policy), Some("MessageAttributes"), &MESSAGE), NO, "{policy}");
    }
}

#[test]
fn an_operator_that_is_not_known_leaves_its_body_key_open() {
    assert_eq!(on_body(r#"{"AlarmName": [{"new-one": 1}]}"#), hangs_on("AlarmName"));
    assert_eq!(on_body(r#"{"AlarmName": [{"exists": "no"}]}"#), hangs_on("AlarmName"));
    assert_eq!(on_body(r#"{"AlarmName": [{"exists": true, "prefix": "x"}]}"#), hangs_on("AlarmName"));
    assert_eq!(on_body(r#"{"AlarmName": [{"new-one": 1}, "Billing-25"]}"#), YES);
    assert_eq!(on_body(r#"{"AlarmName": [{"new-one": 1}], "NewStateValue": ["OK"]}"#), NO);
}

#[test]
fn unknown_operators_and_keys_named_like_operators_are_invalid() {
    // One alternative only, a reserved word as a key, a plain value.
    for policy in [
        r#"{"$or": [{"prefix": "a"}, {"exists": false}]}"#,
        r#"{"$or": [{"AlarmName": ["Billing-25"]}]}"#,
        r#"{"$or": ["x", "y"]}"#,
    ] {
        assert_eq!(on_body(policy), hangs_on("$or"), "{policy}");
    }
}

#[test]
fn body_filter_is_evaluated_on_the_four_known_keys() {
    for (policy, says) in [
        (r#"{"NewStateValue": ["ALARM"]}"#, YES),
        (r#"{"NewStateValue": ["OK", "ALARM"]}"#, YES),
        (r#"{"NewStateValue": ["OK"]}"#, NO),
        (r#"{"NewStateValue": ["Alarm"]}"#, NO),
        (r#"{"AlarmName": ["Billing-25"]}"#, YES),
        (r#"{"AlarmName": ["billing-25"]}"#, NO),
        (r#"{"AWSAccountId": ["111122223333"]}"#, YES),
        (r#"{"AWSAccountId": ["999988887777"]}"#, NO),
        (r#"{"Region": ["US East (N. Virginia)"]}"#, YES),
        (r#"{"Region": ["us-east-1"]}"#, NO),
        (r#"{"AlarmName": ["Billing-25"], "NewStateValue": ["OK"]}"#, NO),
        (r#"{"NewStateValue": [null, true]}"#, NO),
        (r#"{"NewStateValue": [{"exists": true}]}"#, YES),
        (r#"{"NewStateValue": [{"exists": false}]}"#, NO),
        (r#"{"AlarmName": [{"prefix": "Billing"}]}"#, YES),
        (r#"{"AlarmName": [{"prefix": "billing"}]}"#, NO),
        (r#"{"AlarmName": [{"suffix": "-25"}]}"#, YES),
        (r#"{"AlarmName": [{"suffix": "-50"}]}"#, NO),
        (r#"{"AlarmName": [{"equals-ignore-case": "BILLING-25"}]}"#, YES),
        (r#"{"AlarmName": [{"equals-ignore-case": "BILLING"}]}"#, NO),
        (r#"{"AlarmName": [{"anything-but": "Billing-25"}]}"#, NO),
        (r#"{"AlarmName": [{"anything-but": ["CPU", "Billing-25"]}]}"#, NO),
        (r#"{"AlarmName": [{"anything-but": ["CPU"]}]}"#, YES),
        (r#"{"AlarmName": [{"anything-but": {"prefix": "Bill"}}]}"#, NO),
        (r#"{"AlarmName": [{"anything-but": {"prefix": "CPU"}}]}"#, YES),
        (r#"{"AlarmName": [{"anything-but": {"suffix": "25"}}]}"#, NO),
        (r#"{"$or": [{"NewStateValue": ["OK"]}, {"AlarmName": ["Billing-25"]}]}"#, YES),
        (r#"{"$or": [{"NewStateValue": ["OK"]}, {"AlarmName": ["CPU"]}]}"#, NO),
    ] {
        assert_eq!(on_body(policy), says, "{policy}");
    }
}

#[test]
fn unknown_body_keys_and_operators_leave_the_filter_unknown() {
    for (policy, key) in [
        (r#"{"AlarmArn": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:Billing-25"]}"#, "AlarmArn"),
        (r#"{"OldStateValue": ["OK"]}"#, "OldStateValue"),
        (r#"{"Trigger": {"MetricName": ["EstimatedCharges"]}}"#, "Trigger"),
        (r#"{"AlarmName": {"x": ["y"]}}"#, "AlarmName"),
        (r#"{"AlarmName": [{"wildcard": "Billing*"}]}"#, "AlarmName"),
        (r#"{"AWSAccountId": [111122223333]}"#, "AWSAccountId"),
        (r#"{"AWSAccountId": [{"numeric": [">", 0]}]}"#, "AWSAccountId"),
        (r#"{"AlarmName": [{"anything-but": [1]}]}"#, "AlarmName"),
        (r#"{"AlarmName": [{"anything-but": {"wildcard": "x*"}}]}"#, "AlarmName"),
        (r#"{"AlarmName": [{"prefix": {"equals-ignore-case": "b"}}]}"#, "AlarmName"),
    ] {
        assert_eq!(on_body(policy), hangs_on(key), "{policy}");
    }
}

#[test]
fn sure_body_mismatch_beats_an_unknown_key() {
    assert_eq!(on_body(r#"{"AlarmArn": ["x"], "NewStateValue": ["OK"]}"#), NO);
    assert_eq!(on_body(r#"{"AlarmArn": ["x"], "NewStateValue": ["ALARM"]}"#), hangs_on("AlarmArn"));
    assert_eq!(on_body(r#"{"$or": [{"AlarmArn": ["x"]}, {"NewStateValue": ["ALARM"]}]}"#), YES);
}

#[test]
fn the_long_name_of_another_region_is_not_known() {
    let message = AlarmMessage { region: "eusc-de-east-1", ..MESSAGE };
    assert_eq!(says_of(Some(r#"{"Region": ["anything"]}"#), Some("MessageBody"), &message), hangs_on("Region"));
}
