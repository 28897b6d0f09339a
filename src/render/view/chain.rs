//! The way that a message takes, link by link, and the link to look at first.

use crate::account::Unavailable;
use crate::model::chain::{self, EvaluatedLink};
use crate::model::status::Status;
use crate::render::symbol;
use crate::report::CheckReport;

/// The mark of a link that was not judged.
const NOT_JUDGED: &str = "–";

/// A link with its mark.
pub(crate) fn link(link: &EvaluatedLink) -> String {
    match link.status {
        Some(status) => format!("{} {}", symbol(status).0, link.name),
        None => format!("{NOT_JUDGED} {}", link.name),
    }
}

/// The link to look at first: what is to be said before it, and what it is and why.
pub(crate) fn first_broken_link(check: &CheckReport) -> Option<(&'static str, String)> {
    let chain = check.chain();
    let first_broken_link = chain::first_broken_link(&chain)?;
    let label = match first_broken_link.status {
        Some(Status::Fail) => "Fails at",
        Some(Status::Unknown) => "Unknown at",
        _ => "Warns at",
    };
    let why = check
        .findings
        .iter()
        .find(|finding| {
            finding.id == first_broken_link.requirement
                && finding.status_of(first_broken_link.name) == first_broken_link.status
        })
        .map(|finding| finding.unavailable.as_ref().map_or_else(|| finding.message.clone(), Unavailable::brief))
        .map_or_else(String::new, |why| format!(": {why}"));
    let unjudged = if chain.iter().any(|link| link.status.is_none()) { " (–: not evaluated)" } else { "" };
    Some((label, format!("{}{why}{unjudged}", first_broken_link.name)))
}
