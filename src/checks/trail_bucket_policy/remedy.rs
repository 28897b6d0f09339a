//! What to do about the bucket's policy and the policy that reads it. What is printed is never wider than the check asks.

use super::acl::owner_enforced;
use super::bucket::Bucket;
use crate::account::facts::ManagedPolicy;
use crate::analysis::trail::BUCKET;
use crate::analysis::trail::provisioning::{self, BLOCK_ALL, NewBucket, ReadingPolicy};
use crate::checks::trail_bucket_policy::policy_repair::{Cut, is_open, mended};
use crate::iam::policy_edit::Policy;
use crate::model::remediation::{Command, Remediation, Target};

const BUCKET_POLICY_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
const BLOCK_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";
const OWNERSHIP_PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html";
const POLICIES_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_create-cli.html";

/// `new` is the bucket, where it may be made from here; `reader` what is then missing of a policy that reads its log.
pub(super) fn make_bucket(new: Option<&NewBucket<'_>>, reader: Option<Remediation>) -> Remediation {
    let remedy = Remediation::new(
        "Create the bucket again in this account, with a policy for CloudTrail. Until then, anyone can take the \
         name and receive the log",
    )
    .console(
        "S3 > Create bucket, then its Permissions > Bucket policy; or CloudTrail > Trails > Edit > Create \
              new S3 bucket",
    )
    .see(BUCKET_POLICY_PAGE)
    .within(BUCKET.id);
    let Some(new) = new else { return remedy };
    let remedy = new.made(remedy).finished();
    match reader {
        Some(reader) if !remedy.commands.is_empty() => remedy.and(reader),
        _ => remedy,
    }
}

/// The policy with CloudTrail's statements, as its documentation names them, in the place of those that they replace.
pub(super) fn let_cloudtrail_write(bucket: &Bucket<'_>) -> Remediation {
    with_policy(
        Remediation::new(
            "Give the bucket policy CloudTrail's documented statements, restricted by aws:SourceArn and \
             aws:SourceAccount, and exclude this trail from a Deny that stops it. The other statements stay, \
             except public access. If a trail of another Region writes to this bucket too, add its ARN",
        ),
        bucket,
        mended(bucket, Cut::Nobody, false),
    )
}

/// The same, with whatever else CloudTrail may do in the bucket held too.
pub(super) fn hold_cloudtrail(bucket: &Bucket<'_>) -> Remediation {
    with_policy(
        Remediation::new(
            "Restrict CloudTrail's statements in the bucket policy to this account by aws:SourceAccount, and to \
             this trail by aws:SourceArn. The other statements stay. If a trail of another Region writes to this \
             bucket too, add its ARN",
        ),
        bucket,
        mended(bucket, Cut::Nobody, true),
    )
}

fn with_policy(remedy: Remediation, bucket: &Bucket<'_>, policy: Option<String>) -> Remediation {
    let remedy = remedy
        .console(format!("S3 > Buckets > {} > Permissions > Bucket policy > Edit", bucket.name))
        .see(BUCKET_POLICY_PAGE);
    match policy {
        Some(policy) => put_policy(remedy, bucket, &policy).finished(),
        None => remedy,
    }
}

fn put_policy(remedy: Remediation, bucket: &Bucket<'_>, policy: &str) -> Remediation {
    let before = match &bucket.policy {
        Ok((seen, _)) => seen.get().present().cloned(),
        Err(_) => None,
    };
    let target = Target::BucketPolicy { bucket: bucket.name.to_owned(), region: bucket.region.to_owned() };
    remedy.replace(target, &before.unwrap_or_else(|| Policy::empty().text()), policy)
}

