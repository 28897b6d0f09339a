//! Users and roles.

use serde_json::{Value, json};

use super::{CASE, Case};
use crate::stories::whole::{Lab, done_but};
use crate::support::account::{Account, trust_in_service};
use crate::support::edits;
use crate::support::proxy::Proxy;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const CORE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
/// All that IAM takes in a name.
const NAME: &str = "o.neil+admin=1,x@example_y-z";

fn ready(account: Account) -> Proxy {
    Proxy::to(account).with_all(edits::ready())
}

fn administrator(account: Account, name: &str) -> Account {
    account.user(name).user_has_policy(name, ADMINISTRATOR)
}

pub(super) const ADMINISTRATOR_WITHOUT_PASSWORD: Case = Case {
    account: "330000000201",
    make: |account| {
        let account = done_but(account, &[Lab::Administrator]);
        ready(administrator(account, NAME).mfa_device(NAME))
    },
    closes: &[("admin-user-mfa/exists", "Give administrator `")],
    ..CASE
};

pub(super) const ADMINISTRATOR_WITHOUT_DEVICE: Case = Case {
    account: "330000000202",
    make: |account| {
        let account = done_but(account, &[Lab::Administrator]);
        // A device whose seed somebody saw once, and that was never enabled.
        let account = administrator(account, NAME).password(NAME);
        ready(account.iam("CreateVirtualMFADevice", json!({"VirtualMFADeviceName": NAME})))
    },
    closes: &[("admin-user-mfa/exists", "Assign an MFA device to `")],
    ..CASE
};

pub(super) const OTHERS_WITHOUT_DEVICE: Case = Case {
    account: "330000000203",
    make: |account| {
        let account = administrator(done_but(account, &[]), "asleep")
            .user("helpdesk")
            .user_has_policy("helpdesk", "arn:aws:iam::aws:policy/IAMFullAccess")
            .password("helpdesk");
        ready(account)
    },
    closes: &[
        ("admin-user-mfa/mfa", "Assign an MFA device to `helpdesk`"),
        ("admin-user-mfa/mfa", "Assign an MFA device to `asleep`"),
    ],
    ..CASE
};

/// Without the key nobody could sign in: a password comes first.
pub(super) const ADMINISTRATOR_BY_KEY: Case = Case {
    account: "330000000204",
    make: |account| {
        let account = administrator(done_but(account, &[Lab::Administrator]), NAME).mfa_device(NAME);
        account.access_key(NAME);
        account.access_key(NAME);
        ready(account)
    },
    closes: &[("admin-user-mfa/keys", "Deactivate the access keys of `")],
    ..CASE
};

pub(super) const LEAKED_KEY: Case = Case {
    account: "330000000205",
    make: |account| {
        let quarantine = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";
        let account = done_but(account, &[]).user("deploy").user_has_policy("deploy", quarantine);
        account.access_key("deploy");
        ready(account)
    },
    closes: &[("admin-user-mfa/keys", "Deactivate every access key of `deploy`")],
    leaves: &["admin-user-mfa/keys"],
    ..CASE
};

/// A role for instances with this trust policy and these policies of AWS, in a profile of its name.
fn role(account: Account, name: &str, trust: &Value, policies: &[&str]) -> Account {
    let account = account.role(name, trust).instance_profile(name, name);
    policies.iter().fold(account, |account, policy| account.role_has_policy(name, policy))
}

fn inline(account: Account, role: &str, statement: &Value) -> Account {
    let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    account.iam("PutRolePolicy", json!({"RoleName": role, "PolicyName": "own", "PolicyDocument": document}))
}

fn trust_in(principals: &[Value]) -> Value {
    let statement = |principal: &Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": principals.iter().map(statement).collect::<Vec<_>>()})
}

/// The names that one would take are taken: a role of another kind has the one, an empty instance profile the next.
pub(super) const ROLE_OF_ANOTHER_SERVICE: Case = Case {
    account: "330000000211",
    make: |account| {
        let account = done_but(account, &[Lab::Role])
            .role("EC2-SSM", &trust_in_service("lambda.amazonaws.com"))
            .role_has_policy("EC2-SSM", CORE)
            .iam("CreateInstanceProfile", json!({"InstanceProfileName": "EC2-SSM-2"}));
        ready(account)
    },
    closes: &[("ec2-ssm-role/trust", "Create a role for EC2")],
    ..CASE
};

