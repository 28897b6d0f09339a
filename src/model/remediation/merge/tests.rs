use serde_json::json;

use super::*;

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Name, the document, two changes of it, and both; null where they contradict each other.
fn rows() -> Vec<(&'static str, Value, Value, Value, Value)> {
    let deny = json!({"Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    let open = json!({"Sid": "open", "Effect": "Allow", "Principal": {"AWS": ["1", "2", "3"]}, "Action": "s3:Get*", "Resource": "r"});
    let more =
        json!({"Sid": "more", "Effect": "Allow", "Principal": {"Service": "x"}, "Action": "s3:Put*", "Resource": "r"});
    let to = |names: Value| {
        let mut statement = open.clone();
        statement["Principal"]["AWS"] = names;
        statement
    };
    let under = |mut statement: Value, account: &str| {
        statement["Condition"] = json!({"StringEquals": {"aws:SourceAccount": account}});
        statement
    };
    let excepting = |mut statement: Value, names: Value| {
        statement["Condition"] = json!({"ArnNotEquals": {"aws:SourceArn": names}});
        statement
    };
    let excepted = excepting(deny.clone(), json!("a"));
    let base = policy(&json!([deny, open]));
    let shared = json!({"Effect": "Allow", "Principal": {"Service": ["trail", "config"]}, "Action": "s3:PutObject", "Resource": "r"});
    let only = |name: &str| {
        let mut statement = shared.clone();
        statement["Principal"] = json!({"Service": name});
        statement
    };
    let mut renamed = more.clone();
    renamed["Action"] = json!("s3:List*");
    let mut numbered = renamed.clone();
    numbered["Sid"] = json!("more2");
    vec![
        ("a change and none", base.clone(), policy(&json!([deny])), base.clone(), policy(&json!([deny]))),
        (
            "one removes a statement and one adds one",
            base.clone(),
            policy(&json!([deny])),
            policy(&json!([deny, open, more])),
            policy(&json!([deny, more])),
        ),
        (
            "both add the same statement",
            base.clone(),
            policy(&json!([deny, open, more])),
            policy(&json!([deny, to(json!("1")), more])),
            policy(&json!([deny, to(json!("1")), more])),
        ),
        (
            "each removes another principal",
            base.clone(),
            policy(&json!([deny, to(json!(["1", "2"]))])),
            policy(&json!([deny, to(json!(["2", "3"]))])),
            policy(&json!([deny, to(json!("2"))])),
        ),
        (
            "no principal is left",
            base.clone(),
            policy(&json!([deny, to(json!("1"))])),
            policy(&json!([deny, to(json!("2"))])),
            policy(&json!([deny])),
        ),
        (
            "one removes a principal and one adds a condition",
            base.clone(),
            policy(&json!([deny, to(json!("1"))])),
            policy(&json!([deny, under(open.clone(), "9")])),
            policy(&json!([deny, under(to(json!("1")), "9")])),
        ),
        (
            "one removes what the other holds to an account",
            base.clone(),
            policy(&json!([deny])),
            policy(&json!([deny, under(open.clone(), "9")])),
            policy(&json!([deny])),
        ),
        (
            "two different conditions on one key",
            base.clone(),
            policy(&json!([deny, under(open.clone(), "8")])),
            policy(&json!([deny, under(open.clone(), "9")])),
            Value::Null,
        ),
        (
            "an exception beside another",
            policy(&json!([excepted])),
            policy(&json!([excepting(deny.clone(), json!(["a", "b"]))])),
            policy(&json!([excepting(deny.clone(), json!(["a", "c"]))])),
            policy(&json!([excepting(deny.clone(), json!(["a", "b", "c"]))])),
        ),
        (
            "a Deny that one removes and the other changes",
            base.clone(),
            policy(&json!([open])),
            policy(&json!([excepted, open])),
            Value::Null,
        ),
        (
            "a statement that is split, of which the other removes a part",
            policy(&json!([shared])),
            policy(&json!([only("config"), under(only("trail"), "9")])),
            policy(&json!([only("trail")])),
            policy(&json!([under(only("trail"), "9")])),
        ),
        (
            "one gone statement before one that each narrows",
            policy(&json!([to(json!("9")), open])),
            policy(&json!([to(json!(["1", "2"]))])),
            policy(&json!([to(json!(["2", "3"]))])),
            policy(&json!([to(json!("2"))])),
        ),
        (
            "a statement that becomes a copy of the next, which the other changes",
            policy(&json!([shared, only("trail")])),
            policy(&json!([only("trail"), only("trail")])),
            policy(&json!([shared, under(only("trail"), "9")])),
            policy(&json!([under(only("trail"), "9")])),
        ),
        (
            "two new statements of one name",
            base.clone(),
            policy(&json!([deny, open, more])),
            policy(&json!([deny, open, renamed])),
            policy(&json!([deny, open, more, numbered])),
        ),
        (
            "one statement where a list may stand",
            policy(&open),
            policy(&json!([to(json!(["1", "2"]))])),
            policy(&json!([open, more])),
            policy(&json!([to(json!(["1", "2"])), more])),
        ),
        (
            "options of an alarm",
            json!({"threshold": "90", "alarm-actions": ["a"], "period": "60"}),
            json!({"threshold": "25", "alarm-actions": ["a"], "period": "60"}),
            json!({"threshold": "90", "alarm-actions": ["a", "b"], "period": "60"}),
            json!({"threshold": "25", "alarm-actions": ["a", "b"], "period": "60"}),
        ),
        ("one word that became two", json!({"a": "x"}), json!({"a": "y"}), json!({"a": "z"}), Value::Null),
        (
            "a version",
            json!({"Version": "1"}),
            json!({"Version": "2"}),
            json!({"Version": "1"}),
            json!({"Version": "2"}),
        ),
    ]
}

#[test]
fn two_changes_of_a_document_become_one() {
    let mut wrong = Vec::new();
    for (name, base, one, other, both) in rows() {
        let made = merged(&base, &one, &other).unwrap_or_default();
        if made != both {
            wrong.push(format!("{name}: {made:#} is not {both:#}"));
        }
        // Only what is new stands in another order then.
        let turned = merged(&base, &other, &one).unwrap_or_default();
        if turned.to_string().len() != both.to_string().len() {
            wrong.push(format!("{name}, turned: {turned:#} is not {both:#}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_change_beside_itself_is_that_change() {
    for (name, base, one, other, _) in rows() {
        for change in [&base, &one, &other] {
            assert_eq!(merged(&base, change, change).as_ref(), Some(change), "{name}");
            assert_eq!(merged(&base, change, &base).as_ref(), Some(change), "{name}");
        }
    }
}
