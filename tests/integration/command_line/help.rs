//! `--help`: short for the program, full for each command.

use crate::support::run::Run;

fn help(command: &str) -> String {
    let words = command.split_whitespace();
    Run::stagecheck([]).args(words).arg("--help").expect(0).stdout
}

/// The commands that the program's help lists.
fn commands() -> Vec<String> {
    let help = help("");
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    listed
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().unwrap().into())
        .filter(|command| command != "help")
        .collect()
}

#[test]
fn program_help_fits_a_screen_and_points_further() {
    let help = help("");
    assert!(help.lines().count() <= 24, "{help}");
    assert!(help.contains("stagecheck COMMAND --help"), "{help}");
    assert!(!help.contains("Examples:"), "{help}");
}

#[test]
fn the_help_of_every_command_is_full_and_has_examples() {
    let commands = commands();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let help = help(&command);
        let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command}:\n{help}"));
        let lines: Vec<&str> = examples.lines().collect();
        assert!(!lines.is_empty() && lines.len().is_multiple_of(2), "{examples}");
        for pair in lines.chunks(2) {
            assert!(pair[0].starts_with("  # "), "{examples}");
            assert!(pair[1].starts_with(&format!("  stagecheck {command}")), "{examples}");
        }
    }
}

#[test]
fn the_short_flag_and_the_long_one_tell_the_same_commands() {
    assert_eq!(Run::stagecheck(["-h"]).expect(0).stdout, help(""));
}
