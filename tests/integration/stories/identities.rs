//! Stories of the root user, users and roles.

use serde_json::json;

use super::whole::{Lab, done_but};
use super::{Fail, PASSES, Statuses, Story};
use crate::support::account::{Account, trust_in_service};
use crate::support::edits::{self, Root};
use crate::support::proxy::Proxy;

pub(super) const ROOT_WITH_KEYS: Story = Story {
    name: "root-with-keys",
    tells: "The root user has MFA, and an access key that works without it",
    account: "320000000011",
    make: |account| {
        Proxy::to(account.ready())
            .with_all(edits::ready())
            .with(edits::root(Root { access_keys: 1, ..Root::default() }))
    },
    exit: 1,
    expected: Statuses { root: Fail, ..PASSES },
};

pub(super) const HIDDEN_ADMINISTRATOR: Story = Story {
    name: "hidden-administrator",
    tells: "Three users without MFA are or can become administrators: by inline, group and AWS managed policies",
    account: "320000000012",
    make: |account| {
        let everything =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*:*", "Resource": ["*"]}});
        let nothing_yet =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}});
        let writes_its_own = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject", "iam:PutUserPolicy"], "Resource": "*"},
        ]});
        let account = account
            .ready()
            .user("backup")
            .user_inline_policy("backup", "backup", &writes_its_own)
            .user("intern")
            .managed_policy("ReadOnly", &nothing_yet)
            .new_policy_version("ReadOnly", &everything)
            .group("interns", &["intern"])
            .group_has_policy("interns", &account.policy_arn("ReadOnly"))
            .user("helpdesk")
            .user_has_policy("helpdesk", "arn:aws:iam::aws:policy/IAMFullAccess");
        let account = ["backup", "intern", "helpdesk"].into_iter().fold(account, Account::password);
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { admin: Fail, ..PASSES },
};

pub(super) const ADMINISTRATOR_ROLE_ONLY: Story = Story {
    name: "administrator-role-only",
    tells: "Only a role has administrator access, and no IAM user does",
    account: "320000000013",
    make: |account| {
        let account = done_but(account, &[Lab::Administrator])
            .role("Administrators", &trust_in_service("ssm.amazonaws.com"))
            .role_has_policy("Administrators", "arn:aws:iam::aws:policy/AdministratorAccess");
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { admin: Fail, ..PASSES },
};

pub(super) const WEAK_ROLE: Story = Story {
    name: "weak-role",
    tells: "The EC2 role has an AWS managed policy for metrics, but not for Systems Manager",
    account: "320000000014",
    make: |account| {
        let account = done_but(account, &[Lab::Role])
            .role("EC2-Metrics", &trust_in_service("ec2.amazonaws.com"))
            .role_has_policy("EC2-Metrics", "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy")
            .instance_profile("EC2-Metrics", "EC2-Metrics");
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { role: Fail, ..PASSES },
};
