//! What to do about IAM Identity Center.

use super::{ASSIGN_PAGE, INSTANCE_PAGE};
use crate::account::facts::IdentityCenterInstance;
use crate::analysis::organization::commands::is_account_id;
use crate::model::remediation::{Command, Remediation, Who};

pub(super) struct Remedies<'a> {
    pub(super) home: &'a str,
    pub(super) management: &'a str,
    /// The instance and its Region.
    pub(super) instance: Option<(&'a IdentityCenterInstance, &'a str)>,
}

impl Remedies<'_> {
    /// No call enables it for an organization.
    pub(super) fn enable(&self) -> Remediation {
        Remediation::new(format!("Enable IAM Identity Center for the organization in {}", self.home))
            .console(format!("IAM Identity Center (region {}) > Enable", self.home))
            .see(INSTANCE_PAGE)
            .by(Who::Organization)
            .takes(20)
    }

    pub(super) fn account_instance(&self) -> Remediation {
        let remedy = Remediation::new(
            "Move users and applications of the account instance elsewhere, delete it, and enable IAM Identity Center for \
             the organization",
        );
        // No script deletes it: what is in it is gone then.
        let delete = match self.instance {
            Some((instance, region)) => {
                format!("Run `aws sso-admin delete-instance --instance-arn {} --region {region}`. ", instance.arn)
            }
            None => String::new(),
        };
        remedy
            .console(format!(
                "{delete}Then IAM Identity Center (region {}) > Enable. If that fails, ask AWS Support",
                self.home
            ))
            .see(INSTANCE_PAGE)
            .by(Who::Organization)
            .takes(20)
    }

    pub(super) fn wait(&self) -> Remediation {
        Remediation::new(format!("Wait until AWS has created the instance in {}", self.home))
            .console("IAM Identity Center > Dashboard shows when it is there")
            .see(INSTANCE_PAGE)
            .by(Who::Nobody)
            .takes(5)
    }

    /// A permission set, a group and its assignment in the management account. The console does the same in all accounts at once.
    pub(super) fn assign(&self) -> Remediation {
        let remedy =
            Remediation::new("Assign a group the permission set AdministratorAccess in each of these accounts");
        let remedy = match self.instance {
            Some((instance, region)) if is_account_id(self.management) => self.commands(remedy, instance, region),
            _ => remedy,
        };
        remedy
            .console("IAM Identity Center > AWS accounts > select the accounts > Assign users or groups > a group")
            .see(ASSIGN_PAGE)
            .by(Who::Organization)
            .takes(20)
    }

    fn commands(&self, remedy: Remediation, instance: &IdentityCenterInstance, region: &str) -> Remediation {
        let on = |operation: &str| {
            Command::aws("sso-admin", operation).option("--instance-arn", &instance.arn).option("--region", region)
        };
        let partition = instance.arn.split(':').nth(1).unwrap_or("aws");
        let policy = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
        let Some(store) = &instance.identity_store else { return remedy };
        remedy
            .run(on("create-permission-set").option("--name", "AdministratorAccess").if_there("ConflictException"))
            .run(
                on("attach-managed-policy-to-permission-set")
                    .input("--permission-set-arn", "PERMISSION_SET", "ARN of the permission set above")
                    .option("--managed-policy-arn", &policy)
                    .if_there("ConflictException"),
            )
            .run(
                Command::aws("identitystore", "create-group")
                    .option("--identity-store-id", store)
                    .option("--display-name", "Administrators")
                    .option("--region", region)
                    .if_there("ConflictException"),
            )
            .run(
                on("create-account-assignment")
                    .input("--permission-set-arn", "PERMISSION_SET", "ARN of the permission set above")
                    .option("--target-type", "AWS_ACCOUNT")
                    .option("--target-id", self.management)
                    .option("--principal-type", "GROUP")
                    .input("--principal-id", "GROUP_ID", "group ID"),
            )
            .prompts_for(&["PERMISSION_SET", "GROUP_ID"])
    }
}
