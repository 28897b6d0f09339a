//! The report for people: who was audited, a table of the checks, what to do about each that does not pass, the verdict.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use unicode_width::UnicodeWidthStr;

use super::words::{self, Permissions};
use super::{look, mark, verdict_line};
use crate::report::{CheckReport, Report};
use crate::status::Status;
use crate::terminal::{Lead, Page, Style, clean, shorten, wrap};

mod details;
mod header;

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
    for check in words::open(report) {
        page.blank()?;
        details::write(check, &mut page)?;
    }
    missing_permissions(report, &mut page)?;
    left_out(report, &mut page)?;
    page.blank()?;
    page.text(0, &words::counts(report))?;
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
        table.add_row([title, mark(check.status), cell(&check.summary, room.saturating_sub(title_columns))]);
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

fn missing_permissions(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let Some(Permissions { actions, policy, limit }) = words::permissions(report)? else { return Ok(()) };
    page.blank()?;
    page.heading(words::PERMISSIONS)?;
    for action in actions {
        page.text(2, &action)?;
    }
    if let Some((sentence, policy)) = policy {
        page.text(2, &sentence)?;
        page.whole(2, &policy)?;
    }
    limit.map_or(Ok(()), |limit| page.text(2, limit))
}

fn left_out(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.left_out.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.beside(0, Lead::label("Left out", 10), &report.left_out.join(", "))
}

#[cfg(test)]
mod tests;
