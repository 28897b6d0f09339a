//! Names that AWS would not take: refused before anything is asked, since with them nothing could be found.

use std::borrow::Cow;

use super::{PartialSettings, SettingSource, Settings};
use crate::io::error::Error;
use crate::io::terminal::quoted;

/// The longest name of a topic.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
const LONGEST_TOPIC: usize = 256;
/// Longer than any region's name.
const LONGEST_REGION: usize = 64;

/// A value that is no name of what it has to name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} {:?} is not the name of {what}", shown(key, value))]
pub struct InvalidName {
    key: &'static str,
    value: String,
    what: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

/// A region may stand in a file or a variable that swallowed more than its name.
fn shown<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    if key == "topic" { Cow::Borrowed(value) } else { quoted(value) }
}

/// Whether this may be the name of a region. Which regions there are, changes.
#[must_use]
pub fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_REGION
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// "Topic names must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1
/// and 256 characters long. For a FIFO (first-in-first-out) topic, the name must end with the .fifo suffix."
fn is_topic(text: &str) -> bool {
    let plain = text.strip_suffix(".fifo").unwrap_or(text);
    !plain.is_empty()
        && text.len() <= LONGEST_TOPIC
        && plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

impl PartialSettings {
    /// Whether each name is one that AWS could have.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), InvalidName> {
        let region = ("a region", "a region's name is like us-west-2");
        let topic = (
            "a topic",
            "give the name, not the ARN: at most 256 letters, digits, - and _, with .fifo at the end if it is a FIFO topic",
        );
        let check = |key, value: Option<&String>, is_one: fn(&str) -> bool, (what, help)| match value {
            Some(value) if !is_one(value) => Err(InvalidName { key, value: value.clone(), what, help }),
            _ => Ok(()),
        };
        check("region", self.home_region.as_ref(), is_region, region)?;
        check("billing-region", self.billing_region.as_ref(), is_region, region)?;
        check("topic", self.topic.as_ref(), is_topic, topic)
    }
}

impl Settings {
    /// Whether the home region is one by its name, where the environment or the profile names it. Options and the config file are
    /// checked where they are read.
    ///
    /// # Errors
    /// It is not; and which of the two says so.
    pub fn check_ambient(&self) -> Result<(), Error> {
        let place = match self.home_region.origin {
            SettingSource::Environment => "AWS_REGION or AWS_DEFAULT_REGION",
            SettingSource::Profile => "the AWS profile",
            SettingSource::Flag | SettingSource::Config | SettingSource::Default => return Ok(()),
        };
        let wishes = PartialSettings { home_region: Some(self.home().to_owned()), ..PartialSettings::default() };
        wishes.check().map_err(|misnamed| Error::usage(format!("{place} names no region: {misnamed}"), misnamed.help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topics_name_is_what_sns_takes_for_one() {
        for name in ["SecurityAlerts", "a", "My_Alerts-2", "alerts.fifo", &"a".repeat(256)] {
            assert!(is_topic(name), "{name}");
        }
        let arn = "arn:aws:sns:us-west-2:111122223333:SecurityAlerts";
        for name in ["", ".fifo", arn, "a b", "a.b", "alerts.fifo.fifo", "ä", "*", "a\n", &"a".repeat(257)] {
            assert!(!is_topic(name), "{name}");
        }
    }

    #[test]
    fn a_regions_name_is_of_small_letters_digits_and_hyphens() {
        assert!(is_region("us-gov-east-1"));
        for name in ["", "us west 2", "a b", "US-WEST-2", "evil.example.com/", "us-west-2\n", &"a".repeat(65)] {
            assert!(!is_region(name), "{name}");
        }
    }

    #[test]
    fn the_first_name_that_is_none_is_told_by_its_key() {
        let wishes = PartialSettings {
            billing_region: Some("a b".to_owned()),
            topic: Some(String::new()),
            ..PartialSettings::default()
        };
        let misnamed = wishes.check().unwrap_err();
        assert_eq!(misnamed.to_string(), r#"billing-region "a b" is not the name of a region"#);
        assert_eq!(PartialSettings::default().check(), Ok(()));
    }

    #[test]
    fn a_region_of_the_surroundings_is_refused_by_where_it_came_from_and_only_where_it_counts() {
        let from = |origin| {
            let wishes = PartialSettings { home_region: Some("a b".to_owned()), ..PartialSettings::default() };
            Settings::default().overridden(wishes, origin)
        };
        for (origin, place) in [
            (SettingSource::Environment, "AWS_REGION or AWS_DEFAULT_REGION"),
            (SettingSource::Profile, "the AWS profile"),
        ] {
            let error = from(origin).check_ambient().unwrap_err();
            assert_eq!(error.message, format!(r#"{place} names no region: region "a b" is not the name of a region"#));
            assert_eq!(error.status, crate::io::exit_status::ExitStatus::Usage);
            let over = PartialSettings { home_region: Some("eu-west-1".to_owned()), ..PartialSettings::default() };
            assert!(from(origin).overridden(over, SettingSource::Flag).check_ambient().is_ok());
        }
        assert!(Settings::default().check_ambient().is_ok());
    }
}
