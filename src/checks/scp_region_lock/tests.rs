use serde_json::Value;

use super::*;
use crate::account::facts::Facts;
use crate::config::settings::{PartialFoundation, PartialSettings};
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{AttachedText, DEV, FULL, Foundation, LOCK, ROOT, foundation, scp, target, unit};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::{denied, judge, judge_expecting, known, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn message(judged: &CheckResult, requirement: &Requirement) -> String {
    judged.findings.iter().find(|finding| finding.id == requirement.id).unwrap().message.clone()
}

fn locked_by(statements: &Value) -> CheckResult {
    with(|it| *it.scp(LOCK) = scp(LOCK, "Lock", statements, &[ROOT]))
}

const FREE: [&str; 5] = ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*"];

fn lock(free: &[&str], operator: &str, regions: &[&str]) -> Value {
    json!({"Effect": "Deny", "Resource": "*", "NotAction": free, "Condition": {operator: {"aws:RequestedRegion": regions}}})
}

const ALLOWED_REGIONS: [&str; 2] = ["us-west-2", "us-east-1"];

#[test]
fn the_labs_lock_passes_with_paths_and_without() {
    for facts in [foundation().facts(), foundation().facts_without_paths()] {
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
        let told = message(&judged, &LOCKED);
        assert!(
            told.starts_with("4 of 4 members are able to work only in us-west-2 and us-east-1 by RegionLockout"),
            "{told}"
        );
    }
}

#[test]
fn each_row_of_the_lock_has_its_status() {
    let with_free = |more: &str| lock(&[FREE.as_slice(), &[more]].concat(), "StringNotEquals", &ALLOWED_REGIONS);
    let but = |arn: &str| {
        let mut statement = lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS);
        statement["Condition"]["ArnNotLike"] = json!({"aws:PrincipalArn": arn});
        statement
    };
    let named = json!({
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    });
    let mut wrong = Vec::new();
    for (name, statements, status) in [
        ("as it must be", lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS), Pass),
        ("with a pattern", lock(&FREE, "StringNotLike", &["us-west-2", "us-east-1*"]), Pass),
        ("one more Region", lock(&FREE, "StringNotEquals", &["us-west-2", "us-east-1", "eu-west-1"]), Warn),
        (
            "every enabled Region",
            lock(&FREE, "StringNotEquals", &["us-west-2", "us-east-1", "eu-west-1", "eu-central-1"]),
            Fail,
        ),
        ("only those that are enabled", named, Warn),
        ("a workload is free", with_free("lambda:*"), Fail),
        ("a store is free", with_free("s3:*"), Warn),
        ("no lock", json!({"Effect": "Deny", "Action": "iam:Nothing", "Resource": "*"}), Fail),
        (
            "misspelled",
            json!({"Effect": "Deny", "NotAction": FREE, "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestRegion": ALLOWED_REGIONS}}}),
            Fail,
        ),
        ("but a named role", but("arn:aws:iam::*:role/ops"), Pass),
        ("but Identity Center", but("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"), Warn),
        ("but every role", but("arn:aws:iam::*:role/*"), Fail),
    ] {
        let told = status_of(&locked_by(&statements), LOCKED.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn exempt_roles_are_listed_in_a_pass() {
    let mut statement = lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS);
    statement["Condition"]["ArnNotLike"] = json!({"aws:PrincipalArn": "arn:aws:iam::*:role/ops"});
    assert!(message(&locked_by(&statement), &LOCKED).contains("(exempt: arn:aws:iam::*:role/ops)"));
}

#[test]
fn each_row_of_allowed_regions_has_its_status() {
    let mut wrong = Vec::new();
    for (name, statements, status) in [
        ("home is allowed", lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS), Pass),
        ("home is closed", lock(&FREE, "StringNotEquals", &["us-east-1"]), Fail),
        (
            "a workload is closed at home",
            json!([lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS), {
                "Effect": "Deny", "Action": "eks:*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": "us-west-2"}},
            }]),
            Warn,
        ),
        ("all is denied everywhere", json!({"Effect": "Deny", "Action": "*", "Resource": "*"}), Pass),
    ] {
        let told = status_of(&locked_by(&statements), ALLOWED.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn regions_that_the_operator_names_are_all_looked_at() {
    let foundation_wishes = PartialFoundation {
        allowed_regions: Some(vec!["us-west-2".to_owned(), "eu-west-1".to_owned()]),
        ..Default::default()
    };
    let wishes = PartialSettings { foundation: foundation_wishes, ..PartialSettings::default() };
    let expect = Settings::default().overridden(wishes, SettingSource::Flag);
    let judged = judge_expecting(&CHECK, foundation().facts(), &expect);
    assert_eq!(message(&judged, &ALLOWED).split(": ").next(), Some("4 of 4 members can't work in eu-west-1"));
    assert_eq!((status_of(&judged, ALLOWED.id), status_of(&judged, LOCKED.id)), (Warn, Warn));
}

#[test]
fn a_lock_without_global_services_locks_everyone_out() {
    let mut wrong = Vec::new();
    for (free, status) in [(vec![], Fail), (vec!["iam:*"], Warn), (FREE.to_vec(), Pass)] {
        // us-east-1, where global services answer, is not allowed.
        let judged = locked_by(&lock(&[free.as_slice(), &["x:y"]].concat(), "StringNotEquals", &["us-west-2"]));
        let told = status_of(&judged, GLOBAL_SERVICES.id);
        if told != status {
            wrong.push(format!("{free:?}: {told:?} {}", message(&judged, &GLOBAL_SERVICES)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_allow_by_region_locks_where_no_other_allows() {
    let by_region = |alone: bool| {
        with(|it| {
            let allow = json!({
                "Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": ALLOWED_REGIONS}},
            });
            *it.scp(LOCK) = scp(LOCK, "AllowByRegion", &allow, &[ROOT]);
            if alone {
                it.scp(FULL).targets.retain(|target| target.id != ROOT);
            }
        })
    };
    assert_eq!(status_of(&by_region(true), LOCKED.id), Pass);
    assert_eq!(status_of(&by_region(false), LOCKED.id), Fail);
    assert!(
        message(&by_region(false), &LOCKED)
            .contains("it allows by Region, and another SCP beside it allows everywhere")
    );
}

#[test]
fn near_misses_are_named() {
    let mut wrong = Vec::new();
    for (name, statements, targets, said) in [
        ("nowhere", lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS), vec![], "is attached to nothing"),
        (
            "few",
            lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS),
            vec![unit("Sandbox")],
            "is attached only to OU Sandbox",
        ),
        (
            "equals",
            lock(&FREE, "StringEquals", &ALLOWED_REGIONS),
            vec![ROOT.to_owned()],
            "denies the Regions that it names",
        ),
        (
            "workload",
            lock(&["ec2:*", "iam:*"], "StringNotEquals", &ALLOWED_REGIONS),
            vec![ROOT.to_owned()],
            "its NotAction leaves out a workload",
        ),
        (
            "misspelled",
            json!({"Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestRegion": "us-west-2"}}}),
            vec![ROOT.to_owned()],
            "its condition key isn't aws:RequestedRegion",
        ),
    ] {
        let judged = with(|it| {
            let targets = targets.iter().map(|id| target(id)).collect();
            *it.scp(LOCK) = AttachedText { targets, ..scp(LOCK, "Lock", &statements, &[]) };
        });
        let told = message(&judged, &LOCKED);
        if !told.contains(said) {
            wrong.push(format!("{name}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_quarantined_member_is_locked_and_not_denied_by_region() {
    let judged = with(|it| {
        it.scps.push(scp(
            "p-quarantine",
            "Quarantine",
            &json!({"Effect": "Deny", "Action": "*", "Resource": "*"}),
            &[DEV],
        ));
    });
    let told: Vec<Status> = judged.findings.iter().map(|finding| finding.status).collect();
    assert_eq!(told, [Pass, Pass, Pass]);
}

#[test]
fn where_scps_are_off_the_lock_fails_and_the_rest_is_skipped() {
    let judged = with(|it| it.root.policy_types.clear());
    let told: Vec<(&str, Status)> = judged.findings.iter().map(|finding| (finding.id, finding.status)).collect();
    assert_eq!(told, [(LOCKED.id, Fail)]);
}

#[test]
fn an_unknown_document_leaves_the_lock_unknown_alone() {
    let mut facts = foundation().facts();
    facts.scp_documents.remove(LOCK);
    let judged = judge(&CHECK, facts);
    let told: Vec<Status> = judged.findings.iter().map(|finding| finding.status).collect();
    assert_eq!(told, [Unknown, Pass, Pass]);
    let mut facts = foundation().facts();
    facts.enabled_regions = denied(Operation::DescribeRegions);
    let judged = judge(&CHECK, facts);
    let told: Vec<Status> = judged.findings.iter().map(|finding| finding.status).collect();
    assert_eq!(told, [Unknown, Pass, Pass]);
}

#[test]
fn with_no_other_region_enabled_future_ones_decide() {
    let judged = |statements: &Value| {
        let mut organization = foundation();
        *organization.scp(LOCK) = scp(LOCK, "Lock", statements, &[ROOT]);
        let mut facts = organization.facts();
        facts.enabled_regions = known(Operation::DescribeRegions, ALLOWED_REGIONS.map(str::to_owned).to_vec());
        status_of(&judge(&CHECK, facts), LOCKED.id)
    };
    assert_eq!(judged(&lock(&FREE, "StringNotEquals", &ALLOWED_REGIONS)), Pass);
    assert_eq!(judged(&json!({"Effect": "Deny", "Action": "iam:Nothing", "Resource": "*"})), Warn);
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    let facts = foundation().facts();
    let slim = Facts {
        caller: facts.caller,
        organization: facts.organization,
        enabled_regions: facts.enabled_regions,
        organization_roots: facts.organization_roots,
        organization_accounts: facts.organization_accounts,
        organizational_units: facts.organizational_units,
        scps: facts.scps,
        scp_documents: facts.scp_documents,
        scp_targets: facts.scp_targets,
        ..Facts::default()
    };
    hold_verdict_without_any_fact(&CHECK, &slim);
}
