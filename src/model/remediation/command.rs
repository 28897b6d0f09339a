//! One command line for a POSIX shell with the AWS CLI, quoted word by word. What asks first whether something is there tells "it is
//! not there" from every other error: whatever could not be read is left alone, and ends the step.

use std::fmt::Write;

use super::command_line::CommandLine;
use crate::io::terminal::is_hidden;

/// Where [`Remediation::name_region`](super::Remediation::name_region) writes the region into a command of several calls. No word can
/// hold this character.
pub(super) const REGION_TO_COME: char = '\u{0}';

/// What AWS answers where IAM has no such thing.
pub const NO_SUCH_ENTITY: &str = "NoSuchEntity";

/// One command line, quoted word by word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// `None` once a hostile word has come.
    line: Option<String>,
    /// The same without probes and guards, word by word: what people read.
    plain: Vec<String>,
    /// What it does, from the operation's name, e.g. `Create bucket`.
    does: String,
    inputs: Vec<&'static str>,
    names_region: bool,
}

impl Command {
    /// An AWS CLI command, e.g. `Command::aws("sns", "create-topic")`.
    #[must_use]
    pub fn aws(service: &str, operation: &str) -> Self {
        Command {
            line: Some(format!("aws {service} {operation}")),
            plain: vec![format!("aws {service} {operation}")],
            does: capitalized(&operation.replace("mfa", "MFA").replace('-', " ")),
            inputs: Vec::new(),
            names_region: false,
        }
    }

    /// An AWS CLI command that returns once something that was just created can be found, e.g. `Command::wait("iam", "role-exists")`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
    #[must_use]
    pub fn wait(service: &str, until: &str) -> Self {
        let does = format!("Wait until {}", until.replace('-', " "));
        Command { does, ..Command::aws(service, "wait").word(until) }
    }

    /// Words that may come from the account: quoted, and refused if they hold control characters.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        // Controls, and the marks that reorder text on the screen, have no business in what somebody is to paste into a shell.
        if word.chars().any(is_hidden) {
            self.line = None;
        } else if let Some(line) = &mut self.line {
            let quoted = shell_words::quote(word);
            line.push(' ');
            line.push_str(&quoted);
            self.plain.push(quoted.into_owned());
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
        self.plain.extend([name.to_owned(), format!("\"${variable}\"")]);
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
        self.plain.extend([name.to_owned(), format!("\"{before}${{{variable}}}{after}\"")]);
        if !self.inputs.contains(&variable) {
            self.inputs.push(variable);
        }
        self
    }

    /// An option whose value is what `source` prints. That alone is done first, so that the command is not run where it cannot be had.
    #[must_use]
    pub fn option_from(mut self, name: &str, source: Command) -> Self {
        if let Some(line) = &mut self.line {
            let _ = write!(line, " {name} \"$value\"");
        }
        self.plain.extend([name.to_owned(), format!("\"$({})\"", source.plain.join(" "))]);
        source.then("if value=$(", "); then ", self, "; else false; fi")
    }

    /// Only if `probe` fails with the error `absent`, so that to run it again changes nothing. Any other error is told and ends it: what
    /// could not be read may be there.
    #[must_use]
    pub fn unless(self, probe: Command, absent: &'static str) -> Self {
        let then = format!(" 2>&1 >/dev/null) || case $error in *'({absent})'*) ");
        probe.then("error=$(", &then, self.does_it("unless it exists"), OTHER_ERROR)
    }

    /// Only if `list` prints nothing, so that to run it again changes nothing. Where it cannot be listed, it is not done.
    #[must_use]
    pub fn skip_if_present(self, list: Command) -> Self {
        let then = "); then test -n \"$listed\" || ";
        list.then("if listed=$(", then, self.does_it("unless it is done"), "; else false; fi")
    }

    /// Once for each line that `list` prints, with the line as the value of `option`.
    #[must_use]
    pub fn for_each(mut self, list: Command, option: &str) -> Self {
        if let Some(line) = &mut self.line {
            let _ = write!(line, " {option} \"$each\"");
        }
        self.plain.insert(0, format!("for each in $({}); do", list.plain.join(" ")));
        self.plain.extend([option.to_owned(), "\"$each\"; done".to_owned()]);
        let each = "); then printf '%s\\n' \"$listed\" | (while read -r each; do test -z \"$each\" || ";
        list.then("if listed=$(", each, self, " || exit 1; done); else false; fi")
    }

    /// For what is to be away: that it is away already, which the error `absent` says, is no fault.
    #[must_use]
    pub fn if_there(mut self, absent: &'static str) -> Self {
        self = self.naming_region().does_it("if it exists");
        self.line = self
            .line
            .map(|line| format!("error=$({line} 2>&1 >/dev/null) || case $error in *'({absent})'*) true{OTHER_ERROR}"));
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
        let then = format!("); then test -n \"$listed\" || test -n \"${{{variable}:-}}\" || ");
        list.then("if listed=$(", &then, self.does_it("unless it is done"), "; else false; fi")
    }

    /// Tells whoever runs it something right before, beside what the command prints.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self = self.naming_region();
        self.does = format!("{}. {}", self.does, capitalized(text));
        let text = shell_words::quote(text);
        self.line = self.line.map(|line| format!("{{ printf '%s\\n' {text} >&2; {line}; }}"));
        self
    }

    /// The finished line, empty if a word of it is hostile, and the variables that it reads.
    pub(super) fn finished(self) -> (CommandLine, Vec<&'static str>) {
        let Command { line, plain, does, inputs, .. } = self;
        (CommandLine::new(line.unwrap_or_default(), plain, does), inputs)
    }

    /// When it does it, as people read it.
    fn does_it(mut self, when: &str) -> Self {
        self.does = format!("{}, {when}", self.does);
        self
    }

    fn naming_region(mut self) -> Self {
        if let Some(line) = self.line.as_mut().filter(|_| !self.names_region) {
            let _ = write!(line, " --region {REGION_TO_COME}");
            self.names_region = true;
        }
        self
    }

    /// One line of both; each of its calls names a region.
    fn then(self, begin: &str, between: &str, next: Command, end: &str) -> Self {
        let (first, next) = (self.naming_region(), next.naming_region());
        let line = match (first.line, next.line) {
            (Some(first), Some(next)) => Some(format!("{begin}{first}{between}{next}{end}")),
            _ => None,
        };
        let mut inputs = first.inputs;
        inputs.extend(next.inputs.into_iter().filter(|input| !inputs.contains(input)).collect::<Vec<_>>());
        Command { line, plain: next.plain, does: next.does, inputs, names_region: true }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The end of a `case` over an error: every other one is told, and fails.
const OTHER_ERROR: &str = " ;; *) printf '%s\\n' \"$error\" >&2; false ;; esac";
