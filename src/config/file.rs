//! The config file, `stagecheck.toml`: expectations and defaults, by the names of the options.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use crate::config::settings::{PartialFoundation, PartialSettings};
use crate::config::waivers::{Entry, Placed, Waiver, cannot_stand, line};
use crate::io::error::Error;
use crate::io::files;
use crate::io::suggest;

/// The file that is read where `--config` names none.
pub const FILE_NAME: &str = "stagecheck.toml";

/// What the config file says.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// `stage`: the ID of a stage.
    pub stage: Option<String>,
    /// `region`: the home region.
    pub region: Option<String>,
    /// `billing-region`.
    pub billing_region: Option<String>,
    /// `topic`.
    pub topic: Option<String>,
    /// `threshold`, in US dollars.
    pub threshold: Option<f64>,
    /// `organizational-units`: the OUs directly under the root.
    pub organizational_units: Option<Vec<String>>,
    /// `security-ou`.
    pub security_ou: Option<String>,
    /// `log-archive`: a name or an account ID, as a string.
    pub log_archive: Option<String>,
    /// `security-audit`: the same.
    pub security_audit: Option<String>,
    /// `exceptions-ou`; empty: none.
    pub exceptions_ou: Option<String>,
    /// `allowed-regions`.
    pub allowed_regions: Option<Vec<String>>,
    /// `profile`.
    pub profile: Option<String>,
    /// `expect-account`: 12 digits, as a string.
    pub expect_account: Option<String>,
    /// `timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `strict`.
    pub strict: Option<bool>,
    /// `only`: check ids.
    pub only: Vec<String>,
    /// `skip`: check ids.
    pub skip: Vec<String>,
    /// `[[waiver]]`, as it is written.
    waiver: Option<Vec<Entry>>,
    /// The same, read; `None` where the file says nothing of waivers.
    #[serde(skip)]
    waivers: Option<Vec<Placed>>,
}

impl Config {
    /// The config file and its name: the one that `named` names, else the one that `STAGECHECK_CONFIG` names, else the nearest one from
    /// the current directory up to the root of its repository.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, has an unknown key (the error names the line), or a value that makes no sense.
    pub fn find(named: Option<&Path>) -> Result<Option<(PathBuf, Config)>, Error> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match std::env::var_os("STAGECHECK_CONFIG").filter(|path| !path.is_empty()) {
                Some(path) => path.into(),
                None => match nearest() {
                    Some(path) => path,
                    None => return Ok(None),
                },
            },
        };
        let text = files::read(&path, "config file")?;
        let name = path.display().to_string();
        let config = Config::parse(&text).map_err(|why| invalid(&name, &why))?;
        config.wishes().check().map_err(|misnamed| Error::usage(unusable(&name, &misnamed), misnamed.help))?;
        Ok(Some((path, config)))
    }

    /// Its waivers; `None` where it says nothing of waivers.
    #[must_use]
    pub fn waivers(&self) -> Option<&[Placed]> {
        self.waivers.as_deref()
    }

    /// Its waivers on the day of the audit. `name` is the file's, for errors.
    pub fn waivers_on(&self, today: Date, name: &str) -> Option<Result<Vec<Waiver>, Error>> {
        let read = |placed: &Placed| match placed.waiver.is_within_a_year_of(today) {
            Ok(()) => Ok(placed.waiver.clone()),
            Err(fault) => Err(invalid_on(name, placed.until_line, &cannot_stand(&fault))),
        };
        Some(self.waivers()?.iter().map(read).collect())
    }

    fn parse(text: &str) -> Result<Config, String> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line(text, span.start));
            let message = error.message().replace('\n', ", ");
            match line {
                Some(line) => format!("line {line}: {message}"),
                None => message,
            }
        })?;
        let positive = |name: &str, value: Option<f64>| match value {
            Some(value) if !(value.is_finite() && value > 0.0) => Err(format!("{name} isn't a positive number")),
            _ => Ok(()),
        };
        positive("threshold", config.threshold)?;
        positive("timeout", config.timeout)?;
        let read = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.read(text)).collect();
        config.waivers = config.waiver.take().map(read).transpose()?;
        Ok(config)
    }

    /// What it says of the expectations.
    #[must_use]
    pub fn wishes(&self) -> PartialSettings {
        PartialSettings {
            home_region: self.region.clone(),
            billing_region: self.billing_region.clone(),
            topic: self.topic.clone(),
            threshold: self.threshold,
            foundation: PartialFoundation {
                organizational_units: self.organizational_units.clone(),
                security_ou: self.security_ou.clone(),
                log_archive: self.log_archive.clone(),
                security_audit: self.security_audit.clone(),
                exceptions_ou: self.exceptions_ou.clone(),
                allowed_regions: self.allowed_regions.clone(),
            },
        }
    }
}

/// The nearest config file from the current directory up to the root of its repository; outside of a repository, that of the current
/// directory alone.
#[must_use]
pub fn nearest() -> Option<PathBuf> {
    let here = Path::new(FILE_NAME);
    if here.exists() {
        return Some(here.to_owned());
    }
    let directory = std::env::current_dir().ok()?;
    let root = directory.ancestors().find(|directory| directory.join(".git").exists())?;
    let in_repository = directory.ancestors().take_while(|directory| directory.starts_with(root));
    in_repository.map(|directory| directory.join(FILE_NAME)).find(|path| path.exists())
}

fn invalid(name: &str, why: &str) -> Error {
    Error::usage(unusable(name, &why), meant(why))
}

/// The error of a file with something wrong on a line.
pub(crate) fn invalid_on(name: &str, line: usize, why: &str) -> Error {
    invalid(name, &format!("line {line}: {why}"))
}

fn unusable(name: &str, why: &dyn Display) -> String {
    format!("the config file {name} is invalid: {why}")
}

/// What to do about an invalid file. An unknown key's error names, between backticks, that key and then those that there are.
fn meant(why: &str) -> String {
    let keys = "its keys are stage, region, billing-region, topic, threshold, profile, expect-account, timeout, \
                strict, only, skip, organizational-units, security-ou, log-archive, security-audit, exceptions-ou, \
                allowed-regions and [[waiver]], which has finding, resource, reason, owner and until";
    if !why.contains("unknown field") {
        return keys.to_owned();
    }
    let mut names = why.split('`').skip(1).step_by(2);
    match names.next() {
        Some(unknown) => suggest::did_you_mean(unknown, names, keys),
        None => keys.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_named_like_its_option() {
        let text = "region = 'eu-west-1'\nbilling-region = 'us-east-1'\ntopic = 'Alerts'\nthreshold = 50\nprofile = 'p'\n\
                    expect-account = '111122223333'\ntimeout = 10\nstrict = true\nonly = ['root-mfa']\nskip = []\n\
                    organizational-units = []\nsecurity-ou = 'Core'\nlog-archive = 'Logs'\nsecurity-audit = 'Audit'\n\
                    exceptions-ou = ''\nallowed-regions = ['eu-west-1']\n";
        let config = Config::parse(text).unwrap();
        assert_eq!((config.region.as_deref(), config.threshold), (Some("eu-west-1"), Some(50.0)));
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_its_line() {
        let why = Config::parse("topic = 'Alerts'\n\nthreshhold = 25\n").unwrap_err();
        assert!(why.starts_with("line 3: ") && why.contains("threshhold"), "{why}");
    }

    #[test]
    fn a_threshold_that_is_no_amount_is_refused() {
        for text in ["threshold = -1", "threshold = 0", "threshold = nan", "timeout = inf"] {
            assert!(Config::parse(text).is_err(), "{text}");
        }
    }
}
