//! Buckets of trails, and the policies that read them.

use hyper::Method;
use serde_json::{Value, json};

use super::{CASE, Case};
use crate::remedies::changing::Change;
use crate::stories::whole::{Lab, done_but};
use crate::support::account::{Account, HOME, Trail};
use crate::support::edits;
use crate::support::http::Answer;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

/// An account in which all is done, with this bucket policy.
fn with(account: Account, policy: &Value) -> Account {
    let bucket = account.log_bucket();
    // S3 takes no public policy while the block is on.
    done_but(account, &[]).blocked_from_public(&bucket, false).bucket_policy(&bucket, policy)
}

fn ready(account: Account) -> Proxy {
    Proxy::to(account).with_all(edits::ready())
}

/// The lab's policy with more statements.
fn and(account: Account, statements: Vec<Value>) -> Value {
    let mut policy = account.log_bucket_policy(&Trail::default());
    policy["Statement"].as_array_mut().expect("a list of statements").extend(statements);
    policy
}

fn objects(account: Account) -> String {
    format!("arn:aws:s3:::{}/*", account.log_bucket())
}

pub(super) const NO_POLICY: Case = Case {
    account: "330000000121",
    make: |account| {
        let account = done_but(account, &[]);
        let answer = account.s3(HOME, Method::DELETE, &format!("/{}?policy", account.log_bucket()), "");
        assert!(answer.succeeded(), "{}", answer.text());
        ready(account)
    },
    closes: &[("trail-bucket-policy/delivery", "Give the bucket policy CloudTrail's documented statements")],
    ..CASE
};

/// It was copied from another account, and allows this account's people to read; one Deny is about HTTP, one stops CloudTrail.
pub(super) const FOREIGN_POLICY: Case = Case {
    account: "330000000122",
    make: |account| {
        let trail = Trail { bucket: Some(account.log_bucket().leak()), ..Trail::default() };
        let mut policy = Account { id: "320000000098", ..account }.log_bucket_policy(&trail);
        policy["Version"] = json!("2008-10-17");
        policy["Id"] = json!("it's \"the\" $POLICY of `us`");
        policy["Statement"].as_array_mut().expect("statements").extend([
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": objects(account),
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": objects(account),
                "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}}),
            json!({"Effect": "Allow", "Principal": {"AWS": account.arn("iam", "", "root")}, "Action": "s3:GetObject",
                "Resource": objects(account)}),
        ]);
        ready(with(account, &policy))
    },
    closes: &[("trail-bucket-policy/delivery", "Give the bucket policy CloudTrail's documented statements")],
    ..CASE
};

/// CloudTrail may write log files and no digests, for whomever; AWS Config shares one statement with it.
pub(super) const CONFUSED_DEPUTY: Case = Case {
    account: "330000000123",
    make: |account| {
        let bucket = format!("arn:aws:s3:::{}", account.log_bucket());
        let services = json!({"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]});
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": services, "Action": "s3:GetBucketAcl", "Resource": bucket},
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                "Resource": format!("{bucket}/AWSLogs/{}/CloudTrail/*", account.id)},
        ]});
        ready(with(account, &policy))
    },
    closes: &[
        ("trail-bucket-policy/delivery", "Give the bucket policy CloudTrail's documented statements"),
        ("trail-bucket-policy/source-arn", "Restrict CloudTrail's statements in the bucket policy"),
    ],
    ..CASE
};

pub(super) const PUBLIC: Case = Case {
    account: "330000000124",
    make: |account| {
        let policy = and(
            account,
            vec![
                json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": objects(account)}),
                json!({"Effect": "Allow", "Principal": {"AWS": ["444455556666", account.id]}, "Action": "s3:GetObject",
                "Resource": objects(account)}),
            ],
        );
        ready(with(account, &policy))
    },
    closes: &[("trail-bucket-policy/readers", "Remove the public and cross-account statements from the bucket policy")],
    ..CASE
};

pub(super) const WRITABLE: Case = Case {
    account: "330000000125",
    make: |account| {
        let own = account.arn("iam", "", "root");
        let policy = and(
            account,
            vec![
                json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:role/it's"}, "Action": "s3:*",
                "Resource": objects(account)}),
                json!({"Effect": "Allow", "Principal": {"AWS": own}, "Action": ["s3:GetObject", "s3:DeleteObject"],
                "Resource": objects(account)}),
            ],
        );
        ready(with(account, &policy))
    },
    closes: &[("trail-bucket-policy/writers", "Remove the public and cross-account statements from the bucket policy")],
    ..CASE
};

