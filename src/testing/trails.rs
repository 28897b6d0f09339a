//! Accounts with trails and their buckets, for the tests of the checks about them.

use serde_json::{Value, json};

use super::{ACCOUNT, hours_ago, known, standalone};
use crate::account::facts::{
    Acl, AclGrantee, AttachedPolicy, BasicSelector, Bucket, Caller, EventSelectors, Facts, Grant, Group, ManagedPolicy,
    OfBucket, Organization, PublicAccessBlock, Role, Trail, TrailStatus, User,
};
use crate::account::operation::Operation;

/// The home region of the labs.
pub(crate) const HOME: &str = "us-west-2";
/// Somebody else's account.
pub(crate) const OTHER: &str = "444455556666";
/// The canonical id of the bucket's owner.
pub(crate) const OWNER_ID: &str = "c0ffee";

/// An account with trails, ready in all that the two checks ask, until a test changes something.
#[derive(Clone)]
pub(crate) struct TrailFixture {
    pub(crate) partition: &'static str,
    pub(crate) organization: Option<Organization>,
    pub(crate) trails: Vec<TrailScene>,
    pub(crate) regions: Vec<String>,
    pub(crate) elsewhere: Vec<(&'static str, Trail)>,
    pub(crate) users: Vec<User>,
    pub(crate) groups: Vec<Group>,
    pub(crate) roles: Vec<Role>,
    pub(crate) policies: Vec<ManagedPolicy>,
}

/// A trail with its bucket.
#[derive(Clone)]
pub(crate) struct TrailScene {
    pub(crate) trail: Trail,
    pub(crate) status: TrailStatus,
    pub(crate) selectors: EventSelectors,
    pub(crate) bucket_exists: bool,
    pub(crate) policy: Option<String>,
    pub(crate) block: Option<PublicAccessBlock>,
    pub(crate) acl: Acl,
    pub(crate) ownership: Option<&'static str>,
}

/// A trail of that name to a bucket `logs-<name>`, with nothing to complain of.
pub(crate) fn trail(name: &str) -> TrailScene {
    TrailScene {
        trail: Trail {
            name: name.to_owned(),
            arn: format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/{name}"),
            home_region: Some(HOME.to_owned()),
            bucket: Some(format!("logs-{name}")),
            prefix: None,
            is_multi_region: Some(true),
            is_organization: Some(false),
            include_global_service_events: Some(true),
            log_file_validation: Some(true),
            kms_key: None,
        },
        status: TrailStatus {
            is_logging: Some(true),
            latest_delivery: Some(hours_ago(1)),
            latest_delivery_error: None,
            latest_digest_delivery_error: None,
            started_logging: Some(hours_ago(500)),
            stopped_logging: None,
        },
        selectors: EventSelectors {
            basic: vec![BasicSelector {
                include_management_events: Some(true),
                read_write_type: Some("All".to_owned()),
                excluded_sources: vec![],
            }],
            advanced: vec![],
        },
        bucket_exists: true,
        policy: Some(policy(&documented("aws", name, "", ACCOUNT))),
        block: Some(PublicAccessBlock { ignore_public_acls: Some(true), restrict_public_buckets: Some(true) }),
        acl: Acl {
            owner: Some(OWNER_ID.to_owned()),
            grants: vec![grant(AclGrantee::CanonicalUser(OWNER_ID.to_owned()), "FULL_CONTROL")],
        },
        ownership: Some("BucketOwnerEnforced"),
    }
}

pub(crate) fn grant(grantee: AclGrantee, permission: &str) -> Grant {
    Grant { grantee, permission: Some(permission.to_owned()) }
}

/// CloudTrail's two statements as its documentation names them.
pub(crate) fn documented(partition: &str, trail: &str, prefix: &str, account: &str) -> Vec<Value> {
    let arn = format!("arn:{partition}:cloudtrail:{HOME}:{account}:trail/{trail}");
    let bucket = format!("arn:{partition}:s3:::logs-{trail}");
    vec![
        json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:GetBucketAcl",
               "Resource": bucket, "Condition": {"StringEquals": {"aws:SourceArn": arn}}}),
        json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
               "Resource": format!("{bucket}/{prefix}AWSLogs/{account}/*"),
               "Condition": {"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control"}}}),
    ]
}

/// A document of these statements.
pub(crate) fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// The lab's policy for reading the log of the trail `main`.
pub(crate) fn reading(name: &str, statements: &[Value]) -> ManagedPolicy {
    ManagedPolicy {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:policy/{name}"),
        default_version: "v1".to_owned(),
        document: Some(policy(statements)),
        versions: Some(Vec::new()),
    }
}

/// An Allow of an identity policy.
pub(crate) fn lets(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})
}

pub(crate) fn user(name: &str, policies: &[&str]) -> User {
    User {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        inline_policies: vec![],
        attached_policies: attached(policies),
        groups: vec![],
        boundary: None,
    }
}

pub(crate) fn role(name: &str, policies: &[&str]) -> Role {
    Role {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        path: "/".to_owned(),
        trust_policy: "{}".to_owned(),
        inline_policies: vec![],
        attached_policies: attached(policies),
        instance_profiles: vec![],
        boundary: None,
    }
}

