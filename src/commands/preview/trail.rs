//! What the trail and its bucket's policy lack for an organization trail.

use serde_json::{Value, json};

use super::Change;
use crate::account::facts::{OfBucket, Trail};
use crate::account::source::BucketName;
use crate::account::{Account, Observed, Unavailable};
use crate::analysis::trail::delivery_request::{Asking, CLOUDTRAIL, PUT, SourceOrganization, WHO};
use crate::analysis::trail::provisioning::free_name;
use crate::analysis::trail::{self, EvaluatedTrail};
use crate::iam::grants::is_too_large;
use crate::iam::{Decision, Document, Request, decide};
use crate::io::terminal::is_hidden;
use crate::model::membership::Membership;
use crate::report::Report;

const TRAIL_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-an-organizational-trail-prepare.html";
const BUCKET_PAGE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-an-organizational-trail-by-using-the-aws-cli.html";

/// Stands for the id that the organization will have, in what is printed.
const PLACEHOLDER: &str = "o-ORGANIZATION-ID";
/// Stands for it in what is asked of a policy: an id like any other, that no policy names.
const SOME_ORGANIZATION: &str = "o-zzqzzqzzqzzq";

/// What changes about the trail, and about its bucket.
pub(super) async fn changes(account: &Account, report: &Report) -> [Change; 2] {
    let of_trail = Change::new("organization-trail", "One trail can record all accounts", TRAIL_PAGE);
    let of_bucket = Change::new("trail-bucket-policy", "The log bucket must allow all accounts' logs", BUCKET_PAGE);
    let judged = match trail::judged(account, &report.expectations).await {
        Ok(judged) => judged,
        Err(unavailable) => {
            return [
                of_trail.says("Whether there is a trail could not be read").lacks(unavailable),
                of_bucket.says("Its bucket could not be read either").lacks(unavailable),
            ];
        }
    };
    // The one that the audit shows.
    let best = judged.iter().min_by(|a, b| {
        let rank = |it: &EvaluatedTrail<'_>| (it.candidate.status(), it.candidate.failed());
        rank(a).cmp(&rank(b)).then_with(|| a.candidate.name.cmp(&b.candidate.name))
    });
    let Some(best) = best else {
        return [
            of_trail.says(
                "There is no trail yet: a trail created after the organization can be an organization \
                           trail from the start",
            ),
            of_bucket.says(
                "The bucket that CloudTrail's console creates for an organization trail has the policy \
                            that it needs",
            ),
        ];
    };
    [of_this_trail(of_trail, best.trail), of_its_bucket(of_bucket, account, report, best).await]
}

fn of_this_trail(change: Change, seen: Observed<'_, Trail>) -> Change {
    let trail = seen.get();
    let name = &trail.name;
    let change = match trail.is_organization {
        Some(true) => change.says(format!("Trail {name} is already an organization trail")),
        Some(false) => change.says(format!(
            "Trail {name} records this account only. To record all accounts, it needs all features, trusted \
             access for CloudTrail in the organization, and `--is-organization-trail`, set by the management \
             account"
        )),
        None => change.says(format!("CloudTrail doesn't return whether trail {name} is an organization trail")).lacks(
            seen.undetermined(format!(
                "CloudTrail doesn't return whether trail {name} is an organization \
                                              trail"
            )),
        ),
    };
    let change = match trail.is_multi_region {
        Some(false) => change.says("It covers one Region only: make it a multi-Region trail too"),
        Some(true) | None => change,
    };
    match &trail.kms_key {
        Some(_) => change.says(
            "A KMS key encrypts its files: the key policy must allow CloudTrail to encrypt for this trail, and \
             log readers to decrypt. stagecheck doesn't read that policy",
        ),
        None => change,
    }
}

/// A trail's bucket, as far as a statement of its policy needs it.
struct Place<'a> {
    partition: &'a str,
    bucket: &'a str,
    /// The folder that the trail writes in, with a slash at its end; empty without a prefix.
    folder: String,
}

impl Place<'_> {
    fn files_of(&self, organization: &str) -> String {
        let Place { partition, bucket, folder } = self;
        format!("arn:{partition}:s3:::{bucket}/{folder}AWSLogs/{organization}/*")
    }

    /// As narrow as AWS documents it: this trail alone, into the organization's files alone. A hidden character, a wildcard or a
    /// variable in a name would make another statement of it, so then there is none.
    fn statement(&self, organization: &str, trail: &Trail, sids: &[String]) -> Option<Value> {
        // S3 refuses a policy in which a Sid stands twice.
        let sid = free_name("AWSCloudTrailOrganizationWrite", "", |sid| sids.iter().any(|taken| taken == sid));
        let statement = json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": CLOUDTRAIL},
            "Action": PUT,
            "Resource": self.files_of(organization),
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail.arn}},
        });
        let changes_it = |c: char| is_hidden(c) || matches!(c, '*' | '?' | '$');
        let is_hostile =
            [self.bucket, &self.folder, &trail.arn, organization].iter().any(|text| text.contains(changes_it));
        (!is_hostile).then_some(statement)
    }
}

