//! Stories of trails and their buckets.

use serde_json::{Value, json};

use super::whole::{Lab, done_but};
use super::{Fail, PASSES, Statuses, Story};
use crate::support::account::{Account, HOME, Trail};
use crate::support::edits::{self, HOUR, TrailStatus};
use crate::support::http::Answer;
use crate::support::proxy::Proxy;
use crate::support::rules::Rule;

pub(super) const STOPPED_TRAIL: Story = Story {
    name: "stopped-trail",
    tells: "The trail stopped logging two days ago",
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
    tells: "A stopped trail with a public bucket exists beside a good one",
    account: "320000000022",
    make: |account| {
        let old = Trail { name: "an-old-trail", bucket: Some("old-logs-320000000022"), ..Trail::default() };
        let mut policy = account.log_bucket_policy(&old);
        and_the_world_may_read(&mut policy, "old-logs-320000000022");
        let account = account
            .log_bucket_for(&old)
            .blocked_from_public("old-logs-320000000022", false)
            .bucket_policy("old-logs-320000000022", &policy)
            .trail(old)
            .stop_logging(&old)
            .ready();
        let stopped = TrailStatus { logging: false, stopped: Some(HOUR * 24 * 90), ..TrailStatus::default() };
        Proxy::to(account).with_all(edits::ready()).with(edits::trail_status_where("/an-old-trail", stopped))
    },
    exit: 0,
    expected: PASSES,
};

pub(super) const ORGANIZATION_TRAIL: Story = Story {
    name: "organization-trail",
    tells: "The account already manages an organization, and its trail is an organization trail",
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
    tells: "The bucket policy was copied from another account and allows only that account's trail",
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
    tells: "The log files are publicly readable, for a consultant",
    account: "320000000025",
    make: |account| {
        let bucket = account.log_bucket();
        let mut policy = account.log_bucket_policy(&Trail::default());
        and_the_world_may_read(&mut policy, &bucket);
        let account = account
            .ready()
            .blocked_from_public(&bucket, false)
            .bucket_policy(&bucket, &policy)
            .object_ownership(&bucket, "ObjectWriter");
        Proxy::to(account).with_all(edits::ready())
    },
    exit: 1,
    expected: Statuses { bucket: Fail, ..PASSES },
};

pub(super) const RETIRED_ACL: Story = Story {
    name: "retired-acl",
    tells: "The bucket ACL is public, but has no effect because ACLs are disabled",
    account: "320000000026",
    make: |account| {
        let bucket = account.log_bucket();
        let grants = [
            grant(
                r#"xsi:type="CanonicalUser""#,
                "<ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID>",
                "FULL_CONTROL",
            ),
            grant(r#"xsi:type="Group""#, "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>", "READ"),
        ]
        .concat();
        let acl = format!(
            r#"<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner><AccessControlList>{grants}</AccessControlList></AccessControlPolicy>"#
        );
        let account =
            account.ready().blocked_from_public(&bucket, false).object_ownership(&bucket, "BucketOwnerEnforced");
        Proxy::to(account).with_all(edits::ready()).with(Rule::on("s3", "GetBucketAcl").answer(Answer::new(
            200,
            "application/xml",
            acl,
        )))
    },
    exit: 0,
    expected: PASSES,
};

fn grant(kind: &str, grantee: &str, permission: &str) -> String {
    format!(
        r#"<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {kind}>{grantee}</Grantee><Permission>{permission}</Permission></Grant>"#
    )
}

fn and_the_world_may_read(policy: &mut Value, bucket: &str) {
    let for_everybody = json!({
        "Sid": "Consultant",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{bucket}/*"),
    });
    policy["Statement"].as_array_mut().expect("a list of statements").push(for_everybody);
}
