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
    id: "trail-bucket-policy/delivery",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    pass: "the bucket policy allows CloudTrail to read the bucket ACL and to write all log files of this \
            trail",
    warn: "digest files can't be written, or log files arrive but the policy has a condition that can't \
            be evaluated",
    fail: "no policy; a policy for another trail, prefix or account; an explicit deny; or legacy \
            CloudTrail account IDs that don't cover every enabled Region",
};
const SOURCE_ARN: Requirement = Requirement {
    id: "trail-bucket-policy/source-arn",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    pass: "CloudTrail's access is restricted to this trail or account by aws:SourceArn or aws:SourceAccount",
    warn: "it isn't: another account could point its trail at this bucket (confused deputy)",
    fail: "",
};
const WRITERS: Requirement = Requirement {
    id: "trail-bucket-policy/writers",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    pass: "only CloudTrail can put or delete objects or change the bucket, by policy or ACL",
    warn: "principals or access points of this account, another AWS service, legacy CloudTrail account IDs, \
            cross-account tags and locks, or public access that only RestrictPublicBuckets blocks",
    fail: "anyone or another account can",
};
const READERS: Requirement = Requirement {
    id: "trail-bucket-policy/readers",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    pass: "no one outside the account can read or list the bucket, by policy or ACL",
    warn: "CloudFront without a condition on this account, this account's access points, or public access \
            that only RestrictPublicBuckets blocks",
    fail: "anyone or another account can",
};
const ENTITLEMENT: Requirement = Requirement {
    id: "trail-bucket-policy/entitlement",
    severity: Severity::Low,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html",
    pass: "an attached customer managed policy allows reading the trail's log files, and nothing else in \
            the log",
    warn: "the policy fits unrelated buckets or only part of the log, has a condition other than MFA or \
            HTTPS, is not attached, or also allows writing",
    fail: "no such policy",
};

const REQUIREMENTS: &[&Requirement] = &[&DELIVERY, &SOURCE_ARN, &WRITERS, &READERS, &ENTITLEMENT];

pub(super) const CHECK: Check = Check {
    id: "trail-bucket-policy",
    title: |_| "CloudTrail bucket policy".to_owned(),
    passes_when: "only CloudTrail can write to the log bucket; you can read it",
    what: "Checks that only CloudTrail can write to the log bucket, restricted to this trail or account. No one \
           outside the account can read it, and a customer managed policy lets you read the log files. The bucket \
           is that of the trail that multi-region-trail chose.",
    why: "With write access to the log bucket, anyone can forge the log. With delete access, anyone can destroy \
          it. The organization's trail will use the same pattern.",
    decisions: &[
        "Stage org-foundation doesn't have this check: there the bucket belongs in the account for logs.",
        "Object ownership and the public access block are read only if they could block something that the policy \
         or the ACL grants. An unread ACL is unknown, whether or not ACLs are disabled.",
        "The account-level public access block isn't read: it may protect more than this check sees. The bucket's \
         is read.",
        "Of several equally good trails, one good bucket is enough. If something unknown could change the choice \
         of the trail and with it the answer, the answer is unknown.",
        "A grant under a condition on an address, a VPC endpoint or an organization counts as public: the \
         requester can be outside this account.",
        "Another AWS service reaches the log files if it can write below AWSLogs/<account>/CloudTrail… or change \
         the bucket itself. AWS Config in its own prefix doesn't.",
        "A requester can choose HTTPS or plain HTTP: a grant over either counts, and a Deny for one of them stops \
         no one. AWS services use HTTPS.",
        "CloudTrail delivers over TLS 1.2 or newer: a Deny of older versions never applies, and a Deny of newer \
         ones is unknown.",
        "aws:SourceOrgID and aws:SourceOrgPaths are absent in a standalone account. If membership can't be read, \
         /delivery is unknown.",
        "The account IDs that CloudTrail had before its service principal deliver from their own Regions. A \
         Region that has none, or is newer than this version, needs the service principal. AWS's lists differ on \
         us-gov-east-1: both IDs are needed there.",
        "A Deny that applies to the service principal fails /delivery, even if legacy account IDs may deliver.",
        "READ_ACP in an ACL shows the ACL itself and no log. It doesn't count.",
        "s3:DataAccessPointAccount and s3:DataAccessPointArn name the access point's owner, not the requester. \
         Direct requests lack them. They are evaluated apart from requests through this account's and through \
         other accounts' access points.",
        "The policies of access points aren't read.",
        "A policy variable in Resource or NotResource is resolved for each requester. A variable that the \
         requester chooses, such as aws:userid, has any value.",
        "S3 treats a policy as public if one of its statements grants access without a fixed value. \
         RestrictPublicBuckets blocks only that.",
        "An account of AWS's own counts as an AWS service: log delivery of Elastic Load Balancing and Redshift, \
         legacy CloudTrail, CloudFront's canonical ID. Redshift's 193672423079 is also a sample attacker account \
         of popular tools.",
        "Tags, retention and legal holds that another account can change are a warning: by themselves they forge \
         and destroy no log file.",
        "Anonymous requests lack aws:PrincipalArn and aws:PrincipalIsAWSService. So a condition on either with \
         …IfExists leaves a grant public, and a Deny on either needs …IfExists to apply to them.",
        "A pattern of accounts in aws:PrincipalArn, such as arn:aws:iam::*:role/x, matches the account that the \
         policy names beside it.",
        "A grantee or a permission of an ACL that this version doesn't know makes the answer unknown.",
        "CloudTrail delivers an organization trail in the name of the account that owns it, and the log is that \
         of all accounts. A policy that reads one account's part of it reads only a part.",
        "If an organization trail was read but the organization's ID wasn't, /delivery and /entitlement are known \
         only if the policy fits every organization's prefix alike.",
        "A pattern of buckets counts as this bucket's if its name has at least five characters in a row between \
         wildcards (all characters of a shorter name). So aws-*, *logs* and ??? fit unrelated buckets.",
        "CloudTrail is restricted to this trail or account only if every grant to it in the bucket is, in other \
         prefixes too.",
        "A variable that names this account in a log reader policy is its account ID. Any other can be any text.",
        "A policy that is far larger than S3 or IAM stores is unknown.",
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
    fix: "Give the bucket the policy of CloudTrail's documentation, with aws:SourceArn, and nothing else. Enable \
          its public access block. Create a log reader policy that grants s3:GetObject on the log files, and \
          attach it to the users or groups who read them.",
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
        Err(unavailable) => return CHECK.unknown(&home, unavailable).into(),
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
    judged.with_template(template).with_passed(|result| {
        let reader = result.value(&ENTITLEMENT, "policy")?;
        Some(format!("only CloudTrail can write; {} can read", reader.rsplit('/').next()?))
    })
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
        let remedy = Remediation::new("Create the trail, its bucket policy, and a log reader policy");
        let remedy = provisioning::create_trail(remedy, expect.home(), new, true);
        let evidence = Evidence::new(trails, "trails", trails.get().len());
        Ok(Outcome::fail("No multi-Region trail, so there is no log bucket", evidence, remedy)
            .brief("no trail, so no log bucket"))
    })
}

#[cfg(test)]
mod tests;
