//! The README's table of checks, and a page a check in `docs/checks`.

use std::fmt::Write;

use crate::config::settings::Settings;
use crate::model::check::{Check, Stage};

/// The README's table of a stage's checks.
#[must_use]
pub fn table(stage: &Stage) -> String {
    let mut table = "| Check | Passes when |\n| --- | --- |\n".to_owned();
    for check in stage.checks {
        let _ = writeln!(table, "| [`{0}`](docs/checks/{0}.md) | {1} |", check.id, cell(check.passes_when));
    }
    table
}

/// The page of a check.
#[must_use]
pub fn page(check: &Check) -> String {
    let mut page = format!("# {}\n", (check.title)(&Settings::default()));
    let _ = write!(page, "\nCheck `{}`.\n{}\n", check.id, sentences(check.what));
    let _ = write!(page, "\n## Why it matters\n\n{}\n", sentences(check.why));
    let _ = write!(page, "\n## How to fix it\n\n{}\n", sentences(check.fix));
    page.push_str("\n## Requirements\n\n| Requirement | Severity | Status | When |\n| --- | --- | --- | --- |\n");
    for requirement in check.requirements {
        let (name, severity) = (format!("[`{}`]({})", requirement.name(), requirement.docs), requirement.severity);
        let mut first = Some((name, severity.word()));
        for (status, text) in requirement.outcomes() {
            let (name, severity) = first.take().unwrap_or_default();
            let _ = writeln!(page, "| {name} | {severity} | {} | {} |", status.word(), cell(text));
        }
    }
    page.push_str("\n## API calls\n\n| Operation | Permission | Reads |\n| --- | --- | --- |\n");
    for operation in check.operations.iter().chain(check.explains_with) {
        let spec = operation.spec();
        let permission = spec.action.map_or_else(|| "none".to_owned(), |action| format!("`{action}`"));
        let only = if check.explains_with.contains(operation) { " (only to explain a failure)" } else { "" };
        let _ = writeln!(page, "| `{}` | {permission} | {}{only} |", spec.name, cell(spec.reads));
    }
    if !check.decisions.is_empty() {
        page.push_str("\n## Edge cases\n\n");
        for decision in check.decisions {
            let _ = writeln!(page, "- {}", escaped(decision));
        }
    }
    page.push_str("\n## Docs\n\n");
    for reference in check.references {
        let _ = writeln!(page, "- <{reference}>");
    }
    page
}

/// A paragraph, a sentence a line.
fn sentences(text: &str) -> String {
    escaped(text).replace(". ", ".\n")
}

/// A cell, with what a table's syntax would take for its own.
fn cell(text: &str) -> String {
    escaped(text).replace('|', "\\|")
}

/// Text with what Markdown would take for emphasis, outside of code.
fn escaped(text: &str) -> String {
    let escape = |(at, part): (usize, &str)| if at % 2 == 0 { part.replace('*', "\\*") } else { part.to_owned() };
    text.split('`').enumerate().map(escape).collect::<Vec<_>>().join("`")
}
