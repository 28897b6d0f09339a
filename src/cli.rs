//! The whole command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint};

use crate::config::settings::{PartialFoundation, PartialSettings, is_region, similar_region};
use crate::io::terminal::{ColorChoice, Style};

mod check_id;
pub mod formats;
pub mod help;
mod output_file;
mod version;

use check_id::CheckId;
use formats::{DiffFormat, ExplainFormat, Format, PlanFormat, PolicyFormat, PreviewFormat};
pub use output_file::{OutputFile, OutputTarget};

/// Check whether an AWS account is ready to create an organization. Read-only.
#[derive(Debug, Parser)]
#[command(name = "stagecheck", version, long_version = version::LONG, subcommand_required = true)]
#[command(arg_required_else_help = true, after_help = help::TOP)]
pub struct Cli {
    #[command(flatten)]
    /// The options of every command.
    pub global: Global,
    #[command(subcommand)]
    /// The command.
    pub command: Command,
}

/// The options of every command.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Global {
    /// When to use color: auto, always or never
    #[arg(long, alias = "colour", value_name = "WHEN", value_enum, default_value_t, global = true)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: ColorChoice,
    /// Never use color: `--color never`
    #[arg(long, global = true, hide = true, conflicts_with = "color")]
    pub no_color: bool,
    /// Print only the verdict line
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Log API calls to stderr (explain: show edge cases)
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// The command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit an AWS account or a recorded snapshot
    #[command(after_help = help::below("audit"), after_long_help = help::below_long("audit"))]
    Audit(Box<AuditOptions>),
    /// Print the remediation steps, in order, with commands, time and cost
    #[command(after_help = help::below("plan"), after_long_help = help::below_long("plan"))]
    Plan(Box<PlanOptions>),
    /// Show what changes in this account when it creates an organization
    #[command(after_help = help::below("preview"), after_long_help = help::below_long("preview"))]
    #[command(mut_args(without_stage))]
    Preview(Box<PreviewOptions>),
    /// Compare two reports or snapshots of an account
    #[command(after_help = help::below("diff"), after_long_help = help::below_long("diff"))]
    Diff(DiffOptions),
    /// Explain a check: what it evaluates, why, and how to fix it
    #[command(alias = "checks")]
    #[command(after_help = help::below("explain"), after_long_help = help::below_long("explain"))]
    Explain(ExplainOptions),
    /// Print the least-privilege IAM policy (or role) for the audit
    #[command(after_help = help::below("iam-policy"), after_long_help = help::below_long("iam-policy"))]
    IamPolicy(IamPolicyOptions),
    /// Print a completion script for a shell
    #[command(after_help = help::below("completions"), after_long_help = help::below_long("completions"))]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a man page, or write all of them to a directory
    #[command(after_help = help::below("man"), after_long_help = help::below_long("man"))]
    Man {
        /// The command whose page is printed, e.g. audit [default: the program's page]
        command: Option<String>,
        /// Write every page to this directory, and print none
        #[arg(long, value_name = "DIR", conflicts_with = "command", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
}

