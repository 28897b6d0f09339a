use super::*;
use crate::account::facts::ManagedPolicy;
use crate::testing::trails::{OTHER, group, lets, reading, role, user};

/// A ready account whose one customer managed policy, attached to a user, is of these statements.
fn scene(statements: &[Value]) -> TrailFixture {
    TrailFixture { policies: vec![reading("ReadLogs", statements)], ..TrailFixture::ready() }
}

fn entitled(statements: &[Value]) -> Status {
    link("entitlement", &scene(statements))
}

fn reads(resource: impl Into<Value>) -> Value {
    lets("s3:GetObject", resource)
}

fn own(rest: &str) -> String {
    format!("{BUCKET}/AWSLogs/{ACCOUNT}/{rest}")
}

#[test]
fn log_reader_policy_passes_however_it_is_written() {
    for statement in [
        reads(OBJECTS),
        reads(own("*")),
        reads(own("CloudTrail/*")),
        reads(format!("{BUCKET}/AWSLogs/*/CloudTrail/*")),
        reads(json!([BUCKET, OBJECTS])),
        lets(json!(["s3:ListBucket", "s3:GetObject"]), json!([BUCKET, OBJECTS])),
        lets("s3:Get*", OBJECTS),
        lets("S3:GETOBJECT", OBJECTS),
        renamed(lets(json!(["s3:Put*", "s3:Delete*"]), OBJECTS), "Action", "NotAction"),
        when(reads(OBJECTS), json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        when(reads(OBJECTS), json!({"Bool": {"aws:SecureTransport": true}})),
        when(reads(OBJECTS), json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})),
        when(reads(OBJECTS), json!({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}})),
    ] {
        assert_eq!(entitled(std::slice::from_ref(&statement)), Pass, "{statement}");
    }
}

