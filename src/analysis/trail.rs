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
    id: "multi-region-trail/multi-region",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html",
    pass: "the trail is a multi-Region trail, so it also covers Regions that are enabled later",
    warn: "",
    fail: "a trail of one Region only: activity elsewhere isn't logged",
};
/// It logs.
pub const LOGGING: Requirement = Requirement {
    id: "multi-region-trail/logging",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
    pass: "the trail is logging",
    warn: "",
    fail: "logging is stopped",
};
/// It records global services.
pub const GLOBAL_EVENTS: Requirement = Requirement {
    id: "multi-region-trail/global-events",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html",
    pass: "the trail logs global service events, such as those of IAM",
    warn: "",
    fail: "it doesn't: changes of users and roles aren't logged",
};
/// It records every management event.
pub const MANAGEMENT_EVENTS: Requirement = Requirement {
    id: "multi-region-trail/management-events",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    pass: "the event selectors together log every management event, read and write",
    warn: "only events of KMS or of the RDS Data API are excluded",
    fail: "any other gap",
};
/// It delivers.
pub const DELIVERY: Requirement = Requirement {
    id: "multi-region-trail/delivery",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html",
    pass: "log files were delivered to S3 within 24 hours, and the latest delivery had no error",
    warn: "no delivery yet and less than 24 hours of logging, or the latest delivery is older than 24 hours",
    fail: "a delivery error, or no delivery in 24 hours of logging",
};
/// Its bucket exists.
pub const BUCKET: Requirement = Requirement {
    id: "multi-region-trail/bucket",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
    pass: "the bucket exists and belongs to this account",
    warn: "",
    fail: "the bucket doesn't exist. If access is denied, the answer is unknown: the bucket may belong to \
            another account",
};
/// Its log files can be validated.
pub const LOG_FILE_VALIDATION: Requirement = Requirement {
    id: "multi-region-trail/log-file-validation",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html",
    pass: "log file validation is enabled, and digest files are delivered without error",
    warn: "anything else: you can't prove that the log is complete",
    fail: "",
};

/// The requirements by which a stage judges a trail.
pub struct TrailRequirements {
    /// The trail is multi-Region.
    pub multi_region: &'static Requirement,
    /// It logs.
    pub logging: &'static Requirement,
    /// It logs global service events.
    pub global_events: &'static Requirement,
    /// It logs every management event.
    pub management_events: &'static Requirement,
    /// It delivers.
    pub delivery: &'static Requirement,
    /// Its bucket exists and is this account's; `None` where that is not asked.
    pub own_bucket: Option<&'static Requirement>,
    /// Its log files can be validated.
    pub log_file_validation: &'static Requirement,
}

/// Those of the stage before there is an organization.
const OF_A_SINGLE_ACCOUNT: TrailRequirements = TrailRequirements {
    multi_region: &MULTI_REGION,
    logging: &LOGGING,
    global_events: &GLOBAL_EVENTS,
    management_events: &MANAGEMENT_EVENTS,
    delivery: &DELIVERY,
    own_bucket: Some(&BUCKET),
    log_file_validation: &LOG_FILE_VALIDATION,
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
    judged_by(&OF_A_SINGLE_ACCOUNT, account, expect).await
}

