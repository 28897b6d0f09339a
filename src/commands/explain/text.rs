//! An explanation for people.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Explained;
use crate::account::operation::Purpose;
use crate::checks::STAGES;
use crate::config::settings::Settings;
use crate::io::terminal::{Lead, Page, Paint, Style};
use crate::model::check::{Check, Stage};
use crate::model::finding::Requirement;

/// The columns of a status and the blanks after it.
const STATUS: usize = 6;

/// Writes an explanation. `expect` completes the titles.
///
/// # Errors
/// As its output.
pub(super) fn write(
    stage: &Stage,
    topic: Explained<'_>,
    verbose: bool,
    expect: &Settings,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style, out);
    match topic {
        Explained::List => list(stage, expect, &mut page),
        Explained::Check(check) => one(check, verbose, expect, &mut page),
        Explained::Requirement(check, requirement) => single(check, requirement, expect, &mut page),
    }
}

fn list(stage: &Stage, expect: &Settings, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&format!("Checks of stage {}: is the account ready to {}?", stage.id, stage.ready_to))?;
    page.blank()?;
    let columns = stage.checks.iter().map(|check| check.id.len()).max().unwrap_or_default() + 2;
    for check in stage.checks {
        let lead = Lead { text: check.id, paint: Paint::Strong, columns };
        page.beside(2, lead, &(check.title)(expect))?;
    }
    page.blank()?;
    page.text(0, "Run `stagecheck explain CHECK` for one check in full.")?;
    let others: Vec<&str> = STAGES.iter().map(|other| other.id).filter(|id| *id != stage.id).collect();
    page.text(0, &format!("Other stages (--stage): {}.", others.join(", ")))
}

fn one(check: &Check, verbose: bool, expect: &Settings, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&format!("{}: {}", check.id, (check.title)(expect)))?;
    page.blank()?;
    page.text(2, check.what)?;
    section("Why it matters", page)?;
    page.text(2, check.why)?;
    section("How to fix it", page)?;
    page.text(2, check.fix)?;
    section("Requirements", page)?;
    let columns = check.requirements.iter().map(|requirement| requirement.name().len()).max().unwrap_or_default() + 2;
    for requirement in check.requirements {
        rows(requirement.name(), columns, requirement, page)?;
    }
    section("API calls (permission)", page)?;
    page.text(2, &calls(check))?;
    if verbose && !check.decisions.is_empty() {
        section("Edge cases", page)?;
        for decision in check.decisions {
            page.beside(2, Lead { text: "-", paint: Paint::Plain, columns: 2 }, decision)?;
        }
    }
    section("Docs", page)?;
    for reference in check.references {
        page.whole(2, reference)?;
    }
    match check.decisions.len() {
        0 => Ok(()),
        _ if verbose => Ok(()),
        1 => page.text(2, &format!("1 edge case: stagecheck explain {} --verbose", check.id)),
        many => page.text(2, &format!("{many} edge cases: stagecheck explain {} --verbose", check.id)),
    }
}

fn single(check: &Check, requirement: &Requirement, expect: &Settings, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&format!("{}: {}", requirement.id, (check.title)(expect)))?;
    page.blank()?;
    rows("", 0, requirement, page)?;
    page.blank()?;
    page.beside(2, Lead::label("severity", 10), requirement.severity.word())?;
    page.whole_beside(2, Lead::label("docs", 10), requirement.docs)?;
    page.blank()?;
    page.text(0, &format!("Run `stagecheck explain {}` for the whole check.", check.id))
}

/// One row a status.
fn rows(name: &str, columns: usize, requirement: &Requirement, page: &mut Page<'_>) -> io::Result<()> {
    let mut name = name;
    for (status, text) in requirement.outcomes() {
        let lead = format!("{name:columns$}{}", status.word());
        page.beside(2, Lead { text: &lead, paint: Paint::Strong, columns: columns + STATUS }, text)?;
        name = "";
    }
    Ok(())
}

/// The permissions, and what a call without one is called.
fn calls(check: &Check) -> String {
    let (mut calls, mut free) = (Vec::new(), Vec::new());
    for operation in check.operations.iter().chain(check.explains_with) {
        match operation.spec().action {
            Some(action) if check.purpose(*operation) == Some(Purpose::Explain) => {
                calls.push(format!("{action} (only to explain a failure)"));
            }
            Some(action) => calls.push(action.to_owned()),
            None => free.push(operation.to_string()),
        }
    }
    let mut text = calls.join(", ");
    if !free.is_empty() {
        let _ = write!(text, "; {} needs no permission", free.join(", "));
    }
    text
}

fn section(title: &str, page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    page.heading(title)
}
