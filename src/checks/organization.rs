//! `organization`: this account manages an organization in which SCPs work.

use futures_util::FutureExt;

use crate::account::facts::{Organization, OrganizationRoot};
use crate::account::operation::Operation;
use crate::account::{Account, Observed, Unavailable};
use crate::analysis::organization::commands::{change, is_root_id};
use crate::analysis::organization::{ScpStatus, Tree, are_being_enabled, scp_status};
use crate::analysis::standing::{Standing, of_member};
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Evidence, Finding, Judgement, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Command, Remediation, Who};

const ORGANIZATIONS_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org.html";
const ALL_FEATURES_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html";
const POLICY_TYPE_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/enable-policy-type.html";

const EXISTS: Requirement = Requirement {
    id: "organization/exists",
    severity: Severity::High,
    docs: ORGANIZATIONS_PAGE,
    pass: "the account is in an organization",
    warn: "",
    fail: "a standalone account: there is no organization to build on",
};
const MANAGEMENT_ACCOUNT: Requirement = Requirement {
    id: "organization/management-account",
    severity: Severity::High,
    docs: ORGANIZATIONS_PAGE,
    pass: "the account is the management account",
    warn: "",
    fail: "a member account: only the management account can read and change all of the organization",
};
const ALL_FEATURES: Requirement = Requirement {
    id: "organization/all-features",
    severity: Severity::High,
    docs: ALL_FEATURES_PAGE,
    pass: "the organization has all features",
    warn: "",
    fail: "only consolidated billing: there are no service control policies and no organization trail",
};
const SCPS_ENABLED: Requirement = Requirement {
    id: "organization/scps-enabled",
    severity: Severity::High,
    docs: POLICY_TYPE_PAGE,
    pass: "service control policies (SCPs) are enabled in the root",
    warn: "",
    fail: "SCPs are off: whatever is attached denies nothing",
};

