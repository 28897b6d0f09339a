//! The region map in brief: what is where, and what does not go together.

use std::io;

use crate::io::terminal::{Lead, Page, Paint, shorten};
use crate::model::status::Status;
use crate::render::symbol;
use crate::render::view::placed;
use crate::report::regions::{Place, Presence, RegionMap, Scope};

/// The columns of the labels.
const LABELS: usize = 9;

pub(super) fn write(map: &RegionMap<'_>, page: &mut Page<'_>) -> io::Result<()> {
    if map.places.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading(&match map.enabled {
        Ok(enabled) => format!("Resources by Region ({} Regions are enabled)", enabled.len()),
        Err(_) => "Resources by Region (the enabled Regions could not be read)".to_owned(),
    })?;
    for region in regions(map) {
        let (label, grouped) = if region == map.home.value {
            ("home", placed(map.home, "--region"))
        } else if region == map.billing.value {
            ("billing", placed(map.billing, "--billing-region"))
        } else {
            ("", region.to_owned())
        };
        let here = |place: &&Place| place.standing == Presence::Present && place.region() == Some(region);
        let here: Vec<String> = map.places.iter().filter(here).map(named).collect();
        let here = if here.is_empty() { "no audited resource".to_owned() } else { here.join(", ") };
        page.beside(2, Lead::label(label, LABELS), &format!("{grouped}: {here}"))?;
    }
    let global = |place: &&Place| place.standing == Presence::Present && place.scope == Scope::Global;
    line(page, "global", "", map.places.iter().filter(global), named)?;
    let nowhere = |place: &&Place| place.standing == Presence::Present && place.scope == Scope::Regional(None);
    line(page, "", "in an unknown Region: ", map.places.iter().filter(nowhere), named)?;
    let absent = |place: &&Place| place.standing == Presence::Absent;
    line(page, "missing", "", map.places.iter().filter(absent), looked_for)?;
    let unseen = |place: &&Place| place.standing == Presence::Unseen;
    line(page, "unknown", "", map.places.iter().filter(unseen), looked_for)?;
    for mismatch in &map.mismatches {
        let (badge, paint) = if mismatch.works { ('·', Paint::Plain) } else { symbol(Status::Fail) };
        page.beside(2, Lead { text: &badge.to_string(), paint, columns: 2 }, &mismatch.message)?;
    }
    Ok(())
}

/// The home region, the billing region, and the others where something was seen, by name.
fn regions<'m>(map: &'m RegionMap<'_>) -> Vec<&'m str> {
    let seen = map.places.iter().filter(|place| place.standing == Presence::Present).filter_map(Place::region);
    let mut regions: Vec<&str> = seen.chain([map.home.value.as_str(), &map.billing.value]).collect();
    regions.sort_unstable_by_key(|region| (*region != map.home.value, *region != map.billing.value, *region));
    regions.dedup();
    regions
}

fn line<'p>(
    page: &mut Page<'_>,
    label: &str,
    before: &str,
    places: impl Iterator<Item = &'p Place>,
    tell: impl Fn(&Place) -> String,
) -> io::Result<()> {
    let grouped: Vec<String> = places.map(tell).collect();
    if grouped.is_empty() {
        return Ok(());
    }
    page.beside(2, Lead::label(label, LABELS), &format!("{before}{}", grouped.join(", ")))
}

fn named(place: &Place) -> String {
    match place.name() {
        Some(name) => format!("{} {}", place.thing, shorten(name)),
        None => place.thing.to_owned(),
    }
}

fn looked_for(place: &Place) -> String {
    match place.region() {
        Some(region) => format!("{} ({region})", named(place)),
        None => named(place),
    }
}
