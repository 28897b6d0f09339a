//! IAM in memory: users, groups, roles and policies, for the tests of whoever judges them.

use super::{known, standalone};
use crate::account::CachedFact;
use crate::account::facts::{
    AccessKey, AttachedPolicy, Facts, Group, InlinePolicy, LoginProfile, ManagedPolicy, MfaDevice, PolicyVersion, Role,
    User,
};
use crate::account::operation::Operation;

pub(crate) const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
pub(crate) const SSM_CORE: &str = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

/// A statement that allows everything.
pub(crate) const ALLOW_ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

/// A document of these statements, comma-separated.
pub(crate) fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// Everything in IAM that the checks look at.
#[derive(Clone, Default)]
pub(crate) struct Iam {
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) roles: Vec<Role>,
    customer: Vec<ManagedPolicy>,
    aws: Vec<ManagedPolicy>,
    devices: Vec<String>,
    passwords: Vec<String>,
    keys: Vec<(String, Option<String>)>,
}

/// What a user, group or role has.
#[derive(Clone, Default)]
pub(crate) struct EntityBuilder {
    inline: Vec<InlinePolicy>,
    attached: Vec<AttachedPolicy>,
    groups: Vec<String>,
    boundary: Option<String>,
}

impl EntityBuilder {
    pub(crate) fn nothing() -> Self {
        EntityBuilder::default()
    }

    pub(crate) fn attached(mut self, arn: &str) -> Self {
        let name = arn.rsplit('/').next().unwrap().to_owned();
        self.attached.push(AttachedPolicy { name, arn: arn.to_owned() });
        self
    }

    /// An inline policy of these statements.
    pub(crate) fn inline(self, statements: &str) -> Self {
        self.raw(&document(statements))
    }

    /// An inline policy as it stands.
    pub(crate) fn raw(mut self, document: &str) -> Self {
        let name = format!("inline-{}", self.inline.len());
        self.inline.push(InlinePolicy { name, document: document.to_owned() });
        self
    }

    pub(crate) fn group(mut self, name: &str) -> Self {
        self.groups.push(name.to_owned());
        self
    }

    pub(crate) fn boundary(mut self, arn: &str) -> Self {
        self.boundary = Some(arn.to_owned());
        self
    }
}

pub(crate) fn customer_arn(name: &str) -> String {
    format!("arn:aws:iam::{}:policy/{name}", super::ACCOUNT)
}

pub(crate) fn aws_arn(name: &str) -> String {
    format!("arn:aws:iam::aws:policy/{name}")
}

impl Iam {
    pub(crate) fn new() -> Self {
        Iam::default()
    }

    pub(crate) fn user(mut self, name: &str, has: EntityBuilder) -> Self {
        self.users.push(User {
            name: name.to_owned(),
            arn: format!("arn:aws:iam::{}:user/{name}", super::ACCOUNT),
            inline_policies: has.inline,
            attached_policies: has.attached,
            groups: has.groups,
            boundary: has.boundary,
        });
        self
    }

    pub(crate) fn group(mut self, name: &str, has: EntityBuilder) -> Self {
        self.groups.push(Group {
            name: name.to_owned(),
            arn: format!("arn:aws:iam::{}:group/{name}", super::ACCOUNT),
            inline_policies: has.inline,
            attached_policies: has.attached,
        });
        self
    }

    /// A role with a trust policy of these statements, held by a profile of its own name.
    pub(crate) fn role(mut self, name: &str, trust: &str, has: EntityBuilder) -> Self {
        self.roles.push(Role {
            name: name.to_owned(),
            arn: format!("arn:aws:iam::{}:role/{name}", super::ACCOUNT),
            path: "/".to_owned(),
            trust_policy: document(trust),
            inline_policies: has.inline,
            attached_policies: has.attached,
            instance_profiles: vec![name.to_owned()],
            boundary: has.boundary,
        });
        self
    }

