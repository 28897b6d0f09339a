//! Trails that fall short, and their buckets.

use super::{CASE, Case};
use crate::support::edits;
use crate::support::proxy::Proxy;

pub(super) const NO_TRAIL: Case = Case {
    account: "330000000101",
    make: |account| Proxy::to(account.user("reader")).with_all(edits::ready()),
    closes: &[("trail-bucket-policy/delivery", "Create the trail first")],
    leaves: &["admin-user-mfa/exists", "security-alerts-topic/exists", "billing-alarm/exists", "ec2-ssm-role/trust"],
    ..CASE
};
