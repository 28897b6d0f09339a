//! What to do about it.

use serde_json::{Value, json};

use super::role::RoleUnderTest;
use super::{excess, ssm_core, trust};
use crate::account::Observed;
use crate::account::facts::Role;
use crate::analysis::documents::{self, ADMINISTRATOR_ACCESS, EC2_ROLE_FOR_SSM, aws_policy, home_of};
use crate::iam::Principals;
use crate::iam::policy_edit::{Policy, allows, without_principals};
use crate::model::remediation::{Command, NO_SUCH_ENTITY, Remediation, Target};

pub(super) const INSTANCE_PERMISSIONS_PAGE: &str =
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html";
pub(super) const INSTANCE_PROFILE_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html";
const TRUST_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html";

/// A new role with its instance profile: it changes nothing that is there. `arn` is anything of the account.
pub(super) fn new_role(roles: Observed<'_, Vec<Role>>, arn: &str) -> Remediation {
    beside(new_role_by_console(), roles, arn)
}

pub(super) fn new_role_by_console() -> Remediation {
    Remediation::new("Create a role for EC2 with AmazonSSMManagedInstanceCore, and an instance profile")
        .console(
            "IAM > Roles > Create role > AWS service > EC2 > \"EC2 Role for AWS Systems Manager\"; it \
                  creates the instance profile too",
        )
        .see(INSTANCE_PERMISSIONS_PAGE)
}

fn beside(remedy: Remediation, roles: Observed<'_, Vec<Role>>, arn: &str) -> Remediation {
    let (partition, _) = home_of(arn);
    let is_free = |name: &str| {
        !roles.get().iter().any(|role| {
            role.name.eq_ignore_ascii_case(name)
                || role.instance_profiles.iter().any(|it| it.eq_ignore_ascii_case(name))
        })
    };
    let Some(name) = free_name("EC2-SSM", roles, is_free) else { return remedy };
    let on_role = |operation: &str| Command::aws("iam", operation).option("--role-name", &name);
    let remedy = remedy
        .run(
            on_role("create-role")
                .option("--assume-role-policy-document", &ec2_only(partition))
                .unless(on_role("get-role"), NO_SUCH_ENTITY),
        )
        .run(Command::wait("iam", "role-exists").option("--role-name", &name))
        .run(on_role("attach-role-policy").option("--policy-arn", &ssm_core(partition)));
    with_profile(remedy, &name, &name).finished()
}

fn free_name(name: &str, roles: Observed<'_, Vec<Role>>, is_free: impl Fn(&str) -> bool) -> Option<String> {
    let mut names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name}-{number}")));
    // An instance profile holds one role, so that among so many names one is free.
    names.by_ref().take(2 * roles.get().len() + 2).find(|name| is_free(name))
}

/// Trusts EC2, and nobody else. In China the service has the name of its own domain.
fn ec2_only(partition: &str) -> String {
    let service = if partition == "aws-cn" { "ec2.amazonaws.com.cn" } else { "ec2.amazonaws.com" };
    json!({"Version": "2012-10-17", "Statement": [trust_in(service)]}).to_string()
}

fn trust_in(service: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})
}

/// Of the profiles only those that hold a role are known: one of that name that holds none is taken.
pub(super) fn instance_profile(judging: &RoleUnderTest<'_>) -> Remediation {
    let role = &judging.role.get().name;
    let remedy = Remediation::new("Create an instance profile and add the role to it")
        .console(
            "The console creates an instance profile only together with a role of the same name: IAM > Roles > \
             Create role > AWS service > EC2, with the policies of this one",
        )
        .see(INSTANCE_PROFILE_PAGE);
    let is_free = |name: &str| {
        let mut profiles = judging.roles.get().iter().flat_map(|role| &role.instance_profiles);
        !profiles.any(|profile| profile.eq_ignore_ascii_case(name))
    };
    match free_name(role, judging.roles, is_free) {
        Some(profile) => with_profile(remedy, &profile, role).finished(),
        None => remedy,
    }
}

