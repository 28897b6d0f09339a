//! What stands below each command's options, in `--help` and in its man page: examples that a test parses, and how the program ends.

use std::fmt::Write;

/// A command line that can be copied, and what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it is for, as a comment of the shell.
    pub why: &'static str,
    /// The line.
    pub line: &'static str,
}

const fn example(why: &'static str, line: &'static str) -> Example {
    Example { why, line }
}

/// Below the list of commands.
pub const TOP: &str = "`stagecheck COMMAND --help` tells all about a command, with examples.";

/// The exit statuses of an audit.
pub const EXIT_STATUS: &str = "0 ready, 1 not ready, 2 bad usage, 3 undetermined (something could not be seen), 4 no audit could be \
                               made, 130 interrupted.";

/// The examples of a command.
#[must_use]
pub fn examples(command: &str) -> &'static [Example] {
    const AUDIT: &[Example] = &[
        example("the account of a profile", "stagecheck audit --profile lab"),
        example(
            "two checks only, with a limit of 50 dollars",
            "stagecheck audit --only root-mfa,billing-alarm --threshold 50",
        ),
        example("the verdict alone, for a script", "stagecheck audit --format json | jq -r .verdict"),
        example("a table to read, and the same report in a file", "stagecheck audit --output report.json"),
        example("what was seen, to judge it again later without AWS", "stagecheck audit --record today.json"),
        example("that again", "stagecheck audit --snapshot today.json"),
    ];
    const EXPLAIN: &[Example] = &[
        example("all checks, a line each", "stagecheck explain"),
        example("all about one", "stagecheck explain billing-alarm"),
    ];
    const IAM_POLICY: &[Example] = &[
        example("the policy", "stagecheck iam-policy > stagecheck-policy.json"),
        example(
            "a read-only role with it, for a CI server",
            "stagecheck iam-policy --format cloudformation > role.yaml",
        ),
        example("the same for Terraform", "stagecheck iam-policy --format terraform > role.tf"),
    ];
    const COMPLETIONS: &[Example] = &[
        example(
            "bash: for this user",
            "stagecheck completions bash > ~/.local/share/bash-completion/completions/stagecheck",
        ),
        example("zsh: into a folder of $fpath", "stagecheck completions zsh > ~/.zfunc/_stagecheck"),
        example("fish", "stagecheck completions fish > ~/.config/fish/completions/stagecheck.fish"),
        example("PowerShell: at the end of the profile", "stagecheck completions powershell >> $PROFILE"),
    ];
    const MAN: &[Example] = &[
        example("read one page", "stagecheck man audit | man -l -"),
        example("install them all", "stagecheck man --dir ~/.local/share/man/man1"),
    ];
    match command {
        "audit" => AUDIT,
        "explain" => EXPLAIN,
        "iam-policy" => IAM_POLICY,
        "completions" => COMPLETIONS,
        "man" => MAN,
        _ => &[],
    }
}

/// What `--help` shows below the options of a command.
#[must_use]
pub fn below(command: &str) -> String {
    let mut text = String::new();
    if command == "audit" {
        let _ = writeln!(text, "Exit status: {EXIT_STATUS}\n");
    }
    text.push_str("Examples:");
    for Example { why, line } in examples(command) {
        let _ = write!(text, "\n  # {why}\n  {line}");
    }
    text
}
