//! The report as code scanning reads it: SARIF 2.1.0, a rule a requirement and a result a finding that does not pass.
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
//!
//! An error is exactly what makes the account not ready. What is unknown is of the kind `open` ("insufficient information to decide"), and
//! its level must then be `none`. What passes is left out: GitHub opens an alert for each result, of whatever kind.

mod rules;
mod text;

use std::io::{self, Write};

use serde::Serialize;

use crate::analysis::clock;
use crate::model::finding::Severity;
use crate::model::status::Status;
use crate::render::json::escaped;
use crate::render::view::{self, ReportEntry};
use crate::report::Report;
use rules::{Driver, driver};
use text::{Message, segment};

/// Writes a report for code scanning.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&Log::from(report))?;
    writeln!(out, "{}", escaped(&text))
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

/// Which runs follow each other: GitHub closes the alerts of a run by the next with this ID.
#[derive(Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    /// That an audit was made, whatever it found.
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: String,
    end_time_utc: String,
    tool_execution_notifications: Vec<Notification>,
    tool_configuration_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_fingerprints: Option<Fingerprints>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation; 1],
}

/// A path that is in no repository: GitHub takes no result without one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Lines,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

/// The same under the one name that GitHub reads and under our own.
#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "primaryLocationLineHash")]
    github: String,
    #[serde(rename = "stagecheck/v1")]
    own: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
struct Properties {
    status: &'static str,
    severity: Option<&'static str>,
    region: Option<String>,
}

impl From<&Report> for Log {
    fn from(report: &Report) -> Self {
        Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool { driver: driver(report) },
                automation_details: AutomationDetails {
                    id: format!("stagecheck/{}/{}/", report.stage.id, segment(account(report))),
                },
                invocations: [Invocation::from(report)],
                results: view::entries(report).iter().filter_map(|entry| Finding::of(entry, report)).collect(),
            }],
        }
    }
}

impl From<&Report> for Invocation {
    fn from(report: &Report) -> Self {
        let note = |level, text: &str| Notification { level, message: Message::new(text) };
        let missing = report.missing_permissions.iter();
        let idle = view::idle_waivers(report);
        let skipped = report.skipped.iter();
        Invocation {
            execution_successful: true,
            exit_code: report.exit_status().code(),
            exit_code_description: report.headline(),
            end_time_utc: clock::in_full(report.generated_at),
            tool_execution_notifications: missing
                .map(|missing| note("warning", &format!("Missing permission: {}", missing.action)))
                .collect(),
            tool_configuration_notifications: idle
                .map(|text| note("warning", &format!("{}: {text}", view::IDLE_WAIVERS)))
                .chain(skipped.map(|id| note("note", &format!("Skipped: {id}"))))
                .collect(),
        }
    }
}

impl Finding {
    fn of(entry: &ReportEntry<'_>, report: &Report) -> Option<Self> {
        let (kind, level) = match (entry.effective, entry.status) {
            (Status::Pass, _) => return None,
            (Status::Warn, Status::Unknown) => ("informational", "none"),
            (Status::Warn, _) => ("fail", "warning"),
            (Status::Unknown, _) => ("open", "none"),
            (Status::Fail, _) => ("fail", "error"),
        };
        let resource = entry.subject.resource.as_deref().unwrap_or_else(|| account(report));
        let caller = report.account.caller.as_ref().ok();
        let waived = entry.finding.and_then(view::waived);
        Some(Finding {
            rule_id: entry.id.to_owned(),
            kind,
            level,
            message: message(entry),
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation {
                        uri: format!("aws/{}/{}", segment(account(report)), entry.check_id()),
                    },
                    region: Lines { start_line: 1 },
                },
                logical_locations: [LogicalLocation {
                    fully_qualified_name: resource.to_owned(),
                    kind: if entry.subject.resource.is_some() { "resource" } else { "account" },
                }],
            }],
            partial_fingerprints: caller.map(|caller| {
                let own = entry.fingerprint(Some(&caller.account));
                Fingerprints { github: own.clone(), own }
            }),
            suppressions: waived
                .map(|justification| Suppression { kind: "external", status: "accepted", justification })
                .into_iter()
                .collect(),
            properties: Properties {
                status: entry.status.word(),
                severity: entry.severity().map(Severity::word),
                region: entry.subject.region.clone(),
            },
        })
    }
}

/// What was found, and what to do about it: an alert on GitHub shows no more than this.
fn message(entry: &ReportEntry<'_>) -> Message {
    let mut lines = vec![entry.message.clone().into_owned()];
    if let Some(resource) = &entry.subject.resource {
        lines.push(format!("Resource: {resource}"));
    }
    if let Some(resolves) = entry.finding.and_then(|finding| finding.resolves.as_ref()) {
        lines.push(format!("Resolves: {resolves}"));
    }
    if let Some(remedy) = &entry.remediation {
        lines.push(format!("Fix: {}", remedy.summary));
    }
    Message::of_lines(&lines)
}

fn account(report: &Report) -> &str {
    report.account.caller.as_ref().map_or("unknown-account", |caller| caller.account.as_str())
}

#[cfg(test)]
mod tests;