fn with_profile(remedy: Remediation, profile: &str, role: &str) -> Remediation {
    let on_profile = |operation: &str| Command::aws("iam", operation).option("--instance-profile-name", profile);
    let held = on_profile("get-instance-profile")
        .option("--query", &format!("InstanceProfile.Roles[?RoleName=='{role}'].[RoleName]"))
        .option("--output", "text");
    remedy
        .run(on_profile("create-instance-profile").unless(on_profile("get-instance-profile"), NO_SUCH_ENTITY))
        .run(Command::wait("iam", "instance-profile-exists").option("--instance-profile-name", profile))
        .run(on_profile("add-role-to-instance-profile").option("--role-name", role).skip_if_present(held))
}

/// `helps`: AWS's policy makes it whole; else a Deny or the boundary is in the way, which only their author may change, and a role
/// beside it serves.
pub(super) fn permissions(judging: &RoleUnderTest<'_>, helps: bool) -> Remediation {
    let role = judging.role.get();
    let (partition, _) = home_of(&role.arn);
    let console = format!("IAM > Roles > {} > Permissions", role.name);
    if !helps {
        let remedy = Remediation::new(
            "Change the explicit deny or the permissions boundary that removes these actions, or use a second \
             role for instances, as the commands create it",
        )
        .console(console)
        .see(INSTANCE_PERMISSIONS_PAGE);
        return beside(remedy, judging.roles, &role.arn);
    }
    Remediation::new("Attach AmazonSSMManagedInstanceCore to the role")
        .run(
            Command::aws("iam", "attach-role-policy")
                .option("--role-name", &role.name)
                .option("--policy-arn", &ssm_core(partition)),
        )
        .console(format!("{console} > Add permissions > Attach policies > AmazonSSMManagedInstanceCore"))
        .see(INSTANCE_PERMISSIONS_PAGE)
        .finished()
}

/// Takes out of the trust policy whoever is outside the account; what else it says stays.
pub(super) fn shut_out(judging: &RoleUnderTest<'_>) -> Remediation {
    let role = judging.role.get();
    let remedy = Remediation::new(
        "Remove the public and cross-account principals from the role's trust policy. Give those who need access \
         a role of their own",
    )
    .console(format!("IAM > Roles > {} > Trust relationships > Edit trust policy", role.name))
    .see(TRUST_PAGE);
    match own_trust(judging) {
        Some(trust) => update_trust(remedy, role, &trust).finished(),
        None => remedy,
    }
}

fn update_trust(remedy: Remediation, role: &Role, trust: &str) -> Remediation {
    remedy.replace(Target::TrustPolicy { role: role.name.clone() }, &role.trust_policy, trust)
}

