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

/// How a command ends, and what else is to be known before it is used.
fn ends(command: &str) -> Option<String> {
    let text = match command {
        "audit" => format!("Exit status: {EXIT_STATUS}"),
        "plan" => format!(
            "stagecheck itself never writes to the account: it prints what you may run.\n\n\
             Exit status, as the audit's: {EXIT_STATUS}"
        ),
        "preview" => "It asks what an audit asks, and nothing else. What was not seen says so in its place.\n\n\
                      Exit status: 0 whenever it could be made, whatever the account is like; 2 and 4 as an audit's."
            .to_owned(),
        "diff" => {
            "Exit status: 0 nothing got worse, 1 something got worse, 2 bad usage, also where the two are of different \
                   accounts."
                .to_owned()
        }
        _ => return None,
    };
    Some(text)
}

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
    const PLAN: &[Example] = &[
        example("what to do next", "stagecheck plan --profile lab"),
        example(
            "as a shell script, to be read before it is run",
            "stagecheck plan --profile lab --format script > plan.sh",
        ),
        example(
            "what is missing, as a CloudFormation template",
            "stagecheck plan --snapshot today.json --format cloudformation > plan.yaml",
        ),
    ];
    const PREVIEW: &[Example] = &[
        example("what changes for this account", "stagecheck preview --profile lab"),
        example("of an account that was recorded", "stagecheck preview --snapshot today.json"),
        example("AWS's pages about it", "stagecheck preview --format json | jq -r '.changes[].reference'"),
    ];
    const DIFF: &[Example] = &[
        example("two reports", "stagecheck diff yesterday.json today.json"),
        example("two snapshots, for a pull request", "stagecheck diff --format markdown monday.json tuesday.json"),
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
        "plan" => PLAN,
        "preview" => PREVIEW,
        "diff" => DIFF,
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
    if let Some(ends) = ends(command) {
        let _ = writeln!(text, "{ends}\n");
    }
    text.push_str("Examples:");
    for Example { why, line } in examples(command) {
        let _ = write!(text, "\n  # {why}\n  {line}");
    }
    text
}
