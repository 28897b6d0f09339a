//! The report for an issue, a pull request or a step summary: the verdict, a table, and what to do folded away, in the Markdown that GitHub
//! reads. <https://github.github.com/gfm/>

use std::io::{self, Write};

use super::{badge, standing};
use crate::io::terminal::{clean, shorten};
use crate::model::finding::Subject;
use crate::model::remediation::Remediation;
use crate::render::plan::{again, effort, totals};
use crate::render::view::{self, FindingGroup, Fix, Permissions};
use crate::report::plan::Plan;
use crate::report::{CheckReport, Report};

pub(crate) mod escape;

use escape::{cell, code, fence, text};

/// What GitHub takes for an issue or a comment, in bytes: 65,536 characters of whatever size.
const LONGEST: usize = 65_536;
/// What is kept for naming the checks whose details found no room.
const REST: usize = 1_024;

/// Writes a report for an issue.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let before = before(report);
    let behind = behind(report)?;
    let mut room = LONGEST.saturating_sub(before.len() + behind.len() + REST);
    out.write_all(before.as_bytes())?;
    let mut no_room = Vec::new();
    for check in view::open(report) {
        let details = details(check);
        if details.len() <= room {
            room -= details.len();
            out.write_all(details.as_bytes())?;
        } else {
            no_room.push(check.check.id);
        }
    }
    if !no_room.is_empty() {
        let ids: Vec<String> = no_room.into_iter().map(code).collect();
        writeln!(out, "\nThere is no room here for the details of {}: use another format.", ids.join(", "))?;
    }
    out.write_all(behind.as_bytes())
}

/// The verdict, the account, the table.
fn before(report: &Report) -> String {
    let mut lines = vec![format!("## {}", text(&view::verdict(report))), String::new()];
    lines.push(text(&view::origin(report)));
    lines.push(String::new());
    for line in view::header(report) {
        let advice = line.advice.map(|advice| format!(" ({})", text(advice))).unwrap_or_default();
        lines.push(format!("- **{}:** {}{advice}", line.label, text(&line.text)));
    }
    lines.push(String::new());
    if report.checks.is_empty() {
        lines.push("No check was selected.".to_owned());
    } else {
        lines.push("| Check | Status | Result |".to_owned());
        lines.push("| --- | --- | --- |".to_owned());
    }
    for check in &report.checks {
        let [title, found] = [&check.title, &check.summary].map(|words| cell(&shorten(&clean(words))));
        lines.push(format!("| {title} | {} | {found} |", standing(check).replace('\n', ", ")));
    }
    let plan = Plan::of(report);
    if !plan.is_empty() {
        lines.extend([String::new(), "### Next steps".to_owned(), String::new()]);
        for (number, step) in plan.steps.iter().enumerate().take(STEPS) {
            lines.push(format!("{}. {} ({})", number + 1, text(&shorten(&step.remedy.summary)), text(&effort(step))));
        }
        lines.extend([String::new(), format!("{}. {}", text(&totals(&plan)), again(report))]);
    }
    lines.join("\n") + "\n"
}

/// So many steps are listed: an issue has room for a number of characters only.
const STEPS: usize = 25;

/// Missing permissions, skipped checks, unused waivers.
fn behind(report: &Report) -> io::Result<String> {
    let mut lines = Vec::new();
    if let Some(Permissions { actions, policy, limit }) = view::permissions(report)? {
        lines.extend([String::new(), format!("### {}", view::PERMISSIONS), String::new()]);
        lines.extend(actions.iter().map(|action| format!("- {}", text(action))));
        if let Some((sentence, policy)) = policy {
            lines.extend([String::new(), text(&sentence), String::new(), fence("json", &[policy])]);
        }
        lines.extend(limit.into_iter().flat_map(|limit| [String::new(), text(limit)]));
    }
    let idle: Vec<String> = view::idle_waivers(report).map(|message| format!("- {}", text(message))).collect();
    if !idle.is_empty() {
        lines.extend([String::new(), format!("### {}", view::IDLE_WAIVERS), String::new()]);
        lines.extend(idle);
    }
    if !report.skipped.is_empty() {
        let ids: Vec<String> = report.skipped.iter().map(|id| code(id)).collect();
        lines.extend([String::new(), format!("**Skipped:** {}", ids.join(", "))]);
    }
    let end = if lines.is_empty() { "" } else { "\n" };
    Ok(lines.join("\n") + end)
}

