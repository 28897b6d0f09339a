//! `admin-user-mfa`: an administrator IAM user exists, and every such user has MFA.

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::account::facts::User;
use crate::account::operation::Operation;
use crate::account::{Account, Observed};
use crate::analysis::administrator::Circumstances;
use crate::analysis::documents::{Library, PolicyHolder};
use crate::analysis::escalation::verdict::Conclusions;
use crate::analysis::paths;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Requirement, Severity, Subject};

mod exists;
mod keys;
mod mfa;
mod near_miss;
mod remedy;
mod suspect;
#[cfg(test)]
mod tests;
mod trust;

use suspect::{AdminCandidate, PrivilegeState};

const EXISTS: Requirement = Requirement {
    id: "admin-user-mfa/exists",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/getting-started-emergency-iam-user.html",
    pass: "an IAM user is an administrator, has an MFA device, and can sign in with a password or an \
            active access key",
    warn: "",
    fail: "no such user. An administrator role is no substitute: you need a user that works when role \
            access breaks",
};
const MFA: Requirement = Requirement {
    id: "admin-user-mfa/mfa",
    severity: Severity::Critical,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html",
    pass: "every IAM user who is or can become an administrator, and can sign in, has an MFA device of \
            any type",
    warn: "a user without MFA who can't sign in yet, or has only a possible path to administrator",
    fail: "any other such user without MFA: one stolen password or access key is the whole account",
};
const KEYS: Requirement = Requirement {
    id: "admin-user-mfa/keys",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    pass: "no administrator has an active access key, or a policy demands MFA for its use",
    warn: "an active access key that works without MFA",
    fail: "an access key of any IAM user that AWS flagged as compromised",
};

const TRUST: Requirement = Requirement {
    id: "admin-user-mfa/trust",
    severity: Severity::Critical,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html",
    pass: "no role that is an administrator, or leads to one, can be assumed by anyone. Other accounts, \
            an organization, SAML and your own identity provider pass, and are named",
    warn: "",
    fail: "anyone can assume one: `*` without a condition on accounts, an organization or principals, or \
            a shared identity provider such as GitHub without a condition on the token's subject",
};