/// The options of `stagecheck diff`.
#[derive(Debug, Args)]
pub struct DiffOptions {
    /// The earlier JSON report or snapshot (- for stdin)
    #[arg(value_hint = ValueHint::FilePath)]
    pub old: PathBuf,
    /// The later JSON report or snapshot (- for stdin)
    #[arg(value_hint = ValueHint::FilePath)]
    pub new: PathBuf,
    /// Output format
    #[arg(long, short, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// The options of `stagecheck explain`.
#[derive(Debug, Args)]
pub struct ExplainOptions {
    /// ID of a check or a requirement, e.g. billing-alarm or billing-alarm/region [default: list the checks]
    #[arg(value_name = "CHECK[/REQUIREMENT]", value_parser = CheckId, hide_possible_values = true)]
    pub check: Option<String>,
    /// Output format
    #[arg(long, short, value_enum, default_value_t)]
    pub format: ExplainFormat,
    /// Stage of the checks: single-account or org-foundation [default: single-account]
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

/// The options of `stagecheck iam-policy`.
#[derive(Debug, Args)]
pub struct IamPolicyOptions {
    /// Output format
    #[arg(long, short, value_enum, default_value_t)]
    pub format: PolicyFormat,
    /// Stage of the checks: single-account or org-foundation [default: single-account]
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

/// The options of every command that audits: which account, and what is expected of it.
#[derive(Debug, Args)]
pub struct Auditing {
    /// Stage: single-account or org-foundation [default: config file, snapshot, then single-account]
    #[arg(long, value_name = "STAGE", help_heading = "Account")]
    pub stage: Option<String>,
    /// AWS profile
    #[arg(long, short, value_name = "NAME", help_heading = "Account")]
    pub profile: Option<String>,
    /// Home Region: where the SNS topic and trail live [default: STAGECHECK_REGION, config file, AWS_REGION, AWS_DEFAULT_REGION,
    /// profile, then us-west-2]
    #[arg(long, value_name = "REGION", help_heading = "Account", value_parser = region)]
    pub region: Option<String>,
    /// Region that has the billing metrics [default: us-east-1]
    #[arg(long, value_name = "REGION", help_heading = "Account", value_parser = region)]
    pub billing_region: Option<String>,
    /// Exit 4 unless the credentials belong to this account ID
    #[arg(long, value_name = "ID", help_heading = "Account", value_parser = account_id)]
    #[arg(env = "STAGECHECK_EXPECT_ACCOUNT", hide_env_values = true)]
    pub expect_account: Option<String>,
    /// Audit a file written by --record, offline (- for stdin)
    #[arg(long, value_name = "FILE", help_heading = "Account", value_hint = ValueHint::FilePath)]
    pub snapshot: Option<PathBuf>,
    /// Save the API responses to FILE for --snapshot (no secrets, emails masked, mode 0600)
    #[arg(long, value_name = "FILE", help_heading = "Account", conflicts_with = "snapshot")]
    #[arg(value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
    /// Time limit in seconds; data not received by then is UNKNOWN [default: 30]
    #[arg(long, value_name = "SECONDS", help_heading = "Account", value_parser = positive, allow_negative_numbers = true)]
    #[arg(env = "STAGECHECK_TIMEOUT", hide_env_values = true)]
    pub timeout: Option<f64>,

    /// Run only these checks (list: stagecheck explain)
    #[arg(long, value_name = "ID,…", help_heading = "Checks", value_delimiter = ',', value_parser = CheckId)]
    #[arg(hide_possible_values = true)]
    pub only: Vec<String>,
    /// Skip these checks
    #[arg(long, value_name = "ID,…", help_heading = "Checks", value_delimiter = ',', value_parser = CheckId)]
    #[arg(hide_possible_values = true)]
    pub skip: Vec<String>,
    /// Maximum billing alarm threshold, in USD [default: 25]
    #[arg(long, value_name = "USD", help_heading = "Checks", value_parser = positive, allow_negative_numbers = true)]
    pub threshold: Option<f64>,
    /// Name of the SNS topic [default: SecurityAlerts]
    #[arg(long, value_name = "NAME", help_heading = "Checks")]
    pub topic: Option<String>,
    #[command(flatten)]
    /// What is expected of an organization.
    pub foundation: FoundationOptions,
    /// Treat warnings as failures
    #[arg(long, help_heading = "Checks")]
    pub strict: bool,
    /// Config file [default: STAGECHECK_CONFIG, then stagecheck.toml in this directory or above it in the repository]
    #[arg(long, value_name = "FILE", help_heading = "Checks", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Hide the progress indicator
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
}

/// The options of the stage `org-foundation`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Org Foundation (--stage org-foundation)")]
pub struct FoundationOptions {
    /// OUs expected directly under the root; '' for none [default: the nine of the labs]
    #[arg(long, value_name = "NAME,…", value_parser = list)]
    pub organizational_units: Option<List>,
    /// OU of the two security accounts [default: Security]
    #[arg(long, value_name = "NAME")]
    pub security_ou: Option<String>,
    /// Account for logs [default: LogArchive]
    #[arg(long, value_name = "NAME|ID")]
    pub log_archive: Option<String>,
    /// Account for security tools [default: SecurityAudit]
    #[arg(long, value_name = "NAME|ID")]
    pub security_audit: Option<String>,
    /// OU that the SCP checks skip; '' for none [default: Exceptions]
    #[arg(long, value_name = "NAME")]
    pub exceptions_ou: Option<String>,
    /// Regions where member accounts may work [default: home and billing Region]
    #[arg(long, value_name = "REGION,…", value_parser = list)]
    pub allowed_regions: Option<List>,
}

/// The values of an option that takes several, separated by commas.
#[derive(Debug, Clone)]
pub struct List(Vec<String>);

#[expect(clippy::unnecessary_wraps, reason = "clap's form of a parser")]
fn list(text: &str) -> Result<List, String> {
    let values = text.split(',').map(str::trim).map(str::to_owned);
    Ok(List(if text.trim().is_empty() { Vec::new() } else { values.collect() }))
}

/// The options of `stagecheck audit`.
#[derive(Debug, Args)]
pub struct AuditOptions {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Output format
    #[arg(long, short, value_enum, default_value_t, help_heading = "Output")]
    #[arg(env = "STAGECHECK_FORMAT", hide_env_values = true)]
    pub format: Format,
    /// Also write the report to FILE; the format follows the extension, or FORMAT= (repeatable)
    #[arg(long, short, value_name = "[FORMAT=]FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub output: Vec<OutputFile>,
    /// Include commands, evidence and resources by Region in the table
    #[arg(long, help_heading = "Output")]
    pub full: bool,
    /// Exit 0 for every verdict; usage errors and failed audits still exit 2 and 4
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,
}

/// The options of `stagecheck plan`.
#[derive(Debug, Args)]
pub struct PlanOptions {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Output format
    #[arg(long, short, value_enum, default_value_t, help_heading = "Output")]
    pub format: PlanFormat,
}

/// The options of `stagecheck preview`.
#[derive(Debug, Args)]
pub struct PreviewOptions {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Output format
    #[arg(long, short, value_enum, default_value_t, help_heading = "Output")]
    pub format: PreviewFormat,
}

impl Cli {
    /// The command line of these arguments, the program's name first. An empty `STAGECHECK_*` variable counts as unset, as AWS's do.
    ///
    /// # Errors
    /// The arguments are no command line, or ask for help or the version.
    pub fn parsed(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        let command = Cli::command().mut_subcommands(|command| command.mut_args(without_empty_variable));
        command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches))
    }
}

/// A preview has no stage, so its help does not offer the options of one.
fn without_stage(arg: Arg) -> Arg {
    let is_of_a_stage = arg.get_id() == "stage" || arg.get_help_heading().is_some_and(|it| it.contains("--stage"));
    if is_of_a_stage { arg.hide(true) } else { arg }
}

fn without_empty_variable(arg: Arg) -> Arg {
    let is_empty = arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
    if is_empty { arg.env(None::<&str>) } else { arg }
}

/// The variable that the refused value comes from, if it is one.
#[must_use]
pub fn variable_of(error: &clap::Error) -> Option<&'static str> {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) else { return None };
    ["STAGECHECK_FORMAT", "STAGECHECK_TIMEOUT", "STAGECHECK_EXPECT_ACCOUNT"]
        .into_iter()
        .find(|name| std::env::var(name).is_ok_and(|set| set == *value))
}