/// What only the public access block holds back, and a principal of this account: both warn.
pub(super) const HELD_BACK: Case = Case {
    account: "330000000126",
    make: |account| {
        let policy = and(
            account,
            vec![
                json!({"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects(account)}),
            ],
        );
        let bucket = account.log_bucket();
        // It was written before the block was switched on.
        ready(with(account, &policy).blocked_from_public(&bucket, true))
    },
    closes: &[("trail-bucket-policy/readers", "Remove the public and cross-account statements from the bucket policy")],
    ..CASE
};

const OWNER: &str = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

fn acl(more: &str) -> Answer {
    Answer::new(
        200,
        "application/xml",
        format!(
            r#"<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>{OWNER}</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>{OWNER}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>{more}</AccessControlList></AccessControlPolicy>"#
        ),
    )
}

fn grant_to_all_users(permission: &str) -> String {
    format!(
        r#"<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>{permission}</Permission></Grant>"#
    )
}

/// By its ACL the world reads and writes.
pub(super) const PUBLIC_ACL: Case = Case {
    account: "330000000127",
    make: |account| {
        let bucket = account.log_bucket();
        let account =
            done_but(account, &[]).blocked_from_public(&bucket, false).object_ownership(&bucket, "ObjectWriter");
        let private = Change::by("s3", "PutBucketAcl");
        let open = [grant_to_all_users("READ"), grant_to_all_users("WRITE")].concat();
        ready(account)
            .with(Rule::on("s3", "GetBucketAcl").when(private.to_come()).answer(acl(&open)))
            .with(Rule::on("s3", "GetBucketAcl").when(private.is_made()).answer(acl("")))
            .with(private.seen())
    },
    closes: &[("trail-bucket-policy/writers", "Remove the public and cross-account statements from the bucket policy")],
    ..CASE
};

/// The bucket is in another region than its trail.
pub(super) const ELSEWHERE: Case = Case {
    account: "330000000128",
    make: |account| {
        let (bucket, region) = (account.log_bucket(), "eu-central-1");
        let policy = and(
            account,
            vec![json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:ListBucket",
                "Resource": format!("arn:aws:s3:::{bucket}")})],
        );
        let account = done_but(account, &[Lab::Trail]).bucket(&bucket, region);
        let answer = account.s3(region, Method::PUT, &format!("/{bucket}?policy"), &policy.to_string());
        assert!(answer.succeeded(), "{}", answer.text());
        ready(account.trail(Trail::default()))
    },
    closes: &[("trail-bucket-policy/readers", "Remove the public and cross-account statements from the bucket policy")],
    ..CASE
};

/// The account manages an organization, whose log files the policy forgets.
pub(super) const ORGANIZATION: Case = Case {
    account: "330000000129",
    make: |account| {
        let account = done_but(account, &[]);
        let organizations = Rule::on("cloudtrail", "DescribeTrails").edit(|answer| {
            answer.body = answer
                .text()
                .replace("\"IsOrganizationTrail\": false", "\"IsOrganizationTrail\": true")
                .replace("\"IsOrganizationTrail\":false", "\"IsOrganizationTrail\":true")
                .into();
        });
        ready(account).with(edits::organization_of(account.id)).with(organizations)
    },
    closes: &[("trail-bucket-policy/delivery", "Give the bucket policy CloudTrail's documented statements")],
    ..CASE
};

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// Takes away the policy with which the labs read the log.
fn unread(account: Account) -> Account {
    done_but(account, &[])
        .iam("DetachGroupPolicy", json!({"GroupName": "LogReaders", "PolicyArn": account.policy_arn("LogReaders")}))
        .iam("DeletePolicy", json!({"PolicyArn": account.policy_arn("LogReaders")}))
}

/// Nobody may read the log, and the name of the labs' policy is another's.
pub(super) const UNREAD: Case = Case {
    account: "330000000131",
    make: |account| {
        let other = policy(&json!([{"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"}]));
        ready(unread(account).managed_policy("CloudTrailLogsRead", &other))
    },
    closes: &[("trail-bucket-policy/entitlement", "Create a log reader policy that only reads")],
    ..CASE
};

/// The policy also writes, as the lab first has it; it has as many versions as IAM keeps, and nobody has it.
pub(super) const WRITING_READERS: Case = Case {
    account: "330000000132",
    make: |account| {
        let writes = policy(&json!([
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects(account)},
        ]));
        let account = unread(account).managed_policy("CloudTrailLogs", &writes);
        ready((0..4).fold(account, |account, _| account.new_policy_version("CloudTrailLogs", &writes)))
    },
    closes: &[("trail-bucket-policy/entitlement", "Make the policy's default version")],
    ..CASE
};

pub(super) const READERS_OF_EVERYTHING: Case = Case {
    account: "330000000133",
    make: |account| {
        let everything = policy(&json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]));
        let account = unread(account).managed_policy("EveryObject", &everything);
        ready(account.user_has_policy("reader", &account.policy_arn("EveryObject")))
    },
    closes: &[("trail-bucket-policy/entitlement", "Create a log reader policy that only reads")],
    ..CASE
};

pub(super) const READERS_OF_NOBODY: Case = Case {
    account: "330000000134",
    make: |account| {
        let account = unread(account);
        ready(account.managed_policy("LogReaders", &account.log_reading_policy()))
    },
    closes: &[("trail-bucket-policy/entitlement", "Attach the policy to the group or user")],
    ..CASE
};
