//! Buckets in other regions, of other owners, and none at all.

use super::answers::good;
use super::*;

const S3: &[Operation] = &[
    Operation::HeadBucket,
    Operation::GetBucketPolicy,
    Operation::GetPublicAccessBlock,
    Operation::GetBucketAcl,
    Operation::GetBucketOwnershipControls,
];

fn head(status: u16) -> Reply {
    Reply::new(status, "").with("x-amz-request-id", "R")
}

fn moved() -> Reply {
    head(301).with("x-amz-bucket-region", "eu-west-1")
}

/// A good answer from eu-west-1.
fn there(operation: Operation) -> Reply {
    let mut reply = good(operation);
    for (header, value) in &mut reply.headers {
        if *header == "x-amz-bucket-region" {
            "eu-west-1".clone_into(value);
        }
    }
    reply
}

#[tokio::test]
async fn bucket_of_another_region_is_requested_there_for_its_owner() {
    for operation in S3 {
        for redirect in [moved(), head(400).with("x-amz-bucket-region", "eu-west-1")] {
            let (aws, canned) = aws([redirect, there(*operation)]);
            let told = ask(&aws, *operation).await;
            assert!(told.is_ok(), "{operation}: {told:?}");
            let asked = canned.asked();
            assert_eq!(asked.len(), 2);
            assert!(asked[0].uri.contains("logs.s3.us-west-2.amazonaws.com"), "{}", asked[0].uri);
            assert!(asked[1].uri.contains("logs.s3.eu-west-1.amazonaws.com"), "{}", asked[1].uri);
            assert!(asked.iter().all(|asked| asked.owner.as_deref() == Some("111122223333")));
        }
    }
}

#[tokio::test]
async fn the_region_may_also_stand_in_the_body() {
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
    let (aws, canned) = aws([Reply::new(400, body), good(Operation::GetBucketPolicy)]);
    assert!(aws.bucket_policy(BUCKET).await.is_ok());
    assert!(canned.asked()[1].uri.contains("eu-west-1"));
}

#[tokio::test]
async fn a_second_redirect_is_not_followed() {
    for operation in S3 {
        let (aws, canned) = aws([moved(), head(301).with("x-amz-bucket-region", "ap-south-1")]);
        assert!(matches!(ask(&aws, *operation).await, Err(Cause::Fault { .. })), "{operation}");
        assert_eq!(canned.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_or_to_the_same_region_is_a_fault() {
    for operation in S3 {
        for redirect in [
            head(301),
            head(301).with("x-amz-bucket-region", "us-west-2"),
            head(301).with("x-amz-bucket-region", ""),
            head(301).with("x-amz-bucket-region", "evil.example.com/"),
        ] {
            let (aws, canned) = aws([redirect]);
            assert!(matches!(ask(&aws, *operation).await, Err(Cause::Fault { .. })), "{operation}");
            assert_eq!(canned.asked().len(), 1);
        }
    }
}

#[tokio::test]
async fn the_region_that_answers_is_the_buckets() {
    let (aws_, _) = aws([moved(), there(Operation::HeadBucket)]);
    let bucket = aws_.bucket(BUCKET).await.unwrap().unwrap();
    assert_eq!(bucket.region.as_deref(), Some("eu-west-1"));
    let (aws_, _) = aws([head(200).with("x-amz-bucket-region", "eu-west-1")]);
    assert!(matches!(aws_.bucket(BUCKET).await, Err(Cause::Malformed { .. })), "us-west-2 answered");
}

#[tokio::test]
async fn bare_404_of_s3_is_no_bucket_and_another_servers_is_a_fault() {
    let (aws_, _) = aws([head(404)]);
    assert_eq!(aws_.bucket(BUCKET).await, Ok(None));
    let (aws_, _) = aws([Reply::new(404, "")]);
    assert!(matches!(aws_.bucket(BUCKET).await, Err(Cause::Fault { .. })));
    for operation in S3.iter().filter(|operation| **operation != Operation::HeadBucket) {
        let (aws_, _) = aws([head(404)]);
        assert!(matches!(ask(&aws_, *operation).await, Err(Cause::Fault { .. })), "{operation}");
    }
}

#[tokio::test]
async fn a_bare_403_is_a_denial() {
    for operation in S3 {
        let (aws, canned) = aws([head(403).with("x-amz-bucket-region", "eu-west-1")]);
        assert_eq!(ask(&aws, *operation).await, Err(Cause::Denied { message: None }));
        assert_eq!(canned.asked().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_200_that_does_not_come_from_s3_is_malformed() {
    let (aws, _) = aws([Reply::ok("")]);
    assert!(matches!(aws.bucket(BUCKET).await, Err(Cause::Malformed { .. })));
}

#[tokio::test]
async fn a_name_with_dots_goes_into_the_path() {
    let (aws, canned) = aws([good(Operation::HeadBucket)]);
    let dotted = BucketName { name: "logs.example.com", ..BUCKET };
    assert!(aws.bucket(dotted).await.is_ok());
    assert!(canned.asked()[0].uri.starts_with("https://s3.us-west-2.amazonaws.com/logs.example.com"));
}

#[tokio::test]
async fn what_is_no_buckets_name_is_not_asked_for() {
    for name in ["", "arn:aws:s3:us-west-2:111122223333:accesspoint/logs", "a/b", "a?b"] {
        let (aws, canned) = aws([good(Operation::HeadBucket)]);
        let bucket = BucketName { name, ..BUCKET };
        assert!(matches!(aws.bucket(bucket).await, Err(Cause::Malformed { .. })), "{name}");
        assert_eq!(canned.asked().len(), 0);
    }
}

#[tokio::test]
async fn grants_are_told_apart_by_their_kind() {
    let (aws, _) = aws([good(Operation::GetBucketAcl)]);
    let told = format!("{:?}", aws.bucket_acl(BUCKET).await.unwrap());
    assert!(told.contains("CanonicalUser(\"abc\")") && told.contains("Group(\"http://acs"), "{told}");
}
