//! stagecheck answers one question with proof: is this AWS account ready to become an Organization?
//!
//! The flow has one direction:
//!
//! ```text
//! main ─▶ run(args) ─▶ Expectations ─┐
//!                                    ├─▶ checks (all at once) ─▶ Report ─▶ one renderer ─▶ stdout, exit status
//!   AWS ─▶ live ─┐                   │
//!   file ─▶ snapshot ─▶ Account ─────┘          progress, warnings ─▶ stderr
//! ```
//!
//! - [`account`]: the facts, each asked of AWS at most once; the only thing that a check sees of AWS. Only `account::live`
//!   knows the SDK, and [`operation`] is the one list of the calls that it may make.
//! - [`checks`]: one file a check. Each turns facts and [`expectations`] into [findings](finding). What could not be seen
//!   is never a pass: a check reaches a fact only as a `Result`, and evidence is made from what was seen alone.
//! - [`judgement`]: what several checks conclude alike. [`policy`]: the IAM policy language, which knows no account.
//! - [`report`]: findings summed up; verdict and exit status follow from it. [`plan`]: what to do next, in order. [`render`]: plain
//!   functions from either to text.
//! - [`chain`], [`regions`]: what a report lets its reader see at once. [`preview`]: what changes with an organization.
//! - [`waiver`]: failures that somebody answers for until a day; they stay failures, and do not gate.
//! - `diff`: two reports of one account, compared in the findings' own words.
//! - `platform`: the only file that asks for which operating system it is built.

use std::ffi::OsString;
use std::io::Write;

use clap::{CommandFactory, Parser};

pub mod account;
pub mod analysis;
#[cfg(feature = "live")]
pub mod aws;
pub mod checks;
mod cli;
pub mod commands;
pub mod config;
pub mod iam;
pub mod io;
pub mod model;
pub mod render;
pub mod report;
#[cfg(test)]
mod testing;

use checks::SINGLE_ACCOUNT;
use cli::{Cli, Command};
use commands::{audit, diff, iam_policy, man, preview};
use config::settings::Expectations;
use io::error::Error;
use io::exit_status::ExitStatus;
use io::terminal::{ColorChoice, Style, clean};
use render::PlanFormat;

/// Runs the program with these arguments, the program's name first, and gives its exit status.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitStatus {
    let args: Vec<OsString> = args.into_iter().collect();
    let command = match Cli::try_parse_from(&args) {
        Ok(cli) => cli.command,
        // Help and version are answers, not errors; a closed pipe is nobody's loss.
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
        Command::Audit(options) => audit::start(&options),
        Command::Plan(options) => plan(&options),
        Command::Preview(options) => preview::start(&options),
        Command::Diff(options) => diff::start(&options),
        Command::Explain { check } => explain(check.as_deref()),
        Command::IamPolicy { format } => print(|out| iam_policy::write(format, out)),
        Command::Completions { shell } => print(|out| {
            clap_complete::generate(shell, &mut Cli::command(), "stagecheck", out);
            Ok(())
        }),
        Command::Man { dir: Some(folder), .. } => man::write_to(&folder).map(|()| ExitStatus::Ready),
        Command::Man { command, dir: None } => {
            man::of(command.as_deref()).and_then(|page| print(|out| out.write_all(&page.text)))
        }
    };
    outcome.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "error: {}\nhelp: {}", clean(&error.message), clean(&error.help));
        error.status
    })
}

/// Tells what is wrong with the arguments. They may hold a file's name, which somebody else chose: so what is told is what would be
/// wrong with them had they been written with visible characters only.
fn misused(args: &[OsString], error: &clap::Error) {
    let visible = args.iter().map(|arg| clean(&arg.to_string_lossy()).into_owned());
    let _ = match Cli::try_parse_from(visible) {
        Err(error) if error.use_stderr() => error.print(),
        _ => writeln!(std::io::stderr(), "{}", clean(&error.to_string())),
    };
}

fn explain(id: Option<&str>) -> Result<ExitStatus, Error> {
    let stage = &SINGLE_ACCOUNT;
    let check = id.map(|id| stage.check(id)).transpose()?;
    let style = Style::of_stdout(ColorChoice::Auto);
    print(|out| commands::explain::explain(stage, check, &Expectations::default(), &style, out))
}

/// Plans what to do about an audit's findings. It asks what an audit asks, and ends as it does.
fn plan(options: &cli::Plan) -> Result<ExitStatus, Error> {
    let report = audit::audited_by(&options.auditing)?.1;
    let style = Style::of_stdout(options.auditing.color);
    print(|out| match options.format {
        PlanFormat::Text if options.auditing.quiet => render::verdict_line(&report, &style, out),
        format => render::plan(format, &report, &style, out),
    })?;
    Ok(report.exit_status())
}

/// Prints an answer. It is put together first, since a closed pipe is no error and everything else is.
fn print(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<ExitStatus, Error> {
    let mut text = Vec::new();
    write(&mut text).map_err(|error| unprintable(&error))?;
    to_stdout(&text)?;
    Ok(ExitStatus::Ready)
}

/// Writes to standard output. Whoever closed the pipe has read enough.
fn to_stdout(text: &[u8]) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(unprintable(&error)),
        _ => Ok(()),
    }
}

fn unprintable(error: &std::io::Error) -> Error {
    Error::usage(format!("the output cannot be written: {error}"), "see that there is room where it is written")
}
