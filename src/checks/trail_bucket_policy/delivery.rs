//! May CloudTrail write this trail's log files, and nobody else's trail? The policy alone is judged.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::bucket::Bucket;
use super::{CLOUDTRAIL, remedy};
use crate::finding::{Evidence, Judgement, Outcome};
use crate::judgement::clock;
use crate::judgement::grants::{self, Owner};
use crate::policy::{Context, Decision, Document, Effect, Request, Who, decide};

const WHO: Who<'static> = Who::Service { names: &[CLOUDTRAIL] };

const GET_ACL: &str = "s3:GetBucketAcl";
const PUT: &str = "s3:PutObject";

/// A delivery younger than this proves that what cannot be decided from the policy is met.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What CloudTrail brings along when it asks for a trail: verdicts of conditions hang on these and no others.
fn request_for(bucket: &Bucket<'_>, account: &str, trail_arn: &str) -> Context {
    Context::new()
        .with("aws:SourceArn", trail_arn)
        .with("aws:SourceAccount", account)
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", CLOUDTRAIL)
        .with("aws:SecureTransport", "true")
        .with("aws:ViaAWSService", "false")
        .with("aws:CurrentTime", bucket.now.to_string())
        .with("aws:EpochTime", bucket.now.as_second().to_string())
        .absent("aws:PrincipalOrgID")
        .absent("aws:PrincipalArn")
        .absent("aws:SourceVpc")
        .absent("aws:SourceVpce")
        .absent("aws:MultiFactorAuthPresent")
}

/// Headers come with the write only.
fn with_headers(bucket: &Bucket<'_>, action: &str, context: Context) -> Context {
    const ACL: &str = "s3:x-amz-acl";
    const ENCRYPTION: &str = "s3:x-amz-server-side-encryption";
    match (action, &bucket.trail.get().kms_key) {
        (PUT, Some(_)) => context.with(ACL, "bucket-owner-full-control").with(ENCRYPTION, "aws:kms"),
        (PUT, None) => context.with(ACL, "bucket-owner-full-control"),
        _ => context.absent(ACL).absent(ENCRYPTION),
    }
}

/// What CloudTrail must be allowed to do for the trail.
struct Need<'a> {
    what: &'static str,
    action: &'static str,
    resource: &'a str,
}

fn ask(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>) -> Decision {
    let context = request_for(bucket, bucket.trail_account, &bucket.trail.get().arn);
    let context = with_headers(bucket, need.action, context);
    decide(&[policy], &Request { who: WHO, action: need.action, resource: need.resource, context: &context })
}

/// Whether a policy lets CloudTrail do all that it must, digests included.
pub(super) fn lets_cloudtrail_write(bucket: &Bucket<'_>, policy: &Document) -> bool {
    let location = bucket.location;
    let organization_files = match &location.organization_files {
        Ok(files) => files.as_deref(),
        Err(_) => return false,
    };
    let files = [location.log_files.as_str(), &location.digests].into_iter().chain(organization_files);
    let mut needs = files.map(|resource| Need { what: "", action: PUT, resource }).chain([Need {
        what: "",
        action: GET_ACL,
        resource: &location.bucket,
    }]);
    needs.all(|need| ask(bucket, policy, &need) == Decision::Allowed)
}

pub(super) fn delivery(bucket: &Bucket<'_>) -> Judgement {
    let (seen, policy) = bucket.policy.clone()?;
    let (name, trail, location) = (bucket.name, bucket.trail.get(), bucket.location);
    let evidence = Evidence::new(seen, "bucket", name).and(seen, "policy", policy.is_some());
    let Some(policy) = policy else {
        let message = format!("bucket {name} has no policy, so CloudTrail may not write into it");
        return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
    };
    let mut needs = vec![
        Need { what: "read the bucket's ACL", action: GET_ACL, resource: &location.bucket },
        Need { what: "write the trail's log files", action: PUT, resource: &location.log_files },
    ];
    if let Ok(Some(files)) = &location.organization_files {
        needs.push(Need { what: "write the log files of the organization", action: PUT, resource: files });
    }
    let mut open = BTreeSet::new();
    for need in &needs {
        match ask(bucket, &policy, need) {
            Decision::Allowed => {}
            Decision::Depends(keys) => open.extend(keys),
            Decision::Denied { explicit } => {
                let message = refusal(bucket, &policy, need, explicit);
                return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
            }
        }
    }
    // What surely fails was not hidden by an organization that was not seen.
    location.organization_files.as_ref()?;
    if !open.is_empty() {
        return undecided(bucket, &open.into_iter().collect::<Vec<_>>().join(", "), evidence);
    }
    let pass = format!("the policy of bucket {name} lets CloudTrail write the log files of trail {}", trail.name);
    let digests = Need { what: "write digest files", action: PUT, resource: &location.digests };
    match (ask(bucket, &policy, &digests), trail.log_file_validation) {
        (Decision::Allowed, _) | (_, Some(false)) => Ok(Outcome::pass(pass, evidence)),
        (_, Some(true)) => {
            let message = format!("{pass}, but not surely its digest files, which log file validation needs");
            Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
        }
        (_, None) => {
            Err(bucket.trail.unknowable(format!("whether trail {} validates its log files is not told", trail.name)))
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
            let message = format!("{open}; log files do arrive, the latest at {}", clock::at(latest));
            Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
        }
        _ => Err(status.unknowable(format!("{open}, and no log file arrived within a day to prove it"))),
    }
}

/// Why CloudTrail may not: a Deny, another trail, another place, or no word of it at all.
fn refusal(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>, explicit: bool) -> String {
    let (name, trail, what) = (bucket.name, &bucket.trail.get().name, need.what);
    if explicit {
        return format!("a Deny in the policy of bucket {name} stops CloudTrail: it may not {what}");
    }
    let allows = || {
        policy.statements.iter().filter(|statement| {
            statement.effect == Effect::Allow && statement.fits(&WHO) && statement.covers_action(need.action)
        })
    };
    if allows().any(|statement| !statement.covers_resource(need.resource, &Context::new()).is_no()) {
        format!("the policy of bucket {name} lets CloudTrail {what} under conditions that trail {trail} does not meet")
    } else if allows().next().is_some() {
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
            && statement.fits(&WHO)
            && [PUT, GET_ACL].iter().any(|action| statement.touches_action(action))
    });
    if !is_cloudtrails {
        return None;
    }
    let evidence = Evidence::new(seen, "bucket", bucket.name);
    Some(Ok(if serves_outsiders(bucket, &policy) {
        let message = format!(
            "the policy of bucket {} serves trails of other accounts too: CloudTrail's statements are not held to this trail or \
             account (the confused deputy)",
            bucket.name
        );
        Outcome::warn(message, evidence, remedy::hold_cloudtrail(bucket))
    } else {
        let message = format!("the policy of bucket {} holds CloudTrail to this trail or account", bucket.name);
        Outcome::pass(message, evidence)
    }))
}

/// Whether the policy lets CloudTrail write, or look at the bucket, for trails of other accounts.
pub(super) fn serves_outsiders(bucket: &Bucket<'_>, policy: &Document) -> bool {
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
    let insiders = [bucket.account, bucket.trail_account];
    [(PUT, &bucket.location.all_objects), (GET_ACL, &bucket.location.bucket)].iter().any(|(action, resource)| {
        grants::serves_outsiders(policy, (CLOUDTRAIL, &[action], resource), owner, &insiders, |account, source| {
            with_headers(bucket, action, request_for(bucket, account, source))
        })
    })
}
