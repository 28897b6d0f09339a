//! What AWS's words tell of a denial, in each of its protocols, and what the report makes of it.

use serde_json::json;

use super::{Audit, actions_of};
use crate::support::account::Account;
use crate::support::edits;
use crate::support::proxy::Proxy;
use crate::support::refusal;
use crate::support::rules::Rule;
use crate::support::run::Run;

/// How a denial ends in AWS's words, and what the report says: of each kind that AWS names, and of one that it does not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
const KINDS: [(&str, &str); 11] = [
    ("because no identity-based policy allows the ACTION action", "because none of the auditor's policies allows it"),
    ("with an explicit deny in an identity-based policy", "by an explicit deny in the auditor's own policies"),
    ("with an explicit deny in a service control policy", "by an explicit deny in a service control policy"),
    ("because no service control policy allows the ACTION action", "because no service control policy allows it"),
    ("with an explicit deny in a resource control policy", "by an explicit deny in a resource control policy"),
    ("with an explicit deny in a permissions boundary", "by an explicit deny in the auditor's permissions boundary"),
    (
        "because no permissions boundary allows the ACTION action",
        "because the auditor's permissions boundary doesn't allow it",
    ),
    ("because no session policy allows the ACTION action", "because the auditor's session policy doesn't allow it"),
    ("with an explicit deny in a resource-based policy", "by an explicit deny in the resource's policy"),
    ("because no VPC endpoint policy allows the ACTION action", "because the VPC endpoint policy doesn't allow it"),
    ("with an explicit deny", "by an explicit deny in an unnamed policy"),
];

/// One operation of each protocol: query of two services, JSON, CBOR, S3's XML, and EC2's; with its action.
const PROTOCOLS: [(&str, &str, &str); 6] = [
    ("iam", "GetAccountSummary", "iam:GetAccountSummary"),
    ("sns", "GetSubscriptionAttributes", "sns:GetSubscriptionAttributes"),
    ("cloudtrail", "GetTrailStatus", "cloudtrail:GetTrailStatus"),
    ("cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
    ("s3", "GetBucketPolicy", "s3:GetBucketPolicy"),
    ("ec2", "DescribeRegions", "ec2:DescribeRegions"),
];

fn denied(service: &str, operation: &str, because: &'static str) -> Rule {
    Rule::on(service, operation)
        .answer_by_call(move |call| refusal::denial_because(call, &because.replace("ACTION", &call.action())))
}

fn audit(account: Account, rules: Vec<Rule>) -> Audit {
    let proxy = Proxy::to(account).with_all(edits::ready()).with_all(rules);
    Audit::of(Run::audit(account, &proxy))
}

#[test]
fn each_denial_is_named_in_each_protocol_with_helpful_policies() {
    let account = Account::new("340000000011").ready();
    for (because, told) in KINDS {
        let rules = PROTOCOLS.map(|(service, operation, _)| denied(service, operation, because));
        let audit = audit(account, rules.into());
        assert_eq!(audit.status, 3, "{}", audit.table);
        let mut actions = PROTOCOLS.map(|(_, _, action)| action);
        actions.sort_unstable();
        for action in actions {
            let words = format!("access denied {told}");
            let unseen = audit.report["account"]["unknown"].as_array().unwrap();
            let unavailable = audit.findings().into_iter().map(|finding| &finding["unavailable"]).chain(unseen);
            let of_action: Vec<_> = unavailable.filter(|unavailable| unavailable["action"] == action).collect();
            assert!(!of_action.is_empty(), "{action}\n{}", audit.table);
            for unavailable in of_action {
                assert_eq!(unavailable["cause"], "denied");
                let message = unavailable["message"].as_str().unwrap();
                assert!(message.starts_with(&words) && message.contains(&format!("`{action}`")), "{message}");
                assert!(message.contains("(AWS says: "), "{message}");
                assert!(!message.contains("Encoded"), "{message}");
            }
        }
        let listed = audit.block();
        if because.contains("identity-based policy allows") {
            assert_eq!(listed[..actions.len()], actions);
            assert_eq!(actions_of(&audit.policy().unwrap()), actions);
        } else {
            let lines = actions.map(|action| format!("{action}, denied {told}"));
            assert!(words(&listed).starts_with(&words(&lines)), "{}", audit.table);
            assert_eq!(audit.policy(), None, "no policy helps");
            assert!(words(&listed).ends_with(&words(&["ask its owner to allow these calls"])), "{}", audit.table);
        }
    }
}

/// The block's text, wherever its lines break.
fn words<T: AsRef<str>>(lines: &[T]) -> String {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    lines.join(" ").split_whitespace().collect()
}

#[test]
fn of_several_denials_the_policy_grants_those_that_a_policy_can() {
    let account = Account::new("340000000012").ready();
    let absent = "because no identity-based policy allows the ACTION action";
    let rules = vec![
        denied("iam", "GetAccountSummary", "with an explicit deny in a service control policy"),
        denied("cloudtrail", "GetTrailStatus", absent),
        // Without AWS's words nobody knows, so the policy is tried.
        Rule::on("s3", "GetBucketAcl").fail(403, "AccessDenied", "Access Denied"),
        Rule::on("s3", "HeadBucket").deny(),
    ];
    let audit = audit(account, rules);
    assert_eq!(
        audit.policy().unwrap(),
        json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "StagecheckMissing",
            "Effect": "Allow",
            "Action": ["cloudtrail:GetTrailStatus", "s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": "*",
        }]})
    );
    let block = audit.block();
    assert!(
        block.contains(&"iam:GetAccountSummary, denied by an explicit deny in a service control policy"),
        "{block:?}"
    );
    assert!(block.iter().any(|line| line.starts_with("This policy grants the others")), "{block:?}");
}

#[test]
fn snapshot_lists_the_same_missing_permissions_as_live() {
    let account = Account::new("340000000013").ready();
    let topic = json!({"TopicArn": account.topic_arn("us-west-2", "SecurityAlerts")});
    account.call("sns", "us-west-2", "DeleteTopic", topic);
    let proxy = Proxy::to(account).with_all(edits::ready()).with(Rule::on("sns", "ListTopics").deny());
    let live = Run::audit(account, &proxy).args(["--record", "recorded.json", "--full"]).expect(1);
    assert!(live.stdout.contains("Missing permissions\n  sns:ListTopics\n"), "{}", live.stdout);
    let replayed = Run::stagecheck(["audit", "--snapshot"]).arg(live.path("recorded.json")).arg("--full").expect(1);
    assert_eq!(replayed.stdout.replace("snapshot of ", "live, "), live.stdout);
}
