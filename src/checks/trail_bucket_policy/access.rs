//! Who else may write into the bucket or read from it, by its policy or its ACL.

use std::collections::{BTreeMap, BTreeSet};

use super::acl::{by_acl, restricts_public};
use super::bucket::Bucket;
use super::remedy;
use crate::account::Unavailable;
use crate::analysis::trail::delivery_request::CLOUDTRAIL;
use crate::checks::trail_bucket_policy::policy_repair::Cut;
use crate::iam::aws_accounts::LogDelivery;
use crate::iam::grants::{ANY_SERVICE, Grantee, Owner, granted, is_public, serves_outsiders};
use crate::iam::{Context, Document, Principal, Principals, Who};
use crate::model::finding::{Evidence, Judgement, Outcome};
use crate::model::status::Status;

/// The service that answers to anybody who asks a distribution.
pub(super) const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// What lets somebody forge or destroy log files. `…Acl` lets one grant oneself the rest.
const WRITE_OBJECTS: &[&str] = &[
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ReplicateObject",
    "s3:ReplicateDelete",
    "s3:ObjectOwnerOverrideToBucketOwner",
    // Under a foreign key nobody here can read them any more.
    "s3:UpdateObjectEncryption",
];

/// What changes the tags of log files, or how long nobody may delete them: by itself it neither forges nor destroys one.
const TAG_AND_LOCK_OBJECTS: &[&str] = &[
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
];

/// What lets somebody change who may, or what happens to log files later.
const CHANGE_BUCKET: &[&str] = &[
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketOwnershipControls",
    "s3:PutLifecycleConfiguration",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutReplicationConfiguration",
    "s3:PutBucketObjectLockConfiguration",
    // "CloudTrail can't deliver to a Requester Pays bucket".
    "s3:PutBucketRequestPayment",
    "s3:PutBucketAbac",
    "s3:DeleteBucket",
];

const READ_OBJECTS: &[&str] = &["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionForReplication"];

const LIST_BUCKET: &[&str] = &["s3:ListBucket", "s3:ListBucketVersions"];

/// One reason why a requirement is not a plain pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Exposure {
    status: Status,
    /// "the world may, by the policy".
    sentence: String,
}

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// All that the requirement is about, as far as it matters.
    Whole,
    /// Only [`TAG_AND_LOCK_OBJECTS`].
    TagsAndLocks,
    /// A service's whole, on behalf of any account.
    ForAnyAccount,
}

/// Who may, and what.
pub(super) type Grants = BTreeMap<Grantee, Extent>;

/// What is known of the exposures, and the first fact that is missing from the picture.
#[derive(Default)]
pub(super) struct Exposures {
    found: BTreeSet<Exposure>,
    unseen: Option<Unavailable>,
    /// Whether the bucket's switches could take one of the exposures away.
    pub(super) hangs_on_switches: bool,
}

impl Exposures {
    pub(super) fn add(&mut self, status: Status, sentence: String) {
        self.found.insert(Exposure { status, sentence });
    }

    pub(super) fn miss(&mut self, unavailable: Unavailable) {
        self.unseen.get_or_insert(unavailable);
    }

    /// A sure failure stands; otherwise what is unseen leaves it open.
    fn judge(
        self,
        bucket: &Bucket<'_>,
        evidence: Result<Evidence, Unavailable>,
        (verb, good): (&str, &str),
        cut: Cut,
    ) -> Judgement {
        let worst = self.found.iter().map(|exposure| exposure.status).max();
        match (worst, self.unseen) {
            (Some(Status::Fail), _) | (_, None) => {}
            (_, Some(unseen)) => return Err(unseen),
        }
        let evidence = evidence?;
        let Some(worst) = worst else {
            return Ok(Outcome::pass(format!("{good} bucket {}", bucket.name), evidence));
        };
        let sentences: Vec<&str> = self.found.iter().rev().map(|exposure| exposure.sentence.as_str()).collect();
        let message = format!("Bucket {} can be {verb}: {}", bucket.name, sentences.join("; "));
        let remedy = remedy::shut_out(bucket, cut);
        Ok(match worst {
            Status::Fail => Outcome::fail(message, evidence, remedy),
            _ => Outcome::warn(message, evidence, remedy),
        })
    }
}

/// Whether anything that the bucket grants could be held back by its public access block or by its object ownership.
pub(super) fn hangs_on_switches(bucket: &Bucket<'_>) -> bool {
    writing(bucket).hangs_on_switches || reading(bucket).hangs_on_switches
}

pub(super) fn writers(bucket: &Bucket<'_>) -> Judgement {
    writing(bucket).judge(bucket, evidence(bucket), ("written to", "Only CloudTrail can write to"), Cut::Writers)
}

pub(super) fn readers(bucket: &Bucket<'_>) -> Judgement {
    reading(bucket).judge(
        bucket,
        evidence(bucket),
        ("read", "No one outside the account can read or list"),
        Cut::Outsiders,
    )
}

