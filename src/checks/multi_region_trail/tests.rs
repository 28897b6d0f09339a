use super::*;
use crate::account::Cause;
use crate::account::facts::{AdvancedSelector, BasicSelector, EventSelectors, Facts, FieldSelector, Trail};
use crate::account::operation::Operation;
use crate::config::settings::{Setting, SettingSource};
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::trails::{HOME, OTHER, TrailFixture, TrailScene, trail, without};
use crate::testing::{ACCOUNT, denied, hours_ago, judge, judge_expecting, now, overall, status_of};

/// What one requirement comes to with something changed about a ready trail.
fn of(requirement: &str, change: impl FnOnce(&mut TrailScene)) -> Status {
    let judged = judge(&CHECK, TrailFixture::ready().with(change).facts());
    status_of(&judged, &format!("multi-region-trail/{requirement}"))
}

fn message(judged: &CheckResult, requirement: &str) -> String {
    judged.findings.iter().find(|finding| finding.id.ends_with(requirement)).unwrap().message.clone()
}

/// The requirements that come to something else than without the change.
fn changed(before: Facts, after: Facts) -> Vec<(&'static str, Status, Operation)> {
    let (before, after) = (judge(&CHECK, before), judge(&CHECK, after));
    let moved = after.findings.iter().zip(&before.findings).filter(|(after, before)| after.status != before.status);
    moved
        .map(|(after, _)| {
            let link = after.id.split('/').nth(1).unwrap();
            (link, after.status, after.unavailable.as_ref().unwrap().call.operation)
        })
        .collect()
}

#[test]
fn a_trail_as_the_labs_make_it_passes() {
    let judged = judge(&CHECK, TrailFixture::ready().facts());
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    assert_eq!(judged.findings.len(), REQUIREMENTS.len());
    assert!(message(&judged, "/multi-region").contains("2 are enabled"));
}

#[test]
fn messages_start_upper_case_and_end_without_a_stop() {
    for scene in [TrailFixture::ready(), broken(), TrailFixture::of(vec![])] {
        for finding in judge(&CHECK, scene.facts()).findings {
            let starts_up = finding.message.chars().next().is_some_and(char::is_uppercase);
            assert!(starts_up && !finding.message.ends_with('.'), "{}", finding.message);
        }
    }
}

#[test]
fn each_switch_of_a_trail_is_on_off_or_not_told() {
    type Switch = fn(&mut TrailScene, Option<bool>);
    let switches: [(&str, Switch, Status); 4] = [
        ("multi-region", |scene, value| scene.trail.is_multi_region = value, Fail),
        ("global-events", |scene, value| scene.trail.include_global_service_events = value, Fail),
        ("logging", |scene, value| scene.status.is_logging = value, Fail),
        ("log-file-validation", |scene, value| scene.trail.log_file_validation = value, Warn),
    ];
    for (requirement, set, off) in switches {
        for (value, status) in [(Some(true), Pass), (Some(false), off), (None, Unknown)] {
            assert_eq!(of(requirement, |scene| set(scene, value)), status, "{requirement} {value:?}");
        }
    }
}

#[test]
fn a_stopped_trail_says_since_when() {
    let stopped = |at| {
        let scene = TrailFixture::ready().with(|scene| {
            scene.status.is_logging = Some(false);
            scene.status.stopped_logging = at;
        });
        message(&judge(&CHECK, scene.facts()), "/logging")
    };
    assert!(stopped(Some(hours_ago(2))).contains("2026-11-24 00:00 UTC"));
    assert_eq!(stopped(None), "Trail `main` isn't logging");
}

#[test]
fn deliveries_are_judged_by_their_age() {
    let after = |hours| of("delivery", |scene| scene.status.latest_delivery = Some(hours_ago(hours)));
    for (hours, status) in [(0, Pass), (1, Pass), (24, Pass), (25, Warn), (24 * 365, Warn), (-2, Pass)] {
        assert_eq!(after(hours), status, "{hours} h");
    }
}

