//! Users, groups, roles and their policies.

use serde_json::{Value, json};

use super::{Account, BILLING};

/// AWS's own policy that makes an administrator.
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
/// AWS's own policy with which an instance talks to Systems Manager.
const MANAGED_INSTANCE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/// A key of an IAM user.
#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Account {
    /// Makes an IAM call.
    pub(crate) fn iam(self, operation: &str, parameters: Value) -> Self {
        self.call("iam", BILLING, operation, parameters);
        self
    }

    /// The lab's administrator: AWS's policy, a password, and a device that is enabled for the user.
    pub(crate) fn admin_user(self, name: &str) -> Self {
        self.user(name).user_has_policy(name, ADMINISTRATOR).password(name).mfa_device(name)
    }

    /// A user with nothing.
    pub(crate) fn user(self, name: &str) -> Self {
        self.iam("CreateUser", json!({"UserName": name}))
    }

    /// Attaches a managed policy to a user.
    pub(crate) fn user_has_policy(self, user: &str, policy_arn: &str) -> Self {
        self.iam("AttachUserPolicy", json!({"UserName": user, "PolicyArn": policy_arn}))
    }

    /// Writes an inline policy of a user.
    pub(crate) fn user_inline_policy(self, user: &str, policy: &str, document: &Value) -> Self {
        self.iam(
            "PutUserPolicy",
            json!({"UserName": user, "PolicyName": policy, "PolicyDocument": document.to_string()}),
        )
    }

    /// Lets a user sign in to the console.
    pub(crate) fn password(self, user: &str) -> Self {
        self.iam("CreateLoginProfile", json!({"UserName": user, "Password": "correct horse battery staple 1!"}))
    }

    /// A virtual device, named after the user and enabled for it.
    pub(crate) fn mfa_device(self, user: &str) -> Self {
        let serial = self.arn("iam", "", &format!("mfa/{user}"));
        let codes = json!({"UserName": user, "SerialNumber": serial, "AuthenticationCode1": "123456", "AuthenticationCode2": "654321"});
        self.iam("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": user})).iam("EnableMFADevice", codes)
    }

    /// An active access key of a user.
    pub(crate) fn access_key(self, user: &str) -> AccessKey {
        let answer = self.call("iam", BILLING, "CreateAccessKey", json!({"UserName": user}));
        let part = |name| answer.element(name).expect("a part of the key").to_owned();
        AccessKey { id: part("AccessKeyId"), secret: part("SecretAccessKey") }
    }

    /// A group with these members.
    pub(crate) fn group(self, name: &str, members: &[&str]) -> Self {
        members.iter().fold(self.iam("CreateGroup", json!({"GroupName": name})), |account, member| {
            account.iam("AddUserToGroup", json!({"GroupName": name, "UserName": member}))
        })
    }

    /// Attaches a managed policy to a group.
    pub(crate) fn group_has_policy(self, group: &str, policy_arn: &str) -> Self {
        self.iam("AttachGroupPolicy", json!({"GroupName": group, "PolicyArn": policy_arn}))
    }

    /// A policy of the account; its ARN is [`Account::policy_arn`].
    pub(crate) fn managed_policy(self, name: &str, document: &Value) -> Self {
        self.iam("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": document.to_string()}))
    }

    /// A new default version of a policy of the account.
    pub(crate) fn new_policy_version(self, name: &str, document: &Value) -> Self {
        let version =
            json!({"PolicyArn": self.policy_arn(name), "PolicyDocument": document.to_string(), "SetAsDefault": true});
        self.iam("CreatePolicyVersion", version)
    }

    /// The ARN of a policy of the account.
    pub(crate) fn policy_arn(self, name: &str) -> String {
        self.arn("iam", "", &format!("policy/{name}"))
    }

    /// The lab's role for instances: trusted by EC2, with AWS's policy for Systems Manager, held by an instance profile of its name.
    pub(crate) fn instance_role(self, name: &str) -> Self {
        self.role(name, &trust_in_service("ec2.amazonaws.com"))
            .role_has_policy(name, MANAGED_INSTANCE)
            .instance_profile(name, name)
    }

    /// A role with this trust policy.
    pub(crate) fn role(self, name: &str, trust: &Value) -> Self {
        self.iam("CreateRole", json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string()}))
    }

    /// Attaches a managed policy to a role.
    pub(crate) fn role_has_policy(self, role: &str, policy_arn: &str) -> Self {
        self.iam("AttachRolePolicy", json!({"RoleName": role, "PolicyArn": policy_arn}))
    }

    /// An instance profile that holds the role.
    pub(crate) fn instance_profile(self, name: &str, role: &str) -> Self {
        self.iam("CreateInstanceProfile", json!({"InstanceProfileName": name}))
            .iam("AddRoleToInstanceProfile", json!({"InstanceProfileName": name, "RoleName": role}))
    }

    /// The account's alias.
    pub(crate) fn alias(self, alias: &str) -> Self {
        self.iam("CreateAccountAlias", json!({"AccountAlias": alias}))
    }
}

/// A trust policy for one AWS service.
pub(crate) fn trust_in_service(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
}
