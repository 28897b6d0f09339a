use super::*;
use crate::account::cache::CachedByKey;
use crate::account::facts::Facts;
use crate::model::status::Status::{Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{Foundation, foundation};
use crate::testing::missing_facts::hold_without_any_fact;
use crate::testing::trails::{TrailScene, trail};
use crate::testing::{denied, judge, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn with_trail(change: impl FnOnce(&mut TrailScene)) -> CheckResult {
    with(|it| change(&mut it.trail.trails[0]))
}

fn message(judged: &CheckResult, requirement: &Requirement) -> String {
    judged.findings.iter().find(|finding| finding.id == requirement.id).unwrap().message.clone()
}

#[test]
fn the_labs_organization_trail_passes() {
    let judged = judge(&CHECK, foundation().facts());
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    let line = "organization-trail → logs-organization-trail; every account and Region";
    assert_eq!(judged.passed.as_deref(), Some(line));
}

#[test]
fn each_row_of_the_trail_has_its_status() {
    let mut wrong = Vec::new();
    for (name, judged, requirement, status) in [
        ("this account's", with_trail(|it| it.trail.is_organization = Some(false)), &EXISTS, Fail),
        ("not said", with_trail(|it| it.trail.is_organization = None), &EXISTS, Unknown),
        ("one Region", with_trail(|it| it.trail.is_multi_region = Some(false)), &MULTI_REGION, Fail),
        ("stopped", with_trail(|it| it.status.is_logging = Some(false)), &LOGGING, Fail),
        (
            "no global events",
            with_trail(|it| it.trail.include_global_service_events = Some(false)),
            &GLOBAL_EVENTS,
            Fail,
        ),
        (
            "writes only",
            with_trail(|it| it.selectors.basic[0].read_write_type = Some("WriteOnly".to_owned())),
            &MANAGEMENT_EVENTS,
            Fail,
        ),
        ("no validation", with_trail(|it| it.trail.log_file_validation = Some(false)), &LOG_FILE_VALIDATION, Warn),
        ("never delivered", with_trail(|it| it.status.latest_delivery = None), &DELIVERY, Fail),
        ("never delivered, elsewhere", with_trail(|it| it.status.latest_delivery = None), &BUCKET, Unknown),
        ("no trust", with(|it| it.trusted.clear()), &TRUSTED_ACCESS, Fail),
        ("own bucket", with(|it| it.owns_bucket = true), &BUCKET, Warn),
        (
            "no bucket",
            with_trail(|it| it.status.latest_delivery_error = Some("NoSuchBucket".to_owned())),
            &BUCKET,
            Fail,
        ),
        (
            "another account's trail",
            with_trail(|it| it.trail.arn = it.trail.arn.replace("111122223333", "999988887777")),
            &EXISTS,
            Fail,
        ),
    ] {
        let told = status_of(&judged, requirement.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_trail_of_this_account_alone_is_named_and_updated() {
    let judged = with_trail(|it| it.trail.is_organization = Some(false));
    assert_eq!(message(&judged, &EXISTS), "No organization trail. Trail organization-trail logs this account only");
    let remedy = judged.findings[0].remediation.as_ref().unwrap();
    let commands: Vec<&str> = remedy.commands.iter().map(|command| command.as_ref()).collect();
    assert!(commands[0].contains("enable-aws-service-access --service-principal cloudtrail.amazonaws.com"));
    assert!(commands[1].contains("update-trail") && commands[1].contains("--is-organization-trail"), "{commands:?}");
    let console = remedy.console.as_ref().unwrap();
    assert!(console.contains("AWSLogs/o-abc1234567/*") && console.contains("AWSLogs/111122223333/*"), "{console}");
}

#[test]
fn consolidated_billing_explains_why_there_is_no_trail() {
    let judged = with(|it| {
        it.trail.trails.clear();
        it.organization.as_mut().unwrap().feature_set = Some("CONSOLIDATED_BILLING".to_owned());
    });
    assert_eq!(message(&judged, &EXISTS), "No organization trail: it needs all features");
}

#[test]
fn the_best_of_several_organization_trails_counts() {
    let judged = with(|it| {
        let mut other = trail("another");
        other.trail.is_organization = Some(true);
        other.status.is_logging = Some(false);
        it.trail.trails.push(other);
    });
    assert_eq!((overall(&judged), judged.name()), (Pass, Some("organization-trail")));
}

#[test]
fn all_is_unknown_without_the_organization_or_the_trails() {
    let mut without_organization = foundation().facts();
    without_organization.organization = denied(Operation::DescribeOrganization);
    let without_trails = Facts { trails: CachedByKey::default(), ..foundation().facts() };
    for facts in [without_organization, without_trails] {
        let judged = judge(&CHECK, facts);
        assert!(judged.findings.iter().all(|finding| finding.status == Unknown), "{:#?}", judged.findings);
    }
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    let facts = foundation().facts();
    let slim = Facts {
        caller: facts.caller,
        organization: facts.organization,
        enabled_regions: facts.enabled_regions,
        trusted_services: facts.trusted_services,
        trails: facts.trails,
        trail_status: facts.trail_status,
        event_selectors: facts.event_selectors,
        owned_buckets: facts.owned_buckets,
        ..Facts::default()
    };
    hold_without_any_fact(&CHECK, &slim);
}
