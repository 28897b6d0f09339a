//! An organization as the labs leave it, for the tests of the checks about organizations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::trails::{HOME, TrailFixture, trail};
use super::{ACCOUNT, known};
use crate::account::cache::CachedByKey;
use crate::account::facts::{
    AccountAssignment, AttachedPolicy, Facts, IdentityCenterInstance, ManagedPolicy, Organization, OrganizationAccount,
    OrganizationRoot, OrganizationalUnit, PermissionSet, Role, RootPolicyType, Scp, ScpTarget,
};
use crate::account::operation::Operation;
use crate::account::{CachedFact, Call};

pub(crate) const ORGANIZATION: &str = "o-abc1234567";
pub(crate) const ROOT: &str = "r-ab12";
pub(crate) const LOGS: &str = "222233334444";
pub(crate) const AUDIT: &str = "333344445555";
pub(crate) const PROD: &str = "444455556666";
pub(crate) const DEV: &str = "555566667777";
pub(crate) const LEGACY: &str = "666677778888";
pub(crate) const INSTANCE_ARN: &str = "arn:aws:sso:::instance/ssoins-1234567890abcdef";
pub(crate) const SET_ARN: &str = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef";
pub(crate) const GUARD: &str = "p-guard123";
pub(crate) const LOCK: &str = "p-lock1234";
pub(crate) const FULL: &str = "p-FullAWSAccess";

const UNITS: [&str; 9] = [
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

/// The ID of the labs' OU of that name.
pub(crate) fn unit(name: &str) -> String {
    let at = UNITS.iter().position(|unit| *unit == name).unwrap();
    format!("ou-ab12-{at:08}")
}

/// An organization, ready in all that the stage asks, until a test changes something.
#[derive(Clone)]
pub(crate) struct Foundation {
    /// `None`: a standalone account.
    pub(crate) organization: Option<Organization>,
    pub(crate) root: OrganizationRoot,
    /// The OUs by their parent.
    pub(crate) units: BTreeMap<String, Vec<OrganizationalUnit>>,
    pub(crate) accounts: Vec<OrganizationAccount>,
    pub(crate) scps: Vec<AttachedText>,
    pub(crate) trusted: Vec<String>,
    pub(crate) features: Vec<String>,
    pub(crate) trail: TrailFixture,
    /// Whether the trail's bucket is this account's.
    pub(crate) owns_bucket: bool,
    pub(crate) instances: BTreeMap<String, Vec<IdentityCenterInstance>>,
    pub(crate) sets: Vec<(String, PermissionSet)>,
    pub(crate) assignments: BTreeMap<String, Vec<AccountAssignment>>,
    pub(crate) roles: Vec<Role>,
}

/// An SCP with its document and its targets.
#[derive(Clone)]
pub(crate) struct AttachedText {
    pub(crate) scp: Scp,
    pub(crate) document: String,
    pub(crate) targets: Vec<ScpTarget>,
}

/// An SCP of a customer.
pub(crate) fn scp(id: &str, name: &str, statements: &Value, targets: &[&str]) -> AttachedText {
    AttachedText {
        scp: Scp { id: id.to_owned(), arn: None, name: name.to_owned(), aws_managed: false },
        document: json!({"Version": "2012-10-17", "Statement": statements}).to_string(),
        targets: targets.iter().map(|id| target(id)).collect(),
    }
}

pub(crate) fn target(id: &str) -> ScpTarget {
    let kind = match id.split('-').next() {
        Some("r") => "ROOT",
        Some("ou") => "ORGANIZATIONAL_UNIT",
        _ => "ACCOUNT",
    };
    let name = UNITS.iter().find(|name| unit(name) == id).copied();
    ScpTarget { id: id.to_owned(), name: name.map(str::to_owned), kind: Some(kind.to_owned()) }
}

/// What keeps members from leaving and their root users from acting.
pub(crate) fn protecting() -> Value {
    json!([
        {"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "organizations:AcceptHandshake"], "Resource": "*"},
        {
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "true"}},
        },
    ])
}

/// A lock on the home and the billing Region.
pub(crate) fn locking() -> Value {
    json!({
        "Effect": "Deny", "Resource": "*",
        "NotAction": ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*"],
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": [HOME, "us-east-1"]}},
    })
}