#[test]
fn variables_of_this_account_are_its_id_in_a_reader_policy() {
    let denies = |resource: &str| with(reads(resource), "Effect", json!("Deny"));
    for (name, statements, expected) in [
        ("its directory", vec![reads(format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*"))], Pass),
        (
            "the owner of the bucket",
            vec![reads(format!("{BUCKET}/AWSLogs/${{aws:ResourceAccount}}/CloudTrail/*"))],
            Pass,
        ),
        ("s3's own key", vec![reads(format!("{BUCKET}/AWSLogs/${{s3:ResourceAccount}}/*"))], Pass),
        ("a default", vec![reads(format!("{BUCKET}/AWSLogs/${{aws:principalaccount, 'none'}}/*"))], Pass),
        ("another directory", vec![reads(format!("{BUCKET}/team/${{aws:PrincipalAccount}}/*"))], Fail),
        ("another bucket", vec![reads("arn:aws:s3:::logs-${aws:PrincipalAccount}/*")], Fail),
        ("an open variable", vec![reads(format!("{BUCKET}/AWSLogs/${{aws:PrincipalTag/account}}/*"))], Warn),
        ("beside a bucket of any name", vec![reads(OBJECTS), reads("arn:aws:s3:::${aws:username}/*")], Warn),
        (
            "beside a bucket of this account",
            vec![reads(OBJECTS), reads("arn:aws:s3:::${aws:PrincipalAccount}/*")],
            Pass,
        ),
        ("a Deny of it", vec![reads(OBJECTS), denies(&format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*"))], Fail),
        (
            "a Deny of all else",
            vec![
                reads(OBJECTS),
                renamed(denies(&format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*")), "Resource", "NotResource"),
            ],
            Pass,
        ),
        (
            "writing",
            vec![reads(OBJECTS), lets("s3:PutObject", format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*"))],
            Warn,
        ),
    ] {
        assert_eq!(entitled(&statements), expected, "{name}");
    }
    // The older language has no variables.
    let mut older = scene(&[]);
    let statement = reads(format!("{BUCKET}/AWSLogs/${{aws:PrincipalAccount}}/*"));
    older.policies[0].document = Some(json!({"Statement": [statement]}).to_string());
    assert_eq!(link("entitlement", &older), Fail);
}

#[test]
fn what_does_not_read_the_log_files_fails() {
    for statement in [
        reads("arn:aws:s3:::other/*"),
        reads("arn:aws:s3:::logs-main2/*"),
        reads("arn:aws:s3:::logs-/*"),
        reads(BUCKET),
        reads(format!("{BUCKET}/")),
        reads(format!("{BUCKET}/AWSLogs/{OTHER}/*")),
        reads(own("Config/*")),
        lets("s3:PutObject", OBJECTS),
        lets("s3:ListBucket", json!([BUCKET, OBJECTS])),
        lets("s3:GetObjectVersion", OBJECTS),
        lets("ec2:*", "*"),
        with(reads(OBJECTS), "Effect", json!("Deny")),
        reads("arn:aws-cn:s3:::logs-main/*"),
        when(reads(OBJECTS), json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})),
        when(reads(OBJECTS), json!({"StringEquals": {"aws:ResourceAccount": OTHER}})),
        when(reads(OBJECTS), json!({"Bool": {"aws:SecureTransport": "false"}})),
    ] {
        assert_eq!(entitled(std::slice::from_ref(&statement)), Fail, "{statement}");
    }
    assert_eq!(link("entitlement", &TrailFixture { policies: vec![], ..TrailFixture::ready() }), Fail);
}

#[test]
fn a_miss_is_explained() {
    for (statement, why) in [
        (reads(BUCKET), "without its objects"),
        (lets("s3:PutObject", OBJECTS), "writing but not reading"),
        (lets("s3:ListBucket", BUCKET), "listing the bucket"),
        (reads("arn:aws:s3:::other/*"), "reading other objects only"),
    ] {
        let judged = judge(&CHECK, scene(&[statement]).facts());
        assert!(message(&judged, "/entitlement").contains(why), "{why}");
    }
}

#[test]
fn its_own_denies_count() {
    let denies = |resource: &str| with(reads(resource), "Effect", json!("Deny"));
    for (denied, status) in [
        (denies(OBJECTS), Fail),
        (denies("*"), Fail),
        (denies(&own("*")), Fail),
        (denies(&own("CloudTrail/us-east-1/*")), Warn),
        (denies("arn:aws:s3:::other/*"), Pass),
        (with(denies(OBJECTS), "Action", json!("s3:PutObject")), Pass),
        (when(denies(OBJECTS), json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})), Pass),
        (when(denies(OBJECTS), json!({"Bool": {"aws:SecureTransport": "false"}})), Pass),
        (when(denies(OBJECTS), json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})), Warn),
        (renamed(denies(&own("*")), "Resource", "NotResource"), Pass),
        (renamed(with(denies(OBJECTS), "Action", json!("s3:GetObject")), "Action", "NotAction"), Pass),
    ] {
        assert_eq!(entitled(&[reads(OBJECTS), denied.clone()]), status, "{denied}");
    }
}

#[test]
fn a_part_that_its_own_deny_takes_away_again_is_no_part() {
    let denies = |resource: &str| with(reads(resource), "Effect", json!("Deny"));
    let part = own("CloudTrail/us-west-2/*");
    assert_eq!(entitled(&[reads(part.clone()), denies(&part)]), Fail);
    assert_eq!(entitled(&[reads(part.clone()), denies(&own("CloudTrail/us-*"))]), Fail);
    assert_eq!(entitled(&[reads(json!([part, "arn:aws:s3:::other/*"])), denies(&part)]), Fail);
    assert_eq!(entitled(&[reads(json!([part, own("CloudTrail/eu-west-1/*")])), denies(&part)]), Warn);
    assert_eq!(entitled(&[reads(part.clone()), denies(&own("CloudTrail/us-west-2/2026/*"))]), Warn);
    assert_eq!(entitled(&[reads(own("CloudTrail/${aws:username}/*")), denies(&part)]), Warn);
}

#[test]
fn document_longer_than_iam_stores_is_unread_without_blanks() {
    const LONGEST: usize = 20_000;
    let of = |document: String| {
        let mut scene = scene(&[reads(OBJECTS)]);
        scene.policies[0].document = Some(document);
        link("entitlement", &scene)
    };
    let named = |name: &str| policy(&[with(reads(OBJECTS), "Sid", json!(name))]);
    assert_eq!(of(named(&"x".repeat(LONGEST - 200))), Pass);
    assert_eq!(of(named(&"x".repeat(LONGEST))), Unknown);
    assert_eq!(of(format!("{}{}", " ".repeat(LONGEST), named("x"))), Pass);
}

#[test]
fn a_deny_alone_grants_nothing_even_where_it_may_not_hold() {
    let denies = with(reads(OBJECTS), "Effect", json!("Deny"));
    let condition = json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}});
    assert_eq!(entitled(&[when(denies.clone(), condition)]), Fail);
    assert_eq!(entitled(&[when(denies, json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))]), Fail);
}

