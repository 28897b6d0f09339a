//! The formats of every output, and who writes which.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::io::terminal::Style;
use crate::render::{github, html, json, junit, markdown, plan, table};
use crate::report::Report;
use crate::report::plan::Plan;

/// The formats of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs: `schema/report-v1.schema.json`.
    Json,
    /// For CI servers: a test report, a suite a check and a case a finding.
    #[value(alias = "xml")]
    Junit,
    /// For GitHub Actions: workflow commands, which it draws as annotations.
    Github,
    /// For an issue, a pull request or a step summary: GitHub flavoured Markdown.
    #[value(alias = "md")]
    Markdown,
    /// For a browser: one page that needs nothing else.
    Html,
}

/// The formats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: `schema/plan-v1.schema.json`.
    Json,
    /// A shell script, to be read before it is run.
    Script,
    /// A CloudFormation template of what is missing.
    Cloudformation,
}

/// The forms of a preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PreviewFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: `schema/preview-v1.schema.json`.
    Json,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: `schema/diff-v1.schema.json`.
    Json,
    /// For an issue or a pull request.
    Markdown,
}

/// The forms of the policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PolicyFormat {
    /// The policy's document.
    #[default]
    Json,
    /// A template of a role that has it.
    Cloudformation,
    /// The same role for Terraform.
    Terraform,
}

impl Format {
    /// Writes a report.
    ///
    /// # Errors
    /// As its output.
    pub fn write(self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Format::Table => table::write(report, style, out),
            Format::Json => json::write(report, out),
            Format::Junit => junit::write(report, out),
            Format::Github => github::write(report, out),
            Format::Markdown => markdown::write(report, out),
            Format::Html => html::write(report, out),
        }
    }
}

impl PlanFormat {
    /// Writes what to do about a report's findings.
    ///
    /// # Errors
    /// As its output.
    pub fn write(self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let plan = Plan::of(report);
        match self {
            PlanFormat::Text => plan::text::write(&plan, report, style, out),
            PlanFormat::Json => json::write_plan(report, out),
            PlanFormat::Script => plan::script::write(&plan, report, out),
            PlanFormat::Cloudformation => plan::cloudformation::write(&plan, report, out),
        }
    }
}
