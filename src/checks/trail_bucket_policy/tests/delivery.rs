use super::*;
use crate::testing::trails::{HOME, OTHER};

fn delivery(change: impl FnOnce(&mut TrailScene)) -> Status {
    of("delivery", change)
}

/// CloudTrail's two statements with the one that writes changed.
fn writing(change: impl FnOnce(&mut Value)) -> impl FnOnce(&mut TrailScene) {
    let mut statements = documented("aws", "main", "", ACCOUNT);
    change(&mut statements[1]);
    only(statements)
}

/// The same with the one that reads the bucket's ACL changed.
fn reading_the_acl(change: impl FnOnce(&mut Value)) -> impl FnOnce(&mut TrailScene) {
    let mut statements = documented("aws", "main", "", ACCOUNT);
    change(&mut statements[0]);
    only(statements)
}

#[test]
fn no_policy_fails() {
    assert_eq!(delivery(|scene| scene.policy = None), Fail);
    assert_eq!(delivery(only(vec![])), Fail);
}

#[test]
fn both_calls_of_cloudtrail_are_needed() {
    let [acl, write] = documented("aws", "main", "", ACCOUNT).try_into().unwrap();
    assert_eq!(delivery(only(vec![acl])), Fail);
    assert_eq!(delivery(only(vec![write])), Fail);
}

#[test]
fn all_spellings_of_a_grant_count() {
    for principal in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": ["*"]}),
        json!({"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]}),
    ] {
        assert_eq!(
            delivery(only(vec![allow(principal.clone(), "s3:*", json!([BUCKET, OBJECTS]))])),
            Pass,
            "{principal}"
        );
    }
    let all = || allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS]));
    for statement in [
        with(all(), "Action", json!(["S3:putobject", "s3:getBucketACL"])),
        with(all(), "Action", json!(["s3:Put*", "s3:Get*"])),
        with(all(), "Action", json!("*")),
        with(all(), "Resource", json!("*")),
        with(all(), "Resource", json!("arn:aws:s3:::logs-*")),
        with(all(), "Resource", json!([BUCKET, format!("{BUCKET}/AWSLogs/*/CloudTrail*")])),
        renamed(with(all(), "Action", json!("s3:DeleteObject")), "Action", "NotAction"),
        renamed(with(all(), "Resource", json!("arn:aws:s3:::other/*")), "Resource", "NotResource"),
        renamed(with(all(), "Principal", json!({"AWS": OTHER})), "Principal", "NotPrincipal"),
    ] {
        assert_eq!(delivery(only(vec![statement.clone()])), Pass, "{statement}");
    }
    let alone = json!({"Version": "2012-10-17", "Statement": all()}).to_string();
    assert_eq!(delivery(|scene| scene.policy = Some(alone)), Pass);
    let older = json!({"Statement": [all()]}).to_string();
    assert_eq!(delivery(|scene| scene.policy = Some(older)), Pass);
}

#[test]
fn a_grant_to_others_is_none_to_cloudtrail() {
    for principal in [
        json!({"AWS": ACCOUNT}),
        json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
        json!({"Service": "config.amazonaws.com"}),
        json!({"Service": "CloudTrail.amazonaws.com"}),
        json!({"Federated": "cloudtrail.amazonaws.com"}),
        json!({"CanonicalUser": "c0ffee"}),
    ] {
        assert_eq!(
            delivery(only(vec![allow(principal.clone(), "s3:*", json!([BUCKET, OBJECTS]))])),
            Fail,
            "{principal}"
        );
    }
    let but = renamed(allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])), "Principal", "NotPrincipal");
    assert_eq!(delivery(only(vec![but])), Fail);
}

