//! The organization of the labs, in the emulator of organizations; the account itself is in the other one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::{Account, HOME, trust_in_service};
use super::edits::{self, organizations};
use super::http::Answer;
use super::proxy::Proxy;
use super::rules::Rule;

/// Whether `ListAccounts` returns paths, which the emulator lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paths {
    Returned,
    Missing,
}

pub(crate) const UNITS: [&str; 9] = [
    "Security",
    "Infrastructure",
    "Workloads",
    "Exceptions",
    "Sandbox",
    "Onboarding",
    "Nursery",
    "Suspended",
    "IncidentResponse",
];

/// Calls of an administrator of the management account.
#[derive(Clone, Copy)]
pub(crate) struct Administrator(Account);

impl Administrator {
    pub(crate) fn of(account: Account, proxy: &Proxy) -> Self {
        Self(account.through(proxy))
    }

    pub(crate) fn organizations(self, operation: &str, parameters: Value) -> Value {
        self.json("organizations", "us-east-1", operation, parameters)
    }

    pub(crate) fn sso(self, operation: &str, parameters: Value) -> Value {
        self.json("sso", HOME, operation, parameters)
    }

    fn json(self, service: &str, region: &str, operation: &str, parameters: Value) -> Value {
        let answer = self.0.call(service, region, operation, parameters);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    pub(crate) fn root(self) -> String {
        text(&self.organizations("ListRoots", json!({}))["Roots"][0]["Id"])
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A finished account that manages an organization with nothing in it yet.
pub(crate) fn empty(account: Account) -> Proxy {
    let proxy = Proxy::to(account.ready())
        .with_all(edits::ready())
        .with_organizations()
        .with(organizations::root_features("o-1", &[]))
        .with_all(organizations::denied_to_members(account.id));
    proxy.changing(|| {
        Administrator::of(account, &proxy).organizations("CreateOrganization", json!({"FeatureSet": "ALL"}));
    });
    proxy
}

/// An organization that was built, and the proxy before it.
pub(crate) struct Built {
    pub(crate) proxy: Proxy,
    /// `o-…`.
    pub(crate) id: String,
    /// The OUs' IDs by name.
    pub(crate) units: BTreeMap<&'static str, String>,
    /// The members' IDs by name.
    pub(crate) members: BTreeMap<&'static str, &'static str>,
}

/// The members of the labs' organization, each with its OU.
const MEMBERS: [(&str, &str); 4] =
    [("LogArchive", "Security"), ("SecurityAudit", "Security"), ("Prod", "Workloads"), ("Old", "Exceptions")];

/// The organization of the labs, ready.
pub(crate) fn organization(account: Account, paths: Paths) -> Proxy {
    built(account, paths).proxy
}

/// The same, with the names of what is in it.
pub(crate) fn built(account: Account, paths: Paths) -> Built {
    let proxy = empty(account);
    let admin = Administrator::of(account, &proxy);
    let id = text(&admin.organizations("DescribeOrganization", json!({}))["Organization"]["Id"]);
    let root = admin.root();
    let (mut units, mut members) = (BTreeMap::new(), BTreeMap::new());
    let mut places = BTreeMap::from([(account.id.to_owned(), vec![root.clone()])]);
    proxy.changing(|| {
        admin.organizations("EnablePolicyType", json!({"RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY"}));
        for name in UNITS {
            let made = admin.organizations("CreateOrganizationalUnit", json!({"ParentId": root, "Name": name}));
            units.insert(name, text(&made["OrganizationalUnit"]["Id"]));
        }
        for (name, unit) in MEMBERS {
            let email = format!("{}@example.com", name.to_lowercase());
            let made = admin.organizations("CreateAccount", json!({"Email": email, "AccountName": name}));
            let id = text(&made["CreateAccountStatus"]["AccountId"]);
            let moves = json!({"AccountId": id, "SourceParentId": root, "DestinationParentId": units[unit]});
            admin.organizations("MoveAccount", moves);
            places.insert(id.clone(), vec![root.clone(), units[unit].clone()]);
            // The number stands for the account, as a test's own does.
            members.insert(name, &*id.leak());
        }
        for (name, statements, targets) in policies(&root, &units) {
            let content = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
            let wanted =
                json!({"Name": name, "Description": name, "Type": "SERVICE_CONTROL_POLICY", "Content": content});
            let id = text(&admin.organizations("CreatePolicy", wanted)["Policy"]["PolicySummary"]["Id"]);
            for target in targets {
                admin.organizations("AttachPolicy", json!({"PolicyId": id, "TargetId": target}));
            }
        }
        for service in ["cloudtrail.amazonaws.com", "sso.amazonaws.com"] {
            admin.organizations("EnableAWSServiceAccess", json!({"ServicePrincipal": service}));
        }
        identity_center(account, &proxy, admin, [account.id, members["LogArchive"], members["SecurityAudit"]]);
    });
    let proxy = proxy.with_all([
        Rule::on("cloudtrail", "DescribeTrails").edit(|answer| {
            let mut trails = answer.as_json();
            for trail in trails["trailList"].as_array_mut().expect("trails") {
                trail["IsOrganizationTrail"] = true.into();
            }
            answer.body = trails.to_string().into();
        }),
        Rule::on("s3", "ListBuckets").edit(|answer| {
            *answer = Answer::xml(
                200,
                "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Buckets/><Owner><ID>a</ID></Owner>\
                 </ListAllMyBucketsResult>",
            );
        }),
    ]);
    if paths == Paths::Returned {
        proxy.add(organizations::paths(id.clone(), places));
    }
    Built { proxy, id, units, members }
}

/// The SCPs of the labs: name, statements, where they are attached.
fn policies<'u>(root: &'u str, units: &'u BTreeMap<&str, String>) -> [(&'static str, Value, Vec<&'u str>); 2] {
    let guarded = units.iter().filter(|(name, _)| **name != "Exceptions").map(|(_, id)| id.as_str()).collect();
    let guard = json!([
        {
            "Effect": "Deny", "Resource": "*",
            "Action": ["organizations:LeaveOrganization", "organizations:AcceptHandshake"],
        },
        {
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "true"}},
        },
    ]);
    let lock = json!([{
        "Effect": "Deny", "Resource": "*",
        "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"],
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-west-2", "us-east-1"]}},
    }]);
    [("SCPProtectRootAndOrg", guard, guarded), ("RegionLockout", lock, vec![root])]
}

