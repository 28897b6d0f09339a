use super::*;
use crate::account::facts::{Facts, OrganizationAccount};
use crate::config::settings::{PartialFoundation, PartialSettings, SettingSource};
use crate::model::status::Status::{Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{AUDIT, Foundation, LOGS, ROOT, account as member, foundation};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::{ACCOUNT, denied, judge, judge_expecting, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn message(judged: &CheckResult, requirement: &Requirement) -> String {
    judged.findings.iter().find(|finding| finding.id == requirement.id).unwrap().message.clone()
}

fn without(it: &mut Foundation, id: &str) {
    it.accounts.retain(|account| account.id != id);
}

#[test]
fn the_labs_accounts_pass_with_paths_and_without() {
    for facts in [foundation().facts(), foundation().facts_without_paths()] {
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
        assert_eq!(judged.passed.as_deref(), Some("LogArchive and SecurityAudit in Security"));
    }
}

#[test]
fn each_row_of_the_accounts_has_its_status() {
    let state = |state: Option<&str>| {
        let state = state.map(str::to_owned);
        with(|it| {
            let account = it.account(LOGS);
            (account.state, account.status) = (state.clone(), state);
        })
    };
    let mut wrong = Vec::new();
    for (name, judged, requirement, status) in [
        ("elsewhere", with(|it| *it.account(LOGS) = member(LOGS, "LogArchive", Some("Workloads"))), &LOG_ARCHIVE, Warn),
        ("sign-up", state(Some("PENDING_ACTIVATION")), &LOG_ARCHIVE, Fail),
        ("suspended", state(Some("SUSPENDED")), &LOG_ARCHIVE, Fail),
        ("closing", state(Some("PENDING_CLOSURE")), &LOG_ARCHIVE, Fail),
        ("closed", state(Some("CLOSED")), &LOG_ARCHIVE, Fail),
        ("state missing", state(None), &LOG_ARCHIVE, Unknown),
        ("another state", state(Some("NEW")), &LOG_ARCHIVE, Unknown),
        ("not found", with(|it| without(it, LOGS)), &LOG_ARCHIVE, Fail),
        (
            "other spelling",
            with(|it| *it.account(LOGS) = member(LOGS, "log archive", Some("Security"))),
            &LOG_ARCHIVE,
            Pass,
        ),
        ("similar", with(|it| *it.account(LOGS) = member(LOGS, "Logging", Some("Security"))), &LOG_ARCHIVE, Warn),
        (
            "similar elsewhere",
            with(|it| *it.account(LOGS) = member(LOGS, "Logging", Some("Sandbox"))),
            &LOG_ARCHIVE,
            Fail,
        ),
        ("Audit", with(|it| *it.account(AUDIT) = member(AUDIT, "Audit", Some("Security"))), &SECURITY_AUDIT, Warn),
        (
            "only management",
            with(|it| {
                without(it, LOGS);
                it.account(ACCOUNT).name = Some("LogArchive".to_owned());
            }),
            &LOG_ARCHIVE,
            Fail,
        ),
        (
            "a second, active in the OU",
            with(|it| {
                let first = OrganizationAccount {
                    state: Some("CLOSED".to_owned()),
                    ..member(LOGS, "LogArchive", Some("Security"))
                };
                *it.account(LOGS) = first;
                it.accounts.push(member("777788889999", "LogArchive", Some("Security")));
            }),
            &LOG_ARCHIVE,
            Pass,
        ),
        (
            "in Exceptions",
            with(|it| *it.account(AUDIT) = member(AUDIT, "SecurityAudit", Some("Exceptions"))),
            &SECURITY_AUDIT,
            Warn,
        ),
    ] {
        let told = status_of(&judged, requirement.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn renamed(it: &mut Foundation, name: &str) {
    it.units.get_mut(ROOT).unwrap().iter_mut().find(|unit| unit.name == "Security").unwrap().name = name.to_owned();
}

#[test]
fn another_ou_with_both_accounts_is_a_warning() {
    let judged = with(|it| renamed(it, "Core"));
    assert_eq!(status_of(&judged, OU.id), Warn);
    assert!(message(&judged, &OU).contains("set `security-ou = \"Core\"`"));
    assert_eq!((status_of(&judged, LOG_ARCHIVE.id), status_of(&judged, SECURITY_AUDIT.id)), (Pass, Pass));
    let judged = with(|it| {
        renamed(it, "Core");
        *it.account(AUDIT) = member(AUDIT, "SecurityAudit", Some("Sandbox"));
    });
    assert_eq!(status_of(&judged, OU.id), Fail);
}

#[test]
fn an_id_stands_for_a_name_and_one_account_for_both_warns() {
    let wishes = |log_archive: &str, security_audit: &str| {
        let foundation = PartialFoundation {
            log_archive: Some(log_archive.to_owned()),
            security_audit: Some(security_audit.to_owned()),
            ..PartialFoundation::default()
        };
        let wishes = PartialSettings { foundation, ..PartialSettings::default() };
        Settings::default().overridden(wishes, SettingSource::Flag)
    };
    let judged = judge_expecting(&CHECK, foundation().facts(), &wishes(LOGS, AUDIT));
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    let judged = judge_expecting(&CHECK, foundation().facts(), &wishes(LOGS, LOGS));
    assert_eq!(status_of(&judged, SEPARATE.id), Warn);
    let judged = with(|it| without(it, LOGS));
    assert!(judged.findings.iter().all(|finding| finding.id != SEPARATE.id));
}

#[test]
fn all_is_unknown_without_the_organization() {
    let mut facts = foundation().facts();
    facts.organization = denied(Operation::DescribeOrganization);
    let judged = judge(&CHECK, facts);
    assert!(judged.findings.iter().all(|finding| finding.status == Unknown), "{:#?}", judged.findings);
}

#[test]
fn an_account_is_created_with_an_address_of_the_operator() {
    let judged = with(|it| without(it, LOGS));
    let finding = judged.findings.iter().find(|finding| finding.id == LOG_ARCHIVE.id).unwrap();
    let remedy = finding.remediation.as_ref().unwrap();
    assert_eq!(remedy.inputs, ["LOG_ARCHIVE_EMAIL"]);
    assert!(remedy.commands[0].contains("--account-name LogArchive"), "{:?}", remedy.commands);
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    let facts = foundation().facts();
    let slim = Facts {
        caller: facts.caller,
        organization: facts.organization,
        organization_roots: facts.organization_roots,
        organization_accounts: facts.organization_accounts,
        organizational_units: facts.organizational_units,
        ..Facts::default()
    };
    hold_verdict_without_any_fact(&CHECK, &slim);
}
