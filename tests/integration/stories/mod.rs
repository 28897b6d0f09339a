//! Accounts with a story each: built in the emulator, audited by the real program, recorded, and audited again offline.
//!
//! What is recorded stands in `fixtures/accounts`, and README and the offline tests use it. `UPDATE_FIXTURES=1` writes it anew; every
//! other run holds it to what is recorded now, so that a fixture cannot rot unseen.

pub(crate) mod alerts;
mod identities;
#[cfg(feature = "live")]
mod told;
mod trails;
pub(crate) mod whole;

use std::path::PathBuf;

use stagecheck::model::status::Status::{self, Fail, Pass, Unknown, Warn};

use crate::support::account::Account;
use crate::support::proxy::Proxy;

/// An account, what became of it, and what the audit must say.
pub(crate) struct Story {
    /// Its name, and its fixture's.
    pub(crate) name: &'static str,
    /// The story in one sentence, for the fixtures' README.
    pub(crate) tells: &'static str,
    /// The account's number in the emulator.
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "only a live audit needs the emulator"))]
    pub(crate) account: &'static str,
    /// Builds it, with a proxy for what the emulator cannot hold.
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "only a live audit needs the emulator"))]
    pub(crate) make: fn(Account) -> Proxy,
    /// The exit status of its audit.
    pub(crate) exit: i32,
    /// The status of every check.
    pub(crate) expected: Statuses,
}

/// The status of every check.
#[derive(Clone, Copy)]
pub(crate) struct Statuses {
    root: Status,
    admin: Status,
    trail: Status,
    topic: Status,
    alarm: Status,
    role: Status,
    bucket: Status,
}

impl Statuses {
    const fn all(status: Status) -> Self {
        Self { root: status, admin: status, trail: status, topic: status, alarm: status, role: status, bucket: status }
    }

    /// By the checks' ids, in their order.
    pub(crate) fn by_id(self) -> [(&'static str, Status); 7] {
        [
            ("root-mfa", self.root),
            ("admin-user-mfa", self.admin),
            ("multi-region-trail", self.trail),
            ("security-alerts-topic", self.topic),
            ("billing-alarm", self.alarm),
            ("ec2-ssm-role", self.role),
            ("trail-bucket-policy", self.bucket),
        ]
    }
}

/// Where nothing else is said.
const PASSES: Statuses = Statuses::all(Pass);

impl Story {
    /// Its file in the repository.
    pub(crate) fn fixture(&self) -> PathBuf {
        fixtures().join(format!("{}.json", self.name))
    }
}

/// The folder of all fixtures.
pub(crate) fn fixtures() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fixtures", "accounts"].iter().collect()
}

/// Whether this run writes the fixtures anew.
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1")
}

/// Lists the stories, and makes one test of each.
macro_rules! stories {
    ($($test:ident: $story:path,)*) => {
        pub(crate) const STORIES: &[Story] = &[$($story),*];

        #[cfg(feature = "live")]
        mod the_account {
            use super::{alerts, identities, told, trails, whole};

            $(
                #[test]
                fn $test() {
                    told::tell(&$story);
                }
            )*
        }
    };
}

stories! {
    ready: whole::READY,
    empty: whole::EMPTY,
    as_the_labs_leave_it: whole::AS_THE_LABS_LEAVE_IT,
    ready_with_warnings: whole::READY_WITH_WARNINGS,
    finished_an_hour_ago: whole::FINISHED_AN_HOUR_AGO,
    denied_auditor: whole::DENIED_AUDITOR,
    member_account: whole::MEMBER_ACCOUNT,
    root_with_keys: identities::ROOT_WITH_KEYS,
    hidden_administrator: identities::HIDDEN_ADMINISTRATOR,
    administrator_role_only: identities::ADMINISTRATOR_ROLE_ONLY,
    weak_role: identities::WEAK_ROLE,
    stopped_trail: trails::STOPPED_TRAIL,
    two_trails: trails::TWO_TRAILS,
    organization_trail: trails::ORGANIZATION_TRAIL,
    foreign_bucket_policy: trails::FOREIGN_BUCKET_POLICY,
    public_log_bucket: trails::PUBLIC_LOG_BUCKET,
    retired_acl: trails::RETIRED_ACL,
    alarm_in_the_wrong_region: alerts::ALARM_IN_THE_WRONG_REGION,
    managed_by_budget_only: alerts::MANAGED_BY_BUDGET_ONLY,
    pending_subscription: alerts::PENDING_SUBSCRIPTION,
    labs_as_published: alerts::LABS_AS_PUBLISHED,
    filtered_subscription: alerts::FILTERED_SUBSCRIPTION,
    customer_key: alerts::CUSTOMER_KEY,
    key_of_aws: alerts::KEY_OF_AWS,
}

#[test]
fn stories_cover_pass_warn_fail_and_unknown_of_every_check() {
    for (index, (check, _)) in PASSES.by_id().iter().enumerate() {
        for status in [Pass, Warn, Fail, Unknown] {
            let seen = STORIES.iter().any(|story| story.expected.by_id()[index].1 == status);
            assert!(seen, "no story in which {check} comes to {}", status.word());
        }
    }
}
