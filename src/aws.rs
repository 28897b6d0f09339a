//! The only code that knows the AWS SDK: one file a service, one function an operation, each translating the SDK's type to
//! ours.
//!
//! It is strict where the SDK is lenient, since a wrong verdict would follow: an answer that is cut, empty, or not what was
//! asked for is [`Cause::Malformed`](crate::account::unavailable::Cause::Malformed), never an empty list ([`shape`]); a list is read
//! to its last page or not at all ([`pages`]); an operation that is not in the list of operations is never sent ([`guard`]).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::identity::IdentityCache;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::account::facts::{
    AccessKey, AccountAssignment, Acl, Alarms, Bucket, Caller, EventSelectors, Group, IdentityCenterInstance, Key,
    LoginProfile, ManagedPolicy, Metric, MfaDevice, MuteRule, OfBucket, Organization, OrganizationAccount,
    OrganizationRoot, OrganizationalUnit, PermissionSet, PublicAccessBlock, Role, Scp, ScpTarget, Subscription,
    SubscriptionAttributes, Topic, Trail, TrailStatus, User,
};
use crate::account::source::{Answer, BucketName, InstanceIn, PolicyScope, Source};
use crate::account::unavailable::Cause;
use crate::iam::partition::partition_of;
use credentials::Reach;
use endpoints::Endpoints;
use trust::CaBundle;

mod cloudtrail;
mod cloudwatch;
mod connect_error;
mod convert;
mod credentials;
mod ec2;
mod endpoints;
mod errors;
mod guard;
mod http;
mod iam;
mod kms;
mod mask;
mod organizations;
mod pages;
mod s3;
mod setup;
mod shape;
mod sns;
mod ssoadmin;
mod sts;
#[cfg(test)]
mod tests;
mod trust;
mod xml;

pub use connect_error::ConnectError;
pub use setup::{AmbientOrigin, Setup};

/// How long a connection may take at least: of the usual 30 seconds a tenth.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one call may take where the audit may take for ever.
const ENDLESS: Duration = Duration::from_mins(10);

/// Throttling usually passes within this many tries.
const TRIES: u32 = 4;

/// How to reach AWS.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where services without regions are asked, and the region of the credentials' own calls.
    pub home_region: String,
    /// How long the whole audit may take; none: for ever.
    pub timeout: Option<Duration>,
}

impl Options {
    /// How long one call may take, tries included: half of the audit's time, so that a call that never answers does not take
    /// what depends on it along.
    fn call_timeout(&self) -> Duration {
        self.timeout.map_or(ENDLESS, |timeout| timeout / 2)
    }

    /// How long a connection may take.
    fn connect_timeout(&self) -> Duration {
        self.timeout.map_or(ENDLESS / 5, |timeout| CONNECT_TIMEOUT.max(timeout / 10))
    }
}

/// AWS, with credentials.
pub struct Aws {
    config: SdkConfig,
    home_region: String,
    cloudtrail: Regional<aws_sdk_cloudtrail::Client>,
    cloudwatch: Regional<aws_sdk_cloudwatch::Client>,
    ec2: Regional<aws_sdk_ec2::Client>,
    iam: Regional<aws_sdk_iam::Client>,
    kms: Regional<aws_sdk_kms::Client>,
    organizations: Regional<aws_sdk_organizations::Client>,
    s3: Regional<aws_sdk_s3::Client>,
    s3_by_path: Regional<aws_sdk_s3::Client>,
    sns: Regional<aws_sdk_sns::Client>,
    ssoadmin: Regional<aws_sdk_ssoadmin::Client>,
    sts: Regional<aws_sdk_sts::Client>,
}

/// A service's clients by region, each made when it is first needed.
struct Regional<C> {
    made: RefCell<BTreeMap<String, C>>,
}

impl<C> Default for Regional<C> {
    fn default() -> Self {
        Regional { made: RefCell::default() }
    }
}

impl<C: Clone> Regional<C> {
    fn client(&self, region: &str, make: impl FnOnce(&str) -> C) -> C {
        self.made.borrow_mut().entry(region.to_owned()).or_insert_with(|| make(region)).clone()
    }
}

