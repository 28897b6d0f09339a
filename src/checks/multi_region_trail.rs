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
        "RecursiveLogging set to false changes no status: it leaves out CloudTrail's own deliveries, which are data events.",
        "TrailNotFoundException and CloudTrailARNInvalidException leave a trail unknown, this account's trails included: they were \
         just listed.",
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
    fix: "Create one multi-region trail with all management events and log file validation, to a bucket of this account whose policy \
          lets CloudTrail write; then start logging.",
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
        Err(unavailable) => {
            return REQUIREMENTS
                .iter()
                .map(|requirement| requirement.unknown(&home, unavailable))
                .collect::<Vec<_>>()
                .into();
        }
    };
    let candidates = judged.into_iter().map(|EvaluatedTrail { candidate, .. }| candidate).collect();
    if let Some(best) = Candidate::best(candidates) {
        return best;
    }
    let elsewhere = trails_elsewhere(account, expect).await;
    let caller = account.caller().await;
    let new = NewTrail::of_caller(caller, expect.home(), &elsewhere);
    let finding = no_trail(account, expect, &home, new.as_ref(), &elsewhere).await;
    let template = template::missing(&finding, new.as_ref());
    CheckResult::from(vec![finding]).with_template(template)
}

/// The trail, and what the bucket's check asks next: a policy that reads the log, which nobody has until it is attached.
fn remedy(home: &str, new: Option<&NewTrail<'_>>) -> Remediation {
    let remedy = Remediation::new(
        "Create a multi-region trail with all management events and log file validation, to a new bucket that only CloudTrail writes; \
         and a policy that reads its log files, which nobody has until you attach it",
    );
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
        let mut message = "there is no trail that records every region".to_owned();
        if !elsewhere.is_empty() {
            let list: Vec<String> =
                elsewhere.iter().map(|(region, names)| format!("{} in {region}", names.join(", "))).collect();
            message = format!("{message}; trails of one region: {}", list.join("; "));
        }
        let evidence =
            Evidence::new(trails, "trails", trails.get().len()).and(trails, "single_region_trails", elsewhere);
        Ok(Outcome::fail(message, evidence, remedy(expect.home(), new)))
    })
}

#[cfg(test)]
mod tests;