/// The same by the requirements of another stage.
///
/// # Errors
/// The list could not be had.
pub async fn judged_by<'a>(
    requirements: &TrailRequirements,
    account: &'a Account,
    expect: &Settings,
) -> Result<Vec<EvaluatedTrail<'a>>, &'a Unavailable> {
    let trails = account.trails(expect.home()).await?;
    Ok(join_all(trails.each().map(|trail| judge(requirements, account, expect, trail))).await)
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

async fn judge<'a>(
    requirements: &TrailRequirements,
    account: &'a Account,
    expect: &Settings,
    seen: Observed<'a, Trail>,
) -> EvaluatedTrail<'a> {
    let trail = seen.get();
    let home = home_region(trail);
    let no_region = || seen.undetermined(format!("CloudTrail doesn't return the home Region of trail {}", trail.name));
    let (status, selectors, bucket, caller, regions) = tokio::join!(
        async {
            let region = home.ok_or_else(no_region)?;
            account.trail_status(region, &trail.arn).await.map_err(Unavailable::from)
        },
        async {
            let region = home.ok_or_else(no_region)?;
            account.event_selectors(region, &trail.arn).await.map_err(Unavailable::from)
        },
        async {
            match requirements.own_bucket {
                Some(requirement) => Some((requirement, bucket(account, seen).await)),
                None => None,
            }
        },
        account.caller(),
        account.enabled_regions(expect.home()),
    );
    let subject = match home {
        Some(region) => Subject::regional(&trail.arn, region),
        None => Subject::global(&trail.arn),
    };
    let remedy = Remedies { trail, home_region: home, owner: whose(trail, caller) };
    let mut findings = vec![
        requirements.multi_region.judge(&subject, || multi_region(seen, regions, &remedy)),
        requirements.logging.judge(&subject, || logging(trail, status.clone()?, &remedy)),
        requirements.global_events.judge(&subject, || global_events(seen, &remedy)),
        requirements.management_events.judge(&subject, || management_events(trail, selectors?, &remedy)),
        requirements.delivery.judge(&subject, || delivery::judge(trail, status.clone()?, account.now(), &remedy)),
    ];
    if let Some((requirement, bucket)) = bucket {
        findings.push(bucket_finding(requirement, seen, &subject, bucket, &remedy));
    }
    let validation = || log_file_validation(seen, status.clone(), &remedy);
    findings.push(requirements.log_file_validation.judge(&subject, validation));
    let candidate = Candidate { name: trail.name.clone(), findings };
    EvaluatedTrail { trail: seen, home_region: home, status, candidate }
}

async fn bucket<'a>(
    account: &'a Account,
    seen: Observed<'a, Trail>,
) -> Result<Observed<'a, Option<Bucket>>, Unavailable> {
    let trail = seen.get();
    let Some(name) = &trail.bucket else {
        return Err(seen.undetermined(format!("CloudTrail doesn't return the bucket of trail {}", trail.name)));
    };
    let Some(region) = home_region(trail) else {
        return Err(seen.undetermined(format!("CloudTrail doesn't return the home Region of trail {}", trail.name)));
    };
    let owner = &account.caller().await?.get().account;
    Ok(account.bucket(BucketName { name, region, owner }).await?)
}

fn multi_region(seen: Observed<'_, Trail>, regions: Fact<'_, Vec<String>>, remedy: &Remedies<'_>) -> Judgement {
    let trail = seen.get();
    let Some(is_multi_region) = trail.is_multi_region else {
        return Err(seen
            .undetermined(format!("CloudTrail doesn't return whether trail {} is a multi-Region trail", trail.name)));
    };
    let mut evidence = Evidence::new(seen, "IsMultiRegionTrail", is_multi_region);
    if is_multi_region {
        let mut message = format!("Trail `{}` is a multi-Region trail", trail.name);
        // How many those are is for the reader only: unseen, the sentence says less.
        if let Ok(regions) = regions {
            let count = regions.get().len();
            message = format!("{message} ({count} are enabled)");
            evidence = evidence.and(regions, "enabled_regions", count);
        }
        return Ok(Outcome::pass(message, evidence));
    }
    let message = format!("Trail `{}` covers one Region only", trail.name);
    Ok(Outcome::fail(message, evidence, remedy.multi_region()))
}

