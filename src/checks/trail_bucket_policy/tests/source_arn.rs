use super::*;
use crate::testing::trails::OTHER;

fn held_by(condition: &Value) -> Status {
    let both = |statement| when(statement, condition.clone());
    let [acl, write] = documented("aws", "main", "", ACCOUNT).try_into().unwrap();
    of("source-arn", only(vec![both(acl), both(write)]))
}

#[test]
fn a_condition_on_this_trail_or_account_holds() {
    for condition in [
        json!({"StringEquals": {"aws:SourceArn": SOURCE}}),
        json!({"StringEquals": {"aws:sourcearn": [SOURCE]}}),
        json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:SourceAccount": [ACCOUNT]}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}),
        json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:us-west-2:111122223333:trail/m*"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"StringEqualsIfExists": {"aws:SourceArn": SOURCE}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceArn": SOURCE}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceArn": SOURCE.to_uppercase()}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceArn": SOURCE.replace("main", "Main")}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceAccount": ACCOUNT}}),
        json!({"NumericEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"NumericEquals": {"aws:SourceAccount": 111_122_223_333_u64}}),
        json!({"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}),
    ] {
        assert_eq!(held_by(&condition), Pass, "{condition}");
    }
}

#[test]
fn anything_else_warns() {
    for condition in [
        json!({}),
        json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}),
        json!({"StringLike": {"aws:SourceArn": "*"}}),
        json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*"}}),
        json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/main"}}),
        json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:us-west-2:1111*:trail/main"}}),
        json!({"StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:us-west-2:11112222333?:trail/main"}}),
        json!({"StringLike": {"aws:SourceAccount": "*"}}),
        json!({"StringLike": {"aws:SourceAccount": "1111????????"}}),
        json!({"StringEquals": {"aws:SourceAccount": [ACCOUNT, OTHER]}}),
        json!({"StringNotEquals": {"aws:SourceAccount": OTHER}}),
        json!({"Null": {"aws:SourceArn": "false"}}),
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"NumericGreaterThan": {"aws:SourceAccount": 1}}),
        json!({"NumericEquals": {"aws:SourceAccount": [ACCOUNT, OTHER]}}),
        json!({"NumericNotEquals": {"aws:SourceAccount": OTHER}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceArn": SOURCE.to_uppercase().replace(ACCOUNT, OTHER)}}),
        json!({"StringEqualsIgnoreCase": {"aws:SourceArn": [SOURCE, "ARN:AWS:CLOUDTRAIL:US-WEST-2:444455556666:TRAIL/MAIN"]}}),
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:SourceOrgID": "o-abc"}}),
    ] {
        assert_eq!(held_by(&condition), Warn, "{condition}");
    }
}

#[test]
fn each_of_the_two_statements_must_be_held() {
    for at in [0, 1] {
        let mut statements = documented("aws", "main", "", ACCOUNT);
        statements[at].as_object_mut().unwrap().remove("Condition");
        assert_eq!(of("source-arn", only(statements)), Warn, "{at}");
    }
}

#[test]
fn a_grant_elsewhere_in_the_bucket_must_be_held_too() {
    for resource in [
        format!("{BUCKET}/team/*"),
        format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/*"),
        "arn:aws:s3:::*/AWSLogs/*".to_owned(),
    ] {
        assert_eq!(
            of("source-arn", adding(vec![allow(cloudtrail(), "s3:PutObject", resource.clone())])),
            Warn,
            "{resource}"
        );
    }
    assert_eq!(of("source-arn", adding(vec![allow(cloudtrail(), "s3:PutObject", "arn:aws:s3:::other/*")])), Pass);
}

#[test]
fn a_deny_can_hold_it() {
    let open = || allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS]));
    let but = |key: &str, value: &str| {
        when(deny(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])), json!({"StringNotEquals": {key: value}}))
    };
    assert_eq!(of("source-arn", only(vec![open(), but("aws:SourceAccount", ACCOUNT)])), Pass);
    assert_eq!(of("source-arn", only(vec![open(), but("aws:SourceArn", SOURCE)])), Pass);
    assert_eq!(of("source-arn", only(vec![open(), but("aws:SourceAccount", OTHER)])), Warn);
}

#[test]
fn where_cloudtrail_has_no_grant_there_is_nothing_to_hold() {
    for change in [None, Some(policy(&[])), Some(policy(&[allow(json!({"AWS": ACCOUNT}), "s3:*", OBJECTS)]))] {
        let judged = judge(&CHECK, TrailFixture::ready().with(|scene| scene.policy = change.clone()).facts());
        assert!(!judged.findings.iter().any(|finding| finding.id.ends_with("/source-arn")), "{change:?}");
    }
}

#[test]
fn an_expired_grant_needs_no_holding() {
    let over = when(
        allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])),
        json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
    );
    assert_eq!(of("source-arn", adding(vec![over])), Pass);
}

#[test]
fn what_does_not_hold_it_is_not_said_to_serve_others_for_sure() {
    let own = when(
        allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])),
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    );
    let judged = judge(&CHECK, TrailFixture::ready().with(only(vec![own])).facts());
    let message = message(&judged, "/source-arn");
    assert!(message.contains("other accounts' trails could write to it"), "{message}");
}

#[test]
fn a_variable_of_the_source_holds_nothing() {
    let [acl, write] = documented("aws", "main", "", ACCOUNT).try_into().unwrap();
    let to = |path: &str| {
        let open = with(write.clone(), "Condition", json!({}));
        of("source-arn", only(vec![acl.clone(), with(open, "Resource", json!(format!("{BUCKET}/{path}")))]))
    };
    for path in [
        "AWSLogs/${aws:SourceAccount}/*",
        "AWSLogs/${aws:SourceAccount}/CloudTrail/*",
        "${aws:SourceArn}/*",
        "AWSLogs/${aws:userid}/*",
        "AWSLogs/${aws:SourceAccount}*",
    ] {
        assert_eq!(to(path), Warn, "{path}");
    }
    let variable = with(write, "Resource", json!(format!("{BUCKET}/AWSLogs/${{aws:SourceAccount}}/*")));
    let scene = TrailFixture::ready().with(only(vec![acl, variable]));
    assert_eq!((link("delivery", &scene), link("source-arn", &scene)), (Pass, Pass), "a condition holds it");
}