#[test]
fn whatever_fits_a_bucket_of_an_unrelated_name_warns() {
    for resource in [
        json!("*"),
        json!("arn:aws:s3:::*"),
        json!("arn:aws:s3:::*/*"),
        json!("arn:*:s3:::*/*"),
        json!("arn:aws:s3:::*/AWSLogs/*"),
        json!("arn:aws:s3:::*/AWSLogs/111122223333/CloudTrail/*"),
        json!("arn:aws:s3:*:*:*"),
        json!([OBJECTS, "*"]),
    ] {
        assert_eq!(entitled(&[reads(resource.clone())]), Warn, "{resource}");
    }
    assert_eq!(entitled(&[reads("arn:aws:s3:::logs-*/*")]), Pass);
    assert_eq!(entitled(&[renamed(reads("arn:aws:s3:::secret/*"), "Resource", "NotResource")]), Warn);
}

#[test]
fn a_pattern_that_says_too_little_of_a_bucket_warns() {
    let beside = |pattern: &str| entitled(&[reads(json!([OBJECTS, format!("arn:aws:s3:::{pattern}")]))]);
    let loose = [
        "???/*",
        "a*",
        "*n",
        "l*",
        "logs*",
        "log?-m*",
        "aws-*/*",
        "*logs*/*",
        "*-????????",
        "*/public/*",
        "l?g?-?a?n/*",
    ];
    for pattern in loose.into_iter().chain([format!("{}/*", "?".repeat(41)).as_str(), "*logs*/AWSLogs/*"]) {
        assert_eq!(beside(pattern), Warn, "{pattern}");
    }
    for pattern in [
        "logs-m*",
        "logs-main*",
        "*-main/*",
        "logs-*/*",
        "aws-cloudtrail-logs-*/*",
        "cloudtrail-*",
        "photos/*",
        "other",
    ] {
        assert_eq!(beside(pattern), Pass, "{pattern}");
    }
    for (pattern, status) in [
        ("l*", Warn),
        ("*ogs*/AWSLogs/*", Warn),
        ("????-????/*", Warn),
        ("?????????/*", Warn),
        ("logs-????/*", Pass),
        ("logs-mai?*", Pass),
        ("*s-main/*", Pass),
    ] {
        assert_eq!(entitled(&[reads(format!("arn:aws:s3:::{pattern}"))]), status, "{pattern}");
    }
    // What fits the log files fits their like in every bucket.
    assert_eq!(entitled(&[reads("arn:aws:s3:::*111122223333*")]), Warn);
    assert_eq!(entitled(&[reads("arn:aws:s3:*:logs-main/*")]), Pass);
    assert_eq!(entitled(&[reads("arn:*:logs-m*/*")]), Pass);
    assert_eq!(entitled(&[reads("arn:*:l*/*")]), Warn);
}

