//! A comparison for an issue or a pull request.

use std::io::{self, Write};

use super::change::{Change, Kind};
use super::compare::Diff;
use super::side::Side;
use super::words;
use crate::analysis::clock;
use crate::render::markdown::escape::{code, text};

pub(super) fn write(diff: &Diff<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## {}\n", text(&words::headline(diff)))?;
    let account = diff.new.report.account.id.as_ref().or(diff.old.report.account.id.as_ref());
    if let Some(account) = account {
        writeln!(out, "- Account: {}", code(account))?;
    }
    side("Old", diff.old, out)?;
    side("New", diff.new, out)?;
    for note in &diff.notes {
        writeln!(out, "- Note: {}", text(note))?;
    }
    for kind in Kind::ALL {
        if diff.count(kind) > 0 {
            writeln!(out, "\n### {}\n", words::heading(kind))?;
        }
        diff.of(kind).try_for_each(|one| change(one, out))?;
    }
    Ok(())
}

fn side(name: &str, side: &Side, out: &mut dyn Write) -> io::Result<()> {
    let when = clock::at(side.report.generated_at);
    let kind = side.kind.word();
    writeln!(out, "- {name}: {kind} {}, {when}: {}", code(&side.file), text(&side.report.headline))
}

fn change(change: &Change<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (id, transition) = (code(change.id), words::transition(change));
    writeln!(out, "- {id}: **{transition}**: {}", text(words::message(change)))?;
    if let Some(before) = words::before(change) {
        writeln!(out, "  - Before: {}", text(before))?;
    }
    if let Some(waived) = words::waived(change) {
        writeln!(out, "  - Waived {}", text(&waived))?;
    }
    match words::resource(change) {
        (Some(resource), Some(region)) => writeln!(out, "  - Resource: {} in {}", code(resource), code(region)),
        (Some(resource), None) => writeln!(out, "  - Resource: {}", code(resource)),
        (None, Some(region)) => writeln!(out, "  - Region: {}", code(region)),
        (None, None) => Ok(()),
    }
}
