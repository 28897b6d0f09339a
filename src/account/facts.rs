//! The plain types of the facts. Their serde form is the snapshot.
//!
//! Every key is required: an `Option` that is missing from a file would read as "known to be absent", which it is not.
//! A field that AWS always sends and that was missing from an answer is `None` here, and a requirement that needs it is unknown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::account::cache::{CachedByKey, CachedFact};

/// Reads an `Option` whose key must be there, be it `null`.
pub(crate) fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// All facts of one audit. A field's name is its name in a snapshot.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// `sts:GetCallerIdentity`.
    pub caller: CachedFact<Caller>,
    /// `organizations:DescribeOrganization`; `None`: a standalone account.
    pub organization: CachedFact<Option<Organization>>,
    /// `iam:ListAccountAliases`.
    pub account_alias: CachedFact<Option<String>>,
    /// `ec2:DescribeRegions`: the regions that are enabled.
    pub enabled_regions: CachedFact<Vec<String>>,
    /// `iam:GetAccountSummary`: AWS's own names of the entries.
    pub account_summary: CachedFact<BTreeMap<String, i64>>,
    /// `iam:GetAccountAuthorizationDetails`, filter `User`.
    pub users: CachedFact<Vec<User>>,
    /// The same, filter `Group`.
    pub groups: CachedFact<Vec<Group>>,
    /// The same, filter `Role`.
    pub roles: CachedFact<Vec<Role>>,
    /// The same, filter `LocalManagedPolicy`.
    pub customer_policies: CachedFact<Vec<ManagedPolicy>>,
    /// The same, filter `AWSManagedPolicy`: those of AWS's that are in use.
    pub aws_policies: CachedFact<Vec<ManagedPolicy>>,
    /// `iam:ListMFADevices` by user name.
    pub mfa_devices: CachedByKey<Vec<MfaDevice>>,
    /// `iam:GetLoginProfile` by user name; `None`: no console password.
    pub login_profiles: CachedByKey<Option<LoginProfile>>,
    /// `iam:ListAccessKeys` by user name.
    pub access_keys: CachedByKey<Vec<AccessKey>>,
    /// `iam:GetPolicy` by policy ARN: the default version's id; `None`: no such policy.
    pub policy_default_versions: CachedByKey<Option<String>>,
    /// `iam:GetPolicyVersion` by `ARN version`: the document; `None`: no such version.
    pub policy_documents: CachedByKey<Option<String>>,
    /// `cloudtrail:DescribeTrails` by region, shadow trails included.
    pub trails: CachedByKey<Vec<Trail>>,
    /// `cloudtrail:GetTrailStatus` by trail ARN.
    pub trail_status: CachedByKey<TrailStatus>,
    /// `cloudtrail:GetEventSelectors` by trail ARN.
    pub event_selectors: CachedByKey<EventSelectors>,
    /// `s3:HeadBucket` by bucket name; `None`: no such bucket.
    pub buckets: CachedByKey<Option<Bucket>>,
    /// `s3:GetBucketPolicy` by bucket name.
    pub bucket_policies: CachedByKey<OfBucket<String>>,
    /// `s3:GetPublicAccessBlock` by bucket name.
    pub public_access_blocks: CachedByKey<OfBucket<PublicAccessBlock>>,
    /// `s3:GetBucketAcl` by bucket name.
    pub bucket_acls: CachedByKey<OfBucket<Acl>>,
    /// `s3:GetBucketOwnershipControls` by bucket name: the `ObjectOwnership` setting.
    pub ownership_controls: CachedByKey<OfBucket<String>>,
    /// `sns:ListTopics` by region: ARNs.
    pub topics: CachedByKey<Vec<String>>,
    /// `sns:GetTopicAttributes` by topic ARN; `None`: no such topic.
    pub topic_attributes: CachedByKey<Option<Topic>>,
    /// `sns:ListSubscriptionsByTopic` by topic ARN; `None`: no such topic.
    pub subscriptions: CachedByKey<Option<Vec<Subscription>>>,
    /// `sns:GetSubscriptionAttributes` by subscription ARN; `None`: no such subscription.
    pub subscription_attributes: CachedByKey<Option<SubscriptionAttributes>>,
    /// `cloudwatch:DescribeAlarms` by region.
    pub alarms: CachedByKey<Alarms>,
    /// `cloudwatch:ListAlarmMuteRules` by `region alarm`, the alarm's name: its rules that are not expired.
    pub alarm_mute_rules: CachedByKey<Vec<MuteRule>>,
    /// `cloudwatch:ListMetrics` of `AWS/Billing EstimatedCharges` by region.
    pub billing_metrics: CachedByKey<Vec<Metric>>,
    /// `kms:DescribeKey` by `region key`, the key as the topic names it; `None`: no such key.
    pub keys: CachedByKey<Option<Key>>,
    /// `kms:GetKeyPolicy` by `region key`; `None`: no such key.
    pub key_policies: CachedByKey<Option<String>>,
    /// `organizations:ListRoots`.
    #[serde(skip_serializing_if = "CachedFact::is_empty")]
    pub organization_roots: CachedFact<Vec<OrganizationRoot>>,
    /// `organizations:ListAccounts`.
    #[serde(skip_serializing_if = "CachedFact::is_empty")]
    pub organization_accounts: CachedFact<Vec<OrganizationAccount>>,
    /// `organizations:ListOrganizationalUnitsForParent` by the ID of the root or OU.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub organizational_units: CachedByKey<Vec<OrganizationalUnit>>,
    /// `organizations:ListAccountsForParent` by the ID of the root or OU: account IDs.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub accounts_of_parents: CachedByKey<Vec<String>>,
    /// `organizations:ListPolicies`, filter `SERVICE_CONTROL_POLICY`.
    #[serde(skip_serializing_if = "CachedFact::is_empty")]
    pub scps: CachedFact<Vec<Scp>>,
    /// `organizations:DescribePolicy` by policy ID: the document, plain JSON.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub scp_documents: CachedByKey<String>,
    /// `organizations:ListTargetsForPolicy` by policy ID.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub scp_targets: CachedByKey<Vec<ScpTarget>>,
    /// `organizations:ListAWSServiceAccessForOrganization`: service principals.
    #[serde(skip_serializing_if = "CachedFact::is_empty")]
    pub trusted_services: CachedFact<Vec<String>>,
    /// `iam:ListOrganizationsFeatures`: AWS's own names of the features that are on.
    #[serde(skip_serializing_if = "CachedFact::is_empty")]
    pub root_features: CachedFact<Vec<String>>,
    /// `s3:ListBuckets` by bucket name: whether this account owns it.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub owned_buckets: CachedByKey<bool>,
    /// `sso:ListInstances` by region.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub identity_center_instances: CachedByKey<Vec<IdentityCenterInstance>>,
    /// `sso:ListPermissionSetsProvisionedToAccount` by `instance account`: ARNs.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub provisioned_permission_sets: CachedByKey<Vec<String>>,
    /// `sso:DescribePermissionSet` by permission set ARN.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub permission_sets: CachedByKey<PermissionSet>,
    /// `sso:ListAccountAssignments` by `instance account set`.
    #[serde(skip_serializing_if = "CachedByKey::is_empty")]
    pub account_assignments: CachedByKey<Vec<AccountAssignment>>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account's id, 12 digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

