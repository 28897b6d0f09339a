//! `stagecheck diff`: what changed between two reports of one account, in words, and whether anything got worse.
//!
//! Either side is a JSON report or a snapshot, told apart by what is in it; a snapshot is judged first, by what its own operator
//! expected. Both sides are read through the one reader of reports, and the words are those of the findings: nothing here knows a check.

use std::path::Path;

use crate::cli::formats::DiffFormat;
use crate::cli::{DiffOptions, Global};
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::{to_stdout, unprintable};

mod change;
mod compare;
mod document;
mod json;
mod markdown;
mod side;
mod text;
mod words;

use compare::Diff;
use side::Side;

/// Compares two files and writes what changed.
///
/// # Errors
/// A file cannot be read, is neither a report nor a snapshot, or they are of different accounts or stages.
pub(crate) fn run(options: &DiffOptions, global: Global) -> Result<ExitStatus, Error> {
    if [&options.old, &options.new].iter().all(|path| path.as_path() == Path::new("-")) {
        return Err(Error::usage("only one of the two files can be standard input", "name the other file"));
    }
    let (old, new) = (Side::read(&options.old)?, Side::read(&options.new)?);
    let diff = Diff::new(&old, &new)?;
    let mut out = Vec::new();
    match options.format {
        DiffFormat::Text => text::write(&diff, &global.style(), &mut out),
        DiffFormat::Json => json::write(&diff, &mut out),
        DiffFormat::Markdown => markdown::write(&diff, &mut out),
    }
    .map_err(|error| unprintable(&error))?;
    to_stdout(&out)?;
    Ok(diff.exit_status())
}

#[cfg(test)]
mod tests;
