//! Who else may write into the bucket or read from it, by its policy or its ACL.

use std::collections::BTreeSet;

use super::bucket::Bucket;
use super::mend::Cut;
use super::remedy;
use crate::account::facts::{Acl, Grantee, OfBucket, PublicAccessBlock};
use crate::account::{Seen, Unavailable};
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::grants::{ANY_SERVICE, Owner, To, granted, is_public};
use crate::judgement::sure::{self, Sure};
use crate::judgement::trail::asking::CLOUDTRAIL;
use crate::policy::{Document, Principal, Principals};
use crate::status::Status;

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
    "s3:DeleteBucket",
];

const READ_OBJECTS: &[&str] = &["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectVersionForReplication"];

const LIST_BUCKET: &[&str] = &["s3:ListBucket", "s3:ListBucketVersions"];

/// All permissions that an ACL knows.
const PERMISSIONS: [&str; 5] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"];

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// One reason why a requirement is not a plain pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Exposure {
    status: Status,
    /// "the world may, by the policy".
    sentence: String,
}

/// What is known of the exposures, and the first fact that is missing from the picture.
#[derive(Default)]
struct Picture {
    exposures: BTreeSet<Exposure>,
    unseen: Option<Unavailable>,
    /// Whether the bucket's switches could take one of the exposures away.
    hangs_on_switches: bool,
}

impl Picture {
    fn add(&mut self, status: Status, sentence: String) {
        self.exposures.insert(Exposure { status, sentence });
    }

