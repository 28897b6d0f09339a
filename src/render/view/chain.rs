//! The way that a message takes, link by link, and the link to look at first.

use crate::account::Unavailable;
use crate::model::chain::{self, JudgedLink};
use crate::model::status::Status;
use crate::render::look;
use crate::report::CheckReport;

/// The mark of a link that was not judged.
const NOT_JUDGED: &str = "–";

/// A link with its mark.
pub(crate) fn link(link: &JudgedLink) -> String {
    match link.status {
        Some(status) => format!("{} {}", look(status).0, link.name),
        None => format!("{NOT_JUDGED} {}", link.name),
    }
}

/// The link to look at first: what is to be said before it, and what it is and why.
pub(crate) fn weakest(check: &CheckReport) -> Option<(&'static str, String)> {
    let chain = check.chain();
    let weakest = chain::weakest(&chain)?;
    let label = match weakest.status {
        Some(Status::Fail) => "broken at",
        Some(Status::Unknown) => "open at",
        _ => "weak at",
    };
    let why = check
        .findings
        .iter()
        .find(|finding| finding.id == weakest.requirement && finding.status_of(weakest.name) == weakest.status)
        .map(|finding| finding.unavailable.as_ref().map_or_else(|| finding.message.clone(), Unavailable::brief))
        .map_or_else(String::new, |why| format!(": {why}"));
    let unjudged = if chain.iter().any(|link| link.status.is_none()) { " (–: not judged)" } else { "" };
    Some((label, format!("{}{why}{unjudged}", weakest.name)))
}
