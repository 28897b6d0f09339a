//! Answers that are none: each must leave the fact unread.

use super::*;

/// Every operation that has a body in its answer.
fn with_body() -> impl Iterator<Item = Operation> {
    Operation::ALL.iter().copied().filter(|operation| *operation != Operation::HeadBucket)
}

async fn told(operation: Operation, reply: Reply) -> Result<String, Cause> {
    let (aws, _) = aws([reply]);
    ask(&aws, operation).await
}

#[tokio::test(start_paused = true)]
async fn what_is_not_an_answer_to_the_question_is_malformed() {
    let bodies: [&[u8]; 9] = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html><head><title>Welcome to the hotel</title></head><body>Log in</body></html>",
        b"<Response/>",
        b"\x00\x01\xfe\xff garbage",
        b"\xa0",
        b"\x80",
    ];
    for operation in with_body() {
        for body in bodies {
            let mut reply = answers::good(operation);
            reply.body = body.to_vec();
            let told = told(operation, reply).await;
            // A document without members is one: a policy without statements.
            let is_document = operation == Operation::GetBucketPolicy && body == b"{}";
            assert!(is_document || matches!(told, Err(Cause::Malformed { .. })), "{operation} {body:?}: {told:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_cut_anywhere_is_malformed() {
    for operation in with_body() {
        let whole = answers::good(operation);
        for parts in 1..24 {
            let mut cut = whole.clone();
            cut.body.truncate(whole.body.len() * parts / 24);
            let told = told(operation, cut).await;
            assert!(matches!(told, Err(Cause::Malformed { .. })), "{operation} {parts}/24: {told:?}");
        }
        let mut last = whole.clone();
        last.body.pop();
        let told = told(operation, last).await;
        assert!(matches!(told, Err(Cause::Malformed { .. })), "{operation} without its last byte: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_another_question_is_malformed() {
    for operation in with_body() {
        for other in with_body().filter(|other| *other != operation) {
            let told = told(operation, answers::good(other)).await;
            // Every JSON answer is a document; the policy module will find no statement in it.
            let is_document = operation == Operation::GetBucketPolicy && answers::good(other).body.starts_with(b"{");
            // Both list accounts, of which a part only is asked for.
            let lists = [Operation::ListAccounts, Operation::ListAccountsForParent];
            let is_read = is_document || lists.contains(&operation) && lists.contains(&other);
            assert!(is_read || matches!(told, Err(Cause::Malformed { .. })), "{other} for {operation}: {told:?}");
        }
    }
}

/// Names that AWS always sends; without any of them the answer is not believed.
const ALWAYS: &[(Operation, &[&str])] = &[
    (Operation::GetCallerIdentity, &["Arn", "Account"]),
    (Operation::DescribeOrganization, &["Organization", "Id", "MasterAccountId"]),
    (Operation::ListAccountAliases, &["IsTruncated", "AccountAliases"]),
    (Operation::DescribeRegions, &["regionInfo", "regionName"]),
    (Operation::GetAccountSummary, &["SummaryMap"]),
    (
        Operation::GetAccountAuthorizationDetails,
        &["IsTruncated", "UserDetailList", "UserName", "Arn", "GroupList", "AttachedManagedPolicies"],
    ),
    (Operation::ListMfaDevices, &["IsTruncated", "MFADevices", "SerialNumber"]),
    (Operation::GetLoginProfile, &["LoginProfile", "UserName"]),
    (Operation::ListAccessKeys, &["IsTruncated", "AccessKeyMetadata", "AccessKeyId"]),
    (Operation::GetPolicy, &["Policy", "DefaultVersionId"]),
    (Operation::GetPolicyVersion, &["PolicyVersion", "Document"]),
    (Operation::DescribeTrails, &["trailList", "Name", "TrailARN"]),
    (Operation::GetTrailStatus, &["IsLogging"]),
    (Operation::GetEventSelectors, &["TrailARN"]),
    (Operation::GetBucketAcl, &["Owner", "AccessControlList", "Grantee", "URI"]),
    (Operation::GetBucketOwnershipControls, &["Rule", "ObjectOwnership"]),
    (Operation::GetTopicAttributes, &["Attributes", "TopicArn"]),
    (Operation::ListSubscriptionsByTopic, &["Subscriptions", "SubscriptionArn"]),
    (Operation::GetSubscriptionAttributes, &["Attributes", "SubscriptionArn"]),
    (Operation::ListTopics, &["Topics", "TopicArn"]),
    (Operation::DescribeAlarms, &["MetricAlarms", "AlarmName", "AlarmArn"]),
    (Operation::ListAlarmMuteRules, &["AlarmMuteRuleSummaries", "AlarmMuteRuleArn"]),
    (Operation::ListMetrics, &["Metrics"]),
    (Operation::DescribeKey, &["KeyMetadata", "Arn"]),
    (Operation::GetKeyPolicy, &["Policy"]),
    (Operation::ListRoots, &["Roots", "Id", "Arn"]),
    (Operation::ListAccounts, &["Accounts", "Id"]),
    (Operation::ListOrganizationalUnitsForParent, &["OrganizationalUnits", "Id", "Name"]),
    (Operation::ListAccountsForParent, &["Accounts", "Id"]),
    (Operation::ListPolicies, &["Policies", "Id", "Name"]),
    (Operation::DescribePolicy, &["Policy", "Content"]),
    (Operation::ListTargetsForPolicy, &["Targets", "TargetId"]),
    (Operation::ListAwsServiceAccessForOrganization, &["EnabledServicePrincipals", "ServicePrincipal"]),
    (Operation::ListOrganizationsFeatures, &["EnabledFeatures"]),
    (Operation::ListBuckets, &["Buckets", "Name"]),
    (Operation::ListInstances, &["Instances", "InstanceArn"]),
    (Operation::ListPermissionSetsProvisionedToAccount, &["PermissionSets"]),
    (Operation::DescribePermissionSet, &["PermissionSet", "Name"]),
    (Operation::ListAccountAssignments, &["AccountAssignments"]),
];

/// Operations of whose answers no name is always there: a document, and settings that are off unless they are named.
const NOTHING_ALWAYS: [Operation; 2] = [Operation::GetBucketPolicy, Operation::GetPublicAccessBlock];

#[test]
fn every_answer_is_held_to_what_aws_always_sends() {
    let is_held = |operation: &Operation| {
        NOTHING_ALWAYS.contains(operation) || ALWAYS.iter().any(|(listed, _)| listed == operation)
    };
    let missing: Vec<Operation> = with_body().filter(|operation| !is_held(operation)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_what_aws_always_sends_is_malformed() {
    for (operation, members) in ALWAYS {
        for member in *members {
            let mut reply = answers::good(*operation);
            // A name of the same length, so that lengths in CBOR stay right; all others then are members that nobody knows.
            rename(&mut reply.body, member);
            let told = told(*operation, reply).await;
            assert!(matches!(told, Err(Cause::Malformed { .. })), "{operation} without {member}: {told:?}");
        }
    }
}

fn rename(body: &mut [u8], member: &str) {
    let renamed = "Z".repeat(member.len());
    let mut found = 0;
    for at in 0..=body.len() - member.len() {
        let before = at.checked_sub(1).map(|at| body[at]);
        let after = body.get(at + member.len());
        let is_word =
            |byte: &u8| byte.is_ascii_alphanumeric() && !matches!(byte, 0x60..=0x7b) || byte.is_ascii_alphabetic();
        let quoted_or_tag = matches!(before, Some(b'<' | b'/' | b'"' | b'>')) && !after.is_some_and(is_word);
        let cbor = before == Some(0x60 | u8::try_from(member.len()).unwrap());
        if &body[at..at + member.len()] == member.as_bytes() && (quoted_or_tag || cbor) {
            body[at..at + member.len()].copy_from_slice(renamed.as_bytes());
            found += 1;
        }
    }
    assert!(found > 0, "no {member}");
}
