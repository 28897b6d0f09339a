//! Every remedy closes its own finding: the commands that a report prints are run as printed, in a shell that has the AWS CLI and
//! nothing but the inputs that the remedy lists, and the account is audited again.
//!
//! `cases` holds the accounts, `ledger` that no remedy and no requirement is left out.

mod alerts;
mod buckets;
mod changing;
mod identities;
mod ledger;
mod proof;
mod trails;
mod whole;

use crate::support::account::Account;
use crate::support::proxy::Proxy;

/// An account with something wrong, and the findings that commands close in it.
pub(crate) struct Case {
    /// The account's number in the emulator.
    account: &'static str,
    /// Builds it, with a proxy for what the emulator cannot hold.
    make: fn(Account) -> Proxy,
    /// The findings whose commands are run, one after the other: the requirement, and how the remedy's summary begins.
    closes: &'static [(&'static str, &'static str)],
    /// The requirements that fail at the end, since no command helps.
    leaves: &'static [&'static str],
    /// The user who reads the log: `LOG_READER`.
    reader: &'static str,
    /// Further arguments of the audits.
    arguments: &'static [&'static str],
}

/// Where nothing else is said.
const CASE: Case = Case { account: "", make: Proxy::to, closes: &[], leaves: &[], reader: "reader", arguments: &[] };

/// Lists the cases, and makes one test of each.
macro_rules! cases {
    ($($test:ident: $case:path,)*) => {
        /// All of them.
        pub(crate) const CASES: &[&Case] = &[$(&$case),*];

                mod closes_its_own_findings {
            use super::{alerts, buckets, identities, proof, trails, whole};

            $(
                #[test]
                fn $test() {
                    proof::prove(&$case);
                }
            )*
        }

        mod is_closed_by_the_whole_plan {
            use super::{alerts, buckets, identities, proof, trails, whole};

            $(
                #[test]
                fn $test() {
                    proof::prove_plan(&$case);
                }
            )*
        }
    };
}

cases! {
    empty: whole::EMPTY,
    empty_in_virginia: whole::EMPTY_IN_VIRGINIA,
    empty_in_frankfurt: whole::EMPTY_IN_FRANKFURT,
    no_trail: trails::NO_TRAIL,
    single_region: trails::SINGLE_REGION,
    half_of_the_events: trails::HALF_OF_THE_EVENTS,
    without_kms: trails::WITHOUT_KMS,
    stopped: trails::STOPPED,
    stopped_lately: trails::STOPPED_LATELY,
    bucket_is_gone: trails::BUCKET_IS_GONE,
    bucket_and_readers_are_gone: trails::BUCKET_AND_READERS_ARE_GONE,
    no_policy: buckets::NO_POLICY,
    foreign_policy: buckets::FOREIGN_POLICY,
    confused_deputy: buckets::CONFUSED_DEPUTY,
    public: buckets::PUBLIC,
    writable: buckets::WRITABLE,
    held_back: buckets::HELD_BACK,
    public_acl: buckets::PUBLIC_ACL,
    elsewhere: buckets::ELSEWHERE,
    organization: buckets::ORGANIZATION,
    unread: buckets::UNREAD,
    writing_readers: buckets::WRITING_READERS,
    readers_of_everything: buckets::READERS_OF_EVERYTHING,
    readers_of_nobody: buckets::READERS_OF_NOBODY,
    administrator_without_password: identities::ADMINISTRATOR_WITHOUT_PASSWORD,
    administrator_without_device: identities::ADMINISTRATOR_WITHOUT_DEVICE,
    others_without_device: identities::OTHERS_WITHOUT_DEVICE,
    administrator_by_key: identities::ADMINISTRATOR_BY_KEY,
    leaked_key: identities::LEAKED_KEY,
    role_of_another_service: identities::ROLE_OF_ANOTHER_SERVICE,
    role_without_profile: identities::ROLE_WITHOUT_PROFILE,
    role_without_permissions: identities::ROLE_WITHOUT_PERMISSIONS,
    role_for_some_instances: identities::ROLE_FOR_SOME_INSTANCES,
    denied_role: identities::DENIED_ROLE,
    powerful_role: identities::POWERFUL_ROLE,
    powerful_by_itself: identities::POWERFUL_BY_ITSELF,
    role_of_the_world: identities::ROLE_OF_THE_WORLD,
    role_of_another_account: identities::ROLE_OF_ANOTHER_ACCOUNT,
    bound_role: identities::BOUND_ROLE,
    nobody_is_subscribed: alerts::NOBODY_IS_SUBSCRIBED,
    nobody_has_confirmed: alerts::NOBODY_HAS_CONFIRMED,
    only_programs_listen: alerts::ONLY_PROGRAMS_LISTEN,
    sms_only: alerts::SMS_ONLY,
    everybody_filters: alerts::EVERYBODY_FILTERS,
    topic_of_the_world: alerts::TOPIC_OF_THE_WORLD,
    key_of_aws: alerts::KEY_OF_AWS,
    dead_keys: alerts::DEAD_KEYS,
    cloudwatch_may_not: alerts::CLOUDWATCH_MAY_NOT,
    key_without_cloudwatch: alerts::KEY_WITHOUT_CLOUDWATCH,
    alarm_at_home: alerts::ALARM_AT_HOME,
    wrong_alarm: alerts::WRONG_ALARM,
    alarm_too_high: alerts::ALARM_TOO_HIGH,
    alarm_of_a_short_period: alerts::ALARM_OF_A_SHORT_PERIOD,
    alarm_adds_up: alerts::ALARM_ADDS_UP,
    alarm_without_action: alerts::ALARM_WITHOUT_ACTION,
    alarm_of_another_topic: alerts::ALARM_OF_ANOTHER_TOPIC,
    alarm_full_of_actions: alerts::ALARM_FULL_OF_ACTIONS,
}
