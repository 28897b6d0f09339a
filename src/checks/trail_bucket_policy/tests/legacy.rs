//! Grants to the account IDs that CloudTrail had before its service principal.

use super::*;
use crate::account::facts::Facts;
use crate::account::operation::Operation;

const US_EAST_1: &str = "086441151436";
const US_WEST_2: &str = "113285607260";
const EU_WEST_1: &str = "859597730677";

fn status(facts: Facts) -> Status {
    status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery")
}

/// The two statements of AWS's documentation as it was, for these principals.
fn legacy(principals: &Value) -> Vec<Value> {
    let write = allow(principals.clone(), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/*"));
    vec![
        allow(principals.clone(), "s3:GetBucketAcl", BUCKET),
        when(write, json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}})),
    ]
}

fn roots(accounts: &[&str]) -> Value {
    json!({"AWS": accounts.iter().map(|id| format!("arn:aws:iam::{id}:root")).collect::<Vec<_>>()})
}

fn scene(regions: &[&str], statements: Vec<Value>) -> TrailFixture {
    let regions = regions.iter().map(|region| (*region).to_owned()).collect();
    TrailFixture { regions, ..TrailFixture::ready().with(only(statements)) }
}

#[test]
fn legacy_ids_deliver_from_their_own_regions_only() {
    let both: &[&str] = &["us-east-1", "us-west-2"];
    for (name, regions, accounts, expected) in [
        ("every Region", both, &[US_EAST_1, US_WEST_2][..], Pass),
        ("more than the enabled ones", both, &[US_EAST_1, US_WEST_2, EU_WEST_1], Pass),
        ("one Region too few", both, &[US_EAST_1], Fail),
        ("IDs of other Regions", both, &[EU_WEST_1], Fail),
        ("a Region without a legacy ID", &["us-east-1", "mx-central-1"], &[US_EAST_1], Fail),
        ("a Region that is not known", &["us-east-1", "xx-new-1"], &[US_EAST_1], Fail),
        ("sources differ, both IDs", &["us-gov-east-1"], &["608710470296", "886388586500"], Pass),
        ("sources differ, one ID", &["us-gov-east-1"], &["608710470296"], Warn),
    ] {
        assert_eq!(status(scene(regions, legacy(&roots(accounts))).facts()), expected, "{name}");
    }
    let by_id = json!({"AWS": [US_EAST_1, US_WEST_2]});
    assert_eq!(status(scene(both, legacy(&by_id)).facts()), Pass, "by its number");
}

#[test]
fn a_gap_counts_regions_and_names_the_service_principal() {
    let regions = ["us-east-1", "us-east-2", "eu-west-1", "us-west-2"];
    let judged = judge(&CHECK, scene(&regions, legacy(&roots(&[US_EAST_1]))).facts());
    let message = message(&judged, "/delivery");
    assert!(message.contains("3 of 4 enabled Regions"), "{message}");
    assert!(message.contains("use the service principal cloudtrail.amazonaws.com"), "{message}");
}

#[test]
fn legacy_ids_and_the_service_principal_count_together() {
    let regions: &[&str] = &["us-east-1", "us-west-2"];
    let [acl, write] = documented("aws", "main", "", ACCOUNT).try_into().unwrap();
    let [old_acl, old_write] = legacy(&roots(&[US_EAST_1])).try_into().unwrap();
    let here = |region: &str| json!(format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/{region}/*"));
    let digests = allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail-Digest/*"));
    for (name, statements, expected) in [
        ("the service principal alone is enough", vec![acl.clone(), write.clone(), old_acl.clone()], Pass),
        ("the service writes, the IDs read the ACL of one Region", vec![old_acl.clone(), write.clone()], Fail),
        ("the IDs write in one Region", vec![acl.clone(), old_write.clone()], Fail),
        (
            "each writes its Region",
            vec![acl.clone(), old_write.clone(), with(write.clone(), "Resource", here("us-west-2")), digests.clone()],
            Pass,
        ),
        (
            "each writes a Region, one is left",
            vec![acl.clone(), old_write, with(write, "Resource", here("eu-west-1"))],
            Fail,
        ),
        ("no ACL", vec![digests], Fail),
    ] {
        assert_eq!(status(scene(regions, statements).facts()), expected, "{name}");
    }
}

#[test]
fn enabled_regions_that_were_not_read_leave_legacy_ids_unknown() {
    let unread = |statements| {
        let mut facts = scene(&["us-east-1"], statements).facts();
        facts.enabled_regions = denied(Operation::DescribeRegions);
        status(facts)
    };
    assert_eq!(unread(legacy(&roots(&[US_EAST_1, US_WEST_2]))), Unknown);
    assert_eq!(unread(documented("aws", "main", "", ACCOUNT)), Pass, "the service principal needs no Region");
    let both = [documented("aws", "main", "", ACCOUNT), legacy(&roots(&[US_EAST_1]))].concat();
    assert_eq!(unread(both), Pass);
    assert_eq!(unread(legacy(&json!({"AWS": "444455556666"}))), Fail, "no legacy ID");
    let denies = [legacy(&roots(&[US_EAST_1])), vec![deny(json!("*"), "s3:PutObject", OBJECTS)]].concat();
    assert_eq!(unread(denies), Fail, "a Deny is sure");
}

#[test]
fn what_a_deny_says_of_a_legacy_id_counts() {
    let regions: &[&str] = &["us-east-1"];
    let with_deny = |deny: Value| {
        let statements = [legacy(&roots(&[US_EAST_1])), vec![deny]].concat();
        status(scene(regions, statements).facts())
    };
    assert_eq!(with_deny(deny(roots(&[US_EAST_1]), "s3:PutObject", OBJECTS)), Fail);
    let https =
        when(deny(json!("*"), "s3:*", json!([BUCKET, OBJECTS])), json!({"Bool": {"aws:SecureTransport": false}}));
    assert_eq!(with_deny(https), Pass);
    let other = json!({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}});
    assert_eq!(with_deny(when(deny(roots(&[US_EAST_1]), "s3:*", OBJECTS), other)), Warn, "not documented");
}

#[test]
fn digest_files_by_legacy_ids_need_every_region_too() {
    let regions: &[&str] = &["us-east-1", "us-west-2"];
    let files = |accounts: &[&str], directory: &str| {
        allow(roots(accounts), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/{directory}/*"))
    };
    let all = [US_EAST_1, US_WEST_2];
    let of = |digests: &[&str]| {
        let acl = allow(roots(&all), "s3:GetBucketAcl", BUCKET);
        status(scene(regions, vec![acl, files(&all, "CloudTrail"), files(digests, "CloudTrail-Digest")]).facts())
    };
    assert_eq!((of(&all), of(&[US_EAST_1])), (Pass, Warn));
}

#[test]
fn an_organizations_directory_by_legacy_ids_counts_as_a_whole() {
    let regions: &[&str] = &["us-east-1"];
    let of = |more: Option<Value>| {
        let statements = legacy(&roots(&[US_EAST_1])).into_iter().chain(more).collect();
        let scene = scene(regions, statements).in_organization("o-abc");
        status(scene.with(|scene| scene.trail.is_organization = Some(true)).facts())
    };
    let directory = |principal| allow(principal, "s3:PutObject", format!("{BUCKET}/AWSLogs/o-abc/*"));
    assert_eq!(of(None), Fail);
    assert_eq!(of(Some(directory(roots(&[US_EAST_1])))), Pass);
    assert_eq!(of(Some(directory(cloudtrail()))), Pass);
}

#[test]
fn a_grant_to_legacy_ids_serves_every_account_unless_held() {
    let of = |statements: Vec<Value>| link("source-arn", &scene(&["us-east-1"], statements));
    let ids = || legacy(&roots(&[US_EAST_1]));
    let held = |condition: Value| ids().into_iter().map(|one| when(one, condition.clone())).collect::<Vec<_>>();
    assert_eq!(of(ids()), Warn);
    assert_eq!(of(held(json!({"StringEquals": {"aws:SourceArn": SOURCE}}))), Pass);
    assert_eq!(of(held(json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}))), Pass);
    assert_eq!(of(held(json!({"StringLike": {"aws:SourceAccount": "*"}}))), Warn);
    assert_eq!(of([documented("aws", "main", "", ACCOUNT), ids()].concat()), Warn, "beside the service principal");
}
