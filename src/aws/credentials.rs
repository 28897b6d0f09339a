//! Credentials: found once, up front, so that an audit without them ends with one sentence.
//!
//! [`source`] decides where they come from, in the AWS CLI's order; the other files here get them from there.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

use super::connect_error::ConnectError;
use super::setup::Setup;
use source::{Key, Limits, Source};

mod interrupt;
mod machine;
mod process;
mod roles;
mod source;
mod sso;

/// The usual limit of a call for credentials: a user is told within five seconds that AWS does not answer.
const FINDING: Duration = Duration::from_millis(4500);

/// What of `--timeout` such a call may take: of the usual 30 seconds as much as the usual limit.
const SHARE: f64 = 0.15;

/// A program may have to wait for a finger on a key or for a push on a phone.
const PROCESS: Duration = Duration::from_mins(1);

/// What each source needs to be asked.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) setup: Setup,
    /// The audit's own, without credentials.
    pub(super) config: SdkConfig,
    /// A client that believes less than the SDK.
    pub(super) wary: SharedHttpClient,
    /// The whole audit's.
    pub(super) timeout: Option<Duration>,
}

impl Reach {
    /// How long a credential call to AWS may take: the more, the more time the audit has.
    fn limits(&self) -> Limits {
        match self.timeout {
            Some(timeout) => Limits { call: FINDING.max(timeout.mul_f64(SHARE)), process: PROCESS.max(timeout) },
            None => Limits { call: PROCESS, process: PROCESS * 10 },
        }
    }

    /// What the SDK's own providers take in place of a configuration.
    fn provider_config(&self) -> ProviderConfig {
        ProviderConfig::without_region()
            .with_region(self.config.region().map(|region| Region::new(region.as_ref().to_owned())))
            .with_behavior_version(Some(BehaviorVersion::latest()))
            .with_use_fips(self.config.use_fips())
            .with_use_dual_stack(self.config.use_dual_stack())
            .with_http_client(self.wary.clone())
    }
}

/// The longest that new credentials can take, after the first ones expired.
pub(super) fn longest(timeout: Option<Duration>) -> Duration {
    PROCESS.max(timeout.unwrap_or(PROCESS * 10)) + PROCESS
}

/// The credentials that the AWS CLI would take.
pub(super) async fn load(reach: Reach) -> Result<SharedCredentialsProvider, ConnectError> {
    let source = Source::of(&reach.setup)?;
    let from = source.name();
    let provider = Provider { reach, source };
    let first = provider.made(&provider.source).await?;
    if first.expiry().is_some_and(|expiry| expiry <= SystemTime::now()) {
        return Err(ConnectError::Expired { from });
    }
    Ok(SharedCredentialsProvider::new(CachedCredentials { first: Mutex::new(Some(first)), provider }))
}

/// A source, and how it is reached.
struct Provider {
    reach: Reach,
    source: Source,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A key must not be shown by accident.
        formatter.write_str(&self.source.name())
    }
}

impl Provider {
    /// New credentials. None leave here that would harm the SDK: it ends the program where a key holds a line end.
    async fn made(&self, source: &Source) -> Result<Credentials, ConnectError> {
        let Limits { call, process } = self.reach.limits();
        let within =
            async |limit: Duration, made: futures_util::future::BoxFuture<'_, Result<Credentials, ConnectError>>| {
                match tokio::time::timeout(limit, made).await {
                    Ok(made) => made,
                    Err(_) => Err(ConnectError::TimedOut { from: source.name(), within: limit }),
                }
            };
        let made = match source {
            Source::Key(key) => Ok(static_key(key)),
            Source::Role(role) => {
                let base = Box::pin(self.made(&role.base)).await?;
                within(call, Box::pin(roles::assumed(&self.reach, role, base))).await
            }
            Source::WebIdentity(web) => within(call, Box::pin(roles::by_web_identity(&self.reach, web))).await,
            Source::Sso(sso) => within(call, Box::pin(sso::credentials(&self.reach, sso))).await,
            Source::Login { profile, session } => {
                within(call, Box::pin(machine::login(&self.reach, profile, session))).await
            }
            Source::Process { profile, command } => {
                within(process, Box::pin(process::credentials(profile, command))).await
            }
            Source::Container => within(FINDING, Box::pin(machine::container(&self.reach))).await,
            Source::Instance => machine::instance(&self.reach, FINDING).await,
        }?;
        sound(&made, source)?;
        Ok(made)
    }
}

fn static_key(key: &Key) -> Credentials {
    Credentials::new(&key.id, &key.secret, key.token.clone(), key.expiry, "stagecheck")
}

/// Whether the credentials can be sent at all. Whatever made them, a line end at the end of a key or token is frequent: of
/// secrets in Kubernetes and CI, of `.env` files of Windows.
fn sound(credentials: &Credentials, source: &Source) -> Result<(), ConnectError> {
    let parts = [
        ("access key ID", credentials.access_key_id(), true),
        ("secret access key", credentials.secret_access_key(), false),
        ("session token", credentials.session_token().unwrap_or_default(), true),
    ];
    for (part, text, is_sent) in parts {
        let fault = if text.ends_with(['\n', '\r']) {
            "ends in a line end"
        } else if text.chars().any(char::is_control) {
            "has a control character"
        } else if is_sent && !text.is_ascii() {
            "has a character that is not ASCII"
        } else if part != "session token" && text.trim().is_empty() {
            "is empty"
        } else {
            continue;
        };
        return Err(ConnectError::MalformedKey { part, from: source.name(), fault });
    }
    Ok(())
}

/// Credentials that were found already, and where to get new ones when these expire. A command that makes them, or a service
/// that counts them, is asked once.
#[derive(Debug)]
struct CachedCredentials {
    first: Mutex<Option<Credentials>>,
    provider: Provider,
}

impl ProvideCredentials for CachedCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.first.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(first) => future::ProvideCredentials::ready(Ok(first)),
            None => future::ProvideCredentials::new(async {
                self.provider.made(&self.provider.source).await.map_err(|error| match error {
                    ConnectError::TimedOut { within, .. } => CredentialsError::provider_timed_out(within),
                    error => CredentialsError::provider_error(error),
                })
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        Source::Process { profile: "p".to_owned(), command: "x".to_owned() }
    }

    #[test]
    fn keys_with_control_characters_are_refused() {
        for (id, secret, token, refused) in [
            ("AKIA", "a secret", None, None),
            ("AKIA\n", "s", None, Some("access key ID")),
            ("AKIA\r", "s", None, Some("access key ID")),
            ("AK\tIA", "s", None, Some("access key ID")),
            ("AKIÁ", "s", None, Some("access key ID")),
            (" ", "s", None, Some("access key ID")),
            ("AKIA", "s\n", None, Some("secret access key")),
            ("AKIA", "é", None, None),
            ("AKIA", "s", Some("t\r\n"), Some("session token")),
            ("AKIA", "s", Some("t\u{0}t"), Some("session token")),
            ("AKIA", "s", Some("t"), None),
        ] {
            let credentials = Credentials::new(id, secret, token.map(str::to_owned), None, "test");
            let part = match sound(&credentials, &source()) {
                Err(ConnectError::MalformedKey { part, .. }) => Some(part),
                _ => None,
            };
            assert_eq!(part, refused, "{id:?} {secret:?} {token:?}");
        }
    }
}
