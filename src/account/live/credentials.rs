//! Credentials: found once, up front, so that an audit without them ends with one sentence.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, imds};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::os_shim_internal::{Env, Fs};

use super::errors::{chain, find, obstacle, tells};
use super::http;
use super::profile::Selected;
use crate::account::unavailable::help_to_reach_aws;

/// However the credentials are made, a user is told within five seconds that they cannot be.
const FINDING: Duration = Duration::from_millis(4500);

/// The instance metadata service is a hop away, or it is not there.
const METADATA: Duration = Duration::from_secs(1);

/// What a container's own service for credentials is named by.
const CONTAINER: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];

/// Why no audit can be made. Its text is one sentence; nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Nothing in the standard chain has any.
    #[error("no AWS credentials were found")]
    NoCredentials,
    /// The profile that was asked for is in neither file.
    #[error("the AWS profile {profile} does not exist")]
    MissingProfile {
        /// Its name.
        profile: String,
    },
    /// The AWS config files are there and cannot be read.
    #[error("the AWS config files cannot be read")]
    UnreadableConfig,
    /// It has one half of a key pair, or names what is not there.
    #[error("the AWS profile {profile} is incomplete: {lacks}")]
    IncompleteProfile {
        /// Its name.
        profile: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// `AWS_ACCESS_KEY_ID` without `AWS_SECRET_ACCESS_KEY`, or the other way round.
    #[error("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set")]
    IncompleteEnvironment,
    /// The SSO session has expired, or was never begun.
    #[error("the SSO session of the AWS profile {profile} has expired or was not started")]
    SsoSession {
        /// The profile's name.
        profile: String,
    },
    /// SSO knows the session, and the account or the role is not the user's.
    #[error("SSO does not give you the account and the role of the AWS profile {profile}")]
    SsoAccess {
        /// The profile's name.
        profile: String,
    },
    /// The session of `aws login` has expired, or was never begun.
    #[error("the login session of the AWS profile {profile} has expired or was not started")]
    LoginSession {
        /// The profile's name.
        profile: String,
    },
    /// The role wants an MFA code.
    #[error("the AWS profile {profile} asks for an MFA code, which stagecheck cannot prompt for")]
    MfaCode {
        /// The profile's name.
        profile: String,
    },
    /// AWS did not let the role be assumed.
    #[error("the role {role} could not be assumed{}", code.as_deref().map(|code| format!(": AWS answered {code}")).unwrap_or_default())]
    AssumeRole {
        /// The role's ARN.
        role: String,
        /// AWS's error code, if it gave one.
        code: Option<String>,
    },
    /// The file that holds the token is not there, or not for us.
    #[error("the file {file} with the web identity token cannot be read")]
    TokenFile {
        /// Its path.
        file: String,
    },
    /// The command failed, or gave something else than credentials.
    #[error("the credential_process of the AWS profile {profile} failed")]
    CredentialProcess {
        /// The profile's name.
        profile: String,
    },
    /// The container's own service for credentials failed.
    #[error("the credentials of the container could not be had")]
    Container,
    /// Whoever makes them could not be reached.
    #[error("AWS could not be reached for credentials: {why}")]
    Unreachable {
        /// What stood in the way.
        why: &'static str,
    },
    /// It took too long.
    #[error("no AWS credentials were had within {} seconds{}", FINDING.as_secs_f32(), from.as_deref().map(|from| format!(" from {from}")).unwrap_or_default())]
    TimedOut {
        /// What was asked for them, if that is known.
        from: Option<String>,
    },
    /// Nobody needs to ask AWS about them.
    #[error("the AWS credentials{} have expired already", from.as_deref().map(|from| format!(" from {from}")).unwrap_or_default())]
    Expired {
        /// Where they came from, if that is known.
        from: Option<String>,
    },
    /// Anything else.
    #[error("the AWS credentials could not be loaded")]
    Other,
}