#[test]
fn a_short_name_is_told_by_all_of_it() {
    let of_bkt = |pattern: &str| {
        let scene = scene(&[reads(format!("arn:aws:s3:::{pattern}"))]).with(|scene| {
            scene.trail.bucket = Some("bkt".to_owned());
            scene.policy = scene.policy.take().map(|text| text.replace("logs-main", "bkt"));
        });
        link("entitlement", &scene)
    };
    for (pattern, status) in [("bkt*", Pass), ("bkt/*", Pass), ("bk*", Warn), ("*kt/*", Warn), ("???/*", Warn)] {
        assert_eq!(of_bkt(pattern), status, "{pattern}");
    }
}

#[test]
fn what_a_deny_takes_away_again_fits_no_unrelated_bucket() {
    let but_here = renamed(with(reads(OBJECTS), "Effect", json!("Deny")), "Resource", "NotResource");
    assert_eq!(entitled(&[reads("arn:aws:s3:::l*"), but_here]), Pass);
    let but_one = with(reads("arn:aws:s3:::lost/*"), "Effect", json!("Deny"));
    assert_eq!(entitled(&[reads("arn:aws:s3:::l*"), but_one]), Warn);
}

#[test]
fn another_action_on_many_buckets_reads_nothing_there() {
    assert_eq!(entitled(&[reads(OBJECTS), lets("s3:ListBucket", "arn:aws:s3:::l*")]), Pass);
    assert_eq!(entitled(&[reads(OBJECTS), lets("ec2:*", "*")]), Pass);
    assert_eq!(entitled(&[reads(OBJECTS), lets("*", "arn:aws:dynamodb:*:*:*")]), Pass);
}

#[test]
fn a_part_of_the_log_warns() {
    for resource in [
        own("CloudTrail/us-west-2/*"),
        own("CloudTrail/*/2026/*"),
        own("CloudTrail/*.json.gz"),
        format!("{BUCKET}/AWSLogs/*/CloudTrail/us-west-2/*"),
        own("CloudTrail/${aws:username}/*"),
    ] {
        assert_eq!(entitled(&[reads(resource.clone())]), Warn, "{resource}");
    }
}

#[test]
fn a_condition_other_than_mfa_or_https_warns() {
    for condition in [
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        json!({"StringEquals": {"s3:ExistingObjectTag/x": "y"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "audit"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ] {
        assert_eq!(entitled(&[when(reads(OBJECTS), condition.clone())]), Warn, "{condition}");
    }
}

#[test]
fn a_condition_that_only_holds_without_mfa_warns() {
    for condition in [
        json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": false}}),
        json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"Null": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"Null": {"aws:MultiFactorAuthAge": "true"}}),
    ] {
        assert_eq!(entitled(&[when(reads(OBJECTS), condition.clone())]), Warn, "{condition}");
        let never =
            json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}, "StringEquals": {"aws:ResourceAccount": OTHER}});
        assert_eq!(entitled(&[when(reads(OBJECTS), never)]), Fail);
    }
    let without = when(reads(OBJECTS), json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}));
    let judged = judge(&CHECK, scene(&[without]).facts());
    assert!(message(&judged, "/entitlement").contains("but applies only without MFA"));
}

#[test]
fn a_policy_that_writes_too_warns() {
    let both = |action: Value| entitled(&[lets(action, OBJECTS)]);
    // The lab writes it so at first.
    assert_eq!(both(json!(["s3:GetObject", "s3:PutObject"])), Warn);
    for action in ["s3:*", "*", "s3:*Object"] {
        assert_eq!(both(json!(action)), Warn, "{action}");
    }
    assert_eq!(both(json!(["s3:GetObject", "s3:DeleteObject"])), Warn);
    assert_eq!(both(json!(["s3:GetObject", "s3:DeleteObjectVersion"])), Warn);
    let writes = |resource: &str| entitled(&[reads(OBJECTS), lets("s3:PutObject", resource)]);
    assert_eq!(writes("*"), Warn);
    assert_eq!(writes(&own("CloudTrail/us-east-1/*")), Warn);
    assert_eq!(writes(&own("CloudTrail-Digest/*")), Warn);
    assert_eq!(writes("arn:aws:s3:::mine/*"), Pass);
    assert_eq!(
        entitled(&[lets("s3:*", OBJECTS), with(lets(json!(["s3:Put*", "s3:Delete*"]), "*"), "Effect", json!("Deny"))]),
        Pass
    );
}

