//! What a new trail needs: its bucket with a policy for CloudTrail alone, and a policy that reads the log. Run twice, nothing of
//! it changes what is there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::account::Fact;
use crate::account::facts::{Caller, ManagedPolicy};
use crate::analysis::trail::delivery_request::CLOUDTRAIL;
use crate::model::remediation::{Command, Cost, FollowUp, NO_SUCH_ENTITY, Remediation};

/// The name of the trail that is made where there is none.
const TRAIL_NAME: &str = "management-events";
/// The name of the policy that the labs have one write.
const READER_NAME: &str = "CloudTrailLogsRead";

/// What a quiet account records in a month is far below a gigabyte.
const LOG_COST: Cost = Cost {
    monthly_cents: 3,
    basis: "S3 Standard at $0.023 per GB and month, for 1 GB of log files; the first copy of management events is \
            free, a second costs $2.00 per 100,000 events",
    page: "https://aws.amazon.com/cloudtrail/pricing/",
};

const CREATE_PAGE: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html";
const BUCKET_POLICY_PAGE: &str =
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html";

const NAMESPACE_PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html";

/// All switches of a bucket's public access block.
pub const BLOCK_ALL: &str =
    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";

/// The bucket of a trail: one that is to be made.
pub struct NewBucket<'a> {
    /// The bucket's name.
    pub name: &'a str,
    /// Where it is to be: the trail's home region.
    pub region: &'a str,
    /// The trail's ARN.
    pub trail: &'a str,
    /// The account that is to own it.
    pub account: &'a str,
    /// The account's partition.
    pub partition: &'a str,
    /// ARN patterns of all that the trail writes.
    pub files: Vec<String>,
}

impl NewBucket<'_> {
    fn arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.name)
    }

    /// Whether its name belongs to the account's own namespace in its Region, where no other account can take it.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>
    #[must_use]
    pub fn is_of_the_account(&self) -> bool {
        self.name.ends_with(&format!("-{}-{}-an", self.account, self.region))
    }

    /// The bucket's policy, which lets CloudTrail write for this trail and nobody else.
    #[must_use]
    pub fn policy(&self) -> Value {
        let (principal, trail) = (json!({"Service": CLOUDTRAIL}), self.trail);
        let files = match self.files.as_slice() {
            [one] => json!(one),
            several => json!(several),
        };
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AWSCloudTrailAclCheck",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:GetBucketAcl",
                    "Resource": self.arn(),
                    "Condition": {"StringEquals": {"aws:SourceArn": trail}},
                },
                {
                    "Sid": "AWSCloudTrailWrite",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:PutObject",
                    "Resource": files,
                    "Condition": {
                        "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail},
                    },
                },
            ],
        })
    }

    /// The bucket, closed to the public, with its policy; a policy that stands there already stays.
    #[must_use]
    pub fn made(&self, remedy: Remediation) -> Remediation {
        let on_bucket = |operation: &str| {
            Command::aws("s3api", operation).option("--bucket", self.name).option("--region", self.region)
        };
        let create = match self.region {
            // The one region that must not be named as a location.
            "us-east-1" => on_bucket("create-bucket"),
            region => on_bucket("create-bucket")
                .option("--create-bucket-configuration", &format!("LocationConstraint={region}")),
        };
        let create =
            if self.is_of_the_account() { create.option("--bucket-namespace", "account-regional") } else { create };
        remedy
            .run(create.unless(on_bucket("head-bucket").option("--expected-bucket-owner", self.account), "404"))
            .run(Command::wait("s3api", "bucket-exists").option("--bucket", self.name).option("--region", self.region))
            .run(on_bucket("put-public-access-block").option("--public-access-block-configuration", BLOCK_ALL))
            .run(
                on_bucket("put-bucket-policy")
                    .option("--policy", &self.policy().to_string())
                    .unless(on_bucket("get-bucket-policy"), "NoSuchBucketPolicy"),
            )
    }
}

/// The trail of the labs, for an account that has none: what it and its bucket are called.
pub struct NewTrail<'a> {
    pub(super) caller: &'a Caller,
    pub(super) home: &'a str,
    pub(super) name: String,
}

/// Regions in which S3 has no account regional namespace.
const WITHOUT_NAMESPACE: [&str; 2] = ["me-central-1", "me-south-1"];

impl<'a> NewTrail<'a> {
    /// Of the caller's account; `elsewhere` are the names of the trails in other Regions. `None`: without the account's ID neither a
    /// bucket's name nor a narrow policy can be written down.
    pub fn of_caller(
        caller: Fact<'a, Caller>,
        home: &'a str,
        elsewhere: &BTreeMap<&str, Vec<&str>>,
    ) -> Option<NewTrail<'a>> {
        let Ok(caller) = caller else { return None };
        // A multi-Region trail appears in every Region: CloudTrail refuses it where a trail of its name is.
        let is_taken = |name: &str| elsewhere.values().any(|names| names.contains(&name));
        Some(NewTrail { caller: caller.get(), home, name: free_name(TRAIL_NAME, "-", is_taken) })
    }

    pub(super) fn arn(&self) -> String {
        let Caller { account, .. } = self.caller;
        format!("arn:{}:cloudtrail:{}:{account}:trail/{}", self.caller.partition(), self.home, self.name)
    }

    /// In the account's own namespace, since another account could take a name that can be predicted.
    pub(super) fn bucket(&self) -> String {
        let name = format!("cloudtrail-{}-{}", self.caller.account, self.home);
        if WITHOUT_NAMESPACE.contains(&self.home) { name } else { format!("{name}-an") }
    }

    pub(super) fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.caller.partition(), self.bucket())
    }

    pub(super) fn files(&self) -> String {
        format!("{}/AWSLogs/{}/*", self.bucket_arn(), self.caller.account)
    }
}

