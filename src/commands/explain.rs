//! What the checks say of themselves: the text of `stagecheck explain`, and the table of checks in the README. All of it is
//! the checks' own text.

use std::io::{self, Write};

use crate::account::operation::{Operation, Purpose};
use crate::checks;
use crate::config::settings::Settings;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;
use crate::io::terminal::{ColorChoice, Lead, Page, Paint, Style};
use crate::model::check::{Check, Stage};

/// The columns of `passes when` and `otherwise`.
const LABELS: usize = 13;

/// Explains one check, or lists all.
///
/// # Errors
/// There is no such check.
pub(crate) fn run(id: Option<&str>, stage: Option<&str>) -> Result<ExitStatus, Error> {
    let stage = checks::stage(stage)?;
    let check = id.map(|id| stage.check(id)).transpose()?;
    let style = Style::of_stdout(ColorChoice::Auto);
    print(|out| explain(stage, check, &Settings::default(), &style, out))
}

/// Writes one check's explanation, or without one the list of the stage's checks. `expect` fills the titles in.
///
/// # Errors
/// As its output.
pub fn explain(
    stage: &Stage,
    check: Option<&Check>,
    expect: &Settings,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(style, out);
    match check {
        Some(check) => one(check, expect, &mut page),
        None => list(stage, expect, &mut page),
    }
}

fn list(stage: &Stage, expect: &Settings, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&format!("Checks of {}: is the account ready to {}?", stage.id, stage.ready_to))?;
    page.blank()?;
    let columns = stage.checks.iter().map(|check| check.id.len()).max().unwrap_or_default() + 2;
    for check in stage.checks {
        let lead = Lead { text: check.id, paint: Paint::Strong, columns };
        page.beside(2, lead, &(check.title)(expect))?;
    }
    page.blank()?;
    page.text(0, "`stagecheck explain CHECK` tells what one checks, why, how to fix it, and which calls it makes")
}

fn one(check: &Check, expect: &Settings, page: &mut Page<'_>) -> io::Result<()> {
    page.heading(&format!("{}: {}", check.id, (check.title)(expect)))?;
    section("What it checks", page)?;
    page.text(2, check.what)?;
    section("Why it matters", page)?;
    page.text(2, check.why)?;
    section("Requirements", page)?;
    for requirement in check.requirements {
        page.painted(2, Paint::Strong, requirement.id)?;
        page.beside(4, Lead::label("passes when", LABELS), requirement.pass)?;
        for otherwise in [requirement.warn, requirement.fail].into_iter().filter(|text| !text.is_empty()) {
            page.beside(4, Lead::label("otherwise", LABELS), otherwise)?;
        }
    }
    if !check.decisions.is_empty() {
        section("Decisions", page)?;
        for decision in check.decisions {
            page.beside(2, Lead { text: "-", paint: Paint::Plain, columns: 2 }, decision)?;
        }
    }
    section("How to fix it", page)?;
    page.text(2, check.fix)?;
    section("Calls that it makes", page)?;
    for operation in check.operations.iter().chain(check.explains_with) {
        call(*operation, check.purpose(*operation), page)?;
    }
    section("See also", page)?;
    for reference in check.references {
        page.whole(2, reference)?;
    }
    Ok(())
}

fn section(title: &str, page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    page.heading(title)
}

fn call(operation: Operation, purpose: Option<Purpose>, page: &mut Page<'_>) -> io::Result<()> {
    let spec = operation.spec();
    let permission = spec.action.unwrap_or("no permission needed");
    let only = match purpose {
        Some(Purpose::Explain) => " (only to explain a failure)",
        Some(Purpose::Evaluate | Purpose::Describe) | None => "",
    };
    page.painted(2, Paint::Strong, &format!("{operation} ({permission})"))?;
    page.text(4, &format!("reads {}{only}", spec.reads))
}

/// The README's table of a stage's checks.
#[must_use]
pub fn markdown_table(stage: &Stage) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let expect = Settings::default();
    let rows = stage.checks.iter().map(|check| {
        let title = cell(&(check.title)(&expect));
        format!("| `{}` | {title} | {} |\n", check.id, cell(check.what))
    });
    let head = "| check | title | what it checks |\n| --- | --- | --- |\n".to_owned();
    std::iter::once(head).chain(rows).collect()
}

#[cfg(test)]
mod tests;
