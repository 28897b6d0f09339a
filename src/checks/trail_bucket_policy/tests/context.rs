//! The context of CloudTrail's requests, key by key, as `/delivery` shows it.

use super::*;
use crate::account::facts::Facts;
use crate::account::operation::Operation;

const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1";

fn delivery(facts: Facts) -> Status {
    status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery")
}

/// The ready account with CloudTrail's own statements under one more Deny, for the action under that condition.
fn denying(action: &str, condition: &Value) -> TrailFixture {
    let (action, resource) = (action.to_owned(), json!([BUCKET, OBJECTS]));
    TrailFixture::ready().with(adding(vec![when(deny(json!("*"), action, resource), condition.clone())]))
}

/// A Deny that applies fails, one that does not passes, and one that nobody can decide warns after a fresh delivery.
#[test]
fn each_key_of_a_write_is_known_as_aws_documents_it() {
    let rows = [
        ("present", "StringEquals", "s3:x-amz-acl", json!("bucket-owner-full-control"), Fail),
        ("present", "StringNotEquals", "aws:ResourceAccount", json!(ACCOUNT), Pass),
        ("present", "StringNotEquals", "aws:SourceAccount", json!(ACCOUNT), Pass),
        ("present", "ArnNotEquals", "aws:SourceArn", json!(SOURCE), Pass),
        ("present", "StringNotEquals", "s3:signatureversion", json!("AWS4-HMAC-SHA256"), Pass),
        ("present", "StringEquals", "s3:signatureversion", json!("AWS"), Pass),
        ("present", "StringNotEquals", "s3:authType", json!("REST-HEADER"), Pass),
        ("present", "StringEquals", "s3:authType", json!("REST-QUERY-STRING"), Pass),
        ("present", "StringNotEquals", "aws:PrincipalServiceName", json!("cloudtrail.amazonaws.com"), Pass),
        ("present", "Bool", "aws:PrincipalIsAWSService", json!(false), Pass),
        ("present", "Bool", "aws:SecureTransport", json!(false), Pass),
        ("present", "Bool", "aws:ViaAWSService", json!(true), Pass),
        ("present", "BoolIfExists", "aws:ViaAWSService", json!("false"), Fail),
        ("TLS", "NumericLessThan", "s3:TlsVersion", json!("1.2"), Pass),
        ("TLS", "NumericLessThan", "s3:TlsVersion", json!(1.2), Pass),
        ("TLS", "NumericLessThanEquals", "s3:TlsVersion", json!(1.1), Pass),
        ("TLS", "NumericGreaterThanEquals", "s3:TlsVersion", json!("1.2"), Fail),
        ("TLS", "NumericLessThan", "s3:TlsVersion", json!("1.3"), Warn),
        ("TLS", "NumericLessThan", "s3:TlsVersion", json!(1.4), Warn),
        ("TLS", "NumericLessThan", "s3:TlsVersion", json!(2), Warn),
        ("TLS", "NumericNotEquals", "s3:TlsVersion", json!("1.2"), Warn),
        ("TLS", "Null", "s3:TlsVersion", json!("true"), Pass),
        ("TLS", "StringEquals", "aws:UserAgent", json!("${s3:TlsVersion}"), Warn),
        ("absent", "Null", "aws:PrincipalOrgID", json!(true), Fail),
        ("absent", "ForAnyValue:StringLike", "aws:PrincipalOrgPaths", json!("o-abc/*"), Pass),
        ("absent", "ForAllValues:StringLike", "aws:PrincipalOrgPaths", json!("o-abc/*"), Fail),
        ("absent", "StringNotEquals", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:role/x"), Fail),
        ("absent", "StringNotEquals", "aws:SourceVpc", json!("vpc-1"), Fail),
        ("absent", "StringNotEquals", "aws:SourceVpce", json!("vpce-1"), Fail),
        ("absent", "Null", "aws:MultiFactorAuthPresent", json!("true"), Fail),
        ("absent", "Bool", "aws:MultiFactorAuthPresent", json!("false"), Pass),
        ("absent", "NumericGreaterThan", "aws:MultiFactorAuthAge", json!("3600"), Pass),
        ("absent", "NumericGreaterThanIfExists", "aws:MultiFactorAuthAge", json!("3600"), Fail),
        ("absent", "Null", "s3:x-amz-server-side-encryption-customer-algorithm", json!("false"), Pass),
        ("absent", "StringEquals", "s3:x-amz-grant-read", json!("id=1"), Pass),
        ("absent", "StringEquals", "s3:x-amz-grant-write", json!("id=1"), Pass),
        ("absent", "Null", "s3:x-amz-grant-read-acp", json!("false"), Pass),
        ("absent", "Null", "s3:x-amz-grant-write-acp", json!("false"), Pass),
        ("absent", "Null", "s3:x-amz-grant-full-control", json!("false"), Pass),
        ("absent", "StringNotEquals", "s3:x-amz-storage-class", json!("STANDARD"), Fail),
        ("absent", "StringNotEqualsIfExists", "s3:x-amz-storage-class", json!("STANDARD"), Fail),
        ("undecidable", "IpAddress", "aws:SourceIp", json!("203.0.113.0/24"), Warn),
        ("undecidable", "StringNotEquals", "aws:PrincipalAccount", json!(ACCOUNT), Warn),
        ("undecidable", "StringNotEquals", "s3:x-amz-server-side-encryption", json!("aws:kms"), Warn),
        ("not in the table", "StringEquals", "aws:RequestedRegion", json!("us-east-1"), Warn),
        ("not in the table", "Null", "s3:x-amz-server-side-encryption-aws-kms-key-id", json!(true), Warn),
        ("not in the table", "StringLike", "aws:UserAgent", json!("x"), Warn),
        ("time", "DateGreaterThan", "aws:CurrentTime", json!("2026-01-01T00:00:00Z"), Fail),
        ("time", "NumericLessThan", "aws:EpochTime", json!("1"), Pass),
    ];
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(class, operator, key, value, expected)| {
            let condition = json!({operator: {key: value}});
            let status = delivery(denying("s3:PutObject", &condition).facts());
            (status != expected).then(|| format!("{class}: {condition} is {status:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_encryption_header_is_kms_with_a_kms_key() {
    for (operator, value, expected) in [
        ("StringNotEquals", "aws:kms", Pass),
        ("StringNotEqualsIfExists", "aws:kms", Pass),
        ("StringEquals", "aws:kms", Fail),
        ("StringNotEquals", "AES256", Fail),
    ] {
        let condition = json!({operator: {"s3:x-amz-server-side-encryption": value}});
        let scene = denying("s3:PutObject", &condition).with(|scene| scene.trail.kms_key = Some(KEY.to_owned()));
        assert_eq!(delivery(scene.facts()), expected, "{condition}");
    }
}

#[test]
fn reading_the_acl_has_no_header_of_a_write() {
    for (condition, expected) in [
        (json!({"Null": {"s3:x-amz-acl": "true"}}), Fail),
        (json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}), Fail),
        (json!({"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}), Pass),
        (json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}), Fail),
        (json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}), Pass),
        (json!({"StringNotEquals": {"s3:authType": "REST-HEADER"}}), Pass),
    ] {
        for key in [None, Some(KEY.to_owned())] {
            let scene = denying("s3:GetBucketAcl", &condition).with(|scene| scene.trail.kms_key = key);
            assert_eq!(delivery(scene.facts()), expected, "{condition}");
        }
    }
}

/// CloudTrail's two statements under one more condition.
fn allowing(condition: &Value) -> TrailFixture {
    let both = documented("aws", "main", "", ACCOUNT);
    TrailFixture::ready().with(only(both.into_iter().map(|statement| when(statement, condition.clone())).collect()))
}

#[test]
fn keys_of_the_organization_follow_the_membership() {
    let unread = |scene: &TrailFixture| {
        let mut facts = scene.facts();
        facts.organization = denied(Operation::DescribeOrganization);
        facts
    };
    let id = json!({"StringEquals": {"aws:SourceOrgID": "o-abc"}});
    let id_if_exists = json!({"StringEqualsIfExists": {"aws:SourceOrgID": "o-abc"}});
    let paths = json!({"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-abc/*"}});
    let other = json!({"StringEquals": {"aws:SourceOrgID": "o-other"}});
    for (condition, standalone, member, not_read) in [
        (&id, Fail, Pass, Unknown),
        (&id_if_exists, Pass, Pass, Unknown),
        (&paths, Fail, Warn, Unknown),
        (&other, Fail, Fail, Unknown),
    ] {
        let scene = allowing(condition);
        assert_eq!(delivery(scene.facts()), standalone, "{condition} standalone");
        assert_eq!(delivery(unread(&scene)), not_read, "{condition} not read");
        assert_eq!(delivery(scene.in_organization("o-abc").facts()), member, "{condition} member");
    }
    // Denied to every account that is not of the organization.
    let outside = json!({"StringNotEquals": {"aws:SourceOrgID": "o-abc"}});
    for (condition, standalone, member, not_read) in [(&outside, Fail, Pass, Unknown), (&paths, Pass, Warn, Unknown)] {
        let scene = denying("s3:PutObject", condition);
        assert_eq!(delivery(scene.facts()), standalone, "Deny {condition} standalone");
        assert_eq!(delivery(unread(&scene)), not_read, "Deny {condition} not read");
        assert_eq!(delivery(scene.in_organization("o-abc").facts()), member, "Deny {condition} member");
    }
    assert_eq!(delivery(unread(&TrailFixture::ready())), Pass, "nothing depends on it");
    let surely = TrailFixture::ready().with(adding(vec![
        when(deny(json!("*"), "s3:PutObject", OBJECTS), outside),
        deny(json!("*"), "s3:GetBucketAcl", BUCKET),
    ]));
    assert_eq!(delivery(unread(&surely)), Fail, "a sure failure is not hidden");
}

#[test]
fn digests_that_depend_on_an_unread_organization_are_unknown() {
    let outside = json!({"StringNotEquals": {"aws:SourceOrgID": "o-abc"}});
    let digests = format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail-Digest/*");
    let scene = TrailFixture::ready().with(adding(vec![when(deny(json!("*"), "s3:PutObject", digests), outside)]));
    assert_eq!(delivery(scene.facts()), Warn);
    let mut facts = scene.facts();
    facts.organization = denied(Operation::DescribeOrganization);
    assert_eq!(delivery(facts), Unknown);
}
