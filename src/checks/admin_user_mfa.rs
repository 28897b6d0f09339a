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
    severity: Severity::High,
    docs: "",
    id: "admin-user-mfa/exists",
    pass: "an IAM user is administrator, has an MFA device, and can sign in: by a console password or an active access key",
    warn: "",
    fail: "fails without one. An administrator role does not stand in: when all else breaks, somebody must be able to sign in to \
                this account itself",
};
const MFA: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "admin-user-mfa/mfa",
    pass: "every IAM user who is an administrator or can escalate to one, and can sign in, has an MFA device of any type",
    warn: "",
    fail: "fails for each one without: one stolen password or key is the whole account. Warns for one who cannot sign in yet",
};
const KEYS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "admin-user-mfa/keys",
    pass: "no administrator has an active access key, or the key is good for nothing without MFA",
    warn: "",
    fail: "warns: a key works without MFA unless a policy demands it. Fails for any IAM user whose key AWS flagged as compromised",
};

const TRUST: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "admin-user-mfa/trust",
    pass: "no role that is an administrator or leads to one can be assumed by anyone. Other accounts, an organization, SAML, and an issuer of your own \
             pass, and are named",
    warn: "",
    fail: "fails where anyone can: by * without a condition that restricts it to accounts, an organization or principals, or by a \
                shared identity provider, such as GitHub's, without a condition on whom its token is for",
};

pub(super) const CHECK: Check = Check {
    id: "admin-user-mfa",
    title: |_| "Admin user MFA".to_owned(),
    what: "An IAM user exists who is administrator, has MFA and can sign in; every user who is an administrator or can escalate to one has MFA; and \
           no administrator has an access key that works without it; and no administrator role is open to anyone. Who is administrator is concluded from the policies themselves, \
           inline, attached, by groups, and the permissions boundary, not from their names.",
    why: "This account becomes the organization's management account. Whoever signs in to it as administrator rules every account of \
          the organization, and service control policies do not bind the management account.",
    decisions: &[
        "An administrator may do every action on every resource without a condition, but MFA's and one about the time that holds now; \
         and neither a boundary nor a Deny that surely holds takes anything of iam, sts, organizations or account.",
        "MFA's conditions are: aws:MultiFactorAuthPresent is true; aws:MultiFactorAuthAge is less than a number above 0, or is not null. \
         IfExists or a set operator makes it another condition.",
        "Guardrails leave an administrator: a Deny, or a boundary, that takes nothing of the four services but making or updating access \
         keys, service-specific credentials, SSH keys and signing certificates, sts:GetFederationToken, organizations:Leave*, \
         DeleteOrganization, CloseAccount, RemoveAccountFromOrganization, account:CloseAccount or account:DisableRegion. The failure \
         of /exists names the policy and the statement that takes more.",
        "Whoever may attach policies needs one to attach: iam:PolicyARN must fit AdministratorAccess, IAMFullAccess, a listed policy that \
         is enough by itself, or one of the account's own that they may create or rewrite. iam:PermissionsBoundary is the boundary of \
         whoever is given the policy; of every user it is none.",
        "aws:PrincipalOrgID is the organization of the account; in a standalone account it is absent. What is granted under \
         aws:IsMcpServiceAction grants nothing of IAM or Systems Manager.",
        "Allows of several policies add up. A NotAction counts as everything where what it excepts in those four services is allowed \
         by others; a list of patterns, however long, does not.",
        "A Deny whose condition always holds for that user (the time, their own name) counts as one without a condition; one that \
         hangs on the request, such as MFA or an address, takes nothing away.",
        "A Deny fits all resources of sts also where it fits all roles of the account, since those are what sts acts upon.",
        "A boundary takes nothing of a service where it leaves every ARN of it: its resource is *, or patterns that fit them all, or \
         NotResource with none of them.",
        "AWS's other policies add up with the user's own; but none of them makes an administrator by itself, whatever its document says.",
        "An AWS policy that AWS says does not exist is taken to deny nothing, unless its name says so: Deny, Quarantine, Revoke.",
        "What AWS's AdministratorAccess says is known by its ARN, unless the list of AWS's policies has its document.",
        "Any other document that cannot be read may deny anything, also beside AdministratorAccess, and leaves the user open.",
        "A key is good for nothing without MFA where MFA is a condition of what makes the administrator, or where a Deny without MFA \
         excepts no more than reading in IAM and setting up MFA. The Deny must fit a request without the key \
         aws:MultiFactorAuthPresent (so BoolIfExists) and a session that was made without MFA.",
        "Anyone can assume a role by a trust policy for * that no condition restricts to accounts, an organization or principals (an \
         external ID or an address does not), or by GitHub, GitLab, Terraform, Buildkite, Google, Facebook or Amazon without a \
         condition on the token's sub (Cognito: aud) whose first name is literal: repo:acme/* is, repo:* is not. A service-linked role \
         is left out.",
        "AWSExposedCredentialPolicy_DO_NOT_REMOVE as an inline policy of a user is AWS's older way to flag a compromised key.",
        "A user can escalate to administrator by a path of calls that its policies allow and that ends at an administrator. Each step \
         writes into IAM (policies, groups, versions, boundaries, new users and roles), becomes another identity (assumes a role, \
         rewrites its trust policy, makes a user's access key or password, replaces a SAML provider), or passes a role to a new \
         resource of a service. The evidence names each step's policy and statement.",
        "A path that starts with an MFA device counts only for a user who may enroll a device of its own without MFA. A device of the \
         user closes every path for this requirement.",
        "A user who may take over every existing resource of a type, such as the code of every Lambda function, warns where a role \
         with a path trusts that service. Which resource has the role is not known.",
        "Conditions that cannot be decided here, such as an address, a VPC or a tag, never hide a path and never close one.",
        "Not evaluated: SCPs and RCPs; tags; secrets, parameters, templates and images that other principals use; IAM Identity Center \
         and sso:*; Cognito pools; OIDC thumbprints; services beside EC2, Lambda, CloudFormation, Glue, CodeBuild, SageMaker, ECS, Data \
         Pipeline, EMR, Step Functions, EventBridge Scheduler, Systems Manager, App Runner and AgentCore; who has which existing \
         resource.",
        "A user with an unread policy, without MFA, who cannot sign in, is left out if AWS says that the policy does not exist.",
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
    fix: "Create an IAM user with AdministratorAccess and a console password, enable an MFA device for it, and do the same for every \
          other user who is an administrator or can escalate to one. Deactivate administrators' access keys. Restrict who can assume administrator roles.",
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
