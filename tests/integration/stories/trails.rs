//! Stories of trails and their buckets.

use serde_json::json;

use super::whole::{Lab, done_but};
use super::{Fail, PASSES, Pass, Statuses, Story};
use crate::support::account::{Account, HOME, Trail};
use crate::support::edits::{self, HOUR, TrailStatus};
use crate::support::proxy::Proxy;

pub(super) const STOPPED_TRAIL: Story = Story {
    name: "stopped-trail",
    tells: "Somebody stopped the trail two days ago to save money",
    account: "320000000021",
    make: |account| {
        let stopped = TrailStatus {
            logging: false,
            stopped: Some(HOUR * 48),
            delivered: Some(HOUR * 48),
            digest_delivered: Some(HOUR * 48),
            ..TrailStatus::default()
        };
        let account = account.ready().stop_logging(&Trail::default());
        Proxy::to(account).with_all(edits::ready()).with(edits::trail_status(stopped))
    },
    exit: 1,
    expected: Statuses { trail: Fail, ..PASSES },
};

pub(super) const TWO_TRAILS: Story = Story {
    name: "two-trails",
    tells: "An old trail, stopped and with a bucket that is gone, stands beside a good one",
    account: "320000000022",
    make: |account| {
        let old = Trail { name: "an-old-trail", bucket: Some("old-logs-320000000022"), ..Trail::default() };
        let account = account.log_bucket_for(&old).trail(old).stop_logging(&old).ready();
        let gone = account.s3(HOME, hyper::Method::DELETE, "/old-logs-320000000022", "");
        assert!(gone.succeeded(), "{}", gone.text());
        let stopped = TrailStatus { logging: false, stopped: Some(HOUR * 24 * 90), ..TrailStatus::default() };
        Proxy::to(account).with_all(edits::ready()).with(edits::trail_status_where("/an-old-trail", stopped))
    },
    exit: 0,
    expected: PASSES,
};

pub(super) const ORGANIZATION_TRAIL: Story = Story {
    name: "organization-trail",
    tells: "The account manages an organization already, and its trail records all of that",
    account: "320000000023",
    make: |account| {
        let bucket = account.log_bucket();
        let mut policy = account.log_bucket_policy(&Trail::default());
        // The organization's log files lie beside the account's own.
        let mut for_organization = policy["Statement"][1].clone();
        for_organization["Sid"] = json!("AWSCloudTrailOrganizationWrite");
        for_organization["Resource"] = json!(format!("arn:aws:s3:::{bucket}/AWSLogs/o-exampleorgid/*"));
        policy["Statement"].as_array_mut().expect("a list of statements").push(for_organization);
        let trail = json!({
            "Name": Trail::default().name,
            "S3BucketName": bucket,
            "IsMultiRegionTrail": true,
            "IncludeGlobalServiceEvents": true,
            "EnableLogFileValidation": true,
            "IsOrganizationTrail": true,
        });
        let account = done_but(account, &[Lab::Trail])
            .log_bucket_for(&Trail::default())
            .bucket_policy(&bucket, &policy)
            .cloudtrail(HOME, "CreateTrail", trail);
        Proxy::to(account).with_all(edits::ready()).with(edits::organization_of(account.id))
    },
    exit: 0,
    expected: PASSES,
};

pub(super) const FOREIGN_BUCKET_POLICY: Story = Story {
    name: "foreign-bucket-policy",
    tells: "The bucket's policy was copied from another account and lets that account's trail write, so that ours cannot",
    account: "320000000024",
    make: |account| {
        let trail = Trail { bucket: Some("trail-logs-320000000024"), ..Trail::default() };
        let of_another = Account { id: "320000000098", ..account }.log_bucket_policy(&trail);
        let refused = TrailStatus {
            started: Some(HOUR * 48),
            delivered: None,
            digest_delivered: None,
            delivery_error: Some("AccessDenied"),
            digest_error: Some("AccessDenied"),
            ..TrailStatus::default()
        };
        let account = account.ready().bucket_policy("trail-logs-320000000024", &of_another);
        Proxy::to(account).with_all(edits::ready()).with(edits::trail_status(refused))
    },
    exit: 1,
    expected: Statuses { trail: Fail, bucket: Fail, ..PASSES },
};

pub(super) const PUBLIC_LOG_BUCKET: Story = Story {
    name: "public-log-bucket",
    tells: "For a consultant's sake, the whole world may read the log files",
    account: "320000000025",
    make: |account| {
        let bucket = account.log_bucket();
        let mut policy = account.log_bucket_policy(&Trail::default());
        let for_everybody = json!({
            "Sid": "Consultant",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/*"),
        });
        policy["Statement"].as_array_mut().expect("a list of statements").push(for_everybody);
        let account = account
            .ready()
            .blocked_from_public(&bucket, false)
            .bucket_policy(&bucket, &policy)
            .object_ownership(&bucket, "ObjectWriter");
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { trail: Pass, bucket: Fail, ..PASSES },
};
