//! `ec2-ssm-role`: a role with which EC2 instances can talk to Systems Manager.

use std::collections::BTreeMap;

use futures_util::FutureExt;

use crate::account::facts::Role;
use crate::account::operation::Operation;
use crate::account::{Account, Observed};
use crate::analysis::administrator::Circumstances;
use crate::analysis::documents::{Library, Policies, PolicyHolder, SSM_CORE};
use crate::analysis::escalation::verdict::Way;
use crate::analysis::paths;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{Candidate, CheckResult, Requirement, Severity, Subject};

mod excess;
mod permissions;
mod profile;
mod remedy;
mod role;
mod template;
#[cfg(test)]
mod tests;
mod trust;

use permissions::Coverage;
use role::RoleUnderTest;

const TRUST: Requirement = Requirement {
    id: "ec2-ssm-role/trust",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
    pass: "a role's trust policy allows `ec2.amazonaws.com` to assume it",
    warn: "",
    fail: "no role does. A condition that EC2 can't meet, or `*` as the principal, doesn't count",
};
const PERMISSIONS: Requirement = Requirement {
    id: "ec2-ssm-role/permissions",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
    pass: "the role may register its instance and open the channels of Systems Manager, after explicit \
            denies and the permissions boundary",
    warn: "allowed for some instances only, or under a condition that can hold",
    fail: "one of the five actions isn't allowed: the instance never appears in Systems Manager",
};
const INSTANCE_PROFILE: Requirement = Requirement {
    id: "ec2-ssm-role/instance-profile",
    severity: Severity::Medium,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
    pass: "an instance profile contains the role",
    warn: "",
    fail: "none does: an instance gets a profile, not a role. The console creates one, the API doesn't",
};
const NOT_EXCESSIVE: Requirement = Requirement {
    id: "ec2-ssm-role/not-excessive",
    severity: Severity::High,
    docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    pass: "the role has no administrator access or path to it, can't run commands on other instances, and \
            no one outside the account can assume it",
    warn: "administrator access or a path to it, a right that would be a path, commands on every \
            instance, or cross-account trust",
    fail: "anyone can assume it",
};

