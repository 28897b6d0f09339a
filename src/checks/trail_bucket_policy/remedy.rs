//! What to do about the bucket's policy and the policy that reads it. What is printed is never wider than the check asks.

use serde_json::{Value, json};

use super::access::owner_enforced;
use super::bucket::Bucket;
use crate::account::facts::ManagedPolicy;
use crate::judgement::trail::asking::CLOUDTRAIL;
use crate::policy::{Choice, Document, Effect, Principal, Principals, Statement, Version, covers_resource};
use crate::remediation::{Command, Remediation};

const BUCKET_POLICY_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
const BLOCK_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";
const OWNERSHIP_PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html";
const POLICIES_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_create-cli.html";

/// The name of the policy that the labs have one write.
const ENTITLEMENT_NAME: &str = "CloudTrailLogsRead";

pub(super) fn make_bucket() -> Remediation {
    Remediation::new(
        "Make the bucket again in this account, with a policy for CloudTrail: somebody else may take the name and receive the log",
    )
    .console("S3 > Create bucket, then its Permissions > Bucket policy; or CloudTrail > Trails > Edit > Create new S3 bucket")
    .see(BUCKET_POLICY_PAGE)
}

/// Puts CloudTrail's statements, as its documentation names them, beside those of the policy that they do not replace; where the
/// policy that comes of it does not mend the matter, without a command.
pub(super) fn let_cloudtrail_write(bucket: &Bucket<'_>, mends: impl Fn(&Document) -> bool) -> Remediation {
    let remedy = Remediation::new(
        "Give the bucket's policy CloudTrail's statements as its documentation names them, held to this account by aws:SourceAccount or \
         to this trail by aws:SourceArn; a Deny that fits CloudTrail must go",
    )
    .console(format!("S3 > Buckets > {} > Permissions > Bucket policy > Edit", bucket.name))
    .see(BUCKET_POLICY_PAGE);
    // Whether the other statements are worth keeping cannot be told of a policy that was not seen.
    let Ok((seen, document)) = &bucket.policy else { return remedy };
    let statements = document.iter().flat_map(|document| &document.statements);
    let is_older = document.iter().any(|document| document.version == Version::V2008);
    let text = seen.get().present().map_or("", String::as_str);
    // In the older language this is text, and would become a variable.
    let changes_meaning = is_older && text.contains("${");
    let has_deny = statements.clone().any(|statement| statement.effect == Effect::Deny);
    if has_deny || changes_meaning || bucket.trail.get().is_organization != Some(false) {
        return remedy;
    }
    let kept = statements_of(text).into_iter().zip(statements);
    let mut statements: Vec<Value> =
        kept.filter(|(_, parsed)| !is_replaced(bucket, parsed)).map(|(statement, _)| statement).collect();
    statements.extend(cloudtrails_statements(bucket));
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    match Document::parse(&policy) {
        Ok(document) if mends(&document) => {
            remedy.run(s3api("put-bucket-policy", bucket).option("--policy", &policy)).finished()
        }
        _ => remedy,
    }
}

/// Held to the account, so that its other trails go on where they share the bucket.
fn cloudtrails_statements(bucket: &Bucket<'_>) -> [Value; 2] {
    let principal = json!({"Service": CLOUDTRAIL});
    let account = bucket.trail_account;
    [
        json!({
            "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl",
            "Resource": bucket.location.bucket,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }),
        json!({
            "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
            "Resource": bucket.location.all_own,
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": account}},
        }),
    ]
}

/// Whether a statement says nothing that the new ones do not say better: CloudTrail alone, in this trail's places, and not for another
/// trail by name.
fn is_replaced(bucket: &Bucket<'_>, statement: &Statement) -> bool {
    let is_cloudtrails = match &statement.principals {
        Some(Principals::Only(named)) => {
            named.iter().all(|principal| matches!(principal, Principal::Service(name) if name == CLOUDTRAIL))
        }
        _ => false,
    };
    let is_here = match &statement.resources {
        Some(Choice::Only(patterns)) => patterns
            .iter()
            .all(|pattern| *pattern == bucket.location.bucket || covers_resource(&bucket.location.all_own, pattern)),
        _ => false,
    };
    let is_source = |key: &str| key.to_ascii_lowercase().starts_with("aws:source");
    is_cloudtrails && is_here && !statement.conditions.iter().any(|condition| is_source(&condition.key))
}

