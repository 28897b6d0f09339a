//! Stories of the whole account.

use serde_json::json;

use super::{Fail, PASSES, Statuses, Story, Unknown, Warn};
use crate::support::account::{Account, Alarm, BILLING, HOME, Trail};
use crate::support::edits::{self, HOUR, Root, TrailStatus};
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

pub(super) const READY: Story = Story {
    name: "ready",
    tells: "Everything passes",
    account: "320000000001",
    make: |account| Proxy::to(account.ready().alias("ready")).with_all(edits::ready()),
    exit: 0,
    expected: PASSES,
};

pub(super) const EMPTY: Story = Story {
    name: "empty",
    tells: "A new account",
    account: "320000000002",
    make: |account| Proxy::to(account).with(edits::root(Root { mfa: false, ..Root::default() })),
    exit: 1,
    expected: Statuses::all(Fail),
};

pub(super) const AS_THE_LABS_LEAVE_IT: Story = Story {
    name: "as-the-labs-leave-it",
    tells: "As the CloudSLAW labs leave it: the log reader policy also has s3:PutObject",
    account: "320000000003",
    make: |account| {
        let log_files = format!("arn:aws:s3:::{}/*", account.log_bucket());
        let writes_too = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": log_files},
        ]});
        let account = account
            .admin_user("admin")
            .recorded()
            .watched(HOME)
            .watched(BILLING)
            .billing_metric()
            .alarm(Alarm::default())
            .instance_role("EC2-SSM")
            .managed_policy("CloudTrailLogs", &writes_too)
            .user_has_policy("admin", &account.policy_arn("CloudTrailLogs"));
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 0,
    expected: Statuses { bucket: Warn, ..PASSES },
};

pub(super) const READY_WITH_WARNINGS: Story = Story {
    name: "ready-with-warnings",
    tells: "Everything works, and every check warns",
    account: "320000000004",
    make: |account| {
        account.admin_user("admin").access_key("admin");
        let trail = Trail { validation: false, ..Trail::default() };
        let every_object = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        ]});
        let account = account
            .log_bucket_for(&trail)
            .trail(trail)
            .topic(HOME, "SecurityAlerts")
            .subscription(HOME, "SecurityAlerts", "sqs", &account.arn("sqs", HOME, "alerts"))
            .watched(BILLING)
            .billing_metric()
            .alarm(Alarm { statistic: "Sum", ..Alarm::default() })
            .instance_role("EC2-SSM")
            .role_has_policy("EC2-SSM", "arn:aws:iam::aws:policy/AdministratorAccess")
            .managed_policy("EveryObject", &every_object)
            .user_has_policy("admin", &account.policy_arn("EveryObject"));
        Proxy::to(account).with_all(edits::ready()).with(edits::root(Root { certificates: 1, ..Root::default() }))
    },
    exit: 0,
    expected: Statuses::all(Warn),
};

pub(super) const FINISHED_AN_HOUR_AGO: Story = Story {
    name: "finished-an-hour-ago",
    tells: "Finished an hour ago: the first log file and the first billing data point are missing",
    account: "320000000005",
    make: |account| {
        let account = account
            .admin_user("admin")
            .recorded()
            .watched(HOME)
            .watched(BILLING)
            .alarm(Alarm { state: "INSUFFICIENT_DATA", ..Alarm::default() })
            .instance_role("EC2-SSM")
            .log_readers("LogReaders", &["admin"]);
        let just_started =
            TrailStatus { started: Some(HOUR), delivered: None, digest_delivered: None, ..TrailStatus::default() };
        Proxy::to(account).with_all(edits::ready()).with(edits::trail_status(just_started)).with(edits::alarm_times(
            "billing-25",
            HOUR,
            HOUR,
        ))
    },
    exit: 3,
    expected: Statuses { trail: Warn, alarm: Unknown, ..PASSES },
};

pub(super) const DENIED_AUDITOR: Story = Story {
    name: "denied-auditor",
    tells: "A ready account whose auditor lacks one permission for each check",
    account: "320000000006",
    make: |account| {
        let denied = [
            ("iam", "GetAccountSummary"),
            ("iam", "ListMFADevices"),
            ("cloudtrail", "GetTrailStatus"),
            ("sns", "GetSubscriptionAttributes"),
            ("cloudwatch", "ListMetrics"),
            ("s3", "GetBucketPolicy"),
        ];
        let denied = denied.map(|(service, operation)| Rule::on(service, operation).deny());
        let roles = Rule::on("iam", "GetAccountAuthorizationDetails").for_target("Role").deny();
        Proxy::to(account.ready()).with_all(edits::ready()).with_all(denied).with(roles)
    },
    exit: 3,
    expected: Statuses::all(Unknown),
};

pub(super) const MEMBER_ACCOUNT: Story = Story {
    name: "member-account",
    tells: "The account is a member of an organization, which manages the root user centrally",
    account: "320000000007",
    make: |account| {
        Proxy::to(account.ready())
            .with_all(edits::ready())
            .with(edits::root(Root { mfa: false, password: Some(false), ..Root::default() }))
            .with(edits::organization_of("320000000099"))
    },
    exit: 1,
    expected: PASSES,
};

/// What the labs make of an account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lab {
    Administrator,
    Trail,
    Alerts,
    Alarm,
    Role,
}

/// One lab, done.
type Step = fn(Account) -> Account;

/// An account in which the labs are done but for some: for stories of one item.
pub(crate) fn done_but(account: Account, undone: &[Lab]) -> Account {
    let labs: [(Lab, Step); 5] = [
        (Lab::Administrator, |account| account.admin_user("admin")),
        (Lab::Trail, Account::recorded),
        (Lab::Alerts, |account| account.watched(HOME).watched(BILLING)),
        (Lab::Alarm, |account| account.alarm(Alarm::default())),
        (Lab::Role, |account| account.instance_role("EC2-SSM")),
    ];
    let account = account.billing_metric().user("reader").log_readers("LogReaders", &["reader"]);
    labs.into_iter().filter(|(lab, _)| !undone.contains(lab)).fold(account, |account, (_, make)| make(account))
}
