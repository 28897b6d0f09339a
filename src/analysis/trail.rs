//! The account's trails, each judged: `multi-region-trail` shows the best, and `trail-bucket-policy` looks at its bucket.

use futures_util::future::join_all;

use super::clock;
use crate::account::facts::{Bucket, Caller, EventSelectors, Trail, TrailStatus};
use crate::account::source::BucketName;
use crate::account::{Account, Cause, Fact, Observed, Unavailable};
use crate::config::settings::Settings;
use crate::iam::arn::Arn;
use crate::model::finding::{Candidate, Evidence, Finding, Judgement, Outcome, Requirement, Severity, Subject};

mod delivery;
pub mod delivery_request;
pub mod elsewhere;
mod management_events;
pub mod provisioning;
mod remedies;
pub mod selection;
pub mod template;

use management_events::Coverage;
use remedies::{Owner, Remedies};

/// The trail is multi-region.
pub const MULTI_REGION: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/multi-region",
    pass: "the trail is a multi-region trail, so that it records regions that are enabled later too",
    warn: "",
    fail: "fails otherwise: what happens in the regions that nobody looks at stays unseen",
};
/// It logs.
pub const LOGGING: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/logging",
    pass: "the trail is logging now",
    warn: "",
    fail: "fails when it was stopped",
};
/// It records global services.
pub const GLOBAL_EVENTS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/global-events",
    pass: "the trail includes events of global services such as IAM",
    warn: "",
    fail: "fails otherwise: a new administrator would leave no trace",
};
/// It records every management event.
pub const MANAGEMENT_EVENTS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/management-events",
    pass: "its event selectors, all taken together, record every management event, read and write",
    warn: "",
    fail: "fails with a gap; warns when only events of KMS or of the RDS Data API are left out",
};
/// It delivers.
pub const DELIVERY: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/delivery",
    pass: "log files were delivered to S3 within the last 24 hours, and the latest delivery had no error",
    warn: "",
    fail: "fails when S3 refuses the delivery, or when nothing came in 24 hours of logging; warns before that, and when the \
                latest delivery is older",
};
/// Its bucket exists.
pub const BUCKET: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/bucket",
    pass: "the bucket exists and belongs to this account",
    warn: "",
    fail: "fails when there is no such bucket; a refusal is unknown, since the bucket may be another account's",
};
/// Its log files can be validated.
pub const LOG_FILE_VALIDATION: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "multi-region-trail/log-file-validation",
    pass: "log file validation is on, and digests are delivered without error",
    warn: "",
    fail: "warns otherwise: without digests nobody can prove that the log was not altered",
};

/// A trail and what its requirements come to.
pub struct EvaluatedTrail<'a> {
    /// The trail.
    pub trail: Observed<'a, Trail>,
    /// The region that it was made in; `None` where neither AWS nor its ARN says so.
    pub home_region: Option<&'a str>,
    /// Its status, where it could be asked.
    pub status: Result<Observed<'a, TrailStatus>, Unavailable>,
    /// Its findings.
    pub candidate: Candidate,
}

/// All trails that the home region knows: the account's multi-region trails wherever they were made, organization trails,
/// and the region's own. Each is judged by itself.
///
/// # Errors
/// The list could not be had.
pub async fn judged<'a>(account: &'a Account, expect: &Settings) -> Result<Vec<EvaluatedTrail<'a>>, &'a Unavailable> {
    let trails = account.trails(expect.home()).await?;
    Ok(join_all(trails.each().map(|trail| judge(account, expect, trail))).await)
}

/// The region that a trail was made in: AWS's word, else its ARN's.
#[must_use]
pub fn home_region(trail: &Trail) -> Option<&str> {
    trail
        .home_region
        .as_deref()
        .or_else(|| Arn::parse(&trail.arn).map(|arn| arn.region))
        .filter(|region| !region.is_empty())
}

