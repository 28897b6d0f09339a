use serde_json::json;

use super::*;
use crate::account::facts::{AttachedPolicy, Facts, IdentityCenterInstance, InlinePolicy, PermissionSet};
use crate::account::{CachedFact, Call, Cause};
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{
    AUDIT, Foundation, INSTANCE_ARN, LOGS, SET_ARN, account as member, assigned, foundation,
};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::trails::HOME;
use crate::testing::{ACCOUNT, denied, judge, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn with_instance(change: impl FnOnce(&mut IdentityCenterInstance)) -> CheckResult {
    with(|it| change(&mut it.instances.get_mut(HOME).unwrap()[0]))
}

fn statuses(judged: &CheckResult) -> Vec<Status> {
    judged.findings.iter().map(|finding| finding.status).collect()
}

fn key(account: &str) -> String {
    format!("{INSTANCE_ARN} {account} {SET_ARN}")
}

fn assign(it: &mut Foundation, account: &str, kind: Option<&str>) {
    it.assignments.insert(key(account), kind.map(assigned).unwrap_or_default());
}

#[test]
fn the_labs_identity_center_passes() {
    let judged = judge(&CHECK, foundation().facts());
    assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
    let line = "us-west-2: a group administers management, LogArchive, SecurityAudit";
    assert_eq!(judged.passed.as_deref(), Some(line));
}

#[test]
fn each_row_of_the_instance_has_its_status() {
    let status = |status: Option<&str>| with_instance(|it| it.status = status.map(str::to_owned));
    let everywhere = |change: fn(&mut Foundation)| {
        with(|it| {
            for region in ["us-east-1", "eu-west-1", "eu-central-1"] {
                it.instances.entry(region.to_owned()).or_default();
            }
            change(it);
        })
    };
    let mut wrong = Vec::new();
    for (name, judged, expected) in [
        ("active", status(Some("ACTIVE")), vec![Pass, Pass, Pass]),
        ("none", everywhere(|it| it.instances.values_mut().for_each(Vec::clear)), vec![Fail]),
        ("none, and a Region unread", with(|it| it.instances.get_mut(HOME).unwrap().clear()), vec![Unknown; 3]),
        ("not trusted", everywhere(|it| it.trusted.retain(|service| !service.starts_with("sso"))), vec![Fail]),
        (
            "being created",
            everywhere(|it| it.instances.get_mut(HOME).unwrap()[0].status = Some("CREATE_IN_PROGRESS".to_owned())),
            vec![Warn],
        ),
        (
            "failed",
            everywhere(|it| it.instances.get_mut(HOME).unwrap()[0].status = Some("CREATE_FAILED".to_owned())),
            vec![Fail],
        ),
        (
            "being deleted",
            everywhere(|it| it.instances.get_mut(HOME).unwrap()[0].status = Some("DELETE_IN_PROGRESS".to_owned())),
            vec![Fail],
        ),
        ("another status", status(Some("NEW")), vec![Unknown; 3]),
        ("no status", status(None), vec![Unknown; 3]),
        ("no owner", with_instance(|it| it.owner_account = None), vec![Unknown; 3]),
        (
            "another owner",
            everywhere(|it| it.instances.get_mut(HOME).unwrap()[0].owner_account = Some(LOGS.to_owned())),
            vec![Fail],
        ),
        (
            "elsewhere",
            everywhere(|it| {
                let instances = it.instances.remove(HOME).unwrap();
                it.instances.insert("eu-west-1".to_owned(), instances);
                it.instances.insert(HOME.to_owned(), vec![]);
            }),
            vec![Pass, Pass, Pass],
        ),
    ] {
        let told = statuses(&judged);
        if told != expected {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_instance_that_knows_no_accounts_is_unknown() {
    let mut facts = foundation().facts();
    let key = format!("{INSTANCE_ARN} {ACCOUNT}");
    let fault = Cause::Fault { code: "ValidationException".to_owned(), page: 1 };
    let call = Call::regional(Operation::ListPermissionSetsProvisionedToAccount, HOME);
    facts.provisioned_permission_sets.set(&key, CachedFact::unavailable(call, fault));
    let judged = judge(&CHECK, facts);
    assert_eq!(statuses(&judged), [Unknown; 3]);
    assert!(judged.findings[0].message.contains("may be an account instance"));
}

#[test]
fn each_row_of_who_has_the_set_has_its_status() {
    let mut wrong = Vec::new();
    for (name, judged, requirement, status) in [
        ("a user here", with(|it| assign(it, ACCOUNT, Some("USER"))), &ADMINISTRATORS, Warn),
        ("no one here", with(|it| assign(it, ACCOUNT, None)), &ADMINISTRATORS, Fail),
        ("a strange kind", with(|it| assign(it, ACCOUNT, Some("ROBOT"))), &ADMINISTRATORS, Unknown),
        ("no set", with(|it| it.sets.clear()), &ADMINISTRATORS, Fail),
        ("a user there", with(|it| assign(it, LOGS, Some("USER"))), &SECURITY_ACCOUNTS, Warn),
        ("no one there", with(|it| assign(it, AUDIT, None)), &SECURITY_ACCOUNTS, Warn),
        ("unread there", with(|it| drop(it.assignments.remove(&key(AUDIT)))), &SECURITY_ACCOUNTS, Unknown),
        (
            "one account only",
            with(|it| {
                it.accounts.retain(|account| account.id != AUDIT);
                it.assignments.remove(&key(AUDIT));
            }),
            &SECURITY_ACCOUNTS,
            Pass,
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
fn a_set_is_judged_by_its_role_and_not_by_its_name() {
    let inline = |action: &str| InlinePolicy {
        name: "inline".to_owned(),
        document:
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
                .to_string(),
    };
    let mut wrong = Vec::new();
    for (name, judged, here, elsewhere) in [
        (
            "reads only",
            with(|it| {
                it.roles[0].attached_policies.clear();
                it.roles[0].inline_policies = vec![inline("s3:Get*")];
            }),
            Fail,
            Some(Warn),
        ),
        (
            "everything inline",
            with(|it| {
                it.roles[0].attached_policies.clear();
                it.roles[0].inline_policies = vec![inline("*")];
            }),
            Pass,
            Some(Pass),
        ),
        ("no role", with(|it| it.roles.clear()), Unknown, Some(Unknown)),
        (
            "two roles",
            with(|it| {
                let mut other = it.roles[0].clone();
                other.name = other.name.replace("0123", "9876");
                other.arn = other.arn.replace("0123", "9876");
                it.roles.push(other);
            }),
            Unknown,
            Some(Unknown),
        ),
        ("another path", with(|it| it.roles[0].path = "/".to_owned()), Unknown, Some(Unknown)),
        ("another name", with(|it| it.sets[0].1 = PermissionSet { name: "Other".to_owned() }), Unknown, Some(Unknown)),
        (
            "unread policy",
            with(|it| {
                it.roles[0].attached_policies = vec![AttachedPolicy {
                    name: "mine".to_owned(),
                    arn: format!("arn:aws:iam::{ACCOUNT}:policy/mine"),
                }];
            }),
            Unknown,
            Some(Unknown),
        ),
    ] {
        let security = judged.findings.iter().find(|finding| finding.id == SECURITY_ACCOUNTS.id).map(|one| one.status);
        let told = (status_of(&judged, ADMINISTRATORS.id), security);
        if told != (here, elsewhere) {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_security_account_elsewhere_is_evaluated_too() {
    let judged = with(|it| *it.account(LOGS) = member(LOGS, "LogArchive", Some("Workloads")));
    assert_eq!(statuses(&judged), [Pass, Pass, Pass]);
    let judged = with(|it| it.accounts.retain(|account| account.id == ACCOUNT));
    assert_eq!(statuses(&judged), [Pass, Pass]);
}

#[test]
fn all_is_unknown_without_the_organization() {
    let mut facts = foundation().facts();
    facts.organization = denied(Operation::DescribeOrganization);
    assert_eq!(statuses(&judge(&CHECK, facts)), [Unknown; 3]);
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
        trusted_services: facts.trusted_services,
        roles: facts.roles,
        aws_policies: facts.aws_policies,
        groups: facts.groups,
        customer_policies: facts.customer_policies,
        enabled_regions: facts.enabled_regions,
        identity_center_instances: facts.identity_center_instances,
        provisioned_permission_sets: facts.provisioned_permission_sets,
        permission_sets: facts.permission_sets,
        account_assignments: facts.account_assignments,
        ..Facts::default()
    };
    hold_verdict_without_any_fact(&CHECK, &slim);
}
