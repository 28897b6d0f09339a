//! What the machine itself may have: a container's service, an instance's metadata, a session of `aws login`.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds;
use aws_config::login::LoginCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::super::connect_error::ConnectError;
use super::super::errors::{find, obstacle};
use super::Reach;

/// The instance metadata service is a hop away, or it is not there.
const METADATA: Duration = Duration::from_secs(1);

/// It is asked for a token, for the role's name and for the role's credentials.
const METADATA_CALLS: u32 = 3;

/// The credentials of the container, from the service that its variables name.
pub(super) async fn container(reach: &Reach) -> Result<Credentials, ConnectError> {
    let relative = reach.setup.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")?;
    if relative.is_some_and(|path| !path.starts_with('/')) {
        return Err(ConnectError::Container);
    }
    let provider = EcsCredentialsProvider::builder().configure(&reach.provider_config()).build();
    // Whatever it said, AWS has no part in it.
    provider.provide_credentials().await.map_err(|_| ConnectError::Container)
}

/// The credentials of the instance's role. It is asked last, and on most machines it is not there.
pub(super) async fn instance(reach: &Reach, usual: Duration) -> Result<Credentials, ConnectError> {
    let each = reach.setup.number("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")?;
    let each = each.map_or(METADATA, |seconds| Duration::from_secs(seconds.into()));
    let tries = reach.setup.number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")?.unwrap_or(1);
    let whole = each.saturating_mul(tries).saturating_mul(METADATA_CALLS);
    let config = reach.provider_config();
    let client = imds::Client::builder()
        .configure(&config)
        .connect_timeout(each)
        .read_timeout(each)
        .operation_attempt_timeout(each)
        .operation_timeout(each.saturating_mul(tries))
        .max_attempts(tries)
        .build();
    let provider = imds::credentials::ImdsCredentialsProvider::builder().configure(&config).imds_client(client).build();
    match tokio::time::timeout(usual.max(whole), provider.provide_credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        _ => Err(ConnectError::NoCredentials),
    }
}

/// The credentials of a session of `aws login`.
pub(super) async fn login(reach: &Reach, profile: &str, session: &str) -> Result<Credentials, ConnectError> {
    let provider = LoginCredentialsProvider::builder(session).configure(&reach.provider_config()).build();
    provider.provide_credentials().await.map_err(|error| match find::<ConnectorError>(&error) {
        Some(_) => ConnectError::Unreachable { why: obstacle(&error) },
        None => ConnectError::LoginSession { profile: profile.to_owned() },
    })
}
