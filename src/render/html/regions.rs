//! The region map in full: every thing that was audited, and where it is or is looked for.

use maud::{Markup, html};

use super::{prose, short, status};
use crate::model::status::Status;
use crate::render::view;
use crate::report::regions::{Presence, RegionMap, Scope};

pub(super) fn section(map: &RegionMap<'_>) -> Markup {
    html! {
        section aria-labelledby="regions" {
            h2 id="regions" { "Resources by Region" }
            dl {
                div { dt { "Home region" } dd { (view::placed(map.home, "--region")) } }
                div { dt { "Billing region" } dd { (view::placed(map.billing, "--billing-region")) } }
                @if let Ok(enabled) = map.enabled {
                    div {
                        dt { "Enabled" }
                        dd { details { summary { (enabled.len()) " Regions" } (enabled.join(", ")) } }
                    }
                }
            }
            @if !map.mismatches.is_empty() {
                ul {
                    @for mismatch in &map.mismatches {
                        li {
                            @if !mismatch.works { (status(Status::Fail)) " " }
                            (prose(&mismatch.message))
                        }
                    }
                }
            }
            table {
                caption { "Every resource that was audited, and its Region" }
                thead { tr { th scope="col" { "Resource" } th scope="col" { "Region" } th scope="col" { "Name" } } }
                tbody {
                    @for place in &map.places {
                        tr {
                            th scope="row" { (place.thing) }
                            td class="region" { (region(&place.scope)) }
                            td {
                                @match (&place.resource, place.standing) {
                                    (Some(resource), Presence::Present) => code { (short(resource)) },
                                    (Some(resource), standing) => { (standing.word()) ": " code { (short(resource)) } }
                                    (None, standing) => (standing.word()),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn region(scope: &Scope) -> &str {
    match scope {
        Scope::Global => "global",
        Scope::Regional(Some(region)) => region,
        Scope::Regional(None) => "unknown",
    }
}