impl Global {
    /// The style of standard output.
    #[must_use]
    pub fn style(self) -> Style {
        Style::of_stdout(if self.no_color { ColorChoice::Never } else { self.color })
    }
}

impl Auditing {
    /// What the options say of the expectations.
    #[must_use]
    pub fn wishes(&self) -> PartialSettings {
        PartialSettings {
            home_region: self.region.clone(),
            billing_region: self.billing_region.clone(),
            topic: self.topic.clone(),
            threshold: self.threshold,
            foundation: PartialFoundation {
                organizational_units: self.foundation.organizational_units.clone().map(|list| list.0),
                security_ou: self.foundation.security_ou.clone(),
                log_archive: self.foundation.log_archive.clone(),
                security_audit: self.foundation.security_audit.clone(),
                exceptions_ou: self.foundation.exceptions_ou.clone(),
                allowed_regions: self.foundation.allowed_regions.clone().map(|list| list.0),
            },
        }
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("not a positive number".to_owned()),
    }
}

fn region(text: &str) -> Result<String, String> {
    if is_region(text) {
        return Ok(text.to_owned());
    }
    Err(match similar_region(text) {
        Some(similar) => format!("not the name of a Region. Did you mean {similar}?"),
        None => "not the name of a Region, such as us-west-2".to_owned(),
    })
}

fn account_id(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() == 12 && digits.chars().all(|c| c.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err("an account ID has 12 digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_parses() {
        for command in Cli::command().get_subcommands() {
            let examples = help::examples(command.get_name());
            assert!(!examples.is_empty(), "{} has no example", command.get_name());
            for example in examples {
                let words = shell_words::split(example.line).unwrap();
                // Where the shell's part of the line begins, the program's arguments end.
                let ours = words.iter().take_while(|word| !["|", ">", ">>"].contains(&word.as_str()));
                let parsed = Cli::try_parse_from(ours).unwrap_or_else(|error| panic!("{}: {error}", example.line));
                let named = words.get(1).unwrap();
                assert_eq!(named, command.get_name(), "{}", example.line);
                drop(parsed);
            }
        }
    }

    #[test]
    fn an_account_id_may_be_written_with_hyphens() {
        assert_eq!(account_id("1111-2222-3333"), Ok("111122223333".to_owned()));
        assert!(account_id("1234").is_err());
    }
}
