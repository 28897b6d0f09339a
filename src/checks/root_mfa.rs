//! `root-mfa`: the root user has MFA.

use std::collections::BTreeMap;

use futures_util::FutureExt;

use crate::account::facts::{Caller, Organization};
use crate::account::operation::Operation;
use crate::account::{Account, Fact, Observed, Unavailable};
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Evidence, Finding, Judgement, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Remediation, Who};

const ROOT_MFA_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html";
const ROOT_KEYS_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html";
const CENTRAL_ROOT_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management";

const MFA: Requirement = Requirement {
    id: "root-mfa/mfa",
    severity: Severity::Critical,
    docs: ROOT_MFA_PAGE,
    pass: "the root user has an MFA device of any type",
    warn: "",
    fail: "no MFA device: access to the root user's mailbox is enough to own the account",
};
const ACCESS_KEYS: Requirement = Requirement {
    id: "root-mfa/access-keys",
    severity: Severity::Critical,
    docs: ROOT_KEYS_PAGE,
    pass: "the root user has no access keys",
    warn: "",
    fail: "any access key, active or not: it works without MFA, and no policy can limit it",
};
const SIGNING_CERTIFICATES: Requirement = Requirement {
    id: "root-mfa/signing-certificates",
    severity: Severity::Low,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
    pass: "the root user has no X.509 signing certificates",
    warn: "any signing certificate: it is a credential that nothing needs any more",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "root-mfa",
    title: |_| "Root user MFA".to_owned(),
    passes_when: "the root user has an MFA device and no access keys",
    what: "Checks that the root user has an MFA device and no access keys. The account summary is read, which is \
           current; the credential report may be four hours old.",
    why: "The account that creates an organization becomes its management account. No policy limits the root user of \
          that account, and it can close every account of the organization.",
    decisions: &[
        "Centralized root access covers the root users of member accounts, never that of the management account.",
        "Without MFA, a root user that has no password, access key or signing certificate passes only in a member \
         account of an organization. In a standalone or management account, access to the root user's email is \
         enough to set a password.",
        "aws-us-gov and aws-cn have no sign-in as the root user, so a root user without access keys passes there.",
    ],
    requirements: &[&MFA, &ACCESS_KEYS, &SIGNING_CERTIFICATES],
    chain: &[],
    waivable: false,
    operations: &[Operation::GetCallerIdentity, Operation::GetAccountSummary, Operation::DescribeOrganization],
    explains_with: &[],
    after: &[],
    fix: "Only the root user can fix it: sign in as the root user and assign an MFA device under Security \
          credentials.",
    references: &[ROOT_MFA_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, _expect: &Settings) -> CheckResult {
    let (summary, caller, organization) =
        tokio::join!(account.account_summary(), account.caller(), account.organization());
    vec![
        MFA.judge(&Subject::account(), || mfa(summary, caller, organization)),
        access_keys(summary),
        signing_certificates(summary),
    ]
    .into()
}

/// An entry of the account summary; AWS always sends all of them, so one that is absent leaves the question open.
fn entry(summary: Observed<'_, BTreeMap<String, i64>>, name: &str) -> Result<i64, Unavailable> {
    summary.get().get(name).copied().ok_or_else(|| summary.undetermined(format!("the account summary has no {name}")))
}

fn mfa(
    summary: Fact<'_, BTreeMap<String, i64>>,
    caller: Fact<'_, Caller>,
    organization: Fact<'_, Option<Organization>>,
) -> Judgement {
    let summary = summary?;
    let enabled = entry(summary, "AccountMFAEnabled");
    let keys = entry(summary, "AccountAccessKeysPresent");
    let has_mfa = matches!(enabled, Ok(1..));
    if !has_mfa && !matches!(keys, Ok(1..)) {
        let caller = caller?;
        let partition = caller.get().partition();
        if matches!(partition, "aws-us-gov" | "aws-cn") {
            let evidence = Evidence::new(summary, "AccountAccessKeysPresent", keys?);
            let message = format!("{partition} has no sign-in as the root user; no access keys");
            return Ok(Outcome::pass(message, evidence.and(caller, "partition", partition)));
        }
    }
    let evidence = Evidence::new(summary, "AccountMFAEnabled", enabled?);
    if has_mfa {
        return Ok(
            Outcome::pass("The root user has an MFA device", evidence).brief("MFA device assigned; no access keys")
        );
    }
    let credentials =
        [entry(summary, "AccountPasswordPresent"), keys, entry(summary, "AccountSigningCertificatesPresent")];
    let fail =
        |evidence| Ok(Outcome::fail("The root user has no MFA device", evidence, add_mfa()).brief("no MFA device"));
    if credentials.iter().any(|present| matches!(present, Ok(1..))) {
        return fail(evidence);
    }
    let caller = caller?;
    let organization = organization?;
    match organization.present() {
        Some(organization) if organization.get().management_account != caller.get().account => {
            for credential in credentials {
                credential?;
            }
            let evidence = evidence.and(organization, "management_account", &organization.get().management_account);
            Ok(Outcome::pass("The root user has no credentials: it is managed centrally by the organization", evidence))
        }
        _ => fail(evidence),
    }
}

fn add_mfa() -> Remediation {
    Remediation::new("Sign in as the root user and assign an MFA device")
        .console(
            "Only the root user can do it. Sign in at https://console.aws.amazon.com/ with \"Root user\" and the \
             account's email address (if no password is set: \"Forgot password\"), then the account's name at the \
             top right > Security credentials > Multi-factor authentication (MFA) > Assign MFA device",
        )
        .see(ROOT_MFA_PAGE)
        .see(CENTRAL_ROOT_PAGE)
        .by(Who::RootUser)
        .takes(10)
}

fn access_keys(summary: Fact<'_, BTreeMap<String, i64>>) -> Finding {
    ACCESS_KEYS.judge(&Subject::account(), || {
        let summary = summary?;
        let present = entry(summary, "AccountAccessKeysPresent")?;
        let evidence = Evidence::new(summary, "AccountAccessKeysPresent", present);
        if present == 0 {
            return Ok(Outcome::pass("The root user has no access keys", evidence));
        }
        let remedy = Remediation::new("Sign in as the root user and delete its access keys")
            .console(
                "Only the root user can do it. Sign in as root, then the account's name at the top right > \
                 Security credentials > Access keys > Actions: Deactivate, check that nothing breaks, then Delete",
            )
            .see(ROOT_KEYS_PAGE)
            .by(Who::RootUser)
            .takes(10);
        Ok(Outcome::fail("The root user has an access key. Access keys bypass MFA", evidence, remedy))
    })
}

fn signing_certificates(summary: Fact<'_, BTreeMap<String, i64>>) -> Finding {
    SIGNING_CERTIFICATES.judge(&Subject::account(), || {
        let summary = summary?;
        let present = entry(summary, "AccountSigningCertificatesPresent")?;
        let evidence = Evidence::new(summary, "AccountSigningCertificatesPresent", present);
        if present == 0 {
            return Ok(Outcome::pass("The root user has no signing certificates", evidence));
        }
        let remedy = Remediation::new("Sign in as the root user and delete its X.509 signing certificates")
            .console(
                "Only the root user can do it. Sign in as root, then the account's name at the top right > \
                 Security credentials > X.509 certificates > Delete",
            )
            .see("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs_manage.html")
            .by(Who::RootUser);
        Ok(Outcome::warn("The root user has a signing certificate", evidence, remedy))
    })
}

#[cfg(test)]
mod tests;
