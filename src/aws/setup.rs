//! The operator's set-up: the environment variables and the AWS config files, read once and as the AWS CLI reads them.
//!
//! The SDK would read them by rules of its own, which name another profile, and so another account, in places; and what it
//! cannot decode it takes for absent. So all settings reach the SDK from here: see `docs/credentials.md`.

use std::collections::BTreeMap;
use std::env::VarError;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use aws_runtime::fs_util::{Os, home_dir};
use aws_types::os_shim_internal::Env;

use super::connect_error::ConnectError;
use crate::io::terminal::quoted;
use ini::{Ini, Property, Section};

mod ini;

/// Where a region that was not named to us came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmbientOrigin {
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`.
    Environment,
    /// The profile's `region`.
    Profile,
}

/// The profile of those who name none.
const DEFAULT: &str = "default";

/// The environment and the config files, and the profile that counts.
#[derive(Debug, Clone)]
pub struct Setup {
    env: Env,
    /// The profile's name.
    name: String,
    /// Whether `--profile` named it: then the environment's credentials do not count.
    by_flag: bool,
    files: Files,
}

/// What the two files hold.
#[derive(Debug, Clone, Default)]
struct Files {
    /// Of both files; the credentials file's properties come first, as in the AWS CLI.
    profiles: BTreeMap<String, Profile>,
    /// Names of the profiles that have keys in the credentials file.
    with_keys: Vec<String>,
    sessions: BTreeMap<String, Profile>,
    services: BTreeMap<String, Profile>,
    /// Names with blanks that stand without quotes: no profile, and easily meant as one.
    unquoted: Vec<String>,
}

/// A section's properties.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    pub(super) name: String,
    properties: BTreeMap<String, (Property, &'static str)>,
}

impl Profile {
    /// The property, if it says something.
    ///
    /// # Errors
    ///
    /// An indented line follows it, which is then part of it, and never meant to be.
    pub(super) fn get(&self, property: &str) -> Result<Option<&str>, ConnectError> {
        let Some((Property { text, line }, file)) = self.properties.get(property) else { return Ok(None) };
        if text.contains('\n') {
            return Err(ConnectError::IndentedValue {
                property: property.to_owned(),
                profile: self.name.clone(),
                file,
                line: *line,
            });
        }
        let text = without_comment(text);
        Ok(if text.is_empty() { None } else { Some(text) })
    }

    /// The same of a command: its indented lines are further words, and a `#` is one of its characters.
    pub(super) fn command(&self, property: &str) -> Option<String> {
        let (Property { text, .. }, _) = self.properties.get(property)?;
        let command = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        if command.is_empty() { None } else { Some(command) }
    }

    /// Whether the property is there, whatever it says.
    pub(super) fn has(&self, property: &str) -> bool {
        self.properties.contains_key(property)
    }

    /// A property of an indented block, such as `endpoint_url` below `s3 =`.
    fn nested(&self, block: &str, property: &str) -> Option<String> {
        let (Property { text, .. }, _) = self.properties.get(block)?;
        let pairs = text.lines().rev().filter_map(|line| line.split_once('='));
        let mut of_it = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(property));
        let value = of_it.next().map(|(_, value)| value.trim())?;
        let value = without_comment(value);
        if value.is_empty() { None } else { Some(value.to_owned()) }
    }

    fn put(&mut self, section: Section, file: &'static str) {
        self.properties.extend(section.properties.into_iter().map(|(key, property)| (key, (property, file))));
    }
}

/// AWS's SDKs end a value where a comment begins after a blank; the AWS CLI does not, and then fails on the value.
fn without_comment(text: &str) -> &str {
    let comment = text
        .match_indices(['#', ';'])
        .map(|(at, _)| at)
        .find(|at| text.get(..*at).is_some_and(|before| before.ends_with([' ', '\t'])));
    comment.and_then(|at| text.get(..at)).unwrap_or(text).trim()
}

impl Setup {
    /// Reads the environment and the config files. The profile is the named one, else that of `AWS_PROFILE` or
    /// `AWS_DEFAULT_PROFILE`, else `default`; only `default` may be missing.
    ///
    /// # Errors
    ///
    /// A file or variable cannot be read or decoded, or the profile does not exist.
    pub fn read(profile: Option<&str>) -> Result<Self, ConnectError> {
        Setup::of(profile, Env::real())
    }

