//! May CloudTrail write this trail's log files, and nobody else's trail? The policy alone is judged.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::bucket::Bucket;
use super::legacy::{self, Coverage, Uncovered};
use super::organization::{Folder, whichever};
use super::remedy;
use crate::account::Unavailable;
use crate::analysis::clock;
use crate::analysis::trail::delivery_request::{
    Asking, CLOUDTRAIL, GET_ACL, ORGANIZATION_KEYS, PUT, SourceOrganization, WHO,
};
use crate::iam::grants::{self, Owner};
use crate::iam::{Context, Decision, Document, Effect, Request, Who, decide};
use crate::model::finding::{Evidence, Judgement, Outcome};

/// A delivery younger than this proves that what cannot be decided from the policy is met.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// What CloudTrail must be allowed to do for the trail.
pub(super) struct Need<'a> {
    what: &'static str,
    pub(super) action: &'static str,
    resource: &'a str,
}

impl Need<'_> {
    /// The part of the resource that CloudTrail writes from one Region, where a directory of each Region is its end.
    pub(super) fn resource_in(&self, region: &str) -> String {
        match self.resource.strip_suffix("/*") {
            Some(directory) if directory.ends_with("/CloudTrail") || directory.ends_with("/CloudTrail-Digest") => {
                format!("{directory}/{region}/*")
            }
            _ => self.resource.to_owned(),
        }
    }

    fn request<'r>(&'r self, context: &'r Context) -> Request<'r> {
        Request { who: WHO, action: self.action, resource: self.resource, context }
    }
}

fn ask(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>) -> Decision {
    decide(&[policy], &need.request(&bucket.asking().context(need.action)))
}

/// What the policy says of a need: by the service principal, or by legacy account IDs where it names any.
fn covered(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>) -> Judged {
    let decision = ask(bucket, policy, need);
    let is_final = matches!(decision, Decision::Allowed | Decision::Denied { explicit: true });
    if is_final || !legacy::is_named(policy, need.action) {
        return Ok(Answer::from(decision));
    }
    Ok(match legacy::coverage(bucket, policy, need)? {
        Coverage::Whole => Answer::Allowed,
        Coverage::Gap(uncovered) => Answer::Uncovered(uncovered),
        Coverage::Depends(keys) => Answer::Depends(keys),
    })
}

/// What the policy says of an organization's folder that is not known: only what it says of all of them.
fn ask_for_any(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>, unread: &Unavailable) -> Judged {
    let is_organization = bucket.trail.get().is_organization == Some(true);
    match whichever(policy, &need.request(&bucket.asking().context(need.action))) {
        Folder::Alike(decision) if is_organization || decision == Decision::Allowed => Ok(decision.into()),
        Folder::Alike(_) | Folder::Hangs => Err(unread.clone()),
    }
}

/// What the policy says of one need.
enum Answer {
    Allowed,
    Denied {
        explicit: bool,
    },
    /// Legacy account IDs leave enabled Regions without delivery.
    Uncovered(Uncovered),
    Depends(BTreeSet<String>),
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Answer::Allowed,
            Decision::Denied { explicit } => Answer::Denied { explicit },
            Decision::Depends(keys) => Answer::Depends(keys),
        }
    }
}

/// What the policy says of one need, or what leaves it open.
type Judged = Result<Answer, Unavailable>;

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
        let message = format!("Bucket {name} has no policy, so CloudTrail can't write to it");
        return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
    };
    let needs = [
        Need { what: "read the bucket ACL", action: GET_ACL, resource: &location.bucket },
        Need { what: "write the trail's log files", action: PUT, resource: &location.log_files },
    ];
    let mut judged: Vec<(&Need<'_>, Judged)> =
        needs.iter().map(|need| (need, covered(bucket, &policy, need))).collect();
    let of_organization = |resource| Need { what: "write the organization's log files", action: PUT, resource };
    let organization = location.organization_files.as_ref().map(|files| files.as_deref().map(of_organization));
    let any_organization = of_organization(&location.any_organization);
    match &organization {
        Ok(None) => {}
        Ok(Some(need)) => judged.push((need, covered(bucket, &policy, need))),
        Err(unread) => judged.push((&any_organization, ask_for_any(bucket, &policy, &any_organization, unread))),
    }
    let (mut open, mut unseen) = (BTreeSet::new(), None);
    for (need, decision) in judged {
        match decision {
            Ok(Answer::Allowed) => {}
            Ok(Answer::Depends(keys)) => open.extend(keys),
            Ok(Answer::Denied { explicit }) => {
                let message = refusal(bucket, &policy, need, explicit);
                return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
            }
            Ok(Answer::Uncovered(uncovered)) => {
                let message = gap(bucket, need, &uncovered);
                return Ok(Outcome::fail(message, evidence, remedy::let_cloudtrail_write(bucket)));
            }
            // What surely fails is not hidden by an organization that was not seen.
            Err(unread) => unseen = Some(unread),
        }
    }
    if let Some(unread) = unseen {
        return Err(unread);
    }
    if !open.is_empty() {
        return undecided(bucket, &open, evidence);
    }
    let pass = format!("The policy of bucket {name} allows CloudTrail to write the log files of trail {}", trail.name);
    let digests = Need { what: "write digest files", action: PUT, resource: &location.digests };
    match (covered(bucket, &policy, &digests), trail.log_file_validation) {
        (Ok(Answer::Allowed), _) | (_, Some(false)) => Ok(Outcome::pass(pass, evidence)),
        (Ok(Answer::Depends(keys)), Some(true)) if unread_organization(bucket, &keys).is_some() => {
            undecided(bucket, &keys, evidence)
        }
        (Err(unread), Some(true)) => Err(unread),
        (_, Some(true)) => {
            let message = format!("{pass}, but may not allow digest files, which log file validation needs");
            Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
        }
        (_, None) => Err(bucket.trail.undetermined(format!(
            "CloudTrail doesn't return whether trail {} validates its log \
                                                   files",
            trail.name
        ))),
    }
}

