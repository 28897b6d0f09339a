//! The rules of a run: every requirement of the stage, whether or not something breaks it.

use serde::Serialize;

use super::text::Message;
use crate::model::check::Check;
use crate::model::finding::{Requirement, Severity};
use crate::model::status::Status;
use crate::render::view::{ORGANIZATION, PLACE};
use crate::report::Report;

#[derive(Serialize)]
pub(super) struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'static str>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: [&'static str; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    score: Option<&'static str>,
}

/// stagecheck, and what it looks at in the report's stage.
pub(super) fn driver(report: &Report) -> Driver {
    let of_checks = report.stage.checks.iter().flat_map(|check| {
        let title = (check.title)(&report.expectations);
        let requirements: Vec<Rule> =
            check.requirements.iter().map(|requirement| Rule::of(requirement, check, &title)).collect();
        // A check without findings has no requirement to name.
        std::iter::once(Rule::about(check.id, &title, check.what, check.fix, None)).chain(requirements)
    });
    let place = Rule::about(
        ORGANIZATION,
        PLACE,
        "Whether the account is one that the stage is for.",
        "Audit an account that the stage is for.",
        Some(Severity::High),
    );
    Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        rules: std::iter::once(place).chain(of_checks).collect(),
    }
}

impl Rule {
    fn of(requirement: &Requirement, check: &Check, title: &str) -> Self {
        let outcomes = requirement.outcomes().map(|(status, text)| {
            let verb = match status {
                Status::Pass => "Passes",
                Status::Warn => "Warns",
                Status::Unknown | Status::Fail => "Fails",
            };
            format!("{verb}: {text}")
        });
        let lines: Vec<String> =
            outcomes.chain([format!("Why: {}", check.why), format!("Fix: {}", check.fix)]).collect();
        Rule {
            id: requirement.id,
            short_description: Message::new(&format!("{title}: {}", requirement.pass)),
            full_description: Message::new(check.what),
            help: Message::of_lines(&lines),
            help_uri: Some(requirement.docs).filter(|page| !page.is_empty()),
            default_configuration: Configuration {
                level: if requirement.fail.is_empty() { "warning" } else { "error" },
            },
            properties: Properties::of(Some(requirement.severity)),
        }
    }

    fn about(id: &'static str, title: &str, what: &str, fix: &str, severity: Option<Severity>) -> Self {
        Rule {
            id,
            short_description: Message::new(title),
            full_description: Message::new(what),
            help: Message::new(fix),
            help_uri: None,
            default_configuration: Configuration { level: "error" },
            properties: Properties::of(severity),
        }
    }
}

impl Properties {
    fn of(severity: Option<Severity>) -> Self {
        Properties {
            tags: ["security", "aws"],
            severity: severity.map(Severity::word),
            score: severity.and_then(score),
        }
    }
}

/// A score that GitHub shows as the same word: above 9.0 critical, from 7.0 high, from 4.0 medium, above 0 low.
const fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Informational => None,
        Severity::Low => Some("2.0"),
        Severity::Medium => Some("5.0"),
        Severity::High => Some("8.0"),
        Severity::Critical => Some("9.5"),
    }
}
