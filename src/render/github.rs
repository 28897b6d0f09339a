//! The report as GitHub Actions draws it beside a run: an annotation for the verdict, and one for each check that does not pass.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
//!
//! GitHub shows ten errors and ten warnings of a step, and 4,096 characters of each. So it is one a check and not one a finding, and long ones
//! say how much they leave out. The whole report is the step summary's: `--output markdown=$GITHUB_STEP_SUMMARY`.

use std::io::{self, Write};

use super::{badge, standing};
use crate::io::terminal::{clean, shorten};
use crate::model::check::Precondition;
use crate::model::status::Status;
use crate::render::view::{self, FindingGroup, Fix, Permissions};
use crate::report::{CheckReport, Report};

/// What GitHub keeps of an annotation, in characters: `_maxIssueMessageLength` of its runner.
const LONGEST: usize = 4096;
/// What is left for saying how much is left out.
const REST: usize = 100;

/// Writes a report for GitHub Actions.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match view::verdict_status(report.verdict()) {
        Status::Pass => Level::Notice,
        _ => Level::Error,
    };
    annotate(out, verdict, "stagecheck", &[view::verdict(report)])?;
    // One that outweighs the checks is the verdict's own sentence.
    if let Precondition::Fails { outweighs: false, .. } = report.precondition() {
        annotate(out, Level::Error, "Organization", &[view::membership(report)])?;
    }
    for check in view::open(report) {
        let title = format!("{}: {}", check.title, standing(check).replace('\n', ", "));
        annotate(out, level(check, report), &title, &findings(check))?;
    }
    if let Some(Permissions { actions, policy, limit }) = view::permissions(report)? {
        let policy = policy.into_iter().flat_map(|(sentence, policy)| [sentence, policy]);
        let lines: Vec<String> = actions.into_iter().chain(policy).chain(limit.map(str::to_owned)).collect();
        annotate(out, Level::Warning, view::PERMISSIONS, &lines)?;
    }
    let idle: Vec<String> = view::idle_waivers(report).map(str::to_owned).collect();
    if !idle.is_empty() {
        annotate(out, Level::Warning, view::IDLE_WAIVERS, &idle)?;
    }
    if !report.skipped.is_empty() {
        annotate(out, Level::Notice, "Skipped", &[report.skipped.join(", ")])?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Level {
    Error,
    Warning,
    Notice,
}

/// An error is what keeps the verdict from being ready.
fn level(check: &CheckReport, report: &Report) -> Level {
    match check.findings.iter().map(|finding| view::effective_status(finding, report)).max().unwrap_or(check.status) {
        Status::Fail | Status::Unknown => Level::Error,
        Status::Warn | Status::Pass => Level::Warning,
    }
}

/// What a check found, each with what to do about it.
fn findings(check: &CheckReport) -> Vec<String> {
    let mut lines = Vec::new();
    for FindingGroup { ids, finding, fix, .. } in view::grouped(check) {
        let mut text = format!("{} {}: {}", badge(finding.status), ids.join(", "), finding.message);
        if let Some(waived) = view::waived(&finding) {
            text = format!("{text}. Waived {waived}");
        }
        if let Some(resolves) = &finding.resolves {
            text = format!("{text}. Resolves: {resolves}");
        }
        text = match fix {
            Some(Fix::Anew(remedy)) => format!("{text}. Fix: {}", remedy.summary),
            Some(Fix::SameAs(id)) => format!("{text}. Fix: the same as for {id}"),
            None => text,
        };
        lines.push(text);
    }
    if lines.is_empty() {
        lines.push(check.summary.clone());
    }
    lines
}

/// One workflow command. Nothing in it can begin another: that needs a line of its own, and no line feed is left.
fn annotate(out: &mut dyn Write, level: Level, title: &str, lines: &[String]) -> io::Result<()> {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let title = property(&shorten(&clean(title)));
    writeln!(out, "::{level} title={title}::{}", data(&fitting(lines)))
}

/// As many of the lines as GitHub keeps, and how many it would not have.
fn fitting(lines: &[String]) -> String {
    let mut text = String::new();
    let mut length = 0;
    for (place, line) in lines.iter().enumerate() {
        let line = clean(line);
        length += line.chars().count() + usize::from(place > 0);
        let room = if place + 1 == lines.len() { LONGEST } else { LONGEST - REST };
        if length > room {
            // One that is too long by itself is cut, or nothing at all would be said.
            let kept = if place == 0 { shorten(&line) } else { String::new() };
            let left = lines.len() - usize::from(place == 0) - place;
            let more = if left == 0 { String::new() } else { format!("\n… and {left} more") };
            return format!("{text}{kept}{more}").trim().to_owned();
        }
        if place > 0 {
            text.push('\n');
        }
        text.push_str(&line);
    }
    text
}

/// A command's text, as GitHub's own toolkit escapes it.
/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A command's property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
