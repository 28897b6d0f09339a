//! What to do next, in brief: the details hold the commands.

use std::io;

use crate::io::terminal::{Lead, Page, Paint};
use crate::render::plan::{again, effort, ids, remark, totals};
use crate::report::Report;
use crate::report::plan::Plan;

/// The columns of a step's number.
const NUMBER: usize = 4;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let plan = Plan::of(report);
    if plan.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.rule("Next steps")?;
    for (number, step) in plan.steps.iter().enumerate() {
        let number = format!("{:>2}", number + 1);
        let lead = Lead { text: &number, paint: Paint::Strong, columns: NUMBER };
        page.beside(0, lead, &step.remedy.summary)?;
        let parts = [Some(effort(step)), remark(step.need).map(str::to_owned), Some(ids(&step.findings))];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        page.painted(NUMBER, Paint::Faint, &parts.join("; "))?;
    }
    page.text(
        0,
        &format!(
            "{}. {} `stagecheck plan{}` prints only the steps, also as a script.",
            totals(&plan),
            again(report),
            report.stage.option
        ),
    )
}