fn writing(bucket: &Bucket<'_>) -> Exposures {
    let mut picture = Exposures::default();
    by_policy(bucket, &mut picture, |policy, owner| writers_by(bucket, policy, owner));
    by_acl(bucket, &mut picture, &["WRITE", "WRITE_ACP", "FULL_CONTROL"], true);
    by_services_of_an_organization(bucket, &mut picture);
    picture
}

/// Where the organization's folder is not known, a service that reaches some organization's may reach it.
fn by_services_of_an_organization(bucket: &Bucket<'_>, picture: &mut Exposures) {
    let (Err(unread), Ok((_, Some(policy)))) = (&bucket.location.organization_files, &bucket.policy) else { return };
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
    let told = writers_by(bucket, policy, owner);
    let any_organization = bucket.location.any_organization.trim_end_matches("/*");
    let mut perhaps = granted(policy, WRITE_OBJECTS, any_organization, owner);
    perhaps.retain(|to| is_other_service(to) && !told.contains_key(to));
    if !perhaps.is_empty() {
        picture.miss(unread.clone());
    }
}

/// Who but CloudTrail may write into the bucket or change it, by a policy.
pub(super) fn writers_by(bucket: &Bucket<'_>, policy: &Document, owner: Owner<'_>) -> Grants {
    let location = bucket.location;
    let files = [location.own_files.as_str()].into_iter();
    let files: Vec<&str> = match &location.organization_files {
        Ok(Some(organization)) => files.chain([organization.as_str()]).collect(),
        _ => files.collect(),
    };
    // Services share the bucket in peace where they do not reach the trail's own files.
    let reaching = |actions| files.iter().flat_map(move |files| granted(policy, actions, files, owner));
    let changing = granted(policy, CHANGE_BUCKET, &location.bucket, owner);
    let mut writers = Grants::new();
    let mut add = |to: Grantee, extent| {
        writers.entry(to).or_insert(extent);
    };
    for (actions, extent) in [(WRITE_OBJECTS, Extent::Whole), (TAG_AND_LOCK_OBJECTS, Extent::TagsAndLocks)] {
        granted(policy, actions, &location.all_objects, owner)
            .into_iter()
            .filter(|to| !is_service(to) || is_legacy(to))
            .for_each(|to| add(to, extent));
        reaching(actions).filter(is_other_service).for_each(|to| add(to, extent));
        if extent == Extent::Whole {
            changing.iter().filter(|to| !is_service(to) || is_other_service(to)).for_each(|to| add(to.clone(), extent));
        }
    }
    writers
}

fn is_service(to: &Grantee) -> bool {
    matches!(to, Grantee::Service(_) | Grantee::Aws { .. })
}

fn is_other_service(to: &Grantee) -> bool {
    is_service(to) && !matches!(to, Grantee::Service(name) if name == CLOUDTRAIL)
}

/// Whether it is CloudTrail by an account ID, which it does not need any more, whatever it reaches.
fn is_legacy(to: &Grantee) -> bool {
    matches!(to, Grantee::Aws { delivery: LogDelivery::CloudTrail, .. })
}

fn reading(bucket: &Bucket<'_>) -> Exposures {
    let mut picture = Exposures::default();
    by_policy(bucket, &mut picture, |policy, owner| readers_by(bucket, policy, owner));
    by_acl(bucket, &mut picture, &["READ", "FULL_CONTROL"], false);
    picture
}

/// Who outside the account may read or list the bucket, by a policy. AWS's services may, but for one that serves whoever asks.
pub(super) fn readers_by(bucket: &Bucket<'_>, policy: &Document, owner: Owner<'_>) -> Grants {
    let mut to = granted(policy, READ_OBJECTS, &bucket.location.all_objects, owner);
    to.extend(granted(policy, LIST_BUCKET, &bucket.location.bucket, owner));
    let extent = |to: Grantee| match &to {
        Grantee::World | Grantee::Account(_) | Grantee::AccessPoints => Some((to, Extent::Whole)),
        Grantee::Service(name) if name == CLOUDFRONT && serves_any_distribution(bucket, policy, owner) => {
            Some((to, Extent::ForAnyAccount))
        }
        Grantee::Service(_) | Grantee::Aws { .. } | Grantee::Own(_) => None,
    };
    to.into_iter().filter_map(extent).collect()
}

