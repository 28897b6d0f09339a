//! What to do next, written for somebody: one file a format.

use std::io::{self, Write};

use textwrap::{Options, WordSeparator, WordSplitter};

use crate::io::terminal::clean;
use crate::model::finding::Finding;
use crate::report::Report;
use crate::report::plan::{Plan, Step, StepKind};

pub(crate) mod cloudformation;
pub(crate) mod script;
pub(crate) mod text;

/// What stands where there is nothing to do.
pub(super) const NOTHING: &str = "Nothing to do.";

/// What follows the steps.
pub(super) fn again(report: &Report) -> String {
    format!("Then run `stagecheck audit{}` again: some checks depend on these steps.", report.stage.option)
}

/// Who, how long, for how much: of one step.
pub(super) fn effort(step: &Step<'_>) -> String {
    let mut effort = step.who().words().to_owned();
    if step.minutes > 0 {
        effort = format!("{effort}, {} min", step.minutes);
    }
    match step.costs().iter().map(|cost| cost.monthly_cents).sum() {
        0 => effort,
        cents => format!("{effort}, up to {} a month", dollars(cents)),
    }
}

/// The same of all steps.
pub(super) fn totals(plan: &Plan<'_>) -> String {
    let steps = match plan.steps.len() {
        1 => "1 step".to_owned(),
        steps => format!("{steps} steps"),
    };
    let minutes = match plan.minutes() {
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    let cost = match plan.monthly_cents() {
        0 => "no AWS charges".to_owned(),
        cents => format!("up to {} a month in AWS charges", dollars(cents)),
    };
    format!("{steps}, about {minutes} in all, {cost}")
}

/// What a step's need means, where it is not that it must be done.
pub(super) const fn remark(need: StepKind) -> Option<&'static str> {
    match need {
        StepKind::Required => None,
        StepKind::Diagnose => Some("required to evaluate"),
        StepKind::Recommended => Some("recommended"),
        StepKind::Verify => Some("verify"),
    }
}

/// The ids of the findings that a step closes, each once, and of many the first.
pub(super) fn ids(findings: &[&Finding]) -> String {
    let mut ids: Vec<&str> = Vec::new();
    for finding in findings {
        if !ids.contains(&finding.id) {
            ids.push(finding.id);
        }
    }
    match ids.split_at_checked(FEW) {
        Some((few, rest)) if rest.len() > 1 => format!("{} and {} more", few.join(", "), rest.len()),
        _ => ids.join(", "),
    }
}

/// So many ids fit two lines.
const FEW: usize = 3;

pub(super) fn dollars(cents: u32) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

/// The columns of a comment.
const WIDTH: usize = 100;

/// Writes a comment of a script or a template, whose further lines hang below its first by `hang`. A newline in the text would end it,
/// so none is left in it.
fn comment(out: &mut dyn Write, text: &str, hang: &str) -> io::Result<()> {
    let further = format!("# {hang}");
    let options = Options::new(WIDTH)
        .initial_indent("# ")
        .subsequent_indent(&further)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    for line in textwrap::wrap(&clean(text), options) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
