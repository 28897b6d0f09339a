//! What to do about a trail that falls short. Commands only for a trail of this account, in its home region.

use serde_json::{Value, json};

use crate::account::facts::{AdvancedSelector, EventSelectors, FieldSelector, Trail};
use crate::analysis::trail::provisioning::{NewBucket, ReadingPolicy};
use crate::iam::arn::Arn;
use crate::model::remediation::{Command, FollowUp, Remediation, Who};

/// CloudTrail refuses to change a trail whose bucket does not let it write.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html>
const BUCKET_FIRST: &str = "trail-bucket-policy/delivery";
const FIRST_DELIVERY: FollowUp = FollowUp::Resolves("when the next log file arrives, within about 15 minutes");

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
            "Make the trail a multi-Region trail",
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
            "Include global service events",
            &[self.update("--include-global-service-events")],
            "> General details > Edit: a multi-Region trail created in the console includes them",
            MANAGEMENT_EVENTS_PAGE,
        )
        .after(BUCKET_FIRST)
    }

    /// What the trail records of data stays, whichever kind of selectors it has.
    pub(super) fn selectors(&self, present: &EventSelectors) -> Remediation {
        let put =
            self.regional(Command::aws("cloudtrail", "put-event-selectors").option("--trail-name", &self.trail.arn));
        let put = if present.advanced.is_empty() {
            let Some(query) = basic_selectors(present) else {
                return self.remedy(
                    "Log all management events. The trail has no room for another selector, so make one of the \
                     five log reads and writes",
                    &[],
                    "> Management events > Edit > Read and Write, with nothing excluded",
                    MANAGEMENT_EVENTS_PAGE,
                );
            };
            let get = Command::aws("cloudtrail", "get-event-selectors").option("--trail-name", &self.trail.arn);
            put.option_from(
                "--event-selectors",
                self.regional(get).option("--query", &query).option("--output", "json"),
            )
        } else {
            let of_data = present.advanced.iter().filter(|selector| !is_of_management(selector)).map(written);
            let management = json!({
                "Name": "Management events",
                "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
            });
            let selectors: Vec<Value> = of_data.chain([management]).collect();
            put.option("--advanced-event-selectors", &Value::from(selectors).to_string())
        };
        self.remedy(
            "Log all management events, beside the data events that the trail logs",
            &[put],
            "> Management events > Edit > Read and Write, with nothing excluded",
            MANAGEMENT_EVENTS_PAGE,
        )
    }

    pub(super) fn delivery(&self) -> Remediation {
        self.remedy(
            "Allow CloudTrail to write to the bucket: see trail-bucket-policy for the bucket policy, and check \
             that the trail's KMS key, if it has one, allows CloudTrail to encrypt",
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
            "Do something that CloudTrail logs, such as signing in, wait 15 minutes and audit again. If no log \
             file arrives, look at the bucket",
            &[],
            "> Last log file delivered",
            STATUS_PAGE,
        )
        .takes(20)
    }

    /// With a policy that reads its log: whether there is one is the bucket's check's to say, which asks as soon as there is a bucket.
    pub(super) fn bucket(&self) -> Remediation {
        let remedy = self.remedy(
            "Create the bucket again in this account with a policy for CloudTrail, or use another bucket. Until \
             then, anyone can take the name and receive the log",
            &[],
            "> General details > Edit > Create new S3 bucket",
            BUCKET_POLICY_PAGE,
        );
        let (Owner::ThisAccount, Some(name), Some(region), Some(arn), Some(false)) = (
            self.owner,
            self.trail.bucket.as_deref(),
            self.home_region,
            Arn::parse(&self.trail.arn),
            self.trail.is_organization,
        ) else {
            return remedy;
        };
        let Arn { partition, account, .. } = arn;
        let prefix = self.trail.prefix.as_deref().filter(|prefix| !prefix.is_empty());
        let prefix = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let bucket = format!("arn:{partition}:s3:::{name}");
        let files = format!("{bucket}/{prefix}AWSLogs/{account}/*");
        let new = NewBucket { name, region, trail: &self.trail.arn, account, partition, files: vec![files.clone()] };
        let remedy = new.made(remedy);
        let reading = ReadingPolicy { partition, account, bucket: &bucket, files: &[&files] };
        reading.made(remedy, &format!("CloudTrailLogsRead-{name}")).finished()
    }

    pub(super) fn validation(&self) -> Remediation {
        self.remedy(
            "Enable log file validation",
            &[self.update("--enable-log-file-validation")],
            "> General details > Edit > Log file validation",
            VALIDATION_PAGE,
        )
        .after(BUCKET_FIRST)
    }

    pub(super) fn digest_delivery(&self) -> Remediation {
        self.remedy(
            "Allow CloudTrail to write its digest files to the bucket, under AWSLogs/<account>/CloudTrail-Digest/",
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
                format!("{summary}. The trail belongs to another account (the organization's), which must do it")
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

/// A trail has at most this many basic selectors.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html>
const MOST_BASIC_SELECTORS: usize = 5;

/// A query that makes of the present basic selectors those that record all management events too. What basic selectors record of data
/// is not among the facts, so AWS's answer goes back. `None` where one selector more would be one too many.
fn basic_selectors(present: &EventSelectors) -> Option<String> {
    if present.basic.len() < MOST_BASIC_SELECTORS {
        let of_data = "EventSelectors[?DataResources].{ReadWriteType:ReadWriteType,IncludeManagementEvents:`false`,\
                       DataResources:DataResources}";
        return Some(format!(r#"[{of_data},[`{{"ReadWriteType":"All","IncludeManagementEvents":true}}`]][]"#));
    }
    // Each records the management events of its half: enough where the halves are there.
    let has = |kind: &str| present.basic.iter().any(|selector| selector.read_write_type.as_deref() == Some(kind));
    let is_enough = has("All") || has("ReadOnly") && has("WriteOnly");
    is_enough.then(|| {
        "EventSelectors[].{ReadWriteType:ReadWriteType,IncludeManagementEvents:`true`,DataResources:DataResources}"
            .to_owned()
    })
}

fn is_of_management(selector: &AdvancedSelector) -> bool {
    let mut fields = selector.fields.iter();
    fields.any(|field| field.field == "eventCategory" && field.equals.iter().any(|category| category == "Management"))
}

/// An advanced selector as `PutEventSelectors` takes it.
fn written(selector: &AdvancedSelector) -> Value {
    let field = |field: &FieldSelector| {
        let operators = [
            ("Equals", &field.equals),
            ("NotEquals", &field.not_equals),
            ("StartsWith", &field.starts_with),
            ("NotStartsWith", &field.not_starts_with),
            ("EndsWith", &field.ends_with),
            ("NotEndsWith", &field.not_ends_with),
        ];
        let used = operators.into_iter().filter(|(_, values)| !values.is_empty());
        let mut written = json!({"Field": field.field});
        for (operator, values) in used {
            if let Some(entry) = written.as_object_mut() {
                entry.insert(operator.to_owned(), json!(values));
            }
        }
        written
    };
    let mut written = json!({"FieldSelectors": selector.fields.iter().map(field).collect::<Vec<_>>()});
    if let (Some(name), Some(entry)) = (&selector.name, written.as_object_mut()) {
        entry.insert("Name".to_owned(), json!(name));
    }
    written
}
