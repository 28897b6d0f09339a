//! The account: the only thing that a check sees of AWS.
//!
//! One async method a fact. Each fact is asked for at most once an audit, only when a check asks, and is shared by the
//! checks that need it; so checks that start together make the fewest calls in the fewest rounds.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::account::operation::Operation;

pub mod cache;
pub(crate) mod concurrency;
pub(crate) mod denial;
pub mod facts;
pub mod operation;
pub mod source;
pub mod unavailable;

pub use cache::{CachedFact, Fact, Observed};
use concurrency::{AdaptiveLimit, Effort, ServiceLimits};
use facts::{
    AccessKey, AccountAssignment, Acl, Alarms, Bucket, Caller, EventSelectors, Facts, Group, IdentityCenterInstance,
    Key, LoginProfile, ManagedPolicy, Metric, MfaDevice, MuteRule, OfBucket, Organization, OrganizationAccount,
    OrganizationRoot, OrganizationalUnit, PermissionSet, PublicAccessBlock, Role, Scp, ScpTarget, Subscription,
    SubscriptionAttributes, Topic, Trail, TrailStatus, User,
};
use source::{BucketName, InstanceIn, PolicyScope, Source};
pub use unavailable::{Call, Cause, Unavailable};

/// One call that was made: for `-v`, and for progress.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// The call.
    pub call: Call,
    /// From the start of the audit to the question.
    pub asked_after: Duration,
    /// From the question to the answer, tries included.
    pub took: Duration,
    /// How often it had to be asked again.
    pub retries: u32,
    /// Why it told nothing, if it did not.
    pub failed: Option<String>,
}