impl Caller {
    /// The partition, from the caller's ARN: `aws`, `aws-cn`, `aws-us-gov` …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or_default()
    }
}

/// The organization that the account is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// `o-…`.
    pub id: String,
    /// The management account's id.
    pub management_account: String,
    /// `ALL` or `CONSOLIDATED_BILLING`. A snapshot of an older stagecheck lacks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature_set: Option<String>,
}

/// A policy that is written into a user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlinePolicy {
    /// Its name.
    pub name: String,
    /// Its document, percent-decoded; perhaps not JSON.
    pub document: String,
}

/// A managed policy as it is attached or set as a boundary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// Its attached policies.
    pub attached_policies: Vec<AttachedPolicy>,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// The ARN of its permissions boundary.
    #[serde(deserialize_with = "required")]
    pub boundary: Option<String>,
}

/// An IAM group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// Its attached policies.
    pub attached_policies: Vec<AttachedPolicy>,
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its ARN, with its path.
    pub arn: String,
    /// Its path, e.g. `/` or `/aws-service-role/ssm.amazonaws.com/`.
    pub path: String,
    /// Its trust policy, percent-decoded.
    pub trust_policy: String,
    /// Its policies.
    pub inline_policies: Vec<InlinePolicy>,
    /// Its attached policies.
    pub attached_policies: Vec<AttachedPolicy>,
    /// The names of the instance profiles that hold it.
    pub instance_profiles: Vec<String>,
    /// The ARN of its permissions boundary.
    #[serde(deserialize_with = "required")]
    pub boundary: Option<String>,
}