#[test]
fn what_never_delivered_is_judged_by_how_long_it_is_logging() {
    let since = |started| {
        of("delivery", |scene| {
            scene.status.latest_delivery = None;
            scene.status.started_logging = started;
        })
    };
    assert_eq!(since(Some(hours_ago(1))), Warn);
    assert_eq!(since(Some(hours_ago(23))), Warn);
    assert_eq!(since(Some(hours_ago(24))), Fail);
    assert_eq!(since(Some(hours_ago(25))), Fail);
    assert_eq!(since(None), Unknown);
}

#[test]
fn never_delivered_and_not_logging_fails_at_any_age() {
    for started in [None, Some(hours_ago(1)), Some(hours_ago(100))] {
        let status = of("delivery", |scene| {
            scene.status.is_logging = Some(false);
            scene.status.latest_delivery = None;
            scene.status.started_logging = started;
        });
        assert_eq!(status, Fail, "{started:?}");
    }
}

#[test]
fn delivery_error_fails_with_its_code_and_may_have_resolved() {
    let error_beside = |latest| {
        let scene = TrailFixture::ready().with(|scene| {
            scene.status.latest_delivery_error = Some("AccessDenied".to_owned());
            scene.status.latest_delivery = latest;
        });
        let judged = judge(&CHECK, scene.facts());
        assert_eq!(status_of(&judged, "multi-region-trail/delivery"), Fail);
        let finding = judged.findings.into_iter().find(|finding| finding.id.ends_with("/delivery")).unwrap();
        assert!(finding.message.contains("AccessDenied"), "{}", finding.message);
        (finding.message.contains("may be resolved: audit again"), finding.resolves.is_some())
    };
    assert_eq!(error_beside(Some(now() - jiff::SignedDuration::from_mins(59))), (true, true));
    assert_eq!(error_beside(Some(hours_ago(1))), (false, false));
    assert_eq!(error_beside(None), (false, false));
}

#[test]
fn digest_error_warns_only_with_validation_enabled() {
    let error = |scene: &mut TrailScene| scene.status.latest_digest_delivery_error = Some("AccessDenied".to_owned());
    assert_eq!(of("log-file-validation", error), Warn);
    assert_eq!(of("delivery", error), Pass);
}

#[test]
fn missing_bucket_fails_and_a_denied_one_may_be_foreign() {
    assert_eq!(of("bucket", |scene| scene.bucket_exists = false), Fail);
    assert_eq!(of("bucket", |scene| scene.trail.bucket = None), Unknown);
    let mut facts = TrailFixture::ready().facts();
    facts.buckets.set("logs-main", denied(Operation::HeadBucket));
    let judged = judge(&CHECK, facts);
    assert_eq!(status_of(&judged, "multi-region-trail/bucket"), Unknown);
    assert!(message(&judged, "/bucket").contains("may belong to another account"));
}

#[test]
fn a_home_region_that_is_not_told_is_the_arns() {
    assert_eq!(
        overall(&judge(&CHECK, TrailFixture::ready().with(|scene| scene.trail.home_region = None).facts())),
        Pass
    );
    let nowhere = TrailFixture::ready().with(|scene| {
        scene.trail.home_region = None;
        scene.trail.arn = "main".to_owned();
    });
    let judged = judge(&CHECK, nowhere.facts());
    for requirement in ["logging", "management-events", "delivery", "bucket", "log-file-validation"] {
        assert_eq!(status_of(&judged, &format!("multi-region-trail/{requirement}")), Unknown, "{requirement}");
    }
    assert_eq!(status_of(&judged, "multi-region-trail/multi-region"), Pass);
}

fn basic(include: bool, kind: &str, excluded: &[&str]) -> BasicSelector {
    BasicSelector {
        include_management_events: Some(include),
        read_write_type: Some(kind.to_owned()),
        excluded_sources: excluded.iter().map(|source| (*source).to_owned()).collect(),
    }
}

fn field(name: &str, equals: &[&str], not_equals: &[&str]) -> FieldSelector {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    FieldSelector { field: name.to_owned(), equals: owned(equals), not_equals: owned(not_equals), ..Default::default() }
}

