//! May CloudTrail write this trail's log files, and nobody else's trail? The policy alone is judged.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>

use jiff::SignedDuration;

use super::bucket::Bucket;
use super::remedy;
use crate::account::Unavailable;
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::grants::{self, Owner};
use crate::policy::{Context, Decision, Document, Effect, Request, Who, decide};

const CLOUDTRAIL: Who<'static> = Who::Service { names: &["cloudtrail.amazonaws.com"] };

/// A delivery younger than this proves that what cannot be decided from the policy is met.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What CloudTrail brings along when it asks for a trail: verdicts of conditions hang on these and no others.
fn request_for(trail_arn: &str, account: &str) -> Context {
    Context::new()
        .with("aws:SourceArn", trail_arn)
        .with("aws:SourceAccount", account)
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", "cloudtrail.amazonaws.com")
        .with("aws:SecureTransport", "true")
        .with("aws:ViaAWSService", "false")
        .absent("aws:PrincipalOrgID")
        .absent("aws:PrincipalArn")
        .absent("aws:SourceVpc")
        .absent("aws:SourceVpce")
        .absent("aws:MultiFactorAuthPresent")
}

/// The same when it writes: headers come with the write only.
fn write_for(bucket: &Bucket<'_>, context: Context) -> Context {
    let context = context.with("s3:x-amz-acl", "bucket-owner-full-control");
    match &bucket.trail.kms_key {
        Some(_) => context.with("s3:x-amz-server-side-encryption", "aws:kms"),
        None => context,
    }
}

/// What CloudTrail must be allowed to do for the trail.
struct Need {
    what: &'static str,
    action: &'static str,
    resource: String,
}

fn needs(bucket: &Bucket<'_>) -> Result<Vec<Need>, Unavailable> {
    let put = |what, resource: &str| Need { what, action: "s3:PutObject", resource: resource.to_owned() };
    let mut needs = vec![
        Need { what: "read the bucket's ACL", action: "s3:GetBucketAcl", resource: bucket.location.bucket.clone() },
        put("write the trail's log files", &bucket.location.log_files),
    ];
    if bucket.trail.is_organization == Some(true) {
        let organization = bucket.organization?;
        let Some(found) = organization.get() else {
            return Err(organization.unknowable(format!(
                "trail {} is an organization trail, and the account is in no organization",
                bucket.trail.name
            )));
        };
        needs.push(put("write the log files of the organization", &bucket.location.of_organization(&found.id)));
    }
    Ok(needs)
}

fn ask(bucket: &Bucket<'_>, policy: &Document, need: &Need) -> Decision {
    let context = request_for(&bucket.trail.arn, bucket.account)
        .with("aws:CurrentTime", bucket.now.to_string())
        .with("aws:EpochTime", bucket.now.as_second().to_string());
    let context = if need.action == "s3:PutObject" { write_for(bucket, context) } else { context };
    let request = Request { who: CLOUDTRAIL, action: need.action, resource: &need.resource, context: &context };
    decide(&[policy], &request)
}

pub(super) fn delivery(bucket: &Bucket<'_>) -> Judgement {
    let (seen, policy) = bucket.policy.clone()?;
    let name = bucket.name;
    let evidence = Evidence::new(seen, "bucket", name).and(seen, "policy", policy.is_some());
    let Some(policy) = policy else {
        let message = format!("bucket {name} has no policy, so CloudTrail may not write into it");
        return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
    };
    let known = [
        Need { what: "read the bucket's ACL", action: "s3:GetBucketAcl", resource: bucket.location.bucket.clone() },
        Need {
            what: "write the trail's log files",
            action: "s3:PutObject",
            resource: bucket.location.log_files.clone(),
        },
    ];
    let refused = |needs: &[Need]| {
        needs.iter().find_map(|need| match ask(bucket, &policy, need) {
            Decision::Denied { explicit } => Some(refusal(bucket, &policy, need, explicit)),
            Decision::Allowed | Decision::Depends(_) => None,
        })
    };
    // What surely fails is not hidden by an organization that was not seen.
    if let Some(message) = refused(&known) {
        return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
    }
    let needs = needs(bucket)?;
    if let Some(message) = refused(&needs) {
        return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
    }
    let open: Vec<String> = needs
        .iter()
        .filter_map(|need| match ask(bucket, &policy, need) {
            Decision::Depends(keys) => Some(keys),
            Decision::Allowed | Decision::Denied { .. } => None,
        })
        .flatten()
        .collect();
    if !open.is_empty() {
        return undecided(bucket, &open.join(", "), evidence);
    }
    let message =
        format!("only CloudTrail's writes for trail {} are asked for, and bucket {name} lets it", bucket.trail.name);
    match bucket.trail.log_file_validation {
        None => {
            Err(seen.unknowable(format!("whether trail {} validates its log files is not told", bucket.trail.name)))
        }
        Some(false) => Ok(Outcome::pass(message, evidence)),
        Some(true) => {
            let digests =
                Need { what: "write digest files", action: "s3:PutObject", resource: bucket.location.digests.clone() };
            match ask(bucket, &policy, &digests) {
                Decision::Allowed => Ok(Outcome::pass(message, evidence)),
                Decision::Depends(_) | Decision::Denied { .. } => {
                    let message =
                        format!("the policy of bucket {name} does not surely let CloudTrail write digest files");
                    Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
                }
            }
        }
    }
}

