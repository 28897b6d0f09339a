//! Where in its bucket a trail writes.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html>

use crate::account::facts::Trail;

/// A trail's place in its bucket, as ARNs and patterns of ARNs.
pub(super) struct Location {
    /// The bucket's ARN.
    pub(super) bucket: String,
    /// Every object of the bucket.
    pub(super) all_objects: String,
    /// The trail's log files of this account.
    pub(super) log_files: String,
    /// The trail's digest files of this account.
    pub(super) digests: String,
    /// Where the trail writes anything at all for this account.
    pub(super) own_prefix: String,
    /// What stands before `AWSLogs/`: the trail's prefix with a slash, or nothing.
    pub(super) prefix: String,
}

impl Location {
    pub(super) fn of(trail: &Trail, bucket: &str, account: &str, partition: &str) -> Self {
        let prefix = match &trail.prefix {
            Some(prefix) => format!("{prefix}/"),
            None => String::new(),
        };
        let bucket = format!("arn:{partition}:s3:::{bucket}");
        let own = format!("{bucket}/{prefix}AWSLogs/{account}");
        Location {
            all_objects: format!("{bucket}/*"),
            log_files: format!("{own}/CloudTrail/*"),
            digests: format!("{own}/CloudTrail-Digest/*"),
            own_prefix: format!("{own}/*"),
            prefix,
            bucket,
        }
    }

    /// The log files of all accounts of an organization.
    pub(super) fn of_organization(&self, id: &str) -> String {
        format!("{}/{}AWSLogs/{id}/*", self.bucket, self.prefix)
    }
}
