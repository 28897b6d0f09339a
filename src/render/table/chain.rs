//! The way that a message takes, link by link, and the link to look at first.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::details::LABELS;
use crate::io::terminal::{Lead, Page, Paint, ascii};
use crate::model::chain::EvaluatedLink;
use crate::render::{symbol, view};
use crate::report::CheckReport;

/// The columns of the longest link and of the arrow after it.
const LEAST: usize = 22;

/// What stands between two links.
const ARROW: &str = " → ";

/// The path, and the link to look at first.
pub(super) fn write(indent: usize, check: &CheckReport, page: &mut Page<'_>) -> io::Result<()> {
    path(indent, "Alert path", LABELS, check, page)?;
    let Some((label, why)) = view::first_broken_link(check) else { return Ok(()) };
    page.beside(indent, Lead::label(label, LABELS), &why)
}

/// The links of a check's chain, if it has one.
pub(super) fn path(
    indent: usize,
    label: &str,
    labels: usize,
    check: &CheckReport,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let chain = check.chain();
    if chain.is_empty() {
        return Ok(());
    }
    if page.style().is_narrow() && page.style().width < indent + labels + LEAST {
        let links: Vec<String> = chain.iter().map(view::link).collect();
        return page.beside(indent, Lead::label(label, labels), &links.join(ARROW));
    }
    let room = page.style().width.saturating_sub(indent + labels);
    let lines = lines(&chain, room);
    for (number, line) in lines.iter().enumerate() {
        let links: Vec<String> = line.iter().map(|link| drawn(link, page)).collect();
        let label = if number == 0 { label } else { "" };
        let goes_on = if number + 1 < lines.len() { ARROW.trim_end() } else { "" };
        let (lead, blanks) = (page.style().paint(Paint::Faint, label), labels.saturating_sub(label.width()));
        let line = format!("{:indent$}{lead}{:blanks$}{}{goes_on}", "", "", links.join(ARROW));
        page.drawn(&if page.style().ascii { ascii(&line) } else { line })?;
    }
    Ok(())
}

/// The links that stand on a line each, in their order.
fn lines(chain: &[EvaluatedLink], room: usize) -> Vec<&[EvaluatedLink]> {
    let mut lines = Vec::new();
    let mut rest = chain;
    while !rest.is_empty() {
        let mut used = 0;
        let fitting = rest.iter().take_while(|link| {
            used += view::link(link).width() + ARROW.width();
            used <= room
        });
        let (line, others) = rest.split_at(fitting.count().max(1));
        lines.push(line);
        rest = others;
    }
    lines
}

fn drawn(link: &EvaluatedLink, page: &Page<'_>) -> String {
    let paint = link.status.map_or(Paint::Faint, |status| symbol(status).1);
    page.style().paint(paint, &view::link(link))
}