async fn judge<'a>(account: &'a Account, expect: &Settings, seen: Observed<'a, Trail>) -> EvaluatedTrail<'a> {
    let trail = seen.get();
    let home = home_region(trail);
    let no_region = || seen.undetermined(format!("the home region of trail {} is not told", trail.name));
    let (status, selectors, bucket, caller, regions) = tokio::join!(
        async {
            let region = home.ok_or_else(no_region)?;
            account.trail_status(region, &trail.arn).await.map_err(Unavailable::from)
        },
        async {
            let region = home.ok_or_else(no_region)?;
            account.event_selectors(region, &trail.arn).await.map_err(Unavailable::from)
        },
        bucket(account, seen),
        account.caller(),
        account.enabled_regions(expect.home()),
    );
    let subject = match home {
        Some(region) => Subject::regional(&trail.arn, region),
        None => Subject::global(&trail.arn),
    };
    let remedy = Remedies { trail, home_region: home, owner: whose(trail, caller) };
    let findings = vec![
        MULTI_REGION.judge(&subject, || multi_region(seen, regions, &remedy)),
        LOGGING.judge(&subject, || logging(trail, status.clone()?, &remedy)),
        GLOBAL_EVENTS.judge(&subject, || global_events(seen, &remedy)),
        MANAGEMENT_EVENTS.judge(&subject, || management_events(trail, selectors?, &remedy)),
        DELIVERY.judge(&subject, || delivery::judge(trail, status.clone()?, account.now(), &remedy)),
        bucket_finding(seen, &subject, bucket, &remedy),
        LOG_FILE_VALIDATION.judge(&subject, || log_file_validation(seen, status.clone(), &remedy)),
    ];
    let candidate = Candidate { name: trail.name.clone(), findings };
    EvaluatedTrail { trail: seen, home_region: home, status, candidate }
}

async fn bucket<'a>(
    account: &'a Account,
    seen: Observed<'a, Trail>,
) -> Result<Observed<'a, Option<Bucket>>, Unavailable> {
    let trail = seen.get();
    let Some(name) = &trail.bucket else {
        return Err(seen.undetermined(format!("the bucket of trail {} is not told", trail.name)));
    };
    let Some(region) = home_region(trail) else {
        return Err(seen.undetermined(format!("the home region of trail {} is not told", trail.name)));
    };
    let owner = &account.caller().await?.get().account;
    Ok(account.bucket(BucketName { name, region, owner }).await?)
}

fn multi_region(seen: Observed<'_, Trail>, regions: Fact<'_, Vec<String>>, remedy: &Remedies<'_>) -> Judgement {
    let trail = seen.get();
    let Some(is_multi_region) = trail.is_multi_region else {
        return Err(seen.undetermined(format!("whether trail {} is a multi-region trail is not told", trail.name)));
    };
    let mut evidence = Evidence::new(seen, "IsMultiRegionTrail", is_multi_region);
    if is_multi_region {
        let mut message = format!("trail {} records every region", trail.name);
        // How many those are is for the reader only: unseen, the sentence says less.
        if let Ok(regions) = regions {
            let count = regions.get().len();
            message = format!("{message} ({count} are enabled)");
            evidence = evidence.and(regions, "enabled_regions", count);
        }
        return Ok(Outcome::pass(message, evidence));
    }
    let message = format!("trail {} records one region only", trail.name);
    Ok(Outcome::fail(message, evidence, remedy.multi_region()))
}

fn logging(trail: &Trail, status: Observed<'_, TrailStatus>, remedy: &Remedies<'_>) -> Judgement {
    let Some(is_logging) = status.get().is_logging else {
        return Err(status.undetermined(format!("whether trail {} is logging is not told", trail.name)));
    };
    let evidence = Evidence::new(status, "IsLogging", is_logging);
    if is_logging {
        return Ok(Outcome::pass(format!("trail {} is logging", trail.name), evidence));
    }
    let message = match status.get().stopped_logging {
        Some(stopped) => format!("trail {} was stopped at {}", trail.name, clock::at(stopped)),
        None => format!("trail {} is not logging", trail.name),
    };
    Ok(Outcome::fail(message, evidence.and(status, "StopLoggingTime", status.get().stopped_logging), remedy.start()))
}

fn global_events(seen: Observed<'_, Trail>, remedy: &Remedies<'_>) -> Judgement {
    let trail = seen.get();
    let Some(included) = trail.include_global_service_events else {
        return Err(seen.undetermined(format!("whether trail {} includes global services is not told", trail.name)));
    };
    let evidence = Evidence::new(seen, "IncludeGlobalServiceEvents", included);
    if included {
        return Ok(Outcome::pass(format!("trail {} includes events of global services", trail.name), evidence));
    }
    let message = format!("trail {} leaves out the events of global services such as IAM", trail.name);
    Ok(Outcome::fail(message, evidence, remedy.global_events()))
}