/// An account in an OU of the labs; `None`: directly under the root.
pub(crate) fn account(id: &str, name: &str, in_unit: Option<&str>) -> OrganizationAccount {
    let units = in_unit.map(|name| format!("{}/", unit(name))).unwrap_or_default();
    OrganizationAccount {
        id: id.to_owned(),
        arn: Some(format!("arn:aws:organizations::{ACCOUNT}:account/{ORGANIZATION}/{id}")),
        name: Some(name.to_owned()),
        state: Some("ACTIVE".to_owned()),
        status: Some("ACTIVE".to_owned()),
        paths: Some(vec![format!("{ORGANIZATION}/{ROOT}/{units}{id}/")]),
        joined: None,
    }
}

pub(crate) fn assigned(kind: &str) -> Vec<AccountAssignment> {
    vec![AccountAssignment { principal_type: Some(kind.to_owned()), principal_id: Some("1234".to_owned()) }]
}

/// The organization of the labs.
pub(crate) fn foundation() -> Foundation {
    let top = UNITS.iter().map(|name| OrganizationalUnit { id: unit(name), arn: None, name: (*name).to_owned() });
    let all_but_exceptions: Vec<String> =
        UNITS.iter().filter(|name| **name != "Exceptions").map(|name| unit(name)).collect();
    let guarded: Vec<&str> = all_but_exceptions.iter().map(String::as_str).collect();
    let accounts = vec![
        account(ACCOUNT, "Management", None),
        account(LOGS, "LogArchive", Some("Security")),
        account(AUDIT, "SecurityAudit", Some("Security")),
        account(PROD, "Prod", Some("Workloads")),
        account(DEV, "Dev", Some("Sandbox")),
        account(LEGACY, "Legacy", Some("Exceptions")),
    ];
    let units = UNITS.map(unit);
    let everywhere: Vec<&str> = [ROOT]
        .into_iter()
        .chain(units.iter().map(String::as_str))
        .chain(accounts.iter().map(|one| one.id.as_str()))
        .collect();
    let full = AttachedText {
        scp: Scp { id: FULL.to_owned(), arn: None, name: "FullAWSAccess".to_owned(), aws_managed: true },
        document: String::new(),
        targets: everywhere.iter().map(|id| target(id)).collect(),
    };
    let mut of_trail = trail("organization-trail");
    of_trail.trail.is_organization = Some(true);
    let of_set = AttachedPolicy {
        name: "AdministratorAccess".to_owned(),
        arn: "arn:aws:iam::aws:policy/AdministratorAccess".to_owned(),
    };
    let name = "AWSReservedSSO_AdministratorAccess_0123456789abcdef";
    let path = "/aws-reserved/sso.amazonaws.com/us-west-2/";
    let role = Role {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:role{path}{name}"),
        path: path.to_owned(),
        trust_policy: json!({"Version": "2012-10-17", "Statement": []}).to_string(),
        inline_policies: vec![],
        attached_policies: vec![of_set],
        instance_profiles: vec![],
        boundary: None,
    };
    let instance = IdentityCenterInstance {
        arn: INSTANCE_ARN.to_owned(),
        owner_account: Some(ACCOUNT.to_owned()),
        identity_store: Some("d-1234567890".to_owned()),
        status: Some("ACTIVE".to_owned()),
        created: None,
        primary_region: None,
    };
    Foundation {
        organization: Some(Organization {
            id: ORGANIZATION.to_owned(),
            management_account: ACCOUNT.to_owned(),
            feature_set: Some("ALL".to_owned()),
        }),
        root: OrganizationRoot {
            id: ROOT.to_owned(),
            arn: format!("arn:aws:organizations::{ACCOUNT}:root/{ORGANIZATION}/{ROOT}"),
            name: Some("Root".to_owned()),
            policy_types: vec![RootPolicyType {
                kind: Some("SERVICE_CONTROL_POLICY".to_owned()),
                status: Some("ENABLED".to_owned()),
            }],
        },
        units: BTreeMap::from([(ROOT.to_owned(), top.collect())]),
        accounts,
        scps: vec![
            full,
            scp(GUARD, "SCPProtectRootAndOrg", &protecting(), &guarded),
            scp(LOCK, "RegionLockout", &locking(), &[ROOT]),
        ],
        trusted: vec!["cloudtrail.amazonaws.com".to_owned(), "sso.amazonaws.com".to_owned()],
        features: vec![],
        trail: TrailFixture {
            regions: [HOME, "us-east-1", "eu-west-1", "eu-central-1"].map(str::to_owned).to_vec(),
            ..TrailFixture::of(vec![of_trail])
        },
        owns_bucket: false,
        instances: BTreeMap::from([(HOME.to_owned(), vec![instance])]),
        sets: vec![(SET_ARN.to_owned(), PermissionSet { name: "AdministratorAccess".to_owned() })],
        assignments: [ACCOUNT, LOGS, AUDIT]
            .map(|id| (format!("{INSTANCE_ARN} {id} {SET_ARN}"), assigned("GROUP")))
            .into(),
        roles: vec![role],
    }
}