/// The trail of the labs, bucket and all; `reader` is whoever is to read the log, where the commands are to say so.
#[must_use]
pub fn create_trail(remedy: Remediation, home: &str, new: Option<&NewTrail<'_>>, reader: bool) -> Remediation {
    let remedy = remedy
        .console(format!(
            "CloudTrail (region {home}) > Trails > Create trail > Create new S3 bucket, Log file validation: \
             Enabled, Management events: Read and Write. The console creates the bucket and its policy"
        ))
        .see(CREATE_PAGE)
        .see(BUCKET_POLICY_PAGE)
        .costs(LOG_COST)
        .takes(5)
        .then(FollowUp::Resolves("when the first log file arrives, within about 15 minutes"));
    let Some(trail) = new else { return remedy };
    let (account, partition) = (trail.caller.account.as_str(), trail.caller.partition());
    let (bucket, files) = (trail.bucket(), trail.files());
    let new =
        NewBucket { name: &bucket, region: home, trail: &trail.arn(), account, partition, files: vec![files.clone()] };
    let on_trail =
        |operation: &str| Command::aws("cloudtrail", operation).option("--name", &trail.name).option("--region", home);
    let remedy = if new.is_of_the_account() { remedy.see(NAMESPACE_PAGE) } else { remedy };
    let remedy = new
        .made(remedy)
        .run(
            on_trail("create-trail")
                .option("--s3-bucket-name", &bucket)
                .word("--is-multi-region-trail")
                .word("--include-global-service-events")
                .word("--enable-log-file-validation")
                .unless(on_trail("get-trail"), "TrailNotFoundException"),
        )
        .run(on_trail("start-logging"));
    // Named after the bucket: what stands under that name reads this log.
    let reading = ReadingPolicy { partition, account, bucket: &new.arn(), files: &[&files] };
    let name = format!("{READER_NAME}-{bucket}");
    let remedy = reading.made(remedy, &name);
    let remedy = if reader { remedy.run(attach_to_reader(&reading.arn(&name))) } else { remedy };
    remedy.finished()
}

/// A policy that reads a trail's files, and lists no more than their place.
pub struct ReadingPolicy<'a> {
    /// The account's partition.
    pub partition: &'a str,
    /// The account that is to have it.
    pub account: &'a str,
    /// The bucket's ARN.
    pub bucket: &'a str,
    /// ARN patterns of the files.
    pub files: &'a [&'a str],
}

impl ReadingPolicy<'_> {
    /// The document.
    #[must_use]
    pub fn document(&self) -> Value {
        let prefixes: Vec<&str> =
            self.files.iter().filter_map(|files| files.strip_prefix(self.bucket)?.strip_prefix('/')).collect();
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "ReadTrailLogs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": self.files},
                {
                    "Sid": "ListTrailLogs", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": self.bucket,
                    "Condition": {"StringLike": {"s3:prefix": prefixes}},
                },
            ],
        })
    }

    /// Its ARN under a name.
    #[must_use]
    pub fn arn(&self, name: &str) -> String {
        format!("arn:{}:iam::{}:policy/{name}", self.partition, self.account)
    }

    /// Makes it, unless there is one of that name.
    #[must_use]
    pub fn made(&self, remedy: Remediation, name: &str) -> Remediation {
        let arn = self.arn(name);
        remedy
            .run(
                Command::aws("iam", "create-policy")
                    .option("--policy-name", name)
                    .option("--policy-document", &self.document().to_string())
                    .unless(Command::aws("iam", "get-policy").option("--policy-arn", &arn), NO_SUCH_ENTITY),
            )
            .run(Command::wait("iam", "policy-exists").option("--policy-arn", &arn))
    }
}

/// A name for a policy that reads the log which none of these has.
#[must_use]
pub fn free_reader_name(policies: &[ManagedPolicy]) -> String {
    free_name(READER_NAME, "-", |name| policies.iter().any(|policy| policy.name.eq_ignore_ascii_case(name)))
}

/// A name that is not taken: this one, else with a number behind it and that mark between them.
pub fn free_name(name: &str, mark: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}{mark}{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default() // there are more numbers than names
}

/// Lets somebody of whom only the operator knows have a policy.
#[must_use]
pub fn attach_to_reader(policy_arn: &str) -> Command {
    Command::aws("iam", "attach-user-policy")
        .input("--user-name", "LOG_READER", "name of the IAM user who reads the log")
        .option("--policy-arn", policy_arn)
}
