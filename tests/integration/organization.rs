//! Stage `org-foundation` against an organization in the emulator.

mod plan;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::account::Account;
use crate::support::edits::organizations as edits;
use crate::support::organization::{Paths, built, organization};
use crate::support::proxy::{Proxy, Seen};
use crate::support::rules::Rule;
use crate::support::run::Run;

/// What an audit of the organization says.
pub(crate) fn audited(account: Account, proxy: &Proxy) -> Value {
    Run::audit(account, proxy).args(["--stage", "org-foundation", "--format", "json"]).whatever().json()
}

/// The checks that do not pass, with their summaries.
fn others(report: &Value) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap().iter().filter(|check| check["status"] != "pass");
    checks.map(|check| format!("{} {}: {}", check["id"], check["status"], check["summary"])).collect()
}

#[test]
fn the_labs_organization_is_ready() {
    let account = Account::new("380000000001");
    let proxy = organization(account, Paths::Returned);
    let building = proxy.calls().len();
    let report = audited(account, &proxy);
    assert_eq!((others(&report), &report["verdict"]), (vec![], &"ready".into()), "{}", proxy.log());
    let calls = proxy.calls().split_off(building);
    assert!(calls.len() <= 46, "{} calls:\n{}", calls.len(), proxy.log());
    for service in ["organizations", "sso"] {
        let of_service: Vec<&Seen> = calls.iter().filter(|seen| seen.call.service == service).collect();
        let under_way = |at: &Seen| {
            of_service
                .iter()
                .filter(|one| one.started <= at.started && one.ended.is_none_or(|end| end > at.started))
                .count()
        };
        let most = of_service.iter().map(|seen| under_way(seen)).max();
        assert!(most <= Some(4), "{most:?} calls of {service} at once");
    }
}

/// The calls that only this stage makes.
const CALLS: [(&str, &str); 14] = [
    ("organizations", "ListRoots"),
    ("organizations", "ListAccounts"),
    ("organizations", "ListOrganizationalUnitsForParent"),
    ("organizations", "ListAccountsForParent"),
    ("organizations", "ListPolicies"),
    ("organizations", "DescribePolicy"),
    ("organizations", "ListTargetsForPolicy"),
    ("organizations", "ListAWSServiceAccessForOrganization"),
    ("iam", "ListOrganizationsFeatures"),
    ("s3", "ListBuckets"),
    ("sso", "ListInstances"),
    ("sso", "ListPermissionSetsProvisionedToAccount"),
    ("sso", "DescribePermissionSet"),
    ("sso", "ListAccountAssignments"),
];

#[test]
fn a_call_that_fails_makes_nothing_fail_and_nothing_pass() {
    let account = Account::new("380000000007");
    let proxy = organization(account, Paths::Missing);
    let mut wrong = Vec::new();
    for (service, operation) in CALLS {
        for (name, fault) in [
            ("denied", Rule::on(service, operation).deny()),
            ("an unknown error", Rule::on(service, operation).fail(400, "SomethingElseException", "no")),
        ] {
            proxy.add(fault.times(200));
            let report = audited(account, &proxy);
            let statuses: Vec<&Value> =
                report["checks"].as_array().unwrap().iter().map(|check| &check["status"]).collect();
            let is_covered = operation == "ListOrganizationsFeatures";
            let has_unknown = statuses.iter().any(|status| **status == "unknown");
            if statuses.iter().any(|status| **status == "fail") || has_unknown == is_covered {
                wrong.push(format!("{operation} {name}: {:?}", others(&report)));
            }
            proxy.forget(service, operation);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_organization_without_paths_is_walked_to_the_same_report() {
    let account = Account::new("380000000002");
    let proxy = organization(account, Paths::Missing);
    let report = audited(account, &proxy);
    assert_eq!((others(&report), &report["verdict"]), (vec![], &"ready".into()), "{}", proxy.log());
    assert!(!proxy.calls_of("organizations", "ListAccountsForParent").is_empty());
}

#[test]
fn an_audit_that_is_recorded_says_the_same_offline() {
    let account = Account::new("380000000003");
    let proxy = organization(account, Paths::Returned);
    let live = Run::audit(account, &proxy)
        .args(["--stage", "org-foundation", "--format", "json", "--record", "recorded.json"])
        .expect(0);
    let recorded = live.wrote("recorded.json");
    assert!(!recorded.contains("@example.com") || !recorded.contains("logarchive@"), "{recorded}");
    let offline =
        Run::stagecheck(["audit", "--format", "json", "--snapshot"]).arg(live.path("recorded.json")).expect(0);
    let (mut one, mut other) = (live.json(), offline.json());
    one["source"] = Value::Null;
    other["source"] = Value::Null;
    assert_eq!(one, other);
}

#[test]
fn a_standalone_account_asks_the_emulator_and_is_not_ready() {
    let account = Account::new("380000000004");
    let proxy = Proxy::to(account.ready()).with_all(crate::support::edits::ready()).with_organizations();
    let report = audited(account, &proxy);
    assert_eq!(report["verdict"], "not-ready");
    assert!(report["headline"].as_str().unwrap().contains("This account is in no organization"), "{report:#}");
    assert_eq!(report["missing_permissions"], Value::Array(vec![]));
}

/// The lists of which AWS may begin any with an empty page.
const LISTS: [(&str, &str, &str); 9] = [
    ("organizations", "ListRoots", "Roots"),
    ("organizations", "ListAccounts", "Accounts"),
    ("organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits"),
    ("organizations", "ListPolicies", "Policies"),
    ("organizations", "ListTargetsForPolicy", "Targets"),
    ("organizations", "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals"),
    ("sso", "ListInstances", "Instances"),
    ("sso", "ListPermissionSetsProvisionedToAccount", "PermissionSets"),
    ("sso", "ListAccountAssignments", "AccountAssignments"),
];

#[test]
fn empty_pages_and_throttling_leave_the_report_as_it_is() {
    let account = Account::new("380000000008");
    let proxy = organization(account, Paths::Returned);
    for (service, operation, list) in LISTS {
        for rule in edits::empty_page_first(service, operation, list) {
            proxy.add(rule);
        }
    }
    for service in ["organizations", "sso"] {
        proxy.add(Rule::on(service, "*").throttle().times(2));
    }
    let building = proxy.calls().len();
    let report = audited(account, &proxy);
    assert_eq!((others(&report), &report["verdict"]), (vec![], &"ready".into()), "{}", proxy.log());
    let calls = proxy.calls().split_off(building);
    assert_eq!(calls.iter().filter(|seen| seen.status == Some(400)).count(), 4, "{}", proxy.log());
    let is_second_page = |seen: &&Seen| seen.call.parameters.contains_key("NextToken");
    let paged: BTreeSet<&str> = calls.iter().filter(is_second_page).map(|seen| seen.call.operation.as_str()).collect();
    assert_eq!(paged, LISTS.map(|(_, operation, _)| operation).into());
}

#[test]
fn a_member_is_not_ready_and_its_denials_are_not_reported() {
    let account = Account::new("380000000009");
    let built = built(account, Paths::Returned);
    let member = Account { id: built.members["Prod"], ..account };
    let report = audited(member, &built.proxy);
    assert_eq!(report["verdict"], "not-ready");
    let headline = report["headline"].as_str().unwrap();
    assert!(headline.contains(&built.id) && headline.contains(account.id), "{headline}");
    let missing = report["missing_permissions"].as_array().unwrap().iter().filter(|action| {
        let action = action.to_string();
        action.contains("organizations:") || action.contains("ListOrganizationsFeatures")
    });
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&Value>::new());
}