/// The policy leaves it to a condition: that log files arrive proves that it is met.
fn undecided(bucket: &Bucket<'_>, keys: &BTreeSet<String>, evidence: Evidence) -> Judgement {
    if let Some(unread) = unread_organization(bucket, keys) {
        return Err(unread.clone());
    }
    let name = bucket.name;
    let status = bucket.status.clone()?;
    let keys = keys.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let open = format!(
        "It can't be evaluated whether the policy of bucket {name} allows CloudTrail to write: it \
                        depends on {keys}"
    );
    match status.get().latest_delivery {
        Some(latest) if status.get().latest_delivery_error.is_none() && bucket.now.duration_since(latest) <= FRESH => {
            let evidence = evidence.and(status, "LatestDeliveryTime", latest);
            let message = format!("{open}. Log files do arrive, the latest at {}", clock::at(latest));
            Ok(Outcome::warn(message, evidence, remedy::let_cloudtrail_write(bucket)))
        }
        _ => Err(status.undetermined(format!("{open}. No log file arrived within a day to prove it"))),
    }
}

/// Why the answer is unknown and no warning: it depends on the account's organization, which was not read.
fn unread_organization<'a>(bucket: &Bucket<'a>, keys: &BTreeSet<String>) -> Option<&'a Unavailable> {
    let depends = ORGANIZATION_KEYS.iter().any(|key| keys.contains(*key));
    bucket.organization.err().filter(|_| depends)
}

/// The legacy account IDs in the policy are too few.
fn gap(bucket: &Bucket<'_>, need: &Need<'_>, Uncovered { regions, enabled }: &Uncovered) -> String {
    const SHOWN: usize = 5;
    let shown = regions.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if regions.len() > SHOWN { ", …" } else { "" };
    format!(
        "The policy of bucket {} names legacy account IDs of CloudTrail, which can't {} from {} of {enabled} \
         enabled Regions ({shown}{more}): use the service principal {CLOUDTRAIL}",
        bucket.name,
        need.what,
        regions.len(),
    )
}

/// Why CloudTrail may not: a Deny, another trail, another place, or no word of it at all.
fn refusal(bucket: &Bucket<'_>, policy: &Document, need: &Need<'_>, explicit: bool) -> String {
    let (name, trail, what) = (bucket.name, &bucket.trail.get().name, need.what);
    if explicit {
        return format!("An explicit deny in the policy of bucket {name} stops CloudTrail: it can't {what}");
    }
    let allows = || {
        policy.statements.iter().filter(|statement| {
            statement.effect == Effect::Allow && statement.fits(&WHO) && statement.covers_action(need.action)
        })
    };
    if allows().any(|statement| !statement.covers_resource(need.resource, &Context::new()).is_no()) {
        format!(
            "The policy of bucket {name} allows CloudTrail to {what} under conditions that trail {trail} \
                 doesn't meet"
        )
    } else if allows().next().is_some() {
        format!("The policy of bucket {name} allows CloudTrail under another prefix or account only: it can't {what}")
    } else {
        format!("The policy of bucket {name} doesn't allow CloudTrail to {what}")
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
            && (statement.fits(&WHO) || legacy::accounts(statement).next().is_some())
            && [PUT, GET_ACL].iter().any(|action| statement.touches_action(action))
    });
    if !is_cloudtrails {
        return None;
    }
    let evidence = Evidence::new(seen, "bucket", bucket.name);
    Some(Ok(if serves_outsiders(bucket, &policy) {
        let message = format!(
            "The policy of bucket {} doesn't restrict CloudTrail to this trail or account by aws:SourceArn or \
             aws:SourceAccount: other accounts' trails could write to it (confused deputy)",
            bucket.name
        );
        Outcome::warn(message, evidence, remedy::hold_cloudtrail(bucket))
    } else {
        let message = format!("The policy of bucket {} restricts CloudTrail to this trail or account", bucket.name);
        Outcome::pass(message, evidence)
    }))
}

/// Whether the policy lets CloudTrail write, or look at the bucket, for trails of other accounts.
pub(super) fn serves_outsiders(bucket: &Bucket<'_>, policy: &Document) -> bool {
    let owner = Owner { account: bucket.account, partition: bucket.partition, canonical_id: None, now: bucket.now };
    let insiders = [bucket.account, bucket.trail_account];
    let legacy: BTreeSet<&str> = policy.statements.iter().flat_map(legacy::accounts).collect();
    [(PUT, &bucket.location.all_objects), (GET_ACL, &bucket.location.bucket)].iter().any(|(action, resource)| {
        let serves = |who, asking_for: &dyn Fn(&str, &str) -> Context| {
            grants::serves_outsiders(policy, (who, &[action], resource), owner, &insiders, asking_for)
        };
        let as_service = |account: &str, source: &str| {
            let organization = SourceOrganization::Unknown;
            let asking = Asking { source_account: account, source_arn: source, organization, ..bucket.asking() };
            asking.context(action)
        };
        // A grant to a legacy account ID serves every account's trails too, unless a condition names the source.
        serves(WHO, &as_service)
            || legacy.iter().any(|id| {
                serves(Who::Root { account: id }, &|account, source| {
                    let context = bucket.asking().context_of_legacy_account(action, id);
                    context.with("aws:SourceAccount", account).with("aws:SourceArn", source)
                })
            })
    })
}