pub(super) fn shut_out(bucket: &Bucket<'_>, cut: Cut) -> Remediation {
    let remedy = Remediation::new(
        "Remove the public and cross-account statements from the bucket policy, disable ACLs, and enable the \
         public access block",
    )
    .console(format!(
        "S3 > Buckets > {} > Permissions > Bucket policy > Edit: leave only CloudTrail's statements; then Block \
         public access > Edit > Block all, and Object Ownership > ACLs disabled",
        bucket.name
    ))
    .see(BLOCK_PAGE)
    .see(OWNERSHIP_PAGE);
    let remedy = match mended(bucket, cut, false) {
        Some(policy) => put_policy(remedy, bucket, &policy),
        // The rest alone would leave the finding open.
        None if is_open(bucket, cut) => return remedy,
        None => remedy,
    };
    let remedy =
        remedy.run(s3api("put-public-access-block", bucket).option("--public-access-block-configuration", BLOCK_ALL));
    // S3 refuses to put an ACL where they are off already; where nobody looked, none lets anybody in.
    let remedy = match (&bucket.switches, owner_enforced(bucket)) {
        (Some(_), Ok(false)) => {
            let enforced = s3api("get-bucket-ownership-controls", bucket)
                .option("--query", "OwnershipControls.Rules[?ObjectOwnership=='BucketOwnerEnforced'].[ObjectOwnership]")
                .option("--output", "text");
            remedy.run(s3api("put-bucket-acl", bucket).option("--acl", "private").skip_if_present(enforced)).run(
                s3api("put-bucket-ownership-controls", bucket)
                    .option("--ownership-controls", "Rules=[{ObjectOwnership=BucketOwnerEnforced}]"),
            )
        }
        _ => remedy,
    };
    remedy.finished()
}

/// Makes a policy of its own beside those that there are.
pub(super) fn make_entitlement(bucket: &Bucket<'_>, policies: &[ManagedPolicy]) -> Remediation {
    let name = provisioning::free_reader_name(policies);
    let remedy = Remediation::new(
        "Create a log reader policy that only reads the trail's log files, and attach it to the group or user who \
         reads them",
    )
    .console("IAM > Policies > Create policy > JSON; then Attach to the group or user who reads the log")
    .see(POLICIES_PAGE);
    reading(bucket, |reading| reading.made(remedy, &name).run(provisioning::attach_to_reader(&reading.arn(&name))))
        .finished()
}

pub(super) fn attach(policy: &ManagedPolicy) -> Remediation {
    Remediation::new("Attach the policy to the group or user who reads the log")
        .run(provisioning::attach_to_reader(&policy.arn))
        .console(format!("IAM > Policies > {} > Entities attached > Attach", policy.name))
        .see(POLICIES_PAGE)
        .finished()
}

/// IAM keeps five versions; the oldest of those that do not count gives way to the new one.
pub(super) fn narrow_entitlement(bucket: &Bucket<'_>, policy: &ManagedPolicy, is_attached: bool) -> Remediation {
    let document = reading(bucket, |reading| reading.document().to_string());
    let on_policy = |operation: &str| Command::aws("iam", operation).option("--policy-arn", &policy.arn);
    let oldest = on_policy("list-policy-versions")
        .option("--query", "sort_by(Versions[?!IsDefaultVersion], &CreateDate)[:-3].[VersionId]")
        .option("--output", "text");
    let remedy = Remediation::new(
        "Make the policy's default version read only this trail's log files, and attach it to the group or user \
         who reads them. The previous version stays; of five versions the oldest is deleted",
    )
    .run(on_policy("delete-policy-version").for_each(oldest, "--version-id"))
    .run(on_policy("create-policy-version").option("--policy-document", &document).word("--set-as-default"));
    let remedy = if is_attached { remedy } else { remedy.run(provisioning::attach_to_reader(&policy.arn)) };
    remedy
        .console(format!("IAM > Policies > {} > Permissions > Edit, and Entities attached > Attach", policy.name))
        .see(POLICIES_PAGE)
        .finished()
}

fn reading<T>(bucket: &Bucket<'_>, read: impl FnOnce(ReadingPolicy<'_>) -> T) -> T {
    let location = bucket.location;
    let mut files = vec![location.all_own.as_str()];
    if let Ok(Some(organization)) = &location.organization_files {
        files.push(organization);
    }
    read(ReadingPolicy {
        partition: bucket.partition,
        account: bucket.account,
        bucket: &location.bucket,
        files: &files,
    })
}

fn s3api(operation: &str, bucket: &Bucket<'_>) -> Command {
    Command::aws("s3api", operation).option("--bucket", bucket.name).option("--region", bucket.region)
}
