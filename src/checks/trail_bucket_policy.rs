//! `trail-bucket-policy`: only AWS writes the logs, and you can read them.

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::account::operation::Operation;
use crate::account::{Account, Unavailable};
use crate::analysis::trail;
use crate::analysis::trail::elsewhere::trails_elsewhere;
use crate::analysis::trail::provisioning::{self, NewTrail};
use crate::analysis::trail::selection::Possible;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{
    Candidate, CheckResult, Chosen, Evidence, Finding, Outcome, Requirement, Severity, Subject,
};
use crate::model::remediation::Remediation;
use crate::model::status::Status;

mod access;
mod acl;
mod bucket;
mod delivery;
mod entitlement;
mod legacy;
mod location;
mod organization;
mod own_account;
mod policy_repair;
mod remedy;
mod template;
mod unrelated;

const DELIVERY: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "trail-bucket-policy/delivery",
    pass: "the bucket's policy lets CloudTrail read the bucket's ACL and write all log files of this trail, and no Deny stops it",
    warn: "",
    fail: "fails without a policy, with one for another trail, prefix or account, with a Deny that applies, and with legacy \
                account IDs of CloudTrail that leave an enabled Region out; warns if digest files can't be written; a condition \
                that can't be decided from outside warns if log files arrive, and is unknown otherwise",
};
const SOURCE_ARN: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "trail-bucket-policy/source-arn",
    pass: "what CloudTrail may do is held to this trail or account by aws:SourceArn or aws:SourceAccount",
    warn: "",
    fail: "warns otherwise: a trail of another account could be pointed at this bucket (the confused deputy)",
};
const WRITERS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "trail-bucket-policy/writers",
    pass: "nobody but CloudTrail may put or delete objects, or change the bucket, by policy or ACL",
    warn: "",
    fail: "fails when the world or another account may; warns for principals of this account, for another AWS service that \
                reaches the trail's own prefix, for CloudTrail's legacy account IDs, for access through this account's access points, \
                for another account that may only change tags and locks of objects, and for what RestrictPublicBuckets holds back",
};
const READERS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "trail-bucket-policy/readers",
    pass: "nobody outside the account may read or list the bucket, by policy or ACL",
    warn: "",
    fail: "fails when the world or another account may; warns for CloudFront without an aws:SourceArn or aws:SourceAccount of this \
                account, for access through this account's access points, and for what RestrictPublicBuckets holds back",
};
const ENTITLEMENT: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "trail-bucket-policy/entitlement",
    pass: "a customer managed policy that somebody has lets its holders read the trail's log files, and no more than that",
    warn: "",
    fail: "fails without one; warns when it fits buckets of unrelated names, only a part of the log, hangs on a condition other than MFA or \
                HTTPS, is attached to nobody, or lets its holders write into the log",
};

const REQUIREMENTS: &[&Requirement] = &[&DELIVERY, &SOURCE_ARN, &WRITERS, &READERS, &ENTITLEMENT];

