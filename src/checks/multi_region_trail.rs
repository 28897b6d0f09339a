//! `multi-region-trail`: CloudTrail records every region to S3, now.

use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::Check;
use crate::account::facts::{Caller, Trail};
use crate::account::{Account, Fact, Seen};
use crate::expectations::Expectations;
use crate::finding::{Candidate, Evidence, Finding, Judged, Outcome, Requirement, Subject};
use crate::judgement::trail::making;
use crate::judgement::trail::{
    self, BUCKET, DELIVERY, GLOBAL_EVENTS, JudgedTrail, LOG_FILE_VALIDATION, LOGGING, MANAGEMENT_EVENTS, MULTI_REGION,
};
use crate::operation::Operation;
use crate::remediation::Remediation;

const REQUIREMENTS: &[&Requirement] =
    &[&MULTI_REGION, &LOGGING, &GLOBAL_EVENTS, &MANAGEMENT_EVENTS, &DELIVERY, &BUCKET, &LOG_FILE_VALIDATION];

pub(super) const CHECK: Check = Check {
    id: "multi-region-trail",
    title: |_| "CloudTrail records every region".to_owned(),
    what: "A multi-region trail of CloudTrail is logging all management events to a bucket of this account, and the log files \
           arrive. All trails that the home region knows are candidates, shadow trails and organization trails included; status \
           and selectors are asked in the region where a trail was made.",
    why: "An organization begins with this account's log. What nobody recorded before the first incident cannot be found after it.",
    decisions: &[
        "Events of KMS and of the RDS Data API may be left out with a warning, as CloudTrail's own console offers it; any other \
         gap fails, also one that a selector's field leaves that this version does not know.",
        "A latest delivery that lies in the future by a clock's fault counts as fresh.",
        "A trail that has never delivered and is not logging fails its delivery, whenever it was started.",
        "How many regions a trail covers is shown where the enabled regions could be seen, and nothing hangs on it.",
        "Single-region trails in other regions do not count; they are looked for only when the home region knows no trail at all, \
         to say so.",
    ],
    requirements: REQUIREMENTS,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeRegions,
        Operation::DescribeTrails,
        Operation::GetTrailStatus,
        Operation::GetEventSelectors,
        Operation::HeadBucket,
    ],
    fix: "Create one multi-region trail with all management events and log file validation, to a bucket of this account whose policy \
          lets CloudTrail write; then start logging.",
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html",
    ],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Expectations) -> Judged {
    let home = Subject { resource: None, region: Some(expect.home().to_owned()) };
    let judged = match trail::judged(account, expect).await {
        Ok(judged) => judged,
        Err(unavailable) => {
            return REQUIREMENTS
                .iter()
                .map(|requirement| requirement.unknown(&home, unavailable))
                .collect::<Vec<_>>()
                .into();
        }
    };
    let candidates = judged.into_iter().map(|JudgedTrail { candidate, .. }| candidate).collect();
    match Candidate::best(candidates) {
        Some(best) => best,
        None => vec![no_trail(account, expect, &home).await].into(),
    }
}

/// The trail, and what the bucket's check asks next: a policy that reads the log, which nobody has until it is attached.
fn remedy(home: &str, caller: Fact<'_, Caller>) -> Remediation {
    let remedy = Remediation::new(
        "Create a multi-region trail with all management events and log file validation, to a new bucket that only CloudTrail writes; \
         and a policy that reads its log files, which nobody has until you attach it",
    );
    making::create_trail(remedy, home, caller, false)
}

/// There is no trail: says so, and which regions have one of their own.
async fn no_trail(account: &Account, expect: &Expectations, subject: &Subject) -> Finding {
    let (trails, caller, elsewhere) =
        tokio::join!(account.trails(expect.home()), account.caller(), trails_elsewhere(account, expect));
    MULTI_REGION.judge(subject, || {
        let trails = trails?;
        let mut message = "there is no trail that records every region".to_owned();
        if !elsewhere.is_empty() {
            let list: Vec<String> =
                elsewhere.iter().map(|(region, names)| format!("{} in {region}", names.join(", "))).collect();
            message = format!("{message}; trails of one region: {}", list.join("; "));
        }
        let evidence =
            Evidence::new(trails, "trails", trails.get().len()).and(trails, "single_region_trails", &elsewhere);
        Ok(Outcome::fail(message, evidence, remedy(expect.home(), caller)))
    })
}

/// The single-region trails of the other enabled regions, as far as they can be seen: they only explain a failure.
async fn trails_elsewhere<'a>(account: &'a Account, expect: &Expectations) -> BTreeMap<&'a str, Vec<&'a str>> {
    let Ok(regions) = account.enabled_regions(expect.home()).await else { return BTreeMap::new() };
    let others = regions.get().iter().filter(|region| *region != expect.home());
    let asked = join_all(others.map(|region| async move { (region.as_str(), account.trails(region).await) })).await;
    let names = |trails: Fact<'a, Vec<Trail>>| -> Vec<&'a str> {
        let Ok(trails) = trails else { return Vec::new() };
        trails.each().map(|trail: Seen<'a, Trail>| trail.get().name.as_str()).collect()
    };
    asked.into_iter().map(|(region, trails)| (region, names(trails))).filter(|(_, names)| !names.is_empty()).collect()
}

#[cfg(test)]
mod tests;
