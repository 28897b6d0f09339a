//! The way that a message takes, link by link, and the link to look at first.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::details::LABELS;
use crate::account::Unavailable;
use crate::chain::{self, JudgedLink};
use crate::render::look;
use crate::report::CheckReport;
use crate::status::Status;
use crate::terminal::{Lead, Page, Paint};

/// What stands between two links.
const ARROW: &str = " → ";
/// The mark of a link that was not judged.
const NOT_JUDGED: &str = "–";

pub(super) fn write(indent: usize, check: &CheckReport, page: &mut Page<'_>) -> io::Result<()> {
    let chain = check.chain();
    if chain.is_empty() {
        return Ok(());
    }
    let hang = indent + LABELS;
    let room = page.style().width.saturating_sub(hang);
    let lines = lines(&chain, room);
    for (number, line) in lines.iter().enumerate() {
        let links: Vec<String> = line.iter().map(|link| drawn(link, page)).collect();
        let label = if number == 0 { "path" } else { "" };
        let goes_on = if number + 1 < lines.len() { ARROW.trim_end() } else { "" };
        let (lead, blanks) = (page.style().paint(Paint::Faint, label), LABELS - label.width());
        page.drawn(&format!("{:indent$}{lead}{:blanks$}{}{goes_on}", "", "", links.join(ARROW)))?;
    }
    let Some(weakest) = chain::weakest(&chain) else { return Ok(()) };
    let label = match weakest.status {
        Some(Status::Fail) => "broken at",
        Some(Status::Unknown) => "open at",
        _ => "weak at",
    };
    let why = check
        .findings
        .iter()
        .find(|finding| finding.id == weakest.requirement && finding.status_of(weakest.name) == weakest.status)
        .map(|finding| finding.unavailable.as_ref().map_or_else(|| finding.message.clone(), Unavailable::brief))
        .map_or_else(String::new, |why| format!(": {why}"));
    let unjudged = if chain.iter().any(|link| link.status.is_none()) { " (–: not judged)" } else { "" };
    page.beside(indent, Lead::label(label, LABELS), &format!("{}{why}{unjudged}", weakest.name))
}

/// The links that stand on a line each, in their order.
fn lines(chain: &[JudgedLink], room: usize) -> Vec<&[JudgedLink]> {
    let mut lines = Vec::new();
    let mut rest = chain;
    while !rest.is_empty() {
        let mut used = 0;
        let fitting = rest.iter().take_while(|link| {
            used += plain(link).width() + ARROW.width();
            used <= room
        });
        let (line, others) = rest.split_at(fitting.count().max(1));
        lines.push(line);
        rest = others;
    }
    lines
}

fn plain(link: &JudgedLink) -> String {
    match link.status {
        Some(status) => format!("{} {}", look(status).0, link.name),
        None => format!("{NOT_JUDGED} {}", link.name),
    }
}

fn drawn(link: &JudgedLink, page: &Page<'_>) -> String {
    let paint = link.status.map_or(Paint::Faint, |status| look(status).1);
    page.style().paint(paint, &plain(link))
}
