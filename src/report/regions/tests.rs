//! Where things are, by whole audits of accounts in memory.

use futures_util::FutureExt;

use super::*;
use crate::account::Account;
use crate::account::cache::CachedByKey;
use crate::account::facts::{Facts, Topic};
use crate::account::operation::Operation;
use crate::checks::STAGES;
use crate::config::settings::Settings;
use crate::testing::trails::TrailFixture;
use crate::testing::{ACCOUNT, audited, known, now};

/// A whole audit.
fn audit(facts: Facts, expectations: Settings) -> Report {
    audited(&Account::recorded(facts, now()), expectations).now_or_never().unwrap()
}

fn topic_arn(region: &str) -> String {
    format!("arn:aws:sns:{region}:{ACCOUNT}:SecurityAlerts")
}

/// An account whose topic is in these regions.
fn with_topic_in(regions: &[&str]) -> Facts {
    let mut facts = crate::testing::standalone();
    let all = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];
    facts.enabled_regions = known(Operation::DescribeRegions, all.map(str::to_owned).to_vec());
    for region in all {
        let listed = regions.iter().filter(|it| **it == region).map(|it| topic_arn(it)).collect();
        facts.topics.set(region, known(Operation::ListTopics, listed));
    }
    let here = regions.contains(&"us-west-2").then_some(Topic { policy: None, kms_key: None });
    facts
        .subscriptions
        .set(&topic_arn("us-west-2"), known(Operation::ListSubscriptionsByTopic, here.is_some().then(Vec::new)));
    facts.topic_attributes.set(&topic_arn("us-west-2"), known(Operation::GetTopicAttributes, here));
    facts
}

fn suggested_region(facts: Facts) -> Option<String> {
    RegionMap::of(&audit(facts, Settings::default())).suggested_region
}

fn standing(report: &Report, thing: &str) -> Vec<(Option<String>, Presence)> {
    let map = RegionMap::of(report);
    let of_thing = map.places.iter().filter(|place| place.thing == thing);
    of_thing.map(|place| (place.region().map(str::to_owned), place.standing)).collect()
}

fn in_region(region: &str, standing: Presence) -> (Option<String>, Presence) {
    (Some(region.to_owned()), standing)
}

#[test]
fn a_topic_that_is_elsewhere_is_missing_at_home_and_seen_there() {
    let report = audit(with_topic_in(&["eu-central-1"]), Settings::default());
    assert_eq!(
        standing(&report, place::TOPIC),
        [in_region("us-west-2", Presence::Absent), in_region("eu-central-1", Presence::Present)]
    );
    let map = RegionMap::of(&report);
    let told = "The topic SecurityAlerts is in eu-central-1, not in the home Region us-west-2";
    assert!(map.mismatches.iter().any(|mismatch| mismatch.message == told && !mismatch.works), "{map:#?}");
    assert!(
        report.headline().ends_with(". Try `--region eu-central-1`: the topic exists there"),
        "{}",
        report.headline()
    );
}

#[test]
fn suggested_region_is_named_only_if_the_topic_exists_there() {
    assert_eq!(suggested_region(with_topic_in(&[])), None);
    assert_eq!(suggested_region(with_topic_in(&["us-west-2", "eu-central-1"])), None, "it is where it is to be");
    assert_eq!(suggested_region(with_topic_in(&["us-east-1"])), Some("us-east-1".to_owned()));
    assert_eq!(
        suggested_region(with_topic_in(&["us-east-1", "eu-west-1"])),
        Some("eu-west-1".to_owned()),
        "one is the alarm's"
    );
    assert_eq!(suggested_region(with_topic_in(&["eu-west-1", "eu-central-1"])), None, "either may be meant");
    let mut unseen = with_topic_in(&["eu-central-1"]);
    unseen.topic_attributes = CachedByKey::default();
    unseen.subscriptions = CachedByKey::default();
    assert_eq!(suggested_region(unseen), None, "whether it is missing at home is not known");
}

#[test]
fn the_trail_tells_which_of_several_regions_is_meant() {
    let mut scene = TrailFixture::ready();
    scene.trails[0].trail.home_region = Some("eu-west-1".to_owned());
    let mut facts = with_topic_in(&["eu-west-1", "eu-central-1"]);
    let Facts { trails, .. } = scene.facts();
    facts.trails = trails;
    assert_eq!(suggested_region(facts), Some("eu-west-1".to_owned()));
}

#[test]
fn whoever_named_a_region_is_not_told_another() {
    let mut expect = Settings::default();
    for origin in [SettingSource::Flag, SettingSource::Config, SettingSource::Environment, SettingSource::Profile] {
        expect.home_region.origin = origin;
        let report = audit(with_topic_in(&["eu-central-1"]), expect.clone());
        assert_eq!(RegionMap::of(&report).suggested_region, None, "{origin:?}");
        assert!(!report.headline().contains("--region"), "{}", report.headline());
    }
}

#[test]
fn what_cannot_be_a_regions_name_is_not_to_be_typed() {
    let hostile = "eu; rm -rf ~";
    let mut facts = with_topic_in(&[]);
    facts.enabled_regions = known(Operation::DescribeRegions, vec![hostile.to_owned(), "us-west-2".to_owned()]);
    facts.topics.set(hostile, known(Operation::ListTopics, vec![topic_arn("eu-central-1")]));
    let report = audit(facts, Settings::default());
    assert_eq!(standing(&report, place::TOPIC).len(), 2);
    assert_eq!(RegionMap::of(&report).suggested_region, None);
}

#[test]
fn a_trail_of_another_region_works_and_is_worth_knowing() {
    let mut scene = TrailFixture::ready();
    scene.trails[0].trail.home_region = Some("eu-west-1".to_owned());
    let map_of = |report: &Report| {
        let map = RegionMap::of(report);
        map.mismatches.into_iter().map(|mismatch| (mismatch.message, mismatch.works)).collect::<Vec<_>>()
    };
    let mismatches = map_of(&audit(scene.facts(), Settings::default()));
    assert!(
        mismatches.iter().any(|(told, works)| told.contains("has the home Region eu-west-1") && *works),
        "{mismatches:#?}"
    );
}

#[test]
fn of_an_account_that_nobody_saw_every_place_is_unseen() {
    let report = audit(Facts::default(), Settings::default());
    let map = RegionMap::of(&report);
    assert!(map.places.iter().filter(|place| place.thing != "root user").all(|it| it.standing == Presence::Unseen));
    assert!(map.places.len() > 6 && map.enabled.is_err(), "{map:#?}");
    assert_eq!(map.mismatches, []);
}

#[test]
fn a_region_that_is_not_enabled_is_told() {
    let mut facts = with_topic_in(&[]);
    facts.enabled_regions = known(Operation::DescribeRegions, vec!["us-east-1".to_owned()]);
    let report = audit(facts, Settings::default());
    let told = "The home Region us-west-2 isn't enabled for this account";
    assert!(RegionMap::of(&report).mismatches.iter().any(|mismatch| mismatch.message == told));
}

/// A requirement of another name would silently leave its place out.
#[test]
fn every_requirement_that_tells_of_a_place_is_one_of_a_check() {
    let source = include_str!("place.rs");
    let ids: Vec<&str> = source.split("of(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(ids.len() >= 10, "{ids:?}");
    for id in ids {
        let mut checks = STAGES.iter().flat_map(|stage| stage.checks);
        let known = checks.any(|check| check.requirements.iter().any(|it| it.id == id));
        assert!(known, "{id}");
    }
}
