use super::*;
use crate::account::facts::RootPolicyType;
use crate::model::status::Status::{self, Fail, Pass, Unknown};
use crate::testing::foundation::{Foundation, foundation};
use crate::testing::missing_facts::hold_without_any_fact;
use crate::testing::{denied, judge, known, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn features(set: Option<&str>) -> CheckResult {
    with(|it| it.organization.as_mut().unwrap().feature_set = set.map(str::to_owned))
}

fn scps(status: Option<&str>) -> CheckResult {
    with(|it| {
        it.root.policy_types = status
            .map(|status| RootPolicyType {
                kind: Some("SERVICE_CONTROL_POLICY".to_owned()),
                status: Some(status.to_owned()),
            })
            .into_iter()
            .collect();
    })
}

#[test]
fn a_management_account_with_all_features_and_scps_passes() {
    let judged = judge(&CHECK, foundation().facts());
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    assert_eq!(judged.passed.as_deref(), Some("o-abc1234567 has all features and service control policies enabled"));
}

#[test]
fn each_row_of_features_and_policy_types_has_its_status() {
    let mut wrong = Vec::new();
    for (name, judged, requirement, status) in [
        ("all", features(Some("ALL")), &ALL_FEATURES, Pass),
        ("billing", features(Some("CONSOLIDATED_BILLING")), &ALL_FEATURES, Fail),
        ("another", features(Some("SOME")), &ALL_FEATURES, Unknown),
        ("none", features(None), &ALL_FEATURES, Unknown),
        ("none, with SCPs", features(None), &SCPS_ENABLED, Pass),
        ("enabled", scps(Some("ENABLED")), &SCPS_ENABLED, Pass),
        ("not listed", scps(None), &SCPS_ENABLED, Fail),
        ("pending", scps(Some("PENDING_ENABLE")), &SCPS_ENABLED, Unknown),
        ("disabling", scps(Some("PENDING_DISABLE")), &SCPS_ENABLED, Unknown),
        ("another status", scps(Some("NEW")), &SCPS_ENABLED, Unknown),
    ] {
        let told = status_of(&judged, requirement.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn consolidated_billing_is_one_cause() {
    let judged = features(Some("CONSOLIDATED_BILLING"));
    assert!(judged.findings.iter().all(|finding| finding.id != SCPS_ENABLED.id));
}

#[test]
fn scps_that_are_being_enabled_resolve_by_themselves() {
    let judged = scps(Some("PENDING_ENABLE"));
    let finding = judged.findings.iter().find(|finding| finding.id == SCPS_ENABLED.id).unwrap();
    assert!(finding.resolves.is_some());
}

fn statuses(judged: &CheckResult) -> Vec<(&str, Status)> {
    judged.findings.iter().map(|finding| (finding.id, finding.status)).collect()
}

#[test]
fn a_standalone_account_fails_one_requirement() {
    let judged = with(|it| it.organization = None);
    assert_eq!(statuses(&judged), [(EXISTS.id, Fail)]);
    assert!(judged.findings[0].message.starts_with("This account is in no organization. Create one when"));
}

#[test]
fn a_member_is_told_whose_credentials_to_use() {
    let judged = with(|it| it.organization.as_mut().unwrap().management_account = "999988887777".to_owned());
    assert_eq!(statuses(&judged), [(EXISTS.id, Pass), (MANAGEMENT_ACCOUNT.id, Fail)]);
    let why = "This account is a member of o-abc1234567. Use credentials of management account 999988887777";
    assert_eq!(judged.findings[1].message, why);
}

#[test]
fn an_account_that_may_not_ask_is_unknown_and_no_member() {
    let mut facts = foundation().facts();
    facts.organization = denied(Operation::DescribeOrganization);
    let judged = judge(&CHECK, facts);
    let is_unknown = |id: &str| status_of(&judged, id) == Unknown;
    assert!(is_unknown(EXISTS.id) && is_unknown(MANAGEMENT_ACCOUNT.id) && is_unknown(ALL_FEATURES.id));
    assert_eq!(status_of(&judged, SCPS_ENABLED.id), Pass);
}

#[test]
fn without_the_caller_only_who_manages_is_unknown() {
    let mut facts = foundation().facts();
    facts.caller = denied(Operation::GetCallerIdentity);
    let judged = judge(&CHECK, facts);
    assert_eq!(
        statuses(&judged),
        [(EXISTS.id, Pass), (MANAGEMENT_ACCOUNT.id, Unknown), (ALL_FEATURES.id, Pass), (SCPS_ENABLED.id, Pass)]
    );
}

#[test]
fn two_roots_or_none_are_unknown() {
    let root = foundation().root;
    for roots in [vec![], vec![root.clone(), root]] {
        let mut facts = foundation().facts();
        facts.organization_roots = known(Operation::ListRoots, roots);
        assert_eq!(status_of(&judge(&CHECK, facts), SCPS_ENABLED.id), Unknown);
    }
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    hold_without_any_fact(&CHECK, &foundation().facts());
}
