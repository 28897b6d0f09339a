//! Topics, alarms, and who reads them.

use serde_json::{Value, json};

use super::{CASE, Case};
use crate::stories::whole::{Lab, done_but};
use crate::support::account::{Account, Alarm, BILLING, HOME};
use crate::support::edits;
use crate::support::proxy::Proxy;

const TOPIC: &str = "SecurityAlerts";
/// All that a shell could take for something else.
const HOSTILE: &str = "it's $HOME `id` \"$(id)\" \\ ; & | * ? ~ # [bill]";

fn ready(account: Account) -> Proxy {
    Proxy::to(account).with_all(edits::ready())
}

/// An account in which all is done but for the alerts; the topic of the home region is as it should be.
fn without_alarm(account: Account) -> Account {
    done_but(account, &[Lab::Alerts, Lab::Alarm]).watched(HOME)
}

/// All is done, with this alarm.
fn alarm(account: Account, alarm: Alarm) -> Account {
    done_but(account, &[Lab::Alarm]).alarm(alarm)
}

fn policy(statements: &Value) -> Value {
    json!({"Version": "2008-10-17", "Id": "it's \"the\" $POLICY", "Statement": statements})
}

pub(super) const NOBODY_IS_SUBSCRIBED: Case = Case {
    account: "330000000301",
    make: |account| {
        let account = done_but(account, &[Lab::Alerts, Lab::Alarm]).topic(HOME, TOPIC).topic(BILLING, TOPIC);
        ready(account.alarm(Alarm::default()))
    },
    closes: &[
        ("security-alerts-topic/subscriber", "Subscribe an email address"),
        ("billing-alarm/subscriber", "Subscribe an email address"),
    ],
    ..CASE
};

/// As AWS has it: the mail has to be opened.
pub(super) const NOBODY_HAS_CONFIRMED: Case = Case {
    account: "330000000302",
    make: |account| ready(account.ready().user("reader")).with(edits::pending("security@example.com")),
    closes: &[
        ("security-alerts-topic/subscriber", "Open the confirmation link in the"),
        ("billing-alarm/subscriber", "Open the confirmation link in the"),
    ],
    leaves: &["security-alerts-topic/subscriber", "billing-alarm/subscriber"],
    ..CASE
};

pub(super) const ONLY_PROGRAMS_LISTEN: Case = Case {
    account: "330000000303",
    make: |account| {
        let queue = |region| account.arn("sqs", region, "alerts");
        let account = done_but(account, &[Lab::Alerts, Lab::Alarm])
            .topic(HOME, TOPIC)
            .subscription(HOME, TOPIC, "sqs", &queue(HOME))
            .topic(BILLING, TOPIC)
            .subscription(BILLING, TOPIC, "sqs", &queue(BILLING))
            .alarm(Alarm::default());
        ready(account)
    },
    closes: &[
        ("security-alerts-topic/subscriber", "Subscribe a human: an email address"),
        ("billing-alarm/subscriber", "Subscribe a human: an email address"),
    ],
    ..CASE
};

pub(super) const SMS_ONLY: Case = Case {
    account: "330000000310",
    make: |account| {
        let account = done_but(account, &[Lab::Alerts, Lab::Alarm])
            .topic(HOME, TOPIC)
            .subscription(HOME, TOPIC, "sms", "+15555550100")
            .topic(BILLING, TOPIC)
            .subscription(BILLING, TOPIC, "sms", "+15555550100")
            .alarm(Alarm::default());
        ready(account)
    },
    closes: &[
        ("security-alerts-topic/subscriber", "Subscribe an email address too"),
        ("billing-alarm/subscriber", "Subscribe an email address too"),
    ],
    ..CASE
};