/// A managed policy with the document of its default version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The id of its default version, e.g. `v1`.
    pub default_version: String,
    /// The document of that version, percent-decoded; `None` where the listing lacks it.
    #[serde(deserialize_with = "required")]
    pub document: Option<String>,
    /// The other versions of a customer managed policy. `None`: not collected, as of AWS managed policies, whose versions nobody in
    /// the account can choose, and in a snapshot of an older stagecheck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<PolicyVersion>>,
}

/// A version of a customer managed policy that is not the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// Its id, e.g. `v1`.
    pub id: String,
    /// Its document, percent-decoded; `None` where the listing lacks it.
    #[serde(deserialize_with = "required")]
    pub document: Option<String>,
}

/// An MFA device that is enabled for a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaDevice {
    /// Its serial number: an ARN for a virtual device or a security key.
    pub serial_number: String,
}

/// A console password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// When it was set.
    #[serde(deserialize_with = "required")]
    pub created: Option<Timestamp>,
}

/// An access key of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The last four characters of its id.
    pub id_ends_with: String,
    /// `Active`, `Inactive` or `Expired`.
    #[serde(deserialize_with = "required")]
    pub status: Option<String>,
}

/// A trail, as `DescribeTrails` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The region that it was made in.
    #[serde(deserialize_with = "required")]
    pub home_region: Option<String>,
    /// The bucket that it delivers to.
    #[serde(deserialize_with = "required")]
    pub bucket: Option<String>,
    /// The prefix of its objects there, without a slash at its end.
    #[serde(deserialize_with = "required")]
    pub prefix: Option<String>,
    /// `IsMultiRegionTrail`.
    #[serde(deserialize_with = "required")]
    pub is_multi_region: Option<bool>,
    /// `IsOrganizationTrail`.
    #[serde(deserialize_with = "required")]
    pub is_organization: Option<bool>,
    /// `IncludeGlobalServiceEvents`.
    #[serde(deserialize_with = "required")]
    pub include_global_service_events: Option<bool>,
    /// `LogFileValidationEnabled`.
    #[serde(deserialize_with = "required")]
    pub log_file_validation: Option<bool>,
    /// The KMS key that encrypts its log files.
    #[serde(deserialize_with = "required")]
    pub kms_key: Option<String>,
}

/// What `GetTrailStatus` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailStatus {
    /// `IsLogging`.
    #[serde(deserialize_with = "required")]
    pub is_logging: Option<bool>,
    /// The latest delivery to S3.
    #[serde(deserialize_with = "required")]
    pub latest_delivery: Option<Timestamp>,
    /// S3's error at the latest try to deliver, e.g. `AccessDenied`.
    #[serde(deserialize_with = "required")]
    pub latest_delivery_error: Option<String>,
    /// S3's error at the latest try to deliver a digest.
    #[serde(deserialize_with = "required")]
    pub latest_digest_delivery_error: Option<String>,
    /// When logging was last started.
    #[serde(deserialize_with = "required")]
    pub started_logging: Option<Timestamp>,
    /// When logging was last stopped.
    #[serde(deserialize_with = "required")]
    pub stopped_logging: Option<Timestamp>,
}

/// A trail's event selectors; of the two kinds it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSelectors {
    /// Basic selectors.
    pub basic: Vec<BasicSelector>,
    /// Advanced selectors.
    pub advanced: Vec<AdvancedSelector>,
}

/// A basic event selector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasicSelector {
    /// `IncludeManagementEvents`.
    #[serde(deserialize_with = "required")]
    pub include_management_events: Option<bool>,
    /// `ReadWriteType`: `All`, `ReadOnly` or `WriteOnly`.
    #[serde(deserialize_with = "required")]
    pub read_write_type: Option<String>,
    /// `ExcludeManagementEventSources`.
    pub excluded_sources: Vec<String>,
}

/// An advanced event selector: all its fields must fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvancedSelector {
    /// Its name, if it has one.
    #[serde(deserialize_with = "required")]
    pub name: Option<String>,
    /// Its field selectors.
    pub fields: Vec<FieldSelector>,
}

