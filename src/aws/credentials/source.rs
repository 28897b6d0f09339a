//! Which credentials count: the AWS CLI's order, decided from the set-up alone, before anything is asked.
//!
//! The order is that of
//! [botocore](https://github.com/boto/botocore/blob/develop/botocore/credentials.py), on which the AWS CLI is built; the
//! SDK's own chain has another, which would audit another account in places (see `docs/credentials.md`).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::super::connect_error::ConnectError;
use super::super::setup::{Profile, Setup};

/// Where credentials come from.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// An access key that stands somewhere.
    Key(Key),
    /// A role, assumed by other credentials.
    Role(Box<Role>),
    /// A role, assumed by a token of another identity provider.
    WebIdentity(WebIdentity),
    /// IAM Identity Center.
    Sso(Sso),
    /// A program.
    Process { profile: String, command: String },
    /// `aws login`.
    Login { profile: String, session: String },
    /// The container's service for credentials.
    Container,
    /// The instance's metadata service.
    Instance,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
    pub(super) expiry: Option<SystemTime>,
    /// What an operator would say that it comes from.
    pub(super) from: String,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) profile: String,
    pub(super) arn: String,
    pub(super) session_name: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) mfa: bool,
    pub(super) duration: Option<i32>,
    pub(super) base: Source,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct WebIdentity {
    pub(super) role: String,
    pub(super) token_file: String,
    pub(super) session_name: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sso {
    pub(super) profile: String,
    pub(super) account: String,
    pub(super) role: String,
    pub(super) region: String,
    pub(super) start_url: String,
    pub(super) session: Option<String>,
}

/// What a profile's own properties name beside a role.
type Found = Result<Option<Source>, ConnectError>;

impl Source {
    /// The source that counts.
    pub(super) fn of(setup: &Setup) -> Result<Self, ConnectError> {
        // A profile that is named on the command line comes before the environment's key, one of AWS_PROFILE after it.
        if !setup.by_flag()
            && let Some(key) = of_environment(setup)?
        {
            return Ok(Source::Key(key));
        }
        if let Some(profile) = setup.selected() {
            if assumes(profile) {
                return assumed(setup, profile, &mut Vec::new());
            }
            if let Some(found) = of_profile(setup, profile, !setup.by_flag())? {
                return Ok(found);
            }
        } else if let (false, Some(found)) = (setup.by_flag(), web_identity(setup, None, true)?) {
            return Ok(found);
        }
        if setup.variable("AWS_SECRET_ACCESS_KEY")?.is_some() && !setup.by_flag() {
            // The AWS CLI would go on to the machine's role, which may be another account's.
            return Err(ConnectError::IncompleteEnvironment);
        }
        Ok(if in_container(setup)? { Source::Container } else { Source::Instance })
    }

    /// What an operator would say that the credentials come from.
    pub(super) fn name(&self) -> String {
        let of = |what: &str, profile: &str| format!("{what} of the AWS profile {profile}");
        match self {
            Source::Key(key) => key.from.clone(),
            Source::Role(role) => of("AssumeRole", &role.profile),
            Source::WebIdentity(_) => "AssumeRoleWithWebIdentity".to_owned(),
            Source::Sso(sso) => of("SSO", &sso.profile),
            Source::Process { profile, .. } => of("credential_process", profile),
            Source::Login { profile, .. } => of("aws login", profile),
            Source::Container => "the container's service".to_owned(),
            Source::Instance => "the instance's metadata service".to_owned(),
        }
    }
}

fn in_container(setup: &Setup) -> Result<bool, ConnectError> {
    let full = setup.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")?;
    Ok(full.or(setup.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")?).is_some())
}

fn of_environment(setup: &Setup) -> Result<Option<Key>, ConnectError> {
    let Some(id) = setup.raw("AWS_ACCESS_KEY_ID")? else { return Ok(None) };
    let Some(secret) = setup.raw("AWS_SECRET_ACCESS_KEY")? else { return Err(ConnectError::IncompleteEnvironment) };
    let token = match setup.raw("AWS_SECURITY_TOKEN")? {
        Some(token) => Some(token),
        None => setup.raw("AWS_SESSION_TOKEN")?,
    };
    // aws-vault and granted tell it; whoever writes it otherwise is asked for the credentials by AWS.
    let expiry = setup.variable("AWS_CREDENTIAL_EXPIRATION")?.and_then(|text| moment(&text));
    Ok(Some(Key { id, secret, token, expiry, from: "the environment".to_owned() }))
}

/// A moment as AWS's tools write it: RFC 3339, or with the zone's name.
pub(super) fn moment(text: &str) -> Option<SystemTime> {
    let text = text.trim();
    let text = text.strip_suffix("UTC").map_or_else(|| text.to_owned(), |moment| format!("{}Z", moment.trim_end()));
    let seconds = text.parse::<Timestamp>().ok()?.as_second();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

/// Whether the profile assumes a role by other credentials.
fn assumes(profile: &Profile) -> bool {
    profile.has("role_arn") && !profile.has("web_identity_token_file")
}

fn incomplete(profile: &Profile, lacks: &'static str) -> ConnectError {
    ConnectError::IncompleteProfile { profile: profile.name.clone(), lacks }
}

fn text(profile: &Profile, property: &str) -> Result<Option<String>, ConnectError> {
    Ok(profile.get(property)?.map(str::to_owned))
}

fn assumed(setup: &Setup, profile: &Profile, seen: &mut Vec<String>) -> Result<Source, ConnectError> {
    let arn = text(profile, "role_arn")?.ok_or_else(|| incomplete(profile, "its role_arn is empty"))?;
    let base = match (profile.get("source_profile")?, profile.get("credential_source")?) {
        (Some(_), Some(_)) => Err(incomplete(profile, "it has both a source_profile and a credential_source")),
        (None, None) => Err(incomplete(profile, "it has neither a source_profile nor a credential_source")),
        (None, Some(source)) => named(setup, profile, source),
        (Some(source), None) => by_profile(setup, profile, source, seen),
    }?;
    let duration = profile.get("duration_seconds")?;
    let wants = "a whole number of seconds";
    let place = || format!("duration_seconds of the AWS profile {}", profile.name);
    let duration = duration
        .map(|value| {
            value.parse().map_err(|_| ConnectError::Setting { place: place(), value: value.to_owned(), wants })
        })
        .transpose()?;
    Ok(Source::Role(Box::new(Role {
        profile: profile.name.clone(),
        arn,
        session_name: text(profile, "role_session_name")?,
        external_id: text(profile, "external_id")?,
        mfa: profile.has("mfa_serial"),
        duration,
        base,
    })))
}

/// The credentials that `credential_source` names.
fn named(setup: &Setup, profile: &Profile, source: &str) -> Result<Source, ConnectError> {
    match source.to_ascii_lowercase().as_str() {
        "environment" => match of_environment(setup)? {
            Some(key) => Ok(Source::Key(key)),
            None => Err(incomplete(profile, "its credential_source is Environment, which has no access key")),
        },
        "ecscontainer" => Ok(Source::Container),
        "ec2instancemetadata" => Ok(Source::Instance),
        _ => Err(ConnectError::Setting {
            place: format!("credential_source of the AWS profile {}", profile.name),
            value: source.to_owned(),
            wants: "Environment, EcsContainer or Ec2InstanceMetadata",
        }),
    }
}

/// The credentials of a `source_profile`.
fn by_profile(setup: &Setup, parent: &Profile, name: &str, seen: &mut Vec<String>) -> Result<Source, ConnectError> {
    let Some(source) = setup.profile(name) else {
        return Err(incomplete(parent, "its source_profile doesn't exist"));
    };
    seen.push(parent.name.clone());
    let has_key = source.has("aws_access_key_id") || source.has("aws_secret_access_key");
    if seen.contains(&source.name) && !(source.name == parent.name && has_key) {
        return Err(incomplete(parent, "its source_profile leads back to itself"));
    }
    if !has_key && assumes(source) {
        return assumed(setup, source, seen);
    }
    of_profile(setup, source, false)?
        .ok_or_else(|| incomplete(source, "it has no credentials for the role that names it"))
}

/// The credentials of one profile, in the AWS CLI's order.
fn of_profile(setup: &Setup, profile: &Profile, with_environment: bool) -> Found {
    if let Some(found) = web_identity(setup, Some(profile), with_environment)? {
        return Ok(Some(found));
    }
    if let Some(sso) = sso(setup, profile)? {
        return Ok(Some(Source::Sso(sso)));
    }
    if setup.has_keys_in_credentials_file(&profile.name) {
        return Ok(Some(Source::Key(key(profile)?)));
    }
    if let Some(session) = text(profile, "login_session")? {
        return Ok(Some(Source::Login { profile: profile.name.clone(), session }));
    }
    if let Some(command) = profile.command("credential_process") {
        return Ok(Some(Source::Process { profile: profile.name.clone(), command }));
    }
    if profile.has("aws_access_key_id") || profile.has("aws_secret_access_key") {
        return Ok(Some(Source::Key(key(profile)?)));
    }
    Ok(None)
}

fn key(profile: &Profile) -> Result<Key, ConnectError> {
    let id = text(profile, "aws_access_key_id")?;
    let secret = text(profile, "aws_secret_access_key")?;
    let token = match text(profile, "aws_security_token")? {
        Some(token) => Some(token),
        None => text(profile, "aws_session_token")?,
    };
    let from = format!("the AWS profile {}", profile.name);
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Key { id, secret, token, expiry: None, from }),
        (Some(_), None) => Err(incomplete(profile, "it has an access key id and no secret access key")),
        (None, Some(_)) => Err(incomplete(profile, "it has a secret access key and no access key id")),
        (None, None) => Err(incomplete(profile, "its access key is empty")),
    }
}

fn web_identity(setup: &Setup, profile: Option<&Profile>, with_environment: bool) -> Found {
    let value = |variable: &str, property: &str| -> Result<Option<String>, ConnectError> {
        if with_environment && let Some(value) = setup.variable(variable)? {
            return Ok(Some(value));
        }
        profile.map_or(Ok(None), |profile| text(profile, property))
    };
    let Some(token_file) = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file")? else { return Ok(None) };
    let role = match (value("AWS_ROLE_ARN", "role_arn")?, profile) {
        (Some(role), _) => role,
        (None, Some(profile)) if profile.has("web_identity_token_file") => {
            return Err(incomplete(profile, "it has a web_identity_token_file and no role_arn"));
        }
        (None, _) => {
            return Err(ConnectError::Setting {
                place: "AWS_ROLE_ARN".to_owned(),
                value: String::new(),
                wants: "the ARN of the role that AWS_WEB_IDENTITY_TOKEN_FILE is for",
            });
        }
    };
    let session_name = value("AWS_ROLE_SESSION_NAME", "role_session_name")?;
    Ok(Some(Source::WebIdentity(WebIdentity { role, token_file, session_name })))
}

fn sso(setup: &Setup, profile: &Profile) -> Result<Option<Sso>, ConnectError> {
    if !profile.has("sso_account_id") && !profile.has("sso_role_name") {
        return Ok(None);
    }
    let session = text(profile, "sso_session")?;
    let section = match &session {
        Some(name) => Some(setup.session(name).ok_or_else(|| incomplete(profile, "its sso_session does not exist"))?),
        None => None,
    };
    let need = |property: &'static str, lacks: &'static str| -> Result<String, ConnectError> {
        let own = text(profile, property)?;
        let of_session = section.map_or(Ok(None), |section| text(section, property))?;
        match (own, of_session) {
            (Some(own), Some(other)) if own != other => {
                Err(incomplete(profile, "it and its sso_session contradict each other"))
            }
            (Some(value), _) | (None, Some(value)) => Ok(value),
            (None, None) => Err(incomplete(profile, lacks)),
        }
    };
    Ok(Some(Sso {
        profile: profile.name.clone(),
        account: need("sso_account_id", "it has no sso_account_id")?,
        role: need("sso_role_name", "it has no sso_role_name")?,
        region: need("sso_region", "it has no sso_region")?,
        start_url: need("sso_start_url", "it has no sso_start_url")?,
        session,
    }))
}

/// How long a call that makes credentials may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A call to AWS.
    pub(super) call: Duration,
    /// A program of a profile.
    pub(super) process: Duration,
}

#[cfg(test)]
mod tests;