/// A check that does not pass, folded. Its title may come from the account, and what stands in a summary is HTML: so there stands its id.
fn details(check: &CheckReport) -> String {
    let mut lines = vec![
        String::new(),
        "<details>".to_owned(),
        format!("<summary>{} <code>{}</code></summary>", badge(check.status), check.check.id),
        String::new(),
        format!("### {}", text(&check.title)),
        String::new(),
    ];
    let shared = view::shared_subject(check);
    let mut items: Vec<String> = view::judged(check).iter().map(|judged| item("Evaluated", judged)).collect();
    let chain: Vec<String> = check.chain().iter().map(view::link).collect();
    if !chain.is_empty() {
        items.push(item("Alert path", &chain.join(" → ")));
    }
    items.extend(view::first_broken_link(check).map(|(label, why)| item(label, &why)));
    items.extend(shared.into_iter().flat_map(subject));
    if !items.is_empty() {
        lines.extend(items);
        lines.push(String::new());
    }
    for FindingGroup { ids, finding, read_from, fix } in view::grouped(check) {
        let ids: Vec<String> = ids.into_iter().map(code).collect();
        lines.push(format!("**{}** {}: {}", badge(finding.status), ids.join(", "), text(&finding.message)));
        lines.push(String::new());
        let mut items = if shared.is_none() { subject(&finding.subject) } else { Vec::new() };
        items.extend(read_from.iter().map(|call| item("Source", call)));
        items.extend(view::waived(&finding).map(|waived| item("Waived", &waived)));
        items.extend(finding.resolves.iter().map(|resolves| item("Resolves", resolves)));
        match &fix {
            Some(Fix::Anew(remedy)) => items.push(item("Fix", &remedy.summary)),
            Some(Fix::SameAs(id)) => items.push(item("Fix", &format!("the same as for {id}"))),
            None => {}
        }
        if !items.is_empty() {
            lines.extend(items);
            lines.push(String::new());
        }
        if let Some(Fix::Anew(remedy)) = fix {
            lines.extend(remediation(remedy));
        }
    }
    lines.push("</details>".to_owned());
    lines.join("\n") + "\n"
}

fn item(label: &str, words: &str) -> String {
    format!("- **{label}:** {}", text(words))
}

fn subject(subject: &Subject) -> Vec<String> {
    let resource = subject.resource.iter().map(|resource| format!("- **Resource:** {}", code(resource)));
    let region = subject.region.iter().map(|region| format!("- **Region:** {}", code(region)));
    resource.chain(region).collect()
}

fn remediation(remedy: &Remediation) -> Vec<String> {
    let mut lines = Vec::new();
    if !remedy.inputs.is_empty() {
        let exports: Vec<String> = remedy.inputs.iter().map(|input| view::export(input, remedy)).collect();
        lines.extend([
            "Variables, with your own values:".to_owned(),
            String::new(),
            fence("sh", &exports),
            String::new(),
        ]);
    }
    if !remedy.commands.is_empty() {
        lines.extend([
            "Commands, in this order:".to_owned(),
            String::new(),
            fence("sh", &remedy.commands),
            String::new(),
        ]);
    }
    let mut items: Vec<String> = remedy.console.iter().map(|console| item("Console", console)).collect();
    items.extend(remedy.references.iter().map(|page| format!("- **Docs:** <{page}>")));
    if !items.is_empty() {
        lines.extend(items);
        lines.push(String::new());
    }
    lines
}

#[cfg(test)]
mod tests;