fn advanced(fields: &[FieldSelector]) -> AdvancedSelector {
    AdvancedSelector { name: None, fields: fields.to_vec() }
}

fn management(fields: &[FieldSelector]) -> AdvancedSelector {
    advanced(&[&[field("eventCategory", &["Management"], &[])], fields].concat())
}

fn events(basic: Vec<BasicSelector>, advanced: Vec<AdvancedSelector>) -> Status {
    of("management-events", |scene| scene.selectors = EventSelectors { basic, advanced })
}

const KMS: &str = "kms.amazonaws.com";
const RDS: &str = "rdsdata.amazonaws.com";

#[test]
fn basic_selectors_taken_together() {
    for (selectors, status) in [
        (vec![basic(true, "All", &[])], Pass),
        (vec![basic(true, "ReadOnly", &[]), basic(true, "WriteOnly", &[])], Pass),
        (vec![basic(false, "All", &[]), basic(true, "All", &[])], Pass),
        (vec![basic(true, "All", &[KMS])], Warn),
        (vec![basic(true, "All", &[KMS, RDS])], Warn),
        (vec![basic(true, "All", &[KMS]), basic(true, "All", &[RDS])], Pass),
        (vec![basic(true, "All", &[KMS]), basic(true, "WriteOnly", &[])], Warn),
        (vec![basic(true, "ReadOnly", &[])], Fail),
        (vec![basic(true, "WriteOnly", &[KMS])], Fail),
        (vec![basic(false, "All", &[])], Fail),
        (vec![basic(true, "All", &["sts.amazonaws.com"])], Fail),
        (vec![basic(true, "all", &[])], Unknown),
        (vec![], Unknown),
    ] {
        assert_eq!(events(selectors.clone(), vec![]), status, "{selectors:?}");
    }
}

#[test]
fn advanced_selectors_taken_together() {
    let narrowed = |change: fn(&mut FieldSelector)| {
        let mut field = field("eventSource", &[], &[]);
        change(&mut field);
        vec![management(&[field])]
    };
    for (selectors, status) in [
        (vec![management(&[])], Pass),
        (
            vec![management(&[field("readOnly", &["true"], &[])]), management(&[field("readOnly", &["false"], &[])])],
            Pass,
        ),
        (vec![management(&[field("readOnly", &["true", "false"], &[])])], Pass),
        (
            vec![management(&[field("eventSource", &[], &[KMS])]), management(&[field("eventSource", &[KMS], &[])])],
            Pass,
        ),
        (vec![advanced(&[field("eventCategory", &["Data"], &[])]), management(&[])], Pass),
        (vec![management(&[field("eventSource", &[], &[KMS])])], Warn),
        (vec![management(&[field("eventSource", &[], &[KMS, RDS])])], Warn),
        (vec![management(&[field("eventSource", &[], &[KMS]), field("eventSource", &[], &[RDS])])], Warn),
        (vec![management(&[field("readOnly", &["false"], &[])])], Fail),
        (vec![management(&[field("readOnly", &[], &["true"])])], Fail),
        (vec![management(&[field("readOnly", &[], &[])])], Fail),
        (vec![management(&[field("eventSource", &[], &["iam.amazonaws.com"])])], Fail),
        (vec![management(&[field("eventSource", &[KMS], &[])])], Fail),
        (vec![management(&[field("eventName", &[], &["AssumeRole"])])], Fail),
        (vec![management(&[field("eventType", &["AwsApiCall"], &[])])], Fail),
        (vec![management(&[field("sessionCredentialFromConsole", &[], &["true"])])], Fail),
        (vec![advanced(&[field("eventCategory", &["NetworkActivity"], &[])])], Fail),
        (vec![advanced(&[field("eventCategory", &[], &["Data"])])], Fail),
        (vec![advanced(&[])], Fail),
        (narrowed(|field| field.starts_with.push("iam".to_owned())), Fail),
        (narrowed(|field| field.not_ends_with.push(".com".to_owned())), Fail),
        (narrowed(|field| field.not_starts_with.push("kms".to_owned())), Fail),
    ] {
        assert_eq!(events(vec![], selectors.clone()), status, "{selectors:?}");
    }
}