/// One field of an advanced event selector. An operator that is not used is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSelector {
    /// `eventCategory`, `readOnly`, `eventSource` …
    pub field: String,
    /// `Equals`.
    pub equals: Vec<String>,
    /// `NotEquals`.
    pub not_equals: Vec<String>,
    /// `StartsWith`.
    pub starts_with: Vec<String>,
    /// `NotStartsWith`.
    pub not_starts_with: Vec<String>,
    /// `EndsWith`.
    pub ends_with: Vec<String>,
    /// `NotEndsWith`.
    pub not_ends_with: Vec<String>,
}

/// A bucket that exists and that its expected owner owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its region.
    #[serde(deserialize_with = "required")]
    pub region: Option<String>,
}

/// A setting of a bucket: three things that S3 may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfBucket<T> {
    /// There is no such bucket.
    NoSuchBucket,
    /// The bucket has no such setting.
    Absent,
    /// The setting.
    Present(T),
}

impl<T> OfBucket<T> {
    /// The setting, if there is one.
    #[must_use]
    pub fn present(&self) -> Option<&T> {
        match self {
            OfBucket::Present(value) => Some(value),
            OfBucket::NoSuchBucket | OfBucket::Absent => None,
        }
    }
}

/// A bucket's public access block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// `IgnorePublicAcls`.
    #[serde(deserialize_with = "required")]
    pub ignore_public_acls: Option<bool>,
    /// `RestrictPublicBuckets`.
    #[serde(deserialize_with = "required")]
    pub restrict_public_buckets: Option<bool>,
}

/// A bucket's access control list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    /// The owner's canonical id.
    #[serde(deserialize_with = "required")]
    pub owner: Option<String>,
    /// Its grants.
    pub grants: Vec<Grant>,
}

/// One grant of an access control list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// To whom.
    pub grantee: AclGrantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    #[serde(deserialize_with = "required")]
    pub permission: Option<String>,
}

/// To whom an access control list grants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AclGrantee {
    /// An account, by its canonical id.
    CanonicalUser(String),
    /// One of S3's predefined groups, by its URI.
    Group(String),
    /// Anything else, by what AWS calls its type.
    Other(String),
}

/// An SNS topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its access policy.
    #[serde(deserialize_with = "required")]
    pub policy: Option<String>,
    /// `KmsMasterKeyId`: an alias, an id or an ARN; `None`: not encrypted.
    #[serde(deserialize_with = "required")]
    pub kms_key: Option<String>,
}

/// A subscription, as `ListSubscriptionsByTopic` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its ARN, or one of the words `PendingConfirmation` and `Deleted`.
    pub arn: String,
    /// `email`, `sms`, `lambda` …
    #[serde(deserialize_with = "required")]
    pub protocol: Option<String>,
    /// Masked where it entered.
    #[serde(deserialize_with = "required")]
    pub endpoint: Option<String>,
}

/// What `GetSubscriptionAttributes` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionAttributes {
    /// `PendingConfirmation`.
    #[serde(deserialize_with = "required")]
    pub pending_confirmation: Option<bool>,
    /// `FilterPolicy`: JSON.
    #[serde(deserialize_with = "required")]
    pub filter_policy: Option<String>,
    /// `FilterPolicyScope`: `MessageAttributes` (the default) or `MessageBody`.
    #[serde(deserialize_with = "required")]
    pub filter_policy_scope: Option<String>,
}

/// A region's alarms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarms {
    /// Metric alarms.
    pub metric: Vec<MetricAlarm>,
    /// Composite alarms.
    pub composite: Vec<CompositeAlarm>,
}

/// A name and a value of a metric's dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name, e.g. `Currency`.
    pub name: String,
    /// Its value, e.g. `USD`.
    pub value: String,
}

/// A metric as `ListMetrics` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Its dimensions; `None`: CloudWatch did not return them.
    #[serde(deserialize_with = "required")]
    pub dimensions: Option<Vec<Dimension>>,
}

