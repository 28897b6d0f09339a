//! What to do about a trail that falls short. Commands only for a trail of this account, in its home region.

use crate::account::facts::Trail;
use crate::remediation::{Command, Remediation, Then, Who};

/// CloudTrail refuses to change a trail whose bucket does not let it write.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html>
const BUCKET_FIRST: &str = "trail-bucket-policy/delivery";
const FIRST_DELIVERY: Then = Then::Settles("when the next log file arrives, within about 15 minutes");

const MULTI_REGION_PAGE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html";
const MANAGEMENT_EVENTS_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html";
const BUCKET_POLICY_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";
const VALIDATION_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html";
const STATUS_PAGE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html";

/// Whose a trail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    ThisAccount,
    /// The organization's management account.
    AnotherAccount,
    Unseen,
}

pub(super) struct Remedies<'a> {
    pub(super) trail: &'a Trail,
    pub(super) home_region: Option<&'a str>,
    pub(super) owner: Owner,
}

impl Remedies<'_> {
    pub(super) fn multi_region(&self) -> Remediation {
        self.remedy(
            "Make it a multi-region trail",
            &[self.update("--is-multi-region-trail").word("--include-global-service-events")],
            "> General details > Edit > Multi-region trail",
            MULTI_REGION_PAGE,
        )
        .after(BUCKET_FIRST)
    }

    pub(super) fn start(&self) -> Remediation {
        let start = Command::aws("cloudtrail", "start-logging").option("--name", &self.trail.arn);
        self.remedy("Start logging", &[self.regional(start)], "> Start logging", STATUS_PAGE).then(FIRST_DELIVERY)
    }

    pub(super) fn global_events(&self) -> Remediation {
        self.remedy(
            "Include the events of global services",
            &[self.update("--include-global-service-events")],
            "> General details > Edit: a multi-region trail made in the console includes them",
            MANAGEMENT_EVENTS_PAGE,
        )
        .after(BUCKET_FIRST)
    }

    pub(super) fn selectors(&self) -> Remediation {
        let selectors =
            r#"[{"ReadWriteType":"All","IncludeManagementEvents":true,"ExcludeManagementEventSources":[]}]"#;
        let put = Command::aws("cloudtrail", "put-event-selectors").option("--trail-name", &self.trail.arn);
        self.remedy(
            "Record all management events (this replaces the trail's selectors: add those for data events again, if it has any)",
            &[self.regional(put.option("--event-selectors", selectors))],
            "> Management events > Edit > Read and Write, with nothing excluded",
            MANAGEMENT_EVENTS_PAGE,
        )
    }

    pub(super) fn delivery(&self) -> Remediation {
        self.remedy(
            "Let CloudTrail write into the bucket: see what trail-bucket-policy says of its policy, and that the trail's KMS key, if \
             it has one, lets CloudTrail encrypt",
            &[],
            "> S3 bucket: look at the bucket's Permissions",
            BUCKET_POLICY_PAGE,
        )
        .within(BUCKET_FIRST)
        .takes(15)
        .then(FIRST_DELIVERY)
    }

    pub(super) fn silence(&self) -> Remediation {
        self.remedy(
            "Do something that CloudTrail records (sign in, say), wait 15 minutes and run again; if nothing comes, look at the bucket",
            &[],
            "> Last log file delivered",
            STATUS_PAGE,
        )
        .takes(20)
    }

    pub(super) fn bucket(&self) -> Remediation {
        self.remedy(
            "Make the bucket again in this account with a policy for CloudTrail, or name another: somebody else may take the name \
             and receive the log",
            &[],
            "> General details > Edit > Create new S3 bucket",
            BUCKET_POLICY_PAGE,
        )
    }

    pub(super) fn validation(&self) -> Remediation {
        self.remedy(
            "Turn on log file validation",
            &[self.update("--enable-log-file-validation")],
            "> General details > Edit > Log file validation",
            VALIDATION_PAGE,
        )
        .after(BUCKET_FIRST)
    }

    pub(super) fn digest_delivery(&self) -> Remediation {
        self.remedy(
            "Let CloudTrail write its digests into the bucket, under AWSLogs/<account>/CloudTrail-Digest/",
            &[],
            "> S3 bucket: look at the bucket's Permissions",
            BUCKET_POLICY_PAGE,
        )
        .within(BUCKET_FIRST)
    }

    fn update(&self, option: &str) -> Command {
        self.regional(Command::aws("cloudtrail", "update-trail").option("--name", &self.trail.arn)).word(option)
    }

    fn regional(&self, command: Command) -> Command {
        match self.home_region {
            Some(region) => command.option("--region", region),
            None => command,
        }
    }

    fn remedy(&self, summary: &str, commands: &[Command], console: &str, page: &'static str) -> Remediation {
        let place = match self.home_region {
            Some(region) => format!("CloudTrail (region {region}) > Trails > {} {console}", self.trail.name),
            None => format!("CloudTrail > Trails > {} {console}", self.trail.name),
        };
        let summary = match self.owner {
            Owner::AnotherAccount => {
                format!("{summary}; the trail belongs to another account (the organization's), which must do it")
            }
            Owner::ThisAccount | Owner::Unseen => summary.to_owned(),
        };
        let remedy = Remediation::new(summary).console(place).see(page);
        match self.owner {
            Owner::ThisAccount => commands.iter().cloned().fold(remedy, Remediation::run).finished(),
            Owner::AnotherAccount => remedy.by(Who::Organization),
            Owner::Unseen => remedy,
        }
    }
}