pub(super) const CHECK: Check = Check {
    id: "trail-bucket-policy",
    title: |_| "CloudTrail bucket policy".to_owned(),
    what: "The bucket of the trail that multi-region-trail chose lets CloudTrail write, held to this trail or account, and nobody else; \
           nobody outside the account reads it; and a customer managed policy lets you read the log files.",
    why: "Whoever writes into the log's bucket can forge the log, and whoever deletes from it can end it. The organization's trail \
          will use the same pattern.",
    decisions: &[
        "Object ownership and the public access block are asked for only where they could hold back something that the policy or the \
         ACL grants: an ACL that was not seen is unknown, whether or not ACLs are switched off.",
        "The account's own public access block is not read: it may protect more than this check sees. The bucket's is.",
        "Of several trails that are equally good one good bucket is enough. Where an unseen fact could change which trail is chosen, \
         and the answer with it, the answer is unknown.",
        "A grant that hangs on an address, a VPC endpoint or an organization counts as granted to the world, since whoever meets the \
         condition need not be of this account.",
        "Another AWS service reaches the trail's own prefix where it may write below AWSLogs/<account>/CloudTrail…, or change the bucket \
         itself; AWS Config in its own folder beside it does not.",
        "Whoever asks chooses between HTTPS and plain HTTP: what is granted over either is granted, and a Deny for one of them stops \
         nobody. AWS's services use HTTPS.",
        "CloudTrail delivers over TLS 1.2 or newer: a Deny of older versions never applies, a Deny of newer ones can't be decided.",
        "aws:SourceOrgID and aws:SourceOrgPaths are absent in a standalone account. If membership can't be read, /delivery is unknown.",
        "The account IDs that CloudTrail had before its service principal deliver from their own Regions. A Region that has none, or \
         is newer than this version, needs the service principal. AWS's lists differ on us-gov-east-1: both IDs are needed there.",
        "A Deny that applies to the service principal fails /delivery, even if legacy account IDs may deliver.",
        "READ_ACP in an ACL shows the list itself and no log; it is not counted.",
        "s3:DataAccessPointAccount and s3:DataAccessPointArn name the access point's owner, not the requester. Direct requests lack them, so \
         they are evaluated apart from requests through this account's and through other accounts' access points.",
        "The policies of access points are not read.",
        "A policy variable in Resource or NotResource is resolved for each requester. A variable that the requester chooses, such as \
         aws:userid, has any value.",
        "A policy is public for S3 if one of its statements grants access without a fixed value. RestrictPublicBuckets blocks only that.",
        "An account of AWS's own (log delivery of Elastic Load Balancing and Redshift, legacy CloudTrail, CloudFront's canonical ID) counts \
         as an AWS service. Redshift's 193672423079 is also a sample attacker account of popular tools.",
        "Tags, retention and legal holds that another account may change warn; by themselves they forge and destroy no log file.",
        "Whoever has no credentials lacks aws:PrincipalArn and aws:PrincipalIsAWSService, so a condition on either with …IfExists leaves \
         a grant the world's, and a Deny on either must have …IfExists to reach them.",
        "A pattern of accounts, such as arn:aws:iam::*:role/x in aws:PrincipalArn, takes whichever account the policy names beside it.",
        "A grantee or a permission of an ACL that this version does not know leaves the answer unknown.",
        "An organization's trail is asked for in the name of the account that owns it, and its log is that of all accounts: a policy \
         that reads one account's part of it reads a part.",
        "Where an organization's trail was seen and the organization's id was not, /delivery and /entitlement are known where the policy \
         fits the folders of all organizations alike.",
        "A pattern of buckets means this one where its name has at least five characters in a row between wildcards (all, of a shorter \
         name): aws-*, *logs* and ??? fit buckets of unrelated names.",
        "CloudTrail is held to this trail or account only where every grant of it in the bucket is, in other folders too.",
        "A variable that names this account in a log reader policy is its ID; any other may be any text.",
        "A policy that is far larger than S3 or IAM stores is unread.",
    ],
    requirements: REQUIREMENTS,
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::DescribeRegions,
        Operation::GetAccountAuthorizationDetails,
        Operation::DescribeTrails,
        Operation::GetTrailStatus,
        Operation::GetEventSelectors,
        Operation::HeadBucket,
        Operation::GetBucketPolicy,
        Operation::GetPublicAccessBlock,
        Operation::GetBucketAcl,
        Operation::GetBucketOwnershipControls,
    ],
    explains_with: &[],
    after: &["multi-region-trail"],
    fix: "Give the bucket the policy that CloudTrail's documentation names, with aws:SourceArn, and nothing else; turn on its public \
          access block; create a customer managed policy that grants s3:GetObject on the log files and attach it to whoever reads them.",
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (judged, ()) = tokio::join!(trail::judged(account, expect), ask_ahead(account, expect));
    let home = Subject { resource: None, region: Some(expect.home().to_owned()) };
    let trails = match judged {
        Ok(trails) => trails,
        Err(unavailable) => {
            let unknown = REQUIREMENTS.iter().map(|requirement| requirement.unknown(&home, unavailable));
            return unknown.collect::<Vec<_>>().into();
        }
    };
    let choices = Possible::of(&trails);
    let buckets =
        |chosen: Vec<_>| join_all(chosen.into_iter().map(|trail| bucket::judge(account, expect, &trails, trail)));
    let (surely, perhaps, instead) = tokio::join!(
        buckets(choices.surely.clone()),
        buckets(choices.perhaps.clone()),
        buckets(choices.instead.clone())
    );
    let surely = best(surely);
    let joined = perhaps.into_iter().filter_map(|other| best(surely.clone().into_iter().chain([other]).collect()));
    let possible: Vec<Candidate> = surely.clone().into_iter().chain(joined).chain(instead).collect();
    let Some(Candidate { name, findings }) = settle(possible, choices.unseen()) else {
        let elsewhere = trails_elsewhere(account, expect).await;
        let new = NewTrail::of_caller(account.caller().await, expect.home(), &elsewhere);
        let judged = CheckResult::from(vec![no_trail(account, expect, &home, new.as_ref()).await]);
        return judged.with_template(new.iter().map(|new| new.reading_policy(DELIVERY.id)).collect());
    };
    let chosen = Some(Chosen { name, others: trails.len().saturating_sub(1) });
    let judged = CheckResult { findings, chosen, ..CheckResult::default() };
    let template = template::missing(&judged, &trails, account).await;
    judged.with_template(template)
}