fn logging(trail: &Trail, status: Observed<'_, TrailStatus>, remedy: &Remedies<'_>) -> Judgement {
    let Some(is_logging) = status.get().is_logging else {
        return Err(status.undetermined(format!("CloudTrail doesn't return whether trail {} is logging", trail.name)));
    };
    let evidence = Evidence::new(status, "IsLogging", is_logging);
    if is_logging {
        return Ok(Outcome::pass(format!("Trail `{}` is logging", trail.name), evidence));
    }
    let message = match status.get().stopped_logging {
        Some(stopped) => format!("Trail `{}` stopped logging at {}", trail.name, clock::at(stopped)),
        None => format!("Trail `{}` isn't logging", trail.name),
    };
    Ok(Outcome::fail(message, evidence.and(status, "StopLoggingTime", status.get().stopped_logging), remedy.start()))
}

fn global_events(seen: Observed<'_, Trail>, remedy: &Remedies<'_>) -> Judgement {
    let trail = seen.get();
    let Some(included) = trail.include_global_service_events else {
        return Err(seen.undetermined(format!(
            "CloudTrail doesn't return whether trail {} logs global service events",
            trail.name
        )));
    };
    let evidence = Evidence::new(seen, "IncludeGlobalServiceEvents", included);
    if included {
        return Ok(Outcome::pass(format!("Trail `{}` logs global service events", trail.name), evidence));
    }
    let message = format!("Trail `{}` doesn't log global service events, such as those of IAM", trail.name);
    Ok(Outcome::fail(message, evidence, remedy.global_events()))
}

fn management_events(trail: &Trail, selectors: Observed<'_, EventSelectors>, remedy: &Remedies<'_>) -> Judgement {
    let evidence = Evidence::new(selectors, "selectors", selectors.get());
    match management_events::coverage(selectors.get()) {
        Coverage::Complete => {
            Ok(Outcome::pass(format!("Trail `{}` logs all management events, read and write", trail.name), evidence))
        }
        Coverage::ButHighVolume(sources) => {
            let sources = sources.into_iter().collect::<Vec<_>>().join(" and ");
            let message = format!("Trail `{}` excludes the events of {sources}", trail.name);
            Ok(Outcome::warn(message, evidence, remedy.selectors(selectors.get())))
        }
        Coverage::Gap(gap) => Ok(Outcome::fail(
            format!("Trail `{}` excludes {gap}", trail.name),
            evidence,
            remedy.selectors(selectors.get()),
        )),
        Coverage::Open(why) => Err(selectors.undetermined(format!("trail {}: {why}", trail.name))),
    }
}

fn bucket_finding(
    requirement: &Requirement,
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
    let mut finding = requirement.judge(&subject, || {
        let bucket = bucket?;
        let name = trail.bucket.as_deref().unwrap_or_default();
        match bucket.present() {
            Some(found) => Ok(Outcome::pass(
                format!("Bucket {name} exists and belongs to this account"),
                Evidence::new(bucket, "bucket", name).and(found, "region", &found.get().region),
            )),
            None => Ok(Outcome::fail(
                format!("Bucket {name} of trail {} doesn't exist", trail.name),
                Evidence::new(bucket, "bucket", name),
                remedy.bucket(),
            )),
        }
    });
    if let Some(Unavailable { cause: Cause::Denied { .. }, .. }) = &finding.unavailable {
        finding.message.push_str(". The bucket may belong to another account");
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
        return Err(seen
            .undetermined(format!("CloudTrail doesn't return whether trail {} validates its log files", trail.name)));
    };
    let evidence = Evidence::new(seen, "LogFileValidationEnabled", is_on);
    if !is_on {
        let message = format!("Log file validation of trail `{}` is off", trail.name);
        return Ok(Outcome::warn(message, evidence, remedy.validation()));
    }
    let status = status?;
    let evidence = evidence.and(status, "LatestDigestDeliveryError", &status.get().latest_digest_delivery_error);
    match &status.get().latest_digest_delivery_error {
        None => Ok(Outcome::pass(format!("Log file validation of trail `{}` is on", trail.name), evidence)),
        Some(error) => {
            let message = format!("Trail `{}` can't deliver digest files: {error}", trail.name);
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
