//! What to do about a check that does not pass: each finding that does not, in full.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::chain;
use crate::account::{Call, Cause, Unavailable};
use crate::finding::{Finding, Subject};
use crate::remediation::Remediation;
use crate::render::{look, mark};
use crate::report::CheckReport;
use crate::status::Status;
use crate::terminal::{Lead, Page, Paint};

/// The columns of the labels.
pub(in crate::render) const LABELS: usize = 11;
/// How far all that belongs to a finding is indented.
pub(in crate::render) const INDENT: usize = 4;
/// What the eye looks for first.
const FIX: Lead<'_> = Lead { text: "fix", paint: Paint::Strong, columns: LABELS };

pub(super) fn write(check: &CheckReport, page: &mut Page<'_>) -> io::Result<()> {
    page.rule(&check.title)?;
    if let Some(chosen) = &check.chosen {
        let others = match chosen.others {
            0 => String::new(),
            1 => " (and 1 other was considered)".to_owned(),
            others => format!(" (and {others} others were considered)"),
        };
        page.beside(2, Lead::label("judged", LABELS), &format!("{}{others}", chosen.name))?;
    }
    chain::write(2, check, page)?;
    let findings: Vec<&Finding> = check.findings.iter().filter(|finding| finding.status != Status::Pass).collect();
    let shared = shared_subject(&findings);
    if let Some(shared) = shared {
        subject(2, shared, page)?;
    }
    let mut told: Vec<(&Remediation, &str)> = Vec::new();
    for alike in findings.chunk_by(|a, b| Finding { id: a.id, ..(*b).clone() } == **a) {
        let Some((first, _)) = alike.split_first() else { continue };
        page.blank()?;
        let ids: Vec<&str> = alike.iter().map(|finding| finding.id).collect();
        let status = mark(first.status);
        let lead = Lead { text: &status, paint: look(first.status).1, columns: status.width() + 2 };
        page.beside(2, lead, &ids.join(", "))?;
        page.text(INDENT, &first.message)?;
        if shared.is_none() {
            subject(INDENT, &first.subject, page)?;
        }
        if let Some(unavailable) = &first.unavailable {
            call(unavailable, page)?;
        }
        if let Some(waived) = &first.waived {
            let text = format!("by {} until {}: {}", waived.owner, waived.until, waived.reason);
            page.beside(INDENT, Lead::label("waived", LABELS), &text)?;
        }
        if let Some(settles) = &first.settles {
            page.beside(INDENT, Lead::label("settles", LABELS), settles)?;
        }
        if let Some(remedy) = &first.remediation {
            match told.iter().find(|(earlier, _)| *earlier == remedy) {
                Some((_, id)) => page.beside(INDENT, FIX, &format!("the same as of {id}"))?,
                None => remediation(remedy, page)?,
            }
            told.push((remedy, first.id));
        }
    }
    Ok(())
}

/// What all findings are about, if that is one thing: then it is named once.
fn shared_subject<'a>(findings: &[&'a Finding]) -> Option<&'a Subject> {
    let (first, rest) = findings.split_first()?;
    rest.iter().all(|finding| finding.subject == first.subject).then_some(&first.subject)
}

fn subject(indent: usize, subject: &Subject, page: &mut Page<'_>) -> io::Result<()> {
    if let Some(resource) = &subject.resource {
        page.whole_beside(indent, Lead::label("resource", LABELS), resource)?;
    }
    if let Some(region) = &subject.region {
        page.beside(indent, Lead::label("region", LABELS), region)?;
    }
    Ok(())
}

/// Where all was read and does not decide, the message tells what stays open, and this the call that it hangs on. Of every
/// other cause the message itself names the call.
fn call(unavailable: &Unavailable, page: &mut Page<'_>) -> io::Result<()> {
    let Cause::Unknowable { .. } = unavailable.cause else { return Ok(()) };
    let Call { operation, region, .. } = &unavailable.call;
    let text = match region {
        Some(region) => format!("{operation} in {region}"),
        None => operation.to_string(),
    };
    page.beside(INDENT, Lead::label("read from", LABELS), &text)
}

fn remediation(remedy: &Remediation, page: &mut Page<'_>) -> io::Result<()> {
    page.beside(INDENT, FIX, &remedy.summary)?;
    how(remedy, page)
}

/// How a remedy is done: inputs, commands, the way through the console, pages.
pub(in crate::render) fn how(remedy: &Remediation, page: &mut Page<'_>) -> io::Result<()> {
    if !remedy.inputs.is_empty() {
        page.beside(INDENT, Lead::label("set first", LABELS), "with your own values:")?;
        for input in &remedy.inputs {
            page.whole(INDENT + 2, &export(input, remedy))?;
        }
    }
    if !remedy.commands.is_empty() {
        page.beside(INDENT, Lead::label("run", LABELS), "in this order:")?;
        for command in &remedy.commands {
            page.whole(INDENT + 2, command)?;
        }
    }
    if let Some(console) = &remedy.console {
        page.beside(INDENT, Lead::label("console", LABELS), console)?;
    }
    for reference in &remedy.references {
        page.whole_beside(INDENT, Lead::label("see", LABELS), reference)?;
    }
    Ok(())
}

/// How to set an input, with what its command says that it is: `${ALERT_EMAIL:?your address}`.
fn export(input: &str, remedy: &Remediation) -> String {
    let example = if input.ends_with("EMAIL") { "you@example.com" } else { "…" };
    match remedy.meaning_of(input) {
        Some(what) => format!("export {input}={example}  # {what}"),
        None => format!("export {input}={example}"),
    }
}