fn statements_of(policy: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(policy) {
        Ok(Value::Object(mut policy)) => match policy.remove("Statement") {
            Some(Value::Array(statements)) => statements,
            Some(statement) => vec![statement],
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

pub(super) fn shut_out(bucket: &Bucket<'_>) -> Remediation {
    let block = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    let remedy = Remediation::new(
        "Remove the statements that let others in from the bucket's policy; switch ACLs off and the public access block on, which hold \
         back the world meanwhile",
    )
    .run(s3api("put-public-access-block", bucket).option("--public-access-block-configuration", block));
    // S3 refuses to put an ACL where they are off already; where nobody looked, none lets anybody in.
    let remedy = match (&bucket.switches, owner_enforced(bucket)) {
        (Some(_), Ok(false)) => remedy.run(s3api("put-bucket-acl", bucket).option("--acl", "private")).run(
            s3api("put-bucket-ownership-controls", bucket)
                .option("--ownership-controls", "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"),
        ),
        _ => remedy,
    };
    remedy
        .console(format!(
            "S3 > Buckets > {} > Permissions > Bucket policy > Edit: leave only CloudTrail's statements; then Block public access > \
             Edit > Block all, and Object Ownership > ACLs disabled",
            bucket.name
        ))
        .see(BLOCK_PAGE)
        .see(OWNERSHIP_PAGE)
        .finished()
}

/// Makes a policy of its own; where the name is taken there is no command, since it would fail.
pub(super) fn make_entitlement(bucket: &Bucket<'_>, policies: &[ManagedPolicy]) -> Remediation {
    let remedy = Remediation::new(
        "Create a customer managed policy that reads the trail's log files and nothing else, and attach it to the group or user who \
         reads them",
    )
    .console("IAM > Policies > Create policy > JSON; then Attach to the group or user who reads the log")
    .see(POLICIES_PAGE);
    if policies.iter().any(|policy| policy.name == ENTITLEMENT_NAME) {
        return remedy;
    }
    let policy = reading_policy(bucket).to_string();
    let arn = format!("arn:{}:iam::{}:policy/{ENTITLEMENT_NAME}", bucket.partition, bucket.account);
    remedy
        .run(
            Command::aws("iam", "create-policy")
                .option("--policy-name", ENTITLEMENT_NAME)
                .option("--policy-document", &policy),
        )
        .run(attach_to_reader(&arn))
        .finished()
}

pub(super) fn attach(policy: &ManagedPolicy) -> Remediation {
    Remediation::new("Attach the policy to the group or user who reads the log")
        .run(attach_to_reader(&policy.arn))
        .console(format!("IAM > Policies > {} > Entities attached > Attach", policy.name))
        .see(POLICIES_PAGE)
        .finished()
}

fn attach_to_reader(policy_arn: &str) -> Command {
    Command::aws("iam", "attach-user-policy")
        .input("--user-name", "LOG_READER", "name of the IAM user who reads the log")
        .option("--policy-arn", policy_arn)
}

pub(super) fn narrow_entitlement(bucket: &Bucket<'_>, policy: &ManagedPolicy) -> Remediation {
    let document = reading_policy(bucket).to_string();
    Remediation::new(
        "Make the policy's default version read this trail's log files and nothing else, and attach it to whoever reads them \
         (the version before stays, to go back to)",
    )
    .run(
        Command::aws("iam", "create-policy-version")
            .option("--policy-arn", &policy.arn)
            .option("--policy-document", &document)
            .word("--set-as-default"),
    )
    .console(format!("IAM > Policies > {} > Permissions > Edit, and Entities attached > Attach", policy.name))
    .see(POLICIES_PAGE)
    .finished()
}

/// Reads the trail's files, and lists no more than their place.
fn reading_policy(bucket: &Bucket<'_>) -> Value {
    let location = bucket.location;
    let mut files = vec![location.all_own.as_str()];
    if let Ok(Some(organization)) = &location.organization_files {
        files.push(organization);
    }
    let prefixes: Vec<&str> =
        files.iter().filter_map(|files| files.strip_prefix(&location.bucket)?.strip_prefix('/')).collect();
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "ReadTrailLogs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": files},
            {
                "Sid": "ListTrailLogs", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": location.bucket,
                "Condition": {"StringLike": {"s3:prefix": prefixes}},
            },
        ],
    })
}

fn s3api(operation: &str, bucket: &Bucket<'_>) -> Command {
    Command::aws("s3api", operation).option("--bucket", bucket.name).option("--region", bucket.region)
}
