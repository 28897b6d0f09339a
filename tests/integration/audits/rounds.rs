//! How deep the calls of an audit depend on one another, by the log of the proxy: AWS is far away, and each round costs its distance.
//!
//! That every recorded account keeps within five is held without AWS, in `src/commands/audit/rounds.rs`.

use std::time::Duration;

use serde_json::{Value, json};

use super::statuses;
use crate::stories::STORIES;
use crate::stories::alerts::key_for_cloudwatch;
use crate::support::account::{Account, BILLING, HOME};
use crate::support::edits;
use crate::support::proxy::{Proxy, QUIET};
use crate::support::rules::Rule;
use crate::support::run::Run;

/// Audits the account behind that proxy through one more, which counts rounds. Where `holds` is not so, it is tried again with more quiet:
/// a machine that is slow only adds rounds.
fn audited(account: Account, supplied: &Proxy, status: i32, holds: fn(&Proxy) -> bool) -> (Value, Proxy) {
    let mut log = String::new();
    // Less than a call may take.
    for quiet in [QUIET, Duration::from_secs(1), Duration::from_secs(4)] {
        let counting = Proxy::counting_rounds(account.through(supplied), quiet);
        let run = Run::audit(account, &counting).args(["--format", "json", "--timeout", "600"]);
        let report = run.expect(status).json();
        if holds(&counting) {
            return (report, counting);
        }
        log = format!("{} rounds:\n{}", counting.rounds(), counting.log());
    }
    panic!("{log}");
}

fn in_three_rounds(proxy: &Proxy) -> bool {
    proxy.rounds() == 3
}

fn in_five_rounds_at_most(proxy: &Proxy) -> bool {
    proxy.rounds() <= 5
}

/// The account of a story, by another number.
fn told(story: &str, number: &'static str) -> (Account, Proxy) {
    let account = Account::new(number);
    let story = STORIES.iter().find(|told| told.name == story).unwrap();
    (account, (story.make)(account))
}

#[test]
fn a_ready_account_is_ready_in_three_rounds_and_32_calls() {
    let account = Account::new("310000000001").ready();
    // Over TLS each connection that is opened late costs two round trips more.
    let opens_none_late = |proxy: &Proxy| {
        let last = proxy.calls().into_iter().filter(|seen| seen.round == 3).map(|seen| seen.call.operation);
        proxy.rounds() == 3 && last.eq(["GetSubscriptionAttributes"; 2])
    };
    let (report, proxy) = audited(account, &Proxy::to(account).with_all(edits::ready()), 0, opens_none_late);
    assert_eq!(report["verdict"], "ready", "{report:#}");
    for (check, status) in statuses(&report) {
        assert_eq!(status, "pass", "{check}: {report:#}");
    }
    assert!(proxy.calls().len() <= 32, "{} calls:\n{}", proxy.calls().len(), proxy.log());
}

#[test]
fn empty_account_is_searched_in_at_most_five_rounds() {
    let (account, proxy) = told("empty", "310000000004");
    // Searching every region for each of them is one round: so many calls may be under way at once.
    let (_, proxy) = audited(account, &proxy, 1, in_three_rounds);
    let regions = proxy.calls_of("sns", "ListTopics").len();
    assert!(regions > 15, "{regions} regions:\n{}", proxy.log());
    assert_eq!(proxy.calls_of("cloudtrail", "DescribeTrails").len(), regions);
}

#[test]
fn topic_elsewhere_is_found_in_at_most_five_rounds() {
    let account = Account::new("310000000005").ready_but_for_the_topic_in("eu-west-1");
    let (report, _) = audited(account, &Proxy::to(account).with_all(edits::ready()), 1, in_five_rounds_at_most);
    assert!(report.to_string().contains("eu-west-1:310000000005:SecurityAlerts"), "{report:#}");
}

#[test]
fn hidden_administrators_are_found_in_no_more_than_five_rounds() {
    let (account, proxy) = told("hidden-administrator", "310000000006");
    let (_, proxy) = audited(account, &proxy, 1, in_five_rounds_at_most);
    assert!(proxy.rounds() >= 4, "{}", proxy.log());
}

#[test]
fn bucket_elsewhere_is_read_in_at_most_five_rounds() {
    let account = Account::new("310000000007").ready();
    let bucket = account.log_bucket();
    let supplied = Proxy::to(account).with_all(edits::ready());
    let supplied = Proxy::to(account.through(&supplied)).with(edits::bucket_lives_in(&bucket, "eu-west-1"));
    let (_, proxy) = audited(account, &supplied, 3, in_five_rounds_at_most);
    let asked = proxy.calls_of("s3", "HeadBucket");
    assert_eq!(asked.iter().map(|seen| seen.call.region.as_str()).collect::<Vec<_>>(), [HOME, "eu-west-1"]);
}

#[test]
fn a_key_that_the_topics_name_by_alias_costs_one_round_more() {
    let account = [HOME, BILLING].into_iter().fold(Account::new("310000000008").ready(), |account, region| {
        let key = key_for_cloudwatch(account, region);
        account.call("kms", region, "CreateAlias", json!({"AliasName": "alias/alerts", "TargetKeyId": key}));
        account.topic_attribute(region, "SecurityAlerts", "KmsMasterKeyId", "alias/alerts")
    });
    let in_four_rounds = |proxy: &Proxy| proxy.rounds() == 4;
    let (report, proxy) = audited(account, &Proxy::to(account).with_all(edits::ready()), 0, in_four_rounds);
    assert_eq!(report["verdict"], "ready", "{report:#}");
    assert_eq!(proxy.calls_of("kms", "GetKeyPolicy").len(), 1, "{}", proxy.log());
}

#[test]
fn what_is_denied_costs_no_further_round() {
    let account = Account::new("310000000009").ready();
    let denied = Rule::on("*", "*").when(|call| call.service != "sts").deny();
    audited(account, &Proxy::to(account).with(denied), 3, |proxy| proxy.rounds() <= 3);
}
