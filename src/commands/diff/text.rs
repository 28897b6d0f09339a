//! A comparison for people.

use std::io::{self, Write};

use super::change::{Change, Kind};
use super::compare::Diff;
use super::side::Side;
use super::words;
use crate::analysis::clock;
use crate::io::terminal::{Lead, Page, Paint, Style};

/// How far all that belongs to a change is indented.
const INDENT: usize = 4;
/// The columns of the labels.
const LABELS: usize = 11;

pub(super) fn write(diff: &Diff<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    let report = &diff.new.report;
    let account = report.account.id.as_ref().or(diff.old.report.account.id.as_ref());
    let account = account.map_or_else(|| "an unknown account".to_owned(), |id| format!("account {id}"));
    page.heading(&format!("stagecheck {} · {} · {account} · comparison", env!("CARGO_PKG_VERSION"), report.stage))?;
    page.blank()?;
    side("Old", diff.old, &mut page)?;
    side("New", diff.new, &mut page)?;
    for note in &diff.notes {
        page.beside(0, Lead { text: "Note", paint: Paint::Careful, columns: 6 }, note)?;
    }
    for kind in Kind::ALL {
        let mut changes = diff.of(kind).peekable();
        if changes.peek().is_some() {
            page.blank()?;
            page.rule(words::heading(kind))?;
        }
        changes.try_for_each(|one| change(one, &mut page))?;
    }
    page.blank()?;
    let (symbol, paint) = if diff.got_worse() { look(Kind::Worse) } else { look(Kind::Better) };
    writeln!(out, "{}", style.paint(paint, &style.visible(&format!("{symbol} {}", words::headline(diff)))))
}

fn side(name: &str, side: &Side, page: &mut Page<'_>) -> io::Result<()> {
    let when = clock::at(side.report.generated_at);
    let lead = Lead::label(name, 6);
    page.beside(0, lead, &format!("{} {}, {when}: {}", side.kind.word(), side.file, side.report.headline))
}

fn change(change: &Change<'_>, page: &mut Page<'_>) -> io::Result<()> {
    let (symbol, paint) = look(change.kind);
    let symbol = symbol.to_string();
    page.blank()?;
    page.beside(2, Lead { text: &symbol, paint, columns: 2 }, &words::title(change))?;
    page.text(INDENT, words::message(change))?;
    let mut line = |label: &str, text: &str| page.beside(INDENT, Lead::label(label, LABELS), text);
    if let Some(before) = words::before(change) {
        line("Before", before)?;
    }
    if let Some(waived) = words::waived(change) {
        line("Waived", &waived)?;
    }
    let (resource, region) = words::resource(change);
    if let Some(resource) = resource {
        page.whole_beside(INDENT, Lead::label("Resource", LABELS), resource)?;
    }
    match region {
        Some(region) => page.beside(INDENT, Lead::label("Region", LABELS), region),
        None => Ok(()),
    }
}

/// A kind's symbol, which is not its only sign, and its colour.
const fn look(kind: Kind) -> (char, Paint) {
    match kind {
        Kind::Worse => ('✘', Paint::Bad),
        Kind::Better => ('✔', Paint::Good),
        Kind::Waived => ('!', Paint::Careful),
        Kind::Changed => ('~', Paint::Open),
    }
}