    fn miss(&mut self, unavailable: Unavailable) {
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
        let worst = self.exposures.iter().map(|exposure| exposure.status).max();
        match (worst, self.unseen) {
            (Some(Status::Fail), _) | (_, None) => {}
            (_, Some(unseen)) => return Err(unseen),
        }
        let evidence = evidence?;
        let Some(worst) = worst else {
            return Ok(Outcome::pass(format!("{good} bucket {}", bucket.name), evidence));
        };
        let sentences: Vec<&str> = self.exposures.iter().rev().map(|exposure| exposure.sentence.as_str()).collect();
        let message = format!("bucket {} can be {verb}: {}", bucket.name, sentences.join("; "));
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
    writing(bucket).judge(
        bucket,
        evidence(bucket),
        ("written to", "nobody but CloudTrail may write into"),
        Cut::Writers,
    )
}

pub(super) fn readers(bucket: &Bucket<'_>) -> Judgement {
    reading(bucket).judge(
        bucket,
        evidence(bucket),
        ("read", "nobody outside the account may read or list"),
        Cut::Outsiders,
    )
}

fn writing(bucket: &Bucket<'_>) -> Picture {
    let mut picture = Picture::default();
    by_policy(bucket, &mut picture, |policy, owner| writers_by(bucket, policy, owner));
    by_acl(bucket, &mut picture, &["WRITE", "WRITE_ACP", "FULL_CONTROL"], true);
    by_services_of_an_organization(bucket, &mut picture);
    picture
}

/// Where the organization's folder is not known, a service that reaches some organization's may reach it.
fn by_services_of_an_organization(bucket: &Bucket<'_>, picture: &mut Picture) {
    let (Err(unread), Ok((_, Some(policy)))) = (&bucket.location.organization_files, &bucket.policy) else { return };
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
    let told = writers_by(bucket, policy, owner);
    let any_organization = bucket.location.any_organization.trim_end_matches("/*");
    let mut perhaps = granted(policy, WRITE_OBJECTS, any_organization, owner);
    perhaps.retain(|to| matches!(to, To::Service(name) if name != CLOUDTRAIL) && !told.contains(to));
    if !perhaps.is_empty() {
        picture.miss(unread.clone());
    }
}

/// Who but CloudTrail may write into the bucket or change it, by a policy.
pub(super) fn writers_by(bucket: &Bucket<'_>, policy: &Document, owner: Owner<'_>) -> BTreeSet<To> {
    let location = bucket.location;
    let mut to = granted(policy, WRITE_OBJECTS, &location.all_objects, owner);
    // Services share the bucket in peace where they do not reach the trail's own files.
    let mut reaching = granted(policy, CHANGE_BUCKET, &location.bucket, owner);
    to.extend(reaching.iter().cloned());
    reaching.extend(granted(policy, WRITE_OBJECTS, &location.own_files, owner));
    if let Ok(Some(files)) = &location.organization_files {
        reaching.extend(granted(policy, WRITE_OBJECTS, files, owner));
    }
    to.retain(|to| match to {
        To::Service(name) => name != CLOUDTRAIL && reaching.contains(to),
        To::World | To::Account(_) | To::Own(_) => true,
    });
    to
}

fn reading(bucket: &Bucket<'_>) -> Picture {
    let mut picture = Picture::default();
    by_policy(bucket, &mut picture, |policy, owner| readers_by(bucket, policy, owner));
    by_acl(bucket, &mut picture, &["READ", "FULL_CONTROL"], false);
    picture
}

/// Who outside the account may read or list the bucket, by a policy.
pub(super) fn readers_by(bucket: &Bucket<'_>, policy: &Document, owner: Owner<'_>) -> BTreeSet<To> {
    let mut to = granted(policy, READ_OBJECTS, &bucket.location.all_objects, owner);
    to.extend(granted(policy, LIST_BUCKET, &bucket.location.bucket, owner));
    to.into_iter().filter(|to| matches!(to, To::World | To::Account(_))).collect()
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
fn by_policy(bucket: &Bucket<'_>, picture: &mut Picture, find: impl Fn(&Document, Owner<'_>) -> BTreeSet<To>) {
    let policy = match &bucket.policy {
        Ok((_, Some(policy))) => policy,
        Ok((_, None)) => return,
        Err(unavailable) => return picture.miss(unavailable.clone()),
    };
    let owner =
        |canonical_id| Owner { account: bucket.account, partition: bucket.partition, canonical_id, now: bucket.now };
    let to = match canonical_id(bucket) {
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
    for to in to {
        let sentence = sentence(&to, "the policy");
        match to {
            To::World | To::Account(_) if !is_public(policy) => picture.add(Status::Fail, sentence),
            To::World | To::Account(_) => {
                picture.hangs_on_switches = true;
                match restricts_public(bucket) {
                    Ok(true) => picture.add(
                        Status::Warn,
                        format!("{sentence}, and only RestrictPublicBuckets of the public access block holds it back"),
                    ),
                    Ok(false) => picture.add(Status::Fail, sentence),
                    Err(unavailable) => picture.miss(unavailable),
                }
            }
            To::Own(_) | To::Service(_) => picture.add(Status::Warn, sentence),
        }
    }
}

fn sentence(to: &To, by: &str) -> String {
    match to {
        To::World => format!("by the world, by {by}"),
        To::Account(account) => format!("by another account ({account}), by {by}"),
        To::Own(account) => format!("by principals of this account ({account}) that {by} names"),
        To::Service(name) if name == ANY_SERVICE => format!("by any AWS service, by {by}"),
        To::Service(name) => format!("by the AWS service {name}, by {by}"),
    }
}

/// The owner's canonical id, which only the ACL tells.
fn canonical_id<'a>(bucket: &Bucket<'a>) -> Result<&'a str, Unavailable> {
    let acl = bucket.acl.clone()?;
    match acl.get().present().and_then(|acl| acl.owner.as_deref()) {
        Some(id) => Ok(id),
        None => Err(acl.unknowable(format!("the owner of bucket {} is not told", bucket.name))),
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

/// Adds to whom the ACL grants one of `permissions`, as far as the ACL counts at all.
fn by_acl(bucket: &Bucket<'_>, picture: &mut Picture, permissions: &[&str], services_too: bool) {
    let acl = match &bucket.acl {
        Ok(acl) => *acl,
        Err(unavailable) => return picture.miss(unavailable.clone()),
    };
    let Some(list) = acl.get().present() else {
        return picture.miss(acl.unknowable(format!("the ACL of bucket {} is not told", bucket.name)));
    };
    for grant in &list.grants {
        match &grant.permission {
            Some(permission) if permissions.contains(&permission.as_str()) => {
                by_grant(bucket, picture, (acl, list), &grant.grantee, services_too);
            }
            Some(permission) if PERMISSIONS.contains(&permission.as_str()) => {}
            _ => picture.miss(acl.unknowable(format!("a permission in the ACL of bucket {} is not told", bucket.name))),
        }
    }
}

fn by_grant(
    bucket: &Bucket<'_>,
    picture: &mut Picture,
    (seen, list): (Seen<'_, OfBucket<Acl>>, &Acl),
    grantee: &Grantee,
    services_too: bool,
) {
    let (to, is_public) = match grantee {
        Grantee::CanonicalUser(id) => match &list.owner {
            Some(owner) if owner == id => return,
            Some(_) => (To::Account(id.clone()), false),
            None => return picture.miss(seen.unknowable(format!("the owner of bucket {} is not told", bucket.name))),
        },
        Grantee::Group(uri) if uri == ALL_USERS || uri == AUTHENTICATED_USERS => (To::World, true),
        Grantee::Group(uri) if uri == LOG_DELIVERY => (To::Service("S3 log delivery".to_owned()), false),
        Grantee::Group(other) | Grantee::Other(other) => {
            let why = format!("the ACL of bucket {} grants to {other}, and nobody can say who that is", bucket.name);
            return picture.miss(seen.unknowable(why));
        }
    };
    if matches!(to, To::Service(_)) && !services_too {
        return;
    }
    picture.hangs_on_switches = true;
    // Either switch takes the grant away; a switch that was not seen leaves open whether it counts.
    let held_back = [owner_enforced(bucket), if is_public { ignores_public_acls(bucket) } else { Ok(false) }];
    match sure::any(held_back) {
        Ok(true) => {}
        Ok(false) => {
            let status = if matches!(to, To::Service(_)) { Status::Warn } else { Status::Fail };
            picture.add(status, sentence(&to, "its ACL"));
        }
        Err(unavailable) => picture.miss(unavailable),
    }
}

/// Whether the bucket has ACLs switched off.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
pub(super) fn owner_enforced(bucket: &Bucket<'_>) -> Sure {
    let Some(switches) = &bucket.switches else { return Ok(false) };
    let ownership = switches.ownership.clone()?;
    match ownership.get().present().map(String::as_str) {
        Some("BucketOwnerEnforced") => Ok(true),
        Some("BucketOwnerPreferred" | "ObjectWriter") | None => Ok(false),
        Some(other) => Err(ownership.unknowable(format!(
            "the object ownership of bucket {} is {other}, and nobody can say whether ACLs count then",
            bucket.name
        ))),
    }
}

fn ignores_public_acls(bucket: &Bucket<'_>) -> Sure {
    block(bucket, "IgnorePublicAcls", |block| block.ignore_public_acls)
}

fn restricts_public(bucket: &Bucket<'_>) -> Sure {
    block(bucket, "RestrictPublicBuckets", |block| block.restrict_public_buckets)
}

fn block(bucket: &Bucket<'_>, name: &str, of: impl Fn(&PublicAccessBlock) -> Option<bool>) -> Sure {
    let Some(switches) = &bucket.switches else { return Ok(false) };
    let block = switches.block.clone()?;
    match block.get().present() {
        None => Ok(false),
        Some(switches) => of(switches).ok_or_else(|| {
            block.unknowable(format!("{name} of the public access block of bucket {} is not told", bucket.name))
        }),
    }
}