/// The trust policy without outsiders. Where nothing of it is left, EC2 is let in: a role without a trust policy cannot be.
fn own_trust(judging: &RoleUnderTest<'_>) -> Option<String> {
    // One of more statements, or that names more, is for a person to look at: each is judged alone.
    const MOST_STATEMENTS: usize = 40;
    const MOST_NAMED: usize = 60;
    let role = judging.role.get();
    let mut policy = Policy::of(&role.trust_policy)?;
    if policy.statements.len() > MOST_STATEMENTS {
        return None;
    }
    let (partition, _) = home_of(&role.arn);
    let before = policy.read(&policy.statements)?;
    let named = before.statements.iter().map(|statement| {
        let values = statement.conditions.iter().map(|condition| condition.values.len());
        let principals = match &statement.principals {
            Some(Principals::Only(named) | Principals::AllBut(named)) => named.len(),
            None => 0,
        };
        values.sum::<usize>().saturating_add(principals)
    });
    if named.sum::<usize>() > MOST_NAMED {
        return None;
    }
    let denies: Vec<Value> = policy.statements.iter().filter(|other| !allows(other)).cloned().collect();
    let hurts = |statement: &Value| {
        let alone = [denies.as_slice(), std::slice::from_ref(statement)].concat();
        allows(statement) && policy.read(&alone).is_none_or(|alone| excess::lets_outsiders_in(judging, &alone))
    };
    let kept = |statement: &Value| {
        if hurts(statement) { without_principals(statement, hurts) } else { Some(statement.clone()) }
    };
    let mut statements: Vec<Value> = policy.statements.iter().filter_map(kept).collect();
    let lets_ec2_in =
        |statements: &[Value]| policy.read(statements).is_some_and(|trust| trust::lets_ec2_in(judging, &trust));
    let must_let_ec2_in = trust::lets_ec2_in(judging, &before) || !statements.iter().any(allows);
    if must_let_ec2_in && !lets_ec2_in(&statements) {
        let ec2 = if partition == "aws-cn" { "ec2.amazonaws.com.cn" } else { "ec2.amazonaws.com" };
        statements.push(trust_in(ec2));
    }
    let mended = !excess::lets_outsiders_in(judging, &policy.read(&statements)?)
        && (!must_let_ec2_in || lets_ec2_in(&statements));
    policy.statements = statements;
    mended.then(|| policy.text())
}

/// The needed policy first, so that instances stay managed; then away with what is known to be too much. Where that does not do, since
/// it is written into the role or is the account's own, a role beside it does.
pub(super) fn narrow(judging: &RoleUnderTest<'_>, open_to_others: bool) -> Remediation {
    let role = judging.role.get();
    let (partition, _) = home_of(&role.arn);
    let too_much = |policy: &documents::Policy<'_>| {
        policy.arn.and_then(aws_policy).is_some_and(|name| {
            [ADMINISTRATOR_ACCESS, EC2_ROLE_FOR_SSM, "AmazonSSMFullAccess", "PowerUserAccess"].contains(&name)
                || excess::is_excessive(judging, &judging.policies.without(|other| other.arn != policy.arn))
        })
    };
    let attached: Vec<&str> =
        judging.policies.identity().iter().filter(|policy| too_much(policy)).filter_map(|policy| policy.arn).collect();
    let narrowed = judging.policies.without(|policy| policy.arn.is_some_and(|arn| attached.contains(&arn)));
    if attached.is_empty() || excess::is_excessive(judging, &narrowed.with_ssm_core()) {
        let remedy = Remediation::new(
            "Remove from the role what exceeds AmazonSSMManagedInstanceCore, or use a second role for instances, \
             as the commands create it",
        )
        .console(format!("IAM > Roles > {} > Permissions: detach or edit the policies that exceed it", role.name))
        .see(INSTANCE_PERMISSIONS_PAGE);
        return beside(remedy, judging.roles, &role.arn);
    }
    let on_role = |operation: &str| Command::aws("iam", operation).option("--role-name", &role.name);
    let mut remedy = Remediation::new("Detach every policy except AmazonSSMManagedInstanceCore")
        .console(format!("IAM > Roles > {} > Permissions: detach or edit the policies that exceed it", role.name))
        .see(INSTANCE_PERMISSIONS_PAGE);
    if open_to_others {
        // Half of it would leave the finding open.
        let Some(trust) = own_trust(judging) else { return remedy };
        remedy = update_trust(remedy, role, &trust).see(TRUST_PAGE);
    }
    remedy = remedy.run(on_role("attach-role-policy").option("--policy-arn", &ssm_core(partition)));
    let detach = |arn: &&str| {
        let listed = on_role("list-attached-role-policies")
            .option("--query", &format!("AttachedPolicies[?PolicyArn=='{arn}'].[PolicyArn]"))
            .option("--output", "text");
        on_role("detach-role-policy").for_each(listed, "--policy-arn")
    };
    attached.iter().map(detach).fold(remedy, Remediation::run).finished()
}
