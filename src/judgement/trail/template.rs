//! A trail as a template makes it: with its bucket, which CloudTrail alone writes, and a policy that reads the log.

use serde_json::{Value, json};

use crate::account::facts::Caller;
use crate::template::{Parameter, Resource, reference};

const BUCKET: &str = "TrailBucket";
const BUCKET_POLICY: &str = "TrailBucketPolicy";

/// The name of the trail that is made where there is none.
pub const NEW_TRAIL: &str = "management-events";

/// A trail that a template makes, in an account that has none.
pub struct NewTrail<'a> {
    partition: &'a str,
    account: &'a str,
    home: &'a str,
    name: &'a str,
    bucket: String,
}

impl<'a> NewTrail<'a> {
    /// Of this account, at home.
    #[must_use]
    pub fn of(caller: &'a Caller, home: &'a str, name: &'a str) -> Self {
        let (account, partition) = (caller.account.as_str(), caller.partition());
        NewTrail { partition, account, home, name, bucket: format!("cloudtrail-{account}-{home}") }
    }

    fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    fn files(&self) -> String {
        format!("{}/AWSLogs/{}/*", self.bucket_arn(), self.account)
    }

    /// The trail with its bucket and the bucket's policy.
    #[must_use]
    pub fn resources(&self, closes: &'static str) -> Vec<Resource> {
        let NewTrail { partition, account, home, name, bucket } = self;
        let trail = format!("arn:{partition}:cloudtrail:{home}:{account}:trail/{name}");
        let principal = json!({"Service": "cloudtrail.amazonaws.com"});
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AWSCloudTrailAclCheck",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:GetBucketAcl",
                    "Resource": self.bucket_arn(),
                    "Condition": {"StringEquals": {"aws:SourceArn": trail}},
                },
                {
                    "Sid": "AWSCloudTrailWrite",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:PutObject",
                    "Resource": self.files(),
                    "Condition": {
                        "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail},
                    },
                },
            ],
        });
        let bucket = json!({
            "BucketName": bucket,
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true,
                "IgnorePublicAcls": true,
                "BlockPublicPolicy": true,
                "RestrictPublicBuckets": true,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        });
        let trail = json!({
            "TrailName": name,
            "S3BucketName": reference(BUCKET),
            "IsLogging": true,
            "IsMultiRegionTrail": true,
            "IncludeGlobalServiceEvents": true,
            "EnableLogFileValidation": true,
        });
        let at_home = |id, kind, properties| Resource::new(closes, id, kind, properties).at(home);
        vec![
            at_home(BUCKET, "AWS::S3::Bucket", bucket).kept(),
            at_home(
                BUCKET_POLICY,
                "AWS::S3::BucketPolicy",
                json!({"Bucket": reference(BUCKET), "PolicyDocument": policy}),
            )
            .kept(),
            at_home("Trail", "AWS::CloudTrail::Trail", trail).after(BUCKET_POLICY),
        ]
    }

    /// The policy that reads its log.
    #[must_use]
    pub fn reading_policy(&self, closes: &'static str) -> Resource {
        let prefix = format!("AWSLogs/{}/*", self.account);
        reading_policy(closes, &reading_document(&self.bucket_arn(), &[&self.files()], &[&prefix]))
    }
}

/// Reads a trail's files, and lists no more than their place.
#[must_use]
pub fn reading_document(bucket: &str, files: &[&str], prefixes: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "ReadTrailLogs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": files},
            {
                "Sid": "ListTrailLogs", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket,
                "Condition": {"StringLike": {"s3:prefix": prefixes}},
            },
        ],
    })
}

/// A customer managed policy, attached to whoever the operator names.
#[must_use]
pub fn reading_policy(closes: &'static str, document: &Value) -> Resource {
    let reader = Parameter {
        id: "LogReader".to_owned(),
        variable: Some("LOG_READER"),
        what: "name of the IAM user who reads the log".to_owned(),
        default: None,
        pattern: "[A-Za-z0-9+=,.@_-]+",
    };
    let properties = json!({
        "Description": "Reads the log files of CloudTrail, and nothing else",
        "PolicyDocument": document,
        "Users": [reader.reference()],
    });
    Resource::new(closes, "TrailLogPolicy", "AWS::IAM::ManagedPolicy", properties).asking(reader)
}
