//! An explanation for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::Explained;
use crate::config::settings::Settings;
use crate::model::check::{Check, Stage};
use crate::model::finding::Requirement;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    stage: &'a str,
    checks: Vec<CheckV1<'a>>,
}

#[derive(Serialize)]
struct CheckV1<'a> {
    id: &'a str,
    title: String,
    what: &'a str,
    why: &'a str,
    fix: &'a str,
    waivable: bool,
    requirements: Vec<RequirementV1<'a>>,
    operations: Vec<OperationV1>,
    edge_cases: &'a [&'a str],
    references: &'a [&'a str],
}

#[derive(Serialize)]
struct RequirementV1<'a> {
    id: &'a str,
    severity: &'static str,
    documentation_url: &'a str,
    pass: &'a str,
    warn: Option<&'a str>,
    fail: Option<&'a str>,
}

#[derive(Serialize)]
struct OperationV1 {
    name: &'static str,
    permission: Option<&'static str>,
    purpose: &'static str,
    reads: &'static str,
}

/// Writes the checks of the topic: all, one, or one with the requirement alone.
pub(super) fn write(stage: &Stage, topic: Explained<'_>, out: &mut dyn Write) -> io::Result<()> {
    let checks = match topic {
        Explained::List => stage.checks.iter().map(|check| CheckV1::new(check, check.requirements)).collect(),
        Explained::Check(check) => vec![CheckV1::new(check, check.requirements)],
        Explained::Requirement(check, requirement) => vec![CheckV1::new(check, &[requirement])],
    };
    let document = Document { schema_version: 1, stage: stage.id, checks };
    writeln!(out, "{}", serde_json::to_string_pretty(&document)?)
}

impl<'a> CheckV1<'a> {
    fn new(check: &'a Check, requirements: &[&'a Requirement]) -> Self {
        let operations = check.operations.iter().chain(check.explains_with);
        CheckV1 {
            id: check.id,
            title: (check.title)(&Settings::default()),
            what: check.what,
            why: check.why,
            fix: check.fix,
            waivable: check.waivable,
            requirements: requirements.iter().map(|requirement| RequirementV1::from(*requirement)).collect(),
            operations: operations.filter_map(|operation| OperationV1::new(check, *operation)).collect(),
            edge_cases: check.decisions,
            references: check.references,
        }
    }
}

impl<'a> From<&'a Requirement> for RequirementV1<'a> {
    fn from(requirement: &'a Requirement) -> Self {
        let some = |text: &'a str| (!text.is_empty()).then_some(text);
        RequirementV1 {
            id: requirement.id,
            severity: requirement.severity.word(),
            documentation_url: requirement.docs,
            pass: requirement.pass,
            warn: some(requirement.warn),
            fail: some(requirement.fail),
        }
    }
}

impl OperationV1 {
    fn new(check: &Check, operation: crate::account::operation::Operation) -> Option<Self> {
        let spec = operation.spec();
        let purpose = check.purpose(operation)?.word();
        Some(OperationV1 { name: spec.name, permission: spec.action, purpose, reads: spec.reads })
    }
}