pub(crate) fn group(name: &str, policies: &[&str]) -> Group {
    Group {
        name: name.to_owned(),
        arn: format!("arn:aws:iam::{ACCOUNT}:group/{name}"),
        inline_policies: vec![],
        attached_policies: attached(policies),
    }
}

fn attached(policies: &[&str]) -> Vec<AttachedPolicy> {
    let policy =
        |name: &&str| AttachedPolicy { name: (*name).to_owned(), arn: format!("arn:aws:iam::{ACCOUNT}:policy/{name}") };
    policies.iter().map(policy).collect()
}

impl TrailFixture {
    /// These trails; whoever holds the policy `ReadLogs` reads the log of `main`.
    pub(crate) fn of(trails: Vec<TrailScene>) -> Self {
        TrailFixture {
            partition: "aws",
            organization: None,
            trails,
            regions: vec!["us-east-1".to_owned(), HOME.to_owned()],
            elsewhere: vec![],
            users: vec![user("ann", &["ReadLogs"])],
            groups: vec![],
            roles: vec![],
            policies: vec![reading("ReadLogs", &[lets("s3:GetObject", "arn:aws:s3:::logs-main/*")])],
        }
    }

    /// A ready account with the one trail `main`.
    pub(crate) fn ready() -> Self {
        TrailFixture::of(vec![trail("main")])
    }

    /// The same, with something changed about its first trail.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut TrailScene)) -> Self {
        change(&mut self.trails[0]);
        self
    }

    pub(crate) fn in_organization(mut self, id: &str) -> Self {
        self.organization =
            Some(Organization { id: id.to_owned(), management_account: ACCOUNT.to_owned(), feature_set: None });
        self
    }

    pub(crate) fn facts(&self) -> Facts {
        let arn = format!("arn:{}:iam::{ACCOUNT}:user/admin", self.partition);
        let mut facts = Facts {
            caller: known(Operation::GetCallerIdentity, Caller { account: ACCOUNT.to_owned(), arn }),
            organization: known(Operation::DescribeOrganization, self.organization.clone()),
            enabled_regions: known(Operation::DescribeRegions, self.regions.clone()),
            users: known(Operation::GetAccountAuthorizationDetails, self.users.clone()),
            groups: known(Operation::GetAccountAuthorizationDetails, self.groups.clone()),
            roles: known(Operation::GetAccountAuthorizationDetails, self.roles.clone()),
            customer_policies: known(Operation::GetAccountAuthorizationDetails, self.policies.clone()),
            ..standalone()
        };
        for region in &self.regions {
            let here = self.elsewhere.iter().filter(|(there, _)| there == region).map(|(_, trail)| trail.clone());
            facts.trails.set(region, known(Operation::DescribeTrails, here.collect()));
        }
        let listed = self.trails.iter().map(|scene| scene.trail.clone()).collect();
        facts.trails.set(HOME, known(Operation::DescribeTrails, listed));
        for scene in &self.trails {
            scene.put_into(&mut facts);
        }
        facts
    }
}

impl TrailScene {
    fn put_into(&self, facts: &mut Facts) {
        let arn = &self.trail.arn;
        facts.trail_status.set(arn, known(Operation::GetTrailStatus, self.status.clone()));
        facts.event_selectors.set(arn, known(Operation::GetEventSelectors, self.selectors.clone()));
        let Some(name) = &self.trail.bucket else { return };
        if !self.bucket_exists {
            facts.buckets.set(name, known(Operation::HeadBucket, None));
            return;
        }
        facts.buckets.set(name, known(Operation::HeadBucket, Some(Bucket { region: self.trail.home_region.clone() })));
        facts.bucket_policies.set(name, known(Operation::GetBucketPolicy, setting(self.policy.clone())));
        facts.public_access_blocks.set(name, known(Operation::GetPublicAccessBlock, setting(self.block.clone())));
        facts.bucket_acls.set(name, known(Operation::GetBucketAcl, OfBucket::Present(self.acl.clone())));
        let ownership = setting(self.ownership.map(str::to_owned));
        facts.ownership_controls.set(name, known(Operation::GetBucketOwnershipControls, ownership));
    }
}

fn setting<T>(value: Option<T>) -> OfBucket<T> {
    match value {
        Some(value) => OfBucket::Present(value),
        None => OfBucket::Absent,
    }
}

/// Every fact that an account holds, as the field and the key in it.
pub(crate) fn held(facts: &Facts) -> Vec<(String, Option<String>)> {
    let Value::Object(fields) = serde_json::to_value(facts).unwrap() else { panic!("facts are an object") };
    let mut held = Vec::new();
    for (field, value) in fields {
        match value {
            Value::Object(slot) if slot.contains_key("call") => held.push((field, None)),
            Value::Object(keyed) => held.extend(keyed.into_iter().map(|(key, _)| (field.clone(), Some(key)))),
            _ => {}
        }
    }
    held
}

/// The account without these facts.
pub(crate) fn without(facts: &Facts, taken: &[&(String, Option<String>)]) -> Facts {
    let mut json = serde_json::to_value(facts).unwrap();
    for (field, key) in taken {
        match key {
            None => json[field] = Value::Null,
            Some(key) => drop(json[field].as_object_mut().unwrap().remove(key)),
        }
    }
    serde_json::from_value(json).unwrap()
}
