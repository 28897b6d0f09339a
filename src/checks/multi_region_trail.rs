//! `multi-region-trail`: CloudTrail records every region to S3, now.

use std::collections::BTreeMap;

use futures_util::FutureExt;

use crate::account::Account;
use crate::account::operation::Operation;
use crate::analysis::trail::elsewhere::trails_elsewhere;
use crate::analysis::trail::provisioning::{self, NewTrail};
use crate::analysis::trail::{
    self, BUCKET, DELIVERY, EvaluatedTrail, GLOBAL_EVENTS, LOG_FILE_VALIDATION, LOGGING, MANAGEMENT_EVENTS,
    MULTI_REGION,
};
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{Candidate, CheckResult, Evidence, Finding, Outcome, Requirement, Subject};
use crate::model::remediation::Remediation;

mod template;

const REQUIREMENTS: &[&Requirement] =
    &[&MULTI_REGION, &LOGGING, &GLOBAL_EVENTS, &MANAGEMENT_EVENTS, &DELIVERY, &BUCKET, &LOG_FILE_VALIDATION];

pub(super) const CHECK: Check = Check {
    id: "multi-region-trail",
    title: |_| "Multi-Region CloudTrail to S3".to_owned(),
    passes_when: "a multi-Region CloudTrail trail logs all management events to S3",
    what: "Checks that a multi-Region CloudTrail trail logs all management events to a bucket of this account, \
           and that the log files arrive. All trails that your home Region lists are candidates, including shadow \
           trails and organization trails. Status and selectors are read in the trail's home Region.",
    why: "An organization starts with this account's log. What wasn't logged before the first incident can't be \
          found afterwards.",
    decisions: &[
        "Excluding events of KMS or of the RDS Data API is a warning: CloudTrail's own console offers it. Any \
         other gap fails, also one by a selector field that this version doesn't know.",
        "A latest delivery in the future, by a clock's error, counts as recent.",
        "If a trail has never delivered and isn't logging, delivery fails, whenever logging was started.",
        "The number of Regions is shown if the enabled Regions could be read. No verdict depends on it.",
        "Single-Region trails in other Regions don't count. They are listed only if the home Region lists no \
         trail at all.",
        "RecursiveLogging set to false changes no status: it excludes CloudTrail's own deliveries, which are data \
         events.",
        "TrailNotFoundException and CloudTrailARNInvalidException make a trail unknown, also one of this account: \
         it was just listed.",
    ],
    requirements: REQUIREMENTS,
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeRegions,
        Operation::DescribeTrails,
        Operation::GetTrailStatus,
        Operation::GetEventSelectors,
        Operation::HeadBucket,
    ],
    explains_with: &[],
    after: &["admin-user-mfa"],
    fix: "Create one multi-Region trail with all management events and log file validation. Its bucket is in this \
          account and has a bucket policy that allows CloudTrail to write. Then start logging.",
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html",
    ],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let home = Subject { resource: None, region: Some(expect.home().to_owned()) };
    let judged = match trail::judged(account, expect).await {
        Ok(judged) => judged,
        Err(unavailable) => return CHECK.unknown(&home, unavailable).into(),
    };
    let candidates = judged.into_iter().map(|EvaluatedTrail { candidate, .. }| candidate).collect();
    if let Some(best) = Candidate::best(candidates) {
        return best.with_passed(passed);
    }
    let elsewhere = trails_elsewhere(account, expect).await;
    let caller = account.caller().await;
    let new = NewTrail::of_caller(caller, expect.home(), &elsewhere);
    let finding = no_trail(account, expect, &home, new.as_ref(), &elsewhere).await;
    let template = template::missing(&finding, new.as_ref());
    CheckResult::from(vec![finding]).with_template(template)
}

/// Which trail delivers to which bucket, in how many Regions, and when it last did.
fn passed(result: &CheckResult) -> Option<String> {
    let mut line = format!("{} → {}", result.name()?, result.value(&trail::BUCKET, "bucket")?);
    if let Some(regions) = result.value(&MULTI_REGION, "enabled_regions") {
        line = format!("{line}; {regions} Regions");
    }
    let latest = result.value(&trail::DELIVERY, "LatestDeliveryTime");
    match latest.as_deref().and_then(|latest| latest.get(11..16)) {
        Some(time) => Some(format!("{line}; last delivery {time}")),
        None => Some(line),
    }
}

/// The trail, and what the bucket's check asks next: a policy that reads the log, which nobody has until it is attached.
fn remedy(home: &str, new: Option<&NewTrail<'_>>) -> Remediation {
    let remedy = Remediation::new("Create a multi-Region trail, its bucket, and a log reader policy");
    provisioning::create_trail(remedy, home, new, false)
}

/// There is no trail: says so, and which regions have one of their own.
async fn no_trail(
    account: &Account,
    expect: &Settings,
    subject: &Subject,
    new: Option<&NewTrail<'_>>,
    elsewhere: &BTreeMap<&str, Vec<&str>>,
) -> Finding {
    let trails = account.trails(expect.home()).await;
    MULTI_REGION.judge(subject, || {
        let trails = trails?;
        let mut message = "No multi-Region trail".to_owned();
        if !elsewhere.is_empty() {
            let list: Vec<String> =
                elsewhere.iter().map(|(region, names)| format!("{} in {region}", names.join(", "))).collect();
            message = format!("{message}. Single-Region trails: {}", list.join("; "));
        }
        let evidence =
            Evidence::new(trails, "trails", trails.get().len()).and(trails, "single_region_trails", elsewhere);
        Ok(Outcome::fail(message, evidence, remedy(expect.home(), new)).brief("no multi-Region trail"))
    })
}

#[cfg(test)]
mod tests;