fn management_events(trail: &Trail, selectors: Observed<'_, EventSelectors>, remedy: &Remedies<'_>) -> Judgement {
    let evidence = Evidence::new(selectors, "selectors", selectors.get());
    match management_events::coverage(selectors.get()) {
        Coverage::Complete => {
            Ok(Outcome::pass(format!("trail {} records all management events, read and write", trail.name), evidence))
        }
        Coverage::ButHighVolume(sources) => {
            let sources = sources.into_iter().collect::<Vec<_>>().join(" and ");
            let message = format!("trail {} leaves out the events of {sources}", trail.name);
            Ok(Outcome::warn(message, evidence, remedy.selectors(selectors.get())))
        }
        Coverage::Gap(gap) => Ok(Outcome::fail(
            format!("trail {} leaves out {gap}", trail.name),
            evidence,
            remedy.selectors(selectors.get()),
        )),
        Coverage::Open(why) => Err(selectors.undetermined(format!("trail {}: {why}", trail.name))),
    }
}

fn bucket_finding(
    seen: Observed<'_, Trail>,
    trail_subject: &Subject,
    bucket: Result<Observed<'_, Option<Bucket>>, Unavailable>,
    remedy: &Remedies<'_>,
) -> Finding {
    let trail = seen.get();
    let subject = match &trail.bucket {
        Some(name) => Subject { resource: Some(name.clone()), region: trail_subject.region.clone() },
        None => trail_subject.clone(),
    };
    let mut finding = BUCKET.judge(&subject, || {
        let bucket = bucket?;
        let name = trail.bucket.as_deref().unwrap_or_default();
        match bucket.present() {
            Some(found) => Ok(Outcome::pass(
                format!("bucket {name} exists and is this account's"),
                Evidence::new(bucket, "bucket", name).and(found, "region", &found.get().region),
            )),
            None => Ok(Outcome::fail(
                format!("the bucket {name} of trail {} does not exist", trail.name),
                Evidence::new(bucket, "bucket", name),
                remedy.bucket(),
            )),
        }
    });
    if let Some(Unavailable { cause: Cause::Denied { .. }, .. }) = &finding.unavailable {
        finding.message.push_str("; the bucket may belong to another account");
    }
    finding
}

fn log_file_validation(
    seen: Observed<'_, Trail>,
    status: Result<Observed<'_, TrailStatus>, Unavailable>,
    remedy: &Remedies<'_>,
) -> Judgement {
    let trail = seen.get();
    let Some(is_on) = trail.log_file_validation else {
        return Err(seen.undetermined(format!("whether trail {} validates its log files is not told", trail.name)));
    };
    let evidence = Evidence::new(seen, "LogFileValidationEnabled", is_on);
    if !is_on {
        let message = format!("log file validation of trail {} is off", trail.name);
        return Ok(Outcome::warn(message, evidence, remedy.validation()));
    }
    let status = status?;
    let evidence = evidence.and(status, "LatestDigestDeliveryError", &status.get().latest_digest_delivery_error);
    match &status.get().latest_digest_delivery_error {
        None => Ok(Outcome::pass(format!("log file validation of trail {} is on", trail.name), evidence)),
        Some(error) => {
            let message = format!("digests of trail {} cannot be delivered: S3 says {error}", trail.name);
            Ok(Outcome::warn(message, evidence, remedy.digest_delivery()))
        }
    }
}

/// The account that a trail belongs to, by its ARN.
pub fn owner(trail: &Trail) -> Option<&str> {
    Arn::parse(&trail.arn).map(|arn| arn.account)
}

/// Whether a trail is the caller's own account's: only then can it be changed from here.
fn whose(trail: &Trail, caller: Fact<'_, Caller>) -> Owner {
    match caller {
        Ok(caller) if owner(trail) == Some(caller.get().account.as_str()) => Owner::ThisAccount,
        Ok(_) => Owner::AnotherAccount,
        Err(_) => Owner::Unseen,
    }
}
