//! What to do about the bucket's policy and the policy that reads it. What is printed is never wider than the check asks.

use serde_json::{Value, json};

use super::bucket::Bucket;
use crate::account::facts::ManagedPolicy;
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

/// Puts CloudTrail's statements, as its documentation names them, beside the statements that are not CloudTrail's.
pub(super) fn let_cloudtrail_write(bucket: &Bucket<'_>) -> Remediation {
    let remedy = Remediation::new(
        "Replace CloudTrail's statements in the bucket's policy by those of its documentation, held to this trail by aws:SourceArn; a \
         Deny that fits CloudTrail must go too",
    )
    .console(format!("S3 > Buckets > {} > Permissions > Bucket policy > Edit", bucket.name))
    .see(BUCKET_POLICY_PAGE);
    // Whether the other statements are worth keeping cannot be told of a policy that was not seen.
    let Ok((seen, document)) = &bucket.policy else { return remedy };
    let has_deny = document
        .iter()
        .flat_map(|document| &document.statements)
        .any(|statement| statement.effect == crate::policy::Effect::Deny);
    if has_deny || bucket.trail.is_organization == Some(true) {
        return remedy;
    }
    let mut statements: Vec<Value> = match seen.get().present() {
        Some(text) => statements_of(text).into_iter().filter(|statement| !is_cloudtrails(statement)).collect(),
        None => Vec::new(),
    };
    statements.extend(cloudtrails_statements(bucket));
    let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    remedy.run(s3api("put-bucket-policy", bucket).option("--policy", &policy)).finished()
}

fn cloudtrails_statements(bucket: &Bucket<'_>) -> [Value; 2] {
    let principal = json!({"Service": "cloudtrail.amazonaws.com"});
    let arn = &bucket.trail.arn;
    [
        json!({
            "Sid": "AWSCloudTrailAclCheck", "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl",
            "Resource": bucket.location.bucket,
            "Condition": {"StringEquals": {"aws:SourceArn": arn}},
        }),
        json!({
            "Sid": "AWSCloudTrailWrite", "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
            "Resource": bucket.location.own_prefix,
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": arn}},
        }),
    ]
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

fn is_cloudtrails(statement: &Value) -> bool {
    let service = statement.pointer("/Principal/Service");
    let is = |value: &Value| value == "cloudtrail.amazonaws.com";
    match service {
        Some(Value::Array(services)) => services.iter().all(is),
        Some(service) => is(service),
        None => false,
    }
}

pub(super) fn shut_out(bucket: &Bucket<'_>) -> Remediation {
    let block = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    Remediation::new(
        "Remove the statements that let others in from the bucket's policy; switch ACLs off and the public access block on, which hold \
         back the world meanwhile",
    )
    .run(s3api("put-public-access-block", bucket).option("--public-access-block-configuration", block))
    .run(s3api("put-bucket-acl", bucket).option("--acl", "private"))
    .run(
        s3api("put-bucket-ownership-controls", bucket)
            .option("--ownership-controls", "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"),
    )
    .console(format!(
        "S3 > Buckets > {} > Permissions > Bucket policy > Edit: leave only CloudTrail's statements; then Block public access > Edit > \
         Block all, and Object Ownership > ACLs disabled",
        bucket.name
    ))
    .see(BLOCK_PAGE)
    .see(OWNERSHIP_PAGE)
    .finished()
}

pub(super) fn make_entitlement(bucket: &Bucket<'_>) -> Remediation {
    let policy = reading_policy(bucket).to_string();
    let arn = format!("arn:{}:iam::{}:policy/{ENTITLEMENT_NAME}", bucket.partition, bucket.account);
    Remediation::new("Create a customer managed policy that reads the trail's log files, and attach it to the group or user who reads them")
        .run(
            Command::aws("iam", "create-policy")
                .option("--policy-name", ENTITLEMENT_NAME)
                .option("--policy-document", &policy),
        )
        .run(
            Command::aws("iam", "attach-user-policy")
                .input("--user-name", "LOG_READER", "name of the IAM user who reads the log")
                .option("--policy-arn", &arn),
        )
        .console("IAM > Policies > Create policy > JSON; then Attach to the group or user who reads the log")
        .see(POLICIES_PAGE)
        .finished()
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

/// Reads the trail's log files, and lists no more than their place.
fn reading_policy(bucket: &Bucket<'_>) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "ReadTrailLogs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": bucket.location.own_prefix},
            {
                "Sid": "ListTrailLogs", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket.location.bucket,
                "Condition": {"StringLike": {"s3:prefix": format!("{}AWSLogs/{}/*", bucket.location.prefix, bucket.account)}},
            },
        ],
    })
}

fn s3api(operation: &str, bucket: &Bucket<'_>) -> Command {
    Command::aws("s3api", operation).option("--bucket", bucket.name).option("--region", bucket.region)
}
