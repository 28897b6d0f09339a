//! The region map: which regions count, where each thing that was audited lives, and where that does not go together. All of it is
//! derived from a report; what the report did not see, the map says is unseen.

use std::collections::BTreeSet;

use crate::account::Unavailable;
use crate::config::settings::{Setting, SettingSource};
use crate::report::Report;

mod mismatch;
mod place;
#[cfg(test)]
mod tests;

pub use mismatch::Mismatch;
pub use place::{Place, Presence, Scope};

/// Where everything is.
#[derive(Debug)]
pub struct RegionMap<'r> {
    /// The home region, and where it came from.
    pub home: &'r Setting<String>,
    /// The region of AWS's billing metric, and where it came from.
    pub billing: &'r Setting<String>,
    /// The enabled regions, sorted.
    pub enabled: Result<&'r [String], &'r Unavailable>,
    /// Each thing that was audited, in the order of the checks.
    pub places: Vec<Place>,
    /// What does not go together.
    pub mismatches: Vec<Mismatch>,
    /// The region that seems to be the home region, where the operator named none.
    pub suggested_region: Option<String>,
}

impl<'r> RegionMap<'r> {
    /// The map of a report.
    #[must_use]
    pub fn of(report: &'r Report) -> Self {
        let places = place::all(report);
        RegionMap {
            home: &report.expectations.home_region,
            billing: &report.expectations.billing_region,
            enabled: report.account.enabled_regions.as_deref(),
            mismatches: mismatch::all(report, &places),
            suggested_region: suggested_region(report, &places),
            places,
        }
    }
}

/// Nobody named a home region, and what is missing in the default one was seen in another: that one. Where it is in several, the one
/// where the trail is too, else the only one that is not the billing region, whose topic is the alarm's; else none is surely meant.
fn suggested_region(report: &Report, places: &[Place]) -> Option<String> {
    let home = &report.expectations.home_region;
    if home.origin != SettingSource::Default {
        return None;
    }
    let elsewhere = |thing: &str| -> Option<BTreeSet<&str>> {
        let of_thing = || places.iter().filter(|place| place.thing == thing);
        let is_missing = of_thing().any(|place| place.standing == Presence::Absent);
        let seen = of_thing().filter(|place| place.standing == Presence::Present).filter_map(Place::region);
        let seen: BTreeSet<&str> = seen.filter(|region| *region != home.value && is_plain(region)).collect();
        (is_missing && !seen.is_empty()).then_some(seen)
    };
    let topics = elsewhere(place::TOPIC);
    let trails: BTreeSet<&str> =
        places.iter().filter(|place| place.thing == place::TRAIL).filter_map(Place::region).collect();
    let candidates = topics.or_else(|| elsewhere(place::TRAIL))?;
    let with_trail = only(candidates.intersection(&trails).copied().collect());
    let not_billing = || only(candidates.iter().copied().filter(|it| *it != report.expectations.billing()).collect());
    with_trail.or_else(not_billing).or_else(|| only(candidates.iter().copied().collect())).map(str::to_owned)
}

/// The only one, if there is one.
fn only(mut regions: Vec<&str>) -> Option<&str> {
    if regions.len() == 1 { regions.pop() } else { None }
}

/// Whether it can be the name of a region: what somebody is to type comes from an account's answers.
fn is_plain(region: &str) -> bool {
    !region.is_empty() && region.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
