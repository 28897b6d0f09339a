//! Stories of the topic and the billing alarm.

use serde_json::json;

use super::whole::{Lab, done_but};
use super::{Fail, PASSES, Statuses, Story, Warn};
use crate::support::account::{Account, Alarm, BILLING, HOME};
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

pub(super) const ALARM_IN_THE_WRONG_REGION: Story = Story {
    name: "alarm-in-the-wrong-region",
    tells: "The billing alarm is in the home Region, where it never fires: the most frequent mistake",
    account: "320000000031",
    make: |account| {
        let there = Alarm { region: HOME, state: "INSUFFICIENT_DATA", ..Alarm::default() };
        Proxy::to(done_but(account, &[Lab::Alarm]).alarm(there)).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { alarm: Fail, ..PASSES },
};

pub(super) const MANAGED_BY_BUDGET_ONLY: Story = Story {
    name: "managed-by-budget-only",
    tells: "A Budget watches the bill instead of an alarm",
    account: "320000000032",
    make: |account| Proxy::to(done_but(account, &[Lab::Alarm])).with_all(edits::ready()),
    exit: 1,
    expected: Statuses { alarm: Fail, ..PASSES },
};

pub(super) const PENDING_SUBSCRIPTION: Story = Story {
    name: "pending-subscription",
    tells: "Both email subscriptions are pending confirmation",
    account: "320000000033",
    make: |account| Proxy::to(account.ready()).with_all(edits::ready()).with(edits::pending("security@example.com")),
    exit: 1,
    expected: Statuses { topic: Fail, alarm: Fail, ..PASSES },
};

pub(super) const LABS_AS_PUBLISHED: Story = Story {
    name: "labs-as-published",
    tells: "SecurityAlerts exists in both Regions, and only the subscription in the billing Region is confirmed",
    account: "320000000037",
    make: |account| {
        Proxy::to(account.ready()).with_all(edits::ready()).with(edits::pending_in(HOME, "security@example.com"))
    },
    exit: 0,
    expected: Statuses { topic: Warn, ..PASSES },
};

pub(super) const FILTERED_SUBSCRIPTION: Story = Story {
    name: "filtered-subscription",
    tells: "Each topic's only subscriber has a filter policy that drops alarm messages",
    account: "320000000034",
    make: |account| {
        let filter = [("FilterPolicy", r#"{"severity":["high"]}"#), ("FilterPolicyScope", "MessageAttributes")];
        let account = [HOME, BILLING].into_iter().fold(done_but(account, &[Lab::Alerts]), |account, region| {
            account.topic(region, "SecurityAlerts").subscription_with(
                region,
                "SecurityAlerts",
                "email",
                "security@example.com",
                &filter,
            )
        });
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { topic: Warn, alarm: Fail, ..PASSES },
};

pub(super) const CUSTOMER_KEY: Story = Story {
    name: "customer-key",
    tells: "Both topics use a customer managed key whose policy allows CloudWatch",
    account: "320000000035",
    make: |account| {
        let account = [HOME, BILLING].into_iter().fold(account.ready(), |account, region| {
            account.topic_attribute(region, "SecurityAlerts", "KmsMasterKeyId", &key_for_cloudwatch(account, region))
        });
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 0,
    expected: PASSES,
};

pub(super) const KEY_OF_AWS: Story = Story {
    name: "key-of-aws",
    tells: "Both topics use the AWS managed key, by its ID, so CloudWatch can't publish",
    account: "320000000036",
    make: |account| {
        let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let account = [HOME, BILLING].into_iter().fold(account.ready(), |account, region| {
            account.topic_attribute(region, "SecurityAlerts", "KmsMasterKeyId", key)
        });
        // AWS answers for its own key as for any other; the emulator has none.
        Proxy::to(account)
            .with_all(edits::ready())
            .with(edits::key_of_aws(key))
            .with(Rule::on("kms", "GetKeyPolicy").for_target(key).deny())
    },
    exit: 1,
    expected: Statuses { topic: Warn, alarm: Fail, ..PASSES },
};

/// A new key of the account, which `CloudWatch` may use; its id.
pub(crate) fn key_for_cloudwatch(account: Account, region: &str) -> String {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {
            "Sid": "Administration",
            "Effect": "Allow",
            "Principal": {"AWS": account.arn("iam", "", "root")},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
        },
    ]});
    let made = account.call("kms", region, "CreateKey", json!({"Policy": policy.to_string()})).as_json();
    made["KeyMetadata"]["KeyId"].as_str().expect("the key's id").to_owned()
}