#[test]
fn it_counts_only_where_somebody_has_it() {
    let bare = || TrailFixture { users: vec![user("ann", &[])], ..TrailFixture::ready() };
    assert_eq!(link("entitlement", &bare()), Warn);
    let bounded = {
        let mut bounded = bare();
        bounded.users[0].boundary = Some(bounded.policies[0].arn.clone());
        bounded
    };
    assert_eq!(link("entitlement", &bounded), Warn, "a boundary grants nothing");
    let by_role = TrailFixture { roles: vec![role("reader", &["ReadLogs"])], ..bare() };
    assert_eq!(link("entitlement", &by_role), Pass);
    let mut by_group = TrailFixture { groups: vec![group("auditors", &["ReadLogs"])], ..bare() };
    assert_eq!(link("entitlement", &by_group), Warn, "a group without members is nobody");
    by_group.users[0].groups = vec!["auditors".to_owned()];
    assert_eq!(link("entitlement", &by_group), Pass);
    by_group.users[0].groups = vec!["Auditors".to_owned()];
    assert_eq!(link("entitlement", &by_group), Warn);
}

#[test]
fn another_policy_of_the_same_name_elsewhere_is_not_it() {
    let mut scene = TrailFixture::ready();
    scene.policies[0].arn = format!("arn:aws:iam::{ACCOUNT}:policy/team/ReadLogs");
    assert_eq!(link("entitlement", &scene), Warn);
}

fn unread(document: Option<&str>) -> ManagedPolicy {
    ManagedPolicy { document: document.map(str::to_owned), ..reading("Unread", &[]) }
}

#[test]
fn the_best_policy_decides() {
    let everything = || reading("Everything", &[lets("s3:*", "*")]);
    let nothing = || reading("Nothing", &[lets("ec2:*", "*")]);
    let good = || reading("ReadLogs", &[reads(OBJECTS)]);
    for (policies, status) in [
        (vec![everything(), good(), nothing(), unread(None)], Pass),
        (vec![everything(), nothing(), unread(Some("{"))], Warn),
        (vec![nothing(), unread(None)], Unknown),
        (vec![nothing(), unread(Some("%7B%22Version%22"))], Unknown),
        (vec![nothing()], Fail),
    ] {
        let names: Vec<String> = policies.iter().map(|policy| policy.name.clone()).collect();
        assert_eq!(link("entitlement", &TrailFixture { policies, ..TrailFixture::ready() }), status, "{names:?}");
    }
}

#[test]
fn who_has_a_policy_is_asked_only_where_the_answer_hangs_on_it() {
    let mut facts = scene(&[reads("*")]).facts();
    facts.users = denied(Operation::GetAccountAuthorizationDetails);
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/entitlement"), Warn);
    let mut facts = TrailFixture { roles: vec![role("reader", &["ReadLogs"])], ..TrailFixture::ready() }.facts();
    facts.users = denied(Operation::GetAccountAuthorizationDetails);
    facts.groups = denied(Operation::GetAccountAuthorizationDetails);
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/entitlement"), Pass);
    let mut facts = TrailFixture { users: vec![], ..TrailFixture::ready() }.facts();
    facts.groups = denied(Operation::GetAccountAuthorizationDetails);
    assert_eq!(status_of(&judge(&CHECK, facts), "trail-bucket-policy/entitlement"), Unknown);
}