impl Aws {
    /// Finds the credentials that AWS users expect, and makes sure that there are some. No call of the audit is made.
    ///
    /// # Errors
    ///
    /// No credentials, or a set-up that cannot give any.
    pub async fn connect(setup: Setup, options: Options) -> Result<Aws, ConnectError> {
        let client = http::client(CaBundle::of(&setup)?);
        let cache = IdentityCache::lazy().load_timeout(credentials::longest(options.timeout)).build();
        let base = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(options.home_region.clone()))
            .http_client(client.clone())
            .timeout_config(timeouts(&options))
            .retry_config(retries())
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().build())
            .use_fips(setup.switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?.unwrap_or(false))
            .use_dual_stack(setup.switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?.unwrap_or(false))
            .service_config(Endpoints::of(&setup)?)
            .build();
        let tries = setup.number("AWS_MAX_ATTEMPTS", "max_attempts")?;
        let config = base.to_builder().retry_config(retries_for_credentials()).build();
        let reach = Reach { setup, config, wary: http::wary(client), timeout: options.timeout };
        let credentials = credentials::load(reach).await?;
        let retries = retries().with_max_attempts(tries.unwrap_or(TRIES));
        let config = base.into_builder().credentials_provider(credentials).identity_cache(cache).retry_config(retries);
        Ok(Aws::new(config.build(), options.home_region))
    }

    fn new(config: SdkConfig, home_region: String) -> Self {
        Aws {
            config,
            home_region,
            cloudtrail: Regional::default(),
            cloudwatch: Regional::default(),
            ec2: Regional::default(),
            iam: Regional::default(),
            kms: Regional::default(),
            organizations: Regional::default(),
            s3: Regional::default(),
            s3_by_path: Regional::default(),
            sns: Regional::default(),
            ssoadmin: Regional::default(),
            sts: Regional::default(),
        }
    }

    /// Whether the region is of the home region's partition: credentials of one mean nothing in another, where their call would
    /// be refused, and seen by those who watch it.
    fn within(&self, region: &str) -> Answer<()> {
        let (home, other) = (partition_of(&self.home_region), partition_of(region));
        if home == other {
            return Ok(());
        }
        let mut why = format!(
            "{region} is in the partition {other}, and the home Region {} in {home}: no request is sent there",
            self.home_region
        );
        if home == "aws-us-gov" {
            why.push_str("; billing data of a GovCloud account exists only in the associated standard account");
        }
        Err(Cause::Unknowable { why })
    }

    fn cloudtrail(&self, region: &str) -> Answer<aws_sdk_cloudtrail::Client> {
        self.within(region)?;
        Ok(self.cloudtrail.client(region, |region| cloudtrail::client(&self.config, region)))
    }

    fn cloudwatch(&self, region: &str) -> Answer<aws_sdk_cloudwatch::Client> {
        self.within(region)?;
        Ok(self.cloudwatch.client(region, |region| cloudwatch::client(&self.config, region)))
    }

    fn iam(&self) -> aws_sdk_iam::Client {
        self.iam.client(&self.home_region, |region| iam::client(&self.config, region))
    }

    fn kms(&self, region: &str) -> Answer<aws_sdk_kms::Client> {
        self.within(region)?;
        Ok(self.kms.client(region, |region| kms::client(&self.config, region)))
    }

    fn organizations(&self) -> aws_sdk_organizations::Client {
        self.organizations.client(&self.home_region, |region| organizations::client(&self.config, region))
    }

    fn sns(&self, region: &str) -> Answer<aws_sdk_sns::Client> {
        self.within(region)?;
        Ok(self.sns.client(region, |region| sns::client(&self.config, region)))
    }

    fn ssoadmin(&self, region: &str) -> Answer<aws_sdk_ssoadmin::Client> {
        self.within(region)?;
        Ok(self.ssoadmin.client(region, |region| ssoadmin::client(&self.config, region)))
    }

    /// Clients for a bucket of that name. An endpoint of the operator's has no name for each bucket, so there it goes into the
    /// path, too.
    fn s3(&self, bucket: &str) -> impl Fn(&str) -> aws_sdk_s3::Client {
        let by_path = bucket.contains('.') || s3::has_endpoint(&self.config);
        let clients = if by_path { &self.s3_by_path } else { &self.s3 };
        move |region| clients.client(region, |region| s3::client(&self.config, region, by_path))
    }
}

