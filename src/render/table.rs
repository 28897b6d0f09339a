//! The report for people: who was audited, a table of the checks, what to do about each that does not pass, the verdict.

use std::io::{self, Write};

use comfy_table::{Table, presets};
use unicode_width::UnicodeWidthStr;

use super::{mark_on, standing_on, symbol, verdict_line};
use crate::io::terminal::{Lead, Page, Style, shorten, wrap};
use crate::model::status::Status;
use crate::render::view::{self, Permissions};
use crate::report::regions::RegionMap;
use crate::report::{CheckReport, Report};

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
pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    header::write(report, &mut page)?;
    page.blank()?;
    overview(&report.checks, &mut page)?;
    for check in view::open(report) {
        page.blank()?;
        details::write(check, &mut page)?;
    }
    missing_permissions(report, &mut page)?;
    waivers(report, &mut page)?;
    left_out(report, &mut page)?;
    regions::write(&RegionMap::of(report), &mut page)?;
    next::write(report, &mut page)?;
    page.blank()?;
    page.text(0, &view::counts(report))?;
    verdict_line(report, style, out)
}

/// The table: a line or two a check.
fn overview(checks: &[CheckReport], page: &mut Page<'_>) -> io::Result<()> {
    if checks.is_empty() {
        return page.text(0, "No check was selected");
    }
    let style = *page.style();
    if style.is_narrow() {
        return checks.iter().try_for_each(|check| below(check, page));
    }
    let room = style.width.saturating_sub(FRAME + STATUS);
    let cell = |text: &str, columns: usize| cell(&style, text, columns);
    let titles: Vec<String> = checks.iter().map(|check| cell(&check.title, room * 2 / 5)).collect();
    let title_columns =
        titles.iter().flat_map(|title| title.lines()).map(UnicodeWidthStr::width).fold("Check".width(), usize::max);

    let mut table = Table::new();
    table.load_style(if style.ascii {
        presets::ASCII_FULL
    } else {
        presets::UTF8_FULL.with_rounded_corners().with_solid_inner_borders()
    });
    table.set_header(["Check", "Status", "Found"]);
    for (check, title) in checks.iter().zip(titles) {
        table.add_row([title, standing_on(&style, check), cell(&check.summary, room.saturating_sub(title_columns))]);
    }
    let before_status = "│ ".width() + title_columns + " │ ".width();
    for line in table.lines() {
        page.drawn(&coloured(&line, before_status, page.style()))?;
    }
    Ok(())
}

/// A check where there is no room for a table: its status and title, and what was found below them.
fn below(check: &CheckReport, page: &mut Page<'_>) -> io::Result<()> {
    let status = standing_on(page.style(), check).replace('\n', ", ");
    page.painted(0, symbol(check.status).1, &status)?;
    page.text(2, &check.title)?;
    page.text(2, &shorten(&check.summary))
}

/// A text from the account, as lines that fit a cell.
fn cell(style: &Style, text: &str, columns: usize) -> String {
    wrap(&style.visible(&shorten(text)), columns).join("\n")
}

/// The line with its status in colour. (Not left to the table: its styling listens to `NO_COLOR`, which an explicit
/// `--color` beats.)
fn coloured(line: &str, before_status: usize, style: &Style) -> String {
    [Status::Pass, Status::Warn, Status::Unknown, Status::Fail]
        .into_iter()
        .find_map(|status| {
            let badge = mark_on(style, status);
            let (before, after) = line.split_once(&badge)?;
            (before.width() == before_status)
                .then(|| format!("{before}{}{after}", style.paint(symbol(status).1, &badge)))
        })
        .unwrap_or_else(|| line.to_owned())
}

fn missing_permissions(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let Some(Permissions { actions, policy, limit }) = view::permissions(report)? else { return Ok(()) };
    page.blank()?;
    page.heading(view::PERMISSIONS)?;
    for action in actions {
        page.text(2, &action)?;
    }
    if let Some((sentence, policy)) = policy {
        page.text(2, &sentence)?;
        page.whole(2, &policy)?;
    }
    limit.map_or(Ok(()), |limit| page.text(2, limit))
}

/// The waivers that excuse nothing: whoever wrote them believes that they do.
fn waivers(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut messages = view::idle_waivers(report).peekable();
    if messages.peek().is_none() {
        return Ok(());
    }
    page.blank()?;
    page.heading(view::IDLE_WAIVERS)?;
    let lead = Lead { text: "!", paint: symbol(Status::Warn).1, columns: 2 };
    messages.try_for_each(|message| page.beside(2, lead, message))
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