/// What an alarm watches: one metric and how it is summed up over a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricStat {
    /// E.g. `AWS/Billing`.
    #[serde(deserialize_with = "required")]
    pub namespace: Option<String>,
    /// E.g. `EstimatedCharges`.
    #[serde(deserialize_with = "required")]
    pub metric_name: Option<String>,
    /// Its dimensions; `None`: CloudWatch did not return them.
    #[serde(deserialize_with = "required")]
    pub dimensions: Option<Vec<Dimension>>,
    /// `Maximum`, `Average`, `Minimum`, `Sum`, `SampleCount`, or a percentile such as `p99`.
    #[serde(deserialize_with = "required")]
    pub statistic: Option<String>,
    /// Seconds.
    #[serde(deserialize_with = "required")]
    pub period: Option<i64>,
    /// Only data points of this unit are looked at.
    #[serde(deserialize_with = "required")]
    pub unit: Option<String>,
}

/// One entry of an alarm in math form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricQuery {
    /// Its id within the alarm.
    pub id: String,
    /// A math expression, if it is one.
    #[serde(deserialize_with = "required")]
    pub expression: Option<String>,
    /// A metric, if it is one.
    #[serde(deserialize_with = "required")]
    pub metric: Option<MetricStat>,
    /// Whether the alarm watches this entry.
    #[serde(deserialize_with = "required")]
    pub return_data: Option<bool>,
    /// The account that the metric is read from, if named.
    #[serde(deserialize_with = "required")]
    pub account_id: Option<String>,
}

/// A metric alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricAlarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The one metric that it watches; of an alarm in math form nothing of it is set.
    pub metric: MetricStat,
    /// Math form: metrics and expressions.
    pub queries: Vec<MetricQuery>,
    /// The threshold, in the metric's unit.
    #[serde(deserialize_with = "required")]
    pub threshold: Option<f64>,
    /// The id of an anomaly detection band.
    #[serde(deserialize_with = "required")]
    pub threshold_metric_id: Option<String>,
    /// `GreaterThanThreshold` …
    #[serde(deserialize_with = "required")]
    pub comparison_operator: Option<String>,
    /// How many periods are looked at.
    #[serde(deserialize_with = "required")]
    pub evaluation_periods: Option<i64>,
    /// How many of them must breach; absent: all.
    #[serde(deserialize_with = "required")]
    pub datapoints_to_alarm: Option<i64>,
    /// `missing` (the default), `notBreaching`, `breaching` or `ignore`.
    #[serde(deserialize_with = "required")]
    pub treat_missing_data: Option<String>,
    /// `ActionsEnabled`.
    #[serde(deserialize_with = "required")]
    pub actions_enabled: Option<bool>,
    /// What it notifies when it goes to ALARM: ARNs.
    #[serde(deserialize_with = "required")]
    pub alarm_actions: Option<Vec<String>>,
    /// What it notifies when it goes to OK.
    pub ok_actions: Vec<String>,
    /// What it notifies when data are missing.
    pub insufficient_data_actions: Vec<String>,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    #[serde(deserialize_with = "required")]
    pub state: Option<String>,
    /// `StateUpdatedTimestamp`.
    #[serde(deserialize_with = "required")]
    pub state_updated: Option<Timestamp>,
    /// `StateTransitionedTimestamp`.
    #[serde(deserialize_with = "required")]
    pub state_transitioned: Option<Timestamp>,
    /// `AlarmConfigurationUpdatedTimestamp`.
    #[serde(deserialize_with = "required")]
    pub configured: Option<Timestamp>,
    /// What few alarms have.
    #[serde(default)]
    pub rare: RareSettings,
}

/// What few alarms have, and CloudWatch leaves out of the answer for all others. A snapshot from before these were read lacks them too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RareSettings {
    /// Whether it has `EvaluationCriteria`: it watches a `PromQL` query and no metric of CloudWatch's own.
    pub evaluation_criteria: bool,
    /// `EvaluationState`: `EVALUATION_ERROR`, `EVALUATION_FAILURE` or `PARTIAL_DATA`.
    pub evaluation_state: Option<String>,
    /// `WarmUpConfiguration`: how many minutes after its configuration it is not evaluated yet.
    pub warm_up_minutes: Option<i64>,
    /// `EvaluationWindow`, where it is a wall clock window.
    pub wall_clock_window: Option<WallClockWindow>,
    /// `ActionConfiguration`: whether its notifications contain its tags.
    pub sends_tags: bool,
}

/// An evaluation window that begins and ends when the clock does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallClockWindow {
    /// Its time zone; `None`: UTC.
    #[serde(deserialize_with = "required")]
    pub timezone: Option<String>,
}

