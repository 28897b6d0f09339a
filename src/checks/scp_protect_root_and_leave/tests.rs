use serde_json::Value;

use super::*;
use crate::account::facts::{Facts, RootPolicyType};
use crate::model::status::Status::{self, Fail, Pass, Unknown, Warn};
use crate::testing::foundation::{
    AttachedText, DEV, FULL, Foundation, GUARD, LEGACY, LOCK, PROD, ROOT as THE_ROOT, account as member, foundation,
    protecting, scp, target, unit,
};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::{denied, judge, overall, status_of};

fn with(change: impl FnOnce(&mut Foundation)) -> CheckResult {
    let mut organization = foundation();
    change(&mut organization);
    judge(&CHECK, organization.facts())
}

fn message(judged: &CheckResult, requirement: &Requirement) -> String {
    judged.findings.iter().find(|finding| finding.id == requirement.id).unwrap().message.clone()
}

/// The guard with other statements.
fn guarded_by(statements: &Value) -> CheckResult {
    with(|it| {
        let targets = it.scp(GUARD).targets.clone();
        *it.scp(GUARD) = AttachedText { targets, ..scp(GUARD, "Guard", statements, &[]) };
    })
}

fn deny(actions: &Value, condition: &Value) -> Value {
    json!({"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition})
}

const OF_ROOT: &str = "arn:aws:iam::*:root";

fn no_root(actions: &Value) -> Value {
    deny(actions, &json!({"ArnLike": {"aws:PrincipalArn": OF_ROOT}}))
}

#[test]
fn the_labs_guard_passes_with_paths_and_without() {
    for facts in [foundation().facts(), foundation().facts_without_paths()] {
        let judged = judge(&CHECK, facts);
        assert_eq!(overall(&judged), Pass, "{:#?}", judged.findings);
        let told = message(&judged, &LEAVE);
        assert_eq!(
            told,
            "4 of 4 members are kept from leaving by SCPProtectRootAndOrg; 1 account in Exceptions is exempt"
        );
    }
}

#[test]
fn each_row_of_leaving_has_its_status() {
    let both = json!(["organizations:LeaveOrganization", "organizations:AcceptHandshake"]);
    let none = json!({});
    let not_arn = |arn: &str| json!({"ArnNotLike": {"aws:PrincipalArn": arn}});
    let mut wrong = Vec::new();
    for (name, statements, status) in [
        ("both", deny(&both, &none), Pass),
        ("leaving alone", deny(&json!("organizations:LeaveOrganization"), &none), Warn),
        ("accepting alone", deny(&json!("organizations:AcceptHandshake"), &none), Fail),
        ("all of organizations", deny(&json!("organizations:*"), &none), Pass),
        ("with MFA", deny(&both, &json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})), Fail),
        ("but named roles", deny(&both, &not_arn("arn:aws:iam::*:role/ops")), Warn),
        ("but service roles", deny(&both, &not_arn("arn:aws:iam::*:role/aws-service-role/*")), Pass),
        ("but Identity Center", deny(&both, &not_arn("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*")), Warn),
        ("but every role", deny(&both, &not_arn("arn:aws:iam::*:role/*")), Fail),
        ("allowed", json!({"Effect": "Allow", "Action": both, "Resource": "*"}), Fail),
        (
            "on other handshakes",
            json!([
                deny(&json!("organizations:LeaveOrganization"), &none),
                {"Effect": "Deny", "Action": "organizations:AcceptHandshake", "Resource": "arn:aws:organizations::1:handshake/x"},
            ]),
            Warn,
        ),
    ] {
        let told = status_of(&guarded_by(&statements), LEAVE.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_row_of_the_root_user_has_its_status() {
    let powers = json!(["iam:*", "account:*", "cloudtrail:*", "kms:*", "s3:*", "ec2:*"]);
    let sample = json!({
        "Effect": "Deny", "Resource": "*", "NotAction": ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
        "Condition": {"ArnLike": {"aws:PrincipalArn": OF_ROOT}},
    });
    let mut wrong = Vec::new();
    for (name, statements, status) in [
        ("everything", no_root(&json!("*")), Pass),
        ("everything by its type", deny(&json!("*"), &json!({"StringEquals": {"aws:PrincipalType": "Account"}})), Pass),
        ("powers", no_root(&powers), Warn),
        ("AWS's example", sample, Warn),
        ("iam alone", no_root(&json!("iam:*")), Fail),
        ("StringEquals with *", deny(&json!("*"), &json!({"StringEquals": {"aws:PrincipalArn": OF_ROOT}})), Fail),
        (
            "two that add up",
            json!([no_root(&json!("iam:*")), {
                "Effect": "Deny", "Resource": "*", "NotAction": "iam:*", "Condition": {"ArnLike": {"aws:PrincipalArn": OF_ROOT}},
            }]),
            Warn,
        ),
        ("by Region", deny(&json!("*"), &json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}})), Fail),
    ] {
        let told = status_of(&guarded_by(&statements), ROOT.id);
        if told != status {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn central_management_of_root_credentials_is_a_warning() {
    let central = |features: &[&str]| {
        with(|it| {
            it.scps.retain(|policy| policy.scp.id != GUARD);
            it.features = features.iter().map(|name| (*name).to_owned()).collect();
        })
    };
    assert_eq!(status_of(&central(&["RootCredentialsManagement"]), ROOT.id), Warn);
    assert!(message(&central(&["RootCredentialsManagement"]), &ROOT).contains("credentials are managed centrally"));
    assert_eq!(status_of(&central(&[]), ROOT.id), Fail);
    let mut organization = foundation();
    organization.scps.retain(|policy| policy.scp.id != GUARD);
    let mut facts = organization.facts();
    facts.root_features = denied(Operation::ListOrganizationsFeatures);
    assert_eq!(status_of(&judge(&CHECK, facts), ROOT.id), Unknown);
    let mut facts = foundation().facts();
    facts.root_features = denied(Operation::ListOrganizationsFeatures);
    assert_eq!(status_of(&judge(&CHECK, facts), ROOT.id), Pass);
}

#[test]
fn privileged_root_tasks_must_not_be_refused() {
    let on = |statements: &Value| {
        let statements = statements.clone();
        with(move |it| {
            it.features = vec!["RootSessions".to_owned()];
            let targets = it.scp(GUARD).targets.clone();
            *it.scp(GUARD) = AttachedText { targets, ..scp(GUARD, "Guard", &statements, &[]) };
        })
    };
    assert_eq!(status_of(&on(&protecting()), ROOT_SESSIONS.id), Pass);
    assert_eq!(status_of(&on(&no_root(&json!("*"))), ROOT_SESSIONS.id), Warn);
    assert_eq!(status_of(&guarded_by(&no_root(&json!("*"))), ROOT_SESSIONS.id), Pass);
}

#[test]
fn a_missing_allow_is_told_with_its_node() {
    let without = |node: String| with(|it| it.scp(FULL).targets.retain(|target| target.id != node));
    let judged = without(unit("Sandbox"));
    assert_eq!(status_of(&judged, USABLE.id), Warn);
    assert!(
        message(&judged, &USABLE).contains("`FullAWSAccess` is missing at OU Sandbox"),
        "{}",
        message(&judged, &USABLE)
    );
    // Everything is denied there, so nobody can leave either.
    assert_eq!((status_of(&judged, LEAVE.id), status_of(&judged, ROOT.id)), (Pass, Pass));
}

#[test]
fn a_node_without_any_scp_is_unknown_for_a_missing_allow_only() {
    let judged = with(|it| it.scp(FULL).targets.retain(|target| target.id != DEV));
    assert_eq!((status_of(&judged, LEAVE.id), status_of(&judged, USABLE.id)), (Pass, Unknown));
}

#[test]
fn suspended_accounts_are_left_out_of_what_they_cannot_use() {
    let judged = with(|it| {
        *it.account(DEV) = member(DEV, "Dev", Some("Suspended"));
        it.scps.push(scp("p-quarantine", "Quarantine", &deny(&json!("*"), &json!({})), &[&unit("Suspended")]));
    });
    assert_eq!(status_of(&judged, USABLE.id), Pass, "{:#?}", judged.findings);
    let judged = with(|it| {
        it.accounts.retain(|account| [crate::testing::ACCOUNT, DEV].contains(&account.id.as_str()));
        *it.account(DEV) = member(DEV, "Dev", Some("Suspended"));
    });
    let told: Vec<&str> = judged.findings.iter().map(|finding| finding.id).collect();
    assert_eq!(told, [LEAVE.id, ROOT.id]);
}

#[test]
fn where_scps_are_off_leaving_fails_and_the_rest_is_skipped() {
    let judged = with(|it| it.root.policy_types.clear());
    let told: Vec<(&str, Status)> = judged.findings.iter().map(|finding| (finding.id, finding.status)).collect();
    assert_eq!(told, [(LEAVE.id, Fail)]);
    let judged = with(|it| {
        it.root.policy_types = vec![RootPolicyType {
            kind: Some("SERVICE_CONTROL_POLICY".to_owned()),
            status: Some("PENDING_ENABLE".to_owned()),
        }];
    });
    assert_eq!(status_of(&judged, LEAVE.id), Unknown);
}

#[test]
fn an_account_that_no_scp_reaches_fails_with_its_name() {
    let judged = with(|it| *it.account(PROD) = member(PROD, "Prod", None));
    assert_eq!(
        message(&judged, &LEAVE),
        "1 of 4 members can leave: Prod (444455556666). SCP SCPProtectRootAndOrg would \
        deny it, and is attached only to 8 targets"
    );
    let finding = judged.findings.iter().find(|finding| finding.id == LEAVE.id).unwrap();
    let commands = &finding.remediation.as_ref().unwrap().commands;
    assert!(commands[0].contains(&format!("attach-policy --policy-id {GUARD} --target-id {PROD}")), "{commands:?}");
}

#[test]
fn a_member_that_may_not_count_makes_unknown_what_does_not_pass() {
    for state in [None, Some("NEW")] {
        let judged = with(|it| {
            *it.account(PROD) = member(PROD, "Prod", None);
            let account = it.account(PROD);
            (account.state, account.status) = (state.map(str::to_owned), None);
        });
        assert_eq!(status_of(&judged, LEAVE.id), Unknown);
        let judged = with(|it| {
            let account = it.account(PROD);
            (account.state, account.status) = (state.map(str::to_owned), None);
        });
        assert_eq!(status_of(&judged, LEAVE.id), Pass);
    }
}

#[test]
fn what_is_unknown_of_scps_is_unknown_where_it_may_matter() {
    let guard_is_denied = |slot: fn(&mut Facts)| {
        let mut facts = foundation().facts();
        slot(&mut facts);
        judge(&CHECK, facts)
    };
    let mut wrong = Vec::new();
    for (name, judged, leave, usable) in [
        ("the guard's document", guard_is_denied(|facts| facts.scp_documents.remove(GUARD)), Unknown, Unknown),
        ("the guard's targets", guard_is_denied(|facts| facts.scp_targets.remove(GUARD)), Unknown, Pass),
        ("the lock's document", guard_is_denied(|facts| facts.scp_documents.remove(LOCK)), Pass, Unknown),
        ("the lock's targets", guard_is_denied(|facts| facts.scp_targets.remove(LOCK)), Pass, Pass),
        ("where FullAWSAccess is", guard_is_denied(|facts| facts.scp_targets.remove(FULL)), Pass, Unknown),
        ("the SCPs", guard_is_denied(|facts| facts.scps = denied(Operation::ListPolicies)), Unknown, Unknown),
        (
            "the root",
            guard_is_denied(|facts| facts.organization_roots = denied(Operation::ListRoots)),
            Unknown,
            Unknown,
        ),
        (
            "the accounts",
            guard_is_denied(|facts| facts.organization_accounts = denied(Operation::ListAccounts)),
            Unknown,
            Unknown,
        ),
        (
            "the organization",
            guard_is_denied(|facts| facts.organization = denied(Operation::DescribeOrganization)),
            Unknown,
            Unknown,
        ),
        ("the OUs", guard_is_denied(|facts| facts.organizational_units.remove(THE_ROOT)), Unknown, Pass),
    ] {
        let told = (status_of(&judged, LEAVE.id), status_of(&judged, USABLE.id));
        if told != (leave, usable) {
            wrong.push(format!("{name}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_a_member_nothing_is_said() {
    let judged =
        with(|it| it.accounts.retain(|account| [crate::testing::ACCOUNT, LEGACY].contains(&account.id.as_str())));
    assert_eq!(status_of(&judged, LEAVE.id), Unknown);
    assert_eq!(message(&judged, &LEAVE), "There is no member account");
}

#[test]
fn near_misses_are_named() {
    let leaving = json!("organizations:LeaveOrganization");
    let mut wrong = Vec::new();
    for (name, statements, targets, said) in [
        ("attached nowhere", deny(&leaving, &json!({})), vec![], "is attached to nothing"),
        (
            "attached elsewhere",
            deny(&leaving, &json!({})),
            vec![unit("Exceptions")],
            "is attached only to OU Exceptions",
        ),
        (
            "conditional",
            deny(&leaving, &json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}})),
            vec![THE_ROOT.to_owned()],
            "denied only under a condition on aws:MultiFactorAuthPresent",
        ),
        (
            "allowing",
            json!({"Effect": "Allow", "Action": leaving, "Resource": "*"}),
            vec![THE_ROOT.to_owned()],
            "has Effect Allow, which denies nothing",
        ),
    ] {
        let judged = with(|it| {
            let targets = targets.iter().map(|id| target(id)).collect();
            *it.scp(GUARD) = AttachedText { targets, ..scp(GUARD, "Guard", &statements, &[]) };
        });
        let told = message(&judged, &LEAVE);
        if !told.contains(said) {
            wrong.push(format!("{name}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_new_scp_is_attached_to_top_ous_and_never_the_root() {
    let judged = with(|it| it.scps.retain(|policy| policy.scp.id != GUARD));
    let finding = judged.findings.iter().find(|finding| finding.id == LEAVE.id).unwrap();
    let commands: Vec<&str> =
        finding.remediation.as_ref().unwrap().commands.iter().map(|command| command.as_ref()).collect();
    assert!(
        commands[0].contains("create-policy --type SERVICE_CONTROL_POLICY --name ProtectRootAndOrg"),
        "{commands:?}"
    );
    let attached = |node: &str| commands.iter().any(|command| command.contains(&format!("--target-id {node} ")));
    assert!(attached(&unit("Security")) && attached(&unit("Workloads")) && attached(&unit("Sandbox")), "{commands:?}");
    assert!(!attached(THE_ROOT) && !attached(&unit("Exceptions")));
}

#[test]
fn the_order_of_policies_targets_and_accounts_does_not_matter() {
    let mut turned = foundation();
    turned.accounts.reverse();
    turned.scps.reverse();
    turned.scps.iter_mut().for_each(|policy| policy.targets.reverse());
    assert_eq!(judge(&CHECK, turned.facts()), judge(&CHECK, foundation().facts()));
}

/// The facts that the check reads.
fn slim(facts: Facts) -> Facts {
    Facts {
        caller: facts.caller,
        organization: facts.organization,
        organization_roots: facts.organization_roots,
        organization_accounts: facts.organization_accounts,
        organizational_units: facts.organizational_units,
        scps: facts.scps,
        scp_documents: facts.scp_documents,
        scp_targets: facts.scp_targets,
        root_features: facts.root_features,
        ..Facts::default()
    }
}

#[test]
fn no_fact_that_is_missing_improves_it() {
    hold_verdict_without_any_fact(&CHECK, &slim(foundation().facts()));
    let mut unguarded = foundation();
    unguarded.scps.retain(|policy| policy.scp.id != GUARD);
    hold_verdict_without_any_fact(&CHECK, &slim(unguarded.facts()));
}
