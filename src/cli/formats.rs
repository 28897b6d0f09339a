//! The formats of every output, and who writes which.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::io::terminal::Style;
use crate::render::{github, html, json, junit, markdown, ocsf, plan, sarif, table};
use crate::report::Report;
use crate::report::plan::Plan;

/// The formats of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table.
    #[default]
    #[value(aliases = ["text", "txt"])]
    Table,
    /// JSON (schema/report-v1.schema.json).
    Json,
    /// JUnit XML, one suite per check.
    #[value(alias = "xml")]
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// OCSF 1.5.0 Compliance Findings, a JSON array.
    Ocsf,
    /// GitHub Actions annotations.
    Github,
    /// GitHub Flavored Markdown.
    #[value(alias = "md")]
    Markdown,
    /// One HTML page without external resources.
    Html,
}

/// The formats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Text.
    #[default]
    #[value(alias = "table")]
    Text,
    /// JSON (schema/plan-v1.schema.json).
    Json,
    /// Shell script. Review it before you run it.
    Script,
    /// CloudFormation template for the missing resources.
    Cloudformation,
}

/// The forms of a preview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PreviewFormat {
    /// Text.
    #[default]
    #[value(alias = "table")]
    Text,
    /// JSON (schema/preview-v1.schema.json).
    Json,
}

/// The formats of an explanation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Text.
    #[default]
    #[value(alias = "table")]
    Text,
    /// JSON.
    Json,
}

/// The forms of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// Text.
    #[default]
    #[value(alias = "table")]
    Text,
    /// JSON (schema/diff-v1.schema.json).
    Json,
    /// GitHub Flavored Markdown.
    Markdown,
}

/// The forms of the policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PolicyFormat {
    /// Policy document.
    #[default]
    Json,
    /// CloudFormation template for a role with the policy.
    Cloudformation,
    /// Terraform configuration for the same role.
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
            Format::Sarif => sarif::write(report, out),
            Format::Ocsf => ocsf::write(report, out),
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
