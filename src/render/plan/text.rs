//! The plan for people: every step in full, in order.

use std::io::{self, Write};

use super::{NOTHING, again, effort, remark, totals};
use crate::io::terminal::{Lead, Page, Paint, Style};
use crate::render::table::details::{INDENT, LABELS, how};
use crate::render::table::header;
use crate::render::{symbol, verdict_line};
use crate::report::Report;
use crate::report::plan::{Plan, Step};

/// Writes a plan for people.
pub(crate) fn write(plan: &Plan<'_>, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    header::write(report, &mut page)?;
    for (number, step) in plan.steps.iter().enumerate() {
        page.blank()?;
        write_step(number + 1, step, plan.steps.len(), &mut page)?;
    }
    page.blank()?;
    if plan.is_empty() {
        page.text(0, NOTHING)?;
    } else {
        page.text(0, &format!("{}. {}", totals(plan), again(report)))?;
        page.text(0, "stagecheck doesn't run these commands. Use `--format script` to get one shell script.")?;
    }
    verdict_line(report, style, out)
}

fn write_step(number: usize, step: &Step<'_>, of: usize, page: &mut Page<'_>) -> io::Result<()> {
    let remark = remark(step.need).map(|remark| format!(" ({remark})")).unwrap_or_default();
    page.rule(&format!("Step {number} of {of}: {}{remark}", effort(step)))?;
    page.painted(2, Paint::Strong, &step.remedy.summary)?;
    for finding in &step.findings {
        let (symbol, paint) = symbol(finding.status);
        let lead = Lead { text: &symbol.to_string(), paint, columns: 2 };
        page.beside(INDENT, lead, &format!("{}: {}", finding.id, finding.message))?;
    }
    how(&step.remedy, page)?;
    for resolves in step.resolves() {
        page.beside(INDENT, Lead::label("Resolves", LABELS), resolves)?;
    }
    for cost in step.costs() {
        page.beside(INDENT, Lead::label("Costs", LABELS), cost.basis)?;
        page.whole_beside(INDENT, Lead::label("Prices", LABELS), cost.page)?;
    }
    Ok(())
}
