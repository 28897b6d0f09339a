//! `stagecheck completions`: a completion script for a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::stdout::print;

/// Prints the script.
///
/// # Errors
/// It cannot be printed.
pub(crate) fn run(shell: Shell) -> Result<ExitStatus, Error> {
    print(|out| {
        clap_complete::generate(shell, &mut Cli::command(), "stagecheck", out);
        Ok(())
    })
}
