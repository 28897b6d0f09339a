//! The region map for programs.

use serde::Serialize;

use super::origin;
use crate::config::settings::Setting;
use crate::report::regions::{Mismatch, Place, RegionMap, Scope};

#[derive(Serialize)]
pub(super) struct Regions {
    home: Named,
    billing: Named,
    enabled: Option<Vec<String>>,
    places: Vec<PlaceV1>,
    mismatches: Vec<MismatchV1>,
    suggested_region: Option<String>,
}

#[derive(Serialize)]
struct Named {
    region: String,
    source: &'static str,
}

#[derive(Serialize)]
struct PlaceV1 {
    thing: &'static str,
    resource: Option<String>,
    scope: &'static str,
    region: Option<String>,
    standing: &'static str,
}

#[derive(Serialize)]
struct MismatchV1 {
    message: String,
    works: bool,
}

impl From<RegionMap<'_>> for Regions {
    fn from(map: RegionMap<'_>) -> Self {
        Regions {
            home: map.home.into(),
            billing: map.billing.into(),
            enabled: map.enabled.ok().map(<[String]>::to_vec),
            places: map.places.into_iter().map(PlaceV1::from).collect(),
            mismatches: map.mismatches.into_iter().map(MismatchV1::from).collect(),
            suggested_region: map.suggested_region,
        }
    }
}

impl From<&Setting<String>> for Named {
    fn from(setting: &Setting<String>) -> Self {
        Named { region: setting.value.clone(), source: origin(setting.origin) }
    }
}

impl From<Place> for PlaceV1 {
    fn from(place: Place) -> Self {
        let Place { thing, resource, scope, standing } = place;
        let (scope, region) = match scope {
            Scope::Global => ("global", None),
            Scope::Regional(region) => ("regional", region),
        };
        PlaceV1 { thing, resource, scope, region, standing: standing.word() }
    }
}

impl From<Mismatch> for MismatchV1 {
    fn from(mismatch: Mismatch) -> Self {
        MismatchV1 { message: mismatch.message, works: mismatch.works }
    }
}
