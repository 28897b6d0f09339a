//! Whether a trail's log files arrive.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html>

use jiff::{SignedDuration, Timestamp};

use super::remedies::Remedies;
use crate::account::Observed;
use crate::account::facts::{Trail, TrailStatus};
use crate::analysis::clock;
use crate::model::finding::{Evidence, Judgement, Outcome};

/// CloudTrail delivers every few minutes while anything happens; a day without a delivery is a long silence.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// An error beside a delivery that is younger than this may be settled by now.
const JUST_NOW: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn judge(
    trail: &Trail,
    seen: Observed<'_, TrailStatus>,
    now: Timestamp,
    remedy: &Remedies<'_>,
) -> Judgement {
    let status = seen.get();
    let name = &trail.name;
    let evidence = Evidence::new(seen, "LatestDeliveryTime", status.latest_delivery)
        .and(seen, "LatestDeliveryError", &status.latest_delivery_error)
        .and(seen, "StartLoggingTime", status.started_logging);
    let age = |time: Timestamp| now.duration_since(time);

    if let Some(error) = &status.latest_delivery_error {
        let failed = format!("Trail `{name}` can't deliver to S3: {error}");
        return Ok(match status.latest_delivery {
            Some(latest) if age(latest) < JUST_NOW => {
                let message = format!(
                    "{failed} (a log file arrived within the hour, so it may be resolved: audit \
                                       again)"
                );
                Outcome::fail(message, evidence, remedy.delivery())
                    .resolves("a resolved error clears with the next delivery, within about 15 minutes")
            }
            _ => Outcome::fail(failed, evidence, remedy.delivery()),
        });
    }
    match (status.latest_delivery, status.started_logging) {
        (Some(latest), _) if age(latest) <= FRESH => {
            Ok(Outcome::pass(format!("Trail `{name}` delivered log files to S3 at {}", clock::at(latest)), evidence))
        }
        (Some(latest), _) => {
            let message = format!("Trail `{name}` has delivered no log file since {}", clock::at(latest));
            Ok(Outcome::warn(message, evidence, remedy.silence()))
        }
        (None, _) if status.is_logging == Some(false) => {
            let message = format!("Trail `{name}` has never delivered a log file, and isn't logging");
            Ok(Outcome::fail(message, evidence.and(seen, "IsLogging", false), remedy.start()))
        }
        (None, Some(started)) if age(started) < FRESH => {
            let message =
                format!("Trail `{name}` has not delivered a log file yet (logging since {})", clock::at(started));
            let resolves = "the first log file arrives within about 15 minutes of the first event; then audit again";
            Ok(Outcome::warn(message, evidence, remedy.silence()).resolves(resolves))
        }
        (None, Some(started)) => {
            let message =
                format!("Trail `{name}` has never delivered a log file (logging since {})", clock::at(started));
            Ok(Outcome::fail(message, evidence, remedy.delivery()))
        }
        (None, None) => Err(seen.undetermined(format!(
            "Trail `{name}` has never delivered a log file, and CloudTrail doesn't return since when it is logging"
        ))),
    }
}