impl ConnectError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            ConnectError::NoCredentials => {
                "sign in with `aws login` or `aws sso login`, name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
            }
            ConnectError::MissingProfile { .. } => {
                "`aws configure list-profiles` lists those that exist; --profile and AWS_PROFILE choose one".to_owned()
            }
            ConnectError::UnreadableConfig => {
                "look at ~/.aws/config and ~/.aws/credentials, or at what AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name".to_owned()
            }
            ConnectError::IncompleteProfile { profile, .. } => {
                format!("`aws configure --profile {}` sets what it lacks", word(profile))
            }
            ConnectError::IncompleteEnvironment => "set both, or neither to use a profile".to_owned(),
            ConnectError::SsoSession { profile } => format!("run `aws sso login --profile {}`", word(profile)),
            ConnectError::SsoAccess { .. } => {
                "see sso_account_id and sso_role_name in the profile, and what `aws sso login` opens for you".to_owned()
            }
            ConnectError::LoginSession { profile } => format!("run `aws login --profile {}`", word(profile)),
            // A session of the profile's source, as GetSessionToken gives it, would be another user's than the role.
            ConnectError::MfaCode { profile } => format!(
                "export a session with `eval \"$(aws configure export-credentials --profile {} --format env)\"`, which asks for the code, and audit without --profile",
                word(profile)
            ),
            ConnectError::AssumeRole { .. } => {
                "the role's trust policy must name you, and your own policies must allow sts:AssumeRole on it".to_owned()
            }
            ConnectError::TokenFile { .. } => {
                "see what AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file in the profile, names".to_owned()
            }
            ConnectError::CredentialProcess { profile } => {
                format!("run the command of the profile {profile} by hand: it must print credentials as JSON and end with 0")
            }
            ConnectError::Container => {
                "see whether the task or the pod has a role, or name a profile with --profile".to_owned()
            }
            ConnectError::Unreachable { why } => help_to_reach_aws(why).to_owned(),
            ConnectError::Expired { .. } => {
                "sign in again, or see why whoever makes them hands out old ones; and see that the clock of this machine is right".to_owned()
            }
            ConnectError::TimedOut { .. } | ConnectError::Other => {
                "`aws sts get-caller-identity` with the same profile shows whether the AWS CLI can load them".to_owned()
            }
        }
    }
}

/// A word of a POSIX shell.
fn word(text: &str) -> String {
    shell_words::quote(text).into_owned()
}

/// The credentials that AWS's own tools would take: a profile that was named on the command line comes before the
/// environment, one that `AWS_PROFILE` names after it.
pub(super) async fn load(profile: Option<&str>, region: &str) -> Result<SharedCredentialsProvider, ConnectError> {
    let selected = Selected::read(profile, Env::real(), Fs::real()).await?;
    let by_environment = profile.is_none() && selected.set("AWS_ACCESS_KEY_ID").is_some();
    if let Some(broken) = selected.missing_source().filter(|_| !by_environment) {
        // The SDK would go on to the instance's role, which may be another account's.
        return Err(ConnectError::IncompleteProfile { profile: broken, lacks: "its source_profile does not exist" });
    }
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.to_owned())))
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(http::client_for_credentials());
    let metadata = imds::Client::builder()
        .configure(&config)
        .connect_timeout(METADATA)
        .read_timeout(METADATA)
        .operation_attempt_timeout(METADATA)
        .operation_timeout(METADATA)
        .max_attempts(1)
        .build();
    let provider = match profile {
        None => {
            let chain = DefaultCredentialsChain::builder()
                .configure(config)
                .region(Region::new(region.to_owned()))
                .imds_client(metadata);
            SharedCredentialsProvider::new(chain.build().await)
        }
        Some(profile) => {
            let named = ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build();
            let container = aws_config::ecs::EcsCredentialsProvider::builder().configure(&config).build();
            let instance =
                imds::credentials::ImdsCredentialsProvider::builder().configure(&config).imds_client(metadata).build();
            let chain = CredentialsProviderChain::first_try("Profile", named)
                .or_else("EcsContainer", container)
                .or_else("Ec2InstanceMetadata", instance);
            SharedCredentialsProvider::new(chain)
        }
    };
    match tokio::time::timeout(FINDING, provider.provide_credentials()).await {
        Ok(Ok(first)) if first.expiry().is_some_and(|expiry| expiry <= SystemTime::now()) => {
            Err(ConnectError::Expired { from: source_of(&selected) })
        }
        Ok(Ok(first)) => Ok(SharedCredentialsProvider::new(Primed { first: Mutex::new(Some(first)), provider })),
        Ok(Err(error)) => Err(explain(&error, &selected)),
        Err(_) => Err(ConnectError::TimedOut { from: source_of(&selected) }),
    }
}

/// Credentials that were found already, and where to get new ones when these expire. A command that makes them, or a service
/// that counts them, is asked once.
#[derive(Debug)]
struct Primed {
    first: Mutex<Option<Credentials>>,
    provider: SharedCredentialsProvider,
}

impl ProvideCredentials for Primed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => future::ProvideCredentials::ready(Ok(first)),
            None => self.provider.provide_credentials(),
        }
    }
}

