use super::*;
use crate::account::facts::{AclGrantee, PublicAccessBlock};
use crate::testing::trails::{OTHER, OWNER_ID, grant};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// With this statement beside CloudTrail's, and no public access block.
fn writers(statement: Value) -> Status {
    link("writers", &TrailFixture::ready().with(adding(vec![statement])).with(|scene| scene.block = None))
}

fn world() -> Value {
    allow(json!("*"), "s3:PutObject", OBJECTS)
}

#[test]
fn the_world_fails_however_it_is_written() {
    for statement in [
        world(),
        with(world(), "Principal", json!({"AWS": "*"})),
        with(world(), "Principal", json!({"AWS": [ACCOUNT, "*"]})),
        renamed(with(world(), "Principal", json!({"AWS": ACCOUNT})), "Principal", "NotPrincipal"),
        renamed(with(world(), "Principal", cloudtrail()), "Principal", "NotPrincipal"),
        renamed(with(world(), "Action", json!("s3:GetObject")), "Action", "NotAction"),
        renamed(with(world(), "Resource", json!(BUCKET)), "Resource", "NotResource"),
        with(world(), "Action", json!("s3:*")),
        with(world(), "Action", json!("*")),
        with(world(), "Action", json!(["s3:GetObject", "s3:put*"])),
        with(world(), "Action", json!("s3:P?tObject")),
        with(world(), "Action", json!("s3:PutObjectAcl")),
        with(world(), "Action", json!("s3:DeleteObjectVersion")),
        with(world(), "Action", json!("s3:UpdateObjectEncryption")),
        with(world(), "Resource", json!("*")),
        with(world(), "Resource", json!("arn:aws:s3:::*")),
        with(world(), "Resource", json!("arn:aws:s3:::logs-*")),
        with(world(), "Resource", json!("arn:aws:s3:::logs-*/AWSLogs/*")),
        with(world(), "Resource", json!("arn:aws:s3:::*/AWSLogs/*")),
        with(world(), "Resource", json!("arn:aws:s3:::*/*.gz")),
        with(world(), "Resource", json!("arn:aws:s3:::logs-mai?/x")),
        with(world(), "Resource", json!("arn:aws:s3:::logs-main?x")),
        with(world(), "Resource", json!(format!("{BUCKET}/incoming/x.txt"))),
        with(world(), "Resource", json!(format!("{BUCKET}/${{aws:username}}/*"))),
    ] {
        assert_eq!(writers(statement.clone()), Fail, "{statement}");
    }
}

#[test]
fn whatever_changes_the_bucket_is_writing() {
    for action in [
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketAcl",
        "s3:PutBucketOwnershipControls",
        "s3:PutLifecycleConfiguration",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutBucketPublicAccessBlock",
        "s3:DeleteBucket",
        "s3:Put*",
        "s3:*",
    ] {
        assert_eq!(writers(allow(json!("*"), action, BUCKET)), Fail, "{action}");
    }
    assert_eq!(writers(allow(json!("*"), "s3:PutBucketPolicy", OBJECTS)), Pass);
    assert_eq!(writers(allow(json!("*"), "s3:PutObject", BUCKET)), Pass);
}

#[test]
fn what_writes_nothing_here_passes() {
    for statement in [
        allow(json!("*"), "s3:GetObject", OBJECTS),
        allow(json!("*"), "s3:List*", BUCKET),
        allow(json!("*"), "s3:PutObject", "arn:aws:s3:::other/*"),
        allow(json!("*"), "s3:PutObject", "arn:aws:s3:::logs-main2/*"),
        renamed(allow(json!("*"), "s3:PutObject", OBJECTS), "Resource", "NotResource"),
        deny(json!("*"), "s3:*", OBJECTS),
        allow(json!({"AWS": "AIDAEXAMPLEID"}), "s3:*", OBJECTS),
        allow(json!({"AWS": ["AROAEXAMPLEID"]}), "s3:*", OBJECTS),
        when(world(), json!({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})),
    ] {
        assert_eq!(writers(statement.clone()), Pass, "{statement}");
    }
}

