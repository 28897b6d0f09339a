//! How to make the trail of the labs, bucket and all.

use super::{Caller, Fact};
use crate::remediation::{Command, Cost, Remediation, Then};

/// What a quiet account records in a month is far below a gigabyte.
const LOG_COST: Cost = Cost {
    monthly_cents: 3,
    basis: "S3 Standard at $0.023 a gigabyte and month, for 1 GB of log files; the first copy of management events is free, a second \
            costs $2.00 for 100,000 events",
    page: "https://aws.amazon.com/cloudtrail/pricing/",
};

const TRAIL_NAME: &str = "management-events";

pub(super) fn create(home: &str, caller: Fact<'_, Caller>) -> Remediation {
    let remedy = Remediation::new(
        "Create a multi-region trail with all management events and log file validation, to a new bucket that only CloudTrail writes",
    )
    .console(format!(
        "CloudTrail (region {home}) > Trails > Create trail > Create new S3 bucket, Log file validation: Enabled, Management \
         events: Read and Write. The console makes the bucket and its policy by itself"
    ))
    .see("https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html")
    .see("https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html")
    .costs(LOG_COST)
    .takes(5)
    .then(Then::Settles("when the first log file arrives, within about 15 minutes"));
    // Without the account's id neither a free bucket name nor a narrow policy can be written down.
    let Ok(caller) = caller else { return remedy };
    let (account, partition) = (caller.get().account.as_str(), caller.get().partition());
    let bucket = format!("cloudtrail-{account}-{home}");
    let trail = format!("arn:{partition}:cloudtrail:{home}:{account}:trail/{TRAIL_NAME}");
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AWSCloudTrailAclCheck",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "s3:GetBucketAcl",
                "Resource": format!("arn:{partition}:s3:::{bucket}"),
                "Condition": {"StringEquals": {"aws:SourceArn": trail}},
            },
            {
                "Sid": "AWSCloudTrailWrite",
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": format!("arn:{partition}:s3:::{bucket}/AWSLogs/{account}/*"),
                "Condition": {
                    "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail},
                },
            },
        ],
    });
    let s3 = |operation: &str| Command::aws("s3api", operation).option("--bucket", &bucket).option("--region", home);
    let create_bucket = match home {
        // The one region that must not be named as a location.
        "us-east-1" => s3("create-bucket"),
        _ => s3("create-bucket").option("--create-bucket-configuration", &format!("LocationConstraint={home}")),
    };
    let block = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    remedy
        .run(create_bucket)
        .run(s3("put-public-access-block").option("--public-access-block-configuration", block))
        .run(s3("put-bucket-policy").option("--policy", &policy.to_string()))
        .run(
            Command::aws("cloudtrail", "create-trail")
                .option("--name", TRAIL_NAME)
                .option("--s3-bucket-name", &bucket)
                .word("--is-multi-region-trail")
                .word("--include-global-service-events")
                .word("--enable-log-file-validation")
                .option("--region", home),
        )
        .run(Command::aws("cloudtrail", "start-logging").option("--name", TRAIL_NAME).option("--region", home))
        .finished()
}
