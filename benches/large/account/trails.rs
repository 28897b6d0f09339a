//! Trails that nearly record everything, each with a bucket of its own.

use serde_json::{Value, json};

use super::{Account, HOME, ID, Scale, now};

pub(super) fn add(account: &mut Account, scale: Scale) {
    let trails: Vec<Value> = (0..scale.of(200)).map(|number| trail(account, number)).collect();
    account.of_many("trails", HOME, ("DescribeTrails", Some(HOME), None), json!(trails));
}

fn trail(account: &mut Account, number: usize) -> Value {
    let name = format!("team-trail-{number:03}");
    let arn = format!("arn:aws:cloudtrail:{HOME}:{ID}:trail/{name}");
    let bucket = format!("team-trail-{number:03}-{ID}");
    account.of_many(
        "trail_status",
        &arn,
        ("GetTrailStatus", Some(HOME), Some(&arn)),
        json!({
            "is_logging": number.is_multiple_of(2), "latest_delivery": now(), "latest_delivery_error": null,
            "latest_digest_delivery_error": null, "started_logging": "2024-01-01T00:00:00Z",
            "stopped_logging": null,
        }),
    );
    account.of_many(
        "event_selectors",
        &arn,
        ("GetEventSelectors", Some(HOME), Some(&arn)),
        json!({"basic": [{"include_management_events": true, "read_write_type": "WriteOnly", "excluded_sources": []}], "advanced": []}),
    );
    let about = |operation| (operation, Some(HOME), Some(bucket.as_str()));
    account.of_many("buckets", &bucket, about("HeadBucket"), json!({"region": HOME}));
    let source = json!({"StringEquals": {"aws:SourceArn": arn}});
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl",
         "Resource": format!("arn:aws:s3:::{bucket}"), "Condition": source},
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
         "Resource": format!("arn:aws:s3:::{bucket}/AWSLogs/{ID}/*"), "Condition": source},
    ]});
    account.of_many("bucket_policies", &bucket, about("GetBucketPolicy"), json!({"present": policy.to_string()}));
    let owner = json!({"grantee": {"canonical-user": "37801d92cb60bd89"}, "permission": "FULL_CONTROL"});
    account.of_many(
        "bucket_acls",
        &bucket,
        about("GetBucketAcl"),
        json!({"present": {"owner": "37801d92cb60bd89", "grants": [owner]}}),
    );
    json!({
        "name": name, "arn": arn, "home_region": HOME, "bucket": bucket, "prefix": null, "is_multi_region": true,
        "is_organization": false, "include_global_service_events": true, "log_file_validation": number.is_multiple_of(3), "kms_key": null,
    })
}