pub(super) const CHECK: Check = Check {
    id: "organization",
    title: |_| "Organization with all features".to_owned(),
    passes_when: "the account manages an organization with all features and SCPs enabled",
    what: "Checks that the credentials belong to the management account of an organization that has all features, and \
           that service control policies (SCPs) are enabled in its root.",
    why: "Without SCPs nothing limits a member account: it can leave the organization, use every Region, and act as \
          its root user.",
    decisions: &[
        "A delegated administrator is a member account: it can't read all that the stage needs.",
        "SCPs that are being enabled leave the requirement unknown. It resolves by itself.",
        "No call returns whether the email address of the root user is verified. Inviting accounts needs that.",
    ],
    requirements: &[&EXISTS, &MANAGEMENT_ACCOUNT, &ALL_FEATURES, &SCPS_ENABLED],
    chain: &[],
    waivable: false,
    operations: &[Operation::GetCallerIdentity, Operation::DescribeOrganization, Operation::ListRoots],
    explains_with: &[],
    after: &[],
    fix: "Create an organization with all features from a standalone account that passes stage single-account, then \
          enable service control policies.",
    references: &[ORGANIZATIONS_PAGE, ALL_FEATURES_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, _expect: &Settings) -> CheckResult {
    let (organization, caller, root) = tokio::join!(account.organization(), account.caller(), Tree::root_of(account));
    let standing = Standing::of(organization, caller);
    let subject = Subject::account();
    let mut findings = vec![EXISTS.judge(&subject, || exists(&standing))];
    if matches!(standing, Standing::Standalone(_)) {
        return findings.into();
    }
    findings.push(MANAGEMENT_ACCOUNT.judge(&subject, || {
        let organization = standing.organization()?;
        let evidence = of(organization).and(caller?, "account", &caller?.get().account);
        if let Standing::Member(_) = standing {
            return Ok(Outcome::fail(of_member(organization.get()), evidence, elsewhere(organization.get()))
                .brief("this is a member account"));
        }
        Ok(Outcome::pass("This is the management account", evidence))
    }));
    if matches!(standing, Standing::Member(_)) {
        return findings.into();
    }
    findings.push(ALL_FEATURES.judge(&subject, || all_features(standing.organization()?)));
    let has_all_features = match standing.organization() {
        Ok(organization) => organization.get().feature_set.as_deref() != Some("CONSOLIDATED_BILLING"),
        Err(_) => true,
    };
    if has_all_features {
        findings.push(scps_enabled(&root));
    }
    CheckResult::from(findings).with_passed(|result| {
        let id = result.value(&EXISTS, "organization")?;
        Some(format!("{id} has all features and service control policies enabled"))
    })
}

fn of(organization: Observed<'_, Organization>) -> Evidence {
    let Organization { id, management_account, .. } = organization.get();
    Evidence::new(organization, "organization", id).and(organization, "management_account", management_account)
}

fn exists(standing: &Standing<'_>) -> Judgement {
    if let Standing::Standalone(organization) = standing {
        let remedy = Remediation::new("Run `stagecheck audit`, and create an organization when it reports ready")
            .console("AWS Organizations > Create an organization")
            .see(ORGANIZATIONS_PAGE)
            .takes(10);
        let evidence = Evidence::new(*organization, "organization", None::<&str>);
        let message = "This account is in no organization. Create one when `stagecheck audit` reports ready";
        return Ok(Outcome::fail(message, evidence, remedy).brief("the account is in no organization"));
    }
    let organization = standing.organization()?;
    Ok(Outcome::pass(format!("The account is in organization {}", organization.get().id), of(organization)))
}

/// Whoever audits a member account has the wrong credentials, and there is nothing to change in AWS.
fn elsewhere(organization: &Organization) -> Remediation {
    Remediation::new(format!("Use credentials of management account {}", organization.management_account))
        .console("Nothing is to be changed in AWS: audit again with another profile")
        .see(ORGANIZATIONS_PAGE)
        .by(Who::Auditor)
        .takes(5)
}

fn all_features(organization: Observed<'_, Organization>) -> Judgement {
    let Organization { id, feature_set, .. } = organization.get();
    let evidence = Evidence::new(organization, "feature_set", feature_set);
    match feature_set.as_deref() {
        Some("ALL") => Ok(Outcome::pass(format!("{id} has all features"), evidence)),
        Some("CONSOLIDATED_BILLING") => {
            let remedy = Remediation::new(
                "Enable all features. Invited accounts have to approve it, then accept the handshake here. It can't be \
                 undone",
            )
            .run(Command::aws("organizations", "enable-all-features").if_there("HandshakeConstraintViolationException"))
            .run(
                Command::aws("organizations", "accept-handshake")
                    .input("--handshake-id", "HANDSHAKE", "the id of the handshake above")
                    .if_there("HandshakeAlreadyInStateException"),
            )
            .prompts_for(&["HANDSHAKE"])
            .console("AWS Organizations > Settings > Begin process to enable all features")
            .see(ALL_FEATURES_PAGE)
            .by(Who::Organization)
            .takes(10);
            Ok(Outcome::fail(format!("{id} has consolidated billing only"), evidence, remedy))
        }
        Some(other) => Err(organization.undetermined(format!("the features of {id} are {other}"))),
        None => Err(organization.undetermined(format!("the features of {id} are unknown"))),
    }
}

fn scps_enabled(root: &Result<Observed<'_, OrganizationRoot>, Unavailable>) -> Finding {
    let (subject, resolves) = match root {
        Ok(root) => (Subject::global(&root.get().arn), are_being_enabled(root.get())),
        Err(_) => (Subject::account(), false),
    };
    let finding = SCPS_ENABLED.judge(&subject, || match scp_status(root)? {
        ScpStatus::On(root) => {
            let evidence = Evidence::new(root, "root", &root.get().id);
            Ok(Outcome::pass("Service control policies (SCPs) are enabled", evidence))
        }
        ScpStatus::Off(root) => {
            let id = &root.get().id;
            let evidence = Evidence::new(root, "root", id);
            let enable = |remedy: Remediation| {
                if !is_root_id(id) {
                    return remedy;
                }
                let enables = Command::aws("organizations", "enable-policy-type")
                    .option("--root-id", id)
                    .option("--policy-type", "SERVICE_CONTROL_POLICY");
                let listed = Command::aws("organizations", "list-roots")
                    .option("--query", "Roots[].PolicyTypes[?Type=='SERVICE_CONTROL_POLICY'].Status[]")
                    .option("--output", "text");
                remedy.run(enables.skip_if_present(listed))
            };
            let remedy = change("Enable service control policies", false, enable)
                .console("AWS Organizations > Policies > Service control policies > Enable")
                .see(POLICY_TYPE_PAGE)
                .takes(5);
            Ok(Outcome::fail("Service control policies (SCPs) are off in the root", evidence, remedy)
                .brief("SCPs are off"))
        }
    });
    Finding { resolves: resolves.then(|| "when AWS has enabled them, in a few minutes".to_owned()), ..finding }
}

#[cfg(test)]
mod tests;
