//! The report as security data lakes read it: a JSON array of OCSF 1.5.0 events of the class Compliance Finding, an event a finding.
//! <https://schema.ocsf.io/1.5.0/classes/compliance_finding>

mod event;

use std::io::{self, Write};

use crate::account::facts::Caller;
use crate::model::check::Precondition;
use crate::model::finding::Finding;
use crate::model::membership::Membership;
use crate::model::status::Status;
use crate::render::json::escaped;
use crate::render::view::{self, ORGANIZATION, ReportEntry};
use crate::report::Report;
use event::{
    Account, AuditOutcome, Cloud, Compliance, Event, FindingInfo, Metadata, Named, Organization, Product, Remedy,
    ResourceDetails,
};

/// The version of the schema.
const VERSION: &str = "1.5.0";

/// Writes a report for security data lakes.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let entries = view::entries(report);
    let events: Vec<Event<'_>> = entries.iter().map(|entry| Event::of(entry, report)).collect();
    writeln!(out, "{}", escaped(&serde_json::to_string_pretty(&events)?))
}

impl<'a> Event<'a> {
    fn of(entry: &'a ReportEntry<'a>, report: &'a Report) -> Self {
        let time = report.generated_at.as_millisecond();
        let caller = report.account.caller.as_ref().ok();
        let waived = entry.finding.filter(|finding| finding.is_waived()).and_then(view::waived);
        let state = if waived.is_some() { Named(3, "Suppressed") } else { Named(1, "New") };
        let Named(severity_id, severity) = event::severity(entry.severity());
        Event {
            activity_id: 1,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2003,
            class_name: "Compliance Finding",
            type_uid: 200_301,
            type_name: "Compliance Finding: Create",
            time,
            message: &entry.message,
            severity_id,
            severity,
            status_id: state.0,
            status: state.1,
            status_detail: waived.map(|waived| format!("Waived {waived}")),
            metadata: Metadata {
                version: VERSION,
                product: Product {
                    name: env!("CARGO_PKG_NAME"),
                    vendor_name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                },
                profiles: ["cloud"],
            },
            finding_info: FindingInfo {
                uid: entry.fingerprint(caller.map(|caller| caller.account.as_str())),
                title: entry.title,
                desc: &entry.message,
                created_time: time,
            },
            compliance: compliance(entry, report),
            cloud: Cloud {
                provider: "AWS",
                account: caller.map(|caller| Account {
                    uid: &caller.account,
                    name: report.account.alias.as_ref().ok().and_then(Option::as_deref),
                    kind: "AWS Account",
                    type_id: 10,
                }),
                org: organization(report).map(|uid| Organization { uid }),
                region: entry.subject.region.as_deref().unwrap_or_else(|| report.expectations.home()),
                partition: caller.map(Caller::partition),
            },
            resources: vec![resource(entry, report)],
            remediation: entry.remediation.as_deref().map(|remedy| Remedy {
                desc: remedy.summary.clone(),
                references: if remedy.references.is_empty() {
                    entry.requirement.map(|requirement| requirement.docs).into_iter().collect()
                } else {
                    remedy.references.clone()
                },
            }),
            unmapped: (entry.id == ORGANIZATION).then(|| AuditOutcome {
                verdict: report.verdict().word(),
                headline: report.headline(),
                exit_code: report.exit_status().code(),
                strict: report.strict,
                skipped: &report.skipped,
                missing_permissions: report.missing_permissions.iter().map(|missing| missing.action).collect(),
                unused_waivers: view::idle_waivers(report).collect(),
            }),
        }
    }
}

/// A waived failure fails all the same: its event is suppressed.
fn compliance<'a>(entry: &ReportEntry<'a>, report: &'a Report) -> Compliance<'a> {
    let waived = entry.finding.is_some_and(Finding::is_waived);
    let counts = if waived || entry.status == Status::Unknown { entry.status } else { entry.effective };
    let Named(status_id, status) = match counts {
        Status::Unknown => Named(0, "Unknown"),
        Status::Pass => Named(1, "Pass"),
        Status::Warn => Named(2, "Warning"),
        Status::Fail => Named(3, "Fail"),
    };
    Compliance {
        control: entry.check_id(),
        requirements: [entry.id],
        standards: [format!("stagecheck {}", report.stage.id)],
        status_id,
        status,
        // An unknown place in an organization that the stage needs makes the verdict undetermined.
        status_detail: (entry.id == ORGANIZATION && matches!(report.precondition(), Precondition::Unknown))
            .then_some("The stage requires it to be known"),
    }
}

fn organization(report: &Report) -> Option<&str> {
    match &report.account.membership {
        Ok(Membership::Management(organization) | Membership::Member(organization)) => Some(&organization.id),
        Ok(Membership::Standalone) | Err(_) => None,
    }
}

fn resource<'a>(entry: &'a ReportEntry<'a>, report: &'a Report) -> ResourceDetails<'a> {
    let account = report.account.caller.as_ref().map_or("unknown", |caller| caller.account.as_str());
    ResourceDetails {
        uid: entry.subject.resource.as_deref().unwrap_or(account),
        kind: if entry.subject.resource.is_some() { None } else { Some("AWS account") },
        region: entry.subject.region.as_deref(),
    }
}

#[cfg(test)]
mod tests;
