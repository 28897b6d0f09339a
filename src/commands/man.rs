//! The man pages, one a command, from the same definition as the command line.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use crate::cli::{Cli, help};
use crate::io::error::Error;
use crate::io::exit_status::ExitStatus;
use crate::io::files::{Access, Output};
use crate::io::stdout::{print, unprintable};
use crate::io::suggest;

/// One page.
pub struct Page {
    /// The name of its file, e.g. `stagecheck-audit.1`.
    pub file: String,
    /// What it says, as roff.
    pub text: Vec<u8>,
}

/// Prints a page, or writes them all to a folder.
///
/// # Errors
/// There is no such command, or a page cannot be written.
pub(crate) fn run(command: Option<&str>, folder: Option<&Path>) -> Result<ExitStatus, Error> {
    match folder {
        Some(folder) => write_to(folder).map(|()| ExitStatus::Ready),
        None => of(command).and_then(|page| print(|out| out.write_all(&page.text))),
    }
}

/// The program's page first, then one of each command that `--help` lists.
///
/// # Errors
/// None in practice: they are written to memory.
pub fn pages() -> io::Result<Vec<Page>> {
    let program = program();
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect::<Vec<_>>();
    std::iter::once(program).chain(commands).map(page).collect()
}

/// The page of one command, or of the program.
///
/// # Errors
/// There is no such command; the error names the nearest.
pub fn of(command: Option<&str>) -> Result<Page, Error> {
    let program = program();
    let Some(name) = command else { return page(program).map_err(|error| unprintable(&error)) };
    let Some(found) = program.find_subcommand(name).filter(|command| !command.is_hide_set()) else {
        let names: Vec<&str> = shown(&program).collect();
        let help = suggest::did_you_mean(name, shown(&program), &format!("the commands are {}", names.join(", ")));
        return Err(Error::usage(format!("there is no command {name:?}"), help));
    };
    page(found.clone()).map_err(|error| unprintable(&error))
}

/// Writes every page to a folder, which is made if it is missing.
///
/// # Errors
/// The folder cannot be made, or a page cannot be written.
pub fn write_to(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::usage(
            format!("the directory {} can't be created: {error}", folder.display()),
            "name a directory that you can write to, such as ~/.local/share/man/man1",
        )
    })?;
    for Page { file, text } in pages().map_err(|error| unprintable(&error))? {
        Output::open(&folder.join(file), Access::Usual)?.finish(&text)?;
    }
    Ok(())
}

fn program() -> clap::Command {
    let mut program = Cli::command();
    program.build();
    program
}

fn shown(program: &clap::Command) -> impl Iterator<Item = &str> {
    program.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name)
}

fn page(command: clap::Command) -> io::Result<Page> {
    let name = command.get_name().to_owned();
    let usage = command.clone().render_usage().to_string();
    let is_program = command.has_subcommands();
    let man = Man::new(command);
    let file = man.get_filename();
    let mut text = Vec::new();
    // By hand, since the library leaves an empty date out, and what follows it moves into its place.
    let title = file.trim_end_matches(".1").to_uppercase();
    writeln!(text, r#".TH "{title}" 1 "" "stagecheck {}" "Manual of stagecheck""#, env!("CARGO_PKG_VERSION"))?;
    man.render_name_section(&mut text)?;
    synopsis(&usage, &mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if is_program {
        man.render_subcommands_section(&mut text)?;
    }
    below(&name, &mut text)?;
    Ok(Page { file, text })
}

/// The usage as `--help` has it: the options have a section of their own.
fn synopsis(usage: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([roman(usage.trim_start_matches("Usage: ").trim())]);
    roff.to_writer(out)
}

/// What `--help` shows below the options. clap_mangen would fill examples into a paragraph.
fn below(command: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    if command == "audit" {
        roff.control("SH", ["EXIT STATUS"]).text([roman(help::EXIT_CODES)]);
    }
    let examples = help::examples(command);
    if !examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
    }
    for (number, example) in examples.iter().enumerate() {
        if number > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(format!("{}:", example.why))]);
        roff.control("PP", []).control("RS", ["4"]).control("nf", []);
        roff.text([bold(example.line)]);
        roff.control("fi", []).control("RE", []);
    }
    roff.to_writer(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_of_the_program_and_one_of_each_command() {
        let files: Vec<String> = pages().unwrap().into_iter().map(|page| page.file).collect();
        assert_eq!(files.first().map(String::as_str), Some("stagecheck.1"));
        for command in shown(&program()) {
            assert!(files.contains(&format!("stagecheck-{command}.1")), "{command}: {files:?}");
        }
    }

    #[test]
    fn a_page_holds_every_option_of_its_command() {
        for command in program().get_subcommands() {
            let text = String::from_utf8(of(Some(command.get_name())).unwrap().text).unwrap();
            let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
            for option in shown.filter_map(clap::Arg::get_long) {
                let roff = format!("\\-\\-{}", option.replace('-', "\\-"));
                assert!(text.contains(&roff), "{}: {option}:\n{text}", command.get_name());
            }
        }
    }
}