#[test]
fn another_place_fails() {
    for resource in [
        format!("{BUCKET}/AWSLogs/{OTHER}/*"),
        format!("{BUCKET}/prefix/AWSLogs/{ACCOUNT}/*"),
        format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/us-west-2/*"),
        format!("{BUCKET}/AWSLogs/{ACCOUNT}"),
        format!("{BUCKET}/awslogs/{ACCOUNT}/*"),
        "arn:aws:s3:::logs-main2/*".to_owned(),
        BUCKET.to_owned(),
    ] {
        assert_eq!(delivery(writing(|statement| statement["Resource"] = json!(resource))), Fail, "{resource}");
    }
    assert_eq!(delivery(reading_the_acl(|statement| statement["Resource"] = json!(OBJECTS))), Fail);
}

#[test]
fn the_prefix_of_the_trail_counts() {
    for (prefix, of_policy, status) in [
        ("team", "team/", Pass),
        ("a/b", "a/b/", Pass),
        ("team", "", Fail),
        ("team", "team2/", Fail),
        ("", "", Pass),
        ("team/", "team/", Pass),
    ] {
        let scene = TrailFixture::ready().with(|scene| {
            scene.trail.prefix = Some(prefix.to_owned());
            scene.policy = Some(policy(&documented("aws", "main", of_policy, ACCOUNT)));
        });
        assert_eq!(link("delivery", &scene), status, "{prefix:?} {of_policy:?}");
    }
}

#[test]
fn conditions_are_judged_on_what_cloudtrail_brings_along() {
    let by = |operator: &str, key: &str, value: Value| {
        delivery(writing(|statement| statement["Condition"] = json!({operator: {key: value}})))
    };
    for (operator, key, value, status) in [
        ("StringEquals", "aws:SourceArn", json!(SOURCE), Pass),
        ("StringEquals", "AWS:SOURCEARN", json!([SOURCE]), Pass),
        ("ArnLike", "aws:SourceArn", json!("arn:aws:cloudtrail:*:111122223333:trail/*"), Pass),
        ("ArnEquals", "aws:SourceArn", json!("arn:aws:cloudtrail:us-west-2:111122223333:trail/other"), Fail),
        ("ArnEquals", "aws:SourceArn", json!("arn:aws:cloudtrail:us-east-1:111122223333:trail/main"), Fail),
        ("StringEquals", "aws:SourceArn", json!("arn:aws:cloudtrail:*:111122223333:trail/*"), Fail),
        ("StringEquals", "aws:SourceAccount", json!(ACCOUNT), Pass),
        ("StringEquals", "aws:SourceAccount", json!(OTHER), Fail),
        ("StringEquals", "aws:SourceAccount", json!([OTHER, ACCOUNT]), Pass),
        ("StringEquals", "s3:x-amz-acl", json!("private"), Fail),
        ("Bool", "aws:SecureTransport", json!(true), Pass),
        ("Bool", "aws:SecureTransport", json!("false"), Fail),
        ("Bool", "aws:PrincipalIsAWSService", json!("true"), Pass),
        ("StringEquals", "aws:PrincipalServiceName", json!("cloudtrail.amazonaws.com"), Pass),
        ("Bool", "aws:ViaAWSService", json!("true"), Fail),
        ("StringEquals", "aws:PrincipalOrgID", json!("o-abc"), Fail),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", json!("o-abc"), Pass),
        ("StringNotEquals", "aws:PrincipalOrgID", json!("o-abc"), Pass),
        ("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::111122223333:*"), Fail),
        ("StringEquals", "aws:SourceVpce", json!("vpce-1"), Fail),
        ("Bool", "aws:MultiFactorAuthPresent", json!("true"), Fail),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", json!("true"), Pass),
        ("Null", "aws:SourceArn", json!("false"), Pass),
        ("DateGreaterThan", "aws:CurrentTime", json!("2020-01-01T00:00:00Z"), Pass),
        ("DateLessThan", "aws:CurrentTime", json!("2020-01-01T00:00:00Z"), Fail),
    ] {
        assert_eq!(by(operator, key, value.clone()), status, "{operator} {key} {value}");
    }
}

#[test]
fn headers_come_with_the_write_only() {
    let acl = json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}});
    assert_eq!(delivery(writing(|statement| statement["Condition"] = acl.clone())), Pass);
    assert_eq!(delivery(reading_the_acl(|statement| statement["Condition"] = acl.clone())), Fail);
    let one = when(allow(cloudtrail(), json!(["s3:GetBucketAcl", "s3:PutObject"]), json!([BUCKET, OBJECTS])), acl);
    assert_eq!(delivery(only(vec![one])), Fail);
    let encrypted = json!({"StringEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}});
    assert_eq!(delivery(reading_the_acl(|statement| statement["Condition"] = encrypted)), Pass);
}

#[test]
fn the_encryption_header_is_known_with_a_key_only() {
    let encrypted = || deny(json!("*"), "s3:PutObject", OBJECTS);
    let encrypted = || when(encrypted(), json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}));
    let key =
        |scene: &mut TrailScene| scene.trail.kms_key = Some("arn:aws:kms:us-west-2:111122223333:key/1".to_owned());
    assert_eq!(link("delivery", &TrailFixture::ready().with(adding(vec![encrypted()])).with(key)), Pass);
    assert_eq!(link("delivery", &TrailFixture::ready().with(adding(vec![encrypted()]))), Warn);
    let wrong = when(encrypted(), json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}));
    assert_eq!(link("delivery", &TrailFixture::ready().with(adding(vec![wrong])).with(key)), Fail);
}

#[test]
fn a_deny_that_fits_fails_and_one_that_does_not_does_not() {
    let all = || deny(json!("*"), "s3:*", json!([BUCKET, OBJECTS]));
    for (statement, status) in [
        (all(), Fail),
        (deny(cloudtrail(), "s3:PutObject", OBJECTS), Fail),
        (deny(json!({"AWS": "*"}), "s3:GetBucketAcl", BUCKET), Fail),
        (deny(json!("*"), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/*")), Fail),
        (renamed(deny(json!({"AWS": ACCOUNT}), "s3:*", OBJECTS), "Principal", "NotPrincipal"), Fail),
        (renamed(deny(cloudtrail(), "s3:*", OBJECTS), "Principal", "NotPrincipal"), Pass),
        (renamed(deny(json!("*"), "s3:GetObject", OBJECTS), "Action", "NotAction"), Fail),
        (renamed(deny(json!("*"), "s3:PutObject", format!("{BUCKET}/AWSLogs/*")), "Resource", "NotResource"), Pass),
        (deny(json!("*"), "s3:Delete*", OBJECTS), Pass),
        (deny(json!("*"), "s3:PutObject", format!("{BUCKET}/other/*")), Pass),
        (deny(json!({"AWS": ACCOUNT}), "s3:*", json!([BUCKET, OBJECTS])), Pass),
        (when(all(), json!({"Bool": {"aws:SecureTransport": "false"}})), Pass),
        (when(all(), json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}})), Fail),
        (when(all(), json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}})), Fail),
        (
            when(
                all(),
                json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}, "Bool": {"aws:PrincipalIsAWSService": false}}),
            ),
            Pass,
        ),
        (when(all(), json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})), Fail),
        (when(all(), json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}})), Fail),
        (when(all(), json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})), Fail),
        (when(all(), json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}})), Fail),
        (
            when(
                deny(json!("*"), "s3:PutObject", OBJECTS),
                json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
            ),
            Pass,
        ),
    ] {
        assert_eq!(delivery(adding(vec![statement.clone()])), status, "{statement}");
    }
}

#[test]
fn fresh_delivery_without_error_decides_the_undecidable() {
    let by_address = || {
        when(
            allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])),
            json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        )
    };
    let open = |change: fn(&mut TrailScene)| {
        link("delivery", &TrailFixture::ready().with(only(vec![by_address()])).with(change))
    };
    assert_eq!(open(|_| {}), Warn);
    assert_eq!(open(|scene| scene.status.latest_delivery = Some(hours_ago(25))), Unknown);
    assert_eq!(open(|scene| scene.status.latest_delivery = None), Unknown);
    assert_eq!(open(|scene| scene.status.latest_delivery_error = Some("AccessDenied".to_owned())), Unknown);
    for condition in
        [json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}), json!({"SomethingNew": {"aws:SourceArn": "x"}})]
    {
        let statement = when(allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])), condition.clone());
        assert_eq!(delivery(only(vec![statement])), Warn, "{condition}");
    }
}

#[test]
fn a_delivery_error_is_not_judged_here() {
    assert_eq!(delivery(|scene| scene.status.latest_delivery_error = Some("AccessDenied".to_owned())), Pass);
    assert_eq!(delivery(|scene| scene.status.latest_delivery = None), Pass);
}

#[test]
fn digests_are_needed_with_validation_only_and_warn() {
    let no_digests =
        || writing(|statement| statement["Resource"] = json!(format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/*")));
    assert_eq!(delivery(no_digests()), Warn);
    let validation =
        |value| TrailFixture::ready().with(no_digests()).with(|scene| scene.trail.log_file_validation = value);
    assert_eq!(link("delivery", &validation(Some(false))), Pass);
    assert_eq!(link("delivery", &validation(None)), Unknown);
    assert_eq!(delivery(|scene| scene.trail.log_file_validation = None), Pass);
}

fn organizations(scene: &mut TrailScene) {
    scene.trail.is_organization = Some(true);
}

#[test]
fn an_organizations_trail_needs_the_organizations_place_too() {
    let all_accounts = format!("{BUCKET}/AWSLogs/o-abc/*");
    let mut more = documented("aws", "main", "", ACCOUNT);
    more.push(when(
        allow(cloudtrail(), "s3:PutObject", all_accounts),
        json!({"StringEquals": {"aws:SourceArn": SOURCE}}),
    ));
    let scene = TrailFixture::ready().in_organization("o-abc").with(organizations);
    assert_eq!(link("delivery", &scene), Fail);
    let scene = scene.with(only(more));
    assert_eq!(link("delivery", &scene), Pass);
    let of_another = scene.clone().in_organization("o-xyz");
    assert_eq!(link("delivery", &of_another), Fail);
    let standalone = TrailFixture { organization: None, ..scene };
    assert_eq!(link("delivery", &standalone), Unknown);
}

#[test]
fn an_unseen_organization_hides_no_sure_failure() {
    let mut facts = TrailFixture::ready().with(organizations).with(|scene| scene.policy = Some(policy(&[]))).facts();
    facts.organization = denied(Operation::DescribeOrganization);
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery"), Fail);
    let mut facts = TrailFixture::ready().with(organizations).facts();
    facts.organization = denied(Operation::DescribeOrganization);
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery"), Unknown);
    assert_eq!(delivery(|scene| scene.trail.is_organization = None), Unknown);
}

#[test]
fn unknown_organization_leaves_only_dependent_access_unknown() {
    let unseen = |statements: Vec<Value>, is_organization, latest| {
        let statements = [documented("aws", "main", "", ACCOUNT), statements].concat();
        let scene = TrailFixture::ready().with(only(statements)).with(|scene| {
            scene.trail.is_organization = is_organization;
            scene.status.latest_delivery = latest;
        });
        let mut facts = scene.facts();
        facts.organization = denied(Operation::DescribeOrganization);
        status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery")
    };
    let folder = |rest: &str| format!("{BUCKET}/AWSLogs/{rest}");
    let lets = |resource: &str| allow(cloudtrail(), "s3:PutObject", resource);
    let no = |rest: &str| deny(json!("*"), "s3:PutObject", folder(rest));
    let by_address = |statement: Value| when(statement, json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}));
    for (statements, told, untold) in [
        (vec![lets(OBJECTS)], Pass, Pass),
        (vec![lets(&folder("*"))], Pass, Pass),
        (vec![lets(&folder("*/*"))], Pass, Pass),
        (vec![lets(&folder("o-*"))], Pass, Pass),
        (vec![lets("arn:aws:s3:::*/AWSLogs/*")], Pass, Pass),
        (vec![], Unknown, Unknown),
        (vec![lets(&folder("o-abc/*"))], Unknown, Unknown),
        (vec![lets(&folder("o-a*"))], Unknown, Unknown),
        (vec![lets(OBJECTS), no("o-abc/*")], Unknown, Unknown),
        (vec![lets(OBJECTS), no("*/us-east-1/*")], Fail, Fail),
        (vec![lets(OBJECTS), no("o-*")], Fail, Unknown),
        (vec![no("o-*")], Fail, Unknown),
        (vec![lets(OBJECTS), no("*")], Fail, Fail),
        (vec![lets(OBJECTS), when(no("o-*"), json!({"Bool": {"aws:SecureTransport": "false"}}))], Pass, Pass),
        (vec![lets(OBJECTS), no(&format!("{OTHER}/*"))], Pass, Pass),
        (vec![by_address(lets(OBJECTS))], Warn, Unknown),
        (vec![by_address(lets(&folder("o-abc/*")))], Unknown, Unknown),
    ] {
        let fresh = Some(hours_ago(1));
        assert_eq!(unseen(statements.clone(), Some(true), fresh), told, "{statements:?}");
        assert_eq!(unseen(statements.clone(), None, fresh), untold, "{statements:?} of an untold trail");
    }
    assert_eq!(unseen(vec![by_address(lets(OBJECTS))], Some(true), Some(hours_ago(30))), Unknown);
}