/// One trail that falls short in all that can fail.
fn broken() -> TrailFixture {
    TrailFixture::ready().with(|scene| {
        scene.trail.is_multi_region = Some(false);
        scene.trail.include_global_service_events = Some(false);
        scene.status.is_logging = Some(false);
        scene.status.latest_delivery_error = Some("NoSuchBucket".to_owned());
        scene.selectors.basic = vec![basic(true, "WriteOnly", &[])];
        scene.bucket_exists = false;
        scene.trail.log_file_validation = Some(false);
    })
}

#[test]
fn shadow_trail_is_read_in_its_home_region() {
    let shadow = TrailFixture::ready().with(|scene| {
        scene.trail.home_region = Some("eu-west-1".to_owned());
        scene.trail.arn = format!("arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main");
        scene.status.is_logging = Some(false);
    });
    let judged = judge(&CHECK, shadow.facts());
    let logging = judged.findings.iter().find(|finding| finding.id.ends_with("/logging")).unwrap();
    assert_eq!(logging.subject.region.as_deref(), Some("eu-west-1"));
    let commands = &logging.remediation.as_ref().unwrap().commands;
    assert!(commands[0].ends_with("--region eu-west-1"), "{commands:?}");
}

#[test]
fn an_organizations_trail_counts_and_is_not_ours_to_change() {
    let theirs = |scene: &mut TrailScene| {
        scene.trail.arn = format!("arn:aws:cloudtrail:{HOME}:{OTHER}:trail/main");
        scene.trail.is_organization = Some(true);
    };
    assert_eq!(overall(&judge(&CHECK, TrailFixture::ready().with(theirs).facts())), Pass);
    let judged = judge(&CHECK, TrailFixture { trails: broken().trails, ..TrailFixture::ready() }.with(theirs).facts());
    for finding in judged.findings.iter().filter(|finding| finding.status == Fail) {
        let remedy = finding.remediation.as_ref().unwrap();
        assert!(remedy.commands.is_empty() && remedy.summary.contains("another account"), "{remedy:?}");
    }
}

#[test]
fn an_unknown_trail_leaves_its_status_unknown() {
    for code in ["TrailNotFoundException", "CloudTrailARNInvalidException"] {
        let mut facts = TrailFixture::ready().facts();
        let arn = trail("main").trail.arn;
        let fault = Cause::Fault { code: code.to_owned(), page: 1 };
        let call = crate::account::Call::regional(Operation::GetTrailStatus, HOME);
        facts.trail_status.set(&arn, crate::account::CachedFact::unavailable(call, fault));
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Unknown);
        assert!(!judged.findings.iter().any(|finding| finding.status == Fail));
    }
}

#[test]
fn an_unseen_caller_says_nothing_of_whose_a_trail_is() {
    let mut facts = broken().facts();
    facts.caller = denied(Operation::GetCallerIdentity);
    for finding in judge(&CHECK, facts).findings {
        if let Some(remedy) = finding.remediation {
            assert!(remedy.commands.is_empty() && !remedy.summary.contains("another account"), "{remedy:?}");
        }
    }
}

#[test]
fn the_best_trail_decides_and_the_others_are_counted() {
    let warns = |mut scene: TrailScene| {
        scene.trail.log_file_validation = Some(false);
        scene
    };
    let fails = |mut scene: TrailScene| {
        scene.status.is_logging = Some(false);
        scene
    };
    let fails_twice = |scene: TrailScene| {
        let mut scene = fails(scene);
        scene.trail.is_multi_region = Some(false);
        scene
    };
    let open = |mut scene: TrailScene| {
        scene.status.is_logging = None;
        scene
    };
    for (trails, name, status) in [
        (vec![fails(trail("a")), trail("b")], "b", Pass),
        (vec![warns(trail("a")), trail("b")], "b", Pass),
        (vec![trail("b"), trail("a")], "a", Pass),
        (vec![open(trail("a")), warns(trail("b"))], "b", Warn),
        (vec![fails(trail("a")), open(trail("b"))], "b", Unknown),
        (vec![fails_twice(trail("a")), fails(trail("b"))], "b", Fail),
        (vec![fails(trail("b")), fails(trail("a")), fails_twice(trail("0"))], "a", Fail),
    ] {
        let others = trails.len() - 1;
        let judged = judge(&CHECK, TrailFixture::of(trails).facts());
        let chosen = judged.chosen.clone().unwrap();
        assert_eq!((chosen.name.as_str(), chosen.others, overall(&judged)), (name, others, status));
    }
}

