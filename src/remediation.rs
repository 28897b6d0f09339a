//! What to do about a finding: one sentence, commands, console steps, references. Each check owns its texts; this is the
//! form, and the quoting of commands.

use std::fmt::Write;

use serde::Serialize;

use crate::terminal::is_hidden;

mod planned;

pub use planned::{Cost, Planned, Then, Who};

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Remediation {
    /// One sentence.
    pub summary: String,
    /// Environment variables that the commands read: what only the operator knows, e.g. `ALERT_EMAIL`.
    pub inputs: Vec<&'static str>,
    /// Commands for a POSIX shell with the AWS CLI, to be run in order as printed. Empty where no command can do it, or
    /// where a name is hostile.
    pub commands: Vec<String>,
    /// The way through the console.
    pub console: Option<String>,
    /// Pages of AWS's documentation.
    pub references: Vec<&'static str>,
    /// What a plan must know beside: who does it, how long it takes, what it costs …
    #[serde(skip)]
    pub planned: Planned,
}

impl Remediation {
    /// What to do, in one sentence.
    #[must_use]
    pub fn new(summary: impl Into<String>) -> Self {
        Remediation {
            summary: summary.into(),
            inputs: Vec::new(),
            commands: Vec::new(),
            console: None,
            references: Vec::new(),
            planned: Planned::default(),
        }
    }

    /// A command that does it. If a word of one command is hostile, the whole remedy has none.
    #[must_use]
    pub fn run(mut self, command: Command) -> Self {
        for input in command.inputs {
            if !self.inputs.contains(&input) {
                self.inputs.push(input);
            }
        }
        self.commands.push(command.line.unwrap_or_default());
        self
    }

    /// The way through the console, in steps.
    #[must_use]
    pub fn console(mut self, steps: impl Into<String>) -> Self {
        self.console = Some(steps.into());
        self
    }

    /// A page of AWS's documentation.
    #[must_use]
    pub fn see(mut self, page: &'static str) -> Self {
        self.references.push(page);
        self
    }

    /// Both remedies, one after the other.
    #[must_use]
    pub fn and(self, other: Remediation) -> Self {
        fn joined<T: PartialEq>(mut these: Vec<T>, those: Vec<T>) -> Vec<T> {
            for one in those {
                if !these.contains(&one) {
                    these.push(one);
                }
            }
            these
        }
        Remediation {
            summary: format!("{}; then: {}", self.summary, other.summary),
            inputs: joined(self.inputs, other.inputs),
            commands: joined(self.commands, other.commands),
            console: match (self.console, other.console) {
                (Some(this), Some(other)) if this != other => Some(format!("{this}; then {other}")),
                (this, other) => this.or(other),
            },
            references: joined(self.references, other.references),
            planned: self.planned.and(other.planned),
        }
    }

    /// What an input is, as the commands say it: "your address" of `${ALERT_EMAIL:?your address}`.
    #[must_use]
    pub fn meaning_of(&self, input: &str) -> Option<&str> {
        self.commands.iter().find_map(|command| {
            let (_, rest) = command.split_once(&format!("${{{input}:?"))?;
            rest.split_once('}').map(|(what, _)| what)
        })
    }

    /// Names `region` in every command that names none: those of global services need one too, to know the partition and wherever an
    /// endpoint is set by hand.
    pub fn name_region(&mut self, region: &str) {
        for command in &mut self.commands {
            if command.contains(REGION_TO_COME) {
                *command = command.replace(REGION_TO_COME, &shell_words::quote(region));
                continue;
            }
            let names_one = shell_words::split(command).is_ok_and(|words| words.iter().any(|word| word == "--region"));
            if !names_one {
                let _ = write!(command, " --region {}", shell_words::quote(region));
            }
        }
    }

    /// The finished remedy: half a recipe is worse than none, so one hostile word takes all commands away.
    #[must_use]
    pub fn finished(mut self) -> Self {
        if self.commands.iter().any(String::is_empty) {
            self.commands.clear();
            self.inputs.clear();
        }
        self
    }
}

/// Where [`Remediation::name_region`] writes the region into a command of several calls. No word can hold this character.
const REGION_TO_COME: char = '\u{0}';

/// One command line, quoted word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// `None` once a hostile word has come.
    line: Option<String>,
    inputs: Vec<&'static str>,
    names_region: bool,
}

impl Command {
    /// An AWS CLI command, e.g. `Command::aws("sns", "create-topic")`.
    #[must_use]
    pub fn aws(service: &str, operation: &str) -> Self {
        Command { line: Some(format!("aws {service} {operation}")), inputs: Vec::new(), names_region: false }
    }

