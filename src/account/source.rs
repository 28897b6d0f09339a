//! Where facts come from when they are asked for: AWS, or in a test whatever stands in for it.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::facts::{
    AccessKey, AccountAssignment, Acl, Alarms, Bucket, Caller, EventSelectors, Group, IdentityCenterInstance, Key,
    LoginProfile, ManagedPolicy, Metric, MfaDevice, MuteRule, OfBucket, Organization, OrganizationAccount,
    OrganizationRoot, OrganizationalUnit, PermissionSet, PublicAccessBlock, Role, Scp, ScpTarget, Subscription,
    SubscriptionAttributes, Topic, Trail, TrailStatus, User,
};
use super::unavailable::Cause;

/// What one operation told, or why it told nothing.
pub type Answer<T> = Result<T, Cause>;

/// Which managed policies `GetAccountAuthorizationDetails` is to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyScope {
    /// The account's own.
    Customer,
    /// AWS's, as far as they are in use.
    Aws,
}

/// A bucket to ask about.
#[derive(Debug, Clone, Copy)]
pub struct BucketName<'a> {
    /// Its name.
    pub name: &'a str,
    /// The region to ask first; S3 names the right one if it is another.
    pub region: &'a str,
    /// The account that must own it (`ExpectedBucketOwner`).
    pub owner: &'a str,
}

/// An instance of IAM Identity Center to ask about.
#[derive(Debug, Clone, Copy)]
pub struct InstanceIn<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The region that answers for it.
    pub region: &'a str,
}

/// One method an operation: it asks once, all pages, and gives the whole answer or none of it.
#[async_trait(?Send)]
#[expect(missing_docs, reason = "each method is one fact; `Facts` says what each is")]
pub trait Source {
    async fn caller(&self) -> Answer<Caller>;
    async fn organization(&self) -> Answer<Option<Organization>>;
    async fn account_alias(&self) -> Answer<Option<String>>;
    async fn enabled_regions(&self, region: &str) -> Answer<Vec<String>>;
    async fn account_summary(&self) -> Answer<BTreeMap<String, i64>>;
    async fn users(&self) -> Answer<Vec<User>>;
    async fn groups(&self) -> Answer<Vec<Group>>;
    async fn roles(&self) -> Answer<Vec<Role>>;
    async fn policies(&self, scope: PolicyScope) -> Answer<Vec<ManagedPolicy>>;
    async fn mfa_devices(&self, user: &str) -> Answer<Vec<MfaDevice>>;
    async fn login_profile(&self, user: &str) -> Answer<Option<LoginProfile>>;
    async fn access_keys(&self, user: &str) -> Answer<Vec<AccessKey>>;
    async fn policy_default_version(&self, arn: &str) -> Answer<Option<String>>;
    async fn policy_document(&self, arn: &str, version: &str) -> Answer<Option<String>>;
    async fn trails(&self, region: &str) -> Answer<Vec<Trail>>;
    async fn trail_status(&self, region: &str, arn: &str) -> Answer<TrailStatus>;
    async fn event_selectors(&self, region: &str, arn: &str) -> Answer<EventSelectors>;
    async fn bucket(&self, bucket: BucketName<'_>) -> Answer<Option<Bucket>>;
    async fn bucket_policy(&self, bucket: BucketName<'_>) -> Answer<OfBucket<String>>;
    async fn public_access_block(&self, bucket: BucketName<'_>) -> Answer<OfBucket<PublicAccessBlock>>;
    async fn bucket_acl(&self, bucket: BucketName<'_>) -> Answer<OfBucket<Acl>>;
    async fn ownership_controls(&self, bucket: BucketName<'_>) -> Answer<OfBucket<String>>;
    async fn topics(&self, region: &str) -> Answer<Vec<String>>;
    async fn topic(&self, region: &str, arn: &str) -> Answer<Option<Topic>>;
    async fn subscriptions(&self, region: &str, topic: &str) -> Answer<Option<Vec<Subscription>>>;
    async fn subscription(&self, region: &str, arn: &str) -> Answer<Option<SubscriptionAttributes>>;
    async fn alarms(&self, region: &str) -> Answer<Alarms>;
    async fn alarm_mute_rules(&self, region: &str, alarm: &str) -> Answer<Vec<MuteRule>>;
    async fn billing_metrics(&self, region: &str) -> Answer<Vec<Metric>>;
    async fn key(&self, region: &str, id: &str) -> Answer<Option<Key>>;
    async fn key_policy(&self, region: &str, id: &str) -> Answer<Option<String>>;
    async fn organization_roots(&self) -> Answer<Vec<OrganizationRoot>>;
    async fn organization_accounts(&self) -> Answer<Vec<OrganizationAccount>>;
    async fn organizational_units(&self, parent: &str) -> Answer<Vec<OrganizationalUnit>>;
    async fn accounts_of(&self, parent: &str) -> Answer<Vec<String>>;
    async fn scps(&self) -> Answer<Vec<Scp>>;
    async fn scp_document(&self, id: &str) -> Answer<String>;
    async fn scp_targets(&self, id: &str) -> Answer<Vec<ScpTarget>>;
    async fn trusted_services(&self) -> Answer<Vec<String>>;
    async fn root_features(&self) -> Answer<Vec<String>>;
    async fn owns_bucket(&self, region: &str, name: &str) -> Answer<bool>;
    async fn identity_center_instances(&self, region: &str) -> Answer<Vec<IdentityCenterInstance>>;
    async fn provisioned_permission_sets(&self, instance: InstanceIn<'_>, account: &str) -> Answer<Vec<String>>;
    async fn permission_set(&self, instance: InstanceIn<'_>, set: &str) -> Answer<PermissionSet>;
    async fn account_assignments(
        &self,
        instance: InstanceIn<'_>,
        account: &str,
        set: &str,
    ) -> Answer<Vec<AccountAssignment>>;
}