#[test]
fn no_trail_fails_the_first_requirement_and_names_others() {
    let mut scene = TrailFixture::of(vec![]);
    let judged = judge(&CHECK, scene.facts());
    assert_eq!(
        judged.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(),
        ["multi-region-trail/multi-region"]
    );
    assert_eq!(overall(&judged), Fail);
    scene.elsewhere = vec![("us-east-1", trail("lonely").trail)];
    assert!(message(&judge(&CHECK, scene.facts()), "/multi-region").contains("lonely in us-east-1"));
}

/// The value behind `--name` of the command that creates the trail.
fn name_of_the_new_trail(judged: &CheckResult) -> String {
    let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
    let create = commands.iter().find(|command| command.contains("create-trail")).unwrap();
    let words = shell_words::split(create).unwrap();
    words[words.iter().rposition(|word| word == "--name").unwrap() + 1].clone()
}

#[test]
fn a_new_trails_name_is_free_in_every_region_seen() {
    let named = |name: &str| Trail { name: name.to_owned(), ..trail("x").trail };
    for (taken, expected) in [
        (&[][..], "management-events"),
        (&["lonely"][..], "management-events"),
        (&["management-events"][..], "management-events-2"),
        (&["management-events-2", "management-events"][..], "management-events-3"),
    ] {
        let elsewhere = taken.iter().map(|name| ("us-east-1", named(name))).collect();
        let scene = TrailFixture { elsewhere, ..TrailFixture::of(vec![]) };
        let judged = judge(&CHECK, scene.facts());
        assert_eq!(name_of_the_new_trail(&judged), expected, "{taken:?}");
        let arn = format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{expected}");
        assert!(judged.findings[0].remediation.as_ref().unwrap().commands.join(" ").contains(&arn), "{arn}");
        let template = serde_json::to_string(&judged.template.iter().map(|it| &it.properties).collect::<Vec<_>>());
        assert!(template.unwrap().contains(&arn));
        let of_bucket = judge(&crate::checks::trail_bucket_policy::CHECK, scene.facts());
        assert_eq!(name_of_the_new_trail(&of_bucket), expected, "both checks make one trail");
    }
}

#[test]
fn a_new_bucket_takes_a_name_that_only_this_account_can() {
    for (home, ends, namespace) in [
        ("us-west-2", "-us-west-2-an", true),
        ("us-east-1", "-us-east-1-an", true),
        ("me-south-1", "-me-south-1", false),
    ] {
        let mut facts = TrailFixture::of(vec![]).facts();
        facts.trails.set(home, crate::testing::known(Operation::DescribeTrails, vec![]));
        let home_region = Setting::new(home.to_owned(), SettingSource::Flag);
        let judged = judge_expecting(&CHECK, facts, &Settings { home_region, ..Settings::default() });
        let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
        assert!(commands[0].contains(&format!("--bucket cloudtrail-{ACCOUNT}{ends} ")), "{}", commands[0]);
        assert_eq!(commands[0].contains("--bucket-namespace account-regional"), namespace, "{}", commands[0]);
    }
}

