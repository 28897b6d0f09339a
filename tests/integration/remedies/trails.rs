//! Trails that fall short.

use hyper::Method;
use serde_json::json;

use super::{CASE, Case};
use crate::remedies::changing::Change;
use crate::stories::whole::{Lab, done_but};
use crate::support::account::{Account, HOME, Trail};
use crate::support::edits::{self, HOUR, TrailStatus};
use crate::support::http::Answer;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

/// An account in which all but the trail is done, and this trail.
fn with(account: Account, trail: Trail) -> Account {
    done_but(account, &[Lab::Trail]).log_bucket_for(&trail).trail(trail)
}

pub(super) const NO_TRAIL: Case = Case {
    account: "330000000101",
    make: |account| Proxy::to(account.user("reader")).with_all(edits::ready()),
    closes: &[("trail-bucket-policy/delivery", "Create the trail, its bucket policy")],
    leaves: &["admin-user-mfa/exists", "security-alerts-topic/exists", "billing-alarm/exists", "ec2-ssm-role/trust"],
    ..CASE
};

pub(super) const SINGLE_REGION: Case = Case {
    account: "330000000102",
    make: |account| {
        let trail = Trail { multi_region: false, validation: false, ..Trail::default() };
        Proxy::to(with(account, trail)).with_all(edits::ready())
    },
    closes: &[
        ("multi-region-trail/multi-region", "Make the trail a multi-Region trail"),
        ("multi-region-trail/log-file-validation", "Enable log file validation"),
    ],
    ..CASE
};

/// Global events are left out, and of the others what only reads; what is recorded of data stays.
pub(super) const HALF_OF_THE_EVENTS: Case = Case {
    account: "330000000103",
    make: |account| {
        let half = json!([
            {
                "ReadWriteType": "WriteOnly",
                "IncludeManagementEvents": true,
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::it's-mine/"]}],
            },
        ]);
        let trail = Trail { global_events: false, ..Trail::default() };
        Proxy::to(with(account, trail).event_selectors(trail.name, &half)).with_all(edits::ready())
    },
    closes: &[
        ("multi-region-trail/global-events", "Include global service events"),
        ("multi-region-trail/management-events", "Log all management events"),
    ],
    ..CASE
};

/// Advanced selectors: only events of KMS are left out, which warns.
pub(super) const WITHOUT_KMS: Case = Case {
    account: "330000000104",
    make: |account| {
        let changed = Change::by("cloudtrail", "PutEventSelectors");
        let advanced = json!({"TrailARN": account.trail_arn(&Trail::default()), "AdvancedEventSelectors": [
            {"Name": "It's \"management\"", "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Management"]},
                {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]},
            ]},
            {"Name": "Objects' data", "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            ]},
        ]});
        let told = Rule::on("cloudtrail", "GetEventSelectors").when(changed.to_come());
        Proxy::to(with(account, Trail::default()))
            .with_all(edits::ready())
            .with(told.answer(Answer::json(200, &advanced)))
            .with(changed.seen())
    },
    closes: &[("multi-region-trail/management-events", "Log all management events")],
    ..CASE
};

/// It was stopped, and has never delivered.
pub(super) const STOPPED: Case = Case {
    account: "330000000105",
    make: |account| {
        let started = Change::by("cloudtrail", "StartLogging");
        let never =
            TrailStatus { delivered: None, digest_delivered: None, started: Some(HOUR / 60), ..TrailStatus::default() };
        let stopped = TrailStatus { logging: false, started: Some(HOUR * 500), stopped: Some(HOUR * 48), ..never };
        Proxy::to(with(account, Trail::default()).stop_logging(&Trail::default()))
            .with(edits::root(edits::Root::default()))
            .with(edits::trail_status(never))
            .with(edits::trail_status_when(started.to_come(), stopped))
            .with(started.seen())
    },
    closes: &[("multi-region-trail/delivery", "Start logging")],
    ..CASE
};

pub(super) const STOPPED_LATELY: Case = Case {
    account: "330000000106",
    make: |account| {
        let started = Change::by("cloudtrail", "StartLogging");
        let stopped = TrailStatus { logging: false, stopped: Some(HOUR * 48), ..TrailStatus::default() };
        // The trail's home is another region than the account's.
        let trail = Trail { home: "eu-west-1", ..Trail::default() };
        Proxy::to(with(account, trail).stop_logging(&trail))
            .with_all(edits::ready())
            .with(edits::trail_status_when(started.to_come(), stopped))
            .with(started.seen())
    },
    closes: &[("multi-region-trail/logging", "Start logging")],
    ..CASE
};

fn without_bucket(account: Account, trail: Trail) -> Account {
    let bucket = account.log_bucket();
    let account = with(account, trail);
    let answer = account.s3(HOME, Method::DELETE, &format!("/{bucket}"), "");
    assert!(answer.succeeded(), "{}", answer.text());
    account
}

pub(super) const BUCKET_IS_GONE: Case = Case {
    account: "330000000107",
    make: |account| {
        let trail = Trail { prefix: Some("it's/$here"), ..Trail::default() };
        Proxy::to(without_bucket(account, trail)).with_all(edits::ready())
    },
    closes: &[("multi-region-trail/bucket", "Create the bucket again in this account with a policy")],
    ..CASE
};

/// Nobody has a policy that reads it, either.
pub(super) const BUCKET_AND_READERS_ARE_GONE: Case = Case {
    account: "330000000108",
    make: |account| {
        let account = without_bucket(account, Trail::default())
            .iam("DetachGroupPolicy", json!({"GroupName": "LogReaders", "PolicyArn": account.policy_arn("LogReaders")}))
            .iam("DeletePolicy", json!({"PolicyArn": account.policy_arn("LogReaders")}));
        Proxy::to(account).with_all(edits::ready())
    },
    closes: &[("trail-bucket-policy/delivery", "Create the bucket again in this account, with a policy")],
    ..CASE
};
