//! Waivers put to what the checks found, and what became of each.

use jiff::civil::Date;

use crate::config::waivers::Waiver;
use crate::iam;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Finding, Waived};
use crate::model::status::Status;

/// How many resources that fail beside a waiver are named.
const NAMED: usize = 3;

/// A waiver, and what became of it in this audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverOutcome {
    /// The waiver.
    pub waiver: Waiver,
    /// What became of it.
    pub state: State,
    /// What is wrong with it, as one sentence without a full stop; `None` where nothing is.
    pub message: Option<String>,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It excuses at least one failure.
    Used,
    /// Its day is past: it excuses nothing, whatever it is for.
    Expired,
    /// Nothing fails that it is for.
    Unmatched,
    /// Its check was left out, so nobody can tell.
    LeftOut,
}

impl State {
    /// The word for it in every output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            State::Used => "used",
            State::Expired => "expired",
            State::Unmatched => "unmatched",
            State::LeftOut => "left-out",
        }
    }
}

/// Marks the failures that are waived on this day, each by the first waiver that is for it, and tells what became of every waiver.
#[must_use]
pub fn apply(
    waivers: Vec<Waiver>,
    today: Date,
    judged: &mut [(&'static Check, CheckResult)],
    skipped: &[&'static str],
) -> Vec<WaiverOutcome> {
    waivers
        .into_iter()
        .map(|waiver| {
            let (state, message) = put(&waiver, today, judged, skipped);
            WaiverOutcome { waiver, state, message }
        })
        .collect()
}

fn put(
    waiver: &Waiver,
    today: Date,
    judged: &mut [(&'static Check, CheckResult)],
    skipped: &[&'static str],
) -> (State, Option<String>) {
    if waiver.has_expired(today) {
        let message = format!(
            "the waiver of {} by {} expired on {}: renew or remove it",
            waiver.name(),
            waiver.owner,
            waiver.until
        );
        return (State::Expired, Some(message));
    }
    if skipped.iter().any(|check| waiver.finding.split('/').next() == Some(check)) {
        return (State::LeftOut, None);
    }
    let mut used = false;
    for finding in judged.iter_mut().flat_map(|(_, judged)| &mut judged.findings) {
        if finding.status == Status::Fail && is_for(waiver, finding) {
            finding.waived.get_or_insert_with(|| waived_by(waiver));
            used = true;
        }
    }
    if used {
        return (State::Used, None);
    }
    let findings: Vec<&Finding> = judged.iter().flat_map(|(_, judged)| &judged.findings).collect();
    let message =
        format!("the waiver of {} by {} is unused: {}", waiver.name(), waiver.owner, why_unmatched(waiver, &findings));
    (State::Unmatched, Some(message))
}

fn why_unmatched(waiver: &Waiver, findings: &[&Finding]) -> String {
    let is_for = |status| findings.iter().any(|finding| finding.status == status && is_for(waiver, finding));
    if is_for(Status::Unknown) {
        return "its finding could not be evaluated, and only failures are waived".to_owned();
    }
    if is_for(Status::Warn) {
        return "its finding is a warning, and only failures are waived".to_owned();
    }
    if is_for(Status::Pass) {
        return "its finding passes, so remove it".to_owned();
    }
    let failing: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.id == waiver.finding && finding.status == Status::Fail)
        .map(|finding| finding.subject.resource.as_deref().unwrap_or("no resource"))
        .collect();
    if failing.is_empty() {
        return "no such finding fails".to_owned();
    }
    let lead = if waiver.resource.is_some() { "" } else { "it names no resource, and " };
    let shown: Vec<&str> = failing.iter().take(NAMED).copied().collect();
    let more = match failing.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{lead}the failures are of {}{more}", shown.join(", "))
}

/// Whether a waiver is for this finding, whatever that comes to.
#[must_use]
pub fn is_for(waiver: &Waiver, finding: &Finding) -> bool {
    finding.id == waiver.finding
        && match (&waiver.resource, &finding.subject.resource) {
            (None, None) => true,
            (Some(pattern), Some(resource)) => iam::matches(pattern, resource),
            (Some(_), None) | (None, Some(_)) => false,
        }
}

pub(crate) fn waived_by(waiver: &Waiver) -> Waived {
    Waived { reason: waiver.reason.clone(), owner: waiver.owner.clone(), until: waiver.until }
}