/// The policy leaves it to a condition: that log files arrive proves that it is met.
fn undecided(bucket: &Bucket<'_>, keys: &str, evidence: Evidence) -> Judgement {
    let name = bucket.name;
    let status = bucket.status.clone()?;
    let open = format!("whether the policy of bucket {name} lets CloudTrail write hangs on {keys}");
    match status.get().latest_delivery {
        Some(latest) if status.get().latest_delivery_error.is_none() && bucket.now.duration_since(latest) <= FRESH => {
            let evidence = evidence.and(status, "LatestDeliveryTime", latest);
            let message = format!("{open}; log files do arrive, the latest at {latest}");
            Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
        }
        _ => Err(status.unknowable(format!("{open}, and no log file arrived within a day to prove it"))),
    }
}

/// Why CloudTrail may not: a Deny, another trail, another place, or no word of it at all.
fn refusal(bucket: &Bucket<'_>, policy: &Document, need: &Need, explicit: bool) -> String {
    let (name, trail, what) = (bucket.name, &bucket.trail.name, need.what);
    if explicit {
        return format!("a Deny in the policy of bucket {name} stops CloudTrail: it may not {what}");
    }
    let mut allows = policy.statements.iter().filter(|statement| {
        statement.effect == Effect::Allow && statement.fits(&CLOUDTRAIL) && statement.covers_action(need.action)
    });
    let (fitting, elsewhere): (Vec<_>, Vec<_>) =
        allows.by_ref().partition(|statement| !statement.covers_resource(&need.resource, &Context::new()).is_no());
    if !fitting.is_empty() {
        format!("the policy of bucket {name} lets CloudTrail {what} under conditions that trail {trail} does not meet")
    } else if !elsewhere.is_empty() {
        format!(
            "the policy of bucket {name} lets CloudTrail in elsewhere only: it may not {what} (prefix or account differ)"
        )
    } else {
        format!("the policy of bucket {name} does not let CloudTrail {what}")
    }
}

/// Whether CloudTrail's grants are held to this trail or account; `None` where there are none to hold.
pub(super) fn source_arn(bucket: &Bucket<'_>) -> Option<Judgement> {
    let (seen, policy) = match bucket.policy.clone() {
        Ok((seen, Some(policy))) => (seen, policy),
        Ok((_, None)) => return None,
        Err(unavailable) => return Some(Err(unavailable)),
    };
    let is_cloudtrails = policy.statements.iter().any(|statement| {
        statement.effect == Effect::Allow
            && statement.fits(&CLOUDTRAIL)
            && ["s3:PutObject", "s3:GetBucketAcl"].iter().any(|action| statement.touches_action(action))
    });
    if !is_cloudtrails {
        return None;
    }
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
    let deputies = grants::other_sources(&policy, owner);
    let may = |(account, source): &(String, String)| {
        let context = request_for(source, account);
        let write = write_for(bucket, context.clone());
        [("s3:GetBucketAcl", &bucket.location.bucket, &context), ("s3:PutObject", &bucket.location.log_files, &write)]
            .iter()
            .any(|(action, resource, context)| {
                let request = Request { who: CLOUDTRAIL, action, resource, context };
                !matches!(decide(&[&policy], &request), Decision::Denied { .. })
            })
    };
    let evidence = Evidence::new(seen, "bucket", bucket.name);
    Some(Ok(if deputies.iter().any(may) {
        let message = format!(
            "the policy of bucket {} lets CloudTrail write for trails of other accounts too (the confused deputy)",
            bucket.name
        );
        Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket))
    } else {
        Outcome::pass("CloudTrail's access is held to this trail or account", evidence)
    }))
}