/// A call ends by itself within its limit, and a try early enough to leave time for another.
fn timeouts(options: &Options) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(options.connect_timeout())
        .read_timeout(options.call_timeout().mul_f32(0.6))
        .operation_attempt_timeout(options.call_timeout().mul_f32(0.7))
        .operation_timeout(options.call_timeout())
        .build()
}

/// Backing off with jitter; a service that fails all the time is not asked all the time.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(TRIES)
        .with_initial_backoff(Duration::from_millis(500))
        .with_max_backoff(Duration::from_secs(4))
}

/// Whoever waits for credentials waits for a person's sake: a second try soon, and then what happened.
fn retries_for_credentials() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(500))
}

#[async_trait(?Send)]
impl Source for Aws {
    async fn caller(&self) -> Answer<Caller> {
        let client = self.sts.client(&self.home_region, |region| sts::client(&self.config, region));
        sts::caller(&client).await
    }

    async fn organization(&self) -> Answer<Option<Organization>> {
        organizations::organization(&self.organizations()).await
    }

    async fn account_alias(&self) -> Answer<Option<String>> {
        iam::account_alias(&self.iam()).await
    }

    async fn enabled_regions(&self, region: &str) -> Answer<Vec<String>> {
        self.within(region)?;
        let client = self.ec2.client(region, |region| ec2::client(&self.config, region));
        ec2::enabled_regions(&client).await
    }

    async fn account_summary(&self) -> Answer<BTreeMap<String, i64>> {
        iam::account_summary(&self.iam()).await
    }

    async fn users(&self) -> Answer<Vec<User>> {
        iam::users(&self.iam()).await
    }

    async fn groups(&self) -> Answer<Vec<Group>> {
        iam::groups(&self.iam()).await
    }

    async fn roles(&self) -> Answer<Vec<Role>> {
        iam::roles(&self.iam()).await
    }

    async fn policies(&self, scope: PolicyScope) -> Answer<Vec<ManagedPolicy>> {
        iam::policies(&self.iam(), scope).await
    }

    async fn mfa_devices(&self, user: &str) -> Answer<Vec<MfaDevice>> {
        iam::mfa_devices(&self.iam(), user).await
    }

    async fn login_profile(&self, user: &str) -> Answer<Option<LoginProfile>> {
        iam::login_profile(&self.iam(), user).await
    }

    async fn access_keys(&self, user: &str) -> Answer<Vec<AccessKey>> {
        iam::access_keys(&self.iam(), user).await
    }

    async fn policy_default_version(&self, arn: &str) -> Answer<Option<String>> {
        iam::policy_default_version(&self.iam(), arn).await
    }

    async fn policy_document(&self, arn: &str, version: &str) -> Answer<Option<String>> {
        iam::policy_document(&self.iam(), arn, version).await
    }

    async fn trails(&self, region: &str) -> Answer<Vec<Trail>> {
        cloudtrail::trails(&self.cloudtrail(region)?).await
    }

    async fn trail_status(&self, region: &str, arn: &str) -> Answer<TrailStatus> {
        cloudtrail::trail_status(&self.cloudtrail(region)?, arn).await
    }

    async fn event_selectors(&self, region: &str, arn: &str) -> Answer<EventSelectors> {
        cloudtrail::event_selectors(&self.cloudtrail(region)?, arn).await
    }

    async fn bucket(&self, bucket: BucketName<'_>) -> Answer<Option<Bucket>> {
        self.within(bucket.region)?;
        s3::bucket(&self.s3(bucket.name), bucket).await
    }

    async fn bucket_policy(&self, bucket: BucketName<'_>) -> Answer<OfBucket<String>> {
        self.within(bucket.region)?;
        s3::bucket_policy(&self.s3(bucket.name), bucket).await
    }

    async fn public_access_block(&self, bucket: BucketName<'_>) -> Answer<OfBucket<PublicAccessBlock>> {
        self.within(bucket.region)?;
        s3::public_access_block(&self.s3(bucket.name), bucket).await
    }

    async fn bucket_acl(&self, bucket: BucketName<'_>) -> Answer<OfBucket<Acl>> {
        self.within(bucket.region)?;
        s3::bucket_acl(&self.s3(bucket.name), bucket).await
    }

