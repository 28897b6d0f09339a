//! A report, written for somebody: one file a format, each a plain function that knows no AWS.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::io::terminal::{Paint, Style};
use crate::model::status::Status;
use crate::report::plan::Plan;
use crate::report::{CheckReport, Report};

mod github;
mod html;
pub(crate) mod json;
mod junit;
pub(crate) mod markdown;
mod plan;
#[cfg(test)]
pub(crate) mod sample;
mod table;
mod view;

pub(crate) use json::escaped;

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

/// Writes what to do about a report's findings in a format.
///
/// # Errors
/// As its output.
pub fn plan(format: PlanFormat, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let plan = Plan::of(report);
    match format {
        PlanFormat::Text => plan::text::write(&plan, report, style, out),
        PlanFormat::Json => json::write_plan(report, out),
        PlanFormat::Script => plan::script::write(&plan, report, out),
        PlanFormat::Cloudformation => plan::cloudformation::write(&plan, report, out),
    }
}

/// Writes a report in a format.
///
/// # Errors
/// As its output.
pub fn render(format: Format, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Github => github::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Html => html::write(report, out),
    }
}

/// Writes the verdict alone, as one line whatever its width: the last of the table, and all of it with `-q`.
///
/// # Errors
/// As its output.
pub fn verdict_line(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = look(view::verdict_status(report.verdict())).1;
    writeln!(out, "{}", style.paint(paint, &style.visible(&view::verdict(report))))
}

/// A status as people see it on that page: in ASCII the word alone.
fn mark_on(style: &Style, status: Status) -> String {
    if style.ascii { status.word().to_uppercase() } else { mark(status) }
}

/// A status's symbol, which is not its only sign, and its colour.
fn look(status: Status) -> (char, Paint) {
    match status {
        Status::Pass => ('✔', Paint::Good),
        Status::Warn => ('!', Paint::Careful),
        Status::Unknown => ('?', Paint::Open),
        Status::Fail => ('✘', Paint::Bad),
    }
}

/// A check's status as people see it, a line each: a failure that is waived says so, and what else stands in the way.
fn standing(check: &CheckReport) -> String {
    standing_on(&Style::plain(), check)
}

fn standing_on(style: &Style, check: &CheckReport) -> String {
    let mark = |status| mark_on(style, status);
    match (check.is_waived(), check.gate()) {
        (false, status) => mark(status),
        (true, Status::Pass) => format!("{}\nwaived", mark(check.status)),
        (true, rest) => format!("{}\nwaived\n{}", mark(check.status), mark(rest)),
    }
}

/// A status as people see it: symbol and word.
fn mark(status: Status) -> String {
    format!("{} {}", look(status).0, status.word().to_uppercase())
}
