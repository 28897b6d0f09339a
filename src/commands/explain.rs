//! `stagecheck explain`: what the checks say of themselves, as text, JSON and the pages in `docs/checks`. All of it is the checks' own
//! text.

use crate::checks::{self, SINGLE_ACCOUNT};
use crate::cli::formats::ExplainFormat;
use crate::cli::{ExplainOptions, Global};
use crate::config::settings::Settings;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;
use crate::io::suggest;
use crate::model::check::{Check, Stage};
use crate::model::finding::Requirement;

mod json;
mod markdown;
#[cfg(test)]
mod tests;
mod text;

pub use markdown::{page, table as markdown_table};

/// What is explained.
#[derive(Clone, Copy)]
pub enum Explained<'a> {
    /// The list of the stage's checks.
    List,
    /// One check.
    Check(&'a Check),
    /// One requirement of a check.
    Requirement(&'a Check, &'a Requirement),
}

/// Explains one check or one requirement, or lists all checks.
///
/// # Errors
/// There is no such check or requirement.
pub(crate) fn run(options: &ExplainOptions, global: Global) -> Result<ExitStatus, Error> {
    let stage = match (options.stage.as_deref(), options.check.as_deref()) {
        (None, Some(id)) => checks::stage_with(id.split('/').next().unwrap_or(id)).unwrap_or(&SINGLE_ACCOUNT),
        (named, _) => checks::stage(named)?,
    };
    let topic = options.check.as_deref().map_or(Ok(Explained::List), |id| find(stage, id))?;
    print(|out| match options.format {
        ExplainFormat::Text => text::write(stage, topic, global.verbose, &Settings::default(), &global.style(), out),
        ExplainFormat::Json => json::write(stage, topic, out),
    })
}

/// The check, or the requirement, of that ID.
fn find<'a>(stage: &'a Stage, id: &str) -> Result<Explained<'a>, Error> {
    let Some((check, name)) = id.split_once('/') else { return checks::check_of(stage, id).map(Explained::Check) };
    let check = checks::check_of(stage, check)?;
    let found = check.requirements.iter().find(|requirement| requirement.id == id);
    found.map(|requirement| Explained::Requirement(check, requirement)).ok_or_else(|| {
        let names: Vec<&str> = check.requirements.iter().map(|requirement| requirement.name()).collect();
        let all = format!("the requirements of {} are {}", check.id, names.join(", "));
        Error::usage(
            format!("check {} has no requirement {name:?}", check.id),
            suggest::did_you_mean(name, names, &all),
        )
    })
}