/// What somebody who watches an audit is told.
pub enum Event<'a> {
    /// A call begins.
    Started(&'a Call),
    /// A call has ended.
    Finished(&'a CallRecord),
}

/// Somebody who watches an audit.
pub type CallObserver = Box<dyn FnMut(Event<'_>)>;

/// The facts of one account, and where to ask for those that are not known yet.
pub struct Account {
    facts: Facts,
    now: Timestamp,
    denied: RefCell<HashSet<Unavailable>>,
    live: Option<Live>,
}

/// What came back of all calls so far, whatever they asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reachability {
    /// AWS answered at least once, be it with an error.
    pub anything: bool,
    /// At least one answer was of somebody who knew the credentials.
    pub accepted: bool,
}

struct Live {
    heard: Cell<Reachability>,
    source: Box<dyn Source>,
    started: Instant,
    deadline: Option<Instant>,
    pace: Rc<AdaptiveLimit>,
    of_service: ServiceLimits,
    watcher: RefCell<CallObserver>,
}

impl Account {
    /// An account of recorded facts: what is not among them is [`Cause::NotCollected`].
    /// `now` is the clock of every judgement about age.
    #[must_use]
    pub fn recorded(facts: Facts, now: Timestamp) -> Self {
        Account { facts, now, denied: RefCell::default(), live: None }
    }

    /// An account whose facts are asked of `source`. After `timeout`, one deadline for the whole audit, every fact that is
    /// not known by then is [`Cause::TimedOut`].
    #[must_use]
    pub fn live(source: Box<dyn Source>, now: Timestamp, timeout: Option<Duration>, watcher: CallObserver) -> Self {
        let started = Instant::now();
        let live = Live {
            heard: Cell::default(),
            source,
            started,
            deadline: timeout.and_then(|timeout| started.checked_add(timeout)),
            pace: Rc::new(AdaptiveLimit::new()),
            of_service: ServiceLimits::new(),
            watcher: RefCell::new(watcher),
        };
        Account { facts: Facts::default(), now, denied: RefCell::default(), live: Some(live) }
    }

    /// The same account, of which nothing more is asked: what was not asked so far is [`Cause::NotCollected`].
    #[must_use]
    pub fn closed(self) -> Self {
        Account { live: None, ..self }
    }

    /// The facts so far; after an audit, those that it used.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What came back of all calls so far; `None` for recorded facts.
    #[must_use]
    pub fn heard(&self) -> Option<Reachability> {
        self.live.as_ref().map(|live| live.heard.get())
    }

    /// The calls so far that AWS denied, each once and in no order, also those that no finding speaks of.
    #[must_use]
    pub fn denied(&self) -> HashSet<Unavailable> {
        self.denied.borrow().clone()
    }

    /// The time of the audit: every age is reckoned from it, today or from a file.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The one place where a fact is asked for: once, within the deadline, a bounded number at a time.
    async fn ask<'a, V>(
        &'a self,
        slot: &'a CachedFact<V>,
        call: Call,
        question: impl AsyncFnOnce(&dyn Source) -> Result<V, Cause>,
    ) -> Fact<'a, V> {
        let fact = slot
            .recall(call, async |call| {
                let Some(live) = &self.live else { return Err(Cause::NotCollected) };
                live.ask(call, question(live.source.as_ref())).await
            })
            .await;
        if let Err(unavailable) = fact
            && matches!(unavailable.cause, Cause::Denied { .. })
        {
            self.denied.borrow_mut().insert(unavailable.clone());
        }
        fact
    }

    /// Who asks: the account's id, and the partition.
    pub async fn caller(&self) -> Fact<'_, Caller> {
        let call = Call::global(Operation::GetCallerIdentity);
        self.ask(&self.facts.caller, call, async |source| source.caller().await).await
    }

    /// The organization that the account is in, if any.
    pub async fn organization(&self) -> Fact<'_, Option<Organization>> {
        let call = Call::global(Operation::DescribeOrganization);
        self.ask(&self.facts.organization, call, async |source| source.organization().await).await
    }

    /// The account's alias, if it has one.
    pub async fn account_alias(&self) -> Fact<'_, Option<String>> {
        let call = Call::global(Operation::ListAccountAliases);
        self.ask(&self.facts.account_alias, call, async |source| source.account_alias().await).await
    }

    /// The regions that are enabled for the account; asked of `region`.
    pub async fn enabled_regions(&self, region: &str) -> Fact<'_, Vec<String>> {
        let call = Call::regional(Operation::DescribeRegions, region);
        self.ask(&self.facts.enabled_regions, call, async |source| source.enabled_regions(region).await).await
    }

    /// Counts and flags about the account's IAM entities and its root user, by AWS's names.
    pub async fn account_summary(&self) -> Fact<'_, BTreeMap<String, i64>> {
        let call = Call::global(Operation::GetAccountSummary);
        self.ask(&self.facts.account_summary, call, async |source| source.account_summary().await).await
    }

    /// All IAM users with their policies.
    pub async fn users(&self) -> Fact<'_, Vec<User>> {
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("users");
        self.ask(&self.facts.users, call, async |source| source.users().await).await
    }

    /// All IAM groups with their policies.
    pub async fn groups(&self) -> Fact<'_, Vec<Group>> {
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("groups");
        self.ask(&self.facts.groups, call, async |source| source.groups().await).await
    }

    /// All IAM roles with their policies and instance profiles.
    pub async fn roles(&self) -> Fact<'_, Vec<Role>> {
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("roles");
        self.ask(&self.facts.roles, call, async |source| source.roles().await).await
    }

    /// All customer-managed policies with the documents of their default versions.
    pub async fn customer_policies(&self) -> Fact<'_, Vec<ManagedPolicy>> {
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("customer managed policies");
        let slot = &self.facts.customer_policies;
        self.ask(slot, call, async |source| source.policies(PolicyScope::Customer).await).await
    }

    /// Those of AWS's managed policies that are in use; AWS need not list all of them.
    pub async fn aws_policies(&self) -> Fact<'_, Vec<ManagedPolicy>> {
        let call = Call::global(Operation::GetAccountAuthorizationDetails).about("AWS managed policies");
        self.ask(&self.facts.aws_policies, call, async |source| source.policies(PolicyScope::Aws).await).await
    }

    /// The MFA devices that are enabled for a user.
    pub async fn mfa_devices(&self, user: &str) -> Fact<'_, Vec<MfaDevice>> {
        let call = Call::global(Operation::ListMfaDevices).about(user);
        self.ask(self.facts.mfa_devices.slot(user), call, async |source| source.mfa_devices(user).await).await
    }

    /// A user's console password, if there is one.
    pub async fn login_profile(&self, user: &str) -> Fact<'_, Option<LoginProfile>> {
        let call = Call::global(Operation::GetLoginProfile).about(user);
        self.ask(self.facts.login_profiles.slot(user), call, async |source| source.login_profile(user).await).await
    }

    /// A user's access keys.
    pub async fn access_keys(&self, user: &str) -> Fact<'_, Vec<AccessKey>> {
        let call = Call::global(Operation::ListAccessKeys).about(user);
        self.ask(self.facts.access_keys.slot(user), call, async |source| source.access_keys(user).await).await
    }

    /// The default version of a managed policy, by ARN; `None`: no such policy.
    pub async fn policy_default_version(&self, arn: &str) -> Fact<'_, Option<String>> {
        let call = Call::global(Operation::GetPolicy).about(arn);
        let slot = self.facts.policy_default_versions.slot(arn);
        self.ask(slot, call, async |source| source.policy_default_version(arn).await).await
    }

    /// The document of one version of a managed policy; `None`: no such version.
    pub async fn policy_document(&self, arn: &str, version: &str) -> Fact<'_, Option<String>> {
        let key = format!("{arn} {version}");
        let call = Call::global(Operation::GetPolicyVersion).about(&key);
        let slot = self.facts.policy_documents.slot(&key);
        self.ask(slot, call, async |source| source.policy_document(arn, version).await).await
    }

    /// The trails that a region knows, shadow trails included.
    pub async fn trails(&self, region: &str) -> Fact<'_, Vec<Trail>> {
        let call = Call::regional(Operation::DescribeTrails, region);
        self.ask(self.facts.trails.slot(region), call, async |source| source.trails(region).await).await
    }

    /// A trail's status, asked in `region` by ARN.
    pub async fn trail_status(&self, region: &str, arn: &str) -> Fact<'_, TrailStatus> {
        let call = Call::regional(Operation::GetTrailStatus, region).about(arn);
        self.ask(self.facts.trail_status.slot(arn), call, async |source| source.trail_status(region, arn).await).await
    }

    /// A trail's event selectors, asked in `region` by ARN.
    pub async fn event_selectors(&self, region: &str, arn: &str) -> Fact<'_, EventSelectors> {
        let call = Call::regional(Operation::GetEventSelectors, region).about(arn);
        let slot = self.facts.event_selectors.slot(arn);
        self.ask(slot, call, async |source| source.event_selectors(region, arn).await).await
    }

    /// A bucket, if it exists; one of another owner is refused, not absent.
    pub async fn bucket(&self, bucket: BucketName<'_>) -> Fact<'_, Option<Bucket>> {
        let call = Call::regional(Operation::HeadBucket, bucket.region).about(bucket.name);
        self.ask(self.facts.buckets.slot(bucket.name), call, async |source| source.bucket(bucket).await).await
    }

    /// A bucket's policy.
    pub async fn bucket_policy(&self, bucket: BucketName<'_>) -> Fact<'_, OfBucket<String>> {
        let call = Call::regional(Operation::GetBucketPolicy, bucket.region).about(bucket.name);
        let slot = self.facts.bucket_policies.slot(bucket.name);
        self.ask(slot, call, async |source| source.bucket_policy(bucket).await).await
    }

    /// A bucket's own public access block.
    pub async fn public_access_block(&self, bucket: BucketName<'_>) -> Fact<'_, OfBucket<PublicAccessBlock>> {
        let call = Call::regional(Operation::GetPublicAccessBlock, bucket.region).about(bucket.name);
        let slot = self.facts.public_access_blocks.slot(bucket.name);
        self.ask(slot, call, async |source| source.public_access_block(bucket).await).await
    }

    /// A bucket's access control list.
    pub async fn bucket_acl(&self, bucket: BucketName<'_>) -> Fact<'_, OfBucket<Acl>> {
        let call = Call::regional(Operation::GetBucketAcl, bucket.region).about(bucket.name);
        let slot = self.facts.bucket_acls.slot(bucket.name);
        self.ask(slot, call, async |source| source.bucket_acl(bucket).await).await
    }

    /// A bucket's `ObjectOwnership`.
    pub async fn ownership_controls(&self, bucket: BucketName<'_>) -> Fact<'_, OfBucket<String>> {
        let call = Call::regional(Operation::GetBucketOwnershipControls, bucket.region).about(bucket.name);
        let slot = self.facts.ownership_controls.slot(bucket.name);
        self.ask(slot, call, async |source| source.ownership_controls(bucket).await).await
    }

    /// The ARNs of a region's topics.
    pub async fn topics(&self, region: &str) -> Fact<'_, Vec<String>> {
        let call = Call::regional(Operation::ListTopics, region);
        self.ask(self.facts.topics.slot(region), call, async |source| source.topics(region).await).await
    }

    /// A topic, if it exists.
    pub async fn topic(&self, region: &str, arn: &str) -> Fact<'_, Option<Topic>> {
        let call = Call::regional(Operation::GetTopicAttributes, region).about(arn);
        self.ask(self.facts.topic_attributes.slot(arn), call, async |source| source.topic(region, arn).await).await
    }

    /// A topic's subscriptions, if the topic exists.
    pub async fn subscriptions(&self, region: &str, topic: &str) -> Fact<'_, Option<Vec<Subscription>>> {
        let call = Call::regional(Operation::ListSubscriptionsByTopic, region).about(topic);
        let slot = self.facts.subscriptions.slot(topic);
        self.ask(slot, call, async |source| source.subscriptions(region, topic).await).await
    }

    /// A subscription's attributes, if it exists.
    pub async fn subscription(&self, region: &str, arn: &str) -> Fact<'_, Option<SubscriptionAttributes>> {
        let call = Call::regional(Operation::GetSubscriptionAttributes, region).about(arn);
        let slot = self.facts.subscription_attributes.slot(arn);
        self.ask(slot, call, async |source| source.subscription(region, arn).await).await
    }

    /// A region's alarms.
    pub async fn alarms(&self, region: &str) -> Fact<'_, Alarms> {
        let call = Call::regional(Operation::DescribeAlarms, region);
        self.ask(self.facts.alarms.slot(region), call, async |source| source.alarms(region).await).await
    }

    /// The rules that mute an alarm's actions, by the alarm's name, but for those that are expired.
    pub async fn alarm_mute_rules(&self, region: &str, alarm: &str) -> Fact<'_, Vec<MuteRule>> {
        let call = Call::regional(Operation::ListAlarmMuteRules, region).about(alarm);
        let slot = self.facts.alarm_mute_rules.slot(&format!("{region} {alarm}"));
        self.ask(slot, call, async |source| source.alarm_mute_rules(region, alarm).await).await
    }

    /// The metrics `AWS/Billing EstimatedCharges` that a region has had data of within two weeks.
    pub async fn billing_metrics(&self, region: &str) -> Fact<'_, Vec<Metric>> {
        let call = Call::regional(Operation::ListMetrics, region);
        self.ask(self.facts.billing_metrics.slot(region), call, async |source| source.billing_metrics(region).await)
            .await
    }

    /// A KMS key by alias, id or ARN, if it exists.
    pub async fn key(&self, region: &str, id: &str) -> Fact<'_, Option<Key>> {
        let call = Call::regional(Operation::DescribeKey, region).about(id);
        let slot = self.facts.keys.slot(&format!("{region} {id}"));
        self.ask(slot, call, async |source| source.key(region, id).await).await
    }

    /// The policy of a KMS key, by id or ARN, if the key exists.
    pub async fn key_policy(&self, region: &str, id: &str) -> Fact<'_, Option<String>> {
        let call = Call::regional(Operation::GetKeyPolicy, region).about(id);
        let slot = self.facts.key_policies.slot(&format!("{region} {id}"));
        self.ask(slot, call, async |source| source.key_policy(region, id).await).await
    }

    /// The roots of the organization; there is one.
    pub async fn organization_roots(&self) -> Fact<'_, Vec<OrganizationRoot>> {
        let call = Call::global(Operation::ListRoots);
        self.ask(&self.facts.organization_roots, call, async |source| source.organization_roots().await).await
    }

    /// The organization's accounts, the management account included.
    pub async fn organization_accounts(&self) -> Fact<'_, Vec<OrganizationAccount>> {
        let call = Call::global(Operation::ListAccounts);
        self.ask(&self.facts.organization_accounts, call, async |source| source.organization_accounts().await).await
    }

    /// The OUs directly in the root or OU of that ID.
    pub async fn organizational_units(&self, parent: &str) -> Fact<'_, Vec<OrganizationalUnit>> {
        let call = Call::global(Operation::ListOrganizationalUnitsForParent).about(parent);
        let slot = self.facts.organizational_units.slot(parent);
        self.ask(slot, call, async |source| source.organizational_units(parent).await).await
    }

    /// The IDs of the accounts directly in the root or OU of that ID.
    pub async fn accounts_of(&self, parent: &str) -> Fact<'_, Vec<String>> {
        let call = Call::global(Operation::ListAccountsForParent).about(parent);
        let slot = self.facts.accounts_of_parents.slot(parent);
        self.ask(slot, call, async |source| source.accounts_of(parent).await).await
    }

    /// The service control policies, attached or not.
    pub async fn scps(&self) -> Fact<'_, Vec<Scp>> {
        let call = Call::global(Operation::ListPolicies).about("service control policies");
        self.ask(&self.facts.scps, call, async |source| source.scps().await).await
    }

    /// The document of a service control policy, by ID.
    pub async fn scp_document(&self, id: &str) -> Fact<'_, String> {
        let call = Call::global(Operation::DescribePolicy).about(id);
        self.ask(self.facts.scp_documents.slot(id), call, async |source| source.scp_document(id).await).await
    }

    /// What a service control policy is attached to, by ID.
    pub async fn scp_targets(&self, id: &str) -> Fact<'_, Vec<ScpTarget>> {
        let call = Call::global(Operation::ListTargetsForPolicy).about(id);
        self.ask(self.facts.scp_targets.slot(id), call, async |source| source.scp_targets(id).await).await
    }

    /// The service principals with trusted access to the organization.
    pub async fn trusted_services(&self) -> Fact<'_, Vec<String>> {
        let call = Call::global(Operation::ListAwsServiceAccessForOrganization);
        self.ask(&self.facts.trusted_services, call, async |source| source.trusted_services().await).await
    }

    /// The features of centralized root access that are on.
    pub async fn root_features(&self) -> Fact<'_, Vec<String>> {
        let call = Call::global(Operation::ListOrganizationsFeatures);
        self.ask(&self.facts.root_features, call, async |source| source.root_features().await).await
    }

    /// Whether this account owns the bucket of that name; asked of `region`.
    pub async fn owns_bucket(&self, region: &str, name: &str) -> Fact<'_, bool> {
        let call = Call::regional(Operation::ListBuckets, region).about(name);
        let slot = self.facts.owned_buckets.slot(name);
        self.ask(slot, call, async |source| source.owns_bucket(region, name).await).await
    }

    /// The instances of IAM Identity Center that a region knows.
    pub async fn identity_center_instances(&self, region: &str) -> Fact<'_, Vec<IdentityCenterInstance>> {
        let call = Call::regional(Operation::ListInstances, region);
        let slot = self.facts.identity_center_instances.slot(region);
        self.ask(slot, call, async |source| source.identity_center_instances(region).await).await
    }

    /// The ARNs of the permission sets that are provisioned to an account.
    pub async fn provisioned_permission_sets(&self, instance: InstanceIn<'_>, account: &str) -> Fact<'_, Vec<String>> {
        let key = format!("{} {account}", instance.arn);
        let call = Call::regional(Operation::ListPermissionSetsProvisionedToAccount, instance.region).about(&key);
        let slot = self.facts.provisioned_permission_sets.slot(&key);
        self.ask(slot, call, async |source| source.provisioned_permission_sets(instance, account).await).await
    }

    /// A permission set, by ARN.
    pub async fn permission_set(&self, instance: InstanceIn<'_>, set: &str) -> Fact<'_, PermissionSet> {
        let call = Call::regional(Operation::DescribePermissionSet, instance.region).about(set);
        self.ask(self.facts.permission_sets.slot(set), call, async |source| source.permission_set(instance, set).await)
            .await
    }

    /// Who has a permission set in an account.
    pub async fn account_assignments(
        &self,
        instance: InstanceIn<'_>,
        account: &str,
        set: &str,
    ) -> Fact<'_, Vec<AccountAssignment>> {
        let key = format!("{} {account} {set}", instance.arn);
        let call = Call::regional(Operation::ListAccountAssignments, instance.region).about(&key);
        let slot = self.facts.account_assignments.slot(&key);
        self.ask(slot, call, async |source| source.account_assignments(instance, account, set).await).await
    }
}