#[test]
fn no_remedy_has_more_than_five_basic_selectors() {
    let put = |kinds: &[&str]| {
        let basic = kinds.iter().map(|kind| basic(false, kind, &[])).collect();
        let scene = TrailFixture::ready().with(|scene| scene.selectors = EventSelectors { basic, advanced: vec![] });
        let judged = judge(&CHECK, scene.facts());
        let finding = judged.findings.iter().find(|finding| finding.id.ends_with("/management-events")).unwrap();
        finding.remediation.clone().unwrap().commands.join("\n")
    };
    let one_more = r#"[`{"ReadWriteType":"All","IncludeManagementEvents":true}`]"#;
    assert!(put(&["All"; 4]).contains(one_more));
    for five in [["All"; 5], ["ReadOnly", "ReadOnly", "ReadOnly", "ReadOnly", "WriteOnly"]] {
        let command = put(&five);
        assert!(!command.contains(one_more) && command.contains("IncludeManagementEvents:`true`"), "{command}");
    }
    assert_eq!(put(&["WriteOnly"; 5]), "", "to widen one would record more data events");
}

#[test]
fn the_printed_recipe_stays_in_the_callers_partition() {
    for partition in ["aws-cn", "aws-us-gov"] {
        let scene = TrailFixture { partition, ..TrailFixture::of(vec![]) };
        let judged = judge(&CHECK, scene.facts());
        let commands = judged.findings[0].remediation.as_ref().unwrap().commands.join("\n");
        assert!(commands.contains(&format!("arn:{partition}:s3:::")) && !commands.contains("arn:aws:"), "{commands}");
    }
}

#[test]
fn printed_bucket_names_its_region_unless_s3_refuses_that() {
    for (home, location) in [("us-east-1", false), ("eu-west-1", true)] {
        let mut facts = TrailFixture::of(vec![]).facts();
        facts.trails.set(home, crate::testing::known(Operation::DescribeTrails, vec![]));
        let home_region = Setting::new(home.to_owned(), SettingSource::Flag);
        let judged = judge_expecting(&CHECK, facts, &Settings { home_region, ..Settings::default() });
        let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
        assert!(commands[0].contains("create-bucket"), "{}", commands[0]);
        assert_eq!(commands[0].contains(&format!("LocationConstraint={home}")), location, "{}", commands[0]);
    }
}

#[test]
fn each_missing_fact_leaves_its_own_requirements_unknown() {
    use Operation::{DescribeTrails, GetCallerIdentity, GetEventSelectors, GetTrailStatus, HeadBucket};
    let arn = trail("main").trail.arn;
    let status = ["logging", "delivery", "log-file-validation"].map(|link| (link, Unknown, GetTrailStatus)).to_vec();
    let all = REQUIREMENTS.iter().map(|requirement| requirement.id.split('/').nth(1).unwrap());
    let all: Vec<_> = all.map(|link| (link, Unknown, DescribeTrails)).collect();
    for (field, key, expected) in [
        ("trail_status", Some(arn.clone()), status),
        ("event_selectors", Some(arn), vec![("management-events", Unknown, GetEventSelectors)]),
        ("buckets", Some("logs-main".to_owned()), vec![("bucket", Unknown, HeadBucket)]),
        ("caller", None, vec![("bucket", Unknown, GetCallerIdentity)]),
        ("trails", Some(HOME.to_owned()), all),
        ("enabled_regions", None, vec![]),
        ("organization", None, vec![]),
    ] {
        let facts = TrailFixture::ready().facts();
        let after = without(&facts, &[&(field.to_owned(), key)]);
        assert_eq!(changed(facts, after), expected, "{field}");
    }
}

#[test]
fn missing_facts_and_pairs_never_reverse_the_verdict() {
    let mut mixed = TrailFixture::of(vec![trail("a"), trail("b"), trail("c")]);
    mixed.trails[0].status.is_logging = Some(false);
    mixed.trails[1].trail.log_file_validation = Some(false);
    mixed.trails[2].trail.is_multi_region = Some(false);
    let mut failing = mixed.clone();
    failing.trails[1].bucket_exists = false;
    for scene in [TrailFixture::ready(), broken(), mixed, failing, TrailFixture::of(vec![])] {
        hold_verdict_without_any_fact(&CHECK, &scene.facts());
    }
}