pub(super) const CHECK: Check = Check {
    id: "admin-user-mfa",
    title: |_| "Admin user MFA".to_owned(),
    passes_when: "an IAM admin user with MFA can sign in, and no admin works without MFA",
    what: "Checks that an IAM user with administrator access has an MFA device and can sign in, and that no user, \
           access key or role gives administrator access without MFA. Access is concluded from the policies \
           themselves: inline, attached, by group, and the permissions boundary. Names don't matter.",
    why: "The account that creates an organization becomes its management account. An administrator of that account \
          controls every account in the organization, and service control policies don't apply there.",
    decisions: &[
        "Roles of IAM Identity Center (AWSReservedSSO_…) don't replace the IAM user: it is for the day when IAM \
         Identity Center is down.",
        "An administrator can do every action on every resource. The only conditions allowed are MFA and a time \
         that holds now. Neither a permissions boundary nor an explicit deny removes anything of iam, sts, \
         organizations or account.",
        "MFA conditions are: aws:MultiFactorAuthPresent is true; aws:MultiFactorAuthAge is less than a number \
         above 0, or is not null. IfExists or a set operator makes it another condition.",
        "A guardrail leaves an administrator an administrator. It is a Deny or boundary that removes only these: \
         creating or updating access keys, service-specific credentials, SSH keys and signing certificates; \
         sts:GetFederationToken; organizations:Leave*, DeleteOrganization, CloseAccount, \
         RemoveAccountFromOrganization; account:CloseAccount and account:DisableRegion. If one removes more, the \
         failure of /exists names the policy and the statement.",
        "A user who can attach policies needs one to attach. iam:PolicyARN must match AdministratorAccess, \
         IAMFullAccess, a listed policy that is enough by itself, or a policy of the account that the user can \
         create or change. iam:PermissionsBoundary is the boundary of the identity that receives the policy; for \
         a grant on every user it counts as absent.",
        "aws:PrincipalOrgID is the organization of the account. In a standalone account the key is absent. A \
         grant under aws:IsMcpServiceAction grants nothing of IAM or Systems Manager.",
        "Allows of several policies add up. A NotAction counts as everything if other statements allow what it \
         excludes in those four services. A list of patterns doesn't count as everything, however long it is.",
        "A Deny whose condition always holds for that user, such as the time or its own name, counts as a Deny \
         without a condition. A Deny that depends on the request, such as on MFA or an address, removes nothing.",
        "A Deny matches all resources of sts also if it matches all roles of the account: sts acts on roles.",
        "A boundary removes nothing of a service if it allows every ARN of it: its resource is *, patterns that \
         match them all, or a NotResource with none of them.",
        "AWS managed policies add up with the user's own policies. By itself, no other AWS managed policy makes \
         an administrator, whatever its document says.",
        "An AWS managed policy that AWS says doesn't exist is assumed to deny nothing, unless its name contains \
         Deny, Quarantine or Revoke.",
        "AdministratorAccess is known by its ARN, unless the list of AWS managed policies returns its document.",
        "Any other unread document may deny anything, also beside AdministratorAccess. The user is then unknown.",
        "An access key needs MFA if MFA is a condition of the administrator's permissions, or if a Deny without \
         MFA excludes no more than reading IAM and setting up MFA. The Deny must match a request without \
         aws:MultiFactorAuthPresent (so BoolIfExists) and a session created without MFA.",
        "Anyone can assume a role whose trust policy allows * without a condition on accounts, an organization or \
         principals. An external ID or an address is no such condition. The same holds for GitHub, GitLab, \
         Terraform, Buildkite, Google, Facebook or Amazon without a condition on the token's sub (Cognito: aud) \
         whose first name is literal: repo:acme/* is, repo:* isn't. Service-linked roles are skipped.",
        "AWSExposedCredentialPolicy_DO_NOT_REMOVE as an inline policy of a user is AWS's older way to flag a \
         compromised access key.",
        "A user can escalate to administrator by a path of calls that its policies allow and that ends at an \
         administrator. A step writes to IAM (policies, groups, versions, boundaries, new users and roles), \
         becomes another identity, or passes a role to a new resource of a service. Becoming another identity \
         means to assume a role, rewrite its trust policy, create a user's access key or password, or replace a \
         SAML provider. The evidence names each step's policy and statement.",
        "A path that starts with an MFA device counts only for a user who can enroll its own device without MFA. \
         A device of the user closes every path for this requirement.",
        "A user who can take over every existing resource of a type, such as every Lambda function, is a warning if a \
         role with a path trusts that service. It isn't known which resource has the role.",
        "Conditions that can't be evaluated here, such as an address, a VPC or a tag, never hide a path and never \
         close one.",
        "Not evaluated: SCPs and RCPs; tags; secrets, parameters, templates and images that other principals use; \
         IAM Identity Center and sso:*; Cognito pools; OIDC thumbprints; which principal uses which existing \
         resource. Of the services that can be passed a role, these are: EC2, Lambda, CloudFormation, Glue, \
         CodeBuild, SageMaker, ECS, Data Pipeline, EMR, Step Functions, EventBridge Scheduler, Systems Manager, \
         App Runner and AgentCore.",
        "A user with an unread policy, no MFA and no way to sign in is skipped if AWS says that the policy \
         doesn't exist.",
    ],
    requirements: &[&EXISTS, &MFA, &KEYS, &TRUST],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::GetAccountAuthorizationDetails,
        Operation::GetPolicy,
        Operation::GetPolicyVersion,
        Operation::ListMfaDevices,
        Operation::GetLoginProfile,
        Operation::ListAccessKeys,
    ],
    explains_with: &[],
    after: &["root-mfa"],
    fix: "Create an IAM user with AdministratorAccess, a console password and an MFA device. Assign an MFA device \
          to every other user who is or can become an administrator. Deactivate administrators' access keys. \
          Restrict who can assume administrator roles.",
    references: &[remedy::CREATE_ADMIN_PAGE, remedy::MFA_PAGE, remedy::KEYS_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, _expect: &Settings) -> CheckResult {
    let (users, roles, mut library, caller, circumstances) = tokio::join!(
        account.users(),
        account.roles(),
        Library::gather(account),
        account.caller(),
        Circumstances::of(account)
    );
    let mut holders: Vec<PolicyHolder<'_>> = Vec::new();
    if let Ok(users) = users {
        holders.extend(users.each().map(PolicyHolder::user));
    }
    if let Ok(roles) = roles {
        holders.extend(trust::of_people(roles).map(PolicyHolder::role));
    }
    library.complete(account, &holders).await;
    let conclusions = match users {
        Ok(users) => Some(paths::conclude(account, &library, users, &circumstances).await),
        Err(_) => None,
    };
    let mighty = match roles {
        Ok(roles) => trust::mighty(roles, &library, &circumstances, conclusions.as_ref()),
        Err(_) => Vec::new(),
    };
    let by_trust = trust::judge(roles, &mighty, &circumstances);

    let users = match users {
        Ok(users) => users,
        Err(unavailable) => {
            let unseen = |requirement: &Requirement| requirement.unknown(&Subject::account(), unavailable);
            return [&EXISTS, &MFA, &KEYS].map(unseen).into_iter().chain(by_trust).collect::<Vec<_>>().into();
        }
    };
    let conclusions = conclusions.unwrap_or_default();
    let suspects = suspects(account, &library, users.each(), &circumstances, &conclusions).await;
    let exists = match exists::judge(&suspects) {
        Ok(Some(outcome)) => EXISTS.judge(&outcome.subject, || Ok(outcome.outcome)),
        Ok(None) => {
            let sure = mighty.iter().filter(|mighty| mighty.is_sure());
            let roles: Vec<&str> = sure.map(|mighty| mighty.role.get().name.as_str()).collect();
            let known = (&library, &circumstances);
            EXISTS.judge(&Subject::account(), || Ok(near_miss::none((users, &suspects), &roles, caller, known)))
        }
        Err(unavailable) => EXISTS.unknown(&Subject::account(), &unavailable),
    };
    let mut findings = vec![exists];
    findings.extend(suspects.iter().filter_map(mfa::judge));
    // Whatever hides one user's way through roles hides everybody's: one line says it for all.
    findings.extend(conclusions.account.first().map(|unavailable| MFA.unknown(&Subject::account(), unavailable)));
    findings.extend(keys::judge(&library, users, &suspects, caller));
    findings.extend(by_trust);
    findings.into()
}

/// Those who are administrators, can escalate, or may, with what must be asked of AWS about each: all of it in one round.
async fn suspects<'a>(
    account: &'a Account,
    library: &Library<'a>,
    users: impl Iterator<Item = Observed<'a, User>>,
    circumstances: &Circumstances<'_>,
    conclusions: &Conclusions,
) -> Vec<AdminCandidate<'a>> {
    let suspected = users.filter_map(|user| {
        let verdict = conclusions.users.get(&user.get().name);
        let standing = PrivilegeState::of(library, &PolicyHolder::user(user), circumstances, verdict);
        standing.is_suspect().then(|| AdminCandidate::ask(account, user, standing))
    });
    join_all(suspected).await
}
