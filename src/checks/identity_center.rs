//! `identity-center`: administrators sign in through groups of IAM Identity Center.

use futures_util::FutureExt;

use crate::account::facts::IdentityCenterInstance;
use crate::account::operation::Operation;
use crate::account::source::InstanceIn;
use crate::account::{Account, Unavailable};
use crate::analysis::organization::Tree;
use crate::analysis::standing::Standing;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Finding, Requirement, Severity, Subject};
use crate::model::status::Status;

mod assignments;
mod instance;
mod remedy;
mod role;

const INSTANCE_PAGE: &str =
    "https://docs.aws.amazon.com/singlesignon/latest/userguide/organization-instances-identity-center.html";
const ASSIGN_PAGE: &str = "https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html";

const INSTANCE: Requirement = Requirement {
    id: "identity-center/instance",
    severity: Severity::High,
    docs: INSTANCE_PAGE,
    pass: "an active organization instance of IAM Identity Center",
    warn: "it is being created",
    fail: "there is none, or it belongs to this account alone: people sign in as IAM users in every account",
};
const ADMINISTRATORS: Requirement = Requirement {
    id: "identity-center/administrators",
    severity: Severity::High,
    docs: ASSIGN_PAGE,
    pass: "a group has an administrator permission set in the management account",
    warn: "only users have one, not a group",
    fail: "no one administers the management account through IAM Identity Center",
};
const SECURITY_ACCOUNTS: Requirement = Requirement {
    id: "identity-center/security-accounts",
    severity: Severity::Medium,
    docs: ASSIGN_PAGE,
    pass: "a group has such a permission set in both security accounts",
    warn: "a security account has none, or only users have it",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "identity-center",
    title: |_| "IAM Identity Center".to_owned(),
    passes_when: "a group of IAM Identity Center administers the management and security accounts",
    what: "Checks that IAM Identity Center is enabled for the organization, and that a group has an administrator \
           permission set in the management account and in both security accounts.",
    why: "An IAM user in every account is a password and a key in every account. With IAM Identity Center people sign \
          in once, with MFA, and lose all access with one change.",
    decisions: &[
        "A permission set is an administrator set if its role in this account has administrator access, as \
         admin-user-mfa evaluates it. Its name means nothing.",
        "In other accounts the same set counts, unless it depends on a customer managed policy, which may differ there.",
        "Who is in the groups, and whether they have MFA, isn't evaluated.",
        "The home Region is read first, and the other enabled Regions only if it has no usable instance.",
    ],
    requirements: &[&INSTANCE, &ADMINISTRATORS, &SECURITY_ACCOUNTS],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::DescribeRegions,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
        Operation::ListAwsServiceAccessForOrganization,
        Operation::GetAccountAuthorizationDetails,
        Operation::GetPolicy,
        Operation::GetPolicyVersion,
        Operation::ListInstances,
        Operation::ListPermissionSetsProvisionedToAccount,
        Operation::DescribePermissionSet,
        Operation::ListAccountAssignments,
    ],
    explains_with: &[],
    after: &["organization", "security-accounts"],
    fix: "Enable IAM Identity Center in the home Region. Assign a group the permission set AdministratorAccess in the \
          management account and in the security accounts.",
    references: &[INSTANCE_PAGE, ASSIGN_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    // What the service says does not wait for the tree, nor for the roles.
    let (tree, admins, read) =
        tokio::join!(Tree::of(account), role::Administrators::of(account), Read::of(account, expect));
    let Read { standing, service } = read;
    if let Some(without) = standing.without_organization(&INSTANCE) {
        return without;
    }
    let home = Subject { resource: None, region: Some(expect.home().to_owned()) };
    let service = match service {
        Ok(service) => service,
        Err(why) => return CHECK.unknown(&home, &why).into(),
    };
    let Service { management, chosen, assigned } = service;
    let subject = chosen.subject(&home);
    let remedies = remedy::Remedies { home: expect.home(), management, instance: chosen.metadata() };
    let provisioned = assigned.as_ref().map(|(_, assigned)| assigned.provisioned());
    let finding = INSTANCE.judge(&subject, || chosen.judge(provisioned, &remedies));
    let resolves = (finding.status == Status::Warn).then(|| "when AWS has created it, in a few minutes".to_owned());
    let finding = Finding { resolves: resolves.or(finding.resolves), ..finding };
    let (instance, assigned) = match (finding.status, &assigned) {
        (Status::Pass, Some((instance, assigned))) => (*instance, assigned),
        (Status::Unknown, _) => {
            let why = finding.unavailable.clone();
            let rest = [&ADMINISTRATORS, &SECURITY_ACCOUNTS].into_iter();
            let unknown =
                why.map(|why| rest.map(|requirement| requirement.unknown(&subject, &why)).collect::<Vec<_>>());
            return [vec![finding], unknown.unwrap_or_default()].concat().into();
        }
        _ => return vec![finding].into(),
    };
    let mut findings = vec![finding];
    findings.push(ADMINISTRATORS.judge(&subject, || assigned.administrators(&admins, &remedies)));
    if let Some(security) = assigned.in_security_accounts(account, instance, (&tree, &admins), expect).await {
        findings.push(SECURITY_ACCOUNTS.judge(&subject, || security.judge(&admins, &remedies)));
    }
    CheckResult::from(findings).with_passed(|result| {
        let accounts = result.value(&SECURITY_ACCOUNTS, "accounts").map(|names| format!(", {names}"));
        let region = result.value(&INSTANCE, "region")?;
        Some(format!("{region}: a group administers management{}", accounts.unwrap_or_default()))
    })
}

