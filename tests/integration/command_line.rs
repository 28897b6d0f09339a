//! The command line: what is refused, what is written where, and how it ends.

mod answers;
mod completions;
mod conventions;
mod help;
mod locale;
mod man_pages;
mod outputs;
#[cfg(feature = "live")]
mod refused;
mod stages;
mod suggestions;
mod usage;

use std::path::PathBuf;

use crate::stories::fixtures;
use crate::support::run::{Ran, Run};

/// An audit of a fixture.
pub(crate) fn audit_of(story: &str) -> Run {
    Run::stagecheck(["audit", "--snapshot"]).arg(fixture(story))
}

pub(crate) fn fixture(story: &str) -> PathBuf {
    fixtures().join(format!("{story}.json"))
}

/// The program refused: nothing on standard output, and on standard error what is wrong and what to do about it.
#[track_caller]
pub(crate) fn refusal(ran: &Ran) -> (String, String) {
    assert_eq!(ran.stdout, "");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    match lines.as_slice() {
        [error, help] if error.starts_with("error: ") && help.starts_with("help: ") => {
            ((*error).to_owned(), (*help).to_owned())
        }
        _ => panic!("not an error and a help line:\n{}", ran.stderr),
    }
}
