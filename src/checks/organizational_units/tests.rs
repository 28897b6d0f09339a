use super::*;
use crate::config::settings::{PartialFoundation, PartialSettings, SettingSource};
use crate::model::status::Status::{Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{DEV, Foundation, ROOT, account as member, foundation, unit};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::{denied, judge, judge_expecting, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn message(judged: &CheckResult, id: &str) -> String {
    judged.findings.iter().find(|finding| finding.id == id).unwrap().message.clone()
}

#[test]
fn the_labs_organization_passes_with_paths_and_without() {
    for facts in [foundation().facts(), foundation().facts_without_paths()] {
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
        assert_eq!(judged.passed.as_deref(), Some("9 OUs, all expected; no account outside an OU"));
    }
}

fn rename(it: &mut Foundation, from: &str, to: &str) {
    it.units.get_mut(ROOT).unwrap().iter_mut().find(|unit| unit.name == from).unwrap().name = to.to_owned();
}

#[test]
fn each_row_of_ous_and_accounts_has_its_status() {
    let state = |id: &str, state: Option<&str>, place: Option<&str>| {
        let state = state.map(str::to_owned);
        with(|it| {
            *it.account(id) = crate::account::facts::OrganizationAccount {
                state: state.clone(),
                status: state,
                ..member(id, "Dev", place)
            }
        })
    };
    let mut wrong = Vec::new();
    for (name, judged, requirement, status) in [
        ("no OU", with(|it| it.units.insert(ROOT.to_owned(), vec![]).map_or((), drop)), &EXISTS, Fail),
        ("renamed", with(|it| rename(it, "Sandbox", "Playground")), &EXPECTED, Warn),
        ("other spelling", with(|it| rename(it, "IncidentResponse", "incident-response")), &EXPECTED, Pass),
        ("under the root", state(DEV, Some("ACTIVE"), None), &ACCOUNTS, Warn),
        ("suspended there", state(DEV, Some("SUSPENDED"), None), &ACCOUNTS, Pass),
        ("closed there", state(DEV, Some("CLOSED"), None), &ACCOUNTS, Pass),
        ("state missing there", state(DEV, None, None), &ACCOUNTS, Unknown),
        ("another state there", state(DEV, Some("NEW"), None), &ACCOUNTS, Unknown),
        ("state missing in an OU", state(DEV, None, Some("Sandbox")), &ACCOUNTS, Pass),
    ] {
        let told = status_of(&judged, requirement.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn similar_and_deeper_names_are_told_and_do_not_count() {
    let judged = with(|it| rename(it, "Workloads", "Workload"));
    assert!(message(&judged, EXPECTED.id).contains("OU Workload may be meant for Workloads"));
    let judged = with(|it| {
        let top = it.units.get_mut(ROOT).unwrap();
        top.retain(|unit| unit.name != "Sandbox");
        it.account(DEV).paths =
            Some(vec![format!("o-abc1234567/{ROOT}/{}/{}/{DEV}/", unit("Workloads"), unit("Sandbox"))]);
    });
    let told = message(&judged, EXPECTED.id);
    assert!(told.contains("1 OU is missing under the root: Sandbox. An OU Sandbox is deeper in the tree"), "{told}");
}

#[test]
fn an_empty_list_of_expected_ous_drops_the_requirement() {
    let foundation_wishes = PartialFoundation { organizational_units: Some(vec![]), ..PartialFoundation::default() };
    let wishes = PartialSettings { foundation: foundation_wishes, ..PartialSettings::default() };
    let expect = Settings::default().overridden(wishes, SettingSource::Flag);
    let judged = judge_expecting(&CHECK, foundation().facts(), &expect);
    assert!(judged.findings.iter().all(|finding| finding.id != EXPECTED.id));
}

#[test]
fn an_account_without_a_path_is_unknown() {
    let mut facts = foundation().facts();
    let judged = {
        let mut organization = foundation();
        organization.account(DEV).paths = None;
        facts.organization_accounts = organization.facts().organization_accounts;
        judge(&CHECK, facts)
    };
    assert_eq!(status_of(&judged, ACCOUNTS.id), Unknown);
}

#[test]
fn without_the_organization_ous_alone_are_evaluated() {
    let mut facts = foundation().facts();
    facts.organization = denied(Operation::DescribeOrganization);
    let judged = judge(&CHECK, facts);
    assert_eq!((status_of(&judged, EXISTS.id), status_of(&judged, EXPECTED.id)), (Pass, Pass));
    assert_eq!(status_of(&judged, ACCOUNTS.id), Unknown);
}

#[test]
fn a_standalone_or_member_account_has_one_finding() {
    let judged = with(|it| it.organization = None);
    assert_eq!((judged.findings.len(), status_of(&judged, EXISTS.id)), (1, Fail));
    assert_eq!(
        (message(&judged, EXISTS.id).as_str(), &judged.findings[0].remediation),
        ("There is no organization", &None)
    );
    let judged = with(|it| it.organization.as_mut().unwrap().management_account = "999988887777".to_owned());
    assert_eq!((judged.findings.len(), status_of(&judged, EXISTS.id)), (1, Unknown));
}

#[test]
fn control_tower_gets_no_commands() {
    let judged = with(|it| {
        rename(it, "Sandbox", "Playground");
        it.trusted.push("controltower.amazonaws.com".to_owned());
    });
    let finding = judged.findings.iter().find(|finding| finding.id == EXPECTED.id).unwrap();
    let remedy = finding.remediation.as_ref().unwrap();
    assert!(remedy.commands.is_empty() && remedy.summary.ends_with("Change it in Control Tower."), "{remedy:?}");
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    hold_verdict_without_any_fact(&CHECK, &slim());
}

/// The facts that this check reads.
fn slim() -> crate::account::facts::Facts {
    let facts = foundation().facts();
    crate::account::facts::Facts {
        caller: facts.caller,
        organization: facts.organization,
        organization_roots: facts.organization_roots,
        organization_accounts: facts.organization_accounts,
        organizational_units: facts.organizational_units,
        ..crate::account::facts::Facts::default()
    }
}