/// A group with an administrator set in these accounts. The emulator has an instance in every Region, and forgets what is provisioned.
fn identity_center(account: Account, proxy: &Proxy, admin: Administrator, accounts: [&str; 3]) {
    let instance = text(&admin.sso("ListInstances", json!({}))["Instances"][0]["InstanceArn"]);
    let made = admin.sso("CreatePermissionSet", json!({"InstanceArn": instance, "Name": "AdministratorAccess"}));
    let set = text(&made["PermissionSet"]["PermissionSetArn"]);
    for id in accounts {
        let wanted = json!({
            "InstanceArn": instance, "PermissionSetArn": set, "TargetId": id, "TargetType": "AWS_ACCOUNT",
            "PrincipalType": "GROUP", "PrincipalId": "12345678-1234-1234-1234-123456789012",
        });
        admin.sso("CreateAccountAssignment", wanted);
    }
    let name = "AWSReservedSSO_AdministratorAccess_0123456789abcdef";
    let trust = trust_in_service("ec2.amazonaws.com").to_string();
    account
        .iam(
            "CreateRole",
            json!({"RoleName": name, "Path": "/aws-reserved/sso.amazonaws.com/", "AssumeRolePolicyDocument": trust}),
        )
        .role_has_policy(name, "arn:aws:iam::aws:policy/AdministratorAccess");
    proxy.add(organizations::instances(&[(HOME, account.id)]));
    proxy.add(organizations::session_durations_are_text());
    proxy.add(organizations::provisioned(accounts.map(|id| (id.to_owned(), vec![set.clone()])).into()));
}