    async fn ownership_controls(&self, bucket: BucketName<'_>) -> Answer<OfBucket<String>> {
        self.within(bucket.region)?;
        s3::ownership_controls(&self.s3(bucket.name), bucket).await
    }

    async fn topics(&self, region: &str) -> Answer<Vec<String>> {
        sns::topics(&self.sns(region)?).await
    }

    async fn topic(&self, region: &str, arn: &str) -> Answer<Option<Topic>> {
        sns::topic(&self.sns(region)?, arn).await
    }

    async fn subscriptions(&self, region: &str, topic: &str) -> Answer<Option<Vec<Subscription>>> {
        sns::subscriptions(&self.sns(region)?, topic).await
    }

    async fn subscription(&self, region: &str, arn: &str) -> Answer<Option<SubscriptionAttributes>> {
        sns::subscription_attributes(&self.sns(region)?, arn).await
    }

    async fn alarms(&self, region: &str) -> Answer<Alarms> {
        cloudwatch::alarms(&self.cloudwatch(region)?).await
    }

    async fn alarm_mute_rules(&self, region: &str, alarm: &str) -> Answer<Vec<MuteRule>> {
        cloudwatch::alarm_mute_rules(&self.cloudwatch(region)?, alarm).await
    }

    async fn billing_metrics(&self, region: &str) -> Answer<Vec<Metric>> {
        cloudwatch::billing_metrics(&self.cloudwatch(region)?).await
    }

    async fn key(&self, region: &str, id: &str) -> Answer<Option<Key>> {
        kms::key(&self.kms(region)?, id).await
    }

    async fn key_policy(&self, region: &str, id: &str) -> Answer<Option<String>> {
        kms::key_policy(&self.kms(region)?, id).await
    }

    async fn organization_roots(&self) -> Answer<Vec<OrganizationRoot>> {
        organizations::roots(&self.organizations()).await
    }

    async fn organization_accounts(&self) -> Answer<Vec<OrganizationAccount>> {
        organizations::accounts(&self.organizations()).await
    }

    async fn organizational_units(&self, parent: &str) -> Answer<Vec<OrganizationalUnit>> {
        organizations::organizational_units(&self.organizations(), parent).await
    }

    async fn accounts_of(&self, parent: &str) -> Answer<Vec<String>> {
        organizations::accounts_of(&self.organizations(), parent).await
    }

    async fn scps(&self) -> Answer<Vec<Scp>> {
        organizations::scps(&self.organizations()).await
    }

    async fn scp_document(&self, id: &str) -> Answer<String> {
        organizations::scp_document(&self.organizations(), id).await
    }

    async fn scp_targets(&self, id: &str) -> Answer<Vec<ScpTarget>> {
        organizations::scp_targets(&self.organizations(), id).await
    }

    async fn trusted_services(&self) -> Answer<Vec<String>> {
        organizations::trusted_services(&self.organizations()).await
    }

    async fn root_features(&self) -> Answer<Vec<String>> {
        iam::root_features(&self.iam()).await
    }

    async fn owns_bucket(&self, region: &str, name: &str) -> Answer<bool> {
        self.within(region)?;
        s3::owns(&self.s3(name)(region), name).await
    }

    async fn identity_center_instances(&self, region: &str) -> Answer<Vec<IdentityCenterInstance>> {
        ssoadmin::instances(&self.ssoadmin(region)?).await
    }

    async fn provisioned_permission_sets(&self, instance: InstanceIn<'_>, account: &str) -> Answer<Vec<String>> {
        ssoadmin::provisioned_permission_sets(&self.ssoadmin(instance.region)?, instance.arn, account).await
    }

    async fn permission_set(&self, instance: InstanceIn<'_>, set: &str) -> Answer<PermissionSet> {
        ssoadmin::permission_set(&self.ssoadmin(instance.region)?, instance.arn, set).await
    }

    async fn account_assignments(
        &self,
        instance: InstanceIn<'_>,
        account: &str,
        set: &str,
    ) -> Answer<Vec<AccountAssignment>> {
        ssoadmin::account_assignments(&self.ssoadmin(instance.region)?, instance.arn, account, set).await
    }
}
