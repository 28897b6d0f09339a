//! Buckets and who may do what with them.

use hyper::Method;
use serde_json::{Value, json};

use super::{Account, HOME, Trail};

impl Account {
    /// A bucket of this name; where the account has no say, S3's defaults of today.
    pub(crate) fn bucket(self, name: &str, region: &str) -> Self {
        let place = if region == "us-east-1" {
            String::new()
        } else {
            format!(
                "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            )
        };
        self.put(region, &format!("/{name}"), &place)
    }

    /// The bucket of a trail in the labs' region, as the lab leaves it: its policy lets this trail write, and nothing is public.
    pub(crate) fn log_bucket_for(self, trail: &Trail) -> Self {
        let bucket = trail.bucket.map_or_else(|| self.log_bucket(), str::to_owned);
        self.bucket(&bucket, HOME)
            .blocked_from_public(&bucket, true)
            .bucket_policy(&bucket, &self.log_bucket_policy(trail))
    }

    /// The policy that the lab gives the bucket of a trail.
    pub(crate) fn log_bucket_policy(self, trail: &Trail) -> Value {
        let bucket = trail.bucket.map_or_else(|| self.log_bucket(), str::to_owned);
        let prefix = trail.prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let (service, source) = (json!({"Service": "cloudtrail.amazonaws.com"}), self.trail_arn(trail));
        json!({"Version": "2012-10-17", "Statement": [
            {
                "Sid": "AWSCloudTrailAclCheck",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:GetBucketAcl",
                "Resource": format!("arn:aws:s3:::{bucket}"),
                "Condition": {"StringEquals": {"aws:SourceArn": source}},
            },
            {
                "Sid": "AWSCloudTrailWrite",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:PutObject",
                "Resource": format!("arn:aws:s3:::{bucket}/{prefix}AWSLogs/{}/*", self.id),
                "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": source}},
            },
        ]})
    }

    /// Writes the policy of a bucket in the labs' region.
    pub(crate) fn bucket_policy(self, name: &str, policy: &Value) -> Self {
        self.put(HOME, &format!("/{name}?policy"), &policy.to_string())
    }

    /// Sets all four switches of "block public access" of a bucket in the labs' region.
    pub(crate) fn blocked_from_public(self, name: &str, blocked: bool) -> Self {
        let switches: String = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
            .map(|switch| format!("<{switch}>{blocked}</{switch}>"))
            .concat();
        let body = format!("<PublicAccessBlockConfiguration>{switches}</PublicAccessBlockConfiguration>");
        self.put(HOME, &format!("/{name}?publicAccessBlock"), &body)
    }

    /// Says who owns the objects of a bucket in the labs' region: `BucketOwnerEnforced`, `BucketOwnerPreferred`, `ObjectWriter`.
    pub(crate) fn object_ownership(self, name: &str, ownership: &str) -> Self {
        let body = format!(
            "<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>"
        );
        self.put(HOME, &format!("/{name}?ownershipControls"), &body)
    }

    fn put(self, region: &str, path_and_query: &str, body: &str) -> Self {
        let answer = self.s3(region, Method::PUT, path_and_query, body);
        assert!(answer.succeeded(), "PUT {path_and_query} answered {}: {}", answer.status, answer.text());
        self
    }
}