/// Whether CloudFront may read for distributions of other accounts too: each serves the log to whoever asks it.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>
fn serves_any_distribution(bucket: &Bucket<'_>, policy: &Document, owner: Owner<'_>) -> bool {
    let for_source = |account: &str, source: &str| {
        Context::new()
            .with("aws:SourceAccount", account)
            .with("aws:SourceArn", source)
            // Whatever it is, it is not this account: what is restricted to that is not for CloudFront.
            .with("aws:PrincipalAccount", account)
            .with("aws:ResourceAccount", bucket.account)
            .with("s3:ResourceAccount", bucket.account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", CLOUDFRONT)
            .with("aws:SecureTransport", "true")
            .with("aws:CurrentTime", bucket.now.to_string())
            .with("aws:EpochTime", bucket.now.as_second().to_string())
            .absent("aws:PrincipalArn")
            .absent("aws:PrincipalOrgID")
            .absent("aws:PrincipalOrgPaths")
    };
    let (who, location) = (Who::Service { names: &[CLOUDFRONT] }, bucket.location);
    [(READ_OBJECTS, location.all_objects.as_str()), (LIST_BUCKET, &location.bucket)].into_iter().any(
        |(actions, resource)| serves_outsiders(policy, (who, actions, resource), owner, &[bucket.account], for_source),
    )
}

fn evidence(bucket: &Bucket<'_>) -> Result<Evidence, Unavailable> {
    let seen = match (&bucket.policy, &bucket.acl) {
        (Ok((seen, policy)), _) => Evidence::new(*seen, "policy", policy.is_some()),
        (Err(_), Ok(acl)) => Evidence::new(*acl, "acl_grants", acl.get().present().map(|acl| &acl.grants)),
        (Err(unavailable), Err(_)) => return Err(unavailable.clone()),
    };
    Ok(match &bucket.acl {
        Ok(acl) => seen.and(*acl, "acl_grants", acl.get().present().map(|acl| &acl.grants)),
        Err(_) => seen,
    })
}

/// Adds to whom the policy grants what `find` looks for.
fn by_policy(bucket: &Bucket<'_>, picture: &mut Exposures, find: impl Fn(&Document, Owner<'_>) -> Grants) {
    let policy = match &bucket.policy {
        Ok((_, Some(policy))) => policy,
        Ok((_, None)) => return,
        Err(unavailable) => return picture.miss(unavailable.clone()),
    };
    let owner =
        |canonical_id| Owner { account: bucket.account, partition: bucket.partition, canonical_id, now: bucket.now };
    let grants = match canonical_id(bucket) {
        Ok(id) => find(policy, owner(Some(id))),
        Err(unseen) => {
            // Whose a canonical id is then stays open, which matters only where the policy names one.
            let (as_others, none) = (find(policy, owner(None)), find(&without_canonical_ids(policy), owner(None)));
            if as_others != none {
                picture.miss(unseen);
            }
            none
        }
    };
    for (to, extent) in grants {
        let sentence = sentence(&to, extent, "the policy");
        match (to, extent) {
            (Grantee::Account(_), Extent::TagsAndLocks)
            | (Grantee::AccessPoints | Grantee::Own(_) | Grantee::Service(_) | Grantee::Aws { .. }, _) => {
                picture.add(Status::Warn, sentence);
            }
            (Grantee::World | Grantee::Account(_), _) if !is_public(policy) => picture.add(Status::Fail, sentence),
            (Grantee::World | Grantee::Account(_), _) => {
                picture.hangs_on_switches = true;
                match restricts_public(bucket) {
                    Ok(true) => picture.add(
                        Status::Warn,
                        format!("{sentence}. Only RestrictPublicBuckets of the public access block prevents it"),
                    ),
                    Ok(false) => picture.add(Status::Fail, sentence),
                    Err(unavailable) => picture.miss(unavailable),
                }
            }
        }
    }
}

pub(super) fn sentence(to: &Grantee, extent: Extent, by: &str) -> String {
    let who = match to {
        Grantee::World => format!("by anyone, by {by}"),
        Grantee::Account(account) => format!("by another account ({account}), by {by}"),
        Grantee::AccessPoints => format!(
            "through this account's access points, by {by}: access is delegated to access points, whose policies \
             aren't read"
        ),
        Grantee::Own(account) => format!("by principals of this account ({account}) that {by} names"),
        Grantee::Service(name) if name == ANY_SERVICE => format!("by any AWS service, by {by}"),
        Grantee::Service(name) => format!("by the AWS service {name}, by {by}"),
        Grantee::Aws { delivery: LogDelivery::CloudTrail, account } => format!(
            "by CloudTrail's legacy account ID {account}, by {by}: replace it with the service principal \
             {CLOUDTRAIL}"
        ),
        Grantee::Aws { delivery, account } => format!("by {} (AWS account {account}), by {by}", delivery.name()),
    };
    match extent {
        Extent::Whole => who,
        Extent::TagsAndLocks => format!("{who} (only tags, retention and legal holds of objects)"),
        Extent::ForAnyAccount => {
            format!("{who}, for any account's distribution: no aws:SourceArn or aws:SourceAccount of this account")
        }
    }
}

/// The owner's canonical id, which only the ACL tells.
fn canonical_id<'a>(bucket: &Bucket<'a>) -> Result<&'a str, Unavailable> {
    let acl = bucket.acl.clone()?;
    match acl.get().present().and_then(|acl| acl.owner.as_deref()) {
        Some(id) => Ok(id),
        None => Err(acl.undetermined(format!("the owner of bucket {} isn't returned", bucket.name))),
    }
}

fn without_canonical_ids(policy: &Document) -> Document {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        if let Some(Principals::Only(named) | Principals::AllBut(named)) = &mut statement.principals {
            named.retain(|principal| !matches!(principal, Principal::CanonicalUser(_)));
        }
    }
    policy
}
