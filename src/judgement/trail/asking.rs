//! What CloudTrail asks of a trail's bucket, and what it brings along.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>

use jiff::Timestamp;

use crate::account::facts::Trail;
use crate::policy::{Context, Who};

/// The service that delivers the log.
pub const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
/// The service, as it asks.
pub const WHO: Who<'static> = Who::Service { names: &[CLOUDTRAIL] };
/// It looks at the bucket's ACL.
pub const GET_ACL: &str = "s3:GetBucketAcl";
/// It writes a file.
pub const PUT: &str = "s3:PutObject";

/// What CloudTrail brings along when it asks to do `action` for a trail, by its `account` and its ARN: verdicts of conditions hang on
/// these and no others. Headers come with the write only.
#[must_use]
pub fn context(trail: &Trail, action: &str, (account, trail_arn): (&str, &str), now: Timestamp) -> Context {
    const ACL: &str = "s3:x-amz-acl";
    const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";
    let context = Context::new()
        .with("aws:SourceArn", trail_arn)
        .with("aws:SourceAccount", account)
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", CLOUDTRAIL)
        .with("aws:SecureTransport", "true")
        .with("aws:ViaAWSService", "false")
        .with("aws:CurrentTime", now.to_string())
        .with("aws:EpochTime", now.as_second().to_string())
        .absent("aws:PrincipalOrgID")
        .absent("aws:PrincipalArn")
        .absent("aws:SourceVpc")
        .absent("aws:SourceVpce")
        .absent("aws:MultiFactorAuthPresent");
    match (action, &trail.kms_key) {
        (PUT, Some(_)) => context.with(ACL, "bucket-owner-full-control").with(ENCRYPTION, "aws:kms"),
        (PUT, None) => context.with(ACL, "bucket-owner-full-control"),
        _ => context.absent(ACL).absent(ENCRYPTION),
    }
}
