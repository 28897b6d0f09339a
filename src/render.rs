//! A report, written for somebody: one file a format, each a plain function that knows no AWS.

use std::io::{self, Write};

use crate::io::terminal::{Paint, Style};
use crate::model::status::Status;
use crate::report::{CheckReport, Report};

pub(crate) mod github;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod ocsf;
pub(crate) mod plan;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod sarif;
pub(crate) mod table;
mod view;

pub(crate) use json::escaped;

/// Writes the verdict alone, as one line whatever its width: the last of the table, and all of it with `-q`.
///
/// # Errors
/// As its output.
pub fn verdict_line(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = symbol(view::verdict_status(report.verdict())).1;
    writeln!(out, "{}", style.paint(paint, &style.visible(&view::verdict(report))))
}

/// A status as people see it on that page: in ASCII the word alone.
fn mark_on(style: &Style, status: Status) -> String {
    if style.ascii { status.word().to_uppercase() } else { badge(status) }
}

/// A status's symbol, which is not its only sign, and its colour.
fn symbol(status: Status) -> (char, Paint) {
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
    let badge = |status| mark_on(style, status);
    match (check.is_waived(), check.gate()) {
        (false, status) => badge(status),
        (true, Status::Pass) => format!("{}\nwaived", badge(check.status)),
        (true, rest) => format!("{}\nwaived\n{}", badge(check.status), badge(rest)),
    }
}

/// A status as people see it: symbol and word.
fn badge(status: Status) -> String {
    format!("{} {}", symbol(status).0, status.word().to_uppercase())
}
