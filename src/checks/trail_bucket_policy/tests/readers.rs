use super::*;
use crate::account::facts::{AclGrantee, PublicAccessBlock};
use crate::testing::trails::{OTHER, grant};

fn readers(statement: Value) -> Status {
    link("readers", &TrailFixture::ready().with(adding(vec![statement])).with(|scene| scene.block = None))
}

#[test]
fn the_world_or_another_account_fails() {
    for principal in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": OTHER}),
        json!({"CanonicalUser": "beef"}),
        json!({"Federated": "accounts.google.com"}),
    ] {
        for (action, resource) in [
            ("s3:GetObject", OBJECTS),
            ("s3:Get*", OBJECTS),
            ("s3:*", OBJECTS),
            ("*", "*"),
            ("s3:GetObjectVersion", OBJECTS),
            ("s3:ListBucket", BUCKET),
            ("s3:ListBucketVersions", BUCKET),
            ("s3:List*", "*"),
            ("s3:GetObject", "arn:aws:s3:::*/AWSLogs/*"),
            ("S3:getobject", "arn:aws:s3:::logs-main/x"),
        ] {
            assert_eq!(readers(allow(principal.clone(), action, resource)), Fail, "{principal} {action} {resource}");
        }
    }
    assert_eq!(
        readers(renamed(allow(json!({"AWS": ACCOUNT}), "s3:GetObject", OBJECTS), "Principal", "NotPrincipal")),
        Fail
    );
    assert_eq!(readers(renamed(allow(json!("*"), "s3:PutObject", OBJECTS), "Action", "NotAction")), Fail);
}