#[test]
fn the_prefix_of_the_trail_counts() {
    let prefixed = |resource: &str| {
        let scene = scene(&[reads(resource)]).with(|scene| scene.trail.prefix = Some("a/b".to_owned()));
        link("entitlement", &scene)
    };
    assert_eq!(prefixed(OBJECTS), Pass);
    assert_eq!(prefixed(&format!("{BUCKET}/a/b/*")), Pass);
    assert_eq!(prefixed(&format!("{BUCKET}/AWSLogs/*")), Fail);
}

#[test]
fn an_organizations_log_is_that_of_all_its_accounts() {
    let organizations = |resource: &str| {
        let scene =
            scene(&[reads(resource)]).in_organization("o-abc").with(|scene| scene.trail.is_organization = Some(true));
        link("entitlement", &scene)
    };
    assert_eq!(organizations(OBJECTS), Pass);
    assert_eq!(organizations(&own("*")), Warn);
    assert_eq!(organizations(&format!("{BUCKET}/AWSLogs/o-abc/*")), Warn);
    assert_eq!(organizations("arn:aws:s3:::other/*"), Fail);
}

#[test]
fn unknown_organization_leaves_only_dependent_grants_unknown() {
    let unseen = |statements: &[Value], is_organization| {
        let scene = scene(statements).with(|scene| scene.trail.is_organization = is_organization);
        let mut facts = scene.facts();
        facts.organization = denied(Operation::DescribeOrganization);
        status_of(&judge(&CHECK, facts), "trail-bucket-policy/entitlement")
    };
    let folder = |rest: &str| format!("{BUCKET}/AWSLogs/{rest}");
    let no = |resource: String| with(reads(resource), "Effect", json!("Deny"));
    for (statements, told, untold) in [
        (vec![reads(OBJECTS)], Pass, Pass),
        (vec![reads(folder("*"))], Pass, Pass),
        (vec![reads(json!([own("*"), folder("o-*")]))], Pass, Pass),
        (vec![lets("s3:*", OBJECTS)], Warn, Warn),
        (vec![reads("*")], Warn, Warn),
        (vec![when(reads(OBJECTS), json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))], Warn, Warn),
        (vec![reads(OBJECTS), lets("s3:PutObject", folder("o-*"))], Warn, Unknown),
        (vec![reads(OBJECTS), lets("s3:PutObject", folder("o-abc/*"))], Unknown, Unknown),
        (vec![reads(OBJECTS), lets("s3:PutObject", own("CloudTrail/*"))], Warn, Warn),
        (vec![reads(own("*"))], Unknown, Unknown),
        (vec![reads(folder("o-*"))], Warn, Unknown),
        (vec![reads(json!([own("*"), folder("o-abc/*")]))], Unknown, Unknown),
        (vec![reads(OBJECTS), no(folder("o-abc/*"))], Unknown, Unknown),
        (vec![reads(format!("{BUCKET}/elsewhere/*"))], Fail, Fail),
        (vec![reads("arn:aws:s3:::other/*")], Fail, Fail),
    ] {
        assert_eq!(unseen(&statements, Some(true)), told, "{statements:?}");
        assert_eq!(unseen(&statements, None), untold, "{statements:?} of an untold trail");
    }
}

#[test]
fn a_variable_in_the_log_reader_policy_is_this_account() {
    let reads = |path: &str| {
        let mut scene = TrailFixture::ready();
        scene.policies[0].document = Some(policy(&[lets("s3:GetObject", format!("{BUCKET}/{path}"))]));
        link("entitlement", &scene)
    };
    for (path, status) in [
        ("AWSLogs/${aws:PrincipalAccount}/*", Pass),
        ("AWSLogs/${aws:ResourceAccount}/*", Pass),
        ("AWSLogs/${aws:PrincipalAccount}/CloudTrail/*", Pass),
        ("AWSLogs/${aws:PrincipalAccount}/CloudTrail/us-west-2/*", Warn),
        ("AWSLogs/${aws:PrincipalAccount}/Config/*", Fail),
        ("AWSLogs/${aws:userid}/*", Warn),
    ] {
        assert_eq!(reads(path), status, "{path}");
    }
}
