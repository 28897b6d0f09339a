//! What to do about a check that does not pass: each finding that does not, in full.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::chain;
use crate::io::terminal::{Lead, Page, Paint};
use crate::model::finding::Subject;
use crate::model::remediation::Remediation;
use crate::render::view::{self, FindingGroup, Fix};
use crate::render::{mark_on, symbol};
use crate::report::CheckReport;

/// The columns of the labels.
pub(in crate::render) const LABELS: usize = 12;
/// How far all that belongs to a finding is indented.
pub(in crate::render) const INDENT: usize = 4;
/// What the eye looks for first.
const FIX: Lead<'_> = Lead { text: "Fix", paint: Paint::Strong, columns: LABELS };

pub(super) fn write(check: &CheckReport, page: &mut Page<'_>) -> io::Result<()> {
    page.rule(&check.title)?;
    if let Some(judged) = view::judged(check) {
        page.beside(2, Lead::label("Evaluated", LABELS), &judged)?;
    }
    chain::write(2, check, page)?;
    let shared = view::shared_subject(check);
    if let Some(shared) = shared {
        subject(2, shared, page)?;
    }
    for FindingGroup { ids, finding, read_from, fix } in view::grouped(check) {
        page.blank()?;
        let status = mark_on(page.style(), finding.status);
        let lead = Lead { text: &status, paint: symbol(finding.status).1, columns: status.width() + 2 };
        page.beside(2, lead, &ids.join(", "))?;
        page.text(INDENT, &finding.message)?;
        if shared.is_none() {
            subject(INDENT, &finding.subject, page)?;
        }
        if let Some(call) = read_from {
            page.beside(INDENT, Lead::label("Source", LABELS), &call)?;
        }
        if let Some(waived) = view::waived(&finding) {
            page.beside(INDENT, Lead::label("Waived", LABELS), &waived)?;
        }
        if let Some(resolves) = &finding.resolves {
            page.beside(INDENT, Lead::label("Resolves", LABELS), resolves)?;
        }
        match fix {
            Some(Fix::Anew(remedy)) => remediation(remedy, page)?,
            Some(Fix::SameAs(id)) => page.beside(INDENT, FIX, &format!("the same as for {id}"))?,
            None => {}
        }
    }
    Ok(())
}

fn subject(indent: usize, subject: &Subject, page: &mut Page<'_>) -> io::Result<()> {
    if let Some(resource) = &subject.resource {
        page.whole_beside(indent, Lead::label("Resource", LABELS), resource)?;
    }
    if let Some(region) = &subject.region {
        page.beside(indent, Lead::label("Region", LABELS), region)?;
    }
    Ok(())
}

fn remediation(remedy: &Remediation, page: &mut Page<'_>) -> io::Result<()> {
    page.beside(INDENT, FIX, &remedy.summary)?;
    how(remedy, page)
}

/// How a remedy is done: inputs, commands, the way through the console, pages.
pub(in crate::render) fn how(remedy: &Remediation, page: &mut Page<'_>) -> io::Result<()> {
    if !remedy.inputs.is_empty() {
        page.beside(INDENT, Lead::label("Variables", LABELS), "set these to your own values:")?;
        for input in &remedy.inputs {
            page.whole(INDENT + 2, &view::export(input, remedy))?;
        }
    }
    if !remedy.commands.is_empty() {
        page.beside(INDENT, Lead::label("Commands", LABELS), "in this order:")?;
        let room = page.style().width.saturating_sub(INDENT + 2);
        for command in &remedy.commands {
            if !command.does().is_empty() {
                page.whole(INDENT + 2, &format!("# {}", command.does()))?;
            }
            for line in command.wrapped(room) {
                page.whole(INDENT + 2, &line)?;
            }
        }
    }
    if let Some(console) = &remedy.console {
        page.beside(INDENT, Lead::label("Console", LABELS), console)?;
    }
    match remedy.references.as_slice() {
        [only] => page.whole_beside(INDENT, Lead::label("Docs", LABELS), only),
        [] => Ok(()),
        several => {
            page.painted(INDENT, Paint::Faint, "Docs")?;
            several.iter().try_for_each(|reference| page.whole(INDENT + 2, reference))
        }
    }
}
