//! To whom the bucket's ACL grants something, and the switches that hold grants back.

use super::access::{Exposures, Extent, sentence};
use super::bucket::Bucket;
use crate::account::Observed;
use crate::account::facts::{Acl, AclGrantee, OfBucket, PublicAccessBlock};
use crate::analysis::tristate::{self, Sure};
use crate::iam::grants::Grantee;
use crate::model::status::Status;

/// All permissions that an ACL knows.
const PERMISSIONS: [&str; 5] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"];

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Adds to whom the ACL grants one of `permissions`, as far as the ACL counts at all.
pub(super) fn by_acl(bucket: &Bucket<'_>, picture: &mut Exposures, permissions: &[&str], services_too: bool) {
    let acl = match &bucket.acl {
        Ok(acl) => *acl,
        Err(unavailable) => return picture.miss(unavailable.clone()),
    };
    let Some(list) = acl.get().present() else {
        return picture.miss(acl.undetermined(format!("The ACL of bucket {} isn't returned", bucket.name)));
    };
    for grant in &list.grants {
        match &grant.permission {
            Some(permission) if permissions.contains(&permission.as_str()) => {
                by_grant(bucket, picture, (acl, list), &grant.grantee, services_too);
            }
            Some(permission) if PERMISSIONS.contains(&permission.as_str()) => {}
            _ => {
                picture.miss(
                    acl.undetermined(format!("A permission in the ACL of bucket {} isn't returned", bucket.name)),
                );
            }
        }
    }
}

fn by_grant(
    bucket: &Bucket<'_>,
    picture: &mut Exposures,
    (seen, list): (Observed<'_, OfBucket<Acl>>, &Acl),
    grantee: &AclGrantee,
    services_too: bool,
) {
    let (to, is_public) = match grantee {
        AclGrantee::CanonicalUser(id) => match &list.owner {
            Some(owner) if owner == id => return,
            Some(_) => (Grantee::other_account(id), false),
            None => {
                return picture.miss(seen.undetermined(format!("The owner of bucket {} isn't returned", bucket.name)));
            }
        },
        AclGrantee::Group(uri) if uri == ALL_USERS || uri == AUTHENTICATED_USERS => (Grantee::World, true),
        AclGrantee::Group(uri) if uri == LOG_DELIVERY => (Grantee::Service("S3 log delivery".to_owned()), false),
        AclGrantee::Group(other) | AclGrantee::Other(other) => {
            let why = format!("The ACL of bucket {} grants access to {other}, an unknown grantee", bucket.name);
            return picture.miss(seen.undetermined(why));
        }
    };
    let is_service = matches!(to, Grantee::Service(_) | Grantee::Aws { .. });
    if is_service && !services_too {
        return;
    }
    picture.hangs_on_switches = true;
    // Either switch takes the grant away; a switch that was not seen leaves open whether it counts.
    let held_back = [owner_enforced(bucket), if is_public { ignores_public_acls(bucket) } else { Ok(false) }];
    match tristate::any(held_back) {
        Ok(true) => {}
        Ok(false) => {
            let status = if is_service { Status::Warn } else { Status::Fail };
            picture.add(status, sentence(&to, Extent::Whole, "its ACL"));
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
        Some(other) => Err(ownership.undetermined(format!(
            "The object ownership of bucket {} is {other}, so it isn't known whether ACLs count",
            bucket.name
        ))),
    }
}

fn ignores_public_acls(bucket: &Bucket<'_>) -> Sure {
    block(bucket, "IgnorePublicAcls", |block| block.ignore_public_acls)
}

pub(super) fn restricts_public(bucket: &Bucket<'_>) -> Sure {
    block(bucket, "RestrictPublicBuckets", |block| block.restrict_public_buckets)
}

fn block(bucket: &Bucket<'_>, name: &str, of: impl Fn(&PublicAccessBlock) -> Option<bool>) -> Sure {
    let Some(switches) = &bucket.switches else { return Ok(false) };
    let block = switches.block.clone()?;
    match block.get().present() {
        None => Ok(false),
        Some(switches) => of(switches).ok_or_else(|| {
            block.undetermined(format!("{name} of the public access block of bucket {} isn't returned", bucket.name))
        }),
    }
}
