use super::*;
use crate::account::facts::Grantee;
use crate::testing::trails::{OTHER, grant, lets, reading, user};

fn commands(scene: &Scene, requirement: &str) -> Vec<String> {
    let judged = judge(&CHECK, scene.facts());
    let finding = judged.findings.iter().find(|finding| finding.id.ends_with(requirement)).unwrap();
    finding.remediation.clone().unwrap_or_else(|| panic!("{finding:?}")).commands
}

/// The policy that a command would put.
fn put_policy(scene: &Scene, requirement: &str) -> String {
    let commands = commands(scene, requirement);
    let words = shell_words::split(&commands[0]).unwrap();
    let at = words.iter().position(|word| word == "--policy").unwrap();
    words[at + 1].clone()
}

#[test]
fn the_policy_that_is_printed_passes() {
    let scenes = [
        Scene::ready().with(|scene| scene.policy = None),
        Scene::ready().with(only(vec![])),
        Scene::ready().with(only(vec![allow(json!({"AWS": "AIDAEXAMPLEID"}), "s3:*", OBJECTS)])),
        Scene::ready().with(|scene| {
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
    let scene =
        Scene::ready().with(only([unheld.to_vec(), vec![theirs.clone(), elsewhere.clone(), reader.clone()]].concat()));
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
    let scene = Scene::ready().with(only(documented("aws", "main", "", OTHER)));
    let put = put_policy(&scene, "/delivery");
    assert!(put.contains(OTHER));
    let mended = scene.with(|scene| scene.policy = Some(put));
    assert_eq!((link("delivery", &mended), link("source-arn", &mended)), (Pass, Warn));
    assert_eq!(commands(&mended, "/source-arn"), Vec::<String>::new());
}

#[test]
fn no_command_where_it_could_break_something() {
    let denied = Scene::ready().with(adding(vec![deny(json!("*"), "s3:*", OBJECTS)]));
    assert_eq!(commands(&denied, "/delivery"), Vec::<String>::new());
    let older = json!({"Statement": [allow(json!({"AWS": ACCOUNT}), "s3:GetObject", format!("{BUCKET}/${{x}}/*"))]})
        .to_string();
    let older = Scene::ready().with(|scene| scene.policy = Some(older));
    assert_eq!(commands(&older, "/delivery"), Vec::<String>::new());
    let without_variables = json!({"Statement": [allow(json!({"AWS": ACCOUNT}), "s3:GetObject", OBJECTS)]}).to_string();
    let without_variables = Scene::ready().with(|scene| scene.policy = Some(without_variables));
    assert!(put_policy(&without_variables, "/delivery").contains("2012-10-17"));
    let current = allow(json!({"AWS": ACCOUNT}), "s3:GetObject", format!("{BUCKET}/${{aws:username}}/*"));
    assert!(put_policy(&Scene::ready().with(only(vec![current])), "/delivery").contains("${aws:username}"));
}

#[test]
fn acls_are_not_put_where_they_are_off() {
    let world = || adding(vec![allow(json!("*"), "s3:PutObject", OBJECTS)]);
    let off = commands(&Scene::ready().with(world()), "/writers").join("\n");
    assert!(!off.contains("put-bucket-acl") && off.contains("put-public-access-block"), "{off}");
    let own = Scene::ready().with(adding(vec![allow(json!({"AWS": ACCOUNT}), "s3:PutObject", OBJECTS)]));
    assert!(!commands(&own, "/writers").join("\n").contains("put-bucket-acl"));
    let on = Scene::ready().with(|scene| {
        scene.ownership = None;
        scene.acl.grants.push(grant(Grantee::CanonicalUser("beef".to_owned()), "WRITE"));
    });
    assert!(commands(&on, "/writers").join("\n").contains("put-bucket-acl"));
}

#[test]
fn only_a_policy_of_this_bucket_alone_is_rewritten() {
    let printed = |statements: &[Value]| {
        let scene = Scene { policies: vec![reading("ReadLogs", statements)], ..Scene::ready() };
        commands(&scene, "/entitlement").join("\n")
    };
    assert!(printed(&[lets(json!(["s3:GetObject", "s3:PutObject"]), OBJECTS)]).contains("create-policy-version"));
    for wider in [lets("s3:*", "*"), lets("s3:GetObject", json!([OBJECTS, "*"]))] {
        let printed = printed(&[wider]);
        assert!(!printed.contains("create-policy-version") && printed.contains("iam create-policy "), "{printed}");
    }
}

/// The document of the first command that has one.
fn printed_document(scene: &Scene) -> String {
    let commands = commands(scene, "/entitlement");
    let words = shell_words::split(&commands[0]).unwrap();
    words.iter().skip_while(|word| *word != "--policy-document").nth(1).unwrap().clone()
}

#[test]
fn the_policy_for_readers_that_is_printed_passes() {
    let missing = || Scene { policies: vec![], ..Scene::ready() };
    let writing = reading("ReadLogs", &[lets(json!(["s3:GetObject", "s3:PutObject"]), OBJECTS)]);
    for scene in [
        missing(),
        missing().with(|scene| scene.trail.prefix = Some("a/b".to_owned())),
        Scene { policies: vec![writing], ..Scene::ready() },
    ] {
        let document = printed_document(&scene);
        let mut mended = Scene { policies: vec![reading("ReadLogs", &[])], ..scene };
        mended.policies[0].document = Some(document.clone());
        assert_eq!(link("entitlement", &mended), Pass, "{document}");
        assert!(document.contains("s3:ListBucket"), "{document}");
    }
}

#[test]
fn a_policy_that_only_lacks_a_holder_is_attached() {
    let scene = Scene { users: vec![user("ann", &[])], ..Scene::ready() };
    let printed = commands(&scene, "/entitlement").join("\n");
    assert!(printed.starts_with("aws iam attach-user-policy") && printed.contains(":policy/ReadLogs"), "{printed}");
}

#[test]
fn a_name_that_is_taken_gets_no_command() {
    let scene = Scene { policies: vec![reading("CloudTrailLogsRead", &[lets("ec2:*", "*")])], ..Scene::ready() };
    assert_eq!(commands(&scene, "/entitlement"), Vec::<String>::new());
}

#[test]
fn a_hostile_name_gets_no_command() {
    let scene = Scene::ready().with(|scene| {
        scene.trail.bucket = Some("logs\u{1b}[2J".to_owned());
        scene.policy = None;
    });
    assert_eq!(commands(&scene, "/delivery"), Vec::<String>::new());
}