pub(super) const ROLE_WITHOUT_PROFILE: Case = Case {
    account: "330000000212",
    make: |account| {
        let account = done_but(account, &[Lab::Role])
            .role(NAME, &trust_in_service("ec2.amazonaws.com"))
            .role_has_policy(NAME, CORE)
            .role("lambda", &trust_in_service("lambda.amazonaws.com"))
            .instance_profile(NAME, "lambda");
        ready(account)
    },
    closes: &[("ec2-ssm-role/instance-profile", "Create an instance profile")],
    ..CASE
};

pub(super) const ROLE_WITHOUT_PERMISSIONS: Case = Case {
    account: "330000000213",
    make: |account| {
        let account = done_but(account, &[Lab::Role]);
        ready(role(account, "EC2-Metrics", &trust_in_service("ec2.amazonaws.com"), &[]))
    },
    closes: &[("ec2-ssm-role/permissions", "Attach AmazonSSMManagedInstanceCore")],
    ..CASE
};

pub(super) const ROLE_FOR_SOME_INSTANCES: Case = Case {
    account: "330000000214",
    make: |account| {
        let some = account.arn("ec2", "us-west-2", "instance/i-0123456789abcdef0");
        let account = role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust_in_service("ec2.amazonaws.com"), &[]);
        let statements = json!([
            {"Effect": "Allow", "Action": "ssm:UpdateInstanceInformation", "Resource": some},
            {"Effect": "Allow", "Action": "ssmmessages:*", "Resource": "*"},
        ]);
        ready(inline(account, "EC2-SSM", &statements))
    },
    closes: &[("ec2-ssm-role/permissions", "Attach AmazonSSMManagedInstanceCore")],
    ..CASE
};

pub(super) const DENIED_ROLE: Case = Case {
    account: "330000000215",
    make: |account| {
        let trust = trust_in_service("ec2.amazonaws.com");
        let account = role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust, &[CORE]);
        ready(inline(account, "EC2-SSM", &json!({"Effect": "Deny", "Action": "ssm:*", "Resource": "*"})))
    },
    closes: &[("ec2-ssm-role/permissions", "Change the explicit deny or the permissions boundary")],
    ..CASE
};

pub(super) const POWERFUL_ROLE: Case = Case {
    account: "330000000216",
    make: |account| {
        let others = json!({"AWS": ["arn:aws:iam::444455556666:root", account.arn("iam", "", "root")]});
        let trust = trust_in(&[json!({"Service": "ec2.amazonaws.com"}), others]);
        let account = done_but(account, &[Lab::Role]);
        ready(role(account, "EC2-SSM", &trust, &[CORE, ADMINISTRATOR, "arn:aws:iam::aws:policy/AmazonSSMFullAccess"]))
    },
    closes: &[("ec2-ssm-role/not-excessive", "Detach every policy except AmazonSSMManagedInstanceCore")],
    ..CASE
};

pub(super) const POWERFUL_BY_ITSELF: Case = Case {
    account: "330000000217",
    make: |account| {
        let trust = trust_in_service("ec2.amazonaws.com");
        let account = role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust, &[CORE]);
        ready(inline(account, "EC2-SSM", &json!({"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "*"})))
    },
    closes: &[("ec2-ssm-role/not-excessive", "Remove from the role what exceeds")],
    ..CASE
};

pub(super) const ROLE_OF_THE_WORLD: Case = Case {
    account: "330000000218",
    make: |account| {
        let trust = trust_in(&[json!({"Service": "ec2.amazonaws.com"}), json!({"AWS": "*"})]);
        ready(role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust, &[CORE]))
    },
    closes: &[("ec2-ssm-role/not-excessive", "Remove the public and cross-account principals from the role")],
    ..CASE
};

pub(super) const ROLE_OF_ANOTHER_ACCOUNT: Case = Case {
    account: "330000000219",
    make: |account| {
        let both = json!({"Service": "ec2.amazonaws.com", "AWS": "arn:aws:iam::444455556666:role/it's"});
        ready(role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust_in(&[both]), &[CORE]))
    },
    closes: &[("ec2-ssm-role/not-excessive", "Remove the public and cross-account principals from the role")],
    ..CASE
};

pub(super) const BOUND_ROLE: Case = Case {
    account: "330000000220",
    make: |account| {
        let reads =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}});
        let account = role(done_but(account, &[Lab::Role]), "EC2-SSM", &trust_in_service("ec2.amazonaws.com"), &[CORE])
            .managed_policy("Boundary", &reads);
        ready(account).with(edits::role_boundary("EC2-SSM", &account.policy_arn("Boundary")))
    },
    closes: &[("ec2-ssm-role/permissions", "Change the explicit deny or the permissions boundary")],
    ..CASE
};