impl Live {
    async fn ask<V>(&self, call: &Call, answer: impl Future<Output = Result<V, Cause>>) -> Result<V, Cause> {
        let asked = async {
            // First that of the service: whoever waits for it must not hold up the others.
            let _of_service = self.of_service.turn(call.operation.spec().service).await;
            let _turn = self.pace.turn().await;
            let asked = Instant::now();
            self.tell(Event::Started(call));
            let (outcome, retries) = Effort::of(&self.pace, answer).await;
            (asked, outcome, retries)
        };
        let (asked, outcome, retries) = match self.deadline {
            None => asked.await,
            Some(deadline) => {
                tokio::time::timeout_at(deadline, asked)
                    .map(|within| within.unwrap_or_else(|_| (Instant::now(), Err(Cause::TimedOut), 0)))
                    .await
            }
        };
        self.hear(outcome.as_ref().err());
        let failed =
            outcome.as_ref().err().map(|cause| Unavailable { call: call.clone(), cause: cause.clone() }.reason());
        self.tell(Event::Finished(&CallRecord {
            call: call.clone(),
            asked_after: asked.duration_since(self.started),
            took: asked.elapsed(),
            retries,
            failed,
        }));
        outcome
    }

    /// Keeps in mind what an answer says of AWS and of the credentials.
    fn hear(&self, failure: Option<&Cause>) {
        let Reachability { anything, accepted } = self.heard.get();
        self.heard.set(Reachability {
            anything: anything
                || !matches!(failure, Some(Cause::Unreachable { .. } | Cause::TimedOut | Cause::CallTimedOut { .. })),
            // Whoever is denied is known; other errors may come before anybody is asked who it is.
            accepted: accepted || matches!(failure, None | Some(Cause::Denied { .. })),
        });
    }

    fn tell(&self, event: Event<'_>) {
        (self.watcher.borrow_mut())(event);
    }
}
