//! What does not go together: a thing in one region that is looked for, or needed, in another.

use super::place::{self, Place, Presence};
use crate::report::Report;

/// Two regions that are not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// One sentence without a full stop.
    pub message: String,
    /// Whether it works all the same, and is only worth knowing.
    pub works: bool,
}

fn broken(message: String) -> Mismatch {
    Mismatch { message, works: false }
}

fn works(message: String) -> Mismatch {
    Mismatch { message, works: true }
}

/// All of them.
pub(super) fn all(report: &Report, places: &[Place]) -> Vec<Mismatch> {
    let expect = &report.expectations;
    let (home, billing) = (expect.home(), expect.billing());
    let mut mismatches = Vec::new();
    mismatches.extend(not_enabled(report));
    mismatches.extend(elsewhere(places, place::TOPIC, home));
    mismatches.extend(elsewhere(places, place::TRAIL, home));
    mismatches.extend(trail_of_another_region(places, home));
    mismatches.extend(bucket_of_another_region(places));
    mismatches.extend(alarm_without_metric(places, billing));
    mismatches.extend(alarm_and_topic(places));
    mismatches
}

/// A place where a thing was seen, with its region and name.
struct Seen<'p> {
    region: &'p str,
    name: &'p str,
}

fn seen<'p>(places: &'p [Place], thing: &str) -> Vec<Seen<'p>> {
    let there = places.iter().filter(|place| place.thing == thing && place.standing == Presence::Present);
    there.filter_map(|place| Some(Seen { region: place.region()?, name: place.name().unwrap_or_default() })).collect()
}

fn is_missing(places: &[Place], thing: &str) -> bool {
    places.iter().any(|place| place.thing == thing && place.standing == Presence::Absent)
}

fn not_enabled(report: &Report) -> Vec<Mismatch> {
    let Ok(enabled) = &report.account.enabled_regions else { return Vec::new() };
    let expect = &report.expectations;
    [("home", expect.home()), ("billing", expect.billing())]
        .into_iter()
        .filter(|(_, region)| !enabled.iter().any(|enabled| enabled == region))
        .map(|(which, region)| broken(format!("The {which} Region {region} isn't enabled for this account")))
        .collect()
}

/// A thing that the home region lacks and others have.
fn elsewhere(places: &[Place], thing: &'static str, home: &str) -> Vec<Mismatch> {
    if !is_missing(places, thing) {
        return Vec::new();
    }
    let others = seen(places, thing);
    let tell = |Seen { region, name }: Seen<'_>| {
        let only = if thing == place::TRAIL { ", and covers that Region only" } else { "" };
        broken(format!("The {thing} {name} is in {region}, not in the home Region {home}{only}"))
    };
    others.into_iter().map(tell).collect()
}

fn trail_of_another_region(places: &[Place], home: &str) -> Vec<Mismatch> {
    if is_missing(places, place::TRAIL) {
        return Vec::new();
    }
    let others = seen(places, place::TRAIL).into_iter().filter(|trail| trail.region != home);
    let tell = |Seen { region, name }: Seen<'_>| {
        works(format!(
            "Trail {name} has the home Region {region}. It is visible from {home}, but can be changed only in \
             {region}"
        ))
    };
    others.map(tell).collect()
}

fn bucket_of_another_region(places: &[Place]) -> Vec<Mismatch> {
    let trails = seen(places, place::TRAIL);
    let Some(trail) = trails.first() else { return Vec::new() };
    let others = seen(places, place::BUCKET).into_iter().filter(|bucket| bucket.region != trail.region);
    let tell = |Seen { region, name }: Seen<'_>| {
        works(format!("Bucket {name} is in {region}, and its trail {} in {}", trail.name, trail.region))
    };
    others.map(tell).collect()
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>
fn alarm_without_metric(places: &[Place], billing: &str) -> Vec<Mismatch> {
    let others = seen(places, place::ALARM).into_iter().filter(|alarm| alarm.region != billing);
    let tell = |Seen { region, name }: Seen<'_>| {
        broken(format!("Alarm {name} is in {region}, but AWS publishes the billing metric only in {billing}"))
    };
    others.map(tell).collect()
}

/// An alarm notifies topics of its own region alone.
fn alarm_and_topic(places: &[Place]) -> Vec<Mismatch> {
    let alarms = seen(places, place::ALARM);
    let Some(alarm) = alarms.first() else { return Vec::new() };
    let of_alarm: Vec<&Place> = places.iter().filter(|place| place.thing == place::TOPIC_OF_ALARM).collect();
    let afar = of_alarm.iter().filter_map(|topic| topic.region()).find(|region| *region != alarm.region);
    if let Some(region) = afar {
        return vec![broken(format!(
            "Alarm {} is in {}, but the topic that it notifies is in {region}: an alarm can only notify topics in \
             its own Region",
            alarm.name, alarm.region
        ))];
    }
    if of_alarm.iter().any(|topic| topic.standing != Presence::Absent) {
        return Vec::new();
    }
    let topics = seen(places, place::TOPIC).into_iter().filter(|topic| topic.region != alarm.region);
    let tell = |Seen { region, name }: Seen<'_>| {
        broken(format!(
            "Topic {name} is in {region}, but the alarm {} in {} needs a topic in its own Region",
            alarm.name, alarm.region
        ))
    };
    topics.map(tell).collect()
}
