//! The report as CI servers draw test reports: a suite a check, a case a finding, in the form that Jenkins reads and others follow
//! (`tests/integration/formats/junit-10.xsd`). Its types are its own, and quick-xml writes them.
//!
//! A case fails exactly where a finding gates, and is in error where it is unknown; so a server that counts comes to the audit's own verdict.

use std::io::{self, Write};

use serde::Serialize;

use crate::io::terminal::{clean, shorten};
use crate::model::check::Precondition;
use crate::model::finding::Finding;
use crate::model::status::Status;
use crate::render::view;
use crate::report::{CheckReport, Report};

/// Writes a report for CI servers.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut text = String::new();
    let mut serializer = quick_xml::se::Serializer::new(&mut text);
    serializer.indent(' ', 2);
    Suites::from(report).serialize(serializer).map_err(io::Error::other)?;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}")
}

#[derive(Serialize)]
#[serde(rename = "testsuites")]
struct Suites {
    #[serde(rename = "@name")]
    name: String,
    #[serde(rename = "@tests")]
    tests: usize,
    #[serde(rename = "@failures")]
    failures: usize,
    #[serde(rename = "@errors")]
    errors: usize,
    #[serde(rename = "testsuite")]
    each: Vec<Suite>,
}

#[derive(Serialize)]
struct Suite {
    #[serde(rename = "@name")]
    name: String,
    #[serde(rename = "@tests")]
    tests: usize,
    #[serde(rename = "@failures")]
    failures: usize,
    #[serde(rename = "@errors")]
    errors: usize,
    #[serde(rename = "@skipped")]
    skipped: usize,
    #[serde(rename = "@timestamp")]
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    #[serde(rename = "testcase")]
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Properties {
    property: Vec<Property>,
}

#[derive(Serialize)]
struct Property {
    #[serde(rename = "@name")]
    name: &'static str,
    #[serde(rename = "@value")]
    value: String,
}

#[derive(Serialize)]
struct Case {
    #[serde(rename = "@classname")]
    class: String,
    #[serde(rename = "@name")]
    name: String,
    #[serde(rename = "$value")]
    outcome: Outcome,
}

/// The one element within a case; its name tells the outcome.
#[derive(Serialize)]
enum Outcome {
    #[serde(rename = "failure")]
    Failure(Reason),
    #[serde(rename = "error")]
    Error(Reason),
    #[serde(rename = "skipped")]
    Skipped(Reason),
    /// A case that passes, and what it says.
    #[serde(rename = "system-out")]
    Passed(String),
}

#[derive(Serialize)]
struct Reason {
    /// The finding's own status.
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@message")]
    message: String,
    #[serde(rename = "$text", skip_serializing_if = "String::is_empty")]
    text: String,
}

impl From<&Report> for Suites {
    fn from(report: &Report) -> Self {
        let mut suites = vec![account(report)];
        suites.extend(report.checks.iter().map(|check| of_check(check, report)));
        suites.extend(report.skipped.iter().map(|id| skipped(id, report)));
        Suites {
            name: format!("stagecheck: {}", report.headline()),
            tests: suites.iter().map(|suite| suite.tests).sum(),
            failures: suites.iter().map(|suite| suite.failures).sum(),
            errors: suites.iter().map(|suite| suite.errors).sum(),
            each: suites,
        }
    }
}

impl Suite {
    fn new(name: &str, report: &Report, cases: Vec<Case>) -> Self {
        let count = |wanted: fn(&Outcome) -> bool| cases.iter().filter(|case| wanted(&case.outcome)).count();
        Suite {
            name: clean(name).into_owned(),
            tests: cases.len(),
            failures: count(|outcome| matches!(outcome, Outcome::Failure(_))),
            errors: count(|outcome| matches!(outcome, Outcome::Error(_))),
            skipped: count(|outcome| matches!(outcome, Outcome::Skipped(_))),
            timestamp: report.generated_at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            properties: None,
            cases,
        }
    }
}

impl Case {
    fn new(check: &str, name: &str, report: &Report, outcome: Outcome) -> Self {
        Case {
            // Servers take what stands before the last point for a package, and draw a tree.
            class: format!("stagecheck.{}.{check}", report.stage.id),
            name: shorten(&clean(name)),
            outcome,
        }
    }
}

/// What is known of the account, and whether the stage is for it at all: of that no check says anything.
fn account(report: &Report) -> Suite {
    let membership = view::membership(report);
    let reason = |status: Status, message: &str| Reason::new(status.word(), message, String::new());
    let outcome = match report.precondition() {
        Precondition::Fails { why, outweighs: true, .. } => Outcome::Failure(reason(Status::Fail, &why)),
        Precondition::Fails { .. } => Outcome::Failure(reason(Status::Fail, &membership)),
        Precondition::Unknown => Outcome::Error(reason(Status::Unknown, &membership)),
        Precondition::Holds | Precondition::Passed { .. } if report.account.membership.is_err() => {
            Outcome::Skipped(reason(Status::Unknown, &membership))
        }
        Precondition::Holds | Precondition::Passed { .. } => Outcome::Passed(clean(&membership).into_owned()),
    };
    let mut suite = Suite::new("account", report, vec![Case::new("account", view::ORGANIZATION, report, outcome)]);
    let mut properties = vec![
        Property { name: "Verdict", value: report.verdict().word().to_owned() },
        Property { name: "Audit", value: view::origin(report) },
    ];
    let header = view::header(report).into_iter();
    properties.extend(header.map(|line| Property { name: line.label, value: clean(&line.text).into_owned() }));
    let idle = view::idle_waivers(report);
    properties.extend(idle.map(|text| Property { name: view::IDLE_WAIVERS, value: clean(text).into_owned() }));
    suite.properties = Some(Properties { property: properties });
    suite
}

fn of_check(check: &CheckReport, report: &Report) -> Suite {
    let mut cases: Vec<Case> = check.findings.iter().map(|finding| case(finding, check, report)).collect();
    if cases.is_empty() {
        let nothing = Outcome::Error(Reason::new(check.status.word(), &check.summary, String::new()));
        cases.push(Case::new(check.check.id, check.check.id, report, nothing));
    }
    Suite::new(&format!("{}: {}", check.check.id, check.title), report, cases)
}

fn skipped(id: &str, report: &Report) -> Suite {
    let outcome = Outcome::Skipped(Reason::new("left-out", "skipped: not evaluated", String::new()));
    Suite::new(id, report, vec![Case::new(id, id, report, outcome)])
}

fn case(finding: &Finding, check: &CheckReport, report: &Report) -> Case {
    let name = match &finding.subject.resource {
        Some(resource) => format!("{} of {resource}", finding.id),
        None => finding.id.to_owned(),
    };
    let reason = || Reason::new(finding.status.word(), &finding.message, details(finding, check));
    let outcome = match view::effective_status(finding, report) {
        Status::Pass => Outcome::Passed(clean(&finding.message).into_owned()),
        Status::Warn => {
            let Reason { message, text, .. } = reason();
            Outcome::Passed(format!("warning: {message}\n{text}"))
        }
        Status::Unknown => Outcome::Error(reason()),
        Status::Fail => Outcome::Failure(reason()),
    };
    Case::new(check.check.id, &name, report, outcome)
}

impl Reason {
    fn new(kind: &'static str, message: &str, text: String) -> Self {
        Reason { kind, message: clean(message).into_owned(), text }
    }
}

/// All else that is said of a finding, a line each.
fn details(finding: &Finding, check: &CheckReport) -> String {
    let mut lines = Vec::new();
    let mut line = |label: &str, text: &str| lines.push(format!("{label}: {}", clean(text)));
    if let Some(judged) = view::judged(check) {
        line("Evaluated", &judged);
    }
    if let Some(resource) = &finding.subject.resource {
        line("Resource", resource);
    }
    if let Some(region) = &finding.subject.region {
        line("Region", region);
    }
    if let Some(call) = finding.unavailable.as_ref().and_then(view::read_from) {
        line("Source", &call);
    }
    if let Some(waived) = view::waived(finding) {
        line("Waived", &waived);
    }
    if let Some(resolves) = &finding.resolves {
        line("Resolves", resolves);
    }
    // A case stands alone on its server's page, so what others say too is said again.
    if let Some(remedy) = &finding.remediation {
        line("Fix", &remedy.summary);
        if !remedy.commands.is_empty() {
            let exports = remedy.inputs.iter().map(|input| view::export(input, remedy));
            lines.push("Commands, in this order:".to_owned());
            lines.extend(
                exports
                    .chain(remedy.commands.iter().map(ToString::to_string))
                    .map(|command| format!("  {}", clean(&command))),
            );
        }
        let mut line = |label: &str, text: &str| lines.push(format!("{label}: {}", clean(text)));
        if let Some(console) = &remedy.console {
            line("Console", console);
        }
        remedy.references.iter().for_each(|page| line("Docs", page));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
