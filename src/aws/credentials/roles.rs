//! Roles that are assumed on the way, by credentials or by a token.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::Client;
use aws_sdk_sts::types::Credentials as Assumed;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::super::connect_error::ConnectError;
use super::super::errors::obstacle;
use super::Reach;
use super::source::{Role, WebIdentity};

/// The role by the credentials of another.
pub(super) async fn assumed(reach: &Reach, role: &Role, base: Credentials) -> Result<Credentials, ConnectError> {
    let config = reach.config.to_builder().credentials_provider(SharedCredentialsProvider::new(base)).build();
    let answer = Client::new(&config)
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(role.session_name.clone().unwrap_or_else(session_name))
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.duration)
        .send()
        .await;
    match answer {
        Ok(answer) => credentials(answer.credentials, &role.arn),
        // The code of a device goes with the call, and only an operator has it.
        Err(error) if role.mfa && matches!(error, SdkError::ServiceError(_)) => {
            Err(ConnectError::MfaCode { profile: reach.setup.name().to_owned() })
        }
        Err(error) => Err(refused(&error, &role.arn)),
    }
}

/// The role by a token in a file, as Kubernetes and CI services hand it out.
pub(super) async fn by_web_identity(reach: &Reach, web: &WebIdentity) -> Result<Credentials, ConnectError> {
    let unreadable = || ConnectError::TokenFile { file: web.token_file.clone() };
    let token = fs::read_to_string(reach.setup.expand(&web.token_file)).map_err(|_| unreadable())?;
    let token = token.trim();
    if token.is_empty() {
        return Err(unreadable());
    }
    let answer = Client::new(&reach.config)
        .assume_role_with_web_identity()
        .role_arn(&web.role)
        .role_session_name(web.session_name.clone().unwrap_or_else(session_name))
        .web_identity_token(token)
        .send()
        .await;
    match answer {
        Ok(answer) => credentials(answer.credentials, &web.role),
        Err(error) => Err(refused(&error, &web.role)),
    }
}

/// Tells sessions apart in CloudTrail.
fn session_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("stagecheck-{}", now.as_millis())
}

fn refused<E>(error: &SdkError<E, HttpResponse>, role: &str) -> ConnectError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::DispatchFailure(_) => ConnectError::Unreachable { why: obstacle(error) },
        _ => ConnectError::AssumeRole { role: role.to_owned(), code: error.code().map(str::to_owned) },
    }
}

fn credentials(assumed: Option<Assumed>, role: &str) -> Result<Credentials, ConnectError> {
    let none = || ConnectError::AssumeRole { role: role.to_owned(), code: None };
    let Assumed { access_key_id, secret_access_key, session_token, expiration, .. } = assumed.ok_or_else(none)?;
    let expiry = SystemTime::try_from(expiration).map_err(|_| none())?;
    Ok(Credentials::new(access_key_id, secret_access_key, Some(session_token), Some(expiry), "AssumeRole"))
}
