//! Every action of the policy, and the account in which it is needed.

use std::collections::BTreeSet;

use stagecheck::account::operation::{Operation, Purpose};
use stagecheck::checks::SINGLE_ACCOUNT;

use super::situations::Situation::{
    self, CustomerKey, HeldBack, LegacyAccount, Member, NearMiss, Ready, RetiredAcl, UnlistedPolicy,
};
use super::{actions_of, printed_policy};

/// Actions that a verdict hangs on.
pub(super) const JUDGE: &[(&str, Situation)] = &[
    ("organizations:DescribeOrganization", Member),
    ("ec2:DescribeRegions", LegacyAccount),
    ("iam:GetAccountSummary", Ready),
    ("iam:GetAccountAuthorizationDetails", Ready),
    ("iam:ListMFADevices", Ready),
    ("iam:GetLoginProfile", Ready),
    ("iam:ListAccessKeys", Ready),
    ("iam:GetPolicy", UnlistedPolicy),
    ("iam:GetPolicyVersion", UnlistedPolicy),
    ("cloudtrail:DescribeTrails", Ready),
    ("cloudtrail:GetTrailStatus", Ready),
    ("cloudtrail:GetEventSelectors", Ready),
    ("s3:ListBucket", Ready),
    ("s3:GetBucketPolicy", Ready),
    ("s3:GetBucketPublicAccessBlock", HeldBack),
    ("s3:GetBucketAcl", Ready),
    ("s3:GetBucketOwnershipControls", RetiredAcl),
    ("sns:GetTopicAttributes", Ready),
    ("sns:ListSubscriptionsByTopic", Ready),
    ("sns:GetSubscriptionAttributes", Ready),
    ("cloudwatch:DescribeAlarms", Ready),
    ("cloudwatch:ListAlarmMuteRules", Ready),
    ("cloudwatch:ListMetrics", Ready),
    ("kms:DescribeKey", CustomerKey),
    ("kms:GetKeyPolicy", CustomerKey),
];

/// Actions that only show or explain.
pub(super) const SHOW_OR_EXPLAIN: &[(&str, Situation)] =
    &[("iam:ListAccountAliases", Ready), ("sns:ListTopics", NearMiss)];

/// Actions that the emulator does not enforce: the proxy denies them, and takes note of it here.
///
/// 1.5.33 derives the action of a request from its form or its `X-Amz-Target`, and Smithy RPC v2 CBOR, which the SDK speaks to `CloudWatch`,
/// has neither.
pub(super) const NOT_ENFORCED: &[&str] =
    &["cloudwatch:DescribeAlarms", "cloudwatch:ListAlarmMuteRules", "cloudwatch:ListMetrics"];

fn listed(actions: &[(&'static str, Situation)]) -> BTreeSet<String> {
    actions.iter().map(|(action, _)| (*action).to_owned()).collect()
}

#[test]
fn every_printed_action_is_removed_in_some_account() {
    let printed: BTreeSet<String> = actions_of(&printed_policy()).into_iter().collect();
    let proven: BTreeSet<String> = listed(JUDGE).union(&listed(SHOW_OR_EXPLAIN)).cloned().collect();
    assert_eq!(proven, printed, "an action that is new needs an account whose verdict needs it");
}

#[test]
fn action_evaluates_if_a_verdict_needs_its_operation() {
    let judge =
        Operation::ALL.iter().filter(|operation| SINGLE_ACCOUNT.purpose(**operation) == Some(Purpose::Evaluate));
    let judge: BTreeSet<String> = judge.filter_map(|operation| operation.action()).map(str::to_owned).collect();
    assert_eq!(listed(JUDGE), judge);
}
