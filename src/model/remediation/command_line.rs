//! A finished command in two forms: for programs and scripts with its probes and guards, and for people without.

use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use super::command::REGION_TO_COME;

/// A finished command: the line that programs and scripts run, and the plain command that people read.
#[derive(Debug, Clone)]
pub struct CommandLine {
    line: String,
    plain: Vec<String>,
    does: String,
}

impl CommandLine {
    pub(super) fn new(line: String, plain: Vec<String>, does: String) -> Self {
        CommandLine { line, plain, does }
    }

    /// What it does, e.g. `Create bucket`.
    #[must_use]
    pub fn does(&self) -> &str {
        &self.does
    }

    /// The plain command in lines of at most `width` columns, where its words allow it. Lines end with ` \\` but for the last, and
    /// break before an option.
    #[must_use]
    pub fn wrapped(&self, width: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        for part in self.plain.chunk_by(|_, next| !next.starts_with("--")) {
            let part = part.join(" ");
            match lines.last_mut() {
                Some(line) if line.is_empty() => *line = part,
                Some(line) if line.width() + 1 + part.width() + " \\".len() <= width => {
                    line.push(' ');
                    line.push_str(&part);
                }
                Some(line) => {
                    line.push_str(" \\");
                    lines.push(format!("  {part}"));
                }
                None => {}
            }
        }
        lines
    }

    /// Names the region wherever the line names none.
    pub(super) fn name_region(&mut self, region: &str) {
        self.line = in_region(&self.line, region);
    }
}

/// The line: two commands that run the same are the same.
impl std::ops::Deref for CommandLine {
    type Target = str;

    fn deref(&self) -> &str {
        &self.line
    }
}

impl std::borrow::Borrow<str> for CommandLine {
    fn borrow(&self) -> &str {
        &self.line
    }
}

impl PartialEq for CommandLine {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl Eq for CommandLine {}

impl PartialOrd for CommandLine {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CommandLine {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.line.cmp(&other.line)
    }
}

impl std::hash::Hash for CommandLine {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.line.hash(state);
    }
}

impl PartialEq<str> for CommandLine {
    fn eq(&self, other: &str) -> bool {
        self.line == other
    }
}

impl PartialEq<&str> for CommandLine {
    fn eq(&self, other: &&str) -> bool {
        self.line == *other
    }
}

impl PartialEq<String> for CommandLine {
    fn eq(&self, other: &String) -> bool {
        self.line == *other
    }
}

impl std::fmt::Display for CommandLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.line)
    }
}

impl From<String> for CommandLine {
    fn from(line: String) -> Self {
        CommandLine { plain: vec![line.clone()], does: String::new(), line }
    }
}

impl Serialize for CommandLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.line.serialize(serializer)
    }
}

/// The command with this region wherever it names none: those of global services need one too, to know the partition and wherever an
/// endpoint is set by hand.
fn in_region(command: &str, region: &str) -> String {
    if command.contains(REGION_TO_COME) {
        return command.replace(REGION_TO_COME, &shell_words::quote(region));
    }
    let names_one = shell_words::split(command).is_ok_and(|words| words.iter().any(|word| word == "--region"));
    if names_one { command.to_owned() } else { format!("{command} --region {}", shell_words::quote(region)) }
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Remediation};

    fn shown(command: Command, width: usize) -> Vec<String> {
        Remediation::new("x").run(command).finished().commands[0].wrapped(width)
    }

    #[test]
    fn a_plain_command_has_no_probe_and_no_guard() {
        let probe = Command::aws("iam", "get-role").option("--role-name", "R");
        let create = Command::aws("iam", "create-role").option("--role-name", "R").input("--path", "P", "the path");
        assert_eq!(
            shown(create.unless(probe, "NoSuchEntity"), 80),
            [r#"aws iam create-role --role-name R --path "$P""#]
        );
        let list = || Command::aws("iam", "list-x").option("--max", "1");
        let put = || Command::aws("iam", "put-x");
        assert_eq!(shown(put().option_from("--x", list()), 80), [r#"aws iam put-x --x "$(aws iam list-x --max 1)""#]);
        assert_eq!(
            shown(put().for_each(list(), "--x"), 80),
            [r#"for each in $(aws iam list-x --max 1); do aws iam put-x --x "$each"; done"#]
        );
    }

    #[test]
    fn a_long_command_breaks_before_an_option() {
        let command = Command::aws("sns", "subscribe")
            .option("--topic-arn", "arn:aws:sns:us-west-2:1:T")
            .option("--protocol", "email");
        assert_eq!(
            shown(command, 40),
            ["aws sns subscribe \\", "  --topic-arn arn:aws:sns:us-west-2:1:T \\", "  --protocol email"]
        );
    }

    #[test]
    fn a_command_says_what_it_does() {
        let does = |command: Command| Remediation::new("x").run(command).finished().commands[0].does().to_owned();
        assert_eq!(does(Command::aws("s3api", "create-bucket")), "Create bucket");
        assert_eq!(does(Command::wait("iam", "role-exists")), "Wait until role exists");
    }
}