    /// Changes the role that was added last.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut Role)) -> Self {
        change(self.roles.last_mut().unwrap());
        self
    }

    /// A customer-managed policy of these statements.
    pub(crate) fn customer(mut self, name: &str, statements: &str) -> Self {
        self.customer.push(managed(name, &customer_arn(name), Some(document(statements))));
        self
    }

    /// A customer-managed policy with this document, or none, listed.
    pub(crate) fn customer_raw(mut self, name: &str, document: Option<&str>) -> Self {
        self.customer.push(managed(name, &customer_arn(name), document.map(str::to_owned)));
        self
    }

    /// Gives the customer-managed policy that was added last these other versions, each of these statements.
    pub(crate) fn versions(mut self, others: &[&str]) -> Self {
        let version = |(number, statements): (usize, &&str)| PolicyVersion {
            id: format!("v{}", number + 10),
            document: Some(document(statements)),
        };
        self.customer.last_mut().unwrap().versions = Some(others.iter().enumerate().map(version).collect());
        self
    }

    /// The versions of the customer-managed policy that was added last were not collected.
    pub(crate) fn uncollected(mut self) -> Self {
        self.customer.last_mut().unwrap().versions = None;
        self
    }

    /// A policy of AWS's of these statements.
    pub(crate) fn aws(mut self, name: &str, statements: &str) -> Self {
        self.aws.push(managed(name, &aws_arn(name), Some(document(statements))));
        self
    }

    /// A policy of AWS's with this document, or none, listed.
    pub(crate) fn aws_raw(mut self, name: &str, document: Option<&str>) -> Self {
        self.aws.push(managed(name, &aws_arn(name), document.map(str::to_owned)));
        self
    }

    pub(crate) fn mfa(mut self, user: &str) -> Self {
        self.devices.push(user.to_owned());
        self
    }

    pub(crate) fn password(mut self, user: &str) -> Self {
        self.passwords.push(user.to_owned());
        self
    }

    pub(crate) fn key(mut self, user: &str, status: &str) -> Self {
        self.keys.push((user.to_owned(), Some(status.to_owned())));
        self
    }

    pub(crate) fn key_of_unknown_status(mut self, user: &str) -> Self {
        self.keys.push((user.to_owned(), None));
        self
    }

    /// All of it, known. Of each user it is known whether there are devices, a password, keys.
    pub(crate) fn facts(self) -> Facts {
        let mut facts = standalone();
        for User { name, arn, .. } in &self.users {
            let serial_number = arn.replace(":user/", ":mfa/");
            let devices = self.devices.iter().filter(|user| *user == name);
            let devices = devices.map(|_| MfaDevice { serial_number: serial_number.clone() }).collect();
            facts.mfa_devices.set(name, known(Operation::ListMfaDevices, devices));
            let login = self.passwords.contains(name).then_some(LoginProfile { created: None });
            facts.login_profiles.set(name, known(Operation::GetLoginProfile, login));
            let keys = self.keys.iter().filter(|(user, _)| user == name);
            let keys = keys.map(|(_, status)| AccessKey { id_ends_with: "AAAA".to_owned(), status: status.clone() });
            facts.access_keys.set(name, known(Operation::ListAccessKeys, keys.collect()));
        }
        facts.users = details(self.users);
        facts.groups = details(self.groups);
        facts.roles = details(self.roles);
        facts.customer_policies = details(self.customer);
        facts.aws_policies = details(self.aws);
        facts
    }
}

fn details<V>(value: V) -> CachedFact<V> {
    known(Operation::GetAccountAuthorizationDetails, value)
}

fn managed(name: &str, arn: &str, document: Option<String>) -> ManagedPolicy {
    let versions = (!arn.contains("::aws:")).then(Vec::new);
    ManagedPolicy { name: name.to_owned(), arn: arn.to_owned(), default_version: "v1".to_owned(), document, versions }
}
