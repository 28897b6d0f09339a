//! Documents that AWS replaces as a whole, and what a remedy changes in one. Two remedies of one document are both made from the document
//! as it is, so whoever ran both commands would bring back with the second what the first took away: a plan makes one of them.

use serde_json::Value;

use super::command::Command;
use super::command_line::CommandLine;
use super::merge::merged;

/// A document that AWS replaces as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A bucket's policy.
    BucketPolicy {
        /// The bucket's name.
        bucket: String,
        /// Its region.
        region: String,
    },
    /// An SNS topic's policy.
    TopicPolicy {
        /// The topic's ARN.
        topic: String,
        /// Its region.
        region: String,
    },
    /// A KMS key's policy.
    KeyPolicy {
        /// The key's ARN.
        key: String,
        /// Its region.
        region: String,
    },
    /// A role's trust policy.
    TrustPolicy {
        /// The role's name.
        role: String,
    },
    /// An alarm: an object of the options of `put-metric-alarm` without their hyphens, each a word or a list of words.
    Alarm {
        /// The alarm's name.
        alarm: String,
        /// Its region.
        region: String,
    },
}

impl Target {
    /// The command that writes it.
    #[must_use]
    pub fn put(&self, document: &str) -> Command {
        match self {
            Target::BucketPolicy { bucket, region } => Command::aws("s3api", "put-bucket-policy")
                .option("--bucket", bucket)
                .option("--region", region)
                .option("--policy", document),
            Target::TopicPolicy { topic, region } => Command::aws("sns", "set-topic-attributes")
                .option("--topic-arn", topic)
                .option("--attribute-name", "Policy")
                .option("--attribute-value", document)
                .option("--region", region),
            Target::KeyPolicy { key, region } => Command::aws("kms", "put-key-policy")
                .option("--key-id", key)
                .option("--policy-name", "default")
                .option("--policy", document)
                .option("--region", region),
            Target::TrustPolicy { role } => Command::aws("iam", "update-assume-role-policy")
                .option("--role-name", role)
                .option("--policy-document", document),
            Target::Alarm { alarm, region } => put_alarm(alarm, document).option("--region", region),
        }
    }

    /// AWS stores no longer one. Of a trust policy this is the usual quota, which can be raised.
    const fn longest(&self) -> usize {
        match self {
            // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
            Target::BucketPolicy { .. } => 20 << 10,
            // <https://docs.aws.amazon.com/general/latest/gr/sns.html>
            Target::TopicPolicy { .. } => 30 << 10,
            // <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
            Target::KeyPolicy { .. } => 32 << 10,
            // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
            Target::TrustPolicy { .. } => 4 << 10,
            Target::Alarm { .. } => usize::MAX,
        }
    }
}

/// The words of an alarm's options; those of a list stand behind its one option.
fn put_alarm(alarm: &str, options: &str) -> Command {
    let command = Command::aws("cloudwatch", "put-metric-alarm").option("--alarm-name", alarm);
    let Ok(Value::Object(options)) = serde_json::from_str(options) else { return command };
    options.iter().fold(command, |command, (name, value)| {
        let name = format!("--{name}");
        match value {
            Value::String(word) if word.is_empty() => command.word(&name),
            Value::String(word) => command.option(&name, word),
            Value::Array(words) if words.is_empty() => command,
            Value::Array(words) => words.iter().filter_map(Value::as_str).fold(command.word(&name), Command::word),
            _ => command,
        }
    })
}

/// What a remedy changes in a document, with the command that writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The document.
    pub target: Target,
    before: String,
    after: String,
    /// The command as it is printed.
    pub(super) line: CommandLine,
}

impl Edit {
    /// From the document as it was read to the document as it should be, with what its command is.
    pub(super) fn new(target: Target, before: &str, after: &str) -> (Edit, Command) {
        let command = target.put(after);
        let (line, _) = command.clone().finished();
        let edit = Edit { target, before: before.to_owned(), after: after.to_owned(), line };
        (edit, command)
    }

    /// The command that writes the document, as it is printed.
    #[must_use]
    pub fn line(&self) -> &CommandLine {
        &self.line
    }

    /// The document as it should be.
    #[must_use]
    pub fn after(&self) -> &str {
        &self.after
    }

    /// One change of the same document in the place of both, each made from the document as it is; `None` where they contradict each
    /// other, or where AWS takes no document as long.
    #[must_use]
    pub fn and(&self, other: &Edit, region: &str) -> Option<Edit> {
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        let (base, one, two) = (read(&self.before)?, read(&self.after)?, read(&other.after)?);
        if self.target != other.target || read(&other.before)? != base {
            return None;
        }
        let both = merged(&base, &one, &two)?;
        let after = [(&one, &self.after), (&two, &other.after)].into_iter().find(|(one, _)| **one == both);
        let after = after.map_or_else(|| both.to_string(), |(_, text)| text.clone());
        if after.len() > self.target.longest() {
            return None;
        }
        let (mut edit, _) = Edit::new(self.target.clone(), &self.before, &after);
        if edit.line.is_empty() {
            return None;
        }
        edit.line.name_region(region);
        Some(edit)
    }
}
