//! The report for people: who was audited, a table of the checks, what to do about each that does not pass, the verdict.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{standing_on, symbol, verdict_line};
use crate::io::terminal::{Lead, Page, Paint, Style, shorten, wrap};
use crate::model::status::Status;
use crate::render::view::{self, Permissions};
use crate::report::regions::RegionMap;
use crate::report::{CheckReport, Report};

mod brief;
mod chain;
pub(super) mod details;
pub(super) mod header;
mod next;
mod regions;

/// The blanks before, between and after the cells of three columns.
const FRAME: usize = 5;

/// Writes the default report: what is ready, what is wrong, and what to run next.
pub(crate) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    brief::header(report, &mut page)?;
    page.blank()?;
    overview(&report.checks, &mut page)?;
    brief::write(report, &mut page)?;
    waivers(report, &mut page)?;
    skipped(report, &mut page)?;
    page.blank()?;
    verdict_line(report, style, out)?;
    match brief::next(report) {
        Some(next) => Page::new(style, out).text(2, &next),
        None => Ok(()),
    }
}

/// Writes the report with evidence, commands, the Region map and the steps.
pub(crate) fn write_full(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
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
    skipped(report, &mut page)?;
    regions::write(&RegionMap::of(report), &mut page)?;
    next::write(report, &mut page)?;
    page.blank()?;
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
    let standings: Vec<String> = checks.iter().map(|check| standing_on(&style, check)).collect();
    let widest = standings.iter().flat_map(|standing| standing.lines()).map(UnicodeWidthStr::width).max();
    let status_columns = widest.unwrap_or_default().max("Status".width());
    let room = style.width.saturating_sub(FRAME + status_columns);
    let titles: Vec<String> = checks.iter().map(|check| cell(&style, &check.title, room / 2)).collect();
    let columns =
        titles.iter().flat_map(|title| title.lines()).map(UnicodeWidthStr::width).fold("Check".width(), usize::max);
    let pad = |text: &str, columns: usize| format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())));
    page.drawn(&format!(" {} {} Result", pad("Status", status_columns + 1), pad("Check", columns + 1)))?;
    let dash = if style.ascii { "-" } else { "─" };
    page.drawn(&format!(" {}", dash.repeat(style.width.saturating_sub(1))))?;
    // Where something is wrong, what passes takes one line.
    let is_short = checks.iter().any(|check| check.status != Status::Pass);
    for ((check, title), status) in checks.iter().zip(titles).zip(standings) {
        let room = room.saturating_sub(columns);
        let result = match check.status {
            Status::Pass if is_short => {
                let ellipsis = if style.ascii { "..." } else { "…" };
                one_line(&style.visible(&shorten(&check.result)), room, ellipsis)
            }
            _ => cell(&style, &check.result, room),
        };
        let height = [&status, &title, &result].map(|cell| cell.lines().count()).into_iter().max().unwrap_or_default();
        for number in 0..height {
            let line = |cell: &str| cell.lines().nth(number).unwrap_or_default().to_owned();
            let (status, title, result) = (line(&status), line(&title), line(&result));
            let blanks = " ".repeat((status_columns + 1).saturating_sub(status.width()));
            let paint = if number == 0 { symbol(check.status).1 } else { Paint::Plain };
            let status = if status.is_empty() { status } else { style.paint(paint, &status) };
            page.drawn(format!(" {status}{blanks} {} {result}", pad(&title, columns + 1)).trim_end())?;
        }
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

/// As many of the text's clauses as fit a line; of a first one that is too long, the middle of its longest word is left out.
fn one_line(text: &str, columns: usize, ellipsis: &str) -> String {
    const LAST: usize = 4;
    let mut clauses = text.split("; ");
    let mut line = clauses.next().unwrap_or_default().to_owned();
    if line.width() > columns {
        let excess = line.width() - columns;
        let word = line.split(' ').max_by_key(|word| word.width()).unwrap_or_default().to_owned();
        let length = word.chars().count();
        let kept = length.saturating_sub(excess + ellipsis.width() + LAST);
        if kept < LAST {
            return wrap(text, columns).join("\n");
        }
        let (first, last) = (word.chars().take(kept), word.chars().skip(length - LAST));
        let short: String = first.chain(ellipsis.chars()).chain(last).collect();
        line = line.replacen(&word, &short, 1);
    }
    for clause in clauses {
        if line.width() + "; ".len() + clause.width() > columns {
            break;
        }
        line.push_str("; ");
        line.push_str(clause);
    }
    line
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

fn skipped(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.skipped.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.beside(0, Lead::label("Skipped", 9), &report.skipped.join(", "))
}

#[cfg(test)]
mod tests;
