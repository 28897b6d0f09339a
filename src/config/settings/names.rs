//! Names that AWS would not take: refused before anything is asked, since with them nothing could be found.

use std::borrow::Cow;

use super::{PartialSettings, SettingSource, Settings};
use crate::io::error::Error;
use crate::io::suggest;
use crate::io::terminal::quoted;

/// The longest name of a topic.
/// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
const LONGEST_TOPIC: usize = 256;
/// Longer than any region's name.
const LONGEST_REGION: usize = 64;

/// A value that is no name of what it has to name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} {:?} isn't a valid name of {what}", shown(key, value))]
pub struct InvalidName {
    key: &'static str,
    value: String,
    what: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

impl InvalidName {
    pub(super) fn new(key: &'static str, value: &str, what: &'static str, help: &'static str) -> Self {
        InvalidName { key, value: value.to_owned(), what, help }
    }
}

/// A region may stand in a file or a variable that swallowed more than its name.
fn shown<'v>(key: &str, value: &'v str) -> Cow<'v, str> {
    if key == "topic" { Cow::Borrowed(value) } else { quoted(value) }
}

/// Regions that a misspelt one may be meant to be. The list needn't be complete: no Region is refused for not being here.
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether this has the shape of a Region's name: two letters or more, words, and a number, with hyphens between. Which Regions there
/// are, changes.
#[must_use]
pub fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_word = |part: &str| part.len() >= 2 && part.chars().all(|c| c.is_ascii_lowercase());
    text.len() <= LONGEST_REGION
        && parts.next().is_some_and(is_number)
        && text.split('-').count() >= 3
        && parts.all(is_word)
}

/// The Region that a misspelt name may be meant to be.
#[must_use]
pub fn similar_region(text: &str) -> Option<&'static str> {
    suggest::nearest(text, REGIONS.iter().copied())
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
        let region = ("a region", "a Region's name is like us-west-2");
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
        check("topic", self.topic.as_ref(), is_topic, topic)?;
        self.foundation.check()
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
            SettingSource::Environment => "STAGECHECK_REGION, AWS_REGION or AWS_DEFAULT_REGION",
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
    fn a_regions_name_has_letters_words_and_a_number() {
        let known = REGIONS.iter().copied();
        for name in known.chain(["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "xx-newword-12"]) {
            assert!(is_region(name), "{name}");
        }
        for name in [
            "uswest2",
            "us-west2",
            "us-west-",
            "-west-2",
            "us-2",
            "u-west-2",
            "us--2",
            "",
            "us west 2",
            "a b",
            "US-WEST-2",
            "evil.example.com/",
            "us-west-2\n",
            &"a".repeat(65),
        ] {
            assert!(!is_region(name), "{name}");
        }
    }

    #[test]
    fn a_misspelt_region_is_understood() {
        for (text, meant) in [("uswest2", "us-west-2"), ("us-west2", "us-west-2"), ("US-EAST-1", "us-east-1")] {
            assert_eq!(similar_region(text), Some(meant), "{text}");
        }
        assert_eq!(similar_region("x"), None);
    }

    #[test]
    fn the_first_name_that_is_none_is_told_by_its_key() {
        let wishes = PartialSettings {
            billing_region: Some("a b".to_owned()),
            topic: Some(String::new()),
            ..PartialSettings::default()
        };
        let misnamed = wishes.check().unwrap_err();
        assert_eq!(misnamed.to_string(), r#"billing-region "a b" isn't a valid name of a region"#);
        assert_eq!(PartialSettings::default().check(), Ok(()));
    }

    #[test]
    fn ambient_region_is_refused_with_its_source_if_it_counts() {
        let from = |origin| {
            let wishes = PartialSettings { home_region: Some("a b".to_owned()), ..PartialSettings::default() };
            Settings::default().overridden(wishes, origin)
        };
        for (origin, place) in [
            (SettingSource::Environment, "STAGECHECK_REGION, AWS_REGION or AWS_DEFAULT_REGION"),
            (SettingSource::Profile, "the AWS profile"),
        ] {
            let error = from(origin).check_ambient().unwrap_err();
            assert_eq!(
                error.message,
                format!(r#"{place} names no region: region "a b" isn't a valid name of a region"#)
            );
            assert_eq!(error.status, crate::io::exit_status::ExitStatus::Usage);
            let over = PartialSettings { home_region: Some("eu-west-1".to_owned()), ..PartialSettings::default() };
            assert!(from(origin).overridden(over, SettingSource::Flag).check_ambient().is_ok());
        }
        assert!(Settings::default().check_ambient().is_ok());
    }
}