#[test]
fn this_account_services_and_other_grants_pass() {
    for statement in [
        allow(json!({"AWS": ACCOUNT}), "s3:Get*", OBJECTS),
        allow(json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/x")}), "s3:*", json!([BUCKET, OBJECTS])),
        allow(json!({"Service": "config.amazonaws.com"}), "s3:ListBucket", BUCKET),
        allow(json!("*"), "s3:PutObject", OBJECTS),
        allow(json!("*"), "s3:GetBucketLocation", BUCKET),
        allow(json!("*"), "s3:GetObject", BUCKET),
        allow(json!("*"), "s3:ListBucket", OBJECTS),
        when(allow(json!("*"), "s3:GetObject", OBJECTS), json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
        allow(json!({"AWS": "AIDAEXAMPLEID"}), "s3:GetObject", OBJECTS),
    ] {
        assert_eq!(readers(statement.clone()), Pass, "{statement}");
    }
}

#[test]
fn an_organization_or_an_address_leaves_it_the_worlds() {
    for condition in [
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.7"}}),
    ] {
        assert_eq!(readers(when(allow(json!("*"), "s3:GetObject", OBJECTS), condition.clone())), Fail, "{condition}");
    }
}

#[test]
fn an_outsider_reads_over_plain_http_where_https_is_denied() {
    let over = |secure: &str| json!({"Bool": {"aws:SecureTransport": secure}});
    let scene = |deny_over: &str, block| {
        let statements = vec![
            allow(json!("*"), "s3:GetObject", OBJECTS),
            when(deny(json!("*"), "s3:*", json!([BUCKET, OBJECTS])), over(deny_over)),
        ];
        link("readers", &TrailFixture::ready().with(adding(statements)).with(|scene| scene.block = block))
    };
    let restricts = || Some(PublicAccessBlock { ignore_public_acls: Some(true), restrict_public_buckets: Some(true) });
    for secure in ["true", "false"] {
        assert_eq!(readers(when(allow(json!("*"), "s3:GetObject", OBJECTS), over(secure))), Fail, "{secure}");
        assert_eq!(scene(secure, None), Fail, "{secure}");
        assert_eq!(scene(secure, restricts()), Warn, "{secure}");
    }
}

#[test]
fn restrict_public_buckets_holds_a_public_policy_back() {
    assert_eq!(of("readers", adding(vec![allow(json!("*"), "s3:GetObject", OBJECTS)])), Warn);
    assert_eq!(of("readers", adding(vec![allow(json!({"AWS": OTHER}), "s3:GetObject", OBJECTS)])), Fail);
}

#[test]
fn acl_grants_that_read_fail_unless_acls_are_off_or_ignored() {
    let world = AclGrantee::Group("http://acs.amazonaws.com/groups/global/AllUsers".to_owned());
    let logs = AclGrantee::Group("http://acs.amazonaws.com/groups/s3/LogDelivery".to_owned());
    let other = AclGrantee::CanonicalUser("beef".to_owned());
    let acl = |grantee: &AclGrantee, permission: &str, ownership, ignore| {
        of("readers", |scene| {
            scene.acl.grants.push(grant(grantee.clone(), permission));
            scene.ownership = ownership;
            scene.block =
                Some(PublicAccessBlock { ignore_public_acls: Some(ignore), restrict_public_buckets: Some(true) });
        })
    };
    for (grantee, permission, ownership, ignore, status) in [
        (&world, "READ", Some("ObjectWriter"), false, Fail),
        (&world, "FULL_CONTROL", None, false, Fail),
        (&world, "READ", None, true, Pass),
        (&world, "READ", Some("BucketOwnerEnforced"), false, Pass),
        (&world, "WRITE", None, false, Pass),
        (&world, "READ_ACP", None, false, Pass),
        (&other, "READ", None, true, Fail),
        (&other, "READ", Some("BucketOwnerEnforced"), true, Pass),
        (&logs, "READ", None, false, Pass),
    ] {
        assert_eq!(
            acl(grantee, permission, ownership, ignore),
            status,
            "{grantee:?} {permission} {ownership:?} {ignore}"
        );
    }
}

#[test]
fn a_variable_in_the_resource_is_resolved_for_whoever_asks() {
    for (principal, path, status) in [
        (json!("*"), "AWSLogs/${aws:PrincipalAccount}/*", Fail),
        (json!("*"), "AWSLogs/${aws:ResourceAccount}/*", Fail),
        (json!("*"), "AWSLogs/${aws:userid}/*", Fail),
        (json!({"AWS": OTHER}), "AWSLogs/${aws:PrincipalAccount}/*", Fail),
        (json!({"AWS": ACCOUNT}), "AWSLogs/${aws:PrincipalAccount}/*", Pass),
    ] {
        let resource = format!("{BUCKET}/{path}");
        assert_eq!(readers(allow(principal.clone(), "s3:GetObject", resource.clone())), status, "{principal} {path}");
        let excepted = renamed(allow(principal, "s3:GetObject", resource), "Resource", "NotResource");
        assert_eq!(readers(excepted), status, "all but {path}");
    }
}

#[test]
fn access_points_of_this_account_warn_and_others_fail() {
    let reads =
        |principal: Value, condition: Value| readers(when(allow(principal, "s3:GetObject", OBJECTS), condition));
    let own = || json!({"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}});
    let arn = |account: &str| json!({"ArnLike": {"s3:DataAccessPointArn": format!("arn:aws:s3:us-west-2:{account}:accesspoint/*")}});
    for (principal, condition, status) in [
        (json!("*"), own(), Warn),
        (json!("*"), arn(ACCOUNT), Warn),
        (json!("*"), arn(OTHER), Fail),
        (json!("*"), json!({"Null": {"s3:DataAccessPointAccount": true}}), Fail),
        (json!("*"), json!({"StringEqualsIfExists": {"s3:DataAccessPointAccount": ACCOUNT}}), Fail),
        (json!({"AWS": OTHER}), own(), Fail),
        (json!({"AWS": ACCOUNT}), own(), Pass),
    ] {
        assert_eq!(reads(principal.clone(), condition.clone()), status, "{principal} {condition}");
    }
}

#[test]
fn cloudfront_reads_for_this_account_only() {
    let reads = |condition: Value| {
        readers(when(allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:GetObject", OBJECTS), condition))
    };
    let of = |account: &str| format!("arn:aws:cloudfront::{account}:distribution/E1");
    for (condition, status) in [
        (json!({}), Warn),
        (json!({"StringEquals": {"aws:SourceArn": of(ACCOUNT)}}), Pass),
        (json!({"ArnLike": {"AWS:SourceArn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/*")}}), Pass),
        (json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), Pass),
        (json!({"StringEquals": {"aws:SourceArn": of(OTHER)}}), Warn),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::*:distribution/*"}}), Warn),
        (json!({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}), Pass),
        (json!({"StringEquals": {"aws:SourceOrgID": "o-abc"}}), Warn),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), Warn),
    ] {
        assert_eq!(reads(condition.clone()), status, "{condition}");
    }
    let restricted = when(
        allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:GetObject", OBJECTS),
        json!({"StringEquals": {"aws:SourceArn": of(ACCOUNT)}}),
    );
    let own =
        when(allow(json!("*"), "s3:GetObject", OBJECTS), json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}));
    assert_eq!(
        super::of("readers", adding(vec![restricted, own])),
        Pass,
        "a grant to this account is none to CloudFront"
    );
    let lists = allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:ListBucket", BUCKET);
    assert_eq!(readers(lists), Warn);
    let writes = allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:PutObject", OBJECTS);
    assert_eq!(readers(writes), Pass);
}

#[test]
fn an_account_of_aws_may_read() {
    for principal in [json!({"AWS": "797873946194"}), json!({"AWS": "arn:aws:iam::113285607260:root"})] {
        assert_eq!(readers(allow(principal.clone(), "s3:GetObject", OBJECTS)), Pass, "{principal}");
    }
}
