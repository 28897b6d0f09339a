//! `security-accounts`: logs and security tools have accounts of their own.

use futures_util::FutureExt;

use crate::account::operation::Operation;
use crate::account::{Account, Observed, Unavailable};
use crate::analysis::organization::commands::{change, is_account_id, move_account, trust};
use crate::analysis::organization::security::{Found, SecurityAccount, SecurityOu, security_ou};
use crate::analysis::organization::{AccountPlace, Tree, is_control_tower};
use crate::analysis::standing::Standing;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Evidence, Judgement, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Command, Remediation, Who};

const ACCOUNTS_PAGE: &str =
    "https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/organizations.html";
const CREATE_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create.html";
const STATES_PAGE: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html";

const OU: Requirement = Requirement {
    id: "security-accounts/ou",
    severity: Severity::Medium,
    docs: ACCOUNTS_PAGE,
    pass: "the OU `security-ou` is directly under the root",
    warn: "another OU under the root has both accounts",
    fail: "no OU for the security accounts",
};
const LOG_ARCHIVE: Requirement = Requirement {
    id: "security-accounts/log-archive",
    severity: Severity::Medium,
    docs: ACCOUNTS_PAGE,
    pass: "the account for logs is active in that OU",
    warn: "it is elsewhere, or has another name",
    fail: "it doesn't exist or isn't active: logs have no account of their own",
};
const SECURITY_AUDIT: Requirement = Requirement {
    id: "security-accounts/security-audit",
    severity: Severity::Medium,
    docs: ACCOUNTS_PAGE,
    pass: "the account for security tools is active in that OU",
    warn: "it is elsewhere, or has another name",
    fail: "it doesn't exist or isn't active: security tools have no account of their own",
};
const SEPARATE: Requirement = Requirement {
    id: "security-accounts/separate",
    severity: Severity::Low,
    docs: ACCOUNTS_PAGE,
    pass: "they are two accounts",
    warn: "one account serves as both",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "security-accounts",
    title: |_| "Security accounts".to_owned(),
    passes_when: "an account for logs and one for security tools are active in their OU",
    what: "Checks that an account for logs (`log-archive`) and an account for security tools (`security-audit`) are \
           active in the OU `security-ou`.",
    why: "Logs that an attacker can't reach from the account they attacked are evidence. Security tools that see every \
          account need an account that few people can enter.",
    decisions: &[
        "Names are compared without case, spaces, hyphens and underscores. An account ID can stand instead of a name.",
        "The management account serves as neither: SCPs don't apply to it.",
        "AWS Control Tower creates Log Archive, which matches, and Audit, which gets a warning with the setting to add.",
    ],
    requirements: &[&OU, &LOG_ARCHIVE, &SECURITY_AUDIT, &SEPARATE],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
    ],
    explains_with: &[Operation::ListAwsServiceAccessForOrganization],
    after: &["organization", "organizational-units"],
    fix: "Create both accounts in the OU, or name yours with `log-archive`, `security-audit` and `security-ou`.",
    references: &[ACCOUNTS_PAGE, CREATE_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (organization, caller, tree, by_control_tower) =
        tokio::join!(account.organization(), account.caller(), Tree::of(account), is_control_tower(account));
    let standing = Standing::of(organization, caller);
    if let Some(without) = standing.without_organization(&OU) {
        return without;
    }
    let scene = Scene { tree: &tree, expect, by_control_tower };
    // Without the organization it is unknown which account manages it, and no account can be told from that one.
    let known = standing.organization().map(|_| ());
    let (logs, audit) = (SecurityAccount::LogArchive, SecurityAccount::SecurityAudit);
    let mut findings = vec![
        OU.judge(&Subject::account(), || known.clone().and_then(|()| ou(&scene))),
        LOG_ARCHIVE.judge(&scene.subject(logs), || known.clone().and_then(|()| scene.account(logs))),
        SECURITY_AUDIT.judge(&scene.subject(audit), || known.clone().and_then(|()| scene.account(audit))),
    ];
    if let (Some(logs), Some(audit)) = (scene.place(logs), scene.place(audit)) {
        findings.push(SEPARATE.judge(&Subject::account(), || {
            known.clone()?;
            Ok(separate(logs, audit))
        }));
    }
    CheckResult::from(findings).with_passed(|result| {
        let name = |requirement| result.value(requirement, "account_name");
        Some(format!("{} and {} in {}", name(&LOG_ARCHIVE)?, name(&SECURITY_AUDIT)?, result.value(&OU, "unit_name")?))
    })
}

