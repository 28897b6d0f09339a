//! The report for people: who was audited, a table of the checks, what to do about each that does not pass, the verdict.

use std::collections::BTreeSet;
use std::io::{self, Write};

use comfy_table::{Table, presets};
use unicode_width::UnicodeWidthStr;

use super::{look, mark, standing, verdict_line};
use crate::iam_policy;
use crate::regions::RegionMap;
use crate::report::{CheckReport, Lacking, Report};
use crate::status::Status;
use crate::terminal::{Lead, Page, Style, clean, shorten, wrap};

mod chain;
pub(super) mod details;
pub(super) mod header;
mod next;
mod regions;

/// The columns of four lines and of a blank on either side of each of three cells.
const FRAME: usize = 10;
/// The columns of the widest status, `? UNKNOWN`.
const STATUS: usize = 9;

/// Writes a report for people.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    header::write(report, &mut page)?;
    page.blank()?;
    overview(&report.checks, &mut page)?;
    for check in report.checks.iter().filter(|check| check.status != Status::Pass) {
        page.blank()?;
        details::write(check, &mut page)?;
    }
    missing_permissions(report, &mut page)?;
    waivers(report, &mut page)?;
    left_out(report, &mut page)?;
    regions::write(&RegionMap::of(report), &mut page)?;
    next::write(report, &mut page)?;
    page.blank()?;
    counts(report, &mut page)?;
    verdict_line(report, style, out)
}

/// The table: a line or two a check.
fn overview(checks: &[CheckReport], page: &mut Page<'_>) -> io::Result<()> {
    if checks.is_empty() {
        return page.text(0, "No check was selected");
    }
    let room = page.style().width.saturating_sub(FRAME + STATUS);
    let titles: Vec<String> = checks.iter().map(|check| cell(&check.title, room * 2 / 5)).collect();
    let title_columns =
        titles.iter().flat_map(|title| title.lines()).map(UnicodeWidthStr::width).fold("Check".width(), usize::max);

    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL.with_rounded_corners().with_solid_inner_borders());
    table.set_header(["Check", "Status", "Found"]);
    for (check, title) in checks.iter().zip(titles) {
        table.add_row([title, standing(check), cell(&check.summary, room.saturating_sub(title_columns))]);
    }
    let before_status = "│ ".width() + title_columns + " │ ".width();
    for line in table.lines() {
        page.drawn(&coloured(&line, before_status, page.style()))?;
    }
    Ok(())
}

/// A text from the account, as lines that fit a cell.
fn cell(text: &str, columns: usize) -> String {
    wrap(&shorten(&clean(text)), columns).join("\n")
}

/// The line with its status in colour. (Not left to the table: its styling listens to `NO_COLOR`, which an explicit
/// `--color` beats.)
fn coloured(line: &str, before_status: usize, style: &Style) -> String {
    [Status::Pass, Status::Warn, Status::Unknown, Status::Fail]
        .into_iter()
        .find_map(|status| {
            let (before, after) = line.split_once(&mark(status))?;
            (before.width() == before_status)
                .then(|| format!("{before}{}{after}", style.paint(look(status).1, &mark(status))))
        })
        .unwrap_or_else(|| line.to_owned())
}

/// What an administrator must grant before another audit can tell more.
fn missing_permissions(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.lacking.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Permissions that the auditor lacks")?;
    for Lacking { action, denied_by, .. } in &report.lacking {
        if denied_by.is_empty() {
            page.text(2, action)?;
        } else {
            let denied_by: Vec<&str> = denied_by.iter().copied().collect();
            page.text(2, &format!("{action}, denied {}", denied_by.join(" and ")))?;
        }
    }
    let grantable: BTreeSet<&'static str> =
        report.lacking.iter().filter(|lacking| lacking.granting_helps).map(|lacking| lacking.action).collect();
    if !grantable.is_empty() {
        let all = grantable.len() == report.lacking.len();
        let grants = if all { "This policy grants them" } else { "This policy grants the others" };
        page.text(2, &format!("{grants}; `stagecheck iam-policy` prints one with all that an audit needs:"))?;
        page.whole(2, &iam_policy::allowing(grantable)?)?;
    }
    if report.lacking.iter().any(|lacking| !lacking.denied_by.is_empty()) {
        page.text(2, "What a Deny or a limit denies, no further policy of the auditor grants: whoever manages that must let it through")?;
    }
    Ok(())
}

/// The waivers that excuse nothing: whoever wrote them believes that they do.
fn waivers(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let messages: Vec<&String> = report.waivers.iter().filter_map(|standing| standing.message.as_ref()).collect();
    if messages.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.heading("Waivers that excuse nothing")?;
    let lead = Lead { text: "!", paint: look(Status::Warn).1, columns: 2 };
    messages.into_iter().try_for_each(|message| page.beside(2, lead, message))
}

fn left_out(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.left_out.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.beside(0, Lead::label("Left out", 10), &report.left_out.join(", "))
}

fn counts(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let counts = [Status::Pass, Status::Warn, Status::Unknown, Status::Fail]
        .map(|status| format!("{} {}", report.count(status), status.word()));
    let waived = match report.waived() {
        0 => String::new(),
        1 => "; 1 failure is waived".to_owned(),
        waived => format!("; {waived} failures are waived"),
    };
    page.text(0, &format!("{}{waived}", counts.join(", ")))
}

#[cfg(test)]
mod tests;
