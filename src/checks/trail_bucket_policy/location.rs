//! Where in its bucket a trail writes.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html>

use crate::account::facts::{Organization, Trail};
use crate::account::{Fact, Observed, Unavailable};

/// A trail's place in its bucket, as ARNs and patterns of ARNs.
pub(super) struct Location {
    /// The bucket's ARN.
    pub(super) bucket: String,
    /// Every object of the bucket.
    pub(super) all_objects: String,
    /// The log files of the trail's own account.
    pub(super) log_files: String,
    /// The digest files of the trail's own account.
    pub(super) digests: String,
    /// Log files, digests and whatever else CloudTrail writes for the trail's own account.
    pub(super) own_files: String,
    /// Everything that AWS's services write for the trail's own account.
    pub(super) all_own: String,
    /// The files of all accounts, where it is an organization's trail. Which organization that is may not be known.
    pub(super) organization_files: Result<Option<String>, Unavailable>,
    /// The files of all accounts of whatever organization it may be: every id begins with `o-`.
    /// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
    pub(super) any_organization: String,
}

impl Location {
    /// `account` is the trail's.
    pub(super) fn of(
        seen: Observed<'_, Trail>,
        (partition, bucket, account): (&str, &str, &str),
        organization: Fact<'_, Option<Organization>>,
    ) -> Self {
        let trail = seen.get();
        let prefix = match trail.prefix.as_deref().map(|prefix| prefix.trim_end_matches('/')) {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}/"),
            _ => String::new(),
        };
        let bucket = format!("arn:{partition}:s3:::{bucket}");
        let own = format!("{bucket}/{prefix}AWSLogs/{account}");
        let organization_files = organization_of(seen, organization);
        Location {
            all_objects: format!("{bucket}/*"),
            log_files: format!("{own}/CloudTrail/*"),
            digests: format!("{own}/CloudTrail-Digest/*"),
            own_files: format!("{own}/CloudTrail*"),
            organization_files: organization_files.map(|id| id.map(|id| format!("{bucket}/{prefix}AWSLogs/{id}/*"))),
            any_organization: format!("{bucket}/{prefix}AWSLogs/o-*/*"),
            all_own: format!("{own}/*"),
            bucket,
        }
    }
}

/// The organization whose trail it is; `None`: it is an account's.
fn organization_of<'a>(
    seen: Observed<'_, Trail>,
    organization: Fact<'a, Option<Organization>>,
) -> Result<Option<&'a str>, Unavailable> {
    let name = &seen.get().name;
    match seen.get().is_organization {
        None => Err(seen.undetermined(format!(
            "CloudTrail doesn't return whether trail {name} is an organization \
                                               trail"
        ))),
        Some(false) => Ok(None),
        Some(true) => match organization?.get() {
            Some(found) => Ok(Some(&found.id)),
            None => Err(organization?
                .undetermined(format!("Trail {name} is an organization trail, but the account is in no organization"))),
        },
    }
}
