//! A source that is far away: every answer takes one round trip, so that the time of an audit, on a paused clock, counts its rounds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::Instant;

use super::now;
use crate::account::facts::{
    AccessKey, AccountAssignment, Acl, Alarms, Bucket, Caller, EventSelectors, Facts, Group, IdentityCenterInstance,
    Key, LoginProfile, ManagedPolicy, Metric, MfaDevice, MuteRule, OfBucket, Organization, OrganizationAccount,
    OrganizationRoot, OrganizationalUnit, PermissionSet, PublicAccessBlock, Role, Scp, ScpTarget, Subscription,
    SubscriptionAttributes, Topic, Trail, TrailStatus, User,
};
use crate::account::operation::Operation;
use crate::account::source::{Answer, BucketName, InstanceIn, PolicyScope, Source};
use crate::account::{Account, Event, Fact};
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::CheckResult;

const ROUND_TRIP: Duration = Duration::from_secs(1);

struct DelayedSource {
    account: Account,
    /// An operation that takes so many round trips: a list of several pages, say.
    slow: Option<(&'static str, u32)>,
}

impl DelayedSource {
    async fn answer<'a, T: Clone + 'a>(&self, method: &str, fact: impl Future<Output = Fact<'a, T>>) -> Answer<T> {
        let trips = match self.slow {
            Some((slow, trips)) if slow == method => trips,
            _ => 1,
        };
        tokio::time::sleep(ROUND_TRIP * trips).await;
        match fact.await {
            Ok(seen) => Ok(seen.get().clone()),
            Err(unavailable) => Err(unavailable.cause.clone()),
        }
    }
}

macro_rules! distant {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait(?Send)]
        impl Source for DelayedSource {
            $(async fn $name(&self $(, $argument: $type)*) -> Answer<$answer> {
                self.answer(stringify!($name), self.account.$name($($argument),*)).await
            })*

            async fn policies(&self, scope: PolicyScope) -> Answer<Vec<ManagedPolicy>> {
                match scope {
                    PolicyScope::Customer => self.answer("policies", self.account.customer_policies()).await,
                    PolicyScope::Aws => self.answer("policies", self.account.aws_policies()).await,
                }
            }
        }
    };
}

distant! {
    caller() -> Caller;
    organization() -> Option<Organization>;
    account_alias() -> Option<String>;
    enabled_regions(region: &str) -> Vec<String>;
    account_summary() -> BTreeMap<String, i64>;
    users() -> Vec<User>;
    groups() -> Vec<Group>;
    roles() -> Vec<Role>;
    mfa_devices(user: &str) -> Vec<MfaDevice>;
    login_profile(user: &str) -> Option<LoginProfile>;
    access_keys(user: &str) -> Vec<AccessKey>;
    policy_default_version(arn: &str) -> Option<String>;
    policy_document(arn: &str, version: &str) -> Option<String>;
    trails(region: &str) -> Vec<Trail>;
    trail_status(region: &str, arn: &str) -> TrailStatus;
    event_selectors(region: &str, arn: &str) -> EventSelectors;
    bucket(bucket: BucketName<'_>) -> Option<Bucket>;
    bucket_policy(bucket: BucketName<'_>) -> OfBucket<String>;
    public_access_block(bucket: BucketName<'_>) -> OfBucket<PublicAccessBlock>;
    bucket_acl(bucket: BucketName<'_>) -> OfBucket<Acl>;
    ownership_controls(bucket: BucketName<'_>) -> OfBucket<String>;
    topics(region: &str) -> Vec<String>;
    topic(region: &str, arn: &str) -> Option<Topic>;
    subscriptions(region: &str, topic: &str) -> Option<Vec<Subscription>>;
    subscription(region: &str, arn: &str) -> Option<SubscriptionAttributes>;
    alarms(region: &str) -> Alarms;
    alarm_mute_rules(region: &str, alarm: &str) -> Vec<MuteRule>;
    billing_metrics(region: &str) -> Vec<Metric>;
    key(region: &str, id: &str) -> Option<Key>;
    key_policy(region: &str, id: &str) -> Option<String>;
    organization_roots() -> Vec<OrganizationRoot>;
    organization_accounts() -> Vec<OrganizationAccount>;
    organizational_units(parent: &str) -> Vec<OrganizationalUnit>;
    accounts_of(parent: &str) -> Vec<String>;
    scps() -> Vec<Scp>;
    scp_document(id: &str) -> String;
    scp_targets(id: &str) -> Vec<ScpTarget>;
    trusted_services() -> Vec<String>;
    root_features() -> Vec<String>;
    owns_bucket(region: &str, name: &str) -> bool;
    identity_center_instances(region: &str) -> Vec<IdentityCenterInstance>;
    provisioned_permission_sets(instance: InstanceIn<'_>, account: &str) -> Vec<String>;
    permission_set(instance: InstanceIn<'_>, set: &str) -> PermissionSet;
    account_assignments(instance: InstanceIn<'_>, account: &str, set: &str) -> Vec<AccountAssignment>;
}

/// What one audit of a distant account cost.
pub(crate) struct Cost {
    /// Sequential round trips.
    pub(crate) rounds: u64,
    /// The operations that were asked, in order; each call once.
    pub(crate) asked: Vec<Operation>,
}

/// The operations that were asked so far, in order; each call once.
pub(crate) type Asked = Rc<RefCell<Vec<Operation>>>;

/// An account that is far away, and the operations that were asked of it so far.
pub(crate) fn far_away(facts: Facts, slow: Option<(&'static str, u32)>) -> (Account, Asked) {
    far_away_at(now(), facts, slow)
}

/// The same at another time than that of the tests.
pub(crate) fn far_away_at(now: Timestamp, facts: Facts, slow: Option<(&'static str, u32)>) -> (Account, Asked) {
    let asked = Rc::new(RefCell::new(Vec::new()));
    let watcher = {
        let asked = Rc::clone(&asked);
        move |event: Event<'_>| {
            if let Event::Started(call) = event {
                asked.borrow_mut().push(call.operation);
            }
        }
    };
    let distant = DelayedSource { account: Account::recorded(facts, now), slow };
    (Account::live(Box::new(distant), now, None, Box::new(watcher)), asked)
}

/// Judges an account that is far away, on a paused clock.
pub(crate) async fn judge_far_away(
    check: &Check,
    facts: Facts,
    slow: Option<(&'static str, u32)>,
) -> (CheckResult, Cost) {
    let (account, asked) = far_away(facts, slow);
    let start = Instant::now();
    let judged = (check.run)(&account, &Settings::default()).await;
    let rounds = start.elapsed().as_secs();
    let asked = asked.borrow().clone();
    (judged, Cost { rounds, asked })
}