/// What a user would say that the profile's credentials come from.
fn source_of(selected: &Selected) -> Option<String> {
    let links = selected.links();
    let has = |property: &str| links.iter().any(|link| link.get(property).is_some());
    let source = [
        ("credential_process", "credential_process"),
        ("sso_session", "SSO"),
        ("sso_start_url", "SSO"),
        ("login_session", "aws login"),
        ("role_arn", "AssumeRole"),
    ]
    .into_iter()
    .find(|(property, _)| has(property));
    source.map(|(_, name)| format!("{name} of the AWS profile {}", selected.name()))
}

/// The SDK's error says what happened, the profile what was meant; together they make a sentence.
fn explain(error: &CredentialsError, selected: &Selected) -> ConnectError {
    let links = selected.links();
    if let Some(half) = links.iter().find_map(|link| half_a_key(link)) {
        return half;
    }
    if selected.set("AWS_ACCESS_KEY_ID").is_some() != selected.set("AWS_SECRET_ACCESS_KEY").is_some() {
        return ConnectError::IncompleteEnvironment;
    }
    let of_the_instance = chain(error).any(|error| error.to_string().contains("IMDS"));
    if of_the_instance {
        // It is asked last, and on most machines it is not there.
        return ConnectError::NoCredentials;
    }
    // A container's own service is not AWS.
    let of_the_container = links.is_empty() && CONTAINER.iter().any(|variable| selected.set(variable).is_some());
    if !of_the_container && find::<ConnectorError>(error).is_some() {
        return ConnectError::Unreachable { why: obstacle(error) };
    }
    if let Some(refused) = refused(error) {
        return role(selected, refused.code().map(str::to_owned)).unwrap_or(ConnectError::Other);
    }
    // The profile at the end of the chain makes the credentials that the others build on.
    let Some(last) = links.last() else { return of_the_machine(error, selected) };
    let profile = last.name().to_owned();
    let has = |property: &str| last.get(property).is_some();
    if has("credential_process") {
        ConnectError::CredentialProcess { profile }
    } else if has("sso_account_id") && tells(error, "ForbiddenException") {
        ConnectError::SsoAccess { profile }
    } else if has("sso_session") || has("sso_start_url") {
        ConnectError::SsoSession { profile }
    } else if has("login_session") {
        ConnectError::LoginSession { profile }
    } else if let (Some(file), true) = (last.get("web_identity_token_file"), find::<io::Error>(error).is_some()) {
        ConnectError::TokenFile { file: file.to_owned() }
    } else if matches!(error, CredentialsError::InvalidConfiguration(_)) {
        ConnectError::IncompleteProfile { profile, lacks: "it names credentials that are not there" }
    } else {
        match links.iter().any(|link| link.get("role_arn").is_some()).then(|| role(selected, None)) {
            Some(Some(role)) => role,
            _ => of_the_machine(error, selected),
        }
    }
}

/// Of credentials that no profile speaks of.
fn of_the_machine(error: &CredentialsError, selected: &Selected) -> ConnectError {
    let is_set = |variable| selected.set(variable).is_some();
    match error {
        CredentialsError::CredentialsNotLoaded(_) => ConnectError::NoCredentials,
        CredentialsError::ProviderTimedOut(_) => ConnectError::TimedOut { from: None },
        _ => match selected.set("AWS_WEB_IDENTITY_TOKEN_FILE") {
            Some(file) if find::<io::Error>(error).is_some() => ConnectError::TokenFile { file },
            Some(_) => role(selected, None).unwrap_or(ConnectError::Other),
            None if CONTAINER.into_iter().any(is_set) => ConnectError::Container,
            None => ConnectError::Other,
        },
    }
}

fn half_a_key(profile: &Profile) -> Option<ConnectError> {
    let lacks = match (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key")) {
        (Some(_), None) => "it has an access key id and no secret access key",
        (None, Some(_)) => "it has a secret access key and no access key id",
        _ => return None,
    };
    Some(ConnectError::IncompleteProfile { profile: profile.name().to_owned(), lacks })
}

/// What STS said when it refused a role, if it did.
fn refused(error: &CredentialsError) -> Option<&ErrorMetadata> {
    let assumed = find::<AssumeRoleError>(error).map(ProvideErrorMetadata::meta);
    assumed.or_else(|| find::<AssumeRoleWithWebIdentityError>(error).map(ProvideErrorMetadata::meta))
}

