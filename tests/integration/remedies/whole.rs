//! Accounts in which nearly nothing is done.

use super::{CASE, Case};
use crate::support::edits::{self, Root};
use crate::support::proxy::Proxy;

pub(super) const EMPTY: Case = Case {
    account: "330000000001",
    make: |account| {
        Proxy::to(account).with_all(edits::ready()).with(edits::root(Root { mfa: false, ..Root::default() }))
    },
    closes: &[
        ("admin-user-mfa/exists", "Create an IAM user with AdministratorAccess"),
        ("multi-region-trail/multi-region", "Create a multi-region trail"),
        ("trail-bucket-policy/entitlement", "Attach the policy"),
        ("security-alerts-topic/exists", "Create the topic"),
        ("billing-alarm/exists", "Create the topic and the alarm"),
        ("ec2-ssm-role/trust", "Create a role that EC2 may assume"),
    ],
    leaves: &["root-mfa/mfa"],
    reader: "new-admin",
    ..CASE
};
