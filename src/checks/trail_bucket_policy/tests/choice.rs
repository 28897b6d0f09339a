use super::*;
use crate::testing::trails::reading;

fn bad_bucket(mut scene: TrailScene) -> TrailScene {
    scene.policy = None;
    scene
}

fn stopped(mut scene: TrailScene) -> TrailScene {
    scene.status.is_logging = Some(false);
    scene
}

fn unvalidated(mut scene: TrailScene) -> TrailScene {
    scene.trail.log_file_validation = Some(false);
    scene
}

fn untold(mut scene: TrailScene) -> TrailScene {
    scene.status.is_logging = None;
    scene
}

/// These trails; somebody reads the logs of all of them.
fn account(trails: Vec<TrailScene>) -> TrailFixture {
    let resources: Vec<String> =
        trails.iter().map(|scene| format!("arn:aws:s3:::logs-{}/*", scene.trail.name)).collect();
    let policy = reading("ReadLogs", &[crate::testing::trails::lets("s3:GetObject", json!(resources))]);
    TrailFixture { policies: vec![policy], ..TrailFixture::of(trails) }
}

#[test]
fn the_bucket_of_the_best_trail_is_judged() {
    for (trails, name, status) in [
        (vec![stopped(bad_bucket(trail("a"))), trail("b")], "b", Pass),
        (vec![stopped(trail("a")), bad_bucket(trail("b"))], "b", Fail),
        (vec![unvalidated(trail("a")), bad_bucket(trail("b"))], "b", Fail),
        (vec![bad_bucket(trail("a")), trail("b")], "b", Pass),
        (vec![unvalidated(bad_bucket(trail("a"))), unvalidated(trail("b"))], "b", Pass),
        (vec![stopped(trail("b")), stopped(trail("a"))], "a", Pass),
        (vec![stopped(bad_bucket(trail("a"))), stopped(trail("b"))], "a", Fail),
    ] {
        let judged = judge(&CHECK, account(trails).facts());
        let chosen = judged.chosen.clone().unwrap();
        assert_eq!((chosen.name.as_str(), chosen.others, overall(&judged)), (name, 1, status));
    }
}

#[test]
fn a_trail_that_something_unseen_could_make_the_best_counts() {
    for (trails, status) in [
        (vec![untold(bad_bucket(trail("b"))), stopped(trail("a"))], Unknown),
        (vec![untold(trail("b")), stopped(bad_bucket(trail("a")))], Unknown),
        // Even if it fails, `a` is no farther than `b`, and first by name.
        (vec![untold(bad_bucket(trail("a"))), stopped(trail("b"))], Fail),
        (vec![untold(trail("a")), stopped(bad_bucket(trail("b")))], Pass),
        (vec![untold(trail("a")), stopped(trail("b"))], Pass),
        (vec![untold(bad_bucket(trail("a"))), stopped(bad_bucket(trail("b")))], Fail),
        (vec![untold(bad_bucket(trail("a"))), trail("b")], Pass),
        (vec![untold(trail("a")), bad_bucket(trail("b"))], Unknown),
        (vec![untold(bad_bucket(trail("a"))), unvalidated(trail("b"))], Unknown),
        (vec![untold(trail("a")), unvalidated(trail("b"))], Pass),
        (vec![untold(trail("a"))], Pass),
        (vec![untold(bad_bucket(trail("a")))], Fail),
    ] {
        let judged = judge(&CHECK, account(trails).facts());
        assert_eq!(overall(&judged), status, "{:#?}", judged.findings);
    }
}

#[test]
fn check_fails_if_all_choices_fail_for_different_reasons() {
    let world = allow(json!("*"), "s3:PutObject", "arn:aws:s3:::logs-a/*");
    let mut open = stopped(trail("a"));
    open.block = None;
    open.policy = Some(policy(&[documented("aws", "a", "", ACCOUNT), vec![world]].concat()));
    let failed = |scene: &TrailFixture| {
        let findings = judge(&CHECK, scene.facts()).findings;
        findings.iter().filter(|finding| finding.status == Fail).map(|finding| finding.id).collect::<Vec<_>>()
    };
    assert_eq!(failed(&account(vec![open.clone()])), ["trail-bucket-policy/writers"]);
    assert_eq!(failed(&account(vec![bad_bucket(trail("b"))])), ["trail-bucket-policy/delivery"]);
    let judged = judge(&CHECK, account(vec![untold(bad_bucket(trail("b"))), open]).facts());
    assert_eq!(overall(&judged), Fail);
}

#[test]
fn choices_that_differ_in_a_warning_are_unknown() {
    let mut unheld = untold(trail("b"));
    let statements = [
        allow(cloudtrail(), "s3:GetBucketAcl", "arn:aws:s3:::logs-b"),
        allow(cloudtrail(), "s3:PutObject", "arn:aws:s3:::logs-b/*"),
    ];
    unheld.policy = Some(policy(&statements));
    assert_eq!(overall(&judge(&CHECK, account(vec![unheld.clone()]).facts())), Warn);
    let judged = judge(&CHECK, account(vec![unheld, unvalidated(trail("a"))]).facts());
    assert_eq!(status_of(&judged, "trail-bucket-policy/source-arn"), Unknown);
    assert_eq!(status_of(&judged, "trail-bucket-policy/delivery"), Pass);
}

#[test]
fn what_is_unseen_of_a_trail_is_named() {
    let mut facts = account(vec![bad_bucket(trail("a")), stopped(trail("b"))]).facts();
    facts.trail_status.set(&trail("a").trail.arn, denied(Operation::GetTrailStatus));
    let judged = judge(&CHECK, facts);
    assert_eq!(overall(&judged), Unknown);
    let open = judged.findings.iter().find(|finding| finding.status == Unknown).unwrap();
    assert_eq!(open.unavailable.as_ref().unwrap().call.operation, Operation::GetTrailStatus);
}

#[test]
fn no_trail_or_no_bucket_fails_the_first_requirement_alone() {
    for scene in [TrailFixture::of(vec![]), TrailFixture::ready().with(|scene| scene.bucket_exists = false)] {
        let judged = judge(&CHECK, scene.facts());
        assert_eq!(
            judged.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(),
            ["trail-bucket-policy/delivery"]
        );
        assert_eq!(overall(&judged), Fail);
    }
}

#[test]
fn a_single_region_trail_is_the_closest_where_there_is_no_other() {
    let single = TrailFixture::ready().with(|scene| scene.trail.is_multi_region = Some(false));
    assert_eq!(overall(&judge(&CHECK, single.facts())), Pass);
}

#[test]
fn two_trails_into_one_bucket_are_judged_each_by_itself() {
    let mut other = trail("other");
    other.trail.bucket = Some("logs-main".to_owned());
    let mut scene = account(vec![trail("main"), other]);
    scene.trails[1].policy = scene.trails[0].policy.clone();
    let judged = judge(&CHECK, scene.facts());
    assert_eq!((overall(&judged), judged.chosen.unwrap().name.as_str()), (Pass, "main"));
}
