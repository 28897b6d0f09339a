//! The single-Region trails of the other enabled Regions. No verdict depends on them: they explain a failure, and their names are taken.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::account::facts::Trail;
use crate::account::{Account, Fact};
use crate::config::settings::Settings;

/// The organization trails that other enabled Regions list and the home Region does not, with their Regions, as far as they can be read.
pub async fn organization_trails_elsewhere<'a>(account: &'a Account, expect: &Settings) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for (region, trails) in asked_elsewhere(account, expect).await {
        let Ok(trails) = trails else { continue };
        let of_organization = trails.get().iter().filter(|trail| trail.is_organization == Some(true));
        found.extend(of_organization.map(|trail| (region, trail.name.as_str())));
    }
    found
}

async fn asked_elsewhere<'a>(account: &'a Account, expect: &Settings) -> Vec<(&'a str, Fact<'a, Vec<Trail>>)> {
    let Ok(regions) = account.enabled_regions(expect.home()).await else { return Vec::new() };
    let others = regions.get().iter().filter(|region| *region != expect.home());
    join_all(others.map(|region| async move { (region.as_str(), account.trails(region).await) })).await
}

/// The names of the trails in each other enabled Region, as far as they can be read.
pub async fn trails_elsewhere<'a>(account: &'a Account, expect: &Settings) -> BTreeMap<&'a str, Vec<&'a str>> {
    let asked = asked_elsewhere(account, expect).await;
    let names = |trails: Fact<'a, Vec<Trail>>| -> Vec<&'a str> {
        let Ok(trails) = trails else { return Vec::new() };
        trails.get().iter().map(|trail| trail.name.as_str()).collect()
    };
    asked.into_iter().map(|(region, trails)| (region, names(trails))).filter(|(_, names)| !names.is_empty()).collect()
}