/// What the requirements look at.
struct Scene<'t, 'a> {
    tree: &'t Tree<'a>,
    expect: &'t Settings,
    by_control_tower: bool,
}

impl<'t, 'a> Scene<'t, 'a> {
    fn find(&self, which: SecurityAccount) -> Result<Found<'t, 'a>, Unavailable> {
        let ou = security_ou(self.tree, self.expect)?;
        let accounts = self.tree.accounts.as_ref().map_err(Clone::clone)?;
        Ok(which.find(accounts, ou, self.expect))
    }

    /// The account, where there is one.
    fn place(&self, which: SecurityAccount) -> Option<&'t AccountPlace<'a>> {
        match self.find(which) {
            Ok(
                Found::InTheOu(account)
                | Found::Elsewhere(account)
                | Found::Unknown(account, _)
                | Found::Inactive(account, _)
                | Found::Similar(account),
            ) => Some(account),
            Ok(Found::Management(_) | Found::Absent) | Err(_) => None,
        }
    }

    fn subject(&self, which: SecurityAccount) -> Subject {
        let arn = self.place(which).and_then(|account| account.account.get().arn.as_deref());
        arn.map_or_else(Subject::account, Subject::global)
    }

    fn finished(&self, summary: &str, commands: impl FnOnce(Remediation) -> Remediation) -> Remediation {
        change(summary, self.by_control_tower, commands)
    }

    fn account(&self, which: SecurityAccount) -> Judgement {
        let wanted = which.expected(self.expect);
        let accounts = self.tree.accounts.as_ref().map_err(Clone::clone)?;
        let of = |account: &AccountPlace<'_>| {
            Evidence::new(account.account, "account", account.id()).and(account.account, "account_name", account.name())
        };
        match self.find(which)? {
            Found::InTheOu(account) => Ok(Outcome::pass(format!("{} is active", account.label()), of(account))),
            Found::Elsewhere(account) => {
                let parent = account.path.as_ref().map_err(Clone::clone)?.last().cloned().unwrap_or_default();
                let ou = &self.expect.foundation.security_ou.value;
                let remedy = self
                    .finished(&format!("Move it to OU {ou}. Its SCPs change"), |remedy| {
                        move_account(remedy, account.id(), &parent)
                    })
                    .console("AWS Organizations > AWS accounts > the account > Actions > Move")
                    .see(ACCOUNTS_PAGE);
                let message = format!("{} isn't in OU {ou}", account.label());
                Ok(Outcome::warn(message, of(account), remedy.takes(1)))
            }
            Found::Unknown(_, unavailable) => Err(unavailable),
            Found::Inactive(account, "PENDING_ACTIVATION") => {
                let remedy = Remediation::new("Finish the sign-up of the account")
                    .console("Sign in with the account's email address and complete the sign-up")
                    .see(STATES_PAGE)
                    .by(Who::Organization)
                    .takes(10);
                Ok(Outcome::fail(format!("{}: sign-up isn't finished", account.label()), of(account), remedy))
            }
            Found::Inactive(account, state) => {
                let remedy = create(self.finished("Create another account for it", |remedy| remedy), which, self);
                Ok(Outcome::fail(format!("{} is {state}", account.label()), of(account), remedy))
            }
            Found::Similar(account) => {
                let setting = format!("{} = \"{}\"", which.setting(), account.name());
                let remedy = Remediation::new(format!("Set `{setting}`, or rename the account"));
                let remedy = rename(remedy, account, wanted)
                    .console("AWS Organizations > AWS accounts > the account > Update account name")
                    .see(ACCOUNTS_PAGE)
                    .by(Who::Organization)
                    .takes(2);
                let message = format!("No account is named {wanted}. If {} is it, set `{setting}`", account.label());
                Ok(Outcome::warn(message, of(account), remedy).brief(format!("no account {wanted}")))
            }
            Found::Management(account) => {
                let message = format!("Only the management account is named {wanted}: SCPs don't apply to it");
                let remedy = create(self.finished("Create an account for it", |remedy| remedy), which, self);
                Ok(Outcome::fail(message, of(account), remedy)
                    .brief(format!("only the management account is {wanted}")))
            }
            Found::Absent => {
                let listed: Option<Observed<'_, _>> = accounts.first().map(|first| first.account);
                let root = *self.tree.root.as_ref().map_err(Clone::clone)?;
                let evidence = Evidence::new(root, "root", &root.get().id);
                let evidence = match listed {
                    Some(first) => evidence.and(first, "accounts", accounts.len()),
                    None => evidence,
                };
                let remedy = create(self.finished("Create the account and move it", |remedy| remedy), which, self);
                Ok(Outcome::fail(format!("No account is named {wanted}"), evidence, remedy))
            }
        }
    }
}