    pub(super) fn of(profile: Option<&str>, env: Env) -> Result<Self, ConnectError> {
        let mut setup = Setup { env, name: String::new(), by_flag: profile.is_some(), files: Files::default() };
        let config = setup.file("AWS_CONFIG_FILE", "~/.aws/config")?;
        let credentials = setup.file("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")?;
        setup.files = Files::of(config, credentials);
        let named = match profile {
            Some(named) => Some(named.to_owned()),
            // In this order since version 2 of the AWS CLI.
            None => setup.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])?,
        };
        let name = named.unwrap_or_else(|| DEFAULT.to_owned());
        if name != DEFAULT && !setup.files.profiles.contains_key(&name) {
            return Err(if setup.files.unquoted.contains(&name) {
                ConnectError::UnquotedProfile { profile: name }
            } else {
                // Who types a name sees all of it; a variable may have swallowed more than a name.
                let profile = if setup.by_flag { name } else { quoted(&name).into_owned() };
                ConnectError::MissingProfile { profile }
            });
        }
        setup.name = name;
        Ok(setup)
    }

    /// The region that AWS's own tools would take, if any: of `AWS_REGION`, `AWS_DEFAULT_REGION` and the profile, the
    /// first.
    ///
    /// # Errors
    ///
    /// It cannot be decoded, or goes on in an indented line.
    pub fn region(&self) -> Result<Option<(String, AmbientOrigin)>, ConnectError> {
        if let Some(region) = self.first(&["AWS_REGION", "AWS_DEFAULT_REGION"])? {
            return Ok(Some((region, AmbientOrigin::Environment)));
        }
        Ok(self.property("region")?.map(|region| (region.to_owned(), AmbientOrigin::Profile)))
    }

    /// An environment variable, if it says something.
    pub(super) fn variable(&self, name: &str) -> Result<Option<String>, ConnectError> {
        Ok(self.raw(name)?.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    }

    /// The same with the blanks and line ends around it.
    pub(super) fn raw(&self, name: &str) -> Result<Option<String>, ConnectError> {
        match self.env.get(name) {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(ConnectError::UndecodableVariable { name: name.to_owned() }),
        }
    }

    fn first(&self, names: &[&str]) -> Result<Option<String>, ConnectError> {
        for name in names {
            if let Some(value) = self.variable(name)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The variable, else the profile's property, and which of them it was.
    pub(super) fn either(&self, variable: &str, property: &str) -> Result<Option<(String, String)>, ConnectError> {
        if let Some(value) = self.variable(variable)? {
            return Ok(Some((value, variable.to_owned())));
        }
        let place = || format!("{property} of the AWS profile {}", self.name);
        Ok(self.property(property)?.map(|value| (value.to_owned(), place())))
    }

    /// The same of a switch.
    pub(super) fn switch(&self, variable: &str, property: &str) -> Result<Option<bool>, ConnectError> {
        let Some((value, place)) = self.either(variable, property)? else { return Ok(None) };
        match value.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(ConnectError::Setting { place, value, wants: "true or false" }),
        }
    }

    /// The same of a number that is at least one.
    pub(super) fn number(&self, variable: &str, property: &str) -> Result<Option<u32>, ConnectError> {
        let Some((value, place)) = self.either(variable, property)? else { return Ok(None) };
        match value.parse() {
            Ok(number @ 1..) => Ok(Some(number)),
            _ => Err(ConnectError::Setting { place, value, wants: "a whole number of at least 1" }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn by_flag(&self) -> bool {
        self.by_flag
    }

    /// The selected profile, where there is one.
    pub(super) fn selected(&self) -> Option<&Profile> {
        self.profile(&self.name)
    }

    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.files.profiles.get(name)
    }

    /// Whether the credentials file has keys of that profile.
    pub(super) fn has_keys_in_credentials_file(&self, profile: &str) -> bool {
        self.files.with_keys.iter().any(|name| name == profile)
    }

    pub(super) fn session(&self, name: &str) -> Option<&Profile> {
        self.files.sessions.get(name)
    }

    /// A property of the selected profile.
    pub(super) fn property(&self, property: &str) -> Result<Option<&str>, ConnectError> {
        self.selected().map_or(Ok(None), |profile| profile.get(property))
    }

    /// A property of a service in the section that the profile's `services` names.
    pub(super) fn of_service(&self, service: &str, property: &str) -> Result<Option<String>, ConnectError> {
        let Some(section) = self.property("services")?.and_then(|name| self.files.services.get(name)) else {
            return Ok(None);
        };
        Ok(section.nested(service, property))
    }

    /// The path with the home directory in place of `~`.
    pub(super) fn expand(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/").and_then(|rest| Some(PathBuf::from(self.home()?).join(rest))) {
            Some(path) => path,
            None => PathBuf::from(path),
        }
    }

    pub(super) fn home(&self) -> Option<String> {
        home_dir(&self.env, Os::real())
    }

    /// One of the two files; without it nothing is configured.
    fn file(&self, variable: &str, usual: &str) -> Result<Ini, ConnectError> {
        let path = self.expand(&self.variable(variable)?.unwrap_or_else(|| usual.to_owned()));
        let unreadable = |why: String| ConnectError::UnreadableConfig { file: path.display().to_string(), why };
        if path.is_dir() {
            // As for the AWS CLI, this is no file.
            return Ok(Ini::default());
        }
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Ini::default());
            }
            Err(error) => return Err(unreadable(error.kind().to_string())),
        };
        let text = String::from_utf8(bytes).map_err(|_| unreadable("it isn't UTF-8 text".to_owned()))?;
        Ini::parse(&text).map_err(|fault| unreadable(format!("line {}: {}", fault.line, fault.what)))
    }
}

impl Files {
    fn of(config: Ini, credentials: Ini) -> Self {
        const CONFIG: &str = "the AWS config file";
        const CREDENTIALS: &str = "the AWS credentials file";
        let mut files = Files::default();
        for section in config.sections {
            let words = shell_words::split(&section.name).unwrap_or_default();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let (kind, name) = match words.as_slice() {
                [DEFAULT] => (&mut files.profiles, DEFAULT),
                ["profile", name] => (&mut files.profiles, *name),
                ["sso-session", name] => (&mut files.sessions, *name),
                ["services", name] => (&mut files.services, *name),
                ["profile", ..] => {
                    let name = section.name.strip_prefix("profile").unwrap_or_default().trim();
                    files.unquoted.push(name.to_owned());
                    continue;
                }
                _ => continue,
            };
            // Of `[default]` and `[profile default]` the later counts alone.
            let mut profile = Profile { name: name.to_owned(), ..Profile::default() };
            profile.put(section.clone(), CONFIG);
            kind.insert(name.to_owned(), profile);
        }
        for section in credentials.sections {
            let name = section.name.clone();
            if section.properties.contains_key("aws_access_key_id") {
                files.with_keys.push(name.clone());
            }
            files
                .profiles
                .entry(name.clone())
                .or_insert_with(|| Profile { name, ..Profile::default() })
                .put(section, CREDENTIALS);
        }
        files
    }
}

#[cfg(test)]
pub(super) mod tests;
