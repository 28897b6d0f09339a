//! Trails.

use serde_json::{Value, json};

use super::{Account, HOME};

/// A trail as the lab makes it, unless told otherwise. It delivers to [`Account::log_bucket`] unless it names another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trail {
    pub(crate) name: &'static str,
    pub(crate) home: &'static str,
    pub(crate) bucket: Option<&'static str>,
    pub(crate) prefix: Option<&'static str>,
    pub(crate) multi_region: bool,
    pub(crate) global_events: bool,
    pub(crate) validation: bool,
}

impl Default for Trail {
    fn default() -> Self {
        Self {
            name: "management-events",
            home: HOME,
            bucket: None,
            prefix: None,
            multi_region: true,
            global_events: true,
            validation: true,
        }
    }
}

impl Account {
    /// Makes a trail and starts it. Its bucket has to be there.
    pub(crate) fn trail(self, trail: Trail) -> Self {
        let wanted = json!({
            "Name": trail.name,
            "S3BucketName": trail.bucket.map_or_else(|| self.log_bucket(), str::to_owned),
            "S3KeyPrefix": trail.prefix,
            "IsMultiRegionTrail": trail.multi_region,
            "IncludeGlobalServiceEvents": trail.global_events,
            "EnableLogFileValidation": trail.validation,
        });
        self.cloudtrail(trail.home, "CreateTrail", wanted);
        self.cloudtrail(trail.home, "StartLogging", json!({"Name": trail.name}))
    }

    /// Stops a trail.
    pub(crate) fn stop_logging(self, trail: &Trail) -> Self {
        self.cloudtrail(trail.home, "StopLogging", json!({"Name": trail.name}))
    }

    /// Changes what a trail of the home region records.
    pub(crate) fn event_selectors(self, trail: &str, selectors: &Value) -> Self {
        self.cloudtrail(HOME, "PutEventSelectors", json!({"TrailName": trail, "EventSelectors": selectors}))
    }

    /// Makes a `CloudTrail` call.
    pub(crate) fn cloudtrail(self, region: &str, operation: &str, parameters: Value) -> Self {
        self.call("cloudtrail", region, operation, parameters);
        self
    }

    /// The ARN of a trail.
    pub(crate) fn trail_arn(self, trail: &Trail) -> String {
        self.arn("cloudtrail", trail.home, &format!("trail/{}", trail.name))
    }

    /// The name of the bucket for the logs. Bucket names are the whole world's, so it holds the account's number.
    pub(crate) fn log_bucket(self) -> String {
        format!("trail-logs-{}", self.id)
    }
}