/// A rule that mutes an alarm's actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MuteRule {
    /// Its ARN.
    pub arn: String,
    /// `ACTIVE`, `SCHEDULED` or `EXPIRED`.
    #[serde(deserialize_with = "required")]
    pub status: Option<String>,
}

/// A composite alarm: it watches other alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositeAlarm {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its rule, e.g. `ALARM("billing")`.
    #[serde(deserialize_with = "required")]
    pub rule: Option<String>,
    /// What it notifies when it goes to ALARM: ARNs.
    pub alarm_actions: Vec<String>,
}

/// A KMS key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its ARN.
    pub arn: String,
    /// `AWS` (AWS's own, for this account) or `CUSTOMER`.
    #[serde(deserialize_with = "required")]
    pub manager: Option<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion` …
    #[serde(deserialize_with = "required")]
    pub state: Option<String>,
}

/// The root of an organization: the parent of its top OUs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRoot {
    /// `r-…`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name, `Root`.
    #[serde(deserialize_with = "required")]
    pub name: Option<String>,
    /// The policy types that are listed for it. One that is not listed is off.
    pub policy_types: Vec<RootPolicyType>,
}

/// A policy type of a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootPolicyType {
    /// `SERVICE_CONTROL_POLICY` …
    #[serde(rename = "type", deserialize_with = "required")]
    pub kind: Option<String>,
    /// `ENABLED`, `PENDING_ENABLE` or `PENDING_DISABLE`.
    #[serde(deserialize_with = "required")]
    pub status: Option<String>,
}

/// An account of an organization. Its email address is dropped where it enters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationAccount {
    /// 12 digits.
    pub id: String,
    /// Its ARN.
    #[serde(deserialize_with = "required")]
    pub arn: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "required")]
    pub name: Option<String>,
    /// `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`.
    #[serde(deserialize_with = "required")]
    pub state: Option<String>,
    /// The older form of `state`: `ACTIVE`, `SUSPENDED` or `PENDING_CLOSURE`.
    #[serde(deserialize_with = "required")]
    pub status: Option<String>,
    /// Where it is: `o-…/r-…/ou-…/…/ID/`.
    #[serde(deserialize_with = "required")]
    pub paths: Option<Vec<String>>,
    /// When it joined the organization.
    #[serde(deserialize_with = "required")]
    pub joined: Option<Timestamp>,
}

/// An organizational unit (OU).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationalUnit {
    /// `ou-…`.
    pub id: String,
    /// Its ARN.
    #[serde(deserialize_with = "required")]
    pub arn: Option<String>,
    /// Its name.
    pub name: String,
}

/// A service control policy (SCP), as `ListPolicies` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scp {
    /// `p-…`.
    pub id: String,
    /// Its ARN.
    #[serde(deserialize_with = "required")]
    pub arn: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it is AWS's own.
    pub aws_managed: bool,
}

/// What an SCP is attached to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScpTarget {
    /// `r-…`, `ou-…` or an account's ID.
    pub id: String,
    /// Its name.
    #[serde(deserialize_with = "required")]
    pub name: Option<String>,
    /// `ROOT`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`.
    #[serde(rename = "type", deserialize_with = "required")]
    pub kind: Option<String>,
}

/// An instance of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCenterInstance {
    /// Its ARN.
    pub arn: String,
    /// The account that owns it.
    #[serde(deserialize_with = "required")]
    pub owner_account: Option<String>,
    /// `d-…`.
    #[serde(deserialize_with = "required")]
    pub identity_store: Option<String>,
    /// `ACTIVE`, `CREATE_IN_PROGRESS`, `CREATE_FAILED` or `DELETE_IN_PROGRESS`.
    #[serde(deserialize_with = "required")]
    pub status: Option<String>,
    /// When it was created.
    #[serde(deserialize_with = "required")]
    pub created: Option<Timestamp>,
    /// The Region in which it was enabled, where it is in several.
    #[serde(deserialize_with = "required")]
    pub primary_region: Option<String>,
}

/// A permission set of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionSet {
    /// Its name.
    pub name: String,
}

/// Who has a permission set in an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAssignment {
    /// `USER` or `GROUP`.
    #[serde(deserialize_with = "required")]
    pub principal_type: Option<String>,
    /// The user's or group's ID in the identity store.
    #[serde(deserialize_with = "required")]
    pub principal_id: Option<String>,
}