fn ou(scene: &Scene<'_, '_>) -> Judgement {
    let wanted = &scene.expect.foundation.security_ou.value;
    let top = *scene.tree.top.as_ref().map_err(Clone::clone)?;
    match security_ou(scene.tree, scene.expect)? {
        SecurityOu::Named(unit) => {
            let evidence = Evidence::new(top, "unit", &unit.id).and(top, "unit_name", &unit.name);
            Ok(Outcome::pass(format!("OU {} is under the root", unit.name), evidence))
        }
        SecurityOu::Other(unit) => {
            let setting = format!("security-ou = \"{}\"", unit.name);
            let evidence = Evidence::new(top, "unit", &unit.id).and(top, "unit_name", &unit.name);
            let remedy = Remediation::new(format!("Set `{setting}` in stagecheck.toml"))
                .console("Nothing is to be changed in AWS")
                .see(ACCOUNTS_PAGE)
                .by(Who::Auditor)
                .takes(1);
            let message =
                format!("No OU {wanted} is under the root, but OU {} has both accounts: set `{setting}`", unit.name);
            Ok(Outcome::warn(message, evidence, remedy).brief(format!("no OU {wanted}; set `{setting}`")))
        }
        SecurityOu::Absent => {
            let remedy = scene.finished(&format!("Create OU {wanted} under the root"), |remedy| remedy);
            let evidence = Evidence::new(top, "units", top.get().len());
            let remedy = remedy
                .console("AWS Organizations > AWS accounts > Root > Actions > Create new organizational unit")
                .within("organizational-units/expected")
                .see(ACCOUNTS_PAGE)
                .takes(1);
            Ok(Outcome::fail(format!("No OU {wanted} is under the root"), evidence, remedy))
        }
    }
}

/// Creates the account. AWS creates it directly under the root, minutes later.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html>
fn create(remedy: Remediation, which: SecurityAccount, scene: &Scene<'_, '_>) -> Remediation {
    let wanted = which.expected(scene.expect);
    let remedy = remedy
        .console("AWS Organizations > AWS accounts > Add an AWS account. It counts against the quota of accounts, and can't leave for some days")
        .see(CREATE_PAGE)
        .takes(10);
    // An ID can't be chosen, and a name with quotes has no place in a query.
    if scene.by_control_tower || is_account_id(wanted) || wanted.contains(['\'', '\\', '`']) {
        return remedy;
    }
    let (variable, of) = match which {
        SecurityAccount::LogArchive => ("LOG_ARCHIVE_EMAIL", "unused address"),
        SecurityAccount::SecurityAudit => ("SECURITY_AUDIT_EMAIL", "unused address"),
    };
    let creates =
        Command::aws("organizations", "create-account").input("--email", variable, of).option("--account-name", wanted);
    let listed = Command::aws("organizations", "list-accounts")
        .option("--query", &format!("Accounts[?Name=='{wanted}'].Id"))
        .option("--output", "text");
    let status = Command::aws("organizations", "list-create-account-status")
        .option("--query", &format!("CreateAccountStatuses[?AccountName=='{wanted}'].[State,FailureReason,AccountId]"));
    remedy.run(creates.skip_if_present(listed)).run(status)
}

/// Renames an account, which needs trusted access for Account Management.
/// <https://docs.aws.amazon.com/accounts/latest/reference/using-orgs-trusted-access.html>
fn rename(remedy: Remediation, account: &AccountPlace<'_>, name: &str) -> Remediation {
    if !is_account_id(account.id()) || is_account_id(name) {
        return remedy;
    }
    trust(remedy, "account.amazonaws.com").run(
        Command::aws("account", "put-account-name").option("--account-id", account.id()).option("--account-name", name),
    )
}

fn separate(logs: &AccountPlace<'_>, audit: &AccountPlace<'_>) -> Outcome {
    let evidence =
        Evidence::new(logs.account, "log_archive", logs.id()).and(audit.account, "security_audit", audit.id());
    if logs.id() != audit.id() {
        return Outcome::pass("They are two accounts", evidence);
    }
    let remedy = Remediation::new("Use two accounts: who analyzes logs can then not change them")
        .console("AWS Organizations > AWS accounts > Add an AWS account")
        .see(ACCOUNTS_PAGE)
        .by(Who::Organization)
        .takes(10);
    Outcome::warn(format!("{} serves as both accounts", logs.label()), evidence, remedy)
}

#[cfg(test)]
mod tests;
