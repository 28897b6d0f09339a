//! Everything that an audit found as one flat list, for formats that know neither checks nor headlines: the stage's precondition first,
//! then each finding, and each check that has none.

use std::borrow::Cow;

use super::{effective_status, membership};
use crate::model::check::Precondition;
use crate::model::finding::{Finding, Requirement, Severity, Subject, fingerprint};
use crate::model::remediation::Remediation;
use crate::model::status::Status;
use crate::report::{CheckReport, Report};

/// The ID of the entry that is about the account's place in an organization, as the stage wants it.
pub(crate) const ORGANIZATION: &str = "account/organization";

/// What that entry is about.
pub(crate) const PLACE: &str = "The account's place in an organization";

/// One thing that an audit found.
pub(crate) struct ReportEntry<'a> {
    /// The requirement's ID, [`ORGANIZATION`], or the ID of a check that has no findings.
    pub(crate) id: &'a str,
    /// What it is about, in a few words.
    pub(crate) title: &'a str,
    /// What it comes to.
    pub(crate) status: Status,
    /// What it comes to for the verdict: see [`effective_status`].
    pub(crate) effective: Status,
    /// One sentence.
    pub(crate) message: Cow<'a, str>,
    /// The resource and its Region.
    pub(crate) subject: Cow<'a, Subject>,
    /// The check that it belongs to; `None` for the precondition.
    pub(crate) check: Option<&'a CheckReport>,
    /// The requirement that it is about.
    pub(crate) requirement: Option<&'static Requirement>,
    /// The finding, where it is one.
    pub(crate) finding: Option<&'a Finding>,
    /// What to do about it.
    pub(crate) remediation: Option<Cow<'a, Remediation>>,
}

/// All of them, in the report's order.
pub(crate) fn entries(report: &Report) -> Vec<ReportEntry<'_>> {
    let checks = report.checks.iter().flat_map(|check| {
        let findings = check.findings.iter().map(|finding| ReportEntry::of_finding(finding, check, report));
        findings.chain(check.findings.is_empty().then(|| ReportEntry::of_check(check)))
    });
    std::iter::once(ReportEntry::of_precondition(report)).chain(checks).collect()
}

impl<'a> ReportEntry<'a> {
    fn of_precondition(report: &'a Report) -> Self {
        let place = format!("Organization: {}", membership(report));
        let known = if report.account.membership.is_ok() { Status::Pass } else { Status::Unknown };
        // Where the stage does not depend on the place, one that is not known gates as little as a warning.
        let idle = known.min(Status::Warn);
        let (status, effective, message, remedy) = match report.precondition() {
            Precondition::Holds => (known, idle, place, None),
            Precondition::Passed { already, .. } => (known, idle, already, None),
            Precondition::Unknown => (Status::Unknown, Status::Unknown, place, None),
            Precondition::Fails { why, remedy, outweighs: true } => (Status::Fail, Status::Fail, why, remedy),
            Precondition::Fails { why, remedy, outweighs: false } => {
                let message = format!("Not ready to {}: {why}", report.stage.ready_to);
                (Status::Fail, Status::Fail, message, remedy)
            }
        };
        ReportEntry {
            id: ORGANIZATION,
            title: PLACE,
            status,
            effective,
            message: message.into(),
            subject: Cow::Owned(Subject::account()),
            check: None,
            requirement: None,
            finding: None,
            remediation: remedy.map(|remedy| Cow::Owned(*remedy)),
        }
    }

    fn of_finding(finding: &'a Finding, check: &'a CheckReport, report: &Report) -> Self {
        let requirement = check.requirement(finding);
        ReportEntry {
            id: finding.id,
            title: requirement.map_or(check.title.as_str(), |requirement| requirement.pass),
            status: finding.status,
            effective: effective_status(finding, report),
            message: finding.message.as_str().into(),
            subject: Cow::Borrowed(&finding.subject),
            check: Some(check),
            requirement,
            finding: Some(finding),
            remediation: finding.remediation.as_ref().map(Cow::Borrowed),
        }
    }

    fn of_check(check: &'a CheckReport) -> Self {
        ReportEntry {
            id: check.check.id,
            title: &check.title,
            status: check.status,
            effective: check.gate(),
            message: check.summary.as_str().into(),
            subject: Cow::Owned(Subject::account()),
            check: Some(check),
            requirement: None,
            finding: None,
            remediation: None,
        }
    }

    /// The ID of its check; the precondition is the account's.
    pub(crate) fn check_id(&self) -> &'static str {
        self.check.map_or("account", |check| check.check.id)
    }

    /// What its failure lets happen; `None` for a check that has no findings.
    pub(crate) fn severity(&self) -> Option<Severity> {
        match self.id {
            ORGANIZATION if self.effective < Status::Unknown => Some(Severity::Informational),
            ORGANIZATION => Some(Severity::High),
            _ => self.requirement.map(|requirement| requirement.severity),
        }
    }

    /// What stays the same of it from audit to audit; of an unknown account, without its ID.
    pub(crate) fn fingerprint(&self, account: Option<&str>) -> String {
        fingerprint(account.unwrap_or_default(), self.id, &self.subject)
    }
}
