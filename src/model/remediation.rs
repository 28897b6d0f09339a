//! What to do about a finding: one sentence, commands, console steps, references. Each check owns its texts; this is the
//! form, the quoting of commands, and how two changes of one document become one.

use serde::Serialize;

mod command;
mod command_line;
mod document;
mod merge;
mod planned;

pub use command::{Command, NO_SUCH_ENTITY};
pub use command_line::CommandLine;
pub use document::{Edit, Target};
pub use planned::{Cost, FollowUp, RemediationMeta, Who};

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Remediation {
    /// One sentence.
    pub summary: String,
    /// Environment variables that the commands read: what only the operator knows, e.g. `ALERT_EMAIL`.
    pub inputs: Vec<&'static str>,
    /// Commands for a POSIX shell with the AWS CLI, to be run in order as printed. Empty where no command can do it, or
    /// where a name is hostile.
    pub commands: Vec<CommandLine>,
    /// The way through the console.
    pub console: Option<String>,
    /// Pages of AWS's documentation.
    pub references: Vec<&'static str>,
    /// Which of the commands replace a document as a whole, and what each changes in it.
    #[serde(skip)]
    pub edits: Vec<Edit>,
    /// What a plan must know beside: who does it, how long it takes, what it costs …
    #[serde(skip)]
    pub planned: RemediationMeta,
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
            edits: Vec::new(),
            planned: RemediationMeta::default(),
        }
    }

    /// A command that does it. If a word of one command is hostile, the whole remedy has none.
    #[must_use]
    pub fn run(mut self, command: Command) -> Self {
        let (line, inputs) = command.finished();
        for input in inputs {
            if !self.inputs.contains(&input) {
                self.inputs.push(input);
            }
        }
        self.commands.push(line);
        self
    }

    /// The command that replaces a document: `before` is the document as it was read, `after` as it should be. A plan makes one command
    /// of all that are to change one document.
    #[must_use]
    pub fn replace(mut self, target: Target, before: &str, after: &str) -> Self {
        let (edit, command) = Edit::new(target, before, after);
        self.edits.push(edit);
        self.run(command)
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
            edits: joined(self.edits, other.edits),
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
        for line in self.commands.iter_mut().chain(self.edits.iter_mut().map(|edit| &mut edit.line)) {
            line.name_region(region);
        }
    }

    /// The finished remedy: half a recipe is worse than none, so one hostile word takes all commands away.
    #[must_use]
    pub fn finished(mut self) -> Self {
        if self.commands.iter().any(|command| command.is_empty()) {
            self.commands.clear();
            self.inputs.clear();
            self.edits.clear();
        }
        self
    }
}

#[cfg(test)]
mod tests;