/// Asks early what the usual account needs, so that no round is spent on waiting: about the buckets of the trails that can pass,
/// before their status is known, and about the policies that read the log.
async fn ask_ahead(account: &Account, expect: &Settings) {
    let Ok(trails) = account.trails(expect.home()).await else { return };
    let promising: Vec<_> = trails.each().filter(|trail| trail.get().is_multi_region != Some(false)).collect();
    if promising.is_empty() {
        return;
    }
    tokio::join!(
        join_all(promising.into_iter().map(async |trail| drop(bucket::Facts::ask(account, trail).await))),
        entitlement::Facts::ask(account),
    );
}

fn best(candidates: Vec<Candidate>) -> Option<Candidate> {
    let CheckResult { findings, chosen, .. } = Candidate::best(candidates)?;
    Some(Candidate { name: chosen?.name, findings })
}

/// What all that is possible comes to alike; where it differs, what is unseen of the trails leaves it open.
fn settle(possible: Vec<Candidate>, unseen: Option<&Unavailable>) -> Option<Candidate> {
    let surely_fails = possible.iter().all(|candidate| candidate.status() == Status::Fail);
    let mut possible = possible.into_iter();
    let first = possible.next()?;
    let Some(unseen) = unseen else { return Some(first) };
    let others: Vec<Candidate> = possible.collect();
    let of = |candidate: &Candidate, id: &str| {
        candidate.findings.iter().find(|finding| finding.id == id).map(|finding| finding.status)
    };
    let agreed = |id: &str| others.iter().all(|other| of(other, id) == of(&first, id));
    let findings: Vec<Finding> = REQUIREMENTS
        .iter()
        .filter_map(|requirement| {
            let finding = first.findings.iter().find(|finding| finding.id == requirement.id);
            if agreed(requirement.id) {
                return finding.cloned();
            }
            let subject = finding.map_or_else(Subject::account, |finding| finding.subject.clone());
            Some(requirement.unknown(&subject, unseen))
        })
        .collect();
    // Each choice fails, if each for a reason of its own: one of them stands for all.
    if surely_fails && !findings.iter().any(|finding| finding.status == Status::Fail) {
        return Some(first);
    }
    Some(Candidate { findings, ..first })
}

async fn no_trail(account: &Account, expect: &Settings, subject: &Subject, new: Option<&NewTrail<'_>>) -> Finding {
    let trails = account.trails(expect.home()).await;
    DELIVERY.judge(subject, || {
        let trails = trails?;
        let remedy = Remediation::new(
            "Create the trail, as multi-region-trail says, with its bucket and the bucket's policy; and let whoever reads the \
             log have a policy for that",
        );
        let remedy = provisioning::create_trail(remedy, expect.home(), new, true);
        let evidence = Evidence::new(trails, "trails", trails.get().len());
        Ok(Outcome::fail("there is no trail, hence no bucket of one", evidence, remedy))
    })
}

#[cfg(test)]
mod tests;