/// The role that could not be assumed: the first one of the chain, which the others build on, or the environment's.
fn role(selected: &Selected, code: Option<String>) -> Option<ConnectError> {
    let links = selected.links();
    let Some(link) = links.iter().rev().find(|link| link.get("role_arn").is_some()) else {
        return selected.set("AWS_ROLE_ARN").map(|role| ConnectError::AssumeRole { role, code });
    };
    Some(match link.get("mfa_serial") {
        Some(_) => ConnectError::MfaCode { profile: selected.name().to_owned() },
        None => ConnectError::AssumeRole { role: link.get("role_arn")?.to_owned(), code },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn selected(profile: Option<&str>, config: &str, env: &[(&str, &str)]) -> Selected {
        let env = [&[("AWS_CONFIG_FILE", "/config")], env].concat();
        Selected::read(profile, Env::from_slice(&env), Fs::from_slice(&[("/config", config)])).await.unwrap()
    }

    async fn explained(config: &str, error: &CredentialsError) -> ConnectError {
        explain(error, &selected(Some("p"), config, &[]).await)
    }

    fn failed() -> CredentialsError {
        CredentialsError::provider_error("secret words of the SDK")
    }

    #[tokio::test]
    async fn what_a_profile_is_made_of_says_what_failed() {
        let profile = || "p".to_owned();
        for (config, expected) in [
            ("credential_process = x", ConnectError::CredentialProcess { profile: profile() }),
            ("sso_session = x\nsso_account_id = 1\nsso_role_name = r", ConnectError::SsoSession { profile: profile() }),
            ("sso_start_url = x", ConnectError::SsoSession { profile: profile() }),
            ("login_session = x", ConnectError::LoginSession { profile: profile() }),
            (
                "aws_access_key_id = AKIA",
                ConnectError::IncompleteProfile {
                    profile: profile(),
                    lacks: "it has an access key id and no secret access key",
                },
            ),
            (
                "role_arn = arn:aws:iam::1:role/r\nsource_profile = q\n[profile q]\nsso_start_url = x",
                ConnectError::SsoSession { profile: "q".to_owned() },
            ),
            (
                "role_arn = arn:aws:iam::1:role/r\ncredential_source = Environment",
                ConnectError::AssumeRole { role: "arn:aws:iam::1:role/r".to_owned(), code: None },
            ),
            (
                "role_arn = arn:aws:iam::1:role/r\nmfa_serial = arn:aws:iam::1:mfa/m\nsource_profile = p",
                ConnectError::MfaCode { profile: profile() },
            ),
            ("region = us-east-1", ConnectError::Other),
        ] {
            assert_eq!(explained(&format!("[profile p]\n{config}\n"), &failed()).await, expected, "{config}");
        }
    }

    #[tokio::test]
    async fn a_chain_that_has_nothing_has_no_credentials() {
        let nothing = CredentialsError::not_loaded("x");
        assert_eq!(explained("[profile p]\nregion = us-east-1\n", &nothing).await, ConnectError::NoCredentials);
        let nobody = selected(None, "", &[]).await;
        assert_eq!(explain(&nothing, &nobody), ConnectError::NoCredentials);
        let half = selected(None, "", &[("AWS_ACCESS_KEY_ID", "AKIA")]).await;
        assert_eq!(explain(&nothing, &half), ConnectError::IncompleteEnvironment);
    }

    #[tokio::test]
    async fn a_profile_that_names_itself_or_a_circle_ends() {
        let circle = "[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = s\nsource_profile = p\n";
        assert_eq!(selected(Some("p"), circle, &[]).await.links().len(), 2);
    }

    #[test]
    fn errors_are_sentences_of_our_own_and_always_help() {
        let profile = || "my profile".to_owned();
        for error in [
            ConnectError::NoCredentials,
            ConnectError::MissingProfile { profile: profile() },
            ConnectError::UnreadableConfig,
            ConnectError::SsoSession { profile: profile() },
            ConnectError::TimedOut { from: Some("SSO".to_owned()) },
            ConnectError::AssumeRole { role: "r".to_owned(), code: Some("AccessDenied".to_owned()) },
            ConnectError::Other,
        ] {
            let sentence = error.to_string();
            assert!(!sentence.ends_with('.') && !sentence.contains('{'), "{sentence}");
            assert!(!error.help().is_empty());
        }
        let sso = ConnectError::SsoSession { profile: profile() };
        assert_eq!(sso.help(), "run `aws sso login --profile 'my profile'`");
    }

    #[tokio::test]
    async fn credentials_that_were_found_are_used_once_and_then_asked_for_again() {
        let key = |id: &str| Credentials::new(id, "s", None, None, "test");
        let later = SharedCredentialsProvider::new(key("later"));
        let primed = Primed { first: Mutex::new(Some(key("first"))), provider: later };
        for id in ["first", "later", "later"] {
            assert_eq!(primed.provide_credentials().await.unwrap().access_key_id(), id);
        }
    }
}
