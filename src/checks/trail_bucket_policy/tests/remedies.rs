use super::*;
use crate::account::facts::AclGrantee;
use crate::testing::trails::{OTHER, grant, lets, reading, user};

fn commands(scene: &TrailFixture, requirement: &str) -> Vec<String> {
    let judged = judge(&CHECK, scene.facts());
    let finding = judged.findings.iter().find(|finding| finding.id.ends_with(requirement)).unwrap();
    finding
        .remediation
        .clone()
        .unwrap_or_else(|| panic!("{finding:?}"))
        .commands
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The policy that a command would put.
fn put_policy(scene: &TrailFixture, requirement: &str) -> String {
    let commands = commands(scene, requirement);
    let words = shell_words::split(&commands[0]).unwrap();
    let at = words.iter().position(|word| word == "--policy").unwrap();
    words[at + 1].clone()
}

#[test]
fn the_policy_that_is_printed_passes() {
    let scenes = [
        TrailFixture::ready().with(|scene| scene.policy = None),
        TrailFixture::ready().with(only(vec![])),
        TrailFixture::ready().with(only(vec![allow(json!({"AWS": "AIDAEXAMPLEID"}), "s3:*", OBJECTS)])),
        TrailFixture::ready().with(|scene| {
            scene.policy = None;
            scene.trail.prefix = Some("a/b".to_owned());
        }),
    ];
    for scene in scenes {
        let policy = put_policy(&scene, "/delivery");
        let mended = scene.with(|scene| scene.policy = Some(policy.clone()));
        assert_eq!(link("delivery", &mended), Pass, "{policy}");
        assert_eq!(link("source-arn", &mended), Pass, "{policy}");
        assert_eq!(link("writers", &mended), Pass, "{policy}");
    }
}

#[test]
fn unheld_statements_are_replaced_and_those_of_others_stay() {
    let unheld = [
        allow(cloudtrail(), "s3:GetBucketAcl", BUCKET),
        allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/*")),
    ];
    let theirs = when(
        allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/*")),
        json!({"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/other"}}),
    );
    let elsewhere = when(
        allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/team/*")),
        json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    );
    let reader = allow(json!({"AWS": ACCOUNT}), "s3:GetObject", OBJECTS);
    let scene = TrailFixture::ready()
        .with(only([unheld.to_vec(), vec![theirs.clone(), elsewhere.clone(), reader.clone()]].concat()));
    let put: Value = serde_json::from_str(&put_policy(&scene, "/source-arn")).unwrap();
    let statements = put["Statement"].as_array().unwrap();
    for kept in [&theirs, &elsewhere, &reader] {
        assert!(statements.contains(kept), "{kept}");
    }
    assert!(!unheld.iter().any(|gone| statements.contains(gone)));
    let mended = scene.with(|scene| scene.policy = Some(put.to_string()));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended)), (Pass, Pass));
}

#[test]
fn a_trail_of_another_account_is_left_in_and_left_to_the_reader() {
    let scene = TrailFixture::ready().with(only(documented("aws", "main", "", OTHER)));
    let put = put_policy(&scene, "/delivery");
    assert!(put.contains(OTHER));
    let mended = scene.with(|scene| scene.policy = Some(put));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended)), (Pass, Warn));
    assert_eq!(commands(&mended, "/source-arn"), Vec::<String>::new());
}

#[test]
fn repaired_deny_excepts_this_trail_and_stays_for_others() {
    for condition in [json!({}), json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})] {
        let stops = when(deny(json!("*"), "s3:PutObject", OBJECTS), condition);
        let scene = TrailFixture::ready().with(adding(vec![stops]));
        assert_ne!(link("delivery", &scene), Pass);
        let put: Value = serde_json::from_str(&put_policy(&scene, "/delivery")).unwrap();
        let statements = put["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), documented("aws", "main", "", ACCOUNT).len() + 1, "{put:#}");
        let stays = statements.iter().find(|statement| statement["Effect"] == "Deny").unwrap();
        assert_eq!(stays["Condition"]["ArnNotEquals"]["aws:SourceArn"], SOURCE);
        assert_eq!(link("delivery", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
    }
}

#[test]
fn a_deny_that_does_not_stop_cloudtrail_stays_as_it_is() {
    let https = when(deny(json!("*"), "s3:*", OBJECTS), json!({"Bool": {"aws:SecureTransport": "false"}}));
    let scene = TrailFixture::ready().with(only(vec![https.clone()]));
    let put: Value = serde_json::from_str(&put_policy(&scene, "/delivery")).unwrap();
    assert_eq!(put["Statement"][0], https);
    assert_eq!(link("delivery", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
}

#[test]
fn a_policy_in_the_older_language_stays_in_it() {
    let older = json!({"Statement": [allow(json!({"AWS": ACCOUNT}), "s3:GetObject", format!("{BUCKET}/${{x}}/*"))]});
    let scene = TrailFixture::ready().with(|scene| scene.policy = Some(older.to_string()));
    let put: Value = serde_json::from_str(&put_policy(&scene, "/delivery")).unwrap();
    assert_eq!(put["Version"], Value::Null);
    assert_eq!(put["Statement"][0], older["Statement"][0]);
    assert_eq!(link("delivery", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
}

#[test]
fn outsiders_are_taken_out_and_what_does_not_hurt_stays() {
    let reads = |principal: Value| allow(principal, "s3:GetObject", OBJECTS);
    let https = when(deny(json!("*"), "s3:*", OBJECTS), json!({"Bool": {"aws:SecureTransport": "false"}}));
    let own = reads(json!({"AWS": ACCOUNT}));
    let mixed = reads(json!({"AWS": [ACCOUNT, OTHER], "CanonicalUser": "beef"}));
    let scene = TrailFixture::ready().with(adding(vec![https.clone(), own.clone(), mixed, reads(json!("*"))]));
    assert_ne!(link("readers", &scene), Pass);
    let put: Value = serde_json::from_str(&put_policy(&scene, "/readers")).unwrap();
    let mut expected = documented("aws", "main", "", ACCOUNT);
    expected.extend([https, own.clone(), own]);
    assert_eq!(put["Statement"], Value::from(expected));
    assert_eq!(link("readers", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
}

#[test]
fn who_of_this_account_writes_may_go_on_reading() {
    let both = allow(json!({"AWS": ACCOUNT}), json!(["s3:GetObject", "s3:PutObject"]), OBJECTS);
    let config = allow(json!({"Service": "config.amazonaws.com"}), "s3:PutObject", OBJECTS);
    let scene = TrailFixture::ready().with(adding(vec![both.clone(), config]));
    assert_eq!(link("writers", &scene), Warn);
    let put: Value = serde_json::from_str(&put_policy(&scene, "/writers")).unwrap();
    let mut expected = documented("aws", "main", "", ACCOUNT);
    expected.push(with(both, "Action", json!(["s3:GetObject"])));
    assert_eq!(put["Statement"], Value::from(expected));
    assert_eq!(link("writers", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
}

#[test]
fn a_world_that_let_cloudtrail_in_leaves_it_in() {
    let world = allow(json!("*"), json!(["s3:PutObject", "s3:GetBucketAcl"]), json!([OBJECTS, BUCKET]));
    let scene = TrailFixture::ready().with(only(vec![world]));
    // The public access block of this bucket holds the world back, and what the policy says is no better for that.
    assert_eq!((link("delivery", &scene), link("writers", &scene)), (Pass, Warn));
    let policy = put_policy(&scene, "/writers");
    let mended = scene.with(|scene| scene.policy = Some(policy));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended), link("writers", &mended)), (Pass, Pass, Pass));
}

#[test]
fn cloudtrail_is_held_wherever_it_stands() {
    let together = allow(
        json!({"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]}),
        json!(["s3:PutObject", "s3:GetBucketAcl"]),
        json!([format!("{BUCKET}/other/*"), BUCKET]),
    );
    let scene = TrailFixture::ready().with(adding(vec![together]));
    assert_eq!(link("source-arn", &scene), Warn);
    let policy = put_policy(&scene, "/source-arn");
    assert!(policy.contains("config.amazonaws.com"), "{policy}");
    let mended = scene.with(|scene| scene.policy = Some(policy));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended)), (Pass, Pass));
}

#[test]
fn acls_are_not_put_where_they_are_off() {
    let world = || adding(vec![allow(json!("*"), "s3:PutObject", OBJECTS)]);
    let off = commands(&TrailFixture::ready().with(world()), "/writers").join("\n");
    assert!(!off.contains("put-bucket-acl") && off.contains("put-public-access-block"), "{off}");
    let own = TrailFixture::ready().with(adding(vec![allow(json!({"AWS": ACCOUNT}), "s3:PutObject", OBJECTS)]));
    assert!(!commands(&own, "/writers").join("\n").contains("put-bucket-acl"));
    let on = TrailFixture::ready().with(|scene| {
        scene.ownership = None;
        scene.acl.grants.push(grant(AclGrantee::CanonicalUser("beef".to_owned()), "WRITE"));
    });
    assert!(commands(&on, "/writers").join("\n").contains("put-bucket-acl"));
}

#[test]
fn only_a_policy_of_this_bucket_alone_is_rewritten() {
    let printed = |statements: &[Value]| {
        let scene = TrailFixture { policies: vec![reading("ReadLogs", statements)], ..TrailFixture::ready() };
        commands(&scene, "/entitlement").join("\n")
    };
    assert!(printed(&[lets(json!(["s3:GetObject", "s3:PutObject"]), OBJECTS)]).contains("create-policy-version"));
    for wider in [lets("s3:*", "*"), lets("s3:GetObject", json!([OBJECTS, "*"]))] {
        let printed = printed(&[wider]);
        assert!(!printed.contains("create-policy-version") && printed.contains("iam create-policy "), "{printed}");
    }
}

#[test]
fn a_policy_that_only_lacks_a_holder_is_attached() {
    let scene = TrailFixture { users: vec![user("ann", &[])], ..TrailFixture::ready() };
    let printed = commands(&scene, "/entitlement").join("\n");
    assert!(printed.starts_with("aws iam attach-user-policy") && printed.contains(":policy/ReadLogs"), "{printed}");
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let scene =
        TrailFixture { policies: vec![reading("CloudTrailLogsRead", &[lets("ec2:*", "*")])], ..TrailFixture::ready() };
    assert!(commands(&scene, "/entitlement").join("\n").contains("create-policy --policy-name CloudTrailLogsRead-2 "));
}

#[test]
fn a_hostile_name_gets_no_command() {
    let scene = TrailFixture::ready().with(|scene| {
        scene.trail.bucket = Some("logs\u{1b}[2J".to_owned());
        scene.policy = None;
    });
    assert_eq!(commands(&scene, "/delivery"), Vec::<String>::new());
}

#[test]
fn cloudtrails_statements_name_the_trail_and_its_account() {
    let held = |scene: &TrailFixture| {
        let put: Value = serde_json::from_str(&put_policy(scene, "/delivery")).unwrap();
        let statements = put["Statement"].as_array().unwrap().clone();
        statements.iter().map(|statement| statement["Condition"]["StringEquals"].clone()).collect::<Vec<_>>()
    };
    let bare = TrailFixture::ready().with(|scene| scene.policy = None);
    for condition in held(&bare) {
        assert_eq!((&condition["aws:SourceArn"], &condition["aws:SourceAccount"]), (&json!(SOURCE), &json!(ACCOUNT)));
    }
    // Another trail that is known to write into the bucket goes on.
    let mut shared = TrailFixture::of(vec![trail("main"), trail("second")]).with(|scene| scene.policy = None);
    shared.trails[1].trail.bucket = Some("logs-main".to_owned());
    shared.trails[1].status.is_logging = Some(false);
    shared.trails[1].policy = None;
    let both = json!([SOURCE, SOURCE.replace("main", "second")]);
    for condition in held(&shared) {
        assert_eq!(condition["aws:SourceArn"], both);
    }
}

#[test]
fn holding_cloudtrail_names_the_trail_in_its_own_place_only() {
    let unheld = |directory: &str| allow(cloudtrail(), "s3:PutObject", format!("{BUCKET}/{directory}/*"));
    let acl = allow(cloudtrail(), "s3:GetBucketAcl", BUCKET);
    let scene = TrailFixture::ready().with(only(vec![acl, unheld(&format!("AWSLogs/{ACCOUNT}")), unheld("team")]));
    let put: Value = serde_json::from_str(&put_policy(&scene, "/source-arn")).unwrap();
    let arns: Vec<&Value> = put["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["Condition"]["StringEquals"]["aws:SourceArn"])
        .collect();
    assert_eq!(arns, [&json!(SOURCE), &json!(SOURCE), &Value::Null], "{put:#}");
}

#[test]
fn no_sid_stands_twice_in_a_repaired_policy() {
    let together = json!({"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]});
    let named = |statement, sid: &str| with(statement, "Sid", json!(sid));
    let scene = TrailFixture::ready().with(only(vec![
        named(allow(together.clone(), "s3:GetBucketAcl", BUCKET), "AWSCloudTrailAclCheck"),
        named(allow(together, "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/*")), "AWSCloudTrailWrite"),
    ]));
    for requirement in ["/source-arn", "/writers"] {
        let put: Value = serde_json::from_str(&put_policy(&scene, requirement)).unwrap();
        let sids: Vec<&str> =
            put["Statement"].as_array().unwrap().iter().filter_map(|one| one["Sid"].as_str()).collect();
        let different: std::collections::BTreeSet<&&str> = sids.iter().collect();
        assert_eq!(sids.len(), different.len(), "{requirement}: {sids:?}");
    }
}

#[test]
fn legacy_account_ids_give_way_to_the_service_principal() {
    let ids = json!({"AWS": ["arn:aws:iam::086441151436:root", "arn:aws:iam::113285607260:root", ACCOUNT]});
    let scene = TrailFixture::ready().with(only(vec![
        with(allow(ids.clone(), "s3:GetBucketAcl", BUCKET), "Sid", json!("Acl")),
        allow(ids, "s3:PutObject", format!("{BUCKET}/AWSLogs/{ACCOUNT}/*")),
    ]));
    assert_eq!((link("delivery", &scene), link("source-arn", &scene)), (Pass, Warn));
    let put = put_policy(&scene, "/source-arn");
    assert!(
        !put.contains("086441151436") && put.contains("cloudtrail.amazonaws.com") && put.contains(ACCOUNT),
        "{put}"
    );
    let mended = scene.with(|scene| scene.policy = Some(put));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended)), (Pass, Pass));
}

/// What closes these findings keeps whoever of this account reads through an access point or `CloudFront`.
#[test]
fn readers_through_others_are_restricted_to_this_account() {
    let points = when(
        allow(json!("*"), "s3:GetObject", OBJECTS),
        json!({"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}),
    );
    let both = json!({"Service": ["config.amazonaws.com", "cloudfront.amazonaws.com"]});
    let cloudfront = with(allow(both, "s3:GetObject", OBJECTS), "Sid", json!("Read"));
    let scene = TrailFixture::ready().with(adding(vec![points.clone(), cloudfront.clone()]));
    assert_eq!(link("readers", &scene), Warn);
    let put: Value = serde_json::from_str(&put_policy(&scene, "/readers")).unwrap();
    let mut expected = documented("aws", "main", "", ACCOUNT);
    expected.push(when(
        points,
        json!({"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT, "aws:PrincipalAccount": ACCOUNT}}),
    ));
    expected.push(with(cloudfront, "Principal", json!({"Service": "config.amazonaws.com"})));
    expected.push(when(
        allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:GetObject", OBJECTS),
        json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/*")}}),
    ));
    assert_eq!(put["Statement"], Value::from(expected));
    assert_eq!(link("readers", &scene.with(|scene| scene.policy = Some(put.to_string()))), Pass);
}

#[test]
fn each_new_finding_is_closed_by_its_commands() {
    let legacy = json!({"AWS": "arn:aws:iam::113285607260:root"});
    let points = json!({"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}});
    let own_part = format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*");
    for (requirement, statement) in [
        ("writers", allow(legacy.clone(), json!(["s3:PutObject", "s3:GetBucketAcl"]), json!([BUCKET, OBJECTS]))),
        ("writers", allow(json!({"AWS": OTHER}), "s3:PutObjectRetention", OBJECTS)),
        ("writers", allow(json!("*"), "s3:PutBucketRequestPayment", BUCKET)),
        ("writers", when(allow(json!("*"), "s3:*", OBJECTS), points.clone())),
        ("writers", allow(json!({"AWS": OTHER}), "s3:PutObject", own_part.clone())),
        ("readers", allow(json!("*"), "s3:GetObject", own_part)),
        ("readers", when(allow(json!("*"), "s3:GetObject", OBJECTS), points)),
        ("readers", allow(json!({"Service": "cloudfront.amazonaws.com"}), "s3:GetObject", OBJECTS)),
    ] {
        let scene = TrailFixture::ready().with(adding(vec![statement.clone()]));
        assert_ne!(link(requirement, &scene), Pass, "{statement}");
        let policy = put_policy(&scene, &format!("/{requirement}"));
        let mended = scene.with(|scene| scene.policy = Some(policy));
        assert_eq!((link("delivery", &mended), link(requirement, &mended)), (Pass, Pass), "{statement}");
    }
    // CloudTrail goes on delivering where only a legacy account ID let it.
    let only_legacy = allow(legacy, json!(["s3:PutObject", "s3:GetBucketAcl"]), json!([BUCKET, OBJECTS]));
    let policy = put_policy(&TrailFixture::ready().with(only(vec![only_legacy])), "/writers");
    let mended = TrailFixture::ready().with(|scene| scene.policy = Some(policy));
    assert_eq!((link("delivery", &mended), link("writers", &mended)), (Pass, Pass));
}
