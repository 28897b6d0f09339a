//! What to do about it.

use super::ssm_core;
use crate::account::Seen;
use crate::account::facts::Role;
use crate::judgement::documents::{ADMINISTRATOR_ACCESS, EC2_ROLE_FOR_SSM, Policies, aws_policy, home_of};
use crate::remediation::{Command, Remediation};

pub(super) const INSTANCE_PERMISSIONS_PAGE: &str =
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html";
pub(super) const INSTANCE_PROFILE_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html";
const TRUST_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html";

/// Trusts EC2, and nobody else.
const EC2_ONLY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A new role with its instance profile: it changes nothing that is there. `arn` is anything of the account.
pub(super) fn new_role(roles: Seen<'_, Vec<Role>>, arn: &str) -> Remediation {
    let (partition, _) = home_of(arn);
    let is_free = |name: &String| {
        !roles.get().iter().any(|role| {
            role.name.eq_ignore_ascii_case(name)
                || role.instance_profiles.iter().any(|it| it.eq_ignore_ascii_case(name))
        })
    };
    let names = std::iter::once("EC2-SSM".to_owned()).chain((2..).map(|number| format!("EC2-SSM-{number}")));
    let Some(name) = names.take(roles.get().len() + 2).find(is_free) else { return new_role_by_console() };
    let remedy = new_role_by_console()
        .run(
            Command::aws("iam", "create-role")
                .option("--role-name", &name)
                .option("--assume-role-policy-document", EC2_ONLY),
        )
        .run(
            Command::aws("iam", "attach-role-policy")
                .option("--role-name", &name)
                .option("--policy-arn", &ssm_core(partition)),
        );
    with_profile(remedy, &name).finished()
}

pub(super) fn new_role_by_console() -> Remediation {
    Remediation::new("Create a role that EC2 may assume, with AmazonSSMManagedInstanceCore and an instance profile")
        .console("IAM > Roles > Create role > AWS service > EC2 > \"EC2 Role for AWS Systems Manager\"; it makes the instance profile too")
        .see(INSTANCE_PERMISSIONS_PAGE)
}

pub(super) fn instance_profile(role: &str) -> Remediation {
    let remedy = Remediation::new("Create an instance profile and put the role into it").see(INSTANCE_PROFILE_PAGE);
    with_profile(remedy, role).finished()
}

fn with_profile(remedy: Remediation, name: &str) -> Remediation {
    remedy.run(Command::aws("iam", "create-instance-profile").option("--instance-profile-name", name)).run(
        Command::aws("iam", "add-role-to-instance-profile")
            .option("--instance-profile-name", name)
            .option("--role-name", name),
    )
}

/// `taken`: a Deny or the boundary is in the way, which no further policy helps against.
pub(super) fn permissions(role: &Role, taken: bool) -> Remediation {
    let (partition, _) = home_of(&role.arn);
    let console = format!("IAM > Roles > {} > Permissions", role.name);
    if taken {
        return Remediation::new("Change the Deny or the permissions boundary that takes these actions from the role")
            .console(console)
            .see(INSTANCE_PERMISSIONS_PAGE);
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

/// It takes away every other principal, whatever they were let in for.
pub(super) fn trust_only_ec2(role: &Role) -> Remediation {
    Remediation::new("Let EC2 alone assume the role: give whoever else needs access a role of their own")
        .run(update_trust(role))
        .console(format!("IAM > Roles > {} > Trust relationships > Edit trust policy", role.name))
        .see(TRUST_PAGE)
        .finished()
}

fn update_trust(role: &Role) -> Command {
    Command::aws("iam", "update-assume-role-policy")
        .option("--role-name", &role.name)
        .option("--policy-document", EC2_ONLY)
}

/// The needed policy first, so that instances stay managed; then away with what is known to be too much.
pub(super) fn narrow(role: &Role, policies: &Policies<'_>, open_to_others: bool) -> Remediation {
    let (partition, _) = home_of(&role.arn);
    let too_much = |arn: &&str| {
        aws_policy(arn).is_some_and(|name| {
            [ADMINISTRATOR_ACCESS, EC2_ROLE_FOR_SSM, "AmazonSSMFullAccess", "PowerUserAccess"].contains(&name)
        })
    };
    let attached: Vec<&str> = policies.identity().iter().filter_map(|policy| policy.arn).filter(too_much).collect();
    let mut remedy = Remediation::new("Leave the role AmazonSSMManagedInstanceCore, and take away what goes beyond it")
        .console(format!("IAM > Roles > {} > Permissions: detach or edit the policies that go beyond", role.name))
        .see(INSTANCE_PERMISSIONS_PAGE);
    if open_to_others {
        remedy = remedy.run(update_trust(role)).see(TRUST_PAGE);
    }
    if !attached.is_empty() {
        let on_role = |command: Command| command.option("--role-name", &role.name);
        let core = on_role(Command::aws("iam", "attach-role-policy")).option("--policy-arn", &ssm_core(partition));
        let detach = |arn: &&str| on_role(Command::aws("iam", "detach-role-policy")).option("--policy-arn", arn);
        remedy = attached.iter().map(detach).fold(remedy.run(core), Remediation::run);
    }
    remedy.finished()
}
