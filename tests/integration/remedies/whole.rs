//! Accounts in which nothing is done, in several regions.

use super::{CASE, Case};
use crate::support::account::Account;
use crate::support::edits::{self, Root};
use crate::support::proxy::Proxy;

fn empty(account: Account) -> Proxy {
    Proxy::to(account).with_all(edits::ready()).with(edits::root(Root { mfa: false, ..Root::default() }))
}

const NEW: Case = Case {
    make: empty,
    closes: &[
        ("admin-user-mfa/exists", "Create an IAM user with AdministratorAccess"),
        ("multi-region-trail/multi-region", "Create a multi-Region trail"),
        ("trail-bucket-policy/entitlement", "Attach the policy to the group or user"),
        ("security-alerts-topic/exists", "Create the topic, subscribe"),
        ("billing-alarm/exists", "Create the topic and the alarm"),
        ("ec2-ssm-role/trust", "Create a role for EC2"),
    ],
    leaves: &["root-mfa/mfa"],
    reader: "new-admin",
    ..CASE
};

pub(super) const EMPTY: Case = Case { account: "330000000190", ..NEW };

/// The region of the bill is home, and S3 must not be told its name.
pub(super) const EMPTY_IN_VIRGINIA: Case =
    Case { account: "330000000002", arguments: &["--region", "us-east-1"], ..NEW };

/// The names of what is expected are the operator's.
pub(super) const EMPTY_IN_FRANKFURT: Case = Case {
    account: "330000000003",
    arguments: &["--region", "eu-central-1", "--topic", "My_Alerts", "--threshold", "12.5"],
    ..NEW
};