pub(super) const EVERYBODY_FILTERS: Case = Case {
    account: "330000000304",
    make: |account| {
        let filter = [("FilterPolicy", r#"{"severity":["high"]}"#), ("FilterPolicyScope", "MessageAttributes")];
        let account = [HOME, BILLING].into_iter().fold(done_but(account, &[Lab::Alerts]), |account, region| {
            account.topic(region, TOPIC).subscription_with(region, TOPIC, "email", "security@example.com", &filter)
        });
        ready(account)
    },
    closes: &[
        ("security-alerts-topic/subscriber", "Remove the filter policy"),
        ("billing-alarm/subscriber", "Remove the filter policy"),
    ],
    ..CASE
};

/// Whoever likes may publish and listen, and a partner too; CloudWatch is let in beside them.
pub(super) const TOPIC_OF_THE_WORLD: Case = Case {
    account: "330000000305",
    make: |account| {
        let topic = account.topic_arn(HOME, TOPIC);
        let open = policy(&json!([
            {"Sid": "it's open", "Effect": "Allow", "Principal": "*", "Action": ["sns:Publish", "sns:Subscribe"], "Resource": topic},
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sns:Publish", "Resource": topic},
            {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic},
        ]));
        ready(account.ready().user("reader").topic_policy(HOME, TOPIC, &open))
    },
    closes: &[("security-alerts-topic/policy", "Restrict the public and cross-account statements to this account")],
    ..CASE
};

pub(super) const KEY_OF_AWS: Case = Case {
    account: "330000000306",
    make: |account| {
        let account = [HOME, BILLING].into_iter().fold(account.ready().user("reader"), |account, region| {
            account.topic_attribute(region, TOPIC, "KmsMasterKeyId", "alias/aws/sns")
        });
        ready(account)
    },
    closes: &[
        ("security-alerts-topic/encryption", "Remove the KMS key from the topic"),
        ("billing-alarm/publish", "Remove the KMS key from the topic"),
    ],
    ..CASE
};

/// A new key of the account with this policy; its id.
fn key(account: Account, region: &str, statements: &Value) -> String {
    let everything = json!({"Effect": "Allow", "Principal": {"AWS": account.arn("iam", "", "root")}, "Action": "kms:*", "Resource": "*"});
    let mut all = vec![everything];
    all.extend(statements.as_array().expect("a list of statements").iter().cloned());
    let policy = json!({"Version": "2012-10-17", "Id": "it's", "Statement": all});
    let made = account.call("kms", region, "CreateKey", json!({"Policy": policy.to_string()})).as_json();
    made["KeyMetadata"]["KeyId"].as_str().expect("the key's id").to_owned()
}

fn for_cloudwatch() -> Value {
    json!([{
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }])
}

/// Keys that work no more: one is switched off, one is about to be deleted.
pub(super) const DEAD_KEYS: Case = Case {
    account: "330000000307",
    make: |account| {
        let account = account.ready().user("reader");
        for (region, operation) in [(HOME, "DisableKey"), (BILLING, "ScheduleKeyDeletion")] {
            let id = key(account, region, &for_cloudwatch());
            account.topic_attribute(region, TOPIC, "KmsMasterKeyId", &id);
            account.call("kms", region, operation, json!({"KeyId": id}));
        }
        ready(account)
    },
    closes: &[
        ("security-alerts-topic/encryption", "Enable the topic's KMS key again"),
        ("billing-alarm/publish", "Cancel the deletion of the topic's KMS key"),
    ],
    ..CASE
};

/// The key's policy knows nothing of CloudWatch, and the topic's neither; a Deny in each is in the way.
pub(super) const CLOUDWATCH_MAY_NOT: Case = Case {
    account: "330000000308",
    make: |account| {
        let account = account.ready().user("reader");
        let denied = json!([{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-it's"}}}]);
        let id = key(account, BILLING, &denied);
        let topic = account.topic_arn(BILLING, TOPIC);
        let closed = policy(&json!([
            {"Sid": "AllowBillingAlarm", "Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sns:Publish", "Resource": topic},
            {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic,
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/it's"}}},
        ]));
        let account =
            account.topic_policy(BILLING, TOPIC, &closed).topic_attribute(BILLING, TOPIC, "KmsMasterKeyId", &id);
        ready(account)
    },
    closes: &[("billing-alarm/publish", "Allow CloudWatch to publish for this alarm")],
    ..CASE
};

pub(super) const KEY_WITHOUT_CLOUDWATCH: Case = Case {
    account: "330000000309",
    make: |account| {
        let account = account.ready().user("reader");
        let id = key(account, BILLING, &json!([]));
        account.call("kms", BILLING, "CreateAlias", json!({"AliasName": "alias/alerts", "TargetKeyId": id}));
        ready(account.topic_attribute(BILLING, TOPIC, "KmsMasterKeyId", "alias/alerts"))
    },
    closes: &[("billing-alarm/publish", "Allow CloudWatch to use the topic's KMS key")],
    ..CASE
};

pub(super) const ALARM_AT_HOME: Case = Case {
    account: "330000000321",
    make: |account| {
        let there = Alarm { region: HOME, state: "INSUFFICIENT_DATA", ..Alarm::default() };
        // The topic that the new alarm is to notify is encrypted with a key of AWS.
        let account = alarm(account, there).topic_attribute(BILLING, TOPIC, "KmsMasterKeyId", "alias/aws/sns");
        ready(account)
    },
    closes: &[("billing-alarm/region", "Create the topic and the alarm in us-east-1")],
    ..CASE
};

/// Nothing of it is right, and a shell would read its name.
pub(super) const WRONG_ALARM: Case = Case {
    account: "330000000322",
    make: |account| {
        let wrong = Alarm {
            name: HOSTILE,
            threshold: 100.0,
            dimensions: &[("ServiceName", "AmazonEC2"), ("Currency", "USD")],
            actions_enabled: false,
            ..Alarm::default()
        };
        ready(alarm(account, wrong)).with_all(edits::stays_ok(HOSTILE))
    },
    closes: &[
        ("billing-alarm/enabled", "Enable the alarm's actions"),
        ("billing-alarm/metric", "Make the alarm watch the whole bill"),
    ],
    ..CASE
};

pub(super) const ALARM_TOO_HIGH: Case = Case {
    account: "330000000323",
    make: |account| {
        ready(alarm(account, Alarm { threshold: 25.01, ..Alarm::default() })).with_all(edits::stays_ok("billing-25"))
    },
    closes: &[("billing-alarm/threshold", "Make the alarm fire when the bill exceeds $")],
    ..CASE
};

/// Between two data points it has none; with a longer period it would have one.
pub(super) const ALARM_OF_A_SHORT_PERIOD: Case = Case {
    account: "330000000328",
    make: |account| {
        let account = alarm(account, Alarm { period: 300, ..Alarm::default() });
        ready(account).with(edits::alarm("billing-25", |alarm| {
            let period = crate::support::cbor::to_json(alarm)["Period"].as_i64().expect("a period");
            let state = if period < 21_600 { "INSUFFICIENT_DATA" } else { "OK" };
            crate::support::cbor::set(alarm, "StateValue", state.into());
            crate::support::cbor::set(alarm, "StateTransitionedTimestamp", crate::support::cbor::moment(edits::HOUR));
        }))
    },
    closes: &[("billing-alarm/state", "Use a period of 6 hours")],
    ..CASE
};

pub(super) const ALARM_ADDS_UP: Case = Case {
    account: "330000000324",
    make: |account| {
        ready(alarm(account, Alarm { statistic: "Sum", evaluation_periods: 8, ..Alarm::default() }))
            .with_all(edits::stays_ok("billing-25"))
    },
    closes: &[("billing-alarm/threshold", "Make the alarm fire when the bill exceeds $")],
    arguments: &["--threshold", "50"],
    ..CASE
};

/// It notifies nobody, and the topic that it could notify lets nobody publish.
pub(super) const ALARM_WITHOUT_ACTION: Case = Case {
    account: "330000000325",
    make: |account| {
        let account = alarm(account, Alarm { topics: &[], ..Alarm::default() });
        let topic = account.topic_arn(BILLING, TOPIC);
        let closed = policy(&json!([
            {"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sns:Publish", "Resource": topic},
        ]));
        ready(account.topic_policy(BILLING, TOPIC, &closed)).with_all(edits::stays_ok("billing-25"))
    },
    closes: &[("billing-alarm/action", "Make the alarm notify the topic SecurityAlerts in us-east-1")],
    ..CASE
};

pub(super) const ALARM_OF_ANOTHER_TOPIC: Case = Case {
    account: "330000000326",
    make: |account| {
        let account = without_alarm(account)
            .topic(BILLING, "bill")
            .subscription(BILLING, "bill", "email", "bill@example.com")
            .alarm(Alarm { topics: &["bill"], ..Alarm::default() });
        ready(account).with_all(edits::stays_ok("billing-25"))
    },
    closes: &[("billing-alarm/topic", "Make the alarm notify the topic SecurityAlerts too")],
    ..CASE
};

/// It notifies five things that are no topic.
pub(super) const ALARM_FULL_OF_ACTIONS: Case = Case {
    account: "330000000327",
    make: |account| {
        let account = alarm(account, Alarm { topics: &[], ..Alarm::default() });
        ready(account).with(edits::alarm("billing-25", |alarm| {
            let actions =
                (1..=5).map(|number| json!(format!("arn:aws:lambda:us-east-1:444455556666:function:{number}")));
            crate::support::cbor::set(
                alarm,
                "AlarmActions",
                crate::support::cbor::from_json(&actions.collect::<Value>()),
            );
        }))
    },
    closes: &[(
        "billing-alarm/action",
        "Make the alarm notify the topic SecurityAlerts in us-east-1. The alarm already has as many",
    )],
    ..CASE
};
