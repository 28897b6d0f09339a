//! The whole command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand};

use crate::config::settings::{PartialSettings, is_region};
use crate::io::suggest;
use crate::io::terminal::ColorChoice;

pub mod formats;
pub mod help;

use formats::{DiffFormat, Format, PlanFormat, PolicyFormat, PreviewFormat};

/// Is this AWS account ready to create an organization? A read-only audit that answers with proof.
#[derive(Debug, Parser)]
#[command(name = "stagecheck", version, disable_help_subcommand = true, subcommand_required = true, after_help = help::TOP)]
pub struct Cli {
    #[command(subcommand)]
    /// What to do.
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Audit an account, or a snapshot of one
    #[command(after_help = help::below("audit"))]
    Audit(Box<Audit>),
    /// Print what to do next, in order: who does it, how long it takes, what it costs
    #[command(after_help = help::below("plan"))]
    Plan(Box<Plan>),
    /// Tell what changes when this account creates an organization, from its own facts
    #[command(after_help = help::below("preview"))]
    Preview(Box<Preview>),
    /// Tell in words what changed between two reports or snapshots of one account
    #[command(after_help = help::below("diff"))]
    Diff(Diff),
    /// Tell what a check looks at, why it matters and how to fix it
    #[command(after_help = help::below("explain"))]
    Explain {
        /// The check's id, e.g. billing-alarm; without one, all checks are listed
        check: Option<String>,
        /// Stage whose checks count: single-account or org-foundation [default: single-account]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
    },
    /// Print the least-privilege IAM policy that an audit needs, or a role that has it
    #[command(after_help = help::below("iam-policy"))]
    IamPolicy {
        /// Form of the policy
        #[arg(long, value_enum, default_value_t = PolicyFormat::Json)]
        format: PolicyFormat,
        /// Stage whose checks count: single-account or org-foundation [default: single-account]
        #[arg(long, value_name = "STAGE")]
        stage: Option<String>,
    },
    /// Print a completion script for a shell
    #[command(after_help = help::below("completions"))]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a man page, or write them all to a folder
    #[command(after_help = help::below("man"))]
    Man {
        /// The command whose page is printed, e.g. audit; without one, the program's
        command: Option<String>,
        /// Write every page to this folder, and print none
        #[arg(long, value_name = "DIR", conflicts_with = "command")]
        dir: Option<PathBuf>,
    },
}

/// The options of `stagecheck diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier one: a JSON report, or a snapshot (`-`: standard input)
    pub old: PathBuf,
    /// The later one: a JSON report, or a snapshot (`-`: standard input)
    pub new: PathBuf,
    /// Form of the comparison on standard output
    #[arg(long, value_enum, default_value_t)]
    pub format: DiffFormat,
}

/// The options of every command that audits: which account, and what is expected of it.
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is there or not")]
#[derive(Debug, Args)]
pub struct Auditing {
    /// Stage to audit: single-account or org-foundation [default: the config file's, the snapshot's, single-account]
    #[arg(long, value_name = "STAGE", help_heading = "Account")]
    pub stage: Option<String>,
    /// AWS profile to use
    #[arg(long, value_name = "PROFILE", help_heading = "Account")]
    pub profile: Option<String>,
    /// Home region, where the topic and the trail are [default: the config file's, AWS_REGION, AWS_DEFAULT_REGION, the profile's, us-west-2]
    #[arg(long, value_name = "HOME", help_heading = "Account", value_parser = region)]
    pub region: Option<String>,
    /// Region of AWS's billing metric [default: us-east-1]
    #[arg(long, value_name = "REGION", help_heading = "Account", value_parser = region)]
    pub billing_region: Option<String>,
    /// Stop with status 4 before any check if the credentials belong to another account
    #[arg(long, value_name = "ID", help_heading = "Account", value_parser = account_id)]
    pub expect_account: Option<String>,
    /// Audit the facts in a file that --record wrote, offline (`-`: standard input)
    #[arg(long, value_name = "FILE", help_heading = "Account")]
    pub snapshot: Option<PathBuf>,
    /// End after this many seconds; what is not seen by then is unknown [default: 30]
    #[arg(long, value_name = "SECONDS", help_heading = "Account", value_parser = positive)]
    pub timeout: Option<f64>,