    /// Words that may come from the account: quoted, and refused if they hold control characters.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        // Controls, and the marks that reorder text on the screen, have no business in what somebody is to paste into a shell.
        if word.chars().any(is_hidden) {
            self.line = None;
        } else if let Some(line) = &mut self.line {
            line.push(' ');
            line.push_str(&shell_words::quote(word));
        }
        self
    }

    /// An option and its value. A value that begins with a hyphen would be taken for an option, and one that begins like an address
    /// for a file to read: <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html>
    #[must_use]
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.names_region |= name == "--region";
        if ["file://", "fileb://", "http://", "https://"].iter().any(|scheme| value.starts_with(scheme)) {
            self.line = None;
            self
        } else if value.starts_with('-') {
            self.word(&format!("{name}={value}"))
        } else {
            self.word(name).word(value)
        }
    }

    /// An option whose value only the operator knows: an environment variable, which the shell refuses to leave empty, saying `what` it
    /// is. A quote in that would begin a quotation in some shells and not in others, so none is let in.
    #[must_use]
    pub fn input(mut self, name: &str, variable: &'static str, what: &str) -> Self {
        if let Some(line) = &mut self.line {
            let what: String = what.chars().filter(|c| c.is_ascii_alphanumeric() || " ,.-/".contains(*c)).collect();
            let _ = write!(line, " {name} \"${{{variable}:?{what}}}\""); // a String takes everything
        }
        self.inputs.push(variable);
        self
    }

    /// An option whose value holds an input that an earlier command has already asked for: `before`, the variable, `after`. Around it may
    /// stand what an ARN or a query is made of, and nothing that means something to a shell in double quotes.
    #[must_use]
    pub fn with_input(mut self, name: &str, (before, variable, after): (&str, &'static str, &str)) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/-_=.,+@[]?'&| ".contains(c);
        if !before.chars().chain(after.chars()).all(is_plain) {
            self.line = None;
        }
        if let Some(line) = &mut self.line {
            let _ = write!(line, " {name} \"{before}${{{variable}}}{after}\"");
        }
        if !self.inputs.contains(&variable) {
            self.inputs.push(variable);
        }
        self
    }

    /// An option whose value is what `source` prints.
    #[must_use]
    pub fn option_from(self, name: &str, source: Command) -> Self {
        let named = self.names_region;
        let command = self.then(&format!(" {name} \"$("), source, ")\"");
        Command { names_region: named || command.names_region, ..command }
    }

    /// Only if `probe` finds nothing, so that to run it again changes nothing: `probe` fails where there is no such thing.
    #[must_use]
    pub fn unless(self, probe: Command) -> Self {
        probe.then(" >/dev/null 2>&1 || ", self, "")
    }

    /// Only if `list` prints nothing, so that to run it again changes nothing.
    #[must_use]
    pub fn unless_listed(self, list: Command) -> Self {
        list.then(" | grep -q . || ", self, "")
    }

    /// Once for each line that `list` prints, with the line as the value of `option`.
    #[must_use]
    pub fn for_each(mut self, list: Command, option: &str) -> Self {
        if let Some(line) = &mut self.line {
            let _ = write!(line, " {option} \"$each\"");
        }
        list.then(" | while read -r each; do ", self, " || exit 1; done")
    }

    /// Whether it can be done or not, what comes next goes on: for what is to be away and may be away already.
    #[must_use]
    pub fn if_it_can(mut self) -> Self {
        self = self.naming_region();
        self.line = self.line.map(|line| format!("{line} >/dev/null 2>&1 || true"));
        self
    }

    /// That it fails is no fault once the operator has set this variable.
    #[must_use]
    pub fn unless_input(mut self, variable: &'static str) -> Self {
        self = self.naming_region();
        self.line = self.line.map(|line| format!("{line} || test -n \"${{{variable}:-}}\""));
        self
    }

    /// Only if `list` prints nothing, and only as long as the operator has not set this variable.
    #[must_use]
    pub fn unless_listed_or_input(self, list: Command, variable: &'static str) -> Self {
        list.then(&format!(" | grep -q . || test -n \"${{{variable}:-}}\" || "), self, "")
    }

    fn naming_region(mut self) -> Self {
        if let Some(line) = self.line.as_mut().filter(|_| !self.names_region) {
            let _ = write!(line, " --region {REGION_TO_COME}");
            self.names_region = true;
        }
        self
    }

    /// One line of both; each of its calls names a region.
    fn then(self, between: &str, next: Command, end: &str) -> Self {
        let (first, next) = (self.naming_region(), next.naming_region());
        let line = match (first.line, next.line) {
            (Some(first), Some(next)) => Some(format!("{first}{between}{next}{end}")),
            _ => None,
        };
        let mut inputs = first.inputs;
        inputs.extend(next.inputs.into_iter().filter(|input| !inputs.contains(input)).collect::<Vec<_>>());
        Command { line, inputs, names_region: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_quote_stays_one_word() {
        let remedy =
            Remediation::new("x").run(Command::aws("iam", "get-user").option("--user-name", "o'neil; rm")).finished();
        assert_eq!(remedy.commands, [r"aws iam get-user --user-name 'o'\''neil; rm'"]);
    }

    #[test]
    fn a_hostile_name_gets_no_command_at_all() {
        let remedy = Remediation::new("x")
            .run(Command::aws("sns", "list-topics"))
            .run(Command::aws("iam", "get-user").option("--user-name", "a\u{1b}[2J"))
            .finished();
        assert_eq!(remedy.commands, Vec::<String>::new());
    }

    #[test]
    fn every_command_names_one_region() {
        let mut remedy = Remediation::new("x")
            .run(Command::aws("iam", "get-user").option("--user-name", "a --region b"))
            .run(Command::aws("sns", "list-topics").option("--region", "us-east-1"))
            .finished();
        remedy.name_region("us-west-2");
        assert_eq!(
            remedy.commands,
            [
                "aws iam get-user --user-name 'a --region b' --region us-west-2",
                "aws sns list-topics --region us-east-1"
            ]
        );
    }

    #[test]
    fn each_call_of_a_line_names_a_region() {
        let get = Command::aws("iam", "get-user").option("--user-name", "a b");
        let keys = Command::aws("iam", "list-access-keys").option("--output", "text");
        let mut remedy = Remediation::new("x")
            .run(Command::aws("iam", "create-user").option("--user-name", "a b").unless(get))
            .run(Command::aws("iam", "delete-access-key").for_each(keys, "--access-key-id"))
            .run(Command::aws("sns", "x").option("--region", "eu-west-1").if_it_can())
            .finished();
        remedy.name_region("us-west-2");
        assert_eq!(
            remedy.commands,
            [
                "aws iam get-user --user-name 'a b' --region us-west-2 >/dev/null 2>&1 || aws iam create-user --user-name 'a b' --region \
                 us-west-2",
                "aws iam list-access-keys --output text --region us-west-2 | while read -r each; do aws iam delete-access-key \
                 --access-key-id \"$each\" --region us-west-2 || exit 1; done",
                "aws sns x --region eu-west-1 >/dev/null 2>&1 || true",
            ]
        );
    }

    #[test]
    fn around_an_input_stands_nothing_that_a_shell_reads() {
        let around = |before: &str| {
            let command = Command::aws("iam", "x").with_input("--serial-number", (before, "ADMIN_USER", ""));
            Remediation::new("x").run(command).finished().commands
        };
        assert_eq!(around("arn:aws:iam::1:mfa/"), [r#"aws iam x --serial-number "arn:aws:iam::1:mfa/${ADMIN_USER}""#]);
        for hostile in ["$(id)", "`id`", "\"; id; \"", "\\"] {
            assert_eq!(around(hostile), Vec::<String>::new(), "{hostile}");
        }
    }

    #[test]
    fn what_an_input_is_for_has_no_quotes() {
        let command = Command::aws("iam", "create-user").input("--user-name", "ADMIN", "the administrator's \"name\"");
        let remedy = Remediation::new("x").run(command).finished();
        assert_eq!(remedy.commands, [r#"aws iam create-user --user-name "${ADMIN:?the administrators name}""#]);
    }

    #[test]
    fn a_name_is_never_taken_for_an_option_or_a_file() {
        let of = |name: &str| {
            Remediation::new("x").run(Command::aws("iam", "get-user").option("--user-name", name)).finished().commands
        };
        assert_eq!(of("-rf"), ["aws iam get-user '--user-name=-rf'"]);
        assert_eq!(of("file:///etc/passwd"), Vec::<String>::new());
    }

    #[test]
    fn what_only_the_operator_knows_is_an_environment_variable() {
        let command = Command::aws("sns", "subscribe").input("--notification-endpoint", "ALERT_EMAIL", "your address");
        let remedy = Remediation::new("x").run(command).finished();
        assert_eq!(remedy.inputs, ["ALERT_EMAIL"]);
        assert_eq!(remedy.commands, [r#"aws sns subscribe --notification-endpoint "${ALERT_EMAIL:?your address}""#]);
    }
}
