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
pub const TOP: &str = "Run `stagecheck COMMAND --help` for options and examples.\n\
                       Try `stagecheck audit --profile NAME`, then `stagecheck plan --profile NAME`.";

/// The exit codes of an audit.
pub const EXIT_CODES: &str = "0 ready, 1 not ready, 2 usage error, 3 undetermined (missing permissions or data), \
                              4 audit failed (credentials, network), 130 interrupted";

/// How a command ends, and what else is to be known before it is used.
fn ends(command: &str) -> Option<String> {
    let text = match command {
        "audit" => format!("Exit codes: {EXIT_CODES}"),
        "plan" => "stagecheck prints these commands, and never runs them.\n\nExit codes: as `audit`".to_owned(),
        "preview" => "The same API calls as an audit, and no others. Data that could not be read is shown as \
                      unknown.\n\nExit codes: 0 whatever the account is like, 2 and 4 as of `audit`."
            .to_owned(),
        "diff" => "Exit codes: 0 nothing got worse, 1 something got worse, 2 usage error or files from different \
             accounts."
            .to_owned(),
        _ => return None,
    };
    Some(text)
}

/// The examples of a command.
#[must_use]
pub fn examples(command: &str) -> &'static [Example] {
    const AUDIT: &[Example] = &[
        example("the account of a profile", "stagecheck audit --profile lab"),
        example("the organization that it manages", "stagecheck audit --stage org-foundation"),
        example(
            "two checks only, with a threshold of 50 USD",
            "stagecheck audit --only root-mfa,billing-alarm --threshold 50",
        ),
        example("only the verdict, for a script", "stagecheck audit --format json | jq -r .verdict"),
        example("a table, and the same report in a file", "stagecheck audit --output report.json"),
        example("the API responses, to audit them again later without AWS", "stagecheck audit --record today.json"),
        example("that again", "stagecheck audit --snapshot today.json"),
    ];
    const PLAN: &[Example] = &[
        example("what to do next", "stagecheck plan --profile lab"),
        example(
            "as a shell script, to review before you run it",
            "stagecheck plan --profile lab --format script > plan.sh",
        ),
        example(
            "what is missing, as a CloudFormation template",
            "stagecheck plan --snapshot today.json --format cloudformation > plan.yaml",
        ),
    ];
    const PREVIEW: &[Example] = &[
        example("what changes in this account", "stagecheck preview --profile lab"),
        example("of a recorded account", "stagecheck preview --snapshot today.json"),
        example("AWS's pages about it", "stagecheck preview --format json | jq -r '.changes[].reference'"),
    ];
    const DIFF: &[Example] = &[
        example("two reports", "stagecheck diff yesterday.json today.json"),
        example("two snapshots, for a pull request", "stagecheck diff --format markdown monday.json tuesday.json"),
    ];
    const EXPLAIN: &[Example] = &[
        example("all checks, one line each", "stagecheck explain"),
        example("one check", "stagecheck explain billing-alarm"),
        example("one check with its edge cases", "stagecheck explain billing-alarm --verbose"),
        example("one requirement", "stagecheck explain billing-alarm/region"),
        example("all checks, for a program", "stagecheck explain --format json"),
    ];
    const IAM_POLICY: &[Example] = &[
        example("the policy", "stagecheck iam-policy > stagecheck-policy.json"),
        example(
            "a read-only role with the policy, for a CI server",
            "stagecheck iam-policy --format cloudformation > role.yaml",
        ),
        example("the same for Terraform", "stagecheck iam-policy --format terraform > role.tf"),
    ];
    const COMPLETIONS: &[Example] = &[
        example(
            "bash: for this user",
            "stagecheck completions bash > ~/.local/share/bash-completion/completions/stagecheck",
        ),
        example("zsh: to a directory of $fpath", "stagecheck completions zsh > ~/.zfunc/_stagecheck"),
        example("fish", "stagecheck completions fish > ~/.config/fish/completions/stagecheck.fish"),
        example("PowerShell: at the end of the profile", "stagecheck completions powershell >> $PROFILE"),
    ];
    const MAN: &[Example] = &[
        example("read one page", "stagecheck man audit | man -l -"),
        example("install all pages", "stagecheck man --dir ~/.local/share/man/man1"),
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

/// What `-h` shows below the options of a command: how it ends, and its first example.
#[must_use]
pub fn below(command: &str) -> String {
    let mut text = String::new();
    if let Some(ends) = ends(command) {
        let _ = writeln!(text, "{ends}");
    }
    if let Some(Example { line, .. }) = examples(command).first() {
        let _ = write!(text, "Try:  {line}");
    }
    text
}

/// What `--help` shows below the options of a command: how it ends, and all examples.
#[must_use]
pub fn below_long(command: &str) -> String {
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