async fn of_its_bucket(change: Change, account: &Account, report: &Report, judged: &EvaluatedTrail<'_>) -> Change {
    let (seen, trail) = (judged.trail, judged.trail.get());
    let caller = match &report.account.caller {
        Ok(caller) => caller,
        Err(unavailable) => return change.says("The owner of the bucket could not be read").lacks(unavailable),
    };
    if trail::owner(trail) != Some(caller.account.as_str()) {
        return change
            .says(format!("Trail {} belongs to another account, and so does the policy of its bucket", trail.name));
    }
    let Some(bucket) = trail.bucket.as_deref() else {
        let open = format!("CloudTrail doesn't return the bucket of trail {}", trail.name);
        return change.says("The bucket of the trail could not be read").lacks(seen.undetermined(open));
    };
    let folder = match trail.prefix.as_deref().map(|prefix| prefix.trim_end_matches('/')) {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/"),
        _ => String::new(),
    };
    let place = Place { partition: caller.partition(), bucket, folder };
    let known = match &report.account.membership {
        Ok(Membership::Management(organization)) => Some(organization.id.as_str()),
        _ => None,
    };
    let region = judged.home_region.unwrap_or(report.expectations.home());
    let policy = account.bucket_policy(BucketName { name: bucket, region, owner: &caller.account }).await;
    let mut sids = Vec::new();
    let asked = policy.map_err(Unavailable::from).and_then(|policy| {
        let text = match policy.get() {
            OfBucket::NoSuchBucket => return Ok(Policy::NoBucket),
            OfBucket::Absent => return Ok(Policy::Refuses),
            OfBucket::Present(text) => text,
        };
        let document = Document::parse(text)
            .map_err(|error| policy.undetermined(format!("the policy of bucket {bucket} can't be read: {error}")))?;
        if is_too_large(&document) {
            return Err(policy.undetermined(format!("the policy of bucket {bucket} is too large to be evaluated")));
        }
        sids.extend(document.statements.iter().filter_map(|statement| statement.sid.clone()));
        let asking = Asking {
            trail,
            source_arn: &trail.arn,
            source_account: &caller.account,
            // It will be in one.
            organization: known.map_or(SourceOrganization::Unknown, SourceOrganization::Member),
            bucket_owner: &caller.account,
            now: account.now(),
        };
        let context = asking.context(PUT);
        let files = place.files_of(known.unwrap_or(SOME_ORGANIZATION));
        Ok(match decide(&[&document], &Request { who: WHO, action: PUT, resource: &files, context: &context }) {
            Decision::Allowed => Policy::Allows,
            Decision::Denied { explicit: true } => Policy::Denies,
            Decision::Denied { explicit: false } => Policy::Refuses,
            Decision::Depends(keys) => {
                let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
                let why = format!(
                    "it can't be evaluated whether the policy of bucket {bucket} allows the organization's log \
                     files: it depends on {keys}"
                );
                return Err(policy.undetermined(why));
            }
        })
    });
    let statement = place.statement(known.unwrap_or(PLACEHOLDER), trail, &sids);
    let unsafe_name = match statement {
        Some(_) => "",
        None => ". One of its names can't be put into a policy safely, so no statement is shown",
    };
    match asked {
        Ok(Policy::Allows) => change.says(format!(
            "The policy of bucket {bucket} already allows the log files of \
                                                   all accounts"
        )),
        Ok(Policy::NoBucket) => change.says(format!("Bucket {bucket} doesn't exist: create it first")),
        Ok(Policy::Denies) => change.says(format!(
            "An explicit deny in the policy of bucket {bucket} blocks them: \
                                                   remove it first"
        )),
        Ok(Policy::Refuses) => Change {
            todo: Some("Add a statement to the bucket policy before you create the organization trail"),
            statement,
            ..change.says(format!(
                "The policy of bucket {bucket} doesn't allow the log files of all accounts, which CloudTrail \
                 writes under AWSLogs/<organization ID>{unsafe_name}"
            ))
        },
        Err(unavailable) => Change {
            todo: Some("Check the bucket policy before you create the organization trail"),
            statement,
            ..change
                .says(format!("Whether the policy of bucket {bucket} allows them could not be read{unsafe_name}"))
                .lacks(unavailable)
        },
    }
}

/// What a bucket's policy says of an organization's log files.
enum Policy {
    Allows,
    Refuses,
    Denies,
    NoBucket,
}