#[test]
fn another_account_fails_however_it_is_written() {
    for principal in [
        json!({"AWS": OTHER}),
        json!({"AWS": [ACCOUNT, OTHER]}),
        json!({"AWS": format!("arn:aws:iam::{OTHER}:root")}),
        json!({"AWS": format!("arn:aws:iam::{OTHER}:user/x")}),
        json!({"AWS": format!("arn:aws:sts::{OTHER}:assumed-role/x/y")}),
        json!({"Federated": format!("arn:aws:iam::{OTHER}:saml-provider/x")}),
        json!({"Federated": "accounts.google.com"}),
        json!({"CanonicalUser": "beef"}),
    ] {
        assert_eq!(writers(with(world(), "Principal", principal.clone())), Fail, "{principal}");
    }
}

#[test]
fn a_principal_of_this_account_warns() {
    for principal in [
        json!({"AWS": ACCOUNT}),
        json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}),
        json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/x")}),
        json!({"Federated": format!("arn:aws:iam::{ACCOUNT}:saml-provider/x")}),
        json!({"CanonicalUser": OWNER_ID}),
    ] {
        assert_eq!(writers(with(world(), "Principal", principal.clone())), Warn, "{principal}");
    }
}

#[test]
fn a_condition_that_holds_the_world_to_this_account_warns() {
    for condition in [
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"NumericEquals": {"aws:PrincipalAccount": 111_122_223_333_u64}}),
        json!({"NumericEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}, "Bool": {"aws:SecureTransport": "false"}}),
        json!({"StringEqualsIgnoreCase": {"aws:PrincipalArn": format!("ARN:AWS:IAM::{ACCOUNT}:USER/ANN")}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
        json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}),
        json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/*")}}),
        json!({"ArnEquals": {"aws:SourceArn": SOURCE}}),
        json!({"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}),
        json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    ] {
        assert_eq!(writers(when(world(), condition.clone())), Warn, "{condition}");
    }
}

#[test]
fn other_conditions_leave_it_the_worlds_or_anothers() {
    for condition in [
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": OTHER}}),
        json!({"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, OTHER]}}),
        json!({"StringLike": {"aws:PrincipalAccount": "4444*"}}),
        json!({"StringLike": {"aws:PrincipalAccount": "11112222333?"}}),
        json!({"StringLike": {"aws:SourceAccount": "*5556666"}}),
        json!({"NumericGreaterThan": {"aws:PrincipalAccount": 4}}),
        json!({"NumericEquals": {"aws:PrincipalAccount": [ACCOUNT, OTHER]}}),
        json!({"NumericEquals": {"aws:PrincipalAccount": "1111222233330"}}),
        json!({"NumericNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"StringEquals": {"s3:DataAccessPointAccount": OTHER}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::4444*:role/deploy"}}),
        json!({"ArnLikeIfExists": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/*")}}),
        json!({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
        json!({"ForAllValues:StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        json!({"Null": {"aws:PrincipalArn": "true"}}),
        json!({"StringEquals": {"aws:PrincipalAccount": "anonymous"}}),
        json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/*"}}),
        json!({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"Bool": {"aws:SecureTransport": "false"}}),
    ] {
        assert_eq!(writers(when(world(), condition.clone())), Fail, "{condition}");
    }
}

#[test]
fn a_deny_takes_a_grant_away_where_it_surely_fits() {
    let scene = |denies: Value| {
        let scene = TrailFixture::ready().with(adding(vec![world(), denies])).with(|scene| scene.block = None);
        link("writers", &scene)
    };
    let all = || deny(json!("*"), "s3:*", json!([BUCKET, OBJECTS]));
    for (denies, status) in [
        (when(all(), json!({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}})), Warn),
        (when(all(), json!({"ArnNotLike": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/x")}})), Warn),
        (when(all(), json!({"StringNotEquals": {"aws:PrincipalAccount": [ACCOUNT, OTHER]}})), Fail),
        (when(all(), json!({"Bool": {"aws:SecureTransport": "false"}})), Fail),
        (when(all(), json!({"Bool": {"aws:SecureTransport": "true"}})), Fail),
        (when(all(), json!({"StringNotEquals": {"aws:SecureTransport": "false"}})), Fail),
        (
            when(
                all(),
                json!({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}, "Bool": {"aws:SecureTransport": "true"}}),
            ),
            Fail,
        ),
        (when(all(), json!({"Bool": {"aws:SecureTransport": ["true", "false"]}})), Pass),
        (when(all(), json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})), Fail),
        (deny(json!({"AWS": OTHER}), "s3:*", OBJECTS), Fail),
        (deny(json!("*"), "s3:PutObject", format!("{BUCKET}/AWSLogs/*")), Fail),
        (renamed(deny(json!("*"), "s3:PutObject", format!("{BUCKET}/incoming/*")), "Resource", "NotResource"), Fail),
    ] {
        assert_eq!(scene(denies.clone()), status, "{denies}");
    }
}

#[test]
fn another_service_warns_where_it_reaches_the_trails_own_files() {
    let service = |resource: &str| allow(json!({"Service": "config.amazonaws.com"}), "s3:PutObject", resource);
    for (resource, status) in [
        (OBJECTS.to_owned(), Warn),
        (format!("{BUCKET}/AWSLogs/{ACCOUNT}/*"), Warn),
        (format!("{BUCKET}/AWSLogs/*"), Warn),
        (format!("{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail-Digest/*"), Warn),
        ("arn:aws:s3:::*/AWSLogs/*/CloudTrail/*".to_owned(), Warn),
        (format!("{BUCKET}/AWSLogs/{ACCOUNT}/Config/*"), Pass),
        (format!("{BUCKET}/config/*"), Pass),
    ] {
        assert_eq!(writers(service(&resource)), status, "{resource}");
    }
    assert_eq!(writers(allow(json!({"Service": "config.amazonaws.com"}), "s3:PutBucketPolicy", BUCKET)), Warn);
    assert_eq!(writers(allow(json!({"Service": "config.amazonaws.com"}), "s3:GetBucketAcl", BUCKET)), Pass);
}

#[test]
fn a_service_that_is_named_by_a_condition_is_a_service() {
    let named = |name: &str| when(world(), json!({"StringEquals": {"aws:PrincipalServiceName": name}}));
    assert_eq!(writers(named("config.amazonaws.com")), Warn);
    assert_eq!(writers(named("cloudtrail.amazonaws.com")), Pass);
    assert_eq!(writers(when(world(), json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}))), Warn);
}

#[test]
fn a_public_policy_is_held_back_by_restrict_public_buckets_only() {
    let blocked = |statements: Vec<Value>, restrict: Option<bool>| {
        let block = PublicAccessBlock { ignore_public_acls: Some(true), restrict_public_buckets: restrict };
        link("writers", &TrailFixture::ready().with(adding(statements)).with(|scene| scene.block = Some(block)))
    };
    let other = || with(world(), "Principal", json!({"AWS": OTHER}));
    let endpoint = || when(world(), json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}));
    assert_eq!(blocked(vec![world()], Some(true)), Warn);
    assert_eq!(blocked(vec![world()], Some(false)), Fail);
    assert_eq!(blocked(vec![world()], None), Unknown);
    assert_eq!(blocked(vec![world(), other()], Some(true)), Warn);
    assert_eq!(blocked(vec![other()], Some(true)), Fail, "the policy is not public, so nothing is held back");
    assert_eq!(blocked(vec![endpoint()], Some(true)), Fail, "a fixed value makes it not public");
    assert_eq!(blocked(vec![other()], None), Fail, "the switch does not matter");
}

/// With these grants in the ACL beside the owner's, ACLs on, and no public access block.
fn acl(grantee: &AclGrantee, permission: &str, change: impl FnOnce(&mut TrailScene)) -> Status {
    let scene = TrailFixture::ready().with(|scene| {
        scene.acl.grants.push(grant(grantee.clone(), permission));
        scene.ownership = Some("BucketOwnerPreferred");
        scene.block = None;
    });
    link("writers", &scene.with(change))
}

#[test]
fn an_acl_grant_to_the_world_or_another_account_fails() {
    let grantees = [
        AclGrantee::Group(ALL_USERS.to_owned()),
        AclGrantee::Group(AUTHENTICATED.to_owned()),
        AclGrantee::CanonicalUser("beef".to_owned()),
    ];
    for grantee in &grantees {
        for (permission, status) in
            [("WRITE", Fail), ("WRITE_ACP", Fail), ("FULL_CONTROL", Fail), ("READ", Pass), ("READ_ACP", Pass)]
        {
            assert_eq!(acl(grantee, permission, |_| {}), status, "{grantee:?} {permission}");
            assert_eq!(acl(grantee, permission, |scene| scene.ownership = Some("BucketOwnerEnforced")), Pass);
            assert_eq!(acl(grantee, permission, |scene| scene.ownership = None), status);
        }
    }
    assert_eq!(acl(&AclGrantee::CanonicalUser(OWNER_ID.to_owned()), "WRITE", |_| {}), Pass);
}

#[test]
fn ignore_public_acls_takes_public_grants_only() {
    let ignoring = |value| {
        move |scene: &mut TrailScene| {
            scene.block = Some(PublicAccessBlock { ignore_public_acls: value, restrict_public_buckets: Some(true) });
        }
    };
    for group in [ALL_USERS, AUTHENTICATED] {
        let group = AclGrantee::Group(group.to_owned());
        for (value, status) in [(Some(true), Pass), (Some(false), Fail), (None, Unknown)] {
            assert_eq!(acl(&group, "WRITE", ignoring(value)), status);
        }
    }
    assert_eq!(acl(&AclGrantee::CanonicalUser("beef".to_owned()), "WRITE", ignoring(Some(true))), Fail);
}

#[test]
fn the_log_delivery_group_is_a_service() {
    assert_eq!(acl(&AclGrantee::Group(LOG_DELIVERY.to_owned()), "WRITE", |_| {}), Warn);
}

#[test]
fn what_an_acl_does_not_tell_is_unknown() {
    assert_eq!(acl(&AclGrantee::Group("http://acs.amazonaws.com/groups/s3/New".to_owned()), "WRITE", |_| {}), Unknown);
    assert_eq!(acl(&AclGrantee::Other("AmazonCustomerByEmail".to_owned()), "WRITE", |_| {}), Unknown);
    assert_eq!(acl(&AclGrantee::CanonicalUser("beef".to_owned()), "WRITE_SOMETHING", |_| {}), Unknown);
    assert_eq!(acl(&AclGrantee::CanonicalUser("beef".to_owned()), "WRITE", |scene| scene.acl.owner = None), Unknown);
    let untold = |scene: &mut TrailScene| scene.acl.grants[0].permission = None;
    assert_eq!(acl(&AclGrantee::CanonicalUser(OWNER_ID.to_owned()), "READ", untold), Unknown);
}

#[test]
fn a_canonical_id_in_the_policy_needs_the_owners() {
    let named = |effect: fn(Value, &'static str, &'static str) -> Value| {
        effect(json!({"CanonicalUser": OWNER_ID}), "s3:PutObject", OBJECTS)
    };
    let mut facts = TrailFixture::ready().with(adding(vec![named(allow)])).facts();
    facts.bucket_acls.set("logs-main", denied(Operation::GetBucketAcl));
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/writers"), Unknown);
    // A Deny of everybody but the owner lets in nobody else, whoever that is.
    let but_the_owner = renamed(named(deny), "Principal", "NotPrincipal");
    let mut facts = TrailFixture::ready().with(adding(vec![world(), but_the_owner])).facts();
    facts.bucket_acls.set("logs-main", denied(Operation::GetBucketAcl));
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/writers"), Unknown);
}

#[test]
fn a_sure_failure_is_not_hidden_by_what_is_unseen() {
    let mut facts = TrailFixture::ready().with(adding(vec![world()])).with(|scene| scene.block = None).facts();
    facts.bucket_acls.set("logs-main", denied(Operation::GetBucketAcl));
    facts.ownership_controls.set("logs-main", denied(Operation::GetBucketOwnershipControls));
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/writers"), Fail);
}

#[test]
fn service_that_may_reach_an_unknown_organization_is_unknown() {
    let unseen = |resource: &str| {
        let statement = allow(json!({"Service": "config.amazonaws.com"}), "s3:PutObject", resource);
        let scene =
            TrailFixture::ready().with(adding(vec![statement])).with(|scene| scene.trail.is_organization = Some(true));
        let mut facts = scene.facts();
        facts.organization = denied(Operation::DescribeOrganization);
        status_of(&judge(&CHECK, facts), "trail-bucket-policy/writers")
    };
    assert_eq!(unseen(&format!("{BUCKET}/AWSLogs/o-abc/*")), Unknown);
    assert_eq!(unseen(OBJECTS), Warn);
    assert_eq!(unseen(&format!("{BUCKET}/AWSLogs/{OTHER}/*")), Pass);
}

#[test]
fn unknown_object_ownership_leaves_acls_unknown() {
    for (ownership, grantee, status) in [
        (Some("Frobbed"), AclGrantee::Group(ALL_USERS.to_owned()), Unknown),
        (Some("Frobbed"), AclGrantee::CanonicalUser("beef".to_owned()), Unknown),
        (Some("Frobbed"), AclGrantee::CanonicalUser(OWNER_ID.to_owned()), Pass),
        (Some("BucketOwnerPreferred"), AclGrantee::Group(ALL_USERS.to_owned()), Fail),
    ] {
        let judged = of("writers", |scene| {
            scene.ownership = ownership;
            scene.block = None;
            scene.acl.grants.push(grant(grantee.clone(), "WRITE"));
        });
        assert_eq!(judged, status, "{ownership:?} {grantee:?}");
    }
}

#[test]
fn tags_and_locks_of_another_account_only_warn() {
    let other = || json!({"AWS": OTHER});
    for action in [
        "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging",
        "s3:PutObjectRetention",
        "s3:PutObjectLegalHold",
        "s3:BypassGovernanceRetention",
        "s3:PutObjectRet*",
    ] {
        assert_eq!(writers(allow(json!("*"), action, OBJECTS)), Fail, "{action}");
        assert_eq!(writers(allow(other(), action, OBJECTS)), Warn, "{action}");
        assert_eq!(writers(allow(json!({"AWS": ACCOUNT}), action, OBJECTS)), Warn, "{action}");
        assert_eq!(writers(allow(json!({"Service": "config.amazonaws.com"}), action, OBJECTS)), Warn, "{action}");
        assert_eq!(writers(allow(other(), json!([action, "s3:PutObject"]), OBJECTS)), Fail, "{action}");
        assert_eq!(writers(allow(other(), json!([action, "s3:GetObject"]), OBJECTS)), Warn, "{action}");
    }
    let judged = judge(
        &CHECK,
        TrailFixture::ready().with(adding(vec![allow(other(), "s3:PutObjectLegalHold", OBJECTS)])).facts(),
    );
    assert!(message(&judged, "/writers").contains("only tags, retention and legal holds"), "{judged:#?}");
}

#[test]
fn an_account_of_aws_is_a_service() {
    let of = |principal: Value, resource: &str| {
        writers(with(allow(json!("*"), "s3:PutObject", resource), "Principal", principal))
    };
    let elsewhere = format!("{BUCKET}/alb/*");
    for (principal, status) in [
        // An Application Load Balancer's, Redshift's and CloudFront's log delivery.
        (json!({"AWS": "arn:aws:iam::797873946194:root"}), Pass),
        (json!({"AWS": "arn:aws:iam::193672423079:user/logs"}), Pass),
        (json!({"CanonicalUser": "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"}), Pass),
        // CloudTrail needs its legacy account IDs nowhere.
        (json!({"AWS": "arn:aws:iam::113285607260:root"}), Warn),
        (json!({"AWS": "086441151436"}), Warn),
        (json!({"AWS": OTHER}), Fail),
    ] {
        assert_eq!(of(principal.clone(), &elsewhere), status, "{principal}");
        let everywhere = if status == Fail { Fail } else { Warn };
        assert_eq!(of(principal.clone(), OBJECTS), everywhere, "{principal}");
    }
    let legacy = allow(json!({"AWS": "arn:aws:iam::113285607260:root"}), "s3:PutObject", OBJECTS);
    let judged = judge(&CHECK, TrailFixture::ready().with(adding(vec![legacy])).facts());
    let said = message(&judged, "/writers");
    assert!(said.contains("replace it with the service principal cloudtrail.amazonaws.com"), "{said}");
}

#[test]
fn cloudfront_delivers_by_an_acl_as_a_service() {
    for id in [
        "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
        "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
    ] {
        assert_eq!(acl(&AclGrantee::CanonicalUser(id.to_owned()), "FULL_CONTROL", |_| {}), Warn);
        assert_eq!(acl(&AclGrantee::CanonicalUser(id.to_owned()), "READ", |_| {}), Pass);
    }
}

#[test]
fn a_variable_in_the_resource_is_resolved_for_whoever_asks() {
    let own_part = format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*");
    assert_eq!(writers(allow(json!({"AWS": OTHER}), "s3:PutObject", own_part.clone())), Fail);
    assert_eq!(writers(allow(json!("*"), "s3:PutObject", own_part.clone())), Fail);
    assert_eq!(writers(allow(json!({"AWS": ACCOUNT}), "s3:PutObject", own_part)), Warn);
    let others = format!("{BUCKET}/AWSLogs/${{aws:SourceAccount}}/Config/*");
    assert_eq!(writers(allow(json!({"Service": "config.amazonaws.com"}), "s3:PutObject", others)), Pass);
    let all = format!("{BUCKET}/AWSLogs/${{aws:SourceAccount}}/*");
    assert_eq!(writers(allow(json!({"Service": "config.amazonaws.com"}), "s3:PutObject", all)), Warn);
}

#[test]
fn access_points_of_this_account_warn_and_others_fail() {
    let through = |account: &str| json!({"StringEquals": {"s3:DataAccessPointAccount": account}});
    assert_eq!(writers(when(world(), through(ACCOUNT))), Warn);
    assert_eq!(writers(when(world(), through(OTHER))), Fail);
    let other = with(world(), "Principal", json!({"AWS": OTHER}));
    assert_eq!(writers(when(other, through(ACCOUNT))), Fail);
    assert_eq!(writers(when(world(), json!({"Null": {"s3:DataAccessPointArn": "true"}}))), Fail);
    let judged = judge(&CHECK, TrailFixture::ready().with(adding(vec![when(world(), through(ACCOUNT))])).facts());
    let said = message(&judged, "/writers");
    assert!(said.contains("access is delegated to access points, whose policies aren't read"), "{said}");
}

#[test]
fn restrict_public_buckets_holds_back_only_public_access() {
    let blocked = |statements: Vec<Value>| {
        let block = PublicAccessBlock { ignore_public_acls: Some(true), restrict_public_buckets: Some(true) };
        link("writers", &TrailFixture::ready().with(adding(statements)).with(|scene| scene.block = Some(block)))
    };
    let under = |condition: Value| vec![when(world(), condition)];
    for (statements, status) in [
        (under(json!({"StringEquals": {"s3:DataAccessPointAccount": OTHER}})), Fail),
        (under(json!({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}})), Fail),
        (under(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})), Fail),
        (under(json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}})), Warn),
        (under(json!({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}})), Warn),
        (under(json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}})), Warn),
    ] {
        assert_eq!(blocked(statements.clone()), status, "{statements:?}");
    }
    let location = allow(json!("*"), "s3:GetBucketLocation", BUCKET);
    let other = with(world(), "Principal", json!({"AWS": OTHER}));
    assert_eq!(blocked(vec![location, other]), Warn, "one public statement makes the policy public");
}
