//! What to do next, for programs: the report's `plan`, and the document of `stagecheck plan`, `schema/plan-v1.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::{Head, escaped};
use crate::model::finding::Finding;
use crate::model::remediation::{CommandLine, Cost};
use crate::report::Report;
use crate::report::plan::{Plan, Step};

/// Writes a plan for programs. What stands beside it stands in the report too, by the same names.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(&PlanV1::from(report))?;
    writeln!(out, "{}", escaped(&text))
}

#[derive(Serialize)]
struct PlanV1<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    skipped: &'a [&'static str],
    plan: Vec<StepV1<'a>>,
}

#[derive(Serialize)]
pub(super) struct StepV1<'a> {
    need: &'static str,
    summary: String,
    findings: Vec<Closes<'a>>,
    who: &'static str,
    minutes: u32,
    costs: Vec<CostV1>,
    inputs: Vec<&'static str>,
    learned: Vec<&'static str>,
    commands: Vec<CommandLine>,
    console: Option<String>,
    references: Vec<&'static str>,
    resolves: Vec<String>,
}

#[derive(Serialize)]
struct Closes<'a> {
    id: &'a str,
    status: &'static str,
    resource: Option<&'a str>,
    region: Option<&'a str>,
}

#[derive(Serialize)]
struct CostV1 {
    monthly_usd: f64,
    basis: &'static str,
    page: &'static str,
}

/// The steps of a report.
pub(super) fn steps(report: &Report) -> Vec<StepV1<'_>> {
    Plan::of(report).steps.into_iter().map(StepV1::from).collect()
}

impl<'a> From<&'a Report> for PlanV1<'a> {
    fn from(report: &'a Report) -> Self {
        PlanV1 { head: Head::from(report), skipped: &report.skipped, plan: steps(report) }
    }
}

impl<'a> From<Step<'a>> for StepV1<'a> {
    fn from(step: Step<'a>) -> Self {
        let resolves = step.resolves().into_iter().map(str::to_owned).collect();
        StepV1 {
            need: step.need.word(),
            findings: step.findings.iter().map(|finding| Closes::from(*finding)).collect(),
            who: step.who().id(),
            minutes: step.minutes,
            costs: step.costs().iter().map(CostV1::from).collect(),
            resolves,
            summary: step.remedy.summary,
            inputs: step.remedy.inputs,
            learned: step.remedy.planned.learned,
            commands: step.remedy.commands,
            console: step.remedy.console,
            references: step.remedy.references,
        }
    }
}

impl<'a> From<&'a Finding> for Closes<'a> {
    fn from(finding: &'a Finding) -> Self {
        Closes {
            id: finding.id,
            status: finding.status.word(),
            resource: finding.subject.resource.as_deref(),
            region: finding.subject.region.as_deref(),
        }
    }
}

impl From<&Cost> for CostV1 {
    fn from(cost: &Cost) -> Self {
        CostV1 { monthly_usd: cost.monthly_usd(), basis: cost.basis, page: cost.page }
    }
}