fn keyed<V>(operation: Operation, entries: impl IntoIterator<Item = (String, V)>) -> CachedByKey<V> {
    let mut slots = CachedByKey::default();
    for (key, value) in entries {
        slots.set(&key, CachedFact::known(Call::global(operation).about(&key), value));
    }
    slots
}

impl Foundation {
    /// Its account of that ID.
    pub(crate) fn account(&mut self, id: &str) -> &mut OrganizationAccount {
        self.accounts.iter_mut().find(|account| account.id == id).unwrap()
    }

    /// Its SCP of that ID.
    pub(crate) fn scp(&mut self, id: &str) -> &mut AttachedText {
        self.scps.iter_mut().find(|policy| policy.scp.id == id).unwrap()
    }

    /// The facts that an audit of it would read.
    pub(crate) fn facts(&self) -> Facts {
        let mut facts = self.trail.facts();
        let buckets = self.trail.trails.iter().filter_map(|scene| scene.trail.bucket.clone());
        facts.owned_buckets = keyed(Operation::ListBuckets, buckets.map(|name| (name, self.owns_bucket)));
        facts.organization = known(Operation::DescribeOrganization, self.organization.clone());
        facts.organization_roots = known(Operation::ListRoots, vec![self.root.clone()]);
        facts.organization_accounts = known(Operation::ListAccounts, self.accounts.clone());
        facts.organizational_units = keyed(Operation::ListOrganizationalUnitsForParent, self.units.clone());
        facts.scps = known(Operation::ListPolicies, self.scps.iter().map(|policy| policy.scp.clone()).collect());
        let documents = self.scps.iter().filter(|policy| !policy.document.is_empty());
        facts.scp_documents =
            keyed(Operation::DescribePolicy, documents.map(|policy| (policy.scp.id.clone(), policy.document.clone())));
        facts.scp_targets = keyed(
            Operation::ListTargetsForPolicy,
            self.scps.iter().map(|policy| (policy.scp.id.clone(), policy.targets.clone())),
        );
        facts.trusted_services = known(Operation::ListAwsServiceAccessForOrganization, self.trusted.clone());
        facts.root_features = known(Operation::ListOrganizationsFeatures, self.features.clone());
        facts.identity_center_instances = keyed(Operation::ListInstances, self.instances.clone());
        facts.provisioned_permission_sets = keyed(
            Operation::ListPermissionSetsProvisionedToAccount,
            [(format!("{INSTANCE_ARN} {ACCOUNT}"), self.sets.iter().map(|(arn, _)| arn.clone()).collect())],
        );
        facts.permission_sets = keyed(Operation::DescribePermissionSet, self.sets.clone());
        facts.account_assignments = keyed(Operation::ListAccountAssignments, self.assignments.clone());
        facts.roles = known(Operation::GetAccountAuthorizationDetails, self.roles.clone());
        facts.aws_policies = known(Operation::GetAccountAuthorizationDetails, vec![ManagedPolicy {
            name: "AdministratorAccess".to_owned(),
            arn: "arn:aws:iam::aws:policy/AdministratorAccess".to_owned(),
            default_version: "v1".to_owned(),
            document: Some(
                json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}).to_string(),
            ),
            versions: None,
        }]);
        facts
    }

    /// The same, where the paths are not returned with the accounts, and the tree has to be walked.
    pub(crate) fn facts_without_paths(&self) -> Facts {
        let without = self.accounts.iter().map(|one| OrganizationAccount { paths: None, ..one.clone() }).collect();
        let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut units = self.units.clone();
        let all: Vec<String> = units.values().flatten().map(|one| one.id.clone()).chain([ROOT.to_owned()]).collect();
        for node in all {
            parents.entry(node.clone()).or_default();
            units.entry(node).or_default();
        }
        for one in &self.accounts {
            let path = one.paths.as_ref().unwrap()[0].trim_end_matches('/').to_owned();
            let parent = path.rsplit('/').nth(1).unwrap().to_owned();
            parents.entry(parent).or_default().push(one.id.clone());
        }
        Facts {
            organization_accounts: known(Operation::ListAccounts, without),
            accounts_of_parents: keyed(Operation::ListAccountsForParent, parents),
            organizational_units: keyed(Operation::ListOrganizationalUnitsForParent, units),
            ..self.facts()
        }
    }
}
