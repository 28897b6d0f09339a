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
    severity: Severity::High,
    docs: "",
    id: "ec2-ssm-role/trust",
    pass: "a role's trust policy lets the service EC2 assume it",
    warn: "",
    fail: "fails: an instance cannot take the role. A condition that EC2 cannot meet is no trust, and `*` is not one to EC2",
};
const PERMISSIONS: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "ec2-ssm-role/permissions",
    pass: "after Deny and boundary the role may register its instance and open the channels that Systems Manager needs",
    warn: "",
    fail: "fails where one of the five actions is not allowed: the instance never shows up. Warns where they are allowed on a part \
                of the instances, or under a condition that can hold",
};
const INSTANCE_PROFILE: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "ec2-ssm-role/instance-profile",
    pass: "an instance profile holds the role",
    warn: "",
    fail: "fails: an instance is given a profile, not a role. The console makes one by itself, the API does not",
};
const NOT_EXCESSIVE: Requirement = Requirement {
    severity: Severity::High,
    docs: "",
    id: "ec2-ssm-role/not-excessive",
    pass: "the role has no administrator access or path to it, no commands on other instances, and no public or cross-account trust",
    warn: "",
    fail: "warns where the role is or can become administrator, holds a right that would be a path, commands other instances, or can \
                be assumed by another account: whoever gets into one instance has all of that. Fails where anyone can assume it",
};

pub(super) const CHECK: Check = Check {
    id: "ec2-ssm-role",
    title: |_| "EC2 SSM role".to_owned(),
    what: "A role exists that EC2 instances can take and that lets them talk to Systems Manager: trusted by EC2, with the permissions \
           of AmazonSSMManagedInstanceCore or its like, held by an instance profile, and not much more than that. Its name is free.",
    why: "With it an administrator reaches an instance through Session Manager: no open port, no SSH key to lose, and every session in \
          CloudTrail.",
    decisions: &[
        "Candidates are the roles that trust EC2, whose trust policy cannot be read, or that an instance profile holds; without any, \
         those that have the permissions. Service-linked roles are none, and neither is Default Host Management's own role, unless it \
         trusts EC2.",
        "On an instance's own calls aws:MultiFactorAuthPresent is false, aws:MultiFactorAuthAge and ssm:SourceInstanceARN are absent, \
         aws:TokenIssueTime is the audit's time, and ec2:SourceInstanceARN is present with a value that is not known.",
        "All EC2 instances means arn:…:ec2:*:<account>:instance/*; a grant on managed-instance/* alone fits machines outside EC2 only. \
         The four actions of ssmmessages know no resources, so a grant of them on anything but * is none.",
        "A trust policy that hangs on something that is known only when an instance starts, such as a region, leaves the answer open.",
        "NotPrincipal in an Allow is no trust to EC2 either, and lets in the world.",
        "Commands on every instance are ssm:SendCommand or ssm:CreateAssociation on all instances with a document that runs commands \
         (AWS-RunShellScript and its like, or all of the account's own), and ssm:StartSession on all instances, which needs no \
         document unless ssm:SessionDocumentAccessCheck asks for one. On some instances, or by other documents, they are not excessive.",
        "A condition on resource tags keeps commands from being excessive; any other condition does not.",
        "A path to administrator access is one of admin-user-mfa, in the calls that an instance makes. The credentials of users are \
         asked for only where the role may lead on.",
        "A role that can make itself administrator is as excessive as one who is: iam:*, or iam:AttachRolePolicy or iam:PutRolePolicy on \
         `*` or on itself, or the same for users on `*`, under a condition that can hold too.",
        "A right over every user, group or role warns though it has no target today: to write or attach policies, to make access keys or \
         passwords, to change trust policies, or to pass every role to a new instance, function or the like.",
        "`*` under aws:PrincipalOrgID or aws:PrincipalOrgPaths is that organization, whether this account is in it or not; under a \
         pattern that is no organization's, it is the world. So is a shared identity provider (GitHub, GitLab, Terraform, Buildkite, \
         Google, Facebook, Amazon, Cognito) without a condition on whom its token is for.",
        "A federated principal is the account of its provider's ARN; one without an ARN, such as accounts.google.com, counts as another \
         account. Who is let in by `*` under a condition that does not hold them to an account is the world, sts:ExternalId too; \
         held to another account, by aws:PrincipalAccount, aws:PrincipalArn or what a Deny spares, it is that account. A pattern of \
         all accounts, such as arn:aws:iam::*:role/x, is the world: anybody can make such a role.",
        "Trust in other AWS services beside EC2 is not judged. A trust policy that is far larger than IAM stores is unread.",
        "A boundary only takes away: an unread one leaves open what the policies allow, and nothing else.",
        "A Deny counts where it may fit an instance of this account: one of images, or of another account's instances, takes nothing.",
        "An AWS policy that AWS says does not exist is taken to deny nothing, unless its name says so; but it may be excessive.",
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
    fix: "Create a role for EC2 with AmazonSSMManagedInstanceCore and an instance profile that holds it.",
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
    match caller {
        Ok(caller) => {
            let template = template::missing(&judged.findings, caller.get().partition());
            judged.with_template(template)
        }
        Err(_) => judged,
    }
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
