//! stagecheck answers one question with evidence: is this AWS account ready to create an organization?
//!
//! The flow has one direction:
//!
//! ```text
//! main ─▶ run(args) ─▶ Expectations ─┐
//!                                    ├─▶ the stage's checks, all at once ─▶ Report ─▶ one renderer ─▶ stdout, exit code
//!   AWS ─▶ aws ──┐                   │
//!   file ─▶ snapshot ─▶ Account ─────┘          progress, warnings, -v ─▶ stderr
//! ```
//!
//! Twelve rooms stand on one another, and an import points down (a test reads them). From the top:
//!
//! - [`commands`]: one file a command. [`cli`]: the command line, and every format.
//! - [`render`]: plain functions from a report to text. [`report`]: findings summed up, the plan, the Region map, the snapshot file,
//!   waivers as applied.
//! - [`checks`]: the stages and their checks. Each turns facts and [settings](config) into [findings](model). What could not be
//!   read is never a pass: a check reaches a fact only as a `Result`, and evidence is made only from a value that was read.
//! - [`analysis`]: what several checks conclude alike. [`model`]: what checks and reports are made of. [`config`]: what the
//!   operator expects.
//! - `aws`: the only code that knows the SDK. [`account`]: the facts, each asked for at most once; all that a check sees of AWS.
//! - [`iam`]: the policy language, which knows no account. [`io`]: errors, files, the terminal, the operating system.
//!
//! Public for the tests and the benchmarks of this repository only: this is no library, and nothing here is promised.

use std::ffi::OsString;
use std::io::Write;

pub mod account;
pub mod analysis;
#[cfg(feature = "live")]
pub mod aws;
pub mod checks;
pub mod cli;
pub mod commands;
pub mod config;
pub mod iam;
pub mod io;
pub mod model;
pub mod render;
pub mod report;
#[cfg(test)]
mod testing;

use cli::{Cli, Command};
use io::exit_status::ExitStatus;
use io::terminal::clean;

/// Runs the program with these arguments, the program's name first, and gives its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let args: Vec<OsString> = args.into_iter().collect();
    let Cli { global, command } = match Cli::parsed(&args) {
        Ok(cli) => cli,
        // Help and version are answers, not errors. If the pipe is closed, they were read.
        Err(answer) if !answer.use_stderr() => {
            let _ = answer.print();
            return ExitStatus::Ready;
        }
        Err(error) => {
            misused(&args, &error);
            return ExitStatus::Usage;
        }
    };
    let outcome = match command {
        Command::Audit(options) => commands::audit::run(&options, global),
        Command::Plan(options) => commands::plan::run(&options, global),
        Command::Preview(options) => commands::preview::run(&options, global),
        Command::Diff(options) => commands::diff::run(&options, global),
        Command::Explain(options) => commands::explain::run(&options, global),
        Command::IamPolicy(options) => commands::iam_policy::run(&options),
        Command::Completions { shell } => commands::completions::run(shell),
        Command::Man { command, dir } => commands::man::run(command.as_deref(), dir.as_deref()),
    };
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "error: {}\nhelp: {}", clean(&error.message), clean(&error.help));
        error.status
    })
}

/// Reports what is wrong with the arguments. They may contain a file's name, which someone else chose: so the report is about the same
/// arguments with visible characters only.
fn misused(args: &[OsString], error: &clap::Error) {
    let visible = args.iter().map(|arg| clean(&arg.to_string_lossy()).into_owned());
    let _ = match Cli::parsed(visible) {
        Err(error) if error.use_stderr() => error.print(),
        _ => writeln!(std::io::stderr(), "{}", clean(&error.to_string())),
    };
    if let Some(variable) = cli::variable_of(error) {
        let _ = writeln!(std::io::stderr(), "help: the value comes from the environment variable {variable}");
    }
}
