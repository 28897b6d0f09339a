//! The requests that CloudTrail makes to deliver a trail's log files, and their context.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>

use jiff::Timestamp;

use crate::account::facts::Trail;
use crate::iam::{Context, Who};

/// The service that delivers the log.
pub const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
/// The service, as it asks.
pub const WHO: Who<'static> = Who::Service { names: &[CLOUDTRAIL] };
/// It looks at the bucket's ACL.
pub const GET_ACL: &str = "s3:GetBucketAcl";
/// It writes a file.
pub const PUT: &str = "s3:PutObject";

/// The keys that hang on the organization of the trail's account.
pub const ORGANIZATION_KEYS: [&str; 2] = ["aws:SourceOrgID", "aws:SourceOrgPaths"];

/// AWS's services speak TLS 1.2 or newer. The last value stands for every version that comes later.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/minimum-TLS.html>
const TLS_VERSIONS: [&str; 3] = ["1.2", "1.3", "999"];

/// Keys that no request of CloudTrail has: it is a service and not a principal of an account, it comes through no VPC, and its write has
/// none of these headers.
const ABSENT: [&str; 14] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-grant-full-control",
    "s3:x-amz-grant-read",
    "s3:x-amz-grant-read-acp",
    "s3:x-amz-grant-write",
    "s3:x-amz-grant-write-acp",
    "s3:x-amz-storage-class",
];

/// The organization of the account that a trail belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceOrganization<'a> {
    /// It is in none.
    Standalone,
    /// This one, by its ID.
    Member(&'a str),
    /// Not known.
    Unknown,
}

/// What CloudTrail asks for: to deliver one trail's log files to a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The trail's settings.
    pub trail: &'a Trail,
    /// The ARN of the trail, `aws:SourceArn`.
    pub source_arn: &'a str,
    /// The account of the trail, `aws:SourceAccount`.
    pub source_account: &'a str,
    /// That account's organization.
    pub organization: SourceOrganization<'a>,
    /// The account that owns the bucket.
    pub bucket_owner: &'a str,
    /// The audit's time.
    pub now: Timestamp,
}

impl Asking<'_> {
    /// The context of a request to do `action` as the service principal. A key that is not named here is undecidable.
    #[must_use]
    pub fn context(&self, action: &str) -> Context {
        let context = self
            .as_anyone(action)
            .with("aws:SourceArn", self.source_arn)
            .with("aws:SourceAccount", self.source_account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", CLOUDTRAIL)
            .with("aws:ViaAWSService", "false");
        let context = ABSENT.iter().fold(context, |context, key| context.absent(key));
        let [id, paths] = ORGANIZATION_KEYS;
        match self.organization {
            SourceOrganization::Standalone => context.absent(id).absent(paths),
            SourceOrganization::Member(organization) => context.with(id, organization).undecidable(paths),
            SourceOrganization::Unknown => context.undecidable(id).undecidable(paths),
        }
    }

    /// The context of a request as one of the account IDs that CloudTrail delivered with before it had a service principal. What AWS
    /// does not document of these requests, the trail as their source above all, is undecidable.
    #[must_use]
    pub fn context_of_legacy_account(&self, action: &str, account: &str) -> Context {
        self.as_anyone(action).with("aws:PrincipalAccount", account)
    }

    /// Headers come with the write only; the encryption header is known for a trail with a KMS key.
    fn as_anyone(&self, action: &str) -> Context {
        const ACL: &str = "s3:x-amz-acl";
        const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";
        let context = Context::new()
            .with("aws:ResourceAccount", self.bucket_owner)
            .with("aws:SecureTransport", "true")
            .with_one_of("s3:TlsVersion", TLS_VERSIONS)
            .with("s3:signatureversion", "AWS4-HMAC-SHA256")
            .with("s3:authType", "REST-HEADER")
            .with("aws:CurrentTime", self.now.to_string())
            .with("aws:EpochTime", self.now.as_second().to_string());
        match (action, &self.trail.kms_key) {
            (PUT, Some(_)) => context.with(ACL, "bucket-owner-full-control").with(ENCRYPTION, "aws:kms"),
            (PUT, None) => context.with(ACL, "bucket-owner-full-control").undecidable(ENCRYPTION),
            _ => context.absent(ACL).absent(ENCRYPTION),
        }
    }
}