pub(super) const CHECK: Check = Check {
    id: "ec2-ssm-role",
    title: |_| "EC2 SSM role".to_owned(),
    passes_when: "EC2 instances have a role and instance profile for Systems Manager",
    what: "Checks that a role exists that EC2 instances can assume and that connects them to Systems Manager. EC2 \
           is trusted, the permissions are those of AmazonSSMManagedInstanceCore or equal, an instance profile \
           contains the role, and it grants little more. The name doesn't matter.",
    why: "With this role you reach an instance through Session Manager: no open port, no SSH key to lose, and \
          every session in CloudTrail.",
    decisions: &[
        "Stage org-foundation doesn't have this check: workloads belong in member accounts.",
        "Candidates are the roles that trust EC2, whose trust policy can't be read, or that an instance profile \
         contains. If there are none, candidates are the roles with the permissions. Service-linked roles aren't \
         candidates. The role of Default Host Management is one only if it trusts EC2.",
        "On an instance's own calls, aws:MultiFactorAuthPresent is false, and aws:MultiFactorAuthAge and \
         ssm:SourceInstanceARN are absent. aws:TokenIssueTime is the audit's time. ec2:SourceInstanceARN is \
         present with a value that isn't known.",
        "All EC2 instances means arn:…:ec2:*:<account>:instance/*. A grant on managed-instance/* alone matches \
         machines outside EC2 only. The four actions of ssmmessages have no resources, so a grant of them on \
         anything but * grants nothing.",
        "A trust policy that depends on something known only when an instance starts, such as its Region, is \
         unknown.",
        "NotPrincipal in an Allow isn't trust in EC2 either, and it is public access.",
        "Commands on every instance are ssm:SendCommand or ssm:CreateAssociation on all instances with a document \
         that runs commands (AWS-RunShellScript and similar, or all of the account's own). ssm:StartSession on \
         all instances counts too: it needs no document unless ssm:SessionDocumentAccessCheck asks for one. On \
         some instances, or with other documents, they aren't excessive.",
        "A condition on resource tags makes commands not excessive. Any other condition doesn't.",
        "A path to administrator access is defined as in admin-user-mfa, for the calls that an instance makes. \
         Users' credentials are read only if the role leads to one.",
        "A role that can make itself an administrator is as excessive as an administrator: iam:*, or \
         iam:AttachRolePolicy or iam:PutRolePolicy on `*` or on itself, or the same for users on `*`. A condition \
         that can hold doesn't change that.",
        "A right over every user, group or role is a warning even if it has no target today: to write or attach \
         policies, create access keys or passwords, change trust policies, or pass every role to a new instance, \
         function or similar.",
        "`*` under aws:PrincipalOrgID or aws:PrincipalOrgPaths is that organization, whether or not this account \
         is in it. Under a pattern that names no organization, it is public access. So is a shared identity \
         provider (GitHub, GitLab, Terraform, Buildkite, Google, Facebook, Amazon, Cognito) without a condition \
         on the token's subject.",
        "A federated principal is the account of its provider's ARN. One without an ARN, such as \
         accounts.google.com, counts as another account. `*` under a condition that doesn't restrict the account, \
         such as sts:ExternalId, is public access. `*` restricted to another account by aws:PrincipalAccount, \
         aws:PrincipalArn or a Deny is that account. A pattern of all accounts, such as arn:aws:iam::*:role/x, is \
         public access: anyone can create such a role.",
        "Trust in AWS services other than EC2 isn't evaluated. A trust policy that is far larger than IAM stores \
         is unknown.",
        "A permissions boundary only removes permissions. An unread one makes unknown what the policies allow, \
         and nothing else.",
        "A Deny counts if it may match an instance of this account. A Deny on images, or on another account's \
         instances, removes nothing.",
        "An AWS managed policy that AWS says doesn't exist is assumed to deny nothing, unless its name contains \
         Deny, Quarantine or Revoke. It may still be excessive.",
    ],
    requirements: &[&TRUST, &PERMISSIONS, &INSTANCE_PROFILE, &NOT_EXCESSIVE],
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
    after: &["admin-user-mfa"],
    fix: "Create a role for EC2 with AmazonSSMManagedInstanceCore, and an instance profile that contains it.",
    references: &[remedy::INSTANCE_PERMISSIONS_PAGE, remedy::INSTANCE_PROFILE_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, _expect: &Settings) -> CheckResult {
    let (roles, mut library, caller, circumstances) =
        tokio::join!(account.roles(), Library::gather(account), account.caller(), Circumstances::of(account));
    let roles = match roles {
        Ok(roles) => roles,
        Err(unavailable) => {
            let unseen = |requirement: &Requirement| requirement.unknown(&Subject::account(), unavailable);
            return [&TRUST, &PERMISSIONS, &INSTANCE_PROFILE, &NOT_EXCESSIVE].map(unseen).to_vec().into();
        }
    };
    let of_instances: Vec<Observed<'_, Role>> = roles.each().filter(|role| role::is_for_instances(*role)).collect();
    let holders: Vec<PolicyHolder<'_>> = of_instances.iter().map(|role| PolicyHolder::role(*role)).collect();
    library.complete(account, &holders).await;

    let candidates = if of_instances.is_empty() {
        let can_talk = |role: &Observed<'_, Role>| {
            let policies = Policies::of(&library, &PolicyHolder::role(*role));
            !role::is_no_candidate(*role) && Coverage::of(*role, &policies, &circumstances).is_whole()
        };
        roles.each().filter(can_talk).collect()
    } else {
        of_instances
    };
    let ways = ways(account, roles, &candidates, &mut library, &circumstances).await;
    let judged = candidates.into_iter().map(|role| {
        let policies = Policies::of(&library, &PolicyHolder::role(role));
        let way = ways.get(&role.get().arn);
        let (library, circumstances) = (&library, &circumstances);
        candidate(&RoleUnderTest { roles, role, policies: &policies, library, circumstances, way })
    });
    let judged = Candidate::best(judged.collect())
        .unwrap_or_else(|| vec![TRUST.judge(&Subject::account(), || Ok(trust::none(roles, caller)))].into());
    let judged = match caller {
        Ok(caller) => {
            let template = template::missing(&judged.findings, caller.get().partition());
            judged.with_template(template)
        }
        Err(_) => judged,
    };
    judged.with_passed(|result| {
        let profiles = result.value(&INSTANCE_PROFILE, "instance_profiles")?;
        Some(format!("{}; in instance profile {profiles}", result.name()?))
    })
}

/// The ways of the candidates to administrator access, as an instance uses them. Where none can have one, nothing is asked for.
async fn ways<'a>(
    account: &'a Account,
    roles: Observed<'a, Vec<Role>>,
    candidates: &[Observed<'a, Role>],
    library: &mut Library<'a>,
    circumstances: &Circumstances<'_>,
) -> BTreeMap<String, Way> {
    let may_lead_on = |role: &Observed<'a, Role>| {
        let policies = Policies::of(library, &PolicyHolder::role(*role));
        let arn = &role.get().arn;
        policies.may_lead_on() || roles.get().iter().any(|other| other.trust_policy.contains(arn))
    };
    if !candidates.iter().any(may_lead_on) {
        return BTreeMap::new();
    }
    let Ok(users) = account.users().await else { return BTreeMap::new() };
    let mut holders: Vec<PolicyHolder<'a>> = users.each().map(PolicyHolder::user).collect();
    let linked = |role: &Observed<'a, Role>| role.get().path.starts_with("/aws-service-role/");
    holders.extend(roles.each().filter(|role| !linked(role)).map(PolicyHolder::role));
    library.complete(account, &holders).await;
    paths::conclude(account, library, users, circumstances).await.roles_of_services
}

fn candidate(judging: &RoleUnderTest<'_>) -> Candidate {
    let role = judging.role.get();
    let subject = Subject::global(&role.arn);
    let findings = vec![
        TRUST.judge(&subject, || trust::judge(judging)),
        PERMISSIONS.judge(&subject, || permissions::judge(judging)),
        INSTANCE_PROFILE.judge(&subject, || Ok(profile::judge(judging))),
        NOT_EXCESSIVE.judge(&subject, || excess::judge(judging)),
    ];
    Candidate { name: role.name.clone(), findings }
}

/// The ARN of AWS's policy for instances, in the role's own partition.
fn ssm_core(partition: &str) -> String {
    format!("arn:{partition}:iam::aws:policy/{SSM_CORE}")
}