#[test]
fn prefix_precedes_the_folder_of_an_unknown_organization() {
    let unseen = |folder: &str| {
        let scene = TrailFixture::ready().with(organizations).with(|scene| {
            scene.trail.prefix = Some("team".to_owned());
            let mut statements = documented("aws", "main", "team/", ACCOUNT);
            statements.push(allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/{folder}")));
            scene.policy = Some(policy(&statements));
        });
        let mut facts = scene.facts();
        facts.organization = denied(Operation::DescribeOrganization);
        status_of(&judge(&CHECK, facts), "trail-bucket-policy/delivery")
    };
    assert_eq!(unseen("team/AWSLogs/*"), Pass);
    assert_eq!(unseen("AWSLogs/*"), Unknown);
}

#[test]
fn trail_of_another_account_is_evaluated_in_its_name() {
    let scene = TrailFixture::ready().in_organization("o-abc").with(organizations).with(|scene| {
        scene.trail.arn = format!("arn:aws:cloudtrail:{HOME}:{OTHER}:trail/main");
        let mut statements = documented("aws", "main", "", OTHER);
        statements[0]["Condition"] = json!({"StringEquals": {"aws:SourceAccount": OTHER}});
        statements.push(with(statements[1].clone(), "Resource", json!(format!("{BUCKET}/AWSLogs/o-abc/*"))));
        scene.policy = Some(policy(&statements));
    });
    assert_eq!(link("delivery", &scene), Pass);
    assert_eq!(link("source-arn", &scene), Pass);
}

#[test]
fn a_policy_that_does_not_parse_is_unread() {
    for text in [
        "",
        "{",
        "[]",
        r#"{"Version":"2012-10-17"}"#,
        r#"{"Version":"2013-01-01","Statement":[]}"#,
        r#"{"Statement":[{"Effect":"allow"}]}"#,
    ] {
        let judged = judge(&CHECK, TrailFixture::ready().with(|scene| scene.policy = Some(text.to_owned())).facts());
        for requirement in ["delivery", "source-arn", "writers", "readers"] {
            assert_eq!(status_of(&judged, &format!("trail-bucket-policy/{requirement}")), Unknown, "{text}");
        }
        assert_eq!(status_of(&judged, "trail-bucket-policy/entitlement"), Pass);
    }
}
