//! What every format for people says alike: the same account, the same findings, in the same words. A format only dresses them.

use crate::analysis::clock;
use crate::model::finding::Finding;
use crate::model::status::Status;
use crate::render::symbol;
use crate::report::{CheckReport, Report, Source, Verdict};

mod chain;
mod details;
mod entries;
mod header;
mod permissions;
mod waivers;

pub(super) use chain::{first_broken_link, link};
pub(super) use details::{FindingGroup, Fix, export, grouped, judged, read_from, shared_subject};
pub(super) use entries::{ORGANIZATION, PLACE, ReportEntry, entries};
pub(super) use header::{header, membership, placed};
pub(super) use permissions::{HEADING as PERMISSIONS, Permissions, permissions};

pub(super) use waivers::{IDLE as IDLE_WAIVERS, idle as idle_waivers, waived};

/// Which program told what, when, and from where.
pub(super) fn origin(report: &Report) -> String {
    let source = match report.source {
        Source::Live => "live,",
        Source::Snapshot => "snapshot of",
    };
    let when = clock::at(report.generated_at);
    format!("stagecheck {} · {} stage · {source} {when}", env!("CARGO_PKG_VERSION"), report.stage.id)
}

/// The status that a verdict looks like.
pub(super) fn verdict_status(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Ready | Verdict::SelectedPassed => Status::Pass,
        Verdict::NotReady => Status::Fail,
        Verdict::Undetermined => Status::Unknown,
    }
}

/// The verdict as one line.
pub(super) fn verdict(report: &Report) -> String {
    format!("{} {}", symbol(verdict_status(report.verdict())).0, report.headline())
}

/// The checks that do not pass: what is to be done is about these.
pub(super) fn open(report: &Report) -> impl Iterator<Item = &CheckReport> {
    report.checks.iter().filter(|check| check.status != Status::Pass)
}

/// What a finding is worth to whoever only wants to know whether the account is ready: a warning is none with `--strict`, and a
/// failure that is waived is no more than a warning.
pub(super) fn effective_status(finding: &Finding, report: &Report) -> Status {
    match finding.status {
        _ if finding.is_waived() => Status::Warn,
        Status::Warn if report.strict => Status::Fail,
        status => status,
    }
}