    /// Greatest threshold of the billing alarm, in US dollars [default: 25]
    #[arg(long, value_name = "USD", help_heading = "Expectations", value_parser = positive)]
    pub threshold: Option<f64>,
    /// Name of the topic for security alerts [default: SecurityAlerts]
    #[arg(long, value_name = "NAME", help_heading = "Expectations")]
    pub topic: Option<String>,
    /// Judge these checks only
    #[arg(long, value_name = "ID,…", help_heading = "Expectations", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave these checks out
    #[arg(long, value_name = "ID,…", help_heading = "Expectations", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Take a warning for a failure
    #[arg(long, help_heading = "Expectations")]
    pub strict: bool,
    /// Config file [default: stagecheck.toml in the working folder, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Expectations")]
    pub config: Option<PathBuf>,

    /// Colour what people read
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, help_heading = "Output")]
    pub color: ColorChoice,
    /// Show no progress
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
    /// Tell every call on standard error: region, time, outcome
    #[arg(long, short, help_heading = "Output")]
    pub verbose: bool,
    /// Leave only the verdict of what people read
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,
}

/// The options of `stagecheck audit`.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Write the facts that the audit used to a file: no secrets, addresses masked, readable by its owner only
    #[arg(long, value_name = "FILE", help_heading = "Account", conflicts_with = "snapshot")]
    pub record: Option<PathBuf>,
    /// Form of the report on standard output
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    pub format: Format,
    /// Include commands, evidence and resources by Region in the table
    #[arg(long, help_heading = "Output")]
    pub full: bool,
    /// Write the report to a file too, in the form FORMAT or the one that its name ends in; may be repeated
    #[arg(long, value_name = "[FORMAT=]FILE", help_heading = "Output")]
    pub output: Vec<OutputFile>,
}

/// The options of `stagecheck plan`.
#[derive(Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Form of the plan on standard output
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, help_heading = "Output")]
    pub format: PlanFormat,
}

/// The options of `stagecheck preview`.
#[derive(Debug, Args)]
pub struct Preview {
    #[command(flatten)]
    /// Which account, and what is expected of it.
    pub auditing: Auditing,
    /// Form of the preview on standard output
    #[arg(long, value_enum, default_value_t = PreviewFormat::Text, help_heading = "Output")]
    pub format: PreviewFormat,
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
        }
    }
}

/// A file that the report is to be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The form that was named.
    pub format: Option<Format>,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use clap::ValueEnum;
        if text.is_empty() {
            return Err("no file is named".to_owned());
        }
        // `a=b.json` is a file of that name unless a format stands before the sign.
        if let Some((format, path)) = text.split_once('=')
            && let Ok(format) = Format::from_str(format, false)
        {
            return Ok(OutputFile { format: Some(format), path: path.into() });
        }
        let formats: Vec<PossibleValue> =
            Format::value_variants().iter().filter_map(Format::to_possible_value).collect();
        // Nobody means a file `jsno=report.txt`, and who does can say so.
        if let Some((word, _)) = text.split_once('=')
            && word.chars().all(char::is_alphanumeric)
            && let Some(meant) = suggest::nearest(word, formats.iter().map(PossibleValue::get_name))
        {
            return Err(format!(
                "there is no format {word:?}; did you mean {meant:?}? (a file of that name is ./{text})"
            ));
        }
        let path = PathBuf::from(text);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let format = Format::from_str(extension, true).ok();
        Ok(OutputFile { format, path })
    }
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("not a positive number".to_owned()),
    }
}

fn region(text: &str) -> Result<String, String> {
    if is_region(text) { Ok(text.to_owned()) } else { Err("not the name of a region, such as us-west-2".to_owned()) }
}

fn account_id(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() == 12 && digits.chars().all(|c| c.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err("an account id has 12 digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

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
    fn an_output_file_takes_the_named_form_or_that_of_its_name() {
        let parse = |text: &str| text.parse::<OutputFile>().unwrap();
        assert_eq!(parse("json=report.txt"), OutputFile { format: Some(Format::Json), path: "report.txt".into() });
        assert_eq!(parse("report.json"), OutputFile { format: Some(Format::Json), path: "report.json".into() });
        for (name, format) in [
            ("report.xml", Format::Junit),
            ("report.md", Format::Markdown),
            ("report.html", Format::Html),
            ("REPORT.HTML", Format::Html),
            ("xml=report.txt", Format::Junit),
        ] {
            assert_eq!(parse(name).format, Some(format), "{name}");
        }
        assert_eq!(parse("a=b.txt"), OutputFile { format: None, path: "a=b.txt".into() });
    }

    #[test]
    fn an_account_id_may_be_written_with_hyphens() {
        assert_eq!(account_id("1111-2222-3333"), Ok("111122223333".to_owned()));
        assert!(account_id("1234").is_err());
    }
}