/// What the service says, and whether there is an organization to ask it about.
struct Read<'a> {
    standing: Standing<'a>,
    service: Result<Service<'a>, Unavailable>,
}

struct Service<'a> {
    /// The ID of the management account.
    management: &'a str,
    chosen: instance::Choice<'a>,
    /// Who has which permission set in the management account, where an instance could be asked.
    assigned: Option<(InstanceIn<'a>, assignments::Assigned<'a>)>,
}

impl<'a> Read<'a> {
    async fn of(account: &'a Account, expect: &'a Settings) -> Read<'a> {
        let (organization, caller, found, ()) = tokio::join!(
            account.organization(),
            account.caller(),
            instance::found_at_home(account, expect),
            ask_ahead(account, expect)
        );
        let standing = Standing::of(organization, caller);
        let organization = match &standing {
            Standing::Management(organization) => *organization,
            Standing::Standalone(_) | Standing::Member(_) | Standing::Unknown(_) => {
                let service = Err(match standing.organization() {
                    Ok(organization) => organization.undetermined("this account manages no organization"),
                    Err(why) => why,
                });
                return Read { standing, service };
            }
        };
        let management = organization.get().management_account.as_str();
        let chosen = instance::choose(account, expect, management, found).await;
        let assigned = match chosen.instance() {
            Some(instance) => Some((instance, assignments::Assigned::of(account, instance, management).await)),
            None => None,
        };
        Read { standing, service: Ok(Service { management, chosen, assigned }) }
    }
}

/// Asks an active instance of the home Region for its permission sets before it is known whether the organization trusts the service.
async fn ask_ahead(account: &Account, expect: &Settings) {
    let (organization, instances) =
        tokio::join!(account.organization(), account.identity_center_instances(expect.home()));
    let (Ok(organization), Ok(instances)) = (organization, instances) else { return };
    let Some(organization) = organization.get() else { return };
    let management = organization.management_account.as_str();
    let is_ours = |told: &&IdentityCenterInstance| {
        told.owner_account.as_deref() == Some(management) && told.status.as_deref() == Some("ACTIVE")
    };
    if let Some(told) = instances.get().iter().find(is_ours) {
        let region = told.primary_region.as_deref().unwrap_or(expect.home());
        assignments::Assigned::of(account, InstanceIn { arn: &told.arn, region }, management).await;
    }
}

#[cfg(test)]
mod tests;
